"""Loads that SIGKILL ends after some calls of the database.

Each load is forked from a process that has imported what loads need and has started no thread: to import it again for
each of many loads takes longer than to load.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from transforms.export.json_columns import JsonColumns
from transforms.export.loads import to_clickhouse, to_duckdb, to_postgres, to_sqlite
from transforms.export.loads.destination import TableLoad
from transforms.export.loads.load import load
from transforms.lake.lake import Lake

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])

_COUNTED = {
    to_clickhouse.ToClickhouse: ("execute", "write_cursor", "commit", "close"),
    to_duckdb.ToDuckdb: ("execute", "write_cursor", "commit", "close"),
    to_sqlite.ToSqlite: ("execute", "write_cursor", "commit", "close"),
    to_postgres.ToPostgres: ("_count", "_fetch", "_copy", "commit", "close"),
    JsonColumns: ("convert",),
}
"""Methods of which each call counts; each batch of rows that is read counts, too."""


class _Countdown:
    """SIGKILL to this process once so many calls were made."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            self.step()
            return method(*args, **named)

        return counted


def _load(output: str, to: str, calls: int, children: bool) -> None:
    countdown = _Countdown(calls)
    for cls, names in _COUNTED.items():
        for name in names:
            setattr(cls, name, countdown.wrap(getattr(cls, name)))
    read = TableLoad.batches

    def batches(*args: Any, **named: Any) -> Iterator[Any]:
        for batch in read(*args, **named):
            countdown.step()
            yield batch

    setattr(TableLoad, "batches", batches)  # noqa: B010
    load(output, to, children=children)


def load_and_kill(lake: Lake, to: str, calls: int, *, children: bool = False) -> bool:
    """Load in a process that SIGKILL ends after so many calls of the database and batches; return whether it did."""
    process = _FORKS.Process(target=_load, args=(lake.output, to, calls, children))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code in (0, -signal.SIGKILL)
    return code != 0
