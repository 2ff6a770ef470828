"""Headers of an answer and hints of a feed go in; how long they ask us to stay away comes out."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.request import parse_http_list

from schemas.feeds import FeedHints

_HOUR = timedelta(hours=1)


def http_date(value: str | None) -> datetime | None:
    """A date as HTTP writes it (RFC 9110, 5.6.7), in UTC; None for anything else.

    >>> http_date("Tue, 01 Jan 2030 00:00:30 GMT")
    datetime.datetime(2030, 1, 1, 0, 0, 30, tzinfo=datetime.timezone.utc)
    """
    try:
        at = parsedate_to_datetime((value or "")[:100])
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _seconds(value: str | None) -> float | None:
    text = (value or "").strip().strip('"')
    return float(text[:12]) if text.isascii() and text.isdigit() else None


def fresh_s(headers: Mapping[str, str], at: datetime) -> float:
    """How long an answer stays fresh: asking earlier would give the same (RFC 9111, 4.2).

    max-age less Age, or else Expires less Date. 0 where nothing is said, what is said makes no sense, or
    caching is forbidden: none of these asks us to stay away.

    >>> fresh_s({"cache-control": "public, max-age=600", "age": "100"}, datetime(2030, 1, 1, tzinfo=UTC))
    500.0

    Args:
        headers: names in lower case.
        at: when the answer came; stands in for a Date header.
    """
    parts = [part.partition("=") for part in parse_http_list(headers.get("cache-control", "")[:1_000])]
    said = {name.strip().lower(): value for name, _, value in reversed(parts)}
    if "no-cache" in said or "no-store" in said:
        return 0.0
    if (most := _seconds(said.get("max-age"))) is not None:
        return max(0.0, most - (_seconds(headers.get("age")) or 0.0))
    expires = http_date(headers.get("expires"))
    if expires is None or "max-age" in said:
        return 0.0
    return max(0.0, (expires - (http_date(headers.get("date")) or at)).total_seconds())


def patience_s(value: str | None, at: datetime) -> float:
    """What a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3); 0 where it asks for nothing."""
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    until = http_date(value)
    return max(0.0, (until - at).total_seconds()) if until else 0.0


def finite(value: float | None) -> float:
    """A number of seconds that is not negative; 0 for None and for what is no number."""
    return 0.0 if value is None or math.isnan(value) or value < 0 else float(min(value, 1e12))


def published_s(hints: FeedHints | None) -> float:
    """How often a feed says that it is worth asking: the longer of RSS ``ttl`` and the period of ``sy:``."""
    return max(finite(hints.ttl_s), finite(hints.update_interval_s)) if hints else 0.0


def is_skipped(at: datetime, hints: FeedHints) -> bool:
    """Whether a feed asks not to be polled at that hour or on that day (RSS 2.0 skipHours and skipDays, in GMT)."""
    there = at.astimezone(UTC)
    return there.hour in hints.skip_hours or there.weekday() in hints.skip_days


def next_permitted(at: datetime, hints: FeedHints | None, share: float) -> datetime:
    """The instant itself, or one soon after the start of the next hour at which the feed may be polled.

    A feed that permits no hour at all is not taken at its word.

    Args:
        at: aware.
        hints: what the feed says.
        share: 0 to 1: how far into the first half of that hour, so that feeds do not all come at its start.
    """
    if hints is None or not (hints.skip_hours or hints.skip_days) or not is_skipped(at, hints):
        return at
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    try:
        for _ in range(7 * 24):
            hour += _HOUR
            if not is_skipped(hour, hints):
                return hour + share * _HOUR / 2
    except OverflowError:  # the end of all dates
        pass
    return at
