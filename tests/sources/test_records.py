"""JSON records and WARC records."""

import gzip
import io
import json
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

from schemas.documents import Document, Entry, Link, Origin, Response
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.letters.replay_element import origin_of
from transforms.sources.field_names import FieldMap
from transforms.sources.inflate import open_inflated
from transforms.sources.json_records import read_records
from transforms.sources.limits import ReadLimits
from transforms.sources.warcs import read_arc, read_warc

LINES = Origin(uri="a.jsonl", kind="jsonl", tags=("t",))
WARC = Origin(uri="a.warc", kind="warc")


def at(origin: Origin, position: int) -> Origin:
    return Origin(uri=origin.uri, kind=origin.kind, tags=origin.tags, position=position)


def records(data: bytes, **limits: Any) -> list[Any]:
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
        records(b"[")
    with pytest.raises(Trouble, match=r"read\.bad_record"):
        records(b'{\n"url":\n')
    with pytest.raises(Trouble, match=r"read\.too_large"):
        records(b'[{"url": "https://a.example/"}]', max_array_bytes=10)
    assert records(b"[]") == []


LINK = b'{"url": "https://a.example/%d"}'


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"[" + LINK % 1 + b", " + LINK % 2, ["Link", "Link", "read.bad_record"]),
        (b"[" + LINK % 1 + b', {"url": oops}, [1], ' + LINK % 2 + b"]", ["Link", *["read.bad_record"] * 2, "Link"]),
        (b"[" + LINK % 1 + b', {"a": "x\\"]}, ' + LINK % 2, ["Link", "read.bad_record", "read.bad_record"]),
        (b"[\n" + LINK % 1 + b",\n" + LINK % 2 + b",\n]\n", ["Link", "Link"]),
        (b"[" + LINK % 1 + b', {"url": ' + b"[" * 5000 + b"]" * 5000 + b"}, " + LINK % 2 + b"]",
         ["Link", "read.bad_record", "Link"]),
        (LINK % 1 + b"\n" + b'{"a":' * 3000 + b"\n" + LINK % 2, ["Link", "read.bad_record", "Link"]),
        (LINK % 1 + b",\n" + LINK % 2 + b",\n\x1e" + LINK % 3, ["Link", "Link", "Link"]),
        (b"{'url': 'https://a.example/'}\n{'url': 'https://a.example/'}", ["read.bad_record", "read.bad_record"]),
    ],
)  # fmt: skip
def test_a_wrong_part_costs_its_record_alone(data: bytes, wanted: list[str]) -> None:
    assert codes(records(data)) == wanted


@pytest.mark.parametrize(
    ("value", "title"),
    [
        (b'"Ferry", "score": NaN, "low": -Infinity', "Ferry"),
        (b'"Ferry \\ud83d moves"', "Ferry \ufffd moves"),
        (b'"Ferry \\\\ud83d moves"', "Ferry \\ud83d moves"),
        (b'"Ferry \\ud83d\\ude00 moves", "n": NaN', "Ferry \U0001f600 moves"),
        (b'"Ferry\tmoves"', "Ferry moves"),
        (b'"Ferry na\xefve caf\xc3\xa9"', "Ferry na\ufffdve caf\u00e9"),
        (b'"Ferry", "tags": [],', "Ferry"),
        (b'"Ferry, ] }", "tags": [ "a" , ] , ', "Ferry, ] }"),
        (b'"Ferry", "n": ' + b"9" * 5000, "Ferry"),
        (b'"Ferry", "n": 1e999', "Ferry"),
        (b'"Ferry", "published": ' + b"9" * 300, "Ferry"),
        (b'"Ferry", "published": {"$date": "2024-05-03T10:00:00Z"}, "id": true', "Ferry"),
    ],
)
def test_what_json_writers_do_against_the_rules(value: bytes, title: str) -> None:
    line = b'{"url": "https://a.example/1", "title": ' + value + b"}\n"
    for data in (line * 2, b"[" + line + b"," + line + b"]"):
        for found in records(data):
            assert isinstance(found, Link), found
            assert found.entry is not None
            assert found.entry.title == title


