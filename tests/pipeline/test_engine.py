"""What each runner can do, and that nothing else asks for the name of a runner."""

from types import SimpleNamespace

import pytest

from pipeline.beam_pipeline import read_counters
from pipeline.engine import find_engine
from tests.support.paths import ROOT


@pytest.mark.parametrize("name", [None, "DirectRunner", "FnApiRunner", "direct"])
def test_the_in_process_runner_has_many_names(name: str | None) -> None:
    engine = find_engine(() if name is None else ("--runner", name))
    assert engine.is_local
    assert engine.cuts_into_chunks
    assert engine.has_counters
    assert engine.is_one_process


def test_worker_processes_of_beam_are_other_processes() -> None:
    engine = find_engine(("--direct_running_mode=multi_processing", "--direct_num_workers=2"))
    assert engine.cuts_into_chunks
    assert not engine.is_one_process


def test_of_an_unknown_runner_nothing_is_expected() -> None:
    engine = find_engine(("--runner=some.module.SomeRunner",))
    assert engine.name == "some.module.SomeRunner"
    assert not any((engine.cuts_into_chunks, engine.has_counters, engine.shares_disk, engine.drains))


def test_metrics_that_are_none_are_no_counters() -> None:
    cancelled = SimpleNamespace(metrics=dict)
    assert read_counters(cancelled, find_engine(("--runner=FlinkRunner",))) is None


def test_no_other_module_asks_for_the_name_of_a_runner() -> None:
    names = ("FnApiRunner", "PrismRunner", "FlinkRunner", "StandardOptions).runner")
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        code = [line for line in path.read_text(encoding="utf-8").splitlines() if "==" in line or " in " in line]
        found = [line for line in code if path.name != "engine.py" and any(name in line for name in names)]
        assert found == [], f"{path} asks for the name of a runner: ask settings.engine what it can do"
