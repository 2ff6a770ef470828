"""Annotated pages: folders with ``truth.jsonl`` and gzipped pages."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.paths import PUBLIC

ARTICLES = ("fundus-half", "scrapinghub", "wcxb-dev-articles")
"""Sets of articles."""

OTHERS = "wcxb-dev-others"
"""Pages of other kinds, with their ``page_type``."""

DATA = PUBLIC / "pages"
"""Where the sets are, beside the repository."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page and what is true of it."""

    set: str
    name: str
    url: str
    body: bytes
    truth: dict[str, Any]

    @property
    def text(self) -> str:
        """The true text; empty where it is not known."""
        return self.truth.get("text") or ""


def sets_of(data: Path, names: Sequence[str] = ARTICLES) -> list[str]:
    """Return the names of those sets that are there."""
    return [name for name in names if (data / name / "truth.jsonl").is_file()]


def read_pages(data: Path, name: str, limit: int | None = None) -> Iterator[Page]:
    """Yield the pages of a set, in order.

    Args:
        data: directory of the sets.
        name: one of them.
        limit: how many are read at most.
    """
    lines = (data / name / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for truth in map(json.loads, lines[:limit]):
        yield Page(
            name, truth["file"], truth["url"], gzip.decompress((data / name / truth["file"]).read_bytes()), truth
        )
