"""Types, names and literals are what each database takes: asked of it where it can be had, of sqlglot where not."""

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sqlglot.dialects.dialect import Dialect as SqlglotDialect

from schemas.errors import UsageError
from schemas.tables import TABLES
from transforms.export.ddl import exported_schema
from transforms.export.dialects import (
    DIALECTS,
    Dialect,
    cut_comment,
    field_type,
    find_dialect,
    literal,
    quote,
    quote_path,
    sql_type,
    text_literal,
)
from transforms.export.flattened import FLATTENED
from transforms.export.reserved_words import RESERVED

EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
STRINGS = ("", "it's", 'a "b"', "back\\slash", "\\'", "two\nlines", "ünï 漢字 🦆", "100 %", "$1 {x} :y ?")

TYPES = {
    # dialect: string, bool, int32, int64, double, date, instant, list of strings, list of structs
    "duckdb": (
        "VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP WITH TIME ZONE", "VARCHAR[]",
        'STRUCT("end" INTEGER, url VARCHAR)[]',
    ),
    "postgres": (
        "TEXT", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE", "TIMESTAMP WITH TIME ZONE", "JSONB",
        "JSONB",
    ),
    "sqlite": ("TEXT", "INTEGER", "INTEGER", "INTEGER", "REAL", "TEXT", "TEXT", "TEXT", "TEXT"),
    "clickhouse": (
        "String", "Bool", "Int32", "Int64", "Float64", "Date32", "DateTime64(6, 'UTC')", "Array(String)",
        "Array(Tuple(`end` Int32, url Nullable(String)))",
    ),
    "bigquery": (
        "STRING", "BOOL", "INT64", "INT64", "FLOAT64", "DATE", "TIMESTAMP", "ARRAY<STRING>",
        "ARRAY<STRUCT<`end` INT64, url STRING>>",
    ),
    "snowflake": (
        "VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP_TZ", "VARIANT", "VARIANT",
    ),
    "redshift": (
        "VARCHAR(65535)", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE", "TIMESTAMPTZ", "SUPER", "SUPER",
    ),
    "databricks": (
        "STRING", "BOOLEAN", "INT", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "ARRAY<STRING>",
        "ARRAY<STRUCT<`end`: INT, url: STRING>>",
    ),
}  # fmt: skip

