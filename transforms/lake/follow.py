"""A run that goes on goes in; what it has committed since one last looked comes out."""

from transforms.lake import files
from transforms.lake.lake import read_manifest
from transforms.lake.manifest import Manifest


def new_manifests(output: str, run_id: str, seen: set[str]) -> list[Manifest]:
    """Manifests of a run that were not there before, by chunk.

    One listing of the run's directory, and one read for each that is new.

    Args:
        seen: names of those that were; what is returned is added.

    Raises:
        CorruptManifest: one cannot be read.
        OSError: the directory cannot be read.
    """
    directory = files.join(output, "runs", run_id)
    names = [name for name in files.list_names(directory) if name.startswith("manifest-") and name.endswith(".json")]
    found = [(name, read_manifest(files.join(directory, name))) for name in names if name not in seen]
    seen.update(name for name, _ in found)
    return sorted((manifest for _, manifest in found), key=lambda manifest: manifest.chunk)
