"""The Python of docs/warehouse-formats.md does what it says."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.commits import article, commit_rows
from tests.support.paths import ROOT
from transforms.export.publish.publish import publish

PAGE = ROOT / "docs/warehouse-formats.md"


def test_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        commit_rows("lake", f"r{number}", [article(number)], day=date(2026, 1, 2 + number % 2))
        publish("lake", ["delta", "iceberg"], tables=["articles"])
    delta, iceberg, by_directory = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(delta, {})
    said = capsys.readouterr().out
    assert said.startswith("3 3 3\n2\n")
    assert "2026-01-03" in said
    exec(iceberg, {})
    assert capsys.readouterr().out == "3\n2 2\n"
    exec(by_directory, {})
    assert "2026-01-03" in capsys.readouterr().out
