"""Copies of WARC files without some of their records, every other record at the offset it had."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.errors import CorruptArchive
from transforms.archive.layout import ARCHIVE
from transforms.archive.members import Member
from transforms.archive.tombstones import make_tombstone
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.rewrite import Sink


def stage_without(
    lake: Lake, file: DataFile, path: str, gone: Sequence[Member], *, pages: int, staged: str, at: datetime
) -> DataFile:
    """Stage a copy of a WARC file without some records; a tombstone takes the place of each, so that offsets stay.

    Args:
        file: the old one.
        path: final name of the new one.
        gone: records to leave out, in order.
        pages: how many are left.
        staged: key of the staged file.
        at: when that was decided.

    Raises:
        OSError: a read or a write failed.
        CorruptArchive: the file is not what its manifest says.
    """
    sink = Sink(lake, staged)
    try:
        with lake.open(file) as source:
            for member in gone:
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
        rows=pages,
        bytes=sink.size,
        sha256=sink.hexdigest(),
        schema_hash=file.schema_hash,
    )


def _copy(source: Any, sink: Any, count: int) -> None:
    while count and (data := source.read(min(count, 1 << 20))):
        sink.write(data)
        count -= len(data)
