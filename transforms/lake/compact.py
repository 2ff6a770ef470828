"""Small files of closed partitions, merged into few of a good size with the same rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from schemas.errors import CorruptTable
from schemas.tables import TABLES
from transforms.lake.commit_steps import staged_key
from transforms.lake.evolve import check_schemas, fill_lists
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.manifests import live_files
from transforms.lake.partitions import parse_partition
from transforms.lake.read import open_files
from transforms.lake.rewrite import BATCH_ROWS, stage_rows, stored_schema

GROUP_BYTES = 96 << 20
GROUP_ROWS = 20_000
"""Largest row group: bytes before compression, by the average of its files, and rows."""


class MergePlan(NamedTuple):
    """Files of one partition that are to become one file."""

    table: str
    partition: str
    files: tuple[DataFile, ...]


class MergeResult(NamedTuple):
    """A merge that was committed.

    Attributes:
        rows: of the new file.
        bytes: of the new file.
    """

    plan: MergePlan
    rows: int
    bytes: int


def _directory(file: DataFile) -> str:
    """Partition of a file: its directories below the table."""
    return file.path.split("/", 1)[1].rpartition("/")[0]


def _ingest_day(lake: Lake, file: DataFile) -> date | None:
    """Find the last day on which rows of a file were ingested: from its path, or else from its statistics."""
    value = parse_partition(file.path).get("ingest_date")
    if value:
        return date.fromisoformat(value)
    with lake.open(file) as source:
        footer = pq.read_metadata(source)
    groups = [footer.row_group(n) for n in range(footer.num_row_groups)]
    columns = [group.column(n) for group in groups for n in range(group.num_columns)]
    known = [column.statistics for column in columns if column.path_in_schema == "ingest_date"]
    days = [statistics.max for statistics in known if statistics and statistics.has_min_max]
    return max(days) if days and len(days) == len(groups) else None


def plan_merges(lake: Lake, manifests: Sequence[Manifest], *, before: date, target_bytes: int) -> list[MergePlan]:
    """Choose which files to merge with which, by partition.

    Files of at least half the target are good as they are. The smaller ones are gathered in the order of
    their names until the target is reached, so that a merged file has between half and one and a half times
    the target (the last of a partition may have less, and tiny files shrink when merged).

    Raises:
        OSError: a file without a day in its path cannot be read.
    """
    small: dict[tuple[str, str], list[DataFile]] = {}
    for file in live_files(list(manifests)):
        if file.is_parquet and file.bytes < target_bytes // 2:
            small.setdefault((file.table, _directory(file)), []).append(file)
    merges = []
    for (table, partition), members in sorted(small.items()):
        if len(members) < 2:
            continue
        days = {file.path: _ingest_day(lake, file) for file in members}
        bins: list[list[DataFile]] = [[]]
        for file in members:
            day = days[file.path]
            if day is None or day >= before:
                continue
            if sum(member.bytes for member in bins[-1]) >= target_bytes:
                bins.append([])
            bins[-1].append(file)
        merges += [MergePlan(table, partition, tuple(found)) for found in bins if len(found) > 1]
    return merges


def _ranges(ordered: pa.Array, max_rows: int) -> Iterator[tuple[str, str, int]]:
    """Cut sorted keys into ranges (first, last, rows) of at most ``max_rows`` rows; one key is never cut in two."""
    counts = ordered.value_counts()  # in order of appearance, which is the order of the keys
    first, last, rows = "", "", 0
    for key, count in zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True):
        if rows and rows + count > max_rows:
            yield first, last, rows
            rows = 0
        first, last, rows = (key if not rows else first), key, rows + count
    if rows:
        yield first, last, rows


def _group_rows(lake: Lake, wanted: Sequence[DataFile]) -> int:
    """Compute how many rows a row group may have to stay below GROUP_BYTES."""
    size = rows = 0
    for file in wanted:
        with lake.open(file) as source:
            footer = pq.read_metadata(source)
        rows += footer.num_rows
        size += sum(footer.row_group(n).total_byte_size for n in range(footer.num_row_groups))
    return max(1, min(GROUP_ROWS, GROUP_BYTES * rows // max(size, 1)))


def _sorted_groups(
    data: ds.Dataset, schema: pa.Schema, by: Sequence[str], keys: pa.Array, max_rows: int
) -> Iterator[pa.Table]:
    """Read all rows, sorted, a row group at a time: each range of keys is one pass over the files."""
    names, order = schema.names, [(name, "ascending") for name in by]
    for first, last, rows in _ranges(keys, max_rows):
        within = (ds.field(by[0]) >= first) & (ds.field(by[0]) <= last)
        scanner = data.scanner(
            columns=names,
            filter=within,
            use_threads=False,
            batch_size=BATCH_ROWS,
            fragment_readahead=1,
            batch_readahead=1,
        )
        if rows > max_rows:  # one key alone: in order already, and too much to hold
            for batch in scanner.to_batches():
                yield fill_lists(pa.Table.from_batches([batch]), schema)
        else:
            yield fill_lists(scanner.to_table().sort_by(order), schema)


def _keys(lake: Lake, wanted: Sequence[DataFile], manifests: Sequence[Manifest], table: str) -> pa.Array:
    """Return the keys of all rows, sorted."""
    column = open_files(lake, wanted, manifests, table).to_table(columns=[TABLES[table].order[0]]).column(0)
    ordered = column.take(pc.sort_indices(column))
    return ordered.combine_chunks() if isinstance(ordered, pa.ChunkedArray) else ordered


def merge_files(lake: Lake, merge: MergePlan, manifests: Sequence[Manifest], *, run_id: str, chunk: int) -> DataFile:
    """Stage one file with the rows of several, and check that it holds them all.

    Memory is bounded by a row group of the result, one of a file that is read, and the keys.

    Raises:
        OSError: a file cannot be read or written.
        CorruptTable: what was staged is not what was read; nothing was committed.
    """
    path = data_path(merge.table, merge.partition, run_id, chunk, 0)
    keys = _keys(lake, merge.files, manifests, merge.table)
    data = open_files(lake, merge.files, manifests, merge.table)
    groups = _sorted_groups(
        data, stored_schema(merge.table, path), TABLES[merge.table].order, keys, _group_rows(lake, merge.files)
    )
    staged = stage_rows(lake, merge.table, path, groups, run_id=run_id, chunk=chunk)
    with lake.open(staged_key(staged.staged)) as source:
        again = pq.read_table(source, columns=[TABLES[merge.table].order[0]]).column(0)
    if staged.rows != sum(file.rows for file in merge.files) or not pa.chunked_array([keys]).equals(again):
        raise CorruptTable(
            f"{merge.table}/{merge.partition}: {len(merge.files)} files have {sum(f.rows for f in merge.files)} "
            f"rows by their manifests, but {staged.rows} were read: nothing was changed; run 'newsmill verify'"
        )
    return staged


def compact(
    lake: Lake,
    *,
    run_id: str,
    before: date,
    target_bytes: int = 256 << 20,
    on_merged: Callable[[MergeResult], None] = lambda _: None,
) -> list[MergeResult]:
    """Merge the small files of every partition from before a day, one commit a merge.

    The caller holds the lock of the output. A crash costs at most the merge under way. A reader by
    manifests sees each row once at any time. A reader by file names may see rows of a merge twice, from the move of
    its file to the delete of the last old one.

    Args:
        run_id: a new one.
        before: partitions of that UTC day and later are left alone.
        target_bytes: see :func:`plan_merges`.
        on_merged: called after each commit.

    Raises:
        CorruptTable: a file does not hold the rows that it should.
        SchemaMismatch: a file cannot be read as the present records.
        CorruptManifest: a manifest cannot be read.
        OSError: a read, a write or a move failed.
    """
    manifests = lake.manifests()
    check_schemas(manifests)
    done = []
    for chunk, merge in enumerate(plan_merges(lake, manifests, before=before, target_bytes=target_bytes)):
        try:
            staged = merge_files(lake, merge, manifests, run_id=run_id, chunk=chunk)
        except BaseException:
            lake.discard(run_id, chunk)
            raise
        removes = tuple(file.path for file in merge.files)
        lake.commit("compact", [staged], run_id=run_id, chunk=chunk, removes=removes)
        done.append(MergeResult(merge, staged.rows, staged.bytes))
        on_merged(done[-1])
    return done
