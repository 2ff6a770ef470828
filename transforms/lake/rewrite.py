"""Rows of committed files go in, as Arrow tables; staged files of today's schema come out."""

import hashlib
import io
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES
from transforms.lake import files
from transforms.lake.commit import commit_manifest
from transforms.lake.evolve import conform, defaults
from transforms.lake.manifest import DataFile, Manifest, schema_columns, schema_hash
from transforms.lake.partitions import parse_partition
from transforms.lake.read import open_input

BATCH_ROWS = 4_096
"""Rows held at a time where a file is only passed on."""


class Sink:
    """A staged file to write to that knows the size and the hash of what went through.

    On a local disk it is written as it comes; for an object store it is kept until all is there.
    """

    def __init__(self, path: str) -> None:
        files.make_parents(path)
        self._path = path
        self._is_local = files.is_local(path)
        self._out: Any = Path(path).open("wb") if self._is_local else io.BytesIO()  # noqa: SIM115  see close
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._hash.update(view)
        self._out.write(view)
        self.size += len(view)
        return len(view)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        """Let go of it, whatever became of it."""
        self.closed = True
        self._out.close()

    def keep(self) -> None:
        """Make what was written last."""
        if self._is_local:
            self._out.flush()
            os.fsync(self._out.fileno())
        else:
            files.write_bytes(self._path, self._out.getvalue())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def stored_schema(table: str, path: str) -> pa.Schema:
    """Today's schema of a data file: without the columns that its path holds."""
    by = parse_partition(path)
    return pa.schema([field for field in TABLES[table].schema if field.name not in by])


def read_parts(output: str, file: DataFile) -> Iterator[pa.Table]:
    """The rows of one data file in their order, as tables of at most BATCH_ROWS rows of today's schema.

    Raises:
        OSError: it is not there, or is no whole Parquet file.
    """
    schema, values = stored_schema(file.table, file.path), defaults(TABLES[file.table].record)
    with open_input(files.join(output, file.path), size=file.bytes) as source:
        parquet = pq.ParquetFile(source, pre_buffer=True)  # few requests to a bucket for each row group
        for group in range(parquet.num_row_groups):
            for batch in parquet.iter_batches(batch_size=BATCH_ROWS, row_groups=[group], use_threads=False):
                yield conform(pa.Table.from_batches([batch]), schema, values)


def stage_rows(staging: str, table: str, path: str, groups: Iterable[pa.Table]) -> DataFile:
    """Write rows as one staged file; each table given becomes a row group.

    Args:
        staging: directory for it.
        path: its final name below the output.
        groups: rows in today's schema without the partition columns.

    Raises:
        OSError: the file cannot be written.
        pyarrow.ArrowInvalid: what was written is not what reads back.
    """
    staged = files.join(staging, f"{table}-{uuid.uuid4().hex}.staged")
    schema, rows = stored_schema(table, path), 0
    sink = Sink(staged)
    try:
        with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
            for group in groups:
                if group.num_rows:
                    writer.write_table(group, row_group_size=group.num_rows)
                    rows += group.num_rows
        sink.keep()
    finally:
        sink.close()
    with open_input(staged) as source:
        if pq.read_metadata(source).num_rows != rows:
            raise pa.ArrowInvalid(f"{staged} does not hold the {rows} rows that were written to it")
    return DataFile(
        table=table,
        path=path,
        staged=staged,
        rows=rows,
        bytes=sink.size,
        sha256=sink.hexdigest(),
        schema_hash=schema_hash(TABLES[table].schema),
    )


def commit_merged(
    output: str, staging: str, staged: DataFile, merged: Iterable[DataFile], *, run_id: str, chunk: int
) -> Manifest:
    """Commit a staged file in the place of those whose rows it holds.

    Raises:
        OSError: a write or a move failed; the next run carries on.
    """
    manifest = Manifest(
        run_id=run_id,
        chunk=chunk,
        files=(staged,),
        kind="compact",
        removes=tuple(file.path for file in merged),
        schemas=todays_schemas([staged]),
    )
    return commit_manifest(output, staging, manifest)


def todays_schemas(staged: Sequence[DataFile]) -> Mapping[str, tuple[tuple[str, str, bool], ...]]:
    """What a manifest says of the schemas of such files."""
    return {file.schema_hash: schema_columns(TABLES[file.table].schema) for file in staged}
