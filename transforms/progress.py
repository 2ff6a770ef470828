"""Counts of the stages for the progress line, in one small file for each process.

Beam's local runner gives its counters only at the end of a run, and its workers may be other processes.
So each process writes its counts to one file below a directory that all of them know, twice a second
at most. Nothing but the display reads them: the ledger is made of Beam's counters and of the rows written.
"""

import json
import os
import time
from collections import Counter
from pathlib import Path

DIRECTORY_VARIABLE = "NEWSMILL_PROGRESS_DIR"
"""Environment variable that names the directory; unset means that no progress is kept."""

_EVERY_S = 0.5

_counts: Counter[str] = Counter()
_written = 0.0


def tick(stage: str, outcome: str, n: int = 1) -> None:
    """Count ``n`` elements of a stage, and write the counts to the file of this process at times."""
    global _written
    directory = os.environ.get(DIRECTORY_VARIABLE)
    if directory is None:
        return
    _counts[f"{stage}.{outcome}"] += n
    now = time.monotonic()
    if now - _written >= _EVERY_S:
        _written = now
        _write(Path(directory))


def _write(directory: Path) -> None:
    staged = directory / f"{os.getpid()}.tmp"
    try:
        staged.write_text(json.dumps(_counts), encoding="utf-8")
        staged.replace(directory / f"{os.getpid()}.json")
    except OSError:
        return  # the display misses a beat; the run does not


def reset() -> None:
    """Forget the counts of this process, before a run that starts anew in it."""
    global _written
    _counts.clear()
    _written = 0.0


def read(directory: Path) -> Counter[str]:
    """Add up the counts that all processes have written below ``directory``, by ``<stage>.<outcome>``."""
    total: Counter[str] = Counter()
    for path in directory.glob("*.json"):
        try:
            total.update(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue  # being replaced just now
    return total
