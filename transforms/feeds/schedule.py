"""The state of a feed after a poll, with the time at which it is due again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schemas.documents import Retrieved
from schemas.feeds import FeedHints, FeedState
from transforms.feeds.bounds import finite, next_permitted, published_s
from transforms.feeds.compare import Comparison, compare_answer, has_lied
from transforms.feeds.failures import GONE, failure_wait_s
from transforms.feeds.limits import LIMITS, PollLimits
from transforms.feeds.moves import follow_moves, forget_move
from transforms.feeds.rate import learn_interval, share_of
from transforms.http.freshness import freshness_s
from transforms.http.retry_after import retry_after_s

__all__ = [
    "LIMITS",
    "PollLimits",
    "address_of",
    "conditional_headers",
    "decide_state",
    "is_due",
]

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(days=1)


def address_of(state: FeedState) -> str:
    """Return the address to request: where confirmed permanent redirects lead, or else as it was subscribed."""
    return state.address or state.feed_url


def conditional_headers(state: FeedState, *, limits: PollLimits = LIMITS) -> tuple[tuple[str, str], ...]:
    """Return headers that request the feed only if it has changed (RFC 9110, 13.1), values as the server gave them.

    Empty where all of the feed is wanted: nothing is known of it, or 304 was said so often in a row that it is
    to be checked. Each 304 that turned out to be wrong halves the row, down to every other poll.

    >>> conditional_headers(FeedState(feed_url="https://news.example/feed", etag='W/"7"'))
    (('If-None-Match', 'W/"7"'),)
    """
    often = min(float(limits.full_every), limits.full_within_s / max(1, state.interval_s))
    if state.not_modified_count >= max(1.0, often / 2 ** min(max(0, state.lied_count), 31)):
        return ()
    named = (("If-None-Match", state.etag), ("If-Modified-Since", state.last_modified))
    return tuple((name, value) for name, value in named if value)


def is_due(state: FeedState, now: datetime) -> bool:
    """Return whether a feed may be polled; never for one that is retired.

    A last poll that lies more than a day in the future is that of a wrong clock, and silences no feed.
    """
    if state.status == "retired":
        return False
    if state.next_due_at is None or state.next_due_at <= now:
        return True
    return state.polled_at is not None and state.polled_at - now > _CLOCK_SLACK


def decide_state(
    state: FeedState,
    retrieved: Retrieved,
    hints: FeedHints | None,
    *,
    content_hash: str | None = None,
    is_whole: bool = True,
    limits: PollLimits = LIMITS,
) -> FeedState:
    """Decide the state that a poll leaves a feed in. Total: whatever was retrieved gives a state.

    The only clock is ``retrieved.at``. What was learnt from the last body that was read (hashes, entries,
    title) stays through 304 and failures. Validators stay, too, but where the body turned out to be no feed:
    then the next poll requests all of it.

    Args:
        state: as the poll before left it; the request was made by its :func:`conditional_headers`.
        retrieved: what came; ``code`` is under ``read.`` where a body came that could not be read.
        hints: what the feed says of itself; None where no feed was parsed: 304, a known body, a failure.
        content_hash: :func:`~transforms.identity.digest_bytes` of the body, where it is known already.
        is_whole: whether all entries were read. If not, the next poll is due at once and must give the whole feed.
        limits: how often feeds may and must be polled.
    """
    at = _instant(retrieved, state)
    status = retrieved.response.status if retrieved.response else retrieved.status
    polled = replace(state, poll_count=state.poll_count + 1, polled_at=at, last_status=status)
    if retrieved.code is not None:
        return _failed(polled, retrieved, retrieved.code, retrieved.message, at=at, limits=limits)
    if retrieved.response is None:
        return _failed(polled, retrieved, "fetch.crash", "neither an answer nor a failure", at=at, limits=limits)
    is_first_part = retrieved.source.first == 0
    # The caller that made the request may not know other limits than the default ones.
    conditions = conditional_headers(state, limits=limits) or conditional_headers(state)
    was_conditional = is_first_part and bool(conditions)
    if status == 304 and not was_conditional:
        why = "304 was said to a request for the whole feed"
        return _failed(
            replace(polled, etag=None, last_modified=None), retrieved, "fetch.protocol", why, at=at, limits=limits
        )
    found = compare_answer(state, retrieved, hints, content_hash)
    polled = replace(
        polled,
        status="ok",
        failure_count=0,
        last_code=None,
        last_message=None,
        interval_s=(not is_first_part and state.interval_s) or _interval(state, found, hints, at, limits),
    )
    wait = _wait_s(polled, dict(retrieved.response.headers), retrieved, at, limits)
    polled = replace(polled, next_due_at=_due(polled, at, wait, hints, limits))
    polled = follow_moves(polled, retrieved.response.moved_to, found.is_feed, limits)
    if status == 304:
        return replace(
            polled,
            new_count=0,
            not_modified_count=state.not_modified_count + 1,
            unchanged_count=state.unchanged_count + 1,
        )
    is_lie = not was_conditional and is_first_part and has_lied(state, found, limits)
    polled = _learnt(polled, found, hints, at, is_first_part=is_first_part)
    polled = replace(polled, lied_count=polled.lied_count + is_lie)
    if is_whole and (is_first_part or found.is_as_before):
        return polled
    # Neither validators nor a hash may stand for entries that were not read.
    polled = replace(polled, etag=None, last_modified=None, content_hash=None)
    return polled if is_whole else replace(polled, next_due_at=at)


def _instant(retrieved: Retrieved, state: FeedState) -> datetime:
    """Return when a poll was answered; where that was not noted, the best estimate."""
    fetched_at = retrieved.response.fetched_at if retrieved.response else None
    at = retrieved.at or fetched_at or state.next_due_at or state.polled_at or _BEFORE_ALL
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _range(state: FeedState, limits: PollLimits) -> tuple[float, float]:
    """Return the shortest and longest interval of one feed: those of the subscription within the general limits."""
    low = max(limits.min_interval_s, finite(state.min_interval_s))
    return min(low, 365 * 86_400), max(low, finite(state.max_interval_s) or limits.max_interval_s)


def _interval(state: FeedState, found: Comparison, hints: FeedHints | None, at: datetime, limits: PollLimits) -> int:
    """Return the learnt interval, never shorter than the one that the feed itself declares.

    That one is known only when the feed is parsed. It lasts until the next time, since the interval never
    gets shorter by a poll that gives nothing.
    """
    low, high = _range(state, limits)
    interval = float(state.interval_s)
    if not state.interval_s:
        interval = limits.first_interval_s
    elif found.new_count is not None and state.polled_at is not None and not state.failure_count and state.entry_count:
        held = len(found.entries) if found.entries is not None else state.entry_count
        polled_at = state.polled_at if state.polled_at.tzinfo else state.polled_at.replace(tzinfo=UTC)
        interval = learn_interval(
            interval,
            max(0.0, (at - polled_at).total_seconds()),
            new_count=found.new_count,
            entry_count=held,
            limits=limits,
            has_lost=0 < held == found.new_count,
        )
    elif found.new_count == 0 and not state.failure_count:
        interval *= 1 + 1 / limits.memory  # still without any entry
    if hints is None:
        high = max(high, state.interval_s)
    own = min(published_s(hints), limits.max_interval_s)
    return min(round(max(min(high, interval), low, own)), 365 * 86_400)


def _wait_s(
    state: FeedState, headers: Mapping[str, str], retrieved: Retrieved, at: datetime, limits: PollLimits
) -> float:
    """Return the longest time that anything asks for. Only Retry-After counts beyond the longest interval."""
    patience = max(finite(retrieved.retry_after_s), retry_after_s(headers.get("retry-after"), at) or 0.0)
    return max(
        float(state.interval_s),
        min(freshness_s(headers, at) or 0.0, limits.max_interval_s),
        min(patience, limits.dead_interval_s),
    )


def _due(state: FeedState, at: datetime, wait_s: float, hints: FeedHints | None, limits: PollLimits) -> datetime:
    hints = hints or FeedHints(skip_hours=state.skip_hours, skip_days=state.skip_days)
    share = share_of(state.feed_url)
    try:
        return next_permitted(at + timedelta(seconds=wait_s * (1 + limits.jitter * share)), hints, share)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _learnt(
    state: FeedState, found: Comparison, hints: FeedHints | None, at: datetime, *, is_first_part: bool
) -> FeedState:
    """Take over what a body says."""
    if is_first_part:  # the parts after it belong to the same poll
        has_news = found.new_count != 0
        state = replace(
            state,
            new_count=found.new_count or 0,
            changed_at=at if has_news else state.changed_at,
            unchanged_count=0 if has_news else state.unchanged_count + 1,
        )
    if hints is not None:
        state = replace(
            state,
            kind=hints.kind or state.kind,
            title=hints.title or state.title,
            site_url=hints.site_url or state.site_url,
            hub_url=hints.hub_url,
            self_url=hints.self_url,
            skip_hours=hints.skip_hours,
            skip_days=hints.skip_days,
        )
    if found.entries is not None:
        state = replace(state, entry_hashes="".join(found.entries), entry_count=len(found.entries))
    return replace(
        state,
        etag=found.headers.get("etag") or None,
        last_modified=found.headers.get("last-modified") or None,
        content_hash=found.content_hash,
        not_modified_count=0,
    )


def _failed(
    state: FeedState, retrieved: Retrieved, code: str, message: str, *, at: datetime, limits: PollLimits
) -> FeedState:
    """Return the state after a poll that gave no feed."""
    state = replace(
        state,
        status="failing",
        failure_count=state.failure_count + 1,
        last_code=code,
        last_message=message[:500],
        interval_s=state.interval_s or round(max(limits.first_interval_s, _range(state, limits)[0])),
    )
    if code == "fetch.http_429":  # too many: the pace itself was wrong
        low, high = _range(state, limits)
        state = replace(state, interval_s=round(max(low, state.interval_s, min(high, 2 * state.interval_s))))
    headers = dict(retrieved.response.headers) if retrieved.response else {}
    wait = max(
        failure_wait_s(code, state.failure_count, state.interval_s, limits),
        _wait_s(state, headers, retrieved, at, limits),
    )
    state = replace(state, next_due_at=_due(state, at, wait, None, limits))
    if code.startswith("read."):
        # The answer was not a feed: its validators must not be taken for those of the feed.
        state = forget_move(replace(state, etag=None, last_modified=None, not_modified_count=0))
    if code in GONE and state.address is not None:
        # The way to it led astray: back to the address that was subscribed, of which nothing is known.
        state = forget_move(replace(state, address=None, etag=None, last_modified=None, not_modified_count=0))
    elif code == "fetch.http_410":
        state = replace(state, status="retired")
    return state
