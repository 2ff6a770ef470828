"""Settings go in; one run is carried out, chunk by chunk, judged and reported."""

import dataclasses
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from pipeline import signals
from pipeline.attempts import Watch
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
from pipeline.console import complain, in_quotes, own_command
from pipeline.display import Status, show_progress
from pipeline.graph import run_chunk
from pipeline.lock import hold_lock
from pipeline.memory import Memory
from pipeline.polls import Feeds, subscribe
from pipeline.report import Report, make_report, render_report, report_to_json
from pipeline.settings import Settings, make_run_id
from pipeline.stages import start_workers
from pipeline.workspace import open_workspace
from schemas.documents import Link, Source
from schemas.errors import OutputError, UsageError
from schemas.feeds import bare
from schemas.record import row
from schemas.tables import ARTICLES
from transforms.feeds.state import compact_states
from transforms.identity import digest
from transforms.lake import files
from transforms.lake.commit import recover
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import read_manifests
from transforms.lake.manifest import Manifest
from transforms.printable import printable, printable_lines
from transforms.sources.open import walk_inputs

_log = logging.getLogger("newsmill")


class Outcome(NamedTuple):
    """What came of a run.

    Attributes:
        exit_code: 0, 3 or 4.
        manifests: of the run's commits, by chunk.
        report: what was counted.
        where: directory of the report.
    """

    exit_code: int
    manifests: list[Manifest]
    report: Report
    where: str


def find_sources(settings: Settings) -> list[Source]:
    """Every input as one source, directories and globs expanded.

    Raises:
        UsageError: an input that matches nothing.
    """
    try:
        found = list(walk_inputs(settings.inputs))
    except ValueError as error:
        raise UsageError(str(error)) from error
    output = Path(settings.commit.output).resolve()
    for source in found:
        if "://" not in source.uri and output in Path(source.uri).resolve().parents:
            raise UsageError(f"input {source.uri} lies inside --output {settings.commit.output}: keep them apart")
    return found


def fingerprint(settings: Settings, elements: Sequence[Element], kind: str) -> str:
    """Hash of all that shapes the rows: a run that differs in it is another run.

    The inputs count as they were given, not as they were found: a file that came or went since the crash
    does not make it another run, and is for the run after.
    """
    commit = dataclasses.replace(settings.commit, run_id="", ingest_date=settings.commit.ingest_date.min)
    shaping = dataclasses.replace(
        settings,
        commit=commit,
        started_at=settings.started_at.min,
        beam_args=(),
        quiet=False,
        fresh=False,
        workers=dataclasses.replace(settings.workers, workers=1),
    )
    given = "" if settings.inputs or settings.feeds else repr([row(element) for element in elements])
    return digest(kind, repr(shaping), given)


def _make_plan(settings: Settings, elements: Sequence[Element], kind: str, name: str) -> Plan:
    most = settings.chunk_documents
    return Plan(
        run_id=settings.commit.run_id,
        started_at=settings.started_at,
        fingerprint=name,
        kind=kind,
        work=tuple((_bare(element), weigh(element, _size(element), most)) for element in elements),
    )


def _bare(element: Element) -> Element:
    if isinstance(element, Source) and element.feed is not None:
        return dataclasses.replace(element, feed=bare(element.feed))
    return element


def _size(element: Element) -> int | None:
    if isinstance(element, Link) or "://" in element.uri:
        return None
    try:
        return Path(element.uri).stat().st_size
    except OSError:
        return None  # opening it will say what is wrong


def _carried_on(settings: Settings, plan: Plan) -> Settings:
    commit = dataclasses.replace(settings.commit, run_id=plan.run_id, ingest_date=plan.started_at.date())
    return dataclasses.replace(settings, commit=commit, started_at=plan.started_at)


def open_output(output: str) -> list[Manifest]:
    """Complete or clear away what a crash left, and read what is committed; for one who holds the lock.

    Raises:
        CorruptManifest: what is committed cannot be told.
        SchemaMismatch: the output was written with a schema that today's records cannot read.
    """
    for done in recover(output):
        _log.warning("after an interrupted run: %s", done)
    manifests = list(read_manifests(output))
    check_schemas(manifests)
    now = datetime.now(UTC)
    if compact_states(output, manifests, run_id=make_run_id(now), ingest_date=now.date()) is not None:
        manifests = list(read_manifests(output))
    return manifests


