"""How often feeds may and must be asked, as one value; each figure with its reason."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PollLimits:
    """Figures that the schedule of all feeds keeps to. Times in seconds.

    Attributes:
        min_interval_s: shortest interval between two polls. A quarter of an hour is what publishers put up
            with; a subscription can ask for a longer one, never for a shorter one.
        max_interval_s: longest interval of a feed that is well, whatever its servers' max-age says: a day,
            so that a feed that wakes up is noticed the day it does. A subscription can ask for another.
        first_interval_s: interval after the first poll, when nothing is known of its rate.
        dead_interval_s: interval of a feed that has failed for long; also the longest Retry-After obeyed.
        failures_until_dead: failures in a row that are long: with doubling waits of at most a day, 14 take
            more than a week.
        full_every: 304 in a row after which the whole feed is asked for; halved by every lie, but at least 1.
        full_within_s: the whole feed is also asked for when the 304 in a row reach over about so long. A
            server that always says 304 hides a feed no longer than that; 1 request in 15 at daily polls.
        confirm_moves: polls in a row that must be sent to the same place before it becomes the address: one
            wrong redirect, or a captive portal, must not move a feed.
        target_new: new entries that a poll should find on average: fewer waste requests, more come late.
        memory: polls that the learnt interval counts for against the latest one. With 3 a quiet poll
            lengthens it by a third, and a change of rhythm is learnt within a day of hourly polls.
        lie_slack_s: how much older than the last 304 a change must be to call that 304 wrong: caches on the
            way may lag behind by so much and are within their rights.
        lie_new_count: so many new entries at once behind a row of 304 did not come since the last of them.
        jitter: largest share of a wait that is added to it, by feed, so that feeds do not bunch. Only ever
            added: what a server asks for is kept.

    Raises:
        ValueError: a figure out of its range, or limits that contradict each other.
    """

    min_interval_s: float = 900
    max_interval_s: float = 86_400
    first_interval_s: float = 3_600
    dead_interval_s: float = 7 * 86_400
    failures_until_dead: int = 14
    full_every: int = 24
    full_within_s: float = 14 * 86_400
    confirm_moves: int = 3
    target_new: float = 2.0
    memory: float = 3.0
    lie_slack_s: float = 3_600
    lie_new_count: int = 5
    jitter: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.min_interval_s <= self.max_interval_s <= self.dead_interval_s <= 365 * 86_400:
            raise ValueError(
                f"min_interval_s, max_interval_s, dead_interval_s must be positive, in this order and at most a "
                f"year, got {self.min_interval_s}, {self.max_interval_s}, {self.dead_interval_s}"
            )
        for name in ("first_interval_s", "full_within_s", "target_new", "memory"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        for name in ("failures_until_dead", "full_every", "confirm_moves", "lie_new_count"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 <= self.lie_slack_s < float("inf"):
            raise ValueError(f"lie_slack_s must not be negative, got {self.lie_slack_s}")
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter must be between 0 and 1, got {self.jitter}")


LIMITS = PollLimits()
"""Those that hold unless others are given."""
