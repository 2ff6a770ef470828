"""Whatever is done to an output, verify names it; and it names nothing where nothing was done."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from schemas.errors import ExitCode
from schemas.tables import TABLES
from tests.support.commits import (
    DAY,
    article,
    commit_older,
    commit_rows,
    dead_letter,
    dropped,
    forge,
    live_paths,
    replay,
)
from tests.support.s3 import Bucket, store
from transforms.check.keys import id_bits, key_bits
from transforms.check.verify import Verification, check_lake, verify
from transforms.identity import digest
from transforms.lake import files
from transforms.lake.commit_steps import INTENT, intent_to_json
from transforms.lake.manifest import Manifest, manifest_from_json

__all__ = ["store"]

NAMED = "20260102T000000Z-abc"


def make_lake(output: Path | str) -> None:
    text = article(7, url=None, headline=None)
    rows = [*(article(n) for n in range(6)), text, dead_letter(1), dead_letter(2), dropped(1), replay(1)]
    commit_rows(output, "r1", rows)
    more = [article(2, text="The pier opens in May. " * 9, version=2), article(8, publisher_domain="site2.example")]
    commit_rows(output, NAMED, [*more, dead_letter(1)], by=("ingest_date", "publisher_domain"))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two runs; one article has no address, one has two versions, one letter was written by both runs."""
    make_lake(tmp_path / "lake")
    return tmp_path / "lake"


def kinds(output: Path, *, deep: bool = True) -> list[str]:
    return [problem.kind for problem in verify(str(output), deep=deep)]


def first(output: Path, table: str = "articles") -> Path:
    return next(path for path in live_paths(output, table) if "r1" in path.name)


def test_a_run_whose_name_only_looks_like_a_time_may_have_any_day(tmp_path: Path) -> None:
    commit_rows(tmp_path, "20261302T030405Z-harbour", [article(1)])
    assert kinds(tmp_path) == []


def test_nothing_is_found_where_nothing_was_done(lake: Path) -> None:
    commit_older(lake, "r0", [article(20)], without=("version", "version_id", "text_hash", "topics"))
    for deep in (True, False):
        checked = check_lake(str(lake), deep=deep)
        assert checked == Verification(
            problems=[],
            manifests=3,
            files=8,
            rows=dict.fromkeys(TABLES, 0) | {"articles": 10, "dead_letters": 3, "dropped": 1, "replays": 1},
            bytes=sum(path.stat().st_size for path in lake.rglob("*.parquet")),
        )
    assert verify(str(lake / "runs")) == [], "a directory without manifests promises nothing"


def delete_file(output: Path) -> None:
    first(output).unlink()


def flip_byte(output: Path) -> None:
    flip_at(first(output), 0)  # of the first magic word, which Parquet readers do not look at


