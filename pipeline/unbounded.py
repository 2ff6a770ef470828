"""Streams as one unbounded pipeline on an engine of its own, until a signal drains it."""

import contextlib
import dataclasses
import functools
import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipeline import signals
from pipeline.batches import Done
from pipeline.beam_pipeline import make_pipeline, make_stream_options, read_counters
from pipeline.chunks import next_batch, weigh
from pipeline.followers import Followers
from pipeline.job import Driver, Job, Outcome, carry_out
from pipeline.known_state import KnownState
from pipeline.news import ReadNews, Work, stage_work
from pipeline.polls import FeedSchedule, find_again, subscribe
from pipeline.report import Report
from pipeline.settings import Settings
from pipeline.signals import StopRequest
from pipeline.stages import story_policy
from pipeline.stream import log_report
from schemas.documents import Source
from schemas.errors import ExitCode, UsageError
from transforms.enrich.stories.commit import StageStories
from transforms.enrich.stories.policy import StoryPolicy
from transforms.feeds.rounds import is_committed, job_directory
from transforms.feeds.watch import WatchDue, drain_file
from transforms.known.build import build_index
from transforms.known.files import KnownFiles
from transforms.known.live import LiveKnown
from transforms.known.saved_index import save_index
from transforms.lake import files
from transforms.lake.commit_steps import STAGING
from transforms.lake.commits import Commit, WindowedCommit
from transforms.lake.lake import Lake
from transforms.lake.manifest import CommitKind, DataFile, Manifest
from transforms.lake.manifests import live_files, retracted_ids
from transforms.lake.write import CommitFiles
from transforms.ledger import NAMESPACE
from transforms.wording import plural

_log = logging.getLogger("newsmill")

KIND: CommitKind = "stream"

_LOOK_S = 0.2
_CANCEL_S = 20.0
_DRAINED_S = 60.0
"""How long an engine that drains may take to end a job when all is committed; then the job is cancelled."""

_COMMITTED_S = 10.0
"""The same for one that does not: so long must all have been committed that no further round has begun."""


def refuse(settings: Settings) -> None:
    """Say what an unbounded job cannot do.

    Raises:
        UsageError: it is asked for.
    """
    if settings.page_policy.archive:
        raise UsageError("--archive keeps the pages of a bounded commit: leave it out, or leave out --runner")
    if settings.page_policy.fetch == "never":
        raise UsageError("--fetch never asks no feed: a stream needs --fetch all or missing")


def read_lists(places: Sequence[str]) -> list[Source]:
    """Return the subscriptions of the lists; what was read last where they cannot be read now."""
    found = _last_read[tuple(places)] = find_again(places, _last_read.get(tuple(places), []))
    return found


_last_read: dict[tuple[str, ...], list[Source]] = {}


def choose_feeds(feeds: Sequence[Source], chunk_documents: int) -> list[Source]:
    """Return the first of the feeds, for one window: about so many documents."""
    batch, _ = next_batch([(feed, weigh(feed, None, chunk_documents)) for feed in feeds], chunk_documents)
    return [element for element, _ in batch if isinstance(element, Source)]


class CountedStories:
    """Stages the stories of a commit, and counts them, in the worker that commits.

    Args:
        policy: how far back texts are compared; None for no stories.
    """

    def __init__(self, policy: StoryPolicy | None) -> None:
        self._policy = policy
        self._stories = StageStories()

    def __call__(self, commit: Commit, staged: Sequence[DataFile]) -> list[DataFile]:
        """Stage the rows."""
        told = self._stories.stage(commit, staged, self._policy)
        for file in told:
            Metrics.counter(NAMESPACE, f"{file.table}.rows").inc(file.rows)
        return told


