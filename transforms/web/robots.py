"""An address goes in; whether robots.txt of its host lets us ask for it comes out (RFC 9309)."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from protego import Protego

from schemas.trouble import Trouble
from transforms.http.freshness import freshness_s
from transforms.urls import split_url
from transforms.web.client import HttpClient
from transforms.web.host_store import CachedRobots, encodable
from transforms.web.policy import FetchPolicy
from transforms.web.rate_limiter import UNREACHED, RateLimiter
from transforms.web.retries import try_again
from transforms.web.status import Busy

ROBOTS_BYTES = 500 * 1024
"""How much of a robots.txt is read (RFC 9309, 2.5)."""

ROBOTS_REDIRECTS = 5
"""Redirects followed from a robots.txt; more count as "not there" (RFC 9309, 2.3.1.2)."""

SHORTEST_S, LONGEST_S = 3600.0, 86_400.0
"""How long a robots.txt is used at least and at most, seconds; the latter by RFC 9309, 2.4."""

RETRY_S = 600.0
"""How long one that could not be read forbids everything, seconds, unless its server asks for longer."""

_KEPT = 1000  # hosts whose rules stay in memory
_AGENT = re.compile(r"\s*user[ -]?agent\s*:?\s*(.*)", re.IGNORECASE)


class Rules:
    """What the robots.txt of one host says to us.

    Args:
        text: its content, from any server.
        name: our product token, lower case.
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._rules = Protego.parse(only_ours(text, name))
        self.crawl_delay_s: float = self._rules.crawl_delay(name) or 0.0

    def allows(self, url: str) -> bool:
        """True if ``url`` may be asked for."""
        return bool(self._rules.can_fetch(url, self._name))


def only_ours(text: str, name: str) -> str:
    r"""A robots.txt in which all agents that are not us share one name.

    The groups stay as they are. Parsing costs agents times rules, which a hostile file drives into gigabytes.

    >>> only_ours("User-agent: Somebot\nUser-agent: *\nDisallow: /a", "newsmill").splitlines()
    ['User-agent: other', 'User-agent: *', 'Disallow: /a']
    """
    lines = []
    for line in text.splitlines():
        agent = _AGENT.match(line.partition("#")[0])
        if agent is None:
            lines.append(line)
            continue
        said = agent[1].strip().lower()
        said = said if said == "*" else said.replace("*", "")
        lines.append(f"User-agent: {said if said and (said == '*' or said in name) else 'other'}")
    return "\n".join(lines)


def lifetime_s(headers: Mapping[str, str], now: datetime) -> float:
    """How long a robots.txt may be used, seconds: what its server says, within SHORTEST_S and LONGEST_S.

    ``max-age`` less Age, else Expires less Date; LONGEST_S where neither is said (RFC 9111, 4.2; RFC 9309, 2.4).

    Args:
        headers: names in lower case.
        now: UTC instant, for a server without Date.

    >>> lifetime_s({"cache-control": "public, max-age=7200"}, datetime(2030, 1, 1, tzinfo=UTC))
    7200.0
    """
    fresh_s = freshness_s(headers, now)
    return LONGEST_S if fresh_s is None else min(max(fresh_s, SHORTEST_S), LONGEST_S)


class _Known(NamedTuple):
    cached: CachedRobots
    rules: Rules | None


