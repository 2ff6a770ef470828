"""Conditional requests: validators are sent verbatim, and 304 is a page without a body."""

from collections.abc import Iterator

import pytest

from schemas.trouble import Trouble
from tests.support.servers import Reply, Serve, redirect
from transforms.web.accept import ANY
from transforms.web.client import HttpClient
from transforms.web.headers import KEPT_HEADERS, kept_headers, sendable_headers
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, allow_private=True)
ETAG, DAY = 'W/"otter-7"', "Tue, 01 Jan 2030 12:00:00 GMT"
ASK = (("If-None-Match", ETAG), ("If-Modified-Since", DAY))
SAME = Reply(status=304, headers={"ETag": ETAG, "Content-Length": None, "Cache-Control": "max-age=60"})


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(POLICY) as made:
        yield made


def test_not_modified(serve: Serve, client: HttpClient) -> None:
    server = serve({"/feed": SAME})
    page = client.get(server.url("/feed"), headers=ASK, accept=ANY)
    assert (page.response.status, page.body, page.response.url) == (304, b"", server.url("/feed"))
    assert page.response.headers == (("cache-control", "max-age=60"), ("etag", ETAG))
    headers = server.log[0].headers
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == (ETAG, DAY)


def test_the_connection_is_kept_after_it(serve: Serve, client: HttpClient) -> None:
    server = serve({"*": SAME})
    for n in range(3):
        client.get(server.url(f"/{n}"), headers=ASK)
    assert len({asked.peer for asked in server.log}) == 1


def test_what_has_changed_comes_whole(serve: Serve, client: HttpClient) -> None:
    server = serve({"/feed": Reply("<rss/>", headers={"ETag": '"new"'})})
    page = client.get(server.url("/feed"), headers=ASK, accept=ANY)
    assert (page.response.status, page.body) == (200, b"<rss/>")
    assert dict(page.response.headers)["etag"] == '"new"'


@pytest.mark.parametrize("headers", [(), (("X-Other", "1"),), (("If-None-Match", "a\r\nX-Evil: 1"),)])
def test_304_to_an_unconditional_get(serve: Serve, client: HttpClient, headers: tuple[tuple[str, str], ...]) -> None:
    server = serve({"/feed": SAME})
    with pytest.raises(Trouble) as caught:
        client.get(server.url("/feed"), headers=headers, accept=ANY)
    assert (caught.value.code, caught.value.status) == ("fetch.protocol", 304)
    assert "X-Evil" not in server.log[0].headers


@pytest.mark.parametrize("body", [b"not empty", b"x" * 100])
def test_304_with_a_body_and_a_length_beyond_all_limits(serve: Serve, client: HttpClient, body: bytes) -> None:
    head = b"HTTP/1.1 304 Same\r\nContent-Length: 99999999\r\nContent-Type: image/png\r\n\r\n"
    server = serve({"/feed": Reply(raw=head + body)})
    page = client.get(server.url("/feed"), headers=ASK)
    assert (page.response.status, page.body) == (304, b"")


def test_conditions_go_along_on_redirects_and_nothing_else_does(serve: Serve, client: HttpClient) -> None:
    there = serve({"/feed": SAME}, host="127.0.0.2")
    here = serve({"/old": redirect("/feed", 301), "/feed": redirect(there.url("/feed"), 308)})
    page = client.get(here.url("/old"), headers=(*ASK, ("X-Key", "of this origin")))
    assert page.response.status == 304
    assert page.response.moved_to == there.url("/feed")
    assert [asked.headers.get("X-Key") for asked in (*here.requests(), *there.requests())] == ["of this origin"] * 2 + [
        None
    ]
    assert all(asked.headers["If-None-Match"] == ETAG for asked in (*here.log, *there.log))


MOVES = [
    ((), False),
    ((301,), True),
    ((308,), True),
    ((302,), False),
    ((303,), False),
    ((307,), False),
    ((301, 308, 301), True),
    ((301, 302), False),
    ((302, 301), False),
]


@pytest.mark.parametrize(("statuses", "has_moved"), MOVES)
def test_what_has_moved_for_good(serve: Serve, client: HttpClient, statuses: tuple[int, ...], has_moved: bool) -> None:
    server = serve({f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)})
    last = f"/{len(statuses)}"
    server.routes[last] = Reply("<rss/>")
    page = client.get(server.url("/0"), accept=ANY)
    assert page.response.moved_to == (server.url(last) if has_moved else None)
    assert page.response.redirects == tuple(server.url(f"/{n}") for n in range(len(statuses)))


def test_headers_of_use_later(serve: Serve, client: HttpClient) -> None:
    lines = "".join(f"{name.title()}: of {name}\r\n" for name in sorted(KEPT_HEADERS))
    head = f"HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=1\r\n{lines}\r\n<p>".encode()
    server = serve({"/": Reply(raw=head)})
    headers = client.get(server.url("/"), accept=ANY).response.headers
    assert headers == tuple((name, f"of {name}") for name in sorted(KEPT_HEADERS))


def test_headers_of_the_last_answer_count(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a": Reply(status=301, headers={"Location": "/b", "ETag": '"a"'}), "/b": Reply("<p>x")})
    assert client.get(server.url("/a")).response.headers == ()


def test_lines_that_are_there_twice() -> None:
    raw = [
        (b"Cache-Control", b"no-cache"),
        (b"X-Robots-Tag", b"googlebot: noindex"),
        (b"ETag", b'"1"'),
        (b"x-robots-tag", b"noai"),
        (b"cache-control", b"max-age=5"),
        (b"Etag", b'"2"'),
        (b"Content-Language", b"d\xe9"),
    ]
    assert kept_headers(raw) == (
        ("cache-control", "no-cache, max-age=5"),
        ("content-language", "dé"),
        ("etag", '"1"'),
        ("x-robots-tag", "googlebot: noindex"),
        ("x-robots-tag", "noai"),
    )


SENDABLE = {
    '"plain"': b'"plain"',
    " padded ": b"padded",
    '"Ö"': '"Ö"'.encode(),
    "": None,
    " ": None,
    "a\nb": None,
    "a\r\nX: y": None,
    "a\x00b": None,
    "a\x7fb": None,
    "x" * 5000: None,
    "\ud800": None,
}


@pytest.mark.parametrize(("value", "sent"), SENDABLE.items(), ids=range(len(SENDABLE)))
def test_what_can_be_sent(serve: Serve, client: HttpClient, value: str, sent: bytes | None) -> None:
    assert sendable_headers([("If-None-Match", value)]) == ((("If-None-Match", sent),) if sent else ())
    server = serve({"/": Reply("<p>x")})
    client.get(server.url("/"), headers=[("If-None-Match", value)])
    got = server.log[0].headers.get("If-None-Match")
    assert got == (sent.decode("latin-1") if sent else None)
