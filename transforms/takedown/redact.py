"""A WARC file goes in; the same file without some pages comes out, every other record at the offset it had."""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from schemas.errors import CorruptArchive
from transforms.archive.layout import ARCHIVE
from transforms.compression import CorruptData, GzipDecompressor
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.rewrite import Sink
from transforms.takedown.tombstones import make_tombstone
from transforms.urls import join_url

_BLOCK = 1 << 16
_HEAD = 1 << 18
"""Of a record no more is looked at: its own header, and the HTTP header of its answer."""
_NO_PAYLOAD = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
_ANSWERS = ("response", "revisit")


class Member(NamedTuple):
    """One gzip member of a WARC file: one record, without what it holds."""

    offset: int
    length: int
    kind: str
    name: str
    url: str
    status: str
    location: str
    refers_to: str
    payload: str

    @property
    def is_redirect(self) -> bool:
        """Whether it leads to the next answer."""
        return self.kind in _ANSWERS and self.status.startswith("3")


def read_members(source: Any, path: str) -> Iterator[Member]:
    """The records of a WARC file, in order; a few blocks in memory at a time.

    Args:
        source: file to read from its beginning.
        path: for messages.

    Raises:
        CorruptArchive: not one record to each gzip member, or cut off.
    """
    start = read = 0
    rest = b""
    while data := rest or source.read(_BLOCK):
        read += 0 if rest else len(data)
        decompressor, head, size = GzipDecompressor(), bytearray(), 0
        while not decompressor.is_finished:
            if not data:
                raise CorruptArchive(f"{path} ends within the record at {start}")
            try:
                piece = decompressor.inflate(data, _BLOCK)
            except CorruptData as error:
                raise CorruptArchive(f"{path} cannot be read at {start}: {error}") from error
            head += piece[: max(0, _HEAD - len(head))]
            size += len(piece)
            data = decompressor.rest
            if not data and not decompressor.is_finished:
                data = source.read(_BLOCK)
                read += len(data)
        rest = decompressor.rest
        yield _parse(bytes(head), size, start, read - len(rest) - start, path)
        start = read - len(rest)


def _parse(head: bytes, size: int, offset: int, length: int, path: str) -> Member:
    stream = io.BytesIO(head)
    if not size:
        return Member(offset, length, "", "", "", "", "", "", "")
    try:
        warc = StatusAndHeadersParser(["WARC/"]).parse(stream)
        block = int(warc.get_header("Content-Length"))
    except (StatusAndHeadersParserException, ArchiveLoadFailed, EOFError, TypeError, ValueError) as error:
        raise CorruptArchive(f"{path} holds no WARC record at {offset}: {error}"[:500]) from error
    # A second record would go with the first unseen.
    if size != stream.tell() + block + len(b"\r\n\r\n"):
        raise CorruptArchive(f"{path} at {offset}: not one record to each gzip member; 'warcio recompress' mends that")

    def field(name: str) -> str:
        return str(warc.get_header(name) or "").strip().strip("<>")

    kind, status, location = field("WARC-Type"), "", ""
    if kind in _ANSWERS and block:
        http = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
        status, location = http.get_statuscode() or "", http.get_header("location") or ""
    name, url = field("WARC-Record-ID"), field("WARC-Target-URI")
    payload = "" if (digest := field("WARC-Payload-Digest")) == _NO_PAYLOAD else digest
    return Member(offset, length, kind, name, url, status, location, field("WARC-Refers-To"), payload)


def group_pages(members: Iterable[Member]) -> Iterator[tuple[Member, ...]]:
    """Records by page: the redirects to it, then the answer that is the page, each with its request after it."""
    group: list[Member] = []
    is_whole = False
    for member in members:
        if member.kind in _ANSWERS:
            if is_whole:
                yield tuple(group)
                group = []
            is_whole = not member.is_redirect
        elif member.kind != "request" or not group:
            continue  # about the file, or a record that was taken down before
        group.append(member)
    if group:
        yield tuple(group)


