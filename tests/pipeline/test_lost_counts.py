"""Counters that an engine has lost are completed by the rows, and a document that was lost is still missed."""

import random
from collections import Counter
from typing import Any

import pytest

from pipeline.balance import find_imbalance
from pipeline.lost_counts import complete_counters
from schemas.stages import STAGES
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, TABLES
from tests.pipeline.test_balance import COUNTERS, LATE

ARTICLE_COUNT, STORIES, RELATIONS = 9, 9, 2
WITHOUT_ROWS = ("known.known", "versions.known")
Rows = dict[str, Counter[tuple[Any, ...]]]


def make_rows() -> Rows:
    """Rows of the outcomes in COUNTERS."""
    rows: Rows = {name: Counter() for name in TABLES}
    for name, number in COUNTERS.items():
        stage, outcome = name.split(".")
        for table in (DEAD_LETTERS, DROPPED):
            # What is wrong with a source is a letter of the stage that reads it.
            if stage != "sources" and outcome in getattr(table.counted, "outcomes", ()):
                values = {"stage": stage, "outcome": outcome}
                rows[table.name][tuple(values.get(column, "x") for column in table.reported)] += number
    rows[ARTICLES.name][("x",) * len(ARTICLES.reported)] = ARTICLE_COUNT
    rows["stories"][()] = STORIES
    rows["relations"][("near_copy",)] = RELATIONS
    return rows


def judge(counters: dict[str, int], rows: Rows) -> list[str]:
    totals = {name: some.total() for name, some in rows.items()}
    return find_imbalance(complete_counters(counters, rows), totals)


def test_whole_counters_stay_as_they_are() -> None:
    assert complete_counters(COUNTERS, make_rows()) == COUNTERS


@pytest.mark.parametrize("counter", [name for name in COUNTERS if not name.endswith("micros")])
def test_a_counter_that_is_too_small_is_completed_where_rows_say_so(counter: str) -> None:
    for number in range(COUNTERS[counter]):
        found = judge({**COUNTERS, counter: number}, make_rows())
        assert bool(found) == (counter in WITHOUT_ROWS), "what has no row is missed as before"


@pytest.mark.parametrize("seed", range(50))
def test_any_counters_of_bundles_that_were_lost_are_completed(seed: int) -> None:
    chance = random.Random(seed)
    lost = {name: number for name, number in COUNTERS.items() if name not in WITHOUT_ROWS}
    for name in chance.sample(sorted(lost), chance.randrange(1, len(lost))):
        lost[name] = chance.randrange(lost[name] + 1)
    # A document that is known already has no row: what is counted of it is all that there is.
    kept = {name: COUNTERS[name] for name in (*WITHOUT_ROWS, "known.in", "known.done", "versions.in")}
    assert judge({**lost, **kept}, make_rows()) == []


@pytest.mark.parametrize("stage", [stage.word for stage in STAGES])
def test_a_document_that_entered_a_stage_and_has_no_row_is_missed(stage: str) -> None:
    counters = {**COUNTERS, f"{stage}.in": COUNTERS[f"{stage}.in"] + 1}
    assert judge(counters, make_rows())


@pytest.mark.parametrize("table", ["articles", "dead_letters", "dropped", "stories", "relations"])
def test_a_row_that_was_counted_and_is_not_there_is_missed(table: str) -> None:
    rows = make_rows()
    values = next(iter(rows[table]))
    rows[table][values] -= 1
    assert judge(COUNTERS, rows)


def test_what_all_late_stages_lost_is_completed() -> None:
    """Seen on Prism: of four articles no counter of a stage that enriches."""
    lost = {f"{stage.word}.{name}": COUNTERS[f"{stage.word}.{name}"] - 4 for stage in LATE for name in ("in", "done")}
    assert judge({**COUNTERS, **lost}, make_rows()) == []
