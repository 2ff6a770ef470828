"""Precision, recall and speed of entity recognition on annotated texts: plain spaCy and newsmill, in one run.

Usage: ./run.sh bench entities [PIPELINE …]

Exact spans and one of three types: PERSON and PER are PER; ORG is ORG; GPE, LOC and FAC are LOC; the rest is not
scored. A leading article and 's are cut from both sides. Speed is CPU time, words split at white space.

- wikigold: 145 encyclopaedia articles, tokens put back together by rule; MISC is not scored.
- gum-news: 24 news texts. GUM marks every noun phrase, so names are derived: mentions of a person, organisation or
  place whose head is a proper noun, cut to the proper nouns of the minimal span, titles cut from people, outermost
  only. A country that acts is an organisation there: words that are a place anywhere in the two sets count as LOC.

The rules were chosen while looking at both sets, so neither is unseen data. Exit code 0, also without the data.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from transforms.enrich.entities.labels import Labelled
from transforms.enrich.entities.models import DEFAULT_MODEL, describe_model, load_model
from transforms.enrich.entities.recognize import find_entities, label_mentions
from transforms.enrich.entities.rules import RULES, bind_rules, settle_mentions
from transforms.enrich.entities.surface import trim_span

if TYPE_CHECKING:
    from spacy.language import Language

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ner"

SCORED = {"PERSON": "PER", "PER": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
GUM_TYPES = {"person": "PER", "organization": "ORG", "place": "LOC"}
INSIDE_NAMES = frozenset(("of", "the", "and", "for", "&", "-", "in", "de", "la", "del", "'s", "on"))
INSIDE_PERSONS = frozenset(("de", "la", "del", "-", "'s"))
OFFICES = frozenset(
    "president mr mrs ms miss dr prime minister senator sir dame lord lady professor prof chancellor king queen "
    "secretary governor rep sen mp mps leader officer director ceo general judge mayor ambassador sheriff".split()
)

Span = tuple[int, int, str]


class Gold(NamedTuple):
    """One annotated text."""

    text: str
    spans: frozenset[Span]


class _Token(NamedTuple):
    start: int
    end: int
    form: str
    tag: str
    pos: str


def read_wikigold(path: Path) -> list[Gold]:
    """Documents of a file of ``token tag`` lines."""
    documents: list[list[tuple[str, str]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-DOCSTART-"):
            documents.append([])
        elif line.strip():
            form, tag = line.split()
            documents[-1].append((form, tag[2:] if tag != "O" else "O"))
    return [_join(tokens) for tokens in documents if tokens]


def _join(tokens: Sequence[tuple[str, str]]) -> Gold:
    text, glued, quoted = "", True, False
    spans: list[Span] = []
    before = "O"
    for raw, tag in tokens:
        is_quote = raw in {"``", "''", '"'}
        form = '"' if is_quote else raw
        opens = raw in {"``", "(", "[", "$", "#"} or (raw == '"' and not quoted)
        if is_quote:
            quoted = opens
        closes = form in set(")],.;:!?%") | {"n't"} or form.startswith("'") or (is_quote and not opens)
        text += "" if glued or closes else " "
        start = len(text)
        text += form
        glued = opens
        if tag != "O":
            if tag == before:
                start = spans.pop()[0]
            spans.append((start, len(text), tag))
        before = tag
    return Gold(text, frozenset(span for span in spans if span[2] != "MISC"))


def read_gum(path: Path) -> Gold:
    """One CoNLL-U file with GUM's Entity annotation."""
    text, space = "", ""
    tokens: list[_Token] = []
    still_open: list[tuple[str, str, str, int]] = []
    mentions: list[tuple[str, str, int, int]] = []
    joined_until, joined_space = -1, " "
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newpar") and not line.startswith("# newpar_") and text:
            space = "\n"
        if not line or line.startswith("#"):
            continue
        column = line.split("\t")
        after = "" if "SpaceAfter=No" in column[9] else " "
        if "-" in column[0]:
            joined_until, joined_space = int(column[0].split("-")[1]), after
            continue
        if "." in column[0]:
            continue
        text += space
        tokens.append(_Token(len(text), len(text) + len(column[1]), column[1], column[4], column[3]))
        text += column[1]
        number = int(column[0])
        space = "" if number < joined_until else joined_space if number == joined_until else after
        joined_until = -1 if number == joined_until else joined_until
        for part in re.findall(r"\([^()]+\)?|[^()]+\)", "".join(re.findall(r"Entity=([^|]*)", column[9]))):
            if part.startswith("("):
                name, kind, _, _, _, minimal, *_ = part.strip("()").split("-")
                still_open.append((name, kind, minimal, len(tokens) - 1))
            if part.endswith(")"):
                name = part.strip("()").split("-")[0]
                at = max(n for n, mention in enumerate(still_open) if mention[0] == name)
                _, kind, minimal, first = still_open.pop(at)
                mentions.append((kind, minimal, first, len(tokens) - 1))
    return Gold(text, frozenset(_names(tokens, mentions)))


