"""An address goes in; what it gives comes out, asked for politely: robots.txt, turns, Retry-After."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from transforms.web.addresses import Resolve, resolve
from transforms.web.client import Client, Page
from transforms.web.pacing import Pacer
from transforms.web.policy import FetchPolicy
from transforms.web.receive import Accept
from transforms.web.request_log import RequestLog
from transforms.web.robots import Robots
from transforms.web.status import Busy

_TRIES = 3


class Web(NamedTuple):
    """All that asking takes. Usable from many threads; what was asked is in ``client.log``, thread by thread."""

    client: Client
    robots: Robots
    pacer: Pacer


def open_web(policy: FetchPolicy, *, ssl_context: ssl.SSLContext | None = None, resolver: Resolve = resolve) -> Web:
    """Make what asking takes, for oneself; close its client at the end.

    A DoFn takes :func:`transforms.web.share.share_web`.
    """
    pacer = Pacer(policy)
    client = Client(policy, ssl_context=ssl_context, resolver=resolver, log=RequestLog(policy, pacer))
    return Web(client, Robots(client, pacer, policy), pacer)


@contextmanager
def polite_turn(web: Web, url: str) -> Iterator[None]:
    """The turn of one page: robots.txt first, then the pace of the host.

    Raises:
        Trouble: the page may not be asked for, or its host is left alone.
    """
    web.pacer.check_open(url)
    verdict = web.robots.check(url)
    with web.pacer.turn(url):
        web.client.log.robots = verdict
        yield


def visit(
    web: Web,
    url: str,
    *,
    headers: Sequence[tuple[str, str]] = (),
    accept: Accept = "page",
    max_bytes: int | None = None,
    purpose: str = "page",
) -> Page:
    """Ask for an address; again, up to twice, when the server asks for a patience we have.

    Args:
        headers: sent beside the usual ones, as :meth:`Client.get` says.
        purpose: what the log says it is for: one of schemas.feeds.PURPOSES.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    patience = web.client.policy.max_retry_after_s
    get = partial(
        web.client.get, url, headers=headers, accept=accept, max_bytes=max_bytes, turn=partial(polite_turn, web)
    )
    with web.client.log.purpose(purpose):
        for _ in range(_TRIES - 1):
            try:
                return get()
            except Busy as why:
                if why.retry_after_s is None or why.retry_after_s > patience:
                    raise
        return get()


def fetch_source(
    client: Client, robots: Robots, pacer: Pacer, url: str, *, headers: Sequence[tuple[str, str]] = ()
) -> Page:
    """Fetch a feed, a list or any other input: any type, up to ``policy.max_input_bytes``.

    Args:
        headers: such as make it conditional; then the page may have status 304 and no body.

    Returns:
        How it was received, the inflated bytes, and the charset that the header declares.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    web = Web(client, robots, pacer)
    limit = client.policy.max_input_bytes
    return visit(web, url, headers=headers, accept="any", max_bytes=limit, purpose="feed")
