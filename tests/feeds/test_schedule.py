"""When a feed is due, what is asked for, and what a poll leaves behind."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.documents import Retrieved
from schemas.feeds import FeedHints, FeedState
from schemas.trouble import CODES
from tests.support.polls import HOUR, MOVED, NOW, URL, answer, decide, failure, known, wait_h, with_new
from transforms.feeds.failures import FLOORS_S
from transforms.feeds.schedule import PollLimits, address_of, conditional_headers, is_due
from transforms.identity import digest_bytes

CHANGED = b"<rss>new</rss>"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FeedState(feed_url=URL), ()),
        (known(), ("If-None-Match", "If-Modified-Since")),
        (known(etag=None), ("If-Modified-Since",)),
        (known(last_modified=None), ("If-None-Match",)),
        (known(etag=""), ("If-Modified-Since",)),
        (known(not_modified_count=23), ("If-None-Match", "If-Modified-Since")),
        (known(not_modified_count=24), ()),
        (known(not_modified_count=11, lied_count=1), ("If-None-Match", "If-Modified-Since")),
        (known(not_modified_count=12, lied_count=1), ()),
        (known(not_modified_count=0, lied_count=50), ("If-None-Match", "If-Modified-Since")),
        (known(not_modified_count=1, lied_count=50), ()),
        (known(not_modified_count=13, interval_s=86_400), ("If-None-Match", "If-Modified-Since")),
        (known(not_modified_count=14, interval_s=86_400), ()),
    ],
)
def test_what_is_asked_conditionally(state: FeedState, expected: tuple[str, ...]) -> None:
    headers = conditional_headers(state)
    assert tuple(name for name, _ in headers) == expected
    assert {value for _, value in headers} <= {state.etag, state.last_modified}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FeedState(feed_url=URL), True),
        (known(), True),
        (known(next_due_at=NOW + timedelta(seconds=1)), False),
        (known(status="retired", next_due_at=None), False),
        (known(next_due_at=NOW + timedelta(days=900), polled_at=NOW + timedelta(days=899)), True),
    ],
)
def test_who_is_due(state: FeedState, expected: bool) -> None:
    assert is_due(state, NOW) is expected


MAX_AGE = "max-age=7200"


@pytest.mark.parametrize(
    ("headers", "hints", "expected_h"),
    [
        ({}, {}, 1),
        ({"cache_control": MAX_AGE}, {}, 2),
        ({"cache_control": f'private, {MAX_AGE}, stale-if-error="1, 2"', "age": "1800"}, {}, 1.5),
        ({"cache_control": "MAX-AGE = 7200"}, {}, 2),
        ({"cache_control": 'max-age="7200"'}, {}, 2),
        ({"cache_control": f"{MAX_AGE}, max-age=1"}, {}, 2),
        ({"cache_control": f"no-cache, {MAX_AGE}"}, {}, 1),
        ({"cache_control": f"no-store, {MAX_AGE}"}, {}, 1),
        ({"cache_control": "max-age=0"}, {}, 1),
        ({"cache_control": "max-age=-7200"}, {}, 1),
        ({"cache_control": "max-age=nonsense", "expires": "Mon, 05 Jan 2026 15:00:00 GMT"}, {}, 1),
        ({"cache_control": "s-maxage=7200"}, {}, 1),
        ({"cache_control": "max-age=315360000"}, {}, 24),
        ({"cache_control": "max-age=" + "9" * 500}, {}, 24),
        ({"expires": "Mon, 05 Jan 2026 15:00:00 GMT"}, {}, 3),
        ({"expires": "Mon, 05 Jan 2026 15:00:00 GMT", "date": "Mon, 05 Jan 2026 10:00:00 GMT"}, {}, 5),
        ({"expires": "Mon, 05 Jan 2026 15:00:00 GMT", "cache_control": MAX_AGE}, {}, 2),
        ({"expires": "0"}, {}, 1),
        ({"expires": "-1", "date": "soon"}, {}, 1),
        ({"retry_after": "10800"}, {}, 3),
        ({"retry_after": "Mon, 05 Jan 2026 16:00:00 GMT"}, {}, 4),
        ({}, {"ttl_s": 7200}, 2),
        ({}, {"update_interval_s": 3 * 3600}, 3),
        ({"cache_control": MAX_AGE}, {"ttl_s": 5 * 3600, "update_interval_s": 3 * 3600}, 5),
        ({}, {"ttl_s": 10**12}, 24),
        ({}, {"ttl_s": -5}, 1),
        ({}, {"skip_hours": (13, 14)}, 3),
        ({}, {"skip_hours": (14, 15)}, 1),
        ({}, {"skip_days": (0,)}, 12),
        ({}, {"skip_hours": (13,), "skip_days": (1, 2)}, 2),
        ({}, {"skip_hours": tuple(range(24))}, 1),
        ({}, {"skip_days": tuple(range(7))}, 1),
    ],
)
def test_whoever_asks_for_the_longest_wait_gets_it(
    headers: dict[str, Any], hints: dict[str, Any], expected_h: float
) -> None:
    """With two new entries in an hour, the learnt interval is an hour."""
    state = decide(known(), answer(body=CHANGED, **headers), with_new(2, **hints))
    share = (wait_h(state) - expected_h) * 2  # after skipped hours a feed comes in the first half of the next
    assert 0 <= share < 1 if "skip_hours" in hints or "skip_days" in hints else share == 0


@pytest.mark.parametrize(
    ("changes", "new", "expected_h"),
    [
        ({}, 0, 4 / 3),
        ({}, 2, 1),
        ({}, 10, 0.5),
        ({}, 20, 0.25),
        ({"min_interval_s": 6 * 3600}, 2, 6),
        ({"min_interval_s": 1}, 20, 0.25),
        ({"max_interval_s": 1800}, 0, 0.5),
        ({"max_interval_s": 1}, 0, 0.25),
        ({"interval_s": 80_000}, 0, 80_000 * 3 / 3 / 3600 + 1 / 3),
        ({"interval_s": 86_400}, 0, 24),
        ({"interval_s": 86_400, "max_interval_s": 200_000}, 0, 24 + 1 / 3),
        ({"interval_s": 0, "entry_hashes": "", "entry_count": 0}, 20, 1),
        ({"failure_count": 3, "status": "failing"}, 20, 1),
    ],
)
def test_the_interval_is_learnt(changes: dict[str, Any], new: int, expected_h: float) -> None:
    state = decide(known(**changes), answer(body=CHANGED), with_new(new))
    assert wait_h(state) == pytest.approx(expected_h, abs=0.002)
    assert (state.status, state.failure_count, state.new_count) == ("ok", 0, new)


def test_a_body_is_taken_over() -> None:
    hints = with_new(3, title="News", site_url="https://news.example/", hub_url="https://hub.example/", self_url=URL)
    before = known(unchanged_count=4, failure_count=2, last_code="fetch.dns", last_message="no such name")
    state = decide(before, answer(body=CHANGED, etag='W/"2"', last_modified="whenever"), hints)
    assert (state.etag, state.last_modified, state.content_hash) == ('W/"2"', "whenever", digest_bytes(CHANGED))
    assert (state.entry_count, state.new_count, state.changed_at, state.unchanged_count) == (20, 3, NOW, 0)
    assert state.entry_hashes == "".join(hints.entry_hashes)
    assert (state.kind, state.title, state.hub_url, state.self_url) == ("rss", "News", "https://hub.example/", URL)
    assert (state.poll_count, state.polled_at, state.last_status) == (6, NOW, 200)
    assert (state.last_code, state.last_message) == (None, None)


def test_a_304_and_a_known_body_leave_all_as_it_was() -> None:
    same: dict[str, Any] = {"etag": '"other"', "cache_control": "max-age=36000"}
    unchanged = decide(known(), answer(304, b"", **same))
    assert (
        replace(
            known(),
            poll_count=6,
            polled_at=NOW,
            last_status=304,
            interval_s=4800,
            next_due_at=NOW + timedelta(hours=10),
            not_modified_count=1,
            unchanged_count=1,
        )
        == unchanged
    )
    again = decide(unchanged, answer(etag='"2"'))
    assert (again.etag, again.not_modified_count, again.unchanged_count, again.new_count) == ('"2"', 0, 2, 0)
    assert (again.entry_hashes, again.entry_count, again.changed_at) == (known().entry_hashes, 20, None)


def test_what_the_feed_asks_for_lasts_through_304() -> None:
    state = decide(known(), answer(body=CHANGED, etag='"2"'), with_new(2, ttl_s=8 * 3600))
    for _ in range(5):
        state = decide(state, answer(304, b""))
        assert wait_h(state) >= 8


def test_skipped_hours_last_through_304_and_failures() -> None:
    state = decide(known(), answer(body=CHANGED, etag='"2"'), with_new(2, skip_hours=(13,)))
    for retrieved in (answer(304, b""), failure("fetch.timeout")):
        due = decide(state, retrieved).next_due_at
        assert due is not None
        assert due.hour == 14


def test_a_304_that_was_not_asked_for_is_a_failure() -> None:
    state = decide(known(not_modified_count=24), answer(304, b""))
    assert (state.status, state.last_code, state.etag) == ("failing", "fetch.protocol", None)
    assert state.entry_hashes == known().entry_hashes


@pytest.mark.parametrize(
    ("changes", "headers", "new", "expected"),
    [
        ({}, {"etag": '"1"'}, 1, 1),
        ({}, {"etag": 'W/"1"'}, 1, 1),
        ({}, {"etag": '"1"'}, 0, 0),
        ({}, {"etag": '"2"'}, 1, 0),
        ({}, {"etag": '"2"'}, 5, 1),
        ({}, {"etag": '"2"', "last_modified": "Mon, 05 Jan 2026 10:00:00 GMT"}, 1, 0),
        ({}, {"etag": '"2"', "last_modified": "Mon, 05 Jan 2026 09:59:59 GMT"}, 1, 1),
        ({"last_status": 503}, {"etag": '"2"', "last_modified": "Mon, 05 Jan 2026 09:00:00 GMT"}, 1, 0),
        ({"etag": None}, {"last_modified": "Mon, 05 Jan 2026 10:00:00 GMT"}, 1, 1),
        ({"etag": None}, {"last_modified": "Mon, 05 Jan 2026 11:30:00 GMT"}, 1, 0),
        ({"not_modified_count": 0}, {"etag": '"1"'}, 9, 0),
        ({"not_modified_count": 3}, {"etag": '"1"'}, 9, 0),
    ],
)
def test_a_wrong_304_is_noticed_at_the_full_answer(
    changes: dict[str, Any], headers: dict[str, Any], new: int, expected: int
) -> None:
    before = known(**({"not_modified_count": 24, "last_status": 304} | changes))
    assert decide(before, answer(body=CHANGED, **headers), with_new(new)).lied_count == expected


@pytest.mark.parametrize(
    ("code", "failures", "retry_after_s", "expected_h"),
    [
        ("fetch.timeout", 0, None, 1),
        ("fetch.timeout", 1, None, 2),
        ("fetch.timeout", 4, None, 16),
        ("fetch.timeout", 5, None, 24),
        ("fetch.timeout", 12, None, 24),
        ("fetch.timeout", 13, None, 7 * 24),
        ("fetch.timeout", 10**6, None, 7 * 24),
        ("fetch.http_5xx", 0, None, 1),
        ("fetch.http_5xx", 0, 60, 1),
        ("fetch.http_5xx", 0, 5 * HOUR, 5),
        ("fetch.http_5xx", 0, 1e9, 7 * 24),
        ("fetch.http_5xx", 0, math.nan, 1),
        ("fetch.http_5xx", 0, -5, 1),
        ("fetch.http_429", 0, None, 2),
        ("fetch.http_429", 0, 30 * HOUR, 30),
        ("fetch.dns", 0, None, 6),
        ("fetch.tls", 1, None, 12),
        ("fetch.http_404", 0, None, 6),
        ("fetch.http_4xx", 0, None, 24),
        ("fetch.robots", 0, None, 24),
        ("fetch.robots", 100, None, 24),
        ("read.not_feed", 0, None, 1),
        ("read.not_feed", 13, None, 7 * 24),
    ],
)
def test_failures_are_graded(code: str, failures: int, retry_after_s: float | None, expected_h: float) -> None:
    state = decide(known(failure_count=failures), failure(code, 500, retry_after_s))
    assert wait_h(state) == expected_h
    assert (state.status, state.failure_count, state.last_code) == ("failing", failures + 1, code)
    assert (state.last_message, state.last_status) == (f"it was {code}", 500)
    kept = ("content_hash", "entry_hashes", "entry_count", "changed_at")
    assert all(getattr(state, name) == getattr(known(), name) for name in kept)
    assert (state.etag is None) == code.startswith("read.")


def test_too_many_requests_slow_a_feed_down_for_longer() -> None:
    slowed = decide(known(), failure("fetch.http_429", 429))
    assert slowed.interval_s == 7200
    assert decide(slowed, answer(304, b"")).interval_s >= 7200
    assert decide(known(), failure("fetch.http_5xx", 503)).interval_s == 3600


def test_gone_for_good_retires() -> None:
    state = decide(known(), failure("fetch.http_410", 410))
    assert state.status == "retired"
    assert not is_due(state, NOW + timedelta(days=1000))
    assert decide(state, answer(body=CHANGED), with_new(1)).status == "ok"


def polled(state: FeedState, steps: Sequence[tuple[Retrieved, FeedHints | None]]) -> FeedState:
    for retrieved, hints in steps:
        state = decide(state, retrieved, hints)
    return state


SENT = (answer(body=CHANGED, moved_to=MOVED, etag='"1"'), with_new(0))


SENT_304 = (answer(304, b"", moved_to=MOVED), None)


ELSEWHERE = (answer(body=CHANGED, moved_to="https://third.example/feed"), with_new(0))
STAYED = (answer(body=CHANGED), with_new(0))
PORTAL = (replace(answer(moved_to=MOVED), code="read.not_feed"), None)
DOWNGRADE = (answer(body=CHANGED, moved_to="http://news.example/feed"), with_new(0))


@pytest.mark.parametrize(
    ("steps", "address", "count"),
    [
        ([SENT], None, 1),
        ([SENT, SENT], None, 2),
        ([SENT, SENT, SENT], MOVED, 0),
        ([SENT, SENT_304, SENT_304], MOVED, 0),
        ([SENT, SENT, STAYED, SENT], None, 1),
        ([SENT, SENT, ELSEWHERE, SENT], None, 1),
        ([SENT, SENT, PORTAL, SENT], None, 1),
        ([SENT, SENT, (failure("fetch.timeout"), None), SENT], MOVED, 0),
        ([PORTAL] * 5, None, 0),
        ([DOWNGRADE] * 5, None, 0),
        ([(answer(body=CHANGED, moved_to=URL), with_new(0))] * 5, None, 0),
        ([(answer(body=CHANGED, moved_to="https://[oops"), with_new(0))] * 5, None, 0),
    ],
)
def test_a_move_is_confirmed(steps: list[tuple[Retrieved, FeedHints | None]], address: str | None, count: int) -> None:
    state = polled(known(), steps)
    assert (state.address, state.moved_count) == (address, count)
    assert (state.moved_to is None) == (count == 0)
    assert address_of(state) == (address or URL)


@pytest.mark.parametrize("code", ["fetch.http_404", "fetch.http_410"])
def test_a_move_that_led_astray_is_undone(code: str) -> None:
    state = decide(known(address=MOVED), failure(code, 404))
    assert (state.address, state.status, state.etag, state.last_modified) == (None, "failing", None, None)


def test_a_move_back_needs_no_address() -> None:
    back = (answer(body=CHANGED, moved_to=URL), with_new(0))
    assert polled(known(address=MOVED), [back] * 3).address is None


def test_what_was_not_read_to_its_end_is_asked_for_again() -> None:
    first = decide(known(), answer(body=CHANGED, etag='"2"'), with_new(4), is_whole=False)
    assert (first.etag, first.last_modified, first.content_hash) == (None, None, None)
    assert (first.new_count, first.changed_at) == (4, NOW)
    assert is_due(first, NOW)
    last = decide(first, answer(body=CHANGED, etag='"2"', first=7), with_new(4))
    assert (last.etag, last.content_hash) == ('"2"', digest_bytes(CHANGED))
    assert (last.new_count, last.interval_s, last.unchanged_count) == (4, first.interval_s, 0)
    assert wait_h(last) > 0
    # The feed went on between the two: what came in before position 7 was never read.
    shifted = decide(first, answer(body=b"<rss>newer</rss>", etag='"3"', first=7), with_new(5))
    assert (shifted.etag, shifted.content_hash) == (None, None)
    assert wait_h(shifted) > 0


def test_a_body_that_nobody_parsed_changes_no_pace() -> None:
    state = decide(known(), answer(body=CHANGED))
    assert (state.interval_s, state.entry_hashes, state.changed_at) == (3600, known().entry_hashes, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_interval_s": 0},
        {"min_interval_s": 2, "max_interval_s": 1},
        {"dead_interval_s": 3600},
        {"jitter": 2},
        {"full_every": 0},
        {"memory": 0},
        {"target_new": math.inf},
        {"min_interval_s": math.nan},
        {"lie_slack_s": -1},
    ],
)
def test_limits_make_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PollLimits(**wrong)


def test_every_graded_code_is_one() -> None:
    assert set(FLOORS_S) <= set(CODES)
