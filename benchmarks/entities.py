"""Precision, recall and speed of entity recognition on annotated texts: plain spaCy and newsmill, in one run.

Usage: ./run.sh bench entities [PIPELINE …]

Exact spans and one of three types: PERSON and PER are PER; ORG is ORG; GPE, LOC and FAC are LOC; the rest is not
scored. A leading article and 's are cut from both sides. Speed is CPU time, words split at white space.

- wikigold: 145 encyclopaedia articles, tokens put back together by rule; MISC is not scored.
- gum-news: 24 news texts, names derived as benchmarks/measures/gum.py says. A country that acts is an organisation
  there: words that are a place anywhere in the two sets count as LOC.

- world: the beginnings of articles of publishers in Africa, Asia and Europe, annotated for this project
  (``benchmarks/truth/entities.json``: offsets by page, no text). world-late are those that were annotated and looked at
  when the rules were finished.

Grouping is measured on the names of gum-news as annotated, by B-cubed: for each mention, how many of those grouped with
it are the same thing (precision), and how many of the same thing are grouped with it (recall).

The rules were chosen while looking at all sets but world-late, so no other is unseen data. Exit code 0, also without
the data.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.measures.annotated import read_rows
from benchmarks.measures.gum import read_gum
from benchmarks.measures.pages import DATA as PAGES
from benchmarks.measures.parser import make_parser
from tests.support.paths import PUBLIC, TRUTH
from transforms.enrich.entities.group import group_mentions
from transforms.enrich.entities.labels import Labelled
from transforms.enrich.entities.models import DEFAULT_MODEL, describe_model, load_model
from transforms.enrich.entities.recognize import find_entities, label_mentions
from transforms.enrich.entities.rules import RULES, AnyRule, bind_rules, rule_name, settle_mentions
from transforms.enrich.entities.surface import trim_span

if TYPE_CHECKING:
    from spacy.language import Language

DATA = PUBLIC / "ner"

SCORED = {"PERSON": "PER", "PER": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
Span = tuple[int, int, str]


class Gold(NamedTuple):
    """One annotated text."""

    text: str
    spans: frozenset[Span]
    clusters: Mapping[tuple[int, int], str]
    """What the names are of within the text; empty where that is not annotated."""


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
    return Gold(text, frozenset(span for span in spans if span[2] != "MISC"), {})


def read_sets(root: Path) -> dict[str, list[Gold]]:
    """The annotated sets by name, articles and 's cut from the spans."""
    wikigold = read_wikigold(root / "wikigold" / "wikigold.txt")
    gum = [read_gum(path) for path in sorted((root / "gum-news").glob("*.conllu"))]
    places = {text[n.start : n.end] for text, names in gum for n in names if n.kind == "LOC"}
    places |= {one.text[a:b] for one in wikigold for a, b, kind in one.spans if kind == "LOC"}
    news = []
    for text, names in gum:
        kinds = [
            (n.start, n.end, "LOC" if n.kind == "ORG" and text[n.start : n.end] in places else n.kind) for n in names
        ]
        clusters = {(n.start, n.end): n.cluster for n in names}
        news.append(Gold(text, frozenset(kinds), clusters))
    return {
        name: [
            Gold(
                text,
                frozenset((*trim_span(text, a, b, kind), kind) for a, b, kind in spans),
                {trim_span(text, a, b, ""): cluster for (a, b), cluster in clusters.items()},
            )
            for text, spans, clusters in golds
        ]
        for name, golds in (("gum-news", news), ("wikigold", wikigold))
    }


def read_world(data: Path = PAGES) -> dict[str, list[Gold]]:
    """The articles annotated for this project; nothing where the pages are not there."""
    stored = json.loads((TRUTH / "entities.json").read_text(encoding="utf-8"))
    keys = [tuple(page["page"].split("/", 1)) for page in stored]
    rows = read_rows(keys, data)
    found: dict[str, list[Gold]] = {"world": [], "world-late": []}
    for key, page in zip(keys, stored, strict=True):
        if key in rows:
            names = frozenset((start, end, kind) for start, end, kind in page["names"])
            found["world-late" if page["late"] else "world"].append(Gold(rows[key]["text"][: page["until"]], names, {}))
    return {name: golds for name, golds in found.items() if golds}


def scored(mentions: Sequence[Labelled], text: str = "") -> set[Span]:
    """Spans with the three types of the gold; with a text, 's cut from them as it is there."""
    return {
        (*(trim_span(text, m.start, m.end, m.label) if text else m[:2]), SCORED[m.label])
        for m in mentions
        if m.label in SCORED
    }


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
        scored([Labelled(m.start, m.end, entity.type) for entity in entities for m in entity.mentions], text)
        for text in texts
        for entities in find_entities(nlp, [text])
    ]


