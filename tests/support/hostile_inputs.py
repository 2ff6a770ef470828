"""Hostile inputs of all kinds, which slow a parser down, break it or mislead it; the same seed gives the same inputs.

All of it is made by the code below. Every input has a word of its own, its token, in its name, in the addresses that
it holds and in its text, so that whatever row it ends in can be told. The same seed gives the same bytes.
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import brotli
import zstandard

from tests.support.corpus import make_story, story_page

KB, MB = 1 << 10, 1 << 20


class Hostile(NamedTuple):
    """One input.

    Attributes:
        kind: what is hostile about it.
        name: of its file, as bytes: some are not UTF-8.
    """

    kind: str
    token: str
    name: bytes
    data: bytes


class Making(NamedTuple):
    """What a maker of inputs may use: the input's chance and token, and how large it is to be."""

    chance: random.Random
    token: str
    size: int

    def host(self) -> str:
        return f"https://{self.token}.example"

    def paragraphs(self) -> list[str]:
        return [f"{self.token}: {one}" for one in make_story(self.chance, self.chance.randrange(10**6))[1]]


Maker = Callable[[Making], str | bytes]
MAKERS: dict[str, tuple[str, Maker]] = {}
"""Kind to suffix of the file's name and what makes it."""


def _maker(kind: str, suffix: str) -> Callable[[Maker], Maker]:
    def add(maker: Maker) -> Maker:
        MAKERS[kind] = (suffix, maker)
        return maker

    return add


def _add(suffix: str, **makers: Maker) -> None:
    for name, maker in makers.items():
        MAKERS[name.replace("__", ".")] = (suffix, maker)


def fill(piece: str, size: int) -> str:
    """A piece over and over, ``size`` characters of it."""
    return (piece * (size // len(piece) + 1))[:size]


PUMPS = {
    "spaces": " ",
    "tabs": "\t",
    "lines": "\n",
    "letters": "a",
    "digits": "9",
    "zeros": "0",
    "ats": "@",
    "dots": "a.",
    "points": ".",
    "commas": "a, ",
    "bars": "a | ",
    "dashes": "- ",
    "colons": "00:",
    "slashes": "a/../",
    "percents": "%2",
    "references": "&",
    "halves": "&am",
    "quotes": "“",
    "apostrophes": "'",
    "brackets": "[(",
    "brackets_closed": "])",
    "ands": "A and ",
    "bys": "By ",
    "dates": "1 foo 2024 ",
    "months": "May ",
    "markup": "[/b][red]",
    "backslashes": "\\",
    "capitals": "A",
    "names": "John Smith ",
    "mails": "a@a",
    "addresses": "http://a",
    "wide": "長",
    "combining": "e\u0301",
    "joiners": "\u200d",
    "returns": "\r",
    "nbsp": "\u00a0",
    "emoji": "😀",
    "words": "cookie ",
    "equals": "a=",
    "semicolons": ";",
}
"""What is repeated until a regular expression or a loop that is not linear shows it."""


_DATES: tuple[str, ...] = (
    *(
        "0000-00-00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2024-02-30",
        "2024-13-45",
        "-1",
        "1e400",
    ),
    *("9" * 400, "2024-05-03T25:61:61Z", "2024-05-03T10:00:00+99:99", "١٢ مايو ٢٠٢٤", "May", "24:00", "2024-W99-9"),
)

_ADDRESSES: tuple[str, ...] = (
    *(
        "/etc/passwd",
        "file:///etc/passwd",
        "s3://bucket/x",
        "gs://bucket/x",
        "hdfs://h/x",
        "../../etc/hosts",
        "javascript:1",
    ),
    *(
        "http://[::1",
        "http://user:word@h.example/",
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "//h.example/x",
    ),
    *(
        "http://h.example:99999/",
        "http://\u0430.example/",
        "http://h.example/\u202e",
        "data:text/html,x",
        "C:\\x",
        "http://",
    ),
)


# --- pages

_PAGE_SITES: dict[str, Callable[[str], tuple[str, str]]] = {
    "author": lambda x: (f'<meta name="author" content="{x}">', ""),
    "article_author": lambda x: (f'<meta property="article:author" content="{x}">', ""),
    "published": lambda x: (f'<meta property="article:published_time" content="{x}">', ""),
    "published_2024": lambda x: (f'<meta property="article:published_time" content="2024-05-03 {x}">', ""),
    "title": lambda x: (f'<meta property="og:site_name" content="Site"><title>Port {x}</title>', ""),
    "og_title": lambda x: (f'<meta property="og:title" content="Port {x} | Site">', ""),
    "description": lambda x: (f'<meta name="description" content="{x}">', ""),
    "keywords": lambda x: (f'<meta name="keywords" content="{x}">', ""),
    "robots": lambda x: (f'<meta name="robots" content="{x}">', ""),
    "canonical": lambda x: (f'<link rel="canonical" href="http://c.example/{x}">', ""),
    "canonical_host": lambda x: (f'<link rel="canonical" href="http://{x}/">', ""),
    "refresh": lambda x: (f'<meta http-equiv="refresh" content="9;url={x}">', ""),
    "charset": lambda x: (f'<meta http-equiv="Content-Type" content="text/html; charset={x}">', ""),
    "language": lambda x: (f'<meta http-equiv="content-language" content="{x}">', ""),
    "ld_author": lambda x: (_ld({"@type": "NewsArticle", "author": x}), ""),
    "ld_date": lambda x: (_ld({"@type": "NewsArticle", "datePublished": x}), ""),
    "ld_headline": lambda x: (_ld({"@type": "NewsArticle", "headline": x}), ""),
    "ld_body": lambda x: (_ld({"@type": "NewsArticle", "articleBody": x}), ""),
    "ld_type": lambda x: ('<script type="application/ld+json">{"@type":' + x + "</script>", ""),
    "ld_raw": lambda x: ('<script type="application/ld+json">{"@type":"NewsArticle",' + x + "</script>", ""),
    "ld_comment": lambda x: ('<script type="application/ld+json"><!-- /* ' + x + "</script>", ""),
    "byline": lambda x: ("", f'<p class="byline">By {x}</p>'),
    "dateline": lambda x: ("", f"<p>NEW HARROW, {x} (Wire) - The harbour is open again.</p>"),
    "time": lambda x: ("", f'<time datetime="{x}">{x}</time>'),
    "class": lambda x: ("", f'<div class="{x}"><p>Behind a class of many names.</p></div>'),
    "id": lambda x: ("", f'<p id="{x}">Behind a name.</p>'),
    "style": lambda x: ("", f'<p style="display:{x}">Behind a style.</p>'),
    "paragraph": lambda x: ("", f"<p>{x}</p>"),
    "heading": lambda x: ("", f"<h2>{x}</h2>"),
    "caption": lambda x: ("", f'<figure><img src="x" alt="{x}"><figcaption>Photo: {x}</figcaption></figure>'),
    "source_set": lambda x: ("", f'<img srcset="{x}">'),
    "link": lambda x: ("", f'<p><a href="{x}">A link</a> to follow.</p>'),
    "licence": lambda x: ("", f'<p>Copyright © {x}</p><a rel="license" href="{x}">Licence</a>'),
    "quote": lambda x: ("", f"<blockquote>{x}</blockquote>"),
    "preformatted": lambda x: ("", f"<pre>{x}</pre>"),
    "itemprop": lambda x: ("", f'<span itemprop="author">{x}</span><span itemprop="datePublished">{x}</span>'),
    "comment": lambda x: ("", f"<!-- {x} -->"),
    "tag_name": lambda x: ("", f"<{x}>"),
    "unquoted": lambda x: ("", f"<p {x}>An attribute without quotes.</p>"),
    "doctype": lambda x: (f"<!DOCTYPE {x}>", ""),
}


def _ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def page(making: Making, head: str = "", body: str = "", *, title: str | None = None) -> str:
    """A good page with something hostile in its head or between its paragraphs."""
    title = f"Harbour of {making.token} opens again" if title is None else title
    told = "".join(f"<p>{paragraph}</p>" for paragraph in making.paragraphs())
    address = f'<link rel="canonical" href="{making.host()}/story">' if "canonical" not in head else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}<title>{title}</title>{address}</head>'
        f"<body><article><h1>{title}</h1>{told}{body}</article></body></html>"
    )


