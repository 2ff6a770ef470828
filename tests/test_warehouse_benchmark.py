"""A run of the benchmark of loads over a few articles, in this process."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import warehouse
from tests.support import large_lake


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few commits, and no processes."""

    def run_job(server: Any = None, **job: Any) -> warehouse.Cost:
        before = warehouse.server_cpu_s(server) if server else 0.0
        cost = warehouse.carry_out(json.loads(json.dumps(job)))
        return dataclasses.replace(cost, cpu_s=cost.cpu_s + (warehouse.server_cpu_s(server) - before if server else 0))

    monkeypatch.setattr(warehouse, "run_job", run_job)
    monkeypatch.setattr(large_lake, "RUNS", 1)
    monkeypatch.setattr(large_lake, "CHUNKS", 1)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_it_measures_all_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse.main(["--rows", "100", "--keep", str(tmp_path)])
    told = capsys.readouterr().out
    steps = ["changes ", "changes, last commit", "changes as JSON", "DuckDB, first", "DuckDB, 1 % more"]
    assert [name for name in steps if name not in told] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake-100", "lake-25"]
    counts = large_lake.row_counts(tmp_path / "lake-100")
    # 110 new ones and a few versions, less six that were taken down with their versions.
    assert 100 <= counts["articles"] <= 115
    assert counts["dead_letters"] > 0 < counts["dropped"]
