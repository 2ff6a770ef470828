"""How long an answer stays fresh, by its headers (RFC 9111, 4.2)."""

from collections.abc import Mapping
from datetime import datetime
from urllib.request import parse_http_list

from transforms.http.dates import read_http_date, read_seconds

_MAX_CONTROL_CHARS = 1_000


def freshness_s(headers: Mapping[str, str], received_at: datetime) -> float | None:
    """Return seconds for which asking again would give the same answer; None where the server does not say.

    ``max-age`` less Age, or else Expires less Date. 0 where caching is forbidden, and where a value makes no sense:
    an invalid Expires means "already expired" (RFC 9111, 5.3).

    >>> from datetime import UTC
    >>> noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    >>> freshness_s({"cache-control": "public, max-age=600", "age": "100"}, noon), freshness_s({}, noon)
    (500.0, None)

    Args:
        headers: names in lower case.
        received_at: UTC instant of the answer; stands in for a missing Date.
    """
    parts = [part.partition("=") for part in parse_http_list(headers.get("cache-control", "")[:_MAX_CONTROL_CHARS])]
    control = {name.strip().lower(): value for name, _, value in reversed(parts)}  # of two alike, the first counts
    if "no-cache" in control or "no-store" in control:
        return 0.0
    if "max-age" in control:
        max_age_s = read_seconds(control["max-age"])
        return 0.0 if max_age_s is None else max(0.0, max_age_s - (read_seconds(headers.get("age")) or 0.0))
    if "expires" not in headers:
        return None
    expires = read_http_date(headers["expires"])
    date = read_http_date(headers.get("date")) or received_at
    return max(0.0, (expires - date).total_seconds()) if expires else 0.0
