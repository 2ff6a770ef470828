"""Pages in a WARC or ARC stream, and a reason for each response that is not a page."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple

from warcio.statusandheaders import StatusAndHeadersParser

from schemas.documents import Document, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from transforms.sources.captures import MAX_HEADER_BYTES, Capture, HeaderTooLong, RecordBlock, bad_record, read_capture
from transforms.sources.limits import ReadLimits
from transforms.sources.swallowed import SwallowedRecords

_SILENT = ("warcinfo", "request", "metadata", "revisit")
"""Record types that describe the container, and are not inputs."""

_DESCRIPTION = "filedesc"
"""The first record of an ARC, which describes the file."""

_MARK = b"WARC/"
_LONGEST_LINE = 1 << 16
_MAX_DIGITS = 18
_ARC_DATE = re.compile(r"[0-9]{12,17}")
_HEADERS = StatusAndHeadersParser(["WARC/"])


class _Lost(Exception):
    """The record is not what its header says, and where it ends is unknown."""


class _Head(NamedTuple):
    """The header of one record."""

    capture: Capture
    length: int


class _Lines:
    """A stream of header lines for warcio, with a limit on their length."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._returned = io.BytesIO()
        self._left = MAX_HEADER_BYTES

    def give_back(self, data: bytes) -> None:
        """Put bytes before those that are read next."""
        self._returned = io.BytesIO(data + self._returned.read())

    def read(self, size: int) -> bytes:
        data = self._returned.read(size)
        return data + self._stream.read(size - len(data)) if len(data) < size else data

    def start(self) -> bytes:
        """Read the first line of a record; empty at the end of the stream."""
        self._left = MAX_HEADER_BYTES
        while (line := self._readline(_LONGEST_LINE)) and not line.strip():
            pass
        return line

    def _readline(self, size: int) -> bytes:
        line = self._returned.readline(size)
        return line if line.endswith(b"\n") or len(line) == size else line + self._stream.readline(size - len(line))

    def readline(self, size: int | None = None) -> bytes:
        """Return a header line.

        Raises:
            HeaderTooLong: there were too many bytes of them since the first line.
        """
        if self._left <= 0:
            raise HeaderTooLong(f"over {MAX_HEADER_BYTES} bytes of headers")
        line = self._readline(_LONGEST_LINE if size is None else min(size, _LONGEST_LINE))
        self._left -= len(line)
        return line


def read_warc(
    stream: BinaryIO, origin: Origin, *, limits: ReadLimits, first: int = 0, skip_damaged: Callable[[], bool] = bool
) -> Iterator[Document | Mishap]:
    """Read the pages of a WARC (ISO 28500), in order, one record in memory at a time.

    ``response`` records with a 2xx status and ``resource`` records are Documents where they hold HTML;
    any other is a Mishap that is left out. Requests, warcinfo, metadata and revisits are passed over.
    A record that cannot be read is a Mishap, and reading continues at the next one. Positions count all
    but the passed-over records.

    Args:
        stream: inflated bytes.
        first: position of the first record wanted; of those before it only headers are read.
        skip_damaged: lets the stream go on behind compressed data that do not inflate; False where it cannot.

    Raises:
        Trouble: read.corrupt, after the whole records, where the last one ends early.
    """
    return _read(_Records(stream, origin, _warc_head, limits, has_marks=True), first, skip_damaged)


def read_arc(
    stream: BinaryIO, origin: Origin, *, limits: ReadLimits, first: int = 0, skip_damaged: Callable[[], bool] = bool
) -> Iterator[Document | Mishap]:
    """Read the pages of an ARC, version 1 or 2 (https://archive.org/web/researcher/ArcFileFormat.php).

    The first record, which describes the file, is passed over and has no position.

    Args:
        stream: inflated bytes.
        first: position of the first record wanted.
        skip_damaged: as for :func:`read_warc`.

    Raises:
        Trouble: read.corrupt, after the whole records, where the last one ends early.
    """
    return _read(_Records(stream, origin, _arc_head, limits), first, skip_damaged)


