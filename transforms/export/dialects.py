"""SQL dialects: types, names, literals and comments of each database that rows are loaded into."""

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

import pyarrow as pa

from schemas.errors import UsageError
from schemas.record import json_date
from transforms.export.reserved_words import RESERVED

Comments = Literal["statement", "clause", "option", "text"]
"""How a table and its columns get comments: COMMENT ON; COMMENT '…' in the definition, OPTIONS (description = …) in it,
or a comment of SQL itself, which is stored with the table."""

Keys = Literal["enforced", "declared"]

Newest = Literal["qualify", "window", "not_exists"]
"""How the rows with the highest number of each group are selected: QUALIFY; a window function in a subquery; or those
for which no higher one exists, which alone lets all columns be named by ``*``."""

_DOUBLED = {"'": "''"}
_ESCAPED = {"\\": "\\\\", "'": "\\'"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect of SQL.

    Attributes:
        name: as users and sqlglot name it.
        title: as its maker writes it.
        types: SQL type of each scalar Arrow type.
        array: type of a list, with ``{}`` for that of its elements; None where nested columns are stored as JSON.
        struct: type of a struct, with ``{}`` for its fields.
        struct_field: one of those, with ``{name}`` and ``{type}``.
        json: type of a nested column; None where ``array`` is given.
        nullable: type of a column that may be NULL, with ``{}`` for its type, where that is part of the type.
        quotes: what stands before and after a quoted name.
        name_escapes: characters that a quoted name cannot hold as they are, and what stands for them.
        folds_to_upper: whether names that are not quoted mean those in upper case.
        string_escapes: characters that a string literal cannot hold as they are, and what stands for them.
        booleans: literals of false and true.
        has_typed_literals: whether literals of days and instants are cast to their type.
        json_literal: literal of a nested value where it is JSON, with ``{}`` for the string literal.
        list_literal: literal of a list where lists are arrays, with ``{}`` for its elements.
        identifier_limit: longest name, in bytes.
        comment_limit: longest comment, in characters; None for no limit that is documented.
        comments: how a table and its columns get them.
        table_comment: what follows the columns of a new table, with ``{}`` for the comment; empty where it does not
            stand there.
        key: whether a primary key is enforced, or only declared to the optimizer; None where there is none.
        key_clause: its declaration, with ``{}`` for the column.
        has_indexes: whether an index can be made.
        can_add_with_default: whether one statement adds a column with a default to a table with rows.
        can_add_required: whether that column can be NOT NULL.
        has_required_lists: whether a nested column can be NOT NULL.
        table_options: what follows the columns of a new table.
        make_view: statements that make a view or replace it, with ``{}`` for its name; the SELECT follows the last.
        newest: how the rows of the latest version are selected.
    """

    name: str
    title: str
    types: Mapping[str, str]
    array: str | None = None
    struct: str | None = None
    struct_field: str = "{name} {type}"
    json: str | None = None
    nullable: str | None = None
    quotes: str = '""'
    name_escapes: Mapping[str, str] = dataclasses.field(default_factory=lambda: {'"': '""'})
    folds_to_upper: bool = False
    string_escapes: Mapping[str, str] = dataclasses.field(default_factory=lambda: _DOUBLED)
    booleans: tuple[str, str] = ("false", "true")
    has_typed_literals: bool = True
    json_literal: str = "{}"
    list_literal: str = "[{}]"
    identifier_limit: int
    comment_limit: int | None = None
    comments: Comments
    table_comment: str = ""
    key: Keys | None = None
    key_clause: str = "PRIMARY KEY ({})"
    has_indexes: bool = False
    can_add_with_default: bool = True
    can_add_required: bool = False
    has_required_lists: bool = True
    table_options: str = ""
    make_view: tuple[str, ...] = ("CREATE OR REPLACE VIEW {} AS",)
    newest: Newest = "qualify"

    def __post_init__(self) -> None:
        if (self.array is None) == (self.json is None) or (self.array is None) != (self.struct is None):
            raise ValueError(f"{self.name}: nested columns are stored as arrays and structs, or as JSON")

    @property
    def is_nested(self) -> bool:
        """Whether nested columns are stored as arrays and structs, not as JSON."""
        return self.array is not None

    @property
    def reserved(self) -> frozenset[str]:
        """Words that are names only in quotes, in lower case."""
        return RESERVED[self.name][0]


def _types(*names: str) -> dict[str, str]:
    """SQL types, given in the order of the Arrow types that records have."""
    return dict(zip(_ARROW_TYPES, names, strict=True))


_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
_LONGEST = "VARCHAR(65535)"  # in bytes
_ARROW_TYPES = ("string", "bool", "int32", "int64", "double", "date32[day]", "timestamp[us, tz=UTC]", "binary")

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            name="duckdb",
            title="DuckDB",
            types=_types("VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", _WITH_ZONE, "BLOB"),
            array="{}[]",
            struct="STRUCT({})",
            identifier_limit=1_000,  # none is documented
            comments="statement",
            key="enforced",
            has_indexes=False,  # it scans one column as fast, and does not alter a table that has an index
        ),
        Dialect(
            name="postgres",
            title="PostgreSQL",
            types=_types("TEXT", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE", _WITH_ZONE, "BYTEA"),
            json="JSONB",
            json_literal="{}::jsonb",
            identifier_limit=63,  # https://www.postgresql.org/docs/current/limits.html
            comments="statement",
            key="enforced",
            has_indexes=True,
            can_add_required=True,
            newest="not_exists",  # with * a column that is added later comes last, as CREATE OR REPLACE VIEW wants it
        ),
        Dialect(
            name="sqlite",
            title="SQLite",
            # Dates and instants as ISO 8601 text, which its functions read; the instants end in +00:00.
            types=_types("TEXT", "INTEGER", "INTEGER", "INTEGER", "REAL", "TEXT", "TEXT", "BLOB"),
            json="TEXT",
            booleans=("0", "1"),
            has_typed_literals=False,
            identifier_limit=1_000,  # none is documented
            comments="text",
            key="enforced",
            has_indexes=True,
            can_add_required=True,
            make_view=("DROP VIEW IF EXISTS {}", "CREATE VIEW {} AS"),
            newest="window",
        ),
        Dialect(
            name="clickhouse",
            title="ClickHouse",
            types=_types("String", "Bool", "Int32", "Int64", "Float64", "Date32", "DateTime64(6, 'UTC')", "String"),
            array="Array({})",
            struct="Tuple({})",
            nullable="Nullable({})",
            quotes="``",
            name_escapes={"\\": "\\\\", "`": "\\`"},
            string_escapes=_ESCAPED,
            identifier_limit=200,  # a table is a directory, whose name the file system limits to 255 bytes
            comments="clause",
            table_comment="COMMENT {}",
            table_options="ENGINE = MergeTree ORDER BY row_id",
        ),
        Dialect(
            name="bigquery",
            title="BigQuery",
            types=_types("STRING", "BOOL", "INT64", "INT64", "FLOAT64", "DATE", "TIMESTAMP", "BYTES"),
            array="ARRAY<{}>",
            struct="STRUCT<{}>",
            quotes="``",
            name_escapes={"\\": "\\\\", "`": "\\`"},
            string_escapes=_ESCAPED | {"\n": "\\n", "\r": "\\r"},  # a literal ends with its line
            identifier_limit=300,  # https://cloud.google.com/bigquery/docs/schemas#column_names
            comment_limit=1_024,  # https://cloud.google.com/bigquery/docs/schemas#column_descriptions
            comments="option",
            table_comment="OPTIONS (description = {})",
            key="declared",
            key_clause="PRIMARY KEY ({}) NOT ENFORCED",
            can_add_with_default=False,
            has_required_lists=False,  # an array is never NULL
            table_options="PARTITION BY ingest_date CLUSTER BY row_id",
        ),
        Dialect(
            name="snowflake",
            title="Snowflake",
            types=_types("VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP_TZ", "BINARY"),
            json="VARIANT",
            json_literal="PARSE_JSON({})",
            folds_to_upper=True,
            string_escapes=_ESCAPED,
            identifier_limit=255,  # https://docs.snowflake.com/en/sql-reference/identifiers-syntax
            comments="clause",
            table_comment="COMMENT = {}",
            key="declared",
            can_add_with_default=False,
        ),
        Dialect(
            name="redshift",
            title="Amazon Redshift",
            types=_types(
                _LONGEST, "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE", "TIMESTAMPTZ", "VARBYTE"
            ),
            json="SUPER",
            json_literal="JSON_PARSE({})",
            string_escapes=_ESCAPED,
            identifier_limit=127,  # https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
            comments="statement",
            key="declared",
            can_add_with_default=False,
        ),
        Dialect(
            name="databricks",
            title="Databricks",
            types=_types("STRING", "BOOLEAN", "INT", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BINARY"),
            array="ARRAY<{}>",
            struct="STRUCT<{}>",
            struct_field="{name}: {type}",
            quotes="``",
            name_escapes={"`": "``"},
            list_literal="array({})",
            string_escapes=_ESCAPED,
            identifier_limit=255,  # https://docs.databricks.com/en/sql/language-manual/sql-ref-names.html
            comments="clause",
            table_comment="COMMENT {}",
            can_add_with_default=False,
        ),
    )
}
"""Every dialect by its name."""


def find_dialect(name: str) -> Dialect:
    """Return the dialect of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in DIALECTS:
        raise UsageError(f"no dialect {name!r}: choose from {', '.join(DIALECTS)}")
    return DIALECTS[name]


def sql_type(dialect: Dialect, kind: pa.DataType) -> str:
    """Return the type of a column of an Arrow type.

    >>> sql_type(DIALECTS["duckdb"], pa.list_(pa.string())), sql_type(DIALECTS["postgres"], pa.list_(pa.string()))
    ('VARCHAR[]', 'JSONB')

    Raises:
        KeyError: a type that no record has.
    """
    if pa.types.is_list(kind) or pa.types.is_struct(kind):
        if dialect.array is None or dialect.struct is None:
            return str(dialect.json)
        if pa.types.is_list(kind):
            return dialect.array.format(sql_type(dialect, kind.value_type))
        fields = (
            dialect.struct_field.format(name=quote(dialect, field.name), type=field_type(dialect, field))
            for field in map(kind.field, range(kind.num_fields))
        )
        return dialect.struct.format(", ".join(fields))
    return dialect.types[str(kind)]


def field_type(dialect: Dialect, field: pa.Field) -> str:
    """Return the type of a column, and whether it may be NULL where the dialect makes that part of the type."""
    kind = sql_type(dialect, field.type)
    if dialect.nullable is None or not field.nullable or pa.types.is_nested(field.type):
        return kind
    return dialect.nullable.format(kind)


_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def quote(dialect: Dialect, name: str) -> str:
    """Return a name as SQL has it, in quotes where it needs them.

    A name in quotes means the same as without where dialects fold names: ``START`` in Snowflake.

    >>> quote(DIALECTS["postgres"], "end"), quote(DIALECTS["snowflake"], "start"), quote(DIALECTS["bigquery"], "end")
    ('"end"', '"START"', '`end`')

    Raises:
        UsageError: it is empty, or longer than the dialect allows.
    """
    if not name or len(name.encode()) > dialect.identifier_limit:
        raise UsageError(
            f"{name!r} is not a name in {dialect.title}: give 1 to {dialect.identifier_limit} bytes of UTF-8"
        )
    is_plain = _PLAIN_NAME.fullmatch(name) is not None
    if is_plain and name not in dialect.reserved:
        return name
    first, last = dialect.quotes[0], dialect.quotes[1]
    inside = name.upper() if is_plain and dialect.folds_to_upper else name
    return f"{first}{_escape(inside, dialect.name_escapes)}{last}"


def _escape(text: str, escapes: Mapping[str, str]) -> str:
    return text.translate({ord(character): escaped for character, escaped in escapes.items()})


def quote_path(dialect: Dialect, name: str) -> str:
    """Return the name of a table that may have those of its schema and database before it, separated by dots.

    >>> quote_path(DIALECTS["bigquery"], "my-project.news.articles")
    '`my-project`.news.articles'

    Raises:
        UsageError: a part is empty, or longer than the dialect allows.
    """
    return ".".join(quote(dialect, part) for part in name.split("."))


def text_literal(dialect: Dialect, text: str) -> str:
    r"""Return a string as a literal.

    >>> text_literal(DIALECTS["duckdb"], "it's"), text_literal(DIALECTS["bigquery"], "it's")
    ("'it''s'", "'it\\'s'")
    """
    return f"'{_escape(text, dialect.string_escapes)}'"


def literal(dialect: Dialect, value: Any, kind: pa.DataType | None = None) -> str:
    """Return a value as SQL has it.

    Args:
        dialect: that it is written in.
        value: None, a bool, number, string, date, aware datetime, or a list of them.
        kind: Arrow type of its column, which a list needs where it may be empty.

    >>> literal(DIALECTS["postgres"], True), literal(DIALECTS["sqlite"], True), literal(DIALECTS["duckdb"], None)
    ('true', '1', 'NULL')

    Raises:
        TypeError: another value.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return dialect.booleans[value]
        case int() | float():
            return str(value)
        case str():
            return text_literal(dialect, value)
        case datetime():
            text = text_literal(dialect, value.astimezone(UTC).isoformat(sep=" ", timespec="microseconds"))
            return _typed(dialect, text, pa.timestamp("us", tz="UTC"))
        case date():
            return _typed(dialect, text_literal(dialect, value.isoformat()), pa.date32())
        case list() | dict():
            return _nested(dialect, value, kind)
    raise TypeError(f"no literal for a {type(value).__name__}")


def _typed(dialect: Dialect, text: str, kind: pa.DataType) -> str:
    return f"CAST({text} AS {sql_type(dialect, kind)})" if dialect.has_typed_literals else text


def _nested(dialect: Dialect, value: Any, kind: pa.DataType | None) -> str:
    if not dialect.is_nested:
        return dialect.json_literal.format(text_literal(dialect, to_json(value)))
    if not isinstance(value, list):
        raise TypeError("no literal for a struct")
    plain = dialect.list_literal.format(", ".join(literal(dialect, item) for item in value))
    return f"CAST({plain} AS {sql_type(dialect, kind)})" if kind is not None else plain


def to_json(value: Any) -> str:
    """Return a nested value as JSON, its dates and instants as ISO 8601 text.

    >>> to_json([{"name": "Müller", "at": date(2026, 1, 2)}])
    '[{"name":"Müller","at":"2026-01-02"}]'
    """
    return _JSON.encode(value)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=json_date)
"""Made once: making it takes longer than what it does to most values."""


def cut_comment(dialect: Dialect, text: str) -> str:
    """Return a comment that is not longer than the dialect allows."""
    limit = dialect.comment_limit
    return text if limit is None or len(text) <= limit else text[: limit - 1].rstrip() + "…"
