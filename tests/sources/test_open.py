"""Sources of every kind, opened: what comes out, and that nothing is lost on the way."""

import gzip
import os
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import zstandard
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.articles import DeadLetter, Dropped
from schemas.documents import Document, Link, Origin, Response, Retrieved, Source
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.ledger import NAMESPACE
from transforms.letters.replay_element import origin_of
from transforms.sources.contents import MAX_EMPTY
from transforms.sources.limits import ReadLimits
from transforms.sources.open import OpenSources
from transforms.sources.opening import open_source

RSS = b"""<rss version="2.0"><channel><title>Harbour Post</title><link>https://post.example/</link>
<item><title>A</title><link>/a</link></item><item><description>Words without a link</description></item>
<item><title>Neither</title></item></channel></rss>"""
PAGE = b"<!DOCTYPE html><html><body><p>The harbour opened.</p></body></html>"
OPML = b"""<opml version="2.0"><body><outline text="Sea"><outline text="P" xmlUrl="https://post.example/feed"/>
<outline text="L" xmlUrl="feeds/local.xml"/><outline text="F" xmlUrl="feed://post.example/f"/>
<outline text="Bad" xmlUrl="mailto:x"/><outline text="S" htmlUrl="https://s.example/"/></outline></body></opml>"""
URLS = b"# list\nhttps://post.example/1\nhtp://oops\nhttps://post.example/2 # two\n"
LINES = b'{"url": "https://post.example/1", "text": "one"}\n{"url": "https://post.example/2"}\n{oops\n'
EMPTY_FEED = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>'
WARC_INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


def describe(found: Any) -> str:
    """What was found, in a word or two."""
    match found:
        case Link():
            return f"link {found.url}"
        case Source():
            return f"source {found.uri}"
        case Document():
            return f"document {found.media}"
        case Mishap(why=Trouble() as why):
            return why.code
        case Mishap(why=LeftOut() as why):
            return why.reason
    raise AssertionError(found)


def open_all(source: Source, **more: Any) -> list[str]:
    """All that is found, and the exception that ends it."""
    found: list[str] = []
    try:
        found.extend(map(describe, open_source(source, **more)))
    except (Trouble, LeftOut) as why:
        found.append(describe(Mishap(source, why)))
    return found


