"""PostgreSQL as a destination: nested columns as JSONB, and as child tables where they are wanted."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import pyarrow as pa

from schemas.errors import DestinationError, LockHeld, UsageError
from schemas.install import install_command
from schemas.tables import ARTICLES, Table
from transforms.export.changes import ROW_ID, SEQUENCE
from transforms.export.children import CHILDREN, children_of, constrain_child, create_child, fill_child
from transforms.export.ddl import LATEST, create_table, create_views, exported_schema, has_unique_rows
from transforms.export.dialects import DIALECTS, quote, sql_type, text_literal
from transforms.export.flattened import FLATTENED
from transforms.export.json_columns import JsonColumns
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, Applied, Cursor, Destination, TableLoad
from transforms.export.loads.postgres_url import PostgresUrl, parse_postgres_url

_DIALECT = DIALECTS["postgres"]
_WAIT_S = 300
_VIEW = "v"
_NEW = "newsmill_new"
_IDS = "newsmill_ids"
_ID_ROWS = 65_536
_PART_BYTES = 4 << 20

_NO_LOCK, _DUPLICATE = "55P03", "23505"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_REMEDIES = {
    "password authentication failed": "check the user and the password",
    "no password supplied": "put it in the address, in PGPASSWORD or in ~/.pgpass",
    "does not exist": "make it first, or correct the address",
    "could not translate host name": "check the name of the host",
    "Connection refused": "check the host and the port, and whether the server runs",
    "permission denied": "let an owner of the database GRANT it, or name a schema of your own with ?schema=…",
}
"""Parts of messages of libpq and the server, and what a user can do then."""


class ToPostgres(Destination):
    """A PostgreSQL database, such as ``postgresql://user:password@host/database?schema=news``.

    A schema that is not there is made. A second load waits for the first one. Readers see the state before the load
    until it ends. U+0000 in a text, which PostgreSQL cannot hold, is stored as U+FFFD.
    """

    dialect = "postgres"
    takes_children = True

    def __init__(self, url: str) -> None:
        parsed = parse_postgres_url(url)
        self.address = parsed.shown
        self._url = parsed
        dbapi = _import_driver()
        self._errors = dbapi.Error
        try:
            self._connection = dbapi.connect(parsed.conninfo, autocommit=True)
        except dbapi.Error as error:
            raise DestinationError(f"{self.address} cannot be reached: {_explain(error, parsed)}") from error
        self._made: set[str] = set()
        self._versions: set[str] = set()
        self._catalog: dict[str, tuple[str, dict[str, str]]] | None = None

    @classmethod
    def check(cls, url: str) -> None:
        """Check that the address can be parsed, and that the driver is installed."""
        parse_postgres_url(url)
        _import_driver()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(self._errors):  # the server may have closed it
            self._connection.close()

    def begin(self) -> None:
        """Begin the transaction; waits for another load of the schema to end."""
        self._made, self._versions, self._catalog = set(), set(), None
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        # For the transaction alone, so that a pool of connections gives none of it to others.
        self.execute("SET LOCAL TIME ZONE 'UTC'")
        self.execute(f"SET LOCAL lock_timeout = '{_WAIT_S}s'")
        # Long texts are compressed when they are stored: lz4 takes a fraction of the time, where the server has it.
        self._fetch(
            "SELECT set_config(name, 'lz4', true) FROM pg_settings "
            "WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"
        )
        schema = self._url.schema or self._fetch("SELECT current_schema()")[0][0]
        if schema is None:
            raise UsageError(f"{self.address}: none of the schemas of search_path is there: name one with ?schema=…")
        try:
            self._fetch(
                f"SELECT 1 FROM pg_advisory_xact_lock(hashtextextended({_text(f'newsmill load {schema}')}, 0))"  # noqa: S608
            )
        except self._errors as error:
            if error.sqlstate != _NO_LOCK:
                raise
            raise LockHeld(
                f"{self.address}: another load has been writing for more than {_WAIT_S} s: wait for it to end"
            ) from error
        name = quote(_DIALECT, schema)
        if not self._fetch(f"SELECT 1 FROM pg_namespace WHERE nspname = {_text(schema)}"):  # noqa: S608
            self.execute(f"CREATE SCHEMA {name}")
        self.execute(f"SET LOCAL search_path = {name}")

    def commit(self) -> None:
        """Make everything count."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo everything since the beginning."""
        self.execute("ROLLBACK")

    def execute(self, statement: str) -> None:
        """Carry out one statement."""
        self._count(statement)

    def _count(self, statement: str, values: Sequence[Any] | None = None) -> int:
        """Carry out a statement; returns the number of rows that it changed."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)

    def _fetch(self, statement: str) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def to_error(self, error: Exception) -> Exception:
        """Return an error of the driver as one that names the database."""
        if not isinstance(error, self._errors):
            return error
        text = f"{self.address}: {_explain(error, self._url)}"
        if error.sqlstate == _NO_LOCK:
            return LockHeld(f"{text}: another session has held it for more than {_WAIT_S} s: wait for it to end")
        if error.sqlstate == _DUPLICATE:
            return DestinationError(f"{text}: rows of the lake share a key: 'newsmill verify' names them")
        return DestinationError(text)

    def columns(self, relation: str) -> dict[str, str]:
        """Return columns and types; none for a view of a list, which a child table replaces."""
        kind, found = self._describe(relation)
        return {} if kind == _VIEW and relation in CHILDREN else found

    def _describe(self, relation: str) -> tuple[str, dict[str, str]]:
        """Return what a relation is (relkind of pg_class, empty if it is not there) and its columns."""
        if self._catalog is None:
            self._catalog = {}
            for name, kind, column, of_type in self._fetch(
                "SELECT relname::text, relkind::text, attname::text, format_type(atttypid, atttypmod) FROM pg_class "
                "JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid "
                "WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'f', 'v', 'm') AND attnum > 0 "
                "AND NOT attisdropped ORDER BY relname, attnum"
            ):
                self._catalog.setdefault(name, (kind, {}))[1][column] = of_type
        return self._catalog.get(relation, ("", {}))

    def cursors(self) -> list[Cursor]:
        """Read the cursors."""
        names = ", ".join(CURSOR_SCHEMA.names)
        found = [Cursor.from_row(row) for row in self._fetch(f"SELECT {names} FROM {CURSORS}")]  # noqa: S608
        self._versions = {cursor.newsmill_version for cursor in found}
        return found

    def write_cursor(self, cursor: Cursor) -> None:
        """Store a cursor."""
        self.execute(f"DELETE FROM {CURSORS} WHERE table_name = {_text(cursor.table)}")  # noqa: S608
        row = pa.RecordBatch.from_pylist([dict(zip(CURSOR_SCHEMA.names, cursor.to_row(), strict=True))], CURSOR_SCHEMA)
        self._copy(CURSORS, [row], CURSOR_SCHEMA)
        self._versions.add(cursor.newsmill_version)

    def relations(self, table: Table, *, children: bool) -> dict[str, pa.Schema]:
        """Return the columns of the table, and of its child tables if wanted."""
        found = super().relations(table, children=children)
        return found | {child.name: child.schema for child in children_of(table)} if children else found

    def create_cursors(self) -> None:
        """Create the table of cursors."""
        self._catalog = None
        super().create_cursors()

    def create(self, table: Table, relation: str) -> None:
        """Create a table, or a child table in place of the view of its name; :meth:`apply` fills it."""
        self._made.add(relation)
        self._catalog = None
        if relation == table.name:
            self._execute_all(create_table(table, _DIALECT, if_not_exists=False))
            return
        drop = [f"DROP VIEW {quote(_DIALECT, relation)}"] if self._describe(relation)[0] == _VIEW else []
        self._execute_all([*drop, *create_child(CHILDREN[relation], _DIALECT)])
        self._catalog = None

    def _execute_all(self, statements: Sequence[str]) -> None:
        """Carry out statements, most of them comments, in one request: a hundred would take as many round trips."""
        body = "".join(f"{statement};\n" for statement in statements)
        self.execute(f"DO $newsmill$ BEGIN\n{body}END $newsmill$")

    def alter(self, table: Table, relation: str, field: pa.Field, *, is_new: bool) -> None:
        """Add a column, or let one hold NULL."""
        self._catalog = None
        if is_new and relation != table.name:  # rows that are there were read from files without it
            name, kind = quote(_DIALECT, field.name), sql_type(_DIALECT, field.type)
            self.execute(f"ALTER TABLE {quote(_DIALECT, relation)} ADD COLUMN {name} {kind}")
            return
        super().alter(table, relation, field, is_new=is_new)

    def put_views(self, tables: Sequence[Table]) -> None:
        """Create the views, or replace them where they are of another newsmill; others would wait for readers."""
        if ARTICLES not in tables:
            return
        for name, statement in zip((LATEST, *FLATTENED), create_views(_DIALECT), strict=True):
            kind, present = self._describe(name)
            schema = FLATTENED[name].schema if name in FLATTENED else exported_schema(ARTICLES)
            is_ours = kind in ("", _VIEW)
            if not is_ours and name in FLATTENED:
                continue  # a child table
            if is_ours and len(self._versions) == 1 and set(present) == set(schema.names):
                continue
            self.execute("SAVEPOINT before_view")
            try:
                self.execute(statement)
            except self._errors:  # a column of it stands in another place than before
                self.execute("ROLLBACK TO SAVEPOINT before_view")
                self.execute(f"DROP VIEW {quote(_DIALECT, name)}")
                self.execute(statement)
            self.execute("RELEASE SAVEPOINT before_view")

    def apply(self, load: TableLoad) -> Applied:
        """Delete and insert; see :meth:`Destination.apply`. A child table that is new gets the lists of all rows."""
        table = load.table
        deleted = self._delete(table, load.deleted)
        children = children_of(table) if load.children else []
        if not load.parts and not any(child.name in self._made for child in children):
            return Applied(0, 0, deleted)
        batches = load.batches()
        if load.is_empty and not table.has_only_newest:
            inserted, updated, source = self._fill(table, batches), 0, None
        elif load.replaces:
            inserted, updated = self._merge(table, batches)
            source = _NEW
        else:
            inserted, updated, source = self._append(table, batches), 0, None
        for child in children:
            is_new = child.name in self._made
            self.execute(fill_child(child, _DIALECT, None if is_new or load.is_empty else source))
            for statement in constrain_child(child, _DIALECT) if is_new else ():
                self.execute(statement)
        self.execute(f"DROP TABLE IF EXISTS pg_temp.{_NEW}")
        return Applied(inserted, updated, deleted)

    def _delete(self, table: Table, ids: Sequence[str]) -> int:
        """Remove the rows with those ids; those of child tables follow."""
        if not ids:
            return 0
        self.execute(f"CREATE TEMPORARY TABLE {_IDS} ({ROW_ID} TEXT NOT NULL) ON COMMIT DROP")
        schema = pa.schema([(ROW_ID, pa.string())])
        starts = range(0, len(ids), _ID_ROWS)
        batches = (pa.record_batch([pa.array(ids[at : at + _ID_ROWS])], schema=schema) for at in starts)
        self._copy(_IDS, batches, schema, temporary=True)
        self.execute(f"ANALYZE pg_temp.{_IDS}")
        count = self._count(f"DELETE FROM {table.name} WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM pg_temp.{_IDS})")  # noqa: S608
        self.execute(f"DROP TABLE pg_temp.{_IDS}")
        return count

    def _fill(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        """Put rows into an empty table; the key of one that is new is cheaper to make of all at once."""
        key = table.name in self._made and has_unique_rows(table)
        if key:
            self.execute(f"ALTER TABLE {table.name} DROP CONSTRAINT {table.name}_pkey")
        count = self._append(table, batches)
        if key:
            self.execute(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({ROW_ID})")
        return count

    def _append(self, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
        return self._copy_rows(table.name, table, batches)

    def _merge(self, table: Table, batches: Iterable[pa.RecordBatch]) -> tuple[int, int]:
        """Replace the rows that have the ids of new ones, and insert the others; all are then in the staging table.

        Returns:
            The number of rows with an id that was not there, and of the others.
        """
        new, name = f"pg_temp.{_NEW}", table.name
        self.execute(f"CREATE TEMPORARY TABLE {_NEW} (LIKE {name}) ON COMMIT DROP")
        self._copy_rows(_NEW, table, batches, temporary=True)
        self.execute(f"ANALYZE {new} ({ROW_ID})")
        if table.has_only_newest:
            version = quote(_DIALECT, str(table.version))
            order = f"PARTITION BY {ROW_ID} ORDER BY {version} DESC, {SEQUENCE} DESC"
            self.execute(
                f"DELETE FROM {new} AS new USING (SELECT ctid AS place, row_number() OVER ({order}) AS number "  # noqa: S608
                f"FROM {new}) AS ranked WHERE new.ctid = ranked.place AND ranked.number > 1"
            )
            self.execute(
                f"DELETE FROM {new} AS new USING {name} AS old WHERE old.{ROW_ID} = new.{ROW_ID} "  # noqa: S608
                f"AND (old.{version}, old.{SEQUENCE}) > (new.{version}, new.{SEQUENCE})"
            )
        updated = self._count(f"DELETE FROM {name} WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM {new})")  # noqa: S608
        columns = ", ".join(quote(_DIALECT, column) for column in exported_schema(table).names)
        inserted = self._count(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {new}")  # noqa: S608
        return inserted - updated, updated

    def _copy_rows(
        self, relation: str, table: Table, batches: Iterable[pa.RecordBatch], *, temporary: bool = False
    ) -> int:
        """Copy rows with the columns that :func:`~transforms.export.changes.change_schema` has."""
        schema = exported_schema(table)
        converter = JsonColumns(schema)
        converted = (converter.convert(part) for batch in batches for part in _split(batch.select(schema.names)))
        return self._copy(relation, converted, converter.schema, temporary=temporary)

    def _copy(
        self, relation: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, temporary: bool = False
    ) -> int:
        """Copy batches into a table, in binary form, one at a time."""
        failures: list[BaseException] = []

        def feed() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches
            except BaseException as error:
                failures.append(error)  # Arrow passes its text on, not the error
                raise

        reader = pa.RecordBatchReader.from_batches(schema, feed())
        try:
            with self._connection.cursor() as cursor:
                return int(cursor.adbc_ingest(relation, reader, mode="append", temporary=temporary))
        except Exception:
            if failures:
                raise failures[0] from None
            raise


def _split(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Split a batch into parts of some megabytes, of which several copies are in memory at a time."""
    rows = max(1, batch.num_rows * _PART_BYTES // max(1, batch.nbytes))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _import_driver() -> Any:
    try:
        return import_module("adbc_driver_postgresql.dbapi")
    except ImportError as error:
        remedy = install_command("adbc-driver-postgresql", extra="postgres")
        raise UsageError(f"PostgreSQL needs adbc-driver-postgresql: {remedy}") from error


def _text(value: str) -> str:
    return text_literal(_DIALECT, value)


def _explain(error: Any, url: PostgresUrl) -> str:
    """Return what the server or libpq said, with a remedy where one is known."""
    said = {key: value.decode("utf-8", "replace") for key, value in _details(error)}
    text = said.get("PG_DIAG_MESSAGE_PRIMARY", "")
    text = f"{text} ({detail})" if (detail := said.get("PG_DIAG_MESSAGE_DETAIL")) else text
    if not text:
        text = str(error).partition("[libpq] ")[2] or str(error)
        text = text.partition("Failed to connect: ")[2] or text
    text = url.mask(" ".join(text.split()))
    remedy = next((remedy for part, remedy in _REMEDIES.items() if part in text), "")
    return f"{text}: {remedy}" if remedy else text


def _details(error: Any) -> Iterator[tuple[str, bytes]]:
    for key, value in error.details:
        yield (key.decode() if isinstance(key, bytes) else key), value
