"""The changes of a lake as events, in the order in which they were committed."""

import heapq
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import ARTICLES, TABLES, Table
from transforms.export.changes import (
    DELETE,
    SEQUENCE,
    Changes,
    Part,
    change_schema,
    find_changes,
    read_changes,
)
from transforms.lake.lake import Lake, as_lake

COMMITTED_AT = "committed_at"
_BATCH_ROWS = 4_096


def event_schema(table: Table) -> pa.Schema:
    """Columns of the events of a table: those of its rows, None where a row was removed, after what happened and when.

    ``op``, ``row_id``, ``commit_sequence``, ``committed_at``, and then the columns of the record.
    """
    op, row_id, sequence, *columns = change_schema(table)
    at = pa.field(
        COMMITTED_AT, pa.timestamp("us", tz="UTC"), False, {"description": "UTC instant of that commit; wall clock."}
    )
    return pa.schema([op, row_id, sequence, at, *(field.with_nullable(True) for field in columns)])


class Events(NamedTuple):
    """Events of one table that came with one commit."""

    sequence: int
    table: str
    rows: pa.RecordBatch


def read_events(
    output: str | Lake, since: int = 0, *, tables: Collection[str] = (ARTICLES.name,), changes: Changes | None = None
) -> Iterator[Events]:
    """Give what has happened since a commit, in the order of the commits; of one commit the tables in their order.

    Applying the events in order gives the rows that the lake has now: ``insert``, ``version`` and ``update`` put a row
    in place of one with the same id where a table has unique rows, ``delete`` removes those with that id. Removals of
    a commit come before its rows. A compaction gives none. A row that was removed since is not given, only its
    removal: so the events tell how the present state came about, not what states there were.

    Memory is that of a few rows. Rows of files that were compacted are sorted by commit in files of a temporary
    directory, which takes as much disk as those files, uncompressed.

    Args:
        output: a lake, or its directory or address in a bucket.
        since: number of the last commit that was seen; 0 for all.
        tables: their names.
        changes: what :func:`~transforms.export.changes.find_changes` found; found here by default.

    Yields:
        Batches of at most 4,096 rows, with the columns of :func:`event_schema`.

    Raises:
        As find_changes and read_changes do.
    """
    lake = as_lake(output)
    found = find_changes(lake, since, tables=tables) if changes is None else changes
    times = {manifest.sequence: manifest.committed_at for manifest in found.manifests}
    names = [name for name in TABLES if name in tables]
    with tempfile.TemporaryDirectory(prefix="newsmill-changes-") as scratch:
        streams = (_in_order(lake, found, names, Path(scratch)), _removals(found, names))
        for (sequence, *_), (table, batch) in heapq.merge(*streams, key=lambda pair: pair[0]):
            at = pa.repeat(pa.scalar(times[sequence], pa.timestamp("us", tz="UTC")), batch.num_rows)
            columns = [*batch.columns[:3], at, *batch.columns[3:]]
            yield Events(sequence, table, pa.RecordBatch.from_arrays(columns, schema=event_schema(TABLES[table])))


_Place = tuple[int, int, int]
"""Where events stand: number of the commit, removals before rows, place of the table."""


def _removals(changes: Changes, names: Sequence[str]) -> Iterator[tuple[_Place, tuple[str, pa.RecordBatch]]]:
    ordered = sorted((found.sequence, names.index(found.table), found) for found in changes.deletions)
    for sequence, place, deletion in ordered:
        schema = change_schema(TABLES[deletion.table])
        for ids in _cut(deletion.row_ids):
            columns = [
                pa.repeat(pa.scalar(DELETE), len(ids)),
                pa.array(ids, pa.string()),
                pa.repeat(pa.scalar(sequence, pa.int64()), len(ids)),
                *(pa.nulls(len(ids), field.type) for field in list(schema)[3:]),
            ]
            loose = pa.schema([field.with_nullable(True) for field in schema])
            yield (sequence, 0, place), (deletion.table, pa.RecordBatch.from_arrays(columns, schema=loose))


def _cut(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH_ROWS):
        yield ids[start : start + _BATCH_ROWS]


def _in_order(
    lake: Lake, changes: Changes, names: Sequence[str], scratch: Path
) -> Iterator[tuple[_Place, tuple[str, pa.RecordBatch]]]:
    """Read all rows in the order of their commits; those of files that were made of others by way of disk."""
    whole: dict[tuple[int, int], list[Part]] = {}
    spooled: set[tuple[int, int]] = set()
    for part in changes.parts:
        place = names.index(part.file.table)
        if part.sequence is not None:
            whole.setdefault((part.sequence, place), []).append(part)
        else:
            for sequence, batch in _split(read_changes(lake, changes, part.file.table, [part])):
                spooled.add((sequence, place))
                _append(scratch / f"{sequence}-{place}", batch)
    for sequence, place in sorted({*whole, *spooled}):
        table = names[place]
        for batch in read_changes(lake, changes, table, whole.get((sequence, place), [])):
            yield (sequence, 1, place), (table, batch)
        if (sequence, place) in spooled:
            path = scratch / f"{sequence}-{place}"
            for batch in _read(path):
                yield (sequence, 1, place), (table, batch)
            path.unlink()


def _split(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Split batches by the commit that their rows came with."""
    for batch in batches:
        numbers = batch.column(SEQUENCE)
        distinct = pc.unique(numbers).to_pylist()
        for sequence in distinct:
            yield sequence, batch if len(distinct) == 1 else batch.filter(pc.equal(numbers, sequence))


def _append(path: Path, batch: pa.RecordBatch) -> None:
    """Append a batch to a file as an Arrow stream of its own, so that no file has to stay open."""
    with path.open("ab") as file, pa.ipc.new_stream(file, batch.schema) as stream:
        stream.write_batch(batch)


def _read(path: Path) -> Iterator[pa.RecordBatch]:
    """Read the batches of all the streams in a file."""
    size = path.stat().st_size
    with pa.OSFile(str(path)) as file:
        while file.tell() < size:
            with pa.ipc.open_stream(file) as stream:
                yield from stream
