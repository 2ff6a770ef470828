"""Feeds of every format: what their entries become."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import LeftOut, Trouble
from transforms.sources.feed_entries import Feed, no_entries, read_feed
from transforms.sources.feed_parser import parse_xml
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import recognize

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule" '
    'xmlns:cc="http://web.resource.org/cc/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dcterms="http://purl.org/dc/terms/"'
)


def rss(items: str, head: str = "<title>Harbour Post</title><link>https://post.example/news/</link>") -> bytes:
    return f'<rss version="2.0" {NAMESPACES}><channel>{head}{items}</channel></rss>'.encode()


def atom(entries: str, head: str = "<title>Harbour Post</title>", attributes: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{entries}</feed>'.encode()


def parse(data: bytes, **more: Any) -> Feed:
    feed = read_feed(data, kind=recognize(data[: 1 << 16]), **more)
    if not feed.entries:
        raise no_entries(feed)
    return feed


def test_rss_whole() -> None:
    item = """<item><title>Port &amp;amp; &lt;i&gt;harbour&lt;/i&gt;</title><link>/a?x=1&amp;y=2</link>
      <guid isPermaLink="false">tag:1</guid><description>&lt;p&gt;Short&lt;/p&gt;</description>
      <content:encoded><![CDATA[<p>Long</p>]]></content:encoded><author>ann@post.media (Ann Lee)</author>
      <dc:creator>Bo Ek</dc:creator><dc:creator>Cy Oz</dc:creator><pubDate>Sun, 32 Foo 2024</pubDate>
      <category>Ports</category><category>Sea</category><category>Ports</category>
      <media:content url="/a.jpg" medium="image"/></item>"""
    head = "<title>Harbour &lt;b&gt;Post&lt;/b&gt;</title><link>https://post.example/news/</link>"
    head += "<language>en-GB</language><copyright>(c) Post</copyright>"
    feed = parse(rss(item, head), url="https://post.example/feed.xml")
    assert feed._replace(entries=(), hints=FeedHints(), charset=None, charset_source=None) == Feed(
        "rss", "Harbour Post", "https://post.example/feed.xml", "https://post.example/news/", "en-gb", "(c) Post", ()
    )
    assert feed.entries == (
        Entry(
            url="https://post.example/a?x=1&y=2",
            entry_id="tag:1",
            title="Port & harbour",
            summary_html="<p>Short</p>",
            content_html="<p>Long</p>",
            authors=("Ann Lee", "Bo Ek", "Cy Oz"),
            published_raw="Sun, 32 Foo 2024",
            categories=("Ports", "Sea"),
            image_url="https://post.example/a.jpg",
            language="en-gb",
            license="(c) Post",
            feed_url="https://post.example/feed.xml",
            feed_title="Harbour Post",
            charset="utf-8",
            charset_source="default",
        ),
    )


def test_atom_whole() -> None:
    entry = """<entry xml:lang="de"><title type="html">Port &amp;amp; &lt;b&gt;harbour&lt;/b&gt;</title>
      <id>urn:1</id><link rel="edit" href="edit"/><link rel="alternate" type="application/json" href="a.json"/>
      <link href="a.html"/><link rel="enclosure" type="image/png" href="/a.png"/>
      <link rel="license" href="https://cc.example/by"/>
      <author><name>Ann Lee</name><email>a@post.example</email></author><author><name>Bo Ek</name></author>
      <published>2024-02-30</published><updated>2024-03-01T10:00:00Z</updated>
      <category term="sea" label="The sea"/><summary>1 &lt; 2</summary>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long</p></div></content></entry>
      <entry><title>A &lt;b&gt; tag</title><id>https://post.example/2</id></entry>"""
    head = '<title>Harbour Post</title><author><name>Desk</name></author><link rel="self" href="self.xml"/>'
    feed = parse(atom(entry, head, 'xml:base="https://post.example/x/" xml:lang="en"'))
    first, second = feed.entries
    assert first == Entry(
        url="https://post.example/x/a.html",
        entry_id="urn:1",
        title="Port & harbour",
        summary_html="<p>1 &lt; 2</p>",
        content_html=first.content_html,
        authors=("Ann Lee", "Bo Ek"),
        published_raw="2024-02-30",
        modified_raw="2024-03-01T10:00:00Z",
        categories=("The sea",),
        image_url="https://post.example/a.png",
        language="de",
        license="https://cc.example/by",
        feed_url="https://post.example/x/self.xml",
        feed_title="Harbour Post",
        charset="utf-8",
        charset_source="default",
    )
    assert "<p>Long</p>" in (first.content_html or "")
    assert (second.title, second.authors, second.url) == ("A <b> tag", ("Desk",), "https://post.example/2")
    assert (second.language, second.published_raw) == ("en", None)


