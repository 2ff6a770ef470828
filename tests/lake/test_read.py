"""Reading by manifest: what is committed and nothing else, with today's columns and types."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from pipeline.cli import main
from schemas.articles import Article
from schemas.errors import CorruptManifest
from schemas.record import arrow_schema
from schemas.tables import TABLES
from tests.lake.commits import DAY, article, commit_older, commit_rows, dead_letter, dropped, live_paths, replay
from tests.support.s3 import Store, store
from transforms.identity import digest
from transforms.lake.read import open_table, sql_type, view_sql

__all__ = ["store"]

NEWER = "The pier opens in May. " * 9


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three runs, one with other partitions, one of an older schema, in a directory with an awkward name."""
    output = tmp_path / "la[k]e's *"
    commit_rows(output, "r1", [article(n) for n in range(5)] + [dead_letter(1), dropped(1), replay(1)])
    rows = [article(n, publisher_domain="2024" if n % 2 else "a/b.example") for n in range(5, 9)]
    commit_rows(output, "r2", rows, by=("publisher_domain", "ingest_date"), day=date(2026, 1, 3))
    commit_rows(output, "r3", [article(1, text=NEWER, version=2), article(9, publisher_domain=None)], chunk=4)
    commit_older(output, "r0", [article(10)], without=("version", "archive_file", "topics"))
    return output


def query(output: Path, sql: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    connection.execute(view_sql(str(output)))
    return list(connection.execute(sql).fetchall())


def test_a_table_has_the_columns_and_types_of_its_record(lake: Path) -> None:
    for name, table in TABLES.items():
        found = open_table(str(lake), name).to_table()
        assert found.schema.equals(table.schema), name
        assert found.num_rows == {"articles": 12, "feed_state": 0, "fetch_log": 0}.get(name, 1)
        found.validate(full=True)
    rows = open_table(str(lake)).to_table().to_pylist()
    days = {row["headline"]: (row["ingest_date"], row["publisher_domain"]) for row in rows}
    assert days["Pier vote 5"] == (date(2026, 1, 3), "2024")
    assert days["Pier vote 6"] == (date(2026, 1, 3), "a/b.example")
    old = next(row for row in rows if row["headline"] == "Pier vote 10")
    assert (old["version"], old["archive_file"], old["topics"]) == (1, None, None)
    assert open_table(str(lake)).to_table(filter=ds.field("headline") == "none such").num_rows == 0
    filtered = open_table(str(lake)).to_table(columns=["headline"], filter=ds.field("publisher_domain") == "2024")
    assert sorted(filtered.column(0).to_pylist()) == ["Pier vote 5", "Pier vote 7"]


def test_the_latest_version_of_each_article(lake: Path) -> None:
    latest = open_table(str(lake), latest=True)
    rows = {row["headline"]: row for row in latest.to_table().to_pylist()}
    assert len(rows) == latest.to_table().num_rows == 11
    assert (rows["Pier vote 1"]["version"], rows["Pier vote 1"]["text"]) == (2, NEWER)
    columns = "article_id, version, ingest_date"
    by_sql = query(lake, f"select {columns} from articles_latest order by all")
    by_arrow = latest.to_table(columns=columns.split(", ")).to_pylist()
    assert by_sql == sorted(tuple(row.values()) for row in by_arrow)
    # Back to the first text is a third version, whose version_id is that of the first.
    commit_rows(lake, "r4", [article(1, version=3)])
    again = open_table(str(lake), latest=True).to_table(filter=ds.field("article_id") == article(1).article_id)
    assert again.column("version").to_pylist() == [3]


def test_strays_are_passed_over(lake: Path) -> None:
    path = live_paths(lake, "articles")[0]
    (path.parent / "copy.parquet").write_bytes(path.read_bytes())
    assert open_table(str(lake)).to_table().num_rows == 12
    assert query(lake, "select count(*) from articles") == [(12,)]


def test_views_say_the_same_as_the_datasets(lake: Path) -> None:
    for table in TABLES:
        names = [field.name for field in TABLES[table].schema if not pa.types.is_list(field.type)]
        columns = ", ".join(names)
        by_arrow = open_table(str(lake), table).to_table(columns=names).to_pylist()
        by_sql = query(lake, f"select {columns} from {table}")
        assert sorted(map(repr, by_sql)) == sorted(repr(tuple(row.values())) for row in by_arrow)
    assert query(lake, "select topics, version from articles where headline = 'Pier vote 10'") == [([], 1)]


def test_an_output_without_rows_has_empty_tables(tmp_path: Path) -> None:
    assert open_table(str(tmp_path)).to_table().num_rows == 0
    assert open_table(str(tmp_path), latest=True).schema.equals(arrow_schema(Article))
    for view in (*TABLES, "articles_latest"):
        assert query(tmp_path, f"select * from {view}") == []
    described = {row[0]: row[1] for row in query(tmp_path, "describe articles")}
    assert described["ingest_date"] == "DATE"
    assert described["date_published"] == "TIMESTAMP WITH TIME ZONE"
    assert str(described["entities"]).startswith("STRUCT(") and str(described["entities"]).endswith("[]")


def test_what_cannot_be_opened_is_said(lake: Path) -> None:
    with pytest.raises(ValueError, match="choose from articles, dead_letters"):
        open_table(str(lake), "nonsense")
    with pytest.raises(ValueError, match="only articles have versions"):
        open_table(str(lake), "dropped", latest=True)
    (lake / "runs/r1/manifest-00000.json").write_text("{")
    with pytest.raises(CorruptManifest, match="r1/manifest-00000"):
        open_table(str(lake))


def test_every_column_has_a_type_in_sql() -> None:
    for table in TABLES.values():
        for field in table.schema:
            assert sql_type(field.type)


def test_a_store_is_read_column_by_column(store: Store) -> None:
    output = store.url("read/lake [1]*?")
    commit_rows(output, "r1", [article(n) for n in range(4)])
    commit_rows(output, "r2", [article(1, text=NEWER, version=2)])
    found = open_table(output)
    assert found.schema.equals(arrow_schema(Article))
    assert found.to_table(columns=["article_id", "ingest_date"]).column(1).to_pylist() == [DAY] * 5
    assert found.count_rows() == 5
    assert open_table(output, latest=True).count_rows() == 4
    assert f"'{store.url('read/lake [[]1][*][?]/articles/ingest_date=2026-01-02/r1-00000-000.parquet')}'" in view_sql(
        output
    )


def test_the_command_prints_or_writes(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["views", "--output", str(lake)]) == 0
    assert capsys.readouterr().out == view_sql(str(lake))
    assert main(["views", "--output", str(lake) + "/", "--write"]) == 0
    assert capsys.readouterr().out.strip() == str(lake / "views.sql")
    assert (lake / "views.sql").read_text() == view_sql(str(lake))
    assert main(["views", "--output", str(lake / "nowhere")]) == 2
    assert "no directory" in capsys.readouterr().err
    (lake / "runs/r1/manifest-00000.json").write_text("{")
    assert main(["views", "--output", str(lake)]) == 1
    assert "restore it from a backup" in capsys.readouterr().err


def test_ids_are_what_they_are() -> None:
    assert article(1).version_id == digest(article(1).article_id, article(1).content_hash)