CONTENTS = [
    (RSS, ["link https://post.example/a", "document entry", "read.bad_record"]),
    (PAGE, ["document html"]),
    (b"Harbour opens\n\nIt did.", ["document text"]),
    (OPML, ["source https://post.example/feed", "source {}/feeds/local.xml", "source http://post.example/f",
            "read.bad_record", "read.ignored"]),
    (URLS, ["source https://post.example/1", "read.bad_record", "source https://post.example/2"]),
    (LINES, ["document text", "link https://post.example/2", "read.bad_record"]),
    (b"title,url\nA,https://post.example/1\nB\n", ["link https://post.example/1", "read.bad_record"]),
    (b"place,votes,share\nAnsel,1,2\nEllery,3,4\n", ["read.unrecognised"]),
    (b"filedesc://a 0.0.0.0 20240503100000 text/plain 0\n", ["read.ignored"]),
    (EMPTY_FEED, ["read.no_entries"]),
    (b"<rss version='2.0'><oops", ["read.bad_feed"]),
    (WARC_INFO, ["read.ignored"]),
    (WARC_INFO + b"WARC/1.0\r\n", ["read.bad_record"]),
    (b"[]", ["read.ignored"]),
    (b"", ["read.empty"]),
    (b" \n\t" * 30_000, ["read.empty"]),
    (b"\xef\xbb\xbf \n", ["read.empty"]),
    (gzip.compress(b" "), ["read.empty"]),
    (b"\n" * 70_000 + RSS, ["link https://post.example/a", "document entry", "read.bad_record"]),
    (b"\x89PNG\r\n\x1a\n\0\0\0", ["read.unrecognised"]),
    (b"<?xml version='1.0'?><thing/>", ["read.unrecognised"]),
    (PAGE + b" " * (4 << 20), ["read.too_large"]),
    (gzip.compress(PAGE)[:-9], ["read.corrupt"]),
]  # fmt: skip


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize(("data", "wanted"), CONTENTS, ids=range(len(CONTENTS)))
def test_contents(tmp_path: Path, data: bytes, wanted: list[str], compress: Any) -> None:
    path = tmp_path / "misleading.html.gz"
    path.write_bytes(compress(data))
    assert open_all(Source(uri=str(path))) == [line.format(tmp_path) for line in wanted]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "is a zip archive or office document: unpack it, or save it as a page or text"),
        (b"%PDF-1.7", "is a PDF: save it as a page or text"),
        (b"PAR1\x15\0", "is a Parquet file: export it as JSON Lines or CSV"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is a PNG picture: it holds no article"),
        (b"\x01\x02\x03\xff", "begins with b'\\x01\\x02\\x03\\xff'"),
    ],
)
def test_what_is_not_read_is_named_with_what_helps(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "given"
    path.write_bytes(data + b"\0" * 99 if "begins" not in said else data)
    with pytest.raises(Trouble) as caught:
        list(open_source(Source(uri=str(path))))
    assert (caught.value.code, caught.value.message) == ("read.unrecognised", f"{path} {said}")


def test_an_error_of_the_system_is_said_without_its_number(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as caught:
        list(open_source(Source(uri=str(tmp_path / "none"))))
    assert caught.value.message == f"{tmp_path / 'none'}: No such file or directory"


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("count", [3, 4000])
def test_what_comes_before_a_cut_is_read(tmp_path: Path, compress: Any, count: int) -> None:
    lines = [f'{{"url": "https://post.example/{n}", "text": "{n**30}"}}\n'.encode() for n in range(count)]
    path = tmp_path / "cut"
    path.write_bytes(compress(b"".join(lines)) + compress(b"".join(lines))[:-5])
    found = open_all(Source(uri=str(path)))
    assert found[:count] == ["document text"] * count
    assert found[-1] == "read.corrupt"


def _sitemap(count: int) -> bytes:
    urls = "".join(f"<url><loc>https://post.example/{n}</loc></url>" for n in range(count))
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def _feed(count: int, start: str, entry: str, end: str) -> bytes:
    return (start + "".join(entry.format(n, n**30) for n in range(count)) + end).encode()


RSS_ITEM = "<item><title>T {1}</title><link>https://post.example/{0}</link></item>"
ATOM_ENTRY = "<entry><title>T {1}</title><link href='https://post.example/{0}'/></entry>"
OUTLINE = "<outline xmlUrl='https://post.example/{0}' text='{1}'/>"
CUT = [
    _sitemap(500),
    _feed(500, "<rss version='2.0'><channel><title>P</title>", RSS_ITEM, "</channel></rss>"),
    _feed(500, "<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title>", ATOM_ENTRY, "</feed>"),
    _feed(500, "<opml version='2.0'><body>", OUTLINE, "</body></opml>"),
    _feed(500, "", "https://post.example/{0}#{1}\n", ""),
]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("data", CUT, ids=["sitemap", "rss", "atom", "opml", "url_list"])
def test_entries_before_a_cut_are_read(tmp_path: Path, data: bytes, compress: Any) -> None:
    first, second = compress(data[: len(data) // 2 + 7]), compress(data[len(data) // 2 + 7 :])
    path = tmp_path / "cut"
    path.write_bytes(first + second[: len(second) // 2])
    found = open_all(Source(uri=str(path)))
    assert 200 < len(found) < 500
    assert found[-1] == "read.corrupt"
    assert [line.partition(" ")[2].partition("#")[0] for line in found[:-1]] == [
        f"https://post.example/{n}" for n in range(len(found) - 1)
    ]
    one = list(open_source(Source(uri=str(path), first=100, last=101)))
    assert [describe(thing).partition("#")[0].partition(" ")[2] for thing in one] == ["https://post.example/100"]


@pytest.mark.parametrize("data", [RSS, PAGE, OPML, URLS])
def test_what_follows_gzip_is_passed_over(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "input"
    path.write_bytes(gzip.compress(data) + b"<!-- made in 0.2 s -->")
    behind = open_all(Source(uri=str(path)))
    path.write_bytes(data)
    assert behind == open_all(Source(uri=str(path)))


def open_bytes(tmp_path: Path, data: bytes, **more: Any) -> list[Any]:
    path = tmp_path / "input"
    path.write_bytes(data)
    return list(open_source(Source(uri=str(path), **more)))


def test_origins(tmp_path: Path) -> None:
    uri = str(tmp_path / "input")
    link, entry, _ = open_bytes(tmp_path, RSS, tags=("Sea",))
    assert link.origin == Origin(uri=uri, kind="rss", position=0, tags=("Sea",))
    assert link.entry.title == "A"
    assert entry.origin == Origin(uri=uri, kind="rss", position=1, tags=("Sea",))
    first, *_ = open_bytes(tmp_path, OPML, tags=("Mine",))
    assert first.tags == ("Mine", "Sea")
    assert first.listed_in == Origin(uri=uri, kind="opml", position=0, tags=("Mine", "Sea"))
    _, _, last = open_bytes(tmp_path, URLS)
    assert last.listed_in == Origin(uri=uri, kind="url_list", position=2)
    (page,) = open_bytes(tmp_path, PAGE)
    assert page == Document(media="html", origin=Origin(uri=uri, kind="html"), body=PAGE)


def test_address_and_charset_of_a_saved_page(tmp_path: Path) -> None:
    (page,) = open_bytes(tmp_path, b"<!-- saved from url=(0022)https://post.example/a -->\r\n" + PAGE)
    assert page.url == "https://post.example/a"
    (page,) = open_bytes(tmp_path, PAGE.decode().encode("utf-16"))
    assert page.charset == "utf-16"


class Web:
    """A web of few pages; every answer is a redirect from http."""

    def __init__(self, pages: dict[str, tuple[bytes, str]]) -> None:
        self.pages = pages

    def __call__(self, url: str) -> tuple[Response, bytes, str | None]:
        if url not in self.pages:
            raise Trouble("fetch.http_404", f"404 for {url}", status=404)
        body, content_type = self.pages[url]
        final = url.replace("http:", "https:")
        return Response(url=final, status=200, content_type=content_type, redirects=(url,)), body, "utf-8"


WEB = Web(
    {
        "http://post.example/x/feed": (RSS.replace(b"<link>/a", b"<link>a"), "text/plain"),
        "http://post.example/page": (PAGE, "text/html; charset=utf-8"),
        "http://post.example/bare": (b"words alone", "text/html"),
        "http://post.example/list": (OPML.replace(b"feeds/", b"file:///etc/").replace(b"mailto:", b"./"), "text/xml"),
        "http://post.example/packed": (gzip.compress(RSS), "application/gzip"),
        "http://post.example/png": (b"\x89PNG\0", "text/html"),
    }
)


def test_fetched_sources() -> None:
    assert open_all(Source(uri="http://post.example/x/feed"), fetch=WEB)[0] == "link https://post.example/a"
    assert open_all(Source(uri="http://post.example/packed"), fetch=WEB)[0] == "link https://post.example/a"
    assert open_all(Source(uri="http://post.example/png"), fetch=WEB) == ["read.unrecognised"]
    assert open_all(Source(uri="http://post.example/none"), fetch=WEB) == ["fetch.http_404"]
    assert open_all(Source(uri="http://post.example/page")) == ["fetch.off"]
    assert open_all(Source(uri="http://post.example/bare"), fetch=WEB) == ["document html"]
    listed = open_all(Source(uri="http://post.example/list"), fetch=WEB)
    assert listed[:3] == ["source https://post.example/feed", "read.bad_record", "source http://post.example/f"]
    assert listed[3] == "source https://post.example/x"
    at = Origin(uri="urls.txt", kind="url_list", position=3)
    (page,) = open_source(Source(uri="http://post.example/page", listed_in=at), fetch=WEB)
    assert isinstance(page, Document)
    assert (page.url, page.charset, page.origin) == ("https://post.example/page", "utf-8", at)
    assert page.response is not None and page.response.redirects == ("http://post.example/page",)
    assert open_all(Source(uri="http://post.example/list", listed_in=at), fetch=WEB) == ["read.nested_list"]


def test_retrieved_sources() -> None:
    at = Origin(uri="urls.txt", kind="url_list", position=3)
    source = Source(uri="http://post.example/page", listed_in=at)
    response, body, charset = WEB(source.uri)
    (page,) = open_source(Retrieved(source=source, response=response, body=body, charset=charset))
    assert [page] == list(open_source(source, fetch=WEB))
    with pytest.raises(Trouble, match=r"fetch\.timeout: too slow"):
        list(open_source(Retrieved(source=source, code="fetch.timeout", message="too slow")))
    opened = [Retrieved(source=source, code="fetch.http_404", status=404)] | OpenSources()
    assert [(letter.code, letter.http_status, letter.source_uri) for letter in opened.dead] == [
        ("fetch.http_404", 404, "urls.txt")
    ]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert open_all(Source(uri=str(tmp_path / "gone"))) == ["read.missing"]
    assert open_all(Source(uri=str(tmp_path))) == ["read.unreadable"]
    assert open_all(Source(uri="nofs://bucket/x")) == ["read.unreadable"]
    assert open_all(Source(uri="nul\0")) == ["read.unreadable"]


REACHES = [
    ("a.xml", "source {here}/a.xml"),
    ("sub/a.xml", "source {here}/sub/a.xml"),
    ("./sub/../a.xml", "source {here}/a.xml"),
    ("{here}/a.xml", "source {here}/a.xml"),
    ("file://{here}/a.xml", "source {here}/a.xml"),
    ("in/a.xml", "source {here}/in/a.xml"),
    ("feed:https://post.example/x y", "source https://post.example/x%20y"),
    ("../a.xml", "read.bad_record"),
    ("sub/../../a.xml", "read.bad_record"),
    ("/etc/passwd", "read.bad_record"),
    ("file:///etc/passwd", "read.bad_record"),
    ("FILE:/etc/passwd", "read.bad_record"),
    ("file:../a.xml", "read.bad_record"),
    ("out/passwd", "read.bad_record"),
    ("secret.xml", "read.bad_record"),
    ("s3://bucket/feed.xml", "read.bad_record"),
    ("gs://bucket/feed.xml", "read.bad_record"),
    ("hdfs:/x", "read.bad_record"),
    ("ftp://post.example/a.xml", "read.bad_record"),
    ("data:text/xml,x", "read.bad_record"),
    ("javascript:x", "read.bad_record"),
]


@pytest.mark.parametrize(("named", "wanted"), REACHES, ids=[named for named, _ in REACHES])
def test_what_a_list_may_name(tmp_path: Path, named: str, wanted: str) -> None:
    here = tmp_path / "lists"
    (here / "sub").mkdir(parents=True)
    (here / "in").symlink_to(here / "sub")
    (here / "out").symlink_to("/etc")
    (here / "secret.xml").symlink_to("/etc/passwd")
    (here / "list.opml").write_text(f'<opml><body><outline xmlUrl="{named.format(here=here)}"/></body></opml>')
    assert open_all(Source(uri=str(here / "list.opml"))) == [wanted.format(here=here)]


def test_a_file_of_a_list_that_became_a_link_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text('<opml><body><outline xmlUrl="a.xml"/></body></opml>')
    (tmp_path / "a.xml").write_bytes(RSS)
    (source,) = open_source(Source(uri=str(tmp_path / "list.opml")))
    (tmp_path / "a.xml").unlink()
    (tmp_path / "a.xml").symlink_to("/etc/passwd")
    assert isinstance(source, Source)
    assert open_all(source) == ["read.outside_directory"]


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert open_all(Source(uri=str(tmp_path / "pipe"))) == ["read.unreadable"]
    assert open_all(Source(uri="/dev/zero")) == ["read.unreadable"]


def test_outlines_and_records_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    deep = "<outline text='x'>" * 300 + "<outline xmlUrl='https://post.example/deep'/>"
    opml = f"<opml><body><outline xmlUrl='https://post.example/f'/>{deep}</body></opml>"
    (tmp_path / "deep.opml").write_text(opml)
    assert open_all(Source(uri=str(tmp_path / "deep.opml"))) == ["source https://post.example/f", "read.bad_record"]
    (tmp_path / "cut.xml").write_text("<urlset><url><loc>https://post.example/1</loc></url><url><loc>https://post.ex")
    assert open_all(Source(uri=str(tmp_path / "cut.xml"))) == ["link https://post.example/1", "read.bad_record"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", RSS, OPML, LINES, WARC_INFO, b"<html>", b"\x1f\x8b\x08"]))
def test_any_bytes_fail_only_in_a_named_way(tmp_path: Path, noise: bytes, start: bytes) -> None:
    path = tmp_path / "noise"
    for data in (start + noise, noise + start):
        path.write_bytes(data)
        assert open_all(Source(uri=str(path)))


def explode(url: str) -> tuple[Response, bytes, str | None]:
    raise ZeroDivisionError(url)


def test_ledgers_balance(tmp_path: Path) -> None:
    sources = [Source(uri="http://post.example/off"), Source(uri=str(tmp_path / "gone"))]
    for number, (data, _) in enumerate(CONTENTS):
        path = tmp_path / str(number)
        path.write_bytes(data)
        sources.append(Source(uri=str(path)))
    pipeline = beam.Pipeline(runner=FnApiRunner())
    opened = pipeline | beam.Create(sources) | OpenSources(fetch=explode)
    for name, made in zip(opened._fields, opened, strict=True):
        counted = made | f"Count{name}" >> beam.Map(lambda _, name=name: beam.metrics.Metrics.counter("t", name).inc())
        assert counted is not None
    result = pipeline.run()
    result.wait_until_finish()
    found = {str(each.key.metric.name): each.committed for each in result.metrics().query()["counters"]
             if each.key.metric.namespace in (NAMESPACE, "t")}  # fmt: skip
    count: Counter[str] = Counter(found)
    wanted = Counter(word.partition(" ")[0] for _, words in CONTENTS for word in words)
    left_out = wanted["read.ignored"] + wanted["read.no_entries"]
    assert count["documents"] == wanted["document"]
    assert count["links"] == wanted["link"]
    assert count["sources"] == count["read.listed"] == wanted["source"]
    assert count["read.done"] == wanted["document"] + wanted["link"]
    assert count["dropped"] == count["read.filtered"] == left_out
    assert count["read.in"] == count["read.done"] + count["read.dead"] + count["read.filtered"]
    assert count["dead"] == count["read.dead"]
    assert count["code.read.crash"] == 1
    assert count["sources.in"] == len(sources)
    assert count["sources.in"] == count["sources.done"] + count["sources.dead"] + count["sources.filtered"]
    assert count["sources.filtered"] == 4
    assert count["sources.dead"] == 13


def test_results_as_lists(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(RSS)
    opened = [Source(uri=str(path)), Source(uri="https://post.example/")] | OpenSources()
    assert [link.url for link in opened.links] == ["https://post.example/a"]
    assert [document.media for document in opened.documents] == ["entry"]
    assert opened.sources == []
    assert isinstance(opened.dead[0], DeadLetter)
    assert isinstance(opened.dropped[0], Dropped)
    assert (opened.dead[0].code, opened.dead[0].source_position) == ("read.bad_record", 2)
    assert opened.dropped[0].reason == "fetch.off"


def test_limits_are_checked() -> None:
    with pytest.raises(ValueError, match="max_page_bytes is 0: give a whole number from 1"):
        ReadLimits(max_page_bytes=0)
    assert pickle.loads(pickle.dumps(ReadLimits(max_ratio=7))).max_ratio == 7


def test_a_feed_of_nothing_but_empty_entries_does_not_flood_the_letters(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    good = b"<item><link>https://post.example/a</link></item>"
    path.write_bytes(b"<rss><channel>" + b"<item></item>" * 5000 + good + b"</channel></rss>")
    found = list(open_source(Source(uri=str(path))))
    assert Counter(map(describe, found)) == {"read.bad_record": MAX_EMPTY + 1, "link https://post.example/a": 1}
    last = found[-1]
    assert isinstance(last, Mishap)
    assert "4,900 more entries" in str(last.why)
    assert [origin_of(each.subject if isinstance(each, Mishap) else each).position for each in found] == list(
        range(MAX_EMPTY + 2)
    )
