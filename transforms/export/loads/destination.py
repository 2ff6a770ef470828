"""What a database must be able to do to follow a lake; see transforms.export.loads.load for who calls it."""

import abc
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, Self

import pyarrow as pa

from schemas.tables import ARTICLES, Table
from transforms.export.changes import Changes, Part, read_changes
from transforms.export.ddl import add_column, create_table, create_views, exported_schema, has_unique_rows
from transforms.export.dialects import DIALECTS, Dialect, field_type, quote, sql_type
from transforms.lake.lake import Lake

CURSORS = "newsmill_loads"
"""Table of a destination that says how far each of its tables has come."""


class Column(NamedTuple):
    """A column as a load made it.

    Attributes:
        declared: its type as it was written in the statement.
        reported: its type as the database reported it then; another one now means that somebody altered the table.
    """

    name: str
    declared: str
    reported: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a table of a destination has come; a row of :data:`CURSORS`.

    Attributes:
        table: its name.
        sequence: number of the last commit that was loaded; 0 for none.
        run_id: of that commit, so that another lake, or an older copy of this one, is recognised.
        chunk: of that commit.
        relations: columns of the table, and of each of its child tables, by their names, as they were made.
        lake: address of the lake.
        newsmill_version: that loaded it.
        loaded_at: UTC instant of the load.
    """

    table: str
    sequence: int = 0
    run_id: str = ""
    chunk: int = 0
    relations: Mapping[str, tuple[Column, ...]] = dataclasses.field(default_factory=dict)
    lake: str = ""
    newsmill_version: str = ""
    loaded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def to_row(self) -> tuple[Any, ...]:
        """Return the values of the columns of :data:`CURSOR_SCHEMA`."""
        relations = {name: [list(column) for column in columns] for name, columns in self.relations.items()}
        return (
            self.table, self.sequence, self.run_id, self.chunk, json.dumps(relations), self.lake,
            self.newsmill_version, self.loaded_at,
        )  # fmt: skip

    @classmethod
    def from_row(cls, values: Sequence[Any]) -> Self:
        """Restore what :meth:`to_row` gave; instants may come back as text."""
        table, sequence, run_id, chunk, relations, lake, version, at = values
        made = json.loads(relations)
        return cls(
            table=table,
            sequence=sequence,
            run_id=run_id,
            chunk=chunk,
            relations={name: tuple(Column(*column) for column in columns) for name, columns in made.items()},
            lake=lake,
            newsmill_version=version,
            loaded_at=datetime.fromisoformat(at) if isinstance(at, str) else at,
        )


def _field(name: str, kind: pa.DataType, doc: str) -> pa.Field:
    return pa.field(name, kind, False, {"description": doc})


CURSOR_SCHEMA = pa.schema(
    [
        _field("table_name", pa.string(), "Table that the row is about."),
        _field("commit_sequence", pa.int64(), "Number of the last commit of the lake that was loaded; 0 for none."),
        _field("run_id", pa.string(), "Run of that commit."),
        _field("chunk", pa.int64(), "Number of that commit within its run."),
        _field("relations", pa.string(), "JSON: columns of the table and its child tables, as they were made."),
        _field("lake", pa.string(), "Address of the lake."),
        _field("newsmill_version", pa.string(), "Version of newsmill that loaded it."),
        _field("loaded_at", pa.timestamp("us", tz="UTC"), "UTC instant of the load; wall clock."),
    ]
)
"""Columns of :data:`CURSORS`."""


def define_cursors(dialect: Dialect) -> str:
    """Return the definitions of the columns of :data:`CURSORS`, a line each."""
    return ",\n".join(
        f"  {quote(dialect, field.name)} {field_type(dialect, field)} NOT NULL" for field in CURSOR_SCHEMA
    )


class TableLoad(NamedTuple):
    """What is to be done to one table of a destination.

    Attributes:
        lake: that is read.
        table: that is loaded.
        changes: of this table (and perhaps others) since its cursor.
        children: whether its child tables are kept, too.
        is_empty: whether the destination has no row of the table, so that nothing can be replaced.
    """

    lake: Lake
    table: Table
    changes: Changes
    children: bool
    is_empty: bool

    @property
    def deleted(self) -> list[str]:
        """Ids of the rows to remove first."""
        return [] if self.is_empty else self.changes.deleted(self.table.name)

    @property
    def parts(self) -> list[Part]:
        """Files with the rows to add."""
        return self.changes.parts_of(self.table.name)

    @property
    def replaces(self) -> bool:
        """Whether a row takes the place of one with its row_id."""
        return has_unique_rows(self.table)

    def batches(self, parts: Sequence[Part] | None = None) -> Iterator[pa.RecordBatch]:
        """Read the rows to add; columns as :func:`~transforms.export.changes.change_schema` has them."""
        return read_changes(self.lake, self.changes, self.table.name, parts)


class Applied(NamedTuple):
    """Numbers of rows of a table that a load changed; those of child tables are not counted.

    Attributes:
        inserted: rows that the destination did not have.
        updated: rows that replaced one with the same id.
        deleted: rows that takedowns removed.
    """

    inserted: int
    updated: int
    deleted: int


class Destination(abc.ABC):
    """An open database that follows a lake. Everything between :meth:`begin` and :meth:`commit` counts, or nothing.

    A subclass is named in ``transforms.export.loads.load.DESTINATIONS``. It imports its driver in ``__init__``.

    Attributes:
        address: for messages; without password.

    Args:
        url: as the user gave it; its scheme is one of those that name the class.

    Raises:
        UsageError: the address is wrong, or a package is missing; the message names the extra.
        LockHeld: another process holds the database, and it cannot be waited for.
        DestinationError: it cannot be reached or opened.
    """

    dialect: ClassVar[str]
    """Name of its dialect in ``transforms.export.dialects.DIALECTS``."""

    is_transactional: ClassVar[bool] = True
    """Whether nothing counts before :meth:`commit`. Where not, a load that is repeated must have the same result."""

    leaks: ClassVar[bool] = False
    """Whether files or threads stay open after :meth:`close`: what loads often does so in processes that end."""

    takes_children: ClassVar[bool] = False
    """Whether it makes child tables of nested columns."""

    address: str

    def __init__(self, url: str) -> None:
        self.address = url

    @classmethod
    @abc.abstractmethod
    def check(cls, url: str) -> None:
        """Check an address without connecting; and that the driver is installed.

        Raises:
            UsageError: it is wrong, or a package is missing.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Close the connection; what was not committed is gone."""

    @abc.abstractmethod
    def begin(self) -> None:
        """Begin the transaction, and keep other loads out until it ends: wait for one that is under way.

        Raises:
            LockHeld: another process has the database open, or holds it for too long.
        """

    @abc.abstractmethod
    def commit(self) -> None:
        """Make everything count."""

    @abc.abstractmethod
    def rollback(self) -> None:
        """Undo everything since :meth:`begin`."""

    @abc.abstractmethod
    def execute(self, statement: str) -> None:
        """Carry out one statement."""

    @abc.abstractmethod
    def columns(self, relation: str) -> dict[str, str]:
        """Return the columns that a table has now, with their types as the database reports them; none: no table."""

    @abc.abstractmethod
    def cursors(self) -> list[Cursor]:
        """Read :data:`CURSORS`, which is there."""

    @abc.abstractmethod
    def write_cursor(self, cursor: Cursor) -> None:
        """Store a cursor in place of the one of the same table."""

    @abc.abstractmethod
    def apply(self, load: TableLoad) -> Applied:
        """Make a table what it is in the lake, except its cursor.

        In this order: rows (and their children) with an id of ``load.deleted`` go. Of a table with unique rows those
        go whose row_id is among the new ones; where only the newest counts, unless the stored one is newer: the higher
        version, of equal ones the later commit. Then the new ones are put in. A child table that was created in this
        transaction gets the lists of all rows.
        """

    def clear(self, table: Table, relations: Sequence[str]) -> None:
        """Remove all rows of a table and its child tables."""
        del table
        for relation in reversed(relations):
            self.execute(f"DELETE FROM {quote(DIALECTS[self.dialect], relation)}")  # noqa: S608  names of our own

    def relations(self, table: Table, *, children: bool) -> dict[str, pa.Schema]:
        """Return the columns of the table, and of its child tables if wanted; in the order in which they are made."""
        del children
        return {table.name: exported_schema(table)}

    def is_unfinished(self, relation: str, names: Sequence[str]) -> bool:
        """Return whether a table that no cursor names was made by a load that was interrupted; never in transactions.

        Args:
            relation: the table.
            names: of the columns that a load gives it.
        """
        del relation, names
        return False

    def create(self, table: Table, relation: str) -> None:
        """Create a table or child table that is not there."""
        del relation
        for statement in create_table(table, DIALECTS[self.dialect]):
            self.execute(statement)

    def alter(self, table: Table, relation: str, field: pa.Field, *, is_new: bool) -> None:
        """Add a column to a table or child table, whose rows get its default; or give one its present type."""
        if not is_new:
            self.retype(relation, field)
            return
        for statement in add_column(table, field.name, DIALECTS[self.dialect]):
            self.execute(statement)

    def retype(self, relation: str, field: pa.Field) -> None:
        """Give a column its present type: its structs have grown, or it may be NULL."""
        dialect = DIALECTS[self.dialect]
        place = f"ALTER TABLE {quote(dialect, relation)} ALTER COLUMN {quote(dialect, field.name)}"
        self.execute(f"{place} TYPE {sql_type(dialect, field.type)}")
        if field.nullable:
            self.execute(f"{place} DROP NOT NULL")

    def create_cursors(self) -> None:
        """Create :data:`CURSORS`."""
        self.execute(f"CREATE TABLE {CURSORS} (\n{define_cursors(DIALECTS[self.dialect])}\n)")

    def put_views(self, tables: Sequence[Table]) -> None:
        """Create the views of those tables, or replace them where they are of an older newsmill."""
        if ARTICLES in tables:
            for statement in create_views(DIALECTS[self.dialect]):
                self.execute(statement)

    def to_error(self, error: Exception) -> Exception:
        """Return an error of the driver as one of newsmill's own; any other as it is."""
        return error
