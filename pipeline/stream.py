"""Streams in batches: subscriptions are polled as they become due, each batch a committed chunk, until a signal."""

import dataclasses
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from pipeline.attempts import AttemptLog
from pipeline.batches import Graph
from pipeline.chunks import Element, next_batch, weigh
from pipeline.job import Committed, Driver, Job, Outcome, carry_out, make_news_graph
from pipeline.known_state import KnownState
from pipeline.policies import StreamPolicy
from pipeline.polls import FeedSchedule, find_again, subscribe
from pipeline.report import Report
from pipeline.settings import Settings
from pipeline.signals import StopRequest, stopping_on_signals
from pipeline.stages import start_workers
from schemas.documents import Source
from schemas.errors import ExitCode
from schemas.record import from_row
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED
from transforms.lake.manifest import Manifest
from transforms.lake.run_ids import make_run_id
from transforms.wording import plural

_log = logging.getLogger("newsmill")

_REREAD_S = 60.0
"""How often the lists are read again, at the latest: a subscription may be added while the stream runs."""


class SubscriptionLists:
    """Subscriptions of some lists, which are read again now and then.

    Args:
        places: of the lists.
        sources: the subscriptions as they were read just now.
        clock: seconds of a steady clock.
    """

    def __init__(
        self, places: Sequence[str], sources: list[Source], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._places = places
        self._clock = clock
        self._read_at = clock()
        self._sources = sources

    def read(self) -> list[Source]:
        """Return the subscriptions; as they were read before where a list cannot be read now."""
        if self._clock() - self._read_at >= _REREAD_S:
            self._read_at = self._clock()
            self._sources = find_again(self._places, self._sources)
        return self._sources


class StreamJob(Job):
    """``newsmill stream`` on this machine: what is due is a batch.

    A batch that a crash interrupted leaves no trace: its feeds are as due as before, and what was read of them is
    read again.

    Args:
        policy: when.
        lists: of what.
        stop: ends the stream after the batch under way.
    """

    kind = "stream"
    is_endless = True

    def __init__(
        self,
        settings: Settings,
        policy: StreamPolicy,
        lists: SubscriptionLists,
        stop: StopRequest,
        *,
        arguments: Sequence[str],
    ) -> None:
        super().__init__(settings, arguments=arguments)
        self._policy = policy
        self._lists = lists
        self._stop = stop
        self._waiting = 0

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Begin a run under a name of its own."""
        self._feeds = FeedSchedule(self.settings.commit.output, manifests)
        self.settings = self._next_run(datetime.now(UTC))
        count, output = len(self._lists.read()), self.settings.commit.output
        _log.info("streaming %s into %s; SIGTERM ends it", plural(count, "subscription"), output)
        return []

    def _next_run(self, now: datetime) -> Settings:
        commit = dataclasses.replace(self.settings.commit, run_id=make_run_id(now), ingest_date=now.date())
        return dataclasses.replace(self.settings, commit=commit, started_at=now)

    def make_graph(self) -> Graph:
        """Return the whole graph."""
        return make_news_graph(self.kind)

    def open_known(self, others: list[Manifest], own: list[Manifest]) -> KnownState | None:
        """Return what is committed, and what the stream commits."""
        return KnownState(self.settings, others, own, self._feeds, keeps_letters=True, is_stream=True)

    def open_attempts(self) -> AttemptLog | None:
        """Return what stood in the way of earlier streams."""
        return AttemptLog(self.settings.commit.output, start_workers(self.settings))

    def work(self, driver: Driver) -> None:
        """Commit what is due, tick after tick, until the end is requested."""
        chunk_documents, policy, began = self.settings.run_policy.chunk_documents, self._policy, time.monotonic()
        rest: list[tuple[Element, int]] = []
        while not self._stop.is_set:
            start, now = time.monotonic(), datetime.now(UTC)
            if policy.stop_after_s is not None and start - began >= policy.stop_after_s:
                break
            if now.date() != driver.settings.commit.ingest_date or start - driver.started >= policy.roll_s:
                driver.begin_run(self._next_run(now))
            due = self._feeds.sort(self._lists.read(), now)
            self._waiting = due.waiting
            queue = [*rest, *((feed, weigh(feed, None, chunk_documents)) for feed in due.now)]
            if queue:
                batch = [element for element, _ in next_batch(queue, chunk_documents)[0]]
                done = driver.commit(batch, name=self.kind, documents=chunk_documents)
                assert done.manifest is not None
                rest = [(from_row(Source, values), chunk_documents) for values in done.manifest.continues] + rest[
                    done.size :
                ]
                _log_batch(driver.settings, done.manifest, done)
            self._stop.wait(start + policy.tick_s - time.monotonic())

    def count_waiting(self) -> Mapping[str, int]:
        """Subscriptions that were not due."""
        return {"not due": self._waiting}

    def end_run(self, outcome: Outcome) -> None:
        """Log what the run did."""
        log_report("run", outcome)

    def exit_code(self, reports: Sequence[Report]) -> int:
        """0 where all runs balance, however many dead letters there were."""
        return ExitCode.UNBALANCED if any(report.imbalance for report in reports) else ExitCode.DONE


def _log_batch(settings: Settings, manifest: Manifest, done: Committed) -> None:
    _log.info(
        "batch %s-%05d: %d polled, %d articles, %d dead, %d left out, %.1f s",
        settings.commit.run_id,
        manifest.chunk,
        done.size,
        *(manifest.rows(table.name) for table in (ARTICLES, DEAD_LETTERS, DROPPED)),
        done.seconds,
    )


def log_report(what: str, outcome: Outcome) -> None:
    """Log how a run or a job ended, and every way in which it does not balance."""
    report, directory = outcome.report, outcome.directory
    articles = report.rows[ARTICLES.name]
    _log.info("%s %s: %s, %d articles; report: %s", what, report.run_id, report.status, articles, directory)
    for line in report.imbalance:
        _log.error("%s %s does not balance: %s", what, report.run_id, line)


def stream(settings: Settings, policy: StreamPolicy, *, arguments: Sequence[str]) -> int:
    """Carry out ``newsmill stream`` in batches on this machine.

    SIGTERM and SIGINT end the stream after the batch under way.

    Returns:
        Exit code: 0 when a signal ended it, 1 when a batch failed, 4 when a run did not balance.

    Raises:
        UsageError: a list that cannot be read.
        LockHeld: another run writes to the output.
    """
    settings, sources = subscribe(settings)
    lists = SubscriptionLists(settings.feeds, sources)
    with stopping_on_signals() as stop:
        return carry_out(StreamJob(settings, policy, lists, stop, arguments=arguments))