def _names(tokens: Sequence[_Token], mentions: Sequence[tuple[str, str, int, int]]) -> list[Span]:
    spans: set[Span] = set()
    inside = [(kind, first, last) for kind, _, first, last in mentions]

    def is_pair(kind: str, first: int, last: int, at: Sequence[int]) -> bool:
        """Return whether a mention is two or more joined by "and", each of which is a mention of its own."""
        parts = [
            (a, b)
            for k, a, b in inside
            if k == kind and first <= a and b <= last and (a, b) != (first, last) and any(a <= n <= b for n in at)
        ]
        return any(
            b < c and "and" in {tokens[n].form.lower() for n in range(b + 1, c)} for _, b in parts for c, _ in parts
        )

    for kind, minimal, first, last in mentions:
        if kind not in GUM_TYPES or not re.fullmatch(r"[\d,]+", minimal):
            continue
        at = [first + int(n) - 1 for n in minimal.split(",")]
        at = [n for n in at if first <= n <= last and tokens[n].tag.startswith("NNP")]
        if not any(tokens[n].pos == "PROPN" for n in at) or is_pair(kind, first, last, at):
            continue
        if kind == "person" and tokens[at[-1]].tag == "NNPS":
            continue
        runs = [at[:1]]
        for n in at[1:]:
            gap = [tokens[m].form.lower() for m in range(runs[-1][-1] + 1, n)]
            if len(gap) <= 2 and (INSIDE_PERSONS if kind == "person" else INSIDE_NAMES).issuperset(gap):
                runs[-1].append(n)
            else:
                runs.append([n])
        run = max(runs, key=lambda r: (len(r), -r[0]))
        if kind == "person":
            offices = [n for n, token in enumerate(run) if tokens[token].form.lower().rstrip(".") in OFFICES]
            run = run[offices[-1] + 1 :] if offices else run
            if not run or not tokens[run[0]].form[0].isupper():
                continue
        spans.add((tokens[run[0]].start, tokens[run[-1]].end, GUM_TYPES[kind]))
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], *s)):
        if not any(span[0] < other[1] and other[0] < span[1] for other in kept):
            kept.append(span)
    return kept


def read_sets(root: Path) -> dict[str, list[Gold]]:
    """The annotated sets by name, articles and 's cut from the spans."""
    wikigold = read_wikigold(root / "wikigold" / "wikigold.txt")
    gum = [read_gum(path) for path in sorted((root / "gum-news").glob("*.conllu"))]
    places = {one.text[a:b] for one in (*wikigold, *gum) for a, b, kind in one.spans if kind == "LOC"}
    gum = [
        one._replace(
            spans=frozenset(
                (a, b, "LOC" if kind == "ORG" and one.text[a:b] in places else kind) for a, b, kind in one.spans
            )
        )
        for one in gum
    ]
    return {
        name: [
            Gold(text, frozenset((*trim_span(text, a, b, kind), kind) for a, b, kind in spans)) for text, spans in golds
        ]
        for name, golds in (("gum-news", gum), ("wikigold", wikigold))
    }


