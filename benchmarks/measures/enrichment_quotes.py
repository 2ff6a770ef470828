"""Quotations and speakers on annotated pages, by kind of failure.

    python -m benchmarks.measures.enrichment_quotes [--wrong] [--split NAME…]

Truth is ``benchmarks/truth/quotes.json``: offsets into the truth text of pages below ``../shared/data/pages``. On each
page every quotation is annotated; titles, names, terms and single words in quotation marks are not, nor a fragment of
one or two words that no clause of its own reports. Pages hold quotation marks and have at most 1,500 words; they were
drawn by a seeded choice, one for each publisher, English news, English pages of other kinds and other languages in a
fixed proportion. Every second page is development; the others (test) were annotated when the rules were nearly done.
The second test was drawn and annotated after what failed in the first had been looked at, from English pages that are
not news alone. docs/quotes.md has the figures that each gave when it was new.

A span is right where it begins and ends at the same words. A speaker is right where it overlaps the annotated words
(or one of several that will do), or names the same entity; "nobody" where the text does not say. Entities are those of
the default model; other languages have none.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measures.annotated import WORDS, measure_cost, read_rows
from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from schemas.articles import Entity
from tests.support.paths import TRUTH
from transforms.enrich.entities.models import DEFAULT_MODEL, load_model
from transforms.enrich.entities.recognize import find_entities
from transforms.enrich.quotes.attribute import Quotation, find_quotes
from transforms.enrich.quotes.words import load_languages

SPLITS = ("development", "test", "second_test")
Quoted = Mapping[str, Any]


class Page(NamedTuple):
    """One annotated page: its text, its entities, and the quotations that it has."""

    name: str
    split: str
    language: str
    text: str
    entities: tuple[Entity, ...]
    truth: Sequence[Quoted]


class Failure(NamedTuple):
    """Something that is wrong on a page, and the words around it."""

    kind: str
    page: str
    words: str


def read_pages(splits: Sequence[str] = SPLITS, data: Path = DATA) -> list[Page]:
    """Read the annotated pages with their texts and entities; none without the data."""
    stored = [
        page
        for page in json.loads((TRUTH / "quotes.json").read_text(encoding="utf-8"))["pages"]
        if page["split"] in splits
    ]
    rows = read_rows(((page["set"], page["id"]) for page in stored), data)
    if not rows:
        return []
    nlp = load_model(DEFAULT_MODEL)
    pages = []
    for page in stored:
        text = rows[page["set"], page["id"]]["text"] or ""
        language = page["language"]
        entities = find_entities(nlp, [text], language=language)[0] if language == nlp.lang else ()
        pages.append(Page(f"{page['set']}/{page['id'][:24]}", page["split"], language, text, entities, page["quotes"]))
    return pages


def _overlaps(first: Sequence[int], second: Sequence[int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def judge_speaker(page: Page, truth: Quoted, found: Quotation) -> str:
    """Say whether a speaker is right."""
    speaker = found.speaker
    if speaker is None:
        return "right" if None in truth["speakers"] else "no speaker"
    named = [span for span in (*truth["speakers"], truth.get("is")) if span is not None]
    spans = [(speaker.start, speaker.end)]
    if speaker.entity is not None:
        spans.extend((mention.start, mention.end) for mention in page.entities[speaker.entity].mentions)
    words = page.text[speaker.start : speaker.end]
    is_same = any(page.text[start:end] == words for start, end in named)
    return "right" if is_same or any(_overlaps(one, other) for one in spans for other in named) else "wrong speaker"


def judge_pronoun(page: Page, truth: Quoted, found: Quotation) -> str | None:
    """Say whether a pronoun for a person is resolved as it should be; None for other speakers."""
    if found.speaker is None or not found.speaker.is_pronoun or "is" not in truth or not page.entities:
        return None
    if found.speaker.entity is None:
        return "pronoun open"
    entity = page.entities[found.speaker.entity]
    is_right = any(_overlaps((mention.start, mention.end), truth["is"]) for mention in entity.mentions)
    return "pronoun right" if is_right else "pronoun wrong"


def judge(page: Page, found: Sequence[Quotation]) -> tuple[Counter[str], list[Failure]]:
    """Compare what was found on a page with its truth."""
    counts: Counter[str] = Counter()
    failures: list[Failure] = []
    by_span = {(one.span.start, one.span.end): one for one in found}
    spans = [(quote["start"], quote["end"]) for quote in page.truth]

    def note(kind: str, start: int, end: int) -> None:
        counts[kind] += 1
        before, after = page.text[max(0, start - 50) : start], page.text[end : end + 50]
        failures.append(Failure(kind, page.name, f"{before}[{page.text[start:end][:50]}]{after}".replace("\n", " ")))

    for quote, span in zip(page.truth, spans, strict=True):
        one = by_span.get(span)
        if one is None:
            over = any(_overlaps(span, other) for other in by_span)
            note("wrong span" if over else "missed", *span)
            continue
        counts["matched"] += 1
        verdict = judge_speaker(page, quote, one)
        if verdict == "right":
            counts["speaker right"] += 1
        else:
            note(verdict, *span)
        if pronoun := judge_pronoun(page, quote, one):
            counts[pronoun] += 1
    for span in by_span:
        if not any(_overlaps(span, other) for other in spans):
            note("spurious", *span)
    return counts, failures


def _line(name: str, counts: Counter[str]) -> str:
    truth = counts["matched"] + counts["missed"] + counts["wrong span"]
    found = counts["matched"] + counts["spurious"] + counts["wrong span"]
    precision = counts["matched"] / found if found else 1.0
    recall = counts["matched"] / truth if truth else 1.0
    both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    right = counts["speaker right"] / counts["matched"] if counts["matched"] else 1.0
    return f"  {name:10}{truth:6}{found:7}{precision:11.3f}{recall:8.3f}{both:7.3f}{right:9.3f}"


def print_split(split: str, pages: Sequence[Page], *, wrong: bool) -> None:
    """Print the table of one split and its kinds of failure."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    failures: list[Failure] = []
    for page in pages:
        found = find_quotes(page.text, page.entities, load_languages()[page.language])
        counted, failed = judge(page, found)
        counts[page.language] += counted
        counts["all"] += counted
        failures.extend(failed)
    print(f"\nquotations, {split}: {len(pages)} pages")
    print(f"  {'':10}{'truth':>6}{'found':>7}{'precision':>11}{'recall':>8}{'F1':>7}{'speaker':>9}")
    for name in (*sorted(counts.keys() - {"all"}), "all"):
        print(_line(name, counts[name]))
    kinds = ("missed", "spurious", "wrong span", "wrong speaker", "no speaker")
    print("  failures: " + ", ".join(f"{kind} {counts['all'][kind]}" for kind in kinds))
    pronouns = ", ".join(f"{kind} {counts['all'][f'pronoun {kind}']}" for kind in ("right", "wrong", "open"))
    print(f"  pronouns resolved to persons, English: {pronouns}")
    if wrong:
        for failure in failures:
            print(f"    {failure.kind:14} {failure.page[-18:]:18} …{failure.words}…")


def print_cost(pages: Sequence[Page]) -> None:
    """Print CPU time for a median news page."""
    cost_ms = measure_cost(
        pages,
        lambda page: page.text,
        lambda page: find_quotes(page.text, page.entities, load_languages()[page.language]),
    )
    print(f"\nquotations: {cost_ms:.2f} ms of CPU for {WORDS} words")


def report(splits: Sequence[str] = SPLITS, *, wrong: bool = False) -> None:
    """Print all tables."""
    pages = read_pages(splits)
    if not pages:
        print(f"quotations: skipped, no pages below {DATA}")
        return
    for split in splits:
        print_split(split, [page for page in pages if page.split == split], wrong=wrong)
    print_cost(pages)


def main() -> None:
    """Parse arguments and print."""
    parser = make_parser(__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    parser.add_argument("--split", nargs="+", choices=SPLITS, default=SPLITS, help="of these")
    known = parser.parse_args()
    report(known.split, wrong=known.wrong)


if __name__ == "__main__":
    main()
