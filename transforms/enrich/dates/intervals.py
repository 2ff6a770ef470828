"""First and last days of weeks, months, quarters and years, and which one of several is meant."""

import datetime
from typing import NamedTuple

DAY = datetime.timedelta(days=1)


class Interval(NamedTuple):
    """First and last day, inclusive."""

    start: datetime.date
    end: datetime.date


def day_of(year: int, month: int, day: int) -> Interval | None:
    """Return one day; None where the calendar does not have it."""
    try:
        found = datetime.date(year, month, day)
    except ValueError:
        return None
    return Interval(found, found)


def month_of(year: int, month: int) -> Interval | None:
    """Return a month.

    >>> month_of(2024, 2).end
    datetime.date(2024, 2, 29)
    """
    if not (1 <= month <= 12 and 1 <= year <= 9998):
        return None
    start = datetime.date(year, month, 1)
    after = datetime.date(year + month // 12, month % 12 + 1, 1)
    return Interval(start, after - DAY)


def years_of(first: int, last: int) -> Interval | None:
    """Return a stretch of whole years."""
    if not 1 <= first <= last <= 9999:
        return None
    return Interval(datetime.date(first, 1, 1), datetime.date(last, 12, 31))


def quarter_of(year: int, quarter: int) -> Interval | None:
    """Return a quarter of a calendar year, 1 to 4."""
    first, last = month_of(year, 3 * quarter - 2), month_of(year, 3 * quarter)
    return Interval(first.start, last.end) if first and last else None


def century_of(number: int) -> Interval | None:
    """Return a century; the 20th has the years 1901 to 2000."""
    return years_of(100 * number - 99, 100 * number)


def count_from(published: datetime.date, unit: str, offset: int) -> Interval | None:
    """Return the day, week (from Monday), weekend, month, quarter, year, decade or century at a distance from a day.

    >>> count_from(datetime.date(2024, 3, 6), "week", -1).start
    datetime.date(2024, 2, 26)
    """
    try:
        if unit == "day":
            day = published + offset * DAY
            return Interval(day, day)
        if unit in ("week", "weekend"):
            monday = published - published.weekday() * DAY + 7 * offset * DAY
            return (
                Interval(monday, monday + 6 * DAY) if unit == "week" else Interval(monday + 5 * DAY, monday + 6 * DAY)
            )
    except OverflowError:
        return None
    if unit == "month":
        months = published.year * 12 + published.month - 1 + offset
        return month_of(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarters = published.year * 4 + (published.month - 1) // 3 + offset
        return quarter_of(quarters // 4, quarters % 4 + 1)
    if unit == "decade":
        first = published.year // 10 * 10 + 10 * offset
        return years_of(first, first + 9)
    if unit == "century":
        return century_of((published.year - 1) // 100 + 1 + offset)
    return years_of(published.year + offset, published.year + offset)


def nearest_weekday(published: datetime.date, weekday: int, tense: str) -> Interval | None:
    """Return the weekday at or before a day, or at or after it for "future"; "last" and "next" leave out the day."""
    back = (published.weekday() - weekday) % 7
    if tense in ("future", "next"):
        offset = (-back % 7) or (7 if tense == "next" else 0)
    else:
        offset = -((back or 7) if tense == "last" else back)
    return count_from(published, "day", offset)


def choose_year(published: datetime.date, month: int, day: int | None, tense: str | None) -> int | None:
    """Decide the year of a day or month that is named without; None where nothing decides.

    The tense decides. Without, it is the past one, as news tells what has happened; not where that lies so far back
    that a writer would have added the year, and the coming one is near.

    >>> choose_year(datetime.date(2024, 4, 26), 1, 10, None), choose_year(datetime.date(2024, 4, 26), 1, 10, "future")
    (2024, 2025)
    """
    if day is None and month == published.month and tense not in ("last", "next"):
        return published.year
    here = _position(published.month, published.day if day is not None else 15)
    there = _position(month, day if day is not None else 15)
    past = published.year if there <= here else published.year - 1
    back = (here - there) % 365
    ahead = 365 - back
    if tense == "last":
        return past if there != here else past - 1
    if tense == "next":
        return past + 1
    if tense == "future":
        return past if ahead > 290 else past + 1
    if ahead <= 45:
        return past + 1  # nobody names a day of eleven months ago without its year
    if tense == "past" or back <= 182:
        return past
    return past + 1 if ahead <= 60 else None


def _position(month: int, day: int) -> int:
    """Days since the start of a year, of 30.4 a month."""
    return round(30.42 * (month - 1) + day)
