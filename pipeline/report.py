"""The report of a run: what it counted and wrote, as a value, as JSON and as text."""

import dataclasses
import importlib.metadata
import platform
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.balance import StageCount, count_stages
from pipeline.judge import FinishedRun, count_tables, judge_run
from pipeline.row_counts import Values, count_rows
from schemas import NEWSMILL_VERSION
from schemas.articles import SCHEMA_VERSION
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, FEED_STATE, FETCH_LOG, OUTCOME_TABLES
from schemas.userinfo import mask_userinfo
from transforms.known.index import LEFT_OUT_COUNTER
from transforms.lake.manifest import CommitKind
from transforms.letters.closing import COUNTER as CLOSED_COUNTER
from transforms.letters.known import COUNTER
from transforms.printable import printable_json

REPORT_VERSION = 2
_LIBRARIES = ("apache-beam", "trafilatura", "feedparser", "spacy", "pyarrow", "py3langid", "lxml", "httpx", "warcio")
_SECRET = re.compile(r"(?i)key|secret|token|password|credential|auth|endpoint")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SourceCount:
    """What became of the documents of one input, counted in the files written."""

    uri: str
    kind: str
    articles: int
    duplicates: int
    filtered: int
    dead: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All that is said of one run, whatever its kind.

    Attributes:
        kind: that of its manifests.
        page_types: of the articles that are pages.
        types_left_out: of the pages that were left out for their types.
        truncated: articles that are teasers of longer ones, by reason.
        cleaning: removals from main texts, by rule.
        not_run: articles by what was not run on them, and by their language.
    """

    kind: CommitKind = "run"
    run_id: str
    status: str
    exit_code: int
    started_at: datetime
    wall_s: float
    output: str
    arguments: tuple[str, ...]
    versions: Mapping[str, str]
    rows: Mapping[str, int]
    stages: tuple[StageCount, ...]
    imbalance: tuple[str, ...]
    codes: Mapping[str, int]
    reasons: Mapping[str, int]
    languages: Mapping[str, int]
    page_types: Mapping[str, int] = dataclasses.field(default_factory=dict)
    types_left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    truncated: Mapping[str, int] = dataclasses.field(default_factory=dict)
    cleaning: Mapping[str, int] = dataclasses.field(default_factory=dict)
    not_run: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    sources: tuple[SourceCount, ...]
    feeds: Mapping[str, int] = dataclasses.field(default_factory=dict)
    requests: Mapping[str, int] = dataclasses.field(default_factory=dict)
    known_letters: int = 0
    known_dropped: int = 0
    closed_letters: int = 0


def mask_secrets(arguments: Sequence[str]) -> tuple[str, ...]:
    """Arguments with what may be a secret replaced by stars.

    >>> mask_secrets(["--api_key=abc", "--token", "x", "https://me:pw@host.example/feed"])
    ('--api_key=***', '--token', '***', 'https://***@host.example/feed')
    """
    shown: list[str] = []
    hide_next = False
    for word in arguments:
        name, equals, _ = word.partition("=")
        if hide_next and not word.startswith("--"):
            shown.append("***")
        elif word.startswith("--") and equals and _SECRET.search(name):
            shown.append(f"{name}=***")
        else:
            shown.append(mask_userinfo(word))
        hide_next = word.startswith("--") and not equals and bool(_SECRET.search(name))
    return tuple(shown)


def library_versions() -> dict[str, str]:
    """Versions of newsmill, its schema, Python and the libraries that shape the rows."""
    found = {"newsmill": NEWSMILL_VERSION, "schema": str(SCHEMA_VERSION), "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def count_sources(rows: Mapping[str, Counter[Values]]) -> tuple[SourceCount, ...]:
    """Rows by input, in the order of their names."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for table in OUTCOME_TABLES:
        for values, number in rows[table].items():
            outcome = values[2] if table == DROPPED.name else table
            counts.setdefault((values[0] or "", values[1] or ""), Counter())[outcome or ""] += number
    return tuple(
        SourceCount(
            uri=uri,
            kind=kind,
            articles=count[ARTICLES.name],
            duplicates=count["duplicate"],
            filtered=count["filtered"],
            dead=count[DEAD_LETTERS.name],
        )
        for (uri, kind), count in sorted(counts.items())
    )


