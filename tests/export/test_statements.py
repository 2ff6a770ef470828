"""Scripts for cloud warehouses: parsed in their dialects, and run on DuckDB through transpilation and on fakesnow."""

import contextlib
import functools
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from pipeline.cli import main
from schemas.errors import UsageError
from schemas.feeds import FeedState
from schemas.tables import TABLES
from tests.support.commits import (
    BEFORE_SCHEMA_4,
    article,
    commit_mixed,
    commit_older,
    commit_rows,
    dead_letter,
    replay,
)
from tests.support.histories import History, Step, expected_rows, histories, plain
from tests.support.s3 import Bucket, store
from transforms.export.ddl import exported_schema
from transforms.export.dialects import quote
from transforms.export.loads.load import load
from transforms.export.scripts.script import Script, Statement
from transforms.export.scripts.write import write_script
from transforms.export.warehouses import WAREHOUSES
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.takedown.retract import retract

__all__ = ["store"]

EVERY = pytest.mark.parametrize("to", WAREHOUSES)
AT = {
    "bigquery": "gs://bucket/lake", "snowflake": "@newsmill_lake", "redshift": "s3://bucket/articles/lake",
    "databricks": "abfss://lake@account.dfs.core.windows.net/news",
}  # fmt: skip
"""Where each warehouse sees the files."""

NAMES: Mapping[str, Callable[[str], str]] = {
    "bigquery": lambda path: f"gs://bucket/lake/{path}",
    "snowflake": lambda path: f"lake/{path}",
    "redshift": lambda path: path,
    "databricks": lambda path: f"abfss://lake@account.dfs.core.windows.net/news/{path.replace('%', '%25')}",
}
"""The name of a file as the warehouse gives it."""

NO_AST = ("DROP EXTERNAL TABLE",)
"""Statements that sqlglot reads only as words."""


