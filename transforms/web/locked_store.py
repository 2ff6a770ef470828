"""A name goes in; bytes that many may read and one at a time may change come out, in memory or in a directory."""

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
    """Bytes that nobody else can change now."""

    def read(self) -> bytes | None:
        """What was written last; None if nothing was, or not whole."""

    def write(self, data: bytes) -> None:
        """Replace it; one line."""


class LockedStore(Protocol):
    """Bytes by name."""

    def read(self, name: str) -> bytes | None:
        """What was written last, without waiting; None if that is not known, or being written just now."""

    def lock(self, name: str) -> AbstractContextManager[LockedValue]:
        """Be the only one to change it until the block ends; waits for that."""


class _MemoryValue:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._data: bytes | None = None

    def read(self) -> bytes | None:
        return self._data

    def write(self, data: bytes) -> None:
        self._data = data


class MemoryLockedStore:
    """For the threads that share this object.

    Args:
        most: names that stay, those held last; None for all.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
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
            if self._most is not None and len(self._values) > self._most:
                self._values.popitem(last=False)
        with value.lock:
            yield value


_held: set[int] = set()


def _let_go() -> None:
    """In a forked child: its copy of a descriptor would keep a turn beyond the end of the parent."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)


def _seal(body: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(body), body)


def unseal(data: bytes) -> bytes | None:
    """What a file of a :class:`DirectoryLockedStore` holds; None where it is not whole, or is just being written."""
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
    """For all threads and processes of a machine: one file a name, held by ``flock``, which ends with the process.

    Each turn opens the file anew. A lock belongs to what was opened: so threads exclude each other as processes
    do, in the order in which they came.

    Args:
        directory: on a local disk; it is there.
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
