"""Feeds of an OPML file, read and written."""

import re
import shlex
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from transforms.sources.address_lists import read_outlines
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.xml_text import NOT_XML
from transforms.urls import is_web_url, join_url

_LIMITS = ReadLimits(max_tags=2_000_000)
"""An outline costs far less than a tag of a feed, and lists of 180,000 feeds exist."""


class Listed(NamedTuple):
    """One feed of an OPML file."""

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()


def web_address(url: str, base: str | None = None) -> str | None:
    """Return the http(s) address of a feed as lists write it; None for anything else.

    >>> web_address("feed://news.example/rss"), web_address("feed:https://news.example/rss"), web_address("a.xml")
    ('http://news.example/rss', 'https://news.example/rss', None)
    """
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url.strip(), flags=re.IGNORECASE)
    url = re.sub(r"^feed://", "http://", url, flags=re.IGNORECASE)
    joined = join_url(base, url)
    return joined if joined and is_web_url(joined) else None


def read_opml(data: bytes, *, url: str | None = None) -> tuple[list[Listed], list[str]]:
    """Read the feeds of an OPML file in order, and name each outline that is not a feed.

    Tags are as :func:`transforms.sources.address_lists.read_outlines` gives them. A title that only repeats the address
    is left out.

    Args:
        url: where it was read from; relative addresses are resolved against it.

    Raises:
        Trouble: read.bad_list where no outline has an address; read.too_large.
    """
    check_markup(data, limits=_LIMITS)
    feeds, left_out = [], []
    for outline in read_outlines(data)[0]:
        address = web_address(outline.url, url)
        if outline.is_list:
            left_out.append(f"{outline.url} is another list: import that one on its own")
        elif not outline.is_feed:
            left_out.append(
                f"{outline.url} is a site without a feed: try newsmill feeds add {shlex.quote(outline.url)}"
            )
        elif address is None:
            left_out.append(f"{outline.url[:200]!r} is not an http(s) address")
        else:
            title = None if outline.title == outline.url else outline.title
            feeds.append(Listed(address, title, outline.tags))
    return feeds, left_out


def make_opml(feeds: Iterable[Listed], *, title: str) -> bytes:
    """Make OPML 2.0 (http://opml.org/spec2.opml): an outline for each feed, inside outlines named as its tags.

    Feeds keep their order within a tag, tags come in the order of their first feed.

    >>> made = make_opml([Listed("https://a.example/f", "A", ("Ports",))], title="Mine").decode()
    >>> print(made.splitlines()[7].strip())
    <outline type="rss" text="A" title="A" xmlUrl="https://a.example/f"/>
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = NOT_XML.sub("", title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        for depth in range(1, len(feed.tags) + 1):
            path = feed.tags[:depth]
            if path not in folders:
                above = folders[path[:-1]]
                folders[path] = etree.SubElement(above, "outline", text=NOT_XML.sub("", path[-1]))
        name = NOT_XML.sub("", feed.title or feed.url)
        etree.SubElement(folders[feed.tags], "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
    made: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return made
