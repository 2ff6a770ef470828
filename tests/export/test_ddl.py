"""The statements are taken by each database, make what the records declare, and say what it means."""

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from pipeline.cli import main
from schemas.articles import Entity
from schemas.record import row
from schemas.tables import ARTICLES, FEED_STATE, MENTIONS, REPLAYS, TABLES, Table
from tests.support.commits import article
from tests.support.postgres import PostgresServer
from transforms.export.changes import ADDED
from transforms.export.ddl import (
    LATEST,
    add_column,
    create_table,
    create_views,
    description,
    exported_schema,
    has_unique_rows,
)
from transforms.export.dialects import DIALECTS, Dialect, quote, sql_type, text_literal, to_json
from transforms.export.flattened import FLATTENED
from transforms.export.loads.postgres_url import parse_postgres_url
from transforms.lake.evolve import defaults

EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
VIEWS = {LATEST, *FLATTENED}


def all_statements(dialect: Dialect) -> list[str]:
    tables = [statement for table in TABLES.values() for statement in create_table(table, dialect)]
    added = [
        statement
        for table in TABLES.values()
        for column in defaults(table.record)
        for statement in add_column(table, column, dialect)
    ]
    return [*tables, *added, *create_views(dialect)]


@EVERY
def test_every_statement_is_parsed(dialect: Dialect) -> None:
    for statement in all_statements(dialect):
        [parsed] = sqlglot.parse(statement, dialect=dialect.name)
        assert parsed is not None and not isinstance(parsed, sqlglot.exp.Command), statement
        assert not statement.rstrip().endswith(";")


@EVERY
def test_a_table_has_the_columns_of_its_record(dialect: Dialect) -> None:
    for table in TABLES.values():
        made = sqlglot.parse_one(create_table(table, dialect)[0], dialect=dialect.name)
        names = [column.name.lower() for column in made.find_all(sqlglot.exp.ColumnDef) if column.parent is made.this]
        assert names == exported_schema(table).names == [*ADDED.names, *table.schema.names]


@EVERY
def test_every_column_is_described(dialect: Dialect) -> None:
    for table in TABLES.values():
        whole = "\n".join(create_table(table, dialect))
        for field in exported_schema(table):
            assert " ".join(description(field).split())[:40].replace("'", "") in whole.replace("''", "").replace(
                "\\'", ""
            ).replace("'", ""), field.name


def test_duckdb_stores_what_the_columns_mean() -> None:
    connection = duckdb.connect()
    for table in TABLES.values():
        for statement in create_table(table, DIALECTS["duckdb"]):
            connection.execute(statement)
        rows = connection.execute(
            "select column_name, data_type, is_nullable, comment from duckdb_columns() where table_name = ?",
            [table.name],
        ).fetchall()
        assert [(name, kind.replace('"', ""), *more) for name, kind, *more in rows] == [
            (field.name, sql_type(DIALECTS["duckdb"], field.type).replace('"', ""), field.nullable, description(field))
            for field in exported_schema(table)
        ]
        key = connection.execute(
            "select constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY' "
            "and table_name = ?",
            [table.name],
        ).fetchall()
        assert key == ([(["row_id"],)] if has_unique_rows(table) else [])


def test_a_name_may_be_another_and_have_a_schema() -> None:
    [first, index, *_] = create_table(REPLAYS, DIALECTS["postgres"], name="news.tries", if_not_exists=False)
    assert first.startswith("CREATE TABLE news.tries (")
    assert index == "CREATE INDEX tries_row_id ON news.tries (row_id)"
    assert add_column(REPLAYS, "chunk", DIALECTS["bigquery"], name="my-project.news.tries")[0].startswith(
        "ALTER TABLE `my-project`.news.tries ADD COLUMN chunk INT64"
    )


