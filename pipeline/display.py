"""Counts of a run under way go in; a live table on a terminal, or a log line now and then, comes out."""

import dataclasses
import logging
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from pipeline.balance import count_stages
from transforms import progress

LOG_EVERY_S = 15.0
_log = logging.getLogger("newsmill")


@dataclasses.dataclass(slots=True)
class Status:
    """How far a run is, in documents as they were weighed; set by the run, read by the display."""

    total: int
    done: int = 0

    def words(self, elapsed_s: float) -> str:
        """Share done and time left.

        >>> Status(total=100, done=25).words(10.0)
        '25 % committed, about 30 s left'
        """
        if not self.done or not self.total:
            return "first chunk under way"
        left = elapsed_s * (self.total - self.done) / self.done
        shown = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
        return f"{self.done / self.total:.0%} committed, about {shown} left".replace("%", " %")


def progress_table(counts: Mapping[str, int], elapsed_s: float, status: Status) -> Table:
    """One line a stage: what entered, what left and how fast."""
    title = f"{elapsed_s:5.0f} s, {status.words(elapsed_s)}"
    table = Table(box=None, padding=(0, 2), title=title, title_justify="left")
    for name in ("stage", "in", "done", "set aside", "per s"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for count in count_stages(counts):
        aside = count.dead + count.filtered + count.duplicate + count.known
        rate = count.done / elapsed_s if elapsed_s > 0 else 0.0
        table.add_row(count.stage, f"{count.entered:,}", f"{count.done:,}", f"{aside:,}", f"{rate:.1f}")
    return table


def progress_line(counts: Mapping[str, int], elapsed_s: float) -> str:
    """The same in one line, for logs.

    >>> progress_line({"read.done": 5, "extract.done": 4}, 2.0)
    '2 s: read 5, extract 4'
    """
    parts = [f"{count.stage} {count.done:,}" for count in count_stages(counts) if count.done]
    return f"{elapsed_s:.0f} s: {', '.join(parts) or 'starting'}"


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
    if not sys.stderr.isatty():
        while not stop.wait(LOG_EVERY_S):
            elapsed_s = time.monotonic() - start
            _log.info("%s; %s", progress_line(progress.read(directory), elapsed_s), status.words(elapsed_s))
        return
    console = Console(stderr=True)
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while not stop.wait(0.25):
            live.update(progress_table(progress.read(directory), time.monotonic() - start, status))