_STRUCT = pa.struct([pa.field("end", pa.int32(), False), pa.field("url", pa.string())])
_KINDS = (
    pa.string(), pa.bool_(), pa.int32(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us", tz="UTC"),
    pa.list_(pa.field("element", pa.string(), False)), pa.list_(pa.field("element", _STRUCT)),
)  # fmt: skip


@EVERY
def test_types_are_those_of_the_table(dialect: Dialect) -> None:
    assert tuple(sql_type(dialect, kind) for kind in _KINDS) == TYPES[dialect.name]


@EVERY
def test_every_column_has_a_type_that_the_dialect_knows(dialect: Dialect) -> None:
    for table in TABLES.values():
        for field in exported_schema(table):
            made = sqlglot.parse_one(f"CREATE TABLE t (c {field_type(dialect, field)})", dialect=dialect.name)
            kind = next(made.find_all(sqlglot.exp.ColumnDef)).args["kind"]
            assert kind.this != sqlglot.exp.DataType.Type.USERDEFINED, field


def test_duckdb_knows_the_types_by_the_same_names() -> None:
    connection = duckdb.connect()
    [(zone,)] = connection.execute("select current_setting('timezone')").fetchall()
    for kind, name in zip(_KINDS, TYPES["duckdb"], strict=True):
        connection.execute(f"create or replace table t (c {name})")
        [(_, described, *_)] = connection.execute("describe t").fetchall()
        assert described == name
        if not pa.types.is_nested(kind):
            given = connection.table("t").to_arrow_table().schema.field("c").type
            assert str(given) == str(kind).replace("UTC", zone)


@EVERY
def test_reserved_words_have_a_source_and_are_quoted(dialect: Dialect) -> None:
    words, source = RESERVED[dialect.name]
    assert source and len(words) > 50 and all(word == word.lower() for word in words)
    assert {"select", "from", "where", "group", "order", "end", "table"} - words <= (
        {"table"} if dialect.name in ("bigquery", "clickhouse") else set()
    )
    for word in words:
        quoted = quote(dialect, word)
        assert quoted[0] in '"`' and quoted[1:-1].lower() == word
    if dialect.name in ("bigquery", "redshift"):  # whose words sqlglot has from the documentation, too
        listed = SqlglotDialect.get_or_raise(dialect.name).generator_class.RESERVED_KEYWORDS
        assert {word.strip().lower() for word in listed} <= words


def test_reserved_words_are_those_of_the_databases_at_hand() -> None:
    names = duckdb.sql(
        "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function')"
    ).fetchall()
    assert {name for (name,) in names} <= DIALECTS["duckdb"].reserved
    connection = sqlite3.connect(":memory:")
    for dialect, execute in (("duckdb", duckdb.connect().execute), ("sqlite", connection.execute)):
        for words, _ in RESERVED.values():
            for word in words:
                name = quote(DIALECTS[dialect], word)
                execute(f"create table t ({name} integer)")
                execute(f"select t.{name} as {name} from t where {name} > 1 order by {name}")
                execute("drop table t")


@EVERY
def test_names_of_ours_fit_and_mean_themselves(dialect: Dialect) -> None:
    names = [
        *TABLES, *FLATTENED, *(field.name for table in TABLES.values() for field in exported_schema(table)),
        *(field.name for found in FLATTENED.values() for field in found.schema),
    ]  # fmt: skip
    for name in names:
        parsed = sqlglot.parse_one(f"SELECT t.{quote(dialect, name)} FROM t", dialect=dialect.name)
        assert [column.name.lower() for column in parsed.find_all(sqlglot.exp.Column)] == [name]


NAMES = [
    ("duckdb", 'a"b', '"a""b"'), ("bigquery", "a\\b", "`a\\\\b`"), ("databricks", "a`b", "`a``b`"),
    ("snowflake", "start", '"START"'), ("snowflake", "Mixed", '"Mixed"'), ("postgres", "Mixed", '"Mixed"'),
    ("clickhouse", "a b", "`a b`"), ("redshift", "tag", '"tag"'), ("redshift", "code", "code"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "name", "quoted"), NAMES)
def test_names_are_quoted_where_they_must(dialect: str, name: str, quoted: str) -> None:
    assert quote(DIALECTS[dialect], name) == quoted
    if "\\" not in name:  # sqlglot knows no escapes in names
        parsed = sqlglot.parse_one(f"SELECT {quoted}", dialect=dialect)
        assert [found.name.lower() for found in parsed.find_all(sqlglot.exp.Identifier)] == [name.lower()]


@EVERY
def test_a_name_that_is_too_long_is_refused(dialect: Dialect) -> None:
    assert quote(dialect, "a" * dialect.identifier_limit)
    for name in ("", "ä" * (dialect.identifier_limit // 2 + 1)):
        with pytest.raises(UsageError, match="bytes of UTF-8"):
            quote(dialect, name)
    assert quote_path(dialect, "news.articles") == "news.articles"
    with pytest.raises(UsageError):
        quote_path(dialect, "news..articles")
    with pytest.raises(UsageError, match="choose from duckdb, postgres"):
        find_dialect("oracle")


@EVERY
@pytest.mark.parametrize("text", STRINGS)
def test_strings_mean_themselves(dialect: Dialect, text: str) -> None:
    parsed = sqlglot.parse_one(f"SELECT {text_literal(dialect, text)}", dialect=dialect.name)
    [found] = parsed.find_all(sqlglot.exp.Literal)
    assert found.this == text


VALUES: list[tuple[Any, pa.DataType, str]] = [
    (None, pa.string(), "null"), (True, pa.bool_(), "true"), (False, pa.bool_(), "false"), (-7, pa.int64(), "-7"),
    (0.5, pa.float64(), "0.5"), (date(2026, 1, 2), pa.date32(), "2026-01-02"),
    (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), pa.timestamp("us", tz="UTC"), "2026-01-02 03:04:05.000678+00"),
    ([], pa.list_(pa.string()), "[]"), (["a b", "c"], pa.list_(pa.string()), "[a b, c]"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind", "shown"), VALUES, ids=[shown for _, _, shown in VALUES])
def test_literals_mean_their_values(value: Any, kind: pa.DataType, shown: str) -> None:
    assert DIALECTS["duckdb"].types
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    text = literal(DIALECTS["duckdb"], value, kind)
    assert connection.execute(f"select ({text})::varchar").fetchone() == (None if value is None else shown,)
    assert connection.execute(f"select {text}").fetchone() == (value,)
    for dialect in DIALECTS.values():
        assert sqlglot.parse_one(f"SELECT {literal(dialect, value, kind)}", dialect=dialect.name)
    [(found,)] = sqlite3.connect(":memory:").execute(f"select {literal(DIALECTS['sqlite'], value, kind)}")
    assert found in (
        value, str(value), value and f"{value}", "[]", '["a b","c"]', "2026-01-02 03:04:05.000678+00:00",
    )  # fmt: skip


def test_no_literal_is_guessed() -> None:
    with pytest.raises(TypeError, match="no literal for a bytes"):
        literal(DIALECTS["duckdb"], b"x")
    with pytest.raises(TypeError, match="no literal for a struct"):
        literal(DIALECTS["duckdb"], {"a": 1})


def test_long_comments_are_cut() -> None:
    assert cut_comment(DIALECTS["duckdb"], "a" * 9_999) == "a" * 9_999
    cut = cut_comment(DIALECTS["bigquery"], "word " * 999)
    assert len(cut) <= 1_024 and cut.endswith(("word…", "wor…"))


def test_a_dialect_has_arrays_or_json() -> None:
    with pytest.raises(ValueError, match="arrays and structs, or as JSON"):
        Dialect(name="x", title="X", types={}, identifier_limit=9, comments="text", array="{}[]")
