"""The rules of politeness, checked against the log of requests.

This module imports nothing that paces requests: the rules are stated a second time and compared with what was sent.
It trusts the addresses, times and statuses of the log. The delays in the log can only make a rule stricter.
"""

import re
import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from schemas.feeds import Request
from schemas.record import rows_to_table
from transforms.urls import host_of, split_url

BREACHES: dict[str, str] = {
    "overlap": "a request began before another one to the host had ended",
    "pause": "the pause between two requests to a host was shorter than its delay, its Crawl-delay or the least pause",
    "patience": "a host was sent a request before the Retry-After of a 429 or 503 had passed",
    "robots": "a page or feed was requested without a robots.txt read within the last day",
    "repeat": "an address was requested again more than three times within a minute",
    "name": "the User-Agent is missing, or is that of a browser",
    "host": "the log lists a request under another host than that of its address",
}
"""Kinds of breach, and what each means."""

TOLERANCE_S = 0.02
"""Tolerance of times, seconds: instants are noted shortly after the first byte, and before the last."""

ROBOTS_S = 86_400.0 + 600.0
"""Longest age of a robots.txt (RFC 9309, 2.4) plus the time that an allowed page may wait for its turn, seconds."""

AGAIN, AGAIN_S = 3, 60.0
"""How often an address may be requested again, and within how many seconds: for retries, and for feeds whose 304 is
wrong."""

_BROWSER = re.compile(r"(?:Mozilla|Opera)/(?!.*(?:\+https?://|@))|(?:Chrome|Safari|curl|python|Java)\b", re.IGNORECASE)
_COLUMNS = (
    "url", "host", "purpose", "status", "code", "delay_s", "crawl_delay_s", "retry_after_s", "robots", "user_agent",
    "run_id", "bytes_received", "duration_ms", "is_conditional", "is_cached",
)  # fmt: skip
_BATCH_ROWS = 10_000


class LoggedRequest(NamedTuple):
    """The columns of one row of the log that the rules need; instants in seconds since 1970."""

    url: str
    host: str
    purpose: str
    status: int | None
    code: str | None
    delay_s: float
    crawl_delay_s: float | None
    retry_after_s: float | None
    robots: str | None
    user_agent: str
    run_id: str
    bytes_received: int
    duration_ms: float
    is_conditional: bool
    is_cached: bool
    started: float
    ended: float


class Breach(NamedTuple):
    """One breach of a rule.

    Attributes:
        kind: one of BREACHES.
        host: as the log names it.
        url: address requested.
        started_at: UTC instant at which the request began.
        message: what is wrong, with figures.
        run_id: run that sent the request.
    """

    kind: str
    host: str
    url: str
    started_at: datetime
    message: str
    run_id: str


Requests: TypeAlias = Iterable[Request] | pa.Table | ds.Dataset
"""Rows of fetch_log, of any number of runs, in any order."""


def sort_requests(requests: Requests) -> Iterator[LoggedRequest]:
    """Sort rows of the log by host, then by time; on disk where there are many."""
    if not isinstance(requests, pa.Table | ds.Dataset):
        requests = rows_to_table(requests, Request)
    columns = ", ".join(f'"{name}"' for name in _COLUMNS)
    query = (
        f"SELECT {columns}, epoch_us(started_at) / 1e6 AS started, epoch_us(ended_at) / 1e6 AS ended "  # noqa: S608  own names
        "FROM log ORDER BY host, started, ended, url"
    )
    with tempfile.TemporaryDirectory(prefix="newsmill-") as spill, duckdb.connect() as connection:
        connection.execute("SET temp_directory = ?", [spill])
        connection.register("log", requests)
        cursor = connection.execute(query)
        while rows := cursor.fetchmany(_BATCH_ROWS):
            for row in rows:
                yield LoggedRequest(*row)


