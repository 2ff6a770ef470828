"""Hostile feeds: RSS and Atom."""

from collections.abc import Callable

from tests.support.hostile.makers import KB, MAKERS, Maker, Making, add, add_pumps, fill
from tests.support.hostile.pages import attribute_words, cut, many

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


def _rss_site(form: str) -> Callable[[Making, str], str]:
    return lambda making, text: rss(making, form.replace("#", text))


for _site, _form in _RSS_SITES.items():
    add_pumps(f"rss.{_site}", ".xml", _rss_site(_form))


def _rss_many(piece: str, each: int, most: int = 100_000) -> Maker:
    repeated = many(piece, each, most)
    return lambda making: rss(making, repeated(making))


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


def laughs(making: Making) -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return rss(making, "<description>&l11;</description>", before=f'<!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>')


def _items(making: Making, item: str) -> str:
    count = min(4_000, making.size // 200)
    told = "".join(f"</item><item>{item.replace('#', str(n)).replace('HOST', making.host())}" for n in range(count))
    return rss(making, told)


add(
    ".xml",
    rss__laughs=laughs,
    rss__external=lambda m: rss(
        m, "<description>&x;</description>", before='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    rss__external_list=lambda m: rss(m, before='<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">'),
    rss__big_entity=lambda m: rss(
        m, "<description>" + "&x;" * 5_000 + "</description>", before=f'<!DOCTYPE r [<!ENTITY x "{"a" * 20_000}">]>'
    ),
    rss__names=lambda m: rss(m, attributes=" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(m.size // 20))),
    rss__attributes=lambda m: rss(m, f"<a {attribute_words(m)}/>"),
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
    rss__truncated=cut(lambda m: rss(m, "<description>x</description>").encode()),
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


def _atom_site(form: str) -> Callable[[Making, str], str]:
    return lambda making, text: atom(making, form.replace("#", text.replace("'", "&apos;")))


for _site, _form in _ATOM_SITES.items():
    add_pumps(f"atom.{_site}", ".xml", _atom_site(_form))
