"""DuckDB as a destination: nested columns stay nested, and DuckDB reads the files itself where it can."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from schemas.errors import DestinationError, LockHeld
from schemas.tables import Table
from transforms.export.changes import ROW_ID, SEQUENCE, Changes, Part, change_schema, numbered_commits
from transforms.export.dialects import DIALECTS, quote
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, Applied, Cursor, Destination, TableLoad
from transforms.export.loads.files import file_of
from transforms.export.views import FILE_NAME, select_files, whole_path
from transforms.lake.evolve import known_columns
from transforms.lake.row_ids import row_id_sql

_DIALECT = DIALECTS["duckdb"]
MEMORY_BYTES = min(1 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4)
"""Memory limit of the database. It holds new rows until they fill it: less costs time, since rows that wait to be
written go to disk first."""

_CONFIG = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}  # nothing is downloaded
_DAMAGED = ("not read enough bytes", "not a valid DuckDB")
_GONE = ("No files found", "No such file")
_NEW = "newsmill_new"


class ToDuckdb(Destination):
    """A DuckDB file, such as ``duckdb:///news.duckdb``; it is made where it is not there.

    While a load is under way no other process can open the file; a second load is refused.
    """

    dialect = "duckdb"

    def __init__(self, url: str) -> None:
        path = file_of(url)
        self.address = f"duckdb:///{path}"
        try:
            self._connection = duckdb.connect(path, config=_CONFIG)
        except duckdb.Error as error:
            text = " ".join(str(error).split())
            if "lock" in text.lower():
                raise LockHeld(f"{path} is open in another process: close it there, and try again ({text})") from error
            if any(sign in text for sign in _DAMAGED):
                text += ": it is damaged or was cut short: move it away, and load again into a new one"
            raise DestinationError(f"{path} cannot be opened: {text}") from error
        # Batches are written in any order, so that none has to be kept until an earlier one is there.
        for setting in (f"memory_limit = '{MEMORY_BYTES}B'", "preserve_insertion_order = false", "TimeZone = 'UTC'"):
            self.execute(f"SET {setting}")

    @classmethod
    def check(cls, url: str) -> None:
        """Check that the address names a file."""
        file_of(url)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self) -> None:
        """Begin the transaction."""
        self.execute("BEGIN")

    def commit(self) -> None:
        """Make everything count."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo everything since the beginning."""
        self.execute("ROLLBACK")

    def execute(self, statement: str) -> None:
        """Carry out one statement."""
        self._connection.execute(statement)

    def to_error(self, error: Exception) -> Exception:
        """Return an error of DuckDB as one that names the file."""
        if not isinstance(error, duckdb.Error):
            return error
        return DestinationError(f"{self.address}: {' '.join(str(error).split())}")

    def columns(self, relation: str) -> dict[str, str]:
        """Return columns and types."""
        found = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? "
            "AND schema_name = current_schema() AND database_name = current_database() ORDER BY column_index",
            [relation],
        )
        return dict(found.fetchall())

    def cursors(self) -> list[Cursor]:
        """Read the cursors."""
        names = ", ".join(CURSOR_SCHEMA.names)
        rows = self._connection.sql(f"SELECT {names} FROM {CURSORS}").to_arrow_table()  # noqa: S608  our own names
        return [Cursor.from_row(list(row.values())) for row in rows.to_pylist()]

    def write_cursor(self, cursor: Cursor) -> None:
        """Store a cursor."""
        self._connection.execute(f"DELETE FROM {CURSORS} WHERE table_name = ?", [cursor.table])  # noqa: S608
        places = ", ".join("?" * len(CURSOR_SCHEMA))
        self._connection.execute(f"INSERT INTO {CURSORS} VALUES ({places})", list(cursor.to_row()))  # noqa: S608

    def apply(self, load: TableLoad) -> Applied:
        """Delete and insert; see :meth:`Destination.apply`."""
        try:
            return self._apply(load)
        except duckdb.IOException as error:
            if any(text in str(error) for text in _GONE):
                raise FileNotFoundError(str(error)) from error
            raise

    def _apply(self, load: TableLoad) -> Applied:
        table, deleted = load.table, 0
        if ids := load.deleted:
            self._connection.register("newsmill_deleted", pa.table({ROW_ID: ids}))
            deleted = self._count(
                f"DELETE FROM {table.name} WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM newsmill_deleted)"  # noqa: S608
            )
            self._connection.unregister("newsmill_deleted")
        if table.has_only_newest:
            return self._put_newest(load, deleted)
        inserted = updated = 0
        for select, can_repeat in self._selects(load):
            rows = select
            if load.replaces and not load.is_empty:
                if not can_repeat:
                    self.execute(f"CREATE OR REPLACE TEMP TABLE {_NEW} AS {select}")
                    rows = f"SELECT * FROM {_NEW}"  # noqa: S608  names of our own
                new_ids = f"SELECT {ROW_ID} FROM ({rows})"  # noqa: S608
                updated += self._count(f"DELETE FROM {table.name} WHERE {ROW_ID} IN ({new_ids})")  # noqa: S608
            inserted += self._insert(table, rows)
        self.execute(f"DROP TABLE IF EXISTS temp.{_NEW}")
        return Applied(inserted - updated, updated, deleted)

    def _put_newest(self, load: TableLoad, deleted: int) -> Applied:
        """Keep of the stored rows and the new ones the newest of each row_id."""
        table = load.table
        version = quote(_DIALECT, str(table.version))
        newest = f"QUALIFY row_number() OVER (PARTITION BY {ROW_ID} ORDER BY {version} DESC, {SEQUENCE} DESC) = 1"
        inserted = updated = 0
        for select, _ in self._selects(load):
            self.execute(f"CREATE OR REPLACE TEMP TABLE {_NEW} AS SELECT * FROM ({select}) {newest}")  # noqa: S608
            updated += self._count(
                f"DELETE FROM {table.name} AS old USING {_NEW} AS new WHERE old.{ROW_ID} = new.{ROW_ID} "  # noqa: S608
                f"AND (old.{version}, old.{SEQUENCE}) <= (new.{version}, new.{SEQUENCE})"
            )
            inserted += self._insert(table, f"FROM {_NEW} WHERE {ROW_ID} NOT IN (SELECT {ROW_ID} FROM {table.name})")  # noqa: S608
        self.execute(f"DROP TABLE IF EXISTS temp.{_NEW}")
        return Applied(inserted - updated, updated, deleted)

    def _insert(self, table: Table, select: str) -> int:
        return self._count(f"INSERT INTO {table.name} BY NAME {select}")

    def _count(self, statement: str) -> int:
        row = self._connection.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def _selects(self, load: TableLoad) -> Iterator[tuple[str, bool]]:
        """Give SELECT statements over the new rows, each to be used before the next; and whether it can be twice."""
        own, others = _split(load)
        names = {"files": f"{_NEW}_files", "commits": f"{_NEW}_commits", "runs": f"{_NEW}_runs"}
        if own:
            paths = [whole_path(load.lake, part.file) for part in own]
            sequences = pa.array([part.sequence for part in own], pa.int64())
            self._connection.register(names["files"], pa.table({FILE_NAME: paths, SEQUENCE: sequences}))
            for kind, rows in _numbers(load.changes).items():
                self._connection.register(names[kind], rows)
            yield _select(load, own, names), True
        if others:
            with_op = pa.RecordBatchReader.from_batches(change_schema(load.table), load.batches(others))
            self._connection.register(f"{_NEW}_batches", with_op)
            yield f"SELECT * EXCLUDE (op) FROM {_NEW}_batches", False  # noqa: S608


