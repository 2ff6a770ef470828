"""Inputs that are left out in every run: one row, and each run counts them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipeline.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Reads all below a directory and gives the report."""
    (tmp_path / "in").mkdir()
    text = "The harbour board decided on Monday to close the eastern quay until the cracks in its wall are filled."
    for name in ("one", "two"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"Quay closed\n\n{text}\n")
    (tmp_path / "in" / "links.txt").write_text("https://paper.example/a\nhttps://paper.example/b\n")

    def once(*more: str) -> dict[str, Any]:
        words = ["--input", str(tmp_path / "in"), "--output", str(tmp_path / "out"), "--fetch", "never"]
        assert main(["run", *words, "--spacy_model", "none", "--quiet", *more]) == 0
        capsys.readouterr()
        assert main(["report", "--output", str(tmp_path / "out")]) == 0
        path = tmp_path / "out" / "runs" / capsys.readouterr().out.split()[1].strip(":") / "report.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert found["imbalance"] == []
        assert main(["verify", "--output", str(tmp_path / "out")]) == 0
        return found

    return once


def dropped(output: Path) -> list[tuple[str, str]]:
    rows = ds.dataset(output / "dropped", partitioning="hive").to_table().to_pylist()
    return sorted((row["url"] or "", row["reason"]) for row in rows)


def test_rows_of_what_is_left_out_are_not_written_again_by_each_run(
    run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    first = run()
    written = [("", "repeats.same_id")] + [(f"https://paper.example/{name}", "fetch.off") for name in "ab"]
    assert (first["rows"]["dropped"], first["known_dropped"]) == (3, 0)
    for more in ((), ("--full",)):
        again = run(*more)
        assert (again["rows"]["dropped"], again["known_dropped"]) == (0, 3)
        assert again["reasons"] == first["reasons"] == {"fetch.off": 2, "repeats.same_id": 1}
    assert dropped(tmp_path / "out") == written
    with (tmp_path / "in" / "links.txt").open("a") as out:
        out.write("https://paper.example/c\n")
    assert run()["rows"]["dropped"] == 1
    assert main(["compact", "--output", str(tmp_path / "out"), "--before", "2999-01-01"]) == 0
    assert run()["known_dropped"] == 4
    assert len(dropped(tmp_path / "out")) == 4
