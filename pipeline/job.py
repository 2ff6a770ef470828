"""The driver of every command that writes articles: lock, recovery, chunks, commits, report."""

import abc
import contextlib
import dataclasses
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from pipeline import signals
from pipeline.attempts import AttemptLog
from pipeline.batches import Done, Graph
from pipeline.failure import report_failure
from pipeline.followers import Followers
from pipeline.judge import FinishedRun
from pipeline.known_state import KnownState
from pipeline.report import Report, make_report
from pipeline.report_text import write_report
from pipeline.settings import Settings
from pipeline.workspace import open_workspace
from schemas.errors import ExitCode, UsageError
from schemas.stages import STAGES, Stage
from transforms.feeds.state import compact_states
from transforms.lake.commits import commit_files
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import Lake
from transforms.lake.lock import hold_lock
from transforms.lake.manifest import CommitKind, Manifest
from transforms.lake.paths import is_local
from transforms.lake.run_ids import make_run_id
from transforms.loading import loading

_log = logging.getLogger("newsmill")


class Outcome(NamedTuple):
    """What a run did.

    Attributes:
        manifests: of the run's commits, by chunk.
        report: what was counted.
        directory: where the report is.
    """

    manifests: list[Manifest]
    report: Report
    directory: str


class Committed(NamedTuple):
    """What the driver did with a batch.

    Attributes:
        manifest: of the commit; None where nothing was to be written.
        size: how many elements were taken, from the first.
        seconds: how long it took.
    """

    manifest: Manifest | None
    size: int
    seconds: float


