"""The report of ``newsmill politeness``: requests by purpose and host, and every breach of the rules."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds
from rich.text import Text

from pipeline.maintenance import in_bytes
from pipeline.text_tables import PlainTable, printed, shown, text_console
from schemas.feeds import PURPOSES
from schemas.tables import FETCH_LOG
from transforms.lake.read import open_table
from transforms.printable import printable_json
from transforms.web.politeness_rules import (
    BREACHES,
    ROBOTS_S,
    Breach,
    LoggedRequest,
    PolitenessChecker,
    Requests,
    sort_requests,
)
from transforms.wording import plural

KEPT_BREACHES = 10_000
"""Breaches that are listed one by one; all are counted."""

_SHOWN = 20
_SLOWEST = 5


@dataclass(slots=True)
class PurposeCount:
    """Counts of the requests for one purpose."""

    requests: int = 0
    conditional: int = 0
    not_modified: int = 0
    failed: int = 0
    refused: int = 0
    bytes: int = 0
    duration_ms: float = 0.0

    def add(self, sent: LoggedRequest) -> None:
        """Add a request to the counts."""
        self.requests += 1
        self.conditional += sent.is_conditional
        self.not_modified += sent.is_cached
        self.failed += sent.code is not None
        self.refused += sent.status in (429, 503)
        self.bytes += sent.bytes_received
        self.duration_ms += sent.duration_ms


class HostCount(NamedTuple):
    """Counts of the requests to one host; sorts by slowness."""

    mean_ms: float
    host: str
    requests: int
    smallest_pause_s: float | None


@dataclass(slots=True)
class Survey:
    """What a log shows; instants in seconds since 1970."""

    purposes: dict[str, PurposeCount] = field(default_factory=dict)
    robots: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int | None] = field(default_factory=Counter)
    hosts: int = 0
    runs: int = 0
    first: float = float("inf")
    last: float = 0.0
    smallest_pause: tuple[float, str] | None = None
    slowest: list[HostCount] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    breach_counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> PurposeCount:
        """The counts of all purposes together."""
        counts = self.purposes.values()
        return PurposeCount(
            **{each.name: sum(getattr(one, each.name) for one in counts) for each in fields(PurposeCount)}
        )

    @property
    def breach_count(self) -> int:
        """Number of breaches of all kinds."""
        return self.breach_counts.total()


def read_log(output: str, since: date | None = None) -> ds.Dataset:
    """Open the log of an output, from the day before ``since`` on: a robots.txt read then is still in use.

    Raises:
        ValueError: the files do not have today's schema.
        CorruptManifest: a manifest cannot be read.
    """
    log = open_table(output, FETCH_LOG.name)
    if since is None:
        return log
    first = _midnight(since) - timedelta(seconds=ROBOTS_S)
    return log.filter(ds.field("started_at") >= pa.scalar(first, pa.timestamp("us", tz="UTC")))


def survey_log(requests: Requests, checker: PolitenessChecker, since: date | None = None) -> Survey:
    """Count and check requests.

    Memory is bounded by the largest host and KEPT_BREACHES.

    Args:
        requests: as :func:`read_log` returns them.
        checker: a new one.
        since: earlier requests are not counted; the checker needs them.
    """
    first = _midnight(since).timestamp() if since else 0.0
    found, runs = Survey(), set()
    host, own, pause = "", PurposeCount(), None
    for sent in sort_requests(requests):
        breaches = checker.check(sent)
        if sent.started < first:
            continue
        if sent.host != host:
            _close(found, host, own, pause)
            host, own, pause = sent.host, PurposeCount(), None
        own.add(sent)
        found.purposes.setdefault(sent.purpose, PurposeCount()).add(sent)
        found.robots[sent.robots or ""] += sent.purpose != "robots"
        found.statuses[sent.status] += 1
        found.first, found.last = min(found.first, sent.started), max(found.last, sent.ended)
        runs.add(sent.run_id)
        if checker.gap_s is not None:
            pause = checker.gap_s if pause is None else min(pause, checker.gap_s)
        for breach in breaches:
            found.breach_counts[breach.kind] += 1
            if len(found.breaches) < KEPT_BREACHES:
                found.breaches.append(breach)
    _close(found, host, own, pause)
    found.slowest.sort(reverse=True)
    found.runs = len(runs)
    return found


def _close(found: Survey, host: str, own: PurposeCount, pause: float | None) -> None:
    if not own.requests:
        return
    found.hosts += 1
    if pause is not None:
        found.smallest_pause = min((pause, host), found.smallest_pause or (pause, host))
    count = HostCount(own.duration_ms / own.requests, host, own.requests, pause)
    keep = heapq.heappush if len(found.slowest) < _SLOWEST else heapq.heappushpop
    keep(found.slowest, count)


def survey_to_json(survey: Survey) -> str:
    """Return the survey as JSON."""
    total = survey.total
    pause = survey.smallest_pause
    found: dict[str, Any] = {
        "requests": total.requests,
        "hosts": survey.hosts,
        "runs": survey.runs,
        "first_at": _instant(survey.first).isoformat() if total.requests else None,
        "last_at": _instant(survey.last).isoformat() if total.requests else None,
        "purposes": {name: asdict(count) for name, count in sorted(survey.purposes.items())},
        "robots": {name or "not checked": count for name, count in sorted(survey.robots.items()) if count},
        "statuses": {str(status or "none"): n for status, n in sorted(survey.statuses.items(), key=repr)},
        "not_modified_share": total.not_modified / total.conditional if total.conditional else None,
        "smallest_pause": {"seconds": pause[0], "host": pause[1]} if pause else None,
        "slowest_hosts": [each._asdict() for each in survey.slowest],
        "breach_count": survey.breach_count,
        "breach_counts": dict(sorted(survey.breach_counts.items())),
        "breaches": [{**each._asdict(), "started_at": each.started_at.isoformat()} for each in survey.breaches],
    }
    return printable_json(found, indent=1) + "\n"


def render_survey(survey: Survey, *, color: bool = False) -> str:
    """Return the survey as tables and text."""
    console = text_console(width=None if color else 110, color=color)
    total, count = survey.total, survey.breach_count
    if not total.requests:
        return "the log is empty\n"
    heading = Text.assemble((plural(total.requests, "request"), "bold"), " to ", (plural(survey.hosts, "host"), "bold"))
    console.print(
        heading.append(
            f", {_instant(survey.first):%Y-%m-%d %H:%M:%S} to {_instant(survey.last):%Y-%m-%d %H:%M:%S} UTC, "
            f"{plural(survey.runs, 'run')}"
        )
    )
    console.print(_purpose_table(survey, total))
    for name, value in _facts(survey, total):
        console.print(shown(f"  {name:<16}{value}"))
    console.print(_host_table(survey))
    for kind, number in survey.breach_counts.most_common():
        console.print(Text.assemble((kind, "red"), f" × {number:,}: {BREACHES[kind]}"))
    for breach in survey.breaches[:_SHOWN]:
        where = f"{breach.started_at:%Y-%m-%d %H:%M:%S} {breach.url}: {breach.message}"
        console.print(Text.assemble("  ", (breach.kind, "red"), " ", shown(where)), soft_wrap=True)
    if count > _SHOWN:
        console.print(f"  and {count - _SHOWN:,} more; --json lists {KEPT_BREACHES:,} of them")
    verdict = f"{plural(count, 'breach', 'breaches') if count else 'no breach'} of the rules of politeness"
    console.print(Text(verdict, "bold red" if count else "bold green"))
    return printed(console)


def _purpose_table(survey: Survey, total: PurposeCount) -> PlainTable:
    names = [name for name in (*PURPOSES, *sorted(survey.purposes)) if name in survey.purposes]
    table = PlainTable(show_footer=True)
    table.add_column("purpose", "total")
    rows = [survey.purposes[name] for name in dict.fromkeys(names)]
    columns: list[tuple[str, Callable[[PurposeCount], str]]] = [
        ("requests", lambda each: f"{each.requests:,}"),
        ("if changed", lambda each: f"{each.conditional:,}"),
        ("304", lambda each: f"{each.not_modified:,}"),
        ("failed", lambda each: f"{each.failed:,}"),
        ("429, 503", lambda each: f"{each.refused:,}"),
        ("received", lambda each: in_bytes(each.bytes)),
        ("mean time", lambda each: _seconds(each.duration_ms / each.requests / 1000)),
    ]
    for name, show in columns:
        table.add_column(name, show(total), justify="right", no_wrap=True)
    for name, row in zip(dict.fromkeys(names), rows, strict=True):
        table.add_row(name, *(show(row) for _, show in columns))
    return table


def _facts(survey: Survey, total: PurposeCount) -> Iterator[tuple[str, str]]:
    words = {"": "not checked"}
    robots = ", ".join(f"{words.get(name, name)} {count:,}" for name, count in survey.robots.most_common() if count)
    yield "robots.txt", robots or "no page or feed was requested"
    if total.conditional:
        share = f"{total.not_modified / total.conditional:.1%}".replace("%", " %")
        yield "answered 304", f"{share} of {total.conditional:,} conditional requests"
    if survey.smallest_pause:
        pause_s, host = survey.smallest_pause
        yield "smallest pause", f"{_seconds(pause_s)} ({host})"
    else:
        yield "smallest pause", "no host was sent two requests"


def _host_table(survey: Survey) -> PlainTable:
    table = PlainTable()
    table.add_column("slowest hosts", overflow="fold")
    for name in ("requests", "mean time", "smallest pause"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in survey.slowest:
        pause = "·" if each.smallest_pause_s is None else _seconds(each.smallest_pause_s)
        table.add_row(each.host, f"{each.requests:,}", _seconds(each.mean_ms / 1000), pause)
    return table


def _seconds(seconds: float) -> str:
    """Return a time with its unit.

    >>> _seconds(0.0123), _seconds(1.5)
    ('12 ms', '1.50 s')
    """
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
