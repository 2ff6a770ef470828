"""robots.txt of each host, cached and obeyed (RFC 9309)."""

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
from transforms.web.accept import ANY
from transforms.web.client import HttpClient
from transforms.web.host_store import CachedRobots, encodable
from transforms.web.policy import FetchPolicy
from transforms.web.rate_limiter import UNREACHED, RateLimiter
from transforms.web.retries import try_again
from transforms.web.status import Busy

ROBOTS_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""

_ROBOTS_TXT = ANY._replace(max_bytes=ROBOTS_BYTES, is_cut=True, max_redirects=5, follow_refresh=False)
"""With more redirects it counts as absent (RFC 9309, 2.3.1.2)."""

SHORTEST_S, LONGEST_S = 3600.0, 86_400.0
"""Shortest and longest time for which a robots.txt is used, seconds; the latter by RFC 9309, 2.4."""

RETRY_S = 600.0
"""How long a robots.txt that could not be read forbids everything, seconds, unless Retry-After is longer."""

_MAX_CACHED = 1000  # origins whose parsed rules stay in memory
_AGENT = re.compile(r"\s*user[ -]?agent\s*:?\s*(.*)", re.IGNORECASE)


class Rules:
    """The rules of one robots.txt that apply to one product token.

    Args:
        text: its content, from any server.
        name: the product token, lower case.
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._rules = Protego.parse(only_ours(text, name))
        self.crawl_delay_s: float = self._rules.crawl_delay(name) or 0.0

    def allows(self, url: str) -> bool:
        """Return whether ``url`` may be requested."""
        return bool(self._rules.can_fetch(url, self._name))


def only_ours(text: str, name: str) -> str:
    r"""Give all agents of a robots.txt that are not ``name`` one common name.

    The groups stay as they are. The parser takes memory for agents times rules: gigabytes for a hostile file.

    >>> only_ours("User-agent: Somebot\nUser-agent: *\nDisallow: /a", "newsmill").splitlines()
    ['User-agent: other', 'User-agent: *', 'Disallow: /a']
    """
    lines = []
    for line in text.splitlines():
        agent = _AGENT.match(line.partition("#")[0])
        if agent is None:
            lines.append(line)
            continue
        agent_name = agent[1].strip().lower()
        agent_name = agent_name if agent_name == "*" else agent_name.replace("*", "")
        is_ours = agent_name == "*" or (agent_name != "" and agent_name in name)
        lines.append(f"User-agent: {agent_name if is_ours else 'other'}")
    return "\n".join(lines)


def lifetime_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long a robots.txt may be used, seconds: its freshness, within SHORTEST_S and LONGEST_S.

    LONGEST_S where the server does not say (RFC 9309, 2.4).

    Args:
        headers: names in lower case.
        now: UTC instant of the response.

    >>> lifetime_s({"cache-control": "public, max-age=7200"}, datetime(2030, 1, 1, tzinfo=UTC))
    7200.0
    """
    fresh_s = freshness_s(headers, now)
    return LONGEST_S if fresh_s is None else min(max(fresh_s, SHORTEST_S), LONGEST_S)


class _Known(NamedTuple):
    cached: CachedRobots
    rules: Rules | None


class Robots:
    """The robots.txt of every host, each read once while it is fresh.

    If it is absent (status 4xx, too many redirects), everything is allowed. If the server fails, sends an invalid
    response or refuses (429 means the same as 503), everything is forbidden with code fetch.robots for RETRY_S or its
    Retry-After; an earlier good copy is not used then (RFC 9309, 2.3.1.4). If the host cannot be reached, pages
    fail with the code of that, as they would themselves. Stored in the host store of the limiter, so that one thread of
    one process requests it for all. Safe for use by many threads.

    Args:
        client: sends the requests.
        limiter: gives the turns, and is given each Crawl-delay.
        policy: ``respect_robots`` False allows everything and sends no request.
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
        """Check whether ``url`` may be requested.

        Returns:
            'allowed' by the rules, 'absent' where there are none, or 'ignored' by the policy.

        Raises:
            Trouble: fetch.robots, or the code for a host that cannot be reached.
        """
        if not self._policy.respect_robots:
            return "ignored"
        parts = split_url(url)
        cached, rules = self._look_up(f"{parts.scheme}://{parts.netloc}")
        why = cached.trouble
        if why is not None:
            raise Trouble(why.code, f"{url} was not requested, since {why.message}", status=why.status)
        if rules is not None and not rules.allows(url):
            raise Trouble("fetch.robots", f"robots.txt does not allow {url} to {self._policy.robots_name}")
        return "allowed" if cached.is_there else "absent"

    def _look_up(self, origin: str) -> _Known:
        store = self._limiter.store
        with self._lock:
            if store is not self._store:  # of another run, whose log is to list its own requests
                self._store = store
                self._known.clear()
            known = self._known.get(origin)
            if known is not None and self._is_usable(known.cached):
                self._known.move_to_end(origin)
                return known
        cached = store.robots(origin)
        if cached is None or not self._is_usable(cached):
            with store.lock_robots(origin) as held:
                cached = held.record
                if cached is None or not self._is_usable(cached):
                    cached = self._ask(origin)
                    held.save(cached)
        known = _Known(cached, Rules(cached.text, self._policy.robots_name) if cached.text else None)
        if cached.code is None:
            self._limiter.set_crawl_delay(origin, known.rules.crawl_delay_s if known.rules else 0.0)
        with self._lock:
            self._known[origin] = known
            if len(self._known) > _MAX_CACHED:
                self._known.popitem(last=False)
        return known

    def _is_usable(self, cached: CachedRobots) -> bool:
        is_for_others = cached.code == "fetch.private_address" and self._policy.allow_private
        return cached.is_fresh(self._clock()) and not is_for_others

    def _ask(self, origin: str) -> CachedRobots:
        """Request a robots.txt.

        Raises:
            Trouble: the host is closed, so that no request was sent.
        """
        request_count = 0

        @contextmanager
        def turn(url: str) -> Iterator[None]:
            nonlocal request_count
            with self._limiter.turn(url):
                request_count += 1
                yield

        get = partial(
            self._client.get,
            f"{origin}/robots.txt",
            accept=_ROBOTS_TXT,
            turn=turn,
        )
        try:
            with self._client.log.purpose("robots"):
                page = try_again(get, max_retry_after_s=self._policy.max_retry_after_s)
        except Trouble as why:
            if not request_count:
                raise
            return self._failed(origin, why)
        now = self._clock()
        lifetime = lifetime_s(dict(page.response.headers), datetime.fromtimestamp(now, UTC))
        text = page.body.decode("utf-8-sig", "replace")
        return CachedRobots(origin=origin, fetched_at=now, expires_at=now + lifetime, text=text)

    def _failed(self, origin: str, why: Trouble) -> CachedRobots:
        now, status = self._clock(), why.status
        is_absent = status is not None and 400 <= status < 500 and status != 429
        if why.code == "fetch.too_many_redirects" or is_absent:
            return CachedRobots(origin=origin, fetched_at=now, expires_at=now + LONGEST_S, is_there=False)
        patience = why.retry_after_s if isinstance(why, Busy) else None
        lifetime = RETRY_S
        if patience is not None and patience > self._policy.max_retry_after_s:
            lifetime = min(patience, LONGEST_S)
        is_unreached = why.code in UNREACHED
        message = why.message if is_unreached else f"robots.txt cannot be read ({why.message})"
        return CachedRobots(
            origin=origin,
            fetched_at=now,
            expires_at=now + lifetime,
            code=why.code if is_unreached else "fetch.robots",
            message=encodable(message),
            status=status,
        )
