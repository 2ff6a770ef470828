"""The commands that messages propose to install something."""

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from schemas.install import install_command
from tests.support.paths import ROOT


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a virtual environment, of which only pip is there."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pip").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path


def missing(name: str) -> str:
    raise importlib.metadata.PackageNotFoundError(name)


def test_a_checkout_names_the_package_and_the_pip_of_its_environment(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert install_command("chdb", extra="clickhouse") == f"{prefix}/bin/pip install chdb"
    assert install_command("a>=1,<2") == f"{prefix}/bin/pip install 'a>=1,<2'"


def test_an_installation_by_pip_names_the_extra(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.1")
    assert install_command("chdb", extra="clickhouse") == f"{prefix}/bin/pip install 'newsmill[clickhouse]'"
    assert install_command("https://a.example/m.whl") == f"{prefix}/bin/pip install https://a.example/m.whl"


def test_outside_of_an_environment_it_is_pip(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", str(prefix))
    assert install_command("chdb") == "pip install chdb"


def test_what_is_proposed_is_what_the_extras_name() -> None:
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "transforms" / "export").rglob("*.py")]
    pairs = [pair for text in sources for pair in re.findall(r'install_command\("([^"]+)", extra="([^"]+)"\)', text)]
    assert len(pairs) == 4
    for requirement, extra in pairs:
        assert f'"{extra}": ["{requirement}"]' in setup
