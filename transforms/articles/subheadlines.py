"""The subheadline: what stands below the headline and sums the article up."""

from collections.abc import Sequence
from itertools import islice

from transforms.articles.blocks import Structure, containers_around, is_paragraph
from transforms.articles.byline_openings import is_byline
from transforms.articles.dates_in_lines import is_published, is_update, may_hold_date
from transforms.articles.folding import letters
from transforms.articles.heads import MIN_LEAD, Head, is_outside, marks_in
from transforms.articles.name_forms import is_person
from transforms.articles.page_elements import visible_words
from transforms.articles.roles import Role
from transforms.articles.visible_dates import MAX_DATE_LINE, dates_alone, is_mostly_date

_MAX_BOX_BLOCKS = 12
"""Blocks of a box around headline and subheadline: with byline, date and buttons."""

_LEAST_LINE = 40
"""Code points of the shortest subheadline that nothing marks."""

_LEAST_TEXT = 80
"""Code points of a paragraph with which the box around the headline is not a box of its own, but holds the text."""

_LEAST_HEADING, _MAX_SUBHEADLINE = 30, 300
"""Code points of a heading below the headline that is a subheadline."""

_MAX_DECK = 500
"""Code points of the longest subheadline that the markup names."""

_MAX_BETWEEN = 4
"""Blocks between the headline and the line that its class calls a summary: kicker, byline, date."""

_MAX_LINE = 500
"""Code points of an element that are read."""

_DATE, _SUBHEADLINE = int(Role.DATE), int(Role.SUBHEADLINE)
_BODY, _BYLINE, _SUMMARY = int(Role.BODY), int(Role.BYLINE), int(Role.SUMMARY)

_NO_LINE = int(
    Role.BYLINE
    | Role.DATE
    | Role.COMMENT
    | Role.RELATED
    | Role.ADVERTISEMENT
    | Role.NEWSLETTER
    | Role.CAPTION
    | Role.BIOGRAPHY
    | Role.FIGURE
    | Role.NAVIGATION
    | Role.DIALOG
    | Role.HIDDEN
)

_SUBHEADLINE_TAGS = frozenset(("p", "h2", "h3", "h4", "div", "span", "strong", "em"))


def read_subheadline(
    structure: Structure, head: Head, titles: list[str], decks: Sequence[str], language: str | None
) -> str | None:
    """Read the subheadline: what is marked as one, or declared as another headline and shown below the first."""
    for mark in marks_in([mark for mark in structure.marks if mark.own & _SUBHEADLINE], structure, head):
        if mark.element.tag in _SUBHEADLINE_TAGS:
            line = visible_words(mark.element, max_chars=_MAX_LINE)
            if 20 <= len(line) <= _MAX_DECK and not is_mostly_date(line, language):
                return line
    if decks and head.anchor is not None:
        keys = {letters(deck[:1_000]) for deck in decks} - {letters(title[:1_000]) for title in titles}
        for block in structure.blocks[head.anchor + 1 : min(head.anchor + 1 + _MAX_BETWEEN, head.end)]:
            if len(block.text) <= _MAX_DECK and letters(block.text) in keys:
                return block.text
    return _find_line_below(structure, head, titles)


def _find_line_below(structure: Structure, head: Head, titles: list[str]) -> str | None:
    """Return the line that follows the headline in a box of its own, which holds no paragraph of the text."""
    if head.anchor is None or head.anchor + 1 >= len(structure.blocks):
        return None
    number = head.anchor + 1
    block = structure.blocks[number]
    keys = {letters(title[:1_000]) for title in titles}
    if block.level > 1 and letters(block.text) not in keys and _is_above_byline(structure, head, number):
        return block.text
    summary = _find_summary(structure, head)
    if summary is not None:
        return summary if letters(summary) not in keys else None
    box = next((one for one in containers_around(structure, block.container) if head.is_inside(one)), None)
    if box is None or box.end - box.start > _MAX_BOX_BLOCKS or box.own & _BODY:
        return None
    is_line = (
        _LEAST_LINE <= len(block.text) < MIN_LEAD
        and block.kind in ("heading", "paragraph")
        and block.level != 1
        and not block.link_chars
        and not block.roles & _NO_LINE
        and not is_byline(block.text)
        and not may_hold_date(block.text)
        and not (is_published(block.text) or is_update(block.text))
        and letters(block.text) not in keys
        and not is_outside(structure, block.container, head, number)
    )
    beside = (one for place, one in enumerate(structure.blocks[box.start : box.end], box.start) if place != number)
    has_text = any(len(one.text) >= _LEAST_TEXT and not one.level and one.kind == "paragraph" for one in beside)
    return block.text if is_line and not has_text else None


def _find_summary(structure: Structure, head: Head) -> str | None:
    """Return the line between headline and text whose class calls it a summary, lead or intro; a lead is longer."""
    start = (head.anchor or 0) + 1
    for number in range(start, min(start + _MAX_BETWEEN, head.end)):
        block = structure.blocks[number]
        if is_paragraph(block):
            break
        is_marked = any(
            one.own & _SUMMARY and one.end - one.start <= 1
            for one in islice(containers_around(structure, block.container), 2)
        )
        if (
            is_marked
            and _LEAST_LINE <= len(block.text) < MIN_LEAD
            and block.kind in ("heading", "paragraph")
            and not block.link_chars
            and not block.roles & _NO_LINE
            and not is_outside(structure, block.container, head, number)
        ):
            return block.text
    return None


def _is_above_byline(structure: Structure, head: Head, number: int) -> bool:
    """Return whether a heading right below the headline stands above the byline or date: then it heads no section."""
    block = structure.blocks[number]
    if not _LEAST_HEADING <= len(block.text) <= _MAX_SUBHEADLINE or block.link_chars or block.roles & _NO_LINE:
        return False
    if number + 1 >= len(structure.blocks) or is_outside(structure, block.container, head, number):
        return False
    if is_mostly_date(block.text, None):
        return False
    after = structure.blocks[number + 1]
    is_line = len(after.text) <= MAX_DATE_LINE and not after.level
    return is_line and bool(
        after.roles & (_BYLINE | _DATE) or is_byline(after.text) or is_person(after.text) or dates_alone(after, None)
    )