ADDITIONS = [
    ("duckdb", "version", ["ALTER TABLE articles ADD COLUMN version INTEGER DEFAULT 1"]),
    ("postgres", "version", ["ALTER TABLE articles ADD COLUMN version INTEGER DEFAULT 1 NOT NULL"]),
    ("postgres", "topics", ["ALTER TABLE articles ADD COLUMN topics JSONB DEFAULT '[]'::jsonb NOT NULL"]),
    ("sqlite", "topics", ["ALTER TABLE articles ADD COLUMN topics TEXT DEFAULT '[]' NOT NULL"]),
    ("duckdb", "byline", ["ALTER TABLE articles ADD COLUMN byline VARCHAR"]),
    (
        "bigquery",
        "version",
        ["ALTER TABLE articles ADD COLUMN version INT64", "UPDATE articles SET version = 1 WHERE version IS NULL"],
    ),
    (
        "redshift",
        "tags",
        [
            "ALTER TABLE articles ADD COLUMN tags SUPER",
            "UPDATE articles SET tags = JSON_PARSE('[]') WHERE tags IS NULL",
        ],
    ),
    ("clickhouse", "byline", ["ALTER TABLE articles ADD COLUMN byline Nullable(String)"]),
]


@pytest.mark.parametrize(("dialect", "column", "wanted"), ADDITIONS)
def test_an_added_column_has_its_default(dialect: str, column: str, wanted: list[str]) -> None:
    made = add_column(ARTICLES, column, DIALECTS[dialect])
    plain = [text.partition(" COMMENT ")[0].partition(" OPTIONS ")[0] for text in made if "COMMENT ON" not in text]
    assert plain == wanted


@pytest.mark.parametrize("name", ["duckdb", "sqlite"])
def test_columns_are_added_to_tables_with_rows(name: str) -> None:
    """A table that lacks all columns that may be lacking gets them, and its rows the values that files without have."""
    dialect, execute = DIALECTS[name], _execute(name)
    for table in TABLES.values():
        may_lack = defaults(table.record)
        fixed = [field for field in exported_schema(table) if field.name not in may_lack]
        columns = [f"{quote(dialect, field.name)} {sql_type(dialect, field.type)}" for field in fixed]
        execute(f"create table {table.name} ({', '.join(columns)})")
        execute(f"insert into {table.name} ({ADDED.names[0]}) values ('x')")
        for column in may_lack:
            for statement in add_column(table, column, dialect):
                execute(statement)
        stored = execute(f"select {', '.join(quote(dialect, column) for column in may_lack)} from {table.name}")[0]
        wanted = [_stored(name, value) for value in may_lack.values()]
        assert list(stored) == wanted


def _stored(name: str, value: Any) -> Any:
    if name == "sqlite":
        return "[]" if value == [] else value.isoformat() if isinstance(value, date) else value
    return value


def _execute(name: str) -> Callable[..., Any]:
    if name == "sqlite":
        plain = sqlite3.connect(":memory:")
        return lambda text, *more: plain.execute(text, *more).fetchall()
    connection = duckdb.connect()
    return lambda text, *more: connection.execute(text, *more).fetchall()


def test_views_are_one_for_each_list_of_structs() -> None:
    assert {"article_cleaning_actions", "article_links", "article_entities", "article_mentions"} <= {*FLATTENED}
    of_entity = [field.name for field in dataclasses.fields(Entity) if field.name != "mentions"]
    outer = ["entity_position", *(f"entity_{name.removeprefix('entity_')}" for name in of_entity)]
    assert FLATTENED["article_mentions"].schema.names == [
        "row_id", "article_id", "version", *outer, "position", "text", "start", "end",
    ]  # fmt: skip


UNKNOWN = {field.name: None for field in dataclasses.fields(Entity) if field.default is None}
ENTITIES = [
    {**UNKNOWN, "name": "Leeds", "type": "place", "count": 2, "first": 3,
     "mentions": [{"text": "Leeds", "start": 3, "end": 8}, {"text": "leeds", "start": 30, "end": 35}]},
    {**UNKNOWN, "name": "It's", "type": "other", "count": 1, "first": 50, "mentions": []},
]  # fmt: skip
AUTHORS = [{"name": "Ann", "url": None, "type": "Person", "role": None}]
CANDIDATES = [{"source": "json-ld", "raw": "2026-01-02", "instant": "2026-01-02T00:00:00+00:00"}]