def test_the_charset_of_a_file_in_an_older_one() -> None:
    line = '{"url": "https://a.example/%d", "title": "Le maire a d\u00e9clar\u00e9 la gr\u00e8ve"}\n'
    found = records("".join(line % n for n in range(9)).encode("cp1252"))
    assert {link.entry.title for link in found} == {"Le maire a d\u00e9clar\u00e9 la gr\u00e8ve"}


TEXT = "The harbour board of Port Ansel agreed on Monday to rebuild the breakwater."
HTML_TEXT = f"<p>{TEXT}</p><p>Work begins in spring.</p>"
BY_TOOL: dict[str, dict[str, Any]] = {
    "news-please": {"url": "https://a.example/1", "title": "T", "maintext": TEXT, "date_publish": "2024-05-03 10:00:00",
                    "authors": ["Ann Lee"], "date_download": "2024-06-01", "filename": "x.json"},
    "Fundus": {"title": "T", "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT]}]},
               "authors": ["Ann Lee"], "publishing_date": "2024-05-03 10:00:00+00:00",
               "html": {"requested_url": "https://a.example/1", "crawl_date": "2024-06-01"}},
    "datatrove": {"text": TEXT, "id": "<urn:uuid:1>", "metadata": {"url": "https://a.example/1", "title": "T",
                  "date": "2024-05-03T10:00:00Z", "author": "Ann Lee"}},
    "newspaper4k": {"source_url": "https://a.example", "url": "https://a.example/1", "title": "T", "text": TEXT,
                    "authors": ["Ann Lee"], "publish_date": "2024-05-03", "top_image": "https://a.example/i.png"},
    "trafilatura": {"title": "T", "author": "Ann Lee; Bo Ek", "hostname": "a.example", "date": "2024-05-03",
                    "fingerprint": "1", "source": "https://a.example/1", "excerpt": "E", "raw_text": "x", "text": TEXT},
    "CC-News": {"requested_url": "https://a.example/1", "title": "T", "plain_text": TEXT, "author": "Ann Lee",
                "published_date": "2024-05-03T10:00:00Z", "sitename": "A"},
    "Common Crawl": {"warc_headers": {"WARC-Target-URI": "https://a.example/1", "WARC-Date": "2024-06-01"},
                     "content": TEXT, "title": "T", "byline": "Ann Lee", "date": "2024-05-03"},
    "Readability": {"url": "https://a.example/1", "title": "T", "byline": "Ann Lee", "content": HTML_TEXT,
                    "textContent": TEXT, "excerpt": "E", "publishedTime": "2024-05-03"},
    "Zyte": {"url": "https://a.example/1", "headline": "T", "articleBody": TEXT, "datePublished": "2024-05-03",
             "authors": [{"name": "Ann Lee"}], "mainImage": {"url": "https://a.example/i.png"}},
    "Elasticsearch": {"_index": "n", "_id": "1", "_source": {"url": "https://a.example/1", "title": "T",
                      "content": TEXT, "author": "Ann Lee", "pubDate": "2024-05-03"}},
    "Guardian": {"id": "world/1", "webUrl": "https://a.example/1", "webTitle": "T", "webPublicationDate": "2024-05-03",
                 "fields": {"bodyText": TEXT, "byline": "Ann Lee"}},
}  # fmt: skip


@pytest.mark.parametrize("tool", BY_TOOL)
def test_records_of_other_tools(tool: str) -> None:
    (found,) = records(json.dumps(BY_TOOL[tool]).encode())
    assert isinstance(found, Document)
    assert (found.media, found.body.decode(), found.url) == ("text", TEXT, "https://a.example/1")
    assert found.entry is not None
    assert (found.entry.title, found.entry.authors[0]) == ("T", "Ann Lee")
    assert (found.entry.published_raw or "").startswith("2024-05-03")


def test_html_of_an_article_alone_is_all_of_it() -> None:
    wordpress = {"link": "https://a.example/1", "title": {"rendered": "A &amp; B"}, "content": {"rendered": HTML_TEXT},
                 "date": "2024-05-03T10:00:00"}  # fmt: skip
    (found,) = records(json.dumps(wordpress).encode())
    assert (found.media, found.body, found.url) == ("entry", b"", "https://a.example/1")
    assert (found.entry.title, found.entry.content_html) == ("A & B", HTML_TEXT)
    (page,) = records(json.dumps({"body": f"<!DOCTYPE html><html><body>{HTML_TEXT}</body></html>"}).encode())
    assert page.media == "html"
    (text,) = records(json.dumps({"text": f"{TEXT} 3 < 4, and <video> is a tag"}).encode())
    assert text.media == "text"


