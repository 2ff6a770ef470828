"""Loads into PostgreSQL, at random moments of a lake's life."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.tables import TABLES
from tests.export.test_load import NO_SHRINK
from tests.support.destinations import expected_children, held_children, held_rows
from tests.support.histories import STEPS, History, expected_rows
from tests.support.postgres import PostgresServer
from transforms.export.children import CHILDREN
from transforms.export.loads.load import load


@settings(max_examples=8, phases=NO_SHRINK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, st.sampled_from(["", "load", "children"])), min_size=2, max_size=8))
def test_postgres_holds_what_the_lake_holds(
    steps: list[tuple[tuple[object, ...], str]], postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = History(tmp_path_factory.mktemp("lake"))
    to = postgres.new_schema()
    has_children = False
    for step, loads in [*steps, (("compact",), "load"), (("retract", 1), "children")]:
        history.apply(step)
        if not loads or not history.lake.has_commits():
            continue
        has_children |= loads == "children"
        for done in load(history.lake, to, children=loads == "children").tables:
            held = held_rows(to, done.table)
            assert held == expected_rows(history.lake, done.table), done.table
            assert done.until == max(manifest.sequence for manifest in history.lake.manifests())
        if has_children:
            for name, found in CHILDREN.items():
                assert held_children(to, found) == expected_children(history.lake, found), name
    if history.lake.has_commits():
        again = load(history.lake, to)
        assert {done[3:] for done in again.tables} == {(0, 0, 0)}
        assert len(again.tables) == len(TABLES)
