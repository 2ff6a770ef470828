"""The HTTP client: redirects, limits, failures, and headers."""

import gzip
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.servers import Certificates, Reply, Serve, Server, make_certificates, redirect
from transforms.web.accept import ANY, Accept
from transforms.web.client import HttpClient
from transforms.web.content_encoding import ACCEPT_ENCODING
from transforms.web.content_type import declared_charset, refused_head, refused_type
from transforms.web.headers import kept_headers, read_headers
from transforms.web.policy import MIB, FetchPolicy, make_user_agent
from transforms.web.request_url import checked_url
from transforms.web.status import Busy

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
STORY = "<!DOCTYPE html><title>Otters return</title><p>Otters are back in the river Elm.</p>"
LIMITS = FetchPolicy(timeout_s=20, deadline_s=60, max_page_bytes=64 * 1024, allow_private=True, max_redirects=3)

IMPATIENT = replace(LIMITS, timeout_s=0.15, deadline_s=0.3)  # where running out of time is what is expected


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(LIMITS, now=lambda: NOON) as made:
        yield made


def deflate(body: str, wbits: int) -> bytes:
    engine = zlib.compressobj(wbits=wbits)
    return engine.compress(body.encode()) + engine.flush()


def test_a_page(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a?b=1": Reply(STORY, headers={"Content-Type": "text/html; charset=Windows-1252"})})
    page = client.get(server.url("/a?b=1#top"))
    assert page.body == STORY.encode()
    assert page.charset == "Windows-1252"
    assert page.response.url == server.url("/a?b=1")
    assert page.response.status == 200
    assert page.response.content_type == "text/html; charset=Windows-1252"
    assert page.response.redirects == ()
    assert page.response.fetched_at == NOON
    headers = server.log[0].headers
    assert headers["User-Agent"].startswith("newsmill/")
    assert headers["Accept-Encoding"] == ACCEPT_ENCODING
    assert "Cookie" not in headers


FINE = {
    "gzip": Reply(STORY, gzip=True),
    "deflate": Reply(deflate(STORY, zlib.MAX_WBITS), headers={"Content-Encoding": "deflate"}),
    "deflate without header": Reply(deflate(STORY, -zlib.MAX_WBITS), headers={"Content-Encoding": "deflate"}),
    "two members": Reply(
        gzip.compress(STORY[:20].encode()) + gzip.compress(STORY[20:].encode()), headers={"Content-Encoding": "gzip"}
    ),
    "gzip and padding": Reply(gzip.compress(STORY.encode()) + b"\0" * 40, headers={"Content-Encoding": "gzip"}),
    "no type": Reply(STORY, headers={"Content-Type": None}),
    "octets": Reply(STORY, headers={"Content-Type": "application/octet-stream"}),
    "type that is none": Reply(STORY, headers={"Content-Type": "html"}),
    "xhtml": Reply(STORY, headers={"Content-Type": "application/xhtml+xml"}),
    "text": Reply(STORY, headers={"Content-Type": "text/plain"}),
    "json": Reply(STORY, headers={"Content-Type": "application/feed+json"}),
    "no reason": Reply(raw=b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n" + STORY.encode()),
    "old": Reply(raw=b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + STORY.encode()),
    "203": Reply(STORY, status=203),
}


def test_what_counts_as_a_page(serve: Serve, client: HttpClient) -> None:
    server = serve({f"/{name.replace(' ', '-')}": reply for name, reply in FINE.items()})
    for path in server.routes:
        assert client.get(server.url(path)).body.decode() == STORY, path


def test_empty_page(serve: Serve, client: HttpClient) -> None:
    server = serve({"/": Reply(b"", headers={"Content-Encoding": "gzip", "Content-Type": None})})
    assert client.get(server.url("/")).body == b""


BAD: dict[str, tuple[Reply, str, int | None]] = {
    "missing": (Reply(status=404), "fetch.http_404", 404),
    "gone": (Reply(status=410), "fetch.http_410", 410),
    "busy": (Reply(status=429, headers={"Retry-After": "7"}), "fetch.http_429", 429),
    "forbidden": (Reply(status=403), "fetch.http_4xx", 403),
    "paywall": (Reply(status=402), "fetch.http_4xx", 402),
    "invented": (Reply(status=999), "fetch.http_4xx", 999),
    "broken": (Reply(status=500), "fetch.http_5xx", 500),
    "down": (Reply(status=503), "fetch.http_5xx", 503),
    "unchanged": (Reply(status=304), "fetch.protocol", 304),
    "no location": (Reply(status=302), "fetch.protocol", 302),
    "switch": (Reply(raw=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "fetch.protocol", None),
    "silent": (Reply(STORY, delay_s=600), "fetch.timeout", None),
    "stops": (Reply(STORY, then_wait_s=600), "fetch.timeout", None),
    "drip": (Reply(STORY, drip_s=0.02), "fetch.timeout", None),
    "drip of headers": (
        Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X-More: yes\r\n" * 99, drip_s=0.02),
        "fetch.timeout",
        None,
    ),
    "large": (Reply(b"<p>" + b"x" * 20 * MIB), "fetch.too_large", None),
    "just over": (Reply(b"x" * (64 * 1024 + 1), headers={"Transfer-Encoding": None}), "fetch.too_large", None),
    "endless": (Reply(STORY, endless=b"<p>And on it goes.</p>" * 100), "fetch.too_large", None),
    "endless gzip": (
        Reply(gzip.compress(STORY.encode()), endless=b"\0" * 4096, headers={"Content-Encoding": "gzip"}),
        "fetch.too_large",
        None,
    ),
    "bomb": (Reply(b"<p>" + b"0" * 30 * MIB, gzip=True), "fetch.too_large", None),
    "bomb in a bomb": (
        Reply(gzip.compress(gzip.compress(b"0" * MIB)), headers={"Content-Encoding": "gzip, gzip"}),
        "fetch.protocol",
        None,
    ),
    "compress": (Reply(b"\x1f\x9d\x90", headers={"Content-Encoding": "compress"}), "fetch.protocol", None),
    "not gzip": (Reply(STORY, headers={"Content-Encoding": "gzip"}), "fetch.protocol", None),
    "half a gzip": (
        Reply(gzip.compress(STORY.encode())[:40], headers={"Content-Encoding": "gzip"}),
        "fetch.protocol",
        None,
    ),
    "picture": (Reply(b"\x89PNG", headers={"Content-Type": "image/png"}), "fetch.content_type", 200),
    "svg": (Reply("<svg/>", headers={"Content-Type": "image/svg+xml"}), "fetch.content_type", 200),
    "film": (Reply(b"", headers={"Content-Type": "video/mp4"}), "fetch.content_type", 200),
    "pdf": (Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "fetch.content_type", 200),
    "pdf as html": (Reply(b"%PDF-1.7\n" + b"x" * 5000), "fetch.content_type", 200),
    "zip as html": (Reply(b"PK\x03\x04" + b"x" * 9), "fetch.content_type", 200),
    "film as html": (Reply(b"\0\0\0\x20ftypisom"), "fetch.content_type", 200),
    "octets": (
        Reply(b"\x01\x02\x03\x04", headers={"Content-Type": "application/octet-stream"}),
        "fetch.content_type",
        200,
    ),
    "early end": (Reply(STORY, close_after=30), "fetch.protocol", None),
    "rubbish": (Reply(raw=b"220 mail.example ESMTP ready\r\n"), "fetch.protocol", None),
    "nothing": (Reply(raw=b""), "fetch.protocol", None),
    "bad chunks": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\nhello\r\n"),
        "fetch.protocol",
        None,
    ),
    "two lengths": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        "fetch.protocol",
        None,
    ),
    "long header": (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000), "fetch.protocol", None),
    "to a file": (redirect("file:///etc/passwd"), "fetch.bad_url", None),
    "to script": (redirect("javascript:alert(1)"), "fetch.bad_url", None),
    "to rubbish": (redirect("http://[::1"), "fetch.bad_url", None),
    "to metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "fetch.private_address", None),
    "to itself": (redirect("to-itself"), "fetch.too_many_redirects", None),
    "round 1": (redirect("/round-2"), "fetch.too_many_redirects", None),
    "round 2": (redirect("/round-1", 301), "fetch.too_many_redirects", None),
    "far 1": (redirect("/far-2"), "fetch.too_many_redirects", None),
    "far 2": (redirect("/far-3"), "fetch.too_many_redirects", None),
    "far 3": (redirect("/far-4"), "fetch.too_many_redirects", None),
    "far 4": (redirect("/far-5"), "fetch.too_many_redirects", None),
    "far 5": (redirect("/far-1"), "fetch.too_many_redirects", None),
}


