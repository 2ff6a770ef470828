"""Feeds that pages name, and where they are looked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Response
from schemas.trouble import Trouble
from transforms.subscriptions.discovery import (
    MAX_ASKED,
    FoundFeed,
    common_paths,
    discover,
    feed_kind,
    feed_title,
    find_feeds,
    is_of_comments,
)
from transforms.web.client import FetchedPage

URL = "https://post.example/north/"
RSS = "<rss version='2.0'><channel><title>Harbour Post</title><item><title>A</title></item></channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Comments</title></feed>"
NEWS = "<urlset><url><loc>https://post.example/a</loc></url></urlset>"

LINKS = [
    ('<link rel="alternate" type="application/rss+xml" title=" Harbour  Post " href="feed.xml">', "north/feed.xml"),
    ("<LINK REL='ALTERNATE stylesheet' TYPE='application/atom+xml; charset=utf-8' HREF='/atom'>", "atom"),
    ('<body><p>x<link rel=alternate type="application/feed+json" href="/f.json"></p>', "f.json"),
    ('<base href="/files/"><link rel="alternate" type="text/xml" href="feed">', "files/feed"),
    ('<link rel="feed" href="/news">', "news"),
    ('<link rel="alternate" href="/?feed=rss2">', "?feed=rss2"),
    ('<a href="/x.xml" type="application/rss+xml">x</a>', "x.xml"),
    ('<a href="/blog/rss/">Subscribe</a>', "blog/rss/"),
    ('<a href="/news.xml"><img alt="x"></a>', "news.xml"),
    ('<a href=" /feed\n">RSS</a>', "feed"),
]


@pytest.mark.parametrize(("html", "path"), LINKS)
def test_what_names_a_feed(html: str, path: str) -> None:
    page = f"<!DOCTYPE html><html><head><title>x</title>{html}".encode()
    assert [feed.url for feed in find_feeds(page, URL)] == [f"https://post.example/{path}"]


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" hreflang="sv" href="/sv/feed/">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="text/html" href="/rss.html">',
        '<a href="/rss.html">Our feeds</a>',
        '<a href="/feedback">Feedback</a>',
        '<a href="/news/feeding-the-otters">Otters</a>',
        "<a>no address</a><base><link>",
        "",
        "\0",
    ],
)
def test_what_does_not(html: str) -> None:
    assert find_feeds(html.encode(), URL) == []


def test_the_order() -> None:
    page = """<html><head>
    <link rel="alternate" type="application/rss+xml" title="Post &raquo; Comments Feed" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" title="Förnyad" href="/feed/"></head>
    <a href="/comments.rss">RSS</a><a href="/sport.rss">RSS</a><a href="/feed/">again</a>""".encode()
    assert find_feeds(page, URL) == [
        FoundFeed("https://post.example/feed/", "Förnyad", "link"),
        FoundFeed("https://post.example/sport.rss", None, "anchor"),
        FoundFeed("https://post.example/comments/feed/", "Post » Comments Feed", "link"),
        FoundFeed("https://post.example/comments.rss", None, "anchor"),
    ]
    assert not is_of_comments(FoundFeed("https://post.example/commentary/feed"))


def test_more_markup_than_any_page_has() -> None:
    with pytest.raises(Trouble, match=r"read\.too_large"):
        find_feeds(b"<p>" * 40_000, URL)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_page_gives_addresses_or_none(data: bytes) -> None:
    for start in (b"", b"<link rel=alternate type=application/rss+xml href='", b"<base href='"):
        for feed in find_feeds(start + data, URL):
            assert feed.url.lower().startswith(("http://", "https://"))


class Site:
    """A site by path, and what was asked of it."""

    def __init__(self, pages: dict[str, str | Trouble]) -> None:
        self._pages = pages
        self.asked: list[str] = []

    def get(self, url: str) -> FetchedPage:
        path = url.removeprefix("https://post.example")
        self.asked.append(path)
        found = self._pages.get(path, Trouble("fetch.http_404", f"{url} answers 404", status=404))
        if isinstance(found, Trouble):
            raise found
        return FetchedPage(Response(url=url, status=200, content_type="text/html"), found.encode(), None)


def test_a_feed_is_its_own_feed() -> None:
    for body, kind, title in ((RSS, "rss", "Harbour Post"), (ATOM, "atom", "Comments"), (NEWS, "sitemap", None)):
        site = Site({"/x": body})
        found = discover("https://post.example/x", site.get)
        assert found.feed == FoundFeed("https://post.example/x", title, "page")
        assert (found.kind, found.others, found.tried, site.asked) == (kind, (), (), ["/x"])


def test_the_page_names_it() -> None:
    page = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in "abc")
    site = Site({"/": page, "/a": "<html>gone</html>", "/b": RSS})
    found = discover("https://post.example/", site.get)
    assert found.feed == FoundFeed("https://post.example/b", "Harbour Post", "link")
    assert [feed.url for feed in found.others] == ["https://post.example/c"]
    assert [url for url, _ in found.tried] == ["https://post.example/", "https://post.example/a"]
    assert site.asked == ["/", "/a", "/b"]


def test_a_feed_that_moved_for_good() -> None:
    moved = "https://post.example/new"
    page = FetchedPage(Response(url=moved, status=200, moved_to=moved), RSS.encode(), None)
    assert discover("https://post.example/old", lambda _: page).feed == FoundFeed(moved, "Harbour Post", "page")


def test_it_is_where_feeds_often_are() -> None:
    site = Site({"/north": "<html><p>x</p></html>", "/rss": RSS})
    found = discover("https://post.example/north", site.get)
    assert found.feed == FoundFeed("https://post.example/rss", "Harbour Post", "path")
    assert site.asked == ["/north", "/north/feed", "/feed", "/rss"]


def test_there_is_none() -> None:
    site = Site({"/": "<html><p>x</p></html>"})
    found = discover("https://post.example/", site.get)
    assert (found.feed, found.kind) == (None, None)
    assert len(site.asked) == len(set(site.asked)) == MAX_ASKED == len(found.tried)


@pytest.mark.parametrize("code", ["fetch.http_429", "fetch.timeout"])
def test_a_host_that_wants_peace_gets_it(code: str) -> None:
    site = Site({"/": "<html><p>x</p></html>", "/feed": Trouble(code, "stop")})
    found = discover("https://post.example/", site.get)
    assert site.asked == ["/", "/feed"]
    assert found.tried[-1] == ("https://post.example/feed", "stop")


def test_the_address_itself_fails() -> None:
    site = Site({})
    with pytest.raises(Trouble, match=r"fetch\.http_404"):
        discover("https://post.example/", site.get)
    assert site.asked == ["/"]


def test_common_paths_stay_on_the_host() -> None:
    for url in ("https://post.example", "https://post.example/a/b.html?x", URL):
        paths = common_paths(url)
        assert len(paths) == len(set(paths))
        assert all(path.startswith("https://post.example/") and "?" not in path for path in paths)


def test_what_breaks_a_parser_has_no_title() -> None:
    page = FetchedPage(Response(url=URL, status=200), b"<rss version='2.0'><channel><title>\xff</", None)
    assert feed_kind(page) == "rss"
    assert feed_title(page, "rss") is None
