"""A ledger that does not add up is found, whatever is wrong with it."""

import pytest

from pipeline.balance import count_stages, find_imbalance
from schemas.stages import STAGES, VERSIONS

LATE = STAGES[STAGES.index(VERSIONS) + 1 :]
COUNTERS = {
    "sources.in": 3, "sources.done": 2, "sources.dead": 1,
    "read.in": 23, "read.done": 21, "read.dead": 1, "read.filtered": 1,
    "known.in": 13, "known.done": 10, "known.known": 3,
    "fetch.in": 10, "fetch.done": 6, "fetch.dead": 2, "fetch.filtered": 1, "fetch.duplicate": 1,
    "extract.in": 14, "extract.done": 13, "extract.dead": 1,
    "language.in": 13, "language.done": 13,
    "repeats.in": 13, "repeats.done": 11, "repeats.duplicate": 2,
    "versions.in": 11, "versions.done": 9, "versions.filtered": 1, "versions.known": 1,
    **{f"{stage.word}.{name}": 9 for stage in LATE for name in ("in", "done")},
    f"{LATE[-1].word}.micros": 2_500_000,
    "stories.rows": 9, "relations.rows": 2,
}  # fmt: skip
ROWS = {"articles": 9, "dead_letters": 4, "dropped": 6, "stories": 9, "relations": 2}


def test_a_whole_ledger_balances() -> None:
    assert find_imbalance(COUNTERS, ROWS) == []
    assert count_stages(COUNTERS)[-1].busy_s == 2.5


@pytest.mark.parametrize("counter", [name for name in COUNTERS if not name.endswith("micros")])
def test_any_counter_that_is_one_off_is_found(counter: str) -> None:
    assert find_imbalance({**COUNTERS, counter: COUNTERS[counter] + 1}, ROWS)


@pytest.mark.parametrize("table", ROWS)
def test_a_lost_or_a_doubled_row_is_found(table: str) -> None:
    assert find_imbalance(COUNTERS, {**ROWS, table: ROWS[table] - 1})
    assert find_imbalance(COUNTERS, {**ROWS, table: ROWS[table] + 1})


def test_an_empty_run_balances() -> None:
    assert find_imbalance({}, {}) == []
