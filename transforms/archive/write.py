"""The stage that writes fetched pages to WARC files."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue
from warcio.warcwriter import WARCWriter

from schemas.documents import Document, Exchange
from schemas.stages import ARCHIVING
from transforms.archive.layout import ARCHIVE, SCHEMA_HASH, archive_path
from transforms.archive.warc_records import WARC_VERSION, Records, make_info, record_id
from transforms.lake.commits import Commit, Commits
from transforms.lake.manifest import DataFile
from transforms.lake.staged_file import StagedFile
from transforms.ledger import NAMESPACE, Ledger
from transforms.named_outputs import NamedOutputs

MAX_BYTES = 256 * 1024 * 1024
"""Size at which a file ends and the next begins."""


class Archived(NamedTuple):
    """What ArchivePages returns: all documents, and the files that keep their pages."""

    documents: beam.PCollection[Document]
    files: beam.PCollection[DataFile]


class ArchiveFile:
    """One WARC file that is being written.

    The same pages in the same order give the same bytes.

    Args:
        commit: where and as what it is written.
        first: first document that goes in.
        about: fields of the warcinfo record.
    """

    def __init__(self, commit: Commit, first: Document, about: Mapping[str, str]) -> None:
        assert first.response is not None
        self.path = archive_path(commit, first)
        self._out = StagedFile(commit.lake, run_id=commit.run_id, chunk=commit.chunk, table=ARCHIVE)
        self._writer = WARCWriter(self._out, gzip=True, warc_version=WARC_VERSION)
        self._pages = 0
        name = self.path.rpartition("/")[2]
        at = first.response.exchanges[0].at
        self._writer.write_record(make_info(self._writer, name, at, {"isPartOf": commit.run_id, **about}))
        self._records = Records(self._writer, record_id("warcinfo", name))

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._out.size

    def add(self, exchanges: Iterable[Exchange]) -> int:
        """Write the exchanges that led to one page, each as response and request.

        Returns:
            Offset of the last response, which is the page.
        """
        offset = 0
        for exchange in exchanges:
            offset = self.size
            response = self._records.response(exchange)
            request = self._records.request(exchange, response)
            self._writer.write_record(response)
            self._writer.write_record(request)
        self._pages += 1
        return offset

    def close(self) -> DataFile:
        """End the file, and write it through to the disk.

        Raises:
            OSError: no space.
        """
        return self._out.finish(self.path, rows=self._pages, schema_hash=SCHEMA_HASH)

    def abandon(self) -> None:
        """Close the file of a bundle that failed; what is staged is removed with its directory."""
        self._out.close()


class _ArchiveFn(beam.DoFn):
    def __init__(self, commit: Commits, about: Mapping[str, str], max_bytes: int) -> None:
        self._commit = commit
        self._about = dict(about)
        self._max_bytes = max_bytes

    def setup(self) -> None:
        self._ledger = Ledger(ARCHIVING.word)
        self._pages = Metrics.counter(NAMESPACE, "archive.pages")
        self._file: ArchiveFile | None = None

    def start_bundle(self) -> None:
        self.teardown()

    def process(
        self,
        element: Document,
        timestamp: Any = beam.DoFn.TimestampParam,
        window: Any = beam.DoFn.WindowParam,
    ) -> Iterable[Any]:
        response = element.response
        if response is None or not response.exchanges:
            yield element
            return
        with self._ledger.clock():
            if self._file is None:
                self._file = ArchiveFile(self._commit.of(window), element, self._about)
                self._stamp = WindowedValue(None, timestamp, (window,))
            offset = self._file.add(response.exchanges)
        self._pages.inc()
        yield replace(
            element,
            response=replace(response, exchanges=()),
            archive_file=self._file.path,
            archive_offset=offset,
        )
        if self._file.size >= self._max_bytes:
            yield TaggedOutput("files", self._close())

    def finish_bundle(self) -> Iterable[Any]:
        if self._file is not None:
            yield TaggedOutput("files", self._stamp.with_value(self._close()))

    def teardown(self) -> None:
        if self._file is not None:
            self._file.abandon()
            self._file = None

    def _close(self) -> DataFile:
        assert self._file is not None
        with self._ledger.clock():
            done = self._file.close()
        self._file = None
        return done


class ArchivePages(NamedOutputs[beam.PCollection[Document], Archived]):
    """Keep each fetched page as WARC: request and answer, as they went over the wire.

    Elementwise, for between fetch and extract: each document leaves with ``archive_file`` and
    ``archive_offset`` set and without the bytes of its exchanges; those without exchanges (feed entries, files)
    pass untouched. Page bytes cross no shuffle. Each bundle makes one file, more where one grows over
    ``max_bytes``; the files are an output once they are whole: staged, to be committed with the rows that point into
    them. Pages come with ``FetchPolicy(keep_exchange=True)``.

    Redirects are response records, too, without their bodies. A payload that the file has already is a revisit
    record. Costs 2 ms of CPU for a page that was sent compressed, 10 ms for one of 290 KB that was not: all of it
    is gzip. Outside local disks a whole file is in memory while it is sent.

    Args:
        commit: where and as what the files are written.
        user_agent: name given to servers, for the warcinfo record.
        respect_robots: whether robots.txt was kept to, for the same.
        max_bytes: size at which a file ends.
    """

    def __init__(
        self, *, commit: Commits, user_agent: str, respect_robots: bool = True, max_bytes: int = MAX_BYTES
    ) -> None:
        super().__init__()
        if max_bytes < 1:
            raise ValueError(f"max_bytes must be positive, got {max_bytes}")
        # "classic" is the word of the WARC standard for keeping to robots.txt.
        about = {"http-header-user-agent": user_agent, "robots": "classic" if respect_robots else "ignore"}
        self._do = _ArchiveFn(commit, about, max_bytes)

    def expand(self, documents: beam.PCollection[Document]) -> Archived:
        split = documents | "Archive" >> beam.ParDo(self._do).with_outputs("files", main="documents")
        split.documents.element_type, split.files.element_type = Document, DataFile
        return Archived(documents=split.documents, files=split.files)
