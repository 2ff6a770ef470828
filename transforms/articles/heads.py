"""Where an article begins on its page, and what around it belongs to something else."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from transforms.articles.blocks import Block, Container, Mark, Structure, is_paragraph
from transforms.articles.folding import letters
from transforms.articles.roles import Role
from transforms.articles.title_lines import find_heading, find_title

MAX_MARKS = 200
"""Marked elements that are read at most of one article."""

_MAX_TAIL = 600
"""Blocks below the head of an article in which its byline and source are looked for."""

_BEFORE, _AFTER = 12, 60
"""Most blocks before and after the headline that the head of an article has."""

MIN_LEAD = 120
"""Code points of a line between headline and text that is the lead, and belongs to the text; a shorter one is a
subheadline, a caption or a note."""

_DATE = re.compile(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?|\d{1,2}\.? \w{3,12}\.? \d{4}|\w{3,12}\.? \d{1,2}, \d{4}")
"""A heading that is only a date, which is not that of a teaser."""
_LONG_DATE = 40
"""Code points that are looked at: more than such a date has."""
_PARAGRAPHS = 3
"""The head of an article ends before so many long paragraphs after its headline: a subheadline may be one of them."""

_TEASER_LINES = 4
"""First lines of an element that are looked at for a heading that is a link."""

_FIRST_BLOCKS = 20
"""Blocks of an element among which its heading is looked for."""

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


@dataclass(slots=True)
class Head:
    """Where an article begins: its blocks from ``start`` up to ``end``, which is exclusive.

    Attributes:
        anchor: index of the block that holds its headline; None where the page shows none.
        near: where its second long paragraph begins, at most ``end``.
        text: the first and last long paragraph of a page that has fewer than end a head; None where there are enough.
        links: numbers of the headings of the page that are or hold links, as those of teasers do.
    """

    anchor: int | None
    start: int
    end: int
    near: int
    text: tuple[int, int] | None
    links: Sequence[int] = field(repr=False)
    judged: dict[tuple[int, bool], bool] = field(default_factory=dict, repr=False)
    """Of a container, and whether before the headline: what is_outside found."""
    apart: dict[int, bool] = field(default_factory=dict, repr=False)
    """Of a container, whatever stands in it: what _is_apart found."""

    def is_inside(self, container: Container) -> bool:
        """Return whether a container holds the headline."""
        return self.anchor is not None and container.start <= self.anchor < container.end


def find_head(structure: Structure, titles: list[str]) -> Head:
    """Find where the article begins.

    Its headline is the heading of the highest level, the first of those, that agrees with a title of the page; else
    the first h1; on a page without both, the first line that is a whole title.

    Args:
        structure: of the page.
        titles: what the page calls itself elsewhere.
    """
    keys = [key for key in (letters(title[:1_000]) for title in titles) if key]
    anchor = find_heading(structure, keys)
    if anchor is None:
        anchor = find_title(structure, keys)
    start, end, long = max(0, (anchor or 0) - _BEFORE), (anchor + 1 if anchor is not None else 0), 0
    last = min(len(structure.blocks), end + _AFTER)
    near = end
    paragraphs: list[int] = []
    while end < last:
        if is_paragraph(structure.blocks[end]):
            long += 1
            paragraphs.append(end)
        if long == _PARAGRAPHS:
            break
        if long < _PARAGRAPHS - 1:
            near = end + 1
        end += 1
    is_short = 0 < long < _PARAGRAPHS
    links = [number for number, block in enumerate(structure.blocks) if block.level and block.links]
    return Head(anchor, start, end, near, (paragraphs[0], paragraphs[-1]) if is_short else None, links)


def blocks_near(structure: Structure, head: Head, start: int) -> Iterable[tuple[int, Block]]:
    """Return the blocks from one in the head up to some below the text, with their numbers; none without a headline."""
    return enumerate(structure.blocks[start : head.end + _MAX_TAIL], start) if head.anchor is not None else ()


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
        if container not in head.apart:
            head.apart[container] = _is_apart(structure, one, head)
        if head.apart[container]:
            return True
        if anchor is not None and block < anchor and one.own & _MASTHEAD:
            is_masthead = True
        if one.tag in ("article", "main"):  # a headline may stand before its article; a teaser ends within the head
            return one.tag == "article" and anchor is not None and not _holds_text(structure, one, head)
        container = one.parent
    return is_masthead


def _is_apart(structure: Structure, one: Container, head: Head) -> bool:
    """Return whether a container itself, whatever is around it, is of something beside the article."""
    if one.tag in _OUTSIDE_TAGS or one.own & _OUTSIDE:
        return True
    if one.own & _CARD or one.tag == "aside":
        is_whole = one.tag == "article" and _holds_text(structure, one, head)
        if not is_whole and _is_teaser(structure, one, most_links=0 if one.own & _CARD else 1):
            return True
    if one.tag == "li" and any(block.level for block in _first_blocks(structure, one)):
        return True
    return _is_item(one, head)


def _holds_text(structure: Structure, one: Container, head: Head) -> bool:
    """Return whether a container goes on below the head, or holds all long paragraphs of a short text.

    A teaser begins with a heading that is a link.
    """
    if head.text is None:
        return one.start <= head.end < one.end
    first = structure.blocks[one.start : min(one.end, one.start + _TEASER_LINES)]
    is_teaser = any(block.level and block.links for block in first)
    return one.start <= head.text[0] and head.text[1] < one.end and not is_teaser


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


def _is_item(one: Container, head: Head) -> bool:
    """Return whether a container whose heading is a link stands in a row of three or more of one class: of teasers."""
    if not one.name or one.tag in _HEADINGS:
        return False
    place = bisect_left(head.links, one.start)
    if place == len(head.links) or head.links[place] >= min(one.end, one.start + _FIRST_BLOCKS):
        return False
    kind = one.element.get("class")
    before, behind = one.element.itersiblings(preceding=True), one.element.itersiblings()
    beside = (*islice(before, _MAX_BESIDE), *islice(behind, _MAX_BESIDE))
    row = (other for other in beside if other.tag == one.tag and other.get("class") == kind)
    found = sum(any(inner.tag in _HEADINGS for inner in islice(other.iter(), _MAX_INNER)) for other in row)
    return found >= _FEWEST_BESIDE


def _first_blocks(structure: Structure, container: Container) -> list[Block]:
    return structure.blocks[container.start : min(container.end, container.start + _FIRST_BLOCKS)]


def marks_in(marks: list[Mark], structure: Structure, head: Head) -> Iterator[Mark]:
    """Return the marks in the head of the article."""
    count = 0
    for mark in marks:
        if mark.block >= head.end or count >= MAX_MARKS:
            break
        if mark.block >= head.start and not is_outside(structure, mark.container, head, mark.block):
            count += 1
            yield mark
