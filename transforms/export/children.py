"""Child tables: a table for each list in the rows of another, whose rows go when the row that has the list goes."""

from collections.abc import Mapping

from schemas.tables import TABLES, Table
from transforms.export.ddl import comment_on, define_column, has_unique_rows, select_flat
from transforms.export.dialects import Dialect, cut_comment, quote, text_literal
from transforms.export.flattened import Flattened, flatten

CHILDREN: Mapping[str, Flattened] = {
    found.name: found for table in TABLES.values() if has_unique_rows(table) for found in flatten(table)
}
"""Every child table by its name. One with structs has the columns of the view of the same name."""


def children_of(table: Table) -> list[Flattened]:
    """Return the child tables of a table.

    >>> from schemas.tables import find_table
    >>> [found.name for found in children_of(find_table("feed_state"))]
    ['feed_state_skip_hours', 'feed_state_skip_days']
    """
    return [found for found in CHILDREN.values() if found.table == table]


def create_child(found: Flattened, dialect: Dialect) -> list[str]:
    """Return the statements that make a child table without keys, and its comments.

    Keys are cheaper to make when the rows are there; see :func:`constrain_child`.
    """
    name = quote(dialect, found.name)
    columns = ",\n".join(define_column(dialect, field) for field in found.schema)
    statements = [f"CREATE TABLE {name} (\n{columns}\n)"]
    if dialect.comments == "statement":
        place = ".".join(level.column for level in found.levels)
        about = f"One row for each item of {found.table.name}.{place}."
        statements.append(f"COMMENT ON TABLE {name} IS {text_literal(dialect, cut_comment(dialect, about))}")
        statements += [comment_on(dialect, name, field) for field in found.schema]
    return statements


def constrain_child(found: Flattened, dialect: Dialect) -> list[str]:
    """Return the statements that give a child table its primary key, and the foreign key by which its rows go."""
    name = quote(dialect, found.name)
    parent = quote(dialect, found.table.name)
    key = [quote(dialect, column) for column in found.key]
    return [
        f"ALTER TABLE {name} ADD PRIMARY KEY ({', '.join(key)})",
        f"ALTER TABLE {name} ADD FOREIGN KEY ({key[0]}) REFERENCES {parent} ({key[0]}) ON DELETE CASCADE",
    ]


def fill_child(found: Flattened, dialect: Dialect, source: str | None = None) -> str:
    """Return the statement that puts the lists of rows into a child table.

    Args:
        found: the child table.
        dialect: of the statement.
        source: name of a table with the rows that have the lists; that of the parent by default.
    """
    columns = ", ".join(quote(dialect, name) for name in found.schema.names)
    select = select_flat(dialect, source or found.table.name, found)
    return f"INSERT INTO {quote(dialect, found.name)} ({columns})\n{select}"
