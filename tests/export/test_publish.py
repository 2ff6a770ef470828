"""Published tables hold what the lake holds, after each commit, and whatever was interrupted."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyiceberg.catalog.sql import SqlCatalog

from schemas.errors import UsageError
from schemas.tables import ARTICLES, TABLES, Table
from tests.export.published import READERS, check_published, counted, read_delta, read_iceberg
from tests.support.commits import BEFORE_SCHEMA_4, article, commit_older, commit_rows, dead_letter
from tests.support.histories import History, Step, histories
from transforms.check.verify import verify
from transforms.export.publish.columns import published_schema
from transforms.export.publish.delta import APP_ID, DeltaTarget
from transforms.export.publish.iceberg import IcebergTarget, open_catalog
from transforms.export.publish.publish import Publisher, publish, published_formats
from transforms.export.publish.statistics import counted_columns
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files
from transforms.lake.read import open_table
from transforms.takedown.retract import retract

BOTH = ("delta", "iceberg")


class Killed(BaseException):
    """What ends a publication in the middle."""


@pytest.mark.slow(25)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=histories(st.sampled_from(["", "publish", "kill"]), (("compact",), "publish"), max_size=6), at=st.data())
def test_tables_equal_the_lake(
    steps: list[tuple[Step, str]], at: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Random histories: published at random moments, some of them killed at a random one of their writes."""
    history = History(tmp_path_factory.mktemp("lake"))
    for action in history.play(steps):
        if action == "kill":
            with pytest.MonkeyPatch.context() as patch:
                kill_after(patch, at.draw(st.integers(0, 14)))
                try:
                    publish(history.lake, BOTH)
                except Killed:
                    continue
        publish(history.lake, BOTH)
        check_published(history.lake)
        assert not any(one.versions for one in publish(history.lake, BOTH)), "a repeat does nothing"
    assert verify(history.lake, deep=False) == []


