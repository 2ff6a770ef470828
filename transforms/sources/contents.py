"""What one source is, and everything it holds."""

import io
import itertools
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar
from urllib.request import url2pathname

from schemas.documents import SUBSCRIBABLE, Document, Entry, Link, Origin, Response, Source
from schemas.feeds import FeedHints
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.signatures import binary_format
from transforms.sources.address_lists import parse_url_list, read_outlines
from transforms.sources.csv_records import read_csv
from transforms.sources.feed_entries import Feed, no_entries, read_feed
from transforms.sources.inflate import open_inflated, skip_damaged
from transforms.sources.json_feeds import absolute
from transforms.sources.json_records import read_records
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.paths import is_inside
from transforms.sources.recognize import HEAD_BYTES, recognize, sniff_charset
from transforms.sources.sitemaps import parse_sitemap_index, read_sitemap
from transforms.sources.warcs import read_arc, read_warc
from transforms.urls import is_web_url, split_url

_T = TypeVar("_T")

Found = Link | Document | Source | Mishap
"""What a source may hold."""

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,40}:")
_SAVED_FROM = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]+)", re.IGNORECASE
)
_LAST_ENDS = {
    "rss": re.compile(rb"</(?:[\w.-]{1,40}:)?item\s{0,9}>", re.IGNORECASE),
    "atom": re.compile(rb"</(?:[\w.-]{1,40}:)?entry\s{0,9}>", re.IGNORECASE),
    "sitemap": re.compile(rb"</(?:[\w.-]{1,40}:)?url\s{0,9}>", re.IGNORECASE),
    "sitemap_index": re.compile(rb"</(?:[\w.-]{1,40}:)?sitemap\s{0,9}>", re.IGNORECASE),
    "opml": re.compile(rb"<[^<>]{0,100000}>"),
    "url_list": re.compile(rb"[\r\n]"),
}
"""How an entry of each kind ends, for those whose entries are whole up to where the input is cut off."""


class Judged(NamedTuple):
    """A source whose kind was recognised by its first bytes."""

    source: Source
    kind: str
    head: bytes
    stream: Any  # io.BufferedReader, which the type checkers do not agree about
    response: Response | None
    charset: str | None
    limits: ReadLimits
    skip_damaged: Callable[[], bool] = bool
    """Lets the stream go on behind a damaged gzip member or zstd frame; False where it cannot."""

    @property
    def container(self) -> Origin:
        """Origin of what is in it, but for the position."""
        source = self.source
        return Origin(uri=source.uri, kind=self.kind, tags=source.tags, replay_of=source.replay_of)

    def read(self, limit: int) -> bytes:
        """Read the whole of it.

        Raises:
            Trouble: read.too_large over ``limit`` bytes.
        """
        data: bytes = self.stream.read(limit + 1)
        if len(data) > limit:
            raise Trouble("read.too_large", f"{self.source.uri}: over {limit} bytes of {self.kind}")
        return data


