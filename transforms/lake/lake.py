"""An output goes in; what is committed in it comes out, told by its manifests alone."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from schemas.errors import CorruptManifest
from transforms.lake import files
from transforms.lake.manifest import DataFile, Manifest, manifest_from_json
from transforms.lake.sequence import number_manifests

_AT_ONCE = 16

_sequences: dict[str, int] = {}
"""Sequence number as stored in each manifest that this process has read; a committed one never changes."""


def _whole(path: str) -> str:
    return os.path.abspath(path) if files.is_local(path) else path  # noqa: PTH100  of many paths


def read_manifest(path: str) -> Manifest:
    """One manifest, as it is stored.

    Raises:
        CorruptManifest: it is cut off, or not a manifest.
    """
    try:
        manifest = manifest_from_json(files.read_bytes(path))
    except ValueError as error:
        raise CorruptManifest(
            f"{path}: {error}; its rows cannot be told from strays: restore it from a backup, "
            "or remove it and the data files named after its run, and run that input again"
        ) from error
    _sequences[_whole(path)] = manifest.sequence
    return manifest


def manifest_paths(output: str) -> list[str]:
    """Paths of all manifests, by run and chunk."""
    runs = files.join(output, "runs")
    return [path for path in files.list_files(runs, ".json") if "/manifest-" in path.replace("\\", "/")]


def _read_all(paths: list[str]) -> list[Manifest]:
    if not paths or files.is_local(paths[0]):
        return list(map(read_manifest, paths))
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # a store answers many as fast as one
        return list(pool.map(read_manifest, paths))


def read_manifests(output: str) -> Iterator[Manifest]:
    """All manifests, by run and chunk; each has a sequence number, also where none is stored.

    Raises:
        CorruptManifest: one cannot be read.
    """
    yield from number_manifests(_read_all(manifest_paths(output)))


def next_sequence(output: str, path: str) -> int:
    """The number of the commit that is made now.

    One listing, and one read for each manifest that this process has not read before. Only for the one writer of the
    output: whoever holds its lock, or the one worker that commits the windows of an unbounded job.

    Args:
        path: of the manifest that will get the number.

    Raises:
        CorruptManifest: a manifest cannot be read, so that its number is not known.
        OSError: the store cannot be read.
    """
    others = [found for found in manifest_paths(output) if found != path]
    _read_all([found for found in others if _whole(found) not in _sequences])
    stored = [_sequences[_whole(found)] for found in others]
    return (max(stored) if any(stored) else len(stored)) + 1


def live_files(manifests: list[Manifest], table: str | None = None) -> list[DataFile]:
    """The files that an output holds: those of all manifests without what any of them removes."""
    removed = {path for manifest in manifests for path in manifest.removes}
    found = [
        file
        for manifest in manifests
        for file in manifest.files
        if file.path not in removed and table in (None, file.table)
    ]
    return sorted(found, key=lambda file: file.path)


def retracted_ids(manifests: list[Manifest]) -> frozenset[str]:
    """article_ids that were taken down."""
    return frozenset(name for manifest in manifests for name in manifest.retracted)


def runs_of(manifests: list[Manifest]) -> Mapping[str, list[Manifest]]:
    """Manifests by run, each run's by chunk."""
    found: dict[str, list[Manifest]] = {}
    for manifest in sorted(manifests, key=lambda manifest: (manifest.run_id, manifest.chunk)):
        found.setdefault(manifest.run_id, []).append(manifest)
    return found