def kill_after(patch: pytest.MonkeyPatch, writes: int) -> None:
    """End the publication before or after one of its writes."""
    left = [writes]

    def counting(method: Any) -> Any:
        def run(*args: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            result = method(*args)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return result

        return run

    for target in (DeltaTarget, IcebergTarget):
        for name in ("create", "evolve", "commit"):
            patch.setattr(target, name, counting(getattr(target, name)))
    # By then, what the snapshot is made of is written.
    patch.setattr(SqlCatalog, "commit_table", counting(SqlCatalog.commit_table))


def test_each_commit_is_a_version(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    publisher = Publisher(lake, BOTH)
    rows_at: dict[int, Any] = {}
    for number in range(3):
        commit_rows(tmp_path, f"r{number}", [article(number), dead_letter(number)], day=date(2026, 1, 2 + number))
        publisher.publish()
        rows_at[number + 1] = counted(open_table(lake).to_table(), "articles")
    retract(lake, [str(article(1).url)], run_id="t")
    publisher.publish()
    rows_at[4] = counted(open_table(lake).to_table(), "articles")
    assert rows_at[4].total() == 2
    # All but the versions that list the file that was taken down can still be read.
    from deltalake import DeltaTable

    delta = DeltaTable(str(tmp_path / "articles"))
    sequences = {info["version"]: info["newsmill.commit_sequence"] for info in delta.history()}
    assert sequences == {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}
    table = open_catalog(lake, None).load_table("newsmill.articles")
    snapshots = {int(found.summary["newsmill.commit_sequence"]): found.snapshot_id for found in table.snapshots()}
    assert sorted(snapshots) == [1, 2, 3, 4]
    for sequence in (1, 4):
        delta.load_as_version(sequence)
        assert counted(delta.to_pyarrow_table(), "articles") == rows_at[sequence]
        assert counted(table.scan(snapshot_id=snapshots[sequence]).to_arrow(), "articles") == rows_at[sequence]


@pytest.mark.parametrize("form", BOTH)
def test_a_late_publication_lists_no_file_that_is_gone(form: str, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    for number in range(3):
        commit_rows(tmp_path, f"r{number}", [article(number)])
    compact(lake, run_id="c", before=date(2027, 1, 1))
    commit_rows(tmp_path, "r9", [article(9)])
    done = {one.table: one for one in publish(lake, [form])}
    assert (done["articles"].versions, done["articles"].added, done["articles"].removed) == (2, 2, 0)
    assert done["articles"].sequence == 5
    check_published(lake, {form: READERS[form]})


def test_readers_skip_files_by_day(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    for number in range(4):
        commit_rows(tmp_path, f"r{number}", [article(number)], day=date(2026, 1, 2 + number))
    publish(lake, BOTH)
    from deltalake import DeltaTable

    delta = DeltaTable(str(tmp_path / "articles"))
    assert len(delta.file_uris()) == 4
    assert len(delta.file_uris([("ingest_date", "=", "2026-01-03")])) == 1
    scan = open_catalog(lake, None).load_table("newsmill.articles").scan
    assert len(list(scan().plan_files())) == 4
    assert len(list(scan("ingest_date = '2026-01-03'").plan_files())) == 1
    import polars as pl

    by_directory = pl.scan_iceberg(str(tmp_path / "_iceberg/articles"))  # without a catalog
    assert by_directory.filter(pl.col("ingest_date") == date(2026, 1, 3)).collect().height == 1
    assert scan("ingest_date = '2026-01-03'").to_arrow().column("headline").to_pylist() == ["Pier vote 1"]
    assert len(list(scan("ingest_date > '2026-01-03' and version = 1").plan_files())) == 2
    assert len(list(scan("version > 1").plan_files())) == 0, "by the bounds of a column"


def test_other_partition_columns(tmp_path: Path) -> None:
    """Iceberg has a partition spec for each set of columns; Delta refuses a second set."""
    lake = Lake(str(tmp_path))
    rows = [article(n, publisher_domain=domain) for n, domain in enumerate(["2024", "a/b ü.example", None])]
    by = ("publisher_domain", "ingest_date")
    commit_rows(tmp_path, "r1", rows, by=by)
    publish(lake, BOTH)
    check_published(lake)
    commit_rows(tmp_path, "r2", [article(5, publisher_domain="b.example"), article(6, in_language="de")])
    commit_rows(tmp_path, "r3", [article(7)], by=("in_language",), day=date(2026, 1, 4))
    retract(lake, [str(article(1).url), str(article(5).url)], run_id="t")
    commit_rows(tmp_path, "r4", [article(8)], by=by)
    publish(lake, ["iceberg"])
    assert counted(read_iceberg(lake, "articles"), "articles") == counted(open_table(lake).to_table(), "articles")
    table = open_catalog(lake, None).load_table("newsmill.articles")
    specs = {frozenset(field.name for field in spec.fields) for spec in table.specs().values()}
    assert specs >= {frozenset(by), frozenset(["ingest_date"]), frozenset(["in_language"])}
    assert len(list(table.scan("publisher_domain = '2024'").plan_files())) < len(list(table.scan().plan_files()))
    with pytest.raises(UsageError, match="partitioned by publisher_domain, ingest_date, but the lake has files by in_"):
        publish(lake, ["delta"])
    shutil.rmtree(tmp_path / "articles/_delta_log")
    with pytest.raises(UsageError, match="as a Delta table is partitioned by in_language, but the lake has files by"):
        publish(lake, ["delta"])
    assert not (tmp_path / "articles/_delta_log").exists()


def test_a_table_without_rows_takes_other_partition_columns(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    publish(lake, ["delta"])
    commit_rows(tmp_path, "r1", [article(1), article(2)], by=("publisher_domain", "ingest_date"))
    publish(lake, ["delta"])
    check_published(lake, {"delta": read_delta})


@pytest.mark.parametrize("is_first", [True, False])
def test_rows_of_an_older_schema(is_first: bool, tmp_path: Path) -> None:
    """A column that a file lacks is null there; the table has all columns of the present records."""
    lake = Lake(str(tmp_path))
    without = ("version", "archive_file", "topics", *BEFORE_SCHEMA_4)
    if is_first:
        commit_older(tmp_path, "r0", [article(10)], without=without)
        publish(lake, BOTH)
    commit_rows(tmp_path, "r1", [article(1)])
    publish(lake, BOTH)
    if not is_first:
        commit_older(tmp_path, "r2", [article(10)], without=without)
        publish(lake, BOTH)
    wanted = {row["article_id"]: row for row in open_table(lake).to_table().to_pylist()}
    for form, read in READERS.items():
        rows = {row["article_id"]: row for row in read(lake, "articles").to_pylist()}
        assert rows.keys() == wanted.keys()
        for key, row in rows.items():
            for name, value in row.items():
                expected = wanted[key][name]
                is_filled = name in without and key == article(10).article_id
                assert value == (None if is_filled else expected), (form, name)


@pytest.mark.parametrize("without", [("version", "text_blocks"), ("authors.type", "authors.role")])
def test_columns_are_added(without: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that an older newsmill published gets the columns of this one, nested ones too; ids stay."""
    import transforms.export.publish.publish as module
    from tests.support.commits import older_field

    lake = Lake(str(tmp_path))
    commit_older(tmp_path, "r0", [article(10, authors=article(10).authors)], without=without)

    def cut(schema: pa.Schema, table: Table) -> pa.Schema:
        left = [older_field(field, without) for field in schema if field.name not in without]
        return pa.schema(left) if table is ARTICLES else schema

    with monkeypatch.context() as patch:
        patch.setattr(
            module,
            "published_schema",
            lambda table, files, manifests: cut(published_schema(table, files, manifests), table),
        )
        publish(lake, BOTH)
    before = open_catalog(lake, None).load_table("newsmill.articles").schema()
    commit_rows(tmp_path, "r1", [article(1)])
    publish(lake, BOTH)
    after = open_catalog(lake, None).load_table("newsmill.articles")
    ids = {name: before.find_field(name).field_id for name in before.column_names}
    present = after.schema()
    assert ids.items() <= {name: present.find_field(name).field_id for name in present.column_names}.items()
    mapped = json.loads(after.properties["schema.name-mapping.default"])
    assert {field["names"][0]: field["field-id"] for field in mapped}.items() >= {
        name: number for name, number in ids.items() if "." not in name
    }.items()  # fmt: skip
    wanted = {row["article_id"]: row for row in open_table(lake).to_table().to_pylist()}
    for read in READERS.values():
        for row in read(lake, "articles").to_pylist():
            assert row["authors"] == wanted[row["article_id"]]["authors"]
            assert row["text_blocks"] == wanted[row["article_id"]]["text_blocks"]


def test_columns_are_described(tmp_path: Path) -> None:
    """Names, types, descriptions and what may be null are those of the records, in columns of structs too."""
    lake = Lake(str(tmp_path))
    commit_rows(tmp_path, "r1", [article(1)])
    publish(lake, BOTH)
    from deltalake import DeltaTable

    for name, table in TABLES.items():
        stored = json.loads(DeltaTable(str(tmp_path / name)).schema().to_json())["fields"]
        assert [(field["name"], field["nullable"]) for field in stored] == [
            (field.name, field.nullable) for field in table.schema
        ]
        assert [field["metadata"]["comment"] for field in stored] == [
            field.metadata[b"description"].decode() for field in table.schema
        ]
        iceberg = open_catalog(lake, None).load_table(f"newsmill.{name}").schema()
        for field in table.schema:
            found = iceberg.find_field(field.name)
            assert found.doc == field.metadata[b"description"].decode()
            assert found.required == (not field.nullable and field.name != "ingest_date")
    inner = {field["name"]: field for field in stored_fields(tmp_path)["entities"]["type"]["elementType"]["fields"]}
    described = ARTICLES.schema.field("entities").type.value_type
    assert inner["name"]["metadata"]["comment"] == described.field("name").metadata[b"description"].decode()
    assert not inner["name"]["nullable"]


def stored_fields(output: Path) -> dict[str, Any]:
    from deltalake import DeltaTable

    fields = json.loads(DeltaTable(str(output / "articles")).schema().to_json())["fields"]
    return {field["name"]: field for field in fields}


def test_logs_hold_nothing_of_an_article(tmp_path: Path) -> None:
    """Statistics are of numbers, days and instants alone: what is published stays after a takedown."""
    safe = {"int32", "int64", "double", "date32[day]", "timestamp[us, tz=UTC]"}
    for table in TABLES.values():
        columns = counted_columns(table)
        assert {str(table.schema.field(name).type) for name in columns} <= safe
    lake = Lake(str(tmp_path))
    commit_rows(tmp_path, "r1", [article(1, headline="Secret pier", text="Secret words. " * 20), dead_letter(1)])
    publish(lake, BOTH)
    retract(lake, [str(article(1).url)], run_id="t")
    publish(lake, BOTH)
    assert read_delta(lake, "articles").num_rows == read_iceberg(lake, "articles").num_rows == 0
    logs = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and ("_delta_log" in path.parts or "_iceberg" in path.parts)
    ]
    assert len(logs) > 10
    for path in logs:
        assert b"Secret" not in path.read_bytes() and b"site1.example" not in path.read_bytes(), path


def test_altered_tables_are_refused(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    commit_rows(tmp_path, "r1", [article(1)])
    publish(lake, BOTH)
    from deltalake import DeltaTable

    DeltaTable(str(tmp_path / "articles")).delete()
    with pytest.raises(UsageError, match=r"altered by another writer: articles/ingest_date=2026-01-02/r1.* is not"):
        publish(lake, ["delta"])
    table = open_catalog(lake, None).load_table("newsmill.articles")
    table.delete("version = 1")
    with pytest.raises(UsageError, match="was altered by another writer, snapshot"):
        publish(lake, ["iceberg"])


def test_an_older_lake_is_refused(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    commit_rows(tmp_path, "r1", [article(1)])
    commit_rows(tmp_path, "r2", [article(2)])
    publish(lake, BOTH)
    (tmp_path / "runs/r2/manifest-00000.json").unlink()
    for form in BOTH:
        with pytest.raises(UsageError, match=r"holds commit 2, but the last of .* is 1: an older copy"):
            publish(lake, [form])


def test_a_moved_lake_is_refused(tmp_path: Path) -> None:
    first = Lake(str(tmp_path / "one"))
    commit_rows(first.output, "r1", [article(1)])
    publish(first, BOTH)
    (tmp_path / "one").rename(tmp_path / "two")
    moved = Lake(str(tmp_path / "two"))
    publish(moved, ["delta"])
    check_published(moved, {"delta": read_delta})
    with pytest.raises(UsageError, match="the lake was moved"):
        publish(moved, ["iceberg"])


def test_names_of_directories(tmp_path: Path) -> None:
    for name in ("lä ke", "100% news", "semi;x=1"):
        lake = Lake(str(tmp_path / name))
        commit_rows(lake.output, "r1", [article(1)])
        publish(lake, BOTH)
        commit_rows(lake.output, "r2", [article(2)])
        publish(lake, BOTH)
        check_published(lake)
    odd = Lake(str(tmp_path / "what?"))
    commit_rows(odd.output, "r1", [article(1)])
    publish(odd, ["delta"])
    with pytest.raises(UsageError, match=r"what\?: Iceberg's libraries read \? and # in a path"):
        publish(odd, ["iceberg"])
    assert not (tmp_path / "what").exists()


def test_old_snapshots_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.export.publish.iceberg.MOST_SNAPSHOTS", 10)
    lake = Lake(str(tmp_path))
    publisher = Publisher(lake, ["iceberg"], tables=["articles"])
    for number in range(13):
        commit_rows(tmp_path, f"r{number}", [article(number)])
        publisher.publish()
    assert len(open_catalog(lake, None).load_table("newsmill.articles").snapshots()) <= 11
    assert read_iceberg(lake, "articles").num_rows == 13
    assert len(list((tmp_path / "_iceberg/articles/metadata").glob("snap-*.avro"))) <= 11


def test_published_formats_are_found(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    commit_rows(tmp_path, "r1", [article(1)])
    assert published_formats(lake) == ()
    publish(lake, ["delta"])
    assert published_formats(lake) == ("delta",)
    publish(lake, ["iceberg"], tables=["articles"])
    assert published_formats(lake) == BOTH


def test_no_parquet_file_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of all Parquet files below a table reads rows alone, after many versions too."""
    import duckdb

    monkeypatch.setattr("transforms.export.publish.delta.COMPACT_EVERY", 10)
    lake = Lake(str(tmp_path))
    publisher = Publisher(lake, BOTH, tables=["articles"])
    for number in range(12):
        commit_rows(tmp_path, f"r{number:03d}", [article(number)])
        publisher.publish()
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.parquet")} == {
        file.path for file in live_files(lake.manifests())
    }
    assert [path.name for path in (tmp_path / "articles/_delta_log").glob("*.compacted.json")] == [
        "00000000000000000001.00000000000000000010.compacted.json"
    ]
    assert duckdb.sql(f"select count(*) from '{tmp_path}/articles/**/*.parquet'").fetchall() == [(12,)]
    check = {form: READERS[form] for form in BOTH}
    for form, read in check.items():
        assert read(lake, "articles").num_rows == 12, form
    import polars as pl

    assert pl.scan_delta(str(tmp_path / "articles")).select(pl.len()).collect().item() == 12
    from deltalake import DeltaTable

    assert DeltaTable(str(tmp_path / "articles")).transaction_version(APP_ID) == 12
