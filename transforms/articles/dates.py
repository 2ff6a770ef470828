"""Dates of publication, read as an instant or a day with no more precision than was written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from transforms.articles import calendars, date_words
from transforms.articles.time_zones import Zone, offset_of, read_zone

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
"""Years that a date of publication may have; what lies outside is a mistake of the page."""

AHEAD = timedelta(days=1)
"""How long after the page was received a date of publication may lie: clocks and zones are set wrongly."""

_NO_DAYS = frozenset({date(1970, 1, 1), date(1900, 1, 1)})
"""What programs write for a date that they do not have."""

_MAX_LENGTH = 120
"""Code points that are read."""

_THAI_YEARS = 50
"""From which on two digits behind a month in Thai are a Buddhist year: 67 is 2567; 24 may be the hour."""

_LETTER, _DIGIT, _OTHER = "letter", "digit", "other"


class _PlainDigits(dict[int, int | str]):
    """A table for str.translate that puts ASCII in place of the digits of all scripts; texts keep their length."""

    def __missing__(self, code: int) -> int | str:
        digit = unicodedata.decimal(chr(code), None)
        return code if digit is None else str(digit)


_DIGITS = _PlainDigits()
_DASHES = str.maketrans(
    {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}  # the wide forms of ASCII
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-")
    | {"\u066b": "."}
)
_EPOCH = re.compile(r"(?:/Date\()?(\d{10}|\d{13})(?:\.\d{1,9})?(?:[+-]\d{4})?(?:\)/)?")
_ISO = re.compile(r"(?P<year>\d{4})(?P<sep>[-/.]|\. )(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)\.?")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[Tt\s]?(?P<hour>[01]\d|2[0-4])(?::?(?P<minute>[0-5]\d)(?::?(?P<second>[0-6]\d)(?:[.,]\d{1,9})?)?)?)?(?!\d)"
)
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<year>\d{4}|\d{2})(?!\d)")
_SHORT_YEARS = {
    ".": frozenset("be bg bs cs da de et fi he hr is ka lb lv mk nb nn no pl ro ru sk sl sr tr uk".split()),
    "/": frozenset("ca el es fr gl it pt vi".split()),
}
"""Languages that write day, month and two digits of the year with dots, and with slashes."""
_HALVES = {"오전": "a", "오후": "p", "上午": "a", "下午": "p", "午前": "a", "午後": "p"}
_HALF = r"\s?(?:(?P<half>[AaPp])\.?\s?[Mm]\b\.?)"
_CLOCK = re.compile(
    rf"(?P<before>{'|'.join(_HALVES)})?\s?(?P<hour>\d{{1,2}})"
    r"(?:(?:[:.]|\s?[hч时時点시]\s?)(?P<minute>\d{2})(?!\d)"
    rf"(?:[:.](?P<second>\d{{2}})(?:[.,:]\d{{1,9}}|\.)?(?!\d))?(?:{_HALF})?"
    rf"|{_HALF.replace('half', 'alone')})"
)
_SPAN = re.compile(r"(?:-\s?|\s-\s)\d{1,2}(?:[:.]\d{2}(?!\d)|\s?[AaPp]\.?[Mm]\b|\s?(?:uhr|h)\b)", re.IGNORECASE)
"""Behind a clock, the hour up to which something lasts; "-05:00" behind a blank is a zone."""
_CLOCK_WORDS = re.compile(r"\s?(?:uhr|uur|h|hs|hrs|horas?|o'clock|분)\b\.?", re.IGNORECASE)
_FIRST_CLOCK = re.compile(r"\d{1,2}(?::\d{2}|\s?[AaPp]\.?[Mm]\b)")
"""A clock where a day could stand as well: 10.30 would be either."""

_INSIDE = " .-'\u2019\u05f3\u05f4\u0970\u0f0b"
"""What may stand inside the name of a month or weekday."""
_BETWEEN = _INSIDE + ",\u060c\u3001/():|\u00b7"
"""What may stand between the parts of a date."""
_BEFORE_CLOCK = _BETWEEN + "_@;\u2022"

_HAS_YEAR = re.compile(
    r"\d(?:\d{3}|\.\s?\d{1,2}\.\s?\d\d|/\d{1,2}/\d\d|年\s?\d)|元年\s?\d|[\u0e01-\u0e4e]\.?\s?[5-9]\d(?!\d)"
)
"""What every line with a date has."""
_MOST_BEFORE_DIGIT = 3
"""Code points of it that may stand before its first digit."""
_HAS_DIGIT = re.compile(r"\d")
_MOST_DATES = 4
"""Dates of one line that are looked at."""
_LONGEST_LABEL = 30
_LEAD_BEHIND = re.compile(r"^\s?[日일号號]?\s?に?")
"""What stands between a date and a label behind it."""
_LONGEST_LEAD = 40
"""Code points from the start of a date in words to its first digit, at most."""

_ASCII_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]")
_Token = tuple[str, str, int, int]
"""Kind, characters, start and end."""


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One date of publication.

    ``at`` is aware UTC: the instant, or midnight of ``day`` where only the day is known.
    ``precision`` is 'instant' or 'day'. ``day`` is the day as written, in the publisher's zone; ``offset`` is that of
    the zone from UTC, as written, of an instant alone.
    """

    at: datetime
    precision: str
    day: date
    offset: timedelta | None = None