@pytest.fixture(params=["duckdb", "sqlite"])
def database(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """A database with three rows of two articles, and the views."""
    name, execute = request.param, _execute(request.param)
    dialect = DIALECTS[name]
    for statement in [*create_table(ARTICLES, dialect), *create_views(dialect), *create_views(dialect)]:
        execute(statement)
    for number, version in ((1, 1), (1, 2), (2, 1)):
        _insert(execute, dialect, ARTICLES, number, version)
    yield execute


def _insert(execute: Callable[..., Any], dialect: Dialect, table: Table, number: int, version: int) -> None:
    values = row(article(number)) | {
        "row_id": f"{number}-{version}", "commit_sequence": 1, "version": version, "run_id": "r", "chunk": 0,
        "ingest_date": "2026-01-02", "entities": ENTITIES, "authors": AUTHORS, "date_candidates": CANDIDATES,
        "keywords": ["a"],
    }  # fmt: skip
    schema = exported_schema(table)
    given = [to_json(values[field.name]) if pa.types.is_nested(field.type) else values[field.name] for field in schema]
    cast = ", ".join(
        f"cast(?::json as {sql_type(dialect, field.type)})"
        if pa.types.is_nested(field.type) and dialect.is_nested
        else "?"
        for field in schema
    )
    execute(f"insert into {table.name} values ({cast})", [str(v) if hasattr(v, "isoformat") else v for v in given])


def test_views_show_what_the_rows_hold(database: Callable[..., Any]) -> None:
    assert sorted(database(f"select row_id from {LATEST}")) == [("1-2",), ("2-1",)]
    assert database(
        "select position, name, type, count, first from article_entities where row_id = '1-2' order by 1"
    ) == [
        (0, "Leeds", "place", 2, 3),
        (1, "It's", "other", 1, 50),
    ]
    assert database(
        "select row_id, article_id = (select min(article_id) from articles where row_id = '2-1'), version, "
        'entity_position, entity_name, position, text, start, "end" from article_mentions '
        "where row_id = '2-1' order by position"
    ) == [("2-1", 1, 1, 0, "Leeds", 0, "Leeds", 3, 8), ("2-1", 1, 1, 0, "Leeds", 1, "leeds", 30, 35)]
    assert database("select name, url, role from article_authors where row_id = '1-1'") == [("Ann", None, None)]
    [(instant,)] = database("select instant from article_date_candidates where row_id = '1-1'")
    assert str(instant).startswith("2026-01-0")
    for view in VIEWS:
        names = [*FLATTENED[view].schema.names] if view in FLATTENED else exported_schema(ARTICLES).names
        columns = ", ".join(f'"{name}"' for name in names)
        assert database(f"select {columns} from {view}") is not None


def test_clickhouse_takes_the_statements() -> None:
    session = pytest.importorskip("chdb.session").Session()
    dialect = DIALECTS["clickhouse"]
    session.query("create database ddl")
    session.query("use ddl")
    for statement in all_statements(dialect):
        if "ADD COLUMN" not in statement:
            session.query(statement)
    entity = f"('Leeds', 'place', 2, 3, [('Leeds', 3, 8), ('leeds', 30, 35)]{', null' * len(UNKNOWN)})"
    session.query(f"insert into articles (row_id, version, entities) values ('1', 1, [{entity}]), ('2', 2, [])")
    found = str(session.query("select entity_name, position, text, end from article_mentions order by position", "CSV"))
    assert found.splitlines() == ['"Leeds",0,"Leeds",8', '"Leeds",1,"leeds",35']
    assert str(session.query(f"select row_id from {LATEST}", "CSV")).splitlines() == ['"2"']
    for view in VIEWS:
        session.query(f"select * from {view}", "CSV")
    described = str(session.query("select comment from system.columns where table = 'replays' and name = 'outcome'"))
    assert "dead_letter" in described
    session.close()


def test_snowflake_takes_the_statements() -> None:
    fakesnow = pytest.importorskip("fakesnow", exc_type=ImportError)
    import snowflake.connector

    dialect = DIALECTS["snowflake"]
    with fakesnow.patch():
        cursor = snowflake.connector.connect(database="lake", schema="news").cursor()
        for statement in [statement for table in TABLES.values() for statement in create_table(table, dialect)]:
            cursor.execute(statement)
        for statement in create_views(dialect):
            cursor.execute(statement)
        entities = text_literal(dialect, to_json(ENTITIES))
        lists = [field.name for field in ARTICLES.schema if pa.types.is_list(field.type) and field.name != "entities"]
        empty = ", ".join(["PARSE_JSON('[]')"] * len(lists))
        for number in (1, 2):
            cursor.execute(
                f"INSERT INTO articles (row_id, commit_sequence, article_id, id_scheme, version, version_id, "
                f"content_hash, text_hash, text, text_source, word_count, source_uri, source_kind, extractor, "
                f"newsmill_version, schema_version, run_id, ingest_date, {', '.join(lists)}, entities) "
                f"SELECT '{number}', 1, 'a', '', {number}, '', '', '', '', '', 1, '', '', '', '', 5, '', '2026-01-02', "
                f"{empty}, PARSE_JSON({entities})"
            )
        cursor.execute(
            'SELECT entity_name, position, text, "START", "END" FROM article_mentions WHERE row_id = \'2\' ORDER BY 2'
        )
        assert cursor.fetchall() == [("Leeds", 0, "Leeds", 3, 8), ("Leeds", 1, "leeds", 30, 35)]
        assert cursor.execute(f"SELECT row_id FROM {LATEST}").fetchall() == [("2",)]


def test_postgres_takes_the_statements(postgres: PostgresServer) -> None:
    """Tables, columns added later, and views."""
    to, dialect = postgres.new_schema(), DIALECTS["postgres"]
    postgres.query(f"CREATE SCHEMA {parse_postgres_url(to).schema}")
    made = [statement for table in TABLES.values() for statement in create_table(table, dialect)]
    for statement in [*made, *create_views(dialect)]:
        postgres.query(statement, to)
    for column in ("version", "topics", "byline"):
        postgres.query(f"ALTER TABLE articles DROP COLUMN {column} CASCADE", to)
        for statement in add_column(ARTICLES, column, dialect):
            postgres.query(statement, to)
    for statement in create_views(dialect):
        postgres.query(statement, to)
    for view in VIEWS:
        assert postgres.query(f"SELECT * FROM {view}", to) == []
    comment = "SELECT col_description('replays'::regclass, 3)"
    assert postgres.query(comment, to) == [(description(REPLAYS.schema.field("letter_id")),)]


def test_keys_say_which_rows_are_replaced() -> None:
    assert [name for name, table in TABLES.items() if has_unique_rows(table)] == [
        name for name, table in TABLES.items() if table.unique or table.has_only_newest
    ]
    assert has_unique_rows(MENTIONS) and not has_unique_rows(REPLAYS)
    assert "PRIMARY KEY (row_id) NOT ENFORCED" in create_table(FEED_STATE, DIALECTS["bigquery"])[0]
    assert "PRIMARY KEY" not in create_table(REPLAYS, DIALECTS["postgres"])[0]


def test_the_command_prints_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ddl", "--dialect", "duckdb", "--schema", "news"]) == 0
    connection = duckdb.connect()
    connection.execute("create schema news")
    connection.execute(capsys.readouterr().out)
    made = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    assert made == {*TABLES, *VIEWS}
    assert main(["ddl", "--dialect", "postgres", "--tables", "articles,replays", "--views", "none"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("CREATE TABLE IF NOT EXISTS") == 2 and "CREATE VIEW" not in printed
    assert main(["ddl", "--dialect", "postgres", "--schema", "a" * 64]) == 2
    assert "give 1 to 63 bytes" in capsys.readouterr().err
    assert main(["ddl"]) == 2
    assert "--dialect" in capsys.readouterr().err
