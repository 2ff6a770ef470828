"""Where a path leads once its links are resolved, and what kind of file it leads to."""

import os
import stat
from pathlib import Path


def is_inside(path: str, directory: str) -> bool:
    """Return whether a path leads into a directory once all links are resolved."""
    top = os.path.realpath(directory)
    return Path(os.path.realpath(path)).is_relative_to(top)


def special_kind(mode: int) -> str | None:
    """Name what a path of the file system leads to, by its ``st_mode``; None for a file."""
    if stat.S_ISREG(mode):
        return None
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for is_kind, name in kinds if is_kind(mode)), "not a file")
