"""The day and the time of day that stand at the start of a text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from transforms.articles import calendars, date_words
from transforms.articles.time_zones import Zone, read_zone

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
"""Years that a date of publication may have; what lies outside is a mistake of the page."""

NO_DAYS = frozenset({date(1970, 1, 1), date(1900, 1, 1)})
"""What programs write for a date that they do not have."""

MAX_LENGTH = 120
"""Code points that are read."""

_THAI_YEARS = 50
"""From which on two digits behind a month in Thai are a Buddhist year: 67 is 2567; 24 may be the hour."""

LETTER, DIGIT, OTHER = "letter", "digit", "other"


class _PlainDigits(dict[int, int | str]):
    """A table for str.translate that puts ASCII in place of the digits of all scripts; texts keep their length."""

    def __missing__(self, code: int) -> int | str:
        digit = unicodedata.decimal(chr(code), None)
        return code if digit is None else str(digit)


PLAIN_DIGITS = _PlainDigits()
PLAIN_DASHES = str.maketrans(
    {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}  # the wide forms of ASCII
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-")
    | {"\u066b": "."}
)
_ISO = re.compile(r"(?P<year>\d{4})(?P<sep>[-/.]|\. )(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)\.?")
COMPACT = re.compile(
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
_HALVES_BEHIND = {
    "صباحًا": "a", "صباحاً": "a", "صباحا": "a", "ص": "a", "مساءً": "p", "مساء": "p", "م": "p",
    "ق.ظ": "a", "ب.ظ": "p", "قبل از ظهر": "a", "بعد از ظهر": "p",
    "π.μ": "a", "πμ": "a", "μ.μ": "p", "μμ": "p", "पूर्वाह्न": "a", "अपराह्न": "p",
}  # fmt: skip
"""What stands behind a clock of twelve hours in Arabic, Persian, Greek and Hindi."""

_HALF = rf"\s?(?:(?P<half>[AaPp])\.?\s?[Mm]\b\.?|(?P<half_word>{'|'.join(map(re.escape, _HALVES_BEHIND))})(?!\w)\.?)"

_CLOCK_OF_12 = re.compile(r",?\s\d{1,2}:\d{2}(?::\d{2})?\s?[AaPp]\.?[Mm]\b")
"""What follows a date with two digits of the year in English: 1/25/24 8:00 AM."""

_CLOCK = re.compile(
    rf"(?P<before>{'|'.join(_HALVES)})?\s?(?P<hour>\d{{1,2}})"
    r"(?:(?:[:.]|\s?[hч时時点시]\s?)(?P<minute>\d{2})(?!\d)"
    rf"(?:[:.](?P<second>\d{{2}})(?:[.,:]\d{{1,9}}|\.)?(?!\d))?(?:{_HALF})?"
    rf"|{_HALF.replace('half', 'alone')})"
)

_SPAN = re.compile(r"(?:-\s?|\s-\s)\d{1,2}(?:[:.]\d{2}(?!\d)|\s?[AaPp]\.?[Mm]\b|\s?(?:uhr|h)\b)", re.IGNORECASE)
"""Behind a clock, the hour up to which something lasts; "-05:00" behind a blank is a zone."""

_CLOCK_WORDS = re.compile(r"\s?(?:uhr|uur|h|hs|hrs|horas?|o'clock|분|น)\b\.?", re.IGNORECASE)

_CLOCK_BEHIND = re.compile(r"\d\d[:.]\d\d")
"""A clock behind day and month, where the year may stand in two digits."""

_FIRST_CLOCK = re.compile(r"\d{1,2}(?::\d{2}|\s?[AaPp]\.?[Mm]\b)")
"""A clock where a day could stand as well: 10.30 would be either."""

_INSIDE = " .-'\u2019\u05f3\u05f4\u0970\u0f0b"
"""What may stand inside the name of a month or weekday."""

_BETWEEN = _INSIDE + ",\u060c\u3001/():|\u00b7"
"""What may stand between the parts of a date."""

_BEFORE_CLOCK = _BETWEEN + "_@;\u2022"
_ASCII_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]")

Token = tuple[str, str, int, int]
"""Kind, characters, start and end."""


class Clock(NamedTuple):
    """A time of day."""

    hour: int
    minute: int
    second: int
    zone: Zone | None
    is_span: bool = False
    """Another clock follows behind a dash: something lasts from then to then."""


class Found(NamedTuple):
    """What stands at the start of a text."""

    day: date | None
    """None where the parts make no day."""
    clock: Clock | None
    end: int


class ImpossibleError(ValueError):
    """A time that no day has, so that the text is not a date."""


def fold_date(raw: str) -> str:
    """Fold a date to one line with plain digits, dashes and blanks; a longer text is cut between two words."""
    text = " ".join(raw[: 2 * MAX_LENGTH].split())
    if not text.isascii():
        text = " ".join(unicodedata.normalize("NFKC", text).translate(PLAIN_DASHES).split())
        text = "".join(char for char in text.translate(PLAIN_DIGITS) if unicodedata.category(char) != "Cf")
    return text if len(text) <= MAX_LENGTH else text[:MAX_LENGTH].rpartition(" ")[0]


def is_day(day: date) -> bool:
    """Return whether a day can be that of a publication."""
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR and day not in NO_DAYS


def read_date(text: str, language: str | None, start: int = 0) -> Found | None:
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


def is_range(text: str, found: Found, language: str | None) -> bool:
    """Return whether another date follows behind a dash: then neither is the day of publication."""
    return range_end(text, found, language) is not None


def range_end(text: str, found: Found, language: str | None) -> int | None:
    """Return where the date behind the dash ends; None where none follows, or one with a label of its own."""
    if not text[found.end : found.end + 3].strip().startswith("-"):
        return None
    start = text.index("-", found.end) + 1
    if any(date_words.is_label(chars) for kind, chars, _, _ in islice(tokens_of(text, start), 3) if kind is LETTER):
        return None
    try:
        other = read_date(text, language, start)
    except ImpossibleError:
        return None
    return other.end if other is not None and other.day is not None else None


def _read_other(text: str, at: int) -> Found | None:
    """Read a date of another calendar, whose months or eras have names of their own."""
    found = calendars.read_other(text, at)
    return Found(found[0], None, found[1]) if found is not None else None


def _read_iso(text: str, at: int, language: str | None) -> Found | None:
    """Read ISO 8601, extended and basic, and the near misses seen in feeds."""
    match = _ISO.match(text, at)
    if match is not None:
        day = calendars.make_day(int(match["year"]), int(match["month"]), int(match["day"]), text, language)
        return Found(day, None, match.end())
    match = COMPACT.match(text, at)
    if match is None:
        return None
    clock = None
    end = match.end()
    if match["minute"] is not None:
        zone, end = read_zone(text, end)
        clock = Clock(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), zone)
    return Found(calendars.day_of(int(match["year"]), int(match["month"]), int(match["day"])), clock, end)


def _read_numeric(text: str, at: int, language: str | None) -> Found | None:
    match = _NUMERIC.match(text, at)
    if match is None:
        return None
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    tag = (language or "").lower().replace("_", "-")
    if len(match["year"]) == 2:
        is_written = tag.partition("-")[0] in _SHORT_YEARS.get(match["sep"], ()) or (
            match["sep"] == "/" and _CLOCK_OF_12.match(text, match.end()) is not None
        )
        if not is_written or match.start("b") - match.start("sep") > 1 or _is_hour(text, match.start("year")):
            return None
        year += 2000 if year < 50 else 1900
    if first == second or first > 12 or match["sep"] == ".":
        return Found(calendars.make_day(year, second, first, text, language), None, match.end())
    if second > 12 or tag == "en-us":
        return Found(calendars.day_of(year, first, second), None, match.end())
    if tag and tag not in ("en", "en-ca"):
        return Found(calendars.make_day(year, second, first, text, language), None, match.end())
    return Found(None, None, match.end())  # 03/05/2024: March or May, nothing says


def _is_hour(text: str, at: int) -> bool:
    """Return whether two digits are the hour of a clock and no year: "12.3. 14:30", and behind a blank "14.30"."""
    return _CLOCK_BEHIND.match(text, at, at + 5) is not None and (text[at + 2] == ":" or text[at - 1].isspace())


def _read_named(text: str, at: int, language: str | None, *, is_weekday_first: bool) -> Found | None:
    """Read day, month in words and year, in any of the orders of languages; a clock may stand between them.

    Args:
        text: one line.
        at: where reading starts.
        language: BCP 47 tag.
        is_weekday_first: a word that may be either is a weekday: Spanish ``mar``.
    """
    parts: dict[str, int] = {}
    clock: Clock | None = None
    skip_to = at
    odd_words = 0
    tokens = list_tokens(text, at)
    for number, (kind, chars, start, end) in enumerate(tokens):
        if start < skip_to:
            continue
        if kind is OTHER:
            if chars not in _BETWEEN:
                return None
        elif kind is LETTER:
            month, is_weekday, word_end = meaning_at(tokens, number, language, is_weekday_first)
            is_suffix = number > 0 and tokens[number - 1][0] is DIGIT and len(chars) <= 3
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
            return Found(day, clock, max(end, skip_to))
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


def meaning_at(
    tokens: Sequence[Token], number: int, language: str | None, is_weekday_first: bool
) -> tuple[int | None, bool, int]:
    """Find the month or weekday at a word, the longest name first (tháng 5), and where the name ends."""
    words, gaps = [tokens[number]], ""
    if number + 1 < len(tokens) and tokens[number + 1][1] != "." and not date_words.may_open_name(words[0][1]):
        tokens = tokens[: number + 1]
    for gap, word in zip(tokens[number + 1 : number + 9 : 2], tokens[number + 2 : number + 10 : 2], strict=False):
        if gap[1] not in _INSIDE or word[0] is OTHER:
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


def tokens_of(text: str, start: int) -> Iterator[Token]:
    """Yield runs of letters and of digits, and every other character by itself."""
    if text.isascii():
        for chars in _ASCII_TOKEN.findall(text, start):
            end = start + len(chars)
            yield DIGIT if "0" <= chars[0] <= "9" else LETTER if chars[0].isalpha() else OTHER, chars, start, end
            start = end
        return
    kind, begin = "", start
    for place in range(start, len(text)):
        char = text[place]
        is_letter = char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M")
        now = DIGIT if "0" <= char <= "9" else LETTER if is_letter else OTHER
        if kind and (now is not kind or now is OTHER):
            yield kind, text[begin:place], begin, place
            begin = place
        kind = now
    if kind:
        yield kind, text[begin:], begin, len(text)


@lru_cache(maxsize=64)  # a text is read as one form of date after the other
def list_tokens(text: str, start: int) -> tuple[Token, ...]:
    """Return all that :func:`tokens_of` yields."""
    return tuple(tokens_of(text, start))


def _skip_lead(text: str, start: int, language: str | None) -> int:
    """Return the place of the first word or number that is not a label, weekday or connecting word."""
    if "0" <= text[start : start + 1] <= "9":
        return start
    tokens = list_tokens(text, start)
    skip_to = start
    for number, (kind, chars, begin, _) in enumerate(tokens):
        if begin < skip_to or kind is OTHER:
            continue
        if kind is DIGIT:
            return begin
        _, is_weekday, word_end = meaning_at(tokens, number, language, True)
        if is_weekday:
            skip_to = word_end
        elif not date_words.is_label(chars) and not date_words.is_join(chars):
            return begin
    return len(text)


def _skip_joins(text: str, start: int, language: str | None) -> int:
    """Return the place behind what may stand between a date and its clock; ``start`` where something else does."""
    tokens = list_tokens(text, start)
    skip_to = start
    for number, (kind, chars, begin, end) in enumerate(tokens):
        if begin < skip_to:
            continue
        if kind is DIGIT or chars in _HALVES:
            return begin
        if kind is OTHER:
            if chars not in _BEFORE_CLOCK or end - start > 30:
                return start
        elif chars not in ("T", "t") and not date_words.is_join(chars):
            _, is_weekday, skip_to = meaning_at(tokens, number, language, True)
            if not is_weekday:
                return start
    return start


def _read_clock(text: str, at: int) -> tuple[Clock | None, int]:
    """Return the time of day at a place, with its zone, and where it ends.

    Raises:
        ImpossibleError: 25:00.
    """
    match = _CLOCK.match(text, at)
    if match is None:
        return None, at
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ImpossibleError(match[0])
    half = match["half"] or match["alone"] or _HALVES.get(match["before"] or "")
    half = half or _HALVES_BEHIND.get(match["half_word"] or match["alone_word"] or "")
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
    return Clock(hour, minute, second, zone if is_sure else None, is_span), zone_end
