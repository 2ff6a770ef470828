"""ClickHouse on this machine as a destination, by chdb: loads that can be repeated stand in for transactions."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from filelock import lock_descriptor

from schemas.errors import DestinationError, LockHeld, UsageError
from schemas.install import install_command
from schemas.tables import Table
from transforms.export.changes import ROW_ID, SEQUENCE
from transforms.export.ddl import exported_schema
from transforms.export.dialects import DIALECTS, field_type, literal, quote, text_literal
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, Applied, Cursor, Destination, TableLoad
from transforms.export.loads.files import directory_of

_DIALECT = DIALECTS["clickhouse"]
_DATABASE = "newsmill"
_WRITTEN = "write_number"


class ToClickhouse(Destination):
    """A directory of chdb, such as ``clickhouse:///news``; the tables are in its database ``newsmill``.

    ClickHouse has no transactions. The cursor of a table is written last, by one insert, which is atomic. Rows with
    a higher commit_sequence than the cursor are those of a load that was interrupted: the next load removes them
    first, and does all again from the cursor. Until then a reader sees what the interrupted load has done.
    """

    dialect = "clickhouse"
    is_transactional = False
    leaks = True  # some 20 open files and 10 threads a session

    def __init__(self, url: str) -> None:
        path = directory_of(url)
        self.address = f"clickhouse:///{path}"
        session = _import_session()
        Path(path).mkdir(exist_ok=True)
        self._lock = Path(path, "newsmill.lock").open("a", encoding="utf-8")  # noqa: SIM115  closed by close()
        self._scratch = tempfile.mkdtemp(prefix="newsmill-load-")
        if not lock_descriptor(self._lock.fileno(), blocking=False):
            self._release()
            raise LockHeld(f"{path} is being loaded by another process: wait for it to end")
        try:
            self._session = session.Session(path)
        except RuntimeError as error:
            self._release()
            raise DestinationError(
                f"{path} cannot be opened: another program has it open, or it is not a directory of chdb ({error})"
            ) from error
        self._write_number = 0
        self.execute(f"CREATE DATABASE IF NOT EXISTS {_DATABASE}")
        self.execute(f"USE {_DATABASE}")

    @classmethod
    def check(cls, url: str) -> None:
        """Check that the address names a directory, and that chdb is installed."""
        directory_of(url)
        _import_session()

    def _release(self) -> None:
        self._lock.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def close(self) -> None:
        """Close the session."""
        with contextlib.suppress(Exception):
            self._session.close()
        self._release()

    def begin(self) -> None:
        """Do nothing: the lock is held."""

    def commit(self) -> None:
        """Do nothing: each table counts when its cursor is written."""

    def rollback(self) -> None:
        """Do nothing: the next load removes what this one has inserted."""

    def execute(self, statement: str) -> None:
        """Carry out one statement."""
        self._session.query(statement)

    def to_error(self, error: Exception) -> Exception:
        """Return an error of chdb as one that names the directory."""
        is_own = type(error).__module__.partition(".")[0] == "chdb" or type(error) is RuntimeError
        return DestinationError(f"{self.address}: {' '.join(str(error).split())}") if is_own else error

    def _fetch(self, query: str) -> list[dict[str, Any]]:
        found = self._session.query(query, "ArrowTable")
        rows: list[dict[str, Any]] = found.to_pylist() if isinstance(found, pa.Table) else []
        return [{name: _text(value) for name, value in row.items()} for row in rows]

    def _count(self, table: str, condition: str = "1") -> int:
        return int(self._fetch(f"SELECT count() AS found FROM {table} WHERE {condition}")[0]["found"])  # noqa: S608

    def columns(self, relation: str) -> dict[str, str]:
        """Return columns and types."""
        name = text_literal(_DIALECT, relation)
        found = self._fetch(
            f"SELECT name, type FROM system.columns WHERE database = '{_DATABASE}' AND table = {name} ORDER BY position"  # noqa: S608
        )
        return {row["name"]: row["type"] for row in found}

    def is_unfinished(self, relation: str, names: Sequence[str]) -> bool:
        """Return whether a table has the columns that a load gives it."""
        return [*self.columns(relation)] == [*names]

    def create_cursors(self) -> None:
        """Create the table of cursors; of each table the row with the highest number counts."""
        columns = ", ".join(f"{field.name} {field_type(_DIALECT, field)}" for field in CURSOR_SCHEMA)
        self.execute(f"CREATE TABLE {CURSORS} ({columns}, {_WRITTEN} Int64) ENGINE = MergeTree ORDER BY table_name")

    def cursors(self) -> list[Cursor]:
        """Read the cursors."""
        names = ", ".join(CURSOR_SCHEMA.names)
        rows = self._fetch(
            f"SELECT {names}, {_WRITTEN} FROM {CURSORS} ORDER BY {_WRITTEN} DESC LIMIT 1 BY table_name"  # noqa: S608
        )
        self._write_number = max((row[_WRITTEN] for row in rows), default=0)
        return [Cursor.from_row([row[name] for name in CURSOR_SCHEMA.names]) for row in rows]

    def write_cursor(self, cursor: Cursor) -> None:
        """Store a cursor, and remove those before it."""
        self._write_number += 1
        values = ", ".join(literal(_DIALECT, value) for value in (*cursor.to_row(), self._write_number))
        self.execute(f"INSERT INTO {CURSORS} VALUES ({values})")  # noqa: S608
        name = text_literal(_DIALECT, cursor.table)
        self.execute(f"DELETE FROM {CURSORS} WHERE table_name = {name} AND {_WRITTEN} < {self._write_number}")  # noqa: S608

    def clear(self, table: Table, relations: Sequence[str]) -> None:
        """Remove all rows."""
        del table
        for relation in relations:
            self.execute(f"TRUNCATE TABLE {relation}")

    def retype(self, relation: str, field: pa.Field) -> None:
        """Let the structs of a column grow."""
        kind = field_type(_DIALECT, field)
        self.execute(f"ALTER TABLE {relation} MODIFY COLUMN {quote(_DIALECT, field.name)} {kind}")

    def apply(self, load: TableLoad) -> Applied:
        """Remove what an interrupted load left, then delete and insert; see :meth:`Destination.apply`."""
        table = load.table.name
        if load.is_empty:
            self.execute(f"TRUNCATE TABLE {table}")
        else:
            self.execute(f"DELETE FROM {table} WHERE {SEQUENCE} > {load.changes.since}")  # noqa: S608
        deleted = self._delete(table, pa.table({ROW_ID: pa.array(load.deleted, pa.string())}))
        inserted = updated = 0
        for rows in self._newest(load) if load.table.has_only_newest else _tables(load):
            if load.replaces and not load.is_empty:
                updated += self._delete(table, rows.select([ROW_ID]))
            with self._file(rows) as source:
                self.execute(f"INSERT INTO {table} ({', '.join(_names(load))}) SELECT * FROM {source}")  # noqa: S608
            inserted += rows.num_rows
        return Applied(inserted - updated, updated, deleted)

    def _newest(self, load: TableLoad) -> Iterator[pa.Table]:
        """Give of the new rows the newest of each row_id, unless the stored one is newer."""
        version, order = str(load.table.version), (ROW_ID, str(load.table.version), SEQUENCE)
        tables = list(_tables(load))
        if not tables:
            return
        rows = pa.concat_tables(tables).sort_by([(name, "ascending") for name in order])
        ids = rows.column(ROW_ID).to_pylist()
        last = [place for place, name in enumerate(ids) if ids[place + 1 : place + 2] != [name]]
        rows = rows.take(last)
        with self._file(rows.select([ROW_ID])) as source:
            stored = {
                row[ROW_ID]: (row["version"], row["sequence"])
                for row in self._fetch(
                    f"SELECT {ROW_ID}, {version} AS version, {SEQUENCE} AS sequence FROM {load.table.name} "  # noqa: S608
                    f"WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM {source})"
                )
            }
        new = zip(*(rows.column(name).to_pylist() for name in order), strict=True)
        wins = [stored.get(name, (-1, -1)) <= (number, sequence) for name, number, sequence in new]
        if any(wins):
            yield rows.filter(pa.array(wins))

    def _delete(self, table: str, ids: pa.Table) -> int:
        """Delete the rows with some ids, and count them."""
        if not ids.num_rows:
            return 0
        with self._file(ids) as source:
            condition = f"{ROW_ID} IN (SELECT {ROW_ID} FROM {source})"  # noqa: S608
            found = self._count(table, condition)
            if found:
                self.execute(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608
        return found

    @contextlib.contextmanager
    def _file(self, rows: pa.Table) -> Iterator[str]:
        """Write rows to a file, and give the expression by which ClickHouse reads it."""
        path = Path(self._scratch, "rows.arrow")
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
            writer.write_table(rows)
        structure = ", ".join(f"{quote(_DIALECT, field.name)} {field_type(_DIALECT, field)}" for field in rows.schema)
        yield f"file({text_literal(_DIALECT, str(path))}, 'Arrow', {text_literal(_DIALECT, structure)})"
        path.unlink()


def _import_session() -> Any:
    try:
        from chdb import session  # noqa: PLC0415  an extra
    except ModuleNotFoundError as error:
        remedy = install_command("chdb", extra="clickhouse")
        raise UsageError(f"loads into ClickHouse need chdb: {remedy}") from error
    return session


def _names(load: TableLoad) -> list[str]:
    return [quote(_DIALECT, name) for name in exported_schema(load.table).names]


def _tables(load: TableLoad) -> Iterator[pa.Table]:
    """Give the new rows as tables, with the columns that the destination has."""
    names = exported_schema(load.table).names
    return (pa.Table.from_batches([batch]).select(names) for batch in load.batches())


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
