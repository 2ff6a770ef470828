"""Names that hold markup or steer a terminal: shown escaped in every table, and no fault of the run."""

import dataclasses
import json
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline import report_text as reports
from pipeline.cli import main
from pipeline.console import complain
from pipeline.feed_report import feeds_to_json, render_diagnosis, render_feeds
from pipeline.letters import counts_to_json, render_counts
from pipeline.politeness_report import HostCount, PurposeCount, Survey, render_survey, survey_to_json
from pipeline.report import Report, SourceCount, report_to_json
from pipeline.report_text import render_report
from schemas.feeds import FeedState
from transforms.letters.open_letters import OpenLetter
from transforms.subscriptions.diagnose import Diagnosis
from transforms.subscriptions.feeds_toml import Subscription, Subscriptions
from transforms.subscriptions.findings import Finding
from transforms.web.politeness_rules import BREACHES, Breach

NOW = datetime(2026, 3, 20, tzinfo=UTC)
ODD = [
    "a[/b].html",
    "[link=x]y[/link] [b",
    "a\x1b[31mRED\x1b]0;title\x07",
    "line1\n12:00:00 newsmill INFO all is well",
    "\x9b31m \u202etxt.exe \u2028",
    "no UTF-8 \udce9",
]


def check(text: str, odd: str) -> None:
    """The text can be written and holds nothing unseen; of what is odd, a letter that is not is there."""
    text.encode()
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert "\u202e" not in text
    assert "\n12:00" not in text
    if odd.isprintable():
        assert odd in text


def make_report(odd: str) -> Report:
    return Report(
        run_id="r1",
        status=odd,
        exit_code=0,
        started_at=NOW,
        wall_s=1.0,
        output=odd,
        arguments=(odd,),
        versions={},
        rows={"articles": 1, "dead_letters": 0, "dropped": 0},
        stages=(),
        imbalance=(odd,),
        codes={odd: 1},
        reasons={odd: 1},
        languages={odd: 1},
        page_types={odd: 1},
        types_left_out={odd: 1},
        truncated={odd: 1},
        cleaning={odd: 1},
        sources=(SourceCount(uri=odd, kind=odd, articles=1, duplicates=0, filtered=0, dead=0),),
        feeds={odd: 1},
        requests={odd: 1},
    )


@pytest.mark.parametrize("odd", ODD)
def test_report(odd: str) -> None:
    report = make_report(odd)
    check(render_report(report, width=200), odd)
    found = report_to_json(report).decode()
    assert json.loads(found)["sources"][0]["uri"] == odd
    check(found, "")


@pytest.mark.parametrize("odd", ODD)
def test_dead_letters(odd: str) -> None:
    letter = OpenLetter("0", odd, odd, odd, 1, date(2026, 3, 20), ("link", "x"), "x", 0)
    check(render_counts([letter], ["stage", "code", "host"]), odd)
    check(counts_to_json([letter], ["stage", "code", "host"]), "")


@pytest.mark.parametrize("odd", ODD)
def test_feeds(odd: str) -> None:
    feed = Subscription(f"https://x.example/{odd}", odd, (odd,))
    state = dataclasses.replace(FeedState(feed_url=feed.url), status=odd, last_code=odd, address=odd)
    listed = Subscriptions((feed,))
    for states in (None, {}, {feed.url: state}):
        check(render_feeds(listed, states, NOW).replace("\n ", "\n"), "")
        check(feeds_to_json(listed, states, NOW), "")
    found = Diagnosis(odd, (Finding("bad", odd, odd, odd),), None)
    check(render_diagnosis(found, NOW), odd)


@pytest.mark.parametrize("odd", ODD)
def test_politeness(odd: str) -> None:
    kind = next(iter(BREACHES))
    survey = Survey(
        purposes={odd: PurposeCount(requests=1)},
        hosts=1,
        first=0.0,
        last=1.0,
        smallest_pause=(1.0, odd),
        slowest=[HostCount(1.0, odd, 1, None)],
        breaches=[Breach(kind, odd, odd, NOW, odd, odd)],
    )
    survey.robots[odd] += 1
    survey.breach_counts[kind] += 1
    check(render_survey(survey), odd)
    check(survey_to_json(survey), "")


@pytest.mark.parametrize("odd", ODD)
def test_complaints(odd: str, capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"cannot read {odd}")
    complain(OSError(odd))
    check(capsys.readouterr().err, odd)


def test_a_report_that_cannot_be_laid_out_is_a_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("no such box")

    monkeypatch.setattr(reports, "_stage_table", fail)
    with caplog.at_level("ERROR", "newsmill"):
        text = render_report(make_report("ok"))
    assert text == "run r1: ok; all else is in report.json\n"
    assert "no such box" in caplog.text


def test_a_run_over_files_with_odd_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "in" / "a["
    given.mkdir(parents=True)
    for number, odd in enumerate(["b].txt", *(name for name in ODD if "/" not in name)]):
        words = (
            f"Ferry number {number} left Port Ellery in the morning, and the harbour office says when it returns.\n\n"
        )
        (given / f"{odd}.txt").write_text(words * 3, encoding="utf-8")
    (given / "x\x1b[2J.json").write_text('{"a": 1}\n', encoding="utf-8")
    output = tmp_path / "out"
    told = ["--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1"]
    assert main(["run", "--input", str(given.parent), "--output", str(output), *told]) == 0
    shown = capsys.readouterr()
    check(shown.out, "a[/b].txt")
    check(shown.err, "")
    (path,) = (output / "runs").glob("*/report.txt")
    check(path.read_text(encoding="utf-8"), "a[/b].txt")
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["exit_code"] == 0
    for command in (["report"], ["verify"], ["dead"]):
        assert main([*command, "--output", str(output)]) == 0
        check(capsys.readouterr().out, "")