class Wanted(NamedTuple):
    """Which pages of a file are to go.

    Attributes:
        places: offsets that rows which go point at.
        held: offsets that rows which stay point at.
        is_named: whether an address is one of an article that goes.
        is_copy: whether an address was left out as a repeat of an article that goes.
        payloads: digests of pages that go.
    """

    places: Collection[int]
    held: Collection[int]
    is_named: Callable[[str], bool]
    is_copy: Callable[[str], bool]
    payloads: Collection[str]


class Chosen(NamedTuple):
    """What is to go of a file.

    Attributes:
        gone: records, in order.
        places: offsets of the answers of pages that go, redirects included.
        payloads: digests of the pages that were asked for; the same bytes under another address are to go, too.
        taken: how many pages those are.
        left: pages that stay.
    """

    gone: tuple[Member, ...]
    places: frozenset[int]
    payloads: frozenset[str]
    taken: int
    left: int


def choose_members(pages: Sequence[tuple[Member, ...]], wanted: Wanted) -> Chosen:
    """Decide which records go: a page goes with all the records that led to it.

    A page goes where a row that goes points at it or its address is one of the article's. Where no row that stays
    points at it, it goes as well where it was reached by one of those addresses, where it was left out as a repeat,
    and where its bytes are those of a page that goes. A page that refers to the bytes of one that goes cannot be
    read without it, and goes whoever points at it. Of a page that stays, redirects by way of the article go.
    """
    gone: list[Member] = []
    places: set[int] = set()
    payloads: set[str] = set()
    names: set[str] = set()
    taken = left = 0
    for page in pages:
        answers = [member for member in page if member.kind in _ANSWERS]
        last, offsets = answers[-1], {member.offset for member in answers}
        is_asked = wanted.is_named(last.url) or not offsets.isdisjoint(wanted.places)
        is_lost = bool(last.refers_to) and last.refers_to in names
        if is_asked and last.payload and last.status.startswith("2"):
            payloads.add(last.payload)
        by_way = _by_way(page, wanted)
        is_free = offsets.isdisjoint(wanted.held) and (
            bool(by_way) or any(wanted.is_copy(member.url) for member in answers) or last.payload in wanted.payloads
        )
        if is_asked or is_lost or is_free:
            gone += page
            taken += 1
            places |= offsets
            names |= {member.name for member in answers}
        else:
            gone += by_way
            left += 1
    return Chosen(tuple(gone), frozenset(places), frozenset(payloads), taken, left)


def _by_way(page: tuple[Member, ...], wanted: Wanted) -> list[Member]:
    """Redirects to or from an address of the article, each with its request."""
    found: list[Member] = []
    is_going = False
    for member in page:
        if member.kind in _ANSWERS:
            is_going = member.is_redirect and (
                wanted.is_named(member.url) or wanted.is_named(_leads_to(member.url, member.location))
            )
        if is_going:
            found.append(member)
    return found


def _leads_to(url: str, location: str) -> str:
    return join_url(url, location) or ""


def stage_redacted(lake: Lake, file: DataFile, path: str, chosen: Chosen, *, staged: str, at: datetime) -> DataFile:
    """Stage a copy of a WARC file in which a tombstone is in the place of each record that goes.

    Args:
        file: the old one.
        path: final name of the new one.
        chosen: what goes.
        staged: key of the staged file.
        at: when they were taken down.

    Raises:
        OSError: a read or a write failed.
    """
    sink = Sink(lake, staged)
    try:
        with lake.open(file) as source:
            for member in chosen.gone:
                _copy(source, sink, member.offset - sink.size)
                sink.write(make_tombstone(member.length, name=f"{path}@{member.offset}", at=at))
                source.seek(sink.size)
            _copy(source, sink, source.size() - sink.size)
        sink.keep()
    finally:
        sink.close()
    if sink.size != file.bytes:
        raise CorruptArchive(f"{file.path} would have {sink.size} bytes in the place of {file.bytes}")
    return DataFile(
        table=ARCHIVE,
        path=path,
        staged=staged,
        rows=chosen.left,
        bytes=sink.size,
        sha256=sink.hexdigest(),
        schema_hash=file.schema_hash,
    )


def _copy(source: Any, sink: Any, count: int) -> None:
    while count and (data := source.read(min(count, 1 << 20))):
        sink.write(data)
        count -= len(data)
