"""What to do about errors of the system."""

_REMEDIES = (
    (("restore it from a backup",), ""),  # it says so itself
    (("No space left on device: '", "Disk quota exceeded: '"), "free some space there"),
    (
        ("No space left on device", "Disk quota exceeded"),
        "free some space, also where temporary files and standard output go: TMPDIR names another place for the former",
    ),
    (("File too large",), "raise the limit on file size, ulimit -f"),
    (("Cannot allocate memory", "MemoryError"), "free some memory, or lower --workers or --chunk_documents"),
    (("Too many open files",), "raise the limit on open files, ulimit -n"),
    (("Read-only file system",), "make it writable, or name another place"),
    (("Permission denied", "Operation not permitted"), "get the permission, or name another place"),
    (("Not a directory", "Is a directory"), "move what is in its place"),
    (
        ("Failed to open local file", "Parquet magic bytes not found"),
        "restore the file from a backup: 'newsmill verify' says what else is wrong",
    ),
    (("can't start new thread", "Resource temporarily unavailable"), "raise the limit on processes, ulimit -u"),
    (("Channel closed prematurely",), "a worker process of the engine was ended, perhaps for want of memory"),
)
"""What the system says when a command cannot continue, and what to do about it; the first that fits."""


def with_remedy(line: str) -> str:
    """Add to what the system said what to do about it, where that is known.

    >>> with_remedy("[Errno 30] Read-only file system: 'lake/_lock'")
    "[Errno 30] Read-only file system: 'lake/_lock': make it writable, or name another place"
    >>> with_remedy("[Errno 2] No such file or directory: 'lake'")
    "[Errno 2] No such file or directory: 'lake'"
    """
    remedy = next((remedy for signs, remedy in _REMEDIES if any(sign in line for sign in signs)), None)
    return f"{line}: {remedy}" if remedy else line
