"""The page in one response or resource record of a web archive.

What WARC and ARC have in common: HTTP headers, chunks and encodings of a body that was stored as it was sent, or
with some of that undone, and a type that the bytes decide where the header does not help.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from warcio.statusandheaders import StatusAndHeadersParser

from schemas.documents import Document, Origin, Response
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.signatures import compression_format
from transforms.sources.inflate import open_inflated
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import HEAD_BYTES, HTML_TYPES, recognize
from transforms.sources.swallowed import SwallowedRecords
from transforms.urls import is_web_url
from transforms.web.content_encoding import Inflater, is_supported
from transforms.web.content_type import declared_charset
from transforms.web.headers import named_headers

MAX_HEADER_BYTES = 1 << 20
"""Bytes of the header lines of one record."""

_NO_PAGE = re.compile(
    r"(?:image|audio|video|font|model|message|multipart)/"
    r"|(?:text|application)/(?:[\w.+-]{1,80}[.+-])?(?:css|javascript|ecmascript|json|rss|atom|pdf|zip|gzip|wasm|calendar)\b"
)
"""Types that servers give to a page by no mistake that is worth looking for."""

_TAG_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,1000}<")
_MAX_LAYERS = 4
_BY_MAGIC = ("gzip", "x-gzip", "zstd")
_CHUNK_SIZE = re.compile(rb"[ \t]{0,8}([0-9a-fA-F]{1,12})[ \t]{0,8}(?:;[^\r\n]{0,1000})?\r?\n")
_HTTP = StatusAndHeadersParser(["HTTP/"], verify=False)


class HeaderTooLong(Exception):
    """The header lines of a record have more than MAX_HEADER_BYTES."""


class RecordBlock:
    """The content block of one record, in a stream that continues behind it.

    Args:
        stream: where the block begins; limits the header lines.
        length: bytes of the block.
        swallowed: looks at all that is read; None for nothing.
    """

    def __init__(self, stream: Any, length: int, *, swallowed: SwallowedRecords | None = None) -> None:
        self._stream = stream
        self._swallowed = swallowed
        self.left = length

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes; fewer only at the end."""
        data: bytes = self._stream.read(min(size, self.left))
        self.left -= len(data)
        if self._swallowed is not None:
            self._swallowed.add(data)
        return data

    def readline(self, size: int | None = None) -> bytes:
        """Read a header line.

        Raises:
            HeaderTooLong: the stream says so.
        """
        line: bytes = self._stream.readline(self.left if size is None else min(size, self.left))
        self.left -= len(line)
        if self._swallowed is not None:
            self._swallowed.add(line)
        return line

    def skip(self) -> int:
        """Read what is left; gives how many bytes are missing."""
        while self.left and self.read(1 << 16):
            pass
        return self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What the header of an archive says of one record.

    Args:
        kind: 'response' or 'resource', or another type, lower case.
        url: None where the header names none.
        date: as it is written.
        content_type: of a resource.
    """

    kind: str
    url: str | None
    date: str | None = None
    content_type: str | None = None


def bad_record(message: str) -> Trouble:
    """Make the trouble for a record that cannot be read."""
    return Trouble("read.bad_record", message[:300])


def read_capture(capture: Capture, block: RecordBlock, at: Origin, *, limits: ReadLimits) -> Document | Mishap:
    """Read the page of a record, or why there is none; a failure concerns this record alone.

    Raises:
        Trouble: of the compression around the archive, beyond which there is nothing to read.
        OSError: the archive cannot be read.
    """
    nothing = Document(media="html", origin=at, url=capture.url or None)
    try:
        return _page(capture, block, nothing, limits)
    except LeftOut as why:
        return Mishap(nothing, why)
    except _Unreadable as error:
        return Mishap(nothing, error.args[0])
    except (Trouble, OSError, MemoryError):
        raise
    except Exception as error:  # warcio raises what Python happens to raise on a wrong header
        return Mishap(nothing, bad_record(f"{capture.url}: {type(error).__name__}: {error}"))


class _Unreadable(Exception):
    """Trouble with the record alone."""


def _page(capture: Capture, block: RecordBlock, nothing: Document, limits: ReadLimits) -> Document:
    url = capture.url or ""
    headers: list[tuple[str, str]] = []
    content_type, status = capture.content_type, None
    if capture.kind == "response" and url.lower().startswith(("http:", "https:")):
        head = _HTTP.parse(block)
        if not head.protocol.upper().startswith("HTTP/"):
            raise _Unreadable(bad_record(f"the response of {url} begins with {head.protocol[:40]!r}"))
        code = head.get_statuscode()
        if not re.fullmatch(r"[0-9]{3}", code):
            raise _Unreadable(bad_record(f"the response of {url} has no status but {code[:40]!r}"))
        status, headers = int(code), head.headers
        content_type = (head.get_header("content-type") or "")[:1000] or None
        if not 200 <= status <= 299:
            raise LeftOut("read.ignored", f"status {status} of {url}")
    elif capture.url is None and capture.kind in ("response", "resource"):
        raise _Unreadable(bad_record(f"a {capture.kind} record without an address"))
    elif capture.kind not in ("response", "resource"):
        raise LeftOut("read.ignored", f"a {capture.kind[:40]} record of {url}")
    if not is_web_url(url):
        raise LeftOut("read.ignored", f"its address is not http(s): {url}")
    media = (content_type or "").partition(";")[0].strip().lower()
    if _NO_PAGE.match(media):
        raise LeftOut("read.ignored", f"{media[:80]} at {url}")
    body = _body(headers, block, url, limits)
    # What the server calls a page is one unless the bytes are something else; what it calls otherwise is read by them.
    kind = recognize(body[:HEAD_BYTES], content_type=content_type if media in HTML_TYPES else None)
    if kind == "unknown" and body.strip():
        raise LeftOut("read.ignored", f"{media[:80] or 'a record'} at {url} begins with {body[:12]!r}")
    # A script may hold more tags than a page has; where the type is not that of a page, a page begins as one does.
    is_page = media in HTML_TYPES or (kind == "html" and (not media or _TAG_FIRST.match(body)))
    if not is_page:
        raise LeftOut("read.ignored", f"not a page but {media[:80] or kind} at {url}")
    response = None
    try:
        fetched_at = parse_instant(capture.date)
    except OverflowError as error:
        raise _Unreadable(
            bad_record(f"the date of {url} is beyond the calendar: {(capture.date or '')[:64]!r}")
        ) from error
    if status is not None:
        response = Response(
            url=url, status=status, content_type=content_type, fetched_at=fetched_at, headers=named_headers(headers)
        )
    return replace(nothing, body=body, charset=declared_charset(content_type), response=response)


def _body(headers: Sequence[tuple[str, str]], block: RecordBlock, url: str, limits: ReadLimits) -> bytes:
    """Read the content, with the chunks and encodings undone that are still there."""
    max_bytes = limits.max_page_bytes
    raw = block.read(2 * max_bytes + 1)
    if len(raw) > 2 * max_bytes:
        raise _Unreadable(Trouble("read.too_large", f"a page of over {2 * max_bytes} bytes as stored: {url}"))
    listed = [(name.strip().lower(), value) for name, value in headers]
    if any(name == "transfer-encoding" and "chunked" in value.lower() for name, value in listed):
        raw = undo_chunks(raw)
    words = ",".join(v for n, v in listed if n in ("content-encoding", "transfer-encoding"))[:1000].lower().split(",")
    try:
        body = undo_encodings(raw, [word.strip() for word in words], max_bytes + 1)
    except Trouble as why:
        raise _Unreadable(bad_record(f"{url}: {why.message}")) from why
    if len(body) > max_bytes:
        raise _Unreadable(Trouble("read.too_large", f"a page of over {max_bytes} bytes: {url}"))
    return body


def undo_chunks(data: bytes) -> bytes:
    r"""Remove the sizes of chunks from a body; one without them stays, since some archives store it so.

    >>> undo_chunks(b"4\r\nPort\r\n3 ;x\r\n An\r\n0\r\n\r\n"), undo_chunks(b"<p>4</p>")
    (b'Port An', b'<p>4</p>')
    """
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(data, at):
        length = int(size[1], 16)
        pieces.append(data[size.end() : size.end() + length])
        at = size.end() + length
        if not length or at >= len(data):
            return b"".join(pieces)
        if not data.startswith((b"\r\n", b"\n"), at):
            break
        at += 2 if data.startswith(b"\r\n", at) else 1
    return b"".join([*pieces, data[at:]]) if pieces else data


def undo_encodings(data: bytes, names: Sequence[str], max_bytes: int) -> bytes:
    """Undo the encodings of a body, last first. One that is undone already, or was never applied, is passed over.

    Servers list what a browser accepts in the place of what they did, and archives undo encodings and leave the
    header; so the bytes decide at each step, by their magic number and by being text.

    Args:
        names: as in Content-Encoding, lower case.
        max_bytes: bytes wanted.

    Raises:
        Trouble: the bytes are neither what the header says nor text.
    """
    failed: Trouble | None = None
    waiting = [name for name in names if name not in ("", "identity", "none", "chunked")]
    for _ in range(_MAX_LAYERS):
        if compression_format(data) is not None:
            data, failed = (
                open_inflated(io.BytesIO(data), name="the body", max_layers=_MAX_LAYERS).read(max_bytes),
                None,
            )
            while waiting and waiting[-1] in _BY_MAGIC:
                waiting.pop()
        if not waiting or recognize(data[:HEAD_BYTES]) == "html":
            break
        name = waiting.pop()
        if name in _BY_MAGIC:
            failed = failed or Trouble("read.corrupt", f"the body is not {name}")
            continue
        if not is_supported(name):
            failed = failed or Trouble("read.corrupt", f"content-encoding {name[:80]!r} is not supported")
            continue
        try:
            data, failed = _inflated(data, name, max_bytes), None
        except Trouble as why:
            failed = failed or why
    if failed is not None and data and recognize(data[:HEAD_BYTES]) == "unknown":
        raise failed
    return data


def _inflated(data: bytes, name: str, max_bytes: int) -> bytes:
    inflater = Inflater(name)
    body = inflater.feed(data, max_bytes)
    inflater.finish()
    return body


def parse_instant(raw: str | None) -> datetime | None:
    """Parse an ISO 8601 date, or the 14 digits of an ARC; None for anything else.

    >>> parse_instant("20240503100000"), parse_instant("yesterday")
    (datetime.datetime(2024, 5, 3, 10, 0, tzinfo=datetime.timezone.utc), None)

    Raises:
        OverflowError: the date is beyond what a UTC instant holds.
    """
    text = (raw or "").strip()[:64]
    if re.fullmatch(r"[0-9]{14}", text):
        text = f"{text[:8]}T{text[8:]}"
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except ValueError:
        return None
