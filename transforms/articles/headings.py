"""The titles and headings of a page, and the name of its site in them."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import SplitResult

from lxml.html import HtmlElement

from transforms.articles.blocks import Structure, split_at_seams
from transforms.articles.cleaning.phrases import fold, is_unspaced, load_phrases
from transforms.articles.folding import letters
from transforms.articles.headlines import Headings, original_title
from transforms.articles.heads import is_paragraph, visible_words
from transforms.urls import join_url, split_url

_ABOUT_CHARS = 300
"""Code points of a class or address that are read."""

_MAX_LINE = 500
"""Code points of a title or heading that are read."""

MAX_HEADINGS = 10
"""How many h1 are read at most."""

_FEWEST_WORDS = 4
"""Words of a headline from which on its kicker is left out."""

_KICKER = re.compile(
    r"kicker|overline|eyebrow|dachzeile|topline|pre-?(?:title|headline)|super-?title|surtitre|antetitulo|occhiello|"
    r"roofline|rubric|screen-?reader|visually-?hidden|sr-only",
    re.IGNORECASE,
)

_PART = re.compile(
    r" [|–—\-•·»«:/]{1,3} | ?[|：｜] ?|(?<=[^\s\d]): |(?<=[\u2e80-\uffef])[-_–—]{1,3}(?=[\u2e80-\uffef])"
)
"""What stands between the parts of a title: its headline, the name of the site."""

_WIDE_PART = re.compile(r"\s|[-_–—]{1,3}")
"""The same in a title without blanks between its words, where every sign may stand in a name, too."""

_LEAST_PART = 6
"""Letters of the shortest headline that is looked for."""

_MAX_PART_BLOCKS, _MAX_HEADING_BLOCKS, _MAX_PART_LINE = 200, 400, 300

_HOME = frozenset(("/", "./", "../"))

_MAX_LINKS, _MAX_SITE = 100, 80
"""Links of a page that are looked at for the name of its site, and code points of the longest."""

_MAX_PARTS = 10
"""Parts of a title that are told apart."""

_MAX_PIECES, _MAX_PIECE = 10, 500
"""Pieces of text in a heading, and code points of one, that are looked at."""

_HOST_ALONE = re.compile(r"(?:https?:)?//[^/]{1,300}|/?\.{1,2}")
"""Addresses of home pages and directories that do not end in a slash."""


def read_title(titles: list[HtmlElement]) -> str | None:
    """Return the ``<title>`` of a page, the first in its head; others are those of pictures."""
    own = [
        title for title in titles[:MAX_HEADINGS] if title.getparent() is not None and title.getparent().tag == "head"
    ]
    title = next(iter(own or titles), None)
    return visible_words(title, max_chars=_MAX_LINE) or None if title is not None else None


def read_headings(headings: list[HtmlElement]) -> list[str]:
    """Return the h1 of a page, without a kicker that is marked inside one."""
    return [line for line in map(_heading, headings[:MAX_HEADINGS]) if line]


def describe_headings(headings: list[HtmlElement], lines: list[str], structure: Structure) -> Headings:
    """Return the h1 of a page with where they stand, and how they begin.

    Args:
        headings: the h1.
        lines: what :func:`read_headings` gives of them.
        structure: of the page.
    """
    openings = {opening for element in headings[:MAX_HEADINGS] for opening in _openings(element)}
    above: set[str] = set()
    paragraphs = 0
    for block in structure.blocks if len(lines) > 1 else ():
        if block.level == 1:
            above.add(letters(block.text[:1_000]))
        paragraphs += bool(above) and is_paragraph(block)
        if paragraphs > 1:
            break
    return Headings(lines=lines, above=frozenset(above), openings=frozenset(openings))


def _openings(heading: HtmlElement) -> Iterator[str]:
    """Yield the letters of a heading up to each place where an element in it begins or ends."""
    key = ""
    for piece in islice(heading.itertext(), _MAX_PIECES):
        key += letters(piece[:_MAX_PIECE])
        yield key


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
        and (line := _heading(element))
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
    places = list(islice(_PART.finditer((title or "")[:1_000]), _MAX_PARTS))
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


def find_part(
    structure: Structure, titles: list[str], sites: frozenset[str], *, is_heading: bool = False
) -> str | None:
    """Return the line of a page that is the longest part of its title: the headline, not the site's name.

    Args:
        structure: of the page.
        titles: what the page calls itself.
        sites: letters of the names of its site.
        is_heading: only headings count, and a title as a whole, too; for a page that has an h1 of another name.
    """
    keys: set[str] = set()
    for title in titles:
        keys |= _keys_of_parts(title[:1_000], is_heading=is_heading)
    keys -= sites
    whole = {letters(title[:1_000]) for title in titles}
    found: dict[tuple[bool, str], str] = {}
    paragraphs, is_below = 0, False
    for block in structure.blocks[: _MAX_HEADING_BLOCKS if is_heading else _MAX_PART_BLOCKS] if keys else ():
        is_below = is_below or block.level == 1
        paragraphs += is_below and is_paragraph(block)
        if is_heading and paragraphs > 1:
            break  # the h1 is the headline, and what follows are headings in its text
        is_link = block.link_chars == len(block.text)
        if len(block.text) > _MAX_PART_LINE or (not block.level and (is_heading or is_link)):
            continue
        for line in (block, *split_at_seams(block)):
            key = letters(line.text)
            if key in keys and (block.level or key not in whole):
                found.setdefault((block.level > 0, key), line.text)
    return found[max(found, key=lambda pair: (pair[0], len(pair[1])))] if found else None


def find_original_title(structure: Structure) -> str | None:
    """Return the title under which a report first appeared, where one line of its page says it."""
    lines = [block.text for block in structure.blocks if not block.text.isascii()]
    found = {title for line in lines if (title := original_title(line)) is not None}
    return found.pop() if len(found) == 1 else None


def _keys_of_parts(title: str, *, is_heading: bool) -> set[str]:
    """Return the letters of the longer parts of a title, and of several of them side by side."""
    places = list(islice(_PART.finditer(title), _MAX_PARTS))
    starts, ends = [0, *(place.end() for place in places)], [*(place.start() for place in places), len(title)]
    longest = max(len(letters(title[start:end])) for start, end in zip(starts, ends, strict=True))
    spans = [*zip(starts, ends, strict=True), *((0, end) for end in ends), *((start, len(title)) for start in starts)]
    keys = {letters(title[start:end]) for start, end in spans}
    if is_unspaced(title):
        openings = {letters(title[: place.start()]) for place in islice(_WIDE_PART.finditer(title), _MAX_PARTS)}
        keys |= {opening for opening in openings if len(opening) * 2 >= len(letters(title))}
    return {key for key in keys if len(key) >= _LEAST_PART and (1 if is_heading else 2) * len(key) >= longest}


def _heading(element: HtmlElement) -> str:
    line = visible_words(element, max_chars=_MAX_LINE)[:_MAX_LINE]
    for child in islice(element.iter(), 1, 10):
        if not isinstance(child.tag, str) or not _KICKER.search((child.get("class") or "")[:_ABOUT_CHARS]):
            continue
        kicker = visible_words(child, max_chars=_MAX_LINE)
        rest = line.removeprefix(kicker).lstrip(" -–—:|/•·")
        return rest if kicker and line.startswith(kicker) and len(rest.split()) >= _FEWEST_WORDS else line
    return line
