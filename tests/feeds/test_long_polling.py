"""A year of polls of made-up feeds."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.feeds import FeedHints, FeedState
from tests.support.polls import HOUR, NOW, URL, answer
from transforms.feeds.schedule import conditional_headers, decide_state


def poll_for_long(
    gap_h: float, *, days: int = 365, held: int = 20, lies: bool = False
) -> tuple[float, float, float, int]:
    """Poll a feed for days whose entries come by chance, on average every ``gap_h`` hours.

    Returns:
        Polls a day, median delay of an entry in hours, share of polls that read a body, entries lost.
    """
    chance = random.Random(1)
    start, end = NOW, NOW + timedelta(days=days)
    times, at = [], start - timedelta(hours=held * gap_h)
    while at < end:
        at += timedelta(hours=chance.expovariate(1 / gap_h))
        times.append(at)
    state, now, seen, delays, bodies, lost = FeedState(feed_url=URL), start, -1, list[float](), 0, 0
    while now < end:
        latest = next(index for index in range(max(seen, 0), len(times)) if times[index] > now) - 1
        asked = conditional_headers(state)
        if asked and (lies or asked[0][1] == f'"{latest}"'):
            retrieved, hints = replace(answer(304, b""), at=now), None
        else:
            entries = tuple(f"{n:016x}" for n in range(max(0, latest - held + 1), latest + 1))
            retrieved = replace(answer(body=b"%d" % latest, etag=f'"{latest}"'), at=now)
            hints = FeedHints(kind="rss", entry_hashes=entries)
            bodies += 1
            if seen >= 0:
                lost += max(0, latest - held - seen)
                fresh = times[max(seen, latest - held) + 1 : latest + 1]
                delays += [(now - there).total_seconds() / HOUR for there in fresh]
            seen = latest
        state = decide_state(state, retrieved, hints)
        assert state.next_due_at is not None
        now = state.next_due_at
    delays.sort()
    return state.poll_count / days, delays[len(delays) // 2], bodies / state.poll_count, lost


@pytest.mark.parametrize(
    ("gap_h", "days", "polls_a_day", "median_delay_h"),
    [
        (0.1, 20, (60, 96), 0.25),
        (0.5, 90, (18, 36), 0.8),
        (2, 365, (4.5, 9), 3.2),
        (8, 365, (1.2, 2.6), 11),
        (24, 365, (0.9, 1.2), 14),
    ],
)
def test_a_long_time_of_polls(gap_h: float, days: int, polls_a_day: tuple[float, float], median_delay_h: float) -> None:
    polls, delay, _, lost = poll_for_long(gap_h, days=days)
    assert polls_a_day[0] <= polls <= polls_a_day[1]
    assert delay <= median_delay_h
    assert lost == 0


def test_a_quiet_feed_costs_a_poll_a_day_and_hardly_a_body() -> None:
    polls, _, bodies, _ = poll_for_long(24 * 30)
    assert polls < 1.1
    assert bodies < 0.12


def test_a_server_that_always_says_304_is_found_out() -> None:
    polls, delay, _, lost = poll_for_long(12, lies=True)
    assert polls < 2
    assert delay < 40
    assert lost < 10