class Robots:
    """The robots.txt of every host that is asked, each read once while it is fresh.

    Not there (status 4xx, too many redirects): everything is allowed. The server fails, talks rubbish or has
    had enough (429, as it says the same as 503): nothing is, fetch.robots, for RETRY_S or its Retry-After; a
    copy that was good is not used then (RFC 9309, 2.3.1.4). The host cannot be reached at all: the code of that,
    since pages would fail in the same way. Kept in the limiter's store, so that one thread of one process asks for
    all. Safe for use by many threads.

    Args:
        client: what robots.txt is asked with.
        limiter: whose turns are taken, and who learns of Crawl-delay.
        policy: ``respect_robots`` False allows everything, and asks nothing.
        clock: wall clock, seconds.
    """

    def __init__(
        self, client: HttpClient, limiter: RateLimiter, policy: FetchPolicy, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._limiter = limiter
        self._policy = policy
        self._clock = clock
        self._store = limiter.store
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, url: str) -> str:
        """Pass if ``url`` may be asked for.

        Returns:
            'allowed' by the rules, 'absent' where there are none, or 'ignored' where nobody looks.

        Raises:
            Trouble: fetch.robots, or why the host cannot be reached.
        """
        if not self._policy.respect_robots:
            return "ignored"
        parts = split_url(url)
        cached, rules = self._look_up(f"{parts.scheme}://{parts.netloc}")
        why = cached.trouble
        if why is not None:
            raise Trouble(why.code, f"{url} was not asked, since {why.message}", status=why.status)
        if rules is not None and not rules.allows(url):
            raise Trouble("fetch.robots", f"robots.txt does not allow {url} to {self._policy.robots_name}")
        return "allowed" if cached.is_there else "absent"

    def _look_up(self, origin: str) -> _Known:
        store = self._limiter.store
        with self._lock:
            if store is not self._store:  # another run, whose log is to say that it looked
                self._store = store
                self._known.clear()
            known = self._known.get(origin)
            if known is not None and self._is_of_use(known.cached):
                self._known.move_to_end(origin)
                return known
        cached = store.robots(origin)
        if cached is None or not self._is_of_use(cached):
            with store.lock_robots(origin) as held:
                cached = held.record
                if cached is None or not self._is_of_use(cached):
                    cached = self._ask(origin)
                    held.save(cached)
        known = _Known(cached, Rules(cached.text, self._policy.robots_name) if cached.text else None)
        if cached.code is None:
            self._limiter.set_crawl_delay(origin, known.rules.crawl_delay_s if known.rules else 0.0)
        with self._lock:
            self._known[origin] = known
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known

    def _is_of_use(self, cached: CachedRobots) -> bool:
        is_for_others = cached.code == "fetch.private_address" and self._policy.allow_private
        return cached.is_fresh(self._clock()) and not is_for_others

    def _ask(self, origin: str) -> CachedRobots:
        """Ask for a robots.txt; again, up to twice, when the server asks for a patience we have.

        Raises:
            Trouble: the host is left alone, so that nobody was asked.
        """
        asked = 0

        @contextmanager
        def turn(url: str) -> Iterator[None]:
            nonlocal asked
            with self._limiter.turn(url):
                asked += 1
                yield

        get = partial(
            self._client.get,
            f"{origin}/robots.txt",
            max_bytes=ROBOTS_BYTES,
            max_redirects=ROBOTS_REDIRECTS,
            accept="any",
            cut=True,
            follow_refresh=False,
            turn=turn,
        )
        try:
            with self._client.log.purpose("robots"):
                page = try_again(get, max_retry_after_s=self._policy.max_retry_after_s)
        except Trouble as why:
            if not asked:
                raise
            return self._failed(origin, why)
        now = self._clock()
        lasts = lifetime_s(dict(page.response.headers), datetime.fromtimestamp(now, UTC))
        text = page.body.decode("utf-8-sig", "replace")
        return CachedRobots(origin=origin, fetched_at=now, expires_at=now + lasts, text=text)

    def _failed(self, origin: str, why: Trouble) -> CachedRobots:
        now, status = self._clock(), why.status
        is_absent = status is not None and 400 <= status < 500 and status != 429
        if why.code == "fetch.too_many_redirects" or is_absent:
            return CachedRobots(origin=origin, fetched_at=now, expires_at=now + LONGEST_S, is_there=False)
        patience = why.retry_after_s if isinstance(why, Busy) else None
        lasts = RETRY_S
        if patience is not None and patience > self._policy.max_retry_after_s:
            lasts = min(patience, LONGEST_S)
        is_unreached = why.code in UNREACHED
        message = why.message if is_unreached else f"robots.txt cannot be read ({why.message})"
        return CachedRobots(
            origin=origin,
            fetched_at=now,
            expires_at=now + lasts,
            code=why.code if is_unreached else "fetch.robots",
            message=encodable(message),
            status=status,
        )
