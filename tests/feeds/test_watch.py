"""Feeds come out when they are due, in rounds: the next only when all of the last is committed, and each poll once."""

import dataclasses
import logging
import pickle
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.transforms.window import FixedWindows, IntervalWindow, WindowFn
from apache_beam.utils.timestamp import Timestamp

from schemas.articles import Article
from schemas.documents import Source
from schemas.feeds import FeedState
from tests.support.collect import collect
from tests.support.commits import stage_records
from tests.support.samples import make_article
from transforms.feeds.rounds import REPEAT_S, Round, RoundScheduler, job_directory
from transforms.feeds.watch import WatchDue, drain_file
from transforms.identity import content_hash
from transforms.known.live import LiveKnown
from transforms.lake import files
from transforms.lake.commit_steps import INTENT, intent_to_json
from transforms.lake.commits import Commit, WindowedCommit, commit_once
from transforms.lake.lake import Lake, table_schemas
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.read import open_table

RUN = "20260102T000000Z-job"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
AT = NOON.timestamp()
WINDOW_S = 10.0


def url_of(n: int) -> str:
    return f"https://site{n}.example/feed"


def subscriptions(count: int) -> list[Source]:
    return [Source(uri=url_of(n), feed=FeedState(feed_url=url_of(n))) for n in range(count)]


def commit_of(output: Path, chunk: int) -> Commit:
    return Commit(output=str(output), run_id=RUN, ingest_date=date(2026, 1, 2), chunk=chunk)


def commit_polls(output: Path, chunk: int, polled: Iterable[Source], at: datetime) -> None:
    """What becomes of a round: a state with one more poll for each feed, due again after an hour."""
    commit = commit_of(output, chunk)
    states = [
        dataclasses.replace(
            source.feed, status="ok", poll_count=source.feed.poll_count + 1, next_due_at=at + timedelta(hours=1)
        )
        for source in polled
        if source.feed is not None
    ]
    commit_once(commit, stage_records(commit, states))


def make_scheduler(output: Path, count: int = 3, most: int = 100, **how: Any) -> RoundScheduler:
    return RoundScheduler(
        Lake(str(output)), RUN, lambda: subscriptions(count), lambda feeds: feeds[:most], window_s=WINDOW_S, **how
    )


def urls(found: Round | None) -> list[str]:
    return [source.uri for source in found.feeds] if found else []


def test_a_round_waits_for_all_of_the_last(tmp_path: Path) -> None:
    scheduler = make_scheduler(tmp_path, 4, most=2)
    first = scheduler.next_round(AT)
    assert first is not None
    assert (urls(first), first.at) == ([url_of(0), url_of(1)], AT)
    for n in range(3):
        assert scheduler.next_round(AT + 20 + n) == first
    commit_polls(tmp_path, 0, first.feeds[:1], NOON)
    again = scheduler.next_round(AT + 30)
    assert (urls(again), again and again.at) == ([url_of(1)], AT), "one of the two is not committed"
    commit_polls(tmp_path, 1, first.feeds[1:], NOON)
    second = scheduler.next_round(AT + 40)
    assert urls(second) == [url_of(2), url_of(3)]
    assert second is not None
    commit_polls(tmp_path, 2, second.feeds, NOON + timedelta(minutes=10))
    assert scheduler.next_round(AT + 60) is None, "nothing is due"
    third = scheduler.next_round(AT + 3600 + 1)
    assert urls(third) == [url_of(0), url_of(1)]
    assert third is not None
    assert {source.feed and source.feed.poll_count for source in third.feeds} == {1}, "each as its last poll left it"
    commit_polls(tmp_path, 3, third.feeds, NOON + timedelta(hours=3))
    assert urls(scheduler.next_round(AT + 3 * 3600)) == [url_of(2), url_of(3)], "the longest overdue first"


def test_the_next_round_is_in_a_later_window_whatever_the_clock(tmp_path: Path) -> None:
    scheduler = make_scheduler(tmp_path, 2, most=1)
    first = scheduler.next_round(AT)
    assert first is not None
    commit_polls(tmp_path, 0, first.feeds, NOON)
    assert scheduler.next_round(AT + WINDOW_S - 0.001) is None, "the window has its commit"
    assert scheduler.next_round(AT - 3600) is None, "a clock that was set back"
    assert urls(scheduler.next_round(AT + WINDOW_S)) == [url_of(1)]