@pytest.fixture(scope="module")
def misery() -> Iterator[Server]:
    routes = {f"/{name.replace(' ', '-')}": reply for name, (reply, _, _) in BAD.items()}
    with Server(routes) as server:
        yield server


@pytest.mark.parametrize(("name", "code", "status"), [(name, code, status) for name, (_, code, status) in BAD.items()])
def test_what_goes_wrong_has_a_code(misery: Server, name: str, code: str, status: int | None) -> None:
    policy = IMPATIENT if code == "fetch.timeout" else LIMITS
    with HttpClient(policy) as client, pytest.raises(Trouble) as caught:
        client.get(misery.url(f"/{name.replace(' ', '-')}"))
    assert (caught.value.code, caught.value.status) == (code, status), str(caught.value)


def test_patience_asked_for(misery: Server, client: HttpClient) -> None:
    with pytest.raises(Busy) as caught:
        client.get(misery.url("/busy"))
    assert caught.value.retry_after_s == 7


def test_an_announced_size_is_refused_before_the_body(serve: Serve, client: HttpClient) -> None:
    server = serve({"/": Reply(b"<p>", headers={"Content-Length": "20000000"}, then_wait_s=3)})
    with pytest.raises(Trouble, match="announces 20000000 bytes"):
        client.get(server.url("/"))


