"""Breaches of the rules of politeness, found in the log of servers.

The checker uses no code of newsmill, so that an error there does not hide a breach. Rules: RFC 9309 (robots.txt), RFC
9110 (Retry-After, User-Agent), one request and one connection to a host at a time, and the promised pause between the
end of a request and the start of the next.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from protego import Protego

HONEST_AGENT = r"newsmill/[0-9][^ ]*( \(\+[^ ]+\))?"
MOST_ROBOTS_TRIES = 3
"""How often robots.txt may be asked for in a run while its server fails; after an answer, once is all."""

_SHUT = "User-agent: *\nDisallow: /"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request as the server saw it.

    Args:
        host: address that was asked.
        path: with query.
        received: instant at which the request was there, monotonic seconds.
        ended: instant at which the last byte of the answer was handed to the kernel, or the connection ended.
        wall_ended: the same by the wall clock, Unix seconds.
        status: None where the connection ended without an answer.
        is_whole: the body was sent to its end.
        retry_after, location: those headers of the answer, verbatim.
        text: body, of answers that are a robots.txt.
        agent: User-Agent.
        is_conditional: it had If-None-Match or If-Modified-Since.
        connection: number of the connection.
        round: number of the run it belongs to.
        purpose: 'robots', 'feed', 'page' or 'other', as the server means the path.
        owner: number of the host whose feed or article it is.
        version: of a feed: how many entries it had had by then. Of a page: number of the entry.
    """

    host: str
    received: float
    ended: float = float("inf")
    wall_ended: float = 0.0
    path: str = "/"
    status: int | None = 200
    is_whole: bool = True
    sent_bytes: int = 0
    retry_after: str | None = None
    location: str | None = None
    text: str | None = None
    agent: str = "newsmill/1"
    is_conditional: bool = False
    connection: int = 0
    round: int = 1
    purpose: str = "page"
    owner: int = 0
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Held:
    """One connection as the server saw it, instants monotonic; still open where ``closed`` is infinite."""

    host: str
    connection: int
    opened: float
    closed: float = float("inf")


@dataclass(frozen=True)
class Breach:
    """One breach of one rule."""

    rule: str
    host: str
    at: float
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.host} at {self.at:.3f}: {self.detail}"


def find_breaches(
    requests: Iterable[Seen],
    connections: Iterable[Held] = (),
    *,
    delay_s: float,
    agent: str = HONEST_AGENT,
    tolerance_s: float = 0.003,
    closing_s: float = 0.1,
) -> list[Breach]:
    """Every breach, by time.

    Args:
        delay_s: least pause between the end of a request and the start of the next at one host.
        agent: what the whole User-Agent must match.
        tolerance_s: by how much a pause may be short; clocks are read in two processes.
        closing_s: how long two connections of a host may overlap, since a server learns late of the end of one.
    """
    by_host: dict[str, list[Seen]] = defaultdict(list)
    for request in requests:
        by_host[request.host].append(request)
    found: list[Breach] = []
    for host, asked in by_host.items():
        asked.sort(key=lambda seen: seen.received)
        rules = _Rules(host)
        found += _check_pauses(asked, rules, delay_s, tolerance_s)
        found += [
            Breach("agent", host, seen.received, f"{seen.path} asked by {seen.agent!r}")
            for seen in asked
            if not re.fullmatch(agent, seen.agent)
        ]
    found += _check_connections(connections, closing_s)
    return sorted(found, key=lambda breach: breach.at)


def _check_pauses(asked: Sequence[Seen], rules: "_Rules", delay_s: float, tolerance_s: float) -> Iterator[Breach]:
    ended, not_before, why = float("-inf"), float("-inf"), ""
    for seen in asked:
        pause = seen.received - ended
        least = max(delay_s, rules.crawl_delay_s)
        if pause < 0:
            yield Breach("overlap", seen.host, seen.received, f"{seen.path} while another was under way")
        elif pause < least - tolerance_s:
            rule = "crawl_delay" if pause >= delay_s - tolerance_s else "pause"
            yield Breach(rule, seen.host, seen.received, f"{seen.path} after {pause:.3f} s, not {least:g} s")
        if seen.received < not_before - tolerance_s:
            short = not_before - seen.received
            yield Breach("retry_after", seen.host, seen.received, f"{seen.path} {short:.3f} s before {why} was over")
        yield from rules.judge(seen)
        ended = max(ended, seen.ended)
        patience = patience_s(seen)
        if patience is not None and seen.ended + patience > not_before:
            not_before, why = seen.ended + patience, f"Retry-After: {seen.retry_after}"


