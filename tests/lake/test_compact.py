"""A compaction changes the number of files and nothing else, whatever interrupts it."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from schemas.errors import CorruptTable
from schemas.tables import TABLES
from tests.support.commits import article, commit_older, commit_rows, dead_letter, dropped, forge, live_paths, replay
from tests.support.power_cuts import STEPS, PowerCut, cut_power
from tests.support.s3 import Bucket, store
from transforms.check.verify import verify
from transforms.export.views import view_sql
from transforms.lake import compact as compacting
from transforms.lake import files
from transforms.lake.compact import MergeResult, compact, plan_merges
from transforms.lake.lake import Lake
from transforms.lake.lock import hold_lock
from transforms.lake.read import open_table

__all__ = ["store"]

AFTER = date(2026, 2, 1)
SORTS = {"articles": ["article_id", "version"], "dead_letters": ["letter_id", "run_id"], "replays": ["letter_id"]}


def make_lake(output: Path) -> None:
    for run in range(4):
        rows: list[Any] = [article(n) for n in range(run * 10, run * 10 + 10)]
        rows += [article(1, text=f"The pier opens in May. {run}" * 9, version=run + 1)] if run else []
        commit_rows(output, f"r{run}", [*rows, dead_letter(run), dropped(run), replay(run)])
    commit_rows(output, "r5", [article(90), article(91)], day=date(2026, 1, 3))
    commit_rows(output, "r6", [article(92)], day=date(2026, 1, 3))
    commit_rows(output, "r7", [article(93, in_language="de")], by=("in_language",))
    commit_rows(output, "r8", [article(94, in_language="de")], by=("in_language",))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Four small files in each table of one day, two of the next, two without a day in their paths."""
    make_lake(tmp_path / "lake")
    return tmp_path / "lake"


def by_manifest(output: Path | str) -> dict[str, list[str]]:
    return {table: sorted(map(repr, open_table(str(output), table).to_table().to_pylist())) for table in TABLES}


def by_glob(output: Path) -> list[tuple[Any, ...]]:
    columns = "article_id, version, text, topics, run_id"
    found: list[tuple[Any, ...]] = duckdb.sql(
        f"select {columns} from read_parquet('{output}/articles/**/*.parquet', union_by_name=true) order by all"
    ).fetchall()
    return found


def by_view(output: Path) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.execute(view_sql(str(output)))
    return list(connection.execute("select * from articles order by article_id, version").fetchall())


def test_rows_stay_what_they_are(lake: Path) -> None:
    commit_older(lake, "r9", [article(95)], without=("version", "version_id", "topics"))
    before, globbed = by_view(lake), by_glob(lake)
    manifest_rows = by_manifest(lake)
    told: list[MergeResult] = []
    done = compact(Lake(str(lake)), run_id="c1", before=AFTER, on_merged=told.append)
    assert told == done
    assert [(it.plan.table, it.plan.partition, it.rows) for it in done] == [
        ("articles", "in_language=de", 2),
        ("articles", "ingest_date=2026-01-02", 44),
        ("articles", "ingest_date=2026-01-03", 3),
        ("dead_letters", "ingest_date=2026-01-02", 4),
        ("dropped", "ingest_date=2026-01-02", 4),
        ("replays", "ingest_date=2026-01-02", 4),
    ]
    after = by_manifest(lake)
    # A list that a file was too old to have reads as null before it is written anew.
    assert after == {
        t: [row.replace("'topics': None", "'topics': []") for row in it] for t, it in manifest_rows.items()
    }
    assert by_view(lake) == before
    assert [row for row in by_glob(lake) if row[-1] != "r9"] == [row for row in globbed if row[-1] != "r9"]
    assert len(by_glob(lake)) == len(globbed) == 49
    assert verify(str(lake)) == []
    assert len(live_paths(lake)) == 6
    assert compact(Lake(str(lake)), run_id="c2", before=AFTER) == []


def test_merged_files_are_sorted_and_have_todays_schema(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "GROUP_ROWS", 7)
    compact(Lake(str(lake)), run_id="c1", before=AFTER)
    for table, keys in SORTS.items():
        path = next(path for path in live_paths(lake, table) if "ingest_date=2026-01-02" in str(path))
        rows = pq.read_table(path, partitioning=None)
        assert rows.equals(rows.sort_by([(key, "ascending") for key in keys])), table
    footer = pq.read_metadata(next(path for path in live_paths(lake, "articles") if "01-02" in str(path)))
    assert footer.num_row_groups >= 6
    assert max(footer.row_group(n).num_rows for n in range(footer.num_row_groups)) <= 7
    # All rows of `dropped` have one source: a key is never cut in two, so they are passed on in batches.
    assert pq.read_metadata(live_paths(lake, "dropped")[0]).num_rows == 4
    monkeypatch.setattr(compacting, "GROUP_ROWS", 1)
    commit_rows(lake, "s1", [dropped(7), dropped(8)])
    assert [it.rows for it in compact(Lake(str(lake)), run_id="c2", before=AFTER)] == [6]
    assert verify(str(lake)) == []