def test_cut(serve: Serve, client: HttpClient) -> None:
    server = serve({"/": Reply(b"abc" * 1000), "/z": Reply(b"abc" * 1000, gzip=True)})
    for path in server.routes:
        assert client.get(server.url(path), accept=Accept(max_bytes=100, is_cut=True)).body == (b"abc" * 34)[:100]


def test_any_type(serve: Serve, client: HttpClient) -> None:
    server = serve({"/": Reply(b"\x1f\x8b...", headers={"Content-Type": "application/gzip"})})
    assert client.get(server.url("/"), accept=ANY).body == b"\x1f\x8b..."


def test_redirects_are_followed_and_recorded(serve: Serve, client: HttpClient) -> None:
    there = serve({"/news/%C3%A4%20b": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/a": redirect("b?x=1", 301), "/b?x=1": redirect(there.url("/news/ä b#top"), 308)})
    page = client.get(here.url("/a"))
    assert page.body.decode() == STORY
    assert page.response.url == there.url("/news/%C3%A4%20b")
    assert page.response.redirects == (here.url("/a"), here.url("/b?x=1"))


def test_time_is_counted_over_all_redirects(serve: Serve) -> None:
    server = serve({f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}, delay_s=0.1) for n in range(9)})
    with HttpClient(IMPATIENT) as client, pytest.raises(Trouble) as caught:
        client.get(server.url("/0"), accept=Accept(max_redirects=9))
    assert caught.value.code == "fetch.timeout"
    assert len(server.log) <= 4


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:7f00:1]"])
def test_this_machine_is_refused_by_default(serve: Serve, host: str) -> None:
    server = serve({"/": Reply(STORY)})
    with HttpClient(FetchPolicy()) as careful, pytest.raises(Trouble) as caught:
        careful.get(f"http://{host}:{server.port}/")
    assert caught.value.code == "fetch.private_address"
    assert not server.log


BAD_URLS = [
    "",
    "/a",
    "example.org",
    "ftp://example.org/a",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "mailto:desk@example.org",
    "http://",
    "http:///a",
    "http://:80/",
    "http://example.org:99999/",
    "http://example.org:0/",
    "http://[::1/",
    "http://exa mple.org/",
    "http://example.org\r\nX-Evil: 1/",
    "http://" + "a" * 70_000,
    "http://example.org/" + "a" * 8200,
    "http://\ud800.example/",
]


