"""Loads of a lake into a database, which then holds exactly its rows."""

import contextlib
import dataclasses
import multiprocessing
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from importlib import import_module
from typing import NamedTuple

import pyarrow as pa

from schemas import NEWSMILL_VERSION
from schemas.errors import AlteredDestination, UsageError
from schemas.tables import TABLES, Table, find_table
from transforms.export.changes import Changes, find_changes
from transforms.export.dialects import DIALECTS, Dialect, sql_type
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, Column, Cursor, Destination, TableLoad
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import Manifest
from transforms.wording import plural

DESTINATIONS: Mapping[str, str] = {
    "clickhouse": "to_clickhouse.ToClickhouse",
    "duckdb": "to_duckdb.ToDuckdb",
    "postgres": "to_postgres.ToPostgres",
    "postgresql": "to_postgres.ToPostgres",
    "sqlite": "to_sqlite.ToSqlite",
}
"""Module and class in ``transforms.export.loads`` of each scheme of an address."""

_TRIES = 3


class TableResult(NamedTuple):
    """What a load did to one table of a destination.

    Attributes:
        since: number of the last commit that it had before; 0 for none.
        until: number of the last commit that it has now.
        inserted: rows that it did not have.
        updated: rows that replaced one with the same id.
        deleted: rows that takedowns removed.
    """

    table: str
    since: int
    until: int
    inserted: int
    updated: int
    deleted: int

    def __str__(self) -> str:
        """Say what was done.

        >>> str(TableResult("articles", 3, 5, 1200, 0, 2))
        'articles: 1,200 rows inserted, 2 rows deleted'
        """
        counts = {"inserted": self.inserted, "updated": self.updated, "deleted": self.deleted}
        done = [f"{plural(count, 'row')} {what}" for what, count in counts.items() if count]
        return f"{self.table}: {', '.join(done) or 'nothing new'}"


class LoadResult(NamedTuple):
    """What a load did, by table in the order of TABLES."""

    destination: str
    tables: tuple[TableResult, ...]

    @property
    def until(self) -> int:
        """Number of the last commit that all of them have."""
        return min((table.until for table in self.tables), default=0)


def open_destination(address: str) -> Destination:
    """Open a destination by its address, such as ``duckdb:///news.duckdb``.

    Raises:
        UsageError: no such scheme, a wrong address, or a package is missing.
        LockHeld: another process holds the database.
        DestinationError: it cannot be reached or opened.
    """
    return _find_class(address)(address)


def check_destination(address: str) -> None:
    """Check an address of a destination without connecting to it.

    Raises:
        UsageError: no such scheme, a wrong address, or a package is missing.
    """
    _find_class(address).check(address)


def load_repeatedly(output: str, to: str, *, tables: Collection[str] | None = None) -> LoadResult:
    """Do what :func:`load` does, in a process of its own where the destination would else fill this one.

    Raises:
        OSError: that process was killed.
        Exception: see :func:`load`.
    """
    if not _find_class(to).leaks:
        return load(output, to, tables=tables)
    # Not forked: threads of this process may hold locks.
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(load, output, to, tables=tables).result()
        except BrokenProcessPool as error:
            raise OSError("the process that loads was killed") from error


def _find_class(address: str) -> type[Destination]:
    scheme = address.partition(":")[0].lower()
    if scheme not in DESTINATIONS or "://" not in address:
        shown = ", ".join(f"{name}://…" for name in DESTINATIONS)
        given = re.sub(r"(?<=//)([^:/@]*):.*@", r"\1:***@", address)  # a password
        raise UsageError(f"{given!r} is not the address of a destination: give one that begins with {shown}")
    module, _, name = DESTINATIONS[scheme].partition(".")
    found: type[Destination] = getattr(import_module(f"transforms.export.loads.{module}"), name)
    return found


