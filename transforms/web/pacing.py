"""What a host did so far goes in; when it may be asked again comes out.

One request at a time to each host, a pause after each, longer for a slow host, and none at all for one
that asks for patience or fails again and again. Hosts are kept apart by :func:`host_key`, and what is known
of them is in a :class:`~transforms.web.book.HostBook`, for all stages, threads and processes that share it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from schemas.trouble import Trouble
from transforms.web.book import HostBook, Pace, open_book, rebase
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.status import Busy

__all__ = ["REST_S", "UNREACHED", "Pacer", "decide_pause", "decide_wait", "host_key", "learn"]

UNREACHED = frozenset({"fetch.dns", "fetch.connect", "fetch.tls", "fetch.timeout", "fetch.private_address"})
_CLOSING = UNREACHED | {"fetch.bot_wall"}  # who walls us off again and again is left alone, too
"""Codes that say more of the host than of the page."""

REST_S = 600.0
"""How long a host that failed too often is left alone, seconds."""


def decide_pause(pace: Pace, policy: FetchPolicy) -> float:
    """Seconds between the end of a request and the start of the next.

    The largest of the delay configured for the host, the Crawl-delay of its robots.txt and the average time of
    its answers; the last two up to ``max_crawl_delay_s``. Doubled for each 429 or 503 in a row that says nothing
    of when to come back, at least one second then.

    >>> decide_pause(Pace(latency_s=3.0, crawl_delays={"https://example.org": 99.0}), FetchPolicy())
    30.0
    """
    slow = min(max(pace.latency_s, pace.crawl_delay_s or 0.0), policy.max_crawl_delay_s)
    pause = max(policy.delay_of(pace.host), slow)
    if pace.refusals:
        pause = max(pause, 1.0) * 2.0 ** min(pace.refusals, 5)
    return pause


def decide_wait(pace: Pace, policy: FetchPolicy, now: float) -> float:
    """Seconds to wait from ``now`` before the host is asked again.

    >>> decide_wait(Pace(asked_last=10.0), FetchPolicy(delay_s=2.0), 10.5)
    1.5
    """
    due = pace.not_before
    if pace.asked_last is not None:
        due = max(due, min(pace.asked_last, now) + decide_pause(pace, policy))
    return max(0.0, due - now)


def learn(pace: Pace, policy: FetchPolicy, *, started: float, ended: float, trouble: Trouble | None) -> None:
    """Note how a request went: this is where a host gets closed.

    The latency is a moving average, the last answer counting for half; a failed request can only raise it, since
    errors come fast, and one without an answer leaves it alone. A Retry-After up to ``max_retry_after_s`` is
    waited for. A longer one closes the host for that time, and ``max_failures`` failures in a row close it for
    REST_S; then every address leaves with the same code.
    """
    pace.asked_last = pace.noted_at = ended
    is_busy = isinstance(trouble, Busy)
    if trouble is None or (trouble.code not in _CLOSING and not is_busy):
        took_s = max(0.0, ended - started)
        average = (pace.latency_s + took_s) / 2 if pace.latency_s else took_s
        pace.latency_s = average if trouble is None else max(average, pace.latency_s)
        pace.failures = pace.refusals = 0
        return
    pace.failures += 1
    if isinstance(trouble, Busy):
        patience = trouble.retry_after_s
        pace.refusals += patience is None
        if patience is not None and patience > policy.max_retry_after_s:
            pace.close(trouble, ended + patience)
            return
        pace.not_before = ended + (patience or 0.0)
    if pace.failures >= policy.max_failures or trouble.code in ("fetch.dns", "fetch.private_address"):
        pace.close(trouble, ended + REST_S)


class Pacer:
    """Gives each host its turns.

    Shared by the threads of one worker, and with a book in a directory by all processes that name it.

    Args:
        policy: delays and limits.
        book: what is known of each host; by default the one that the environment names, else an own one.
        clock: wall clock, seconds.
        sleep: waits that many seconds; may raise to stop.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        book: HostBook | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._policy = policy
        self._book = book or open_book()
        self._is_given = book is not None
        self._clock = clock
        self._sleep = sleep
        self._asking: dict[str, Pace] = {}
        self._rules: dict[str, dict[str, float]] = {}  # Crawl-delays that the book does not know yet
        self._lock = threading.Lock()

    @property
    def book(self) -> HostBook:
        """What is known of each host: what was given, or what the environment names now."""
        if not self._is_given:
            with self._lock:
                self._book = open_book(self._book)
        return self._book

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

    def _look(self, url: str) -> Pace:
        host = _key(url)
        pace = self._asking.get(host)
        if pace is None:
            pace = self.book.pace(host)
            self._add_rules(pace, keep=True)
        return pace

    def _add_rules(self, pace: Pace, *, keep: bool = False) -> None:
        with self._lock:
            found = dict(self._rules.get(pace.host, {})) if keep else self._rules.pop(pace.host, {})
        for origin, seconds in found.items():
            pace.crawl_delays.pop(origin, None)
            if seconds > 0:
                pace.crawl_delays[origin] = seconds

    def check_open(self, url: str) -> None:
        """Pass if the host of ``url`` may be asked at all.

        Raises:
            Trouble: the host is left alone; with the code, and status, of what it did.
        """
        host, now = _key(url), self._clock()
        pace = self.book.pace(host)
        if now < pace.closed_until and rebase(pace, now):
            with self.book.hold_pace(host) as held:
                pace = held.note or pace
                if rebase(pace, now):
                    held.save(pace)
        self._check(pace, url, now)

    def _check(self, pace: Pace, url: str, now: float) -> None:
        why = pace.closed_by
        if why is None or now >= pace.closed_until:
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
        with self.book.hold_pace(host) as held:
            pace = held.note or Pace(host=host)
            now = self._clock()
            rebase(pace, now)
            self._check(pace, url, now)
            self._add_rules(pace)
            wait = decide_wait(pace, self._policy, now)
            if wait > 0:
                self._sleep(wait)
            started, trouble = self._clock(), None
            pace.asked_last = pace.noted_at = started  # before it is sent: a process that is killed has asked
            held.save(pace)
            self._asking[host] = pace
            try:
                yield
            except Trouble as why:
                trouble = why
                raise
            finally:
                del self._asking[host]
                learn(pace, self._policy, started=started, ended=self._clock(), trouble=trouble)
                held.save(pace)


_host = lru_cache(maxsize=4096)(host_key)


def _key(url: str) -> str:
    try:
        return _host(url if url.count("/") < 3 else "/".join(url.split("/", 3)[:3]))
    except ValueError as error:
        raise Trouble("fetch.bad_url", f"not an absolute http(s) address: {url[:200]!r}") from error
