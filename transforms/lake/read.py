"""Tables of an output as datasets, over exactly the files that its manifests list."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from schemas.errors import CorruptTable
from schemas.tables import ARTICLES, TABLES, find_table
from transforms.lake.commit_steps import staged_key
from transforms.lake.evolve import Columns, check_schemas, defaults, known_columns
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.manifests import live_files
from transforms.lake.partitions import parse_partition

_BATCH_ROWS = 2_000


def partition_scalars(path: str, schema: pa.Schema) -> dict[str, pa.Scalar]:
    """Read the partition columns of a data file, with the types they have in the schema.

    Raises:
        pyarrow.ArrowInvalid: a value that is not of its column's type.
        KeyError: a column that the schema lacks.
    """
    return {
        name: pa.scalar(value, pa.string()).cast(schema.field(name).type)
        for name, value in parse_partition(path).items()
    }


def make_fragment(lake: Lake, file: DataFile, known: Mapping[str, Columns]) -> ds.Fragment:
    """Make a dataset's part of one data file; it is opened when it is scanned.

    Partition columns, and columns that the file is too old to have, are constants that the scan fills in.
    """
    schema = TABLES[file.table].schema
    constants: dict[str, Any] = partition_scalars(file.path, schema)
    columns = known.get(file.schema_hash)
    stored = {name for name, _, _ in columns} if columns else set(pq.read_schema(lake.open(file)).names)
    for name, value in defaults(TABLES[file.table].record).items():
        # A list cannot be a constant: pyarrow fails on it wherever a filter leaves a batch without rows.
        if name not in stored and name not in constants and not isinstance(value, list):
            constants[name] = pa.scalar(value, schema.field(name).type)
    terms = [
        ds.field(name) == value if value.is_valid else ds.field(name).is_null() for name, value in constants.items()
    ]
    fixed = functools.reduce(lambda one, other: one & other, terms) if terms else None
    form = ds.ParquetFileFormat()
    if lake.store.is_local:
        return form.make_fragment(lake.path(file.path), filesystem=pafs.LocalFileSystem(), partition_expression=fixed)
    return form.make_fragment(lake.open(file), partition_expression=fixed)


def open_files(lake: Lake, wanted: Sequence[DataFile], manifests: Sequence[Manifest], table: str) -> ds.Dataset:
    """Make a dataset of some files of one table, with the columns of the present record."""
    known = known_columns(manifests)
    fragments = [make_fragment(lake, file, known) for file in wanted]
    return ds.FileSystemDataset(fragments, TABLES[table].schema, ds.ParquetFileFormat())


def read_rows(
    lake: Lake, file: DataFile, columns: Sequence[str] | None = None, *, is_staged: bool = False
) -> Iterator[dict[str, Any]]:
    """Rows of a data file as dicts, with the columns that its path has.

    Args:
        lake: that holds the file.
        file: of a table.
        columns: names to read; those that an older file lacks are None. None reads all that are there.
        is_staged: whether it is yet to be committed.

    Raises:
        CorruptTable: it is not a whole Parquet file.
        OSError: it is missing.
    """
    by = {name: value.as_py() for name, value in partition_scalars(file.path, TABLES[file.table].schema).items()}
    try:
        opened = lake.open(staged_key(file.staged) if is_staged else file)
        with pq.ParquetFile(opened, pre_buffer=True) as parquet:
            there = parquet.schema_arrow.names
            missing = dict.fromkeys(name for name in columns or () if name not in there)
            wanted = None if columns is None else [name for name in columns if name in there]
            for group in range(parquet.num_row_groups):
                for batch in parquet.iter_batches(_BATCH_ROWS, row_groups=[group], columns=wanted):
                    for values in batch.to_pylist():
                        yield {**missing, **values, **by}
    except pa.ArrowInvalid as error:
        raise CorruptTable(f"{lake.path(file.path)}: {error}: 'newsmill verify' finds what else is damaged") from error


def open_table(output: str | Lake, table: str = ARTICLES.name, *, latest: bool = False) -> ds.Dataset:
    """Return a table of an output as a dataset of the files that are listed in its manifests, and of nothing else.

    Nothing but manifests is read until it is scanned (with ``latest``, a few columns are). Rows that were
    written before a column existed hold its default, or null where the column is a list. A file that a
    compaction replaces while the dataset is being read may be gone: open it again.

    Args:
        output: a lake, or its directory or address in a bucket.
        table: one of schemas.tables.TABLES.
        latest: of each article only the version with the highest number.

    Raises:
        ValueError: no such table.
        SchemaMismatch: its files cannot be read as the present records.
        CorruptManifest: a manifest cannot be read.
    """
    if find_table(table) is not ARTICLES and latest:
        raise ValueError(f"only articles have versions, not {table}")
    lake = as_lake(output)
    manifests = lake.manifests()
    check_schemas(manifests)
    found = open_files(lake, live_files(manifests, table), manifests, table)
    superseded = _superseded(found) if latest else None
    return found if superseded is None else found.filter(~superseded)


def _superseded(articles: ds.Dataset) -> ds.Expression | None:
    """Return a condition that all but the latest version of each article meet; None where all are the latest."""
    versions = ds.field("version")
    revised = pc.unique(articles.to_table(columns=["article_id"], filter=versions > 1).column("article_id"))
    if not len(revised):
        return None
    pairs = articles.to_table(columns=["article_id", "version"], filter=ds.field("article_id").isin(revised))
    highest = pairs.group_by("article_id").aggregate([("version", "max")])
    joined = pairs.join(highest, "article_id")
    old = joined.filter(pc.less(joined.column("version"), joined.column("version_max")))
    terms = [
        (versions == number)
        & ds.field("article_id").isin(pc.unique(old.filter(pc.equal(old.column("version"), number)).column(0)))
        for number in sorted(pc.unique(old.column("version")).to_pylist())
    ]
    return functools.reduce(lambda one, other: one | other, terms) if terms else None
