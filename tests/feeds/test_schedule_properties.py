"""What holds after any poll of any feed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.documents import Response, Retrieved, Source
from schemas.feeds import STATUSES, FeedHints, FeedState
from schemas.trouble import CODES
from tests.support.polls import ENTRIES, HOUR, MOVED, NOW, URL, answer, known, wait_h
from transforms.feeds.bounds import next_permitted
from transforms.feeds.rate import learn_interval
from transforms.feeds.schedule import LIMITS, conditional_headers, decide_state, is_due

INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC)) | st.datetimes()
WORDS = st.none() | st.text(max_size=30)
COUNTS = st.integers(0, 2**31 - 1)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["etag", "last-modified", "cache-control", "expires", "age", "date", "retry-after"]),
        st.text(max_size=30)
        | st.integers(-5, 10**13).map("max-age={}".format)
        | st.integers(0, 10**13).map(str)
        | st.just("Mon, 05 Jan 2026 15:00:00 GMT"),
    ),
    max_size=5,
).map(tuple)
STATES = st.builds(
    FeedState,
    feed_url=st.just(URL),
    address=st.sampled_from([None, MOVED]),
    status=st.sampled_from(STATUSES),
    polled_at=INSTANTS,
    next_due_at=INSTANTS,
    interval_s=COUNTS,
    min_interval_s=st.none() | st.integers(),
    max_interval_s=st.none() | st.integers(),
    etag=WORDS,
    last_modified=WORDS,
    content_hash=WORDS,
    entry_hashes=st.sampled_from(["", "".join(ENTRIES), "odd"]),
    entry_count=COUNTS,
    not_modified_count=COUNTS,
    lied_count=COUNTS,
    failure_count=COUNTS,
    moved_to=st.sampled_from([None, MOVED]),
    moved_count=st.integers(0, 5),
)
RETRIEVED = st.builds(
    Retrieved,
    source=st.builds(Source, uri=st.just(URL), first=st.integers(0, 2)),
    response=st.none()
    | st.builds(
        Response,
        url=st.just(URL),
        status=st.sampled_from([200, 226, 304, 410]),
        headers=HEADERS,
        moved_to=st.sampled_from([None, MOVED, "http://["]),
    ),
    body=st.binary(max_size=5),
    code=st.none() | st.sampled_from(sorted(CODES)),
    message=st.text(max_size=5),
    status=st.none() | st.integers(100, 999),
    retry_after_s=st.none() | st.floats(),
    at=INSTANTS,
)
HINTS = st.none() | st.builds(
    FeedHints,
    ttl_s=st.none() | st.integers(),
    update_interval_s=st.none() | st.integers(),
    skip_hours=st.lists(st.integers(-3, 30), max_size=30).map(tuple),
    skip_days=st.lists(st.integers(-3, 9), max_size=9).map(tuple),
    entry_hashes=st.lists(st.sampled_from([*ENTRIES, "", "f" * 16]), max_size=9).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(STATES, RETRIEVED, HINTS, st.booleans())
def test_any_poll_gives_a_state(
    state: FeedState, retrieved: Retrieved, hints: FeedHints | None, is_whole: bool
) -> None:
    decided = decide_state(state, retrieved, hints, is_whole=is_whole)
    assert decided == decide_state(state, retrieved, hints, is_whole=is_whole)
    assert decided.status in STATUSES
    assert (decided.status == "ok") == (decided.last_code is None)
    assert decided.poll_count == state.poll_count + 1
    assert decided.next_due_at is not None
    assert decided.polled_at is not None
    assert decided.next_due_at >= decided.polled_at
    assert 1 <= decided.interval_s < 2**31
    assert (decided.feed_url, decided.min_interval_s) == (state.feed_url, state.min_interval_s)
    assert decided.entry_hashes or not state.entry_hashes or hints is not None
    conditional_headers(decided)
    is_due(decided, NOW)


@settings(max_examples=60, deadline=None)
@given(HEADERS, HINTS, st.integers(900, 86_400), st.integers(0, 10**7), st.none() | st.sampled_from(sorted(CODES)))
def test_waits_stay_within_limits(
    headers: tuple[tuple[str, str], ...], hints: FeedHints | None, interval: int, ago: int, code: str | None
) -> None:
    response = Response(url=URL, status=200, headers=headers)
    before = known(interval_s=interval, polled_at=NOW - timedelta(seconds=ago))
    state = decide_state(before, replace(answer(), response=response, code=code), hints)
    is_patient = code is not None or any(name == "retry-after" for name, _ in headers)
    most = LIMITS.dead_interval_s if is_patient else LIMITS.max_interval_s
    pushed = 7 * 24 if hints and (hints.skip_hours or hints.skip_days) else 0
    assert LIMITS.min_interval_s / HOUR <= wait_h(state) <= most * (1 + LIMITS.jitter) / HOUR + pushed


@given(st.floats(900, 86_400), st.floats(0, 1e7), st.integers(0, 99), st.integers(0, 99), st.integers(1, 100))
def test_more_news_is_never_asked_for_later(interval: float, elapsed: float, one: int, other: int, held: int) -> None:
    fewer, more = sorted((min(one, held), min(other, held)))
    slow, fast = (
        learn_interval(interval, elapsed, new_count=n, entry_count=held, limits=LIMITS, has_lost=n == held)
        for n in (fewer, more)
    )
    assert 0 <= fast <= slow <= 2 * interval


@given(st.datetimes(timezones=st.just(UTC)), HINTS, st.floats(0, 1))
def test_skipped_hours_only_push_on(at: datetime, hints: FeedHints | None, share: float) -> None:
    assert timedelta(0) <= next_permitted(at, hints, share) - at <= timedelta(days=7)
