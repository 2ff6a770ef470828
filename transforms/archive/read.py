"""Pages read from the WARC files of an output."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from schemas.documents import Document, Origin, Response
from schemas.trouble import Trouble
from transforms.lake.lake import Lake
from transforms.lake.store import BLOCK_BYTES
from transforms.web.client import FetchedPage
from transforms.web.content_encoding import Inflater
from transforms.web.content_type import declared_charset
from transforms.web.headers import named_headers
from transforms.web.policy import MIB

_PAGES = ("response", "revisit")


class Archive:
    """One WARC file, read at any offset; each record is checked against its digests.

    Args:
        lake: that holds it.
        path: of the file, below it.
        max_page_bytes: largest page, bytes, inflated.

    Raises:
        Trouble: read.missing, read.unreadable.
    """

    def __init__(self, lake: Lake, path: str, *, max_page_bytes: int = 4 * MIB) -> None:
        self._path = path
        self._limit = max_page_bytes
        self._places: dict[str, int] | None = None
        where = lake.path(path)
        try:
            self._file: IO[bytes] = io.BufferedReader(lake.store.open(path), BLOCK_BYTES)
        except FileNotFoundError as error:
            raise Trouble("read.missing", f"{where}: {error}") from error
        except OSError as error:
            raise Trouble("read.unreadable", f"{where}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def document(self, offset: int) -> Document:
        """Read the page at an offset, as it was fetched except for the redirects, which are in its row.

        Raises:
            Trouble: read.corrupt, no page there or not what its digest says; read.too_large.
        """
        try:
            return self._document(offset)
        except Trouble:
            raise
        except Exception as error:  # warcio raises what Python happens to raise on bytes that are not a record
            raise self._corrupt(offset, f"{type(error).__name__}: {error}") from error

    def _corrupt(self, offset: int, why: str) -> Trouble:
        return Trouble("read.corrupt", f"{self._path} at {offset}: {why}"[:500])

    def _records(self, offset: int, **options: Any) -> Iterator[tuple[int, ArcWarcRecord]]:
        try:
            self._file.seek(offset)
            records = ArchiveIterator(self._file, **options)
            for record in records:
                yield records.offset, record
        except Trouble:
            raise
        except Exception as error:  # as above
            raise self._corrupt(offset, f"{type(error).__name__}: {error}") from error

    def _read(self, offset: int) -> tuple[ArcWarcRecord, bytes]:
        """Read a record and its payload, with chunks undone."""
        for _, record in self._records(offset, check_digests=True):
            if record.rec_type not in _PAGES or record.http_headers is None:
                raise self._corrupt(offset, f"a {record.rec_type} record and not a page")
            head = record.http_headers
            encoding = head.get_header("content-encoding")
            head.remove_header("content-encoding")  # undone below, with a limit
            payload, stream = bytearray(), record.content_stream()
            while len(payload) <= self._limit and (piece := stream.read(self._limit + 1 - len(payload))):
                payload += piece
            if encoding is not None:
                head.add_header("content-encoding", encoding)
            if len(payload) > self._limit:
                raise Trouble("read.too_large", f"{self._path} at {offset}: a page of over {self._limit} bytes")
            while record.raw_stream.read(1 << 16):
                pass
            if record.digest_checker.passed is False:
                raise self._corrupt(offset, "; ".join(record.digest_checker.problems))
            return record, bytes(payload)
        raise self._corrupt(offset, "the file ends here")

    def _document(self, offset: int) -> Document:
        record, payload = self._read(offset)
        header, http = record.rec_headers.get_header, record.http_headers.get_header
        if record.rec_type == "revisit":
            payload = self._original(offset, header("WARC-Refers-To") or "")
        inflater = Inflater(http("content-encoding"))
        body = inflater.feed(payload, self._limit + 1)
        if len(body) > self._limit:
            raise Trouble("read.too_large", f"{self._path} at {offset}: a page of over {self._limit} bytes")
        inflater.finish()
        url, kind = header("WARC-Target-URI"), http("content-type")
        response = Response(
            url=url,
            status=int(record.http_headers.get_statuscode()),
            content_type=kind,
            fetched_at=datetime.fromisoformat(header("WARC-Date")).astimezone(UTC),
            headers=named_headers(record.http_headers.headers),
        )
        page = FetchedPage(response, body, declared_charset(kind))
        return Document(
            media=page.media,
            origin=Origin(uri=self._path, kind="warc"),
            body=body,
            charset=page.charset,
            url=url,
            response=response,
            archive_file=self._path,
            archive_offset=offset,
        )

    def _original(self, offset: int, name: str) -> bytes:
        if self._places is None:
            # Read through once: a revisit names the record it refers to, not where that is.
            self._places = {
                record.rec_headers.get_header("WARC-Record-ID"): place
                for place, record in self._records(0)
                if record.rec_type == "response"
            }
        if name not in self._places:
            raise self._corrupt(offset, f"a revisit of {name or 'nothing'}, which the file does not have")
        return self._read(self._places[name])[1]


def read_pages(
    lake: Lake, path: str, offsets: Iterable[int], *, max_page_bytes: int = 4 * MIB
) -> Iterator[tuple[int, Document | Trouble]]:
    """Yield the pages at some places of one file; a failure is yielded in the place of its page."""
    wanted = sorted(offsets)
    try:
        archive = Archive(lake, path, max_page_bytes=max_page_bytes)
    except Trouble as why:
        yield from ((offset, why) for offset in wanted)
        return
    try:
        for offset in wanted:
            try:
                yield offset, archive.document(offset)
            except Trouble as why:
                yield offset, why
    finally:
        archive.close()
