"""The dates that a page shows around the text of its article."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as day
from itertools import islice

from lxml.html import HtmlElement

from transforms.articles.agencies import is_agency
from transforms.articles.blocks import Block, Mark, Structure, containers_around, split_at_seams
from transforms.articles.byline_openings import is_byline, is_sure_opening
from transforms.articles.dates import parse_date
from transforms.articles.dates_in_lines import DateInLine, find_dates, is_label, is_published, is_update, may_hold_date
from transforms.articles.folding import letters
from transforms.articles.heads import Head, is_outside, marks_in
from transforms.articles.name_forms import (
    is_faceless,
    is_nobody,
    is_office_line,
    is_organization,
    is_person,
    without_host,
)
from transforms.articles.page_elements import visible_words
from transforms.articles.roles import Role
from transforms.characters import is_wide

_ABOUT_CHARS = 300
"""Code points of a class or other attribute that are read."""

MAX_DATE_LINE = 160
"""Code points of a line that is read as one of a date."""

_MOST_BESIDE = 20
"""Letters that a line of a date has beside it."""

_MAX_DATE_MARKS = 10

_MAX_TAIL = 80
"""Code points of a line with a date that stands below the text."""

_MAX_SENTENCE = 400
"""The same of a sentence in an element that holds the metadata of an entry."""

_ENTRY_DATA = re.compile(r"(?:post|entry)[-_]?(?:meta|info|data|foot|utility)", re.IGNORECASE)

_NEAR_WORDS = 4
"""Words before and behind a date in such a sentence that may say what it is the date of."""

_MAX_LABEL = 40
"""Code points of the line above a date that is read as its label."""

_MAX_TRIED = 100
"""Lines below the text that are read for a date."""

_MAX_DAYS = 2
"""Most days that the head of an article names; more belong to a list of events or articles."""

_SEPARATOR = re.compile(r"\s*[|•·・⋅∙●│∣/]\s*|\s+[–—-]\s+|\s*[,;]\s+|\s{2,}")

_ZONE = re.compile(r"\s?\([A-Z]{2,5}\)\s")
"""A zone whose name has several meanings, behind a date."""

_DATE, _BYLINE = int(Role.DATE), int(Role.BYLINE)

_DATE_ATTRIBUTES = ("datetime", "title", "content", "data-datetime", "data-date", "data-time", "data-timestamp")
"""Attributes of an element that is marked as a date, which may have it for machines."""

_MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|(?:\d{10}|\d{13})$")

_STAMPS = frozenset(("published", "dt-published", "pubdate", "published-date", "entry-date"))
"""Classes of hAtom, its successors and WordPress that mark a date of publication."""

_ENTRIES = frozenset(("hentry", "h-entry"))

_MAX_STAMPS = 50

_OUTSIDE = int(Role.COMMENT | Role.RELATED)

_FIELD = re.compile(r"\w{1,12}[:：]")
"""The label of what stands beside the date: its source, its author."""

_LONGEST_REST = 20
"""Code points of what may stand behind a date in Han or kana, where no blanks set words apart."""

_MAX_SOURCE = 20
"""Code points of a source in Han that stands before the date."""

_MOST_FIELDS = 8
"""Words behind a date that may be a newspaper, a reporter and what is counted."""

_FIGURE = int(Role.FIGURE)

_Placed = tuple[int, DateInLine]
"""A date, and the block that it stands in."""


@dataclass(slots=True)
class VisibleDates:
    """The dates that a reader sees around the text."""

    dates: list[str] = field(default_factory=list)
    """Dates of publication in lines of the head."""
    times: list[str] = field(default_factory=list)
    """The same of ``<time>``."""
    modified: list[str] = field(default_factory=list)
    """Dates that are labelled as those of a change."""


def _about(element: HtmlElement, *names: str) -> str:
    return " ".join((element.get(name) or "")[:_ABOUT_CHARS] for name in names)


def _read_times(structure: Structure, head: Head, seen: VisibleDates) -> None:
    """Read ``<time>`` in the head: first those marked as publication, then the others in order."""
    ranked: list[tuple[int, str]] = []
    for mark in islice(marks_in(structure.times, structure, head), 20):
        element = mark.element
        line = visible_words(element, max_chars=100)
        value = (element.get("datetime") or "").strip()[:100] or _machine_date(element) or line
        about = _about(element, "class", "itemprop", "data-testid").lower()
        if not value:
            continue
        dates = find_dates(line)
        is_labelled = any(date.is_update for date in dates[:1])
        is_property = (element.get("itemprop") or "")[:_ABOUT_CHARS].lower() == "datemodified"
        has_label = element.get("pubdate") is not None or (
            ("publish" in about or "entry-date" in about) and not is_property  # WordPress: "entry-date updated"
        )
        if is_labelled or (
            not has_label and ("updat" in about or "modif" in about or _is_update(structure, mark.block, line))
        ):
            seen.modified.append(value)
        else:
            ranked.append((0 if has_label else 1, value))
    if len({value[:10] for _, value in ranked}) <= _MAX_DAYS:
        seen.times = [value for _, value in sorted(ranked, key=lambda pair: pair[0])]


def _date_marks(structure: Structure, head: Head) -> Iterator[Mark]:
    """Return the first elements of the head that their class marks as dates."""
    marked = [mark for mark in structure.marks if mark.own & _DATE]
    return islice(marks_in(marked, structure, head), _MAX_DATE_MARKS)


def _read_attributes(structure: Structure, head: Head, seen: VisibleDates, language: str | None) -> None:
    """Read what marked elements of the head have for machines, as for scripts that write "2 days ago"."""
    found: dict[str, None] = {}
    for mark in _date_marks(structure, head):
        element = mark.element
        value = _machine_date(element)
        line = visible_words(element, max_chars=100)
        if not value or is_update(_about(element, "class")) or _is_update(structure, mark.block, line):
            continue
        shown = find_dates(line, language=language)
        parsed, own = parse_date(value), [parse_date(date.raw, language=language) for date in shown]
        if any(date.is_update for date in shown) or any(one and parsed and one.day != parsed.day for one in own):
            continue
        found[value] = None
    if len(found) == 1:
        seen.times = list(found)


def _machine_date(element: HtmlElement) -> str:
    """Return the attribute of an element that has a date as programs write it; empty where none has."""
    values = ((element.get(name) or "").strip()[:100] for name in _DATE_ATTRIBUTES)
    return next((value for value in values if _MACHINE_DATE.match(value) and parse_date(value) is not None), "")


def _is_update(structure: Structure, block: int, line: str) -> bool:
    """Return whether what stands before a line in its block, or is the block before, labels it as that of a change."""
    if block >= len(structure.blocks) or not line:
        return False
    before, found, _ = structure.blocks[block].text[:1_000].partition(line)
    if found and not before.strip() and block > 0:
        before = _label_above(structure, block)
    return bool(found) and is_update(before)


def _read_dates(structure: Structure, head: Head, seen: VisibleDates, language: str | None) -> None:
    """Read the dates in marked elements of the head, then those of its lines that hold little else."""
    lines: list[str] = []
    marked: list[_Placed] = []
    for mark in _date_marks(structure, head):
        line = visible_words(mark.element, max_chars=MAX_DATE_LINE)
        if 6 <= len(line) <= MAX_DATE_LINE and line not in lines:
            is_link = mark.element.tag == "a"  # it may be of a document that is dated: "Report of 3 May 2024"
            dates = dates_alone(Block(line), language) if is_link else find_dates(line, language=language)
            marked += [(mark.block, date) for date in dates]
        lines.append(line)
    seen_lines = set(lines)
    found: list[_Placed] = []
    for number in range(head.start, head.end):
        block = structure.blocks[number]
        is_line = (
            8 <= len(block.text) <= MAX_DATE_LINE
            and number != head.anchor
            and not (block.kind == "caption" and (block.roles & _FIGURE or block.tag == "figcaption"))
            and (block.level not in (1, 2) or _is_bare_date(block.text, language))
        )
        if is_line and block.text not in seen_lines and not is_outside(structure, block.container, head, number):
            found += [(number, date) for date in dates_alone(block, language)]
    last = _last_day_below([*marked, *found], head, language)
    for placed in (marked, found):
        _add_dates([date for place, date in placed if not _is_of_visit(place, date, head, last, language)], seen)
    if not seen.dates and not seen.times:
        _read_tail(structure, head, seen, language)


def _is_bare_date(line: str, language: str | None) -> bool:
    """Return whether a line is a date and nothing else, as the heading above an entry may be."""
    dates = find_dates(line, language=language)
    return len(dates) == 1 and letters(dates[0].raw) == letters(line)


def _last_day_below(dates: list[_Placed], head: Head, language: str | None) -> day | None:
    """Return the last day without a label of change from the headline on; None where there is none, or no headline."""
    below = (date for place, date in dates if head.anchor is not None and place >= head.anchor and not date.is_update)
    return max((found.day for date in below if (found := parse_date(date.raw, language=language))), default=None)


def _is_of_visit(place: int, date: DateInLine, head: Head, last: day | None, language: str | None) -> bool:
    """Return whether a date is the day of the visit, as the top of a page has it: above the headline, and later.

    Args:
        place: its block.
        date: the date.
        head: of the article.
        last: the last day from the headline on.
        language: BCP 47 tag of the page.
    """
    if last is None or head.anchor is None or place >= head.anchor - 1 or date.is_published or date.is_update:
        return False
    found = parse_date(date.raw, language=language)
    return found is not None and found.day > last


def _add_dates(dates: list[DateInLine], seen: VisibleDates) -> None:
    """Add dates; of so many days that they are those of a list, only those with a label that says what they are."""
    if len({date.raw for date in dates if not date.is_update}) > _MAX_DAYS:
        dates = [date for date in dates if date.is_update or date.is_published]
        if len({date.raw for date in dates if not date.is_update}) > _MAX_DAYS:
            return
    for date in dates:
        (seen.modified if date.is_update else seen.dates).append(date.raw)


def is_mostly_date(line: str, language: str | None) -> bool:
    """Return whether a line holds a date and little else: its label, a name."""
    dates = find_dates(line, language=language) if may_hold_date(line) else []
    return bool(dates) and len(letters(line)) - sum(len(letters(date.raw)) for date in dates) <= _MOST_BESIDE


def dates_alone(block: Block, language: str | None) -> list[DateInLine]:
    """Return the dates of a line beside which nothing stands but labels, up to the next separator; all of a byline."""
    line = " | ".join(part.text for part in split_at_seams(block))
    dates = find_dates(line, language=language)
    if not dates or is_byline(line):
        return dates
    found = []
    for place, date in enumerate(dates):
        since = dates[place - 1].end if place else 0
        until = dates[place + 1].start if place + 1 < len(dates) else len(line)
        fields = _SEPARATOR.split(_ZONE.sub("", line[since : date.start]) if place else line[: date.start])
        before = fields[-1]
        words = _SEPARATOR.split(line[date.end : until], maxsplit=1)[0].split()
        is_known = is_label(before) or _is_name(before) or _is_linked_word(block, before) or _is_office(fields)
        is_rest = (len(words) <= 3 or _is_newspaper_or_counts(words)) and not (
            words and is_wide(words[0][0]) and len(words[0]) > _LONGEST_REST
        )
        if is_known and (is_rest or is_label(words[0]) or _FIELD.match(words[0])):
            found.append(date._replace(raw=date.raw.replace(" | ", " ")) if block.seams else date)
    return found


def _is_newspaper_or_counts(words: list[str]) -> bool:
    """Return whether words behind a date begin with a newspaper in Han, or are labels and the numbers that they count.

    >>> _is_newspaper_or_counts("海州晚报 林晓燕 阅读量：1.2万 评论 3".split())
    True
    >>> _is_newspaper_or_counts(["댓글", "0", "조회수", "12"]), _is_newspaper_or_counts(["다리가", "개통됐다."])
    (True, False)
    """
    if len(words) > _MOST_FIELDS:
        return False
    is_newspaper = is_wide(words[0][0]) and len(words[0]) <= _MAX_SOURCE and is_organization(words[0])
    return is_newspaper or all(word[0].isdigit() or is_nobody(word) for word in words)


def _is_office(fields: list[str]) -> bool:
    """Return whether the last of some fields is the office of the person whom the one before names."""
    return len(fields) > 1 and is_office_line(fields[-1].strip()) and is_person(fields[-2].strip())


def _is_linked_word(block: Block, words: str) -> bool:
    """Return whether what begins a line is one word that is a link, such as a user or a section: "jroe 3 May 2024"."""
    word = words.strip()
    return (
        bool(word)
        and " " not in word
        and any(block.text[:end] == word for start, end, _ in block.links[:1] if not start)
    )


def _is_name(words: str) -> bool:
    """Return whether what stands before a date names a person or agency: "Jane Roe 3 May 2024", "dpa am 03.05.2024".

    In Han, a newspaper counts, too: "海州晚报 2024-05-03"; anywhere, the address of a site: "ellery.com 2024-05-03".
    """
    parts = words.split()
    while parts and is_label(parts[-1]):
        parts.pop()
    name = " ".join(parts)
    if len(parts) == 1 and not without_host(name):
        return True
    is_source = bool(parts) and is_wide(parts[-1][0]) and len(name) <= _MAX_SOURCE and is_organization(parts[-1])
    return is_source or (bool(name) and (is_faceless(name) or is_agency(name) or is_person(name)))


def _read_tail(structure: Structure, head: Head, seen: VisibleDates, language: str | None) -> None:
    """Read the date of publication below the text, where a label says that it is one."""
    if head.anchor is None:
        return
    found: list[str] = []
    tried = 0
    for number in range(head.end, len(structure.blocks)):
        block = structure.blocks[number]
        size = len(block.text)
        if not 8 <= size <= _MAX_SENTENCE or block.level or not may_hold_date(block.text):
            continue
        is_sentence = size > _MAX_TAIL
        if is_sentence and not _is_entry_data(structure, block):
            continue
        tried += 1
        if tried > _MAX_TRIED:
            break
        for date in find_dates(block.text, language=language):
            before = block.text[: date.start] or _label_above(structure, number)
            if is_sentence:
                behind = block.text[date.end :].split()[:_NEAR_WORDS]
                is_said = is_published(before) or is_published(" ".join(behind))
            else:
                is_said = is_published(before) and (is_label(before) or is_sure_opening(before))
            if is_said and not date.is_update and not is_outside(structure, block.container, head, number):
                found.append(date.raw)
    if len(set(found)) == 1:
        seen.dates.append(found[0])


def _is_entry_data(structure: Structure, block: Block) -> bool:
    """Return whether a block stands in an element that holds the metadata of an entry, as weblogs have it."""
    around = islice(containers_around(structure, block.container), 2)
    return any(_ENTRY_DATA.search(one.name[:_ABOUT_CHARS]) for one in around)


def _read_stamps(structure: Structure, head: Head) -> list[str]:
    """Return the machine-readable date of publication below the text, as in the foot of an ``<article>``.

    Its class says that it is one. The article must hold the headline, too, so that it is not a date of another's.
    """
    found: dict[str, None] = {}
    below = [mark for mark in structure.times if mark.block >= head.near]
    below += [mark for mark in structure.marks if mark.element.tag == "abbr" and mark.block >= head.near]
    for mark in below[:_MAX_STAMPS]:
        value = mark.element.get("datetime") or (mark.element.get("title") if mark.element.tag == "abbr" else None)
        about = _about(mark.element, "class", "itemprop").lower().replace("datepublished", "published").split()
        if value and _STAMPS.intersection(about) and is_of_article(structure, mark.container, head):
            found[value.strip()[:100]] = None
    return list(found) if len(found) == 1 else []


def _read_beside_byline(structure: Structure, head: Head) -> list[str]:
    """Return the machine-readable date beside the byline below the text.

    It stands in the article that holds the headline, or in the line of the byline. One that is labelled as that of a
    change is none, nor is one of several.
    """
    bylines = {mark.block for mark in structure.marks if mark.own & _BYLINE and mark.block >= head.near}
    below = (mark for mark in structure.times if mark.block >= head.near) if bylines else ()
    found: dict[str, None] = {}
    for mark in islice(below, _MAX_STAMPS):
        value = _machine_date(mark.element)
        is_beside = not bylines.isdisjoint((mark.block - 1, mark.block + 1))
        is_own = is_beside and is_of_article(structure, mark.container, head)
        if mark.block in bylines:
            is_own = not is_outside(structure, mark.container, head, mark.block)
        if value and is_own:
            line = visible_words(mark.element, max_chars=100)
            about = _about(mark.element, "class", "itemprop")
            if not is_update(about) and not _is_update(structure, mark.block, line) and "modif" not in about.lower():
                found[value] = None
    return list(found) if len(found) == 1 else []


def is_of_article(structure: Structure, place: int, head: Head) -> bool:
    """Return whether the innermost article around a container holds the headline, and nothing but an article does."""
    for one in containers_around(structure, place):
        if one.tag == "article" or _ENTRIES.intersection(one.name.split()):
            return head.is_inside(one)
        if one.own & _OUTSIDE:
            return False
    return False


def _label_above(structure: Structure, number: int) -> str:
    """Return the short line above a block, such as "Published"; empty where there is none."""
    above = structure.blocks[number - 1].text if number else ""
    return above if len(above) <= _MAX_LABEL else ""


def read_visible_dates(structure: Structure, head: Head, language: str | None) -> VisibleDates:
    """Read the dates in the head of an article, and those below its text that a label or class explains.

    Args:
        structure: of the page.
        head: of the article.
        language: BCP 47 tag of the page.
    """
    seen = VisibleDates()
    _read_times(structure, head, seen)
    if not seen.times:
        _read_attributes(structure, head, seen, language)
    if not seen.times:
        seen.times = _read_stamps(structure, head)
    _read_dates(structure, head, seen, language)
    if not seen.times and not seen.dates:
        seen.times = _read_beside_byline(structure, head)
    return seen
