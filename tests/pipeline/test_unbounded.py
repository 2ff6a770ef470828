"""The unbounded pipeline: its graph, its gate, and on Prism the same rows as runs and micro-batches give."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.window import FixedWindows

from pipeline.cli import main
from pipeline.parse import parse
from pipeline.settings import Settings, settings_from
from pipeline.unbounded import StreamNews, make_known, stream_unbounded
from schemas.errors import UsageError
from schemas.tables import ARTICLES, RELATIONS, STORIES
from tests.support.engines import ON_PRISM, needs_flink, needs_prism, on_flink
from tests.support.lakes import compare_rows, find_duplicates, find_strays, group_stories, read_lake
from tests.support.paths import ROOT
from tests.support.processes import is_group_alive, kill_group
from tests.support.publisher import Publisher
from tests.support.servers import Reply
from transforms.feeds.rounds import job_directory
from transforms.feeds.watch import drain_file
from transforms.known.files import KnownFiles
from transforms.lake import files
from transforms.lake.lake import Lake
from transforms.lake.read import open_table

pytestmark = pytest.mark.slow(seconds=200)

SHARED = ("--allow_private", "--delay_s", "0", "--spacy_model", "none", "--max_dead_ratio", "1")
OFTEN = ("--min_interval_s", "1", "--max_interval_s", "1")

Rows = dict[str, list[dict[str, Any]]]


class History(Publisher):
    """A publisher whose feed goes one step further at a poll, when what came before has been read.

    Attributes:
        taken: steps so far.
        read_by_runs: the pages that a run asks for after each step.
    """

    taken = 0
    _since = 0

    def __init__(self, name: str, host: str) -> None:
        super().__init__(name, host=host)
        self.read_by_runs: list[frozenset[str]] = []
        self.steps: list[Callable[[], None]] = [
            lambda: None,
            lambda: self._report("/b0", "A new text about the ferry."),
            self._correct,
            lambda: self._report("/b1", "The publisher gave this text the guid of another.", guid="/a2"),
            lambda: self.link_suffixes.update(dict.fromkeys(("/a1", "/a3"), "?utm_source=rss&utm_campaign=7")),
            self._calm_down,
            self._take_away,
        ]
        self.on_poll = self._take_step

    def reset(self) -> None:
        super().reset()
        self.taken = 0
        for n in range(5):
            self._report(f"/a{n}", f"The first text of report {n} of {self.name} was short.")

    def pages_read(self) -> frozenset[str]:
        """The pages that were asked for since the last step."""
        return frozenset(asked.path for asked in self.requests()[self._since :]) - {"/feed.xml", "/robots.txt"}

    def _take_step(self, _polls: int) -> None:
        before = self.read_by_runs[self.taken - 1 : self.taken] if self.taken else []
        if self.taken < len(self.steps) and all(pages <= self.pages_read() for pages in before):
            self.steps[self.taken]()
            self.taken += 1
            self._since = len(self.requests())

    def _report(self, path: str, words: str, **more: Any) -> None:
        self.publish_words(path, f"Report {path} of {self.name}", words, **more)

    def _correct(self) -> None:
        self._report("/a0", "The second text of report 0 puts right what the first had wrong.")
        self.change("/a1", guid="a guid of another kind")

    def _calm_down(self) -> None:
        self.link_suffixes.clear()
        self.change("/b0", summary="Now with another teaser.")

    def _take_away(self) -> None:
        """One is gone, one has another headline, one leads nowhere, one says what another says."""
        self.remove("/a4")
        self.change("/a2", title="Corrected report", summary="Corrected.")
        self.stories["/copy"] = replace(self.stories["/a3"], guid="/copy")
        self.stories["/gone"] = replace(self.stories["/a3"], title="Nowhere", guid="/gone", summary=None)

    def page(self, path: str) -> str | None:
        return None if path == "/gone" else super().page(path)


class Press:
    """Two publishers, each a host of its own; made anew they are the same at the same addresses."""

    def __init__(self) -> None:
        self.histories = [History(name, f"127.0.3.{n}") for n, name in enumerate(("Kestrel", "Lantern"), 1)]

    def restart(self) -> None:
        for history in self.histories:
            history.reset()

    @property
    def feeds(self) -> list[str]:
        return [history.feed_url for history in self.histories]

    def is_told(self) -> bool:
        """Whether everybody has been asked for all that there is."""
        return all(history.taken == len(history.steps) for history in self.histories)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    made = Press()
    with contextlib.ExitStack() as stack:
        for history in made.histories:
            stack.enter_context(history)
        yield made


@pytest.fixture(scope="module")
def expected(press: Press, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What one run for each step gives."""
    output = tmp_path_factory.mktemp("runs")
    press.restart()
    while not press.is_told():
        words = ["run", "--feeds", *press.feeds, "--output", str(output), "--poll", "all", "--quiet", *SHARED, *OFTEN]
        assert main(words) == 0
        for history in press.histories:
            history.read_by_runs.append(history.pages_read())
    lake = read_lake(output)
    assert {row["version"] for row in lake["articles"]} == {1, 2}
    assert {row["code"] for row in lake["dead_letters"]} == {"fetch.http_404"}
    assert "known.same_text" in {row["reason"] for row in lake["dropped"]}
    return lake


