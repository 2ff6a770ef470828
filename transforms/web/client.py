"""An address goes in; the page comes out, or a Trouble that says why not, whatever the server does."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import Literal, NamedTuple, Self

import httpcore
import httpx

from schemas.documents import Exchange, Response
from schemas.trouble import Trouble
from transforms.web.addresses import GuardedBackend, Resolve, Trip, resolve
from transforms.web.answers import check_status, checked_url, joined_url, read_headers, retry_after_s
from transforms.web.bodies import (
    ACCEPT_ENCODING,
    Inflater,
    declared_charset,
    looks_like_markup,
    refused_head,
    refused_type,
)
from transforms.web.exchanges import Tape
from transforms.web.policy import FetchPolicy

Accept = Literal["page", "any"]
Turn = Callable[[str], AbstractContextManager[None]]
"""Entered for each address that is asked, redirects included; may wait, and may raise Trouble."""

_ACCEPT_HEADER = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1",
    "any": "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.8",
}
_HEAD_BYTES = 1024
_REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


class Page(NamedTuple):
    """What an address gave."""

    response: Response
    body: bytes
    charset: str | None

    @property
    def media(self) -> Literal["html", "text"]:
        """What to read it as: a server that says plain text is believed unless the body begins as pages do."""
        plain = (self.response.content_type or "").partition(";")[0].strip().lower() == "text/plain"
        return "text" if plain and not looks_like_markup(self.body) else "html"


class _Moved(NamedTuple):
    url: str
    exchange: Exchange | None


class _Wanted(NamedTuple):
    url: str
    asked: tuple[str, ...]
    limit: int
    accept: Accept
    cut: bool


@cache
def _public_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)  # 40 ms, most of what opening a client costs


class Client:
    """Asks for pages over HTTP/1.1, safely.

    Connections are kept alive and shared; usable from many threads, each of which asks for one page at a
    time. No cookies, no proxy, nothing from the environment. TLS is always verified. Open it where it is
    used (``with``, or ``close``): it does not pickle.

    Built on httpcore, the engine of httpx, since only there is the address at hand when it is connected to.

    Args:
        policy: limits and name.
        ssl_context: certificates to trust; the public ones (certifi) by default.
        resolver: what turns host names into addresses.
        now: wall clock, for ``fetched_at`` and dates of Retry-After.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._policy = policy
        self._now = now
        self._trip = Trip()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or _public_context(),
            max_connections=policy.max_hosts_at_once,
            max_keepalive_connections=policy.max_hosts_at_once,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(self._trip, allow_private=policy.allow_private, resolver=resolver),
        )

    @property
    def policy(self) -> FetchPolicy:
        """The limits this client keeps to."""
        return self._policy

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def get(
        self,
        url: str,
        *,
        max_bytes: int | None = None,
        accept: Accept = "page",
        max_redirects: int | None = None,
        cut: bool = False,
        turn: Turn = lambda _: nullcontext(),
    ) -> Page:
        """Ask for an address and follow its redirects, one by one.

        Args:
            max_bytes: size limit, ``policy.max_page_bytes`` by default.
            accept: "page" refuses pictures, PDFs, archives and films, by header and by first bytes.
            max_redirects: ``policy.max_redirects`` by default.
            cut: keep the first ``max_bytes`` of a larger body instead of refusing it.
            turn: called with each address that is asked; the request is made inside.

        Raises:
            Trouble: any code under ``fetch.``; Busy for status 429 and 503.
        """
        limit = self._policy.max_page_bytes if max_bytes is None else max_bytes
        most = self._policy.max_redirects if max_redirects is None else max_redirects
        asked: list[str] = []
        hops: list[Exchange] = []
        here, left = checked_url(url), self._policy.deadline_s
        while True:
            with turn(here):
                self._trip.start(left)
                answer = self._ask(_Wanted(here, tuple(asked), limit, accept, cut))
                left = self._trip.left()
            if isinstance(answer, Page):
                if not hops:
                    return answer
                kept = (*hops, *answer.response.exchanges)
                return answer._replace(response=replace(answer.response, exchanges=kept))
            asked.append(here)
            if answer.exchange is not None:
                hops.append(answer.exchange)
            if answer.url in asked:
                raise Trouble("fetch.too_many_redirects", f"loop: {here} redirects to {answer.url}, asked before")
            if len(asked) > most:
                raise Trouble("fetch.too_many_redirects", f"more than {most} redirects, the last to {answer.url}")
            if left <= 0:
                raise self._out_of_time(here)
            here = answer.url

    def _ask(self, wanted: _Wanted) -> Page | _Moved:
        with self._translated(wanted.url):
            try:
                return self._exchange(wanted)
            except (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError) as error:
                # A connection kept alive may have been closed by the server just before it was used again.
                if self._trip.connected or isinstance(error.__cause__, ssl.SSLError):
                    raise
            return self._exchange(wanted)

    def _exchange(self, wanted: _Wanted) -> Page | _Moved:
        url = wanted.url
        headers = [
            ("User-Agent", self._policy.user_agent),
            ("Accept", _ACCEPT_HEADER[wanted.accept]),
            ("Accept-Encoding", ACCEPT_ENCODING),
        ]
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._policy.timeout_s)
        tape = Tape(url) if self._policy.keep_exchange else None
        extensions = {"timeout": timeouts, **({"trace": tape.trace} if tape else {})}
        with self._pool.stream("GET", _core_url(url), headers=headers, extensions=extensions) as stream:
            now = self._now()
            if tape:
                tape.answered(stream)
            status, head = stream.status, read_headers(stream.headers)
            if status in _REDIRECTS and head.get("location", "").strip():
                exchange = tape.exchange(stream, now, is_whole=False) if tape else None
                return _Moved(joined_url(url, head["location"].strip()), exchange)
            check_status(url, status, retry_after_s(head.get("retry-after"), now))
            kind = head.get("content-type")
            body, is_whole = _read(stream, head, wanted, tape)
            kept = (tape.exchange(stream, now, is_whole=is_whole),) if tape else ()
        response = Response(
            url=url, status=status, content_type=kind, redirects=wanted.asked, fetched_at=now, exchanges=kept
        )
        return Page(response, body, declared_charset(kind))

    @contextmanager
    def _translated(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpcore.TimeoutException as error:
            if self._trip.left() <= 0:
                raise self._out_of_time(url) from error
            raise Trouble("fetch.timeout", f"{url}: nothing for {self._policy.timeout_s:g} s") from error
        except (httpcore.NetworkError, OSError) as error:
            code = "fetch.tls" if isinstance(error.__cause__ or error, ssl.SSLError) else "fetch.connect"
            raise Trouble(code, f"{url}: connection lost: {error}") from error
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Trouble("fetch.bad_url", f"{url} cannot be asked for: {error}") from error
        except (httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise Trouble("fetch.protocol", f"{url}: {error}") from error

    def _out_of_time(self, url: str) -> Trouble:
        return Trouble("fetch.timeout", f"{url}: not done within {self._policy.deadline_s:g} s")


def _core_url(url: str) -> httpcore.URL:
    parts = httpx.URL(url)
    return httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)


def _read(stream: httpcore.Response, head: Mapping[str, str], wanted: _Wanted, tape: Tape | None) -> tuple[bytes, bool]:
    """The inflated body, and whether it is all there is."""
    url, limit, kind = wanted.url, wanted.limit, head.get("content-type")
    if wanted.accept == "page" and (why := refused_type(kind)):
        raise Trouble("fetch.content_type", f"{url} is not a page: {why}", status=stream.status)
    announced = head.get("content-length", "")
    if not wanted.cut and announced.isdecimal() and int(announced[:15]) > limit:
        raise Trouble("fetch.too_large", f"{url} announces {announced} bytes, over the limit of {limit}")
    inflater = Inflater(head.get("content-encoding"))
    body, received, sniffed = bytearray(), 0, wanted.accept != "page"
    for piece in stream.iter_stream():
        received += len(piece)
        if tape is not None:
            tape.body += piece
        body += inflater.feed(piece, limit + 1 - len(body))
        if not sniffed and len(body) >= _HEAD_BYTES:
            sniffed = True
            _check_head(url, kind, body, stream.status)
        if len(body) > limit or received > limit:
            if wanted.cut:
                return bytes(body[:limit]), False
            raise Trouble("fetch.too_large", f"{url} is over the limit of {limit} bytes; reading stopped there")
    inflater.finish()
    if not sniffed:
        _check_head(url, kind, body, stream.status)
    return bytes(body), True


def _check_head(url: str, content_type: str | None, body: bytearray, status: int) -> None:
    if why := refused_head(content_type, bytes(body[:_HEAD_BYTES])):
        raise Trouble("fetch.content_type", f"{url} is not a page: {why}", status=status)
