"""The log of requests in an output, as people look at it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.politeness_report import survey_log
from schemas.errors import ExitCode
from schemas.feeds import Request
from tests.support.commits import commit_rows, dropped
from transforms.web.politeness_rules import PolitenessChecker

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)


def ask(at: float, url: str, *, took: float = 0.25, **values: Any) -> Request:
    started, is_robots = NOON + timedelta(seconds=at), url.endswith("/robots.txt")
    base: dict[str, Any] = {
        "url": url, "host": url.split("/")[2], "purpose": "robots" if is_robots else "page", "started_at": started,
        "ended_at": started + timedelta(seconds=took), "duration_ms": took * 1000, "status": 200, "delay_s": 1.0,
        "bytes_received": 2048, "robots": None if is_robots else "allowed", "user_agent": "newsmill/1.0",
    }  # fmt: skip
    return Request(**(base | values))


FEED: dict[str, Any] = {"purpose": "feed", "is_conditional": True}
FIRST = [
    ask(0, "https://post.example/robots.txt"),
    ask(2, "https://post.example/feed", **FEED, status=304, is_cached=True, bytes_received=0),
    ask(4, "https://post.example/feed/more", **FEED),
    ask(0, "https://slow.example/robots.txt", took=3.0, status=404, code="fetch.http_404"),
    ask(8, "https://slow.example/a", took=2.0, robots="absent"),
]
SECOND = [
    ask(86_000, "https://post.example/b"),
    ask(86_002, "https://post.example/c", status=429, code="fetch.http_429", retry_after_s=20.0),
    ask(86_024, "https://post.example/c"),
]
RUDE = [ask(86_024.9, "https://post.example/d", robots=None)]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    commit_rows(tmp_path, "r1", FIRST, day=date(2031, 5, 4))
    commit_rows(tmp_path, "r2", SECOND, day=date(2031, 5, 5))
    return tmp_path


def politeness(output: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["politeness", "--output", str(output), *words])
    return code, capsys.readouterr().out


def test_polite_requests(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = politeness(output, capsys)
    assert code == 0
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[0] == "8 requests to 2 hosts, 2031-05-04 12:00:00 to 2031-05-05 11:53:44 UTC, 2 runs"
    assert "feed 2 2 1 0 0 2.0 KiB 250 ms" in lines
    assert "total 8 2 1 2 1 14.0 KiB 812 ms" in lines
    assert "robots.txt allowed 5, absent 1" in lines
    assert "answered 304 50.0 % of 2 conditional requests" in lines
    assert "smallest pause 1.75 s (post.example)" in lines
    assert "slow.example 2 2.50 s 5.00 s" in lines
    assert lines[-1] == "no breach of the rules of politeness"


def test_breaches(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_rows(output, "r3", RUDE, day=date(2031, 5, 5))
    code, shown = politeness(output, capsys)
    assert code == ExitCode.BREACHES
    assert shown.splitlines()[-1] == "2 breaches of the rules of politeness"
    assert "pause 2031-05-05 11:53:44 https://post.example/d: 0.650 s after the last one" in shown
    assert "robots 2031-05-05 11:53:44 https://post.example/d: robots.txt was not checked" in shown


def test_json(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_rows(output, "r3", RUDE, day=date(2031, 5, 5))
    code, shown = politeness(output, capsys, "--json")
    found = json.loads(shown)
    assert code == ExitCode.BREACHES
    assert (found["requests"], found["hosts"], found["runs"]) == (9, 2, 3)
    assert found["purposes"]["page"]["refused"] == 1
    assert found["not_modified_share"] == 0.5
    assert found["breach_counts"] == {"pause": 1, "robots": 1}
    assert found["breaches"][0]["url"] == "https://post.example/d"
    assert found["robots"] == {"absent": 1, "allowed": 5, "not checked": 1}
    assert found["first_at"] == "2031-05-04T12:00:00+00:00"


def test_since_knows_what_was_before(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = politeness(output, capsys, "--since", "2031-05-05", "--json")
    found = json.loads(shown)
    assert code == 0  # robots.txt was read the day before
    assert (found["requests"], found["hosts"]) == (3, 1)


def test_other_pauses(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert politeness(output, capsys, "--delay_s", "1.76")[0] == 0  # within tolerance
    assert politeness(output, capsys, "--delay_s", "1.8")[0] == ExitCode.BREACHES
    assert politeness(output, capsys, "--delay_s", "1.8", "--host_delay", "post.example=1.5")[0] == 0
    assert politeness(output, capsys, "--host_delay", "slow.example=6")[0] == ExitCode.BREACHES
    assert politeness(output, capsys, "--delay_s", "1.8", "--tolerance_ms", "100")[0] == 0


def test_nothing_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_rows(tmp_path, "r1", [dropped(1)])
    assert politeness(tmp_path, capsys) == (0, "the log is empty\n")
    code, shown = politeness(tmp_path, capsys, "--json", "--since", "2031-05-05")
    assert (code, json.loads(shown)["requests"]) == (0, 0)


WRONG = [
    (["--since", "May"], "--since: 'May' is not a day"),
    (["--delay_s", "-1"], "--delay_s is -1.0: give a number of at least 0"),
    (["--host_delay", "post.example"], "--host_delay: 'post.example' is not a pause of a host"),
    (["--host_delay", "post.example=nan"], "--host_delay: 'post.example=nan' is not a pause of a host"),
    (["--tolerance_ms", "inf"], "--tolerance_ms is inf: give a number of at least 0"),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_wrong_values(output: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert main(["politeness", "--output", str(output), *words]) == 2
    assert message in capsys.readouterr().err


def test_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["politeness", "--output", str(tmp_path / "none")]) == 2
    assert "name the output of a run" in capsys.readouterr().err


def test_hosts_and_pauses_are_listed_by_host() -> None:
    rows = [ask(n, f"https://h{n:02}.example/robots.txt", took=n / 10) for n in range(1, 9)]
    survey = survey_log(rows, PolitenessChecker())
    assert [each.host for each in survey.slowest] == [f"h{n:02}.example" for n in (8, 7, 6, 5, 4)]
    assert (survey.hosts, survey.smallest_pause) == (8, None)
