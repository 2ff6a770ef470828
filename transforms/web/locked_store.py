"""Stores of small values that many read and one at a time changes, in memory or in a directory."""

import fcntl
import os
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from typing import Protocol


class LockedValue(Protocol):
    """A value that only the holder of its lock can change."""

    def read(self) -> bytes | None:
        """Return what was written last; None if nothing was, or if it is incomplete."""

    def write(self, data: bytes) -> None:
        """Replace the value; one line."""


class LockedStore(Protocol):
    """Values by name."""

    def read(self, name: str) -> bytes | None:
        """Return what was written last, without waiting; None if nothing was, or while it is being written."""

    def lock(self, name: str) -> AbstractContextManager[LockedValue]:
        """Wait for the lock of a name, and hold it until the block ends."""


class _MemoryValue:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._data: bytes | None = None

    def read(self) -> bytes | None:
        return self._data

    def write(self, data: bytes) -> None:
        self._data = data


class MemoryLockedStore:
    """A store for the threads that share this object.

    Args:
        max_names: names that are kept, those locked last; None for all.
    """

    def __init__(self, max_names: int | None = None) -> None:
        self._max_names = max_names
        self._values: OrderedDict[str, _MemoryValue] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, name: str) -> bytes | None:
        value = self._values.get(name)
        return value.read() if value else None

    @contextmanager
    def lock(self, name: str) -> Iterator[LockedValue]:
        with self._lock:
            value = self._values.setdefault(name, _MemoryValue())
            self._values.move_to_end(name)
            if self._max_names is not None and len(self._values) > self._max_names:
                self._values.popitem(last=False)
        with value.lock:
            yield value


_held: set[int] = set()


def _close_inherited() -> None:
    """Close the inherited locks in a forked child: they would outlast the parent."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_inherited)


def _seal(body: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(body), body)


def unseal(data: bytes) -> bytes | None:
    """Return the value in a file of a :class:`DirectoryLockedStore`; None where it is incomplete, or being written."""
    line, end, _ = data.partition(b"\n")
    body = line[9:]
    return body if end and line[:9] == b"%08x " % zlib.crc32(body) else None


class _FileValue:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> bytes | None:
        return unseal(os.pread(self._descriptor, os.fstat(self._descriptor).st_size, 0))

    def write(self, data: bytes) -> None:
        sealed, at = _seal(data), 0
        while at < len(sealed):
            at += os.pwrite(self._descriptor, sealed[at:], at)
        os.ftruncate(self._descriptor, len(sealed))


class DirectoryLockedStore:
    """A store for all threads and processes of a machine: one file for each name, locked by ``flock``.

    A lock ends with its process. Each lock opens the file anew, since ``flock`` belongs to the open file: so threads
    exclude each other as processes do, in the order in which they came.

    Args:
        directory: on a local disk; it exists.
        suffix: end of the names of its files.
    """

    def __init__(self, directory: str, suffix: str) -> None:
        self._directory = directory
        self._suffix = suffix

    def _path(self, name: str) -> str:
        key = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return f"{self._directory}/{key}{self._suffix}"

    def read(self, name: str) -> bytes | None:
        try:
            descriptor = os.open(self._path(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            return _FileValue(descriptor).read()
        finally:
            os.close(descriptor)

    @contextmanager
    def lock(self, name: str) -> Iterator[LockedValue]:
        descriptor = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        _held.add(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield _FileValue(descriptor)
        finally:
            if descriptor in _held:
                _held.discard(descriptor)
                os.close(descriptor)