def test_rdf_and_cdf() -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Post</title></channel><item rdf:about="x">
      <title>A</title><link>https://post.example/1</link><dc:date>2024-05-06</dc:date></item></rdf:RDF>"""
    (entry,) = parse(rdf.encode()).entries
    assert (entry.url, entry.published_raw, entry.modified_raw) == ("https://post.example/1", "2024-05-06", None)
    cdf = '<CHANNEL HREF="https://post.example/"><ITEM HREF="b.html"><TITLE>B</TITLE></ITEM></CHANNEL>'
    feed = parse(cdf.encode())
    assert (feed.kind, feed.entries[0].title, feed.entries[0].url) == ("cdf", "B", "https://post.example/b.html")


def test_json_feed() -> None:
    data = b"""\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour  Post",
     "feed_url": "https://post.example/f.json", "language": "sv-SE", "authors": [{"name": "Desk"}],
     "hubs": [{"type": "rssCloud", "url": "https://c.example/"}, {"type": "WebSub", "url": "https://hub.example/"}],
     "items": [{"id": 7, "url": "a.html", "title": "A < B", "content_text": "One\\n\\n2 < 3", "summary": "S & T",
       "date_published": "2024-01-01", "date_modified": "x", "tags": ["Sea", "Sea", 3], "image": "/i.png",
       "author": {"name": "Ann Lee"}}, "junk", {"id": "https://post.example/b", "content_html": "<p>B</p>"},
       {"id": "c", "external_url": "https://other.example/c"}]}"""
    feed = parse(data)
    first, second, third = feed.entries
    assert (feed.hints.hub_url, feed.hints.self_url) == ("https://hub.example/", "https://post.example/f.json")
    assert third.url == "https://other.example/c"
    assert first == Entry(
        url="https://post.example/a.html",
        entry_id="7",
        title="A < B",
        summary_html="<p>S &amp; T</p>",
        content_html="<p>One</p><p>2 &lt; 3</p>",
        authors=("Ann Lee",),
        published_raw="2024-01-01",
        modified_raw="x",
        categories=("Sea",),
        image_url="https://post.example/i.png",
        language="sv-se",
        feed_url="https://post.example/f.json",
        feed_title="Harbour Post",
        charset="utf-8",
        charset_source="bom",
    )
    assert (second.url, second.authors, second.content_html) == ("https://post.example/b", ("Desk",), "<p>B</p>")