def test_only_closed_partitions_with_small_files_are_merged(lake: Path) -> None:
    manifests = Lake(str(lake)).manifests()

    def plan(before: date, size: int = 256 << 20) -> list[tuple[str, int]]:
        planned = plan_merges(Lake(str(lake)), manifests, before=before, target_bytes=size)
        return [(merge.partition, len(merge.files)) for merge in planned if merge.table == "articles"]

    assert plan(date(2026, 1, 2)) == []
    # The two without a day in their paths tell it by their rows.
    assert plan(date(2026, 1, 3)) == [("in_language=de", 2), ("ingest_date=2026-01-02", 4)]
    small = min(path.stat().st_size for path in live_paths(lake, "articles") if "01-02" in str(path))
    assert plan(date(2026, 1, 3), small) == [], "files of half the target are good as they are"
    assert [count for _, count in plan(date(2026, 1, 3), small * 5 // 2)] == [2, 3], "a full one leaves the rest alone"


EARLIER = {"read": (compacting, "_keys"), "stage": (compacting, "stage_rows")}
"""Steps before the commit."""


@pytest.mark.parametrize("step", [*EARLIER, *STEPS])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_crash_at_any_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, nth: int
) -> None:
    lake = tmp_path / "lake"
    for run in range(2):
        commit_rows(lake, f"r{run}", [article(run), article(9, text=f"{run} days " * 30, version=run + 1)])
        commit_rows(lake, f"r{run}", [dead_letter(9), replay(9, attempts=run + 2)], chunk=1)
    cut_power(monkeypatch, step, EARLIER, nth=nth)
    expected = by_manifest(lake)
    with pytest.raises(PowerCut):
        compact(Lake(str(lake)), run_id="c1", before=AFTER)
    monkeypatch.undo()
    if step != "clean":
        assert by_manifest(lake) == expected, "readers by manifest see each row once even before the repair"
    Lake(str(lake)).recover()
    assert by_manifest(lake) == expected
    assert verify(str(lake)) == []
    compact(Lake(str(lake)), run_id="c2", before=AFTER)
    assert by_manifest(lake) == expected
    assert verify(str(lake)) == []
    assert not (lake / "_staging").exists()
    assert len(live_paths(lake)) == 3, "one file for each table"


def test_a_damaged_file_stops_it_before_anything_changes(lake: Path) -> None:
    path = live_paths(lake, "dead_letters")[0]
    rows = pq.read_table(path, partitioning=None)
    pq.write_table(pa.concat_tables([rows, rows]), path)
    names = sorted(live_paths(lake, "dead_letters"))
    with pytest.raises(CorruptTable, match="4 files have 4 rows by their manifests, but 5 were read"):
        compact(Lake(str(lake)), run_id="c1", before=AFTER)
    assert sorted(live_paths(lake, "dead_letters")) == names
    assert not (lake / "_staging").exists()


def test_rows_of_equal_keys_are_all_kept(tmp_path: Path) -> None:
    for run in range(3):
        commit_rows(tmp_path, f"r{run}", [dropped(n, source_uri=f"feeds/{n % 2}.xml") for n in range(50)])
    expected = by_manifest(tmp_path)
    compact(Lake(str(tmp_path)), run_id="c1", before=AFTER)
    assert by_manifest(tmp_path) == expected
    assert len(live_paths(tmp_path)) == 1


def test_a_store_is_compacted_like_a_disk(store: Bucket) -> None:
    output = store.url("compact/lake [1]*?")
    for run in range(2):
        commit_rows(output, f"r{run}", [article(run), article(run + 5), dropped(run)], by=("in_language",))
    expected = by_manifest(output)
    assert len(compact(Lake(output), run_id="c1", before=date(2026, 1, 3))) == 2
    assert by_manifest(output) == expected
    assert verify(output) == []
    assert store.uploads() == []
    assert not [key for key in store.keys("compact/") if "_staging" in key]


def test_the_command(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compact", "--output", str(lake)]
    assert main([*words, "--before", "2026-01-03", "--dry_run"]) == 0
    shown = capsys.readouterr().out
    assert "articles/ingest_date=2026-01-02: 4 files of together" in shown
    assert shown.endswith("5 files would be made\n")
    assert len(live_paths(lake)) == 20
    files.write_bytes(str(lake / "_staging/r99-00000/x.staged"), b"x")
    assert main([*words, "--before", "2026-01-03"]) == 0
    told = capsys.readouterr()
    assert told.out.endswith("18 files became 5\n")
    assert "removed what r99-00000 had staged" in told.err
    assert main([*words]) == 0
    assert capsys.readouterr().out.endswith("2 files became 1\n")
    assert main([*words]) == 0
    assert capsys.readouterr().out == "nothing to merge\n"
    assert main(["verify", "--output", str(lake)]) == 0
    assert main([*words, "--before", "yesterday"]) == 2
    assert main([*words, "--target_mb", "0"]) == 2
    with hold_lock(str(lake)):
        assert main(words) == 5
    (lake / "runs/r1/manifest-00000.json").write_text("{")
    assert main(words) == 1


def test_forged_rows_are_carried_over_as_they_are(lake: Path) -> None:
    """A compaction judges no content: that is for verify, before and after."""
    path = live_paths(lake, "articles")[0]
    rows = pq.read_table(path, partitioning=None)
    forged = [row | {"byline": "By hand"} for row in rows.to_pylist()]
    forge(lake, path, pa.Table.from_pylist(forged, rows.schema))
    compact(Lake(str(lake)), run_id="c1", before=AFTER)
    found = open_table(str(lake)).to_table(columns=["byline"]).column(0).to_pylist()
    assert found.count("By hand") == rows.num_rows