class _Clock(NamedTuple):
    hour: int
    minute: int
    second: int
    zone: Zone | None
    is_span: bool = False
    """Another clock follows behind a dash: something lasts from then to then."""


class _Found(NamedTuple):
    """What stands at the start of a text."""

    day: date | None
    """None where the parts make no day."""
    clock: _Clock | None
    end: int


class _ImpossibleError(ValueError):
    """A time that no day has, so that the text is not a date."""


def parse_date(raw: str | None, *, language: str | None = None) -> ParsedDate | None:
    """Read a date strictly: what is impossible, relative or ambiguous is None, never a guess.

    An instant needs a clock time and a zone; without a zone that can be read, the time is not used, since it could be
    any. What follows the date and cannot be read takes nothing away from it. Takes some microseconds, linear in what
    is read: the first 120 code points.

    >>> found = parse_date("2024-05-03T23:30:00-04:00")
    >>> found.at.isoformat(), found.precision, found.day.isoformat()
    ('2024-05-04T03:30:00+00:00', 'instant', '2024-05-03')
    >>> parse_date("2024-05-03 23:30").precision
    'day'
    >>> parse_date("2024-13-45") is None
    True

    Args:
        raw: as published.
        language: BCP 47 tag of the page, for names of months and the order of day and month.
    """
    return _parse(raw[: 2 * _MAX_LENGTH], language) if raw is not None else None


@lru_cache(maxsize=4_096)
def _parse(raw: str, language: str | None) -> ParsedDate | None:
    text = _fold(raw)
    if len(text) < 6:
        return None
    match = _EPOCH.fullmatch(text)
    if match is not None and not _COMPACT.fullmatch(text):
        return _from_epoch(int(match[1]))
    try:
        found = _find(text, language)
        if found is None or found.day is None or _is_range(text, found, language):
            return None
        return _make(found.day, found.clock)
    except _ImpossibleError:
        return None


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
    return digit is not None and _HAS_YEAR.search(line, max(0, digit.start() - _MOST_BEFORE_DIGIT)) is not None


def find_dates(line: str, *, language: str | None = None) -> list[DateInLine]:
    """Find the dates in a short line, such as a byline with its date; at most four, the first 240 code points.

    >>> [date.raw for date in find_dates("By Jane Roe | Published May 3, 2024 at 10:00 GMT | 4 min read")]
    ['May 3, 2024 at 10:00 GMT']

    Args:
        line: white space folded.
        language: BCP 47 tag of the page.
    """
    text = line[: 2 * _MAX_LENGTH]
    return list(_find_dates(text, language)) if may_hold_date(text) else []


