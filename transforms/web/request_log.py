"""The log of requests, one for each thread."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from schemas import NEWSMILL_VERSION
from schemas.feeds import PURPOSES, Request
from schemas.trouble import Trouble
from transforms.urls import split_url
from transforms.web.policy import FetchPolicy, host_key

CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})
"""Headers of a conditional request: they ask for a page only if it has changed."""


class Delays(Protocol):
    """The delays that a host requires now."""

    def delay_of(self, url: str) -> float:
        """Return the least pause between two requests to the host of ``url``, seconds."""

    def crawl_delay_of(self, url: str) -> float | None:
        """Return the Crawl-delay of its robots.txt, seconds; None without one."""


class PendingRequest:
    """A request whose response is not complete yet."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.status: int | None = None
        self.code: str | None = None
        self.bytes_received = 0
        self.redirects_to: str | None = None
        self.retry_after_s: float | None = None
        self.ended_at: datetime | None = None
        self.duration_s = 0.0
        self.started_at = now()
        self._began = time.perf_counter()

    def end(self) -> None:
        """Set the time of the end; only the first call counts."""
        if self.ended_at is None:
            self.duration_s = time.perf_counter() - self._began
            self.ended_at = self._now()


class RequestLog(threading.local):
    """Requests of the current thread, from :meth:`start` on, until they are taken.

    Each attempt is one row, also one that failed before a connection was made: see its ``code``. A thread that did not
    call :meth:`start` has an empty log.

    Args:
        policy: has the User-Agent.
        delays: give the delays for each row; None where there are none.
        now: wall clock.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        delays: Delays | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._policy = policy
        self._delays = delays
        self._now = now
        self._rows: list[Request] | None = None
        self._purpose = "page"
        self.robots: str | None = None
        """Verdict of robots.txt for the next request, and for that one alone."""

    def start(self) -> None:
        """Start the log of this thread."""
        self._rows = []

    def take(self) -> list[Request]:
        """Return the rows since the start or the last call, in order."""
        rows = self._rows or []
        if rows:
            self._rows = []
        return rows

    @contextmanager
    def purpose(self, name: str) -> Iterator[None]:
        """Log the requests inside with this purpose: one of PURPOSES."""
        assert name in PURPOSES, name
        before, self._purpose = self._purpose, name
        try:
            yield
        finally:
            self._purpose = before

    @contextmanager
    def sending(self, url: str, headers: Sequence[tuple[str, bytes]]) -> Iterator[PendingRequest]:
        """Log one request, from its start to its end or failure.

        Args:
            headers: sent in addition to the usual ones.
        """
        delay_s, crawl_delay_s = 0.0, None
        if self._rows is not None and self._delays is not None:
            delay_s, crawl_delay_s = self._delays.delay_of(url), self._delays.crawl_delay_of(url)
        sent = PendingRequest(self._now)
        try:
            yield sent
        except BaseException as error:
            sent.code = error.code if isinstance(error, Trouble) else "fetch.crash"
            raise
        finally:
            sent.end()
            if self._rows is not None:
                self._rows.append(self._row(url, headers, sent, delay_s, crawl_delay_s))
            self.robots = None

    def _row(
        self,
        url: str,
        headers: Sequence[tuple[str, bytes]],
        sent: PendingRequest,
        delay_s: float,
        crawl_delay_s: float | None,
    ) -> Request:
        return Request(
            url=url,
            host=_host(url),
            purpose=self._purpose,
            started_at=sent.started_at,
            ended_at=sent.ended_at or sent.started_at,
            duration_ms=sent.duration_s * 1000,
            status=sent.status,
            code=sent.code,
            bytes_received=sent.bytes_received,
            is_conditional=is_conditional(headers),
            is_cached=sent.status == 304 and sent.code is None,
            redirects_to=sent.redirects_to,
            delay_s=delay_s,
            crawl_delay_s=crawl_delay_s,
            retry_after_s=sent.retry_after_s,
            robots=None if self._purpose == "robots" else self.robots,
            user_agent=self._policy.user_agent,
            worker=worker_name(),
            newsmill_version=NEWSMILL_VERSION,
        )


def is_conditional(headers: Sequence[tuple[str, bytes]]) -> bool:
    """Return whether the headers make a request conditional."""
    return any(name.lower() in CONDITIONAL for name, _ in headers)


def worker_name() -> str:
    """Return the name of the machine and the number of the process, as ``machine:number``."""
    return f"{_machine()}:{os.getpid()}"


@cache
def _machine() -> str:
    return socket.gethostname()


def _host(url: str) -> str:
    try:
        return host_key(url)
    except ValueError:
        return split_url(url).netloc