def settings_of(output: Path, feeds: list[str], *more: str) -> Settings:
    known, beam_args = parse(["stream", "--feeds", *feeds, "--output", str(output), *SHARED, *OFTEN, *more])
    return settings_from(known, beam_args, inputs=())


def in_order(lake: Rows) -> Rows:
    """The same rows; a column that rows are partitioned by comes last otherwise."""
    return {table: [dict(sorted(row.items())) for row in rows] for table, rows in lake.items()}


def assert_same(output: Path, expected: Rows) -> None:
    """The rows of the runs, each once, and nothing else in the output; a story may begin with another article."""
    found = read_lake(output)
    by_commit = (STORIES.name, RELATIONS.name)
    rows = {table: rows for table, rows in in_order(expected).items() if table not in by_commit}
    assert list(compare_rows(in_order(found), rows)) == []
    assert len(found[STORIES.name]) == len(found[ARTICLES.name])
    assert group_stories(found) == group_stories(expected)
    assert list(find_duplicates(found)) == []
    assert list(find_strays(output)) == []
    assert main(["verify", "--output", str(output)]) == 0


def test_the_graph_is_unbounded_and_windowed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, ["https://news.example/feed"])
    pipeline = beam.Pipeline(options=PipelineOptions(["--streaming"]))
    places = pipeline | beam.Create([settings.feeds]).with_output_types(tuple[str, ...])
    stream = StreamNews(settings, 15.0, known=KnownFiles(before=None, so_far=None))
    done = places | stream
    assert not done.is_bounded
    assert done.windowing.windowfn == FixedWindows(15.0)
    assert pipeline.to_runner_api().components.transforms
    assert not list(tmp_path.iterdir()), "nothing is touched before it runs"


@pytest.mark.parametrize("option", [("--archive",), ("--fetch", "never")])
def test_what_is_refused(tmp_path: Path, option: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=option[0]):
        stream_unbounded(settings_of(tmp_path, ["https://news.example/feed"], *option), 1.0, arguments=[])
    assert not list(tmp_path.iterdir())


class UntilDrained:
    """The time; at the third look the job is told to drain."""

    looks = 0

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self) -> float:
        UntilDrained.looks += 1
        if UntilDrained.looks % 3 == 0:
            files.replace_bytes(self.path, b"")
        return time.time()


def test_one_round_a_job_on_the_local_runner(press: Press, tmp_path: Path, expected: Rows) -> None:
    """That runner ends windows at the end of the job: one round, then it drains. The next job goes on."""
    press.restart()
    for _ in range(3):
        settings = settings_of(tmp_path, press.feeds)
        output, run_id = settings.commit.output, settings.commit.run_id
        index = f"{output}/_staging/{run_id}-known"
        known = make_known(settings, Lake(output).manifests(), index)
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            places = pipeline | beam.Create([settings.feeds]).with_output_types(tuple[str, ...])
            clock = UntilDrained(files.join(output, drain_file(run_id)))
            _ = places | StreamNews(settings, 5.0, known=known, clock=clock, ends_at_once=True)
        assert [manifest.kind for manifest in Lake(output).run(run_id)] == ["stream"]
        files.remove_tree(files.join(output, job_directory(run_id)))
        files.remove_tree(index)
        time.sleep(1)
    found = read_lake(tmp_path)["articles"]
    assert [row for row in found if row not in expected["articles"]] == []
    assert sorted(row["version"] for row in found) == [1] * 12 + [2] * 2
    assert list(find_strays(tmp_path)) == []


