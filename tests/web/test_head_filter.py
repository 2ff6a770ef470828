"""Heads of responses as real servers send them: invalid lines are removed, framing is never guessed."""

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.servers import Reply, Serve
from transforms.web.client import HttpClient
from transforms.web.head_filter import MAX_HEAD_BYTES, MAX_INTERIM, MAX_LINES, HeadFilter, clean_head
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(timeout_s=2, deadline_s=4, allow_private=True)
STORY = b"<!DOCTYPE html><title>Ferry resumes</title><p>The ferry between Norrby and Sund sails again.</p>"

ODD_LINES = {
    "a script's complaint": b"userdata/counter.php: cannot open stream",
    "a name that is not a token": b"X@Y: z",
    "a blank before the colon": b"X-Served-By : cache-7",
    "no colon": b"no colon here",
    "a colon alone": b": nothing",
    "a policy on two lines": b"Content-Security-Policy: default-src 'self'\r\nscript-src https://cdn.example 'self'",
    "bytes beyond ASCII": "X-Möwe: x\r\nX-Title: Fähre".encode("latin-1"),
    "NUL and a lone CR": b"X-Note: a\x00b\rc",
    "a length that is none": b"Content-Length:",
    "a length in words": b"Content-Length: many",
    "folded": b"X-Long: one\r\n two\r\n\tthree",
    "folded below what is passed over": b"not a header\r\n  nor is this: one",
    "folded below nothing": b" \tlost: line",
}


@pytest.mark.parametrize("line", ODD_LINES.values(), ids=ODD_LINES.keys())
@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_what_browsers_pass_over(serve: Serve, line: bytes, end: bytes) -> None:
    odd = line.replace(b"\r\n", end)
    # What begins with a blank would belong to the line before.
    first, second = ([odd], []) if line.startswith(b" ") else ([], [odd])
    head = [b"HTTP/1.1 200 OK", *first, b"Content-Type: text/html", *second, b"ETag: x", b"", b""]
    server = serve({"/": Reply(raw=end.join(head) + STORY)})
    with HttpClient(POLICY) as client:
        page = client.get(server.url("/"))
    assert page.body == STORY
    assert page.response.content_type == "text/html"
    assert ("etag", "x") in page.response.headers


STATUS_LINES = {
    b"HTTP/1.1 200": b"HTTP/1.1 200 \r\n\r\n",
    b"HTTP/2.0 200 OK": b"HTTP/1.1 200 OK\r\n\r\n",
    b"http/1.0  200   fine": b"HTTP/1.0 200 fine\r\n\r\n",
    b"HTTP/1.1 404 Nicht gef\xfcnden\x01": b"HTTP/1.1 404 Nicht gef\xfcnden\r\n\r\n",
}


@pytest.mark.parametrize(("sent", "made"), STATUS_LINES.items())
def test_status_lines(sent: bytes, made: bytes) -> None:
    assert clean_head(sent + b"\r\n\r\n")[0] == made


@pytest.mark.parametrize(
    "coding", [b"chunked\r\nTransfer-Encoding: chunked", b"chunked, Chunked", b"identity, chunked"]
)
def test_chunked_said_twice(serve: Serve, coding: bytes) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(STORY), STORY)
    server = serve({"/": Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n" + body)})
    with HttpClient(POLICY) as client:
        assert client.get(server.url("/")).body == STORY


REFUSED = {
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "another coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "too many lines": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (MAX_LINES + 1) + b"\r\n" + STORY,
    "too long": b"HTTP/1.1 200 OK\r\nX: " + b"y" * MAX_HEAD_BYTES + b"\r\n\r\n" + STORY,
    "interim without end": b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MAX_INTERIM + 1),
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(serve: Serve, raw: bytes) -> None:
    server = serve({"/": Reply(raw=raw)})
    with HttpClient(POLICY) as client, pytest.raises(Trouble, match=r"fetch\.protocol"):
        client.get(server.url("/"))


def test_interim_answers_and_blank_lines_come_before_the_head(serve: Serve) -> None:
    raw = b"\r\n\r\nHTTP/1.1 103 Early Hints\r\nbad line\r\n\r\nHTTP/1.1 200 OK\r\nbad line\r\n\r\n" + STORY
    server = serve({"/": Reply(raw=raw)})
    with HttpClient(POLICY) as client:
        assert client.get(server.url("/")).body == STORY


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_pieces_of_any_size(step: int) -> None:
    body = b"HTTP/1.1 404 x\r\n\r\nX@Y: z\r\n\r\n"  # what looks like a head in a body is none
    raw = b"HTTP/1.1 200 OK\r\nX@Y: z\r\nA: b\r\n\r\n" + body
    heads, out = HeadFilter(), b""
    for at in range(0, len(raw), step):
        out += heads.feed(raw[at : at + step])
    assert out + heads.feed(b"") == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n" + body
    heads.expect()
    assert heads.feed(raw[: raw.index(body)]) == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"


@given(st.binary(max_size=200))
def test_no_byte_of_a_body_is_lost(body: bytes) -> None:
    heads = HeadFilter()
    assert heads.feed(b"HTTP/1.1 200 OK\n\n" + body) == b"HTTP/1.1 200 OK\r\n\r\n" + body
    assert heads.feed(body) == body


@given(st.lists(st.sampled_from([b"HTTP", b"/1.1", b" ", b"200", b"100", b"\r", b"\n", b"\r\n", b"a", b":", b"\x00"])))
def test_any_head(pieces: list[bytes]) -> None:
    heads = HeadFilter()
    try:
        for piece in pieces:
            heads.feed(piece)
        heads.feed(b"")
    except httpcore.RemoteProtocolError:
        pass
