"""Subscriptions go in; they are polled as they become due, each batch a committed chunk, until told to stop."""

import dataclasses
import logging
import signal
import threading
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from pipeline import signals
from pipeline.attempts import Watch
from pipeline.chunks import Element, next_batch, weigh
from pipeline.graph import run_chunk
from pipeline.lock import hold_lock
from pipeline.memory import Memory
from pipeline.polls import Due, Feeds, find_subscriptions, subscribe
from pipeline.report import make_report
from pipeline.run import open_output, report_failure, write_report
from pipeline.settings import Settings, make_run_id
from pipeline.stages import start_workers
from pipeline.workspace import open_workspace
from schemas.documents import Source
from schemas.errors import UsageError
from schemas.record import from_row
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.lake.manifest import Manifest

_log = logging.getLogger("newsmill")

_LOOK_S = 60.0
"""How often the lists are read again, at the latest: a subscription may be added while the stream runs."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How a stream is cut.

    Attributes:
        tick_s: least seconds between the starts of two batches: what becomes due in between goes into one.
        roll_s: seconds after which a new run is begun and the last one reported; at midnight UTC in any case.
        stop_after_s: seconds after which the stream ends by itself; None for never.
    """

    tick_s: float = 15.0
    roll_s: float = 3600.0
    stop_after_s: float | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None and value <= 0:
                raise ValueError(f"--{field.name} {value} must be more than 0")


class Stop:
    """Told once, the batch under way is finished; told twice, it is left as a crash would leave it."""

    def __init__(self) -> None:
        self._told = threading.Event()

    @property
    def is_told(self) -> bool:
        """Whether to end."""
        return self._told.is_set()

    def tell(self, _signum: int = 0, _frame: types.FrameType | None = None) -> None:
        """For signal handlers.

        Raises:
            KeyboardInterrupt: told before.
        """
        if self._told.is_set():
            raise KeyboardInterrupt
        self._told.set()

    def wait(self, seconds: float) -> None:
        """Wait that long, or until told."""
        self._told.wait(max(0.0, seconds))


class _Run:
    """One run of a stream: some ticks under one name, reported when it is over."""

    def __init__(self, settings: Settings, arguments: Sequence[str], now: datetime) -> None:
        commit = dataclasses.replace(settings.commit, run_id=make_run_id(now), ingest_date=now.date())
        self.settings = dataclasses.replace(settings, commit=commit, started_at=now)
        self._arguments = arguments
        self._started = time.monotonic()
        self.manifests: list[Manifest] = []

    def is_over(self, now: datetime, roll_s: float) -> bool:
        """Whether it is time for the next one."""
        return now.date() != self.settings.commit.ingest_date or time.monotonic() - self._started >= roll_s

    def commit(self, elements: Sequence[Element], documents: int, memory: Memory) -> Manifest:
        """One batch through the graph, committed."""
        commit = dataclasses.replace(self.settings.commit, chunk=len(self.manifests))
        chunk = dataclasses.replace(self.settings, commit=commit)
        manifest = run_chunk(chunk, memory.feeds.attach(elements), memory.files(), "stream", documents)
        self.manifests.append(manifest)
        memory.settle(manifest)
        return manifest

    def report(self, due: Due | None) -> bool:
        """Write the report, if there is anything to tell; gives whether it balances."""
        if not self.manifests:
            return True
        counters: Counter[str] = Counter()
        for manifest in self.manifests:
            counters.update(manifest.counters)
        report = make_report(
            self.settings,
            arguments=self._arguments,
            counters=counters,
            manifests=self.manifests,
            wall_s=time.monotonic() - self._started,
            waiting={"not due": due.waiting} if due else None,
        )
        where = write_report(self.settings, report)
        count = report.rows[ARTICLES.name]
        _log.info("run %s: %s, %d articles; report: %s", report.run_id, report.status, count, where)
        for line in report.imbalance:
            _log.error("run %s does not balance: %s", report.run_id, line)
        return not report.imbalance