@lru_cache(maxsize=256)  # the lines around a headline are asked for dates and for bylines
def _find_dates(line: str, language: str | None) -> tuple[DateInLine, ...]:
    text = line if line.isascii() else line.translate(_DIGITS)
    found: list[DateInLine] = []
    skip_to = 0
    is_skipped = False
    tokens = list(_tokens(text, 0))
    for number, (kind, word, start, _) in enumerate(tokens):
        if start < skip_to or kind is _OTHER:
            continue
        if kind is _LETTER and not (
            _HAS_DIGIT.search(text, start, start + _LONGEST_LEAD)
            and (_opens_date(tokens, number, language) or calendars.may_open_date(word))
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
    return len(label) <= _LONGEST_LABEL and is_label(label) and (is_update(label) or is_published(label))


def _opens_date(tokens: list[_Token], number: int, language: str | None) -> bool:
    """Return whether a date in words may begin at a word: at a month, or at a weekday with no other word behind it.

    Some names are also short for a weekday: Ravi is Sunday.
    """
    month, is_weekday, skip_to = _meaning_at(tokens, number, language, True)
    if month is not None or not is_weekday:
        return month is not None
    for place, (kind, word, start, _) in enumerate(tokens[number:], number):
        if kind is _DIGIT:
            return True
        if kind is _LETTER and start >= skip_to and not (date_words.is_label(word) or date_words.is_join(word)):
            month, is_weekday, skip_to = _meaning_at(tokens, place, language, True)
            if month is None and not is_weekday:
                return False
    return False


def _find_at(text: str, start: int, language: str | None) -> _Found | None:
    """Find the date that begins at a place; one without a day where it is the first of two days."""
    if start and (text[start - 1].isdigit() or text[start - 1] in "/-$€£#"):
        return None
    window = text[start : start + _MAX_LENGTH]
    if not window.isascii() and _fold(window) != window:
        window = window.translate(_DASHES)
    try:
        date = _find(window, language)
        if date is None or date.day is None or not _is_day(date.day):
            return None
        range_end = _range_end(window, date, language)
        if range_end is not None:
            return _Found(None, None, start + range_end)
        if date.clock is not None and date.clock.is_span:  # the hours of an event
            return _Found(None, None, start + date.end)
        if " - " in window[: date.end] and window[:4].isdigit():
            return None  # "2025 - Jan. 7"
    except _ImpossibleError:
        return None
    return date._replace(end=start + date.end)


def is_update(label: str) -> bool:
    """Return whether the words before a date say that it is that of a change, and none behind them of publication.

    >>> is_update("Published 3 May, last updated"), is_update("Updated 4 May, first published")
    (True, False)
    """
    for word in reversed(date_words.fold_word(label[-80:]).split()):
        if date_words.is_update(word):
            return True
        if date_words.is_publication(word):
            return False
    return False


def is_published(label: str) -> bool:
    """Return whether the words before a date say that it is that of publication."""
    return any(date_words.is_publication(word) for word in date_words.fold_word(label[-80:]).split()[-4:])


def is_label(words: str) -> bool:
    """Return whether words beside a date say nothing but what it is the date of: "Published on", "Updated:"."""
    return all(
        date_words.is_label(word) or date_words.is_join(word) or word.isdigit()
        for word in date_words.fold_word(words[-80:]).split()
    )


def is_ahead(found: ParsedDate, received: datetime | None) -> bool:
    """Return whether a date lies over a day after the page was received, and so cannot be that of its publication.

    Args:
        found: the date.
        received: aware UTC; None where it is not known, and any date may be right.
    """
    return received is not None and found.at > received + AHEAD


def warm_up() -> None:
    """Read the tables that the first date in words would read, so that they do not count against one page."""
    date_words.warm_up()


def _fold(raw: str) -> str:
    """Fold a date to one line with plain digits, dashes and blanks; a longer text is cut between two words."""
    text = " ".join(raw[: 2 * _MAX_LENGTH].split())
    if not text.isascii():
        text = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
        text = "".join(char for char in text.translate(_DIGITS) if unicodedata.category(char) != "Cf")
    return text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH].rpartition(" ")[0]


