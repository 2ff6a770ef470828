"""Paths, bytes and moves on any file system that Beam knows."""

import contextlib
import errno
import os
from pathlib import Path

from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems


def join(base: str, *parts: str) -> str:
    """A path below ``base``; parts may hold slashes."""
    return str(FileSystems.join(base, *[piece for part in parts for piece in part.split("/") if piece]))


def is_local(path: str) -> bool:
    """Whether a path is on this machine's disk."""
    return FileSystems.get_scheme(path) is None


def make_parents(path: str) -> None:
    """Make the directories above a local path; object stores have none to make."""
    if is_local(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def write_bytes(path: str, data: bytes) -> None:
    """Write a whole file, on a local disk through to the disk.

    Raises:
        OSError: no space, no permission.
    """
    make_parents(path)
    if is_local(path):
        with Path(path).open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return
    with FileSystems.create(path, "application/octet-stream", CompressionTypes.UNCOMPRESSED) as out:
        out.write(data)


def read_bytes(path: str) -> bytes:
    """Read a whole file.

    Raises:
        OSError: it is not there or cannot be read.
    """
    with FileSystems.open(path, "application/octet-stream", CompressionTypes.UNCOMPRESSED) as source:
        return bytes(source.read())


def exists(path: str) -> bool:
    """Whether a file is there."""
    return bool(FileSystems.exists(path))


def move(staged: str, final: str) -> None:
    """Give a staged file its final name; harmless to repeat.

    Atomic on a local disk; a copy and a delete on object stores, where a reader sees the whole
    object or none.

    Raises:
        FileNotFoundError: neither the staged nor the final file is there.
    """
    if not exists(staged):
        if exists(final):
            return
        raise FileNotFoundError(errno.ENOENT, "a staged file went away before it was moved", staged)
    make_parents(final)
    if is_local(staged):
        Path(staged).replace(final)
    else:
        FileSystems.rename([staged], [final])


def remove_tree(path: str) -> None:
    """Remove what is below a path, and its parent where that is left empty; nothing there is no fault."""
    with contextlib.suppress(BeamIOError, FileNotFoundError):
        FileSystems.delete([path])
    if is_local(path):
        with contextlib.suppress(OSError):
            Path(path).parent.rmdir()


def remove_file(path: str) -> None:
    """Remove a file; one that is not there is no fault."""
    with contextlib.suppress(BeamIOError, FileNotFoundError):
        FileSystems.delete([path])


def list_names(base: str) -> list[str]:
    """Names directly below a directory, sorted: of files, and of directories that hold any file."""
    if is_local(base):
        return sorted(path.name for path in Path(base).iterdir()) if Path(base).is_dir() else []
    start = base.rstrip("/") + "/"
    found = FileSystems.match([start + "**"])[0].metadata_list
    return sorted({meta.path[len(start) :].split("/")[0] for meta in found})


def list_files(base: str, suffix: str) -> list[str]:
    """Full paths of all files below a directory whose name ends in ``suffix``, sorted."""
    if is_local(base):
        return sorted(str(path) for path in Path(base).rglob(f"*{suffix}") if path.is_file())
    found = FileSystems.match([base.rstrip("/") + "/**"])[0].metadata_list
    return sorted(meta.path for meta in found if meta.path.endswith(suffix))


def replace_bytes(path: str, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    if not is_local(path):
        write_bytes(path, data)  # an object appears whole
        return
    staged = f"{path}.{os.getpid()}.staged"
    write_bytes(staged, data)
    Path(staged).replace(path)
