"""The commits that rows are written for: one of a bounded run, or one for each window of an unbounded job."""

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from schemas.stored_row import StoredRow
from transforms.current import CurrentValue
from transforms.lake.lake import Lake
from transforms.lake.manifest import CommitKind, DataFile, Manifest
from transforms.lake.policy import WritePolicy

RowT = TypeVar("RowT", bound=StoredRow)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit: the output, run and chunk that rows are written for.

    Attributes:
        output: directory or bucket path.
        run_id: safe as a part of a path.
        ingest_date: UTC day that the run started; the same for all rows of the run.
        chunk: number of the commit within the run, from 0.
        shards: files a partition is cut into; rows choose theirs by id.
        max_partitions: largest number of partitions that a table may get from one commit.
    """

    output: str
    run_id: str
    ingest_date: date
    chunk: int = 0
    shards: int = 1
    max_partitions: int = 500

    def __post_init__(self) -> None:
        WritePolicy(shards=self.shards, max_partitions=self.max_partitions)  # checks them

    @property
    def staging(self) -> str:
        """Directory of files that are not yet committed; their names do not end in .parquet."""
        return self.lake.staging(self.run_id, self.chunk)

    @property
    def lake(self) -> Lake:
        """The lake that is written to."""
        return Lake(self.output)

    def stamp(self, row: RowT) -> RowT:
        """Return a row as one that this commit writes: with its run, chunk and day."""
        return dataclasses.replace(row, run_id=self.run_id, chunk=self.chunk, ingest_date=self.ingest_date)

    def of(self, window: Any) -> "Commit":
        """Return the commit that the rows of a window belong to: this one for every window."""
        del window
        return self


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WindowedCommit:
    """The commits of an unbounded job, one for each of its windows.

    Attributes:
        base: what they have in common.
        origin: an instant in the window that is chunk 0, seconds since 1970.
        size_s: length of the windows, seconds.
    """

    base: Commit
    origin: float
    size_s: float

    def __post_init__(self) -> None:
        if self.size_s <= 0:
            raise ValueError(f"windows must be longer than {self.size_s} s")

    @property
    def max_partitions(self) -> int:
        """The limit of each of the commits."""
        return self.base.max_partitions

    def of(self, window: Any) -> Commit:
        """Return the commit that the rows of a window belong to.

        Raises:
            ValueError: a window before the first of the job.
        """
        size = int(self.size_s * 1_000_000)
        chunk = window.start.micros // size - int(self.origin * 1_000_000) // size
        if chunk < 0:
            raise ValueError(f"{window} is before the first window of the job")
        day = datetime.fromtimestamp(window.start.micros / 1e6, UTC).date()
        return dataclasses.replace(self.base, chunk=chunk, ingest_date=day)


@dataclasses.dataclass(frozen=True, slots=True)
class CurrentCommit:
    """The commit under way, for a graph that is run once for each chunk.

    Attributes:
        value: holds the Commit of the chunk, as attribute ``commit`` of what is there.
        max_partitions: the limit of each of the commits.
    """

    value: CurrentValue
    max_partitions: int

    def of(self, window: Any) -> Commit:
        """Return the commit that the rows of a window belong to: of all windows, that of the chunk under way."""
        del window
        commit: Commit = self.value.get().commit
        return commit


Commits = Commit | WindowedCommit | CurrentCommit


def commit_files(commit: Commit, staged: Iterable[DataFile], *, kind: CommitKind = "run", **parts: Any) -> Manifest:
    """Commit staged files of a run as :meth:`Lake.commit` does.

    Args:
        commit: where and as what they were staged.
        staged: the files.
        kind: of the manifest.
        parts: more of the Manifest's attributes, such as ``continues``.
    """
    return commit.lake.commit(kind, staged, run_id=commit.run_id, chunk=commit.chunk, **parts)


def commit_once(commit: Commit, staged: Iterable[DataFile], *, kind: CommitKind = "run", **parts: Any) -> Manifest:
    """Commit staged files as :meth:`Lake.commit_once` does, unless an earlier try has.

    Args:
        As :func:`commit_files`.
    """
    return commit.lake.commit_once(kind, staged, run_id=commit.run_id, chunk=commit.chunk, **parts)


def is_begun(commit: Commit) -> bool:
    """Return whether an earlier try of a commit is the one that counts, and :func:`commit_once` completes."""
    return commit.lake.is_begun(commit.run_id, commit.chunk)