def scored(mentions: Sequence[Labelled]) -> set[Span]:
    """Spans with the three types of the gold."""
    return {(m.start, m.end, SCORED[m.label]) for m in mentions if m.label in SCORED}


def score(golds: Sequence[Gold], found: Sequence[set[Span]]) -> str:
    """Precision, recall and F1 over all texts, in percent."""
    right = sum(len(gold.spans & spans) for gold, spans in zip(golds, found, strict=True))
    p = right / max(1, sum(map(len, found)))
    r = right / max(1, sum(len(gold.spans) for gold in golds))
    return f"P {100 * p:5.1f}  R {100 * r:5.1f}  F1 {200 * p * r / max(1e-9, p + r):5.1f}"


def plain_spacy(nlp: "Language", texts: Sequence[str]) -> list[set[Span]]:
    """What the bare pipeline says of the whole texts, its spans as they are."""
    found = []
    for doc in nlp.pipe(texts):
        ents = [Labelled(e.start_char, e.end_char, e.label_) for e in doc.ents]
        found.append(scored(ents))
    return found


def ours(nlp: "Language", texts: Sequence[str]) -> list[set[Span]]:
    """What the stage puts into the row: each mention with the type of its entity."""
    return [
        scored([Labelled(m.start, m.end, entity.type) for entity in entities for m in entity.mentions])
        for text in texts
        for entities in find_entities(nlp, [text])
    ]


def _timed(
    find: Callable[["Language", Sequence[str]], list[set[Span]]], nlp: "Language", texts: Sequence[str]
) -> tuple[list[set[Span]], str]:
    start = time.process_time()
    found = find(nlp, texts)
    return found, f"{sum(len(text.split()) for text in texts) / (time.process_time() - start):6.0f} words/s"


def main() -> int:
    """Print one table for each pipeline."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="PIPELINE", default=[DEFAULT_MODEL], help="spaCy pipelines")
    names = parser.parse_args().names
    if not DATA.is_dir():
        print(f"skipped: no annotated texts at {DATA}")
        return 0
    sets = read_sets(DATA)
    for name in names:
        nlp = load_model(name)
        print(f"{describe_model(name).title}")
        for title, golds in sets.items():
            texts = [gold.text for gold in golds]
            words = sum(len(text.split()) for text in texts)
            print(f"  {title}: {len(golds)} texts, {words} words, {sum(len(g.spans) for g in golds)} names")
            plain_spacy(nlp, texts[:5])  # warm
            bare, bare_speed = _timed(plain_spacy, nlp, texts)
            whole, our_speed = _timed(ours, nlp, texts)
            labelled = [label_mentions(nlp, [text])[0] for text in texts]
            cut = [
                {(*trim_span(g.text, a, b, kind), kind) for a, b, kind in spans}
                for g, spans in zip(golds, bare, strict=True)
            ]
            print(f"    {'spaCy, spans as they are':36}{score(golds, bare)}  {bare_speed}")
            print(f"    {'spaCy, article and s cut':36}{score(golds, cut)}")
            print(f"    {'ours without rules, by paragraph':36}{score(golds, [scored(m) for m in labelled])}")
            print(f"    {'ours':36}{score(golds, whole)}  {our_speed}")
            for left_out in RULES:
                rules = bind_rules("en", [rule for rule in RULES if rule is not left_out])
                found = [scored(settle_mentions(g.text, m, rules)) for g, m in zip(golds, labelled, strict=True)]
                print(f"    {'  mentions without ' + left_out.__name__:36}{score(golds, found)}")
            found = [scored(settle_mentions(g.text, m)) for g, m in zip(golds, labelled, strict=True)]
            print(f"    {'  mentions with all rules':36}{score(golds, found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
