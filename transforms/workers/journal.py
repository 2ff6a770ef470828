"""A file of the elements that are in worker processes, which outlives a run that is killed."""

import os
from pathlib import Path
from typing import NamedTuple

KEY_CHARS = 32
"""Length of a key: hex digits."""

_EMPTY, _TOGETHER, _ALONE = b" ", b"+", b"!"
_RECORD_BYTES = 1 + KEY_CHARS + 1


class InFlight(NamedTuple):
    """An element that had no answer when its run ended.

    Attributes:
        key: of the element.
        is_alone: no other was in any worker at the time.
    """

    key: str
    is_alone: bool


class Journal:
    """One line for each element that a worker has and has not answered, written in place.

    What is written is in the system's page cache, so it survives the end of the process, however it ends; two system
    calls an element.

    Args:
        path: of the file, on a local disk; it is emptied.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._free: list[int] = []
        self._count = 0

    def begin(self, key: str, *, is_alone: bool) -> int:
        """Note that an element is given to a worker; return its slot."""
        slot = self._free.pop() if self._free else self._count
        self._count = max(self._count, slot + 1)
        self._write(slot, (_ALONE if is_alone else _TOGETHER) + key.encode("ascii"))
        return slot

    def end(self, slot: int) -> None:
        """Note that it was answered."""
        self._write(slot, _EMPTY * (1 + KEY_CHARS))
        self._free.append(slot)

    def close(self) -> None:
        """Delete all notes: the run has ended in order."""
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def _write(self, slot: int, record: bytes) -> None:
        os.pwrite(self._file, record + b"\n", slot * _RECORD_BYTES)


def read_journal(path: Path) -> list[InFlight]:
    """Read the journal of an ended run; empty where there is none, or the run ended in order."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return []
    kept = [line for line in lines if len(line) == _RECORD_BYTES - 1 and line[:1] in (_TOGETHER, _ALONE)]
    return [InFlight(line[1:].decode("ascii", "replace"), line[:1] == _ALONE) for line in kept]