def test_another_process_gives_the_same_round_again(tmp_path: Path) -> None:
    first = make_scheduler(tmp_path).next_round(AT)
    other = make_scheduler(tmp_path, 5)
    assert other.next_round(AT + 15) == first, "with its own instant, so that its keys are the same"
    assert first is not None
    again_s = WINDOW_S + REPEAT_S
    assert other.next_round(AT + 15 + again_s - 0.1) == first, "an engine may have refused it"
    assert other.next_round(AT + 15 + again_s) is None
    commit_polls(tmp_path, 0, first.feeds, NOON)
    assert urls(other.next_round(AT + 90)) == [url_of(3), url_of(4)]
    third = make_scheduler(tmp_path, 5).next_round(AT + 100)
    assert third is not None
    assert (urls(third), third.at) == ([url_of(3), url_of(4)], AT + 90)


def test_a_round_that_takes_too_long_is_left_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="newsmill")
    scheduler = make_scheduler(tmp_path, 3, most=2, patience_s=1000)
    first = scheduler.next_round(AT)
    assert first is not None
    assert scheduler.next_round(AT + 700) is None
    assert "waiting for 2 feeds" in caplog.text
    assert scheduler.next_round(AT + 1001) is None
    assert "others are polled without them" in caplog.text
    second = scheduler.next_round(AT + 1020)
    assert urls(second) == [url_of(2)], "those that are under way are not given a second time"
    assert second is not None
    commit_polls(tmp_path, 0, [*first.feeds, *second.feeds], NOON)
    assert scheduler.next_round(AT + 1040) is None
    assert len(urls(scheduler.next_round(AT + 2 * 3600))) == 2, "committed after all, they are like others"


class Clock:
    """Time that moves a second at each look, and after some looks a drain."""

    looks: int = 0

    def __init__(self, output: Path, drain_after: int) -> None:
        self.output, self.drain_after = str(output), drain_after

    def __call__(self) -> float:
        Clock.looks += 1
        if Clock.looks == self.drain_after:
            Lake(self.output).store.replace(drain_file(RUN), b"")
        return AT + Clock.looks


def find(places: Sequence[str]) -> list[Source]:
    return subscriptions(len(places))


def choose(feeds: Sequence[Source]) -> Sequence[Source]:
    return feeds


def with_window(feed: Source, window: Any = beam.DoFn.WindowParam) -> tuple[str, IntervalWindow]:
    return feed.uri, window


class Windows(beam.PTransform[Any, Any]):
    def __init__(self, watch: WatchDue) -> None:
        super().__init__()
        self._watch = watch

    def expand(self, places: Any) -> Any:
        return places | beam.Map(tuple).with_output_types(tuple[str, ...]) | self._watch | beam.Map(with_window)


def watch_due(output: Path, *, window_s: float = WINDOW_S, **more: Any) -> WatchDue:
    return WatchDue(lake=Lake(str(output)), run_id=RUN, find=find, choose=choose, window_s=window_s, **more)


def test_each_poll_is_emitted_once_in_its_window_until_drained(tmp_path: Path) -> None:
    Clock.looks = 0
    watch = watch_due(tmp_path, clock=Clock(tmp_path, 6), ends_at_once=True)
    found = collect([["a", "b", "c"]], Windows(watch))
    assert sorted(url for url, _ in found.out) == [url_of(n) for n in range(3)]
    assert {window for _, window in found.out} == {window_at(AT + 1, WINDOW_S)}
    assert Clock.looks == 6
    assert Path(tmp_path, job_directory(RUN), "round.json").is_file()


