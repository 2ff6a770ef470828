"""A file of a commit while it is written, piece by piece."""

import hashlib
import os
import tempfile
import uuid
from pathlib import Path
from typing import IO, Any

from transforms.lake.commit_steps import staging_key
from transforms.lake.lake import Lake
from transforms.lake.local import STAGED
from transforms.lake.manifest import DataFile


def new_staged_key(run_id: str, chunk: int, table: str) -> str:
    """Return a new key for a staged file: each try has one of its own, and no reader takes it for a file of a table."""
    return f"{staging_key(run_id, chunk)}/{table}-{uuid.uuid4().hex}{STAGED}"


class StagedFile:
    """A binary file to write to that knows the size and the hash of what went through.

    On a local disk it is written as it comes; for a bucket it is a temporary file until all is there, and whole in
    memory while it is sent.

    Args:
        lake: that it is staged for.
        run_id: of the commit.
        chunk: of the commit.
        table: what it is committed as.
    """

    def __init__(self, lake: Lake, *, run_id: str, chunk: int, table: str) -> None:
        self.key = new_staged_key(run_id, chunk, table)
        self.size = 0
        self.closed = False
        self._lake, self._store, self._table = lake, lake.store, table
        self._hash = hashlib.sha256()
        self._out: IO[bytes] = self._open()

    def _open(self) -> IO[bytes]:
        if not self._store.is_local:
            return tempfile.TemporaryFile()
        path = Path(self._store.path(self.key))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    def write(self, data: Any) -> int:
        """Write bytes, or what has a buffer of them."""
        view = memoryview(data).cast("B")
        self._out.write(view)
        self._hash.update(view)
        self.size += len(view)
        return len(view)

    def tell(self) -> int:
        """Return how much was written."""
        return self.size

    def flush(self) -> None:
        """Do nothing: writers call it after each record, but nothing relies on a staged file before it is finished."""

    def close(self) -> None:
        """Close the file; what was not finished is removed with its directory."""
        self.closed = True
        self._out.close()

    def finish(self, path: str, *, rows: int, schema_hash: str) -> DataFile:
        """Store what was written, through to the disk or as an object, and close the file.

        Args:
            path: its final name below the output.
            rows: how many are in it.
            schema_hash: of their schema.

        Raises:
            OSError: no space, or the store refuses.
        """
        self._out.flush()
        if self._store.is_local:
            os.fsync(self._out.fileno())
        else:
            self._out.seek(0)
            self._store.write(self.key, self._out.read())
        self.close()
        return DataFile(
            table=self._table,
            path=path,
            staged=self._lake.path(self.key),
            rows=rows,
            bytes=self.size,
            sha256=self._hash.hexdigest(),
            schema_hash=schema_hash,
        )
