"""Rate limits for each host.

A host is sent one request at a time, with a pause after each that is longer for a slow host. A host that refuses or
fails again and again is closed for a while. Hosts are distinguished by :func:`host_key`. Their state is in a
:class:`~transforms.web.host_store.HostStore`, for all stages, threads and processes that share it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from schemas.trouble import Trouble
from transforms.web.host_store import HostState, HostStore, open_host_store, rebase
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.status import Busy

__all__ = ["REST_S", "UNREACHED", "RateLimiter", "decide_pause", "decide_wait", "host_key", "learn"]

UNREACHED = frozenset({"fetch.dns", "fetch.connect", "fetch.tls", "fetch.timeout", "fetch.private_address"})
_CLOSING = UNREACHED | {"fetch.bot_wall"}  # a host that answers with bot walls again and again is closed, too
"""Codes that concern the host rather than the page."""

REST_S = 600.0
"""How long a host that failed too often stays closed, seconds."""


def decide_pause(state: HostState, policy: FetchPolicy) -> float:
    """Return the seconds between the end of a request and the start of the next.

    The largest of the delay configured for the host, the Crawl-delay of its robots.txt and the average time of
    its responses; the last two up to ``max_crawl_delay_s``. Doubled for each 429 or 503 in a row without a
    Retry-After, and then at least one second.

    >>> decide_pause(HostState(latency_s=3.0, crawl_delays={"https://example.org": 99.0}), FetchPolicy())
    30.0
    """
    slow = min(max(state.latency_s, state.crawl_delay_s or 0.0), policy.max_crawl_delay_s)
    pause = max(policy.delay_of(state.host), slow)
    if state.refusals:
        pause = max(pause, 1.0) * 2.0 ** min(state.refusals, 5)
    return pause


def decide_wait(state: HostState, policy: FetchPolicy, now: float) -> float:
    """Return the seconds from ``now`` until the host may be sent a request.

    >>> decide_wait(HostState(asked_last=10.0), FetchPolicy(delay_s=2.0), 10.5)
    1.5
    """
    due = state.not_before
    if state.asked_last is not None:
        due = max(due, min(state.asked_last, now) + decide_pause(state, policy))
    return max(0.0, due - now)


def learn(state: HostState, policy: FetchPolicy, *, started: float, ended: float, trouble: Trouble | None) -> None:
    """Record the result of a request in the state of its host, and close the host where that is due.

    The latency is a moving average in which the last response counts for half. A failed request can only raise it,
    since errors are fast; one without a response does not change it. A Retry-After up to ``max_retry_after_s`` is
    waited for. A longer one closes the host for that time, and ``max_failures`` failures in a row close it for
    REST_S. While a host is closed, every address of it fails with the same code.
    """
    state.asked_last = state.noted_at = ended
    is_busy = isinstance(trouble, Busy)
    if trouble is None or (trouble.code not in _CLOSING and not is_busy):
        took_s = max(0.0, ended - started)
        average = (state.latency_s + took_s) / 2 if state.latency_s else took_s
        state.latency_s = average if trouble is None else max(average, state.latency_s)
        state.failures = state.refusals = 0
        return
    state.failures += 1
    if isinstance(trouble, Busy):
        patience = trouble.retry_after_s
        state.refusals += patience is None
        if patience is not None and patience > policy.max_retry_after_s:
            state.close(trouble, ended + patience)
            return
        state.not_before = ended + (patience or 0.0)
    if state.failures >= policy.max_failures or trouble.code in ("fetch.dns", "fetch.private_address"):
        state.close(trouble, ended + REST_S)


class RateLimiter:
    """Gives each host one request at a time, with pauses.

    Shared by the threads of one worker, and with a store in a directory by all processes that use it.

    Args:
        policy: delays and limits.
        store: state of each host; by default in the directory that the environment names, else in memory.
        clock: wall clock, seconds.
        sleep: waits; may raise to stop.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        store: HostStore | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._policy = policy
        self._store = store or open_host_store()
        self._is_given = store is not None
        self._clock = clock
        self._sleep = sleep
        self._asking: dict[str, HostState] = {}
        self._rules: dict[str, dict[str, float]] = {}  # Crawl-delays that are not in the store yet
        self._lock = threading.Lock()

    @property
    def store(self) -> HostStore:
        """The store given, or the one that the environment names now."""
        if not self._is_given:
            with self._lock:
                self._store = open_host_store(self._store)
        return self._store

    def set_crawl_delay(self, origin: str, seconds: float) -> None:
        """Set the Crawl-delay of an origin, 0 for none, from the next turn of its host on."""
        with self._lock:
            self._rules.setdefault(_key(origin), {})[origin] = seconds

    def delay_of(self, url: str) -> float:
        """Return the least pause, seconds, before a request to the host of ``url``.

        Inside a turn it is the pause that was kept before it; Retry-After is not included.
        """
        return decide_pause(self._look(url), self._policy)

    def crawl_delay_of(self, url: str) -> float | None:
        """Return the Crawl-delay of the host of ``url``, seconds; None without one."""
        return self._look(url).crawl_delay_s

    def _look(self, url: str) -> HostState:
        host = _key(url)
        state = self._asking.get(host)
        if state is None:
            state = self.store.state(host)
            self._add_rules(state, keep=True)
        return state

    def _add_rules(self, state: HostState, *, keep: bool = False) -> None:
        with self._lock:
            found = dict(self._rules.get(state.host, {})) if keep else self._rules.pop(state.host, {})
        for origin, seconds in found.items():
            state.crawl_delays.pop(origin, None)
            if seconds > 0:
                state.crawl_delays[origin] = seconds

    def check_open(self, url: str) -> None:
        """Check that the host of ``url`` is not closed.

        Raises:
            Trouble: it is closed; with the code and status of the failure that closed it.
        """
        host, now = _key(url), self._clock()
        state = self.store.state(host)
        if now < state.closed_until and rebase(state, now):
            with self.store.lock_state(host) as held:
                state = held.record or state
                if rebase(state, now):
                    held.save(state)
        self._check(state, url, now)

    def _check(self, state: HostState, url: str, now: float) -> None:
        why = state.closed_by
        if why is None or now >= state.closed_until:
            return
        if why.code == "fetch.private_address" and self._policy.allow_private:
            return  # it was closed by a run without permission for private addresses
        raise Trouble(why.code, f"{url} was not requested, since {why.message}", status=why.status)

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for the turn of the host of ``url``; the request is sent inside.

        Raises:
            Trouble: as :meth:`check_open`, and whatever is raised inside.
        """
        host = _key(url)
        with self.store.lock_state(host) as held:
            state = held.record or HostState(host=host)
            now = self._clock()
            rebase(state, now)
            self._check(state, url, now)
            self._add_rules(state)
            wait = decide_wait(state, self._policy, now)
            if wait > 0:
                self._sleep(wait)
            started, trouble = self._clock(), None
            state.asked_last = state.noted_at = started  # set before it is sent: a killed process may have sent it
            held.save(state)
            self._asking[host] = state
            try:
                yield
            except Trouble as why:
                trouble = why
                raise
            finally:
                del self._asking[host]
                learn(state, self._policy, started=started, ended=self._clock(), trouble=trouble)
                held.save(state)


_host = lru_cache(maxsize=4096)(host_key)


def _key(url: str) -> str:
    try:
        return _host(url if url.count("/") < 3 else "/".join(url.split("/", 3)[:3]))
    except ValueError as error:
        raise Trouble("fetch.bad_url", f"not an absolute http(s) address: {url[:200]!r}") from error
