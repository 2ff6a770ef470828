"""JSON records and WARC records."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.documents import Document, Entry, Link, Origin, Response
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.ledger import origin_of
from transforms.sources.inflate import open_inflated
from transforms.sources.limits import ReadLimits
from transforms.sources.records import read_records
from transforms.sources.warcs import read_warc

LINES = Origin(uri="a.jsonl", kind="jsonl", tags=("t",))
WARC = Origin(uri="a.warc", kind="warc")


def at(origin: Origin, position: int) -> Origin:
    return Origin(uri=origin.uri, kind=origin.kind, tags=origin.tags, position=position)


def records(data: bytes, **limits: int) -> list[Any]:
    return list(read_records(io.BytesIO(data), LINES, head=data[:65536], limits=ReadLimits(**limits)))


def codes(things: list[Any]) -> list[str]:
    """What became of each: a code, a reason, or the class."""
    return [
        (thing.why.code if isinstance(thing.why, Trouble) else thing.why.reason)
        if isinstance(thing, Mishap)
        else type(thing).__name__
        for thing in things
    ]


def test_json_lines() -> None:
    lines = [
        {"url": "https://post.example/1", "html": "<p>ö</p>", "headline": "A <b>B</b>", "authors": ["Ann", "Bo"]},
        {"text": "Words", "title": "T", "author": "Ann", "date": 20240101, "tags": ["x"], "language": "EN"},
        {"url": "https://post.example/3", "published": "2024", "description": "D", "image": "https://i.example/i"},
        {"url": "https://post.example/4", "html": None, "text": ""},
    ]
    data = "\n\n".join(json.dumps(line) for line in lines).encode()
    assert records(b"\xef\xbb\xbf" + data) == [
        Document(
            media="html",
            origin=at(LINES, 0),
            body="<p>ö</p>".encode(),
            charset="utf-8",
            url="https://post.example/1",
            entry=Entry(url="https://post.example/1", title="A B", authors=("Ann", "Bo")),
        ),
        Document(
            media="text",
            origin=at(LINES, 1),
            body=b"Words",
            charset="utf-8",
            entry=Entry(title="T", authors=("Ann",), published_raw="20240101", categories=("x",), language="en"),
        ),
        Link(
            url="https://post.example/3",
            origin=at(LINES, 2),
            entry=Entry(
                url="https://post.example/3",
                published_raw="2024",
                summary_html="D",
                image_url="https://i.example/i",
            ),
        ),
        Link(url="https://post.example/4", origin=at(LINES, 3)),
    ]
    assert records("\n".join(json.dumps(line) for line in lines).encode("utf-16")) == records(data)
    assert records(json.dumps(lines, indent=1).encode()) == records(data)
    assert records(json.dumps(lines[0], indent=1).encode()) == records(json.dumps(lines[0]).encode())


def test_bad_lines_and_the_good_ones_between() -> None:
    data = b"""{"url": "https://a.example/1", "text": "one"}
{"url": "https://a.example/2", "text": "two
[1]
{"title": "nothing to read"}
{"url": "mailto:x", "text": "y"}
{"url": 5}
{"text": {"a": 1}}
{"url": "https://a.example/3", "text": "%s"}
{"url": "https://a.example/4", "text": "%s"}
\xff\xfe
{"text": "last"}""" % (b"x" * 150, b"y" * 700)
    found = records(data, max_page_bytes=100)
    bad = "read.bad_record"
    big = "read.too_large"
    assert codes(found) == ["Document", bad, bad, bad, bad, bad, bad, big, big, bad, "Document"]
    assert [origin_of(thing.subject).position for thing in found if isinstance(thing, Mishap)] == list(range(1, 10))
    assert found[7].subject.url == "https://a.example/3"
    assert found[10].origin.position == 10


def test_one_json_value_that_cannot_be_read() -> None:
    with pytest.raises(Trouble, match=r"read\.bad_record"):
        records(b'[{"url": "https://a.example/"}')
    with pytest.raises(Trouble, match=r"read\.too_large"):
        records(b'[{"url": "https://a.example/"}]', max_array_bytes=10)
    assert records(b"[]") == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_json_bytes_fail_only_in_a_named_way(data: bytes) -> None:
    for given_data in (data, b'{"url": "' + data, b"[" + data, b'{"text": "x"}\n' + data):
        try:
            assert set(codes(records(given_data))) <= {"Document", "Link", "read.bad_record"}
        except Trouble as trouble:
            assert trouble.code == "read.bad_record"


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5), lambda inner:
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "html", "text", "title", "tags", "authors",
    "date", "language", "image"]), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_any_json_values_fail_only_in_a_named_way(value: Any) -> None:
    try:
        codes(records(json.dumps(value).encode() + b"\n"))
    except Trouble as trouble:
        assert trouble.code == "read.bad_record"


class Archive:
    """A WARC in the making."""

    def __init__(self, *, compressed: bool = False) -> None:
        self.bytes = io.BytesIO()
        self._writer = WARCWriter(self.bytes, gzip=compressed)

    def add(self, kind: str, url: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> "Archive":
        http = None
        if kind in ("response", "request", "revisit"):
            pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
            http = StatusAndHeaders("GET / HTTP/1.1" if kind == "request" else status, pairs, protocol="HTTP/1.1")
            if kind == "request":
                http = StatusAndHeaders("/ HTTP/1.1", pairs, protocol="GET")
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=http,
            warc_content_type=headers.get("content_type", "") if http is None else "",
            warc_headers_dict={"WARC-Date": "2024-05-06T07:08:09Z"},
        )
        self._writer.write_record(record)
        return self

    def read(self, **limits: int) -> list[Any]:
        return list(self.iterate(self.bytes.getvalue(), **limits))

    @staticmethod
    def iterate(data: bytes, **limits: int) -> Iterator[Any]:
        stream = open_inflated(io.BytesIO(data), name="a.warc")
        return read_warc(stream, WARC, limits=ReadLimits(**limits))


HTML = "text/html; charset=ISO-8859-1"


def sample(*, compressed: bool = False) -> Archive:
    archive = Archive(compressed=compressed)
    archive.add("warcinfo", "", b"software: x\r\n", content_type="application/warc-fields")
    archive.add("request", "https://a.example/1")
    archive.add("response", "https://a.example/1", b"<p>one</p>", Content_Type=HTML)
    archive.add("response", "https://a.example/i.png", b"\x89PNG", Content_Type="image/png")
    archive.add("response", "https://a.example/2", b"", "301 Moved", Location="/3")
    archive.add("response", "https://a.example/3", b"gone", "404 Not Found", Content_Type=HTML)
    archive.add("metadata", "https://a.example/1", b"x", content_type="application/warc-fields")
    packed, chunked = gzip.compress(b"<p>two</p>"), b"4\r\n<p>t\r\n6\r\nhree</\r\n2\r\np>\r\n0\r\n\r\n"
    archive.add("response", "https://a.example/4", packed, Content_Type=HTML, Content_Encoding="gzip")
    archive.add("response", "https://a.example/5", chunked, Content_Type=HTML, Transfer_Encoding="chunked")
    archive.add("response", "https://a.example/6", b"<!doctype html><p>four</p>")
    archive.add("resource", "https://a.example/7", b"<p>five</p>", content_type="text/html")
    archive.add("resource", "https://a.example/8", b"{}", content_type="application/json")
    archive.add("revisit", "https://a.example/1")
    return archive


@pytest.mark.parametrize("compressed", [False, True])
def test_warc(compressed: bool) -> None:
    found = sample(compressed=compressed).read()
    assert codes(found) == ["Document", *["read.ignored"] * 3, *["Document"] * 4, "read.ignored"]
    assert found[0] == Document(
        media="html",
        origin=at(WARC, 0),
        body=b"<p>one</p>",
        charset="ISO-8859-1",
        url="https://a.example/1",
        response=Response(
            url="https://a.example/1",
            status=200,
            content_type=HTML,
            fetched_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        ),
    )
    bodies = [thing.body for thing in found if isinstance(thing, Document)]
    assert bodies == [b"<p>one</p>", b"<p>two</p>", b"<p>three</p>", b"<!doctype html><p>four</p>", b"<p>five</p>"]
    assert [mishap.why.message for mishap in found if isinstance(mishap, Mishap)][:3] == [
        "image/png at https://a.example/i.png",
        "status 301 of https://a.example/2",
        "status 404 of https://a.example/3",
    ]
    positions = [origin_of(x.subject if isinstance(x, Mishap) else x).position for x in found]
    assert positions == list(range(9))


def test_pages_that_cannot_be_unpacked() -> None:
    archive = Archive()
    archive.add("response", "https://a.example/1", b"x" * 200, Content_Type=HTML)
    archive.add("response", "https://a.example/2", b"xx", Content_Type=HTML, Content_Encoding="br")
    cut = gzip.compress(b"<p>abc</p>")[:-4]
    archive.add("response", "https://a.example/3", cut, Content_Type=HTML, Content_Encoding="gzip")
    archive.add("response", "https://a.example/4", b"<p>4</p>", Content_Type=HTML, Content_Encoding="gzip")
    archive.add("response", "https://a.example/5", b"<p>5</p>", "oops", Content_Type=HTML)
    archive.add("response", "https://a.example/6", b"<p>6</p>", Content_Type=HTML)
    found = archive.read(max_page_bytes=100)
    bad = "read.bad_record"
    assert codes(found) == ["read.too_large", bad, bad, "Document", bad, "Document"]


def test_bad_records_and_the_good_ones_between() -> None:
    page = Archive().add("response", "https://a.example/1", b"<p>one</p>", Content_Type=HTML).bytes.getvalue()
    no_length = page.replace(b"Content-Length: ", b"Content-Length: x", 1)
    no_address = page.replace(b"WARC-Target-URI", b"WARC-Something", 1)
    found = list(Archive.iterate(page + b"junk\r\nmore junk\r\n" + page + no_length + no_address + page))
    bad = "read.bad_record"
    assert codes(found) == ["Document", bad, "Document", bad, bad, "Document"]


@pytest.mark.parametrize("compressed", [False, True])
def test_a_cut_warc_gives_the_whole_records_first(compressed: bool) -> None:
    archive = Archive(compressed=compressed)
    for n in range(3):
        archive.add("response", f"https://a.example/{n}", f"<p>{n}</p>".encode() * 9, Content_Type=HTML)
    found: list[Any] = []
    with pytest.raises(Trouble, match=r"read\.corrupt"):
        found.extend(Archive.iterate(archive.bytes.getvalue()[:-20]))
    assert codes(found) == ["Document", "Document"]


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 30), st.binary(max_size=30))
def test_any_warc_bytes_fail_only_in_a_named_way(where: int, n: int, noise: bytes) -> None:
    whole = SAMPLE
    try:
        found = list(Archive.iterate(whole[:where] + noise + whole[where + n :]))
        assert set(codes(found)) <= {"Document", "read.bad_record", "read.ignored"}
    except Trouble as trouble:
        assert trouble.code == "read.corrupt"


SAMPLE = sample().bytes.getvalue()


def test_left_out_is_not_trouble() -> None:
    (mishap,) = Archive().add("response", "https://a.example/", b"x", Content_Type="image/gif").read()
    assert isinstance(mishap.why, LeftOut)
