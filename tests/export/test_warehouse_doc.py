"""The commands of docs/warehouse.md run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.postgres import USER, PostgresServer

pytestmark = pytest.mark.slow(seconds=40)

TEXT = (ROOT / "docs" / "warehouse.md").read_text(encoding="utf-8")


def commands(kind: str) -> list[str]:
    """The lines of the blocks of one kind."""
    return [line for block in re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory, news_lake: Path) -> Path:
    """A directory with a lake, and newsmill as a program."""
    made = tmp_path_factory.mktemp("doc")
    shutil.copytree(news_lake, made / "lake")
    program = made / "bin" / "newsmill"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" PYTHONSAFEPATH=1 exec "{sys.executable}" -m newsmill "$@"\n')
    program.chmod(0o755)
    return made


def run(command: str, where: Path, *programs: Path, **variables: str) -> str:
    """What a command prints."""
    path = os.pathsep.join([str(where / "bin"), *map(str, programs), os.environ["PATH"]])
    environment = os.environ | {"PATH": path} | variables
    done = subprocess.run(
        ["bash", "-c", command], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_commands_run(directory: Path) -> None:
    printed = [run(command, directory) for command in commands("sh")]
    assert len(printed) > 10
    assert printed[0].startswith("articles: 67 rows inserted\n")
    assert "2026-03-16" in printed[1]
    assert "articles: nothing new\n" in printed[2]
    assert printed[-1].startswith("articles: 1 row deleted\n")


def test_commands_for_postgres_run(directory: Path, postgres: PostgresServer) -> None:
    where = {"PGHOST": str(postgres.directory), "PGPORT": str(postgres.port), "PGUSER": USER}
    printed = [run(command, directory, postgres.programs, **where) for command in commands("sh postgres")]
    assert "rows inserted\n" in printed[1]
    assert "economy, business and finance" in printed[2]
    assert "rows inserted\n" in printed[3]
    assert "dropped" not in printed[3]


def test_python_compiles() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    compile(block, "docs/warehouse.md", "exec")
