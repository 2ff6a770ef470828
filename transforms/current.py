"""A value that one graph reads anew each time it is run."""

import functools
import pickle
from pathlib import Path
from typing import Any


class CurrentValue:
    """A value in a local file, replaced between two runs of the same graph.

    A graph is expensive to build and cheap to run again. What differs between its runs, such as the elements of a
    chunk, is not part of the graph but of this file, which each process reads when it has changed.

    Args:
        path: of the file; in a directory that only this user can write to, since values are pickled.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def replace(self, value: Any) -> None:
        """Write the value of the next run; only while the graph is not running."""
        staged = Path(f"{self._path}.tmp")
        staged.write_bytes(pickle.dumps(value))
        staged.replace(self._path)

    def get(self) -> Any:
        """Return the value of this run.

        Raises:
            FileNotFoundError: none was written.
        """
        status = Path(self._path).stat()
        return _load(self._path, status.st_ino, status.st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _load(path: str, *_version: int) -> Any:
    return pickle.loads(Path(path).read_bytes())  # noqa: S301  written by this user a moment ago
