"""Recorded exchanges equal what the server received and sent."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.servers import Reply, Serve, make_certificates, redirect
from transforms.web.accept import Accept
from transforms.web.client import HttpClient
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(
    timeout_s=20, deadline_s=60, delay_s=0, max_page_bytes=4096, allow_private=True, keep_exchange=True
)
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def client(**settings: object) -> HttpClient:
    return HttpClient(POLICY, now=lambda: AT, **settings)  # type: ignore[arg-type]


def test_heads_and_body_are_recorded(serve: Serve) -> None:
    server = serve({"/a?b=1": Reply("<p>Otters", gzip=True, headers={"x-ODD": "One"})})
    with client() as asking:
        for _ in range(2):  # on a new connection, and on one kept alive
            page = asking.get(server.url("/a?b=1"))
            (noted,) = page.response.exchanges
            lines = noted.request_head.decode().split("\r\n")
            assert lines[0] == "GET /a?b=1 HTTP/1.1"
            assert [tuple(line.split(": ", 1)) for line in lines[1:-2]] == list(server.requests()[-1].headers.items())
            answer = noted.response_head.decode().split("\r\n")
            assert answer[0] == "HTTP/1.1 200 Scripted"
            assert "x-ODD: One" in answer
            assert answer[-2:] == ["", ""]
            assert noted.body[:2] == b"\x1f\x8b"
            assert page.body == b"<p>Otters"
            assert (noted.url, noted.at, noted.ip, noted.is_whole) == (page.response.url, AT, "127.0.0.1", True)
    assert len({asked.peer for asked in server.requests()}) == 1


def test_redirects_come_first(serve: Serve) -> None:
    server = serve({"/1": redirect("/2"), "/2": redirect("/3", 301), "/3": Reply("<p>Otters")})
    with client() as asking:
        noted = asking.get(server.url("/1")).response.exchanges
    assert [exchange.url for exchange in noted] == [server.url(path) for path in ("/1", "/2", "/3")]
    assert [exchange.is_whole for exchange in noted] == [False, False, True]
    assert b"Location: /2\r\n" in noted[0].response_head


def test_a_body_that_was_cut_is_not_whole(serve: Serve) -> None:
    server = serve({"/a": Reply("<p>" + "otter " * 99)})
    with client() as asking:
        page = asking.get(server.url("/a"), accept=Accept(max_bytes=10, is_cut=True))
    assert (len(page.body), page.response.exchanges[0].is_whole) == (10, False)


def test_the_same_over_tls(serve: Serve) -> None:
    certificates = make_certificates("otters.example")
    server = serve({"/a": Reply("<p>Otters")}, tls=certificates.server, name="otters.example")
    with client(ssl_context=certificates.client, resolver=lambda *_: ["127.0.0.1"]) as asking:
        (noted,) = asking.get(server.url("/a")).response.exchanges
    assert (noted.body, noted.ip) == (b"<p>Otters", "127.0.0.1")
    assert noted.request_head.startswith(b"GET /a HTTP/1.1\r\nHost: otters.example:")


def test_nothing_is_recorded_by_default(serve: Serve) -> None:
    server = serve({"/1": redirect("/2"), "/2": Reply("<p>Otters")})
    with HttpClient(replace(POLICY, keep_exchange=False)) as asking:
        assert asking.get(server.url("/1")).response.exchanges == ()


@pytest.mark.parametrize(
    ("kind", "body", "media"),
    [
        ("text/plain", "Plain words", "text"),
        ("text/plain; charset=utf-8", "<!DOCTYPE html><p>x", "html"),
        ("text/html", "Plain words", "html"),
    ],
)
def test_what_a_page_is_read_as(serve: Serve, kind: str, body: str, media: str) -> None:
    server = serve({"/a": Reply(body, headers={"Content-Type": kind})})
    with client() as asking:
        assert asking.get(server.url("/a")).media == media
