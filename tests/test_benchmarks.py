"""Every benchmark starts: its imports are there, and its help says what it measures."""

import importlib
import importlib.util
import os
import runpy
import subprocess
import sys

import pytest

from schemas.stages import STAGES
from tests.support.paths import ROOT

BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
QUICK = "languages"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == QUICK else pytest.mark.slow) for name in BENCHMARKS]
)
def test_it_starts_as_a_file(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = [sys.executable, f"benchmarks/{name}.py", "--help"]
    ended = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert f"Usage: ./run.sh bench {name}" in ended.stdout


def test_it_starts_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", [QUICK, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"benchmarks.{QUICK}", run_name="__main__")
    assert ended.value.code == 0
    assert "Usage: " in capsys.readouterr().out


def test_hooks_name_the_functions_of_all_stages_in_workers() -> None:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "benchmarks" / "hooks" / "sitecustomize.py")
    assert spec is not None and spec.loader is not None
    hooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hooks)
    assert sorted(stage for stage, _ in hooks.STAGES.values()) == sorted(
        stage.word for stage in STAGES if stage.in_workers
    )
    for module, (_, function) in hooks.STAGES.items():
        assert callable(getattr(importlib.import_module(module), function)), f"{module}.{function}"
