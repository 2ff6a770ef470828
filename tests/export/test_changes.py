"""What changes says leads from any commit of a lake to its present state."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from schemas.errors import SchemaMismatch, UsageError
from schemas.tables import TABLES
from tests.archive.test_archive import make_document, write
from tests.support.commits import BEFORE_SCHEMA_4, article, commit_older, commit_rows, dropped
from tests.support.histories import Copy, History, Step, expected_rows, histories
from transforms.export.change_events import read_events
from transforms.export.changes import find_changes, read_changes
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.row_ids import row_id
from transforms.takedown.retract import retract


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=histories(st.booleans(), (("compact",), True), max_size=9))
def test_copies_hold_what_the_lake_holds(
    steps: list[tuple[Step, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One copy follows by rows, one by events; both look at random moments."""
    history = History(tmp_path_factory.mktemp("lake"))
    by_rows, by_events, since = Copy(), Copy(), 0
    for _ in history.play(steps):
        changes = find_changes(history.lake, since)
        for name in TABLES:
            by_rows.delete(name, changes.deleted(name))
            batches = list(read_changes(history.lake, changes, name))
            if TABLES[name].has_only_newest:
                batches = newest_last(batches)
            for batch in batches:
                by_rows.add(name, batch)
        last = 0
        for events in read_events(history.lake, since, tables=TABLES):
            assert since < events.sequence and last <= events.sequence <= changes.until
            last = events.sequence
            assert set(events.rows.column("commit_sequence").to_pylist()) == {events.sequence}
            gone = events.rows.filter(pa.compute.equal(events.rows.column("op"), "delete"))
            by_events.delete(events.table, gone.column("row_id").to_pylist())
            by_events.add(events.table, events.rows.filter(pa.compute.not_equal(events.rows.column("op"), "delete")))
        since = changes.until
        for name in TABLES:
            wanted = expected_rows(history.lake, name)
            assert by_rows.held(name) == wanted, name
            assert by_events.held(name) == wanted, name


