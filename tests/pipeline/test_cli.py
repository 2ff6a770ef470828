"""The command line under conditions of its surroundings: closed streams, places that cannot be written to."""

import errno
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.cli import to_newsmill_error
from schemas.errors import DestinationError
from tests.support.paths import ROOT


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_a_command_whose_output_is_closed_does_its_work(tmp_path: Path, closed: str) -> None:
    made = tmp_path / "made"
    words = f'exec "{sys.executable}" -m newsmill dbt "{made}" {closed}'
    done = subprocess.run(
        ["sh", "-c", words], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (made / "dbt_project.yml").read_bytes()


@pytest.mark.skipif(find_spec("pandas") is None, reason="without pandas Beam needs no docstrings")
@pytest.mark.parametrize("more", [(), ("--runner", "FlinkRunner")])
def test_a_python_without_docstrings_is_named(tmp_path: Path, more: tuple[str, ...]) -> None:
    words = ["-OO", "-m", "newsmill", "run", "--input", str(ROOT / "seeds"), "--output", str(tmp_path / "lake"), *more]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "unset PYTHONOPTIMIZE" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.ENOTDIR, errno.EISDIR])
def test_an_error_of_the_system_names_place_and_remedy(number: int) -> None:
    own = str(to_newsmill_error(OSError(number, os.strerror(number), "lake/_lock")))
    before, _, remedy = own.partition("'lake/_lock': ")
    assert os.strerror(number) in before
    assert remedy


def test_a_database_whose_disk_is_full_is_named_with_a_remedy() -> None:
    own = to_newsmill_error(DestinationError("duckdb:///news.duckdb: Could not write file: File too large"))
    assert str(own).endswith(
        "news.duckdb: Could not write file: File too large: raise the limit on file size, ulimit -f"
    )
