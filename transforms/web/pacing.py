"""What a host did so far goes in; when it may be asked again comes out.

One request at a time to each host, a pause after each, longer for a slow host, and none at all for one
that asks for patience or fails again and again. Hosts are kept apart by :func:`host_key`.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from schemas.trouble import Trouble
from transforms.identity import canonical_url
from transforms.web.answers import Busy
from transforms.web.policy import FetchPolicy

UNREACHED = frozenset({"fetch.dns", "fetch.connect", "fetch.tls", "fetch.timeout", "fetch.private_address"})
"""Codes that say more of the host than of the page."""

REST_S = 600.0
"""How long a host that failed too often is left alone, seconds."""


def host_key(url: str) -> str:
    """The host that an address is asked of, with its port if that is unusual; equal for http and https.

    >>> host_key("HTTP://Example.org:80/a"), host_key("https://example.org:8443/a")
    ('example.org', 'example.org:8443')

    Raises:
        ValueError: not an absolute http(s) address.
    """
    return canonical_url(url).split("/", 3)[2]


@dataclass(kw_only=True)
class Pace:
    """What is known of one host; instants by the pacer's clock."""

    asked_last: float | None = None
    latency_s: float = 0.0
    crawl_delay_s: float = 0.0
    not_before: float = 0.0
    failures: int = 0
    refusals: int = 0
    closed_until: float = 0.0
    closed_by: Trouble | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def decide_pause(pace: Pace, policy: FetchPolicy) -> float:
    """Seconds between the end of a request and the start of the next.

    The largest of the configured delay, the Crawl-delay of robots.txt and the time the last answer took;
    the last two up to ``max_crawl_delay_s``. Doubled for each 429 or 503 in a row that says nothing of when to
    come back, at least one second then.

    >>> decide_pause(Pace(latency_s=3.0, crawl_delay_s=99.0), FetchPolicy())
    30.0
    """
    pause = max(policy.delay_s, min(max(pace.latency_s, pace.crawl_delay_s), policy.max_crawl_delay_s))
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
        due = max(due, pace.asked_last + decide_pause(pace, policy))
    return max(0.0, due - now)


def learn(pace: Pace, policy: FetchPolicy, *, started: float, ended: float, trouble: Trouble | None) -> None:
    """Note how a request went: this is where a host gets closed.

    A Retry-After up to ``max_retry_after_s`` is waited for. A longer one closes the host for that time, and
    ``max_failures`` failures in a row close it for REST_S; then every address leaves with the same code.
    """
    pace.asked_last, pace.latency_s = ended, ended - started
    if trouble is None or (trouble.code not in UNREACHED and not isinstance(trouble, Busy)):
        pace.failures = pace.refusals = 0
        return
    pace.failures += 1
    if isinstance(trouble, Busy):
        patience = trouble.retry_after_s
        pace.refusals += patience is None
        if patience is not None and patience > policy.max_retry_after_s:
            pace.closed_by, pace.closed_until = trouble, ended + patience
            return
        pace.not_before = ended + (patience or 0.0)
    else:
        pace.latency_s = 0.0  # how long a failure took says nothing of how busy the host is
    if pace.failures >= policy.max_failures or trouble.code in ("fetch.dns", "fetch.private_address"):
        pace.closed_by, pace.closed_until = trouble, ended + REST_S


class Pacer:
    """Gives each host its turns. Shared by the threads of one worker.

    Args:
        policy: delays and limits.
        clock: seconds, monotonic.
        sleep: waits that many seconds; may raise to stop.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def _pace(self, url: str) -> Pace:
        try:
            key = host_key(url)
        except ValueError as error:
            raise Trouble("fetch.bad_url", f"not an absolute http(s) address: {url[:200]!r}") from error
        with self._lock:
            return self._paces.setdefault(key, Pace())

    def set_crawl_delay(self, url: str, seconds: float) -> None:
        """Note the Crawl-delay of the host of ``url``."""
        self._pace(url).crawl_delay_s = seconds

    def check_open(self, url: str) -> None:
        """Pass if the host of ``url`` may be asked at all.

        Raises:
            Trouble: the host is left alone; with the code, and status, of what it did.
        """
        pace = self._pace(url)
        if pace.closed_by is not None and self._clock() < pace.closed_until:
            why = pace.closed_by
            raise Trouble(why.code, f"{url} was not asked, since {why.message}", status=why.status)

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for the turn of the host of ``url``; the request is made inside.

        Raises:
            Trouble: as :meth:`check_open`, and whatever is raised inside.
        """
        pace = self._pace(url)
        with pace.lock:
            self.check_open(url)
            wait = decide_wait(pace, self._policy, self._clock())
            if wait > 0:
                self._sleep(wait)
            started, trouble = self._clock(), None
            try:
                yield
            except Trouble as why:
                trouble = why
                raise
            finally:
                learn(pace, self._policy, started=started, ended=self._clock(), trouble=trouble)