def newest_last(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Feed states in the order of their polls: the files have any order."""
    if not batches:
        return []
    table = pa.Table.from_batches(batches)
    order = [("poll_count", "ascending"), ("commit_sequence", "ascending")]
    return list(table.sort_by(order).combine_chunks().to_batches())


AFTER = date(2027, 1, 1)


def operations(lake: Lake, since: int = 0, table: str = "articles") -> list[tuple[int, str]]:
    """Number of the commit and operation of each event."""
    events = read_events(lake, since, tables=[table])
    return [(found.sequence, op) for found in events for op in found.rows.column("op").to_pylist()]


def test_a_row_whose_archived_page_was_moved_is_an_update(tmp_path: Path) -> None:
    """A takedown replaces the archive file; rows of other articles then name the new one."""
    documents = [make_document(n) for n in range(3)]
    archive, offsets = write(tmp_path, documents)
    rows = [article(n, url=documents[n].url, archive_file=archive.path, archive_offset=offsets[n]) for n in range(3)]
    commit_rows(tmp_path, "r1", rows)
    commit_rows(tmp_path, "r2", [article(7)])
    lake = Lake(str(tmp_path))
    retract(lake, ["https://river.example/1"], run_id="t1")
    found = operations(lake, 2)
    assert found == [(3, "insert"), (4, "delete"), (4, "update"), (4, "update")]
    compact(lake, run_id="c1", before=AFTER)
    assert operations(lake, 2) == found
    assert operations(lake, 4) == []
    assert operations(lake) == [(2, "insert"), (2, "insert"), (3, "insert"), (4, "delete")]


def test_a_compaction_gives_no_change(tmp_path: Path) -> None:
    for run in range(3):
        commit_rows(tmp_path, f"r{run}", [article(run + 1), article(0, text="The pier opens. " * 9, version=run + 2)])
    lake = Lake(str(tmp_path))
    before = sorted(operations(lake))
    compact(lake, run_id="c1", before=AFTER)
    assert sorted(operations(lake)) == before
    assert operations(lake, 3) == []
    assert sorted(operations(lake, 1)) == [(2, "insert"), (2, "version"), (3, "insert"), (3, "version")]


def test_an_interrupted_run_comes_when_it_is_committed(tmp_path: Path) -> None:
    """Its run id is older than what a reader has seen; the number of its commit is not."""
    commit_rows(tmp_path, "20260102T000000Z-000001", [article(1)])
    commit_rows(tmp_path, "20260103T000000Z-000002", [article(2)])
    lake = Lake(str(tmp_path))
    assert find_changes(lake).until == 2
    commit_rows(tmp_path, "20260102T000000Z-000001", [article(3)], chunk=1)
    compact(lake, run_id="c1", before=AFTER)
    assert operations(lake, 2) == [(3, "insert")]


def test_rows_of_an_older_schema_are_told_by_their_file_and_their_run(tmp_path: Path) -> None:
    """They have no chunk: of a run that was under way, no row of a merged file says whether it is new."""
    without = ("chunk", *BEFORE_SCHEMA_4)
    commit_older(tmp_path, "r1", [article(1)], without=without)
    commit_rows(tmp_path, "r2", [article(2)])
    lake = Lake(str(tmp_path))
    assert operations(lake, 1) == [(2, "insert")]
    compact(lake, run_id="c1", before=AFTER)
    assert operations(lake) == [(1, "insert"), (2, "insert")]
    assert operations(lake, 1) == [(2, "insert")]
    commit_rows(tmp_path, "r1", [article(3)], chunk=1)
    compact(lake, run_id="c2", before=AFTER)
    with pytest.raises(SchemaMismatch, match=r"run r1 .* load the lake again from the beginning"):
        operations(lake, 1)


def test_a_takedown_of_an_older_newsmill_is_refused(tmp_path: Path) -> None:
    commit_rows(tmp_path, "r1", [article(1)])
    commit_rows(tmp_path, "t1", [], kind="retract", retracted=(article(1).article_id,))
    lake = Lake(str(tmp_path))
    assert operations(lake) == [(1, "insert")]
    with pytest.raises(SchemaMismatch, match="did not record the rows"):
        find_changes(lake, 1)


@pytest.mark.parametrize("since", [-1, 3])
def test_a_number_that_no_commit_has_is_refused(tmp_path: Path, since: int) -> None:
    commit_rows(tmp_path, "r1", [article(1)])
    commit_rows(tmp_path, "r2", [article(2)])
    with pytest.raises(UsageError, match="has 1 to 2"):
        find_changes(str(tmp_path), since)


@pytest.mark.parametrize("form", ["jsonl", "arrow", "parquet"])
def test_the_command_writes_each_format(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str) -> None:
    lake, file = str(tmp_path / "lake"), str(tmp_path / f"changes.{form}")
    commit_rows(lake, "r1", [article(1), article(2), dropped(1)])
    commit_rows(lake, "r2", [article(1, text="The pier opens. " * 9, version=2)])
    retract(lake, [str(article(2).url)], run_id="t1")
    assert main(["changes", "--output", lake, "--since", "1", "--format", form, "--to", file]) == 0
    assert b"2 changes since 1, until 3" in capfdbinary.readouterr().err
    if form == "jsonl":
        rows = [json.loads(line) for line in Path(file).read_text().splitlines()]
        assert rows[0]["row"]["version"] == 2
        assert rows[1]["row"] is None
    else:
        rows = (pa.ipc.open_stream(file).read_all() if form == "arrow" else pq.read_table(file)).to_pylist()
    assert [(row["op"], row["commit_sequence"]) for row in rows] == [("version", 2), ("delete", 3)]
    assert rows[1]["row_id"] == row_id([article(2).article_id, 1])


def test_the_command_refuses_what_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_rows(tmp_path, "r1", [article(1)])
    for words in (["--format", "parquet"], ["--format", "arrow", "--tables", "articles,dropped"], ["--since", "2"]):
        assert main(["changes", "--output", str(tmp_path), *words]) == 2
        assert "newsmill: " in capsys.readouterr().err
    assert main(["changes", "--output", str(tmp_path), "--tables", "articles,dropped"]) == 0
    assert [json.loads(line)["table"] for line in capsys.readouterr().out.splitlines()] == ["articles"]
