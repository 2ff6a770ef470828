"""Everything that a run depends on, as one frozen value; nothing below reads the command line."""

import argparse
import dataclasses
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from pipeline.checks import check_python
from pipeline.engine import Engine, find_engine
from pipeline.options import make_policy
from pipeline.policies import PagePolicy, RunPolicy, StartPolicy
from schemas.articles import Article
from schemas.errors import UsageError
from schemas.policy import POLICIES, shaping_values
from transforms.articles.policy import ExtractPolicy
from transforms.enrich.policies import enrichment_policies
from transforms.export.loads.policy import LoadPolicy
from transforms.export.publish.policy import PublishPolicy
from transforms.feeds.limits import PollLimits
from transforms.known.policy import KnownPolicy
from transforms.lake.commits import Commit
from transforms.lake.partitions import partition_types
from transforms.lake.policy import WritePolicy
from transforms.lake.run_ids import make_run_id
from transforms.sources.limits import ReadLimits
from transforms.subscriptions.lists import is_list_address
from transforms.web.credentials import Credentials, merge_credentials, split_credentials
from transforms.web.policy import FetchPolicy
from transforms.workers.policy import WorkerPolicy, count_cores

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that one run depends on: what it reads and writes, and the policies of its stages.

    Attributes:
        inputs: paths, globs and addresses, as given.
        feeds: lists of subscriptions, as given.
        commit: where and as what the rows are written.
        started_at: UTC instant of the start.
        beam_args: options that Beam reads itself.
        is_unbounded: the run is one unbounded pipeline.
        enrichment_policies: those of the enrichments that have options.
    """

    inputs: tuple[str, ...]
    commit: Commit
    started_at: datetime
    beam_args: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    is_unbounded: bool = False
    run_policy: RunPolicy
    page_policy: PagePolicy
    start_policy: StartPolicy
    known_policy: KnownPolicy
    poll_limits: PollLimits
    fetch_policy: FetchPolicy
    read_limits: ReadLimits
    extract_policy: ExtractPolicy
    enrichment_policies: tuple[Any, ...]
    workers: WorkerPolicy
    write_policy: WritePolicy
    publish_policy: PublishPolicy
    load_policy: LoadPolicy

    @property
    def policies(self) -> tuple[Any, ...]:
        """All policies."""
        values = (getattr(self, field.name) for field in dataclasses.fields(self))
        return (*(value for value in values if type(value) in POLICIES), *self.enrichment_policies)

    @property
    def engine(self) -> Engine:
        """What the runner can do that the options of Beam name."""
        return find_engine(self.beam_args)


def shaping_text(settings: Settings) -> str:
    """Return all options that shape the rows, as text; equal for an interrupted run and the one that resumes it.

    The inputs count as they were given, not as they were found: a file that came or went since the crash
    does not make it another run, and is for the run after.
    """
    given = (settings.inputs, settings.feeds, settings.is_unbounded)
    return repr((given, shaping_values(settings.policies)))


def _without_credentials(given: Sequence[str], *, are_lists: bool = False) -> tuple[tuple[str, ...], list[Credentials]]:
    """Separate inputs or lists from the user names and passwords in their addresses."""
    pairs = [split_credentials(word) for word in given]
    for bare, secret in pairs:
        if are_lists and secret is not None and is_list_address(bare):
            raise UsageError(
                f"--feeds {bare}: user names and passwords are for feeds, not for lists: save it as a file"
            )
    return tuple(bare for bare, _ in pairs), [secret for _, secret in pairs if secret is not None]


def _count_workers(beam_args: Sequence[str]) -> int:
    """Count one worker for each core; only one where the engine has worker processes of its own, each with a pool."""
    return count_cores() if find_engine(tuple(beam_args)).is_one_process else 1


def settings_from(
    known: argparse.Namespace,
    beam_args: Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    now: datetime | None = None,
) -> Settings:
    """Make the settings of a parsed command line.

    Args:
        known: what was parsed of a command that sends documents through the graph.
        beam_args: words that Beam reads itself.
        inputs: in the place of ``--input``.
        now: UTC instant of the start; the wall clock by default.

    Raises:
        UsageError: values that contradict each other, an unknown column, a run_id that cannot be a path, a Python that
            cannot import Beam.
    """
    check_python()
    now = now or datetime.now(UTC)
    run_id = getattr(known, "run_id", None) or make_run_id(now)
    if not _SAFE_ID.fullmatch(run_id):
        raise UsageError(f"--run_id {run_id!r} must be letters, digits, dots, dashes and underscores")
    day: date = now.date()
    page_policy, write_policy = make_policy(PagePolicy, known), make_policy(WritePolicy, known)
    try:
        partition_types(Article, write_policy.partition_by)
    except ValueError as error:
        raise UsageError(f"--partition_by: {error}") from error
    read, secrets = _without_credentials((known.input or ()) if inputs is None else inputs)
    feeds, more = _without_credentials(getattr(known, "feeds", None) or (), are_lists=True)
    try:
        credentials = merge_credentials([*secrets, *more])
    except ValueError as error:
        raise UsageError(str(error)) from error
    if page_policy.fetch == "never" and any(map(is_list_address, feeds)):
        raise UsageError("--fetch never requests nothing, so a list at an address cannot be read: save it as a file")
    workers = {} if known.workers is not None else {"workers": _count_workers(beam_args)}
    return Settings(
        inputs=read,
        feeds=feeds,
        commit=Commit(
            output=known.output.rstrip("/") or "/",
            run_id=run_id,
            ingest_date=day,
            shards=write_policy.shards,
            max_partitions=write_policy.max_partitions,
        ),
        started_at=now,
        beam_args=tuple(beam_args),
        run_policy=make_policy(RunPolicy, known),
        page_policy=page_policy,
        start_policy=make_policy(StartPolicy, known),
        known_policy=make_policy(KnownPolicy, known),
        poll_limits=make_policy(PollLimits, known),
        fetch_policy=make_policy(FetchPolicy, known, keep_exchange=page_policy.archive, credentials=credentials),
        read_limits=make_policy(ReadLimits, known),
        extract_policy=make_policy(ExtractPolicy, known),
        enrichment_policies=tuple(make_policy(policy, known) for policy in enrichment_policies()),
        workers=make_policy(WorkerPolicy, known, **workers),
        write_policy=write_policy,
        publish_policy=make_policy(PublishPolicy, known),
        load_policy=make_policy(LoadPolicy, known),
    )