def test_the_round_under_way_is_committed_before_the_end(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    watch = watch_due(tmp_path, clock=iter([AT, AT + 20, AT + 40]).__next__)
    first = watch._look(("a",))
    lake.store.replace(drain_file(RUN), b"")
    assert first.outputs
    waiting = watch._look(("a",))
    assert (waiting.outputs, waiting.is_complete) == (first.outputs, False)
    commit_polls(tmp_path, 0, [stamped.value for stamped in first.outputs], NOON)
    assert watch._look(("a",)).is_complete


def test_a_round_that_the_engine_refused_is_emitted_with_the_next_look(tmp_path: Path) -> None:
    watch = watch_due(tmp_path, clock=iter([AT, AT + 1]).__next__)
    first, again = watch._look(("a",)), watch._look(("a",))
    assert [(stamped.value.uri, stamped.timestamp) for stamped in first.outputs] == [(url_of(0), Timestamp.of(AT))]
    assert again.outputs == first.outputs, "Watch emits what it has emitted already no second time"


def window_at(at: float, size_s: float) -> IntervalWindow:
    (window,) = FixedWindows(size_s).assign(WindowFn.AssignContext(Timestamp.of(at)))
    return window


def test_what_is_pickled_knows_nothing(tmp_path: Path) -> None:
    watch = watch_due(tmp_path)
    look = watch._look
    look(("a",))
    assert look.scheduler is not None
    assert pickle.loads(pickle.dumps(look)).scheduler is None
    with pytest.raises(ValueError, match="must be positive"):
        watch_due(tmp_path, window_s=0)


def test_each_window_has_a_commit_of_its_own() -> None:
    base = Commit(output="out", run_id=RUN, ingest_date=date(2026, 1, 2))
    origin = AT // WINDOW_S * WINDOW_S
    commits = WindowedCommit(base=base, origin=origin, size_s=WINDOW_S)
    assert commits.of(IntervalWindow(origin, origin + WINDOW_S)) == base
    later = commits.of(IntervalWindow(origin + 86_400, origin + 86_400 + WINDOW_S))
    assert (later.chunk, later.ingest_date) == (8640, date(2026, 1, 3))
    assert base.of("any window") == base
    odd = WindowedCommit(base=base, origin=AT, size_s=0.29)
    windows = [window_at(AT + n * 0.29, 0.29) for n in range(1000)]
    assert [odd.of(window).chunk for window in windows] == list(range(1000))
    with pytest.raises(ValueError, match="before the first window"):
        commits.of(IntervalWindow(origin - WINDOW_S, origin))
    with pytest.raises(ValueError, match="longer"):
        WindowedCommit(base=base, origin=0, size_s=0)


def article(n: int, words: str = "") -> Article:
    text = f"The text of report {n} on the harbour of Port Ellery. {words}".strip()
    return make_article(url=f"https://site.example/{n}", headline=f"Report {n}", text=text)


def test_the_first_try_counts(tmp_path: Path) -> None:
    commit = commit_of(tmp_path, 3)

    def attempt(n: int) -> tuple[Manifest, list[DataFile]]:
        staged = stage_records(commit, [article(n)])
        return commit_once(commit, staged, kind="stream"), staged

    first, staged = attempt(1)
    assert (first.kind, first.rows("articles")) == ("stream", 1)
    assert commit_once(commit, staged, kind="stream").files[0].sha256 == first.files[0].sha256, "a bundle, repeated"
    again, _ = attempt(2)
    assert again.files[0].sha256 == first.files[0].sha256
    assert open_table(str(tmp_path), "articles").to_table()["headline"].to_pylist() == ["Report 1"]
    assert not Path(commit.staging).exists()


def test_a_try_that_had_begun_is_completed_before_another(tmp_path: Path) -> None:
    commit = commit_of(tmp_path, 3)
    (file,) = stage_records(commit, [article(1)])
    begun = Manifest(run_id=RUN, chunk=3, files=(file,), kind="stream", schemas=table_schemas([file]))
    files.replace_bytes(files.join(commit.staging, INTENT), intent_to_json(begun))
    (other,) = stage_records(commit, [article(2)])
    done = commit_once(commit, [other], kind="stream")
    assert done == dataclasses.replace(begun, sequence=1, committed_at=done.committed_at)
    assert open_table(str(tmp_path), "articles").to_table()["headline"].to_pylist() == ["Report 1"]
    assert [manifest.chunk for manifest in Lake(str(tmp_path)).manifests()] == [3]


def test_what_is_known_stays_the_same_within_a_window(tmp_path: Path) -> None:
    known = LiveKnown(before=None, so_far=None, output=str(tmp_path), run_id=RUN)

    def commit(chunk: int, *rows: Article) -> None:
        where = commit_of(tmp_path, chunk)
        commit_once(where, stage_records(where, rows))

    def versions(window: str) -> list[int | None]:
        index, so_far = known.load(window)
        assert so_far is None
        found = [index.find_article(article(n).article_id) if index else None for n in range(3)]
        return [one and one.version for one in found]

    assert known.load_before() is None
    assert versions("one") == [None, None, None]
    commit(0, article(0), article(1))
    assert versions("one") == [None, None, None], "found out with the next window"
    assert versions("two") == [1, 1, None]
    changed = article(0, "And more.")
    commit(1, dataclasses.replace(changed, version=2), article(2))
    assert versions("two") == [1, 1, None]
    assert pickle.loads(pickle.dumps(known)).load("three") == known.load("three")
    assert versions("three") == [2, 1, 1]
    before = known.load_before()
    assert before is not None
    found = before.find_article(changed.article_id)
    assert found is not None
    assert found.content == int(content_hash(changed.headline, changed.text)[:16], 16)


def test_many_small_commits_are_few_layers(tmp_path: Path) -> None:
    commits = 12
    known = LiveKnown(before=None, so_far=None, output=str(tmp_path), run_id=f"{RUN}{commits}")
    for chunk in range(commits):
        where = dataclasses.replace(commit_of(tmp_path, chunk), run_id=known.run_id)
        commit_once(where, stage_records(where, [article(chunk)]))
        index, _ = known.load(chunk)
    assert index is not None
    assert all(index.find_article(article(n).article_id) for n in range(commits))
    assert len(getattr(index, "layers", (index,))) <= 4
