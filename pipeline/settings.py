"""A parsed command line goes in; one frozen value, checked, comes out. Below here nobody sees argv."""

import argparse
import dataclasses
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime

from pipeline.engine import Engine, find_engine
from schemas.articles import Article
from schemas.errors import UsageError
from transforms.enrich.entities.models import DEFAULT_MODEL, ModelSpec, describe_model
from transforms.feeds.schedule import PollLimits
from transforms.lake.commits import Commit
from transforms.lake.partitions import partition_types
from transforms.sources.field_names import FieldMap, parse_map
from transforms.sources.limits import ReadLimits
from transforms.subscriptions.lists import is_list_address
from transforms.web.credentials import Credentials, merge_credentials, split_credentials
from transforms.web.policy import FetchPolicy, make_user_agent
from transforms.workers.policy import WorkerPolicy, count_cores

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything one run depends on.

    Attributes:
        inputs: paths, globs and addresses, as given.
        commit: where and as what the rows are written.
        started_at: UTC instant of the start.
        fetch: 'all', 'missing' or 'never'.
        fetch_policy: manners and limits of the client.
        min_chars: shortest main text; None for the extractor's own.
        languages: ISO 639-1 codes to keep; empty keeps all.
        models: one spaCy pipeline for each language that gets entities.
        partition_by: columns of articles that become directories.
        full: known links are asked for again.
        fresh: an interrupted run of the same arguments is not carried on.
        since: articles published on an earlier day are filtered.
        look_back_days: only runs of so many days count as known; None for all.
        chunk_documents: about how many documents are read between two commits.
        archive: keep every fetched page as WARC.
        respect_opt_outs: articles whose publisher reserves text and data mining are filtered.
        read_limits: what is too large to be read, and the names of fields in records.
        feeds: lists of subscriptions, as given.
        poll: 'due' or 'all'.
        poll_limits: when a subscription is due again.
        is_unbounded: the run is one unbounded pipeline.
        workers: how many processes read and enrich, and what one element may cost.
        max_dead_ratio: share of dead letters, 0 to 1, above which the run exits with 3.
        beam_args: options that Beam reads itself.
    """

    inputs: tuple[str, ...]
    commit: Commit
    started_at: datetime
    fetch: str
    fetch_policy: FetchPolicy
    min_chars: int | None
    languages: tuple[str, ...]
    models: tuple[ModelSpec, ...]
    partition_by: tuple[str, ...]
    max_dead_ratio: float
    beam_args: tuple[str, ...]
    quiet: bool = False
    full: bool = False
    fresh: bool = False
    since: date | None = None
    look_back_days: int | None = None
    chunk_documents: int = 2000
    archive: bool = False
    respect_opt_outs: bool = False
    read_limits: ReadLimits = dataclasses.field(default_factory=ReadLimits)
    feeds: tuple[str, ...] = ()
    poll: str = "due"
    poll_limits: PollLimits = dataclasses.field(default_factory=PollLimits)
    is_unbounded: bool = False
    workers: WorkerPolicy = dataclasses.field(default_factory=WorkerPolicy)

    @property
    def engine(self) -> Engine:
        """What the runner that ``beam_args`` name can do."""
        return find_engine(self.beam_args)


def make_run_id(now: datetime) -> str:
    """Name of a run: sorts by time, unique without looking."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"--since {text!r} is no day: write it like 2026-03-20") from error


def _positive(option: str, number: int | None) -> int | None:
    if number is not None and number < 1:
        raise UsageError(f"{option} {number} must be at least 1")
    return number


def _without_credentials(given: Sequence[str], *, are_lists: bool = False) -> tuple[tuple[str, ...], list[Credentials]]:
    """Inputs or lists as they are told of, and the user names and passwords that their addresses name."""
    pairs = [split_credentials(word) for word in given]
    for bare, secret in pairs:
        if are_lists and secret is not None and is_list_address(bare):
            raise UsageError(
                f"--feeds {bare}: user names and passwords are for feeds, not for lists: save it as a file"
            )
    return tuple(bare for bare, _ in pairs), [secret for _, secret in pairs if secret is not None]


def _poll_limits(known: argparse.Namespace) -> PollLimits:
    given = {name: getattr(known, name, None) for name in ("min_interval_s", "max_interval_s")}
    return PollLimits(**{name: value for name, value in given.items() if value is not None})


