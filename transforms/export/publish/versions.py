"""Which versions a published table still lacks: what each lists that the one before does not, and no longer lists."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from schemas.tables import Table
from transforms.lake.manifest import DataFile, Manifest

MOST_VERSIONS = 100
"""Versions that are made at one time, at most: a table that lags further behind gets the older commits as one."""


class Version(NamedTuple):
    """One version of a published table: a Delta version, or an Iceberg snapshot.

    Attributes:
        sequence: number of the lake's last commit in it.
        committed_at: UTC instant of that commit.
        added: files that it lists and the version before does not.
        removed: files that the version before lists and it does not.
        changes_rows: False where all its commits are compactions, which move rows and change none.
    """

    sequence: int
    committed_at: datetime
    added: tuple[DataFile, ...]
    removed: tuple[DataFile, ...]
    changes_rows: bool


class _State(NamedTuple):
    """Files of a table after the commits of one number."""

    sequence: int
    committed_at: datetime
    files: dict[str, DataFile]
    changes_rows: bool


def _states(ordered: Sequence[Manifest], table: Table) -> Iterator[_State]:
    """Files of a table after each commit that adds or removes any; the same mapping each time, as it is then."""
    files: dict[str, DataFile] = {}
    removed: set[str] = set()
    for sequence, members in groupby(ordered, key=lambda manifest: manifest.sequence):
        group, touched, changes_rows = list(members), False, False
        for manifest in group:
            added = [file for file in manifest.files if file.table == table.name and file.is_parquet]
            taken = [path for path in manifest.removes if path in files]
            files.update({file.path: file for file in added if file.path not in removed})
            removed.update(manifest.removes)
            for path in manifest.removes:
                files.pop(path, None)
            if added or taken:
                touched = True
                # A compaction of a table of which only the newest rows count leaves others out.
                changes_rows = changes_rows or manifest.kind != "compact" or table.has_only_newest
        committed_at = group[-1].committed_at
        assert committed_at is not None, "numbered commits have a time"
        if touched:
            yield _State(sequence, committed_at, files, changes_rows)


def sort_manifests(manifests: Sequence[Manifest]) -> list[Manifest]:
    """Sort commits by their numbers."""
    return sorted(manifests, key=lambda manifest: (manifest.sequence, manifest.run_id, manifest.chunk))


def files_at(manifests: Sequence[Manifest], table: Table, sequence: int) -> dict[str, DataFile]:
    """Return the data files that a table had after the commit of a number, by path."""
    seen = [manifest for manifest in sort_manifests(manifests) if manifest.sequence <= sequence]
    files: dict[str, DataFile] = {}
    for state in _states(seen, table):
        files = state.files
    return files


def plan_versions(
    manifests: Sequence[Manifest], table: Table, since: int, *, most: int = MOST_VERSIONS
) -> list[Version]:
    """Find the versions that a published table lacks: one for each commit that changes which files it has.

    A version lists only files that are there when it is made: where files of a state were compacted or taken
    down since, its commits are part of the next version. So readers never find a version whose files were gone
    from the beginning.

    Args:
        manifests: all commits of the lake.
        table: of the lake.
        since: number of the last commit in its latest version; 0 for none.
        most: versions at most; the older commits become one.
    """
    ordered = sort_manifests(manifests)
    present = files_at(ordered, table, ordered[-1].sequence if ordered else 0).keys()
    whole = [
        state.sequence for state in _states(ordered, table) if state.sequence > since and state.files.keys() <= present
    ]
    chosen, found = set(whole[-most:]), list[Version]()
    before = dict(files_at(ordered, table, since))
    changes_rows = False
    for state in _states(ordered, table):
        if state.sequence <= since:
            continue
        changes_rows = changes_rows or state.changes_rows
        if state.sequence not in chosen:
            continue
        added = tuple(file for path, file in sorted(state.files.items()) if path not in before)
        removed = tuple(file for path, file in sorted(before.items()) if path not in state.files)
        if added or removed:
            found.append(Version(state.sequence, state.committed_at, added, removed, changes_rows))
        before, changes_rows = dict(state.files), False
    return found
