"""SQL that makes the tables of a lake elsewhere: tables with comments, columns added later, and views."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa

from schemas.tables import ARTICLES, Table
from transforms.export.changes import ADDED, ROW_ID
from transforms.export.dialects import (
    Dialect,
    cut_comment,
    field_type,
    literal,
    quote,
    quote_path,
    sql_type,
    text_literal,
)
from transforms.export.flattened import FLATTENED, Flattened, Level
from transforms.lake.evolve import defaults

LATEST = f"{ARTICLES.name}_latest"
"""View of the latest version of each article."""


def exported_schema(table: Table) -> pa.Schema:
    """Return the columns that a table has outside the lake: ADDED, and those of its record."""
    return pa.schema([*ADDED, *table.schema])


def has_unique_rows(table: Table) -> bool:
    """Return whether no two rows have the same row_id: a new row replaces the one that has its id."""
    return table.unique or table.has_only_newest


def description(field: pa.Field) -> str:
    """Return what a column means."""
    return str((field.metadata or {}).get(b"description", b"").decode())


def table_description(table: Table) -> str:
    """Return what the rows of a table are."""
    return (table.record.__doc__ or "").strip().splitlines()[0]


def to_script(statements: Iterable[str]) -> str:
    """Return statements as one text, each ended by a semicolon."""
    return "\n".join(f"{statement};\n" for statement in statements)


def create_table(table: Table, dialect: Dialect, *, name: str | None = None, if_not_exists: bool = True) -> list[str]:
    """Return the statements that make a table, with its key or index and its comments; none ends in a semicolon.

    Args:
        table: declares its columns.
        dialect: that they are written in.
        name: of the new table, if need be with its schema and database before it; that of ``table`` by default.
        if_not_exists: whether a table of that name may be there already.

    Raises:
        UsageError: a name that is longer than the dialect allows.
    """
    path = quote_path(dialect, name or table.name)
    schema = exported_schema(table)
    about = table_description(table)
    lines = [define_column(dialect, field) for field in schema]
    last = len(lines) - 1
    if dialect.key and has_unique_rows(table):
        lines.append("  " + dialect.key_clause.format(quote(dialect, ROW_ID)))
    body = "\n".join(
        line + ("," if number < len(lines) - 1 else "") + (_remark(schema.field(number)) if number <= last else "")
        if dialect.comments == "text"
        else line + ("," if number < len(lines) - 1 else "")
        for number, line in enumerate(lines)
    )
    options = [dialect.table_options] if dialect.table_options else []
    comment = text_literal(dialect, cut_comment(dialect, about))
    if dialect.table_comment:
        options.append(dialect.table_comment.format(comment))
    there = "IF NOT EXISTS " if if_not_exists else ""
    remark = f" /* {_safe(about)} */" if dialect.comments == "text" else ""
    statements = ["\n".join([f"CREATE TABLE {there}{path} ({remark}\n{body}\n)", *options])]
    if dialect.has_indexes and not has_unique_rows(table):
        index = quote(dialect, f"{(name or table.name).rpartition('.')[2]}_{ROW_ID}")
        statements.append(f"CREATE INDEX {there}{index} ON {path} ({quote(dialect, ROW_ID)})")
    if dialect.comments == "statement":
        statements.append(f"COMMENT ON TABLE {path} IS {comment}")
        statements += [comment_on(dialect, path, field) for field in schema]
    return statements


def add_column(
    table: Table, column: str, dialect: Dialect, *, name: str | None = None, if_missing: bool = False
) -> list[str]:
    """Return the statements that add a column of today's record to a table that was made before it had it.

    The rows that are there get the value that a file has which lacks the column.

    Args:
        table: declares its columns.
        column: name of the one to add.
        dialect: that they are written in.
        name: of the table there; that of ``table`` by default.
        if_missing: whether the column may be there already; not every dialect can say that.

    Raises:
        UsageError: a name that is longer than the dialect allows.
        KeyError: the table has no such column.
    """
    path = quote_path(dialect, name or table.name)
    field = exported_schema(table).field(column)
    value = defaults(table.record).get(column)
    default = None if value is None else literal(dialect, value, field.type)
    required = not field.nullable and default is not None and dialect.can_add_required
    inline = default is not None and dialect.can_add_with_default
    added = define_column(dialect, field, is_required=required, default=default if inline else None).strip()
    statements = [f"ALTER TABLE {path} ADD COLUMN {'IF NOT EXISTS ' if if_missing else ''}{added}"]
    if default is not None and not inline:
        place = quote(dialect, column)
        statements.append(f"UPDATE {path} SET {place} = {default} WHERE {place} IS NULL")  # noqa: S608
    if dialect.comments == "statement":
        statements.append(comment_on(dialect, path, field))
    return statements


def define_column(
    dialect: Dialect, field: pa.Field, *, is_required: bool | None = None, default: str | None = None
) -> str:
    """Return the definition of one column of a table, as a line."""
    wanted = not field.nullable if is_required is None else is_required
    can = dialect.nullable is None and (dialect.has_required_lists or not pa.types.is_nested(field.type))
    parts = [f"  {quote(dialect, field.name)} {field_type(dialect, field)}"]
    if default is not None:
        parts.append(f"DEFAULT {default}")
    if wanted and can:
        parts.append("NOT NULL")
    comment = text_literal(dialect, cut_comment(dialect, description(field)))
    match dialect.comments:
        case "clause":
            parts.append(f"COMMENT {comment}")
        case "option":
            parts.append(f"OPTIONS (description = {comment})")
    return " ".join(parts)


def _remark(field: pa.Field) -> str:
    return f" -- {' '.join(description(field).split())}"


def _safe(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /")


def comment_on(dialect: Dialect, path: str, field: pa.Field) -> str:
    """Return the statement that gives a column its comment."""
    text = text_literal(dialect, cut_comment(dialect, description(field)))
    return f"COMMENT ON COLUMN {path}.{quote(dialect, field.name)} IS {text}"


class _Unnest(NamedTuple):
    """How a dialect makes rows of a list.

    Attributes:
        join: follows the FROM clause; ``{list}`` is the list, ``{item}`` the name of what it lists.
        position: place of the item, from 0.
        field: a field of the item; ``{field}`` is its name as an identifier, ``{key}`` as a string.
        casts: whether a field needs a cast to its type.
        gives_text: whether every field is text already.
        casts_from_text: whether days and instants are cast from text alone.
        inner: a list in the item, where that is not written as a field is.
        plain: the item itself, of a list of plain values.
        can_follow: whether a list in an item can be made rows by a second such join.
    """

    join: str
    position: str
    field: str
    casts: bool = False
    gives_text: bool = False
    casts_from_text: bool = False
    inner: str | None = None
    plain: str = "{item}"
    can_follow: bool = True


_UNNEST: Mapping[str, _Unnest] = {
    "duckdb": _Unnest(
        "CROSS JOIN UNNEST({list}) WITH ORDINALITY AS {item}(value, number)",
        "{item}.number - 1",
        "{item}.value.{field}",
        plain="{item}.value",
    ),
    "postgres": _Unnest(
        "CROSS JOIN LATERAL jsonb_array_elements({list}) WITH ORDINALITY AS {item}(value, number)",
        "{item}.number - 1",
        "{item}.value ->> {key}",
        casts=True,
        gives_text=True,
        inner="{item}.value -> {key}",
        plain="{item}.value #>> '{{}}'",
    ),
    "sqlite": _Unnest(
        "CROSS JOIN json_each({list}) AS {item}",
        "{item}.key",
        "json_extract({item}.value, '$.' || {key})",
        plain="{item}.value",
    ),
    "clickhouse": _Unnest(
        "ARRAY JOIN {list} AS {item}, arrayEnumerate({list}) AS {item}_number",
        "{item}_number - 1",
        "tupleElement({item}, {key})",
        can_follow=False,
    ),
    "bigquery": _Unnest(
        "CROSS JOIN UNNEST({list}) AS {item} WITH OFFSET AS {item}_offset",
        "{item}_offset",
        "{item}.{field}",
    ),
    "snowflake": _Unnest(
        "CROSS JOIN LATERAL FLATTEN(INPUT => {list}) AS {item}",
        "{item}.index",
        "{item}.value[{key}]",
        casts=True,
        plain="{item}.value",
    ),
    "redshift": _Unnest(
        ", {list} AS {item} AT {item}_index",
        "{item}_index",
        "{item}.{field}",
        casts=True,
        casts_from_text=True,  # a SUPER has none
    ),
    "databricks": _Unnest(
        "LATERAL VIEW POSEXPLODE({list}) {item} AS {item}_index, {item}_value",
        "{item}_index",
        "{item}_value.{field}",
        plain="{item}_value",
    ),
}


def create_views(dialect: Dialect, *, schema: str | None = None, flattened: bool = True) -> list[str]:
    """Return the statements that make the views: the latest version of each article, and lists as rows.

    Most databases fix the columns of a view when it is made: make the views again when a column was added.

    Args:
        dialect: that they are written in.
        schema: that tables and views are in; that of the session by default.
        flattened: whether to make views of the lists; not where there are tables of the same names.

    Raises:
        UsageError: a name that is longer than the dialect allows.
    """
    prefix = f"{schema}." if schema else ""
    statements = _create_view(dialect, f"{prefix}{LATEST}", _select_latest(dialect, f"{prefix}{ARTICLES.name}"))
    for name, found in FLATTENED.items() if flattened else ():
        statements += _create_view(
            dialect, f"{prefix}{name}", select_flat(dialect, f"{prefix}{found.table.name}", found)
        )
    return statements


def _create_view(dialect: Dialect, name: str, select: str) -> list[str]:
    path = quote_path(dialect, name)
    *before, last = (statement.format(path) for statement in dialect.make_view)
    return [*before, f"{last}\n{select}"]


def _select_latest(dialect: Dialect, table: str) -> str:
    article, version = (quote(dialect, name) for name in ARTICLES.key)
    path = quote_path(dialect, table)
    number = f"row_number() OVER (PARTITION BY {article} ORDER BY {version} DESC)"
    match dialect.newest:
        case "not_exists":
            return (
                f"SELECT newest.* FROM {path} AS newest\nWHERE NOT EXISTS (\n  SELECT FROM {path} AS newer\n"  # noqa: S608
                f"  WHERE newer.{article} = newest.{article} AND newer.{version} > newest.{version}\n)"
            )
        case "window":
            columns = ", ".join(quote(dialect, field.name) for field in exported_schema(ARTICLES))
            return f"SELECT {columns}\nFROM (SELECT *, {number} AS place FROM {path})\nWHERE place = 1"  # noqa: S608
    return f"SELECT * FROM {path}\nQUALIFY {number} = 1"  # noqa: S608  all names are quoted


def select_flat(dialect: Dialect, table: str, found: Flattened) -> str:
    """Return the SELECT that makes rows of a list; and one in another where the list is in the structs of a list.

    Args:
        dialect: that it is written in.
        table: name of the one that has the list, or of another with the same columns.
        found: the list.
    """
    how = _UNNEST[dialect.name]
    source, columns = f"{quote_path(dialect, table)} AS parent", [field.name for field in found.parent_fields]
    joins: list[str] = []
    lines = [f"  parent.{quote(dialect, name)}" for name in columns]
    above: Level | None = None
    for level in found.levels:
        if above is None:
            holder = f"parent.{quote(dialect, level.column)}"
        else:
            holder = _part(dialect, how.inner or how.field, above.item, level.column)
            if not how.can_follow:
                select = ",\n".join([*lines, f"  {holder} AS {quote(dialect, level.column)}"])
                source = f"(\nSELECT\n{select}\nFROM {source}\n{joins.pop()}\n) AS parent"
                lines = [f"  parent.{quote(dialect, name)}" for name in columns]
                holder = f"parent.{quote(dialect, level.column)}"
        joins.append(how.join.format(list=holder, item=level.item))
        position, *fields = found.level_fields(level)
        lines.append(f"  {how.position.format(item=level.item)} AS {quote(dialect, position.name)}")
        for field, own in zip(fields, level.fields, strict=True):
            value = _part(dialect, how.field if level.has_structs else how.plain, level.item, own.name)
            if how.casts:
                value = _cast(dialect, how, value, field.type)
            lines.append(f"  {value} AS {quote(dialect, field.name)}")
        columns += [position.name, *(field.name for field in fields)]
        above = level
    select = ",\n".join(lines)
    return f"SELECT\n{select}\nFROM {source}\n" + "\n".join(joins)


def _part(dialect: Dialect, form: str, item: str, name: str) -> str:
    return form.format(item=item, field=quote(dialect, name), key=text_literal(dialect, name))


def _cast(dialect: Dialect, how: _Unnest, value: str, kind: pa.DataType) -> str:
    if how.gives_text and pa.types.is_string(kind):
        return value
    if how.casts_from_text and pa.types.is_temporal(kind):
        value = f"CAST({value} AS {sql_type(dialect, pa.string())})"
    return f"CAST({value} AS {sql_type(dialect, kind)})"
