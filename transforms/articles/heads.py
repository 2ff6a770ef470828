"""Where an article begins on its page, and what around it belongs to something else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.blocks import Block, Container, Mark, Structure
from transforms.articles.folding import letters
from transforms.articles.roles import Role
from transforms.characters import is_wide

MAX_MARKS = 200
"""Marked elements that are read at most of one article."""

MAX_ELEMENTS = 10_000
"""Elements of find_elements that are kept of one page."""

Elements = dict[str, list[HtmlElement]]
"""Elements by their tag, in the order of the page."""

_NAMED = ("meta", "link", "base", "script", "title", "h1", "h2", "input")

_BEFORE, _AFTER = 12, 60
"""Most blocks before and after the headline that the head of an article has."""

_LONG = 120
"""Code points of a paragraph of the text; lines of the head are shorter."""

MIN_LEAD = 120
"""Code points of a line between headline and text that is the lead, and belongs to the text; a shorter one is a
subheadline, a caption or a note."""

_LONG_UNSPACED = 50
"""The same where most of it is Han, kana or hangul."""

_LEAST_LETTERS, _LEAST_HAN = 8, 4
LEAST_TITLE, _LEAST_HAN_END = 15, 8
"""Letters of a title that a heading may hold, and of a heading that may end a title; the same of one in Han or kana."""
_DATE = re.compile(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?|\d{1,2}\.? \w{3,12}\.? \d{4}|\w{3,12}\.? \d{1,2}, \d{4}")
"""A heading that is only a date, which is not that of a teaser."""
_LONG_DATE = 40
"""Code points that are looked at: more than such a date has."""
_PARAGRAPHS = 3
"""The head of an article ends before so many long paragraphs after its headline: a subheadline may be one of them."""

_MAX_BESIDE, _FEWEST_BESIDE = 4, 2
"""Elements before and behind an item of a row that are looked at, and how many of them are items, too."""

_MAX_INNER = 60
"""Elements of one of them that are looked at for a heading."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_OUTSIDE = int(Role.NAVIGATION | Role.COMMENT | Role.DIALOG)
_CARD = int(Role.RELATED)
_ARTICLE = int(Role.ARTICLE | Role.MAIN | Role.BODY)
_MASTHEAD = int(Role.HEADER)
_OUTSIDE_TAGS = frozenset(("nav", "form"))
_PARTS = re.compile(r" [-|–—»·:] ")


class _Heading(NamedTuple):
    """A heading; the first of the highest level is the least."""

    level: int
    number: int
    """Of its block."""
    key: str
    """Its letters."""


@dataclass(slots=True)
class Head:
    """Where an article begins: its blocks from ``start`` up to ``end``, which is exclusive.

    Attributes:
        anchor: index of the block that holds its headline; None where the page shows none.
        near: where its second long paragraph begins, at most ``end``.
    """

    anchor: int | None
    start: int
    end: int
    near: int
    judged: dict[tuple[int, bool], bool] = field(default_factory=dict, repr=False)
    """Of a container, and whether before the headline: what is_outside found."""

    def is_inside(self, container: Container) -> bool:
        """Return whether a container holds the headline."""
        return self.anchor is not None and container.start <= self.anchor < container.end


def containers_around(structure: Structure, place: int) -> Iterator[Container]:
    """Yield a container, by its index, and those around it, the innermost first."""
    while place >= 0:
        one = structure.containers[place]
        yield one
        place = one.parent


def find_elements(tree: HtmlElement) -> Elements:
    """Return the elements of a page that say what it is, in one pass: all that read its head share them."""
    found: Elements = {name: [] for name in _NAMED}
    for element in islice(tree.iter(*_NAMED), MAX_ELEMENTS):
        found[element.tag].append(element)
    return found


def visible_words(element: HtmlElement, *, max_chars: int, between: str = " ") -> str:
    """Return the words of an element in one line, or a beginning of over ``max_chars`` code points.

    Elements stand in each other: to read all of each would take time quadratic in their depth.

    Args:
        max_chars: code points that the caller needs.
        between: what separates the pieces of text.
    """
    pieces: list[str] = []
    count = 0
    for text in islice(element.itertext(), 4 * max_chars):
        piece = text[: 8 * max_chars]
        pieces.append(piece)
        count += len(" ".join(piece.split()))
        if count > max_chars:
            break
    return " ".join(between.join(pieces).split())