def start(words: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", "stream", *words],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


@contextlib.contextmanager
def streaming(press: Press, output: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A stream beside the test; whatever happens, nothing of it is left."""
    log = output.parent / f"{output.name}.log"
    words = ["--feeds", *press.feeds, "--output", str(output), *SHARED, *OFTEN, *more]
    process = start(words, log)
    try:
        yield process
    except BaseException:
        sys.stderr.write(log.read_text()[-4000:])
        raise
    finally:
        kill_group(process)


def wait_for(process: "subprocess.Popen[bytes]", is_it: Callable[[], bool], seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while not is_it():
        assert process.poll() is None, f"ended with {process.returncode}"
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


def report_of(output: Path) -> dict[str, Any]:
    (path,) = output.glob("runs/*/report.json")
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def test_micro_batches_give_the_rows_of_runs(press: Press, tmp_path: Path, expected: Rows) -> None:
    press.restart()
    with streaming(press, tmp_path / "out", "--tick_s", "0.2") as process:
        wait_for(process, press.is_told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
    assert_same(tmp_path / "out", expected)


@needs_prism
def test_prism_gives_the_rows_of_runs(press: Press, tmp_path: Path, expected: Rows) -> None:
    """By language, too; the test below that kills has the default partitions."""
    press.restart()
    output = tmp_path / "out"
    with streaming(press, output, "--tick_s", "1", "--partition_by", "ingest_date,in_language", *ON_PRISM) as process:
        wait_for(process, press.is_told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
        assert not is_group_alive(process.pid), "an engine is left behind"
    assert_same(output, expected)
    report = report_of(output)
    assert report["imbalance"] == []
    assert report["rows"]["articles"] == len(expected["articles"])
    assert report["rows"]["feed_state"] == sum(history.polls for history in press.histories)
    polled = open_table(str(output), "feed_state").to_table().to_pylist()
    assert len({(row["feed_url"], row["poll_count"]) for row in polled}) == len(polled)
    assert len(list(output.glob("runs/*/manifest-*.json"))) >= len(press.histories[0].steps)


@needs_flink
def test_flink_gives_the_rows_of_runs(press: Press, tmp_path: Path, expected: Rows) -> None:
    """The same on an engine of another make. It counts nothing for a job that is cancelled, so nothing balances.

    With so many checkpoints that most bundles are under way at one.
    """
    press.restart()
    output = tmp_path / "out"
    with streaming(press, output, "--tick_s", "1", *on_flink(), "--checkpointing_interval=300") as process:
        wait_for(process, press.is_told, 400)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
        assert not is_group_alive(process.pid), "an engine is left behind"
    assert_same(output, expected)
    report = report_of(output)
    assert report["rows"]["articles"] == len(expected["articles"])
    assert report["rows"]["feed_state"] == sum(history.polls for history in press.histories)


@needs_prism
def test_killed_in_the_middle_of_windows(press: Press, tmp_path: Path, expected: Rows) -> None:
    press.restart()
    output = tmp_path / "out"
    for steps in (2, 4):
        with streaming(press, output, "--tick_s", "1", *ON_PRISM) as process:
            wait_for(process, lambda steps=steps: press.histories[0].taken >= steps)  # type: ignore[misc]
            kill_group(process)
    with streaming(press, output, "--tick_s", "1", *ON_PRISM) as process:
        wait_for(process, press.is_told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
    assert_same(output, expected)


@needs_prism
def test_ctrl_c_drains_and_the_second_one_cancels(press: Press, tmp_path: Path) -> None:
    press.restart()
    output = tmp_path / "out"
    first = press.histories[0]
    slow = {path: Reply(first.page(path) or "", delay_s=3) for path in ("/a1", "/a2")}
    first.routes.update(slow)
    try:
        with streaming(press, output, "--tick_s", "1", *ON_PRISM) as process:
            wait_for(process, lambda: "/a1" in first.paths()[-3:])
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the engine, too
            time.sleep(1)
            assert process.poll() is None, "the window under way is waited for"
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(120) == 130
            assert not is_group_alive(process.pid)
        assert read_lake(output)["articles"] == [], "nothing half-written is visible"
        with streaming(press, output, "--tick_s", "1", *ON_PRISM) as process:
            wait_for(process, lambda: press.histories[0].taken >= 2)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(300) == 0
            assert not is_group_alive(process.pid)
    finally:
        for path in slow:
            del first.routes[path]
    found = read_lake(output)
    # Five articles at first; the next three steps give one row each: an article, a second version, an article.
    assert len(found["articles"]) == sum(4 + min(history.taken, 4) for history in press.histories)
    assert list(find_strays(output)) == []
