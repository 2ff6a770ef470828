"""Which dead letters of an output are open, counted by stage, code and host."""

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from schemas.articles import DeadLetter, Replay
from schemas.documents import Link, Origin, Source
from schemas.trouble import Trouble
from tests.support.commits import commit_rows
from transforms.lake.lake import Lake
from transforms.letters.make import make_dead_letter
from transforms.letters.open_letters import count_letters, load_letters, open_letters

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)


def link(path: str, host: str = "post.example") -> Link:
    return Link(url=f"https://{host}{path}", origin=Origin(uri="https://post.example/feed", kind="rss", position=1))


def letter(path: str, code: str = "fetch.timeout", *, host: str = "post.example", **changes: Any) -> DeadLetter:
    made = make_dead_letter(link(path, host), code.partition(".")[0], Trouble(code, "so it is"))
    return dataclasses.replace(made, **changes)


def replayed(of: DeadLetter, outcome: str, attempts: int = 2) -> Replay:
    return Replay(letter_id=of.letter_id, outcome=outcome, attempts=attempts, newsmill_version="0")


class LetterLake:
    """An output that is written by hand."""

    def __init__(self, output: Path) -> None:
        self.output = str(output)

    def commit(self, run_id: str, day: date, *rows: DeadLetter | Replay, chunk: int = 0, **parts: Any) -> list[str]:
        """Commit rows as one chunk of a run; gives the paths of its files."""
        made = commit_rows(self.output, run_id, rows, day=day, chunk=chunk, **parts)
        return [file.path for file in made.files]

    def open(self) -> list[tuple[str | None, str, int]]:
        """Address, code and attempts of what is open."""
        found = [(each.url, each.code, each.attempts) for each in load_letters(Lake(self.output))]
        assert len(open_letters(Lake(self.output))) == len(found)
        return sorted((str(url).removeprefix("https://post.example"), code, n) for url, code, n in found)


@pytest.fixture
def lake(tmp_path: Path) -> LetterLake:
    return LetterLake(tmp_path / "out")


A, B, C = letter("/a"), letter("/b"), letter("/c", "extract.no_main_text", host="news.example")
MORNING, NOON, EVENING = (f"20260301T{hour:02}0000Z-abc123" for hour in (8, 12, 20))


def test_a_letter_of_several_runs_counts_once(lake: LetterLake) -> None:
    lake.commit("one", FIRST, A, B)
    lake.commit("two", SECOND, dataclasses.replace(A, message="newer"))
    assert lake.open() == [("/a", "fetch.timeout", 1), ("/b", "fetch.timeout", 1)]
    (newest,) = load_letters(Lake(lake.output), letter_ids={A.letter_id})
    assert (newest.message, newest.run_id, newest.ingest_date) == ("newer", "two", SECOND)


def test_an_input_that_fails_in_another_way_is_one_letter(lake: LetterLake) -> None:
    lake.commit("one", FIRST, A)
    other = letter("/a", "fetch.http_404")
    lake.commit("two", SECOND, other, replayed(A, "dead_letter", 2))
    assert lake.open() == [("/a", "fetch.http_404", 2)]
    lake.commit("three", SECOND, replayed(other, "article", 3))
    assert lake.open() == []


def test_the_latest_replay_decides(lake: LetterLake) -> None:
    lake.commit("one", FIRST, A, B)
    lake.commit(NOON, FIRST, replayed(A, "dead_letter", 2), replayed(B, "dead_letter", 2))
    assert lake.open() == [("/a", "fetch.timeout", 2), ("/b", "fetch.timeout", 2)]
    lake.commit(EVENING, FIRST, replayed(A, "article", 3), replayed(B, "dead_letter", 3))
    assert lake.open() == [("/b", "fetch.timeout", 3)]
    for outcome in ("duplicate", "filtered"):
        lake.commit(f"last-{outcome}", SECOND, replayed(B, outcome, 4))
        assert lake.open() == []


@pytest.mark.parametrize("names", [(MORNING, NOON, EVENING), ("one", "two", "three")])
def test_what_fails_anew_after_its_replay_is_open_again(lake: LetterLake, names: tuple[str, ...]) -> None:
    lake.commit(names[0], FIRST, A)
    lake.commit(names[1], FIRST, A, chunk=0)
    lake.commit(names[1], FIRST, replayed(A, "article"), chunk=1, kind="replay")
    assert lake.open() == []
    lake.commit(names[2], FIRST, A)
    assert lake.open() == [("/a", "fetch.timeout", 2)]
    lake.commit("next", SECOND, A)
    assert lake.open() == [("/a", "fetch.timeout", 2)]


