"""What databases hold that loads have written to."""

import functools
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas.tables import TABLES, Table
from tests.support.histories import plain
from transforms.export.ddl import exported_schema
from transforms.export.flattened import Flattened, Level
from transforms.export.loads.postgres_url import parse_postgres_url
from transforms.lake.lake import Lake
from transforms.lake.read import open_table
from transforms.lake.row_ids import row_ids


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


def held_tables(to: str, names: Iterable[str] = TABLES) -> dict[str, Counter[str]]:
    """The rows of tables of a destination, as expected_rows gives those of the lake."""
    found = {}
    with _reading(to) as read:
        for name in names:
            rows = read(name, exported_schema(TABLES[name]))
            columns = TABLES[name].schema.names
            found[name] = Counter(
                f"{row['row_id']} {plain({column: row[column] for column in columns})}" for row in rows
            )
    return found


def held_rows(to: str, name: str) -> Counter[str]:
    """The rows of one table, as :func:`held_tables` gives them."""
    return held_tables(to, [name])[name]


@contextmanager
def _reading(to: str) -> Iterator[Callable[[str, pa.Schema], list[dict[str, Any]]]]:
    """What gives the rows of a table by its name and schema, by one connection for all of them."""
    kind = to.partition(":")[0]
    if kind == "postgresql":
        yield functools.partial(postgres_rows, to)
        return
    with connect(to) as connection:
        yield functools.partial(_READERS[kind], connection)


def duckdb_rows(connection: Any, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    connection.execute("SET TimeZone = 'UTC'")
    table = connection.sql(f"SELECT * FROM {name}").to_arrow_table()
    rows: list[dict[str, Any]] = (
        table.select(schema.names).cast(pa.schema([f.with_nullable(True) for f in schema])).to_pylist()
    )
    return rows


def clickhouse_rows(connection: Any, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    table = connection.query(f"SELECT * FROM {name}")
    loose = pa.schema([field.with_nullable(True) for field in schema])
    rows: list[dict[str, Any]] = table.select(schema.names).cast(loose).to_pylist() if table.num_columns else []
    return rows


def sqlite_rows(connection: Any, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
    arrays = [pa.array([revive(row[field.name], field.type) for row in found], field.type) for field in schema]
    rows: list[dict[str, Any]] = pa.Table.from_arrays(arrays, schema=schema).to_pylist()
    return rows


@functools.lru_cache(maxsize=1)
def postgres_connection(conninfo: str) -> Any:
    """A connection, which lasts as long as the process: to make one takes longer than to read a small table."""
    return import_module("adbc_driver_postgresql.dbapi").connect(conninfo, autocommit=True)


def postgres_rows(to: str, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    parsed = parse_postgres_url(to)
    with postgres_connection(parsed.conninfo).cursor() as cursor:
        cursor.execute(f"SELECT * FROM {parsed.schema}.{name}")
        found = cursor.fetch_arrow_table().to_pylist()
    arrays = [pa.array([revive(row[field.name], field.type) for row in found], field.type) for field in schema]
    rows: list[dict[str, Any]] = pa.Table.from_arrays(arrays, schema=schema).to_pylist()
    return rows


_READERS: dict[str, Callable[[Any, str, pa.Schema], list[dict[str, Any]]]] = {
    "clickhouse": clickhouse_rows,
    "duckdb": duckdb_rows,
    "sqlite": sqlite_rows,
}


def newest_rows(lake: Lake, table: Table) -> dict[str, dict[str, Any]]:
    """The rows of a table by their ids; where a copy has only the newest of each id, that one."""
    rows = open_table(lake, table.name).to_table()
    newest: dict[str, dict[str, Any]] = {}
    for key, row in zip(row_ids(table, rows).to_pylist(), rows.to_pylist(), strict=True):
        if not (table.has_only_newest and key in newest and newest[key][str(table.version)] > row[str(table.version)]):
            newest[key] = row
    return newest


def expected_children(rows: Mapping[str, Mapping[str, Any]], found: Flattened) -> Counter[str]:
    """The rows that a child table must hold, of those that :func:`newest_rows` gives of its table."""
    table = found.table
    held: Counter[str] = Counter()
    for key, row in rows.items():
        own = {"row_id": key} | {name: row[name] for name in table.key}
        items = [(own, row)]
        for level in found.levels:
            names = [field.name for field in found.level_fields(level)]
            items = [
                (above | dict(zip(names, [place, *_fields(item, level)], strict=True)), item)
                for above, holder in items
                for place, item in enumerate(holder[level.column])
            ]
        held.update(plain(child) for child, _ in items)
    return held


def _fields(item: Any, level: Level) -> list[Any]:
    return [item[field.name] for field in level.fields] if level.has_structs else [item]


def held_children(to: str, found: Flattened) -> Counter[str]:
    """The rows that a child table holds."""
    with _reading(to) as read:
        return Counter(plain(row) for row in read(found.name, found.schema))


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
    if isinstance(value, str) and pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and pa.types.is_date(kind):
        return date.fromisoformat(value)
    if pa.types.is_floating(kind):
        return float(value)  # JSON has no numbers that are not finite, and tells no float from an integer
    return bool(value) if pa.types.is_boolean(kind) else value
