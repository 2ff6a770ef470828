"""A lake is asked by its methods: what is committed, what is new, and parts of files."""

import dataclasses
import pickle
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.errors import LockHeld
from tests.support.commits import article, commit_rows
from tests.support.s3 import Bucket, store
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files
from transforms.lake.objects import ObjectStore
from transforms.lake.read import open_table
from transforms.lake.store import BLOCK_BYTES
from transforms.lake.store_options import set_options

__all__ = ["store"]


def test_a_reader_with_a_cursor_sees_each_commit_once_in_order(tmp_path: Path) -> None:
    lake, cursor, seen = Lake(str(tmp_path)), 0, list[str]()
    assert lake.since(0) == []
    for name in ("c", "a", "b"):
        commit_rows(tmp_path, name, [article(1)])
        if name != "c":  # the reader is late once
            new = lake.since(cursor)
            seen += [manifest.run_id for manifest in new]
            cursor = new[-1].sequence
    assert seen == ["c", "a", "b"]
    assert lake.since(cursor) == []


def test_what_one_run_has_committed_since_one_looked(tmp_path: Path) -> None:
    lake, seen = Lake(str(tmp_path)), set[str]()
    assert lake.run("r", seen) == []
    for chunk in (1, 0):
        commit_rows(tmp_path, "r", [article(chunk)], chunk=chunk)
    commit_rows(tmp_path, "other", [article(3)])
    assert [manifest.chunk for manifest in lake.run("r", seen)] == [0, 1]
    assert lake.run("r", seen) == []


def test_live_files_are_opened_and_the_lock_is_held(tmp_path: Path) -> None:
    lake = pickle.loads(pickle.dumps(Lake(str(tmp_path / "new" / "lake"))))
    assert not lake.manifests()
    with lake.lock(), pytest.raises(LockHeld), lake.lock():
        pass
    commit_rows(lake.output, "r", [article(1), article(2)])
    (file,) = live_files(lake.manifests(), "articles")
    with lake.open(file) as source:
        assert pq.read_metadata(source).num_rows == file.rows == 2
    assert lake.manifests()
    assert live_files(lake.manifests(), "dropped") == []


def test_of_a_file_in_a_bucket_only_ranges_are_fetched(store: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table is read without a request for a whole file, and what is skipped is not fetched."""
    output = store.url("ranges")
    texts = [f"{n} {chr(97 + n % 26)}{n * 7919 % 10_007} " * 2_000 for n in range(40)]
    commit_rows(output, "r", [article(n, text=text[: 20_000 + n]) for n, text in enumerate(texts)])
    key = "articles/ingest_date=2026-01-02/large.parquet"
    (old,) = live_files(Lake(output).manifests(), "articles")
    data = Lake(output).store.read(old.path) + bytes(5 * BLOCK_BYTES)  # as large as files are
    Lake(output).store.write(key, data)
    fetched: list[int] = []
    whole: list[str] = []
    read_range, read = ObjectStore.read_range, ObjectStore.read

    def count_range(store: ObjectStore, name: str, start: int, length: int) -> bytes:
        fetched.append(length)
        return read_range(store, name, start, length)

    def count_whole(store: ObjectStore, name: str) -> bytes:
        whole.append(name)
        return read(store, name)

    monkeypatch.setattr(ObjectStore, "read_range", count_range)
    monkeypatch.setattr(ObjectStore, "read", count_whole)
    with Lake(output).open(dataclasses.replace(old, path=key, bytes=len(data))) as source:
        source.seek(len(data) - 8)
        assert source.read(4) == bytes(4)
    assert sum(fetched) <= BLOCK_BYTES < len(data)
    table = open_table(output).to_table(columns=["article_id", "headline"])
    assert len(table) == 40
    assert [name for name in whole if not name.startswith("runs/")] == []


def test_options_of_a_lake_go_before_those_of_the_process(store: Bucket) -> None:
    words = dict(word.removeprefix("--").split("=", 1) for word in store.options)
    lake = Lake(store.url("options"), words)
    set_options("--s3_endpoint_url=http://127.0.0.1:1")
    try:
        lake.store.write("a", b"1")
        assert pickle.loads(pickle.dumps(lake)).store.read("a") == b"1"
    finally:
        set_options(*store.options)