class Warehouse:
    """A warehouse in DuckDB: statements are transpiled, and files are read by DuckDB itself."""

    def __init__(self, to: str, output: Path) -> None:
        self.to, self.output = to, output
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute("create macro raise_error(message) as error(message)")

    def run(self, script: Script, stop_after: int | None = None) -> None:
        """Carry out a script, or its first statements, as a client that stops at an error and then disconnects."""
        try:
            for statement in script.statements[:stop_after]:
                self.execute(statement)
        finally:
            if self.to != "databricks":
                self._undo()

    def _undo(self) -> None:
        with contextlib.suppress(duckdb.TransactionException):  # none is under way
            self.connection.rollback()

    def execute(self, statement: Statement) -> None:
        if statement.step == "fill":
            self._fill(statement)
        elif not (statement.step == "setup" or statement.sql.startswith(NO_AST) or " VIEW article_" in statement.sql):
            self.connection.execute(to_duckdb(statement.sql, self.to))

    def _fill(self, statement: Statement) -> None:
        if statement.sql.startswith("UPDATE"):  # gives the name of the file, which is known here
            return
        nested = not WAREHOUSES[self.to].dialect.is_nested
        for path in re.findall(rf"{statement.table}/\w+=[^'\n,}}]*\.parquet", statement.sql):
            source = f"read_parquet('{self.output / path}', hive_partitioning = false)"
            kinds = self.connection.execute(f"describe select * from {source}").fetchall()
            columns = ", ".join(
                f'to_json("{column}") as "{column}"' if nested and kind.endswith("[]") else f'"{column}"'
                for column, kind, *_ in kinds
            )
            self.connection.execute(
                f"insert into newsmill_files_{statement.table} by name "
                f"select {columns}, '{NAMES[self.to](path)}' as file_name from {source}"
            )

    def cursor(self) -> int:
        """The commit that all tables are at."""
        if not self.connection.execute("select 1 from duckdb_tables() where table_name = 'newsmill_loads'").fetchall():
            return 0
        found = self.connection.execute("select distinct commit_sequence from newsmill_loads").fetchall()
        if not found:  # a script was stopped after it had made the table
            return 0
        [(number,)] = found
        return int(number)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, nested columns as Python values."""
        found = self.connection.table(table).to_arrow_table().to_pylist()
        return [revive_row(table, row) for row in found]


def revive_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    folded = {name.lower(): value for name, value in row.items()}  # Snowflake has START for a reserved word
    return {field.name: revive(folded[field.name], field.type) for field in exported_schema(TABLES[table])}


def revive(value: Any, kind: pa.DataType) -> Any:
    """A value as a row of the lake has it: JSON is parsed, instants are in UTC."""
    if isinstance(value, str) and pa.types.is_list(kind):
        value = json.loads(value)
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [revive(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {part.name: revive(value[part.name], part.type) for part in kind}
    if pa.types.is_timestamp(kind):
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(ZoneInfo("UTC"))
    return value


@functools.cache
def to_duckdb(sql: str, dialect: str) -> str:
    """What DuckDB takes for a statement; most statements of a script are those of the script before."""
    [tree] = sqlglot.parse(sql, dialect=dialect)
    assert tree is not None
    for kind in tree.find_all(exp.DataType):
        if kind.this in (exp.DataType.Type.SUPER, exp.DataType.Type.VARIANT):
            kind.set("this", exp.DataType.Type.JSON)
    if isinstance(tree, exp.Create) and tree.kind == "TABLE":
        kept = list(tree.find_all(exp.TemporaryProperty))
        tree.set("properties", exp.Properties(expressions=kept) if kept else None)
        for key in list(tree.find_all(exp.PrimaryKey)):
            key.pop()  # declared, not enforced
        for column in tree.find_all(exp.ColumnDef):
            notes = [one for one in column.args["constraints"] if isinstance(one.kind, exp.NotNullColumnConstraint)]
            column.set("constraints", notes)
    return tree.sql(dialect="duckdb", copy=False)


def held(rows: list[dict[str, Any]]) -> Counter[str]:
    """Rows as :func:`expected_rows` gives them."""
    found: Counter[str] = Counter()
    for row in rows:
        own = {name: value for name, value in row.items() if name not in ("row_id", "commit_sequence")}
        found[f"{row['row_id']} {plain(own)}"] += 1
    return found


@pytest.mark.slow(seconds=30)
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
@given(steps=histories(st.just("whole") | st.integers(0, 60), (("compact",), "whole"), max_size=6))
def test_tables_hold_what_the_lake_holds(
    steps: list[tuple[Step, str | int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After each script, some of which are stopped before and printed again, the tables equal the lake."""
    history = History(tmp_path_factory.mktemp("lake"))
    warehouses = [Warehouse(to, history.output) for to in WAREHOUSES]
    other = f"duckdb:///{tmp_path_factory.mktemp('db') / 'other.duckdb'}"
    for extent in history.play(steps):
        scripts = [write_script(history.lake, one.to, since=one.cursor(), files_at=AT[one.to]) for one in warehouses]
        for warehouse, script in zip(warehouses, scripts, strict=True):
            warehouse.run(script, extent if isinstance(extent, int) else None)
        if extent != "whole":
            continue
        load(history.lake, other)
        assert {one.cursor() for one in warehouses} == {script.until for script in scripts}
        with duckdb.connect(other.removeprefix("duckdb:///")) as connection:
            for name in TABLES:
                wanted = expected_rows(history.lake, name)
                numbers = connection.execute(f"select row_id, commit_sequence from {name}").fetchall()
                for warehouse in warehouses:
                    rows = warehouse.rows(name)
                    assert held(rows) == wanted, (warehouse.to, name)
                    found = Counter((row["row_id"], row["commit_sequence"]) for row in rows)
                    assert found == Counter(numbers), (warehouse.to, name)


