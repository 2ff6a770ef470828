"""Paths, bytes and moves: on this machine's disk, in S3-compatible stores, on any file system that Beam knows.

All functions mean the same everywhere: a file is there whole or not at all once :func:`replace_bytes` or
:func:`move` has named it, removing what is not there is no fault, and failures are OSErrors.
"""

import contextlib
import errno
import os
import re
import shutil
from pathlib import Path

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from transforms.lake import objects

STAGED = ".staged"
"""Ends the name of a local file while it is written; the same for each try, so that the next one clears it away."""


def join(base: str, *parts: str) -> str:
    """A path below ``base``; parts may hold slashes.

    >>> join("s3://bucket/news/", "runs/1", "a.json")
    's3://bucket/news/runs/1/a.json'
    """
    return str(FileSystems.join(base, *[piece for part in parts for piece in part.split("/") if piece]))


def is_local(path: str) -> bool:
    """Whether a path is on this machine's disk."""
    return FileSystems.get_scheme(path) is None


def make_parents(path: str) -> None:
    """Make the directories above a local path; object stores have none to make."""
    if is_local(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _sync_directory(path: Path) -> None:
    """Make the names in a directory last through a loss of power, where the system offers it."""
    with contextlib.suppress(OSError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write_bytes(path: str, data: bytes) -> None:
    """Write a whole file, on a local disk through to the disk. A crash may leave a part of it there.

    Raises:
        OSError: no space, no permission.
    """
    make_parents(path)
    if is_local(path):
        with Path(path).open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    elif objects.is_object(path):
        objects.put(path, data)
    else:
        with FileSystems.create(path, "application/octet-stream", CompressionTypes.UNCOMPRESSED) as stream:
            stream.write(data)


def replace_bytes(path: str, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    One writer at a time.

    Raises:
        OSError: no space, no permission; the old content is still there.
    """
    if not is_local(path):
        write_bytes(path, data)  # an object appears whole
        return
    staged = path + STAGED
    try:
        write_bytes(staged, data)
    except OSError:
        with contextlib.suppress(OSError):
            Path(staged).unlink(missing_ok=True)
        raise
    Path(staged).replace(path)
    _sync_directory(Path(path).parent)


def create_bytes(path: str, data: bytes) -> bool:
    """Write a file that is not there yet; of two who try at once, one succeeds.

    Local disks and S3-compatible stores decide it themselves; elsewhere it is looked up first, which leaves a gap.

    Returns:
        False where there is a file of that name; it is left as it is.

    Raises:
        OSError: no space, no permission.
    """
    make_parents(path)
    try:
        if is_local(path):
            with Path(path).open("xb") as out:
                out.write(data)
        elif objects.is_object(path):
            objects.put(path, data, only_new=True)
        elif exists(path):
            return False
        else:
            write_bytes(path, data)
    except FileExistsError:
        return False
    return True


def read_bytes(path: str) -> bytes:
    """Read a whole file.

    Raises:
        FileNotFoundError: it is not there.
        OSError: it cannot be read.
    """
    if is_local(path):
        return Path(path).read_bytes()
    if objects.is_object(path):
        return objects.get(path)
    with FileSystems.open(path, "application/octet-stream", CompressionTypes.UNCOMPRESSED) as source:
        return bytes(source.read())


def exists(path: str) -> bool:
    """Whether a file is there. Directories do not count: object stores have none.

    Raises:
        OSError: it cannot be told.
    """
    if is_local(path):
        return Path(path).is_file()
    return objects.is_there(path) if objects.is_object(path) else bool(FileSystems.exists(path))


def move(staged: str, final: str) -> None:
    """Give a staged file its final name; harmless to repeat.

    Atomic on a local disk; a copy and a delete on object stores, where a reader sees the whole
    object or none.

    Raises:
        FileNotFoundError: neither the staged nor the final file is there.
        OSError: no permission, no space.
    """
    if not exists(staged):
        if exists(final):
            return
        raise FileNotFoundError(errno.ENOENT, "a staged file went away before it was moved", staged)
    make_parents(final)
    if is_local(staged):
        Path(staged).replace(final)
        _sync_directory(Path(final).parent)
    elif objects.is_object(staged):
        objects.rename(staged, final)
    else:
        FileSystems.rename([staged], [final])


def remove_tree(path: str) -> None:
    """Remove what is below a path, and its parent where that is left empty; nothing there is no fault.

    Raises:
        OSError: no permission.
    """
    if is_local(path):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path)
        with contextlib.suppress(OSError):
            Path(path).parent.rmdir()
    elif objects.is_object(path):
        objects.remove(objects.list_below(path))
    elif found := _match_below(path):
        FileSystems.delete(found)


def remove_file(path: str) -> None:
    """Remove a file; one that is not there is no fault.

    Raises:
        OSError: no permission.
    """
    if is_local(path):
        Path(path).unlink(missing_ok=True)
    elif objects.is_object(path):
        objects.remove([path])
    elif FileSystems.exists(path):
        FileSystems.delete([path])


def list_names(base: str) -> list[str]:
    """Names directly below a directory, sorted: of files and of directories; nothing there gives none.

    Raises:
        OSError: it cannot be read.
    """
    if is_local(base):
        return sorted(path.name for path in Path(base).iterdir()) if Path(base).is_dir() else []
    if objects.is_object(base):
        return objects.names_below(base)
    start = base.rstrip("/") + "/"
    return sorted({path[len(start) :].split("/")[0] for path in _match_below(base)})


def list_files(base: str, suffix: str) -> list[str]:
    """Full paths of all files below a directory, at any depth, whose name ends in ``suffix``, sorted.

    Raises:
        OSError: it cannot be read.
    """
    if is_local(base):
        walk = os.walk(base, onerror=_raise_unless_missing)
        found = [os.path.join(root, name) for root, _, names in walk for name in names]  # noqa: PTH118
    else:
        found = objects.list_below(base) if objects.is_object(base) else _match_below(base)
    return sorted(path for path in found if path.endswith(suffix))


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _match_below(base: str) -> list[str]:
    """Full paths of all files below a directory of some other file system."""
    # Beam's patterns have no escape but a class of one character.
    literal = re.sub(r"([*?\[])", r"[\1]", base.rstrip("/"))
    return [meta.path for meta in FileSystems.match([literal + "/**"])[0].metadata_list]