def judge(source: Source, raw: BinaryIO, response: Response | None, charset: str | None, limits: ReadLimits) -> Judged:
    """Inflate a source as it is read, and recognise what it is by its first bytes.

    Args:
        raw: its bytes, as stored or received.
        response: that it came with; None for a file.
        charset: that the response declares.

    Raises:
        Trouble: ``read.empty`` where it begins with too much white space, and what recognising and inflating raise.
    """
    inflated = open_inflated(raw, name=source.uri, max_bytes=limits.max_inflated_bytes, max_ratio=limits.max_ratio)
    head, skipped = _read_head(inflated), 0
    while len(head) == HEAD_BYTES and not head.strip():
        skipped += len(head)
        if skipped > limits.max_page_bytes:
            raise Trouble("read.empty", f"{source.uri} begins with {skipped} bytes of white space")
        head = _read_head(inflated)
    if not head.strip(b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"):
        raise Trouble("read.empty", f"{source.uri} holds nothing but white space" if head else f"{source.uri} is empty")
    content_type = response.content_type if response else None
    kind = recognize(head, content_type=content_type, name_hint=source.uri)
    if kind == "unknown":
        raise Trouble("read.unrecognised", f"{source.uri} {_describe(head)}")
    stream = io.BufferedReader(_Rejoined(head, inflated), HEAD_BYTES)
    return Judged(source, kind, head, stream, response, charset, limits, partial(skip_damaged, inflated))


_REMEDIES = (
    (re.compile(r"archive\b| data$"), "unpack it"),
    (re.compile(r"\bdocument\b|PDF|PostScript"), "save it as a page or text"),
    (re.compile(r"Parquet|Avro|Arrow|database"), "export it as JSON Lines or CSV"),
)
"""What helps, by the name of a format."""


def _describe(head: bytes) -> str:
    r"""Say what a file that is not read begins as, and what helps.

    >>> _describe(b"PK\x03\x04..."), _describe(b"\0...")
    ('is a zip archive or office document: unpack it, or save it as a page or text', "begins with b'\\x00...'")
    """
    name = binary_format(head)
    if name is None:
        return f"begins with {head[:24]!r}"
    helps = ", or ".join(remedy for names, remedy in _REMEDIES if names.search(name))
    return f"is {name}: {helps or 'it holds no article'}"


def _read_head(stream: io.BufferedReader) -> bytes:
    """Read HEAD_BYTES, or fewer where the stream ends or breaks; a broken stream breaks again when read further."""
    head = b""
    try:
        while len(head) < HEAD_BYTES and (more := stream.read1(HEAD_BYTES - len(head))):
            head += more
    except Trouble:
        if not head.strip():
            raise
    return head


class _Rejoined(io.RawIOBase):
    """The head that was read, and then the rest."""

    def __init__(self, head: bytes, rest: io.BufferedReader) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        if not self._head:
            return self._rest.readinto1(buffer)  # one read: an error must not take along what came before it
        n = min(len(buffer), len(self._head))
        buffer[:n] = self._head[:n]
        self._head = self._head[n:]
        return n


def contents(opened: Judged, on_hints: Callable[[FeedHints], None] = lambda _: None) -> Iterable[Found]:
    """Yield what the source holds from ``source.first`` on: one thing for each position, without a gap.

    Args:
        on_hints: called with the hints of a feed, before its first entry is yielded.

    Raises:
        Trouble, LeftOut: at once or while iterating.
    """
    if opened.kind in _LAST_ENDS:
        opened, cut = _until_cut(opened)
        if cut is not None:
            return _and_then(_contents(opened, on_hints), cut)
    return _contents(opened, on_hints)


def _contents(opened: Judged, on_hints: Callable[[FeedHints], None]) -> Iterable[Found]:
    first = opened.source.first
    if opened.kind in SUBSCRIBABLE:
        return _feed(opened, on_hints)
    if opened.source.feed is not None:
        raise Trouble("read.not_feed", f"{opened.source.uri} is not a feed but {opened.kind}")
    if opened.kind == "jsonl":
        return read_records(opened.stream, opened.container, head=opened.head, limits=opened.limits, first=first)
    if opened.kind == "csv":
        return read_csv(opened.stream, opened.container, head=opened.head, limits=opened.limits, first=first)
    if opened.kind == "warc":
        return read_warc(
            opened.stream, opened.container, limits=opened.limits, first=first, skip_damaged=opened.skip_damaged
        )
    if opened.kind == "arc":
        return read_arc(
            opened.stream, opened.container, limits=opened.limits, first=first, skip_damaged=opened.skip_damaged
        )
    if opened.kind in ("html", "text"):
        return () if first else (_document(opened),)
    if opened.source.listed_in is not None:
        uri, above = opened.source.uri, opened.source.listed_in.uri
        raise Trouble("read.nested_list", f"{uri} is itself a list ({opened.kind}), named by {above}")
    if opened.kind == "sitemap_index":
        url = opened.response.url if opened.response else None
        named = parse_sitemap_index(opened.read(opened.limits.max_feed_bytes), url=url, limits=opened.limits)
        return _addresses(opened, named)
    if opened.kind == "opml":
        return _outlines(opened)
    return _addresses(opened, parse_url_list(opened.read(opened.limits.max_feed_bytes)))


def _until_cut(opened: Judged) -> tuple[Judged, Trouble | None]:
    """Read a feed or list as far as possible, and say why that is not all.

    Of one whose compression breaks off, the entries up to there are whole; the one at the cut is left out.

    Raises:
        Trouble: not one entry is whole.
    """
    pieces: list[bytes] = []
    size = 0
    cut: Trouble | None = None
    try:
        while size <= opened.limits.max_feed_bytes and (piece := opened.stream.read1(HEAD_BYTES)):
            pieces.append(piece)
            size += len(piece)
    except Trouble as why:
        if why.code != "read.corrupt":
            raise
        cut = why
    data = b"".join(pieces)
    if cut is not None:
        end = max((found.end() for found in _LAST_ENDS[opened.kind].finditer(data)), default=0)
        if not end:
            raise cut
        return opened._replace(stream=io.BytesIO(data[:end])), cut
    return opened._replace(stream=io.BufferedReader(_Rejoined(data, opened.stream), HEAD_BYTES)), None


def _and_then(found: Iterable[Found], why: Trouble) -> Iterator[Found]:
    yield from found
    raise why


def _document(opened: Judged) -> Document:
    body, response = opened.read(opened.limits.max_page_bytes), opened.response
    saved_from = _SAVED_FROM.search(body, 0, 4096) if opened.kind == "html" else None
    url = response.url if response else saved_from and saved_from.group(1).decode("latin-1").removesuffix("--")
    return Document(
        media=opened.kind,
        origin=opened.source.listed_in or opened.container,
        body=body,
        charset=opened.charset or sniff_charset(opened.head),
        url=url if url and is_web_url(url) else None,
        response=response,
    )


def _feed(opened: Judged, on_hints: Callable[[FeedHints], None]) -> Iterator[Found]:
    feed = fold_empty(_read_feed(opened))
    on_hints(feed.hints)
    if not feed.entries and not feed.lost:
        raise no_entries(feed)
    for position, entry in _from(opened.source.first, feed.entries):
        at = replace(opened.container, position=position)
        if entry.url is not None:
            yield Link(url=entry.url, origin=at, entry=entry)
        elif entry.content_html or entry.summary_html:
            yield Document(media="entry", origin=at, entry=entry)
        else:
            yield Mishap(_no_document(at, entry), Trouble("read.bad_record", "an entry without link and content"))
    after = len(feed.entries)
    for position, why in _from(max(0, opened.source.first - after), feed.lost):
        at = replace(opened.container, position=after + position)
        yield Mishap(_no_document(at), Trouble("read.bad_record", f"an entry that cannot be read: {why}"))


MAX_EMPTY = 100
"""Entries of one feed that hold nothing, or cannot be read, and have a dead letter each; one more counts the others."""


def fold_empty(feed: Feed) -> Feed:
    """Return the feed with empty entries counted instead of listed, where there are very many of them."""
    empty = [entry for entry in feed.entries if not (entry.url or entry.content_html or entry.summary_html)]
    lost = feed.lost
    if len(empty) > MAX_EMPTY:
        beyond = {id(entry) for entry in empty[MAX_EMPTY:]}
        feed = feed._replace(entries=tuple(entry for entry in feed.entries if id(entry) not in beyond))
        lost = (*lost[:MAX_EMPTY], f"{len(beyond):,} more entries have neither link nor content", *lost[MAX_EMPTY:])
    if len(lost) > MAX_EMPTY + 2:
        lost = (*lost[: MAX_EMPTY + 1], f"and {len(lost) - MAX_EMPTY - 1:,} more cannot be read either")
    return feed._replace(lost=lost)


def _read_feed(opened: Judged) -> Feed:
    data, response = opened.read(opened.limits.max_feed_bytes), opened.response
    url = response.url if response else None
    if opened.kind == "sitemap":
        return read_sitemap(data, url=url, limits=opened.limits)
    return read_feed(
        data,
        url=url,
        content_type=response.content_type if response else None,
        kind=opened.kind,
        limits=opened.limits,
    )


def _from(first: int, items: Sequence[_T]) -> Iterator[tuple[int, _T]]:
    """Return items with their index, those before ``first`` passed over."""
    return zip(itertools.count(first), itertools.islice(items, first, None))


def _no_document(at: Origin, entry: Entry | None = None) -> Document:
    """Return the document that a Mishap is about where nothing could be made."""
    return Document(media="entry", origin=at, entry=entry)


def _outlines(opened: Judged) -> Iterator[Found]:
    data = opened.read(opened.limits.max_feed_bytes)
    check_markup(data, limits=opened.limits)
    outlines, lost = read_outlines(data)
    for position, outline in _from(opened.source.first, outlines):
        at = replace(opened.container, position=position)
        if not outline.is_feed:
            yield Mishap(_no_document(at), LeftOut("read.ignored", f"a site without a feed: {outline.url}"))
            continue
        uri, within = _resolve(opened, outline.url)
        if uri is None:
            why = f"neither an http(s) address nor a file below the list's directory: {outline.url[:200]!r}"
            yield Mishap(_no_document(at), Trouble("read.bad_record", why))
        else:
            tags = tuple(dict.fromkeys((*opened.source.tags, *outline.tags)))  # a replay brings its own along
            yield Source(uri=uri, tags=tags, listed_in=replace(at, tags=tags), within=within, replay_of=at.replay_of)
    if lost and opened.source.first <= len(outlines):
        why = f"{lost} of {lost + len(outlines)} outlines cannot be read"
        at = replace(opened.container, position=len(outlines))
        yield Mishap(_no_document(at), Trouble("read.bad_record", why))


def _resolve(opened: Judged, url: str) -> tuple[str | None, str | None]:
    """Return where an outline leads, and the directory that it may not leave.

    A list from the web may name addresses only; a local one files below its own directory, too, links resolved: a
    list that somebody else wrote must not choose which files of this machine, or whose buckets, are read.
    """
    url = re.sub(r"^feed:(?://)?(?=https?:)", "", url.strip(), flags=re.IGNORECASE)
    url = re.sub(r"^feed://", "http://", url, flags=re.IGNORECASE)
    if opened.response is not None:
        return absolute(opened.response.url, url), None
    if _HAS_SCHEME.match(url) and not url.lower().startswith("file:"):
        return absolute(None, url), None
    path = url2pathname(split_url(url).path) if url.lower().startswith("file:") else url
    here = opened.source.uri
    if "://" in here and not here.lower().startswith("file://"):
        folder = here[: here.rindex("/") + 1]
        below = posixpath.normpath(path)
        return (None if below.startswith(("/", "..")) else folder + below), None
    folder = str(Path(url2pathname(split_url(here).path) if "://" in here else here).parent)
    joined = os.path.normpath(Path(folder) / path)
    if "\0" in joined or not is_inside(joined, folder):
        return None, None
    return joined, folder


def _addresses(opened: Judged, named: Sequence[str]) -> Iterator[Found]:
    for position, url in _from(opened.source.first, named):
        at = replace(opened.container, position=position)
        if is_web_url(url):
            yield Source(uri=url, tags=opened.source.tags, listed_in=at, replay_of=at.replay_of)
        else:
            yield Mishap(_no_document(at), Trouble("read.bad_record", f"not an http(s) address: {url[:200]!r}"))
