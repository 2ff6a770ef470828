"""The title and the h1 of a page."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.blocks import Structure, is_paragraph
from transforms.articles.folding import letters
from transforms.articles.headlines import Headings
from transforms.articles.page_elements import visible_words

_ABOUT_CHARS = 300
"""Code points of a class that are read."""

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

_MAX_PIECES, _MAX_PIECE = 10, 500
"""Pieces of text in a heading, and code points of one, that are looked at."""


def read_title(titles: list[HtmlElement]) -> str | None:
    """Return the ``<title>`` of a page, the first in its head; others are those of pictures."""
    own = [
        title for title in titles[:MAX_HEADINGS] if title.getparent() is not None and title.getparent().tag == "head"
    ]
    title = next(iter(own or titles), None)
    return visible_words(title, max_chars=_MAX_LINE) or None if title is not None else None


def read_headings(headings: list[HtmlElement]) -> list[str]:
    """Return the h1 of a page, without a kicker that is marked inside one."""
    return [line for line in map(read_heading, headings[:MAX_HEADINGS]) if line]


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


def read_heading(element: HtmlElement) -> str:
    """Return the words of a heading, without a kicker that is marked inside it."""
    line = visible_words(element, max_chars=_MAX_LINE)[:_MAX_LINE]
    for child in islice(element.iter(), 1, 10):
        if not isinstance(child.tag, str) or not _KICKER.search((child.get("class") or "")[:_ABOUT_CHARS]):
            continue
        kicker = visible_words(child, max_chars=_MAX_LINE)
        rest = line.removeprefix(kicker).lstrip(" -–—:|/•·")
        return rest if kicker and line.startswith(kicker) and len(rest.split()) >= _FEWEST_WORDS else line
    return line