def _page_pump(site: str, pump: str) -> Maker:
    def make(making: Making) -> str:
        text = fill(PUMPS[pump], making.size)
        if site == "tag_name":
            text = text.replace("<", "").replace(">", "")
        return page(making, *_PAGE_SITES[site](text))

    return make


for _site in _PAGE_SITES:
    for _pump in PUMPS:
        MAKERS[f"page.{_site}.{_pump}"] = (".html", _page_pump(_site, _pump))


def _many(piece: str, each: int, most: int = 30_000) -> Callable[[Making], str]:
    return lambda making: "".join(piece.replace("#", str(n)) for n in range(min(most, making.size // each)))


def _in_body(piece: str, each: int, most: int = 29_000) -> Maker:
    many = _many(piece, each, most)
    return lambda making: page(making, "", many(making))


def _in_head(piece: str, each: int, most: int = 29_000) -> Maker:
    many = _many(piece, each, most)
    return lambda making: page(making, many(making))


def _attribute_words(making: Making) -> str:
    return " ".join(f'b{n}="1"' for n in range(making.size // 10))


def _attributes(tag: str) -> Maker:
    def make(making: Making) -> str:
        told = " ".join(f"a{n}={n % 10}" for n in range(making.size // 8))
        return page(making, "", f"<{tag} {told}>Many attributes.</{tag}>")

    return make


for _tag in ("p", "script", "style", "textarea", "title", "titlex", "x-y", "svg", "img", "body", "br", "!--", "?xml"):
    MAKERS[f"page.attributes.{_tag}"] = (".html", _attributes(_tag))

for _name, _piece in {
    "unclosed_b": "<b>x",
    "nested_div": "<div>",
    "nested_quote": "<blockquote>",
    "nested_list": "<ul><li>",
    "nested_table": "<table><tr><td>",
    "misnested": "<b><p></b></i>",
    "font": "<font><p>",
    "links": "<a href=/#>#",
    "forms": "<form><input>",
    "select": "<select><option>",
    "svg": "<svg><g>",
    "math": "<math><mi>",
    "template": "<template><p>",
    "noscript": "<noscript><p>",
    "headings": "<h1>Heading #</h1>",
    "times": "<time datetime='2024-13-#'>x</time>",
    "bylines": "<p class=byline>By Ann #</p>",
    "items": "<div itemscope itemprop=author>",
    "short_paragraphs": "<p>Word #.</p>",
    "list_of_lines": "<li>More news</li>",
    "rows": "<tr><td>#</td></tr>",
    "breaks": "line # <br>",
    "comments": "<!-- # ",
    "declarations": "<!#",
    "instructions": "<?a ",
    "cdata": "<![CDATA[ ",
    "end_tags": "</p></div>",
    "frames": "<iframe src=x>",
    "images": "<img src=# alt=x>",
}.items():
    MAKERS[f"page.flood.{_name}"] = (".html", _in_body(_piece, len(_piece)))
for _name, _piece in {
    "dates": '<meta property="article:published_time" content="# foo 2024 xx">',
    "authors": '<meta name="author" content="Ann # and Bob # @@">',
    "scripts": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"h#"}</script>',
    "broken_scripts": '<script type="application/ld+json">{"@type":"NewsArticle","author":[{</script>',
    "canonicals": '<link rel="canonical" href="http://c.example/#">',
    "charsets": '<meta charset="x-#">',
    "titles": "<title>Title #</title>",
    "bases": '<base href="http://b.example/#/">',
}.items():
    MAKERS[f"page.head.{_name}"] = (".html", _in_head(_piece, len(_piece)))


def _nested_ld(opening: str, closing: str) -> Maker:
    def make(making: Making) -> str:
        deep = making.size // 20
        told = opening * deep + '"x"' + closing * deep
        script = '<script type="application/ld+json">{"@type":"NewsArticle","headline":' + told + "}</script>"
        return page(making, script)

    return make


_add(
    ".html",
    page__ld__lists=_nested_ld("[", "]"),
    page__ld__objects=_nested_ld('{"author":', "}"),
    page__ld__unclosed=_nested_ld('{"@graph":[', ""),
    page__ld__graph=lambda m: page(
        m, _ld({"@graph": [{"@type": "NewsArticle", "headline": f"h{n}"} for n in range(m.size // 60)]})
    ),
    page__ld__authors=lambda m: page(
        m, _ld({"@type": "NewsArticle", "author": [{"name": f"Ann {n} and Bo"} for n in range(m.size // 30)]})
    ),
    page__ld__number=lambda m: page(
        m, '<script type="application/ld+json">{"@type":"NewsArticle","x":' + "9" * m.size + "}</script>"
    ),
    page__ld__nan=lambda m: page(
        m, '<script type="application/ld+json">{"@type":"NewsArticle","a":NaN,"b":-Infinity,"c":1e999999}</script>'
    ),
    page__ld__wrong_types=lambda m: page(
        m, _ld([{"@type": [[1]], "headline": {"a": 1}, "author": [None, 5, [[]], {"name": {}}], "datePublished": [3]}])
    ),
    page__ld__many_values=lambda m: page(
        m, '<script type="application/ld+json">' + fill('{"@type":"Thing"}', m.size) + "</script>"
    ),
    page__ld__surrogates=lambda m: page(
        m,
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud83d \\udc00","author":"\\u0000"}'
        "</script>",
    ),
    page__character_references=lambda m: page(
        m, "", "<p>" + fill("&#x110000;&#xD800;&#0;&#9999999999;&notit;&amp", m.size) + "</p>"
    ),
    page__control_characters=lambda m: page(m, "", "<p>" + "".join(map(chr, range(32))) * (m.size // 64) + "</p>"),
    page__bidirectional=lambda m: page(m, "", "<p>" + fill("\u202e\u2066\u200f abc ", m.size) + "</p>"),
    page__noncharacters=lambda m: page(m, "", "<p>" + fill("\ufffe\uffff\U0010ffff\ufdd0", m.size) + "</p>"),
    page__escapes=lambda m: page(m, title=f"\x1b]0;{m.token}\x07\x1b[31mred [/b] [bold]"),
    page__data_address=lambda m: page(m, "", f'<img src="data:image/png;base64,{"A" * m.size}">'),
    page__unclosed_script=lambda m: page(m, "<script>" + fill("if (a < b) { ", m.size)),
    page__unclosed_title=lambda m: page(m, "<title>" + fill("a ", m.size)),
    page__plaintext=lambda m: page(m, "", "<plaintext>" + fill("<p>x", min(m.size, 100 * KB))),
    page__frameset=lambda m: f"<frameset>{'<frame src=x>' * (m.size // 20)}</frameset> {m.token}",
    page__no_text=lambda m: f"<html><head><title>{m.token}</title></head><body>{'<div></div>' * (m.size // 200)}",
    page__wall_words=lambda m: page(
        m, "", fill("<p>We use cookies. Accept all. Are you a robot? Verify you are human. </p>", min(m.size, 200 * KB))
    ),
    page__many_words=lambda m: page(m, "", "<p>" + " ".join(f"w{n}" for n in range(m.size // 7)) + "</p>"),
)


def _cut(make: Callable[[Making], bytes]) -> Maker:
    def cut(making: Making) -> bytes:
        data = make(making)
        return data[: making.chance.randrange(1, max(2, len(data)))]

    return cut


def _noise(making: Making) -> bytes:
    return making.chance.randbytes(making.size)


def _charset(label: str, encoding: str, errors: str = "replace") -> Maker:
    def make(making: Making) -> bytes:
        text = page(making, f'<meta charset="{label}">', "<p>Größe, œuvre, Порт, 東京, 장관, ก, ع.</p>")
        return text.encode(encoding, errors)

    return make


for _label in (
    *("x-user-defined", "utf-7", "iso-2022-jp", "hz-gb-2312", "utf-16", "utf-32", "replacement", "idna", "punycode"),
    *("rot13", "zlib", "base64", "hex", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "cp65001"),
    *("x-sjis", "windows-874", "big5-hkscs", "iso-8859-8-i", "cesu-8", "no-such-charset", "\x00", "utf-8;utf-16"),
):
    MAKERS[f"page.label.{_label!r}"] = (".html", _charset(_label, "utf-8"))
for _encoding in ("utf-16", "utf-16-le", "utf-32-be", "utf-7", "shift_jis", "cp1251", "iso2022_jp", "gb18030", "cp037"):
    MAKERS[f"page.encoding.{_encoding}"] = (".html", _charset("utf-8", _encoding))


@_maker("page.bad_bytes", ".html")
def _bad_bytes(making: Making) -> bytes:
    data = bytearray(page(making, '<meta charset="utf-8">').encode())
    for _ in range(len(data) // 20):
        data[making.chance.randrange(len(data))] = making.chance.randrange(128, 256)
    return bytes(data)


_add(
    ".html",
    page__ill_formed_utf8=lambda m: (
        page(m, '<meta charset="utf-8">', "<p>#</p>")
        .encode()
        .replace(b"#", b"\xf4\x90\x80\x80\xc0\xaf\xe2\x82" * (m.size // 8))
    ),
    page__surrogate_bytes=lambda m: page(m, "", "<p>#</p>").encode().replace(b"#", b"\xed\xa0\xbd\xed\xb8\x80" * 2_000),
    page__zero_bytes=lambda m: page(m, "", "<p>#</p>").encode().replace(b"#", b"\0" * m.size),
    page__truncated=_cut(lambda m: story_page(m.chance, 10**6 + 5).encode() + b"<p>" + m.token.encode() + b"</p>" * 9),
    page__noise=lambda m: b"<html><body><p>" + _noise(m),
    page__only_noise=_noise,
    page__two_marks=lambda m: b"\xef\xbb\xbf\xff\xfe" + page(m).encode("utf-16-le"),
)

# --- feeds

_RSS_SITES = {
    "title": "<title>#</title>",
    "link": "<link>#</link>",
    "guid": "<guid>#</guid>",
    "author": "<author>#</author>",
    "creator": "<dc:creator>#</dc:creator>",
    "date": "<pubDate>#</pubDate>",
    "date_tail": "<pubDate>Fri, 03 May 2024 10:00:00 #</pubDate>",
    "dc_date": "<dc:date>2024-05-03T#</dc:date>",
    "category": "<category>#</category>",
    "description": "<description>#</description>",
    "content": "<content:encoded>&lt;p&gt;#&lt;/p&gt;</content:encoded>",
    "enclosure": '<enclosure url="#" type="#" length="#"/>',
    "media": '<media:content url="#"/><media:description>#</media:description>',
    "point": "<georss:point>#</georss:point>",
    "position": "<gml:pos>#</gml:pos>",
    "duration": "<itunes:duration>#</itunes:duration>",
    "unknown": '<a:b c="#">#</a:b>',
    "doctype_like": "<!ELEMENT #>",
}
_SPACES_OF_NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:georss="http://www.georss.org/georss" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:a="urn:a"'
)


def rss(making: Making, item: str = "", *, channel: str = "", before: str = "", attributes: str = "") -> str:
    """A feed of one good entry and one hostile one."""
    told = " ".join(making.paragraphs())
    good = f"<item><title>{making.token} opens</title><link>{making.host()}/good</link><description>{told}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0" {_SPACES_OF_NAMES} {attributes}><channel>'
        f"<title>Wire of {making.token}</title><link>{making.host()}/</link>{channel}{good}</description></item>"
        f"<item><title>Other</title><link>{making.host()}/other</link>{item}</item></channel></rss>"
    )


def _rss_pump(site: str, pump: str) -> Maker:
    return lambda making: rss(making, _RSS_SITES[site].replace("#", fill(PUMPS[pump], making.size)))


for _site in _RSS_SITES:
    for _pump in PUMPS:
        MAKERS[f"rss.{_site}.{_pump}"] = (".xml", _rss_pump(_site, _pump))


def _rss_many(piece: str, each: int, most: int = 100_000) -> Maker:
    many = _many(piece, each, most)
    return lambda making: rss(making, many(making))


for _name, _piece in {
    "authors": "<author>a# (b#)</author>",
    "dates": "<pubDate># foo 2024</pubDate>",
    "categories": "<category>c#</category>",
    "enclosures": '<enclosure url="http://e.example/#"/>',
    "nested": "<a>",
    "nested_media": "<media:group>",
    "comments": "<!-- # -->",
    "instructions": "<?a #?>",
    "sections": "<description><![CDATA[<p>#]]></description>",
    "references": "<description>&amp;lt;&#x41;&no#;</description>",
    "links": '<link href="http://l.example/#"/>',
    "positions": "<gml:pos># b</gml:pos>",
}.items():
    MAKERS[f"rss.flood.{_name}"] = (".xml", _rss_many(_piece, len(_piece)))


def _laughs(making: Making) -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return rss(making, "<description>&l11;</description>", before=f'<!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>')


def _items(making: Making, item: str) -> str:
    count = min(4_000, making.size // 200)
    told = "".join(f"</item><item>{item.replace('#', str(n)).replace('HOST', making.host())}" for n in range(count))
    return rss(making, told)


_add(
    ".xml",
    rss__laughs=_laughs,
    rss__external=lambda m: rss(
        m, "<description>&x;</description>", before='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    rss__external_list=lambda m: rss(m, before='<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">'),
    rss__big_entity=lambda m: rss(
        m, "<description>" + "&x;" * 5_000 + "</description>", before=f'<!DOCTYPE r [<!ENTITY x "{"a" * 20_000}">]>'
    ),
    rss__names=lambda m: rss(m, attributes=" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(m.size // 20))),
    rss__attributes=lambda m: rss(m, f"<a {_attribute_words(m)}/>"),
    rss__bad_dates=lambda m: _items(m, "<title>t#</title><link>HOST/#</link><pubDate>#-13-45 99:99 foo</pubDate>"),
    rss__bad_points=lambda m: _items(m, "<title>t#</title><link>HOST/#</link><georss:point>a b</georss:point>"),
    rss__one_link=lambda m: _items(m, "<title>t#</title><link>HOST/</link><guid>#</guid>"),
    rss__no_links=lambda m: _items(m, "<title>t#</title>"),
    rss__odd_links=lambda m: _items(m, "<title>t#</title><link>javascript:a#</link>"),
    rss__large_entry=lambda m: rss(m, f"<description>{fill('word and word. ', 4 * m.size)}</description>"),
    rss__markup_in_section=lambda m: rss(m, f"<description><![CDATA[{fill('<p>x<b', m.size)}]]></description>"),
    rss__less_thans=lambda m: rss(m, f"<description><![CDATA[{'<' * m.size}]]></description>"),
    rss__escaped_often=lambda m: rss(m, "<description>&" + "amp;" * (m.size // 4) + "lt;p></description>"),
    rss__xhtml=lambda m: rss(m, "<content type='xhtml'>" + "<div>" * (m.size // 50) + "</content>"),
    rss__bare_references=lambda m: rss(m, f"<description>{fill('AT&T & R&D &c=1 ', m.size)}</description>"),
    rss__wrong_charset=lambda m: rss(m).replace("UTF-8", "windows-1251").encode(),
    rss__unknown_charset=lambda m: rss(m).replace("UTF-8", "x-none").encode(),
    rss__utf16=lambda m: rss(m).encode("utf-16"),
    rss__utf16_that_lies=lambda m: rss(m).encode("utf-16-be"),
    rss__bad_bytes=lambda m: (
        rss(m, "<description>#</description>").encode().replace(b"#", b"\xc3\xff\xfe" * (m.size // 9))
    ),
    rss__truncated=_cut(lambda m: rss(m, "<description>x</description>").encode()),
    rss__controls=lambda m: rss(m, "<description>" + "\x00\x01\x0b\x1f" * (m.size // 40) + "</description>"),
    rss__garbage_before=lambda m: fill("<rss ", 60 * KB) + rss(m),
    rss__garbage_behind=lambda m: rss(m) + fill("</rss><rss>", m.size),
    rss__channels=lambda m: rss(m, "</item></channel><channel><item>" * (m.size // 40)),
    rss__base=lambda m: rss(m, "<a xml:base='b/'>" * (m.size // 40)),
    rdf=lambda m: (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        + "".join(
            f"<item rdf:about='{m.host()}/{n}'><title>{n}</title></item>" for n in range(min(2_000, m.size // 90))
        )
    ),
)


def atom(making: Making, inside: str) -> str:
    """An Atom feed of one entry with something hostile in it."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{making.token}</title><entry><title>{making.token}</title>'
        f'<id>urn:{making.token}</id><link href="{making.host()}/atom"/>{inside}</entry></feed>'
    )


_ATOM_SITES = {
    "name": "<author><name>#</name><email>#</email><uri>#</uri></author>",
    "updated": "<updated>#</updated>",
    "published": "<published>2024-05-03T10:00:00#</published>",
    "content_html": "<content type='html'>&lt;p&gt;#&lt;/p&gt;</content>",
    "content_xhtml": "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>#</div></content>",
    "content_base64": "<content type='application/octet-stream'>#</content>",
    "summary": "<summary>#</summary>",
    "rights": "<rights>#</rights>",
    "href": "<link rel='alternate' href='http://x.example/#'/>",
    "term": "<category term='#'/>",
}
for _site, _form in _ATOM_SITES.items():
    for _pump in PUMPS:

        def _atom_pump(making: Making, form: str = _form, pump: str = _pump) -> str:
            text = fill(PUMPS[pump], making.size).replace("'", "&apos;")
            return atom(making, form.replace("#", text))

        MAKERS[f"atom.{_site}.{_pump}"] = (".xml", _atom_pump)


# --- JSON


def _json_feed(making: Making, **item: object) -> str:
    good = {"id": "1", "url": f"{making.host()}/json", "title": making.token, "content_text": making.paragraphs()[0]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": making.token, "items": [good, {"id": "2", **item}]}
    return json.dumps(feed)


_JSON_FIELDS = ("id", "url", "title", "content_html", "content_text", "date_published", "authors", "tags", "language")


def _json_feed_pump(field: str, pump: str) -> Maker:
    def make(making: Making) -> str:
        text = fill(PUMPS[pump], making.size)
        values: dict[str, object] = {"authors": [{"name": text}], "tags": [text]}
        return _json_feed(making, **{field: values.get(field, text)})

    return make


for _field in _JSON_FIELDS:
    for _pump in PUMPS:
        MAKERS[f"json_feed.{_field}.{_pump}"] = (".json", _json_feed_pump(_field, _pump))
_add(
    ".json",
    json_feed__wrong_types=lambda m: _json_feed(m, url=5, title=["x"], authors={"a": 1}, tags=7, date_published={}),
    json_feed__items_no_list=lambda m: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": {"a": m.token}}
    ),
    json_feed__items_no_objects=lambda m: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "title": m.token, "items": [1, None, "x", [], [[]]] * 200}
    ),
    json_feed__deep=lambda m: _json_feed(m, title="#").replace('"#"', "[" * (m.size // 4) + "]" * (m.size // 4)),
    json_feed__unclosed=lambda m: '{"version":"https://jsonfeed.org/version/1","items":' + "[{" * (m.size // 2),
    json_feed__number=lambda m: _json_feed(m, title="#").replace('"#"', "9" * m.size),
    json_feed__float=lambda m: _json_feed(m, title="#").replace('"#"', "1e" + "9" * 400),
    json_feed__nan=lambda m: _json_feed(m, title="#").replace('"#"', "NaN"),
    json_feed__surrogates=lambda m: _json_feed(m, title="#").replace("#", "\\ud800\\u0000\\udfff"),
    json_feed__same_keys=lambda m: _json_feed(m, title="#").replace(
        '"#"', '"a",' + fill('"id":"b",', m.size // 9 * 9) + '"x":1'
    ),
    json_feed__many_keys=lambda m: _json_feed(m, **{f"k{n}": n for n in range(m.size // 12)}),
    json_feed__authors=lambda m: _json_feed(m, authors=[{"name": f"A {n} and B"} for n in range(m.size // 30)]),
    json_feed__bad_byte=lambda m: _json_feed(m, title="#").encode().replace(b"#", b"caf\xe9 \xff\xfe"),
    json_feed__truncated=_cut(lambda m: _json_feed(m, title="x" * 300).encode()),
)


def jsonl(making: Making, *lines: str) -> str:
    """Lines between two good records."""

    def good(number: int) -> str:
        text = "\n".join(make_story(making.chance, making.chance.randrange(10**6))[1])
        return json.dumps({"url": f"{making.host()}/{number}", "title": f"{making.token} {number}", "text": text})

    return "\n".join([good(1), *lines, good(2)]) + "\n"


_RECORD_FIELDS = ("url", "title", "text", "html", "author", "date_published", "language", "maintext", "link", "tags")


def _jsonl_pump(field: str, pump: str) -> Maker:
    def make(making: Making) -> str:
        value = fill(PUMPS[pump], making.size)
        record = {
            "url": f"{making.host()}/3",
            "title": "t",
            "text": "The harbour opened again on Monday.",
            field: value,
        }
        return jsonl(making, json.dumps(record, ensure_ascii=making.chance.random() < 0.5))

    return make


for _field in _RECORD_FIELDS:
    for _pump in PUMPS:
        MAKERS[f"jsonl.{_field}.{_pump}"] = (".jsonl", _jsonl_pump(_field, _pump))
_add(
    ".jsonl",
    jsonl__deep=lambda m: jsonl(
        m, '{"url":"http://d.example/","text":' + "[" * (m.size // 4) + "]" * (m.size // 4) + "}"
    ),
    jsonl__unclosed=lambda m: jsonl(m, '{"a":' * (m.size // 5)),
    jsonl__number=lambda m: jsonl(m, '{"url":"http://d.example/","score":' + "7" * m.size + "}"),
    jsonl__digits=lambda m: jsonl(m, '{"status":' + "7" * 5_000 + ',"url":"http://d.example/","text":"Some text."}'),
    jsonl__nan=lambda m: jsonl(m, '{"url":"http://d.example/","score":NaN,"text":"The port is open, they said."}'),
    jsonl__surrogates=lambda m: jsonl(m, '{"url":"http://d.example/\\ud83d","title":"\\udc00","text":"\\ud800 text"}'),
    jsonl__controls=lambda m: jsonl(m, '{"url":"http://d.example/","text":"a\x01b\x1b[31m\tc"}'),
    jsonl__bad_bytes=lambda m: (
        jsonl(m, '{"url":"http://d.example/","text":"#"}').encode().replace(b"#", b"caf\xe9 \xff\xc3")
    ),
    jsonl__trailing_comma=lambda m: jsonl(m, '{"url":"http://d.example/","text":"The port is open again.",},'),
    jsonl__wrong_types=lambda m: jsonl(
        m, '{"url":5,"title":{},"text":[1]}', "[]", "null", "7", '"x"', "true", '{"html":{}}', '{"authors":[[]]}', "{}"
    ),
    jsonl__many_bad=lambda m: jsonl(m, *(f"{{bad {n}" for n in range(min(400, m.size // 100)))),
    jsonl__empty_lines=lambda m: jsonl(m, "\n" * m.size),
    jsonl__long_line=lambda m: jsonl(m, "x" * (3 * m.size)),
    jsonl__many_keys=lambda m: jsonl(m, json.dumps({f"k{n}": n for n in range(m.size // 12)})),
    jsonl__returns=lambda m: jsonl(m).replace("\n", "\r"),
    jsonl__mark=lambda m: "\ufeff" + jsonl(m),
    jsonl__utf16=lambda m: jsonl(m).encode("utf-16"),
    jsonl__array=lambda m: "[" + ",".join(jsonl(m).split("\n")[:-1]) + ",]",
    jsonl__array_deep=lambda m: "[" * m.size,
    jsonl__truncated=_cut(lambda m: jsonl(m).encode()),
    jsonl__dates=lambda m: jsonl(
        m,
        *(
            json.dumps({"url": f"{m.host()}/d{n}", "text": f"{m.token} open {n}", "date": d})
            for n, d in enumerate(_DATES)
        ),
    ),
)
# --- CSV


def _csv(making: Making, rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["url", "title", "text"])
    writer.writerow([f"{making.host()}/csv", f"{making.token} opens", " ".join(making.paragraphs())])
    writer.writerows(rows)
    return out.getvalue()


for _pump in PUMPS:
    MAKERS[f"csv.text.{_pump}"] = (
        ".csv",
        lambda m, pump=_pump: _csv(m, [[f"{m.host()}/2", "t", fill(PUMPS[pump], m.size)]]),  # type: ignore[misc]
    )
_add(
    ".csv",
    csv__unclosed_quote=lambda m: _csv(m, []) + '"' + fill("a,b\n", m.size),
    csv__quotes=lambda m: _csv(m, []) + '"' * m.size,
    csv__columns=lambda m: ",".join(f"c{n}" for n in range(m.size // 6)) + "\n" + "," * (m.size // 6) + m.token,
    csv__ragged=lambda m: _csv(m, [["x"] * n for n in range(60)]),
    csv__zero_bytes=lambda m: _csv(m, [["a\0b", "\0", "\0"]]),
    csv__only_header=lambda m: f"url,title,text,{m.token}\n",
    csv__tabs=lambda m: _csv(m, [["http://t.example/", "a\tb", "c"]], "\t"),
    csv__semicolons=lambda m: _csv(m, [["http://t.example/", "a", "c"]], ";"),
    csv__formulas=lambda m: _csv(m, [["=cmd|' /C calc'!A0", "@SUM(1)", "+1"]]),
    csv__bad_bytes=lambda m: _csv(m, []).encode() + b"\xff\xfe,\xc3,\x80\n",
    csv__no_addresses=lambda m: f"name,value\n{m.token},1\n" * 50,
    csv__truncated=_cut(lambda m: _csv(m, [["http://t.example/", "a", "The port is open."]]).encode()),
)

# --- archives of the web


def _record(making: Making, number: int, *, http: bytes | None = None, **fields: str) -> bytes:
    body = page(making._replace(size=0), title=f"{making.token} record {number}").encode()
    block = http if http is not None else b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    lines = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{making.token}-{number}>",
        "WARC-Date": "2026-01-02T03:04:05Z",
        "WARC-Target-URI": f"{making.host()}/{number}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value != "absent")
    return b"WARC/1.0\r\n" + head.encode("utf-8", "surrogatepass") + b"\r\n" + block + b"\r\n\r\n"


def _with(making: Making, fields: dict[str, Any]) -> bytes:
    return _record(making, 2, **fields)


def _warc(bad: Callable[[Making], bytes]) -> Maker:
    def make(making: Making) -> bytes:
        return _record(making, 1) + bad(making) + _record(making, 3) + _record(making, 4)

    return make


def _warc_field(field: str, pump: str) -> Maker:
    return _warc(lambda m: _with(m, {field: fill(PUMPS[pump], min(m.size, 200 * KB)).replace("\n", " ")}))


for _field in ("WARC_Date", "WARC_Target_URI", "Content_Type", "WARC_Type", "X_Unknown"):
    for _pump in ("spaces", "letters", "digits", "percents", "slashes", "colons", "dots", "wide", "semicolons"):
        MAKERS[f"warc.{_field}.{_pump}"] = (".warc", _warc_field(_field, _pump))


def _http(head: str, body: bytes | None = None) -> Callable[[Making], bytes]:
    def make(making: Making) -> bytes:
        told = page(making._replace(size=0)).encode() if body is None else body
        return _record(making, 2, http=head.encode("latin-1") + b"\r\n\r\n" + told)

    return make


_BOMB = gzip.compress(bytes(64 * MB), 9)
_HTTP_HEADS: dict[str, tuple[str, bytes | None]] = {
    "status_digits": ("HTTP/1.1 " + "9" * 5_000 + " OK", None),
    "status_words": ("HTTP/1.1 two hundred", None),
    "status_negative": ("HTTP/1.1 -200 OK", None),
    "no_status": ("Content-Type: text/html", None),
    "gzip_that_is_none": ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", None),
    "brotli_that_is_none": ("HTTP/1.1 200 OK\r\nContent-Encoding: br", None),
    "encodings": ("HTTP/1.1 200 OK\r\nContent-Encoding: " + "gzip, " * 2_000, None),
    "unknown_encoding": ("HTTP/1.1 200 OK\r\nContent-Encoding: x-none", None),
    "bomb": ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", _BOMB),
    "chunked_that_is_none": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", None),
    "chunks_of_digits": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"f" * 5_000 + b"\r\n"),
    "chunks_of_one": ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n"),
    "many_lines": ("HTTP/1.1 200 OK\r\n" + "\r\n".join(f"X-{n}: {n}" for n in range(20_000)), None),
    "long_line": ("HTTP/1.1 200 OK\r\nX: " + "a" * 500_000, None),
    "folded": ("HTTP/1.1 200 OK\r\nX: a\r\n" + " b\r\n" * 20_000 + "Y: c", None),
    "no_colons": ("HTTP/1.1 200 OK\r\n" + "no colon\r\n" * 5_000 + "X: y", None),
    "type_lies": ("HTTP/1.1 200 OK\r\nContent-Type: image/png", None),
    "charset_lies": ("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=base64", None),
    "location": ("HTTP/1.1 301 Moved\r\nLocation: " + "/a" * 100_000, b""),
    "empty": ("HTTP/1.1 200 OK", b""),
}
for _name, (_head, _body) in _HTTP_HEADS.items():
    MAKERS[f"warc.http.{_name}"] = (".warc", _warc(_http(_head, _body)))
for _n, _date in enumerate(_DATES):
    MAKERS[f"warc.date.{_n}"] = (".warc", _warc(lambda m, date=_date: _record(m, 2, WARC_Date=date)))  # type: ignore[misc]
for _name, _value in {
    "negative": "-1",
    "huge": "9" * 30,
    "digits": "9" * 5_000,
    "words": "many",
    "short": "10",
}.items():
    MAKERS[f"warc.length.{_name}"] = (
        ".warc",
        _warc(lambda m, value=_value: _record(m, 2, Content_Length=value)),  # type: ignore[misc]
    )
_add(
    ".warc",
    warc__no_length=_warc(lambda m: _record(m, 2, Content_Length="absent")),
    warc__no_address=_warc(lambda m: _record(m, 2, WARC_Target_URI="absent")),
    warc__no_date=_warc(lambda m: _record(m, 2, WARC_Date="absent")),
    warc__no_type=_warc(lambda m: _record(m, 2, WARC_Type="absent")),
    warc__revisit=_warc(lambda m: _record(m, 2, WARC_Type="revisit")),
    warc__many_fields=_warc(lambda m: _with(m, {f"X-{n}": "y" for n in range(m.size // 20)})),
    warc__many_empty=_warc(lambda m: _record(m, 2, http=b"") * min(400, m.size // 300)),
    warc__noise=_warc(lambda m: m.chance.randbytes(min(m.size, 100 * KB))),
    warc__version=_warc(lambda m: _record(m, 2).replace(b"WARC/1.0", b"WARC/9.9")),
    warc__truncated=_cut(lambda m: _record(m, 1) + _record(m, 2)),
    warc__zeros_behind=lambda m: _record(m, 1) + bytes(m.size),
    arc__bad_lines=lambda m: (
        b"filedesc://a.arc 0.0.0.0 20240503100000 text/plain 76\n1 0 Example\n"
        b"URL IP-address Archive-date Content-type Archive-length\n\n"
        + f"{m.host()}/arc 1.2.3.4 99999999999999 text/html {'9' * 40}\n".encode()
        + page(m._replace(size=0)).encode()
        + b"\nhttp:// nonsense\n" * 50
    ),
    arc__long_line=lambda m: b"filedesc://a.arc 0.0.0.0 20240503100000 text/plain 76\n1 0 X\n\n" + b"a" * m.size,
)
_add(
    ".warc.gz",
    warc__members=lambda m: b"".join(gzip.compress(_record(m, n)) for n in range(min(60, m.size // 3_000) + 1)),
    warc__garbage_behind_gzip=lambda m: gzip.compress(_record(m, 1)) + m.chance.randbytes(1_000),
    warc__garbage_between_gzip=lambda m: gzip.compress(_record(m, 1)) + b"junk" + gzip.compress(_record(m, 2)),
    warc__cut_gzip=_cut(lambda m: gzip.compress(_record(m, 1) + _record(m, 2))),
)

# --- lists


def _sitemap(making: Making, inside: str) -> str:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{making.host()}/good</loc></url>{inside}</urlset>"
    )


_SITEMAP_SITES = {
    "loc": "<url><loc>http://s.example/#</loc></url>",
    "lastmod": "<url><loc>http://s.example/</loc><lastmod>2024-05-03T#</lastmod></url>",
    "title": "<url><loc>http://s.example/</loc><news:news><news:title>#</news:title></news:news></url>",
    "date": "<url><loc>http://s.example/</loc><news:news><news:publication_date>#</news:publication_date></news:news></url>",
}
for _site, _form in _SITEMAP_SITES.items():
    for _pump in PUMPS:
        MAKERS[f"sitemap.{_site}.{_pump}"] = (
            ".xml",
            lambda m, form=_form, pump=_pump: _sitemap(m, form.replace("#", fill(PUMPS[pump], m.size))),  # type: ignore[misc]
        )
_add(
    ".xml",
    sitemap__many=lambda m: _sitemap(
        m, "".join(f"<url><loc>{m.host()}/{n}</loc></url>" for n in range(min(1_500, m.size // 60)))
    ),
    sitemap__nested=lambda m: _sitemap(m, "<url>" * (m.size // 5)),
    sitemap__unclosed=lambda m: _sitemap(m, "<url><loc>http://s.example/" * (m.size // 100)),
    sitemap__files=lambda m: _sitemap(m, "".join(f"<url><loc>{a}</loc></url>" for a in _ADDRESSES)),
    sitemap__laughs=lambda m: _laughs(m).replace("rss", "urlset"),
    sitemap__attributes=lambda m: _sitemap(m, f"<url {_attribute_words(m)}/>"),
    sitemap__index=lambda m: (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<sitemap><loc>{a}</loc></sitemap>" for a in (*_ADDRESSES, f"{m.host()}/s.xml"))
        + "</sitemapindex>"
    ),
    sitemap__truncated=_cut(lambda m: _sitemap(m, f"<url><loc>{m.host()}/2</loc></url>" * 40).encode()),
)


def _opml(making: Making, inside: str) -> str:
    return f'<opml version="2.0"><head><title>{making.token}</title></head><body>{inside}</body></opml>'


_add(
    ".opml",
    opml__addresses=lambda m: _opml(m, "".join(f"<outline xmlUrl='{a}'/>" for a in _ADDRESSES)),
    opml__nested=lambda m: _opml(m, "<outline text='a'>" * (m.size // 20)),
    opml__attributes=lambda m: _opml(m, f"<outline {_attribute_words(m)}/>"),
    opml__many=lambda m: _opml(
        m, "".join(f"<outline xmlUrl='{m.host()}/{n}'/>" for n in range(min(300, m.size // 50)))
    ),
    opml__references=lambda m: _opml(m, f"<outline text='{fill('AT&T & R&D ', m.size)}' xmlUrl='{m.host()}/f'/>"),
    opml__laughs=lambda m: _laughs(m).replace("rss", "opml"),
    opml__long_text=lambda m: _opml(m, f"<outline text='{fill('a ', m.size)}' xmlUrl='{m.host()}/f'/>"),
    opml__long_address=lambda m: _opml(m, f"<outline xmlUrl='{m.host()}/{fill('a/../', m.size)}'/>"),
    opml__truncated=_cut(lambda m: _opml(m, f"<outline xmlUrl='{m.host()}/f'/>" * 20).encode()),
    opml__nothing=lambda m: _opml(m, "<outline text='no address'/>"),
)
_add(
    ".txt",
    list__addresses=lambda m: "\n".join((*_ADDRESSES, f"{m.host()}/1", f"{m.host()}/2", f"{m.host()}/3")),
    list__many=lambda m: "\n".join(f"{m.host()}/{n}" for n in range(min(300, m.size // 40))),
    list__long_lines=lambda m: "\n".join(f"{m.host()}/{n}/{fill('a/', m.size // 3)}" for n in range(3)),
    list__returns=lambda m: "\r".join(f"{m.host()}/{n}" for n in range(50)),
    list__zero_bytes=lambda m: "\n".join(f"{m.host()}/{n}\0" for n in range(50)),
    list__spaces=lambda m: "\n".join(f"{' ' * 500}{m.host()}/{n}{' ' * 500}" for n in range(50)),
    list__blank_lines=lambda m: f"{m.host()}/1" + "\n" * m.size + f"{m.host()}/2",
    list__escapes=lambda m: "\n".join(f"{m.host()}/\x1b[31m{n}" for n in range(20)),
)

# --- texts


def text(making: Making, more: str) -> str:
    """A good text with something hostile behind its second paragraph."""
    headline, paragraphs = make_story(making.chance, making.chance.randrange(10**6))
    return "\n\n".join([f"{headline} {making.token}", *paragraphs[:2], more, paragraphs[2]]) + "\n"


for _pump in PUMPS:
    MAKERS[f"text.{_pump}"] = (".txt", lambda m, pump=_pump: text(m, fill(PUMPS[pump], m.size)))  # type: ignore[misc]
    MAKERS[f"text.first.{_pump}"] = (
        ".txt",
        lambda m, pump=_pump: fill(PUMPS[pump], m.size) + "\n\n" + text(m, ""),  # type: ignore[misc]
    )
_add(
    ".txt",
    text__lines=lambda m: text(m, "\n".join(f"This is line {n:06d} of a list." for n in range(m.size // 32))),
    text__heads=lambda m: text(m, "More news\n" * (m.size // 10)),
    text__blank_lines=lambda m: text(m, "\n \n" * (m.size // 3)),
    text__rules=lambda m: text(m, "---\n***\n" * (m.size // 8)),
    text__fields=lambda m: fill("From: a\nSubject: b\n", m.size) + text(m, ""),
    text__rss_pump=lambda m: f"words of {m.token} " + fill("<rss ", 65_000),
    text__channel_pump=lambda m: f"<channel>{m.token}" + fill("<item ", 65_000),
    text__html_pump=lambda m: f"words of {m.token} " + fill("<!DOCTYPE <html <", 65_000),
    text__json_pump=lambda m: f'{{"{m.token}"' + fill('{"a":[', 65_000),
    text__blank=lambda m: " \n\t\u00a0" * (m.size // 4),
    text__empty=lambda _: "",
    text__escapes=lambda m: text(m, "\x1b]0;pwned\x07\x1b[2J [/b][bold red]"),
    text__utf16=lambda m: text(m, "Größe").encode("utf-16"),
    text__utf32=lambda m: text(m, "Größe").encode("utf-32"),
    text__bad_bytes=lambda m: text(m, "#").encode().replace(b"#", b"\xff\xfe\xc3 " * (m.size // 8)),
    text__zero_bytes=lambda m: text(m, "\0" * m.size),
    text__noise=_noise,
)
_SPACY: dict[str, Callable[[Making], str]] = {
    "one_paragraph": lambda m: fill("The minister of Norland said in Port Ellery that John Smith was there. ", m.size),
    "paragraphs": lambda m: "\n\n".join(
        f"The minister of Norland {n} said that John Smith{n} of Port Ellery Ltd paid $ {n} million."
        for n in range(m.size // 90)
    ),
    "short_paragraphs": lambda m: "\n\n".join(f"Mr A{n} said." for n in range(m.size // 14)),
    "one_token": lambda m: "A" * m.size,
    "long_tokens": lambda m: " ".join("Ab" * 5_000 for _ in range(max(1, m.size // 10_000))),
    "hyphens": lambda m: fill("a-b-", m.size),
    "dots": lambda m: fill("U.S.", m.size),
    "apostrophes": lambda m: fill("'s'", m.size),
    "currencies": lambda m: fill("$€£", m.size),
    "brackets": lambda m: fill("(((", m.size),
    "quotes": lambda m: fill("“John ‘Smith” ", m.size),
    "new_words": lambda m: " ".join(f"Xq{n}zv" for n in range(m.size // 8)),
    "capitals": lambda m: fill("JOHN SMITH OF NORLAND ", m.size),
    "addresses": lambda m: fill("http://a.example/b?c=d&e=f ", m.size),
    "emoji": lambda m: fill("😀👩‍👩‍👧 ", m.size),
    "no_spaces": lambda m: fill("John,Smith;Norland:Port/Ellery", m.size),
    "scripts": lambda m: fill("Порт 東京 ميناء John Smith ", m.size),
}


def _page_of(making: Making, body: str) -> str:
    return page(making, "", f"<p>{body.replace(chr(10) * 2, '</p><p>')}</p>")


for _name, _make in _SPACY.items():
    MAKERS[f"entities.{_name}"] = (".txt", lambda m, make=_make: text(m, make(m._replace(size=min(m.size, 3 * MB)))))  # type: ignore[misc]
    MAKERS[f"entities.page.{_name}"] = (
        ".html",
        lambda m, make=_make: _page_of(m, make(m._replace(size=min(m.size, 2 * MB)))),  # type: ignore[misc]
    )

# --- compression


def _deep_gzip(making: Making) -> bytes:
    data = page(making).encode()
    for _ in range(20):
        data = gzip.compress(data, mtime=0)
    return data


def _token_gzip(making: Making, data: bytes) -> bytes:
    return gzip.compress(page(making._replace(size=0)).encode(), mtime=0) + data


_add(
    ".html.gz",
    gzip__bomb=lambda _: _BOMB,
    gzip__bomb_of_markup=lambda m: gzip.compress(b"<p>" * (8 * MB), 9, mtime=0) + m.token.encode(),
    gzip__deep=_deep_gzip,
    gzip__members=lambda m: gzip.compress(b"", mtime=0) * (m.size // 20) + gzip.compress(page(m).encode()),
    gzip__garbage_behind=lambda m: _token_gzip(m, b"<!-- cached 0.2 s -->"),
    gzip__noise_behind=lambda m: _token_gzip(m, m.chance.randbytes(m.size)),
    gzip__zeros_behind=lambda m: _token_gzip(m, bytes(m.size)),
    gzip__cut=_cut(lambda m: gzip.compress(page(m).encode(), mtime=0)),
    gzip__long_name=lambda m: (
        b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"a" * m.size + b"\0" + zlib.compress(page(m).encode())[2:-4]
    ),
    gzip__bad_sum=lambda m: gzip.compress(page(m).encode(), mtime=0)[:-8] + b"\0" * 8,
    gzip__bad_method=lambda m: b"\x1f\x8b\x07" + m.chance.randbytes(m.size),
    gzip__plain=page,
    zlib__raw=lambda m: zlib.compress(page(m).encode())[2:-4],
    zlib__wrapped=lambda m: zlib.compress(page(m).encode()),
    zlib__bomb=lambda _: zlib.compress(bytes(64 * MB), 9),
)
_add(
    ".html.zst",
    zstd__bomb=lambda _: zstandard.compress(bytes(256 * MB)),
    zstd__empty_frames=lambda m: b"P*M\x18\0\0\0\0" * (m.size // 8),
    zstd__frames=lambda m: zstandard.compress(b"") * (m.size // 9) + zstandard.compress(page(m).encode()),
    zstd__skippable_lies=lambda m: b"P*M\x18\xff\xff\xff\xff" + page(m).encode(),
    zstd__cut=_cut(lambda m: zstandard.compress(page(m).encode())),
    zstd__garbage_behind=lambda m: zstandard.compress(page(m).encode()) + b"<!-- cached -->",
    zstd__window=lambda m: b"\x28\xb5\x2f\xfd\x00\xff" + m.chance.randbytes(1_000),
)
_add(
    ".html.br",
    brotli__bomb=lambda _: brotli.compress(bytes(64 * MB), quality=5),
    brotli__page=lambda m: brotli.compress(page(m).encode()),
    brotli__cut=_cut(lambda m: brotli.compress(page(m).encode())),
)
_add(
    ".bin",
    other__bz2=lambda m: bz2.compress(page(m).encode()),
    other__bz2_bomb=lambda _: bz2.compress(bytes(64 * MB)),
    other__xz=lambda m: lzma.compress(page(m).encode()),
    other__zip=lambda m: b"PK\x03\x04" + m.chance.randbytes(m.size),
    other__pdf=lambda m: b"%PDF-1.7\n" + fill("1 0 obj << /Length 9 >> ", m.size).encode(),
    other__picture=lambda m: b"\x89PNG\r\n\x1a\n" + m.chance.randbytes(m.size),
    other__parquet=lambda m: b"PAR1" + m.chance.randbytes(m.size) + b"PAR1",
    other__pickle=lambda m: b"\x80\x04\x95" + m.chance.randbytes(m.size),
    other__one_byte=lambda m: m.chance.randbytes(1),
)

# --- names of files

_NAMES: dict[str, bytes] = {
    "markup": b"[bold red]a[ #b].html",
    "markup_closing": b"a[-b] [#/b.html".replace(b"/", b"\\"),
    "escapes": b"#\x1b[31mRED\x1b]0;pwned\x07.txt",
    "line": b"#\nFAKE newsmill INFO all is well.txt",
    "return": b"#\rnewsmill.txt",
    "no_text": b"#\xff\xfe\xc3.txt",
    "surrogate": b"#\xed\xa0\x80.txt",
    "long": b"#" + b"n" * 240 + b".txt",
    "wide": ("#" + "長" * 78 + ".txt").encode(),
    "glob": b"#[a]*?{b,c}.txt",
    "percent": b"#%2e%2e%2f%00.txt",
    "space": b" # .txt ",
    "dash": b"--output=#.txt",
    "tilde": b"~root #.txt",
    "dollar": b"$HOME `id` #.txt",
    "quotes": b"#'\"\\.txt",
    "bidirectional": "#\u202etxt.exe".encode(),
    "zero_width": "#\u200b\ufeff.txt".encode(),
    "address": b"http:#.example.txt",
    "scheme": b"s3:#.txt",
    "dots": b"#...txt",
    "fragment": b"a##b?c=d&e=f.txt",
    "delete": b"#\x7f\x9b.txt",
    "wrong_suffix": b"#.warc.gz",
}


def _named(kind: str, making: Making) -> Hostile:
    told = text(making, "The harbour keeps its name.").encode()
    name = _NAMES[kind].replace(b"#", making.token.encode(), 1)
    return Hostile(f"name.{kind}", making.token, name, told)


SIZES = (2 * KB, 20 * KB, 64 * KB, 200 * KB, 500 * KB, 1 * MB)
_WEIGHTS = (1, 2, 3, 3, 2, 1)


def make_hostile(count: int, seed: int, *, only: str = "", scale: float = 1.0) -> Iterator[Hostile]:
    """``count`` inputs: each kind other than a pump once, odd names, then pumps drawn evenly over formats.

    Args:
        only: part of the names of the kinds that are made.
        scale: factor of all sizes.
    """
    chance = random.Random(seed)
    names = [kind for kind in _NAMES if only in f"name.{kind}"]
    kinds = [kind for kind in MAKERS if only in kind]
    pumps = {kind for kind in kinds if kind.rpartition(".")[2] in PUMPS}
    whole = [kind for kind in kinds if kind not in pumps]
    chance.shuffle(whole)
    by_format: dict[str, list[str]] = {}
    for kind in sorted(pumps):
        by_format.setdefault(kind.partition(".")[0], []).append(kind)
    for group in by_format.values():
        chance.shuffle(group)
    drawn = []
    while any(by_format.values()):
        drawn += [group.pop() for group in by_format.values() if group]
    if not whole and not drawn and not names:
        raise ValueError(f"no kind has {only!r} in its name")
    order = [*whole, *drawn]
    for n in range(count):
        token = f"h{seed}x{n:05d}"
        own = random.Random(f"{seed}-{n}")
        size = int(own.choices(SIZES, _WEIGHTS)[0] * scale)
        making = Making(own, token, size)
        if n < len(names):
            yield _named(names[n], making)
            continue
        kind = order[(n - len(names)) % len(order)]
        suffix, maker = MAKERS[kind]
        made = maker(making)
        data = made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made
        yield Hostile(kind, token, f"{token}{suffix}".encode(), data)


def good_page(number: int) -> tuple[str, bytes]:
    """Headline and bytes of a page that nothing is wrong with."""
    headline = make_story(random.Random(number), number)[0]
    return headline, story_page(random.Random(number), number).encode()
