"""DuckDB views of an output, over exactly the files that its manifests list."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from schemas.tables import ARTICLES, TABLES, Table
from transforms.export import dialects
from transforms.export.ddl import LATEST
from transforms.export.dialects import DIALECTS
from transforms.lake.evolve import Columns, check_schemas, defaults, known_columns
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DataFile
from transforms.lake.manifests import live_files
from transforms.lake.partitions import parse_partition

_DUCKDB = DIALECTS["duckdb"]


def sql_type(kind: pa.DataType) -> str:
    """Return the DuckDB type of an Arrow type.

    >>> sql_type(pa.list_(pa.string()))
    'VARCHAR[]'

    Raises:
        KeyError: a type that no record has.
    """
    return dialects.sql_type(_DUCKDB, kind)


def _name(name: str) -> str:
    return dialects.quote(_DUCKDB, name)


def whole_path(lake: Lake, file: DataFile) -> str:
    """Return where a file is, as DuckDB names it in the column FILE_NAME."""
    path = lake.path(file.path)
    return str(Path(path).absolute()) if lake.store.is_local else path


def _sql_path(lake: Lake, file: DataFile) -> str:
    """Return a path as DuckDB takes it, which reads ``*``, ``?`` and ``[`` as patterns."""
    whole = whole_path(lake, file)
    return dialects.text_literal(_DUCKDB, "".join(f"[{letter}]" if letter in "*?[" else letter for letter in whole))


FILE_NAME = "newsmill_file"
"""Column with the path of a row's file, where it is asked for."""


def select_files(
    lake: Lake,
    table: Table,
    wanted: Sequence[DataFile],
    known: Mapping[str, Columns],
    *,
    with_file_name: bool = False,
) -> str:
    """Return a SELECT over files of one table, whatever schemas and partitions they have.

    Args:
        lake: that has the files.
        table: that they are of.
        wanted: the files.
        known: columns of each schema, as :func:`~transforms.lake.evolve.known_columns` gives them.
        with_file_name: whether a last column, :data:`FILE_NAME`, names the file of each row.
    """
    record, schema = table.record, table.schema
    columns = [*schema, pa.field(FILE_NAME, pa.string())] if with_file_name else schema
    types = ", ".join(f"CAST(NULL AS {sql_type(field.type)}) AS {_name(field.name)}" for field in columns)
    named = f", filename = '{FILE_NAME}'" if with_file_name else ""
    # A row that is not there gives all columns their order and type, also where no file has them.
    parts = [f"SELECT {types} WHERE false"]
    groups: dict[tuple[str, ...], list[DataFile]] = {}
    for file in wanted:
        groups.setdefault(tuple(parse_partition(file.path)), []).append(file)
    for by, members in sorted(groups.items()):
        paths = ",\n    ".join(_sql_path(lake, file) for file in members)
        kinds = ", ".join(f"{_name(name)}: {sql_type(schema.field(name).type)}" for name in by)
        hive = f"hive_partitioning = true, hive_types = {{{kinds}}}" if by else "hive_partitioning = false"
        parts.append(f"SELECT * FROM read_parquet([\n    {paths}\n  ], {hive}, union_by_name = true{named})")  # noqa: S608
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
        f"coalesce({_name(field.name)}, {dialects.literal(_DUCKDB, defaults(record)[field.name], field.type)}) "
        f"AS {_name(field.name)}"
        for field in schema
        if field.name in lacking
    )
    return f"SELECT * REPLACE ({filled}) FROM (\n  {body}\n  )"  # noqa: S608  all names and values are quoted


def view_sql(output: str | Lake) -> str:
    """DuckDB SQL that creates a view of each table, and one of the latest version of each article.

    The views name files: create them again after a run, a compaction or a retraction.

    Raises:
        ValueError: the files cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
    """
    lake = as_lake(output)
    manifests = lake.manifests()
    check_schemas(manifests)
    known = known_columns(manifests)
    views = [
        f"CREATE OR REPLACE VIEW {name} AS\n  {select_files(lake, table, live_files(manifests, name), known)};\n"
        for name, table in TABLES.items()
    ]
    article, version = ARTICLES.key
    views.append(
        f"CREATE OR REPLACE VIEW {LATEST} AS\n  SELECT * FROM {ARTICLES.name}\n"  # noqa: S608  names of our own
        f"  QUALIFY row_number() OVER (PARTITION BY {article} ORDER BY {version} DESC) = 1;\n"
    )
    return "\n".join(views)
