"""Our own truth about pages of the sets: the pages that it is about, and what reading them costs."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.measures.pages import DATA

WORDS = 766
"""Words of a median news page, for which costs are given."""

Row = Mapping[str, Any]
PageT = TypeVar("PageT")


def read_rows(wanted: Iterable[tuple[str, str]], data: Path = DATA) -> dict[tuple[str, str], Row]:
    """Read what the sets say of pages, by set and id; nothing where one of the sets is not there."""
    found: dict[tuple[str, str], Row] = {}
    pages = set(wanted)
    for name in sorted({name for name, _ in pages}):
        path = data / name / "truth.jsonl"
        if not path.exists():
            return {}
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if (name, row["id"]) in pages:
                found[name, row["id"]] = row
    return found


def measure_cost(pages: Sequence[PageT], text_of: Callable[[PageT], str], run: Callable[[PageT], object]) -> float:
    """Return milliseconds of processor time for WORDS words: the best of five rounds over the pages."""
    words = sum(len(text_of(page).split()) for page in pages)
    best_s = float("inf")
    for _ in range(5):
        start = time.process_time()
        for page in pages:
            run(page)
        best_s = min(best_s, time.process_time() - start)
    return best_s / words * WORDS * 1e3
