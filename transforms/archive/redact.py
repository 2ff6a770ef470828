"""Copies of WARC files without some of their records, every other record at the offset it had."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.errors import CorruptArchive
from transforms.archive.layout import ARCHIVE
from transforms.archive.members import Member
from transforms.archive.tombstones import make_tombstone
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.staged_file import StagedFile


def stage_without(
    lake: Lake, file: DataFile, path: str, gone: Sequence[Member], *, pages: int, run_id: str, at: datetime
) -> DataFile:
    """Stage a copy of a WARC file without some records; a tombstone takes the place of each, so that offsets stay.

    Args:
        file: the old one.
        path: final name of the new one.
        gone: records to leave out, in order.
        pages: how many are left.
        run_id: of the takedown.
        at: when that was decided.

    Raises:
        OSError: a read or a write failed.
        CorruptArchive: the file is not what its manifest says.
    """
    with contextlib.closing(StagedFile(lake, run_id=run_id, chunk=0, table=ARCHIVE)) as out:
        with lake.open(file) as source:
            for member in gone:
                _copy(source, out, member.offset - out.size)
                out.write(make_tombstone(member.length, name=f"{path}@{member.offset}", at=at))
                source.seek(out.size)
            _copy(source, out, source.size() - out.size)
        staged = out.finish(path, rows=pages, schema_hash=file.schema_hash)
    if staged.bytes != file.bytes:
        raise CorruptArchive(f"{file.path}: the new file has {staged.bytes} bytes, its manifest says {file.bytes}")
    return staged


def _copy(source: Any, out: StagedFile, count: int) -> None:
    while count and (data := source.read(min(count, 1 << 20))):
        out.write(data)
        count -= len(data)