FIELDS = [
    ("<link>https://fb.example/x</link><feedburner:origLink>https://post.example/x</feedburner:origLink>",
     {"url": "https://post.example/x"}),
    ("<guid>https://post.example/g</guid>", {"url": "https://post.example/g"}),
    ('<guid isPermaLink="false">https://post.example/g</guid>', {"url": None, "entry_id": "https://post.example/g"}),
    ("<link>javascript:alert(1)</link><guid>https://post.example/g</guid>", {"url": "https://post.example/g"}),
    ("<link>ftp://post.example/x</link>", {"url": None}),
    ("<link>https://[oops/x</link>", {"url": None}),
    ("<link>\n https://post.example/long/\n path\n</link>", {"url": "https://post.example/long/path"}),
    ("<link>b.html</link>", {"url": "https://post.example/news/b.html"}),
    ("<guid>0c1f-22</guid>", {"url": None, "entry_id": "0c1f-22"}),
    ("<guid>/g/1</guid>", {"url": "https://post.example/g/1", "entry_id": "/g/1"}),
    ("<link>https://feedproxy.google.com/~r/post/~3/x</link><guid isPermaLink='false'>https://post.example/x</guid>",
     {"url": "https://post.example/x"}),
    ("<link>https://feeds.post.example/~r/post/~3/x</link><guid>post-7</guid>",
     {"url": "https://feeds.post.example/~r/post/~3/x"}),
    ("<link>http://news.google.com/news/url?sa=t&amp;url=https%3A%2F%2Fpost.example%2Fx</link><guid>tag:1</guid>",
     {"url": "https://post.example/x"}),
    ("<link>https://www.google.com/url?q=javascript:x&amp;url=/x</link>",
     {"url": "https://www.google.com/url?q=javascript:x&url=/x"}),
    ('<link>https://feedproxy.google.com/1</link><atom:link rel="canonical" href="https://post.example/c"/>',
     {"url": "https://post.example/c"}),
    ("<link>https://post.example/x</link><guid>https://other.example/x</guid>", {"url": "https://post.example/x"}),
    ('<media:content url="/a.jpg"><media:title>Photo</media:title></media:content><title>Story</title>',
     {"title": "Story", "image_url": "https://post.example/a.jpg"}),
    ('<title>Story</title><media:content url="/a.jpg"><media:title>Photo</media:title></media:content>',
     {"title": "Story"}),
    ("<description>A long summary of it</description><media:description>Caption</media:description>",
     {"summary_html": "A long summary of it", "content_html": None}),
    ("<description>Short</description><itunes:summary>A longer summary of it</itunes:summary>",
     {"summary_html": "Short", "content_html": None}),
    ("<itunes:summary>A longer summary of it</itunes:summary><description>Short</description>",
     {"summary_html": "Short", "content_html": None}),
    ("<itunes:summary>Of an episode</itunes:summary><itunes:subtitle>Of it</itunes:subtitle>",
     {"summary_html": "Of an episode", "content_html": None}),
    ("<media:description>A caption</media:description><description>D</description><content:encoded/>",
     {"summary_html": "D", "content_html": None}),
    ("<content:encoded/><media:description>A caption</media:description><description>D</description>",
     {"summary_html": "D", "content_html": None}),
    ("<description/><content:encoded>C</content:encoded><itunes:summary>S</itunes:summary>",
     {"summary_html": None, "content_html": "C"}),
    ("<itunes:subtitle>S</itunes:subtitle><content:encoded>C</content:encoded><media:text>T</media:text>",
     {"summary_html": None, "content_html": "C"}),
    ('<media:content url="/a.jpg"><media:description>A caption</media:description></media:content>',
     {"summary_html": None, "content_html": None}),
    ("<media:description>A caption</media:description>", {"summary_html": None, "content_html": None}),
    ('<media:group><media:content url="/a.mp4"/><media:description>The film</media:description></media:group>',
     {"summary_html": "The film", "content_html": None}),
    ("<media:title>Photo</media:title><itunes:title>Episode</itunes:title>", {"title": "Episode"}),
    ('<media:content url="/a.jpg"><media:title>Photo</media:title></media:content>', {"title": None}),
    ("<media:title>Photo</media:title><title>Story</title><itunes:title>Episode</itunes:title>", {"title": "Story"}),
    ("<description>Short</description><description>A second one that is longer</description>",
     {"summary_html": "Short", "content_html": "A second one that is longer"}),
    ("<dc:description>From dc</dc:description><description/>", {"summary_html": "From dc", "content_html": None}),
    ("<image><title>Logo</title><description>Of the logo</description></image><title>T</title>", {"title": "T"}),
    ("<content:encoded>&amp;lt;p&amp;gt;Ham &amp;amp;amp; eggs.&amp;lt;/p&amp;gt;</content:encoded>",
     {"content_html": "<p>Ham &amp; eggs.</p>"}),
    ("<description><![CDATA[&lt;div class='a'&gt;Ham&lt;/div&gt;]]></description>",
     {"summary_html": "<div class='a'>Ham</div>"}),
    ("<description>&lt;p&gt;The tag &amp;lt;p&amp;gt;&lt;/p&gt;</description>",
     {"summary_html": "<p>The tag &lt;p&gt;</p>"}),
    ("<description>&amp;lt;b&amp;gt; is a tag</description>", {"summary_html": "&lt;b&gt; is a tag"}),
    ("<title>AT&T buys R&D firm &copy 1 &nbsp;&eacute;&foo;</title><link>https://post.example/?a=1&b=2&copy=3</link>",
     {"title": "AT&T buys R&D firm © 1 é&foo;", "url": "https://post.example/?a=1&b=2&copy=3"}),
    ("<title><![CDATA[AT&T &amp;amp; R&D]]></title>", {"title": "AT&T &amp; R&D"}),
    ("<title>2 < 3 <= 4 &#146;s &#8; <!-- no --></title>", {"title": "2 < 3 <= 4 ’s �"}),
    ("<link>https://post.example/press releases/May 3.html?q=a b</link>",
     {"url": "https://post.example/press%20releases/May%203.html?q=a%20b"}),
    ("<link> https://post.example/a\tb\u00a0c </link>", {"url": "https://post.example/ab%C2%A0c"}),
    ("<link>https://post .example/a</link>", {"url": None}),
    ("<title>CafÃ© fermÃ©</title><description>The café — closed.</description>",
     {"title": "Café fermé", "summary_html": "The café — closed."}),
    ("<author>bob.long.name@news.post.museum (Bob Long)</author>", {"authors": ("Bob Long",)}),
    ("<title>B</title></width><gml:Point><gml:pos>1 2</gml:pos></gml:Point><georss:point>x</georss:point>",
     {"title": "B"}),
    ("<textinput><title>In</title></textinput><description>D</description>", {"summary_html": "D"}),
    ('<enclosure url="/e.png" length="1"/>', {"image_url": "https://post.example/e.png"}),
    ("<title>&lt;svg/onload=alert(1)&gt;A&lt;/svg&gt;&lt;script&gt;x()&lt;/script&gt; B&lt;!-- C</title>",
     {"title": "A B"}),
    ("<title>The &lt;video&gt; tag</title>", {"title": "The <video> tag"}),
    ("<pubDate>Fri, 03 May 2024 10:00</pubDate>", {"published_raw": "Fri, 03 May 2024 10:00"}),
    ('<link>https://post.example/1</link><atom:link rel="alternate" type="text/html" href="https://post.example/2"/>',
     {"url": "https://post.example/1"}),
    ("<title><![CDATA[R&D at <em>Port</em> &#8217;24]]></title>", {"title": "R&D at Port ’24"}),
    ("<title>Growth &lt; 3% as <![CDATA[<3]]> wins</title>", {"title": "Growth < 3% as <3 wins"}),
    ("<title> </title>", {"title": None}),
    ("<author>Ann Lee</author>", {"authors": ("Ann Lee",)}),
    ("<author>ann@post.example</author>", {"authors": ()}),
    ("<author>ann@post.online</author>", {"authors": ()}),
    ("<author>Ann Lee (ann@post.online)</author>", {"authors": ("Ann Lee",)}),
    ("<author>ann@post.info (Ann Lee)</author>", {"authors": ("Ann Lee",)}),
    ("<dc:creator><![CDATA[<a href='x'>Ann &amp; Lee</a>]]></dc:creator>", {"authors": ("Ann & Lee",)}),
    ("<dc:date>2024-05-06</dc:date>", {"published_raw": "2024-05-06", "modified_raw": None}),
    ("<pubDate>P</pubDate><atom:updated>U</atom:updated>", {"published_raw": "P", "modified_raw": "U"}),
    ("<dcterms:created>C</dcterms:created><dcterms:modified>M</dcterms:modified>",
     {"published_raw": "C", "modified_raw": "M"}),
    ("<content:encoded>&lt;p&gt;C&lt;/p&gt;</content:encoded>", {"content_html": "<p>C</p>", "summary_html": None}),
    ("<description>D</description>", {"content_html": None, "summary_html": "D"}),
    ('<media:group><media:content url="/v.mp4" type="video/mp4"/><media:thumbnail url="/t.jpg"/></media:group>',
     {"image_url": "https://post.example/t.jpg"}),
    ('<enclosure url="/e.jpg" type="image/jpeg" length="1"/>', {"image_url": "https://post.example/e.jpg"}),
    ('<enclosure url="/e.mp3" type="audio/mpeg" length="1"/>', {"image_url": None}),
    ('<itunes:image href="https://post.example/i.png"/>', {"image_url": "https://post.example/i.png"}),
    ("<dc:language>FR</dc:language>", {"language": "fr"}),
    ("<creativeCommons:license>https://cc.example/by</creativeCommons:license>", {"license": "https://cc.example/by"}),
    ('<cc:license rdf:resource="https://cc.example/sa"/>', {"license": "https://cc.example/sa"}),
    ("<dc:rights>(c) Ann</dc:rights>", {"license": "(c) Ann"}),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "wanted"), FIELDS, ids=[markup[:30] for markup, _ in FIELDS])
