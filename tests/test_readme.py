"""The README's commands run, and the table it shows is the table they print."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from schemas.stages import STAGES
from tests.support.paths import ROOT
from tests.support.postgres import USER, PostgresServer, postgres

__all__ = ["postgres"]

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
(_POSTGRES,) = re.findall(r"```sh postgres\n(.*?)```", README, re.DOTALL)


def stage_lines(text: str) -> list[list[str]]:
    """Cells of the lines of the stage table, without the seconds."""
    pattern = rf"^ +((?:{'|'.join(stage.word for stage in STAGES)}|inputs) .*)$"
    found = [re.split(r"\s{2,}", line.strip()) for line in re.findall(pattern, text, re.MULTILINE)]
    return [cells[:7] for cells in found if len(cells) > 4]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that has no output yet."""
    made = tmp_path_factory.mktemp("checkout")
    for path in ROOT.iterdir():
        if path.name not in ("out", ".git"):
            (made / path.name).symlink_to(path)
    return made


@pytest.fixture(scope="module")
def printed(checkout: Path) -> dict[str, str]:
    """Every command, in order, and what it printed the last time."""
    commands = [command for command in COMMANDS if command != "./run.sh test"]  # which runs now
    return dict(zip(commands, run_commands(commands, checkout), strict=True))


def run_commands(commands: list[str], where: Path, **variables: str) -> list[str]:
    """What each command printed."""
    shown = []
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=where, env=os.environ | variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        shown.append(done.stdout)
    return shown


def test_commands_run(printed: dict[str, str]) -> None:
    assert COMMANDS[:2] == ["./run.sh", "./run.sh test"]
    assert len(printed) == len({*COMMANDS}) - 1
    assert "Dockers end three-week" in printed[next(command for command in COMMANDS if "order by date_pub" in command)]


def test_a_warehouse_follows(printed: dict[str, str], checkout: Path, postgres: PostgresServer) -> None:
    loads = [shown for command, shown in printed.items() if command.startswith("./run.sh load")]
    assert "articles: 1 row deleted\n" in loads[-1]
    assert "Hallow" in next(shown for command, shown in printed.items() if "article_entities" in command)
    path = f"{postgres.programs}{os.pathsep}{os.environ['PATH']}"
    where = {"PGHOST": str(postgres.directory), "PGPORT": str(postgres.port), "PGUSER": USER, "PATH": path}
    made, first, names, second, _ = run_commands(_POSTGRES.splitlines(), checkout, **where)
    assert "articles: 63 rows inserted\n" in first
    assert "Hallow" in names
    assert "articles: nothing new\n" in second
    assert made == ""


def test_the_table_is_what_is_printed(printed: dict[str, str]) -> None:
    table = README[README.index("```text") :]
    assert stage_lines(table[: table.index("```", 3)]) == stage_lines(printed["./run.sh"])[: len(STAGES) + 1]


def test_exit_codes_are_those_of_the_help(printed: dict[str, str]) -> None:
    from pipeline.options import all_commands
    from schemas.errors import describe_exit_codes

    exit_codes = describe_exit_codes(*all_commands()["run"].exit_codes)
    assert exit_codes in README
    assert exit_codes in printed["./run.sh run --help"]