def find_breaches(
    requests: Requests,
    *,
    delay_s: float = 1.0,
    host_delays: Iterable[tuple[str, float]] = (),
    max_crawl_delay_s: float = 30.0,
    tolerance_s: float = TOLERANCE_S,
    since: datetime | None = None,
    kinds: Iterable[str] = tuple(BREACHES),
) -> Iterator[Breach]:
    """Find every breach of the rules, by host and time.

    Memory is bounded by the requests that one host was sent within a minute.

    Args:
        requests: rows of fetch_log; with ``since``, include those of the day before it.
        delay_s: least pause between two requests to a host, seconds.
        host_delays: another least pause for these hosts and their subdomains.
        max_crawl_delay_s: a longer Crawl-delay counts as this, seconds.
        tolerance_s: tolerance of times, seconds.
        since: breaches of earlier requests are left out.
        kinds: keys of BREACHES to look for.
    """
    first = since.timestamp() if since else 0.0
    checker = PolitenessChecker(
        delay_s=delay_s,
        host_delays=host_delays,
        max_crawl_delay_s=max_crawl_delay_s,
        tolerance_s=tolerance_s,
        kinds=kinds,
    )
    for sent in sort_requests(requests):
        for breach in checker.check(sent):
            if sent.started >= first:
                yield breach


def logged_host_of(url: str) -> str:
    """Return the host of an address, with its port unless that is 80 or 443.

    >>> logged_host_of("https://Example.org.:443/a"), logged_host_of("http://[::1]:8080/")
    ('example.org', '[::1]:8080')
    """
    try:
        host, port = host_of(url), split_url(url).port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    return host if port in (None, 80, 443) else f"{host}:{port}"


class PolitenessChecker:
    """Checks the rows of :func:`sort_requests` one by one.

    Args:
        As :func:`find_breaches` has them.

    Attributes:
        gap_s: time between the last row and the end of the earlier requests to its host; None for the first.

    Raises:
        ValueError: an unknown kind.
    """

    def __init__(
        self,
        *,
        delay_s: float = 1.0,
        host_delays: Iterable[tuple[str, float]] = (),
        max_crawl_delay_s: float = 30.0,
        tolerance_s: float = TOLERANCE_S,
        kinds: Iterable[str] = tuple(BREACHES),
    ) -> None:
        self._delay_s = delay_s
        self._host_delays = {name.lower(): least_s for name, least_s in sorted(host_delays)}
        self._limits = (max_crawl_delay_s, tolerance_s)
        self._kinds = frozenset(kinds)
        if unknown := self._kinds - BREACHES.keys():
            raise ValueError(f"no such breach: {', '.join(sorted(unknown))}: choose from {', '.join(BREACHES)}")
        self._names: set[str] = set()
        self._host = _Host("", 0.0, *self._limits)
        self.gap_s: float | None = None

    def check(self, sent: LoggedRequest) -> list[Breach]:
        """Return the breaches of one request."""
        if sent.host != self._host.name:
            self._host = _Host(sent.host, self._least(sent.host), *self._limits)
        self.gap_s = None if self._host.ended is None else sent.started - self._host.ended
        at = datetime.fromtimestamp(sent.started, UTC)
        found = [
            Breach(kind, sent.host, sent.url, at, message, sent.run_id)
            for kind, message in (*self._of_name(sent), *self._host.judge(sent))
            if kind in self._kinds
        ]
        self._host.note(sent)
        return found

    def _least(self, host: str) -> float:
        bare = host if host.endswith("]") else host.rpartition(":")[0] or host
        fitting = [
            name for name in self._host_delays for whole in (host, bare) if whole == name or whole.endswith(f".{name}")
        ]
        return self._host_delays[max(fitting, key=len)] if fitting else self._delay_s

    def _of_name(self, sent: LoggedRequest) -> Iterator[tuple[str, str]]:
        name = sent.user_agent.strip()
        if name not in self._names and (not name or _BROWSER.match(name)):
            self._names.add(name)  # reported once
            yield "name", f"User-Agent is {name!r}: a publisher cannot recognise or contact us by it"


