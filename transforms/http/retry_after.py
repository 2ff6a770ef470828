"""The Retry-After header (RFC 9110, 10.2.3)."""

from datetime import datetime

from transforms.http.dates import read_http_date, read_seconds


def retry_after_s(value: str | None, received_at: datetime) -> float | None:
    """Return seconds that a Retry-After header asks to wait; None where it is absent or makes no sense.

    >>> from datetime import UTC
    >>> midnight = datetime(2030, 1, 1, tzinfo=UTC)
    >>> retry_after_s("120", midnight), retry_after_s("Tue, 01 Jan 2030 00:00:30 GMT", midnight)
    (120.0, 30.0)

    Args:
        received_at: UTC instant of the answer.
    """
    seconds = read_seconds(value)
    if seconds is not None:
        return seconds
    until = read_http_date(value)
    return max(0.0, (until - received_at).total_seconds()) if until else None
