"""Rows of a table as staged Parquet files, and the list of them for the process that commits."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.record import rows_to_table
from schemas.stored_row import StoredRow
from schemas.tables import Table, table_of
from transforms.lake.commit_steps import staging_key
from transforms.lake.commits import Commit
from transforms.lake.manifest import DataFile, data_path, schema_hash
from transforms.lake.partitions import partition_path
from transforms.lake.staged_file import new_staged_key
from transforms.parsers import parse_json

ROW_GROUP_ROWS = 20_000


def encode_table(
    rows: Iterable[Any], table: Table, partition_by: Sequence[str] | None = None
) -> tuple[bytes, int, str]:
    """Encode rows of a table as one Parquet file.

    The partition columns are left out, as Hive does: the path holds them. Rows are sorted by the
    table's order, then by all they hold, so that the same rows give the same bytes.

    Args:
        partition_by: columns of the path; those of the table's declaration by default.

    Returns:
        The bytes, the number of rows, and the hash of the schema with its partition columns.
    """
    ordered = _in_order(rows, table.order)
    data = rows_to_table(ordered, table.record)
    whole = schema_hash(data.schema)
    data = data.drop_columns(list(table.partition if partition_by is None else partition_by))
    sink = pa.BufferOutputStream()
    pq.write_table(data, sink, compression="zstd", row_group_size=ROW_GROUP_ROWS, use_content_defined_chunking=False)
    return sink.getvalue().to_pybytes(), len(ordered), whole


def _in_order(rows: Iterable[Any], names: Sequence[str]) -> list[Any]:
    """Sort rows by some columns, then by all they hold, which is looked at only where those are the same."""

    def key(item: Any) -> tuple[tuple[bool, Any], ...]:
        return tuple(_sort_value(getattr(item, name)) for name in names)

    same = (list(group) for _, group in itertools.groupby(sorted(rows, key=key), key=key))
    return [item for group in same for item in (sorted(group, key=repr) if len(group) > 1 else group)]


def _sort_value(value: Any) -> tuple[bool, Any]:
    """Return what a value is sorted by: strings by their UTF-8 bytes, as Arrow does; None comes last."""
    return value is None, value.encode("utf-8", "replace") if isinstance(value, str) else value


def stage_table(
    commit: Commit,
    table: Table,
    rows: Iterable[Any],
    partition: str,
    *,
    shard: int = 0,
    partition_by: Sequence[str] | None = None,
) -> DataFile:
    """Write rows of one partition as one staged file.

    Each try has a file name of its own: a retried bundle never writes into the file of the first.

    Args:
        commit: where and as what; the rows have its run and day.
        table: of the rows.
        rows: in any order; held in memory as one table.
        partition: directory below the table.
        shard: number of the file in the partition.
        partition_by: columns of the directory; those of the table's declaration by default.

    Raises:
        OSError: the file cannot be written.
    """
    data, count, schema = encode_table(rows, table, partition_by)
    key = new_staged_key(commit.run_id, commit.chunk, table.name)
    commit.lake.store.write(key, data)
    return DataFile(
        table=table.name,
        path=data_path(table.name, partition, commit.run_id, commit.chunk, shard),
        staged=commit.lake.path(key),
        rows=count,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        schema_hash=schema,
    )


def stage_by_day(commit: Commit, rows: Sequence[StoredRow], *, shard: int = 0) -> DataFile:
    """Write rows of a table whose directories are days as one staged file.

    Args:
        commit: where and as what; the rows get its run and day.
        rows: one at least, all of the same table.
        shard: number of the file in its directory.

    Raises:
        OSError: the file cannot be written.
    """
    stamped, table = [commit.stamp(row) for row in rows], table_of(type(rows[0]))
    return stage_table(commit, table, stamped, partition_path(stamped[0], table.partition), shard=shard)


def handover_key(commit: Commit) -> str:
    """Return where a pipeline leaves the list of what it staged, below the output."""
    return f"{staging_key(commit.run_id, commit.chunk)}/staged.json"


def read_handover(commit: Commit) -> tuple[tuple[DataFile, ...], tuple[dict[str, Any], ...]]:
    """Read the list of staged files, and of sources to continue with, that a pipeline left.

    Raises:
        OSError: the pipeline did not reach that point.
    """
    body = parse_json(commit.lake.store.read(handover_key(commit)))
    return tuple(DataFile(**file) for file in body["files"]), tuple(body["continues"])
