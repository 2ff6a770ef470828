"""Pages that run for ever, kill their worker, or kill the whole run: the small form of ``benchmarks/poison.py``."""

import json
from pathlib import Path

import pytest

from benchmarks.poison import MODES, Plan, find_faults, run_poison
from pipeline.parse import parse
from schemas.errors import UsageError

pytestmark = pytest.mark.slow(seconds=60)


def has_budgets() -> bool:
    """Whether this newsmill ends elements that take too long."""
    try:
        parse(["run", "--input", "in", "--output", "out", "--element_timeout_s", "5"])
    except UsageError:
        return False
    return True


needs_budgets = pytest.mark.skipif(not has_budgets(), reason="elements have no budget yet: no --element_timeout_s")


@needs_budgets
@pytest.mark.parametrize("mode", ["endless", "deadly"])
def test_all_others_land(tmp_path: Path, mode: str) -> None:
    # The budget is the time a poisoned page costs; a good one takes milliseconds, on a loaded machine, too.
    options = ("--workers=2", "--element_timeout_s=3")
    plan = Plan(mode=mode, pages=12, poison=2, scratch=tmp_path / mode, options=options, is_measured=False)
    found = run_poison(plan)
    assert found["faults"] == []
    assert found["articles"] == 10
    assert found["letters"] == {MODES[mode][1]: 2}
    assert found["killed_runs"] == 0


@needs_budgets
def test_a_page_that_kills_the_run_becomes_a_letter(tmp_path: Path) -> None:
    options = ("--workers=1", "--element_timeout_s=60")
    plan = Plan(
        mode="murderous", pages=4, poison=1, scratch=tmp_path / "run", chunk_documents=4, options=options,
        is_measured=False,
    )  # fmt: skip
    found = run_poison(plan)
    assert found["faults"] == []
    assert found["articles"] == 3
    assert found["letters"] == {"run.ended_twice": 1}
    assert 2 <= found["killed_runs"] <= plan.most_kills()


def test_the_test_would_notice() -> None:
    good, poisoned = {"a", "b"}, {"000003"}
    rows = [{"headline": "a"}, {"headline": "b"}]
    letter = {"code": "extract.too_slow", "source_uri": "in/000003.html", "url": None, "source_position": None}
    assert list(find_faults({"articles": rows, "dead_letters": [letter]}, good, poisoned, "extract.too_slow")) == []

    def faults(articles: list[dict[str, str]], letters: list[dict[str, str | None]]) -> str:
        return json.dumps(
            list(find_faults({"articles": articles, "dead_letters": letters}, good, poisoned, "extract.x"))
        )

    assert "good pages are lost" in faults(rows[:1], [])
    assert "there twice" in faults([*rows, rows[0]], [])
    assert "are articles" in faults([*rows, {"headline": "c"}], [])
    assert "not 1 extract.x" in faults(rows, [letter])
    assert "letters are of" in faults(rows, [{**letter, "source_uri": "in/000004.html", "code": "extract.x"}])
