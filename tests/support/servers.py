"""A real HTTP server on this machine that answers as a test says, and logs its requests.

    with Server({"/a": Reply(b"<p>Hello</p>"), "/gone": Reply(status=410)}) as server:
        httpx.get(server.url("/a"))
    assert [asked.path for asked in server.log] == ["/a"]

Any address of 127.0.0.0/8 can be given as ``host``, so that one machine is many hosts.
"""

import gzip
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import pytest

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """One answer. The steps happen in the order of the fields.

    Args:
        body: sent with Content-Length, unless ``headers`` has one.
        status: HTTP status.
        headers: added to the answer; Content-Type is HTML unless given (None: not sent).
        delay_s: silence before the first byte.
        raw: sent in the place of status line, headers and body; then the connection is closed.
        drip_s: pause after each byte of headers and body (of ``raw`` too).
        then_wait_s: silence after the first half of the body.
        close_after: close the connection after so many bytes of the body.
        endless: repeated for ever after the body; sent in chunks.
        gzip: compress the body and say so.
    """

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str | None] = field(default_factory=dict)
    delay_s: float = 0.0
    raw: bytes | None = None
    drip_s: float = 0.0
    then_wait_s: float = 0.0
    close_after: int | None = None
    endless: bytes | None = None
    gzip: bool = False

    def __post_init__(self) -> None:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        object.__setattr__(self, "body", gzip.compress(body) if self.gzip else body)  # now: a client may be impatient


@dataclass
class Asked:
    """One request as the server saw it; instants by ``time.monotonic``, the end infinite while it lasts."""

    path: str
    headers: Mapping[str, str]
    peer: tuple[str, int]
    started: float
    ended: float = float("inf")


Script = Reply | Sequence[Reply] | Callable[[str], Reply]
"""An answer; or answers for the first, second … request, the last for all others; or path to answer."""


def redirect(location: str, status: int = 302) -> Reply:
    """An answer that sends elsewhere."""
    return Reply(status=status, headers={"Location": location})


def pages(bodies: Mapping[str, bytes | str]) -> dict[str, Script]:
    """A site: path to body."""
    return {path: Reply(body) for path, body in bodies.items()}


class Server:
    """A threaded HTTP/1.1 server, running from ``with`` to its end.

    Args:
        routes: path (with query, if any) to script; ``"*"`` stands for all others, which get 404 by default.
        host: address to listen on, any of 127.0.0.0/8.
        tls: a server-side context; the server then speaks https.
        name: host name to use in :meth:`url` in the place of the address.
    """

    def __init__(
        self,
        routes: Mapping[str, Script] | None = None,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        name: str | None = None,
    ) -> None:
        self.routes: dict[str, Script] = dict(routes or {})
        self.log: list[Asked] = []
        self.stopping = threading.Event()
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._http = _Quiet((host, 0), _Handler)
        self._http.owner = self
        self._http.tls = tls
        self.host, self.port = host, int(self._http.server_address[1])
        self._base = f"{'https' if tls else 'http'}://{name or host}:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,), daemon=True)

    def url(self, path: str = "/") -> str:
        """Absolute address of a path."""
        return self._base + path

    def paths(self) -> list[str]:
        """Paths asked for, in order of their start."""
        return [asked.path for asked in self.requests()]

    def requests(self) -> list[Asked]:
        """All requests, in order of their start."""
        with self._lock:
            return sorted(self.log, key=lambda asked: asked.started)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def reply_to(self, path: str) -> Reply:
        """What the script says for the next request of ``path``."""
        script = self.routes.get(path, self.routes.get("*", Reply(b"not here", status=404)))
        if isinstance(script, Reply):
            return script
        if callable(script):
            return script(path)
        with self._lock:
            turn = self._counts.get(path, 0)
            self._counts[path] = turn + 1
        return script[min(turn, len(script) - 1)]

    def note(self, asked: Asked) -> None:
        """Add to the log."""
        with self._lock:
            self.log.append(asked)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: Server
    tls: ssl.SSLContext | None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is not None:  # here, in the thread of the connection, since a handshake may hang
            request.settimeout(5)
            request = self.tls.wrap_socket(request, server_side=True)
            request.settimeout(None)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Quiet

    def log_message(self, format: str, *args: Any) -> None:
        """The log is for the test, not for the terminal."""

    def do_GET(self) -> None:
        owner = self.server.owner
        asked = Asked(self.path, dict(self.headers), self.client_address, time.monotonic())
        owner.note(asked)  # before the answer, so that whoever has the answer finds it in the log
        try:
            self._answer(owner.reply_to(self.path), owner.stopping)
        except OSError:
            self.close_connection = True
        finally:
            asked.ended = time.monotonic()

    def _answer(self, reply: Reply, stopping: threading.Event) -> None:
        if reply.delay_s and stopping.wait(reply.delay_s):
            self.close_connection = True
            return
        if reply.raw is not None:
            self.close_connection = True
            self._send(reply.raw, reply, stopping)
            return
        assert isinstance(reply.body, bytes)
        body = reply.body
        headers: dict[str, str | None] = {"Content-Type": HTML}
        if reply.gzip:
            headers["Content-Encoding"] = "gzip"
        headers |= {"Transfer-Encoding": "chunked"} if reply.endless else {"Content-Length": str(len(body))}
        headers |= reply.headers
        lines = [f"HTTP/1.1 {reply.status} Scripted"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
        self._send(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8"), reply, stopping)
        if reply.endless:
            self.close_connection = True
            while not stopping.is_set():
                piece, body = body + reply.endless, b""
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            return
        if reply.close_after is not None:
            self.close_connection = True
            body = body[: reply.close_after]
        if reply.then_wait_s:
            half = len(body) // 2
            self._send(body[:half], reply, stopping)
            stopping.wait(reply.then_wait_s)
            body = body[half:]
        self._send(body, reply, stopping)

    def _send(self, data: bytes, reply: Reply, stopping: threading.Event) -> None:
        if not reply.drip_s:
            self.wfile.write(data)
            return
        for at in range(len(data)):
            self.wfile.write(data[at : at + 1])
            if stopping.wait(reply.drip_s):
                self.close_connection = True
                return


Serve = Callable[..., Server]
"""Takes what Server takes; the server ends with the test."""


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that end with the test: ``server = serve({"/a": Reply("…")})``."""
    running: list[Server] = []

    def start(routes: Mapping[str, Script] | None = None, **settings: Any) -> Server:
        server = Server(routes, **settings)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__(None, None, None)


@dataclass(frozen=True)
class Certificates:
    """A server-side context of a made-up authority, and the client-side context that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_certificates(*names: str) -> Certificates:
    """Certificates for host names or addresses, by an authority that nobody knows."""
    import trustme

    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return Certificates(server, client)
