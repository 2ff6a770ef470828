"""Which versions a published table lacks; nothing but manifests."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from schemas.tables import ARTICLES, TABLES
from transforms.export.publish.versions import files_at, plan_versions
from transforms.lake.manifest import CommitKind, DataFile, Manifest

AT = datetime(2026, 1, 2, tzinfo=UTC)


def commit(sequence: int, *added: str, removes: Sequence[str] = (), kind: CommitKind = "run") -> Manifest:
    """A commit of files whose first letter says their table: a for articles, d for dead_letters, f for feed_state."""
    tables = {"a": "articles", "d": "dead_letters", "f": "feed_state"}
    files = tuple(
        DataFile(table=tables[name[0]], path=f"{name}.parquet", staged="", rows=1, bytes=1, sha256="", schema_hash="")
        for name in added
    )
    return Manifest(
        run_id=f"r{sequence}", chunk=0, files=files, sequence=sequence, committed_at=AT, kind=kind,
        removes=tuple(f"{name}.parquet" for name in removes),
    )  # fmt: skip


APPENDS = [commit(1, "a1"), commit(2, "a2", "d2"), commit(3, "d3"), commit(4, "a4")]
COMPACTED = [*APPENDS, commit(5, "ac", removes=["a1", "a2"], kind="compact"), commit(6, "a6")]
TAKEN_DOWN = [
    *APPENDS,
    commit(5, "ar", removes=["a2", "d2"], kind="retract"),
    commit(6, removes=["d3"], kind="retract"),
]

Planned = list[tuple[int, str, str, bool]]


@pytest.mark.parametrize(
    ("manifests", "table", "since", "expected"),
    [
        ([], "articles", 0, []),
        (APPENDS, "articles", 0, [(1, "a1", "", True), (2, "a2", "", True), (4, "a4", "", True)]),
        (APPENDS, "articles", 2, [(4, "a4", "", True)]),
        (APPENDS, "articles", 4, []),
        (APPENDS, "dead_letters", 1, [(2, "d2", "", True), (3, "d3", "", True)]),
        (APPENDS, "feed_state", 0, []),
        # Files that are gone are never listed: their commits are part of the next version.
        (COMPACTED, "articles", 0, [(5, "a4 ac", "", True), (6, "a6", "", True)]),
        (COMPACTED, "articles", 1, [(5, "a4 ac", "a1", True), (6, "a6", "", True)]),
        # One by one, a compaction changes no row.
        (COMPACTED, "articles", 4, [(5, "ac", "a1 a2", False), (6, "a6", "", True)]),
        (TAKEN_DOWN, "articles", 4, [(5, "ar", "a2", True)]),
        (TAKEN_DOWN, "dead_letters", 0, []),
        (TAKEN_DOWN, "dead_letters", 3, [(6, "", "d2 d3", True)]),
        (TAKEN_DOWN, "dead_letters", 5, [(6, "", "d3", True)]),
        # A compaction of feed states leaves old ones out.
        ([commit(1, "f1"), commit(2, "f2", removes=["f1"], kind="compact")], "feed_state", 1, [(2, "f2", "f1", True)]),
    ],
)  # fmt: skip
def test_versions(manifests: list[Manifest], table: str, since: int, expected: Planned) -> None:
    planned = [
        (
            version.sequence,
            " ".join(file.path.removesuffix(".parquet") for file in version.added),
            " ".join(file.path.removesuffix(".parquet") for file in version.removed),
            version.changes_rows,
        )
        for version in plan_versions(manifests, TABLES[table], since)
    ]
    assert planned == expected


def test_far_behind_the_older_commits_become_one() -> None:
    manifests = [commit(number, f"a{number:03d}") for number in range(1, 31)]
    versions = plan_versions(manifests, ARTICLES, 5, most=10)
    assert [version.sequence for version in versions] == list(range(21, 31))
    assert len(versions[0].added) == 16
    assert sum(len(version.added) for version in versions) == 25


def test_files_at_a_commit() -> None:
    assert sorted(files_at(COMPACTED, ARTICLES, 4)) == ["a1.parquet", "a2.parquet", "a4.parquet"]
    assert sorted(files_at(COMPACTED, ARTICLES, 6)) == ["a4.parquet", "a6.parquet", "ac.parquet"]
    assert files_at(COMPACTED, ARTICLES, 0) == {}