ARTICLE = {"source": {"id": None, "name": "A"}, "author": "Ann Lee", "title": "T", "description": "D",
           "url": "https://a.example/1", "urlToImage": "https://a.example/i.png", "publishedAt": "2024-05-03T10:00:00Z",
           "content": "The harbour board\u2026 [+1234 chars]"}  # fmt: skip
SEEN = {
    "url": "https://a.example/1",
    "title": "T",
    "seendate": "20240503T100000Z",
    "socialimage": "https://a.example/i.png",
}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "ok", "totalResults": 2, "articles": [ARTICLE, ARTICLE]},
        {"pagination": {"limit": 2}, "data": [ARTICLE, ARTICLE]},
        {"articles": [SEEN, SEEN]},
        {"response": {"status": "ok", "results": [SEEN, ARTICLE]}},
        {"features": [], "rows": [{"row_idx": 0, "row": SEEN}, {"row_idx": 1, "row": ARTICLE}]},
        {"hits": {"total": 2, "hits": [{"_source": SEEN}, {"_source": ARTICLE}]}},
    ],
)
def test_the_answer_of_a_service_is_the_list_in_it(answer: dict[str, Any]) -> None:
    for data in (json.dumps(answer).encode(), json.dumps(answer, indent=1).encode()):
        found = records(data)
        assert codes(found) == ["Link", "Link"]
        assert {(link.url, link.entry.title, link.entry.image_url) for link in found} == {
            ("https://a.example/1", "T", "https://a.example/i.png")
        }
    line = json.dumps(answer).encode()
    assert codes(records(line + b"\n{oops}\n" + line)) == ["Link", "Link", "read.bad_record", "Link", "Link"]


def test_a_date_that_is_not_of_publication_is_none() -> None:
    (link,) = records(json.dumps(SEEN).encode())
    assert link.entry.published_raw is None


LONG = "The harbour board agreed on Monday. " * 9


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"url": "https://a.example/1", "transcript": LONG}, "transcript"),
        ({"title": "T", "url": "https://a.example/1", "parts": [LONG[:120], LONG[:120]]}, "parts"),
        ({"url": "https://a.example/1", "extra": {"inner": LONG}}, "extra.inner"),
        ({"url": "https://a.example/1", "wort": "\u6e2f\u53e3\u59d4\u5458\u4f1a" * 50}, "wort"),
        ({"transcript": LONG}, "transcript"),
    ],
)
def test_a_long_string_that_nothing_reads(record: dict[str, Any], named: str) -> None:
    (mishap,) = records(json.dumps(record).encode())
    assert mishap.why.code == "read.bad_record"
    assert f"name it with --map text={named}" in mishap.why.message
    mapped = FieldMap(pairs=(("text", named),))
    (found,) = records(json.dumps(record).encode(), field_map=mapped)
    assert isinstance(found, Document)


@pytest.mark.parametrize(
    "record",
    [
        {"url": "https://a.example/1", "description": LONG},
        {"url": "https://a.example/1", "thumb": "iVBORw0KGgo" * 100},
        {"url": "https://a.example/1", "other": "https://a.example/" + "x" * 400},
        {"url": "https://a.example/1", "note": "short"},
    ],
)
def test_what_is_long_and_no_text(record: dict[str, Any]) -> None:
    assert codes(records(json.dumps(record).encode())) == ["Link"]


def test_mapped_names_are_asked_first() -> None:
    record = {"url": "https://a.example/1", "text": "no", "lead": {"long": TEXT}, "top": "T", "title": "no"}
    pairs = (("text", "lead.long"), ("title", "nothing"), ("title", "top"))
    (found,) = records(json.dumps(record).encode(), field_map=FieldMap(pairs=pairs))
    assert (found.body.decode(), found.entry.title) == (TEXT, "T")


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
