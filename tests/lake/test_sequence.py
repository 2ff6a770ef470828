"""Commits are numbered in the order in which they were made."""

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.errors import CorruptManifest
from tests.support.commits import article, commit_rows
from transforms.lake import commit_steps
from transforms.lake.commit_steps import commit_manifest, finish_commit
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.local import LocalStore
from transforms.lake.manifest import Manifest, manifest_from_json, manifest_path, manifest_to_json
from transforms.lake.sequence import number_manifests, run_order
from transforms.takedown.retract import retract

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def write_unnumbered(output: Path, run_id: str, chunk: int = 0) -> None:
    """Leave a manifest as a newsmill wrote it that gave no numbers."""
    path = output / manifest_path(run_id, chunk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(manifest_to_json(Manifest(run_id=run_id, chunk=chunk, files=())))


def numbers(output: Path) -> list[tuple[int, str, int]]:
    return sorted((found.sequence, found.run_id, found.chunk) for found in Lake(str(output)).manifests())


def commit_empty(output: Path, run_id: str, chunk: int = 0) -> Manifest:
    manifest = Manifest(run_id=run_id, chunk=chunk, files=())
    return commit_manifest(Lake(str(output)).store, manifest, clock=lambda: AT)


def test_each_commit_has_one_more_than_the_one_before_whatever_runs_are_called(tmp_path: Path) -> None:
    for name, chunk in (("b", 0), ("a", 0), ("b", 1), ("a", 1)):
        commit_empty(tmp_path, name, chunk)
    assert numbers(tmp_path) == [(1, "b", 0), (2, "a", 0), (3, "b", 1), (4, "a", 1)]
    assert {found.committed_at for found in Lake(str(tmp_path)).manifests()} == {AT}
    assert run_order(Lake(str(tmp_path)).manifests()) == {"a": 4, "b": 3}


def test_commits_of_every_kind_are_numbered(tmp_path: Path) -> None:
    commit_rows(tmp_path, "z", [article(1), article(2)])
    commit_rows(tmp_path, "y", [article(3)])
    compact(Lake(str(tmp_path)), run_id="x", before=date(2030, 1, 1))
    retract(str(tmp_path), [article(2).article_id], run_id="w")
    found = sorted(Lake(str(tmp_path)).manifests(), key=lambda manifest: manifest.sequence)
    assert [(manifest.sequence, manifest.kind) for manifest in found] == [
        (1, "run"), (2, "run"), (3, "compact"), (4, "retract"),
    ]  # fmt: skip
    assert all(manifest.committed_at for manifest in found)


def test_commits_from_before_there_were_numbers_come_first_and_keep_their_place(tmp_path: Path) -> None:
    for name, chunk in (("20260103T000000Z-a", 1), ("20260103T000000Z-a", 0), ("20260102T000000Z-b", 0)):
        write_unnumbered(tmp_path, name, chunk)
    write_unnumbered(tmp_path, "named-by-hand")
    old = [(1, "named-by-hand", 0), (2, "20260102T000000Z-b", 0)]
    old += [(3, "20260103T000000Z-a", 0), (4, "20260103T000000Z-a", 1)]
    assert numbers(tmp_path) == old
    assert commit_empty(tmp_path, "20260101T000000Z-c").sequence == 5
    assert numbers(tmp_path) == [*old, (5, "20260101T000000Z-c", 0)]
    times = {found.run_id: found.committed_at for found in Lake(str(tmp_path)).manifests()}
    assert times["20260102T000000Z-b"] == datetime(2026, 1, 2, tzinfo=UTC)
    assert times["20260101T000000Z-c"] == AT
    assert times["named-by-hand"] == datetime(1970, 1, 1, tzinfo=UTC)


def test_an_older_newsmill_that_commits_later_still_gives_each_commit_its_own_number(tmp_path: Path) -> None:
    commit_empty(tmp_path, "a")
    write_unnumbered(tmp_path, "b")
    assert numbers(tmp_path) == [(0, "b", 0), (1, "a", 0)]
    assert commit_empty(tmp_path, "c").sequence == 2


def test_a_repeated_commit_keeps_its_number(tmp_path: Path) -> None:
    first = commit_empty(tmp_path, "a")
    commit_empty(tmp_path, "b")
    assert commit_empty(tmp_path, "a") == first


@pytest.mark.parametrize("is_written", [True, False], ids=["after the manifest", "before the manifest"])
def test_a_commit_that_a_crash_interrupted_has_the_number_of_when_it_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    """A window that an engine tries again is committed after others that were begun later."""
    commit_empty(tmp_path, "a")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        if is_written:
            patch.setattr(LocalStore, "remove_tree", die)
        else:
            patch.setattr(commit_steps, "finish_commit", die)
        commit_empty(tmp_path, "b")
    assert commit_empty(tmp_path, "c").sequence == (3 if is_written else 2)
    assert len(Lake(str(tmp_path)).recover()) == 1
    order = {run: number for number, run, _ in numbers(tmp_path)}
    assert order == ({"a": 1, "b": 2, "c": 3} if is_written else {"a": 1, "c": 2, "b": 3})


def test_a_corrupt_manifest_stops_the_next_commit_and_its_own_repetition_mends_it(tmp_path: Path) -> None:
    done = commit_empty(tmp_path, "a")
    (tmp_path / manifest_path("a", 0)).write_bytes(b"{")
    assert finish_commit(Lake(str(tmp_path)).store, "_staging/a-00000", done).sequence == 1
    write_unnumbered(tmp_path, "b")
    (tmp_path / manifest_path("b", 0)).write_bytes(b"{")
    with pytest.raises(CorruptManifest, match="b/manifest-00000"):
        commit_empty(tmp_path, "c")


def test_numbers_survive_the_stored_form_and_are_not_invented_there() -> None:
    manifest = Manifest(run_id="r", chunk=0, files=(), sequence=7, committed_at=AT)
    assert manifest_from_json(manifest_to_json(manifest)) == manifest
    bare = dataclasses.replace(manifest, sequence=0, committed_at=None)
    assert manifest_from_json(manifest_to_json(bare)) == bare
    assert number_manifests([bare])[0].sequence == 1
