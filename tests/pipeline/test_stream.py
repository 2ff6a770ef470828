"""A stream in batches: what appears is committed, SIGTERM finishes the batch under way, SIGKILL loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.policies import StreamPolicy
from tests.support.lakes import read_table
from tests.support.paths import ROOT
from tests.support.publisher import Publisher, make_paragraphs

pytestmark = pytest.mark.slow

LIMIT_S = 300.0
"""Longest time that anything is waited for: a loaded machine takes long."""


class Press(Publisher):
    """A publisher that adds one article at each poll, up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = 4
        self.on_poll = self.add_story

    def add_story(self, polls: int) -> None:
        if polls < self.limit:
            words = f"Notice {polls} says when the ferry leaves Port Ellery."
            self.publish(f"/n{polls}", f"Notice {polls}", make_paragraphs(words, f"/n{polls}"))


def words(server: Press, output: Path) -> list[str]:
    given = ["stream", "--feeds", server.feed_url, "--output", str(output), "--allow_private", "--quiet"]
    given += ["--spacy_model", "none", "--delay_s", "0", "--tick_s", "0.2"]
    return [*given, "--min_interval_s", "1", "--max_interval_s", "1"]


def titles(output: Path) -> Counter[str]:
    return Counter(row["headline"] for row in read_table(output, "articles"))


def wait_for(what: Callable[[], bool], process: "subprocess.Popen[bytes]", seconds: float = LIMIT_S) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, f"the stream ended by itself with {process.returncode}"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[Press]:
    with Press() as made:
        yield made


@pytest.fixture
def start(server: Press, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    begun: list[subprocess.Popen[bytes]] = []

    def begin(*more: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "pipeline", *words(server, tmp_path / "lake"), *more]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_what_appears_is_committed_batch_by_batch(
    server: Press, start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    process = start("--roll_s", "0.5")
    wait_for(lambda: len(titles(tmp_path / "lake")) == 4, process)
    reports = tmp_path / "lake" / "runs"
    wait_for(lambda: len(list(reports.glob("*/report.json"))) > 1, process)  # a new run is begun now and then
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT_S) == 0
    assert titles(tmp_path / "lake") == {f"Notice {n}": 1 for n in range(4)}
    runs = list((tmp_path / "lake" / "runs").iterdir())
    assert all((run / "report.json").exists() for run in runs if any(run.glob("manifest-*.json")))
    assert main(["verify", "--output", str(tmp_path / "lake")]) == 0


def test_sigterm_finishes_the_batch_under_way(
    server: Press, start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    server.pages_open.clear()
    process = start()
    wait_for(lambda: "/n0" in server.paths(), process)
    process.send_signal(signal.SIGTERM)
    server.pages_open.set()
    assert process.wait(LIMIT_S) == 0
    assert titles(tmp_path / "lake") == {"Notice 0": 1}


def test_sigkill_loses_nothing_and_repeats_nothing(
    server: Press, start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    process = start()
    wait_for(lambda: len(titles(tmp_path / "lake")) > 0, process)
    server.pages_open.clear()
    before, server.limit = len(server.asked_pages()), server.polls + 4
    wait_for(lambda: len(server.asked_pages()) > before, process)  # which is under way until pages are answered
    process.kill()
    process.wait()
    server.pages_open.set()
    process = start()
    wait_for(lambda: len(titles(tmp_path / "lake")) == server.limit, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT_S) == 0
    assert titles(tmp_path / "lake") == {f"Notice {n}": 1 for n in range(server.limit)}
    assert main(["verify", "--output", str(tmp_path / "lake")]) == 0


def test_a_list_that_cannot_be_read_is_a_mistake_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stream", "--feeds", str(tmp_path / "none.toml"), "--output", str(tmp_path / "lake")]) == 2
    assert "none.toml" in capsys.readouterr().err


@pytest.mark.parametrize("given", [{"tick_s": 0.0}, {"roll_s": -1.0}, {"stop_after_s": 0.0}])
def test_the_times_of_a_stream_are_positive(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        StreamPolicy(**given)
