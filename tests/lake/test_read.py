"""Reading by manifest: what is committed and nothing else, with today's columns and types."""

from datetime import date
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from schemas.articles import Article
from schemas.errors import CorruptManifest
from schemas.record import arrow_schema
from schemas.tables import TABLES
from tests.support.commits import DAY, NEWER_TEXT, article, commit_mixed, commit_rows, live_paths
from tests.support.s3 import Bucket, store
from transforms.identity import digest
from transforms.lake.read import open_table

__all__ = ["store"]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three runs, one with other partitions, one of an older schema, in a directory with an awkward name."""
    return commit_mixed(tmp_path / "la[k]e's *")


def test_a_table_has_the_columns_and_types_of_its_record(lake: Path) -> None:
    for name, table in TABLES.items():
        found = open_table(str(lake), name).to_table()
        assert found.schema.equals(table.schema), name
        assert found.num_rows == {"articles": 12, "dead_letters": 1, "dropped": 1, "replays": 1}.get(name, 0)
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
    assert (rows["Pier vote 1"]["version"], rows["Pier vote 1"]["text"]) == (2, NEWER_TEXT)
    # Back to the first text is a third version, whose version_id is that of the first.
    commit_rows(lake, "r4", [article(1, version=3)])
    again = open_table(str(lake), latest=True).to_table(filter=ds.field("article_id") == article(1).article_id)
    assert again.column("version").to_pylist() == [3]


def test_strays_are_passed_over(lake: Path) -> None:
    path = live_paths(lake, "articles")[0]
    (path.parent / "copy.parquet").write_bytes(path.read_bytes())
    assert open_table(str(lake)).to_table().num_rows == 12


def test_an_output_without_rows_has_empty_tables(tmp_path: Path) -> None:
    assert open_table(str(tmp_path)).to_table().num_rows == 0
    assert open_table(str(tmp_path), latest=True).schema.equals(arrow_schema(Article))


def test_what_cannot_be_opened_is_said(lake: Path) -> None:
    with pytest.raises(ValueError, match="choose from articles, dead_letters"):
        open_table(str(lake), "nonsense")
    with pytest.raises(ValueError, match="only articles have versions"):
        open_table(str(lake), "dropped", latest=True)
    for damaged in (b"{", b"", b"[]", b"\xff", b"[" * 100_000, b'{"manifest_version": 1}'):
        (lake / "runs/r1/manifest-00000.json").write_bytes(damaged)
        with pytest.raises(CorruptManifest, match="r1/manifest-00000"):
            open_table(str(lake))


def test_a_store_is_read_column_by_column(store: Bucket) -> None:
    output = store.url("read/lake [1]*?")
    commit_rows(output, "r1", [article(n) for n in range(4)])
    commit_rows(output, "r2", [article(1, text=NEWER_TEXT, version=2)])
    found = open_table(output)
    assert found.schema.equals(arrow_schema(Article))
    assert found.to_table(columns=["article_id", "ingest_date"]).column(1).to_pylist() == [DAY] * 5
    assert found.count_rows() == 5
    assert open_table(output, latest=True).count_rows() == 4


def test_ids_are_what_they_are() -> None:
    assert article(1).version_id == digest(article(1).article_id, article(1).content_hash)
