"""An address goes in; what it gives comes out, asked for politely: robots.txt, turns, Retry-After."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from transforms.web.client import FetchedPage, HttpClient
from transforms.web.connections import Resolve, resolve
from transforms.web.policy import FetchPolicy
from transforms.web.rate_limiter import RateLimiter
from transforms.web.request_log import RequestLog
from transforms.web.response_body import Accept
from transforms.web.retries import try_again
from transforms.web.robots import Robots


class PoliteClient(NamedTuple):
    """All that asking takes. Usable from many threads; what was asked is in ``client.log``, thread by thread."""

    client: HttpClient
    robots: Robots
    limiter: RateLimiter


def open_client(
    policy: FetchPolicy, *, ssl_context: ssl.SSLContext | None = None, resolver: Resolve = resolve
) -> PoliteClient:
    """Make what asking takes, for oneself; close its client at the end.

    A DoFn takes :func:`transforms.web.shared_clients.acquire_client`.
    """
    limiter = RateLimiter(policy)
    client = HttpClient(policy, ssl_context=ssl_context, resolver=resolver, log=RequestLog(policy, limiter))
    return PoliteClient(client, Robots(client, limiter, policy), limiter)


@contextmanager
def polite_turn(web: PoliteClient, url: str) -> Iterator[None]:
    """The turn of one page: robots.txt first, then the pace of the host.

    Raises:
        Trouble: the page may not be asked for, or its host is left alone.
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
    accept: Accept = "page",
    max_bytes: int | None = None,
    purpose: str = "page",
) -> FetchedPage:
    """Ask for an address; again, up to twice, when the server asks for a patience we have.

    Args:
        headers: sent beside the usual ones, as :meth:`HttpClient.get` says.
        purpose: what the log says it is for: one of schemas.feeds.PURPOSES.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    get = partial(
        web.client.get, url, headers=headers, accept=accept, max_bytes=max_bytes, turn=partial(polite_turn, web)
    )
    with web.client.log.purpose(purpose):
        return try_again(get, max_retry_after_s=web.client.policy.max_retry_after_s)


def fetch_source(
    client: HttpClient, robots: Robots, limiter: RateLimiter, url: str, *, headers: Sequence[tuple[str, str]] = ()
) -> FetchedPage:
    """Fetch a feed, a list or any other input: any type, up to ``policy.max_input_bytes``.

    Args:
        headers: such as make it conditional; then the page may have status 304 and no body.

    Returns:
        How it was received, the inflated bytes, and the charset that the header declares.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    web = PoliteClient(client, robots, limiter)
    limit = client.policy.max_input_bytes
    return fetch_url(web, url, headers=headers, accept="any", max_bytes=limit, purpose="feed")
