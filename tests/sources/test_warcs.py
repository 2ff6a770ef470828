"""Records of WARC and ARC files."""

import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.documents import Document, Origin, Response
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from tests.support.found import at, codes
from transforms.letters.replay_element import origin_of
from transforms.sources.inflate import open_inflated
from transforms.sources.limits import ReadLimits
from transforms.sources.warcs import read_arc, read_warc

WARC = Origin(uri="a.warc", kind="warc")


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

    def read(self, **limits: Any) -> list[Any]:
        return list(self.iterate(self.bytes.getvalue(), **limits))

    @staticmethod
    def iterate(data: bytes, **limits: Any) -> Iterator[Any]:
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
    archive.add("response", "https://a.example/2", b"\x9c\1\xf3\2", Content_Type=HTML, Content_Encoding="br")
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


def raw_record(*headers: str, url: str = "https://a.example/1", body: bytes = b"<p>one</p>", http: str = "200 OK",
               kind: str = "response", **warc: str) -> bytes:  # fmt: skip
    """A record as it stands in a file."""
    lines = "".join(f"{line}\r\n" for line in headers)
    block = f"HTTP/1.1 {http}\r\n{lines}\r\n".encode("latin-1") + body
    given = {name.replace("_", "-"): value for name, value in warc.items()}
    named = {"WARC-Type": kind, "WARC-Date": "2024-05-06T07:08:09Z", "WARC-Target-URI": url,
             "Content-Length": str(len(block)), **given}  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


GOOD = raw_record("Content-Type: text/html")
NINES = "9" * 5000


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (raw_record("Content-Type: text/html", WARC_Date="9999-12-31T23:59:59-23:59"), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", WARC_Date="0001-01-01T00:00:00+23:59"), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", WARC_Date="yesterday"), ["Document"]),
        (raw_record("Content-Type: text/html", http=NINES), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", http="20\u00b2 OK"), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", http=""), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", Content_Length=NINES), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", Content_Length="-5"), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", WARC_Type=""), ["read.bad_record"]),
        (raw_record("Content-Type: text/html", Content_Length="0"), ["read.bad_record", "read.bad_record"]),
        (raw_record(*["X: y"] * 300_000), ["read.bad_record"]),
        (GOOD.replace(b"WARC-Date", b"X: y\r\n" * 300_000 + b"WARC-Date"), ["read.bad_record"]),
        (raw_record(f"Content-Type: text/html; charset={' ' * 9000}"), ["Document"]),
        (raw_record("Content-Type: text/html", kind="Response"), ["Document"]),
        (raw_record("Content-Type: text/html", url="HTTPS://a.example/1"), ["Document"]),
        (raw_record("Content-Type: text/html", url="<https://a.example/1>"), ["Document"]),
        (raw_record("Content-Type: text/html", kind="Revisit"), []),
        (GOOD.replace(b"WARC/1.0", b"WARC/1.2"), ["Document"]),
        (GOOD.replace(b"HTTP/1.1", b"http/1.1"), ["Document"]),
        (GOOD.replace(b"HTTP/1.1", b"HTTP/2"), ["Document"]),
        (GOOD.replace(b"HTTP/1.1", b"ICY 1.1."), ["read.bad_record"]),
    ],
)  # fmt: skip
def test_a_wrong_record_of_a_warc_costs_itself_alone(record: bytes, wanted: list[str]) -> None:
    found = list(Archive.iterate(GOOD + record + GOOD))
    assert codes(found) == ["Document", *wanted, "Document"]
    positions = [origin_of(x.subject if isinstance(x, Mishap) else x).position for x in found]
    assert positions == list(range(len(found)))


PAGE = b"<!DOCTYPE html><html><body><p>The harbour opened.</p></body></html>"


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        ("text/html,text/html; charset=utf-8", PAGE, "Document"),
        ("text/plain", PAGE, "Document"),
        ("charset=utf-8", PAGE, "Document"),
        ("application/octet-stream", PAGE, "Document"),
        ("application/xml", PAGE, "Document"),
        ("TEXT/HTML", b"Words alone", "Document"),
        ("html", PAGE, "Document"),
        ("", PAGE, "Document"),
        ("text/plain", b"User-agent: *\nDisallow:\n", "read.ignored"),
        ("text/css", b"p { color: red }", "read.ignored"),
        ("application/html", b"\xef\xbb\xbf\n" + PAGE, "Document"),
        ("application/x-httpd-php", PAGE, "Document"),
        ("text/x-template", b"var page = '" + PAGE + b"'", "read.ignored"),
        ("text/javascript", b"<p>one</p><p>two</p><p>three</p>", "read.ignored"),
        ("application/rss+xml; charset=utf-8", PAGE, "read.ignored"),
        ("application/ld+json", PAGE, "read.ignored"),
        ("image/png", PAGE, "read.ignored"),
        ("text/html", b"%PDF-1.7\n1 0 obj", "read.ignored"),
        ("text/html", b"\x89PNG\r\n\x1a\n\0\0\0", "read.ignored"),
        ("application/json", b'{"a": 1}', "read.ignored"),
        ("application/rss+xml", b"<rss version='2.0'><channel/></rss>", "read.ignored"),
    ],
)
def test_the_bytes_decide_where_the_header_says_nothing(content_type: str, body: bytes, wanted: str) -> None:
    (found,) = Archive.iterate(raw_record(f"Content-Type: {content_type}", body=body))
    assert codes([found]) == [wanted]


