"""States are found again as their last poll left them, in however many files, and many files become one."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.documents import Source
from schemas.feeds import FeedState
from tests.support.commits import commit_rows
from transforms.check.verify import verify
from transforms.feeds.state import States, attach_states, compact_states, load_states, pick_due
from transforms.lake.commit_steps import STAGING
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import live_files
from transforms.lake.read import open_table

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
DAY = date(2026, 1, 2)


def make_state(n: int, polls: int, **changes: object) -> FeedState:
    values: dict[str, object] = {
        "feed_url": f"https://site{n}.example/feed",
        "status": "ok",
        "poll_count": polls,
        "polled_at": NOW - timedelta(hours=1),
        "next_due_at": NOW + timedelta(minutes=n - 5),
        "interval_s": 3600 + polls,
        "etag": f'"{polls}"',
        "entry_hashes": "0123456789abcdef" * 3,
    }
    return FeedState(**(values | changes))  # type: ignore[arg-type]


def commit_states(output: Path, run: int, states: Sequence[FeedState], day: date = DAY) -> Manifest:
    """Commit rows as a run does."""
    return commit_rows(output, f"{day:%Y%m%d}T{run:06d}Z-test", states, day=day)


def load(output: Path) -> States:
    return load_states(Lake(str(output)), Lake(str(output)).manifests())


def test_the_newest_row_of_each_feed_counts(tmp_path: Path) -> None:
    commit_states(tmp_path, 1, [make_state(1, 1), make_state(2, 7), make_state(3, 1)])
    commit_states(tmp_path, 2, [make_state(1, 2), make_state(2, 6), make_state(4, 1)], date(2026, 1, 3))
    commit_states(tmp_path, 3, [make_state(5, 2, etag="late"), make_state(5, 9), make_state(5, 3)], date(2026, 1, 3))
    states = load(tmp_path)
    assert {url: state.poll_count for url, state in states.items()} == {
        f"https://site{n}.example/feed": polls for n, polls in ((1, 2), (2, 7), (3, 1), (4, 1), (5, 9))
    }
    expected = make_state(1, 2, run_id="20260103T000002Z-test", chunk=0, ingest_date=date(2026, 1, 3))
    assert states["https://site1.example/feed"] == expected
    assert repr(states["https://site1.example/feed"]) == repr(expected)


def test_of_rows_with_equal_polls_the_later_counts(tmp_path: Path) -> None:
    commit_states(tmp_path, 1, [make_state(1, 1, etag="first")])
    commit_states(tmp_path, 2, [make_state(1, 1, etag="second")])
    assert load(tmp_path)["https://site1.example/feed"].etag == "second"


def test_an_output_without_states_knows_nothing(tmp_path: Path) -> None:
    assert dict(load(tmp_path)) == {}
    assert compact_states(Lake(str(tmp_path)), [], run_id="c", ingest_date=DAY) is None


def test_a_row_that_is_older_than_a_column_has_its_default(tmp_path: Path) -> None:
    manifest = commit_states(tmp_path, 1, [make_state(1, 1)])
    path = tmp_path / manifest.files[0].path
    table = pq.read_table(pa.OSFile(str(path))).drop_columns(["lied_count", "moved_to"])
    pq.write_table(table, path)
    state = load(tmp_path)["https://site1.example/feed"]
    assert (state.lied_count, state.moved_to, state.ingest_date) == (0, None, DAY)


def test_states_can_be_changed() -> None:
    states = States()
    state = make_state(1, 1)
    states[state.feed_url] = state
    assert dict(states) == {state.feed_url: state}
    assert not states.is_due(state.feed_url, NOW - timedelta(hours=1))
    assert states.is_due(state.feed_url, NOW)
    del states[state.feed_url]
    assert len(states) == 0
    assert state.feed_url not in states
    assert states.is_due(state.feed_url, NOW)


@pytest.mark.parametrize("is_loaded", [True, False])
def test_due_feeds_come_with_their_state(tmp_path: Path, is_loaded: bool) -> None:
    rows = [
        make_state(1, 1),
        make_state(9, 1),
        make_state(2, 4, status="retired"),
        make_state(8, 1, next_due_at=None),
        make_state(7, 1, polled_at=NOW + timedelta(days=400), next_due_at=NOW + timedelta(days=401)),
    ]
    commit_states(tmp_path, 1, rows)
    states = load(tmp_path) if is_loaded else dict(load(tmp_path))
    given = [
        Source(uri=f"https://site{n}.example/feed", feed=FeedState(feed_url=f"https://site{n}.example/feed"))
        for n in (1, 2, 3, 7, 8, 9)
    ]
    due, waiting = pick_due([*given, Source(uri="a.xml")], states, NOW)
    assert [source.uri for source in due] == [*(f"https://site{n}.example/feed" for n in (1, 3, 7, 8)), "a.xml"]
    assert [source.uri for source in waiting] == ["https://site2.example/feed", "https://site9.example/feed"]
    assert due[0].feed == states["https://site1.example/feed"]
    assert due[1].feed == given[2].feed


def test_the_list_decides_the_intervals_of_a_subscription() -> None:
    state = make_state(1, 3, min_interval_s=10, max_interval_s=20)
    given = Source(uri=state.feed_url, feed=FeedState(feed_url=state.feed_url, min_interval_s=7200))
    (attached,) = attach_states([given], {state.feed_url: state})
    assert attached.feed == dataclasses.replace(state, min_interval_s=7200, max_interval_s=None)
    assert attach_states([Source(uri="a.xml")], {}) == [Source(uri="a.xml")]


def test_many_files_become_one(tmp_path: Path) -> None:
    for run in range(1, 6):
        commit_states(tmp_path, run, [make_state(n, run) for n in range(run, 7)])
    before = load(tmp_path)
    manifests = Lake(str(tmp_path)).manifests()
    assert compact_states(Lake(str(tmp_path)), manifests, run_id="c", ingest_date=DAY, most_files=5) is None
    name, day = "20260105T000000Z-states", date(2026, 1, 5)
    made = compact_states(Lake(str(tmp_path)), manifests, run_id=name, ingest_date=day, most_files=4)
    assert made is not None
    assert (made.kind, made.rows("feed_state"), len(made.removes)) == ("compact", 6, 5)
    manifests = Lake(str(tmp_path)).manifests()
    assert [file.path for file in live_files(manifests)] == [made.files[0].path]
    stamped = {url: dataclasses.replace(state, run_id=name, chunk=0, ingest_date=day) for url, state in before.items()}
    assert dict(load(tmp_path)) == stamped
    assert open_table(str(tmp_path), "feed_state").count_rows() == 6
    assert not verify(str(tmp_path), deep=False)
    assert not list(tmp_path.glob(f"{STAGING}/*"))


def test_a_crash_while_files_become_one_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for run in range(1, 4):
        commit_states(tmp_path, run, [make_state(n, run) for n in range(3)])
    before = {url: state.poll_count for url, state in load(tmp_path).items()}

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr("transforms.lake.commit_steps.finish_commit", fail)
        with pytest.raises(OSError, match="no space"):
            compact_states(
                Lake(str(tmp_path)), Lake(str(tmp_path)).manifests(), run_id="c", ingest_date=DAY, most_files=1
            )
    assert {url: state.poll_count for url, state in load(tmp_path).items()} == before
    Lake(str(tmp_path)).recover()
    assert {url: state.poll_count for url, state in load(tmp_path).items()} == before
    assert len(live_files(Lake(str(tmp_path)).manifests(), "feed_state")) == 1