def _from_epoch(value: int) -> ParsedDate | None:
    at = datetime.fromtimestamp(value / 1000 if value >= 10**12 else value, tz=UTC)
    return ParsedDate(at, "instant", at.date()) if _is_day(at.date()) else None


def _is_day(day: date) -> bool:
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR and day not in _NO_DAYS


def _make(day: date, clock: _Clock | None) -> ParsedDate | None:
    if not _is_day(day):
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock is None or clock.zone is None:
        return ParsedDate(midnight, "day", day)
    local = datetime(day.year, day.month, day.day) + timedelta(
        hours=clock.hour, minutes=clock.minute, seconds=min(clock.second, 59)
    )
    east = offset_of(clock.zone, local)
    if east is None:
        return ParsedDate(midnight, "day", day)
    at = (local - east).replace(tzinfo=UTC)
    return ParsedDate(at, "instant", day, east) if at.date() not in _NO_DAYS else None


def _find(text: str, language: str | None, start: int = 0) -> _Found | None:
    """Find the date at the start of a text, behind labels and weekdays, with the clock before, in or after it."""
    at, clock = _skip_lead(text, start, language), None
    if _FIRST_CLOCK.match(text, at):
        clock, start = _read_clock(text, at)
        at = _skip_lead(text, start, language)
    found = (
        _read_other(text, at)
        or _read_iso(text, at, language)
        or _read_numeric(text, at, language)
        or _read_named(text, start, language, is_weekday_first=True)
        or _read_named(text, start, language, is_weekday_first=False)
    )
    if found is None:
        return None
    clock = clock or found.clock
    if clock is None:
        clock, end = _read_clock(text, _skip_joins(text, found.end, language))
        found = found._replace(end=end if clock else found.end)
    return found._replace(clock=clock)


def _is_range(text: str, found: _Found, language: str | None) -> bool:
    """Return whether another date follows behind a dash: then neither is the day of publication."""
    return _range_end(text, found, language) is not None


def _range_end(text: str, found: _Found, language: str | None) -> int | None:
    """Return where the date behind the dash ends; None where none follows, or one with a label of its own."""
    if not text[found.end : found.end + 3].strip().startswith("-"):
        return None
    start = text.index("-", found.end) + 1
    if any(date_words.is_label(chars) for kind, chars, _, _ in islice(_tokens(text, start), 3) if kind is _LETTER):
        return None
    try:
        other = _find(text, language, start)
    except _ImpossibleError:
        return None
    return other.end if other is not None and other.day is not None else None


def _read_other(text: str, at: int) -> _Found | None:
    """Read a date of another calendar, whose months or eras have names of their own."""
    found = calendars.read_other(text, at)
    return _Found(found[0], None, found[1]) if found is not None else None


def _read_iso(text: str, at: int, language: str | None) -> _Found | None:
    """Read ISO 8601, extended and basic, and the near misses seen in feeds."""
    match = _ISO.match(text, at)
    if match is not None:
        day = calendars.make_day(int(match["year"]), int(match["month"]), int(match["day"]), text, language)
        return _Found(day, None, match.end())
    match = _COMPACT.match(text, at)
    if match is None:
        return None
    clock = None
    end = match.end()
    if match["minute"] is not None:
        zone, end = read_zone(text, end)
        clock = _Clock(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), zone)
    return _Found(calendars.day_of(int(match["year"]), int(match["month"]), int(match["day"])), clock, end)