def _split(load: TableLoad) -> tuple[list[Part], list[Part]]:
    """Split the files into those that DuckDB can read itself, since all their rows are new, and the others."""
    own: list[Part] = []
    others: list[Part] = []
    for part in load.parts:
        is_new = load.lake.store.is_local and (part.sequence is not None or load.changes.since == 0)
        (own if is_new else others).append(part)
    return own, others


def _numbers(changes: Changes) -> dict[str, pa.Table]:
    """The number of each commit, and of the last one of each run, for rows that do not name their commit."""
    made = numbered_commits(changes)
    runs: dict[str, int] = {}
    for manifest in made:
        runs[manifest.run_id] = max(manifest.sequence, runs.get(manifest.run_id, 0))
    commits: dict[str, list[Any]] = {
        "run_id": [manifest.run_id for manifest in made],
        "chunk": [manifest.chunk for manifest in made],
        SEQUENCE: [manifest.sequence for manifest in made],
    }
    return {
        "commits": pa.table(commits, pa.schema([("run_id", "string"), ("chunk", "int64"), (SEQUENCE, "int64")])),
        "runs": pa.table(
            {"run_id": list(runs), SEQUENCE: list(runs.values())},
            pa.schema([("run_id", "string"), (SEQUENCE, "int64")]),
        ),
    }


def _select(load: TableLoad, parts: Sequence[Part], names: dict[str, str]) -> str:
    """SELECT over whole files, with the columns that rows have outside the lake."""
    table = load.table
    known = known_columns(load.changes.manifests)
    rows = select_files(load.lake, table, [part.file for part in parts], known, with_file_name=True)
    joins = f"JOIN {names['files']} AS of_file USING ({FILE_NAME})"
    number = f"of_file.{SEQUENCE}"
    if any(part.sequence is None for part in parts):
        joins += (
            f" LEFT JOIN {names['commits']} AS of_commit ON of_commit.run_id = stored.run_id "
            f"AND of_commit.chunk = stored.chunk LEFT JOIN {names['runs']} AS of_run ON of_run.run_id = stored.run_id"
        )
        number = f"coalesce({number}, of_commit.{SEQUENCE}, of_run.{SEQUENCE}, 0)"
    columns = ", ".join(f"stored.{quote(_DIALECT, name)}" for name in table.schema.names)
    row_id = row_id_sql(table, lambda name: f"CAST(stored.{quote(_DIALECT, name)} AS VARCHAR)")
    return f"SELECT {row_id} AS {ROW_ID}, {number} AS {SEQUENCE}, {columns} FROM ({rows}) AS stored {joins}"  # noqa: S608