class StreamNews(beam.PTransform[beam.PCollection[tuple[str, ...]], beam.PCollection[Manifest]]):
    """Places of lists to commits, one for each window in which feeds were polled. Unbounded.

    Args:
        settings: of the job.
        window_s: length of the windows, seconds.
        known: what is committed, then and since.
        clock: seconds since 1970.
        ends_at_once: as :class:`WatchDue` takes it.
    """

    def __init__(
        self,
        settings: Settings,
        window_s: float,
        *,
        known: KnownFiles,
        clock: Callable[[], float] = time.time,
        ends_at_once: bool = False,
    ) -> None:
        super().__init__()
        commit = settings.commit
        self._settings = settings
        self._commit = WindowedCommit(base=commit, origin=settings.started_at.timestamp(), size_s=window_s)
        self._watch = WatchDue(
            lake=commit.lake,
            run_id=commit.run_id,
            find=read_lists,
            choose=functools.partial(choose_feeds, chunk_documents=settings.run_policy.chunk_documents),
            window_s=window_s,
            clock=clock,
            ends_at_once=ends_at_once,
        )
        self._read = ReadNews(settings, known=known, commit=self._commit, max_documents=None)
        self._tell = CountedStories(story_policy(settings))

    def expand(self, places: beam.PCollection[tuple[str, ...]]) -> beam.PCollection[Manifest]:
        work: Work = places | "Due" >> self._watch | "Read" >> self._read
        staged = stage_work(work, commit=self._commit, partition_by=self._settings.write_policy.partition_by)
        done: beam.PCollection[Manifest] = (
            staged
            | "AllFiles" >> beam.Flatten()
            | "Commit" >> CommitFiles(self._commit, kind=KIND, complete=self._tell)
        )
        return done


