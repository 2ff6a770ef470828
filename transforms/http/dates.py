"""HTTP dates (RFC 9110, 5.6.7)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_CHARS = 200


def read_http_date(value: str | None) -> datetime | None:
    """Read a date as HTTP writes it, in UTC; None for anything else. A date without a zone is taken as UTC.

    >>> read_http_date("Tue, 01 Jan 2030 00:00:30 GMT")
    datetime.datetime(2030, 1, 1, 0, 0, 30, tzinfo=datetime.timezone.utc)
    """
    try:
        at = parsedate_to_datetime((value or "")[:_MAX_CHARS].strip())
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def read_seconds(value: str | None) -> float | None:
    """Read a number of seconds, as in Age, Retry-After and max-age; None for anything else.

    Digits beyond the twelfth, which is 30,000 years, are left out.

    >>> read_seconds(" 120 "), read_seconds('"60"'), read_seconds("-5")
    (120.0, 60.0, None)
    """
    text = (value or "").strip().strip('"')
    return float(text[:12]) if text.isascii() and text.isdigit() else None
