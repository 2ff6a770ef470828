"""Indexes as files, which all workers can read."""

import functools
import io
import json

import numpy as np

from transforms.known.index import KnownIndex
from transforms.lake import files

_PARTS = ("articles", "texts", "links", "shared", "left_out")


def save_index(index: KnownIndex, directory: str) -> None:
    """Write an index where all workers can read it."""
    for part in _PARTS:
        sink = io.BytesIO()
        np.save(sink, getattr(index, part), allow_pickle=False)
        files.write_bytes(files.join(directory, f"{part}.npy"), sink.getvalue())
    files.write_bytes(files.join(directory, "retracted.json"), json.dumps(sorted(index.retracted)).encode())
    files.write_bytes(files.join(directory, "files.json"), json.dumps([index.output, *index.paths]).encode())


@functools.lru_cache(maxsize=4)
def load_index(directory: str) -> KnownIndex:
    """Load a saved index; on a local disk it is mapped into memory, so that all processes share it."""
    parts = {}
    for part in _PARTS:
        path = files.join(directory, f"{part}.npy")
        parts[part] = (
            np.load(path, mmap_mode="r") if files.is_local(path) else np.load(io.BytesIO(files.read_bytes(path)))
        )
    retracted = json.loads(files.read_bytes(files.join(directory, "retracted.json")))
    output, *paths = json.loads(files.read_bytes(files.join(directory, "files.json")))
    return KnownIndex(**parts, retracted=frozenset(retracted), output=output, paths=tuple(paths))
