"""The name of a site, as its pages show it: in a heading, or in the link to its home page."""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import SplitResult

from lxml.html import HtmlElement

from transforms.articles.cleaning.phrases import fold, load_phrases
from transforms.articles.folding import letters
from transforms.articles.headings import MAX_HEADINGS, read_heading
from transforms.articles.page_elements import visible_words
from transforms.articles.title_lines import MAX_PARTS, PART
from transforms.urls import join_url, split_url

_ABOUT_CHARS = 300
"""Code points of an address or alternative text that are read."""

_MAX_LINE = 500
"""Code points of a link that are read."""

_HOME = frozenset(("/", "./", "../"))

_MAX_LINKS, _MAX_SITE = 100, 80
"""Links of a page that are looked at for the name of its site, and code points of the longest."""

_HOST_ALONE = re.compile(r"(?:https?:)?//[^/]{1,300}|/?\.{1,2}")
"""Addresses of home pages and directories that do not end in a slash."""


def find_site_headings(headings: list[HtmlElement], url: str | None) -> list[str]:
    """Return the headings of a page that name its site: links, as a whole, to what the page stands below.

    Args:
        headings: h1 and h2 of the page.
        url: its address.
    """
    here = split_url(url) if url else None
    if here is None or not here.path.strip("/"):
        return []
    return [
        line
        for element in headings[: 2 * MAX_HEADINGS]
        if (link := _only_link(element)) is not None
        and _is_above(link, here)
        and (line := read_heading(element))
        and len(visible_words(link, max_chars=_MAX_LINE)) >= len(line)
    ]


def _only_link(heading: HtmlElement) -> HtmlElement | None:
    """Return the link in a heading, or around it, if it is the only one."""
    links = [*islice(heading.iter("a"), 2), *islice(heading.iterancestors("a"), 1)]
    return links[0] if len(links) == 1 else None


def _is_above(link: HtmlElement, here: SplitResult) -> bool:
    """Return whether a link leads to the home page of its site, or to a page above the one that it stands on."""
    path = _directory_of((link.get("href") or "").strip()[:_ABOUT_CHARS], here)
    return path is not None and path.endswith("/") and here.path.startswith(path) and here.path != path


def _directory_of(href: str, here: SplitResult) -> str | None:
    """Return the path that a link leads to, where it is a directory of the same site; None for all other links.

    Args:
        href: of the link.
        here: address of the page.
    """
    if not href.endswith("/") and not _HOST_ALONE.fullmatch(href):
        return None
    there = split_url(join_url(here.geturl(), href))
    return (there.path or "/") if there.hostname == here.hostname and not there.query else None


def find_site_name(links: Iterable[HtmlElement], title: str | None, url: str | None) -> str | None:
    """Return the first or last part of a title where the link to the home page, or its picture, has the same words.

    Args:
        links: of the page.
        title: its ``<title>``.
        url: its address.
    """
    places = list(islice(PART.finditer((title or "")[:1_000]), MAX_PARTS))
    if title is None or not places:
        return None
    parts = (title[places[-1].end() :].strip(), title[: places[0].start()].strip())
    keys = {letters(part): part for part in parts if len(part) <= _MAX_SITE}
    here = split_url(url) if url else None
    for link in islice(links, _MAX_LINKS):
        href = (link.get("href") or "").strip()[:_ABOUT_CHARS]
        if not href or not (href in _HOME or (here is not None and _directory_of(href, here) == "/")):
            continue
        picture = next(link.iter("img"), None)
        named = (visible_words(link, max_chars=_MAX_SITE), (picture.get("alt") or "") if picture is not None else "")
        for name in named:
            key = letters(name[:_ABOUT_CHARS])
            if len(key) > 2 and key in keys and fold(name) not in load_phrases().labels:
                return keys[key]
    return None
