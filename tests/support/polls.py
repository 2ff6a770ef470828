"""Polls of a feed: the state before, and the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.documents import Response, Retrieved, Source
from schemas.feeds import FeedHints, FeedState
from transforms.feeds.schedule import PollLimits, decide_state
from transforms.identity import digest_bytes

URL = "https://news.example/feed"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
HOUR = 3600.0
EXACT = PollLimits(jitter=0)
ENTRIES = tuple(f"{n:016x}" for n in range(20))
BODY = b"<rss>old</rss>"
MOVED = "https://other.example/feed"


def known(**changes: Any) -> FeedState:
    """A feed that was polled an hour ago, every hour so far."""
    values: dict[str, Any] = {
        "feed_url": URL,
        "status": "ok",
        "poll_count": 5,
        "polled_at": NOW - timedelta(hours=1),
        "next_due_at": NOW,
        "interval_s": 3600,
        "etag": '"1"',
        "last_modified": "Mon, 05 Jan 2026 10:00:00 GMT",
        "content_hash": digest_bytes(BODY),
        "entry_hashes": "".join(ENTRIES),
        "entry_count": len(ENTRIES),
        "last_status": 200,
    }
    return FeedState(**(values | changes))


def answer(
    status: int = 200, body: bytes = BODY, *, moved_to: str | None = None, first: int = 0, **headers: Any
) -> Retrieved:
    """What a server gives."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    response = Response(url=URL, status=status, headers=named, moved_to=moved_to)
    return Retrieved(source=Source(uri=URL, first=first), response=response, body=body, at=NOW)


def failure(code: str, status: int | None = None, retry_after_s: float | None = None) -> Retrieved:
    """A poll that failed."""
    return Retrieved(
        source=Source(uri=URL), code=code, message=f"it was {code}", status=status, retry_after_s=retry_after_s, at=NOW
    )


def with_new(count: int, **changes: Any) -> FeedHints:
    """What a feed of 20 entries says, of which so many are new."""
    entries = tuple(f"{n:016x}" for n in range(-count % 2**64, -count % 2**64 + count)) + ENTRIES[: 20 - count]
    return FeedHints(kind="rss", entry_hashes=entries, **changes)


def wait_h(state: FeedState) -> float:
    """Hours until the next poll."""
    assert state.next_due_at is not None
    return round((state.next_due_at - NOW).total_seconds() / HOUR, 3)


def decide(state: FeedState, retrieved: Retrieved, hints: FeedHints | None = None, **more: Any) -> FeedState:
    """The state after a poll, by default without jitter."""
    return decide_state(state, retrieved, hints, limits=more.pop("limits", EXACT), **more)
