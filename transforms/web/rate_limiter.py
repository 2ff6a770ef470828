"""What a host did so far goes in; when it may be asked again comes out.

One request at a time to each host, a pause after each, longer for a slow host, and none at all for one
that asks for patience or fails again and again. Hosts are kept apart by :func:`host_key`, and what is known
of them is in a :class:`~transforms.web.host_store.HostStore`, for all stages, threads and processes that share it.
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
_CLOSING = UNREACHED | {"fetch.bot_wall"}  # who walls us off again and again is left alone, too
"""Codes that say more of the host than of the page."""

REST_S = 600.0
"""How long a host that failed too often is left alone, seconds."""


def decide_pause(state: HostState, policy: FetchPolicy) -> float:
    """Seconds between the end of a request and the start of the next.

    The largest of the delay configured for the host, the Crawl-delay of its robots.txt and the average time of
    its answers; the last two up to ``max_crawl_delay_s``. Doubled for each 429 or 503 in a row that says nothing
    of when to come back, at least one second then.

    >>> decide_pause(HostState(latency_s=3.0, crawl_delays={"https://example.org": 99.0}), FetchPolicy())
    30.0
    """
    slow = min(max(state.latency_s, state.crawl_delay_s or 0.0), policy.max_crawl_delay_s)
    pause = max(policy.delay_of(state.host), slow)
    if state.refusals:
        pause = max(pause, 1.0) * 2.0 ** min(state.refusals, 5)
    return pause


def decide_wait(state: HostState, policy: FetchPolicy, now: float) -> float:
    """Seconds to wait from ``now`` before the host is asked again.

    >>> decide_wait(HostState(asked_last=10.0), FetchPolicy(delay_s=2.0), 10.5)
    1.5
    """
    due = state.not_before
    if state.asked_last is not None:
        due = max(due, min(state.asked_last, now) + decide_pause(state, policy))
    return max(0.0, due - now)


def learn(state: HostState, policy: FetchPolicy, *, started: float, ended: float, trouble: Trouble | None) -> None:
    """Note how a request went: this is where a host gets closed.

    The latency is a moving average, the last answer counting for half; a failed request can only raise it, since
    errors come fast, and one without an answer leaves it alone. A Retry-After up to ``max_retry_after_s`` is
    waited for. A longer one closes the host for that time, and ``max_failures`` failures in a row close it for
    REST_S; then every address leaves with the same code.
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
    """Gives each host its turns.

    Shared by the threads of one worker, and with a store in a directory by all processes that name it.

    Args:
        policy: delays and limits.
        store: what is known of each host; by default the one that the environment names, else an own one.
        clock: wall clock, seconds.
        sleep: waits that many seconds; may raise to stop.
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
        self._rules: dict[str, dict[str, float]] = {}  # Crawl-delays that the store does not know yet
        self._lock = threading.Lock()

    @property
    def store(self) -> HostStore:
        """What is known of each host: what was given, or what the environment names now."""
        if not self._is_given:
            with self._lock:
                self._store = open_host_store(self._store)
        return self._store

    def set_crawl_delay(self, origin: str, seconds: float) -> None:
        """Note the Crawl-delay of an origin, 0 for none; holds from the next turn of its host on."""
        with self._lock:
            self._rules.setdefault(_key(origin), {})[origin] = seconds

    def delay_of(self, url: str) -> float:
        """Least pause, seconds, that is now required before a request to the host of ``url``.

        Inside a turn that is the one which was kept before it, an end of Retry-After aside.
        """
        return decide_pause(self._look(url), self._policy)

    def crawl_delay_of(self, url: str) -> float | None:
        """Crawl-delay of the host of ``url``, seconds; None where none is known."""
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
        """Pass if the host of ``url`` may be asked at all.

        Raises:
            Trouble: the host is left alone; with the code, and status, of what it did.
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
            return  # it was closed by a run that may not ask it
        raise Trouble(why.code, f"{url} was not asked, since {why.message}", status=why.status)

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for the turn of the host of ``url``; the request is made inside.

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
            state.asked_last = state.noted_at = started  # before it is sent: a process that is killed has asked
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