def _known_words(counters: Mapping[str, int], counter: str, place: int) -> Counter[Values]:
    """Codes of failures or reasons of filtered inputs without a row, since an earlier one says the same.

    Args:
        counters: of the run.
        counter: of all of them.
        place: where a row has the word.
    """
    prefix = f"{counter}."
    found = {name.removeprefix(prefix): n for name, n in counters.items() if name.startswith(prefix)}
    return Counter({(*[None] * place, word): n for word, n in found.items()})


def _tally(rows: Counter[Values], place: int, *, nothing: str | None = "unknown") -> dict[str, int]:
    """Count the values in one place of the rows, the most frequent first; ``nothing`` None leaves out the empty."""
    counts: Counter[str] = Counter()
    for values, number in rows.items():
        if (value := values[place] or nothing) is not None:
            counts[value] += number
    return _most_frequent(counts)


def _most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def count_polls(polls: Counter[tuple[Any, ...]], waiting: Mapping[str, int]) -> dict[str, int]:
    """Polls of subscriptions by how they went, and subscriptions that were left for later."""
    counts: Counter[str] = Counter()
    for (status, code, answer), number in polls.items():
        if status == "retired":
            counts["retired now"] += number
        elif code is not None:
            counts["failed"] += number
        else:
            counts["not modified (304)" if answer == 304 else "read"] += number
    return {**dict(sorted(counts.items())), **{name: n for name, n in waiting.items() if n}}


def count_requests(log: Counter[tuple[Any, ...]]) -> dict[str, int]:
    """Requests by what they were for."""
    counts: Counter[str] = Counter()
    for (purpose, _, _), number in log.items():
        counts[str(purpose)] += number
    return dict(sorted(counts.items()))


def make_report(run: FinishedRun) -> Report:
    """Count what a finished run did, and judge it."""
    settings = run.settings
    counted = count_rows(settings.commit.output, run.manifests)
    rows = counted.values
    verdict = judge_run(run, rows)
    counters = verdict.counters
    return Report(
        kind=run.kind,
        run_id=settings.commit.run_id,
        status=verdict.status,
        exit_code=int(verdict.code),
        started_at=settings.started_at,
        wall_s=run.wall_s,
        output=mask_secrets([settings.commit.output])[0],
        arguments=mask_secrets(run.arguments),
        versions=library_versions(),
        rows=count_tables(rows),
        stages=tuple(count_stages(counters, run.stages)),
        imbalance=verdict.imbalance,
        codes=_tally(rows[DEAD_LETTERS.name] + _known_words(counters, COUNTER, 2), 2),
        known_letters=counters.get(COUNTER, 0),
        closed_letters=counters.get(CLOSED_COUNTER, 0),
        known_dropped=counters.get(LEFT_OUT_COUNTER, 0),
        reasons=_tally(rows[DROPPED.name] + _known_words(counters, LEFT_OUT_COUNTER, 3), 3),
        languages=_tally(rows[ARTICLES.name], 2),
        page_types=_tally(rows[ARTICLES.name], 3, nothing=None),
        types_left_out=_tally(rows[DROPPED.name], 4, nothing=None),
        truncated=_tally(rows[ARTICLES.name], 4, nothing=None),
        cleaning=_most_frequent(counted.parts["cleaning_actions"]),
        not_run={code: dict(count.most_common()) for code, count in sorted(counted.not_run.items())},
        sources=count_sources(rows),
        feeds=count_polls(rows[FEED_STATE.name], run.waiting),
        requests=count_requests(rows[FETCH_LOG.name]),
    )


def report_to_json(report: Report) -> bytes:
    """Return the stored form."""
    body: dict[str, Any] = {"report_version": REPORT_VERSION, **dataclasses.asdict(report)}
    body["started_at"] = report.started_at.isoformat()
    body["stages"] = [count._asdict() for count in report.stages]
    return printable_json(body, indent=1).encode() + b"\n"
