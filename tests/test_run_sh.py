"""run.sh: one complete installation by one process, calls from any directory, and one line for what is missing.

A stub takes the place of Python: it makes .venv out of itself and logs its calls.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

LIMIT_S = 120
STUB = """#!/usr/bin/env bash
case "$*" in
  "-m venv --clear "*)
    mkdir -p "$4/bin" && rm -rf "$4"/bin/* "$4"/.installed-* && cp "$0" "$4/bin/python" && chmod +x "$4/bin/python"
    echo venv >>"$STUB_LOG"
    ;;
  "-m pip "*)
    echo pip >>"$STUB_LOG"
    eval "${STUB_PIP:-:}"
    ;;
  "-m newsmill "* | "-m pytest"*)
    shift 2
    printf '%s\\n' "$PWD" "$PYTHONPATH" "$@"
    ;;
  *) exec REAL "$@" ;;
esac
"""


class Checkout:
    """A directory with run.sh and the stub, nothing installed."""

    def __init__(self, root: Path) -> None:
        self.root = root / "a place [b] with spaces"
        (self.root / "pipeline" / "commands").mkdir(parents=True)
        (self.root / "pipeline" / "commands" / "verify.py").touch()
        (self.root / "seeds").mkdir()
        shutil.copy(ROOT / "run.sh", self.root)
        for lock in ("requirements.lock", "requirements-dev.lock"):
            (self.root / lock).write_text("tiny==1.0\n")
        self.python = root / "stub python"
        self.python.write_text(STUB.replace("REAL", f"'{sys.executable}'"))
        self.python.chmod(0o755)
        self.log = root / "log"
        self.elsewhere = root / "elsewhere"
        self.elsewhere.mkdir()
        self.environment = {"PATH": os.environ["PATH"], "STUB_LOG": str(self.log), "PYTHON": str(self.python)}

    def start(
        self, *words: str, door: Path | None = None, cwd: Path | None = None, alone: bool = False, **more: str
    ) -> Any:
        return subprocess.Popen(
            [str(door or self.root / "run.sh"), *words],
            cwd=cwd or self.root,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=alone,
        )

    def run(self, *words: str, **more: Any) -> tuple[int, str, str]:
        process = self.start(*words, **more)
        out, err = process.communicate(timeout=LIMIT_S)
        return process.returncode, out, err

    def steps(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_installs_once(checkout: Checkout) -> None:
    code, out, err = checkout.run()
    assert (code, err.count("\n")) == (0, 1)
    assert out.splitlines()[2:] == ["run", "--input", "seeds", "--output", "out", "--fetch", "never"]
    code, _, err = checkout.run("verify", "--output", "out")
    assert (code, err) == (0, "")
    assert checkout.run("--version")[1].splitlines()[2:] == ["--version"]
    assert checkout.steps() == ["venv", "pip"]


def test_it_works_from_anywhere_and_by_links(checkout: Checkout) -> None:
    first, second = checkout.elsewhere / "first", checkout.elsewhere / "sub" / "second"
    second.parent.mkdir()
    first.symlink_to(Path("..") / checkout.root.name / "run.sh")
    second.symlink_to("../first")
    for door in (checkout.root / "run.sh", first, second):
        code, out, _ = checkout.run("run", "--input", "x y", door=door, cwd=checkout.elsewhere)
        assert code == 0
        assert out.splitlines() == [str(checkout.elsewhere), str(checkout.root), "run", "--input", "x y"]
    _, out, _ = checkout.run(door=second, cwd=checkout.elsewhere)
    assert out.splitlines()[2:6] == ["run", "--input", str(checkout.root / "seeds"), "--output"]
    assert checkout.steps() == ["venv", "pip"]


def _no_stamp(checkout: Checkout) -> None:
    for stamp in (checkout.root / ".venv").glob(".installed-*"):
        stamp.unlink()


def _broken_link(checkout: Checkout) -> None:
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")


def _half_made(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / ".venv")
    (checkout.root / ".venv" / "bin").mkdir(parents=True)


def _other_python(checkout: Checkout) -> None:
    (stamp,) = (checkout.root / ".venv").glob(".installed-*")
    words = stamp.read_text().split()
    stamp.write_text(" ".join([*words[:2], "cpython-310"]))


@pytest.mark.parametrize("spoil", [_no_stamp, _broken_link, _half_made, _other_python])
def test_what_is_broken_is_made_anew(checkout: Checkout, spoil: Callable[[Checkout], None]) -> None:
    assert checkout.run()[0] == 0
    spoil(checkout)
    assert checkout.run()[0] == 0
    assert checkout.run()[0] == 0
    assert checkout.steps() == ["venv", "pip"] * 2


def test_a_new_lock_file_is_installed_into_what_is_there(checkout: Checkout) -> None:
    assert checkout.run()[0] == 0
    (checkout.root / "requirements.lock").write_text("tiny==1.1\n")
    assert checkout.run()[0] == 0
    assert checkout.steps() == ["venv", "pip", "pip"]
    (checkout.root / "requirements.lock").write_text("tiny==1.2\n")
    assert checkout.run(STUB_PIP="kill -9 $$")[0] == 1
    assert checkout.run()[0] == 0
    assert checkout.steps() == ["venv", "pip", "pip", "pip", "venv", "pip"], "half of it is not built upon"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_while_installing(checkout: Checkout, number: signal.Signals, code: int) -> None:
    process = checkout.start(STUB_PIP='echo >"$STUB_LOG.ready"; sleep 1000')
    ready = checkout.log.with_suffix(".ready")
    while not ready.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=LIMIT_S)  # which waits for all that could still write
    assert (process.returncode, out) == (code, "")
    assert err.splitlines()[1:] == ["newsmill: stopped while installing; the next run begins with that again"]
    assert checkout.run()[0] == 0
    assert checkout.steps() == ["venv", "pip"] * 2


def test_stopped_while_python_is_looked_for(checkout: Checkout) -> None:
    ready = checkout.log.with_suffix(".ready")
    deaf = checkout.python.read_text().replace(
        'case "$*" in', f'trap "exit 1" INT; touch "{ready}"; sleep 2\ncase "$*" in'
    )
    checkout.python.write_text(deaf)  # as Python is that has not begun yet: it ends by itself, not by the signal
    process = checkout.start(alone=True)
    while not ready.exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err.count("\n")) == (130, 1)
    assert checkout.steps() == []


def test_two_first_runs_install_once(checkout: Checkout) -> None:
    slow = 'while [ ! -e "$STUB_LOG.go" ]; do sleep 0.05; done'
    first = checkout.start(STUB_PIP=slow)
    while "pip" not in checkout.steps():
        assert first.poll() is None
        time.sleep(0.02)
    second = checkout.start(STUB_PIP=slow)
    assert "waiting for it" in second.stderr.readline()
    checkout.log.with_suffix(".go").touch()
    for process in (first, second):
        process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0
    assert checkout.steps() == ["venv", "pip"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ERROR: Could not install packages: No space left on device", "No space left on device"),
        ("WARNING: Retrying after NewConnectionError; ERROR: No matching distribution", "index cannot be reached"),
    ],
)
def test_what_fails_is_one_line(checkout: Checkout, said: str, shown: str) -> None:
    code, out, err = checkout.run(STUB_PIP=f"echo '{said}' >&2; exit 1")
    assert (code, out, err.count("\n")) == (1, "", 2)
    assert shown in err
    assert checkout.run()[0] == 0


def test_no_python(checkout: Checkout, tmp_path: Path) -> None:
    code, _, err = checkout.run(PYTHON=str(tmp_path / "none"))
    assert (code, err.count("\n")) == (2, 1)
    assert "is not a Python 3.11, 3.12 or 3.13" in err


def test_the_newest_python_that_fits_is_taken(checkout: Checkout, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    stub = checkout.python.read_text()
    (programs / "python3.13").write_text("#!/bin/sh\nexit 127\n")  # as a shim of a version that is not chosen does
    for name in ("python3.12", "python3.11", "python3"):
        (programs / name).write_text(stub.replace("echo venv", f"echo {name}"))
    for path in programs.iterdir():
        path.chmod(0o755)
    assert checkout.run(PYTHON="", PATH=f"{programs}:{os.environ['PATH']}")[0] == 0
    assert checkout.steps() == ["python3.12", "pip"]


TWO_PROCESSES = ["--dist", "loadfile", "--no-loadscope-reorder", "-n", "2"]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ([], TWO_PROCESSES),
        (["--quick"], [*TWO_PROCESSES, "-m", "not slow"]),
        (["-k", "feeds"], [*TWO_PROCESSES, "-k", "feeds"]),
        (["-n", "0"], [*TWO_PROCESSES[:3], "-n", "0"]),
        (["-n4", "--quick"], [*TWO_PROCESSES[:3], "-n4", "-m", "not slow"]),
        (["test_a.py", "-x"], ["HERE/test_a.py", "-x"]),
        (["test_a.py::test_b", "--quick"], ["HERE/test_a.py::test_b", "-m", "not slow"]),
        (["folder"], [*TWO_PROCESSES, "HERE/folder"]),
    ],
)
def test_two_processes_share_the_tests_unless_a_file_is_named(
    checkout: Checkout, words: list[str], given: list[str]
) -> None:
    (checkout.elsewhere / "test_a.py").touch()
    (checkout.elsewhere / "folder").mkdir()
    code, out, err = checkout.run("test", *words, door=checkout.root / "run.sh", cwd=checkout.elsewhere)
    assert code == 0, err
    place = str(checkout.elsewhere)
    assert out.splitlines() == [str(checkout.root)] * 2 + [word.replace("HERE", place) for word in given]


def test_words_that_are_no_command(checkout: Checkout) -> None:
    for word in ("vrify", "../x", "--input"):
        code, out, err = checkout.run(word)
        assert (code, out) == (2, "")
        assert err.startswith(f"newsmill: unknown command: {word}\nusage")
    assert checkout.steps() == []


def test_help_names_all_commands(checkout: Checkout) -> None:
    (checkout.root / "pipeline" / "commands" / "another.py").touch()
    code, out, _ = checkout.run("help")
    assert code == 0
    assert "\n                another verify\n" in out
    assert checkout.steps() == []