def _read_numeric(text: str, at: int, language: str | None) -> _Found | None:
    match = _NUMERIC.match(text, at)
    if match is None:
        return None
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    tag = (language or "").lower().replace("_", "-")
    if len(match["year"]) == 2:
        if tag.partition("-")[0] not in _SHORT_YEARS.get(match["sep"], ()) or match.start("b") - match.start("sep") > 1:
            return None
        year += 2000 if year < 50 else 1900
    if first == second or first > 12 or match["sep"] == ".":
        return _Found(calendars.make_day(year, second, first, text, language), None, match.end())
    if second > 12 or tag == "en-us":
        return _Found(calendars.day_of(year, first, second), None, match.end())
    if tag and tag not in ("en", "en-ca"):
        return _Found(calendars.make_day(year, second, first, text, language), None, match.end())
    return _Found(None, None, match.end())  # 03/05/2024: March or May, nothing says


def _read_named(text: str, at: int, language: str | None, *, is_weekday_first: bool) -> _Found | None:
    """Read day, month in words and year, in any of the orders of languages; a clock may stand between them.

    Args:
        text: one line.
        at: where reading starts.
        language: BCP 47 tag.
        is_weekday_first: a word that may be either is a weekday: Spanish ``mar``.
    """
    parts: dict[str, int] = {}
    clock: _Clock | None = None
    skip_to = at
    odd_words = 0
    tokens = list(_tokens(text, at))
    for number, (kind, chars, start, end) in enumerate(tokens):
        if start < skip_to:
            continue
        if kind is _OTHER:
            if chars not in _BETWEEN:
                return None
        elif kind is _LETTER:
            month, is_weekday, word_end = _meaning_at(tokens, number, language, is_weekday_first)
            is_suffix = number > 0 and tokens[number - 1][0] is _DIGIT and len(chars) <= 3
            is_again = month is not None and parts.get("month") == month and tokens[number - 1][1] == "/"
            if month is not None and ("month" not in parts or is_again):  # "3 أيار/مايو 2024" names it twice
                parts["month"], skip_to = month, word_end
            elif is_weekday:
                skip_to = word_end
            elif not (is_suffix or date_words.is_join(chars) or (not parts and date_words.is_label(chars))):
                odd_words += 1
                if odd_words > 1 or len(chars) > 12 or (parts and clock is None):
                    return None
        elif clock is None and parts and _FIRST_CLOCK.match(text, start):
            clock, skip_to = _read_clock(text, start)
        else:
            skip_to = _take_number(parts, chars, text, end)
            if not skip_to:
                return None
        if len(parts) == 3:
            if "".join(name[0] for name in parts) not in ("dmy", "mdy", "ymd", "ydm"):
                return None
            day = calendars.make_day(parts["year"], parts["month"], parts["day"], text, language)
            return _Found(day, clock, max(end, skip_to))
    return None


def _take_number(parts: dict[str, int], chars: str, text: str, end: int) -> int:
    """Put one number where it belongs; return the place where reading continues, 0 where it belongs nowhere."""
    value = int(chars) if len(chars) <= 4 else -1
    after = text[end : end + 2].strip()[:1]
    if len(chars) == 4 and "year" not in parts:
        parts["year"] = value
    elif len(chars) <= 2 and "month" not in parts and after in ("월", "月"):
        parts["month"] = value
    elif len(chars) <= 2 and "day" not in parts:
        parts["day"] = value
    elif len(chars) == 2 and list(parts) == ["day", "month"] and re.match(r"\s+\d", text[end : end + 5]):
        parts["year"] = value + (2000 if value < 50 else 1900)  # RFC 822 years, read as RFC 2822 says
    elif len(chars) == 2 and value >= _THAI_YEARS and list(parts) == ["day", "month"] and calendars.is_thai(text):
        parts["year"] = 2500 + value
    else:
        return 0
    return end


