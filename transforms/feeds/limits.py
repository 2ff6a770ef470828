"""How often feeds may and must be polled."""

from schemas.policy import policy, setting

_FIXED = "chosen with the schedule; see docs/feeds.md"


@policy
class PollLimits:
    """Figures that the schedule of all feeds keeps to.

    Raises:
        ValueError: a figure out of its range, or limits that contradict each other.
    """

    # A quarter of an hour is what publishers put up with.
    min_interval_s: int = setting(
        "shortest time between two polls of a feed; a subscription can ask for a longer one, never for a shorter one",
        default=900,
        shapes_rows=True,
        at_least=1,
        at_most=365 * 86_400,
        unit="seconds",
    )
    # A day, so that a feed that wakes up is noticed the day it does.
    max_interval_s: int = setting(
        "longest time between two polls of a feed that is well, whatever the max-age of its server; a subscription can "
        "ask for another",
        default=86_400,
        shapes_rows=True,
        at_least=1,
        at_most=365 * 86_400,
        unit="seconds",
    )
    first_interval_s: float = setting(
        "interval after the first poll, when nothing is known of the feed's rate",
        default=3_600,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        unit="seconds",
    )
    dead_interval_s: float = setting(
        "interval of a feed that has failed for long; also the longest Retry-After that is obeyed",
        default=7 * 86_400,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        at_most=365 * 86_400,
        unit="seconds",
    )
    # With doubling waits of at most a day, 14 take more than a week.
    failures_until_dead: int = setting(
        "failures in a row after which a feed has failed for long",
        default=14,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    full_every: int = setting(
        "answers 304 in a row after which the whole feed is requested; halved by every wrong 304, but at least 1",
        default=24,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    # A server that always answers 304 hides a feed no longer than that; 1 request in 15 at daily polls.
    full_within_s: float = setting(
        "time over which answers 304 in a row may reach before the whole feed is requested",
        default=14 * 86_400,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
        unit="seconds",
    )
    # One wrong redirect, or a captive portal, must not move a feed.
    confirm_moves: int = setting(
        "polls in a row that must be redirected to the same address before it becomes that of the feed",
        default=3,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    # Fewer would waste requests, more would come late.
    target_new: float = setting(
        "new entries that a poll should find on average",
        default=2.0,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=0.01,
    )
    # With 3 a quiet poll lengthens it by a third, and a change of rate is learnt within a day of hourly polls.
    memory: float = setting(
        "polls that the learnt interval counts for against the latest one",
        default=3.0,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=0.01,
    )
    # Caches on the way may lag behind by so much and are within their rights.
    lie_slack_s: float = setting(
        "how much older than the last 304 a change must be for that 304 to count as wrong",
        default=3_600,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=0,
        unit="seconds",
    )
    lie_new_count: int = setting(
        "new entries at once, behind a row of 304, that cannot all have come since the last of them",
        default=5,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=1,
    )
    # Only ever added: what a server asks for is kept.
    jitter: float = setting(
        "largest share of a wait that is added to it, by feed, so that feeds are not polled all at once",
        default=0.1,
        shapes_rows=True,
        no_option=_FIXED,
        at_least=0,
        at_most=1,
    )

    def __post_init__(self) -> None:
        if not self.min_interval_s <= self.max_interval_s <= self.dead_interval_s:
            raise ValueError(
                f"min_interval_s, max_interval_s and dead_interval_s must be in this order, got {self.min_interval_s}, "
                f"{self.max_interval_s}, {self.dead_interval_s}"
            )


LIMITS = PollLimits()
"""Those that hold unless others are given."""
