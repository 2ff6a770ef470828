"""Records of polling: the state of a feed between two polls, its own schedule, and the log of requests."""

from datetime import datetime

import pyarrow as pa

from schemas.record import column, record
from schemas.stored_row import StoredRow
from schemas.values import any_of

STATUSES = ("new", "ok", "failing", "retired")
"""What a subscription can be: never polled, well, failed at the last poll, gone for good (410)."""

PURPOSES = ("feed", "page", "robots")
"""What a request can be made for."""


@record
class FeedState(StoredRow):
    """One subscription, as its last poll left it; of several rows of a feed the one with most polls counts."""

    feed_url: str = column("Address as subscribed; what the rows of one feed have in common.")
    address: str | None = column("Address asked from now on; None while it is feed_url.", default=None)
    status: str = column(f"{any_of(STATUSES)}.", default="new")
    kind: str | None = column("What it was recognised as; None before it was read.", default=None)
    title: str | None = column("Title of the feed.", default=None)
    site_url: str | None = column("Page that the feed belongs to, as it says.", default=None)
    hub_url: str | None = column("WebSub hub that the feed names; recorded, not used.", default=None)
    self_url: str | None = column("Address that the feed gives as its own.", default=None)
    poll_count: int = column("Polls so far, failed ones included.", default=0, arrow=pa.int32())
    polled_at: datetime | None = column("UTC instant of the last poll; wall clock.", default=None)
    changed_at: datetime | None = column("UTC instant of the last poll that gave anything new.", default=None)
    next_due_at: datetime | None = column("UTC instant from which it may be polled; None for at once.", default=None)
    interval_s: int = column("Interval learnt from how much was new, seconds; 0 before.", default=0, arrow=pa.int32())
    min_interval_s: int | None = column("Shortest interval the subscription asks for, seconds.", default=None)
    max_interval_s: int | None = column("Longest interval the subscription asks for, seconds.", default=None)
    etag: str | None = column("ETag of the last body that was read, verbatim.", default=None)
    last_modified: str | None = column("Last-Modified of that body, verbatim.", default=None)
    content_hash: str | None = column("blake2b-128 of that body, inflated; 32 hex digits.", default=None)
    entry_hashes: str = column("16 hex digits for each entry of that body, in order, one after the other.", default="")
    entry_count: int = column("Entries of that body.", default=0, arrow=pa.int32())
    new_count: int = column("How many of them the poll before had not given.", default=0, arrow=pa.int32())
    not_modified_count: int = column("304 in a row since a body was last read.", default=0, arrow=pa.int32())
    unchanged_count: int = column("Polls in a row that gave nothing new.", default=0, arrow=pa.int32())
    lied_count: int = column("How often 304 was said while the feed had changed.", default=0, arrow=pa.int32())
    failure_count: int = column("Failed polls in a row.", default=0, arrow=pa.int32())
    last_code: str | None = column("Code of the failure of the last poll; None when it went well.", default=None)
    last_message: str | None = column("That failure in words.", default=None)
    last_status: int | None = column("HTTP status of the last poll.", default=None, arrow=pa.int32())
    skip_hours: tuple[int, ...] = column("Hours of the day at which the feed asks not to be polled, UTC.", default=())
    skip_days: tuple[int, ...] = column("Days of the week at which it asks not to be polled, Monday 0.", default=())
    moved_to: str | None = column("Where permanent redirects lead, until that is confirmed.", default=None)
    moved_count: int = column("Polls in a row that were sent there.", default=0, arrow=pa.int32())
    newsmill_version: str = column("Version of newsmill that made the row.", default="")


def bare(state: FeedState) -> FeedState:
    """Give the subscription alone, without what polls have learnt.

    >>> bare(FeedState(feed_url="https://a.example/feed", etag='"x"', min_interval_s=60)).etag is None
    True
    """
    return FeedState(
        feed_url=state.feed_url,
        min_interval_s=state.min_interval_s,
        max_interval_s=state.max_interval_s,
    )


@record
class FeedHints:
    """What a feed says of itself beside its entries, and its entries in short."""

    kind: str | None = column("What it was recognised as: a kind of schemas.documents.KINDS.", default=None)
    title: str | None = column("Title of the feed as plain text.", default=None)
    site_url: str | None = column("Absolute http(s) link to the page it belongs to.", default=None)
    self_url: str | None = column("Address that it gives as its own (rel=self, feed_url).", default=None)
    hub_url: str | None = column("First WebSub hub (rel=hub, JSON Feed hubs).", default=None)
    ttl_s: int | None = column("RSS ttl, seconds.", default=None)
    update_interval_s: int | None = column("sy:updatePeriod divided by sy:updateFrequency, seconds.", default=None)
    skip_hours: tuple[int, ...] = column("Hours of the day, 0 to 23 UTC, at which not to poll.", default=())
    skip_days: tuple[int, ...] = column("Days of the week, Monday 0, at which not to poll.", default=())
    entry_hashes: tuple[str, ...] = column("16 hex digits of each entry: of its id, link and entry_hash.", default=())


@record
class Request(StoredRow):
    """One request that was sent, for whatever purpose: the log by which politeness is checked."""

    url: str = column("Address that was asked.")
    host: str = column("Host and unusual port: what is paced as one.")
    purpose: str = column(f"{any_of(PURPOSES)}.")
    started_at: datetime = column("UTC instant at which it was sent; wall clock.")
    ended_at: datetime = column("UTC instant at which the answer was read, or failed; wall clock.")
    duration_ms: float = column("The time between, by a clock that is never set.")
    status: int | None = column("HTTP status; None where no answer came.", default=None, arrow=pa.int32())
    code: str | None = column("Code of the failure; None where there was none.", default=None)
    bytes_received: int = column("Bytes of the body as sent.", default=0)
    is_conditional: bool = column("It had If-None-Match or If-Modified-Since.", default=False)
    is_cached: bool = column("The answer was 304: what is known stands.", default=False)
    redirects_to: str | None = column("Where a redirect leads.", default=None)
    delay_s: float = column("Least pause that was to be kept before it: policy, Crawl-delay, slowness.", default=0.0)
    crawl_delay_s: float | None = column("Crawl-delay of the host's robots.txt, if known then.", default=None)
    retry_after_s: float | None = column("Retry-After of the answer, seconds.", default=None)
    robots: str | None = column(
        "What robots.txt said of the address: 'allowed', 'absent' (no rules) or 'ignored'; None for robots.txt.",
        default=None,
    )
    user_agent: str = column("User-Agent that was sent.", default="")
    worker: str = column("Machine and process that asked.", default="")
    newsmill_version: str = column("Version of newsmill that made the row.", default="")
