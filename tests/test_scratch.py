"""Removal of the temporary directories of processes that have ended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from transforms.scratch import LOCK, PREFIX, remove_forgotten, scratch_directory

HOLD = """
import sys
from transforms.scratch import scratch_directory
with scratch_directory() as path:
    (path / "progress.json").write_text("{}")
    print(path, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def hold(base: Path) -> tuple["subprocess.Popen[str]", Path]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(base)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_killed_process_leaves_it_to_the_next_one(base: Path) -> None:
    killed, left = hold(base)
    alive, kept = hold(base)
    killed.kill()
    killed.communicate()
    assert left.is_dir()
    with scratch_directory() as own:
        assert not left.exists()
        assert kept.is_dir()
        assert sorted(base.iterdir()) == sorted([own, kept])
    alive.communicate()
    assert list(base.iterdir()) == []


def test_within_one_process_too_each_keeps_its_own(base: Path) -> None:
    with scratch_directory() as first, scratch_directory() as second:
        assert first.is_dir()
        assert second.is_dir()
        assert first != second
        assert remove_forgotten(base) == []
    assert list(base.iterdir()) == []


def test_what_is_no_directory_of_ours_is_left_alone(base: Path) -> None:
    other = base / "other"
    other.mkdir()
    (other / LOCK).touch()
    (base / f"{PREFIX}link").symlink_to(other)
    (base / f"{PREFIX}file").touch()
    (base / f"{PREFIX}new").mkdir()
    assert remove_forgotten(base) == []
    day_after = (base / f"{PREFIX}new").stat().st_mtime + 86_401
    assert remove_forgotten(base, now=day_after) == [base / f"{PREFIX}new"]
    assert other.is_dir()
