"""What inputs are taken for, by their first bytes."""

import functools
import gzip
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import KINDS
from tests.support.costs import is_linear
from transforms.sources.recognize import HEAD_BYTES, recognize

RSS = '<rss version="2.0"><channel><title>Harbour Post</title><item><title>A</title></item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title></feed>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    "<channel/><item/></rdf:RDF>"
)
XML = '<?xml version="1.0" encoding="utf-8"?>\n'
ARTICLE = "Harbour reopens\n\nThe harbour of Port Ansel opened again on Monday, said Mayor Ida Holm.\n"

CASES = [
    ("rss", XML + RSS),
    ("rss", "\n\n  " + RSS),
    ("rss", "\ufeff" + XML + RSS),
    ("rss", XML + "<!-- made by hand -->\n<?xml-stylesheet href='a.xsl'?>" + RSS),
    ("rss", '<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS),
    ("rss", "<br />\n<b>Warning</b>: something in line 3<br />\n" + XML + RSS),
    ("rss", RDF),
    ("rss", "<channel><title>T</title><item><link>https://a.example/</link></item></channel>"),
    ("atom", XML + ATOM),
    ("atom", XML + ATOM.replace("<feed xmlns=", "<a:feed xmlns:a=").replace("</feed", "</a:feed")),
    ("cdf", '<CHANNEL HREF="https://a.example/"><ITEM HREF="b.html"><TITLE>B</TITLE></ITEM></CHANNEL>'),
    ("json_feed", '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}'),
    ("json_feed", '{"version":"https:\\/\\/jsonfeed.org\\/version\\/1","items":[{"url":"https://a.example/"}]}'),
    ("json_feed", '{\n "items": [{"id": 1, "url": "https://a.example/1"}],\n "title": "T"}'),
    ("json_feed", '{"items": [{"content_html": "' + "x" * HEAD_BYTES),
    ("jsonl", '{"url": "https://a.example/1", "text": "say \\"version\\": \\"https://jsonfeed.org/version/1\\""}\n'),
    ("jsonl", '{"url": "https://a.example/1", "html": "' + "<p>" * HEAD_BYTES),
    ("jsonl", '{\n  "url": "https://a.example/1",\n  "text": "T"\n}'),
    ("jsonl", '[\n {"url": "https://a.example/1"}\n]'),
    ("opml", XML + '<opml version="2.0"><body/></opml>'),
    ("sitemap", XML + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>'),
    ("sitemap", '<s:urlset xmlns:s="http://www.google.com/schemas/sitemap/0.84"><s:url/></s:urlset>'),
    ("sitemap", XML + "<!-- made by a plugin --><?xml-stylesheet href='a.xsl'?>\n<urlset>\n<url><loc>x</loc></url>"),
    ("sitemap_index", XML + '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'),
    ("sitemap_index", "\ufeff<SitemapIndex><sitemap/></SitemapIndex>"),
    ("html", "<html><body><urlset><url/></urlset></body></html>"),
    ("url_list", "https://a.example/1\r\nhttp://a.example/2\r\n"),
    ("url_list", "# my feeds\n\n  https://a.example/feed  # the best\n#https://b.example/\n"),
    ("url_list", "https://a.example/1\nhtp://a.example/2\nhttps://a.example/3\n"),
    ("url_list", "https://a.example/1\nhttps://a. example/2\nhttps://a.example/3 The third\n"),
    ("url_list", "https://a.example/1\npages/2.html\n../3.html\n/news/4\n"),
    ("url_list", "https://a. example/1\nb.html\nc.html\nwww.d.example\n"),
    ("url_list", "# sites\na.example\nwww.b.example/news\n"),
    ("text", "https://a.example/1\nThe harbour wall rises\nhttps://a.example/2\n"),
    ("unknown", ".side { margin: 0 }\n\n@media print {\n    .side {\n        display: none;\n    }\n}\n"),
    (
        "unknown",
        "/* Counts visits. */\n(function (w) {\n  var n = 0;\n  w.visit = function () { n += 1; };\n})(window);\n",
    ),
    (
        "text",
        "Board opens {its} books\n\n" + "The board said on Monday that the books are open; all may read them. " * 3,
    ),
    ("text", "Harbour\nwall\nrises\n"),
    ("text", "\u6e2f\u53e3.\u59d4\u5458\nhttps://a.example/1\n\u4f1a/\u8bae\n"),
    ("url_list", "https://a.example/" + "x" * 40 + "\n" + "https://a.example/1\n" * 9000),
    ("html", "<!DOCTYPE html><html><body><p>Hello</body></html>"),
    ("html", "<!-- saved from url=(0022)https://a.example/ -->\n<HTML><BODY>Hello"),
    ("html", XML + '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    ("html", "<p>A fragment with <b>words</b></p>"),
    ("html", "<p>How the &lt;rss version> tag came to be</p><rss version='2.0'>"[:44]),
    ("html", "<html><body><p>An element: <rss version='2.0'><channel></body></html>"),
    ("html", "Header from a proxy\n<p>one</p>\n<div>two</div>"),
    ("html", "<my-page><p>custom elements</p></my-page>"),
    ("text", ARTICLE),
    ("text", "See https://a.example/1\nhttps://a.example/2\n"),
    ("text", "He wrote 3 < 4 and [1] and {x}."),
    ("text", "<3 all around"),
    ("text", "[1] A first note, and nothing more."),
    ("unknown", XML + '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'),
    ("unknown", XML + "<catalogue><thing/></catalogue>"),
    ("unknown", "From: <Saved by a browser>\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\n--x"),
    ("unknown", ""),
    ("unknown", " \n\t "),
    ("unknown", "{\\rtf1 words}"),
    ("unknown", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Harbour opens\r\n"),
    ("unknown", "BEGIN:VCARD\nFN:Ida Holm\nEND:VCARD\n"),
    ("unknown", "WEBVTT\n\n00:01.000 --> 00:04.000\nThe harbour opened.\n"),
    ("unknown", "From ida@post.example Mon May  6 07:08:09 2024\nSubject: Harbour\n\nIt opened.\n"),
    ("unknown", "!<arch>\nnote.txt/       0           0     0     644     9         `\nwords here"),
    ("unknown", "070701" + "0" * 104 + "note.txt\0\0" + "The harbour opened. " * 50),
    ("unknown", "begin 644 note.txt\n#0V%T\n`\nend\n"),
    ("text", "From Port Ansel to Port Ellery\nUpdate: the ferry is back.\n"),
    (
        "arc",
        "filedesc://a.arc 0.0.0.0 20240503100000 text/plain 76\n1 0 Post\nURL IP-address Archive-date Content-type",
    ),
    ("arc", "http://a.example/1 192.0.2.1 20240503100000 text/html 533\nHTTP/1.1 200 OK\r\n\r\n<html><p>one</p>"),
    ("arc", "http://a.example/1 192.0.2.1 20240503100000 text/html 200 - - 0 a.arc 533\nHTTP/1.1 200 OK\r\n"),
    ("text", "https://a.example/1 was seen on 20240503100000 or so\nWords follow.\n"),
    ("jsonl", '["a", "b", 1]'),
    ("jsonl", "{'url': 'https://a.example/1', 'text': 'Python'}\n"),
    ("text", '["What a day", she said] and more'),
]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_kind_of_text(kind: str, text: str) -> None:
    assert recognize(text.encode()[:HEAD_BYTES]) == kind


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(("kind", "text"), [("rss", XML + RSS), ("atom", ATOM), ("html", "<html><p>Hej</html>")])
def test_wide_charsets(kind: str, text: str, charset: str) -> None:
    assert recognize(text.encode(charset)) == kind


@pytest.mark.parametrize(("kind", "text"), [("text", ARTICLE), ("url_list", "https://a.example/\n")])
def test_utf16_with_a_mark(kind: str, text: str) -> None:
    assert recognize(text.encode("utf-16")) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04\x14\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"GIF89a",
        gzip.compress(b"x"),
        bytes(range(256)) * 4,
        b"\x9c\xe1\xf3\xa5\xd0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"words " * 90,
        b"PK\x05\x06" + b"words " * 90,
        b"\r\n%PDF-1.4\n" + b"words " * 90,
        b"note.txt" + bytes(100) + b"0000644\0" + b"0" * 141 + b"ustar\x0000" + b"The harbour opened. " * 900,
        b"RIFF\x24\0\0\0WAVEfmt " + b"words " * 90,
        b"\0\0\0\x18ftypmp42" + b"words " * 90,
        b"AT&TFORM\0\0\1\2DJVU" + b"words " * 90,
    ],
)
def test_binary_is_unknown(data: bytes) -> None:
    assert recognize(data) == "unknown"


UNITS = [
    *("<rss ", "<item ", "<feed ", "<rdf:RDF ", "<a:feed ", "<!--", "<?", "<!DOCTYPE a[]", "<!DOCTYPE a[]\n", "<div "),
    *('{"a":', '{"a" ', "[[", '["",', "{'", '"', 'a,"', '",', "a;b\n", "url,text\n", "#", " #", "\r", "https://a "),
    *("content-type:\n", "http://a 1 2 ", "\t", "\u00e9", "<\0", "\0<", "\x1b", "&", "%", "sep=,", 'url,text\n"'),
    *("</", "=", "<a=b ", "<channel>", "def a(\n", "class ", "- [a](", "2031-05-04 10:00:00\n"),
]  # fmt: skip


@pytest.mark.parametrize("start", ["", "words of a text ", "<channel>", "<rdf:RDF ", '{"a": [', "url,text\n"])
def test_the_head_is_looked_at_in_time_that_grows_with_its_size_alone(start: str) -> None:
    def cpu(unit: str, size: int) -> float:
        data = (start + unit * size).encode()[:size]
        began = time.process_time()
        recognize(data)
        return time.process_time() - began

    for unit in UNITS:
        cost = functools.partial(cpu, unit)
        assert is_linear(cost, (HEAD_BYTES // 4, HEAD_BYTES), most=10, floor_s=0.05), unit


def test_legacy_charsets_are_text() -> None:
    assert recognize("Le maire a déclaré que le port rouvrirait.".encode("cp1252")) == "text"
    assert recognize(("Порт Ансел снова открыт. " * 5).encode("cp1251")) == "text"


def test_a_letter_cut_in_two_is_no_binary() -> None:
    assert recognize(("x" * (HEAD_BYTES - 1) + "é").encode()[:HEAD_BYTES]) == "text"


def test_type_and_name_decide_only_between_page_and_text() -> None:
    assert recognize(b"Words alone", content_type="text/html; charset=utf-8") == "html"
    assert recognize(b"Words alone", name_hint="a.HTML") == "html"
    assert recognize(RSS.encode(), content_type="text/html", name_hint="a.html") == "rss"
    assert recognize(b"<?xml version='1.0'?><oops", content_type="application/atom+xml") == "atom"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_some_kind(data: bytes) -> None:
    assert recognize(data) in KINDS
    assert recognize(b"<" + data) in KINDS
    assert recognize(b'{"' + data) in KINDS


def test_a_feed_under_the_doctype_of_a_page_is_a_feed() -> None:
    feed = b"<?xml version='1.0'?>\n<!DOCTYPE html><feed xmlns='http://www.w3.org/2005/Atom'><title>T</title></feed>"
    assert recognize(feed) == "atom"
    assert recognize(b"<!doctype html>\n<rss version='2.0'><channel/></rss>") == "rss"
    assert recognize(b"<!DOCTYPE html><feed>words</feed><p>A page") == "html"
