"""Rows of committed files, read as Arrow tables and staged again as files of the present schema."""

import contextlib
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES
from transforms.lake.evolve import conform, defaults
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, schema_hash
from transforms.lake.partitions import parse_partition
from transforms.lake.read import partition_scalars
from transforms.lake.staged_file import StagedFile

BATCH_ROWS = 4_096
"""Rows held at a time where a file is copied."""

_READ_BYTES = 1 << 20


def stored_schema(table: str, path: str) -> pa.Schema:
    """Return the present schema of a data file: without the columns that its path holds."""
    by = parse_partition(path)
    return pa.schema([field for field in TABLES[table].schema if field.name not in by])


def read_parts(
    lake: Lake, file: DataFile, *, batch_rows: int = BATCH_ROWS, has_partition: bool = False
) -> Iterator[pa.Table]:
    """Read one data file in its order, as tables of a few rows of the present schema.

    Not as a dataset, which decodes whole row groups, and the next one meanwhile.

    Args:
        lake: that holds the file.
        file: of a table.
        batch_rows: most rows of a table that is given.
        has_partition: whether the columns that the path holds are among those of the rows.

    Raises:
        OSError: it is missing.
        pyarrow.ArrowInvalid: it is not a whole Parquet file.
    """
    schema, values = TABLES[file.table].schema, defaults(TABLES[file.table].record)
    if has_partition:
        values |= {name: value.as_py() for name, value in partition_scalars(file.path, schema).items()}
    else:
        schema = stored_schema(file.table, file.path)
    # From a disk a page at a time; from a bucket a row group, since every request costs time.
    buffered = {"buffer_size": _READ_BYTES} if lake.store.is_local else {"pre_buffer": True}
    with lake.open(file) as source:
        parquet = pq.ParquetFile(source, **buffered)
        for group in range(parquet.num_row_groups):  # one call for all keeps what it has read of each
            for batch in parquet.iter_batches(batch_size=batch_rows, row_groups=[group], use_threads=False):
                yield conform(pa.Table.from_batches([batch]), schema, values)


def stage_rows(lake: Lake, table: str, path: str, groups: Iterable[pa.Table], *, run_id: str, chunk: int) -> DataFile:
    """Write rows as one staged file; each table given becomes a row group.

    Args:
        lake: that they are staged for.
        table: name of their table.
        path: its final name below the output.
        groups: rows of the present schema, without the partition columns.
        run_id: of the commit.
        chunk: of the commit.

    Raises:
        OSError: the file cannot be written.
        pyarrow.ArrowInvalid: what was written is not what reads back.
    """
    schema, rows = stored_schema(table, path), 0
    with contextlib.closing(StagedFile(lake, run_id=run_id, chunk=chunk, table=table)) as out:
        with pq.ParquetWriter(pa.PythonFile(out, mode="w"), schema, compression="zstd") as writer:
            for group in groups:
                if group.num_rows:
                    writer.write_table(group, row_group_size=group.num_rows)
                    rows += group.num_rows
        staged = out.finish(path, rows=rows, schema_hash=schema_hash(TABLES[table].schema))
    with lake.open(out.key) as source:
        if pq.read_metadata(source).num_rows != rows:
            raise pa.ArrowInvalid(f"{staged.staged} does not hold the {rows} rows that were written to it")
    return staged
