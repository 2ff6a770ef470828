"""An output: what is committed in it, and how more is committed."""

import dataclasses
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from schemas.tables import TABLES
from transforms.lake import commit_steps, manifests
from transforms.lake.manifest import CommitKind, DataFile, Manifest, schema_columns, schema_hash
from transforms.lake.open_store import open_store
from transforms.lake.run_directory import RUNS
from transforms.lake.store import Store


@dataclasses.dataclass(frozen=True, slots=True)
class Lake:
    """The directory or bucket that runs write tables to. What it holds is what its manifests say.

    Cheap to make: nothing is read or asked before a method is called, and nothing is kept. Pickles.

    >>> Lake("lake").staging("20260102T030405Z-1a2b3c", 0)
    'lake/_staging/20260102T030405Z-1a2b3c-00000'

    Args:
        output: path of a directory, or ``s3://bucket/prefix``, ``gs://bucket/prefix``, ``az://container/prefix``.
        options: how the bucket is reached, as :class:`~transforms.lake.objects.ObjectStore` takes it.
    """

    output: str
    options: Mapping[str, Any] | None = None

    @property
    def store(self) -> Store:
        """The files of the lake."""
        return open_store(self.output, self.options)

    def path(self, key: str) -> str:
        """Whole path or address of a file that is named relative to the output."""
        return self.store.path(key)

    # What is committed.

    def manifests(self) -> list[Manifest]:
        """Return all commits, by run and chunk.

        Raises:
            CorruptManifest: one cannot be read.
            OSError: the store cannot be read.
        """
        return manifests.read_all(self.store)

    def since(self, cursor: int) -> list[Manifest]:
        """Return the commits after a sequence number, in the order in which they were made.

        A reader that stores the number of the last one and asks again misses nothing and sees nothing twice: a commit
        never gets a smaller number than one that could be read before. ``removes`` of a manifest lists the files that
        its commit took away.

        Args:
            cursor: number of the last commit that was seen; 0 for none.

        Raises:
            CorruptManifest: one cannot be read.
            OSError: the store cannot be read.
        """
        found = (manifest for manifest in self.manifests() if manifest.sequence > cursor)
        return sorted(found, key=lambda manifest: (manifest.sequence, manifest.run_id, manifest.chunk))

    def run(self, run_id: str, seen: set[str] | None = None) -> list[Manifest]:
        """Return the commits of one run, by chunk; each as it is stored.

        One listing of the run's directory, and one read for each.

        Args:
            seen: names of manifests to leave out; those returned are added.

        Raises:
            CorruptManifest: one cannot be read.
            OSError: the directory cannot be read.
        """
        known, store = set[str]() if seen is None else seen, self.store
        directory = f"{RUNS}/{run_id}"
        names = [name for name in store.list_names(directory) if manifests.is_manifest(name) and name not in known]
        found = [manifests.read_manifest(store, f"{directory}/{name}") for name in names]
        known.update(names)
        return sorted(found, key=lambda manifest: manifest.chunk)

    def open(self, file: DataFile | str) -> pa.NativeFile:
        """Open a file to read at any place; of one in a bucket only the ranges that are read are fetched.

        Args:
            file: committed; or the key of any file below the output, whose size is asked for.

        Raises:
            OSError: it is not there or cannot be read.
        """
        store = self.store
        key, size = (file, None) if isinstance(file, str) else (file.path, file.bytes)
        return pa.OSFile(store.path(key)) if store.is_local else pa.PythonFile(store.open(key, size=size), mode="r")

    # What is committed next.

    def lock(self) -> AbstractContextManager[None]:
        """Hold the lock of the output; a process that commits must hold it.

        Raises:
            LockHeld: on entering, another run holds it.
        """
        from transforms.lake.lock import hold_lock  # noqa: PLC0415  a tenth of the import of this module, for writers

        return hold_lock(self.store)

    def recover(self) -> list[str]:
        """Complete the commits that a crash interrupted and remove what was staged for others.

        The caller holds the lock.

        Returns:
            One line for each commit that was found; empty when there was nothing to do.

        Raises:
            CorruptManifest: a manifest cannot be read.
            OSError: a write or a move failed.
        """
        return commit_steps.recover(self.store)

    def staging(self, run_id: str, chunk: int) -> str:
        """Directory, as a whole path, of the files of a commit that is under way."""
        return self.path(commit_steps.staging_key(run_id, chunk))

    def discard(self, run_id: str, chunk: int) -> None:
        """Remove what was staged for a commit that will not be made.

        Raises:
            OSError: no permission.
        """
        self.store.remove_tree(commit_steps.staging_key(run_id, chunk))

    def commit(
        self, kind: CommitKind, files: Iterable[DataFile], *, run_id: str, chunk: int = 0, **parts: Any
    ) -> Manifest:
        """Commit staged files; harmless to repeat.

        The caller holds the lock.

        Args:
            kind: of the manifest.
            files: with their staged names.
            run_id: of the run.
            chunk: number of the commit within the run.
            parts: more of the Manifest's attributes, such as ``removes``.

        Returns:
            The manifest, with its sequence number.

        Raises:
            LockLost: another run has taken over the lock, which in a bucket is a lease.
            CorruptManifest: a manifest cannot be read, so that the next number is not known.
            OSError: a write or a move failed; :meth:`recover` completes the commit, or cleans up.
        """
        return commit_steps.commit_manifest(self.store, make_manifest(kind, files, run_id=run_id, chunk=chunk, **parts))

    def is_begun(self, run_id: str, chunk: int) -> bool:
        """Return whether an earlier try of a commit came as far as its intent.

        Raises:
            OSError: the store cannot be read.
        """
        return commit_steps.is_begun(self.store, run_id, chunk)

    def commit_once(
        self, kind: CommitKind, files: Iterable[DataFile], *, run_id: str, chunk: int = 0, **parts: Any
    ) -> Manifest:
        """Commit staged files, unless an earlier try of the same run and chunk has.

        Args and raises:
            As :meth:`commit`.
        """
        return commit_steps.commit_once(self.store, make_manifest(kind, files, run_id=run_id, chunk=chunk, **parts))


def as_lake(output: str | Lake) -> Lake:
    """Return the lake of an output that is named by its path or address, or the lake itself."""
    return Lake(output) if isinstance(output, str) else output


def make_manifest(kind: CommitKind, files: Iterable[DataFile], **parts: Any) -> Manifest:
    """Return the manifest of staged files, with the columns of their schemas."""
    staged = tuple(files)
    return Manifest(kind=kind, files=staged, schemas=table_schemas(staged), **parts)


def table_schemas(staged: Iterable[DataFile]) -> dict[str, tuple[tuple[str, str, bool], ...]]:
    """Columns of each schema that the files have, by its hash."""
    known = {schema_hash(table.schema): schema_columns(table.schema) for table in TABLES.values()}
    return {file.schema_hash: known[file.schema_hash] for file in staged if file.schema_hash in known}
