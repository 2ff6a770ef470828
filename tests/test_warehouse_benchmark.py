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
    warehouse.main(["--rows", "1200", "--keep", str(tmp_path)])
    told = capsys.readouterr()
    steps = ["changes ", "changes, last commit", "changes as JSON", "DuckDB, first", "DuckDB, a commit more"]
    assert [name for name in steps if name not in told.out] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake-1200", "lake-300"]
    counts = large_lake.row_counts(tmp_path / "lake-1200")
    # 1,212 new ones and some versions, less six that were taken down with their versions.
    assert 1_200 <= counts["articles"] <= 1_240
    assert counts["dead_letters"] > 0 < counts["dropped"]
    # A commit that is as large over both lakes: what its size takes would else seem to grow with the lake.
    added = [line.split(": ") for line in told.err.splitlines() if ": DuckDB, a commit more: " in line]
    assert [(rows, found.split(",")[0]) for rows, _, found, *_ in added] == [
        ("300", "12 articles"),
        ("1,200", "12 articles"),
    ]


def _step(name: str, *peaks_mb: float) -> warehouse.Step:
    """A step over 50,000 and 200,000 articles."""
    costs = {
        rows: [warehouse.Cost(rows=rows, seconds=1, cpu_s=1, peak_mb=peak_mb)]
        for rows, peak_mb in zip((50_000, 200_000), peaks_mb, strict=True)
    }
    return warehouse.Step(name, "its own", costs, costs)


@pytest.mark.parametrize(
    ("name", "peaks_mb", "told"),
    [
        ("changes", (328, 386), ""),
        ("DuckDB, a commit more", (406, 419), ""),
        ("DuckDB, a commit more", (246, 395), "memory grows with the lake: DuckDB, a commit more, from 246 to 395 MB"),
        ("PostgreSQL, first", (393, 660), "memory grows with the lake: PostgreSQL, first, from 393 to 660 MB"),
        ("DuckDB, first", (703, 1_291), ""),
        ("DuckDB, first", (1_199, 1_700), "memory is above its limit: DuckDB, first, 1700 MB, the limit is 1024 MB"),
    ],
)
def test_it_says_where_memory_grows(name: str, peaks_mb: tuple[float, float], told: str) -> None:
    assert list(warehouse.find_broken([_step(name, *peaks_mb)], 1_024)) == ([told] if told else [])
