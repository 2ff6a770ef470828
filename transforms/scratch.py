"""Temporary directories that do not outlast their processes, however these end."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "newsmill-"
LOCK = ".lock"
"""File in each directory on which its process holds a lock of the kernel, which is released when it is killed."""

_UNLOCKED_S = 86_400.0
"""Age at which a directory without a lock file is taken for forgotten: one of a process killed while it made it."""


@contextlib.contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a temporary directory, and first remove those of processes that are no more.

    Processes that are forked from this one keep it, too, for as long as they live.

    Yields:
        The directory; it is removed when the block ends.
    """
    base = Path(tempfile.gettempdir())
    remove_forgotten(base)
    made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=base))
    held = os.open(made / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        directory = made.rename(base / made.name.removeprefix("."))  # only now is it visible to others
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(held)
        shutil.rmtree(made, ignore_errors=True)


def remove_forgotten(base: Path, *, now: float | None = None) -> list[Path]:
    """Remove the directories below ``base`` whose processes are no more; those of other users are left alone."""
    now = time.time() if now is None else now
    removed = []
    for path in sorted([*base.glob(f"{PREFIX}*"), *base.glob(f".{PREFIX}*")]):
        try:
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                continue
            if _is_forgotten(path, now - status.st_mtime):
                removed.append(path)
        except OSError:
            continue  # another run removes it just now
    return removed


def _is_forgotten(path: Path, age_s: float) -> bool:
    """Remove a directory that no process holds; return whether it was removed."""
    try:
        held = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        if age_s > _UNLOCKED_S:
            shutil.rmtree(path, ignore_errors=True)
        return age_s > _UNLOCKED_S
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(held)
    return True
