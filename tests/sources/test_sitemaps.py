"""Sitemaps, news sitemaps and sitemap indexes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Entry
from schemas.trouble import LeftOut, Trouble
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import recognize
from transforms.sources.sitemaps import (
    MAX_ADDRESSES,
    ChildSitemap,
    parse_sitemap_index,
    read_sitemap,
    read_sitemap_index,
)

URL = "https://post.example/news.xml"
PLAIN = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = f"""<?xml version="1.0" encoding="{{charset}}"?>
<urlset xmlns="{PLAIN}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <!-- the newest first -->
  <url>
    <loc> https://post.example/a?x=1&amp;y=2
    </loc>
    <xhtml:link rel="alternate" hreflang="sv" href="https://post.example/sv/a"/>
    <news:news>
      <news:publication><news:name>Harbour  Post</news:name><news:language>EN</news:language></news:publication>
      <news:publication_date>2026-03-02T08:00:00+01:00</news:publication_date>
      <news:title><![CDATA[Älvens färja & <b>bron</b>]]></news:title>
      <news:keywords>ferries, Port Ansel , ,ferries</news:keywords>
    </news:news>
    <image:image><image:loc>https://img.post.example/a.jpg</image:loc></image:image>
    <image:image><image:loc>https://img.post.example/b.jpg</image:loc></image:image>
  </url>
  <url><loc>/b</loc><lastmod>2026-03-01</lastmod><changefreq>hourly</changefreq><priority>0.5</priority></url>
  <url><loc>mailto:desk@post.example</loc></url>
  <url><lastmod>2026-03-01</lastmod></url>
</urlset>"""
INDEX = f"""<sitemapindex xmlns="{PLAIN}">
<sitemap><loc>https://post.example/2026.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap>
<sitemap><loc>old.xml</loc></sitemap><sitemap><loc>https://post.example/2026.xml.gz</loc></sitemap>
<sitemap><loc>ftp://post.example/x.xml</loc></sitemap></sitemapindex>"""


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_news_sitemap(charset: str) -> None:
    data = NEWS.format(charset=charset.removesuffix("-sig")).encode(charset)
    assert recognize(data) == "sitemap"
    feed = read_sitemap(data, url=URL)
    assert (feed.kind, feed.title, feed.url) == ("sitemap", "Harbour Post", URL)
    assert (feed.hints.kind, feed.hints.title, len(feed.hints.entry_hashes)) == ("sitemap", "Harbour Post", 2)
    assert feed.entries == (
        Entry(
            url="https://post.example/a?x=1&y=2",
            title="Älvens färja & <b>bron</b>",
            published_raw="2026-03-02T08:00:00+01:00",
            categories=("ferries", "Port Ansel"),
            image_url="https://img.post.example/a.jpg",
            language="en",
            feed_url=URL,
            feed_title="Harbour Post",
        ),
        Entry(url="https://post.example/b", modified_raw="2026-03-01", feed_url=URL),
    )
    assert feed.lost == (
        "record 2 has no http(s) address: 'mailto:desk@post.example'",
        "record 3 has no http(s) address: 'no loc'",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"<urlset><url><loc>https://a.example/1</loc></url></urlset>",
        b"\n\n<s:urlset xmlns:s='http://old.example/0.84'><s:url><s:loc>https://a.example/1</s:loc></s:url></s:urlset>",
        b"<urlset><url><loc>https://a.example/1</loc></url><url><loc>https://a.exam",
        b"<urlset><url><loc>https://a.example/1</loc><oops></url></urlset>",
        b"<urlset><url><loc>https://a.example/1</loc><v:video xmlns:v='v'><url>x</url></v:video></url></urlset>",
    ],
)
def test_other_ways_to_write_one(data: bytes) -> None:
    assert [entry.url for entry in read_sitemap(data).entries] == ["https://a.example/1"]


def test_an_index() -> None:
    assert recognize(INDEX.encode()) == "sitemap_index"
    children = (
        ChildSitemap("https://post.example/2026.xml.gz", "2026-03-02"),
        ChildSitemap("https://post.example/old.xml", None),
    )
    assert read_sitemap_index(INDEX.encode(), url=URL) == children
    assert parse_sitemap_index(INDEX.encode(), url=URL) == tuple(child.url for child in children)


@pytest.mark.parametrize("data", [b"<urlset><url/></urlset>", b"<urlset", b"", b"<urlset><url>"])
def test_without_addresses(data: bytes) -> None:
    with pytest.raises(Trouble, match=r"read\.bad_feed"):
        read_sitemap(data)


@pytest.mark.parametrize("data", [b"<urlset/>", INDEX.encode()])
def test_an_empty_one_is_well(data: bytes) -> None:
    feed = read_sitemap(data, url=URL)
    assert (feed.entries, feed.lost, feed.hints.entry_hashes) == ((), (), ())


def test_what_is_outside_is_not_read() -> None:
    hostile = """<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY e "inside">]>
<urlset><url><loc>https://a.example/&f;</loc></url><url><loc>https://a.example/&e;</loc></url></urlset>"""
    assert [entry.url for entry in read_sitemap(hostile.encode()).entries] == [
        "https://a.example/&f;",
        "https://a.example/inside",
    ]


def test_entities_of_entities() -> None:
    bomb = '<!ENTITY e0 "x">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    hostile = f"<!DOCTYPE urlset [{bomb}]><urlset><url><loc>https://a.example/&e29;</loc></url></urlset>"
    assert [entry.url for entry in read_sitemap(hostile.encode()).entries] == ["https://a.example/&e29;"]


def test_more_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ADDRESSES == 50_000
    monkeypatch.setattr("transforms.sources.sitemaps.MAX_ADDRESSES", 100)
    body = "".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(103))
    feed = read_sitemap(f"<urlset>{body}</urlset>".encode())
    assert len(feed.entries) == 100
    assert feed.lost == ("3 addresses beyond the 100 that one sitemap may hold",)


@pytest.mark.parametrize("data", [b"<urlset>" + b"<a>" * 2_100_000, b"<urlset>" + b" " * 2000])
def test_what_is_too_large(data: bytes) -> None:
    for parse in (read_sitemap, parse_sitemap_index):
        with pytest.raises(Trouble, match=r"read\.too_large"):
            parse(data, limits=ReadLimits(max_feed_bytes=1000 if len(data) < 9000 else 20 << 20))


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"<urlset>", b"<urlset><url><loc>", b"<sitemapindex><sitemap>"]))
def test_any_bytes_fail_only_in_a_named_way(data: bytes, start: bytes) -> None:
    for parse in (read_sitemap, parse_sitemap_index):
        try:
            parse(start + data, url=URL)
        except Trouble as trouble:
            assert trouble.code == "read.bad_feed"
        except LeftOut as why:
            assert why.reason == "read.no_entries"