def patience_s(seen: Seen) -> float | None:
    """Seconds from the end of an answer that its Retry-After asks for."""
    if seen.retry_after is None:
        return None
    if seen.retry_after.isdecimal():
        return float(seen.retry_after)
    return parsedate_to_datetime(seen.retry_after).timestamp() - seen.wall_ended


class _Rules:
    """What the robots.txt of a host said, as its requests go by."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._text: str | None = None
        self._why = "before robots.txt"
        self._next: str | None = None  # where a redirect of robots.txt leads
        self._tries: dict[int, int] = defaultdict(int)
        self._answered: set[int] = set()
        self.crawl_delay_s = 0.0

    def judge(self, seen: Seen) -> Iterator[Breach]:
        if seen.path == "/robots.txt":
            self._tries[seen.round] += 1
            if seen.round in self._answered or self._tries[seen.round] > MOST_ROBOTS_TRIES:
                times = self._tries[seen.round]
                yield Breach("robots_again", seen.host, seen.received, f"asked {times} times in run {seen.round}")
            self._learn(seen)
        elif seen.path == self._next:
            self._learn(seen)
        elif self._text is None:
            yield Breach("robots_first", seen.host, seen.received, f"{seen.path} {self._why}")
        elif self._text is _SHUT:
            yield Breach("robots_shut", seen.host, seen.received, f"{seen.path} {self._why}")
        elif not is_allowed(self._text, seen.path):
            yield Breach("robots_path", seen.host, seen.received, f"{seen.path} is disallowed")

    def _learn(self, seen: Seen) -> None:
        self._next = None
        if seen.status is not None and 300 <= seen.status < 400 and seen.location:
            here = f"http://{self._host}{seen.path}"
            self._next = urlsplit(urljoin(here, seen.location)).path
            return
        if seen.status is None or seen.status >= 500 or not seen.is_whole:
            self._text, self._why = _SHUT, f"though robots.txt failed with {seen.status}"
            return
        self._answered.add(seen.round)
        self._text = (seen.text or "") if seen.status < 300 else ""
        self.crawl_delay_s = crawl_delay_s(self._text)


def is_allowed(text: str, path: str, name: str = "newsmill") -> bool:
    r"""Whether two parsers, neither of which is asked through newsmill, both allow a path.

    The standard library's knows no wildcards and takes the first rule that fits, Protego the longest.

    >>> [is_allowed("User-agent: *\nDisallow: /*side/", path) for path in ("/inside/1", "/news/1")]
    [False, True]
    """
    simple = RobotFileParser()
    simple.parse(text.splitlines())
    simple.modified()  # without a date it forbids everything
    url = "http://host.example" + path
    return bool(simple.can_fetch(name, url)) and bool(Protego.parse(text).can_fetch(url, name))


def crawl_delay_s(text: str, name: str = "newsmill") -> float:
    r"""Crawl-delay that a robots.txt asks of us, seconds; 0 for none.

    >>> crawl_delay_s("User-agent: other\nCrawl-delay: 9\n\nUser-agent: *\nCrawl-delay: 2")
    2.0
    """
    return float(Protego.parse(text).crawl_delay(name) or 0.0)


def _check_connections(connections: Iterable[Held], closing_s: float) -> Iterator[Breach]:
    by_host: dict[str, list[Held]] = defaultdict(list)
    for held in connections:
        by_host[held.host].append(held)
    for host, all_held in by_host.items():
        all_held.sort(key=lambda held: held.opened)
        last = all_held[0]
        for held in all_held[1:]:
            both_s = min(last.closed, held.closed) - held.opened
            if both_s > closing_s:
                detail = f"connections {last.connection} and {held.connection} both open for {both_s:.3f} s"
                yield Breach("connections", host, held.opened, detail)
            if held.closed > last.closed:
                last = held