def find_head(structure: Structure, titles: list[str]) -> Head:
    """Find where the article begins.

    Its headline is the heading of the highest level, the first of those, that agrees with a title of the page; else
    the first h1; on a page without both, the first line that is a whole title.

    Args:
        structure: of the page.
        titles: what the page calls itself elsewhere.
    """
    keys = [key for key in (letters(title[:1_000]) for title in titles) if key]
    anchor = _find_heading(structure, keys)
    if anchor is None:
        anchor = find_title(structure, keys)
    start, end, long = max(0, (anchor or 0) - _BEFORE), (anchor + 1 if anchor is not None else 0), 0
    last = min(len(structure.blocks), end + _AFTER)
    near = end
    while end < last:
        long += is_paragraph(structure.blocks[end])
        if long == _PARAGRAPHS:
            break
        if long < _PARAGRAPHS - 1:
            near = end + 1
        end += 1
    return Head(anchor, start, end, near)


def _find_heading(structure: Structure, titles: list[str]) -> int | None:
    """Return the heading that is the headline: the first of the highest level that agrees with a title, or an h1.

    An h1 stands back behind a longer heading that ends a title: it is the name of the site, or of a section.
    """
    headings = [
        _Heading(block.level, number, letters(block.text[:1_000]))
        for number, block in enumerate(structure.blocks)
        if block.level
    ]
    own = [one for one in headings if not is_site_part(one.key, titles)]
    agreeing = [one for one in own if _agrees(one.key, titles)]
    best = min(agreeing, default=next((one for one in own if one.level == 1), None))
    if best is None or best.level == 1:
        best = _find_end(headings, titles, best, is_known=bool(agreeing))
    return best.number if best is not None else None


def _agrees(key: str, titles: list[str]) -> bool:
    """Return whether a heading begins a title, or holds a long one at either end."""
    return is_telling(key) and any(
        title.startswith(key) or (len(title) > LEAST_TITLE and (key.endswith(title) or key.startswith(title)))
        for title in titles
    )


def _find_end(headings: list[_Heading], titles: list[str], best: _Heading | None, *, is_known: bool) -> _Heading | None:
    """Return the heading that ends a title, as in "Ellery Post » Archive » The pier opens", else what was found.

    Args:
        headings: of the page.
        titles: letters of what the page calls itself.
        best: the h1 that was found.
        is_known: whether that is the start of a title.
    """
    start = best.key if best is not None and is_known else ""
    if start and any(2 * len(start) >= len(title) for title in titles if title.startswith(start)):
        return best
    behind = (one for one in headings if best is None or (one.number > best.number and (one.level == 1 or is_known)))
    return min((one for one in behind if ends_title(one.key, start, titles)), default=best)


def ends_title(key: str, start: str, titles: list[str]) -> bool:
    """Return whether a heading ends a title and is longer than what begins it, such as the name of a section.

    Args:
        key: letters of the heading.
        start: those of what begins the title.
        titles: those of what the page calls itself.
    """
    least = _LEAST_HAN_END if is_wide(key[:1]) else LEAST_TITLE
    return len(key) > max(len(start), least) and any(len(title) > len(key) and title.endswith(key) for title in titles)


def find_title(structure: Structure, keys: list[str]) -> int | None:
    """Return the first short block that is a title of the page as a whole, and no link."""
    telling = {key for key in keys if is_telling(key)}
    for number, block in enumerate(structure.blocks):
        is_line = telling and len(block.text) <= 2 * _LONG and not block.link_chars
        if is_line and letters(block.text) in telling:
            is_long = len(_PARTS.findall(block.text)) > 1  # with the names of section and site
            return None if is_long else number
    return None


def is_telling(key: str) -> bool:
    """Return whether a heading is long enough to be told from others; one in Han says more with less.

    Args:
        key: its letters.
    """
    return len(key) > _LEAST_LETTERS or (len(key) > _LEAST_HAN and is_wide(key[0]))


