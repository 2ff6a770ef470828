"""Feeds of a site: those that its page names, and those at the usual addresses."""

import re
from collections.abc import Callable
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html

from schemas.documents import SUBSCRIBABLE
from schemas.trouble import Trouble
from transforms.sources.feed_entries import read_feed
from transforms.sources.json_feeds import absolute
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.recognize import HEAD_BYTES, recognize
from transforms.sources.sitemaps import read_sitemap
from transforms.sources.strings import squeeze
from transforms.urls import join_url, split_url
from transforms.web.client import FetchedPage
from transforms.web.rate_limiter import UNREACHED

MAX_ASKED = 8
"""Addresses requested for one site, its page included."""

_LIMITS = ReadLimits(max_tags=30_000, max_attributes=1_000)  # as for pages: lxml takes time quadratic in attributes
_TYPE = re.compile(r"(?:application|text)/(?:x[.-])?(?:rss|atom|rdf|feed)(?:\+(?:xml|json))?", re.IGNORECASE)
_MAYBE_TYPE = re.compile(r"(?:application|text)/(?:xml|json)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"[/.](?:rss|atom|rdf|feeds?)(?:[/._?-]|$)|/(?:index|feed|news)\.(?:xml|json)$|[?&]feed=(?:rss|atom|rdf)"
    r"|^https?://(?:feeds?|rss)\.",
    re.IGNORECASE,
)
_NO_FEED = re.compile(r"\.(?:html?|png|svg|jpe?g|gif|css|js|pdf)$|/wp-json/|/oembed", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|\bkommentare?\b|\bcommentaires?\b|\bcomentarios?\b", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:rss|atom|feeds?|subscribe)\b", re.IGNORECASE)
_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds")


class FoundFeed(NamedTuple):
    """An address that may be a feed."""

    url: str
    title: str | None = None
    how: str = "link"
    """'page' (what was given is one), 'link' (the page says so), 'anchor' (it looks so), 'path' (as often)."""


class Discovered(NamedTuple):
    """What came of looking for the feed of a site."""

    feed: FoundFeed | None
    kind: str | None
    others: tuple[FoundFeed, ...]
    """Feeds that the page names and that were not requested."""
    tried: tuple[tuple[str, str], ...]
    """Addresses that were requested without success, and what each was."""


def find_feeds(html: bytes, url: str) -> list[FoundFeed]:
    """Find the feeds that a page names, best first: ``link`` elements in order, then links that look like feeds.

    ``link`` counts with a feed's type, wherever in the page it stands (https://www.rssboard.org/rss-autodiscovery);
    with plain ``application/json`` or XML only where the address looks like a feed, since programming interfaces are
    announced so. Feeds of comments come last. trafilatura has a function for this; it takes those interfaces for
    feeds, ignores ``<base>`` and the page's folder, and drops titles.

    >>> page = b'<link rel="alternate" type="application/rss+xml" title="Post" href="feed.xml">'
    >>> find_feeds(page, "https://news.example/north/")
    [FoundFeed(url='https://news.example/north/feed.xml', title='Post', how='link')]

    Raises:
        Trouble: read.too_large for more markup than any page has.
    """
    check_markup(html, limits=_LIMITS)
    root = _tree(html)
    if root is None:
        return []
    first_base = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    base = absolute(url, first_base) or url
    found: dict[str, FoundFeed] = {}
    for node in root.iter("link"):
        address = absolute(base, node.get("href"))
        if address and address != url and _is_feed_link(node, address):
            found.setdefault(address, FoundFeed(address, squeeze(node.get("title")) or None))
    for node in root.iter("a"):
        address = absolute(base, node.get("href"))
        if address and address != url and _looks_like_feed(node, address):
            found.setdefault(address, FoundFeed(address, None, "anchor"))
    return sorted(found.values(), key=lambda feed: (is_of_comments(feed), feed.how != "link"))