def _timed(
    find: Callable[["Language", Sequence[str]], list[set[Span]]], nlp: "Language", texts: Sequence[str]
) -> tuple[list[set[Span]], str]:
    start = time.process_time()
    found = find(nlp, texts)
    return found, f"{sum(len(text.split()) for text in texts) / (time.process_time() - start):6.0f} words/s"


def _print_rules(golds: Sequence[Gold], labelled: Sequence[Sequence[Labelled]]) -> None:
    """F1 of mentions with all rules, what each rule adds alone, and what is lost without it."""

    def f1(rules: Sequence[AnyRule]) -> float:
        bound = bind_rules("en", rules)
        return f1_of(
            golds, [scored(settle_mentions(g.text, m, bound), g.text) for g, m in zip(golds, labelled, strict=True)]
        )

    none, whole = f1(()), f1(RULES)
    print(f"    mentions, F1: no rules {none:5.2f}, all rules {whole:5.2f}")
    print(f"      {'rule':26}  alone  without it")
    for one in RULES:
        alone, without = f1((one,)) - none, f1([rule for rule in RULES if rule is not one]) - whole
        print(f"      {rule_name(one):26}  {alone:+5.2f}  {without:+5.2f}")


def _print_cost(texts: Sequence[str], labelled: Sequence[Sequence[Labelled]]) -> None:
    """Processor time of all rules and of grouping, for an article of 766 words."""
    settled = [settle_mentions(text, found) for text, found in zip(texts, labelled, strict=True)]  # warm
    articles = sum(len(text.split()) for text in texts) / 766
    start = time.process_time()
    for text, found in zip(texts, labelled, strict=True):
        settle_mentions(text, found)
    middle = time.process_time()
    for text, found in zip(texts, settled, strict=True):
        group_mentions(text, found)
    rules, groups = (1000 * s / articles for s in (middle - start, time.process_time() - middle))
    print(
        f"    an article of 766 words: rules {rules:.2f} ms, grouping {groups:.2f} ms, {1000 / (rules + groups):.0f}/s"
    )


def f1_of(golds: Sequence[Gold], found: Sequence[set[Span]]) -> float:
    """F1 over all texts, in percent."""
    right = sum(len(gold.spans & spans) for gold, spans in zip(golds, found, strict=True))
    return 200 * right / max(1, sum(map(len, found)) + sum(len(gold.spans) for gold in golds))


def print_grouping(golds: Sequence[Gold]) -> None:
    """B-cubed of grouping, and the groups that are wrong."""
    precision = recall = 0.0
    count = 0
    wrong: list[str] = []
    for gold in golds:
        spans = sorted(span for span in gold.spans if span[:2] in gold.clusters)
        mentions = [Labelled(a, b, {"PER": "PERSON", "LOC": "GPE"}.get(kind, kind)) for a, b, kind in spans]
        entities = group_mentions(gold.text, mentions)
        group_of = {(m.start, m.end): n for n, entity in enumerate(entities) for m in entity.mentions}
        found, right = _inverted(group_of), _inverted(gold.clusters)
        for at, n in group_of.items():
            both = len(found[n] & right[gold.clusters[at]])
            precision += both / len(found[n])
            recall += both / len(right[gold.clusters[at]] & group_of.keys())
            count += 1
        wrong += [
            f"merged: {_names_of(gold, group)}"
            for group in found.values()
            if len({gold.clusters[at] for at in group}) > 1
        ]
        for group in right.values():
            parts = [
                _names_of(gold, group & found[n]) for n in sorted({group_of[at] for at in group if at in group_of})
            ]
            wrong += ["split: " + " | ".join(parts)] if len(parts) > 1 else []
    print(f"    grouping of {count} names: B-cubed P {precision / count:.3f}  R {recall / count:.3f}")
    for line in wrong:
        print(f"      {line}")


def _inverted(groups: Mapping[tuple[int, int], object]) -> dict[object, set[tuple[int, int]]]:
    members: defaultdict[object, set[tuple[int, int]]] = defaultdict(set)
    for at, group in groups.items():
        members[group].add(at)
    return members


def _names_of(gold: Gold, group: Iterable[tuple[int, int]]) -> str:
    return ", ".join(sorted({gold.text[a:b] for a, b in group}))


def main() -> int:
    """Print one table for each pipeline."""
    parser = make_parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="PIPELINE", default=[DEFAULT_MODEL], help="spaCy pipelines")
    names = parser.parse_args().names
    if not DATA.is_dir():
        print(f"skipped: no annotated texts at {DATA}")
        return 0
    sets = {**read_sets(DATA), **read_world()}
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
            _print_rules(golds, labelled)
            _print_cost(texts, labelled)
            if any(gold.clusters for gold in golds):
                print_grouping(golds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