def test_fields_of_an_rss_item(markup: str, wanted: dict[str, Any]) -> None:
    (entry,) = parse(rss(f"<item>{markup}</item>")).entries
    assert {name: getattr(entry, name) for name in wanted} == wanted


BASES = [
    ("rss", "https://feeds.example/post.xml", "", "https://post.example/news/b.html"),
    ("rss", "https://feeds.example/post.xml", 'xml:base="https://base.example/c/"', "https://base.example/c/b.html"),
    ("rss", None, 'xml:base="/c/"', "https://post.example/c/b.html"),
    ("atom", "https://feeds.example/x/post.xml", "", "https://feeds.example/x/b.html"),
    ("atom", "https://feeds.example/x/post.xml", 'xml:base="c/"', "https://feeds.example/x/c/b.html"),
    ("atom", None, "", "https://post.example/b.html"),
]


@pytest.mark.parametrize(("kind", "url", "attribute", "wanted"), BASES)
def test_what_relative_links_are_relative_to(kind: str, url: str | None, attribute: str, wanted: str) -> None:
    if kind == "rss":
        data = rss(f"<item {attribute}><link>b.html</link></item>")
    else:
        data = atom(f'<entry {attribute}><link href="b.html"/></entry>', '<link href="https://post.example/"/>')
    assert parse(data, url=url).entries[0].url == wanted


