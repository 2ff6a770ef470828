"""What databases hold that loads have written to."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas.tables import TABLES
from tests.support.histories import plain
from transforms.export.ddl import exported_schema


def address(directory: Path, kind: str) -> str:
    return f"{kind}:///{directory / 'news'}.{kind}"


class ClickHouse:
    """A session of chdb, with the methods that the other databases have."""

    def __init__(self, path: str) -> None:
        from chdb import session

        self._session = session.Session(path)
        self._session.query("CREATE DATABASE IF NOT EXISTS newsmill")
        self._session.query("USE newsmill")

    def query(self, text: str) -> pa.Table:
        found = self._session.query(text, "ArrowTable")
        return found if isinstance(found, pa.Table) else pa.table({})

    def execute(self, text: str) -> "ClickHouse":
        self._found = self.query(text)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows = [tuple(row.values()) for row in self._found.to_pylist()]
        return [tuple(value.decode() if isinstance(value, bytes) else value for value in row) for row in rows]

    def commit(self) -> None:
        pass

    def close(self) -> None:
        self._session.close()


@contextmanager
def connect(to: str) -> Iterator[Any]:
    """A connection of one's own to a destination that is a file."""
    kind, _, path = to.partition(":///")
    connection: Any
    if kind == "clickhouse":
        connection = ClickHouse(path)
    else:
        connection = duckdb.connect(path) if kind == "duckdb" else sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def fetch(to: str, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connect(to) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows


def held_rows(to: str, name: str) -> Counter[str]:
    """The rows of a table of a destination, as expected_rows gives those of the lake."""
    schema = exported_schema(TABLES[name])
    reader = {"duckdb": duckdb_rows, "sqlite": sqlite_rows, "clickhouse": clickhouse_rows}[to.partition(":")[0]]
    rows = reader(to, name, schema)
    return Counter(
        f"{row['row_id']} {plain({column: row[column] for column in TABLES[name].schema.names})}" for row in rows
    )


def duckdb_rows(to: str, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    with connect(to) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        table = connection.sql(f"SELECT * FROM {name}").to_arrow_table()
    rows: list[dict[str, Any]] = (
        table.select(schema.names).cast(pa.schema([f.with_nullable(True) for f in schema])).to_pylist()
    )
    return rows


def clickhouse_rows(to: str, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    with connect(to) as connection:
        table = connection.query(f"SELECT * FROM {name}")
    loose = pa.schema([field.with_nullable(True) for field in schema])
    rows: list[dict[str, Any]] = table.select(schema.names).cast(loose).to_pylist() if table.num_columns else []
    return rows


def sqlite_rows(to: str, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    with connect(to) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
    arrays = [pa.array([revive(row[field.name], field.type) for row in found], field.type) for field in schema]
    rows: list[dict[str, Any]] = pa.Table.from_arrays(arrays, schema=schema).to_pylist()
    return rows


def revive(value: Any, kind: pa.DataType) -> Any:
    """What SQLite stores, or JSON holds, as Arrow gives it."""
    if value is None:
        return None
    if isinstance(value, str) and pa.types.is_nested(kind):
        value = json.loads(value)
    if pa.types.is_list(kind):
        return [revive(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {field.name: revive(value.get(field.name), field.type) for field in kind}
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    return bool(value) if pa.types.is_boolean(kind) else value
