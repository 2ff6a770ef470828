"""Dates of publication, read as an instant or a day with no more precision than was written."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from transforms.articles import date_words
from transforms.articles.date_reading import (
    COMPACT,
    MAX_LENGTH,
    NO_DAYS,
    Clock,
    ImpossibleError,
    fold_date,
    is_day,
    is_range,
    read_date,
)
from transforms.articles.time_zones import offset_of

AHEAD = timedelta(days=1)
"""How long after the page was received a date of publication may lie: clocks and zones are set wrongly."""

_EPOCH = re.compile(r"(?:/Date\()?(\d{10}|\d{13})(?:\.\d{1,9})?(?:[+-]\d{4})?(?:\)/)?")


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
    return _parse(raw[: 2 * MAX_LENGTH], language) if raw is not None else None


@lru_cache(maxsize=4_096)
def _parse(raw: str, language: str | None) -> ParsedDate | None:
    text = fold_date(raw)
    if len(text) < 6:
        return None
    match = _EPOCH.fullmatch(text)
    if match is not None and not COMPACT.fullmatch(text):
        return _from_epoch(int(match[1]))
    try:
        found = read_date(text, language)
        if found is None or found.day is None or is_range(text, found, language):
            return None
        return _make(found.day, found.clock)
    except ImpossibleError:
        return None


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


def _from_epoch(value: int) -> ParsedDate | None:
    at = datetime.fromtimestamp(value / 1000 if value >= 10**12 else value, tz=UTC)
    return ParsedDate(at, "instant", at.date()) if is_day(at.date()) else None


def _make(day: date, clock: Clock | None) -> ParsedDate | None:
    if not is_day(day):
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
    return ParsedDate(at, "instant", day, east) if at.date() not in NO_DAYS else None