def _say_tick(run: _Run, manifest: Manifest, seconds: float, polled: int) -> None:
    rows = [manifest.rows(table.name) for table in (ARTICLES, DEAD_LETTERS, DROPPED)]
    _log.info(
        "batch %s-%05d: %d polled, %d articles, %d dead, %d left out, %.1f s",
        run.settings.commit.run_id,
        manifest.chunk,
        polled,
        *rows,
        seconds,
    )


class _Subscribed:
    """The lists, read again now and then."""

    def __init__(
        self, places: Sequence[str], sources: list[Source], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._places = places
        self._clock = clock
        self._read_at = clock()
        self._sources = sources

    def sources(self) -> list[Source]:
        if self._clock() - self._read_at >= _LOOK_S:
            self._read_at = self._clock()
            try:
                self._sources = find_subscriptions(self._places)
            except UsageError as error:
                _log.warning("%s; going on with what was read before", error)
        return self._sources


def stream(settings: Settings, rhythm: Rhythm, *, arguments: Sequence[str]) -> int:
    """Carry out ``newsmill stream`` in batches on this machine.

    A batch that a crash interrupted leaves no trace: its feeds are as due as before, and what was read of them
    is read again. SIGTERM and SIGINT end the stream after the batch under way.

    Returns:
        Exit code: 0 when told to stop, 1 when a batch failed, 4 when a run did not balance.

    Raises:
        UsageError: a list that cannot be read.
        LockHeld: another run writes to the output.
    """
    settings, sources = subscribe(settings)
    subscribed = _Subscribed(settings.feeds, sources)
    with hold_lock(settings.commit.output), _told_by_signals() as stop:
        try:
            return _stream(settings, rhythm, arguments, subscribed, stop)
        except UsageError:
            raise
        except Exception as error:
            report_failure(settings, error)
            return 1


@contextmanager
def _told_by_signals() -> Iterator[Stop]:
    stop = Stop()

    def hear(number: int, frame: types.FrameType | None) -> None:
        if stop.is_told:
            signals.exit_now(number, frame)
        stop.tell(number, frame)

    before = {number: signal.signal(number, hear) for number in signals.STOPS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stream(settings: Settings, rhythm: Rhythm, arguments: Sequence[str], subscribed: _Subscribed, stop: Stop) -> int:
    output, most = settings.commit.output, settings.chunk_documents
    manifests = open_output(output)
    began = time.monotonic()
    run = _Run(settings, arguments, datetime.now(UTC))
    memory = Memory(run.settings, manifests, [], Feeds(output, manifests), keeps_letters=True)
    rest: list[tuple[Element, int]] = []
    watch = Watch(output, start_workers(settings))
    balances, due = True, None
    _log.info("streaming %d subscriptions into %s; SIGTERM ends it", len(subscribed.sources()), output)
    try:
        with open_workspace(output), watch.watching():
            while not stop.is_told:
                start, now = time.monotonic(), datetime.now(UTC)
                if rhythm.stop_after_s is not None and start - began >= rhythm.stop_after_s:
                    break
                if run.is_over(now, rhythm.roll_s):
                    balances &= run.report(due)
                    open_output(output)  # the states of many small commits go into one file
                    run = _Run(settings, arguments, now)
                due = memory.feeds.sort(subscribed.sources(), now)
                queue = [*rest, *((feed, weigh(feed, None, most)) for feed in due.now)]
                if queue:
                    batch = [element for element, _ in next_batch(queue, most)[0]]
                    size, documents = watch.begin("stream", batch, most)
                    manifest = run.commit(batch[:size], documents, memory)
                    watch.commit(len(batch), most)
                    rest = [(from_row(Source, values), most) for values in manifest.continues] + rest[size:]
                    _say_tick(run, manifest, time.monotonic() - start, size)
                stop.wait(start + rhythm.tick_s - time.monotonic())
    finally:
        memory.forget()
        balances &= run.report(due)
    return 0 if balances else 4
