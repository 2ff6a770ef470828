"""An output goes in; a table comes out as a dataset, or as SQL, over exactly what its manifests vouch for."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from schemas.tables import ARTICLES, TABLES, find_table
from transforms.lake import files
from transforms.lake.evolve import Columns, check_schemas, defaults, known_columns
from transforms.lake.lake import live_files, read_manifests
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.partitions import parse_partition
from transforms.lake.store import open_store


def open_input(path: str, *, size: int | None = None) -> pa.NativeFile:
    """Open a file to read from at any place; of one in a bucket only the ranges that are read are fetched.

    Args:
        size: bytes, where it is known: that saves a request to a bucket.

    Raises:
        OSError: it is not there or cannot be read.
    """
    if files.is_local(path):
        return pa.OSFile(path)
    base, _, key = path.rpartition("/")
    return pa.PythonFile(open_store(base).open(key, size=size), mode="r")


def partition_scalars(path: str, schema: pa.Schema) -> dict[str, pa.Scalar]:
    """The partition columns of a data file with the types they have in the schema.

    Raises:
        pyarrow.ArrowInvalid: a value that is not of its column's type.
        KeyError: a column that the schema lacks.
    """
    return {
        name: pa.scalar(value, pa.string()).cast(schema.field(name).type)
        for name, value in parse_partition(path).items()
    }


def make_fragment(output: str, file: DataFile, known: Mapping[str, Columns]) -> ds.Fragment:
    """One data file as a part of a dataset; opened when it is scanned.

    Partition columns, and columns that the file is too old to have, are constants that the scan fills in.
    """
    schema, path = TABLES[file.table].schema, files.join(output, file.path)
    constants: dict[str, Any] = partition_scalars(file.path, schema)
    columns = known.get(file.schema_hash)
    stored = {name for name, _, _ in columns} if columns else set(pq.read_schema(open_input(path)).names)
    for name, value in defaults(TABLES[file.table].record).items():
        # A list cannot be a constant: pyarrow fails on it wherever a filter leaves a batch without rows.
        if name not in stored and name not in constants and not isinstance(value, list):
            constants[name] = pa.scalar(value, schema.field(name).type)
    terms = [
        ds.field(name) == value if value.is_valid else ds.field(name).is_null() for name, value in constants.items()
    ]
    fixed = functools.reduce(lambda one, other: one & other, terms) if terms else None
    form = ds.ParquetFileFormat()
    if files.is_local(path):
        return form.make_fragment(path, filesystem=pafs.LocalFileSystem(), partition_expression=fixed)
    return form.make_fragment(open_input(path, size=file.bytes), partition_expression=fixed)


def open_files(output: str, wanted: Sequence[DataFile], manifests: Sequence[Manifest], table: str) -> ds.Dataset:
    """Some files of one table as a dataset with today's columns."""
    known = known_columns(manifests)
    fragments = [make_fragment(output, file, known) for file in wanted]
    return ds.FileSystemDataset(fragments, TABLES[table].schema, ds.ParquetFileFormat())


def open_table(output: str, table: str = ARTICLES.name, *, latest: bool = False) -> ds.Dataset:
    """A table of an output, made of the files that its manifests vouch for and of nothing else.

    Nothing but manifests is read until it is scanned (with ``latest``, a few columns are). Rows that were
    written before a column existed hold its default, or null where the column is a list. A file that a
    compaction replaces while the dataset is being read may be gone: open it again.

    Args:
        output: directory or bucket path.
        table: one of schemas.tables.TABLES.
        latest: of each article only the version with the highest number.

    Raises:
        ValueError: no such table, or its files cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
    """
    if find_table(table) is not ARTICLES and latest:
        raise ValueError(f"only articles have versions, not {table}")
    manifests = list(read_manifests(output))
    check_schemas(manifests)
    found = open_files(output, live_files(manifests, table), manifests, table)
    superseded = _superseded(found) if latest else None
    return found if superseded is None else found.filter(~superseded)


