"""Addresses of a sitemap, with what a news sitemap says of each.

Formats: https://www.sitemaps.org/protocol.html and Google's news and image extensions of it. Read with lxml alone:
ultimate-sitemap-parser is GPL, scrapy's reader drops the news extension and brings a whole framework along,
trafilatura's gives bare addresses.
"""

import io
import itertools
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import LeftOut, Trouble
from transforms.sources.feed_entries import Feed
from transforms.sources.hints import hash_entries
from transforms.sources.json_feeds import absolute
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.strings import squeeze, text_or_none, unique
from transforms.sources.xml_text import clean_xml

MAX_ADDRESSES = 50_000
"""Addresses that one sitemap, and sitemaps that one index may hold, by the protocol."""

MAX_TAGS = 2_000_000
"""Tags of one file: forty for each address it may hold. lxml takes 1 µs for one, where feedparser takes 40."""


_WHOLE = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>\s*\Z", re.IGNORECASE)
_ROOT = re.compile(rb"<([\w.-]{1,40}:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_RECORD_END = re.compile(rb"</(?:[\w.-]+:)?(?:url|sitemap)\s*>")

_SAFE: dict[str, Any] = {
    "recover": True, "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip
"""Options of parsers: nothing outside the file is read, entities stay as they are, and huge trees stay refused."""

_ALONE_BYTES = 20 << 20
"""What the root may add up to when each record is read with it."""


class ChildSitemap(NamedTuple):
    """One sitemap that an index names."""

    url: str
    modified_raw: str | None


def read_sitemap(data: bytes, *, url: str | None = None, limits: ReadLimits | None = None) -> Feed:
    """Read every address of a sitemap as an entry, in order, so that it is polled like a feed.

    Of a news sitemap title, date of publication, language and keywords are kept, of the image extension the first
    picture; the date of the last change is of any. The feed's title is the name of the publication. What comes after
    MAX_ADDRESSES is noted in ``lost``, and so are addresses that are not http or https. A sitemap without addresses is
    normal: a news sitemap holds two days.

    Args:
        url: where it was read from; relative addresses, which the protocol forbids, are resolved against it.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and gives no address.
    """
    parsed = _Parsed(data, "url", limits or ReadLimits())
    entries, lost, missing = _entries(parsed, url)
    if missing:
        entries, lost, _ = max(
            (entries, lost, missing), _entries(parsed.one_by_one(), url), key=lambda read: len(read[0])
        )
    if not entries:
        parsed.check("sitemap", lost)
    names = unique(entry.feed_title or "" for entry in entries)
    title = names[0] if len(names) == 1 else None
    return Feed(
        kind="sitemap",
        title=title,
        url=url,
        link=None,
        language=None,
        license=None,
        entries=tuple(entries),
        lost=tuple(lost),
        hints=FeedHints(kind="sitemap", title=title, entry_hashes=hash_entries(entries)),
    )


def _entries(parsed: "_Parsed", url: str | None) -> tuple[list[Entry], list[str], int]:
    """Return the entries, why others are lost, and how many records were not come to."""
    entries: list[Entry] = []
    lost: list[str] = []
    for position, record in enumerate(islice(parsed, MAX_ADDRESSES)):
        found = _entry(record, url)
        if found is None:
            lost.append(f"record {position} has no http(s) address: {(_text(record, 'loc') or 'no loc')[:200]!r}")
        else:
            entries.append(found)
    rest = sum(1 for _ in parsed)
    if rest:
        lost.append(f"{rest} addresses beyond the {MAX_ADDRESSES} that one sitemap may hold")
    seen = len(entries) + len(lost) + rest - bool(rest)
    missing = parsed.record_count - seen
    if missing > 0:
        lost.append(f"{missing} of {parsed.record_count} records, after {seen} that can be read")
    return entries, lost, max(0, missing)


def read_sitemap_index(
    data: bytes, *, url: str | None = None, limits: ReadLimits | None = None
) -> tuple[ChildSitemap, ...]:
    """Read the sitemaps that an index names, in order, each once; at most MAX_ADDRESSES.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and names none.
        LeftOut: read.no_entries where it is well and empty.
    """
    parsed = _Parsed(data, "sitemap", limits or ReadLimits())
    children, seen = _children(parsed, url)
    if parsed.record_count > seen:
        children = max(children, _children(parsed.one_by_one(), url)[0], key=len)
    if not children:
        parsed.check("sitemap index", [])
        raise LeftOut("read.no_entries", "the sitemap index has no address")
    return tuple(children.values())


def _children(parsed: "_Parsed", url: str | None) -> tuple[dict[str, ChildSitemap], int]:
    """Return the sitemaps by their address, and how many records were come to."""
    children: dict[str, ChildSitemap] = {}
    seen = 0
    for record in islice(parsed, MAX_ADDRESSES):
        seen += 1
        address = absolute(url, _text(record, "loc"))
        if address is not None:
            children.setdefault(address, ChildSitemap(address, _text(record, "lastmod")))
    return children, seen


def parse_sitemap_index(data: bytes, *, url: str | None = None, limits: ReadLimits | None = None) -> tuple[str, ...]:
    """Read the addresses of the sitemaps that an index names; see :func:`read_sitemap_index`.

    >>> parse_sitemap_index(b"<sitemapindex><sitemap><loc>https://a.example/news.xml</loc></sitemap></sitemapindex>")
    ('https://a.example/news.xml',)

    Raises:
        Trouble, LeftOut: as :func:`read_sitemap_index`.
    """
    return tuple(child.url for child in read_sitemap_index(data, url=url, limits=limits))


class _Parsed:
    """The records of one file, parsed while they are taken, each released once the next is requested."""

    def __init__(self, data: bytes, name: str, limits: ReadLimits) -> None:
        if len(data) > limits.max_feed_bytes:
            raise Trouble("read.too_large", f"a sitemap of {len(data)} bytes; {limits.max_feed_bytes} are allowed")
        max_tags = max(limits.max_tags, MAX_TAGS)
        check_markup(data, limits=ReadLimits(max_tags=max_tags, max_attributes=limits.max_attributes))
        self._data = clean_xml(data).data
        self._name = name
        self._starts = _record_starts(self._data, name)
        self.record_count = len(self._starts)
        """Records that the file begins, those that cannot be read among them."""
        self._records = self._walk(self._data, name)
        self._broken: str | None = None

    def __iter__(self) -> Iterator[etree._Element]:
        return self._records

    def one_by_one(self) -> "_Parsed":
        """Parse each record alone, so that one which does not end takes no other with it; of that one what is whole."""
        self._records = self._walk_alone()
        return self

    def _walk_alone(self) -> Iterator[etree._Element]:
        root = _ROOT.search(self._data)
        head = self._data[root.start() : self._data.find(b">", root.start()) + 1] if root else b""
        if self.record_count > MAX_ADDRESSES or len(head) * self.record_count > _ALONE_BYTES:
            return
        address_end = b"</" + (root[1] or b"" if root else b"") + b"loc"
        for first, last in itertools.pairwise([*self._starts, len(self._data)]):
            chunk = self._data[first:last]
            # Recovery would take half an address for a whole one.
            tree = etree.fromstring(head + chunk, etree.XMLParser(**_SAFE)) if address_end in chunk else None
            yield tree[0] if tree is not None and len(tree) else etree.Element(self._name)

    def _walk(self, data: bytes, name: str) -> Iterator[etree._Element]:
        events = etree.iterparse(
            io.BytesIO(_without_stump(data)),
            tag=f"{{*}}{name}",
            **_SAFE,
        )
        try:
            for _, record in events:
                above = record.getparent()
                if above is not None and above.getparent() is None:  # not of an extension inside another record
                    yield record
                    record.clear()
                    above.remove(record)
        except etree.XMLSyntaxError as error:  # what came before it counts
            self._broken = str(error)
        else:
            self._broken = next((str(error.message) for error in events.error_log), None)

    def check(self, name: str, lost: list[str]) -> None:
        """Pass where the file itself says that it has no address.

        Raises:
            Trouble: read.bad_feed.
        """
        if self._broken or lost:
            raise Trouble("read.bad_feed", f"the {name} gives no address: {self._broken or lost[0]}"[:300])


def _record_starts(data: bytes, name: str) -> list[int]:
    root = _ROOT.search(data)
    if root is None:
        return []
    prefix = (root[1] or b"") + name.encode()
    return [found.start() for found in re.finditer(rb"<" + re.escape(prefix) + rb"[\s>/]", data)]


def _without_stump(data: bytes) -> bytes:
    """Return a file that was cut off without its last record: recovery would take half an address for a whole one."""
    if _WHOLE.search(data, max(0, len(data) - 200)):
        return data
    ends = [found.end() for found in _RECORD_END.finditer(data)]
    return data[: ends[-1]] if ends else data


def _entry(record: etree._Element, base: str | None) -> Entry | None:
    address = absolute(base, _text(record, "loc"))
    if address is None:
        return None
    news = _child(record, "news")
    publication = _child(news, "publication")
    return Entry(
        url=address,
        title=squeeze(_text(news, "title")) or None,
        published_raw=_text(news, "publication_date"),
        modified_raw=_text(record, "lastmod"),
        categories=unique(squeeze(word) for word in (_text(news, "keywords") or "").split(",")),
        image_url=absolute(base, _text(_child(record, "image"), "loc")),
        language=(_text(publication, "language") or _text(news, "language") or "").lower() or None,
        feed_url=base,
        feed_title=squeeze(_text(publication, "name")) or None,
    )


def _child(above: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first child of that name in any namespace: the extensions are written with many."""
    return None if above is None else next(above.iterchildren(f"{{*}}{name}"), None)


def _text(above: etree._Element | None, name: str) -> str | None:
    found = _child(above, name)
    return None if found is None else text_or_none("".join(map(str, found.itertext())))
