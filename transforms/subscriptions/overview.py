"""A list of feeds beside what is known of each: how many are well, and all of it as plain values."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from schemas.feeds import FeedState
from transforms.feeds.schedule import is_due
from transforms.subscriptions.feeds_toml import Subscription, Subscriptions

SHOWN = (
    *("status", "kind", "title", "polled_at", "changed_at", "next_due_at", "interval_s", "failure_count"),
    *("last_code", "last_message", "last_status", "entry_count", "new_count", "poll_count", "hub_url", "address"),
)
"""Columns of ``feed_state`` that an overview has."""


def count_feeds(feeds: Sequence[Subscription], states: Mapping[str, FeedState], now: datetime) -> dict[str, int]:
    """Count the subscriptions that are well, failing, retired, never polled, and due."""
    counts = dict.fromkeys(("feeds", "ok", "failing", "retired", "never_polled", "due_now"), 0)
    for feed in feeds:
        state = states.get(feed.url)
        counts["feeds"] += 1
        counts["due_now"] += state is None or is_due(state, now)
        name = "never_polled" if state is None or state.status == "new" else state.status
        counts[name] = counts.get(name, 0) + 1
    return counts


def count_unlisted(feeds: Sequence[Subscription], states: Mapping[str, FeedState]) -> int:
    """Count the feeds that an output knows and the list does not have."""
    listed = {feed.url for feed in feeds}
    return sum(1 for url in states if url not in listed)


def describe_feeds(
    subscriptions: Subscriptions, states: Mapping[str, FeedState] | None, now: datetime
) -> dict[str, Any]:
    """Return feeds, warnings and counts by name. ``state`` is None for a feed of which nothing is known.

    Args:
        subscriptions: the list.
        states: what the output knows; None leaves out everything but the list.
        now: aware.
    """
    feeds = []
    for feed in subscriptions.feeds:
        row: dict[str, Any] = dataclasses.asdict(feed)
        if states is not None:
            state = states.get(feed.url)
            row["state"] = {name: getattr(state, name) for name in SHOWN} if state else None
            row["is_due"] = state is None or is_due(state, now)
        feeds.append(row)
    found: dict[str, Any] = {"feeds": feeds, "warnings": subscriptions.warnings}
    if states is not None:
        found["counts"] = count_feeds(subscriptions.feeds, states, now)
    return found
