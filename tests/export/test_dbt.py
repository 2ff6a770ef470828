"""The dbt project runs on what loads have made, and its tests find what is wrong."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from pipeline.cli import main
from schemas.errors import UsageError
from schemas.feeds import PURPOSES, STATUSES
from schemas.tables import TABLES
from tests.support.postgres import USER, PostgresServer
from transforms.export.dbt.adapters import SCHEMAS
from transforms.export.dbt.project import listed_values, project_files, to_yaml, write_project
from transforms.export.ddl import LATEST, description
from transforms.export.dialects import DIALECTS
from transforms.export.flattened import FLATTENED
from transforms.export.loads.load import load
from transforms.export.loads.postgres_url import parse_postgres_url

SCHEMAS_BY_NAME = {table.name: table.schema for table in TABLES.values()} | {
    found.name: found.schema for found in FLATTENED.values()
}


def run_dbt(project: Path, *words: str, **variables: str) -> dict[str, str]:
    """Call dbt; statuses of models and tests by their ids without the name of the project."""
    code = "from dbt.cli.main import cli; cli()"
    # A caller of dbt that is named by one of these would be known to its makers.
    environment = os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"} | variables
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--profiles-dir", ".", "--quiet"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    results = json.loads((project / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    assert results, done.stdout + done.stderr
    found = {result["unique_id"].partition(".newsmill.")[2]: result["status"] for result in results}
    assert (done.returncode == 0) == (not {*found.values()} & {"error", "fail"}), done.stdout + done.stderr
    return found


@pytest.mark.slow(seconds=50)
def test_it_runs_on_duckdb(news_lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database, project = tmp_path / "news.duckdb", tmp_path / "dbt"
    load(str(news_lake), f"duckdb:///{database}")
    assert main(["dbt", str(project)]) == 0
    where = {"NEWSMILL_DUCKDB": str(database)}
    check_statuses(run_dbt(project, "build", **where))
    with duckdb.connect(str(database)) as connection:
        check_models(lambda query: connection.execute(query).fetchall())
        for change in (
            "UPDATE dead_letters SET code = 'fetch.of_old' WHERE code = 'read.empty'",
            "UPDATE feed_state SET status = 'odd' WHERE status = 'ok'",
            "UPDATE replays SET letter_id = 'nowhere'",
        ):
            connection.execute(change)
    changed = [f"source:newsmill.{name}" for name in ("dead_letters", "feed_state", "replays")]
    tests = run_dbt(project, "test", "--select", *changed, **where)
    wrong = {re.sub(r"source_|__\w*|\.\w*$", "", name): status for name, status in tests.items() if status != "pass"}
    assert wrong == {
        "accepted_values_newsmill_dead_letters_code": "warn",
        "accepted_values_newsmill_feed_state_status": "fail",
        "relationships_newsmill_replays_letter_id": "fail",
    }
    load(str(news_lake), f"duckdb:///{database}")  # a load does not mind the models of dbt


@pytest.mark.slow(seconds=40)
def test_it_runs_on_postgres(news_lake: Path, tmp_path: Path, postgres: PostgresServer) -> None:
    to, project = postgres.new_schema(), tmp_path / "dbt"
    load(str(news_lake), to, children=True)
    schema = str(parse_postgres_url(to).schema)
    write_project(str(project), project_files("postgres", schema=schema))
    profile = project / "profiles.yml"
    profile.write_text(profile.read_text().replace("schema: analytics", f"schema: analytics_{schema}"))
    where = {"PGHOST": str(postgres.directory), "PGPORT": str(postgres.port), "PGUSER": USER, "PGDATABASE": "postgres"}
    check_statuses(run_dbt(project, "build", **where))
    check_models(lambda query: postgres.query(query.replace("analytics.", f"analytics_{schema}."), to))
    load(str(news_lake), to)  # a load does not mind the models of dbt


def check_statuses(found: dict[str, str]) -> None:
    """Every model was made, and every test passed."""
    counts = Counter(found.values())
    assert {*counts} == {"success", "pass"}, found
    assert counts["success"] == len(TABLES) + len(FLATTENED) + 3
    assert counts["pass"] > 150


def check_models(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """Compare the models with the lake that make_news_lake makes."""
    newest = ask("SELECT count(DISTINCT article_id) FROM articles")
    assert newest > [(60,)]
    assert ask("SELECT count(*) FROM analytics.articles_latest") == newest
    assert ask(f"SELECT count(*) FROM {LATEST} JOIN analytics.articles_latest USING (row_id)") == newest
    held = f"SELECT count(*) FROM article_mentions WHERE row_id IN (SELECT row_id FROM {LATEST})"
    assert ask("SELECT count(*) FROM analytics.entity_mentions") == ask(held) > [(200,)]
    with_topics = f"SELECT count(*) FROM {LATEST} WHERE row_id IN (SELECT row_id FROM article_topics)"
    assert ask("SELECT CAST(sum(first_topic_count) AS BIGINT) FROM analytics.topics_by_day") == ask(with_topics)
    undated = "SELECT article_count FROM analytics.topics_by_day WHERE published_date IS NULL AND label = 'health'"
    assert ask(undated) == [(2,)]


def models(made: dict[str, str]) -> list[tuple[str, str]]:
    """The models as SQL: dbt's words replaced by names."""
    sql = {path: text for path, text in made.items() if path.startswith("models/") and path.endswith(".sql")}
    return [(path, re.sub(r"\{\{ \w+\((?:'newsmill', )?'(\w+)'\) \}\}", r"\1", text)) for path, text in sql.items()]


