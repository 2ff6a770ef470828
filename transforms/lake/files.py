"""Files by their whole path or address, for callers that have no store at hand.

What the functions promise is said at :class:`transforms.lake.store.Store`.
"""

import functools
from pathlib import Path

from transforms.lake.local import STAGED, LocalStore
from transforms.lake.open_store import open_store
from transforms.lake.paths import is_local, join
from transforms.lake.store import Store

__all__ = [
    "STAGED",
    "create_bytes",
    "exists",
    "is_local",
    "join",
    "list_files",
    "list_names",
    "move",
    "read_bytes",
    "remove_file",
    "remove_tree",
    "replace_bytes",
    "save_bytes",
    "write_bytes",
]

_LOCAL = LocalStore("")


@functools.lru_cache(maxsize=64)
def _bucket(url: str) -> Store:
    return open_store(url)


def _place(path: str) -> tuple[Store, str]:
    """Return the store of a path, and its key there."""
    if is_local(path):
        return _LOCAL, path
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return _bucket(f"{scheme}://{bucket}"), key


def write_bytes(path: str, data: bytes) -> None:
    """Do what :meth:`Store.write` does."""
    store, key = _place(path)
    store.write(key, data)


def replace_bytes(path: str, data: bytes) -> None:
    """Do what :meth:`Store.replace` does."""
    store, key = _place(path)
    store.replace(key, data)


def save_bytes(path: str, data: bytes) -> None:
    """Write a file that a user named: a link stays a link, and a pipe or a device is written to.

    Raises:
        OSError: it cannot be written.
    """
    if is_local(path) and Path(path).exists():
        if not Path(path).is_file():
            Path(path).write_bytes(data)
            return
        path = str(Path(path).resolve())
    replace_bytes(path, data)


def create_bytes(path: str, data: bytes) -> bool:
    """Do what :meth:`Store.create` does."""
    store, key = _place(path)
    return store.create(key, data)


def read_bytes(path: str) -> bytes:
    """Do what :meth:`Store.read` does."""
    store, key = _place(path)
    return store.read(key)


def exists(path: str) -> bool:
    """Do what :meth:`Store.exists` does."""
    store, key = _place(path)
    return store.exists(key)


def move(staged: str, final: str) -> None:
    """Do what :meth:`Store.move` does, within one bucket or on disks."""
    store, key = _place(staged)
    store.move(key, _place(final)[1])


def remove_tree(path: str) -> None:
    """Do what :meth:`Store.remove_tree` does."""
    store, key = _place(path)
    store.remove_tree(key)


def remove_file(path: str) -> None:
    """Do what :meth:`Store.remove` does."""
    store, key = _place(path)
    store.remove(key)


def list_names(base: str) -> list[str]:
    """Do what :meth:`Store.list_names` does."""
    store, key = _place(base)
    return store.list_names(key)


def list_files(base: str, suffix: str) -> list[str]:
    """Do what :meth:`Store.list_files` does, with whole paths."""
    store, key = _place(base)
    return [store.path(found) for found in store.list_files(key, suffix)]