def flip_at(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def add_row(output: Path) -> None:
    table = pq.read_table(first(output), partitioning=None)
    new = table.slice(0, 1).to_pylist()[0] | {"article_id": digest("by hand")}
    pq.write_table(pa.concat_tables([table, pa.Table.from_pylist([new], table.schema)]), first(output))


def copy_file(output: Path) -> None:
    (first(output).parent / "r1-00000-001.parquet").write_bytes(first(output).read_bytes())


def copy_file_to_other_partition(output: Path) -> None:
    other = output / "articles" / "ingest_date=2026-01-09" / "x.parquet"
    other.parent.mkdir()
    other.write_bytes(first(output).read_bytes())


def truncate_file(output: Path) -> None:
    first(output, "dead_letters").write_bytes(first(output, "dead_letters").read_bytes()[:-200])


def empty_file(output: Path) -> None:
    first(output).write_bytes(b"")


def corrupt_manifest(output: Path) -> None:
    path = output / "runs/r1/manifest-00000.json"
    path.write_bytes(path.read_bytes()[:-40])


def delete_manifest(output: Path) -> None:
    (output / "runs" / NAMED / "manifest-00000.json").unlink()


def copy_manifest(output: Path) -> None:
    path = output / "runs/r1/manifest-00000.json"
    (output / "runs/r1/manifest-00001.json").write_bytes(path.read_bytes())


def swap_files(output: Path) -> None:
    one, other = first(output), first(output, "dropped")
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


def leave_staged(output: Path) -> None:
    files.write_bytes(str(output / "_staging/r3-00000/x.staged"), b"x")


def interrupt_commit(output: Path) -> None:
    manifest = manifest_from_json((output / "runs/r1/manifest-00000.json").read_bytes())
    path = output / "articles" / "new.parquet"
    path.write_bytes(b"x")
    moved = dataclasses.replace(manifest.files[0], path="articles/new.parquet", staged="gone")
    begun = Manifest(run_id="r3", chunk=0, files=(moved,))
    files.write_bytes(str(output / "_staging/r3-00000" / INTENT), intent_to_json(begun))


def keep_removed(output: Path) -> None:
    path = first(output, "dropped")
    commit_rows(output, "r3", [], kind="compact", removes=(path.relative_to(output).as_posix(),))
    path.write_bytes(b"back again")


def write_twice(output: Path) -> None:
    commit_rows(output, "r3", [article(3), article(4)])


def write_letter_twice(output: Path) -> None:
    commit_rows(output, "r1", [dead_letter(2)], chunk=1)


def retract_but_keep(output: Path) -> None:
    again = dropped(5, article_id=article(1).article_id, reason="retract.taken_down")
    rows = [dropped(6, duplicate_of=article(1).article_id), again]
    commit_rows(output, "r3", rows, kind="retract", retracted=(article(1).article_id,))


@pytest.mark.parametrize(
    ("damage", "deep", "quick"),
    [
        (delete_file, ["missing"], ["missing"]),
        (flip_byte, ["checksum"], []),
        (add_row, ["article_id", "order", "rows", "size", "version_id"], ["rows", "size"]),
        (copy_file, ["stray"], ["stray"]),
        (copy_file_to_other_partition, ["stray"], ["stray"]),
        (truncate_file, ["size", "unreadable"], ["size", "unreadable"]),
        (empty_file, ["size", "unreadable"], ["size", "unreadable"]),
        (corrupt_manifest, [*["stray"] * 4, "corrupt_manifest"], [*["stray"] * 4, "corrupt_manifest"]),
        (delete_manifest, ["stray"] * 3, ["stray"] * 3),
        (copy_manifest, ["misplaced_manifest"], ["misplaced_manifest"]),
        (
            swap_files,
            ["rows", "schema", "size", "unreadable", "rows", "schema", "size", "unreadable"],
            ["rows", "schema", "size", "rows", "schema", "size"],
        ),
        (leave_staged, ["staged"], ["staged"]),
        (interrupt_commit, ["interrupted"], ["interrupted"]),
        (keep_removed, ["not_removed"], ["not_removed"]),
        (write_twice, ["duplicate"] * 2, []),
        (write_letter_twice, ["duplicate"], []),
        (retract_but_keep, ["retracted", "retracted"], []),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_damage_is_named(lake: Path, damage: Callable[[Path], None], deep: list[str], quick: list[str]) -> None:
    damage(lake)
    found = verify(str(lake))
    assert [problem.kind for problem in found] == deep, found
    assert kinds(lake, deep=False) == quick
    assert all(problem.message and problem.path for problem in found)


def test_any_flipped_byte_is_found(lake: Path) -> None:
    path = first(lake, "dropped")
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 12)):
        data = bytearray(whole)
        data[at] ^= 0x10
        path.write_bytes(data)
        assert "checksum" in kinds(lake), at


FORGED: list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]], list[str]]] = [
    ("articles", lambda row: row | {"text": row["text"] + " Not so."}, ["content_hash"]),
    ("articles", lambda row: row | {"headline": "Other"}, ["content_hash"]),
    ("articles", lambda row: row | {"url_canonical": "https://other.example/"}, ["article_id"]),
    ("articles", lambda row: row | {"url_canonical": None}, ["article_id"]),
    ("articles", lambda row: row | {"version_id": digest("x")}, ["version_id"]),
    ("articles", lambda row: row | {"id_scheme": "url9"}, ["id_scheme"]),
    ("articles", lambda row: row | {"version": 0}, ["version"]),
    ("articles", lambda row: row | {"article_id": "short"}, ["article_id", "order", "version_id"]),
    ("articles", lambda row: row | {"run_id": "20260103T000000Z-abc"}, ["partition"]),
    ("dead_letters", lambda row: row | {"run_id": "20251231T000000Z-abc"}, ["partition"]),
]


@pytest.mark.parametrize(("table", "change", "expected"), FORGED)
def test_rows_give_away_what_a_manifest_vouches_for(
    lake: Path, table: str, change: Callable[[dict[str, Any]], dict[str, Any]], expected: list[str]
) -> None:
    path = first(lake, table)
    stored = pq.read_table(path, partitioning=None)
    rows = stored.to_pylist()
    at = next(n for n, row in enumerate(rows) if row.get("url"))
    forge(lake, path, pa.Table.from_pylist([*rows[:at], change(rows[at]), *rows[at + 1 :]], stored.schema))
    assert kinds(lake) == expected
    assert kinds(lake, deep=False) == []


