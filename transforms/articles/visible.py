"""What the visible parts of a page say around the text: headings, subheadline, bylines, dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.blocks import Block, Container, Mark, Role, Structure
from transforms.articles.clean import letters
from transforms.articles.dates import DateInLine, find_dates, is_label, is_published, is_update
from transforms.articles.facts import NamedAuthor
from transforms.articles.names import is_byline

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

_PARAGRAPHS = 3
"""The head of an article ends before so many long paragraphs after its headline: a subheadline may be one of them."""

_MAX_DATE_LINE = 160
_MAX_TAIL = 80
"""Code points of a line with a date that stands below the text."""

_MAX_DAYS = 2
"""Most days that the head of an article names; more are a list, as of events or articles."""

_SEPARATOR = re.compile(r"\s*[|•·・⋅∙●│∣/]\s*|\s+[–—-]\s+|\s*[,;]\s+|\s{2,}")

_PROFILE = re.compile(
    r"author|autor|/people/|/person/|/by/|/team/|/staff/|/profile|/journalist|/redakt|/users?/|/contributor", re.I
)
_BYLINE, _DATE, _SUBHEADLINE = int(Role.BYLINE), int(Role.DATE), int(Role.SUBHEADLINE)
_OUTSIDE = int(Role.NAVIGATION | Role.COMMENT | Role.DIALOG)
_CARD = int(Role.RELATED)
_ARTICLE = int(Role.ARTICLE | Role.MAIN | Role.BODY)
_MASTHEAD = int(Role.HEADER)
_OUTSIDE_TAGS = frozenset(("aside", "nav", "form"))
_BOTTOM_TAGS = frozenset(("footer",))
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

    Its headline is the heading of the highest level, the first of those, that agrees with a title of the page; else
    the first h1.

    Args:
        structure: of the page.
        titles: what the page calls itself elsewhere.
    """
    keys = [key for key in (letters(title[:1_000]) for title in titles) if key]
    ranked: list[tuple[int, int]] = []
    for number, block in enumerate(structure.blocks):
        if not block.level:
            continue
        key = letters(block.text[:1_000])
        agrees = len(key) > 8 and any(
            title.startswith(key) or (len(title) > 15 and (key.endswith(title) or key.startswith(title)))
            for title in keys
        )
        if agrees and block.level == 1:
            ranked = [(0, number)]
            break
        if agrees or block.level == 1:
            ranked.append((block.level if agrees else 10, number))
    anchor = min(ranked)[1] if ranked else None
    start, end, long = max(0, (anchor or 0) - _BEFORE), (anchor + 1 if anchor is not None else 0), 0
    last = min(len(structure.blocks), end + _AFTER)
    while end < last:
        long += _is_paragraph(structure.blocks[end])
        if long == _PARAGRAPHS:
            break
        end += 1
    return Head(anchor, start, end)


def _is_paragraph(block: Block) -> bool:
    return block.level == 0 and len(block.text) >= _LONG and 3 * block.link_chars < len(block.text)


def _is_outside(structure: Structure, container: int, head: Head, block: int) -> bool:
    """Return whether a container is of something beside the article: then it does not hold the headline.

    A box of teasers holds headings or links; words such as "card" or "more" alone do not make one. The masthead of the
    site stands before the headline and outside the main element.
    """
    containers, anchor = structure.containers, head.anchor
    is_masthead = False
    while container > 0:
        one = containers[container]
        if anchor is not None and one.start <= anchor < one.end:
            return is_masthead and not one.roles & _ARTICLE
        if one.tag in _OUTSIDE_TAGS or one.own & _OUTSIDE or (one.own & _CARD and _is_teaser(structure, one)):
            return True
        if anchor is not None and block < anchor and one.own & _MASTHEAD:
            is_masthead = True
        if one.tag in ("article", "main"):  # a headline may stand before its article; a teaser ends within the head
            return one.tag == "article" and anchor is not None and not one.start <= head.end < one.end
        container = one.parent
    return is_masthead


def _is_teaser(structure: Structure, container: Container) -> bool:
    """Return whether a container holds a heading, or a link of several words."""
    blocks = structure.blocks[container.start : min(container.end, container.start + 20)]
    return any(block.level or (block.link_chars >= 25 and 2 * block.link_chars > len(block.text)) for block in blocks)


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
        dates = find_dates(line)
        is_labelled = any(date.is_update for date in dates[:1])
        has_label = element.get("pubdate") is not None or "publish" in about
        is_changed = is_labelled or "updat" in about or "modif" in about or _is_update(structure, mark.block, line)
        if is_changed and not has_label:
            seen.modified.append(value)
        else:
            ranked.append((0 if has_label else 1, value))
    if len({value[:10] for _, value in ranked}) <= _MAX_DAYS:
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
    """Read the dates in marked elements of the head, then those of its lines that hold little else."""
    marked = [mark for mark in structure.marks if mark.own & _DATE]
    lines = [_line(mark.element, max_chars=_MAX_DATE_LINE) for mark in islice(_marks(marked, structure, head), 10)]
    found = [
        date
        for line in dict.fromkeys(lines)
        if 6 <= len(line) <= _MAX_DATE_LINE
        for date in find_dates(line, language=language)
    ]
    _add_dates(found, seen)
    found = []
    for number in range(head.start, head.end):
        block = structure.blocks[number]
        is_line = (
            8 <= len(block.text) <= _MAX_DATE_LINE
            and block.kind != "caption"
            and number != head.anchor
            and block.level not in (1, 2)
        )
        if is_line and not _is_outside(structure, block.container, head, number):
            found += [date for date in find_dates(block.text, language=language) if _is_alone(block.text, date)]
    _add_dates(found, seen)
    if not seen.dates and not seen.times and not seen.modified:
        _read_tail(structure, head, seen, language)


def _add_dates(dates: list[DateInLine], seen: Visible) -> None:
    """Add dates, unless they are of so many days that they are those of a list."""
    if len({date.raw for date in dates if not date.is_update}) <= _MAX_DAYS:
        for date in dates:
            (seen.modified if date.is_update else seen.dates).append(date.raw)


def _is_alone(line: str, date: DateInLine) -> bool:
    """Return whether nothing but labels stands beside a date, up to the next separator, or the line is a byline."""
    before = _SEPARATOR.split(line[: date.start])[-1]
    after = _SEPARATOR.split(line[date.end :], maxsplit=1)[0]
    words = after.split()
    return is_byline(line) or (is_label(before) and (len(words) <= 3 or is_label(words[0])))


def _read_tail(structure: Structure, head: Head, seen: Visible, language: str | None) -> None:
    """Read the date of publication below the text, where a label says that it is one."""
    if head.anchor is None:
        return
    found: list[str] = []
    for number in range(head.end, len(structure.blocks)):
        block = structure.blocks[number]
        if not 8 <= len(block.text) <= _MAX_TAIL or block.level:
            continue
        for date in find_dates(block.text, language=language):
            before = block.text[: date.start]
            is_said = not date.is_update and is_published(before) and is_label(before)
            if is_said and not _is_outside(structure, block.container, head, number):
                found.append(date.raw)
    if len(set(found)) == 1:
        seen.dates.append(found[0])


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
