"""Requests that keep to robots.txt, rate limits and Retry-After."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from transforms.web.accept import ANY, PAGE, Accept
from transforms.web.client import FetchedPage, HttpClient
from transforms.web.connections import Resolve, resolve
from transforms.web.policy import FetchPolicy
from transforms.web.rate_limiter import RateLimiter
from transforms.web.request_log import RequestLog
from transforms.web.retries import try_again
from transforms.web.robots import Robots


class PoliteClient(NamedTuple):
    """An HTTP client with robots.txt and rate limits; safe for use by many threads. A ``with`` closes it."""

    client: HttpClient
    robots: Robots
    limiter: RateLimiter

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()


def open_client(
    policy: FetchPolicy, *, ssl_context: ssl.SSLContext | None = None, resolver: Resolve = resolve
) -> PoliteClient:
    """Open a client that is not shared; the caller closes it.

    A DoFn uses :func:`transforms.web.shared_clients.acquire_client`.
    """
    limiter = RateLimiter(policy)
    client = HttpClient(policy, ssl_context=ssl_context, resolver=resolver, log=RequestLog(policy, limiter))
    return PoliteClient(client, Robots(client, limiter, policy), limiter)


@contextmanager
def polite_turn(web: PoliteClient, url: str) -> Iterator[None]:
    """Check robots.txt, then wait for the turn of the host.

    Raises:
        Trouble: robots.txt forbids the page, or its host is closed.
    """
    web.limiter.check_open(url)
    verdict = web.robots.check(url)
    with web.limiter.turn(url):
        web.client.log.robots = verdict
        yield


def fetch_url(
    web: PoliteClient,
    url: str,
    *,
    headers: Sequence[tuple[str, str]] = (),
    accept: Accept = PAGE,
    purpose: str = "page",
) -> FetchedPage:
    """Request an address; again, up to twice, after a refusal with a short Retry-After.

    Args:
        headers: sent in addition to the usual ones, see :meth:`HttpClient.get`.
        accept: what is accepted of the response.
        purpose: purpose in the log: one of schemas.feeds.PURPOSES.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    get = partial(web.client.get, url, headers=headers, accept=accept, turn=partial(polite_turn, web))
    with web.client.log.purpose(purpose):
        return try_again(get, max_retry_after_s=web.client.policy.max_retry_after_s)


def fetch_source(web: PoliteClient, url: str, *, headers: Sequence[tuple[str, str]] = ()) -> FetchedPage:
    """Fetch a feed, a list or any other input: any type, up to ``policy.max_input_bytes``.

    Args:
        headers: of a conditional request; then the page may have status 304 and no body.

    Returns:
        The response, the inflated bytes, and the charset that the header declares.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    return fetch_url(web, url, headers=headers, accept=ANY, purpose="feed")
