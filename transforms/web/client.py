"""HTTP client that fails in named ways only, whatever the server does."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from transforms.http.retry_after import retry_after_s
from transforms.urls import web_origin
from transforms.walls.classify import LARGEST, REFUSALS, check_wall, describe, find_wall
from transforms.web.accept import ANY, PAGE, Accept
from transforms.web.connections import GuardedBackend, RequestDeadline, Resolve, resolve
from transforms.web.content_encoding import ACCEPT_ENCODING
from transforms.web.content_type import declared_charset, is_page, looks_like_markup
from transforms.web.credentials import credentials_for
from transforms.web.exchange_recorder import ExchangeRecorder
from transforms.web.headers import kept_headers, read_headers, sendable_headers
from transforms.web.policy import FetchPolicy
from transforms.web.redirects import Redirects
from transforms.web.refresh import find_refresh
from transforms.web.request_log import CONDITIONAL, PendingRequest, RequestLog, is_conditional
from transforms.web.request_url import checked_url, core_url, joined_url
from transforms.web.response_body import RequestSpec, receive_body
from transforms.web.status import Busy, check_status

Turn = Callable[[str], AbstractContextManager[None]]
"""Context manager entered for each request, redirects included; may wait, and may raise Trouble."""

_REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_LOST = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)


class FetchedPage(NamedTuple):
    """A response with its inflated body, which is empty with status 304."""

    response: Response
    body: bytes
    charset: str | None

    @property
    def media(self) -> Literal["html", "text"]:
        """Kind of document: plain text where the server declares it and the body does not begin as a page does."""
        plain = (self.response.content_type or "").partition(";")[0].strip().lower() == "text/plain"
        return "text" if plain and not looks_like_markup(self.body) else "html"


class _Moved(NamedTuple):
    url: str
    status: int
    exchange: Exchange | None


@cache
def _public_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)  # 40 ms, most of the cost of opening a client


class HttpClient:
    """HTTP/1.1 client with limits of time and size.

    Safe for use by many threads, each of which requests one page at a time over kept-alive connections of its own.
    Cookies last for the redirects of one address. The client does not use a proxy or the environment, and always
    verifies TLS. Open it where it is used (``with``, or ``close``): it does not pickle.

    Built on httpcore, the engine of httpx, which lets the caller connect to the IP address that it checked.

    Args:
        policy: limits and name.
        ssl_context: certificates to trust; the public ones (certifi) by default.
        resolver: resolves host names to IP addresses.
        now: wall clock, for ``fetched_at``, the log and dates of Retry-After.
        log: lists each request; by default one without delays.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        log: RequestLog | None = None,
    ) -> None:
        self._policy = policy
        self._now = now
        self._log = log or RequestLog(policy, now=now)
        self._deadline = RequestDeadline()
        self._ssl_context = ssl_context or _public_context()
        self._backend = GuardedBackend(self._deadline, allow_private=policy.allow_private, resolver=resolver)
        self._own = threading.local()
        self._pools: set[httpcore.ConnectionPool] = set()
        self._lock = threading.Lock()

    @property
    def _pool(self) -> httpcore.ConnectionPool:
        """Connections of this thread. The search time of one pool for all grows with the square of the connections."""
        pool: httpcore.ConnectionPool | None = getattr(self._own, "pool", None)
        if pool is None:
            pool = httpcore.ConnectionPool(
                ssl_context=self._ssl_context, keepalive_expiry=30.0, network_backend=self._backend
            )
            self._own.pool = pool
            with self._lock:
                self._pools.add(pool)
        return pool

    @property
    def policy(self) -> FetchPolicy:
        """Limits of this client."""
        return self._policy

    @property
    def log(self) -> RequestLog:
        """Log of the requests."""
        return self._log

    @property
    def connection_count(self) -> int:
        """Number of open connections, in use or kept alive."""
        with self._lock:
            return sum(len(pool.connections) for pool in self._pools)

    def now(self) -> datetime:
        """Return the UTC instant, by the clock given."""
        return self._now()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close_thread_connections(self) -> None:
        """Close the connections of this thread.

        Called after the last request to a host: the next one may come from another process, and a host is to have one
        connection at a time.
        """
        pool: httpcore.ConnectionPool | None = self._own.__dict__.pop("pool", None)
        if pool is not None:
            with self._lock:
                self._pools.discard(pool)
            pool.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            pools, self._pools = self._pools, set()
        for pool in pools:
            pool.close()

    def get(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        accept: Accept = PAGE,
        turn: Turn = lambda _: nullcontext(),
    ) -> FetchedPage:
        """Request an address and follow its redirects, one by one, with the cookies that they set.

        Args:
            headers: sent in addition to the usual ones; one that cannot be sent is left out. After a redirect to
                another origin only If-None-Match and If-Modified-Since are sent: they describe the page at the end of
                the redirects, which without them would never be "not modified".
            accept: what is accepted of the response; a page by default.
            turn: called with each address, redirects included; the request is sent inside.

        Returns:
            The page; with status 304 and an empty body where a conditional request found it unchanged.

        Raises:
            Trouble: any code under ``fetch.``; Busy for status 429 and 503. A 304 to an unconditional
                request is fetch.protocol.
        """
        limit, redirect_limit = accept.byte_limit(self._policy), accept.redirect_limit(self._policy)
        redirected_from: list[str] = []
        redirects = Redirects()
        hops: list[Exchange] = []
        here, left, is_permanent, is_again = checked_url(url), self._policy.deadline_s, True, False
        extra = sendable_headers(headers)
        origin = web_origin(here)
        while True:
            with turn(here):
                self._deadline.start(left)
                spec = RequestSpec(here, tuple(redirected_from), redirects, extra, limit, accept)
                answer = self._ask(spec, may_lose=not is_again)
                left = self._deadline.left()
            if isinstance(answer, FetchedPage):
                moved_to = here if redirected_from and is_permanent else None
                kept = (*hops, *answer.response.exchanges)
                return answer._replace(response=replace(answer.response, moved_to=moved_to, exchanges=kept))
            is_again = answer is None
            if answer is not None:
                redirected_from.append(here)
                is_permanent = is_permanent and answer.status in _PERMANENT
                if answer.exchange is not None:
                    hops.append(answer.exchange)
                if redirects.is_loop(answer.url):
                    raise Trouble("fetch.too_many_redirects", f"loop: {here} redirects to {answer.url} again")
                if len(redirected_from) > redirect_limit:
                    raise Trouble(
                        "fetch.too_many_redirects", f"over {redirect_limit} redirects, the last to {answer.url}"
                    )
            if left <= 0:
                raise self._out_of_time(here)
            if answer is not None:
                here = answer.url
                if web_origin(here) != origin:
                    extra = tuple(pair for pair in extra if pair[0].lower() in CONDITIONAL)

    def _ask(self, spec: RequestSpec, *, may_lose: bool) -> FetchedPage | _Moved | None:
        """Send one request; None when it was lost on a kept-alive connection that the server had just closed.

        That is not a fault of the page. The request is sent again, in a turn of its own, since the server may have
        read it.
        """
        try:
            with self._log.sending(spec.url, spec.headers) as sent, self._translated(spec.url):
                return self._exchange(spec, sent)
        except Trouble as why:
            cause = why.__cause__
            is_lost = isinstance(cause, _LOST) and not isinstance(cause.__cause__, ssl.SSLError)
            if is_lost and may_lose and not self._deadline.connected:
                return None
            raise

    def _exchange(self, spec: RequestSpec, sent: PendingRequest) -> FetchedPage | _Moved:
        url = spec.url
        headers: list[tuple[str, str | bytes]] = [
            ("User-Agent", self._policy.user_agent),
            ("Accept", spec.accept.header),
            ("Accept-Encoding", ACCEPT_ENCODING),
            *spec.headers,
            *spec.redirects.begin(url),
        ]
        if (known := credentials_for(url, self._policy.credentials)) is not None:
            headers.append(("Authorization", known.header))
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._policy.timeout_s)
        recorder = ExchangeRecorder(url) if self._policy.keep_exchange else None
        extensions = {"timeout": timeouts, **({"trace": recorder.trace} if recorder else {})}
        with self._pool.stream("GET", core_url(url), headers=headers, extensions=extensions) as stream:
            now = self._now()
            if recorder:
                recorder.begin_response(stream)
            status, head = stream.status, read_headers(stream.headers)
            spec.redirects.keep_cookies(url, stream.headers)
            sent.status, sent.retry_after_s = status, retry_after_s(head.get("retry-after"), now)
            if status in _REDIRECTS and head.get("location", "").strip():
                sent.redirects_to = joined_url(url, head["location"].strip())
                sent.end()  # the body of a redirect is not read
                exchange = recorder.exchange(stream, now, is_whole=False) if recorder else None
                return _Moved(sent.redirects_to, status, exchange)
            kind = head.get("content-type")
            if status == 304 and is_conditional(spec.headers):
                body, is_whole = b"".join(stream.iter_stream()), True  # empty; once read, the connection can be kept
            else:
                if status in REFUSALS and spec.accept.only_pages:
                    self._refuse_wall(stream, head, spec, sent)
                check_status(url, status, sent.retry_after_s)
                body, is_whole = receive_body(stream, head, spec, sent, recorder)
                if spec.accept.only_pages:
                    check_wall(body, url, status, head.items())
                if (target := self._refresh(body, head, spec)) is not None:
                    sent.redirects_to = target
                    sent.end()
                    return _Moved(
                        target, status, recorder.exchange(stream, now, is_whole=is_whole) if recorder else None
                    )
            sent.end()
            kept = (recorder.exchange(stream, now, is_whole=is_whole),) if recorder else ()
        response = Response(
            url=url,
            status=status,
            content_type=kind,
            redirects=spec.redirected_from,
            fetched_at=now,
            headers=kept_headers(stream.headers),
            exchanges=kept,
        )
        return FetchedPage(response, body, declared_charset(kind))

    def _refresh(self, body: bytes, head: Mapping[str, str], spec: RequestSpec) -> str | None:
        """Address that a page redirects its reader to at once; None for a page to read, or one that reloads itself."""
        if not spec.accept.follow_refresh or not is_page(head.get("content-type"), body):
            return None
        target = find_refresh(body, spec.url, head.get("refresh"))
        return None if target is None or spec.redirects.is_loop(target) else target

    def _refuse_wall(
        self, stream: httpcore.Response, head: Mapping[str, str], spec: RequestSpec, sent: PendingRequest
    ) -> None:
        """Raise for a refusal that is a wall.

        Raises:
            Trouble: fetch.bot_wall or fetch.consent_wall; Busy for status 429 and 503.
        """
        try:
            body, _ = receive_body(
                stream, head, spec._replace(limit=LARGEST, accept=ANY._replace(is_cut=True)), sent, None
            )
        except Trouble:
            body = b""
        wall = find_wall(body, spec.url, head.items(), status=stream.status)
        if wall is None:
            return
        message = f"{spec.url} answers {stream.status} with {describe(wall)}"
        if stream.status in (429, 503):  # the Retry-After of a wall counts, too
            raise Busy("fetch.bot_wall", message, status=stream.status, retry_after_s=sent.retry_after_s)
        raise Trouble(f"fetch.{wall.kind}", message, status=stream.status)

    @contextmanager
    def _translated(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpcore.TimeoutException as error:
            if self._deadline.left() <= 0:
                raise self._out_of_time(url) from error
            raise Trouble("fetch.timeout", f"{url}: no data for {self._policy.timeout_s:g} s") from error
        except (httpcore.NetworkError, OSError) as error:
            code = "fetch.tls" if isinstance(error.__cause__ or error, ssl.SSLError) else "fetch.connect"
            raise Trouble(code, f"{url}: connection lost: {error}") from error
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Trouble("fetch.bad_url", f"{url} cannot be requested: {error}") from error
        except (httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise Trouble("fetch.protocol", f"{url}: {error}") from error

    def _out_of_time(self, url: str) -> Trouble:
        return Trouble("fetch.timeout", f"{url}: not complete within {self._policy.deadline_s:g} s")
