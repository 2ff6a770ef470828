"""The path of an object goes in; a file comes out that reads only the ranges it is asked for."""

import io
import os
from typing import Any

from transforms.lake import objects


class ObjectRanges(io.RawIOBase):
    """An object of an S3-compatible store as a file to read: each read is one request, nothing is kept.

    Nothing is asked before the first read, and the client is the one that all of newsmill shares: Beam's own file
    makes a client for every object, which costs half a second each.

    Raises:
        OSError: from any read: the store refuses, or cannot be reached; FileNotFoundError where it is not there.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._at = 0
        self._size: int | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    @property
    def size(self) -> int:
        """Bytes; asked once."""
        if self._size is None:
            with objects.asking(self._path) as client:
                self._size = int(client.head_object(**objects.bucket_and_key(self._path))["ContentLength"])
        return self._size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(whence)
        self._at = offset + (self.size if base is None else base)
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        last = min(self._at + len(view), self.size) - 1
        if last < self._at:
            return 0
        with objects.asking(self._path) as client:
            found = client.get_object(**objects.bucket_and_key(self._path), Range=f"bytes={self._at}-{last}")
            data = found["Body"].read()
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
