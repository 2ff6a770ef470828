"""Days of the calendars that newspapers write beside the Gregorian one, as Gregorian days.

The Iranian solar calendar, by its cycle of 33 years, which agrees with the equinox from 1799 to 2256; the Buddhist
years of Thailand; the eras of Japan and the years of the Republic of China. Years of the Islamic lunar calendar are
left alone: on which day they begin differs between countries.
"""

import re
from datetime import date, timedelta

_SOLAR_YEARS = range(1300, 1500)
"""Years of the Iranian calendar that newspapers have: from 1921 on."""

_BUDDHIST_YEARS = range(2443, 2643)
_BUDDHIST = 543
"""Years that the Buddhist calendar of Thailand is ahead."""

_SOLAR_MONTHS = (
    ("فروردین", "حمل"), ("اردیبهشت", "ثور"), ("خرداد", "جوزا"), ("تیر", "سرطان"), ("مرداد", "امرداد", "اسد"),
    ("شهریور", "سنبله"), ("مهر", "میزان"), ("آبان", "عقرب"), ("آذر", "قوس"), ("دی", "جدی"), ("بهمن", "دلو"),
    ("اسفند", "حوت"),
)  # fmt: skip
"""Names of the months in Iran and Afghanistan, the first of the year first."""

_SOLAR = {name: number for number, names in enumerate(_SOLAR_MONTHS, 1) for name in names}
_SOLAR_DATE = re.compile(
    rf"(\d{{1,2}})\s(?:ام\s)?({'|'.join(sorted(_SOLAR, key=len, reverse=True))})(?:\sماه)?،?\s(1[34]\d\d)(?!\d)"
)
_SOLAR_TAGS = ("fa", "ps", "prs")

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "民國": 1911, "民国": 1911}
"""The year before the first of each era."""

_ERA_NAMES = tuple(_ERAS)
_ERA_DATE = re.compile(
    rf"(?:中華|中华)?({'|'.join(_ERAS)})\s?(元|\d{{1,3}})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?日"
)
_THAI = re.compile("[\u0e01-\u0e4e]")
_ARABIC_LETTERS = str.maketrans("يىك", "ییک")


def solar_to_day(year: int, month: int, day: int) -> date | None:
    """Return the day that a date of the Iranian solar calendar names; None for one that is not in it.

    >>> solar_to_day(1403, 8, 22), solar_to_day(1403, 12, 30), solar_to_day(1404, 12, 30)
    (datetime.date(2024, 11, 12), datetime.date(2025, 3, 20), None)
    """
    is_leap = year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
    longest = 31 if month <= 6 else 30 if month <= 11 or is_leap else 29
    if year not in _SOLAR_YEARS or not 1 <= month <= 12 or not 1 <= day <= longest:
        return None
    # New year's days before 1403, which began on 20 March 2024: 365 days each, and one for each leap year between.
    first = date(2024, 3, 20) + timedelta(days=365 * (year - 1403) + _leap_years(year) - _leap_years(1403))
    return first + timedelta(days=31 * (month - 1) - max(0, month - 7) + day - 1)


def _leap_years(year: int) -> int:
    """Return how many leap years lie before a year, from the first of its cycles on."""
    cycles, rest = divmod(year, 33)
    return 8 * cycles + sum(leap < rest for leap in (1, 5, 9, 13, 17, 22, 26, 30))


def may_open_date(word: str) -> bool:
    """Return whether a word is the name of an era, with which a date begins."""
    return word.removeprefix("中華").removeprefix("中华").startswith(_ERA_NAMES)


def read_other(text: str, at: int) -> tuple[date | None, int] | None:
    """Read a date with months or eras of another calendar; None where there is none at this place.

    >>> read_other("22 آبان 1403", 0), read_other("令和6年11月12日", 0)
    ((datetime.date(2024, 11, 12), 12), (datetime.date(2024, 11, 12), 10))

    Args:
        text: one line with plain digits.
        at: where the date begins.

    Returns:
        The day, None where the calendar has no such day, and where the date ends.
    """
    if text.isascii():
        return None
    match = _ERA_DATE.match(text, at)
    if match is not None:
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        return day_of(year, int(match[3]), int(match[4])), match.end()
    match = _SOLAR_DATE.match(text.translate(_ARABIC_LETTERS), at)
    if match is not None:
        return solar_to_day(int(match[3]), _SOLAR[match[2]], int(match[1])), match.end()
    return None


def is_thai(text: str) -> bool:
    """Return whether a text has letters of the Thai script."""
    return _THAI.search(text) is not None


def make_day(year: int, month: int, day: int, text: str, language: str | None) -> date | None:
    """Return the day that three numbers name in the calendar of a page; None for one that does not exist.

    Args:
        year: as written; the calendars have no years in common that newspapers write.
        month: 1 to 12.
        day: of the month.
        text: what the numbers stand in.
        language: BCP 47 tag of the page.
    """
    tag = (language or "").lower().replace("_", "-").partition("-")[0]
    if year in _SOLAR_YEARS and tag in _SOLAR_TAGS:
        return solar_to_day(year, month, day)
    if year in _BUDDHIST_YEARS and (tag == "th" or is_thai(text)):
        year -= _BUDDHIST
    return day_of(year, month, day)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day of the Gregorian calendar that three numbers name; None for one that does not exist."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
