"""The report of a run, found again."""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.stored_report import find_newest, read_report
from transforms.lake.lake import Lake


def write_report(output: Path, run_id: str, started_at: str) -> None:
    directory = output / "runs" / run_id
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.txt").write_text(f"the report of {run_id}\n", encoding="utf-8")
    (directory / "report.json").write_text(json.dumps({"started_at": started_at}), encoding="utf-8")


def test_the_newest_run_is_the_one_that_started_last(tmp_path: Path) -> None:
    write_report(tmp_path, "20260301T080000Z-aaaaaa", "2026-03-01T08:00:00+00:00")
    write_report(tmp_path, "20260302T080000Z-bbbbbb", "2026-03-02T08:00:00+00:00")
    assert find_newest(str(tmp_path)) == "20260302T080000Z-bbbbbb"
    write_report(tmp_path, "zebra", "2026-03-01T09:00:00+00:00")
    assert find_newest(str(tmp_path)) == "20260302T080000Z-bbbbbb"
    write_report(tmp_path, "april", "2026-04-01T09:00:00+00:00")
    assert find_newest(str(tmp_path)) == "april"
    assert read_report(str(tmp_path) + "/") == "the report of april\n"


def test_a_run_that_began_while_the_clock_was_ahead_is_not_for_ever_the_newest(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    for run_id, at in (
        ("20260301T080000Z-aaaaaa", "2026-03-01T08:00:00+00:00"),
        ("20280301T080000Z-bbbbbb", "2028-03-01T08:00:00+00:00"),
        ("20260301T090000Z-cccccc", "2026-03-01T09:00:00+00:00"),
    ):
        lake.commit("run", (), run_id=run_id)
        write_report(tmp_path, run_id, at)
        assert find_newest(str(tmp_path)) == run_id
    write_report(tmp_path, "20260301T100000Z-dddddd", "2026-03-01T10:00:00+00:00")
    assert find_newest(str(tmp_path)) == "20260301T100000Z-dddddd", "it committed nothing"
    (tmp_path / "runs" / "20260301T080000Z-aaaaaa" / "manifest-00000.json").write_text("{")
    assert find_newest(str(tmp_path)) == "20280301T080000Z-bbbbbb", "what is left is the time"


def test_any_run_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path, "one", "2026-03-01T08:00:00+00:00")
    write_report(tmp_path, "two", "2026-03-02T08:00:00+00:00")
    assert main(["report", "--output", str(tmp_path), "--run_id", "one"]) == 0
    assert capsys.readouterr().out == "the report of one\n"


def test_no_report_is_a_wrong_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--output", str(tmp_path)]) == 2
    assert main(["report", "--output", str(tmp_path), "--run_id", "three"]) == 2
    assert "three" in capsys.readouterr().err


def test_a_run_that_has_not_ended_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "plan.json").write_text("{}", encoding="utf-8")
    for words in ([], ["--run_id", "one"]):
        assert main(["report", "--output", str(tmp_path), *words]) == 2
        assert (
            "run one is under way or was stopped: the same command as before carries it on" in capsys.readouterr().err
        )
    assert main(["report", "--output", str(tmp_path), "--run_id", "two"]) == 2
    assert "name the output of a run that has ended" in capsys.readouterr().err