def test_many_faults_of_a_kind_are_one_line(lake: Path) -> None:
    path = first(lake)
    stored = pq.read_table(path, partitioning=None)
    rows = [row | {"headline": "Other"} for row in stored.to_pylist()]
    forge(lake, path, pa.Table.from_pylist(rows, stored.schema))
    found = {problem.kind: problem.message for problem in verify(str(lake))}
    assert found["content_hash"].endswith("(and 6 more rows)")


@pytest.mark.parametrize(
    ("values", "is_right"),
    [
        ({"publisher_domain": "site1.example"}, True),
        ({"publisher_domain": "other.example"}, False),
        ({"publisher_domain": None}, True),
        ({"published_date": date(2026, 5, 1)}, True),
        ({"published_date": date(2026, 5, 3)}, False),
        ({"in_language": "fi"}, True),
    ],
)
def test_partitions_hold_the_rows_that_belong_there(tmp_path: Path, values: dict[str, Any], is_right: bool) -> None:
    from datetime import UTC, datetime

    row = article(1, date_published=datetime(2026, 5, 1, 23, tzinfo=UTC), **values)
    commit_rows(tmp_path, "r1", [row], by=("ingest_date", next(iter(values))))
    assert kinds(tmp_path) == ([] if is_right else ["partition"])


def test_an_unknown_schema_and_a_changed_one_are_named(lake: Path) -> None:
    path = first(lake)
    forge(lake, path, pq.read_table(path, partitioning=None).drop_columns(["byline"]))
    assert [(it.kind, "byline" in it.message) for it in verify(str(lake))] == [("schema", True)]


def test_ids_become_bits_without_strings() -> None:
    ids = [digest(str(n)) for n in range(5)]
    column = pa.chunked_array([ids[:2], [], ids[2:]], pa.string())
    expected = [int(name[:16], 16) for name in ids]
    assert id_bits(column).tolist() == expected
    assert id_bits(column.slice(1, 3)).tolist() == expected[1:4]
    assert id_bits(pa.chunked_array([], pa.string())).tolist() == []
    for bad in (["x"], [None], ["z" * 32], ["ü" * 16 + "a" * 16]):
        with pytest.raises(ValueError, match=r"hex|Non-hexadecimal|ascii"):
            id_bits(pa.chunked_array([bad], pa.string()))


def test_keys_that_differ_have_other_bits() -> None:
    table = pa.table({"id": [digest("a")] * 3 + [digest("b")], "n": pa.array([1, 2, 1, 1], pa.int32())})
    bits = key_bits(table, ("id", "n"))
    assert len(np.unique(bits)) == 3
    assert bits[0] == bits[2]
    runs = pa.table({"id": [digest("a")] * 3, "n": ["r1", "r2", "r1"]})
    assert len(np.unique(key_bits(runs, ("id", "n")))) == 2


def test_a_store_is_verified_like_a_disk(store: Bucket) -> None:
    output = store.url("verify/lake [1]*?")
    make_lake(output)
    assert verify(output) == []
    key = next(name for name in store.keys("verify/") if "/dropped/" in name)
    data = bytearray(store.read(key))
    store.client.put_object(Bucket=store.bucket, Key=key.replace("r1", "r9"), Body=bytes(data))
    data[40] ^= 1
    store.client.put_object(Bucket=store.bucket, Key=key, Body=bytes(data))
    found = {(problem.kind, problem.path) for problem in verify(output)}
    base = f"dropped/ingest_date={DAY}"
    assert {("checksum", f"{base}/r1-00000-000.parquet"), ("stray", f"{base}/r9-00000-000.parquet")} <= found


def test_the_command_tells_what_it_checked(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--output", str(lake)]) == 0
    shown = capsys.readouterr().out
    assert "articles rows" in shown
    assert shown.endswith("all as promised\n")
    copy_file(lake)
    assert main(["verify", "--output", f"{lake}/", "--quick"]) == ExitCode.DIFFERENCES
    shown = capsys.readouterr().out
    assert "\nstray: articles/ingest_date=2026-01-02/r1-00000-001.parquet: no manifest" in shown
    assert shown.endswith("1 difference\n")
    assert main(["verify", "--output", str(lake / "none")]) == 2
    assert main(["verify", "--output", str(lake / "articles")]) == 2


@pytest.mark.parametrize("share", range(1, 20))
def test_a_flipped_byte_is_found_wherever_it_is(lake: Path, share: int) -> None:
    path = first(lake)
    flip_at(path, path.stat().st_size * share // 20)
    assert "checksum" in {problem.kind for problem in verify(str(lake))}
