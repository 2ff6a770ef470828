"""The log of requests goes in; every breach of manners in it comes out.

Nothing here knows how requests are paced: the rules are written down a second time, and checked against
what was sent. Of the log nothing is believed but addresses, times and answers; where it says what was to be
kept (a delay, a Crawl-delay), that can only make a rule stricter.
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
    "overlap": "a request began while another one to the host was under way",
    "pause": "less time lay between two requests to a host than its delay, its Crawl-delay or the least pause",
    "patience": "a host was asked before the Retry-After of a 429 or 503 was over",
    "robots": "a page or feed was asked for without a robots.txt that was read in the day before",
    "repeat": "an address was asked for again more than three times within a minute",
    "name": "the User-Agent is missing, or that of a browser",
    "host": "the log has a request under another host than that of its address",
}
"""What a breach can be."""

TOLERANCE_S = 0.02
"""What times may differ by: instants are noted a little after the first byte, and before the last."""

ROBOTS_S = 86_400.0 + 600.0
"""How old a robots.txt may be (RFC 9309, 2.4), and how long a page that it allowed may wait for its turn, seconds."""

AGAIN, AGAIN_S = 3, 60.0
"""How often an address may be asked for again within so many seconds: retries, and feeds that lie about 304."""

_BROWSER = re.compile(r"(?:Mozilla|Opera)/(?!.*(?:\+https?://|@))|(?:Chrome|Safari|curl|python|Java)\b", re.IGNORECASE)
_COLUMNS = (
    "url", "host", "purpose", "status", "code", "delay_s", "crawl_delay_s", "retry_after_s", "robots", "user_agent",
    "run_id", "bytes_received", "duration_ms", "is_conditional", "is_cached",
)  # fmt: skip
_BATCH_ROWS = 10_000


class Sent(NamedTuple):
    """What counts of one row of the log; instants in seconds since 1970."""

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
    """One breach.

    Attributes:
        kind: one of BREACHES.
        host: as the log names it.
        url: what was asked for.
        started_at: UTC instant at which it was.
        message: what was wrong, with figures.
        run_id: run that asked.
    """

    kind: str
    host: str
    url: str
    started_at: datetime
    message: str
    run_id: str


Requests: TypeAlias = Iterable[Request] | pa.Table | ds.Dataset
"""Rows of fetch_log, of any number of runs, in any order."""


def in_order(requests: Requests) -> Iterator[Sent]:
    """Rows of the log by host, and by time within it; sorted on disk where there are many."""
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
                yield Sent(*row)


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
    """Every breach of manners, by host and time. Memory is bounded by what one host was asked for in a minute.

    Args:
        requests: rows of fetch_log; with ``since``, those of the day before it, too.
        delay_s: least pause between two requests to a host, seconds.
        host_delays: another least pause for these hosts and their subdomains.
        max_crawl_delay_s: a longer Crawl-delay counts as this, seconds.
        tolerance_s: what times may differ by, seconds.
        since: breaches of earlier requests are not told.
        kinds: of BREACHES, what is looked for.
    """
    first = since.timestamp() if since else 0.0
    checker = PolitenessChecker(
        delay_s=delay_s,
        host_delays=host_delays,
        max_crawl_delay_s=max_crawl_delay_s,
        tolerance_s=tolerance_s,
        kinds=kinds,
    )
    for sent in in_order(requests):
        for breach in checker.check(sent):
            if sent.started >= first:
                yield breach


def logged_host_of(url: str) -> str:
    """Host and unusual port of an address.

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
    """Takes the rows of :func:`in_order` one by one and tells what was wrong with each.

    Args:
        As :func:`find_breaches` has them.

    Attributes:
        gap_s: time between the last row and the end of what was sent to its host before; None for the first.

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

    def check(self, sent: Sent) -> list[Breach]:
        """The breaches of one request."""
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

    def _of_name(self, sent: Sent) -> Iterator[tuple[str, str]]:
        name = sent.user_agent.strip()
        if name not in self._names and (not name or _BROWSER.match(name)):
            self._names.add(name)  # told once
            yield "name", f"User-Agent is {name!r}: no name by which we can be told and spoken to"


class _Host:
    """What one host was asked for so far."""

    def __init__(self, name: str, least_s: float, max_crawl_delay_s: float, tolerance_s: float) -> None:
        self.name = name
        self.ended: float | None = None
        self._least_s = least_s
        self._max_crawl_delay_s = max_crawl_delay_s
        self._tolerance_s = tolerance_s
        self._crawl_delay_s = 0.0
        self._patience_until = 0.0
        self._robots: dict[str, Sent] = {}
        self._recent: deque[tuple[float, str]] = deque()
        self._asked: Counter[str] = Counter()

    def judge(self, sent: Sent) -> Iterator[tuple[str, str]]:
        """What is wrong with a request, given those before it."""
        if logged_host_of(sent.url) != self.name.lower():
            yield "host", f"the log says {self.name}, its address says {logged_host_of(sent.url)}"
        if self.ended is not None:
            yield from self._of_pause(sent, sent.started - self.ended)
        early_s = self._patience_until - sent.started
        if early_s > self._tolerance_s:
            yield "patience", f"asked {early_s:.2f} s before its Retry-After was over"
        if sent.purpose != "robots" and (why := self._of_robots(sent)):
            yield "robots", why
        while self._recent and self._recent[0][0] < sent.started - AGAIN_S:
            url = self._recent.popleft()[1]
            self._asked[url] -= 1
            if not self._asked[url]:
                del self._asked[url]
        if self._asked[sent.url] > AGAIN:
            yield "repeat", f"asked for {self._asked[sent.url] + 1} times within {AGAIN_S:.0f} s"

    def _of_pause(self, sent: Sent, gap_s: float) -> Iterator[tuple[str, str]]:
        crawl_s = min(max(self._crawl_delay_s, sent.crawl_delay_s or 0.0), self._max_crawl_delay_s)
        wanted_s, why = max(
            (self._least_s, "the least pause"), (crawl_s, "its Crawl-delay"), (sent.delay_s, "its delay")
        )
        if gap_s < -self._tolerance_s:
            yield "overlap", f"began {-gap_s:.3f} s before the end of another"
        elif gap_s < wanted_s - self._tolerance_s:
            yield "pause", f"{max(gap_s, 0.0):.3f} s after the last one, {why} is {wanted_s:.3f} s"

    def _of_robots(self, sent: Sent) -> str | None:
        if sent.robots == "ignored":
            return None
        if sent.robots not in ("allowed", "absent"):
            return "nobody looked at robots.txt"
        answer = self._robots.get(_origin(split_url(sent.url)))
        if answer is None:
            return "robots.txt was not read before"
        age_s = sent.started - answer.ended
        if age_s > ROBOTS_S:
            return f"robots.txt was last read {age_s / 3600:.1f} h before"
        if not _is_answer(answer):
            said = "no answer" if answer.status is None else f"status {answer.status}"
            return f"robots.txt gave {said}{f', {answer.code}' if answer.code else ''}: all is forbidden"
        return None

    def note(self, sent: Sent) -> None:
        """Remember a request."""
        self.ended = max(sent.ended, self.ended or 0.0)
        if sent.retry_after_s is not None and sent.status in (429, 503):
            self._patience_until = max(self._patience_until, sent.ended + sent.retry_after_s)
        if sent.purpose == "robots":
            parts = split_url(sent.url)
            if parts.path == "/robots.txt":
                self._robots[_origin(parts)] = sent
                self._crawl_delay_s = 0.0  # the next rows say what it has now
        elif sent.crawl_delay_s is not None:
            self._crawl_delay_s = sent.crawl_delay_s
        self._recent.append((sent.started, sent.url))
        self._asked[sent.url] += 1


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_answer(robots: Sent) -> bool:
    """Whether a robots.txt says anything: rules, a redirect to them, or that there are none (RFC 9309, 2.3.1)."""
    status = robots.status
    if status is None or status == 429 or status >= 500:
        return False
    return status >= 300 or robots.code is None
