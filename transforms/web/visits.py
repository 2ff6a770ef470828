"""An address goes in; what it gives comes out, asked for politely: robots.txt, turns, Retry-After."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from schemas.documents import Response
from transforms.web.addresses import Resolve, resolve
from transforms.web.answers import Busy
from transforms.web.client import Accept, Client, Page
from transforms.web.pacing import Pacer
from transforms.web.policy import FetchPolicy
from transforms.web.robots import Robots

_TRIES = 3


class Web(NamedTuple):
    """All that asking takes. Usable from many threads; close the client at the end."""

    client: Client
    robots: Robots
    pacer: Pacer


def open_web(policy: FetchPolicy, *, ssl_context: ssl.SSLContext | None = None, resolver: Resolve = resolve) -> Web:
    """Make what asking takes; for ``setup`` of a DoFn, since it does not pickle."""
    client = Client(policy, ssl_context=ssl_context, resolver=resolver)
    pacer = Pacer(policy)
    return Web(client, Robots(client, pacer, policy), pacer)


@contextmanager
def polite_turn(robots: Robots, pacer: Pacer, url: str) -> Iterator[None]:
    """The turn of one page: robots.txt first, then the pace of the host.

    Raises:
        Trouble: the page may not be asked for, or its host is left alone.
    """
    pacer.check_open(url)
    robots.check(url)
    with pacer.turn(url):
        yield


def visit(web: Web, url: str, *, accept: Accept = "page", max_bytes: int | None = None) -> Page:
    """Ask for an address; again, up to twice, when the server asks for a patience we have.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    patience = web.client.policy.max_retry_after_s
    turn = partial(polite_turn, web.robots, web.pacer)
    for _ in range(_TRIES - 1):
        try:
            return web.client.get(url, accept=accept, max_bytes=max_bytes, turn=turn)
        except Busy as why:
            if why.retry_after_s is None or why.retry_after_s > patience:
                raise
    return web.client.get(url, accept=accept, max_bytes=max_bytes, turn=turn)


def fetch_source(client: Client, robots: Robots, pacer: Pacer, url: str) -> tuple[Response, bytes, str | None]:
    """Fetch a feed, a list or any other input: any type, up to ``policy.max_input_bytes``.

    Returns:
        How it was received, the inflated bytes, and the charset that the header declares.

    Raises:
        Trouble: any code under ``fetch.``.
    """
    return visit(Web(client, robots, pacer), url, accept="any", max_bytes=client.policy.max_input_bytes)