class _Host:
    """The requests that one host was sent so far."""

    def __init__(self, name: str, least_s: float, max_crawl_delay_s: float, tolerance_s: float) -> None:
        self.name = name
        self.ended: float | None = None
        self._least_s = least_s
        self._max_crawl_delay_s = max_crawl_delay_s
        self._tolerance_s = tolerance_s
        self._crawl_delay_s = 0.0
        self._patience_until = 0.0
        self._robots: dict[str, LoggedRequest] = {}
        self._recent: deque[tuple[float, str]] = deque()
        self._asked: Counter[str] = Counter()

    def judge(self, sent: LoggedRequest) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a request, given those before it."""
        if logged_host_of(sent.url) != self.name.lower():
            yield "host", f"the log has {self.name}, its address has {logged_host_of(sent.url)}"
        if self.ended is not None:
            yield from self._of_pause(sent, sent.started - self.ended)
        early_s = self._patience_until - sent.started
        if early_s > self._tolerance_s:
            yield "patience", f"requested {early_s:.2f} s before its Retry-After had passed"
        if sent.purpose != "robots" and (why := self._of_robots(sent)):
            yield "robots", why
        while self._recent and self._recent[0][0] < sent.started - AGAIN_S:
            url = self._recent.popleft()[1]
            self._asked[url] -= 1
            if not self._asked[url]:
                del self._asked[url]
        if self._asked[sent.url] > AGAIN:
            yield "repeat", f"requested {self._asked[sent.url] + 1} times within {AGAIN_S:.0f} s"

    def _of_pause(self, sent: LoggedRequest, gap_s: float) -> Iterator[tuple[str, str]]:
        crawl_s = min(max(self._crawl_delay_s, sent.crawl_delay_s or 0.0), self._max_crawl_delay_s)
        wanted_s, why = max(
            (self._least_s, "the least pause"), (crawl_s, "its Crawl-delay"), (sent.delay_s, "its delay")
        )
        if gap_s < -self._tolerance_s:
            yield "overlap", f"began {-gap_s:.3f} s before the end of another"
        elif gap_s < wanted_s - self._tolerance_s:
            yield "pause", f"{max(gap_s, 0.0):.3f} s after the last one, {why} is {wanted_s:.3f} s"

    def _of_robots(self, sent: LoggedRequest) -> str | None:
        if sent.robots == "ignored":
            return None
        if sent.robots not in ("allowed", "absent"):
            return "robots.txt was not checked"
        answer = self._robots.get(_origin(split_url(sent.url)))
        if answer is None:
            return "robots.txt was not read before"
        age_s = sent.started - answer.ended
        if age_s > ROBOTS_S:
            return f"robots.txt was last read {age_s / 3600:.1f} h before"
        if not _is_answer(answer):
            outcome = "no response" if answer.status is None else f"status {answer.status}"
            return f"robots.txt gave {outcome}{f', {answer.code}' if answer.code else ''}: everything is forbidden"
        return None

    def note(self, sent: LoggedRequest) -> None:
        """Add a request to those of its host."""
        self.ended = max(sent.ended, self.ended or 0.0)
        if sent.retry_after_s is not None and sent.status in (429, 503):
            self._patience_until = max(self._patience_until, sent.ended + sent.retry_after_s)
        if sent.purpose == "robots":
            parts = split_url(sent.url)
            if parts.path == "/robots.txt":
                self._robots[_origin(parts)] = sent
                self._crawl_delay_s = 0.0  # the next rows have the current one
        elif sent.crawl_delay_s is not None:
            self._crawl_delay_s = sent.crawl_delay_s
        self._recent.append((sent.started, sent.url))
        self._asked[sent.url] += 1


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_answer(robots: LoggedRequest) -> bool:
    """Return whether a response to robots.txt counts: rules, a redirect, or that there are none (RFC 9309, 2.3.1)."""
    status = robots.status
    if status is None or status == 429 or status >= 500:
        return False
    return status >= 300 or robots.code is None
