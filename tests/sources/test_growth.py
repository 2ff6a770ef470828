"""Feeds and lists that are made to be slow: four times the input takes about four times the work, or is refused."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from schemas.trouble import LeftOut, Trouble
from tests.support.costs import is_linear
from transforms.articles.double_utf8 import undo_double_utf8
from transforms.sources.address_lists import parse_url_list, read_outlines
from transforms.sources.feed_entries import read_feed
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.sitemaps import read_sitemap
from transforms.sources.xml_text import clean_xml

NAMESPACES = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'


def rss(body: str) -> bytes:
    item = f"<item><title>T</title>{body}</item>"
    return f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{item}</channel></rss>'.encode()


FEEDS: dict[str, Callable[[int], bytes]] = {
    "author of letters": lambda n: rss(f"<author>{'a' * n * 20}</author>"),
    "author of names and dots": lambda n: rss(f"<author>{'a.' * n * 10}</author>"),
    "author of addresses": lambda n: rss(f"<author>{'a@a.' * n * 5}</author>"),
    "authors": lambda n: rss("<author>a@b.info (Ann)</author>" * n),
    "authors with addresses of their own": lambda n: rss("".join(f"<author>a{k}@b.info</author>" for k in range(n))),
    "categories": lambda n: rss("".join(f"<category>c{k}</category>" for k in range(n))),
    "keywords": lambda n: rss(f"<media:keywords>{','.join(map(str, range(n * 4)))}</media:keywords>"),
    "comments without an end": lambda n: rss("<!--" * n * 4),
    "instructions without an end": lambda n: rss("<?" * n * 4),
    "sections without an end": lambda n: rss("<![CDATA[x</title>" * n * 2),
    "sections with one end": lambda n: rss("<![CDATA[x</title>" * n * 2 + "]]>"),
    "sections in sections": lambda n: rss("<title><![CDATA[x<![CDATA[y" * n + "]]>"),
    "sections in sections, closed": lambda n: rss("<title><![CDATA[<![CDATA[y]]>]]>" * n),
    "a title of tags": lambda n: rss(f"<description><![CDATA[{'<b ' * n * 8}]]></description>"),
    "references": lambda n: rss(f"<description>{'&#32;' * n * 8}</description>"),
    "bare ampersands": lambda n: rss(f"<description>{'&' * n * 8}</description></b>"),
    "namespaces": lambda n: rss("".join(f'<x{k}:y xmlns:x{k}="urn:{k}"/>' for k in range(n // 8))),
    "nested": lambda n: rss("<a>" * n),
    "links": lambda n: rss("".join(f'<atom:link href="b{k}"/>' for k in range(n))),
    "descriptions": lambda n: rss("<description>D</description>" * n),
    "a base": lambda n: rss(f'<a xml:base="http://a.example/{"x" * n * 8}"/>' + "<b/>" * n),
    "white space before it": lambda n: b"\n" * n * 100 + rss(""),
    "document types": lambda n: b"<!DOCTYPE a>" * n * 8 + rss(""),
    "entities of entities": lambda n: (
        "<!DOCTYPE a ["
        + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 9}">' for k in range(n))
        + f"]>{rss('&a9;').decode()}"
    ).encode(),
    "blanks after it": lambda n: rss("").removesuffix(b">") + b" " * n * 100,
    "encoded twice": lambda n: rss(f"<description>é{'Ã©Ã' * n * 8}</description>"),
}
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
JSON_FEEDS: dict[str, Callable[[int], bytes]] = {
    "brackets": lambda n: JSON + b"[" * n * 8,
    "a string without an end": lambda n: JSON + b'{"id": "' + b'\\"' * n * 8,
    "items that are broken": lambda n: JSON + b'{"id" 1},' * n + b"]}",
    "items inside of items": lambda n: JSON + b'{"id": 1, "a": {"b": ' * n,
    "a number": lambda n: JSON + b'{"id": ' + b"1" * n * 20 + b"}]}",
}
OTHERS: dict[str, tuple[Callable[[bytes], Any], Callable[[int], bytes]]] = {
    "outlines": (
        read_outlines,
        lambda n: b"<opml>" + b"".join(b'<outline xmlUrl="https://a.example/%d"/>' % k for k in range(n)) + b"</opml>",
    ),
    "places of one outline": (
        read_outlines,
        lambda n: (
            b"<opml>"
            + b"".join(b'<outline text="%d"><outline xmlUrl="https://a.example/"/></outline>' % k for k in range(n))
            + b"</opml>"
        ),
    ),
    "records": (read_sitemap, lambda n: b"<urlset>" + b"<url><loc>https://a.example/</loc></url>" * n + b"</urlset>"),
    "records inside of records": (read_sitemap, lambda n: b"<urlset>" + b"<url>" * n * 4),
    "comments of a line": (parse_url_list, lambda n: b"https://a.example/" + b" #" * n * 8),
    "attributes": (
        lambda data: check_markup(data, limits=ReadLimits(max_attributes=10**9)),
        lambda n: b"<a " + b"".join(b'a%d=">" ' % k for k in range(n * 4)) + b"/>",
    ),
    "markup": (clean_xml, lambda n: b"<a>&b;<![CDATA[" * n * 4 + b"]]>"),
    "letters": (lambda data: undo_double_utf8(data.decode()), lambda n: ("Ã©" * n * 8 + "é").encode()),
}
ALL: dict[str, tuple[Callable[[bytes], Any], Callable[[int], bytes]]] = {
    **{f"feed: {name}": (read_feed, make) for name, make in FEEDS.items()},
    **{f"JSON: {name}": (lambda data: read_feed(data, kind="json_feed"), make) for name, make in JSON_FEEDS.items()},
    **OTHERS,
}


def cpu_s(read: Callable[[bytes], Any], data: bytes) -> float:
    began = time.process_time()
    with contextlib.suppress(Trouble, LeftOut):
        read(data)
    return time.process_time() - began


@pytest.mark.parametrize("name", ALL)
def test_work_grows_with_the_input_and_not_faster(name: str) -> None:
    read, make = ALL[name]
    cpu_s(read, make(10))
    assert is_linear(lambda count: cpu_s(read, make(count)), (1_500, 6_000), most=10, floor_s=0.15)


def test_a_bracket_inside_quotes_does_not_hide_attributes() -> None:
    hidden = "".join(f'a{k}=">" ' for k in range(3_000))
    with pytest.raises(Trouble, match=r"read\.too_large: a tag with 300\d attributes"):
        read_feed(rss(f"<x {hidden}/>"))


def test_entities_of_a_document_type_are_not_expanded_without_end() -> None:
    data = f'<!DOCTYPE a [<!ENTITY b "{"x" * 900}">]>'.encode() + rss(f"<description>{'&b;' * 20_000}</description>")
    (entry,) = read_feed(data).entries
    assert len(entry.summary_html or "") < 1_200_000