def test_a_feed_without_links_is_relative_to_its_own_address() -> None:
    data = rss("<item><link>b.html</link></item>", "<title>T</title>")
    assert parse(data, url="https://feeds.example/x/f.xml").entries[0].url == "https://feeds.example/x/b.html"


def test_utf_8_without_any_declaration_is_not_taken_for_latin_1() -> None:
    feed = parse(rss(ITEM.format("Värld – €5 ŵ", 1)), url="https://post.example/f")
    assert feed.entries[0].title == "Värld – €5 ŵ"


@pytest.mark.parametrize(("header", "wanted"), [("en", "en"), ("de-AT", "de-at"), ("en, fr", None), (None, None)])
def test_the_language_of_the_header(header: str | None, wanted: str | None) -> None:
    assert parse(rss(ITEM.format("A", 1)), content_language=header).language == wanted


def test_all_entries_are_taken() -> None:
    assert len(parse(rss("".join(ITEM.format("A", n) for n in range(3000)))).entries) == 3000


def test_an_rss_item_does_not_take_the_editor_for_its_author() -> None:
    (entry,) = parse(rss("<item><title>A</title></item>", "<managingEditor>Ed</managingEditor>")).entries
    assert entry.authors == ()


ITEM = "<item><title>{}</title><link>https://post.example/{}</link></item>"
ILL_FORMED = [
    rss(ITEM.format("A & B", 1) + ITEM.format("C", 2)),
    rss(ITEM.format("A &nbsp; B", 1) + ITEM.format("C", 2)),
    rss(ITEM.format("A <b> B", 1) + ITEM.format("C", 2)),
    rss(ITEM.format("A", 1) + ITEM.format("C", 2))[:-25],
    rss(ITEM.format("A", 1) + "<item><title>C</ti"),
    b"\n \n<?xml version='1.0'?>" + rss(ITEM.format("A", 1) + ITEM.format("C", 2)),
    b"<b>Warning</b>: x <br />" + rss(ITEM.format("A", 1) + ITEM.format("C", 2)),
    rss(ITEM.format("A \x0b", 1) + ITEM.format("C", 2)),
    b"<?xml version='1.0' encoding='utf-8'?>" + rss(ITEM.format("A", 1)).replace(b">A<", b">\xe9\xff<")
    + rss(ITEM.format("C", 2)),
]  # fmt: skip


def test_an_entry_that_crashes_the_parser_is_lost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(data: bytes, **more: Any) -> Any:
        if b"<x/>" in data:
            raise KeyError("where")
        return parse_xml(data, **more)

    monkeypatch.setattr("transforms.sources.xml_feeds.parse_xml", crash)
    feed = parse(rss(ITEM.format("A &#x110000; &#0;", 1) + "<item><x/></item>" + ITEM.format("C", 2)))
    assert [(entry.title, entry.url) for entry in feed.entries] == [
        ("A \ufffd \ufffd", "https://post.example/1"),
        ("C", "https://post.example/2"),
    ]
    assert feed.lost == ("entry 1 of 3: KeyError: 'where'",)
    assert (feed.title, feed.entries[1].feed_title) == ("Harbour Post", "Harbour Post")