def _tree(html: bytes) -> lxml_html.HtmlElement | None:
    # Attributes alone are of interest, and those of feeds are ASCII; titles are best in UTF-8.
    try:
        html.decode("utf-8")
        parser = lxml_html.HTMLParser(encoding="utf-8")
    except UnicodeDecodeError:
        parser = lxml_html.HTMLParser()
    try:
        return lxml_html.document_fromstring(html, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _is_feed_link(node: lxml_html.HtmlElement, address: str) -> bool:
    rels = (node.get("rel") or "").lower().split()
    media = (node.get("type") or "").partition(";")[0].strip()
    if "feed" in rels:
        return True
    if "alternate" not in rels or _NO_FEED.search(split_url(address).path):
        return False
    if _TYPE.fullmatch(media):
        return True
    return bool((not media or _MAYBE_TYPE.fullmatch(media)) and not node.get("hreflang") and _ADDRESS.search(address))


def _looks_like_feed(node: lxml_html.HtmlElement, address: str) -> bool:
    if _TYPE.fullmatch((node.get("type") or "").partition(";")[0].strip()):
        return True
    if _NO_FEED.search(split_url(address).path) or not _ADDRESS.search(address):
        return False
    return bool(split_url(address).path.endswith((".xml", ".rss", ".rdf", ".atom", ".json"))) or bool(
        _WORDS.search(
            f"{squeeze(node.text_content())[:200]} {node.get('title') or ''} {node.get('class') or ''} {address}"
        )
    )


def is_of_comments(feed: FoundFeed) -> bool:
    """Return whether a feed holds comments of readers, by its address or title."""
    return bool(_COMMENTS.search(split_url(feed.url).path.replace("_", "-")) or _COMMENTS.search(feed.title or ""))


def common_paths(url: str) -> list[str]:
    """Return addresses where sites often have a feed: below the page first, then at the root.

    >>> common_paths("https://news.example/north?x=1")[:3]
    ['https://news.example/north/feed', 'https://news.example/feed', 'https://news.example/rss']
    """
    folder = split_url(url).path.rstrip("/")
    root = [joined for path in _PATHS if (joined := join_url(url, path))]
    is_page = not folder or "." in folder.rpartition("/")[2]
    below = None if is_page else join_url(url, f"{folder}/feed")
    return [below, *root] if below else root


def discover(url: str, get: Callable[[str], FetchedPage], *, max_asked: int = MAX_ASKED) -> Discovered:
    """Find the feed of a site: the address itself, feeds that its page names, then the usual addresses.

    A feed that has moved for good is given by its new address. Asks one address after the other and stops at the
    first that is a feed, or when the host cannot be reached or refuses requests.

    Args:
        url: address of a feed or a page.
        get: requests an address politely; follows redirects.
        max_asked: number of addresses after which the search ends.

    Raises:
        Trouble: why the address itself gives nothing.
    """
    page = get(url)
    kind = feed_kind(page)
    if kind is not None:
        return Discovered(FoundFeed(page.response.moved_to or url, feed_title(page, kind), "page"), kind, (), ())
    here = page.response.url
    named = find_feeds(page.body, here)
    known = {feed.url for feed in named} | {url, here}
    paths = [FoundFeed(path, None, "path") for path in common_paths(here) if path not in known]
    tried = [(here, "a page, not a feed" if _kind(page) == "html" else f"{_kind(page)}, not a feed")]
    for turn, candidate in enumerate([*named, *paths][: max_asked - 1]):
        try:
            page = get(candidate.url)
        except Trouble as why:
            tried.append((candidate.url, why.message))
            if why.code in UNREACHED and split_url(candidate.url).netloc == split_url(here).netloc:
                break
            if why.code == "fetch.http_429":
                break
            continue
        kind = feed_kind(page)
        if kind is not None:
            title, place = feed_title(page, kind) or candidate.title, page.response.moved_to or candidate.url
            return Discovered(FoundFeed(place, title, candidate.how), kind, tuple(named[turn + 1 :]), tuple(tried))
        tried.append((candidate.url, f"{_kind(page)}, not a feed"))
    return Discovered(None, None, (), tuple(tried))


def _kind(page: FetchedPage) -> str:
    return recognize(page.body[:HEAD_BYTES], content_type=page.response.content_type, name_hint=page.response.url)


def feed_kind(page: FetchedPage) -> str | None:
    """Return the kind of a feed, one of SUBSCRIBABLE; None for anything else."""
    kind = _kind(page)
    return kind if kind in SUBSCRIBABLE else None


def feed_title(page: FetchedPage, kind: str) -> str | None:
    """Return the title of a feed, where it can be read."""
    response = page.response
    try:
        if kind == "sitemap":
            return read_sitemap(page.body, url=response.url).title
        return read_feed(page.body, url=response.url, content_type=response.content_type, kind=kind).title
    except Exception:  # parsers raise what they like; the title is only for people
        return None
