"""The interface of stores: directories of this machine and parts of buckets."""

import io
from typing import Any, Protocol


class Store(Protocol):
    """Files below one directory or prefix, by their keys: relative paths with forward slashes.

    All stores mean the same. A file appears whole or not at all once :meth:`replace` or :meth:`move` has named it.
    Removing what is not there is not an error. Failures are OSErrors that name the path. Stores pickle, hold no
    connection of their own, and may be shared by threads.

    Attributes:
        url: of the directory or prefix.
        is_local: whether it is on a disk of this machine, so that files can be opened by path.
    """

    @property
    def url(self) -> str: ...

    @property
    def is_local(self) -> bool: ...

    def path(self, key: str) -> str:
        """Return the whole path or address of a file."""

    def read(self, key: str) -> bytes:
        """Read a whole file.

        Raises:
            FileNotFoundError: it is not there.
            OSError: it cannot be read.
        """

    def open(self, key: str, *, size: int | None = None) -> io.RawIOBase:
        """Open a file to read at any place; of a bucket only the ranges that are read are fetched.

        Args:
            size: bytes, where it is known: that saves a request.

        Raises:
            FileNotFoundError: it is not there; in a bucket that shows at the first read.
            OSError: it cannot be read.
        """

    def write(self, key: str, data: bytes) -> None:
        """Write a whole file, on a disk through to the disk. A crash may leave a part of it there.

        Raises:
            OSError: no space, no permission.
        """

    def replace(self, key: str, data: bytes) -> None:
        """Write a file so that a reader sees the old content or the new, never a part. One writer at a time.

        Raises:
            OSError: no space, no permission; the old content is still there.
        """

    def create(self, key: str, data: bytes) -> bool:
        """Write a file that is not there yet; of two who try at once, one succeeds.

        Returns:
            False where there is a file of that name; it is left as it is.

        Raises:
            OSError: no space, no permission.
        """

    def exists(self, key: str) -> bool:
        """Return whether a file is there. Directories do not count: buckets have none.

        Raises:
            OSError: it cannot be determined.
        """

    def move(self, staged: str, final: str) -> None:
        """Give a staged file its final name; harmless to repeat.

        Atomic on a disk; a copy and a delete in a bucket, where a reader sees the whole object or none.

        Raises:
            FileNotFoundError: neither the staged nor the final file is there.
            OSError: no permission, no space.
        """

    def remove(self, key: str) -> None:
        """Remove a file.

        Raises:
            OSError: no permission.
        """

    def remove_tree(self, key: str) -> None:
        """Remove what is below a directory, and on a disk its parent where that is left empty.

        Raises:
            OSError: no permission.
        """

    def list_names(self, key: str = "") -> list[str]:
        """Return names directly below a directory, sorted: of files and of directories; nothing there gives none.

        Raises:
            OSError: it cannot be read.
        """

    def list_files(self, key: str = "", suffix: str = "") -> list[str]:
        """Keys of all files below a directory, at any depth, whose name ends in ``suffix``, sorted.

        Raises:
            OSError: it cannot be read.
        """


class VersionedStore(Store, Protocol):
    """A store that writes on condition of what is there, as all buckets do."""

    def create_version(self, key: str, data: bytes) -> Any:
        """Do what :meth:`create` does, and name the version that was written; None where there is a file already.

        Raises:
            OSError: as :meth:`create`.
        """

    def read_version(self, key: str) -> tuple[bytes, Any]:
        """Read a file, and what names its version.

        Raises:
            OSError: as :meth:`read`.
        """

    def replace_version(self, key: str, data: bytes, version: Any) -> Any:
        """Replace a file if it still has that version; of two who try at once, one succeeds.

        Returns:
            The new version; None where another was written meanwhile, or the file is gone.

        Raises:
            OSError: as :meth:`replace`.
        """


BLOCK_BYTES = 256 << 10
"""A smaller read of an object fetches so much, for the reads after it."""
