"""Countries and subdivisions of the places in annotated pages, against what newsmill says, by kind of name.

    python -m benchmarks.measures.enrichment_places [--wrong]

Truth is ``benchmarks/truth/places.json``: offsets of mentions in the truth text of pages of ``../shared/data/pages``,
drawn by a seeded choice from what the default model calls GPE or LOC, half of them names of several places. A name
that is not one of a place, or lies in no single country, has no country there. A place is right where its country is;
one that has a country and is left open counts against recall alone.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.measures.annotated import WORDS, Row, read_rows
from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from schemas.articles import Entity
from tests.support.paths import TRUTH
from transforms.enrich.entities.gazetteer import find_places
from transforms.enrich.entities.identify import identify_entities
from transforms.enrich.entities.models import DEFAULT_MODEL, load_model
from transforms.enrich.entities.recognize import find_entities


class Count(NamedTuple):
    """What was seen of one kind of name."""

    truth: int = 0
    said: int = 0
    right: int = 0

    def line(self, name: str) -> str:
        """The row of the table."""
        precision = self.right / self.said if self.said else 1.0
        recall = self.right / self.truth if self.truth else 1.0
        return f"{name:<32} {self.truth:>5} {self.said:>5} {self.right:>5} {precision:>9.3f} {recall:>6.3f}"


def read_texts(pages: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """Headline and text of pages by SET/ID."""
    wanted = [(name, ident) for name, _, ident in (page.partition("/") for page in pages)]
    return {f"{name}/{ident}": (row.get("title"), row["text"]) for (name, ident), row in read_rows(wanted).items()}


def kind_of(name: str, row: Row) -> str:
    """What kind of name a mention is."""
    if row["country"] is None:
        return "not a place, or of no country"
    countries = {(place.country, place.subdivision) for place in find_places(name)}
    return "of several places" if len(countries) > 1 else "of one place" if countries else "not in the gazetteer"


def report(*, show_wrong: bool = False) -> None:
    """Print precision and recall of countries by kind of name, of subdivisions, and the time."""
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not there")
        return
    truth: list[Row] = json.loads((TRUTH / "places.json").read_text(encoding="utf-8"))
    texts = read_texts([row["page"] for row in truth])
    nlp = load_model(DEFAULT_MODEL)
    find_places("Paris")  # reads the gazetteer
    grouped = {page: find_entities(nlp, (text,), language="en")[0] for page, (_, text) in texts.items()}
    started = time.process_time()
    entities = {
        page: identify_entities(found, headline=texts[page][0], text=texts[page][1]) for page, found in grouped.items()
    }
    seconds = time.process_time() - started
    seen: dict[str, list[tuple[bool, bool, bool]]] = {}
    missed = 0
    for row in truth:
        text = texts[row["page"]][1]
        name = text[row["start"] : row["end"]]
        entity = _entity_at(entities[row["page"]], row["start"], row["end"])
        missed += entity is None
        said = entity.country if entity else None
        kind = kind_of(name, row)
        has, right = row["country"] is not None, said is not None and said == row["country"]
        seen.setdefault(kind, []).append((has, said is not None, right))
        seen.setdefault("all", []).append((has, said is not None, right))
        if row["subdivision"]:
            subdivision = entity.subdivision if entity else None
            ok = subdivision == row["subdivision"]
            seen.setdefault("subdivisions", []).append((True, subdivision is not None, ok))
        if show_wrong and said != row["country"]:
            around = text[max(0, row["start"] - 40) : row["end"] + 40].replace("\n", " ")
            print(f"{row['page']} {row['country']} not {said}: {around}")
    print(f"{len(truth)} mentions on {len(texts)} pages; {missed} are found by the model no longer")
    print(f"{'name':<32} {'truth':>5} {'said':>5} {'right':>5} {'precision':>9} {'recall':>6}")
    for kind in sorted(seen, key=lambda kind: (kind in ("all", "subdivisions"), kind)):
        print(Count(*(sum(part) for part in zip(*seen[kind], strict=True))).line(kind))
    metonyms = Counter(
        entity.is_metonym for found in entities.values() for entity in found if entity.is_metonym is not None
    )
    print(f"capitals: {sum(metonyms.values())}, of these for a government: {metonyms[True]}")
    words = sum(len(text.split()) for _, text in texts.values())
    print(f"places, ids and salience: {1000 * seconds / words * WORDS:.2f} ms of CPU for {WORDS} words")


def _entity_at(entities: Sequence[Entity], start: int, end: int) -> Entity | None:
    for entity in entities:
        for mention in entity.mentions:
            if mention.start < end and start < mention.end and entity.type in ("GPE", "LOC"):
                return entity
    return None


def main() -> None:
    """Print the tables."""
    parser = make_parser(__doc__)
    parser.add_argument("--wrong", action="store_true", help="print what is wrong")
    report(show_wrong=parser.parse_args().wrong)


if __name__ == "__main__":
    main()
