"""A WARC stream goes in; the pages in it come out, and why the other responses are no pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from typing import Any, BinaryIO

from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from schemas.documents import Document, Origin, Response
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.sources.inflate import open_inflated
from transforms.sources.limits import ReadLimits
from transforms.sources.lists import is_web_url
from transforms.sources.recognize import HEAD_BYTES, recognize
from transforms.web.answers import named_headers
from transforms.web.bodies import Inflater

_SILENT = ("warcinfo", "request", "metadata", "revisit")
"""Record types that describe the container, and are no inputs."""

_LONGEST_LINE = 1 << 20
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


class _Lost(Exception):
    """The record is not what its header says, and where it ends is unknown."""


class _Lines:
    """What warcio reads from: never a line longer than memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def readline(self, size: int | None = None) -> bytes:
        return self._stream.readline(min(size or _LONGEST_LINE, _LONGEST_LINE))

    def tell(self) -> int:
        return 0  # warcio asks, and only to tell a length we do not use


def read_warc(stream: BinaryIO, origin: Origin, *, limits: ReadLimits, first: int = 0) -> Iterator[Document | Mishap]:
    """The pages of a WARC (ISO 28500), in order, one record in memory at a time.

    ``response`` records with a 2xx status and ``resource`` records are Documents where they hold HTML;
    any other is a Mishap that is left out. Requests, warcinfo, metadata and revisits are passed over.
    A record that cannot be read is a Mishap, and reading goes on at the next one. Positions count all
    but the passed-over records.

    Args:
        stream: inflated bytes.
        first: position of the first record wanted; of those before it no more than headers is looked at.

    Raises:
        Trouble: read.corrupt, after the whole records, where the last one ends early.
    """
    reader, loader = _Lines(stream), ArcWarcRecordLoader(verify_http=False)
    position, lost = 0, False
    while line := reader.readline():
        if not line.strip():
            continue
        at = replace(origin, position=position)
        if not line.startswith(b"WARC/"):
            if not lost:
                if position >= first:
                    yield Mishap(Document(media="html", origin=at), _bad(f"a record that begins with {line[:40]!r}"))
                position, lost = position + 1, True
            continue
        try:
            record = _load(loader, reader, line)
        except _Lost as error:
            if position >= first:
                yield Mishap(Document(media="html", origin=at), _bad(str(error)))
            position, lost = position + 1, True
            continue
        lost = False
        is_counted = record.rec_type not in _SILENT
        made = _page(record, at, limits) if is_counted and position >= first else None
        while record.raw_stream.read(1 << 16):
            pass
        if record.raw_stream.limit:
            raise Trouble("read.corrupt", f"the last record ends {record.raw_stream.limit} bytes early")
        if made is not None:
            yield made
        position += is_counted


def _bad(message: str) -> Trouble:
    return Trouble("read.bad_record", f"WARC: {message}"[:300])


def _load(loader: Any, reader: _Lines, line: bytes) -> ArcWarcRecord:
    try:
        record = loader.parse_record_stream(reader, line.decode("latin-1"), "warc")
    except Trouble:
        raise  # the compression around it, beyond which there is nothing to read
    except Exception as error:  # warcio raises what Python happens to raise on a wrong header
        raise _Lost(f"{type(error).__name__}: {error}") from error
    length = (record.rec_headers.get_header("Content-Length") or "").strip()
    if not length.isascii() or not length.isdigit():
        raise _Lost(f"Content-Length is {length!r}")
    if not record.rec_type:
        raise _Lost("no WARC-Type")
    return record


def _page(record: ArcWarcRecord, at: Origin, limits: ReadLimits) -> Document | Mishap:
    header = record.rec_headers.get_header
    url = header("WARC-Target-URI") or ""
    nothing = Document(media="html", origin=at, url=url or None)
    content_type, status = record.content_type, None
    if record.rec_type == "response" and record.http_headers is not None:
        content_type = record.http_headers.get_header("content-type")
        code = record.http_headers.get_statuscode() or ""
        if not code.isascii() or not code.isdigit():
            return Mishap(nothing, _bad(f"the response of {url} has no status but {code!r}"))
        status = int(code)
        if not 200 <= status <= 299:
            return Mishap(nothing, LeftOut("read.ignored", f"status {status} of {url}"))
    elif record.rec_type != "resource":
        return Mishap(nothing, LeftOut("read.ignored", f"a {record.rec_type} record of {url}"))
    media = (content_type or "").partition(";")[0].strip().lower()
    if media and media not in _PAGE_TYPES:
        return Mishap(nothing, LeftOut("read.ignored", f"{media} at {url}"))
    if not is_web_url(url):
        return Mishap(nothing, LeftOut("read.ignored", f"its address is not http(s): {url}"))
    try:
        body = _body(record, limits)
    except Trouble as why:
        return Mishap(nothing, why if why.code == "read.too_large" else _bad(f"{url}: {why.message}"))
    except Exception as error:  # chunks and deflate are warcio's, which raises what it happens to raise
        return Mishap(nothing, _bad(f"{url}: {type(error).__name__}: {error}"))
    if not media and recognize(body[:HEAD_BYTES]) != "html":
        return Mishap(nothing, LeftOut("read.ignored", f"no page at {url}"))
    fetched_at = _instant(header("WARC-Date"))
    response = None
    if status:
        headers = named_headers(record.http_headers.headers)
        response = Response(url=url, status=status, content_type=content_type, fetched_at=fetched_at, headers=headers)
    return replace(nothing, body=body, charset=_charset(content_type), response=response)


def _unbrotlied(stream: Any, limit: int) -> bytes:
    inflater, body = Inflater("br"), bytearray()
    while len(body) <= limit and (piece := stream.read(1 << 16)):
        body += inflater.feed(piece, limit + 1 - len(body))
    if len(body) > limit:
        raise Trouble("read.too_large", f"a page of over {limit} bytes")
    inflater.finish()
    return bytes(body)


def _body(record: ArcWarcRecord, limits: ReadLimits) -> bytes:
    """The content with chunks and encodings undone.

    Raises:
        Trouble: read.too_large, read.corrupt.
    """
    headers = record.http_headers
    encoding = ((headers and headers.get_header("content-encoding")) or "identity").strip().lower()
    if encoding not in ("identity", "none", "gzip", "x-gzip", "zstd", "deflate", "br"):
        raise Trouble("read.corrupt", f"content-encoding {encoding!r} is not supported")
    if headers and encoding != "deflate":
        # Undone below by its magic: warcio writes its trouble with gzip to stderr and goes on.
        headers.remove_header("content-encoding")
    stream = record.content_stream()
    limit = limits.max_page_bytes
    if encoding == "br":
        return _unbrotlied(stream, limit)
    if encoding not in ("identity", "none", "deflate"):
        stream = open_inflated(stream, name=encoding, max_ratio=limits.max_ratio, max_layers=1)
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise Trouble("read.too_large", f"a page of over {limit} bytes")
    return body


def _charset(content_type: str | None) -> str | None:
    message = Message()
    message["content-type"] = content_type or ""
    charset = message.get_param("charset")
    return charset.strip() or None if isinstance(charset, str) else None


def _instant(raw: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat((raw or "").strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