@pytest.mark.parametrize("url", BAD_URLS, ids=lambda url: repr(url[:20]))
def test_what_is_no_address(client: HttpClient, url: str) -> None:
    with pytest.raises(Trouble) as caught:
        client.get(url)
    assert caught.value.code == "fetch.bad_url"


@given(st.text(max_size=60) | st.text(max_size=60).map("http://".__add__))
def test_any_text_is_an_address_or_trouble(text: str) -> None:
    try:
        url = checked_url(text)
    except Trouble as why:
        assert why.code == "fetch.bad_url"
    else:
        assert checked_url(url) == url


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [
            b"",
            b"HTTP/1.1 ",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: ",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n\x78\x9c",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 429 Slow\r\nRetry-After: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: ",
            b"HTTP/1.1 200 OK\r\nContent-Type: ",
        ]
    ),
    rest=st.binary(max_size=80),
)
def test_nothing_but_trouble_escapes(misery: Server, client: HttpClient, start: bytes, rest: bytes) -> None:
    misery.routes["/fuzz"] = Reply(raw=start + rest + b"\r\n\r\n")
    try:
        client.get(misery.url("/fuzz"))
    except Trouble as why:
        assert why.code.startswith("fetch.")


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    return make_certificates("127.0.0.1", "news.example")


def test_tls(serve: Serve, certificates: Certificates) -> None:
    server = serve({"/": Reply(STORY)}, tls=certificates.server)
    with HttpClient(LIMITS, ssl_context=certificates.client) as client:
        assert client.get(server.url("/")).body.decode() == STORY
        named = f"https://news.example:{server.port}/"
    with HttpClient(LIMITS, ssl_context=certificates.client, resolver=lambda *_: ["127.0.0.1"]) as client:
        assert client.get(named).body.decode() == STORY
        assert client.get(named.replace(".example", ".example.")).body.decode() == STORY
        with pytest.raises(Trouble, match=r"fetch.tls.*other.example"):
            client.get(f"https://other.example:{server.port}/")


def test_tls_of_an_unknown_authority(serve: Serve, certificates: Certificates, client: HttpClient) -> None:
    server = serve({"/": Reply(STORY)}, tls=certificates.server)
    with pytest.raises(Trouble, match=r"fetch.tls.*certificate verify failed"):
        client.get(server.url("/"))
    assert not server.log


def test_tls_asked_of_a_server_without(serve: Serve) -> None:
    server = serve({"/": Reply(STORY)})
    with HttpClient(IMPATIENT) as client, pytest.raises(Trouble) as caught:
        client.get(server.url("/").replace("http:", "https:"))
    assert caught.value.code in ("fetch.tls", "fetch.timeout")


def test_connections_are_kept(serve: Serve, client: HttpClient) -> None:
    server = serve({"*": Reply(STORY)})
    for n in range(3):
        client.get(server.url(f"/{n}"))
    assert len({asked.peer for asked in server.log}) == 1


