"""The states of all feeds, read from the committed rows of ``feed_state``, and their compaction."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.documents import Source
from schemas.feeds import FeedState
from schemas.record import arrow_schema, from_row
from schemas.tables import FEED_STATE
from transforms.feeds.schedule import is_due
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.manifests import live_files
from transforms.lake.partitions import partition_value
from transforms.lake.rewrite import read_parts, stage_rows, stored_schema

TABLE = FEED_STATE.name

MOST_FILES = 32
"""Files of the table that a start may have to read before they are made one."""

_GROUP_ROWS = 20_000
_SCHEMA = arrow_schema(FeedState)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class States(MutableMapping[str, FeedState]):
    """Feed address to state. What was loaded stays in Arrow columns and is made a FeedState on access.

    Args:
        rows: one a feed, columns of FeedState.
    """

    def __init__(self, rows: pa.Table | None = None) -> None:
        rows = _SCHEMA.empty_table() if rows is None else rows
        # pyarrow takes ten times as long for an instant as for anything else.
        times = {field.name for field in _SCHEMA if pa.types.is_timestamp(field.type)}
        columns = {name: rows.column(name).combine_chunks() for name in _SCHEMA.names}
        self._times: dict[str, Any] = {name: columns.pop(name).cast(pa.int64()) for name in sorted(times)}
        self._columns: dict[str, Any] = columns
        self._places = {url: place for place, url in enumerate(rows.column("feed_url").to_pylist())}
        self._changed: dict[str, FeedState] = {}

    def __getitem__(self, feed_url: str) -> FeedState:
        if (changed := self._changed.get(feed_url)) is not None:
            return changed
        place = self._places[feed_url]
        values = {name: column[place].as_py() for name, column in self._columns.items()}
        return from_row(FeedState, values | self._instants(place, self._times))

    def _instants(self, place: int, names: Iterable[str]) -> dict[str, Any]:
        micros = {name: self._times[name][place].as_py() for name in names}
        return {
            name: None if value is None else _EPOCH + timedelta(microseconds=value) for name, value in micros.items()
        }

    def __setitem__(self, feed_url: str, state: FeedState) -> None:
        self._changed[feed_url] = state
        self._places.setdefault(feed_url, -1)

    def __delitem__(self, feed_url: str) -> None:
        del self._places[feed_url]
        self._changed.pop(feed_url, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, feed_url: object) -> bool:
        return feed_url in self._places

    def learn(self, newer: Mapping[str, FeedState]) -> None:
        """Take over what is newer: of two states of a feed the one with more polls, of equals the latter."""
        for name, state in newer.items():
            known = self.get(name)
            if known is None or known.poll_count <= state.poll_count:
                self[name] = state

    def is_due(self, feed_url: str, now: datetime) -> bool:
        """Return the same as :func:`is_due` of the state, without making it; a feed that is not known is due."""
        place = self._places.get(feed_url, -1)
        if feed_url in self._changed or place < 0:
            state = self._changed.get(feed_url)
            return state is None or is_due(state, now)
        status = self._columns["status"][place].as_py()
        return is_due(
            FeedState(feed_url=feed_url, status=status, **self._instants(place, ("next_due_at", "polled_at"))), now
        )


class _Newest(NamedTuple):
    """Where the newest row of each feed is."""

    urls: pa.Array
    polls: npt.NDArray[np.int64]
    file: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]


def _find_newest(lake: Lake, wanted: Sequence[DataFile]) -> _Newest:
    """Look at two columns of each file, one file after the other; of equals the one in the later file is newer."""
    none = np.zeros(0, np.int64)
    best = _Newest(pa.array([], pa.string()), none, none, none)
    for number, file in enumerate(wanted):
        with lake.open(file) as source:
            table = pq.ParquetFile(source).read(columns=["feed_url", "poll_count"], use_threads=False)
        if not table.num_rows:
            continue
        coded = pa.concat_arrays(table.column("feed_url").chunks).dictionary_encode()
        polls = table.column("poll_count").to_numpy().astype(np.int64)
        order = np.argsort(polls, kind="stable")
        rows = np.zeros(len(coded.dictionary), np.int64)
        rows[coded.indices.to_numpy(zero_copy_only=False)[order]] = order  # of a feed's rows the last one stays
        at = pc.fill_null(pc.index_in(coded.dictionary, value_set=best.urls), -1).to_numpy(zero_copy_only=False)
        known = at >= 0
        better = known.copy()
        better[known] = polls[rows[known]] >= best.polls[at[known]]
        place = at[better]
        best.polls[place], best.file[place], best.row[place] = polls[rows[better]], number, rows[better]
        new = rows[~known]
        best = _Newest(
            pa.concat_arrays([best.urls, coded.dictionary.filter(pa.array(~known))]),
            np.concatenate([best.polls, polls[new]]),
            np.concatenate([best.file, np.full(len(new), number)]),
            np.concatenate([best.row, new]),
        )
    return best


def _read_newest(lake: Lake, wanted: Sequence[DataFile]) -> pa.Table:
    """Read the newest row of each feed; of each file only the rows that count are kept."""
    best = _find_newest(lake, wanted)
    parts = [_SCHEMA.empty_table()]
    for number in np.unique(best.file):
        file, rows, start = wanted[number], np.sort(best.row[best.file == number]), 0
        for part in read_parts(lake, file, has_partition=True):
            first, last = np.searchsorted(rows, (start, start + part.num_rows))
            if first < last:
                parts.append(part.take(pa.array(rows[first:last] - start)))
            start += part.num_rows
    return pa.concat_tables(parts)


def _in_order(manifests: Iterable[Manifest]) -> list[DataFile]:
    return live_files(list(manifests), TABLE)


def load_states(lake: Lake, manifests: Iterable[Manifest]) -> States:
    """Load the states of all feeds: of each the row with most polls.

    Two columns of all files are read, and the rest only of rows that count. Memory is that of the newest rows.

    Raises:
        OSError: a file cannot be read.
    """
    return States(_read_newest(lake, _in_order(manifests)))


def _known(given: FeedState, states: Mapping[str, FeedState]) -> FeedState:
    """Return the state of a subscription with the intervals that its list has now."""
    known = states.get(given.feed_url)
    if known is None:
        return given
    return replace(known, min_interval_s=given.min_interval_s, max_interval_s=given.max_interval_s)


def attach_states(sources: Iterable[Source], states: Mapping[str, FeedState]) -> list[Source]:
    """Return the same sources, each subscription as its last poll left it; its intervals are those of the list."""
    return [source if source.feed is None else replace(source, feed=_known(source.feed, states)) for source in sources]


def pick_due(
    sources: Iterable[Source], states: Mapping[str, FeedState], now: datetime
) -> tuple[list[Source], list[Source]]:
    """Split sources into those to poll now, with their states, and those that wait or are retired, as given.

    A source that is not a subscription is always due.
    """
    due: list[Source] = []
    waiting: list[Source] = []
    for source in sources:
        if source.feed is None:
            due.append(source)
            continue
        name = source.feed.feed_url
        should = states.is_due(name, now) if isinstance(states, States) else is_due(_known(source.feed, states), now)
        if should:
            due += attach_states([source], states)
        else:
            waiting.append(source)
    return due, waiting


def compact_states(
    lake: Lake,
    manifests: Sequence[Manifest],
    *,
    run_id: str,
    ingest_date: date,
    chunk: int = 0,
    most_files: int = MOST_FILES,
) -> Manifest | None:
    """Commit one file with the newest row of each feed in place of all, where there are too many.

    The caller must hold the lock of the output. Older rows are removed: each poll stays in ``fetch_log``.
    The rows are stamped anew, since they are in the partition of another day.

    Args:
        run_id: a name that no run has, which begins with the time if those of runs do.
        ingest_date: UTC day of that time.
        chunk: number of the commit.
        most_files: number of files up to which nothing is done.

    Returns:
        What was committed; None where nothing had to be done.

    Raises:
        OSError: a read, a write or a move failed.
    """
    wanted = _in_order(manifests)
    if len(wanted) <= most_files:
        return None
    path = data_path(TABLE, f"ingest_date={partition_value(ingest_date)}", run_id, chunk, 0)
    rows = _read_newest(lake, wanted).sort_by("feed_url")
    for name, value in (("run_id", run_id), ("chunk", chunk)):
        field = _SCHEMA.field(name)
        stamp = pa.repeat(pa.scalar(value, field.type), rows.num_rows)
        rows = rows.set_column(rows.schema.get_field_index(name), field, stamp)
    rows = rows.select(stored_schema(TABLE, path).names)
    groups = (rows.slice(start, _GROUP_ROWS) for start in range(0, rows.num_rows, _GROUP_ROWS))
    try:
        staged = stage_rows(lake, TABLE, path, groups, run_id=run_id, chunk=chunk)
    except BaseException:
        lake.discard(run_id, chunk)
        raise
    removes = tuple(file.path for file in wanted)
    return lake.commit("compact", [staged], run_id=run_id, chunk=chunk, removes=removes)
