"""SQLite as a destination: nested columns as JSON, instants as ISO 8601 text."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import DestinationError, LockHeld
from schemas.tables import Table
from transforms.export.changes import ROW_ID, SEQUENCE
from transforms.export.ddl import exported_schema
from transforms.export.dialects import DIALECTS, quote, to_json
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, Applied, Cursor, Destination, TableLoad
from transforms.export.loads.files import file_of

_DIALECT = DIALECTS["sqlite"]
_WAIT_S = 300.0
_IDS = "newsmill_ids"


class ToSqlite(Destination):
    """A SQLite file, such as ``sqlite:///news.sqlite``; it is made where it is not there.

    A second load waits for the first one. Readers see the state before the load until it ends.
    """

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self._path = file_of(url)
        self.address = f"sqlite:///{self._path}"
        try:
            self._connection = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)
            self._connection.execute("SELECT count(*) FROM sqlite_schema")
            self._connection.execute(f"CREATE TEMP TABLE {_IDS} (id TEXT PRIMARY KEY)")
        except sqlite3.Error as error:
            raise DestinationError(f"{self._path} cannot be opened: {error}") from error

    @classmethod
    def check(cls, url: str) -> None:
        """Check that the address names a file."""
        file_of(url)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self) -> None:
        """Begin the transaction; waits for another one to end."""
        try:
            self.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise LockHeld(f"{self._path} is being written to by another process: wait for it to end") from error

    def commit(self) -> None:
        """Make everything count."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo everything since the beginning."""
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def execute(self, statement: str) -> None:
        """Carry out one statement."""
        self._connection.execute(statement)

    def to_error(self, error: Exception) -> Exception:
        """Return an error of SQLite as one that names the file."""
        return DestinationError(f"{self.address}: {error}") if isinstance(error, sqlite3.Error) else error

    def columns(self, relation: str) -> dict[str, str]:
        """Return columns and types."""
        found = self._connection.execute("SELECT name, type FROM pragma_table_info(?)", (relation,))
        return dict(found.fetchall())

    def cursors(self) -> list[Cursor]:
        """Read the cursors."""
        names = ", ".join(CURSOR_SCHEMA.names)
        rows = self._connection.execute(f"SELECT {names} FROM {CURSORS}")  # noqa: S608  names of our own
        return [Cursor.from_row(row) for row in rows]

    def write_cursor(self, cursor: Cursor) -> None:
        """Store a cursor."""
        self._connection.execute(f"DELETE FROM {CURSORS} WHERE table_name = ?", (cursor.table,))  # noqa: S608
        *values, at = cursor.to_row()
        places = ", ".join("?" * len(CURSOR_SCHEMA))
        text = at.isoformat(sep=" ", timespec="microseconds")
        self._connection.execute(f"INSERT INTO {CURSORS} VALUES ({places})", (*values, text))  # noqa: S608

    def retype(self, relation: str, field: pa.Field) -> None:
        """Refuse: nested columns are JSON, whatever their structs have, so only NOT NULL can have gone."""
        raise DestinationError(
            f"{self.address}: the type of {relation}.{field.name} has changed, which SQLite cannot: load into a new "
            "file"
        )

    def apply(self, load: TableLoad) -> Applied:
        """Delete and insert; see :meth:`Destination.apply`."""
        table = load.table
        deleted = self._delete(table, load.deleted)
        names = exported_schema(table).names
        columns = ", ".join(quote(_DIALECT, name) for name in names)
        insert = f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        if table.has_only_newest:
            insert += _replace_older(table, names)
        inserted = updated = 0
        for batch in load.batches():
            rows = batch.select(names)
            before = self._count(table) if table.has_only_newest else 0
            if load.replaces and not table.has_only_newest and not load.is_empty:
                updated += self._delete(table, rows.column(ROW_ID).to_pylist())
            changed = self._connection.executemany(insert, to_rows(rows)).rowcount
            if table.has_only_newest:
                added = self._count(table) - before
                updated += changed - added
            inserted += changed
        return Applied(inserted - updated, updated, deleted)

    def _count(self, table: Table) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
        return int(found[0])

    def _delete(self, table: Table, ids: Sequence[str]) -> int:
        if not ids:
            return 0
        self._connection.execute(f"DELETE FROM {_IDS}")  # noqa: S608
        self._connection.executemany(f"INSERT OR IGNORE INTO {_IDS} VALUES (?)", ((name,) for name in ids))  # noqa: S608
        statement = f"DELETE FROM {table.name} WHERE {ROW_ID} IN (SELECT id FROM {_IDS})"  # noqa: S608
        return self._connection.execute(statement).rowcount


def _replace_older(table: Table, names: Iterable[str]) -> str:
    """Let a row replace the one with its row_id, unless that is newer."""
    version = quote(_DIALECT, str(table.version))
    values = ", ".join(
        f"{quote(_DIALECT, name)} = excluded.{quote(_DIALECT, name)}" for name in names if name != ROW_ID
    )
    return (
        f" ON CONFLICT ({ROW_ID}) DO UPDATE SET {values} WHERE (excluded.{version}, excluded.{SEQUENCE}) >= "
        f"({table.name}.{version}, {table.name}.{SEQUENCE})"
    )


def to_rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Convert rows to what SQLite stores: JSON of nested values, text of dates and instants, 0 and 1 of booleans."""
    return zip(*(_to_values(column) for column in batch.columns), strict=True)


def _to_values(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_nested(kind):
        return [None if value is None else to_json(value) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        return pc.strftime(column, format="%Y-%m-%d %H:%M:%S+00:00").to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_date(kind):
        return column.cast(pa.string()).to_pylist()  # type: ignore[no-any-return]
    return column.to_pylist()  # type: ignore[no-any-return]