PACKED = gzip.compress(PAGE)


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("br", PAGE), ("gzip", PAGE), ("zstd", PAGE), ("deflate", PAGE), ("utf-8", PAGE), ("none, GZIP", PAGE),
        ("aws-chunked", PAGE), ("gzip, deflate, br", PACKED), ("br, gzip", gzip.compress(brotli.compress(PAGE))),
        ("GZip", PACKED), ("deflate, gzip", gzip.compress(zlib.compress(PAGE))), ("BR", brotli.compress(PAGE)),
        ("identity", PACKED), ("x-gzip", PACKED + b"\r\n"), ("zstd", zstandard.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)), ("gzip", gzip.compress(PACKED)),
    ],
)  # fmt: skip
def test_encodings_done_undone_and_listed(header: str, body: bytes) -> None:
    chunked = b"".join(b"%X;x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"
    for transfer, stored in (
        ((), body),
        (("Transfer-Encoding: Chunked",), chunked),
        (("transfer-encoding: chunked",), body),
    ):
        (found,) = Archive.iterate(
            raw_record("Content-Type: text/html", f"Content-Encoding: {header}", *transfer, body=stored)
        )
        assert isinstance(found, Document), (found, transfer)
        assert found.body == PAGE


@pytest.mark.parametrize("header", ["br", "gzip", "zstd, gzip", "deflate", "x-own"])
@pytest.mark.parametrize("body", [b"\x9c\1\xf3\2" * 40, PACKED[:-9]])
def test_a_body_that_is_not_what_its_header_says(header: str, body: bytes) -> None:
    (found,) = Archive.iterate(raw_record("Content-Type: text/html", f"Content-Encoding: {header}", body=body))
    assert codes([found]) == ["read.bad_record"]


def arc(*records: tuple[str, bytes], version: int = 1, description_bytes: int | None = None) -> bytes:
    """An ARC file of pages by their addresses."""
    more = {1: "", 2: " 200 - - 0 a.arc"}[version]
    about = b"%d 0 Post\nURL IP-address Archive-date Content-type Archive-length\n" % version
    length = len(about) if description_bytes is None else description_bytes
    out = f"filedesc://a.arc 0.0.0.0 20240503100000 text/plain{more} {length}\n".encode() + about
    for url, block in records:
        out += f"\n{url} 192.0.2.1 20240503100000 text/html{more} {len(block)}\n".encode() + block
    return out


BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("description_bytes", [None, 0, 76])
def test_arc(version: int, description_bytes: int | None) -> None:
    data = arc(
        ("http://a.example/1", BLOCK),
        ("http://a.example/a b", BLOCK),
        ("dns:a.example", b"20240503100000\na.example. 60 IN A 192.0.2.1\n"),
        ("http://a.example/3", b"HTTP/1.1 404 Not Found\r\n\r\n"),
        ("http://a.example/4", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"),
        ("http://a.example/5", b"oops"),
        ("http://a.example/6", BLOCK),
        version=version,
        description_bytes=description_bytes,
    )
    origin = Origin(uri="a.arc", kind="arc")
    found = list(read_arc(io.BytesIO(data), origin, limits=ReadLimits()))
    assert codes(found) == ["Document", "Document", *["read.ignored"] * 3, "read.bad_record", "Document"]
    page, other = found[:2]
    assert isinstance(page, Document)
    assert isinstance(other, Document)
    assert (page.url, page.body, page.origin) == ("http://a.example/1", PAGE, at(origin, 0))
    assert other.url == "http://a.example/a%20b"
    assert page.response == Response(
        url="http://a.example/1", status=200, content_type="text/html",
        fetched_at=datetime(2024, 5, 3, 10, tzinfo=UTC),
    )  # fmt: skip
    assert codes(list(read_arc(io.BytesIO(data), origin, limits=ReadLimits(), first=5))) == [
        "read.bad_record",
        "Document",
    ]


def test_an_arc_that_is_damaged() -> None:
    origin = Origin(uri="a.arc", kind="arc")
    short = arc(("http://a.example/1", BLOCK)).replace(b"text/html %d" % len(BLOCK), b"text/html 9")
    data = short + arc(("http://a.example/2", BLOCK))
    found = list(read_arc(io.BytesIO(data), origin, limits=ReadLimits()))
    assert codes(found) == ["read.bad_record", "read.bad_record", "Document"]
    found = []
    with pytest.raises(Trouble, match=r"read\.corrupt"):
        found.extend(read_arc(io.BytesIO(arc(("http://a.example/1", BLOCK))[:-9]), origin, limits=ReadLimits()))
    assert found == []


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
