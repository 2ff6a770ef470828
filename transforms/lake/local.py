"""Files on a disk of this machine."""

import contextlib
import dataclasses
import errno
import fcntl
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from transforms.lake.paths import join

STAGED = ".staged"
"""Ends the name of a local file while it is written; the same for each try, so that the next one clears it away."""


@dataclasses.dataclass(frozen=True, slots=True)
class LocalStore:
    """A directory, as a :class:`~transforms.lake.store.Store`.

    Written with fsync, of the file and of its directory's entry: a commit that was reported survives a loss of
    power. obstore's own local store renames without fsync, so this is not built on it.

    Args:
        url: path of the directory; it need not be there. Empty for paths as they are, relative or absolute.
    """

    url: str

    @property
    def is_local(self) -> bool:
        return True

    def path(self, key: str) -> str:
        return join(self.url, key) if self.url else key

    def _place(self, key: str) -> Path:
        return Path(self.path(key))

    def read(self, key: str) -> bytes:
        return self._place(key).read_bytes()

    def open(self, key: str, *, size: int | None = None) -> io.RawIOBase:
        del size
        return self._place(key).open("rb", buffering=0)

    def write(self, key: str, data: bytes) -> None:
        path = self._place(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _naming(path), path.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())

    def replace(self, key: str, data: bytes) -> None:
        path, staged = self._place(key), self._place(key + STAGED)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _open_alone(staged):
            try:
                self.write(key + STAGED, data)
            except OSError:
                with contextlib.suppress(OSError):
                    staged.unlink(missing_ok=True)
                raise
            staged.replace(path)
        _sync_directory(path.parent)

    def create(self, key: str, data: bytes) -> bool:
        path = self._place(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _naming(path), path.open("xb") as out:
                out.write(data)
        except FileExistsError:
            return False
        return True

    def exists(self, key: str) -> bool:
        return self._place(key).is_file()

    def move(self, staged: str, final: str) -> None:
        source, target = self._place(staged), self._place(final)
        if not source.is_file():
            if target.is_file():
                return
            raise FileNotFoundError(errno.ENOENT, "a staged file went away before it was moved", str(source))
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        _sync_directory(target.parent)

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def remove_tree(self, key: str) -> None:
        path = self._place(key)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def list_names(self, key: str = "") -> list[str]:
        path = self._place(key)
        return sorted(child.name for child in path.iterdir()) if path.is_dir() else []

    def list_files(self, key: str = "", suffix: str = "") -> list[str]:
        top = self.path(key)
        walk = os.walk(top, onerror=_raise_unless_missing)
        found = [os.path.join(root, name) for root, _, names in walk for name in names if name.endswith(suffix)]  # noqa: PTH118
        start = len(self.url.rstrip("/")) + 1 if self.url else 0
        return sorted(path[start:] for path in found)


@contextlib.contextmanager
def _open_alone(path: Path) -> Iterator[None]:
    """Hold a file that no other process or thread holds in this way; wait for one that does.

    Whoever held it before has moved it to its final name, or was killed and left it.
    """
    while True:
        with path.open("ab") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            try:
                is_there = os.path.samestat(os.fstat(out.fileno()), path.stat())
            except FileNotFoundError:
                is_there = False
            if is_there:
                yield
                return


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file in an error of writing to it: the system names it only where opening fails."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def _sync_directory(path: Path) -> None:
    """Make the names in a directory survive a loss of power, where the system offers it."""
    with contextlib.suppress(OSError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
