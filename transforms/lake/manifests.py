"""Stored manifests: their names, what they hold, and the number of the next one."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from schemas.errors import CorruptManifest
from transforms.lake.manifest import DataFile, Manifest, manifest_from_json
from transforms.lake.run_directory import RUNS
from transforms.lake.sequence import number_manifests
from transforms.lake.store import Store

_AT_ONCE = 16
_lock = threading.Lock()
_sequences: dict[tuple[str, str], int] = {}
"""Sequence number as stored in each manifest that this process has read; a committed one never changes."""


def read_manifest(store: Store, key: str) -> Manifest:
    """Read one manifest, as it is stored.

    Raises:
        CorruptManifest: it is cut off, or not a manifest.
        FileNotFoundError: it is not there.
    """
    try:
        manifest = manifest_from_json(store.read(key))
    except ValueError as error:
        raise CorruptManifest(
            f"{store.path(key)}: {error}; it is unknown which data files it lists: restore it from a backup, "
            "or remove it and the data files named after its run, and run that input again"
        ) from error
    with _lock:
        _sequences[store.url, key] = manifest.sequence
    return manifest


def is_manifest(name: str) -> bool:
    """Return whether a file in the directory of a run is a manifest, by its name."""
    return name.startswith("manifest-") and name.endswith(".json")


def manifest_keys(store: Store) -> list[str]:
    """Keys of all manifests, by run and chunk.

    Raises:
        OSError: the store cannot be read.
    """
    return [key for key in store.list_files(RUNS, ".json") if is_manifest(key.rpartition("/")[2])]


def read_each(store: Store, keys: Sequence[str]) -> list[Manifest]:
    """Read manifests as they are stored, in the order of the keys.

    Raises:
        CorruptManifest: one cannot be read.
        OSError: the store cannot be read.
    """
    if store.is_local or len(keys) < 2:
        return [read_manifest(store, key) for key in keys]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # a bucket answers many as fast as one
        return list(pool.map(lambda key: read_manifest(store, key), keys))


def read_all(store: Store) -> list[Manifest]:
    """Read all manifests, by run and chunk; each has a sequence number, also where none is stored.

    Raises:
        CorruptManifest: one cannot be read.
        OSError: the store cannot be read.
    """
    return number_manifests(read_each(store, manifest_keys(store)))


def next_sequence(store: Store, key: str) -> int:
    """Compute the number of the commit that is being made.

    One listing, and one read for each manifest that this process has not read before. Only for the one writer of the
    output: the holder of its lock, or the one worker that commits the windows of an unbounded job.

    Args:
        key: of the manifest that will get the number.

    Raises:
        CorruptManifest: a manifest cannot be read, so that its number is not known.
        OSError: the store cannot be read.
    """
    others = [found for found in manifest_keys(store) if found != key]
    read_each(store, [found for found in others if (store.url, found) not in _sequences])
    stored = [_sequences[store.url, found] for found in others]
    return (max(stored) if any(stored) else len(stored)) + 1


def live_files(manifests: Iterable[Manifest], table: str | None = None) -> list[DataFile]:
    """Return the files that an output holds: those of all manifests without what any of them removes."""
    committed = list(manifests)
    removed = {path for manifest in committed for path in manifest.removes}
    found = [
        file
        for manifest in committed
        for file in manifest.files
        if file.path not in removed and table in (None, file.table)
    ]
    return sorted(found, key=lambda file: file.path)


def retracted_ids(manifests: Iterable[Manifest]) -> frozenset[str]:
    """article_ids that were taken down."""
    return frozenset(name for manifest in manifests for name in manifest.retracted)