def test_only_committed_files_count(lake: LetterLake) -> None:
    (path, *_) = lake.commit("one", FIRST, A, B)
    stray = Path(lake.output) / "dead_letters" / "ingest_date=2026-03-01" / "copy.parquet"
    stray.write_bytes((Path(lake.output) / path).read_bytes())
    lake.commit("two", SECOND, B, kind="compact", removes=(path,))
    assert lake.open() == [("/b", "fetch.timeout", 1)]


def test_what_is_wanted(lake: LetterLake) -> None:
    lake.commit("one", FIRST, A, C)
    lake.commit("two", SECOND, B)

    def load(**wanted: Any) -> list[str]:
        return [str(found.url)[-2:] for found in load_letters(Lake(lake.output), **wanted)]

    assert load() == ["/c", *sorted(["/a", "/b"], key=lambda path: letter(path).letter_id)]
    assert load(reasons=["extract.no_main_text", "fetch.dns"]) == ["/c"]
    assert sorted(load(reasons=["fetch"])) == ["/a", "/b"]
    assert load(since=SECOND) == ["/b"]
    assert load(host="News.example") == ["/c"]
    assert load(letter_ids=[A.letter_id]) == ["/a"]
    assert load(host="other.example") == []


def test_places_in_a_file_are_told_apart(lake: LetterLake) -> None:
    places = [Source(uri="a.jsonl", first=n, last=n + 1) for n in range(3)] + [Source(uri="a.jsonl")]
    letters = [make_dead_letter(each, "read", Trouble("read.bad_record", str(n))) for n, each in enumerate(places)]
    lake.commit("one", FIRST, *(dataclasses.replace(each, letter_id=f"{n:032}") for n, each in enumerate(letters)))
    assert len(open_letters(Lake(lake.output))) == 4


COUNTS = [
    (["--by", "stage"], [{"stage": "fetch", "letters": 2}, {"stage": "extract", "letters": 1}]),
    (["--by", "code,host", "--since", "2026-03-02"], [{"code": "fetch.timeout", "host": "post.example", "letters": 1}]),
    (["--since", "2027-01-01"], []),
]


@pytest.mark.parametrize(("words", "wanted"), COUNTS)
def test_counts_as_json(lake: LetterLake, words: list[str], wanted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lake.commit("one", FIRST, A, C)
    lake.commit("two", SECOND, B)
    assert main(["dead", "--output", lake.output, "--json", *words]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "letters": sum(count["letters"] for count in wanted),
        "counts": wanted,
    }


def test_counts_as_a_table(lake: LetterLake, capsys: pytest.CaptureFixture[str]) -> None:
    source = make_dead_letter(Source(uri="a.txt"), "read", Trouble("read.missing", "x"))
    lake.commit("one", FIRST, A, B, C, source)
    assert main(["dead", "--output", lake.output]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]
    assert lines == [
        ["stage", "code", "host", "letters"],
        ["fetch", "fetch.timeout", "post.example", "2"],
        ["extract", "extract.no_main_text", "news.example", "1"],
        ["read", "read.missing", "·", "1"],
        ["total", "4"],
    ]
    lake.commit("two", SECOND, *(replayed(each, "article") for each in (A, B, C, source)))
    assert main(["dead", "--output", lake.output]) == 0
    assert capsys.readouterr().out == "no dead letter is open\n"


def test_count_letters(lake: LetterLake) -> None:
    lake.commit("one", FIRST, A, B, C)
    assert count_letters(open_letters(Lake(lake.output)), ("host", "code")) == [
        (("post.example", "fetch.timeout"), 2),
        (("news.example", "extract.no_main_text"), 1),
    ]


WRONG = [
    (["--by", "url"], "--by is 'url': choose from stage, code, host"),
    (["--by", ""], "give one or more of stage, code, host"),
    (["--since", "soon"], "--since: 'soon' is not a day"),
    ([], "is not a directory"),
]


@pytest.mark.parametrize(("words", "wanted"), WRONG)
def test_wrong_words(words: list[str], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead", "--output", str(tmp_path / "none"), *words]) == 2
    assert wanted in capsys.readouterr().err


def test_damage_is_named(lake: LetterLake, capsys: pytest.CaptureFixture[str]) -> None:
    (path, *_) = lake.commit("one", FIRST, A)
    whole = (Path(lake.output) / path).read_bytes()
    for damage in (whole[:-9], None):
        (Path(lake.output) / path).unlink()
        if damage:
            (Path(lake.output) / path).write_bytes(damage)
        assert main(["dead", "--output", lake.output]) == 1
        assert path in capsys.readouterr().err
    (Path(lake.output) / path).write_bytes(whole)
    (Path(lake.output) / "runs" / "two").mkdir()
    (Path(lake.output) / "runs" / "two" / "manifest-00000.json").write_text("{")
    assert main(["dead", "--output", lake.output]) == 1
    assert "two/manifest-00000.json" in capsys.readouterr().err
