"""Loads into DuckDB and SQLite, at random moments of a lake's life."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.tables import TABLES
from tests.support.destinations import address, held_rows
from tests.support.histories import STEPS, History, expected_rows
from transforms.export.loads.load import load

KINDS = ("duckdb", "sqlite")

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A database is too slow to look for the smallest failure; an example that failed is tried first the next time."""


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, phases=NO_SHRINK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, st.booleans()), min_size=2, max_size=9))
def test_destinations_hold_what_the_lake_holds(
    kind: str, steps: list[tuple[tuple[object, ...], bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = History(tmp_path_factory.mktemp("lake"))
    to = address(tmp_path_factory.mktemp("db"), kind)
    counts: dict[str, int] = {}
    for step, loads in [*steps, (("compact",), True)]:
        history.apply(step)
        if not loads or not history.lake.has_commits():
            continue
        before = (
            {name: held_rows(to, name).total() for name in TABLES} if Path(to.partition(":///")[2]).exists() else {}
        )
        for done in load(history.lake, to).tables:
            held = held_rows(to, done.table)
            assert held == expected_rows(history.lake, done.table), done.table
            assert held.total() == before.get(done.table, 0) + done.inserted - done.deleted
            assert done.until == max(manifest.sequence for manifest in history.lake.manifests())