def _superseded(articles: ds.Dataset) -> ds.Expression | None:
    """A condition that all but the latest version of each article meet; None where all are the latest."""
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


_SQL_TYPES = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "date32[day]": "DATE",
    "timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
    "binary": "BLOB",
}


def sql_type(kind: pa.DataType) -> str:
    """The DuckDB type of an Arrow type.

    >>> sql_type(pa.list_(pa.string()))
    'VARCHAR[]'

    Raises:
        KeyError: a type that no record has.
    """
    if pa.types.is_list(kind):
        return sql_type(kind.value_type) + "[]"
    if pa.types.is_struct(kind):
        return f"STRUCT({', '.join(f'{_name(field.name)} {sql_type(field.type)}' for field in kind)})"
    return _SQL_TYPES[str(kind)]


def _name(name: str) -> str:
    return f'"{name}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return str(value).lower() if isinstance(value, bool | int | float) else _text(str(value))


def _sql_path(output: str, path: str) -> str:
    """A path as DuckDB takes it, which reads ``*``, ``?`` and ``[`` as patterns."""
    whole = files.join(str(Path(output).resolve()) if files.is_local(output) else output, path)
    return _text("".join(f"[{letter}]" if letter in "*?[" else letter for letter in whole))


def _select(output: str, table: str, wanted: Sequence[DataFile], known: Mapping[str, Columns]) -> str:
    """SELECT over files of one table, whatever schemas and partitions they have."""
    record, schema = TABLES[table].record, TABLES[table].schema
    types = ", ".join(f"CAST(NULL AS {sql_type(field.type)}) AS {_name(field.name)}" for field in schema)
    # A row that is not there gives all columns their order and type, also where no file has them.
    parts = [f"SELECT {types} WHERE false"]
    groups: dict[tuple[str, ...], list[DataFile]] = {}
    for file in wanted:
        groups.setdefault(tuple(parse_partition(file.path)), []).append(file)
    for by, members in sorted(groups.items()):
        paths = ",\n    ".join(_sql_path(output, file.path) for file in members)
        kinds = ", ".join(f"{_name(name)}: {sql_type(schema.field(name).type)}" for name in by)
        hive = f"hive_partitioning = true, hive_types = {{{kinds}}}" if by else "hive_partitioning = false"
        parts.append(f"SELECT * FROM read_parquet([\n    {paths}\n  ], {hive}, union_by_name = true)")  # noqa: S608
    body = "\n  UNION ALL BY NAME\n  ".join(parts)
    lacking = {
        name
        for file in wanted
        for name, value in defaults(record).items()
        if value is not None and name not in {column for column, _, _ in known.get(file.schema_hash, ())}
    }
    if not lacking:
        return body
    filled = ", ".join(
        f"coalesce({_name(field.name)}, CAST({_literal(defaults(record)[field.name])} AS {sql_type(field.type)})) "
        f"AS {_name(field.name)}"
        for field in schema
        if field.name in lacking
    )
    return f"SELECT * REPLACE ({filled}) FROM (\n  {body}\n  )"  # noqa: S608  all names and values are quoted


def view_sql(output: str) -> str:
    """DuckDB SQL that creates a view of each table, and ``articles_latest``, over the files that count now.

    The views name files: after a run, a compaction or a retraction they are to be made anew.

    Raises:
        ValueError: the files cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
    """
    manifests = list(read_manifests(output))
    check_schemas(manifests)
    known = known_columns(manifests)
    views = [
        f"CREATE OR REPLACE VIEW {table} AS\n  {_select(output, table, live_files(manifests, table), known)};\n"
        for table in TABLES
    ]
    views.append(
        "CREATE OR REPLACE VIEW articles_latest AS\n  SELECT * FROM articles\n"
        "  QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY version DESC) = 1;\n"
    )
    return "\n".join(views)