@pytest.mark.parametrize("dialect", SCHEMAS)
def test_models_parse_in_every_dialect(dialect: str) -> None:
    made = project_files(dialect)
    assert f"type: {dialect}" in made["profiles.yml"]
    assert f"newsmill_schema: {SCHEMAS[dialect]}" in made["dbt_project.yml"]
    assert re.search(r"set before: \w+(?:, \w+)*\.\n", made["README.md"])
    for path, text in models(made):
        assert "{" not in text, path
        (parsed,) = sqlglot.parse(text, dialect=dialect)
        assert parsed is not None, path


def test_every_table_and_column_is_described() -> None:
    text = project_files("snowflake")["models/staging/sources.yml"]
    for name, schema in SCHEMAS_BY_NAME.items():
        assert f"      - name: {name}\n" in text
        assert all(description(field) for field in schema)
    assert "{%" not in text
    assert text.count("{{") == 1
    assert '          - name: START\n            description: "Offset of the first' in text
    assert "            quote: true\n" in text


def test_some_tables_alone() -> None:
    made = project_files("duckdb", tables=("replays", "dead_letters"), schema="lake")
    assert sorted(made) == [
        "README.md", "dbt_project.yml", "models/staging/sources.yml", "models/staging/stg_dead_letters.sql",
        "models/staging/stg_replays.sql", "profiles.yml", "tests/generic/unique_together.sql",
    ]  # fmt: skip
    assert "newsmill_schema: lake" in made["dbt_project.yml"]
    sources = made["models/staging/sources.yml"]
    assert "source('newsmill', 'dead_letters')" in sources
    assert "'articles'" not in sources


def test_profiles_are_there_for_the_dialects_that_dbt_has() -> None:
    assert {*SCHEMAS} < {*DIALECTS}
    with pytest.raises(UsageError, match="sqlite"):
        project_files("sqlite")
    with pytest.raises(UsageError, match="'articels': choose from articles"):
        project_files("duckdb", tables=("articels",))


def test_listed_values_are_those_that_are_written() -> None:
    found = {
        (name, field.name): listed_values(description(field))
        for name, schema in SCHEMAS_BY_NAME.items()
        for field in schema
    }
    listed = {column: values for column, values in found.items() if values}
    assert listed["feed_state", "status"] == list(STATUSES)
    assert sorted(listed["fetch_log", "purpose"]) == sorted(PURPOSES)
    assert listed["articles", "date_published_source"] == [
        "json_ld", "meta", "time", "byline", "url", "feed", "feed_updated", "text",
    ]  # fmt: skip
    assert listed["fetch_log", "robots"] == ["allowed", "absent", "ignored"]
    assert ("articles", "not_run") not in listed
    assert len(listed) >= 13


def test_files_of_others_stay(tmp_path: Path) -> None:
    directory = str(tmp_path / "dbt")
    made = {"a.yml": "1", "b/c.sql": "2"}
    assert write_project(directory, made) == ["a.yml", "b/c.sql"]
    assert write_project(directory, made) == []
    own = tmp_path / "dbt" / "b" / "own.sql"
    own.write_text("select 1")
    (tmp_path / "dbt" / "a.yml").write_text("mine")
    with pytest.raises(UsageError, match=r"a\.yml with another text"):
        write_project(directory, made)
    assert write_project(directory, made, replace=True) == ["a.yml"]
    assert own.read_text() == "select 1"
    with pytest.raises(UsageError, match="is a file: name a directory"):
        write_project(str(own), made)


@pytest.mark.parametrize("text", ["yes", "null", "a: b", "- a", "#", "ü", "1", "it's", "a\nb", "x ", ""])
def test_strings_stay_strings_in_yaml(text: str) -> None:
    import yaml

    assert yaml.safe_load(to_yaml({"a": [text, {"b": text, "c": True}]})) == {"a": [text, {"b": text, "c": True}]}