def is_site_part(key: str, titles: list[str]) -> bool:
    """Return whether a heading is the name of the site: with another, longer title of the page, it is a whole title.

    >>> is_site_part("elleryblog", ["thepieropens", "elleryblogthepieropens"])
    True

    Args:
        key: letters of the heading.
        titles: letters of what the page calls itself.
    """
    return len(key) > 2 and any(
        rest in titles and len(rest) > len(key)
        for title in titles
        if len(title) > 2 * len(key)
        for rest in (title.removeprefix(key), title.removesuffix(key))
        if rest != title
    )


def is_paragraph(block: Block) -> bool:
    """Return whether a block is a long paragraph, as those of the text are, and not of links."""
    size = len(block.text)
    if block.level or size < _LONG_UNSPACED or 3 * block.link_chars >= size:
        return False
    return size >= _LONG or sum(is_wide(block.text[place]) for place in range(0, size, 8)) * 10 > size


def is_outside(structure: Structure, container: int, head: Head, block: int) -> bool:
    """Return whether a container is of something beside the article: then it does not hold the headline.

    A box of teasers holds headings or links; words such as "card" or "more" alone do not make one, nor does anything on
    an ``<article>`` that goes on below the head: it is the article. An item of a list with a heading of its own is one
    of several things, and so is one of a row of elements of one class whose heading is a link. The masthead of the site
    stands before the headline and outside the main element.
    """
    key = (container, head.anchor is not None and block < head.anchor)
    if key not in head.judged:
        head.judged[key] = _judge(structure, container, head, block)
    return head.judged[key]


def _judge(structure: Structure, container: int, head: Head, block: int) -> bool:
    containers, anchor = structure.containers, head.anchor
    is_masthead = False
    while container > 0:
        one = containers[container]
        if head.is_inside(one):
            return is_masthead and not one.roles & _ARTICLE
        is_whole = one.tag == "article" and one.start <= head.end < one.end
        if (
            one.tag in _OUTSIDE_TAGS
            or one.own & _OUTSIDE
            or (one.own & _CARD and not is_whole and _is_teaser(structure, one))
            or (one.tag == "aside" and not is_whole and _is_teaser(structure, one, most_links=1))
            or (one.tag == "li" and any(block.level for block in _first_blocks(structure, one)))
            or _is_item(structure, one)
        ):
            return True
        if anchor is not None and block < anchor and one.own & _MASTHEAD:
            is_masthead = True
        if one.tag in ("article", "main"):  # a headline may stand before its article; a teaser ends within the head
            return one.tag == "article" and anchor is not None and not one.start <= head.end < one.end
        container = one.parent
    return is_masthead


def _is_teaser(structure: Structure, container: Container, *, most_links: int = 0) -> bool:
    """Return whether a container holds a heading, or a link of several words.

    Args:
        structure: of the page.
        container: the one asked about.
        most_links: such links that it may hold: a column with byline and date may have one that advertises.
    """
    links = 0
    for block in _first_blocks(structure, container):
        links += block.link_chars >= 25 and 2 * block.link_chars > len(block.text)
        if (block.level and not _DATE.fullmatch(block.text[:_LONG_DATE])) or links > most_links:
            return True
    return False


def _is_item(structure: Structure, one: Container) -> bool:
    """Return whether a container whose heading is a link stands in a row of three or more of one class: of teasers."""
    kind = one.element.get("class")
    if (
        not kind
        or one.tag in _HEADINGS
        or not any(block.level and block.links for block in _first_blocks(structure, one))
    ):
        return False
    before, behind = one.element.itersiblings(preceding=True), one.element.itersiblings()
    beside = (*islice(before, _MAX_BESIDE), *islice(behind, _MAX_BESIDE))
    row = (other for other in beside if other.tag == one.tag and other.get("class") == kind)
    found = sum(any(inner.tag in _HEADINGS for inner in islice(other.iter(), _MAX_INNER)) for other in row)
    return found >= _FEWEST_BESIDE


def _first_blocks(structure: Structure, container: Container) -> list[Block]:
    return structure.blocks[container.start : min(container.end, container.start + 20)]


def marks_in(marks: list[Mark], structure: Structure, head: Head) -> Iterator[Mark]:
    """Return the marks in the head of the article."""
    count = 0
    for mark in marks:
        if mark.block >= head.end or count >= MAX_MARKS:
            break
        if mark.block >= head.start and not is_outside(structure, mark.container, head, mark.block):
            count += 1
            yield mark
