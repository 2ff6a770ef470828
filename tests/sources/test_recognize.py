"""What inputs are taken for, by their first bytes."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import KINDS
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
    ],
)
def test_binary_is_unknown(data: bytes) -> None:
    assert recognize(data) == "unknown"


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