def run_elements(
    settings: Settings,
    elements: Sequence[Element],
    *,
    kind: str,
    arguments: Sequence[str],
    subscriptions: Sequence[Source] = (),
) -> Outcome:
    """Send elements through the graph and commit what comes of them; for one who holds the output's lock.

    Of the subscriptions those are polled that are due.

    An interrupted run of the same arguments is carried on under its own name and day, from the first chunk
    that it did not commit; its rows are those it would have written undisturbed.

    Raises:
        CorruptManifest: what is committed cannot be told.
        SchemaMismatch: the output was written with a schema that today's records cannot read.
        UsageError: the run_id is taken.
        Exception: what stopped the pipeline; all chunks committed before stand.
    """
    start = time.monotonic()
    start_workers(settings)
    output = settings.commit.output
    manifests = open_output(output)
    name = fingerprint(settings, elements, kind)
    plan = None if settings.fresh else find_interrupted(output, name)
    before = [manifest for manifest in manifests if plan is None or manifest.run_id != plan.run_id]
    feeds = Feeds(output, before, asks_again=settings.full)
    due = feeds.sort(subscriptions, settings.started_at, everything=settings.poll == "all" or settings.full)
    if plan is None:
        plan = _make_plan(settings, [*elements, *due.now], kind, name)
        if any(manifest.run_id == plan.run_id for manifest in manifests):
            raise UsageError(f"--run_id {plan.run_id} is taken by an earlier run: choose another, or leave it out")
        files.replace_bytes(plan_path(output, plan.run_id), plan_to_json(plan))
    else:
        settings = _carried_on(settings, plan)
        _log.warning("carrying on run %s, which was interrupted", plan.run_id)
    own = [manifest for manifest in manifests if manifest.run_id == plan.run_id]
    others = [manifest for manifest in manifests if manifest.run_id != plan.run_id]
    known = Memory(settings, others, own, feeds, keeps_letters=kind == "run")
    try:
        with open_workspace(output) as directory:
            own = _run_chunks(settings, plan, own, known, directory)
    finally:
        known.forget()
    counters: Counter[str] = Counter()
    for manifest in own:
        counters.update(manifest.counters)
    report = make_report(
        settings,
        arguments=arguments,
        counters=counters if settings.engine.has_counters else None,
        manifests=own,
        wall_s=time.monotonic() - start,
        waiting={"not due": due.waiting},
    )
    return Outcome(report.exit_code, own, report, write_report(settings, report))


def _run_chunks(settings: Settings, plan: Plan, own: list[Manifest], known: Memory, directory: Path) -> list[Manifest]:
    most = settings.chunk_documents
    is_local = settings.engine.cuts_into_chunks
    queue = remaining(plan, own, most)
    status = Status(total=sum(weight for _, weight in plan.work))
    status.done = max(0, status.total - sum(weight for _, weight in queue))
    committed = list(own)
    watch = Watch(settings.commit.output, start_workers(settings), is_replay=plan.kind == "replay")
    with show_progress(directory, status, quiet=settings.quiet), watch.watching():
        while queue or not committed:
            batch, _ = next_batch(queue, most) if is_local else (queue, [])
            work, documents, parts = [element for element, _ in batch], most, {}
            if is_local and work:
                size, documents = watch.begin(f"{plan.fingerprint}-{len(committed)}", work, most)
                parts = {"took": size} if size < len(work) else {}
                work = work[:size]
            status.under_way = sum(weight for _, weight in batch[: len(work)])
            commit = dataclasses.replace(settings.commit, chunk=len(committed))
            chunk = dataclasses.replace(settings, commit=commit)
            now = known.feeds.attach(work)
            manifest = run_chunk(chunk, now, known.files(), plan.kind, documents if is_local else None, **parts)
            watch.commit(len(batch), most)
            committed.append(manifest)
            known.add(manifest)
            queue = remaining(plan, committed, most) if is_local else []
            status.done = max(status.done, status.total - sum(weight for _, weight in queue))
    return committed


