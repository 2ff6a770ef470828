"""Views say what the datasets say, whatever files and schemas are behind them."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.cli import main
from schemas.tables import TABLES
from tests.support.commits import article, commit_mixed, commit_rows, live_paths
from tests.support.s3 import Bucket, store
from transforms.export.ddl import LATEST
from transforms.export.views import sql_type, view_sql
from transforms.lake.read import open_table

__all__ = ["store"]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three runs, one with other partitions, one of an older schema, in a directory with an awkward name."""
    return commit_mixed(tmp_path / "la[k]e's *")


def query(output: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.execute(view_sql(str(output)))
    return list(connection.execute(sql).fetchall())


def test_views_say_the_same_as_the_datasets(lake: Path) -> None:
    for view in (*TABLES, LATEST):
        table, is_latest = (TABLES["articles"], True) if view == LATEST else (TABLES[view], False)
        names = [field.name for field in table.schema if not pa.types.is_list(field.type)]
        by_arrow = open_table(str(lake), table.name, latest=is_latest).to_table(columns=names).to_pylist()
        columns = ", ".join(f'"{name}"' for name in names)
        by_sql = query(lake, f"select {columns} from {view}")
        assert by_sql or not by_arrow
        assert sorted(map(repr, by_sql)) == sorted(repr(tuple(row.values())) for row in by_arrow)
    assert query(lake, "select topics, version from articles where headline = 'Pier vote 10'") == [([], 1)]


def test_strays_are_passed_over(lake: Path) -> None:
    path = live_paths(lake, "articles")[0]
    (path.parent / "copy.parquet").write_bytes(path.read_bytes())
    assert query(lake, "select count(*) from articles") == [(12,)]


def test_an_output_without_rows_has_empty_views(tmp_path: Path) -> None:
    for view in (*TABLES, LATEST):
        assert query(tmp_path, f"select * from {view}") == []
    described = {row[0]: row[1] for row in query(tmp_path, "describe articles")}
    assert described["ingest_date"] == "DATE"
    assert described["date_published"] == "TIMESTAMP WITH TIME ZONE"
    assert str(described["entities"]).startswith("STRUCT(") and str(described["entities"]).endswith("[]")


def test_every_column_has_a_type_in_sql() -> None:
    for table in TABLES.values():
        for field in table.schema:
            assert sql_type(field.type)


def test_a_path_with_patterns_is_quoted(store: Bucket) -> None:
    output = store.url("read/lake [1]*?")
    commit_rows(output, "r1", [article(1)])
    name = "articles/ingest_date=2026-01-02/r1-00000-000.parquet"
    assert f"'{store.url(f'read/lake [[]1][*][?]/{name}')}'" in view_sql(output)


def test_the_command_prints_or_writes(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["views", "--output", str(lake)]) == 0
    assert capsys.readouterr().out == view_sql(str(lake))
    assert main(["views", "--output", str(lake) + "/", "--write"]) == 0
    assert capsys.readouterr().out.strip() == str(lake / "views.sql")
    assert (lake / "views.sql").read_text() == view_sql(str(lake))
    assert main(["views", "--output", str(lake / "nowhere")]) == 2
    assert "is not a directory" in capsys.readouterr().err
    (lake / "runs/r1/manifest-00000.json").write_text("{")
    assert main(["views", "--output", str(lake)]) == 1
    assert "restore it from a backup" in capsys.readouterr().err