def test_a_kept_connection_that_was_closed_is_opened_again(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a": Reply(STORY), "/b": [Reply(raw=b""), Reply(STORY)]})
    turns: list[str] = []

    @contextmanager
    def turn(url: str) -> Iterator[None]:
        turns.append(url)
        yield

    client.get(server.url("/a"), turn=turn)
    assert client.get(server.url("/b"), turn=turn).body.decode() == STORY
    # the server may have read the first, so the second is one that it is to be spared until its turn
    assert turns == [server.url(path) for path in ("/a", "/b", "/b")]


def test_a_server_that_always_hangs_up_is_asked_twice_at_most(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a": Reply(STORY), "/b": Reply(raw=b"")})
    client.get(server.url("/a"))
    with pytest.raises(Trouble, match=r"fetch\.protocol"):
        client.get(server.url("/b"))
    assert server.paths() == ["/a", "/b", "/b"]


def test_failures_leave_no_connection_behind(misery: Server, serve: Serve) -> None:
    fine = serve({"/": Reply(STORY)})
    with HttpClient(replace(LIMITS, timeout_s=2, max_hosts_at_once=1)) as client:  # one connection is kept
        for path in ("/endless", "/early-end", "/stops", "/rubbish", "/to-metadata", "/to-itself", "/missing"):
            with pytest.raises(Trouble):
                client.get(misery.url(path))
            assert client.connection_count <= 1, path
        for url in ("http://169.254.169.254/", fine.url("/").replace("http:", "https:"), "http://127.0.0.9:1/"):
            with pytest.raises(Trouble):
                client.get(url)
            assert client.connection_count <= 1, url
        assert client.get(fine.url("/")).body.decode() == STORY


def test_no_cookies_are_kept(serve: Serve, client: HttpClient) -> None:
    server = serve({"*": Reply(STORY, headers={"Set-Cookie": "a=1"})})
    client.get(server.url("/1"))
    client.get(server.url("/2"))
    assert "Cookie" not in server.log[1].headers


@pytest.mark.parametrize(
    ("header", "charset"),
    [(None, None), ("text/html", None), ("text/html;charset=UTF-8", "UTF-8"), ("a; Charset = 'x'; b=c", "x")],
)
def test_charset(header: str | None, charset: str | None) -> None:
    assert declared_charset(header) == charset


def test_headers_cost_what_their_length_is() -> None:
    def cost(size: int) -> float:
        start = time.process_time()
        for value in ("charset" * size, "charset=" + " " * size, "a;charset" + " " * size + "=", '"' * size):
            declared_charset(value)
            refused_type(value)
        return time.process_time() - start

    cost(1000)
    assert cost(256_000) < 40 * cost(64_000) + 0.2


def test_headers_that_are_kept_are_bounded() -> None:
    raw = [(b"Link", b"<a>" * 9000), (b"ETag", b'"' * 100_000), *[(b"X-Robots-Tag", b"noai")] * 900]
    raw += [(b"Link", b"<b>")] * 900
    kept = kept_headers(raw)
    assert [name for name, _ in kept] == ["link", *["x-robots-tag"] * 100]
    assert len(kept[0][1]) < 600
    assert len(read_headers([(b"Location", b"/" * 100_000)])["location"]) == 8192


def test_a_body_in_countless_pieces_is_not_read_to_its_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.web.response_body._MAX_PIECES", 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    end = b"0\r\n\r\n"
    server = serve({f"/{n}": Reply(raw=head + b"1\r\na\r\n" * n + end) for n in (1000, 1001)})
    with HttpClient(replace(LIMITS, timeout_s=5, deadline_s=9)) as client:
        assert client.get(server.url("/1000")).body == b"a" * 1000
        with pytest.raises(Trouble, match=r"fetch\.protocol: .* 1000 pieces"):
            client.get(server.url("/1001"))


@given(st.none() | st.text(max_size=30), st.binary(max_size=30))
def test_sniffing_any_bytes(header: str | None, head: bytes) -> None:
    assert isinstance(refused_type(header), str | None)
    assert isinstance(refused_head(header, head), str | None)


WRONG: list[tuple[dict[str, object], str]] = [
    ({"timeout_s": 0}, "timeout_s is 0"),
    ({"deadline_s": 5.0}, "shorter than timeout_s"),
    ({"delay_s": -1.0}, "delay_s is -1.0"),
    ({"delay_s": float("nan")}, "delay_s is nan"),
    ({"max_hosts_at_once": 0}, "max_hosts_at_once is 0"),
    ({"user_agent": "news\r\nX: y"}, "user_agent is"),
    ({"user_agent": ""}, "user_agent is ''"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_a_policy_is_checked(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FetchPolicy(**values)  # type: ignore[arg-type]


def test_names() -> None:
    assert FetchPolicy(user_agent=make_user_agent("mailto:desk@example.org")).robots_name == "newsmill"
    assert FetchPolicy(user_agent="Gazette-Reader/2").robots_name == "gazette-reader"