def test_more_namespaces_than_any_feed_has() -> None:
    many = "".join(f'<n{n}:title xmlns:n{n}="urn:{n}">Other</n{n}:title>' for n in range(400))
    feed = parse(rss(f"<item><title>B</title>{many}</item>" + ITEM.format("C", 2)))
    assert [entry.title for entry in feed.entries] == ["B", "C"]


@pytest.mark.parametrize("data", ILL_FORMED)
def test_ill_formed_feeds_keep_each_entry(data: bytes) -> None:
    entries = parse(data, content_type="application/rss+xml").entries
    assert len(entries) == 2
    assert entries[0].url == "https://post.example/1"
    assert entries[0].title


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "windows-1251"])
def test_charsets(charset: str) -> None:
    title = "Порт" if "1251" in charset else "Värld"
    data = f"<?xml version='1.0' encoding='{charset}'?>" + rss(ITEM.format(title, 1)).decode()
    assert parse(data.encode(charset)).entries[0].title == title


TWO = rss(ITEM.format("Café fermé", 1) + ITEM.format("Élection à Sète", 2)).decode()
DECLARED = "<?xml version='1.0' encoding='{}'?>"


@pytest.mark.parametrize(
    ("data", "titles", "charset", "source"),
    [
        (TWO.encode().replace("ète".encode(), b"\xc3te"), ["Café fermé", "Élection à S\ufffdte"], "utf-8", "detected"),
        ((DECLARED.format("windows-1251") + TWO).encode(), ["Café fermé", "Élection à Sète"], "utf-8", "detected"),
        ((DECLARED.format("utf-8") + TWO).encode("cp1252"), ["Café fermé", "Élection à Sète"], "windows-1252", None),
        ((DECLARED.format("latin1") + TWO).encode("cp1252"), ["Café fermé", "Élection à Sète"], "windows-1252", "meta"),
        (TWO.encode().decode("cp1252").encode(), ["Café fermé", "Élection à Sète"], "utf-8", "detected"),
        (TWO.encode("utf-16-be"), ["Café fermé", "Élection à Sète"], "utf-16-be", "detected"),
    ],
)  # fmt: skip
def test_feeds_are_decoded_as_pages_are(data: bytes, titles: list[str], charset: str, source: str | None) -> None:
    for entry, title in zip(parse(data).entries, titles, strict=True):
        assert (entry.title, entry.charset) == (title, charset)
        assert source in (None, entry.charset_source)


@pytest.mark.parametrize(("label", "codec"), [("x-sjis", "cp932"), ("EUC-KR", "cp949"), ("Big5", "big5hkscs")])
def test_feeds_in_encodings_of_the_east(label: str, codec: str) -> None:
    title = {"cp932": "①港の防波堤、髙橋", "cp949": "똠방각하 항만", "big5hkscs": "港口委員會嘅決定"}[codec]
    data = (DECLARED.format(label) + rss(ITEM.format(title, 1)).decode()).encode(codec)
    assert parse(data).entries[0].title == title
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "{title}"}}]}}'
    header = f"application/feed+json; charset={label}"
    assert parse(body.encode(codec), content_type=header).entries[0].title == title


LENIENT = """{"version": "https://jsonfeed.org/version/1.1", "title": "Post", "items": [
 {"id": "1", "title": "NaN", "x": NaN}, {"id": "2", "title": "half \\ud83d pair"},
 {"id": "3", "title": "tab\tin it"}, {"id": "4", "tags": ["a",],}, %s {"id": "9", "title": "Last"}]}"""


def test_json_is_read_leniently() -> None:
    feed = parse((LENIENT % "").encode())
    assert [entry.title for entry in feed.entries] == ["NaN", "half \ufffd pair", "tab in it", None, "Last"]
    assert feed.lost == ()