class _Records:
    """The records of one stream, and where reading is in it.

    Args:
        head_of: reads the header of a record, of which it is given the first line.
        has_marks: whether each record begins with ``WARC/``, so that one is found in the block of another.

    Attributes:
        position: of the next record that counts.
    """

    def __init__(
        self,
        stream: BinaryIO,
        origin: Origin,
        head_of: Callable[[_Lines, bytes], _Head | None],
        limits: ReadLimits,
        *,
        has_marks: bool = False,
    ) -> None:
        self._lines = _Lines(stream)
        self._has_marks = has_marks
        self._origin = origin
        self._head_of = head_of
        self._limits = limits
        self._is_lost = False
        self.position = 0

    def nothing(self, why: Trouble) -> Mishap:
        """Return the failure of the record at the position, and go to the next one."""
        self.position += 1
        return Mishap(Document(media="html", origin=replace(self._origin, position=self.position - 1)), why)

    def read(self, first: int) -> Iterator[Document | Mishap]:
        """Yield the records up to the end, or up to where the stream breaks.

        Raises:
            Trouble: of the stream; read.corrupt where the last record ends early.
        """
        failed: Trouble | OSError | None = None
        line = self._lines.start()
        while line:
            at = replace(self._origin, position=self.position)
            try:
                head = self._head_of(self._lines, line)
            except _Lost as error:
                head, self._is_lost = None, False
                trouble = bad_record(f"{self._origin.kind.upper()}: {error}")
            else:
                trouble = bad_record(f"{self._origin.kind.upper()}: a record that begins with {line[:40]!r}")
            if head is None:
                if not self._is_lost:
                    found = self.nothing(trouble)
                    if self.position > first:
                        yield found
                self._is_lost = True
                line = self._lines.start()
                continue
            self._is_lost = head.capture.kind == _DESCRIPTION
            if self._is_lost:
                line = self._lines.start()
                continue  # its lines are passed over one by one: not every writer counts them right
            swallowed = SwallowedRecords() if self._has_marks else None
            block = RecordBlock(self._lines, head.length, swallowed=swallowed)
            is_wanted = head.capture.kind not in _SILENT and self.position >= first
            made = read_capture(head.capture, block, at, limits=self._limits) if is_wanted else None
            missing = block.skip()
            try:
                line = self._lines.start()
            except (Trouble, OSError) as error:  # of what comes behind the record
                failed = error
            is_wrong = failed is None and (missing > 0 or (line != b"" and not line.startswith(_MARK)))
            if swallowed is not None and is_wrong and (why := self._find_next(swallowed, line, head)) is not None:
                made = Mishap(Document(media="html", origin=at, url=head.capture.url), why) if is_wanted else None
                line = self._lines.start()
            elif missing:
                raise Trouble("read.corrupt", f"the last record ends {missing} bytes early")
            if made is not None:
                yield made
            self.position += head.capture.kind not in _SILENT
            if failed is not None:
                raise failed

    def _find_next(self, swallowed: SwallowedRecords, line: bytes, head: _Head) -> Trouble | None:
        """Go to the record that begins in the block of another, and return what is wrong with that; None for none.

        Args:
            line: what is read behind the block, and does not begin a record.
        """
        swallowed.add(line)
        length, more = swallowed.take()
        if not more:
            return None
        self._lines.give_back(more)
        return bad_record(f"Content-Length is {head.length}, but the next record begins after {length} bytes")


def _read(records: _Records, first: int, skip_damaged: Callable[[], bool]) -> Iterator[Document | Mishap]:
    """Yield the records, and a Mishap for each gzip member or zstd frame that is damaged, as long as others follow."""
    while True:
        try:
            yield from records.read(first)
        except Trouble as why:
            if not skip_damaged():
                raise
            found = records.nothing(why)
            if records.position > first:
                yield found
        else:
            return


def _length(digits: str, name: str) -> int:
    text = digits.strip()
    if not text.isascii() or not text.isdigit() or len(text) > _MAX_DIGITS:
        raise _Lost(f"{name} is {text[:40]!r}")
    return int(text)


def _warc_head(lines: _Lines, line: bytes) -> _Head | None:
    """Read the header of a record; None where the line does not begin one.

    Raises:
        _Lost: it begins one that cannot be read.
    """
    if not line.startswith(_MARK):
        return None
    try:
        headers: Any = _HEADERS.parse(lines, line.decode("latin-1"))
    except (Trouble, OSError, MemoryError):
        raise  # the compression around it, beyond which there is nothing to read
    except Exception as error:  # warcio raises what Python happens to raise on a wrong header
        raise _Lost(f"{type(error).__name__}: {error}") from error
    get = headers.get_header
    length = _length(get("Content-Length") or "", "Content-Length")
    kind = (get("WARC-Type") or "").strip().lower()
    if not kind:
        raise _Lost("no WARC-Type")
    url = (get("WARC-Target-URI") or "").strip()
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1]  # as Wget 1.19 writes it
    url = url.replace(" ", "%20")
    capture = Capture(kind=kind, url=url or None, date=get("WARC-Date"), content_type=get("Content-Type"))
    return _Head(capture, length)


def _arc_head(_: _Lines, line: bytes) -> _Head | None:
    """Return the header line of an ARC record: address, IP address, date, type, in version 2 more, and the length."""
    words = line.decode("utf-8", "replace").rstrip("\r\n").split(" ")
    date = next((n for n, word in enumerate(words[2:-1], start=2) if _ARC_DATE.fullmatch(word)), None)
    if date is None or ("://" not in words[0] and not words[0].startswith("dns:")):
        return None
    length = words[-1]
    if not length.isascii() or not length.isdigit() or len(length) > _MAX_DIGITS:
        raise _Lost(f"its length is {length[:40]!r}")
    url = "%20".join(words[: date - 1])
    kind = _DESCRIPTION if url.startswith("filedesc:") else "response"
    return _Head(Capture(kind=kind, url=url, date=words[date], content_type=words[date + 1]), int(length))
