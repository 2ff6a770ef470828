"""The driver of all kinds of runs, with a job and a graph that do next to nothing."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.batches import Done
from pipeline.job import Driver, Job, Outcome, carry_out
from pipeline.known_state import KnownState
from pipeline.parse import parse
from pipeline.settings import Settings, settings_from
from schemas.errors import LockHeld
from tests.support.paths import ROOT
from transforms.lake.commits import commit_files
from transforms.lake.lock import hold_lock


class EmptyGraph:
    """Commits a manifest without files for each batch; fails on the word 'bad'."""

    def run(
        self, settings: Settings, work: Sequence[str], known: KnownState | None, max_documents: int | None, **parts: Any
    ) -> Done:
        if "bad" in work:
            raise OSError(28, "No space left on device")
        counters: dict[str, int] | None = {} if settings.engine.has_counters else None
        return Done([commit_files(settings.commit, (), kind="run", **parts)], counters)


class ListJob(Job):
    """One batch for each word."""

    kind = "run"

    def __init__(self, settings: Settings, words: Sequence[str]) -> None:
        super().__init__(settings, arguments=())
        self.words = words
        self.outcomes: list[Outcome] = []

    def make_graph(self) -> EmptyGraph:
        return EmptyGraph()

    def work(self, driver: Driver) -> None:
        for word in self.words:
            driver.commit([word])

    def end_run(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


class EndlessJob(ListJob):
    is_endless = True


def make_settings(output: Path, *more: str) -> Settings:
    words = ["run", "--input", "x.jsonl", "--output", str(output), "--spacy_model", "none", "--workers", "1", "--quiet"]
    known, beam_args = parse([*words, *more])
    return settings_from(known, beam_args)


def test_each_batch_is_a_commit_and_the_run_is_reported(tmp_path: Path) -> None:
    job = ListJob(make_settings(tmp_path), ("a", "b"))
    assert carry_out(job) == 0
    (outcome,) = job.outcomes
    assert [manifest.chunk for manifest in outcome.manifests] == [0, 1]
    report = json.loads((Path(outcome.directory) / "report.json").read_text(encoding="utf-8"))
    assert (report["report_version"], report["kind"], report["status"]) == (2, "run", "ok")


def test_a_run_without_counters_is_judged_by_its_rows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    job = ListJob(make_settings(tmp_path, "--runner=some.module.SomeRunner"), ("a",))
    assert carry_out(job) == 0
    assert "may not see the directory" in caplog.text
    assert job.outcomes[0].report.status == "ok by its rows: the engine gave no counters"


def test_a_failure_is_one_line_and_what_is_committed_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = ListJob(make_settings(tmp_path), ("a", "bad"))
    assert carry_out(job) == 1
    assert job.outcomes == [], "the next run carries on and reports"
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "the run failed" in line]
    assert "free some space" in line
    (trace,) = tmp_path.glob("runs/*/failure.txt")
    assert "No space left" in trace.read_text(encoding="utf-8")
    assert len(list(tmp_path.glob("runs/*/manifest-*.json"))) == 1


def test_an_endless_job_reports_what_it_committed_before_a_failure(tmp_path: Path) -> None:
    job = EndlessJob(make_settings(tmp_path), ("a", "bad"))
    assert carry_out(job) == 1
    assert len(job.outcomes[0].manifests) == 1
    nothing = EndlessJob(make_settings(tmp_path), ("bad",))
    assert carry_out(nothing) == 1
    assert nothing.outcomes == []


def test_one_at_a_time(tmp_path: Path) -> None:
    with hold_lock(str(tmp_path)), pytest.raises(LockHeld):
        carry_out(ListJob(make_settings(tmp_path), ("a",)))


@pytest.mark.parametrize("call", ["make_report(", "write_report(", "report_failure(", "open_workspace("])
def test_what_all_runs_have_in_common_is_called_in_one_place(call: str) -> None:
    root = ROOT / "pipeline"
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    callers = [name for name, text in sources.items() if call in text.replace(f"def {call}", "")]
    assert callers == ["job.py"]
