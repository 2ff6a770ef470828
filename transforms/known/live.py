"""What an unbounded job has committed before each of its windows."""

import dataclasses
import functools
import os
import threading
from typing import Any

from transforms.known.files import KnownFiles
from transforms.known.index import Known, KnownIndex, LayeredIndex, build_index, load_index, merge_indexes
from transforms.lake.lake import Lake


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LiveKnown(KnownFiles):
    """What an unbounded job knows: an index of what was there when it began, and what it has committed since.

    Each process looks for new commits when it meets a window for the first time, and keeps to what it found
    until the next window. Where windows follow one another, each beginning when the one before is committed,
    that is exactly what all windows before have.

    Attributes:
        output: of the job.
        run_id: of the job; only it commits while it holds the lock.
    """

    output: str
    run_id: str

    def load_before(self) -> Known | None:
        """Load what this process found last."""
        return _follow(os.getpid(), self).newest()

    def load(self, window: Any) -> tuple[Known | None, Known | None]:
        """Load what is committed before a window; none of it counts as this run's, so a change is a new version."""
        return _follow(os.getpid(), self).at(window), None


class _Followed:
    """The commits of one job, followed by one process."""

    def __init__(self, known: LiveKnown) -> None:
        self._known = known
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._layers: list[KnownIndex] = []
        self._window: Any = None
        self._index: Known | None = None

    def newest(self) -> Known | None:
        with self._lock:
            if self._window is None:
                self._look()
            return self._index

    def at(self, window: Any) -> Known | None:
        with self._lock:
            if self._window is None or window != self._window:
                self._look()
                self._window = window
            return self._index

    def _look(self) -> None:
        output = self._known.output
        for manifest in Lake(output).run(self._known.run_id, self._seen):
            self._layers.append(build_index(output, manifest.files))
            # Each layer at least twice the next: a commit is merged with few, and few are looked through.
            while len(self._layers) > 1 and _size(self._layers[-2]) <= 2 * _size(self._layers[-1]):
                last = self._layers.pop()
                self._layers[-1] = merge_indexes(self._layers[-1], last)
        before = () if self._known.before is None else (load_index(self._known.before),)
        layers = (*reversed(self._layers), *before)
        self._index = LayeredIndex(layers) if len(layers) > 1 else next(iter(layers), None)


def _size(index: KnownIndex) -> int:
    return len(index.articles) + len(index.links)


@functools.lru_cache(maxsize=2)
def _follow(process: int, known: LiveKnown) -> _Followed:
    del process  # what was found before a fork may be half-way
    return _Followed(known)