def write_report(settings: Settings, report: Report) -> str:
    """Write report.json, which says that the run is over, and report.txt; gives their directory."""
    directory = files.join(settings.commit.output, "runs", settings.commit.run_id)
    files.replace_bytes(files.join(directory, "report.json"), report_to_json(report))
    files.replace_bytes(files.join(directory, "report.txt"), render_report(report).encode())
    return directory


def query_to_try(output: str) -> str:
    """A DuckDB query over the articles of an output."""
    path = output.replace("'", "''")
    return (
        "select headline, publisher_domain, date_published, in_language, topics[1].label as topic\n"
        f"from read_parquet('{path}/articles/**/*.parquet', hive_partitioning = true)\n"
        "order by date_published desc limit 10"
    )


def print_outcome(settings: Settings, outcome: Outcome) -> None:
    """Print the report of a run; with ``quiet`` only one that is not all well."""
    if settings.quiet and not outcome.exit_code:
        return
    color = sys.stdout.isatty()
    width = Console().width if color else 110
    sys.stdout.write(render_report(outcome.report, width=max(80, width), color=color))
    sys.stdout.write(f"\nreport: {printable(outcome.where)}/report.json\n")
    if outcome.report.rows[ARTICLES.name]:
        query = printable_lines(query_to_try(settings.commit.output))
        sys.stdout.write(f"try: {own_command()} sql {in_quotes(query)}\n")


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
    if not settings.quiet:
        many = f"{len(sources)} sources" + (f", {len(subscriptions)} subscriptions" if subscriptions else "")
        _log.info("run %s: %s into %s", settings.commit.run_id, many, settings.commit.output)
    if not settings.engine.is_one_process:
        signals.raise_on_signals()  # the engine has processes of its own, which it ends itself
    with hold_lock(settings.commit.output):
        try:
            outcome = run_elements(settings, sources, kind="run", arguments=arguments, subscriptions=subscriptions)
        except UsageError:
            raise
        except Exception as error:
            if signals.stop_code() is not None:  # as the engine tells of the KeyboardInterrupt
                raise KeyboardInterrupt from error
            report_failure(settings, error)
            return 1
    print_outcome(settings, outcome)
    return outcome.exit_code


def report_failure(settings: Settings, error: Exception) -> None:
    """One line for people; the traceback goes to a file beside where the report would be."""
    if isinstance(error, OutputError):
        complain(error)
        return
    line = explain(error)
    path = files.join(settings.commit.output, "runs", settings.commit.run_id, "failure.txt")
    try:
        files.replace_bytes(path, printable_lines(traceback.format_exc()).encode())
        more = f"the traceback is in {path}"
    except (OSError, MemoryError):
        more = "its traceback could not be written"
    complain(f"the run failed: {line}; {more}; the same command carries on")


_REMEDIES = (
    (("No space left on device", "Disk quota exceeded"), "free some space"),
    (("File too large",), "raise the limit on file size, ulimit -f"),
    (("Cannot allocate memory", "MemoryError"), "free some memory, or lower --workers or --chunk_documents"),
    (("Too many open files",), "raise the limit on open files, ulimit -n"),
    (("Read-only file system", "Permission denied"), "make --output writable"),
    (("can't start new thread", "Resource temporarily unavailable"), "raise the limit on processes, ulimit -u"),
    (("Channel closed prematurely",), "a worker process of the engine was ended, perhaps for want of memory"),
)
"""What the system says when a run cannot go on, and what to do about it."""


def explain(error: BaseException) -> str:
    """What stopped a run and what to do about it, in one line.

    >>> explain(OSError(28, "No space left on device"))
    'OSError: [Errno 28] No space left on device: free some space'
    """
    # Beam's errors end in the text of the traceback that caused them.
    words = str(error).strip().splitlines()
    line = next((word for word in reversed(words) if "Error" in word or "Errno" in word), words[-1] if words else "")
    line = line.partition(" [while running ")[0]
    named = line.strip() if "Error" in line else f"{type(error).__name__}: {line.strip()}".removesuffix(": ")
    remedy = next((remedy for signs, remedy in _REMEDIES if any(sign in named for sign in signs)), None)
    return f"{named}: {remedy}" if remedy else named
