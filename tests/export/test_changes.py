"""What changes says leads from any commit of a lake to its present state."""

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.tables import TABLES
from tests.support.histories import STEPS, Copy, History, expected_rows
from transforms.export.change_events import read_events
from transforms.export.changes import find_changes, read_changes


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, st.booleans()), min_size=2, max_size=9))
def test_copies_hold_what_the_lake_holds(
    steps: list[tuple[tuple[object, ...], bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One copy follows by rows, one by events; both look at random moments."""
    history = History(tmp_path_factory.mktemp("lake"))
    by_rows, by_events, since = Copy(), Copy(), 0
    for step, looks in [*steps, (("compact",), True)]:
        history.apply(step)
        if not looks or not history.lake.has_commits():
            continue
        changes = find_changes(history.lake, since)
        for name in TABLES:
            by_rows.delete(name, changes.deleted(name))
            batches = list(read_changes(history.lake, changes, name))
            if TABLES[name].has_only_newest:
                batches = newest_last(batches)
            for batch in batches:
                by_rows.add(name, batch)
        last = 0
        for events in read_events(history.lake, since, tables=TABLES):
            assert since < events.sequence and last <= events.sequence <= changes.until
            last = events.sequence
            assert set(events.rows.column("commit_sequence").to_pylist()) == {events.sequence}
            gone = events.rows.filter(pa.compute.equal(events.rows.column("op"), "delete"))
            by_events.delete(events.table, gone.column("row_id").to_pylist())
            by_events.add(events.table, events.rows.filter(pa.compute.not_equal(events.rows.column("op"), "delete")))
        since = changes.until
        for name in TABLES:
            wanted = expected_rows(history.lake, name)
            assert by_rows.held(name) == wanted, name
            assert by_events.held(name) == wanted, name


def newest_last(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Feed states in the order of their polls: the files have any order."""
    if not batches:
        return []
    table = pa.Table.from_batches(batches)
    order = [("poll_count", "ascending"), ("commit_sequence", "ascending")]
    return list(table.sort_by(order).combine_chunks().to_batches())
