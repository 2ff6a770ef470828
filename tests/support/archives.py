"""The pages that the WARC files of an output hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from warcio.archiveiterator import ArchiveIterator

from schemas.documents import Document
from transforms.archive.layout import ARCHIVE
from transforms.archive.read import Archive
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files


class Place(NamedTuple):
    """Where a page is kept, as an article's row says."""

    archive_file: str
    archive_offset: int


def archived_documents(output: Path | str) -> Iterator[tuple[Place, Document]]:
    """Yield all pages that an output keeps, by file and place; redirects are left out."""
    lake = Lake(str(output))
    for file in live_files(lake.manifests(), ARCHIVE):
        archive = Archive(lake, file.path)
        try:
            for offset in _offsets(lake, file.path):
                yield Place(file.path, offset), archive.document(offset)
        finally:
            archive.close()


def _offsets(lake: Lake, path: str) -> list[int]:
    with lake.store.open(path) as file:
        records = ArchiveIterator(file)
        return [
            records.offset
            for record in records
            if record.rec_type in ("response", "revisit") and record.http_headers.get_statuscode().startswith("2")
        ]
