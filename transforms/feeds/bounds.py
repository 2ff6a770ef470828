"""How long the hints of a feed ask a reader to stay away."""

import math
from datetime import UTC, datetime, timedelta

from schemas.feeds import FeedHints

_HOUR = timedelta(hours=1)


def finite(value: float | None) -> float:
    """Return a number of seconds that is not negative; 0 for None and for what is not a number."""
    return 0.0 if value is None or math.isnan(value) or value < 0 else float(min(value, 1e12))


def published_s(hints: FeedHints | None) -> float:
    """Return how often a feed says that it changes, seconds: the longer of RSS ``ttl`` and the period of ``sy:``."""
    return max(finite(hints.ttl_s), finite(hints.update_interval_s)) if hints else 0.0


def is_skipped(at: datetime, hints: FeedHints) -> bool:
    """Return whether a feed asks not to be polled at that time (RSS 2.0 skipHours and skipDays, in GMT)."""
    there = at.astimezone(UTC)
    return there.hour in hints.skip_hours or there.weekday() in hints.skip_days


def next_permitted(at: datetime, hints: FeedHints | None, share: float) -> datetime:
    """Return the instant itself, or one soon after the start of the next hour at which the feed may be polled.

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