class UnboundedGraph:
    """The graph of an unbounded job: it commits its windows itself, and runs until it is drained.

    Args:
        window_s: length of the windows, seconds.
        stop_after_s: drain after so long; None for never.
    """

    def __init__(self, window_s: float, stop_after_s: float | None) -> None:
        self._window_s = window_s
        self._stop_after_s = stop_after_s

    def run(
        self,
        settings: Settings,
        work: Sequence[str],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Start the job on places of lists, and wait until it has been drained.

        Raises:
            Exception: what ended it before.
            KeyboardInterrupt: a second signal; the job is cancelled.
        """
        del known, max_documents, parts
        commit = settings.commit
        followers = Followers(settings, each_commit=True)
        index = files.join(commit.output, STAGING, f"{commit.run_id}-known")
        try:
            live = make_known(settings, commit.lake.manifests(), index)
            with signals.draining_on_signals() as (stop, has_started):
                result = _start(settings, tuple(work), self._window_s, live)
                has_started()
                is_ended = _wait(settings, result, stop, self._stop_after_s, followers)
        finally:
            files.remove_tree(index)
            commit.lake.store.remove_tree(job_directory(commit.run_id))
        counters = read_counters(result, settings.engine) if is_ended else None
        return Done(commit.lake.run(commit.run_id), counters)


class UnboundedJob(Job):
    """``newsmill stream`` as one unbounded pipeline on an engine of its own.

    Args:
        window_s: length of the windows, seconds.
        stop_after_s: drain after so long; None for never.
        subscription_count: for the log.
    """

    kind = KIND

    def __init__(
        self,
        settings: Settings,
        window_s: float,
        *,
        arguments: Sequence[str],
        stop_after_s: float | None,
        subscription_count: int,
    ) -> None:
        super().__init__(settings, arguments=arguments)
        self._graph = UnboundedGraph(window_s, stop_after_s)
        _log.info(
            "job %s: %s into %s, windows of %g s; SIGTERM ends it",
            settings.commit.run_id, plural(subscription_count, "subscription"), settings.commit.output, window_s,
        )  # fmt: skip

    def make_graph(self) -> UnboundedGraph:
        """Return the same graph, with a source of its own."""
        return self._graph

    def work(self, driver: Driver) -> None:
        """All lists as one batch, which ends when the job has been drained."""
        driver.commit(self.settings.feeds)

    def count_waiting(self) -> Mapping[str, int]:
        """Subscriptions that are not due now."""
        output = self.settings.commit.output
        schedule = FeedSchedule(output, Lake(output).manifests())
        return {"not due": schedule.sort(read_lists(self.settings.feeds), datetime.now(UTC)).waiting}

    def end_run(self, outcome: Outcome) -> None:
        """Log what the job did."""
        log_report("job", outcome)

    def exit_code(self, reports: Sequence[Report]) -> int:
        """0 where it balances, however many dead letters there were."""
        return ExitCode.UNBALANCED if any(report.imbalance for report in reports) else ExitCode.DONE


def stream_unbounded(
    settings: Settings, window_s: float, *, arguments: Sequence[str], stop_after_s: float | None = None
) -> int:
    """Carry out ``newsmill stream`` as one unbounded pipeline on the runner that the settings name.

    SIGTERM and SIGINT drain: the window under way is committed, and the job reported. A second one cancels: that
    window is lost, its feeds are as due as before. After a crash the same command continues, nothing lost or twice.
    For the main thread, since it handles signals.

    Args:
        settings: of the job; its run_id names it.
        window_s: length of the windows, seconds.
        arguments: words of the command line, for the report.
        stop_after_s: drain after so long; None for never.

    Returns:
        Exit code: 0 when a signal ended it, 1 when the job failed, 4 when it did not balance.

    Raises:
        UsageError: a list that cannot be read, or what an unbounded job cannot do.
        LockHeld: another run writes to the output.
        KeyboardInterrupt: a second signal.
    """
    refuse(settings)
    settings, sources = subscribe(dataclasses.replace(settings, is_unbounded=True))
    job = UnboundedJob(
        settings, window_s, arguments=arguments, stop_after_s=stop_after_s, subscription_count=len(sources)
    )
    return carry_out(job)


def make_known(settings: Settings, manifests: list[Manifest], index: str) -> LiveKnown:
    """Write what is committed where all workers find it, and follow what will be.

    Args:
        manifests: what is committed.
        index: directory to write to.
    """
    commit = settings.commit
    before = build_index(
        commit.output,
        live_files(manifests),
        retracted=retracted_ids(manifests),
        today=commit.ingest_date,
        look_back_days=settings.known_policy.look_back_days,
    )
    save_index(before, index)
    return LiveKnown(
        before=index, so_far=None, asks_again=settings.known_policy.full, output=commit.output, run_id=commit.run_id
    )


def _start(settings: Settings, places: tuple[str, ...], window_s: float, known: KnownFiles) -> Any:
    pipeline = make_pipeline(make_stream_options(settings.beam_args, settings.engine))
    lists = pipeline | "Lists" >> beam.Create([places]).with_output_types(tuple[str, ...])
    _ = lists | "Stream" >> StreamNews(settings, window_s, known=known)
    return pipeline.run()


def _wait(settings: Settings, result: Any, stop: StopRequest, stop_after_s: float | None, followers: Followers) -> bool:
    """Wait for the end of a job, have its commits published and loaded meanwhile, and have it drained when it is time.

    Returns:
        Whether it ended by itself, so that its counters are whole; else it had committed all, and was cancelled.

    Raises:
        Exception: what ended it before.
        KeyboardInterrupt: a second signal; the job is cancelled.
    """
    commit, began = settings.commit, time.monotonic()
    ended: list[BaseException | None] = []
    waiting = threading.Thread(target=_wait_for, args=(result, ended), daemon=True)
    waiting.start()
    is_draining, over_since, is_cancelled = False, None, False
    linger_s = _DRAINED_S if settings.engine.drains else _COMMITTED_S
    try:
        while waiting.is_alive():
            is_late = stop_after_s is not None and time.monotonic() - began >= stop_after_s
            if not is_draining and (stop.is_set or is_late):
                is_draining = True
                _log.info("draining: what is under way is committed")
                commit.lake.store.replace(drain_file(commit.run_id), b"")
            waiting.join(_LOOK_S)
            followers.look()
            if is_draining and not is_cancelled:
                is_over = is_committed(commit.lake, commit.run_id)
                over_since = (over_since or time.monotonic()) if is_over else None
                if over_since is not None and time.monotonic() - over_since >= linger_s:
                    _log.info("all is committed, and the engine does not end the job: cancelling it")
                    is_cancelled = True
                    result.cancel()
    except BaseException:
        sys.stderr.write("newsmill: cancelling the job\n")
        with contextlib.suppress(Exception):
            result.cancel()
        waiting.join(_CANCEL_S)
        raise
    if ended and ended[0] is not None and not is_cancelled:
        raise ended[0]
    return not is_cancelled


def _wait_for(result: Any, ended: list[BaseException | None]) -> None:
    try:
        result.wait_until_finish()
        ended.append(None)
    except BaseException as error:
        ended.append(error)
