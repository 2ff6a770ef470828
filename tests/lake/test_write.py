"""The lake: real Parquet, read back by DuckDB, pyarrow and polars; staged, moved, manifest last."""

import dataclasses
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import duckdb
import polars
import pyarrow.dataset as ds
import pytest

from schemas.articles import Article, Entity, Mention
from schemas.tables import ARTICLES
from tests.support.collect import collect
from tests.support.samples import make_article
from transforms.lake.commits import Commit, commit_files
from transforms.lake.manifest import DataFile, manifest_from_json
from transforms.lake.partitions import (
    NULL,
    fold_overflow,
    most_frequent,
    parse_partition,
    partition_path,
    partition_types,
    partition_value,
)
from transforms.lake.stage import encode_table
from transforms.lake.write import CommitFiles, StageTable

DAY = date(2026, 1, 2)


class Written(NamedTuple):
    manifests: beam.PCollection[Any]


class Write(beam.PTransform[Any, Written]):
    def __init__(self, commit: Commit, by: tuple[str, ...]) -> None:
        super().__init__()
        self._commit = commit
        self._by = by

    def expand(self, rows: Any) -> Written:
        stage = StageTable(ARTICLES, commit=self._commit, partition_by=self._by)
        return Written(rows | stage | CommitFiles(self._commit))


def article(n: int, **changes: Any) -> Article:
    entity = Entity(name="Bay", type="LOC", count=1, first=0, mentions=(Mention(text="Bay", start=0, end=3),))
    return make_article(url=f"https://site{n % 3}.example/{n}", headline=f"Headline {n}", entities=(entity,), **changes)


def commit_to(path: Path, **changes: Any) -> Commit:
    return Commit(output=str(path), run_id="run1", ingest_date=DAY, **changes)


@pytest.mark.parametrize("options", [(), ("--direct_runner_bundle_repeat=2",)], ids=["once", "replayed"])
def test_rows_come_back_through_every_reader(tmp_path: Path, options: tuple[str, ...]) -> None:
    rows = [article(n) for n in range(20)]
    commit = commit_to(tmp_path, shards=2)
    collect(rows, Write(commit, ("ingest_date",)), options=options)
    manifest = manifest_from_json((tmp_path / "runs/run1/manifest-00000.json").read_bytes())
    assert manifest.rows("articles") == 20
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["articles", "runs"], "no staged file is left"
    for file in manifest.files:
        data = (tmp_path / file.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert len(data) == file.bytes
    headlines = sorted(row.headline or "" for row in rows)
    glob = f"{tmp_path}/articles/**/*.parquet"
    columns = "headline, entities[1].mentions[1].text, ingest_date"
    found = duckdb.sql(f"select {columns} from read_parquet('{glob}', hive_partitioning=true)").fetchall()
    assert sorted(name for name, _, _ in found) == headlines
    assert {(mention, day) for _, mention, day in found} == {("Bay", DAY)}
    table = ds.dataset(tmp_path / "articles", partitioning="hive").to_table()
    assert sorted(table.column("headline").to_pylist()) == headlines
    assert table.column("ingest_date").to_pylist()[0] == DAY.isoformat()
    frame = polars.read_parquet(glob, hive_partitioning=True)
    assert sorted(frame["headline"].to_list()) == headlines


def test_partitions_of_other_columns_are_bounded(tmp_path: Path) -> None:
    rows = [article(n) for n in range(9)] + [make_article(url="https://rare.example/1"), make_article(url=None)]
    rows = [dataclasses.replace(row, publisher_domain=(row.url or "//").split("/")[2] or None) for row in rows]
    collect(rows, Write(commit_to(tmp_path, max_partitions=3), ("ingest_date", "publisher_domain")))
    names = sorted(path.name for path in (tmp_path / "articles/ingest_date=2026-01-02").iterdir())
    assert names == [f"publisher_domain={name}" for name in (NULL, "site0.example", "site1.example", "site2.example")]
    table = ds.dataset(tmp_path / "articles", partitioning="hive").to_table()
    assert table.num_rows == 11
    assert table.column("publisher_domain").null_count == 2


@pytest.mark.parametrize("by", [("ingest_date",), ("ingest_date", "in_language")])
def test_a_window_without_rows_leaves_no_manifest_but_a_run_can(tmp_path: Path, by: tuple[str, ...]) -> None:
    collect([], Write(commit_to(tmp_path), by))
    assert not (tmp_path / "runs").exists()
    commit_files(commit_to(tmp_path), [])
    assert json.loads((tmp_path / "runs/run1/manifest-00000.json").read_text())["files"] == []


def test_same_rows_give_same_bytes_in_any_order() -> None:
    rows = [article(n) for n in range(30)]
    one = encode_table(rows, ARTICLES)
    other = encode_table(reversed(rows), ARTICLES)
    assert one == other
    assert one[1] == 30


def test_a_commit_may_be_repeated_and_completes_a_broken_one(tmp_path: Path) -> None:
    commit = commit_to(tmp_path)
    staged = []
    for n in range(2):
        path = tmp_path / "_staging" / "run1-00000" / f"{n}.staged"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        staged.append(
            DataFile(
                table="articles", path=f"articles/{n}.parquet", staged=str(path), rows=1, bytes=1, sha256="",
                schema_hash="",
            )
        )  # fmt: skip
    Path(staged[0].staged).replace(tmp_path / "moved")
    with pytest.raises(FileNotFoundError, match="went away"):
        commit_files(commit, staged)
    assert not (tmp_path / "runs").exists(), "a broken commit has no manifest"
    (tmp_path / "moved").replace(staged[0].staged)
    first = commit_files(commit, staged)
    assert commit_files(commit, staged) == first


def test_partition_values_are_safe_paths() -> None:
    for value in ("../../etc", "a/b", "a=b", "ü", "%", "a\x00b", "..", " "):
        shown = partition_value(value)
        assert "/" not in shown
        assert "\x00" not in shown
        assert parse_partition(f"t/x={shown}/f.parquet")["x"] == value
    assert partition_value("") == partition_value("x" * 300) == NULL
    assert partition_path(article(1), ["in_language", "published_date"]) == f"in_language=en/published_date={NULL}"


def test_columns_that_cannot_be_paths_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot partition Article by 'text'"):
        partition_types(Article, ["text"])
    with pytest.raises(ValueError, match="choose from"):
        partition_types(Article, ["nonsense"])
    with pytest.raises(ValueError, match="twice"):
        partition_types(Article, ["in_language", "in_language"])


def test_overflow_keeps_the_most_frequent_and_breaks_ties_by_name() -> None:
    kept = most_frequent({"a=1": 1, "a=2": 5, "a=3": 1}, 2)
    assert kept == {"a=2", "a=1"}
    assert fold_overflow("ingest_date=d/a=3", kept, ["ingest_date", "a"]) == f"ingest_date=d/a={NULL}"
