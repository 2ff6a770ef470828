"""A bounded run on Flink: one job and one commit, with the rows of a local run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.engines import needs_flink, on_flink
from tests.support.lakes import compare_rows, find_strays, read_lake
from tests.support.paths import ROOT
from tests.support.processes import kill_group

WORDS = ("--input", "seeds/feeds", "seeds/records", "--fetch", "never", "--quiet")
FILLED = ("articles", "dead_letters", "dropped", "mentions", "stories", "relations")
"""Tables that the inputs fill."""
LIMIT_S = 1200.0
"""Longest time that is waited for; a loaded machine takes long."""


@needs_flink
@pytest.mark.slow(seconds=50)
def test_flink_gives_the_rows_of_a_local_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["run", *WORDS, "--output", str(tmp_path / "local"), "--max_dead_ratio", "1"]) == 0
    words = ["run", *WORDS, "--output", str(tmp_path / "flink"), "--max_dead_ratio", "1", *on_flink()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        assert process.wait(LIMIT_S) == 0
    finally:
        kill_group(process)
    expected = read_lake(tmp_path / "local")
    assert all(expected[table] for table in FILLED)
    assert list(compare_rows(read_lake(tmp_path / "flink"), expected)) == []
    assert list(find_strays(tmp_path / "flink")) == []
    (path,) = (tmp_path / "flink").glob("runs/*/report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["imbalance"] == []
    assert report["status"] == "ok", "Flink gives the counters of a job that has ended by itself"
    assert len(list((tmp_path / "flink").glob("runs/*/manifest-*.json"))) == 1