def _count_workers(beam_args: Sequence[str]) -> int:
    """One for each core; only one where the engine has worker processes of its own, each with a pool."""
    return count_cores() if find_engine(tuple(beam_args)).is_one_process else 1


def _field_map(given: list[str] | None) -> FieldMap:
    try:
        return parse_map(",".join(given or ()))
    except ValueError as error:
        raise UsageError(f"--map: {error}") from error


def _models(names: list[str] | None) -> tuple[ModelSpec, ...]:
    chosen = names or [DEFAULT_MODEL]
    if chosen == ["none"]:
        return ()
    specs = [describe_model(name) for name in chosen]
    taken: dict[str, str] = {}
    for spec in specs:
        if spec.language in taken:
            raise UsageError(f"two --spacy_model for language {spec.language}: {taken[spec.language]} and {spec.name}")
        taken[spec.language] = spec.name
    return tuple(specs)


def settings_from(
    known: argparse.Namespace,
    beam_args: Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    now: datetime | None = None,
) -> Settings:
    """Check the values of a command line.

    Args:
        known: namespace of ``newsmill run``, or of another command that has the shared options and --output.
        beam_args: words that Beam reads itself.
        inputs: in the place of ``--input``.
        now: UTC instant of the start; the wall clock by default.

    Raises:
        UsageError: a value out of range, an unknown column, a model that is not installed.
    """
    now = now or datetime.now(UTC)
    run_id = getattr(known, "run_id", None) or make_run_id(now)
    if not _SAFE_ID.fullmatch(run_id):
        raise UsageError(f"--run_id {run_id!r} must be letters, digits, dots, dashes and underscores")
    languages = _words(known.languages)
    for code in languages:
        if not _LANGUAGE.fullmatch(code):
            raise UsageError(f"--languages {code!r} is no language code: write them like en,de,fr")
    if not 0 <= known.max_dead_ratio <= 1:
        raise UsageError(f"--max_dead_ratio {known.max_dead_ratio} is no share: choose from 0 to 1")
    if known.min_chars is not None and known.min_chars < 1:
        raise UsageError(f"--min_chars {known.min_chars} must be at least 1")
    day: date = now.date()
    try:
        by = _words(known.partition_by)
        if not by:
            raise UsageError("--partition_by names no column: write ingest_date, the default")
        partition_types(Article, by)
        read, secrets = _without_credentials((known.input or ()) if inputs is None else inputs)
        feeds, more = _without_credentials(getattr(known, "feeds", None) or (), are_lists=True)
        if known.fetch == "never" and any(map(is_list_address, feeds)):
            raise UsageError("--fetch never asks nobody, so a list at an address cannot be read: save it as a file")
        return Settings(
            inputs=read,
            commit=Commit(
                output=known.output.rstrip("/") or "/",
                run_id=run_id,
                ingest_date=day,
                shards=known.shards,
                max_partitions=known.max_partitions,
            ),
            started_at=now,
            fetch=known.fetch,
            fetch_policy=FetchPolicy(
                user_agent=make_user_agent(known.contact),
                timeout_s=known.timeout_s,
                deadline_s=known.deadline_s,
                max_page_bytes=known.max_page_bytes,
                max_redirects=known.max_redirects,
                delay_s=known.delay_s,
                allow_private=known.allow_private,
                respect_robots=not known.ignore_robots,
                max_hosts_at_once=known.max_hosts,
                keep_exchange=known.archive,
                credentials=merge_credentials([*secrets, *more]),
            ),
            min_chars=known.min_chars,
            languages=languages,
            models=_models(known.spacy_model),
            partition_by=by,
            max_dead_ratio=known.max_dead_ratio,
            beam_args=tuple(beam_args),
            quiet=known.quiet,
            full=getattr(known, "full", False),
            fresh=getattr(known, "fresh", False),
            since=_day(getattr(known, "since", None)),
            look_back_days=_positive("--look_back_days", getattr(known, "look_back_days", None)),
            chunk_documents=_positive("--chunk_documents", known.chunk_documents) or 1,
            archive=known.archive,
            respect_opt_outs=known.respect_opt_outs,
            feeds=feeds,
            read_limits=ReadLimits(field_map=_field_map(getattr(known, "map", None))),
            poll=getattr(known, "poll", "due"),
            poll_limits=_poll_limits(known),
            workers=WorkerPolicy(
                workers=_count_workers(beam_args) if known.workers is None else known.workers,
                timeout_s=known.element_timeout_s,
                memory_mb=known.element_memory_mb,
            ),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
