"""The benchmark of manners in a small form: a web of liars, refusers and slow hosts, judged by the servers' own log."""

from pathlib import Path

import pytest

from benchmarks.politeness import run_politeness
from tests.support.simulated_web import SimulatedWeb

pytestmark = pytest.mark.slow(seconds=60)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 3), (2, 2)])  # each round starts both workers anew
def test_no_rule_is_broken_and_nothing_is_asked_in_vain(workers: int, rounds: int, tmp_path: Path) -> None:
    many = [f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"] if workers > 1 else []
    with SimulatedWeb(hosts=24, slowest_s=0.5, crawl_delay_s=1) as web:
        result = run_politeness(web, tmp_path, rounds=rounds, delay_s=0.2, options=many)
    assert not result["failures"]
