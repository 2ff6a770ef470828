"""Days of the calendars that newspapers write beside the Gregorian one, as Gregorian days.

The Iranian solar calendar, by its cycle of 33 years, which agrees with the equinox from 1799 to 2256; the Buddhist
years of Thailand; the eras of Japan and the years of the Republic of China; and dates in Chinese numerals. Years of the
Islamic lunar calendar are left alone: on which day they begin differs between countries.
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

_HAN_DIGITS = {"〇": 0, "○": 0} | {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_HAN_UNITS = {"十": 10, "百": 100}
_NUMBER = rf"(\d{{1,3}}|[{''.join((*_HAN_DIGITS, *_HAN_UNITS))}]{{1,6}})"
_HAN_YEAR = rf"[一二][{''.join(_HAN_DIGITS)}]{{3}}"
_MONTH_AND_DAY = rf"\s?年\s?{_NUMBER}\s?月\s?{_NUMBER}\s?[日号號]"
_ERA_NAME = rf"(?:中華|中华)?({'|'.join(_ERAS)})"
_ERA_DATE = re.compile(rf"{_ERA_NAME}\s?(?:元|{_NUMBER}){_MONTH_AND_DAY}")
_HAN_DATE = re.compile(rf"({_HAN_YEAR}){_MONTH_AND_DAY}")
_OPENING = re.compile(rf"{_ERA_NAME}|{_HAN_YEAR}")
_SPELLED = re.compile(f"{_ERA_DATE.pattern}|{_HAN_DATE.pattern}")
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


def may_open_date(text: str, at: int) -> bool:
    """Return whether the name of an era, or a year in Chinese numerals, stands at a place: a date begins with them."""
    return not text.isascii() and _OPENING.match(text, at) is not None


def spells_date(line: str) -> bool:
    """Return whether a line has a date with an era or in Chinese numerals."""
    return "月" in line and _SPELLED.search(line) is not None


def _read_number(text: str) -> int:
    """Return the value of a number in digits or in Chinese numerals: "113", "一一三", "一百一十三"."""
    value = digits = 0
    for char in text:
        if char in _HAN_UNITS:
            value, digits = value + (digits or 1) * _HAN_UNITS[char], 0
        else:
            digits = 10 * digits + (_HAN_DIGITS[char] if char in _HAN_DIGITS else int(char))
    return value + digits


def read_other(text: str, at: int) -> tuple[date | None, int] | None:
    """Read a date with months or eras of another calendar; None where there is none at this place.

    >>> read_other("22 آبان 1403", 0), read_other("令和6年11月12日", 0)
    ((datetime.date(2024, 11, 12), 12), (datetime.date(2024, 11, 12), 10))
    >>> read_other("民國一百一十三年五月三日", 0), read_other("二〇二四年十二月三十一日", 0)
    ((datetime.date(2024, 5, 3), 12), (datetime.date(2024, 12, 31), 12))

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
        year = _ERAS[match[1]] + _read_number(match[2] or "1")  # 元 is the first
        return day_of(year, _read_number(match[3]), _read_number(match[4])), match.end()
    match = _HAN_DATE.match(text, at)
    if match is not None:
        return day_of(*map(_read_number, match.groups())), match.end()
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
