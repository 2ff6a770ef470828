"""Every benchmark starts: its imports are there, and its help says what it measures."""

import importlib
import importlib.util

import pytest

from schemas.stages import stage_named
from tests.support.paths import ROOT

BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_starts(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"benchmarks.{name}").main()
    assert ended.value.code == 0
    assert f"./run.sh bench {name}" in capsys.readouterr().out


def test_hooks_name_functions_that_are_there() -> None:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "benchmarks" / "hooks" / "sitecustomize.py")
    assert spec is not None and spec.loader is not None
    hooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hooks)
    for module, (stage, function) in hooks.STAGES.items():
        assert callable(getattr(importlib.import_module(module), function)), f"{module}.{function}"
        assert stage_named(stage)