@pytest.fixture(scope="module")
def made_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of older schemas and other partitions, compacted in part; a takedown; feed states of two commits."""
    output = commit_mixed(tmp_path_factory.mktemp("made") / "lake")
    commit_rows(output, "r5", [article(20), FeedState(feed_url="https://a.example/feed", poll_count=1, status="ok")])
    retract(str(output), [str(article(2).url)], run_id="r6")
    compact(Lake(str(output)), run_id="r7", before=date(2027, 1, 1))
    commit_rows(output, "r8", [article(21), FeedState(feed_url="https://a.example/feed", poll_count=2, status="gone")])
    return output


@pytest.fixture
def lake(made_lake: Path, tmp_path: Path) -> Path:
    """A copy, which a test may change."""
    return Path(shutil.copytree(made_lake, tmp_path / "lake"))


def script_of(lake: Path, to: str, **parts: Any) -> Script:
    return write_script(str(lake), to, files_at=AT[to], **parts)


@EVERY
def test_every_statement_is_parsed(lake: Path, to: str) -> None:
    """From each commit on; what sqlglot reads only as words is said above."""
    commits = range(Lake(str(lake)).manifests()[-1].sequence + 1)
    scripts = [script_of(lake, to, since=since, schema="news") for since in commits]
    for sql in {statement.sql for script in scripts for statement in script.statements}:
        parsed = sqlglot.parse(sql, dialect=to)
        assert len(parsed) == 1 and parsed[0] is not None
        assert not isinstance(parsed[0], exp.Command) or sql.startswith(NO_AST), sql


@EVERY
def test_a_script_is_one_text(lake: Path, to: str) -> None:
    script = script_of(lake, to, since=3)
    parsed = [tree for tree in sqlglot.parse(script.text, dialect=to) if tree is not None]
    assert len(parsed) == len(script.statements)
    first, second, *_ = script.text.splitlines()
    assert first.startswith("-- newsmill ") and f"commits 4 to {script.until} of " in first
    assert WAREHOUSES[to].hint[0] in second


@EVERY
def test_rows_of_any_commit_lead_to_the_present(lake: Path, to: str) -> None:
    """Wherever a script begins; the files of other partitions, of older schemas and of compactions are read right."""
    warehouse = Warehouse(to, lake)
    whole = script_of(lake, to)
    warehouse.run(whole)
    for name in TABLES:
        assert held(warehouse.rows(name)) == expected_rows(Lake(str(lake)), name)
    assert [row["status"] for row in warehouse.rows("feed_state")] == ["gone"]
    warehouse.run(script_of(lake, to, since=whole.until))
    assert warehouse.cursor() == whole.until
    last = script_of(lake, to, since=whole.until)
    assert not [one for one in last.statements if one.step != "setup"]
    assert f": nothing new after commit {whole.until} of " in last.notes[0]


@EVERY
def test_a_script_that_does_not_fit_changes_nothing(lake: Path, to: str) -> None:
    warehouse, first = Warehouse(to, lake), script_of(lake, to)
    warehouse.run(first)
    before = {name: warehouse.rows(name) for name in TABLES}
    commit_rows(lake, "r9", [article(30), dead_letter(30), replay(30)])
    later, wrong = script_of(lake, to, since=first.until), script_of(lake, to, since=2)
    for script in (first, wrong):
        with pytest.raises(
            duckdb.Error, match=rf"does not say that all of the {len(TABLES)} tables hold this lake up to commit \d"
        ):
            warehouse.run(script)
    warehouse.connection.execute("update newsmill_loads set run_id = 'of another lake' where table_name = 'replays'")
    with pytest.raises(duckdb.Error, match="Print the script again with --since"):
        warehouse.run(later)
    assert {name: warehouse.rows(name) for name in TABLES} == before
    warehouse.run(script_of(lake, to, from_start=True))
    for name in TABLES:
        assert held(warehouse.rows(name)) == expected_rows(Lake(str(lake)), name)
    with pytest.raises(duckdb.Error, match="does not say"):
        warehouse.run(later)


@EVERY
def test_files_that_are_gone_are_not_passed_over(lake: Path, to: str) -> None:
    """A warehouse may read nothing where a file is missing: the numbers of rows are checked."""
    warehouse, script = Warehouse(to, lake), script_of(lake, to)
    with pytest.raises(duckdb.Error, match=r"rows of articles are in the files\. Has the lake been compacted"):
        for statement in script.statements:
            if statement.step != "fill" or statement.table != "articles":
                warehouse.execute(statement)
    assert warehouse.rows("articles") == []


@EVERY
def test_some_tables_can_be_loaded(lake: Path, to: str) -> None:
    warehouse = Warehouse(to, lake)
    script = script_of(lake, to, tables=["replays", "articles"])
    warehouse.run(script)
    assert script.tables == ("articles", "replays")
    assert held(warehouse.rows("articles")) == expected_rows(Lake(str(lake)), "articles")
    with pytest.raises(duckdb.Error):
        warehouse.rows("dropped")
    with pytest.raises(duckdb.Error, match=f"all of the {len(TABLES)} tables"):
        warehouse.run(script_of(lake, to, since=script.until - 1))


@EVERY
def test_columns_that_came_later_are_added(tmp_path: Path, to: str) -> None:
    """A table that was made before a column was, and has rows."""
    output = tmp_path / "lake"
    commit_older(output, "r0", [article(1)], without=("version", "topics", "byline", *BEFORE_SCHEMA_4))
    first = script_of(output, to)
    warehouse = Warehouse(to, output)
    warehouse.run(first)
    for column in ("topics", "byline", "links"):
        warehouse.connection.execute(f"alter table articles drop column {column} cascade")
    commit_rows(output, "r1", [article(2)])
    script = script_of(output, to, since=first.until)
    added = [one.sql for one in script.statements if one.sql.startswith("ALTER TABLE")]
    if WAREHOUSES[to].adds_if_missing:
        assert "ALTER TABLE articles ADD COLUMN IF NOT EXISTS byline" in "\n".join(added)
    else:
        assert not added
        noted = [note for note in script.notes if note.startswith(("ALTER TABLE", "UPDATE", "COMMENT"))]
        assert "ALTER TABLE articles ADD COLUMN byline" in "\n".join(noted)
        for sql in noted:
            if any(
                f"ADD COLUMN {column} " in sql or f"SET {column} " in sql for column in ("topics", "byline", "links")
            ):
                warehouse.connection.execute(to_duckdb(sql, to))
    warehouse.run(script)
    assert held(warehouse.rows("articles")) == expected_rows(Lake(str(output)), "articles")


def test_rows_that_name_no_chunk_belong_to_their_run(tmp_path: Path) -> None:
    """Rows of schema 4 and before, compacted: they are new where their run was not loaded."""
    output = tmp_path / "lake"
    commit_rows(output, "r1", [article(1)])
    commit_older(output, "r2", [article(2)], without=("chunk",))
    compact(Lake(str(output)), run_id="r3", before=date(2027, 1, 1))
    for since, wanted in ((0, 2), (1, 1), (2, 0)):
        warehouse = Warehouse("redshift", output)
        script = script_of(output, "redshift", since=since)
        for statement in script.statements:
            if statement.step in ("stage", "fill") or (statement.step == "check" and statement.table):
                warehouse.execute(statement)
        found = warehouse.connection.execute(
            "select count(*) from duckdb_tables() where table_name like '%new_articles'"
        )
        [(number,)] = found.fetchall()
        assert number == (1 if wanted else 0)
        if wanted:
            assert warehouse.connection.execute("select count(*) from newsmill_new_articles").fetchall() == [(wanted,)]


def test_snowflake_runs_the_script(lake: Path) -> None:
    """On fakesnow, which reads the files by COPY INTO; it calls the name of a file otherwise."""
    fakesnow = pytest.importorskip("fakesnow", exc_type=ImportError)
    import snowflake.connector

    with fakesnow.patch():
        connection = snowflake.connector.connect(database="db", schema="news")
        cursor = connection.cursor()
        cursor.execute(f"CREATE STAGE newsmill_lake URL = 'file://{lake}/'")

        def run(script: Script) -> None:
            for statement in script.statements:
                if statement.step == "setup":  # it has no sessions
                    continue
                cursor.execute(statement.sql.replace("METADATA$FILENAME", "FILENAME"))

        for since in (0, script_of(lake, "snowflake").until):
            if since:
                commit_rows(lake, "r9", [article(40), article(21, text="The pier. " * 40, version=2), replay(40)])
                retract(str(lake), [str(article(6).url)], run_id="r10")
            run(script_of(lake, "snowflake", since=since))
            for name in TABLES:
                names = [field.name for field in exported_schema(TABLES[name])]
                columns = ", ".join(quote(WAREHOUSES["snowflake"].dialect, column) for column in names)
                rows = cursor.execute(f"SELECT {columns} FROM {name}").fetchall()
                found = [revive_row(name, dict(zip(names, row, strict=True))) for row in rows]
                assert held(found) == expected_rows(Lake(str(lake)), name), name
        assert cursor.execute("SELECT COUNT(*) FROM article_topics").fetchall()
        with pytest.raises(
            snowflake.connector.errors.ProgrammingError, match=f"does not say that all of the {len(TABLES)} tables"
        ):
            run(script_of(lake, "snowflake"))


REFUSED = [
    (
        "bigquery",
        "s3://bucket/lake",
        r"BigQuery does not read files at s3://bucket/lake: give .* gs://…, with --files_at",
    ),
    ("snowflake", "gs://bucket/lake", "Snowflake does not read files at gs://bucket/lake"),
    ("snowflake", "@stage; drop table articles", "Snowflake does not read files at @stage; drop"),
    ("redshift", None, "Amazon Redshift does not read files at /"),
    ("databricks", None, r"s3://… or gs://… or abfss://…"),
    ("oracle", None, "no warehouse 'oracle': choose from bigquery, snowflake, redshift, databricks"),
]


@pytest.mark.parametrize(("to", "files_at", "message"), REFUSED)
def test_addresses_that_a_warehouse_cannot_see_are_refused(
    lake: Path, to: str, files_at: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        write_script(str(lake), to, files_at=files_at)


def test_wrong_numbers_are_refused(lake: Path) -> None:
    with pytest.raises(UsageError, match="99 is not the number of a commit"):
        script_of(lake, "bigquery", since=99)
    with pytest.raises(UsageError, match="begins at commit 0"):
        script_of(lake, "bigquery", since=1, from_start=True)


def test_a_lake_in_a_bucket_is_seen_where_it_is(store: Bucket) -> None:
    output = store.url("news/lake")
    commit_rows(output, "r1", [article(1)])
    text = write_script(output, "redshift").text
    assert f"FROM '{output}/articles/ingest_date=2026-01-02/r1-00000-000.parquet'" in text
    assert "FROM @newsmill_lake" in write_script(output, "snowflake").text
    with pytest.raises(UsageError, match="BigQuery does not read files at s3://"):
        write_script(output, "bigquery")


def test_the_command_prints_the_script(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["load", "--output", str(lake), "--to", "redshift", "--files_at", AT["redshift"]]
    assert main([*given, "--print_sql", "--tables", "articles", "--schema", "news", "--since", "3"]) == 0
    said = capsys.readouterr()
    script = script_of(lake, "redshift", tables=["articles"], schema="news", since=3)
    assert said.out == script.text
    assert f"give --since {script.until} the next time" in said.err
    for more, message in (
        ([], "newsmill does not connect to redshift: add --print_sql"),
        (["--print_sql", "--children"], "--children is for PostgreSQL"),
        (["--print_sql", "--since", "99"], "99 is not the number of a commit"),
        (["--print_sql", "--tables", "pages"], "no table 'pages'"),
        (["--print_sql", "--to", "duckdb:///x"], "no warehouse 'duckdb:///x': choose from bigquery, snowflake"),
        (["--to", "duckdb:///x.duckdb"], "are for --print_sql: a database stores how far it has come"),
    ):
        assert main([*given, *more]) == 2
        assert message in capsys.readouterr().err
