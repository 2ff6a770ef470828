"""Dates that lines of a page hold, and what the words beside them say that they are the dates of."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from transforms.articles import calendars, date_words
from transforms.articles.date_reading import (
    DIGIT,
    LETTER,
    MAX_LENGTH,
    OTHER,
    PLAIN_DASHES,
    PLAIN_DIGITS,
    Found,
    ImpossibleError,
    Token,
    fold_date,
    is_day,
    list_tokens,
    meaning_at,
    range_end,
    read_date,
)

_HAS_YEAR = re.compile(
    r"\d(?:\d{3}|\.\s?\d{1,2}\.\s?\d\d|/\d{1,2}/\d\d|年\s?\d)|元年\s?\d|[\u0e01-\u0e4e]\.?\s?[5-9]\d(?!\d)"
)
"""What every line with a date has."""

_MOST_BEFORE_DIGIT = 3
"""Code points of it that may stand before its first digit."""

_HAS_DIGIT = re.compile(r"\d")

_MOST_DATES = 4
"""Dates of one line that are looked at."""

_DAY_FIRST = "en-GB"
"""A language in which either number may stand first in a date, by its rule the day."""

_LONGEST_LABEL = 30

_LEAD_BEHIND = re.compile(r"^\s?[日일号號]?\s?に?")
"""What stands between a date and a label behind it."""

_LONGEST_LEAD = 40
"""Code points from the start of a date in words to its first digit, at most."""


class DateInLine(NamedTuple):
    """A date that a line holds."""

    raw: str
    start: int
    end: int
    is_update: bool
    """A word before it says that something was changed then."""
    is_published: bool = False
    """Words before it say that something was published then."""


def may_hold_date(line: str) -> bool:
    """Return whether a line has what every line with a date has; a fast look before :func:`find_dates`."""
    digit = _HAS_DIGIT.search(line)  # most lines have none, and that is seen at once
    if digit is not None and _HAS_YEAR.search(line, max(0, digit.start() - _MOST_BEFORE_DIGIT)) is not None:
        return True
    return calendars.spells_date(line)


def find_dates(line: str, *, language: str | None = None) -> list[DateInLine]:
    """Find the dates in a short line, such as a byline with its date; at most four, the first 240 code points.

    >>> [date.raw for date in find_dates("By Jane Roe | Published May 3, 2024 at 10:00 GMT | 4 min read")]
    ['May 3, 2024 at 10:00 GMT']

    Args:
        line: white space folded.
        language: BCP 47 tag of the page.
    """
    text = line[: 2 * MAX_LENGTH]
    return list(_find_dates(text, language)) if may_hold_date(text) else []


def spot_dates(line: str) -> list[DateInLine]:
    """Find where a line has dates, also those of which nothing says which number is the month.

    >>> [[date.raw for date in find("12/03/2024 | Jane Roe")] for find in (find_dates, spot_dates)]
    [[], ['12/03/2024']]
    """
    return find_dates(line, language=_DAY_FIRST)


def cut_dates(line: str, dates: Sequence[DateInLine]) -> str:
    """Return a line with a bar where each of its dates stands.

    >>> line = "By Jane Roe, May 3, 2024"
    >>> cut_dates(line, find_dates(line))
    'By Jane Roe,  | '
    """
    for date in reversed(dates):
        line = f"{line[: date.start]} | {line[date.end :]}"
    return line


@lru_cache(maxsize=256)  # the lines around a headline are asked for dates and for bylines
def _find_dates(line: str, language: str | None) -> tuple[DateInLine, ...]:
    text = line if line.isascii() else line.translate(PLAIN_DIGITS)
    found: list[DateInLine] = []
    skip_to = 0
    is_skipped = False
    tokens = list_tokens(text, 0)
    for number, (kind, _, start, _) in enumerate(tokens):
        if start < skip_to or kind is OTHER:
            continue
        if kind is LETTER and not (
            calendars.may_open_date(text, start)
            or (_HAS_DIGIT.search(text, start, start + _LONGEST_LEAD) and _opens_date(tokens, number, language))
        ):
            continue
        date = _find_at(text, start, language)
        if date is None:
            continue
        digit = _HAS_DIGIT.search(text, start, date.end)
        lead = text[start : digit.start()] if digit else ""  # "Son" is last in Turkish, and Sunday in German
        label, skip_to = text[skip_to:start], date.end
        is_changed = is_update(lead) or (is_update(label) and not is_published(lead))
        is_skipped = is_skipped or date.day is None
        if date.day is not None:  # not from one day or hour to another
            is_said = is_published(label) or is_published(lead)
            found.append(DateInLine(line[start:skip_to], start, skip_to, is_changed, is_said))
        if len(found) == _MOST_DATES:
            break
    return tuple(found if is_skipped or len(found) == _MOST_DATES else _label_from_behind(text, found))


def _label_from_behind(text: str, found: list[DateInLine]) -> list[DateInLine]:
    """Take the labels behind the dates of a line where its last date has one and its first has none before it.

    >>> [(date.raw, date.is_update) for date in find_dates("2026/3/5公開 2026/3/9更新")]
    [('2026/3/5', False), ('2026/3/9', True)]
    """
    if not found or found[0].is_update or found[0].is_published or not _is_label_behind(text[found[-1].end :]):
        return found
    ends = [*(date.start for date in found[1:]), len(text)]
    labels = [_LEAD_BEHIND.sub("", text[date.end : end]) for date, end in zip(found, ends, strict=True)]
    return [
        date._replace(is_update=is_update(label), is_published=is_published(label))
        for date, label in zip(found, labels, strict=True)
    ]


def _is_label_behind(words: str) -> bool:
    """Return whether words that end a line say nothing but that something was published or changed."""
    label = _LEAD_BEHIND.sub("", words)
    if any(map(str.isdigit, label)):
        return False  # "3 May 2026, 6:45 | Updated 9:10": what follows the label is its own
    return len(label) <= _LONGEST_LABEL and is_label(label) and (is_update(label) or is_published(label))


def _opens_date(tokens: Sequence[Token], number: int, language: str | None) -> bool:
    """Return whether a date in words may begin at a word: at a month, or at a weekday with no other word behind it.

    Some names are also short for a weekday: Ravi is Sunday.
    """
    month, is_weekday, skip_to = meaning_at(tokens, number, language, True)
    if month is not None or not is_weekday:
        return month is not None
    for place, (kind, word, start, _) in enumerate(tokens[number:], number):
        if kind is DIGIT:
            return True
        if kind is LETTER and start >= skip_to and not (date_words.is_label(word) or date_words.is_join(word)):
            month, is_weekday, skip_to = meaning_at(tokens, place, language, True)
            if month is None and not is_weekday:
                return False
    return False


def _find_at(text: str, start: int, language: str | None) -> Found | None:
    """Find the date that begins at a place; one without a day where it is the first of two days."""
    if start and (text[start - 1].isdigit() or text[start - 1] in "/-$€£#"):
        return None
    window = text[start : start + MAX_LENGTH]
    if not window.isascii() and fold_date(window) != window:
        window = window.translate(PLAIN_DASHES)
    try:
        date = read_date(window, language)
        if date is None or date.day is None or not is_day(date.day):
            return None
        until = range_end(window, date, language)
        if until is not None:
            return Found(None, None, start + until)
        if date.clock is not None and date.clock.is_span:  # the hours of an event
            return Found(None, None, start + date.end)
        if " - " in window[: date.end] and window[:4].isdigit():
            return None  # "2025 - Jan. 7"
    except ImpossibleError:
        return None
    return date._replace(end=start + date.end)


def is_update(label: str) -> bool:
    """Return whether the words before a date say that it is that of a change, and none behind them of publication.

    >>> is_update("Published 3 May, last updated"), is_update("Updated 4 May, first published")
    (True, False)
    """
    for word in reversed(date_words.folded(label[-80:]).split()):
        if date_words.is_update(word):
            return True
        if date_words.is_publication(word) and not date_words.is_date_noun(word):
            return False  # in "Updated date", the first word says which
    return False


def is_published(label: str) -> bool:
    """Return whether the words before a date say that it is that of publication."""
    return any(date_words.is_publication(word) for word in date_words.folded(label[-80:]).split()[-4:])


def is_label(words: str) -> bool:
    """Return whether words beside a date say nothing but what it is the date of: "Published on", "Updated:"."""
    return all(
        date_words.is_label(word) or date_words.is_join(word) or word.replace("h", "", 1).isdigit()  # "10h20"
        for word in date_words.folded(words[-80:]).split()
    )
