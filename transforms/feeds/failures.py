"""How long to wait after a failed poll, by the code of the failure."""

from transforms.feeds.limits import PollLimits

_HOUR, _DAY = 3_600.0, 86_400.0

FLOORS_S: dict[str, float] = {
    "fetch.http_429": _HOUR,
    "fetch.dns": 6 * _HOUR,
    "fetch.tls": 6 * _HOUR,
    "fetch.http_404": 6 * _HOUR,
    "fetch.http_410": _DAY,
    "fetch.http_4xx": _DAY,
    "fetch.robots": _DAY,
    "fetch.bad_url": _DAY,
    "fetch.private_address": _DAY,
    "fetch.content_type": _DAY,
    "fetch.too_large": _DAY,
}
"""Shortest wait after the first failure, by code: how long it takes for such a thing to be put right.

After timeouts, refused connections and 5xx the feed is polled again after its own interval; after 429, which asks for
it, in an hour. A name, a certificate or a missing file is repaired by people, within a working day. A server that
refuses newsmill, or sends a body that by its type or size cannot be a feed, is likely to do so tomorrow, too. A
robots.txt is kept for a day (RFC 9309, 2.4), so an earlier request would give the same.
"""

READ_FLOOR_S = _HOUR
"""The same for a body that is not a feed: a maintenance page, or a page of a network that wants a login."""

GONE = ("fetch.http_404", "fetch.http_410")
"""Codes that say that there is nothing at the address."""


def failure_wait_s(code: str, failure_count: int, interval_s: float, limits: PollLimits) -> float:
    """Return the wait after a failure, seconds: doubled each time, at longest_s a day, a week once the feed is dead.

    >>> [failure_wait_s("fetch.timeout", n, 3600, PollLimits()) / 3600 for n in (1, 2, 3, 10, 14)]
    [1.0, 2.0, 4.0, 24.0, 168.0]

    Args:
        code: of the failure, under ``fetch.`` or ``read.``.
        failure_count: failures in a row, this one included.
        interval_s: the feed's own interval.
        limits: the longest waits.
    """
    floor = READ_FLOOR_S if code.startswith("read.") else FLOORS_S.get(code, 0.0)
    first = max(interval_s, floor, limits.min_interval_s)
    longest_s = max(limits.max_interval_s, interval_s)
    if code == "fetch.robots":  # somebody's decision, not a fault: it costs nothing to look again every day
        return min(first, longest_s)
    if failure_count >= limits.failures_until_dead:
        return max(limits.dead_interval_s, interval_s)
    return min(first * 2.0 ** min(max(0, failure_count - 1), 30), longest_s)