def _meaning_at(
    tokens: list[_Token], number: int, language: str | None, is_weekday_first: bool
) -> tuple[int | None, bool, int]:
    """Find the month or weekday at a word, the longest name first (tháng 5), and where the name ends."""
    words, gaps = [tokens[number]], ""
    if number + 1 < len(tokens) and tokens[number + 1][1] != "." and not date_words.may_open_name(words[0][1]):
        tokens = tokens[: number + 1]
    for gap, word in zip(tokens[number + 1 : number + 9 : 2], tokens[number + 2 : number + 10 : 2], strict=False):
        if gap[1] not in _INSIDE or word[0] is _OTHER:
            break
        words.append(word)
        gaps += gap[1]
    for count in range(len(words), 0, -1):
        names = [" ".join(word[1] for word in words[:count])]
        if count > 1 and gaps[: count - 1] == "." * (count - 1):
            names.append("".join(word[1] for word in words[:count]))  # พ.ค.
        for name in names:
            meaning = date_words.find_meaning(name, language)
            rank = meaning.weekday_rank
            if rank is not None and (meaning.month is None or (is_weekday_first and rank <= meaning.month_rank)):
                return None, True, words[count - 1][3]
            if meaning.month is not None:
                return meaning.month, rank is not None, words[count - 1][3]
    return None, False, tokens[number][3]


def _tokens(text: str, start: int) -> Iterator[_Token]:
    if text.isascii():
        for chars in _ASCII_TOKEN.findall(text, start):
            end = start + len(chars)
            yield _DIGIT if "0" <= chars[0] <= "9" else _LETTER if chars[0].isalpha() else _OTHER, chars, start, end
            start = end
        return
    kind, begin = "", start
    for place in range(start, len(text)):
        char = text[place]
        is_letter = char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")
        now = _DIGIT if "0" <= char <= "9" else _LETTER if is_letter else _OTHER
        if kind and (now is not kind or now is _OTHER):
            yield kind, text[begin:place], begin, place
            begin = place
        kind = now
    if kind:
        yield kind, text[begin:], begin, len(text)


def _skip_lead(text: str, start: int, language: str | None) -> int:
    """Return the place of the first word or number that is not a label, weekday or connecting word."""
    if "0" <= text[start : start + 1] <= "9":
        return start
    tokens = list(_tokens(text, start))
    skip_to = start
    for number, (kind, chars, begin, _) in enumerate(tokens):
        if begin < skip_to or kind is _OTHER:
            continue
        if kind is _DIGIT:
            return begin
        _, is_weekday, word_end = _meaning_at(tokens, number, language, True)
        if is_weekday:
            skip_to = word_end
        elif not date_words.is_label(chars) and not date_words.is_join(chars):
            return begin
    return len(text)


def _skip_joins(text: str, start: int, language: str | None) -> int:
    """Return the place behind what may stand between a date and its clock; ``start`` where something else does."""
    tokens = list(_tokens(text, start))
    skip_to = start
    for number, (kind, chars, begin, end) in enumerate(tokens):
        if begin < skip_to:
            continue
        if kind is _DIGIT or chars in _HALVES:
            return begin
        if kind is _OTHER:
            if chars not in _BEFORE_CLOCK or end - start > 30:
                return start
        elif chars not in ("T", "t") and not date_words.is_join(chars):
            _, is_weekday, skip_to = _meaning_at(tokens, number, language, True)
            if not is_weekday:
                return start
    return start


def _read_clock(text: str, at: int) -> tuple[_Clock | None, int]:
    """Return the time of day at a place, with its zone, and where it ends.

    Raises:
        _ImpossibleError: 25:00.
    """
    match = _CLOCK.match(text, at)
    if match is None:
        return None, at
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise _ImpossibleError(match[0])
    half = match["half"] or match["alone"] or _HALVES.get(match["before"] or "")
    is_sure = True
    if half:
        is_sure = hour <= 12 or (half in "Pp" and hour < 24)
        hour = hour % 12 + (12 if half in "pP" else 0)
    words = _CLOCK_WORDS.match(text, match.end())
    end = words.end() if words else match.end()
    zone, zone_end = read_zone(text, end)
    is_iso = "T" in text[max(0, at - 1) : at].upper() or re.match(r"\d{4}-", text)
    is_span = not is_iso and match["second"] is None and _SPAN.match(text, end) is not None
    if is_span:
        zone = None  # 10:00-11:00: from, to
    return _Clock(hour, minute, second, zone if is_sure else None, is_span), zone_end
