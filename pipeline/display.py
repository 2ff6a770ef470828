"""The progress of a run: a live table on a terminal, else a log line now and then."""

import dataclasses
import logging
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.balance import StageCount, count_stages
from schemas.stages import STAGES
from transforms import progress

LOG_EVERY_S = 15.0
RATE_S = 15.0
"""Seconds over which rates are averaged."""

_SAMPLE_S = 0.25
_QUIET_LOOKS = 8
"""Looks in a row at which documents came to an end and none came in, after which a chunk is known to be all in."""

_FIRST_HALF = next(place for place, stage in enumerate(STAGES) if stage.gathers)
"""Stages before it are done with all documents of a chunk before those from it on begin: a repeat may come last."""

_log = logging.getLogger("newsmill")


@dataclasses.dataclass(slots=True)
class Status:
    """How far a run is, in documents as they were weighed; set by the run, read by the display.

    Attributes:
        total: weight of all.
        done: weight of what is committed.
        under_way: weight of the chunk under way.
    """

    total: int
    done: int = 0
    under_way: int = 0


class Snapshot(NamedTuple):
    """A run at one instant.

    Attributes:
        elapsed_s: since the run began to read.
        counts: of the stages, in order.
        rates: documents done a second of late, by stage.
        share: of all the work that is done, what is within the chunk under way included; 0 to 1.
        committed: share that is committed.
        left_s: seconds that the rest takes at the pace so far; None where nothing is done yet.
    """

    elapsed_s: float
    counts: list[StageCount]
    rates: Mapping[str, float]
    share: float
    committed: float
    left_s: float | None

    def words(self) -> str:
        """Share done and time left."""
        if self.left_s is None:
            return "starting"
        shown = f"{self.left_s:.0f} s" if self.left_s < 120 else f"{self.left_s / 60:.0f} min"
        return f"{self.share:.0%} done, {self.committed:.0%} committed, about {shown} left".replace("%", " %")


class ProgressEstimate:
    """An estimate of how far a run is, from what was counted at several instants.

    Between two commits nothing is known but how many documents the stages have seen, so what a chunk holds is taken to
    be its weight, corrected by what the chunks before it held. Its first stages see all of its documents before its
    last ones see any; the time is taken to be spent on both in the shares in which it was in the chunks before.
    """

    def __init__(self, status: Status, start: float) -> None:
        self._status = status
        self._start = start
        self._samples: deque[tuple[float, Counter[str]]] = deque([(start, Counter())])
        self._weight_before = self._weight = status.done
        self._documents = self._entered = self._ended = 0
        self._quiet_looks = 0
        self._halves = [0.0, 0.0]
        self._first_half = 0.5
        self._first_share = status.done / status.total if status.total else 0.0
        self._share = 0.0

    def observe(self, counts: Mapping[str, int], now: float) -> Snapshot:
        """Take in what was counted up to an instant of a steady clock, and estimate."""
        stages = count_stages(counts)
        self._take_in(stages, now - self._samples[-1][0])
        self._samples.append((now, Counter(counts)))
        while len(self._samples) > 2 and self._samples[1][0] <= now - RATE_S:
            self._samples.popleft()
        then, before = self._samples[0]
        rates = {
            count.stage: max(0, count.done - before[f"{count.stage}.done"]) / (now - then) if now > then else 0.0
            for count in stages
        }
        elapsed_s = now - self._start
        self._share = max(self._share, self._find_share(stages))
        moved = self._share - self._first_share
        return Snapshot(
            elapsed_s=elapsed_s,
            counts=stages,
            rates=rates,
            share=self._share,
            committed=min(1.0, self._status.done / self._status.total) if self._status.total else 0.0,
            left_s=elapsed_s * (1 - self._share) / moved if moved > 0 else None,
        )

    def _take_in(self, stages: list[StageCount], seconds: float) -> None:
        """Learn from the time since the last look, and from a commit in it."""
        ended = _ended(stages)
        self._halves[ended > self._ended] += seconds
        if stages[0].entered != self._entered:
            self._quiet_looks = 0
        elif ended != self._ended:
            self._quiet_looks += 1
        self._entered, self._ended = stages[0].entered, ended
        if self._status.done != self._weight:
            self._weight, self._documents = self._status.done, stages[0].entered
            self._first_half = min(0.95, max(0.05, self._halves[0] / (sum(self._halves) or 1.0)))

    def _find_share(self, stages: list[StageCount]) -> float:
        status = self._status
        if not status.total:
            return 0.0
        weight = self._weight - self._weight_before
        documents_a_weight = self._documents / weight if weight > 0 else 1.0
        entered = stages[0].entered - self._documents
        last = _ended(stages) - self._documents
        first = sum(count.set_aside for count in stages[:_FIRST_HALF]) + stages[_FIRST_HALF - 1].done - self._documents
        expected = max(1.0, entered, status.under_way * documents_a_weight)
        if self._quiet_looks >= _QUIET_LOOKS:  # all are read: there will be no more
            expected = max(1.0, entered)
        both = self._first_half * first / expected + (1 - self._first_half) * last / expected
        return min(1.0, (status.done + status.under_way * min(0.99, max(0.0, both))) / status.total)


def _ended(stages: list[StageCount]) -> int:
    """Documents that are through."""
    return sum(count.set_aside for count in stages) + stages[-1].done


def progress_table(seen: Snapshot) -> Table:
    """Return one line a stage: what entered, what left and how fast."""
    table = Table(box=None, padding=(0, 2), title=f"{seen.elapsed_s:5.0f} s, {seen.words()}", title_justify="left")
    for name in ("stage", "in", "done", "set aside", "per s"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for count in seen.counts:
        rate = f"{seen.rates[count.stage]:.1f}" if seen.rates[count.stage] else "·"
        table.add_row(count.stage, f"{count.entered:,}", f"{count.done:,}", f"{count.set_aside:,}", rate)
    return table


def progress_line(seen: Snapshot) -> str:
    """Return the same in one line, for logs."""
    parts = [
        f"{count.stage} {count.done:,}" + (f" ({rate:.1f}/s)" if (rate := seen.rates[count.stage]) else "")
        for count in seen.counts
        if count.done
    ]
    return f"{seen.elapsed_s:.0f} s: {', '.join([*parts, seen.words()])}"


@contextmanager
def show_progress(directory: Path, status: Status, *, quiet: bool) -> Iterator[None]:
    """Show what the workers write below ``directory`` until the block ends."""
    if quiet:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_show, args=(directory, status, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=2)


def _show(directory: Path, status: Status, stop: threading.Event) -> None:
    start = time.monotonic()
    estimate = ProgressEstimate(status, start)
    if not sys.stderr.isatty():
        logged_at = start
        while not stop.wait(1.0):
            now = time.monotonic()
            seen = estimate.observe(progress.read(directory), now)
            if now - logged_at >= LOG_EVERY_S:
                logged_at = now
                _log.info("%s", progress_line(seen))
        return
    with Live(console=Console(stderr=True), refresh_per_second=4, transient=True) as live:
        while not stop.wait(_SAMPLE_S):
            live.update(progress_table(estimate.observe(progress.read(directory), time.monotonic())))