def load(
    output: str | Lake,
    to: str,
    *,
    tables: Collection[str] | None = None,
    children: bool = False,
    from_start: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> LoadResult:
    """Bring tables of a destination to the state that the lake has now.

    Creates the tables, or adds columns that newsmill has learnt since. What the destination has is read from itself:
    its cursors lie beside the rows and are written in the same transaction. A load that is killed has therefore done
    nothing or everything, and the next one continues from there. Memory is that of a few batches, and what a database
    holds that works in this process: DuckDB keeps new rows until they fill its memory limit.

    Args:
        output: a lake, or its directory or address in a bucket.
        to: address of the destination.
        tables: names of those wanted; all by default.
        children: make child tables of nested columns, where the destination has them; a table that has them keeps them.
        from_start: remove all rows and load the whole lake.
        clock: UTC instants, for the cursors.

    Raises:
        UsageError: a wrong address or no such table; the destination was loaded from another lake.
        AlteredDestination: somebody has altered its tables; the message names the difference.
        DestinationError: the database refuses.
        SchemaMismatch, CorruptManifest, OSError: the lake cannot be read.
    """
    lake = as_lake(output)
    wanted = choose_tables(tables)
    with contextlib.closing(open_destination(to)) as destination:
        if children and not destination.takes_children:
            raise UsageError(f"{destination.address} takes no child tables: leave out --children")
        for tried in range(1, _TRIES + 1):
            with _transaction(destination):
                manifests = lake.manifests()
                loader = _Loader(lake, destination, manifests, children=children, from_start=from_start, at=clock())
                try:
                    return LoadResult(destination.address, tuple(loader.load(wanted)))
                except FileNotFoundError:
                    # A compaction or takedown replaces files while they are read; what it wrote is in a later commit.
                    if tried == _TRIES or len(lake.manifests()) == len(manifests):
                        raise
                destination.rollback()
    raise AssertionError("the last try returns or raises")


def choose_tables(names: Collection[str] | None) -> list[Table]:
    """Return the tables of those names, in their order; all for None.

    Raises:
        UsageError: no such table.
    """
    try:
        wanted = {find_table(name).name for name in (TABLES if names is None else names)}
    except ValueError as error:
        raise UsageError(str(error)) from error
    return [table for name, table in TABLES.items() if name in wanted]


@contextlib.contextmanager
def _transaction(destination: Destination) -> Iterator[None]:
    try:
        destination.begin()
        yield
    except BaseException as error:
        with contextlib.suppress(Exception):
            destination.rollback()
        if isinstance(error, Exception) and (own := destination.to_error(error)) is not error:
            raise own from error
        raise


class _Loader:
    """Loads tables within one transaction, from one state of the lake."""

    def __init__(
        self,
        lake: Lake,
        destination: Destination,
        manifests: Sequence[Manifest],
        *,
        children: bool,
        from_start: bool,
        at: datetime,
    ) -> None:
        self._lake, self._destination, self._manifests = lake, destination, manifests
        self._children, self._from_start, self._at = children, from_start, at
        self._commits = {manifest.sequence: manifest for manifest in manifests}
        self._found: dict[int, Changes] = {}

    def load(self, tables: Sequence[Table]) -> list[TableResult]:
        """Load tables, and commit."""
        made = prepare_cursors(self._destination)
        empty = {table.name: Cursor(table=table.name) for table in tables}
        done = [self._load_table(table, (empty | made)[table.name], tables) for table in tables]
        self._destination.put_views(tables)
        self._destination.commit()
        return done

    def _load_table(self, table: Table, cursor: Cursor, tables: Sequence[Table]) -> TableResult:
        destination = self._destination
        children = destination.takes_children and (self._children or len(cursor.relations) > 1)
        relations = prepare(destination, table, cursor, children=children)
        if self._from_start:
            if cursor.relations:  # where there are no transactions, a load that is killed here must begin again, too
                destination.write_cursor(dataclasses.replace(cursor, sequence=0, run_id="", chunk=0))
            destination.clear(table, list(relations))
        else:
            self._check_origin(cursor)
        since = 0 if self._from_start else cursor.sequence
        if since not in self._found:
            names = [one.name for one in tables]
            self._found[since] = find_changes(self._lake, since, tables=names, manifests=self._manifests)
        changes = self._found[since]
        applied = destination.apply(TableLoad(self._lake, table, changes, children, is_empty=since == 0))
        last = self._commits.get(changes.until)
        destination.write_cursor(
            Cursor(
                table=table.name,
                sequence=changes.until,
                run_id=last.run_id if last else "",
                chunk=last.chunk if last else 0,
                relations=relations,
                lake=self._lake.store.url,
                newsmill_version=NEWSMILL_VERSION,
                loaded_at=self._at,
            )
        )
        return TableResult(table.name, since, changes.until, *applied)

    def _check_origin(self, cursor: Cursor) -> None:
        """Check that the lake has the commit that a table was loaded up to.

        Raises:
            UsageError: it has not.
        """
        if not cursor.sequence:
            return
        commit = self._commits.get(cursor.sequence)
        if commit is None or (commit.run_id, commit.chunk) != (cursor.run_id, cursor.chunk):
            raise UsageError(
                f"{self._destination.address} holds {cursor.table} of {cursor.lake} up to commit {cursor.sequence} "
                f"(run {cursor.run_id}), which {self._lake.output} does not have: it is another lake, or an older copy "
                "of it was restored. Name another destination, or load everything again with --from_start"
            )


def prepare_cursors(destination: Destination) -> dict[str, Cursor]:
    """Create the table of cursors where it is not there, and read it; by names of tables.

    Raises:
        AlteredDestination: the table lacks a column.
    """
    present = destination.columns(CURSORS)
    if not present:
        destination.create_cursors()
        return {}
    if missing := [name for name in CURSOR_SCHEMA.names if name not in present]:
        raise AlteredDestination(f"{destination.address}: table {CURSORS} lacks {', '.join(missing)}: {_REMEDY}")
    return {cursor.table: cursor for cursor in destination.cursors()}


_REMEDY = "undo that, or load into another destination"


def prepare(destination: Destination, table: Table, cursor: Cursor, *, children: bool) -> dict[str, tuple[Column, ...]]:
    """Create what a table needs in a destination, or add columns that it lacks.

    Returns:
        The columns as they are then, by table and child table.

    Raises:
        AlteredDestination: somebody else has made or altered the tables.
    """
    dialect = DIALECTS[destination.dialect]
    made: dict[str, tuple[Column, ...]] = {}
    for relation, schema in destination.relations(table, children=children).items():
        present = destination.columns(relation)
        before = cursor.relations.get(relation)
        if before is None:
            if present and not destination.is_unfinished(relation, schema.names):
                raise AlteredDestination(
                    f"{destination.address} has a table {relation} that no load has made, or {CURSORS} was altered: "
                    f"rename it, or load into another destination"
                )
            if not present:
                destination.create(table, relation)
        else:
            declared = {column.name: column.declared for column in before}
            # Without transactions, a load that was interrupted may have added columns.
            added = set() if destination.is_transactional else {*present} & {*schema.names} - {*declared}
            rest = {name: kind for name, kind in present.items() if name not in added}
            if different := find_differences(relation, before, rest, schema.names):
                raise AlteredDestination(f"{destination.address} was altered: {'; '.join(different)}: {_REMEDY}")
            for field in schema:
                if declared.get(field.name) != _declare(dialect, field) and field.name not in added:
                    destination.alter(table, relation, field, is_new=field.name not in declared)
        reported = destination.columns(relation)
        made[relation] = tuple(Column(field.name, _declare(dialect, field), reported[field.name]) for field in schema)
    return made


def _declare(dialect: Dialect, field: pa.Field) -> str:
    return f"{sql_type(dialect, field.type)}{'' if field.nullable else ' NOT NULL'}"


def find_differences(
    relation: str, made: Sequence[Column], present: Mapping[str, str], names: Collection[str]
) -> list[str]:
    """Say what somebody has altered in a table.

    >>> find_differences("articles", [Column("url", "VARCHAR", "VARCHAR")], {"url": "BLOB", "note": "VARCHAR"}, ["url"])
    ['column articles.url is BLOB and was made as VARCHAR', 'column articles.note was added']

    Args:
        relation: its name.
        made: its columns as loads made them.
        present: its columns and their types as they are.
        names: of the columns that the present newsmill has.
    """
    if not present:
        return [f"table {relation} was dropped"]
    found = []
    for column in made:
        if column.name not in present:
            found.append(f"column {relation}.{column.name} was dropped")
        elif present[column.name] != column.reported:
            found.append(f"column {relation}.{column.name} is {present[column.name]} and was made as {column.reported}")
        if column.name not in names:
            found.append(f"column {relation}.{column.name} is of a later newsmill: use that one")
    known = {column.name for column in made}
    return found + [f"column {relation}.{name} was added" for name in present if name not in known]
