"""New addresses of feeds, followed once permanent redirects are confirmed."""

from dataclasses import replace

from schemas.feeds import FeedState
from transforms.feeds.limits import PollLimits
from transforms.urls import split_url


def may_move(before: str, after: str) -> bool:
    """Return whether permanent redirects from one address to another may become a feed's address.

    Not to something other than an address of the web, and not from https to http: an eavesdropper could take
    the feed away for good. Such a redirect is followed anew at each poll instead.

    >>> may_move("http://news.example/rss", "https://news.example/rss")
    True
    >>> may_move("https://news.example/rss", "http://news.example/rss")
    False
    """
    old, new = split_url(before), split_url(after)
    if not new.netloc or new.scheme not in ("http", "https") or before == after:
        return False
    return new.scheme == "https" or old.scheme != "https"


def follow_moves(state: FeedState, moved_to: str | None, is_feed: bool, limits: PollLimits) -> FeedState:
    """Count a poll that permanent redirects (301, 308) sent elsewhere; move the feed when enough agree.

    Args:
        state: of the feed, otherwise up to date.
        moved_to: where they led; None where they did not, or not all were permanent.
        is_feed: whether the feed was there; if not, it is somebody else's page, such as a captive portal.
        limits: how many must agree.
    """
    before = state.address or state.feed_url
    if moved_to is None or not is_feed or not may_move(before, moved_to):
        return forget_move(state)
    count = state.moved_count + 1 if moved_to == state.moved_to else 1
    if count < limits.confirm_moves:
        return replace(state, moved_to=moved_to, moved_count=count)
    is_other_host = split_url(before).netloc.lower() != split_url(moved_to).netloc.lower()
    address = None if moved_to == state.feed_url else moved_to
    return replace(
        state,
        address=address,
        moved_to=None,
        moved_count=0,
        lied_count=0 if is_other_host else state.lied_count,  # another server, another reputation
    )


def forget_move(state: FeedState) -> FeedState:
    """End a row of redirects that was not confirmed."""
    return replace(state, moved_to=None, moved_count=0)
