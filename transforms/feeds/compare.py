"""What is new in the answer to a poll, and whether earlier 304 answers were wrong."""

from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple

from schemas.documents import Retrieved
from schemas.feeds import FeedHints, FeedState
from transforms.feeds.limits import PollLimits
from transforms.http.dates import read_http_date
from transforms.identity import SHORT_DIGITS, digest_bytes


class Comparison(NamedTuple):
    """What an answer gave beside what was known.

    Attributes:
        is_feed: a feed was read, now or from a body that is the same.
        new_count: entries that were not known; None where the body changed by an unknown amount.
        entries: their hashes, in order; None where no feed was parsed.
        content_hash: of the body; None where there was none.
        is_as_before: nothing is in it that was not known.
        headers: of the answer, names in lower case.
    """

    is_feed: bool
    new_count: int | None
    entries: tuple[str, ...] | None
    content_hash: str | None
    is_as_before: bool
    headers: Mapping[str, str]


def compare_answer(
    state: FeedState, retrieved: Retrieved, hints: FeedHints | None, content_hash: str | None
) -> Comparison:
    """Compare an answer that is not a failure with what the last one left."""
    headers = dict(retrieved.response.headers) if retrieved.response else {}
    if retrieved.response is None or retrieved.response.status == 304:
        return Comparison(bool(state.content_hash), 0, None, None, True, headers)
    name = content_hash or digest_bytes(retrieved.body)
    if hints is None:
        is_same = name == state.content_hash
        return Comparison(is_same, 0 if is_same else None, None, name, is_same, headers)
    known = state.entry_hashes
    before = {known[place : place + SHORT_DIGITS] for place in range(0, len(known), SHORT_DIGITS)}
    entries = tuple(entry for entry in hints.entry_hashes if len(entry) == SHORT_DIGITS)
    new_count = sum(entry not in before for entry in entries)
    return Comparison(True, new_count, entries, name, new_count == 0, headers)


def has_lied(state: FeedState, found: Comparison, limits: PollLimits) -> bool:
    """Return whether the 304 answers before a full answer were wrong.

    They were where the answer has new_count, and

    - its validators are those that 304 was said to (ETag alone counts where there is one: RFC 9110, 13.2.2), or
    - by its Last-Modified it had changed well before the last of them, or
    - it has more new_count than can have come since the last of them.

    A body that differs without any new entry does not count: a weak validator allows it, and nothing was missed.
    """
    if not state.not_modified_count or not found.new_count:
        return False
    name, stored = ("etag", state.etag) if state.etag else ("last-modified", state.last_modified)
    answer = found.headers.get(name)
    if stored and answer and stored.strip().removeprefix("W/") == answer.strip().removeprefix("W/"):
        return True
    changed, said = read_http_date(found.headers.get("last-modified")), state.polled_at
    if changed and said and state.last_status == 304:
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
        if (said - changed).total_seconds() > limits.lie_slack_s:
            return True
    return found.new_count >= limits.lie_new_count
