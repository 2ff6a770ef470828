"""Texts whose topics are known: pages and entries of feeds that we annotated, publishers' sections, SIB-200."""

import csv
import functools
import gzip
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import feedparser

from benchmarks.measures.pages import ARTICLES, DATA, read_pages
from tests.support.paths import TRUTH
from transforms.enrich.languages.identify import detect_language
from transforms.enrich.topics.publisher import map_sections, sections_in_url
from transforms.enrich.topics.taxonomy import top
from transforms.urls import host_of

TOPICS = TRUTH / "topics.json"
"""Top-level topics of pages, any of which is right, the chief one first; and what was judged of deeper topics."""

TEASER_WORDS = 25
MAX_TEASER_CHARS = 3000

SENTENCES = {
    "eng_Latn": "en", "arb_Arab": "ar", "deu_Latn": "de", "spa_Latn": "es", "fra_Latn": "fr", "por_Latn": "pt",
    "swe_Latn": "sv", "zho_Hans": "zh",
}  # fmt: skip
"""Folders of SIB-200 to languages that have a classifier."""

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
_MARKUP = re.compile(r"<[^>]{1,500}>")
_TITLE = re.compile(r"<title[^>]*>([^<]*)")


class Case(NamedTuple):
    """One text, and the codes of which any is right."""

    id: str
    group: str
    """Publisher; what is fitted is measured on others."""
    language: str
    headline: str | None
    text: str
    annotated: tuple[str, ...] = ()
    """Top-level codes that we say are right, the chief one first."""
    declared: tuple[str, ...] = ()
    """Top-level codes of the publisher's section."""

    def shortened(self) -> "Case":
        """The headline and the first words of the text, as a teaser has them."""
        return self._replace(text=" ".join(self.text.split()[:TEASER_WORDS]))


def code_of(start: str) -> str:
    """The top-level code with these two digits."""
    return f"medtop:{start}000000"


@functools.cache
def truth() -> dict[str, Any]:
    """Return what was annotated."""
    return dict(json.loads(TOPICS.read_text(encoding="utf-8")))


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


def read_cases(data: Path = DATA) -> Iterator[Case]:
    """Yield the development pages that have a text."""
    for folder in ARTICLES:
        for page in read_pages(data, folder):
            if not page.text:
                continue
            body = page.body.decode("utf-8", "replace")
            named = _TITLE.search(body)
            headline = page.truth["title"] or (html.unescape(named.group(1)) if named else None)
            codes = map_sections(sections_of(body)) or map_sections(sections_in_url(page.url or ""))
            name = f"{folder}/{page.name.split('.')[0]}"
            yield Case(
                name,
                host_of(page.url or "") or name,
                detect_language(page.text)[0] or "",
                headline,
                page.text,
                tuple(map(code_of, truth()["top"].get(name, ()))),
                tuple(dict.fromkeys(map(top, codes))),
            )


def read_teasers(data: Path) -> Iterator[Case]:
    """Yield entries of real feeds that were annotated: title and summary, without markup.

    Args:
        data: directory of the feeds, gzipped.
    """
    annotated = truth()["teasers"]
    for name in sorted({key.split("/")[0] for key in annotated}):
        entries = feedparser.parse(gzip.decompress((data / f"{name}.gz").read_bytes())).entries
        for place, entry in enumerate(entries):
            codes = annotated.get(f"{name}/{place}")
            if codes:
                summary = _MARKUP.sub(" ", html.unescape(entry.get("summary") or ""))
                text = " ".join(html.unescape(summary).split())[:MAX_TEASER_CHARS]
                yield Case(f"{name}/{place}", name, "en", entry.get("title"), text, tuple(map(code_of, codes)))


def read_sentences(data: Path, folder: str) -> Iterator[Case]:
    """Yield the sentences of SIB-200 of a language with the codes that are admissible for their topic."""
    with (data / folder / "test.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            codes = tuple(map(code_of, ADMISSIBLE[row["category"]]))
            yield Case(row["index_id"], SENTENCES[folder], SENTENCES[folder], None, row["text"], codes)
