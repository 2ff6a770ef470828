"""The schedule, hub and own address that an XML feed declares."""

import itertools
import re
from collections.abc import Iterable
from typing import Any

from schemas.documents import Entry
from schemas.feeds import FeedHints
from transforms.identity import entry_hash, short_digest
from transforms.sources.json_feeds import absolute
from transforms.sources.strings import squeeze
from transforms.sources.xml_feeds import parts

_MAX_S = 366 * 86_400
"""What a longer time is taken for: it is a mistake, and must fit the integer of a table."""

_PERIODS_S = {"hourly": 3_600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BLOCK = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?:\w{1,40}:)?skip(?P<what>hours|days)\b[^<>]{0,400}>",
    re.IGNORECASE | re.DOTALL,
)
"""An element to skip by; or a comment or CDATA, where a tag is but text."""

_ANY_BLOCK = re.compile(rb"skip(?:hours|days)\b", re.IGNORECASE)
_VALUE = re.compile(rb"<(?:\w{1,40}:)?(?:hour|day)\b[^<>]{0,400}>\s*(?:<!\[CDATA\[\s*)?(\w{1,12})", re.IGNORECASE)
_BLOCK_BYTES = 8_000
_MAX_BLOCKS = 8


def hash_entries(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Hash id, link and text of each entry to 16 hex digits: equal hashes say the same of the same."""
    return tuple(short_digest(entry.entry_id or "", entry.url or "", entry_hash(entry) or "") for entry in entries)


def read_hints(head: Any, data: bytes, *, base: str | None) -> FeedHints:
    """Read schedule, hub and own address of an XML feed; title and entries are read elsewhere.

    ttl, skipHours and skipDays are of RSS 2.0 (https://www.rssboard.org/rss-specification), updatePeriod and
    updateFrequency of the syndication module of RSS 1.0 (https://web.resource.org/rss/1.0/modules/syndication/),
    rel=hub and rel=self of WebSub (https://www.w3.org/TR/websub/). A value that they do not allow is
    passed over.

    Args:
        head: what feedparser gives as ``feed``.
        data: the bytes it was read from: feedparser keeps of the hours and days to skip the last one only.
        base: what its links are relative to.
    """
    hours, days = _skipped(data)
    return FeedHints(
        self_url=_linked(head, "self", base),
        hub_url=_linked(head, "hub", base),
        ttl_s=_ttl_s(dict.get(head, "ttl")),
        update_interval_s=_update_interval_s(
            squeeze(dict.get(head, "sy_updateperiod")).lower(), squeeze(dict.get(head, "sy_updatefrequency"))
        ),
        skip_hours=hours,
        skip_days=days,
    )


def _linked(head: Any, rel: str, base: str | None) -> str | None:
    links = (link.get("href") for link in parts(head, "links") if rel in str(link.get("rel")).split())
    return next((url for url in (absolute(base, href) for href in links) if url), None)


def _ttl_s(minutes: Any) -> int | None:
    match = re.match(r"\d{1,12}(?![\d])", squeeze(minutes))
    return min(int(match.group()) * 60, _MAX_S) or None if match else None


def _update_interval_s(period: str, frequency: str) -> int | None:
    if not period and not frequency:
        return None
    seconds = _PERIODS_S.get(period or "daily")  # what the module says of a feed that has the frequency alone
    times = int(frequency) if re.fullmatch(r"[0-9]{1,6}", frequency) else 1
    return max(1, seconds // max(1, times)) if seconds else None


def _skipped(data: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if data.count(b"\0", 0, 1000) > 200:
        data = data.replace(b"\0", b"")  # UTF-16 and UTF-32: the names are ASCII
    if not _ANY_BLOCK.search(data):
        return (), ()
    hours: set[int] = set()
    days: set[int] = set()
    blocks = (found for found in _BLOCK.finditer(data) if found["what"])
    for block in itertools.islice(blocks, _MAX_BLOCKS):
        inside = data[block.end() : block.end() + _BLOCK_BYTES]
        end = re.search(rb"</(?:\w{1,40}:)?skip" + block["what"], inside, re.IGNORECASE)
        found = _VALUE.finditer(inside, 0, end.start()) if end else ()
        values = [match.group(1).decode("ascii", "replace") for match in found]
        if block["what"].lower() == b"hours":
            # RSS 0.91 counts to 24, which is midnight.
            hours.update(int(value) % 24 for value in values if value.isdecimal() and int(value) <= 24)
        else:
            days.update(_DAYS.index(value[:3].lower()) for value in values if value[:3].lower() in _DAYS)
    return tuple(sorted(hours)), tuple(sorted(days))
