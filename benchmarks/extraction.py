"""F1 of the main text, accuracy of metadata, and time, on annotated pages, beside plain trafilatura.

The data is folders with ``truth.jsonl`` and gzipped pages, by default ``../shared/data/pages`` beside the repository;
without it the benchmark says so and ends.

Usage: ./run.sh bench extraction [--limit N] [--data DIR]

Text: F1 over multisets of word 4-grams, mean over pages (as scrapinghub's article-extraction-benchmark cuts them).
Title and authors: equal after folding case and punctuation; date: the same day.
"""

import argparse
import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trafilatura

from schemas.documents import Document, Origin
from schemas.trouble import Trouble
from transforms.articles.read import read_document, warm_up

SETS = ("fundus-half", "scrapinghub", "wcxb-dev-articles")
DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "pages"


@dataclass(slots=True)
class Found:
    """What one reader gives for one page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""


@dataclass(slots=True)
class Score:
    """Sums over one set."""

    f1: list[float] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    failed: int = 0


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of word 4-grams; a shorter text is one gram."""
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def f1(found: str, truth: str) -> float:
    """F1 of two texts, 0 to 1."""
    one, other = grams(found), grams(truth)
    both = sum((one & other).values())
    return 2 * both / (sum(one.values()) + sum(other.values())) if both else 0.0


def fold(text: str) -> str:
    """Words alone, case folded."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def ours(body: bytes, url: str) -> Found:
    """Newsmill's reading."""
    article = read_document(Document(media="html", body=body, url=url, origin=Origin(uri="bench", kind="html")))
    return Found(
        text=article.text,
        title=article.headline or "",
        authors=tuple(author.name for author in article.authors),
        date=article.published_date.isoformat() if article.published_date else "",
    )


def plain(body: bytes, url: str) -> Found:
    """Trafilatura's reading with its defaults and metadata."""
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    if found is None:
        return Found()
    authors = tuple((found.author or "").split("; "))  # type: ignore[union-attr]
    return Found(text=found.text or "", title=found.title or "", authors=authors, date=found.date or "")  # type: ignore[union-attr]


def measure(read: Callable[[bytes, str], Found], rows: list[tuple[bytes, dict[str, Any]]]) -> Score:
    """Run one reader over one set."""
    score = Score()
    for body, truth in rows:
        start = time.process_time()
        try:
            found = read(body, truth["url"])
        except Trouble:
            found = Found()
            score.failed += 1
        score.seconds += time.process_time() - start
        if truth.get("text"):
            score.f1.append(f1(found.text, truth["text"]))
        pairs = {
            "title": (fold(found.title), fold(truth.get("title") or "")),
            "authors": (
                sorted(fold(" ".join(found.authors)).split()),
                sorted(word for word in fold(" ".join(truth.get("authors") or ())).split() if word != "and"),
            ),
            "date": (found.date[:10], (truth.get("date") or "")[:10]),
        }
        for name, (got, wanted) in pairs.items():
            if wanted:
                score.asked[name] += 1
                score.right[name] += got == wanted
    return score


def main() -> int:
    """Measure and print; 0 also when the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=None, help="pages of each set, from its beginning")
    parser.add_argument("--data", type=Path, default=DATA, help="directory that holds the sets")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    present = [name for name in SETS if (args.data / name / "truth.jsonl").is_file()]
    if not present:
        print(f"skipped: no truth.jsonl below {args.data}")
        return 0
    warm_up()
    columns = ("set", "reader", "pages", "F1", "title", "authors", "date", "ms/page", "failed")
    print("{:<20}{:<14}{:>6}{:>8}{:>8}{:>9}{:>8}{:>9}{:>8}".format(*columns))
    for name in present:
        folder = args.data / name
        lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()[: args.limit]
        rows = [(gzip.decompress((folder / row["file"]).read_bytes()), row) for row in map(json.loads, lines)]
        for reader, read in (("trafilatura", plain), ("newsmill", ours)):
            score = measure(read, rows)
            shares = [
                f"{score.right[key] / score.asked[key]:.3f}" if score.asked[key] else "-"
                for key in ("title", "authors", "date")
            ]
            mean = sum(score.f1) / max(1, len(score.f1))
            cost = 1000 * score.seconds / max(1, len(rows))
            line = f"{name:<20}{reader:<14}{len(rows):>6}{mean:>8.4f}"
            print(f"{line}{shares[0]:>8}{shares[1]:>9}{shares[2]:>8}{cost:>9.1f}{score.failed:>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