class Job(abc.ABC):
    """What one command works on and which graph it uses. All else is the Driver's.

    Attributes:
        settings: of the run; :meth:`choose` may replace them.
        arguments: words of the command line, for the report.
        first: documents that are to enter the first stage; None where their number is not known beforehand.
    """

    kind: ClassVar[CommitKind]
    """Kind of the manifests."""

    stages: ClassVar[Sequence[Stage]] = STAGES
    """What its documents pass, in order."""

    is_endless: ClassVar[bool] = False
    """It has no end of its own: a run that a failure ends is reported with what it committed, one that committed
    nothing is not reported."""

    def __init__(self, settings: Settings, *, arguments: Sequence[str]) -> None:
        self.settings = settings
        self.arguments = tuple(arguments)
        self.first: int | None = None

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Choose what to do, knowing what is committed.

        Returns:
            Manifests of the run that this one carries on; None where there is nothing to do.
        """
        del manifests
        return []

    @abc.abstractmethod
    def make_graph(self) -> Graph:
        """Return the graph of the job."""

    def open_known(self, others: list[Manifest], own: list[Manifest]) -> KnownState | None:
        """Return what is known to the job, out of the commits of other runs and of its own; None for nothing."""
        del others, own
        return None

    def open_attempts(self) -> AttemptLog | None:
        """Return what stood in the way of earlier runs; None where the job does not ask."""
        return None

    @contextmanager
    def watch(self, directory: Path) -> Iterator[None]:
        """Show the progress that workers write below a directory, for as long as the block lasts."""
        del directory
        yield

    @abc.abstractmethod
    def work(self, driver: "Driver") -> None:
        """Give the driver batch after batch until there is no more to do."""

    def count_waiting(self) -> Mapping[str, int]:
        """Return what was left for later, by why, for the report."""
        return {}

    @abc.abstractmethod
    def end_run(self, outcome: Outcome) -> None:
        """Say what a run did, and do what remains to be done; the lock is still held."""

    def exit_code(self, reports: Sequence[Report]) -> int:
        """Return the exit code of the command, by the reports of its runs."""
        return max((report.exit_code for report in reports), default=0)


class Driver:
    """Carries out the batches of a job: one commit each, and a report at the end of each run.

    Args:
        job: that it works for.
        own: manifests of the run that is carried on.
        known: learns from every commit.
        attempts: notes every batch.
        followers: follow every commit.
    """

    def __init__(
        self,
        job: Job,
        own: list[Manifest],
        known: KnownState | None,
        attempts: AttemptLog | None,
        started: float,
        *,
        followers: Followers,
    ) -> None:
        self.known = known
        self.reports: list[Report] = []
        self._job = job
        self._attempts = attempts
        self._followers = followers
        self._graph: Graph | None = None
        self._begin(job.settings, own, started)

    def _begin(self, settings: Settings, own: Sequence[Manifest], started: float) -> None:
        self.settings = settings
        self.manifests = list(own)
        self.started = started
        self._counters: Counter[str] = Counter()
        self._is_counted = settings.engine.has_counters
        for manifest in own:
            self._counters.update(manifest.counters)

    def commit(self, work: Sequence[Any], *, name: str = "", documents: int | None = None) -> Committed:
        """Send a batch through the graph and commit it.

        Args:
            work: its elements. Fewer are taken where earlier runs were ended in the same batch.
            name: of the batch, the same in the run that carries on; batches are cut by it.
            documents: the most that is read of one source; None reads all, and takes all elements.
        """
        start = time.monotonic()
        size, document_limit, parts = len(work), documents, {}
        if self._attempts is not None and work and documents is not None:
            size, document_limit = self._attempts.begin(name, work, documents)
            parts = {"took": size} if size < len(work) else {}
        commit = dataclasses.replace(self.settings.commit, chunk=len(self.manifests))
        chunk = dataclasses.replace(self.settings, commit=commit)
        done = self._send(chunk, work[:size], document_limit, parts)
        if self._attempts is not None and documents is not None:
            self._attempts.commit(len(work), documents)
        self._is_counted &= done.counters is not None
        self._counters.update(done.counters or {})
        self.manifests += done.manifests
        if self.known is not None:
            for manifest in done.manifests:
                self.known.add(manifest)
        self._followers.follow()
        return Committed(done.manifests[-1] if done.manifests else None, size, time.monotonic() - start)

    def _send(self, settings: Settings, work: Sequence[Any], documents: int | None, parts: Mapping[str, Any]) -> Done:
        """Send a batch through the graph; commit that nothing was done where it is empty, which needs no graph."""
        if not work:
            return Done([commit_files(settings.commit, (), kind=self._job.kind, **parts)], {})
        if self._graph is None:
            self._graph = self._job.make_graph()
        return self._graph.run(settings, work, self.known, documents, **parts)

    def end_run(self) -> None:
        """Count what the run did, judge it and write its report."""
        if self._job.is_endless and not self.manifests:
            return
        finished = FinishedRun(
            settings=self.settings,
            kind=self._job.kind,
            stages=self._job.stages,
            first=self._job.first,
            arguments=self._job.arguments,
            counters=self._counters if self._is_counted else None,
            manifests=self.manifests,
            wall_s=time.monotonic() - self.started,
            waiting=self._job.count_waiting(),
        )
        report = make_report(finished)
        self.reports.append(report)
        self._job.end_run(Outcome(self.manifests, report, write_report(self.settings, report)))

    def begin_run(self, settings: Settings) -> None:
        """End the run under way, and begin the next one under another name."""
        self.end_run()
        fold_states(settings.commit.output, Lake(settings.commit.output).manifests())
        self._begin(settings, (), time.monotonic())


def make_news_graph(kind: CommitKind) -> Graph:
    """Return the whole graph of a run; Beam is imported by then, and not by a run that has nothing to do.

    Args:
        kind: of the manifests.
    """
    with loading():
        from pipeline.graph import NewsGraph  # noqa: PLC0415

    return NewsGraph(kind)


def carry_out(job: Job) -> int:
    """Carry out a job under the lock of its output.

    What an earlier run left half done is completed or removed first. All chunks that were committed before a failure
    stand.

    Returns:
        Exit code: that of the job; 1 where it failed, or a load into a database did.

    Raises:
        UsageError: as the job says.
        LockHeld: another run writes to the output.
        KeyboardInterrupt: a signal ended the engine.
    """
    engine, output = job.settings.engine, job.settings.commit.output
    if not engine.shares_disk and is_local(output):
        _log.warning("workers of %s may not see the directory %s of this machine: name a store", engine.name, output)
    with hold_lock(output):
        try:
            reports, has_all = _carry_out(job)
        except UsageError:
            raise
        except Exception as error:
            if signals.stop_code() is not None:  # the engine wraps the KeyboardInterrupt in an error of its own
                raise KeyboardInterrupt from error
            report_failure(job.settings, error)
            return ExitCode.FAILED
    return job.exit_code(reports) if has_all else ExitCode.FAILED


def _carry_out(job: Job) -> tuple[list[Report], bool]:
    """Return the reports of the runs, and whether what follows the output has all of it."""
    started = time.monotonic()
    manifests = open_output(job.settings.commit.output)
    followers = Followers(job.settings, each_commit=job.is_endless)
    followers.begin()  # first, so that a mistake leaves no run to carry on
    own = job.choose(manifests)
    if own is None:
        return [], True
    run_ids = {manifest.run_id for manifest in own}
    others = [manifest for manifest in manifests if manifest.run_id not in run_ids]
    with contextlib.ExitStack() as stack:
        known = job.open_known(others, own)
        if known is not None:
            stack.callback(known.remove)
        attempts = job.open_attempts()  # starts the workers, which load their models while the graph is built
        driver = Driver(job, own, known, attempts, started, followers=followers)
        if job.is_endless:
            stack.callback(driver.end_run)
        directory = stack.enter_context(open_workspace(job.settings.commit.output))
        stack.enter_context(job.watch(directory))
        if attempts is not None:
            stack.enter_context(attempts.recording())
        job.work(driver)
    if not job.is_endless:
        driver.end_run()
    return driver.reports, followers.end()


def open_output(output: str) -> list[Manifest]:
    """Complete or remove what a crash left, and read what is committed; for one who holds the lock.

    Raises:
        CorruptManifest: a manifest cannot be read.
        SchemaMismatch: the output was written with a schema that today's records cannot read.
    """
    for line in Lake(output).recover():
        _log.warning("after an interrupted run: %s", line)
    manifests = Lake(output).manifests()
    check_schemas(manifests)
    return fold_states(output, manifests)


def fold_states(output: str, manifests: list[Manifest]) -> list[Manifest]:
    """Put the states of feeds, which many small commits leave, into one file where there are many.

    Returns:
        What is committed then.
    """
    now = datetime.now(UTC)
    if compact_states(Lake(output), manifests, run_id=make_run_id(now), ingest_date=now.date()) is not None:
        manifests = Lake(output).manifests()
    return manifests
