"""An output goes in; what is committed in it comes out, told by its manifests alone."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from schemas.errors import CorruptManifest
from transforms.lake import files
from transforms.lake.manifest import DataFile, Manifest, manifest_from_json

_AT_ONCE = 16


def read_manifest(path: str) -> Manifest:
    """One manifest.

    Raises:
        CorruptManifest: it is cut off, or not a manifest.
    """
    try:
        return manifest_from_json(files.read_bytes(path))
    except ValueError as error:
        raise CorruptManifest(
            f"{path}: {error}; its rows cannot be told from strays: restore it from a backup, "
            "or remove it and the data files named after its run, and run that input again"
        ) from error


def manifest_paths(output: str) -> list[str]:
    """Paths of all manifests, by run and chunk."""
    runs = files.join(output, "runs")
    return [path for path in files.list_files(runs, ".json") if "/manifest-" in path.replace("\\", "/")]


def read_manifests(output: str) -> Iterator[Manifest]:
    """All manifests, by run and chunk.

    Raises:
        CorruptManifest: one cannot be read.
    """
    paths = manifest_paths(output)
    if files.is_local(output):
        yield from map(read_manifest, paths)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # a store answers many as fast as one
        yield from pool.map(read_manifest, paths)


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
