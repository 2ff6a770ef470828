"""Accuracy of topic classification on English pages and sentences whose topic is known.

Usage: ./run.sh bench topics [--wrong]

Two sets, neither of them a gold standard:

- silver: pages whose section, in JSON-LD, meta or address, is mapped by transforms.enrich.topics.publisher. One
  section is admissible, although half of the pages fit two topics, and sections err; so the truth is higher.
- SIB-200: single sentences of travel guides, news and encyclopaedias in seven coarse topics, each mapped to
  the top-level codes that are admissible for it. A sentence says less than an article.

Vocabulary and constants of the classifier were chosen while looking at both, so neither is unseen data.
"naive" counts the same words without weights, phrases, headline or lead. Exit code 0, also without the data.
"""

import argparse
import csv
import gzip
import html
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from transforms.enrich.languages.identify import detect_language
from transforms.enrich.topics import classify as model
from transforms.enrich.topics.classify import MODEL, Scored, score_topics
from transforms.enrich.topics.publisher import map_sections, sections_in_url
from transforms.enrich.topics.taxonomy import label, top, top_codes

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SURE = 0.30

ADMISSIBLE = {
    "science/technology": ("13", "06", "07"),
    "travel": ("10", "04"),
    "politics": ("11", "16"),
    "sports": ("15",),
    "health": ("07",),
    "entertainment": ("01", "08", "10"),
    "geography": ("06", "10", "11", "13", "14", "17"),
}
"""Topic of SIB-200 to the first digits of the top-level codes that are right for it."""

_SECTION_LD = re.compile(r'"articleSection"\s*:\s*(\[[^\]]*\]|"(?:[^"\\]|\\.)*")')
_SECTION_META = re.compile(r'<meta[^>]+article:section"[^>]*content="([^"]*)"')
_TITLE = re.compile(r"<title[^>]*>([^<]*)")


class Case(NamedTuple):
    """One text, and the codes of which any is right."""

    headline: str | None
    text: str
    admissible: frozenset[str]


def sections_of(page: str) -> list[str]:
    """Sections that a page declares in JSON-LD and meta."""
    found: list[str] = []
    for raw in _SECTION_LD.findall(page):
        try:
            value = json.loads(raw)
        except ValueError:
            continue
        found += [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]
    return found + _SECTION_META.findall(page)


def english_pages() -> Iterator[Case]:
    """English pages with their silver labels, which may be none."""
    for folder in ("fundus-half", "wcxb-dev-articles", "scrapinghub"):
        for line in (DATA / "pages" / folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
            truth = json.loads(line)
            if not truth["text"] or detect_language(truth["text"])[0] != "en":
                continue
            page = gzip.decompress((DATA / "pages" / folder / truth["file"]).read_bytes()).decode("utf-8", "replace")
            named = _TITLE.search(page)
            headline = truth["title"] or (html.unescape(named.group(1)) if named else None)
            codes = map_sections(sections_of(page)) or map_sections(sections_in_url(truth["url"] or ""))
            yield Case(headline, truth["text"], frozenset(map(top, codes)))


def sentences() -> Iterator[Case]:
    """Sentences of SIB-200 with the codes that are admissible for their topic."""
    with (DATA / "langid" / "eng_Latn" / "test.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            codes = frozenset(f"medtop:{start}000000" for start in ADMISSIBLE[row["category"]])
            yield Case(None, row["text"], codes)


def score_naively(headline: str | None, text: str) -> tuple[Scored, ...]:
    """Share of each topic in the single words of the vocabulary that occur."""
    vocabulary = model._vocabulary()
    hits = dict.fromkeys(top_codes(), 0)
    for word in model._words(f"{headline or ''} {text}"[: model.READ_CHARS]):
        if word in vocabulary.words:
            for c, _ in vocabulary.weights[vocabulary.words[word]]:
                hits[top_codes()[c]] += 1
    whole = max(1, sum(hits.values()))
    scored = (Scored(code, count / whole) for code, count in hits.items())
    return tuple(sorted(scored, key=lambda it: (-it.score, it.code)))


def report(
    name: str, cases: list[Case], score: Callable[[str | None, str], tuple[Scored, ...]], *, show_wrong: bool = False
) -> None:
    """Print one line of the table, and the cases that went wrong."""
    best = right = sure = sure_right = among = 0
    for case in cases:
        scored = score(case.headline, case.text)
        good = scored[0].code in case.admissible
        best, right = best + 1, right + good
        among += any(it.code in case.admissible for it in scored[: model.MAX_TOPICS] if it.score >= model.FLOOR)
        if scored[0].score >= SURE:
            sure, sure_right = sure + 1, sure_right + good
        if show_wrong and not good:
            told = ", ".join(f"{label(it.code)} {it.score:.2f}" for it in scored[:2])
            print(f"   {(case.headline or case.text)[:70]!r}: {told}; not {sorted(map(label, case.admissible))}")
    print(
        f"{name:<22}{best:>6}{right / best:>9.3f}{among / best:>12.3f}{sure / best:>10.3f}"
        f"{sure_right / max(1, sure):>13.3f}"
    )


def main() -> int:
    """Score both sets and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="print each text whose topic is wrong")
    known = parser.parse_args()
    if not (DATA / "pages").is_dir() or not (DATA / "langid").is_dir():
        print(f"skipped: no pages and sentences below {DATA}")
        return 0
    pages, single = list(english_pages()), list(sentences())
    silver = [case for case in pages if case.admissible]
    score_topics(None, "")  # reads taxonomy and terms before the clock starts
    print(MODEL)
    print(f"{'':<22}{'texts':>6}{'best':>9}{'one of 3':>12}{f'p >= {SURE:.2f}':>10}{'best there':>13}")
    report("silver sections", silver, score_topics, show_wrong=known.wrong)
    report("  naive", silver, score_naively)
    report("SIB-200 sentences", single, score_topics, show_wrong=known.wrong)
    report("  naive", single, score_naively)
    start = time.process_time()
    for case in pages:
        score_topics(case.headline, case.text)
    print(f"{len(pages) / (time.process_time() - start):,.0f} articles/s of CPU time ({len(pages)} English pages)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