@pytest.mark.parametrize("broken", ['{"id": "5", oops, "a": {"url": "x"}},', '{"id": "5" "title": "T"},', "7,"])
def test_an_item_of_a_json_feed_that_is_broken_is_lost_alone(broken: str) -> None:
    feed = parse((LENIENT % broken).encode())
    assert (feed.title, [entry.entry_id for entry in feed.entries]) == ("Post", ["1", "2", "3", "4", "9"])
    assert len(feed.lost) == 1
    assert "item 4" in feed.lost[0]


def test_a_cdata_section_without_an_end_does_not_swallow_the_next_entry() -> None:
    item = "<item><description><![CDATA[{}</description></item>"
    feed = parse(rss(item.format("One") + item.format("Two]]>") + item.format("Three")))
    assert [entry.summary_html for entry in feed.entries] == ["One", "Two", "Three"]


def test_a_section_in_a_section_ends_with_its_element() -> None:
    item = "<item><description><![CDATA[{}</description></item>"
    feed = parse(rss(item.format("One <![CDATA[boat") + item.format("Two]]>") + item.format("<![CDATA[Three]]>]]>")))
    assert [entry.summary_html for entry in feed.entries] == ["One <![CDATA[boat", "Two", "Three"]


def test_entries_that_an_ill_formed_feed_hides_are_found_or_counted() -> None:
    feed = parse(rss("<item><title a='>A</title></item>" + ITEM.format("B", 2) + ITEM.format("C", 3)))
    assert len(feed.entries) + len(feed.lost) >= 3


def test_charset_of_the_header() -> None:
    data = rss(ITEM.format("Värld", 1)).decode().encode("iso-8859-1")
    feed = parse(data, url="https://post.example/f", content_type="application/rss+xml; charset=iso-8859-1")
    assert feed.entries[0].title == "Värld"


NOTHING = [
    (rss(""), "read.no_entries"),
    (atom(""), "read.no_entries"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "read.no_entries"),
    (rss("<oops"), "read.no_entries"),
    (rss("<ttl>x</ttl>&nbsp;"), "read.no_entries"),
    (b"<channel><title>Harbour Post</title></channel>", "read.no_entries"),
    (rss("<oops")[:-3], "read.no_entries"),
    (rss("<oops")[:-9], "read.bad_feed"),
    (rss("")[:-20], "read.bad_feed"),
    (b"<rss version='2.0'>", "read.bad_feed"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{]}', "read.bad_feed"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": [1]}', "read.bad_feed"),
    (b'{"version": "https://jsonfeed.org/version/1.1"}', "read.bad_feed"),
    (rss("<a>" * 200_001), "read.too_large"),
    (rss("<item><title>" + "&" * 1_700_000), "read.too_large"),
    (rss("<item " + " ".join(f"a{n}='b'" for n in range(3000)) + "/>"), "read.too_large"),
    (rss("<item" + " " * (5 << 20) + "/>"), "read.too_large"),
    (rss("<item>" + "x" * (20 << 20)), "read.too_large"),
]


@pytest.mark.parametrize(("data", "code"), NOTHING, ids=range(len(NOTHING)))
def test_feeds_without_entries(data: bytes, code: str) -> None:
    with pytest.raises((Trouble, LeftOut)) as caught:
        parse(data)
    assert str(getattr(caught.value, "code", None) or getattr(caught.value, "reason", None)) == code


def test_cdata_is_not_counted_as_tags() -> None:
    body = "<content:encoded><![CDATA[" + "<p>x</p>" * 300 + "]]></content:encoded>"
    assert len(parse(rss(f"<item>{body}</item>"), limits=ReadLimits(max_tags=100)).entries) == 1


def test_bytes_that_name_a_file_open_no_file() -> None:
    with pytest.raises(Trouble, match=r"read\.bad_feed"):
        read_feed(__file__.encode())


WHOLE = rss(ITEM.format("A &amp; B", 1) + ITEM.format("C", 2), "<title>T</title><link>https://a.example/</link>")


@settings(deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.binary(max_size=30), st.sampled_from(["rss", "json_feed"]))
def test_any_bytes_fail_only_in_a_named_way(at: int, n: int, noise: bytes, kind: str) -> None:
    for data in (WHOLE[:at] + noise + WHOLE[at + n :], noise):
        try:
            feed = read_feed(data, kind=kind)
        except Trouble:
            continue
        assert all(entry.url is None or entry.url.startswith("http") for entry in feed.entries)
        assert all(dataclasses.is_dataclass(entry) for entry in feed.entries)
