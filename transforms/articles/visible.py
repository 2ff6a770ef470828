"""What the visible parts of a page say around the text: headings, subheadline, bylines, dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.blocks import Block, Mark, Role, Structure
from transforms.articles.clean import letters
from transforms.articles.dates import find_dates, is_update
from transforms.articles.facts import NamedAuthor

MAX_LINKS = 50
"""How many links of one byline are read at most."""

MAX_MARKS = 200
"""Marked elements that are read at most of one article."""

MAX_HEADINGS = 10
"""How many h1 are read at most."""

_ABOUT_CHARS = 300
"""Code points of a class, id or address that are read."""

_BEFORE, _AFTER = 12, 60
"""Most blocks before and after the headline that the head of an article has."""

_LONG = 120
"""Code points of a paragraph of the text; lines of the head are shorter."""

_MAX_DATE_LINE = 160
_MAX_ODD_WORDS = 8
"""Words beside the date in a line that nothing marks as one."""

_PROFILE = re.compile(
    r"author|autor|/people/|/person/|/by/|/team/|/staff/|/profile|/journalist|/redakt|/users?/|/contributor", re.I
)
_BYLINE, _DATE, _SUBHEADLINE = int(Role.BYLINE), int(Role.DATE), int(Role.SUBHEADLINE)
_OUTSIDE = int(
    Role.FOOTER | Role.NAVIGATION | Role.FORM | Role.COMMENT | Role.RELATED | Role.ADVERTISEMENT | Role.DIALOG
    | Role.NEWSLETTER | Role.SHARE
)  # fmt: skip
_OUTSIDE_TAGS = frozenset(("aside", "footer", "nav", "form"))
_NOT_OWN = int(Role.BIOGRAPHY)
_MASTHEAD = int(Role.HEADER)
_SUBHEADLINE_TAGS = frozenset(("p", "h2", "h3", "h4", "div", "span", "strong", "em"))


@dataclass(slots=True)
class Head:
    """Where an article begins: its blocks from ``start`` up to ``end``, which is exclusive.

    Attributes:
        anchor: index of the block of its headline; None where there is no headline.
    """

    anchor: int | None
    start: int
    end: int


@dataclass(slots=True)
class Visible:
    """What a reader sees around the text; strings in one line."""

    subheadline: str | None = None
    bylines: list[str] = field(default_factory=list)
    authors: list[list[NamedAuthor]] = field(default_factory=list)
    """Of each byline: its links to authors, or its words."""
    dates: list[str] = field(default_factory=list)
    """Dates of publication in lines of the head."""
    times: list[str] = field(default_factory=list)
    """The same of ``<time>``."""
    modified: list[str] = field(default_factory=list)
    """Dates that are labelled as those of a change."""
    license: str | None = None


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


def _line(element: HtmlElement, *, max_chars: int = 500) -> str:
    return visible_words(element, max_chars=max_chars)


def _about(element: HtmlElement, *names: str) -> str:
    return " ".join((element.get(name) or "")[:_ABOUT_CHARS] for name in names)


def read_title(tree: HtmlElement) -> str | None:
    """Return the ``<title>`` of a page."""
    title = tree.find(".//head//title")
    if title is None:
        title = next(tree.iter("title"), None)
    return _line(title) or None if title is not None else None


def read_headings(tree: HtmlElement) -> list[str]:
    """Return the h1 of a page."""
    return [line for line in (_line(element)[:500] for element in islice(tree.iter("h1"), MAX_HEADINGS)) if line]


def find_head(structure: Structure, titles: list[str]) -> Head:
    """Find where the article begins.

    Its headline is the first heading that a title of the page begins with, or ends with; else the first h1.

    Args:
        structure: of the page.
        titles: what the page calls itself elsewhere.
    """
    keys = [key for key in (letters(title[:1_000]) for title in titles) if key]
    anchor, first = None, None
    for number, block in enumerate(structure.blocks):
        if not block.level:
            continue
        if block.level == 1 and first is None:
            first = number
        key = letters(block.text[:1_000])
        if len(key) > 8 and any(title.startswith(key) or (len(title) > 15 and key.endswith(title)) for title in keys):
            anchor = number
            break
    anchor = first if anchor is None else anchor
    start, end, long = max(0, (anchor or 0) - _BEFORE), (anchor + 1 if anchor is not None else 0), 0
    last = min(len(structure.blocks), end + _AFTER)
    while end < last:
        long += _is_paragraph(structure.blocks[end])
        if long == 2:
            break
        end += 1
    return Head(anchor, start, end)


def _is_paragraph(block: Block) -> bool:
    return block.level == 0 and len(block.text) >= _LONG and 3 * block.link_chars < len(block.text)


def _is_outside(structure: Structure, container: int, head: Head, block: int) -> bool:
    """Return whether a container is of something beside the article: then it does not hold the headline."""
    containers = structure.containers
    unwanted = _OUTSIDE | (_MASTHEAD if head.anchor is not None and block < head.anchor else 0)
    while container > 0:
        one = containers[container]
        if head.anchor is not None and one.start <= head.anchor < one.end:
            return False
        if one.tag in _OUTSIDE_TAGS or one.own & unwanted:
            return True
        if one.tag in ("article", "main"):
            return head.anchor is not None and one.tag == "article"
        container = one.parent
    return False


def _marks(marks: list[Mark], structure: Structure, head: Head) -> Iterator[Mark]:
    """Return the marks in the head of the article."""
    count = 0
    for mark in marks:
        if mark.block >= head.end or count >= MAX_MARKS:
            break
        if mark.block >= head.start and not _is_outside(structure, mark.container, head, mark.block):
            count += 1
            yield mark


def _authors(element: HtmlElement, line: str) -> list[NamedAuthor]:
    links = [
        (_line(link), link.get("href"))
        for link in islice(element.iter("a"), MAX_LINKS)
        if _PROFILE.search(_about(link, "href"))
    ]
    named = [
        NamedAuthor(name, url if url and url.startswith("http") else None)
        for name, url in links
        if 4 <= len(name) <= 60
    ]
    return named or [NamedAuthor(line)]


def _read_times(structure: Structure, head: Head, seen: Visible) -> None:
    """Read ``<time>`` in the head: first those marked as publication, then the others in order."""
    ranked: list[tuple[int, str]] = []
    for mark in islice(_marks(structure.times, structure, head), 20):
        element = mark.element
        line = _line(element, max_chars=100)
        value = (element.get("datetime") or "").strip()[:100] or line
        about = _about(element, "class", "itemprop", "data-testid").lower()
        if not value:
            continue
        is_published = element.get("pubdate") is not None or "publish" in about
        if not is_published and ("updat" in about or "modif" in about or _is_update(structure, mark.block, line)):
            seen.modified.append(value)
        else:
            ranked.append((0 if is_published else 1, value))
    seen.times = [value for _, value in sorted(ranked, key=lambda pair: pair[0])]


def _is_update(structure: Structure, block: int, line: str) -> bool:
    """Return whether what stands before a line in its block, or is the block before, labels it as that of a change."""
    if block >= len(structure.blocks) or not line:
        return False
    before, found, _ = structure.blocks[block].text[:1_000].partition(line)
    if found and not before.strip() and block > 0:
        before = structure.blocks[block - 1].text
        before = before if len(before) <= 40 else ""
    return bool(found) and is_update(before)


def _read_dates(structure: Structure, head: Head, seen: Visible, language: str | None) -> None:
    """Read the dates in marked elements of the head, then those of its short lines."""
    lines = [
        _line(mark.element, max_chars=_MAX_DATE_LINE)
        for mark in islice(_marks([mark for mark in structure.marks if mark.own & _DATE], structure, head), 10)
    ]
    marked = {line for line in lines if line}
    for number in range(head.start, head.end):
        block = structure.blocks[number]
        is_line = 8 <= len(block.text) <= _MAX_DATE_LINE and number != head.anchor
        if is_line and not _is_outside(structure, block.container, head, number):
            lines.append(block.text)
    for line in dict.fromkeys(lines):
        if not 6 <= len(line) <= _MAX_DATE_LINE:
            continue
        for date in find_dates(line, language=language):
            odd = len(line[: date.start].split()) + len(line[date.end :].split())
            if line not in marked and odd > _MAX_ODD_WORDS:
                continue
            (seen.modified if date.is_update else seen.dates).append(date.raw)


def _read_subheadline(structure: Structure, head: Head) -> str | None:
    for mark in _marks([mark for mark in structure.marks if mark.own & _SUBHEADLINE], structure, head):
        if mark.element.tag in _SUBHEADLINE_TAGS:
            line = _line(mark.element)
            if 20 <= len(line) <= 500:
                return line
    return None


def _read_bylines(structure: Structure, head: Head, seen: Visible) -> None:
    marks = [mark for mark in structure.marks if mark.own & _BYLINE]
    for mark in _marks(marks, structure, head):
        line = _line(mark.element)
        if 4 <= len(line) <= 150 and line not in seen.bylines:
            seen.bylines.append(line)
            seen.authors.append(_authors(mark.element, line))
        if len(seen.bylines) >= 3:
            break


def read_visible(tree: HtmlElement, structure: Structure, titles: list[str], *, language: str | None = None) -> Visible:
    """Read what the head of the article on a page shows.

    Args:
        tree: of the page.
        structure: of the same page.
        titles: what the page calls itself, to find its headline.
        language: BCP 47 tag of the page.
    """
    seen = Visible()
    head = find_head(structure, titles)
    _read_times(structure, head, seen)
    _read_dates(structure, head, seen, language)
    seen.subheadline = _read_subheadline(structure, head)
    _read_bylines(structure, head, seen)
    for element in tree.iter("a", "link"):
        if "license" in (element.get("rel") or "")[:_ABOUT_CHARS].lower().split() and element.get("href"):
            seen.license = str(element.get("href")).strip()
            break
    return seen
