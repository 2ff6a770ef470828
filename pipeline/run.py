"""Runs over inputs and over the subscriptions that are due: ``newsmill run``, and what a replay shares with it."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline import signals
from pipeline.attempts import AttemptLog
from pipeline.batches import Graph
from pipeline.chunks import (
    Element,
    Plan,
    find_interrupted,
    next_batch,
    plan_path,
    plan_to_json,
    remaining,
    weigh,
)
from pipeline.display import Status, show_progress
from pipeline.job import Driver, Job, Outcome, carry_out, make_news_graph
from pipeline.known_state import KnownState
from pipeline.polls import FeedSchedule, subscribe
from pipeline.report_text import print_report
from pipeline.settings import Settings, shaping_text
from pipeline.stages import start_workers
from schemas.documents import Link, Source
from schemas.errors import UsageError
from schemas.feeds import bare
from schemas.record import row
from transforms.identity import digest
from transforms.lake import files
from transforms.lake.manifest import CommitKind, Manifest
from transforms.lake.paths import is_local
from transforms.letters.replay_element import with_letter
from transforms.sources.walk import walk_inputs
from transforms.wording import plural

_log = logging.getLogger("newsmill")


def find_sources(settings: Settings) -> list[Source]:
    """Return every input as one source, directories and globs expanded.

    Raises:
        UsageError: an input that matches nothing.
    """
    try:
        found = list(walk_inputs(settings.inputs))
    except ValueError as error:
        raise UsageError(str(error)) from error
    output = Path(settings.commit.output).resolve()
    for given in settings.inputs if is_local(settings.commit.output) else ():
        if "://" not in given and _would_find(Path(given).expanduser(), output):
            raise UsageError(
                f"--output {settings.commit.output} lies inside input {given}, which is read whole: keep them apart"
            )
    for source in found:
        if "://" not in source.uri and output in Path(source.uri).resolve().parents:
            raise UsageError(f"input {source.uri} lies inside --output {settings.commit.output}: keep them apart")
    return found


def _would_find(given: Path, output: Path) -> bool:
    """Return whether an input is a directory of which a later run would read the output, too."""
    folder = given.resolve()
    is_below = folder.is_dir() and folder in output.parents
    return is_below and not any(part.startswith(".") for part in output.relative_to(folder).parts)


def fingerprint(settings: Settings, elements: Sequence[Element], kind: CommitKind) -> str:
    """Hash of all that shapes the rows: a run that differs in it is another run.

    The inputs count as they were given, not as they were found: a file that came or went since the crash
    does not make it another run, and is for the run after.
    """
    # The newest letter about an input may be one that the interrupted run wrote.
    given = "" if settings.inputs or settings.feeds else repr([row(with_letter(element, None)) for element in elements])
    return digest(kind, shaping_text(settings), given)


class PlannedJob(Job):
    """A job whose work is known when it begins: elements, and the subscriptions that are due.

    An interrupted run of the same arguments is carried on under its own name and day, from the first chunk that it
    did not commit; its rows are those that it would have written undisturbed.

    Args:
        elements: what to send through the graph.
        subscriptions: those that are due are polled, too.
    """

    def __init__(
        self,
        settings: Settings,
        elements: Sequence[Element],
        *,
        arguments: Sequence[str],
        subscriptions: Sequence[Source] = (),
    ) -> None:
        super().__init__(settings, arguments=arguments)
        self._elements = list(elements)
        self._subscriptions = list(subscriptions)

    def choose(self, manifests: list[Manifest]) -> list[Manifest] | None:
        """Take up the plan of an interrupted run, or make and store a new one.

        Raises:
            UsageError: an earlier run has the name that this one was given.
        """
        settings, output = self.settings, self.settings.commit.output
        name = fingerprint(settings, self._elements, self.kind)
        plan = None if settings.start_policy.fresh else find_interrupted(output, name)
        before = [manifest for manifest in manifests if plan is None or manifest.run_id != plan.run_id]
        self._feeds = FeedSchedule(output, before, asks_again=settings.known_policy.full)
        everything = settings.start_policy.poll == "all" or settings.known_policy.full
        due = self._feeds.sort(self._subscriptions, settings.started_at, everything=everything)
        self._waiting = due.waiting
        if plan is None:
            plan = _make_plan(settings, [*self._elements, *due.now], self.kind, name)
            if any(manifest.run_id == plan.run_id for manifest in manifests):
                raise UsageError(f"--run_id {plan.run_id} is taken by an earlier run: choose another, or leave it out")
            files.replace_bytes(plan_path(output, plan.run_id), plan_to_json(plan))
        else:
            commit = dataclasses.replace(settings.commit, run_id=plan.run_id, ingest_date=plan.started_at.date())
            self.settings = dataclasses.replace(settings, commit=commit, started_at=plan.started_at)
            _log.warning("carrying on run %s, which was interrupted", plan.run_id)
        self._plan = plan
        own = [manifest for manifest in manifests if manifest.run_id == plan.run_id]
        self._status = Status(total=sum(weight for _, weight in plan.work))
        return own

    def make_graph(self) -> Graph:
        """Return the whole graph."""
        return make_news_graph(self.kind)

    def open_known(self, others: list[Manifest], own: list[Manifest]) -> KnownState | None:
        """Return what all other runs have, and what this run has so far; None where there is nothing to do."""
        if not self._plan.work:
            return None
        return KnownState(self.settings, others, own, self._feeds, keeps_letters=self.kind == "run")

    def open_attempts(self) -> AttemptLog | None:
        """Return what stood in the way of earlier runs; None where there is nothing to do."""
        if not self._plan.work:
            return None
        pool = start_workers(self.settings, loads_now=any(not _is_poll(element) for element, _ in self._plan.work))
        return AttemptLog(self.settings.commit.output, pool, is_replay=self.kind == "replay")

    @contextmanager
    def watch(self, directory: Path) -> Iterator[None]:
        """Show progress."""
        with show_progress(directory, self._status, quiet=self.settings.run_policy.quiet):
            yield

    def work(self, driver: Driver) -> None:
        """Commit chunk after chunk of the plan; all of it as one where the engine does not cut."""
        plan, chunk_documents = self._plan, self.settings.run_policy.chunk_documents
        if not self.settings.engine.cuts_into_chunks:
            if not driver.manifests:
                driver.commit([element for element, _ in plan.work])
            return
        queue = remaining(plan, driver.manifests, chunk_documents)
        while queue or not driver.manifests:
            batch, _ = next_batch(queue, chunk_documents)
            self._status.done = max(self._status.done, self._status.total - sum(weight for _, weight in queue))
            self._status.under_way = sum(weight for _, weight in batch)
            name = f"{plan.fingerprint}-{len(driver.manifests)}"
            driver.commit([element for element, _ in batch], name=name, documents=chunk_documents)
            queue = remaining(plan, driver.manifests, chunk_documents)
        self._status.done = self._status.total

    def count_waiting(self) -> Mapping[str, int]:
        """Subscriptions that were not due."""
        return {"not due": self._waiting}

    def end_run(self, outcome: Outcome) -> None:
        """Print the report."""
        print_report(self.settings, outcome.report, outcome.directory)


class RunJob(PlannedJob):
    """``newsmill run``."""

    kind = "run"


def _make_plan(settings: Settings, elements: Sequence[Element], kind: CommitKind, name: str) -> Plan:
    chunk_documents = settings.run_policy.chunk_documents
    return Plan(
        run_id=settings.commit.run_id,
        started_at=settings.started_at,
        fingerprint=name,
        kind=kind,
        work=tuple((_bare(element), weigh(element, _size(element), chunk_documents)) for element in elements),
    )


def _bare(element: Element) -> Element:
    if isinstance(element, Source) and element.feed is not None:
        return dataclasses.replace(element, feed=bare(element.feed))
    return element


def _is_poll(element: Element) -> bool:
    """Return whether an element may well give nothing to read: most polls of feeds find nothing new."""
    return isinstance(element, Source) and element.feed is not None


def _size(element: Element) -> int | None:
    if isinstance(element, Link) or "://" in element.uri:
        return None
    try:
        return Path(element.uri).stat().st_size
    except OSError:
        return None  # opening it will say what is wrong


def run(settings: Settings, *, arguments: Sequence[str]) -> int:
    """Carry out ``newsmill run`` and print its report.

    Returns:
        Exit code; 0, 1, 3 or 4.

    Raises:
        UsageError: an input that matches nothing.
        LockHeld: another run writes to the output.
    """
    sources = find_sources(settings)
    settings, subscriptions = subscribe(settings)
    if not settings.run_policy.quiet:
        many = plural(len(sources), "source")
        many += f", {plural(len(subscriptions), 'subscription')}" if subscriptions else ""
        _log.info("run %s: %s into %s", settings.commit.run_id, many, settings.commit.output)
    if not settings.engine.is_one_process:
        signals.raise_on_signals()  # the engine has processes of its own, which it ends itself
    return carry_out(RunJob(settings, sources, arguments=arguments, subscriptions=subscriptions))
