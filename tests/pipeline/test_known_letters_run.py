"""Inputs that fail in every run: one letter, whose tries are counted."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipeline.cli import main
from pipeline.known_state import KnownState
from pipeline.parse import parse
from pipeline.polls import FeedSchedule
from pipeline.settings import settings_from
from schemas.articles import DeadLetter, Replay
from schemas.documents import Source
from schemas.trouble import Trouble
from tests.support.commits import commit_rows
from tests.support.publisher import Publisher
from tests.support.servers import Reply
from transforms.lake.lake import Lake
from transforms.letters.known import decide_letter, load_known_letters
from transforms.letters.make import make_dead_letter
from transforms.letters.open_letters import open_letters

pytestmark = pytest.mark.slow

GOOD = "The harbour board decided on Monday to close the eastern quay until the cracks in its wall have been filled."
LETTER, OTHER = (
    make_dead_letter(Source(uri=f"https://a.example/{name}"), "read", Trouble("fetch.timeout", "no data"))
    for name in "ab"
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Reads all below a directory and gives the report."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text(f"Quay closed\n\n{GOOD}\n")
    (tmp_path / "in" / "empty.txt").write_text("")
    (tmp_path / "in" / "short.html").write_text("<!DOCTYPE html><title>Short</title><p>Too short.</p>")

    def once(*more: str, code: int = 0) -> dict[str, Any]:
        words = ["--input", str(tmp_path / "in"), "--output", str(tmp_path / "out"), "--fetch", "never"]
        assert main(["run", *words, "--spacy_model", "none", "--quiet", "--max_dead_ratio", "0.9", *more]) == code
        path = max((tmp_path / "out" / "runs").glob("*/report.json"), key=lambda found: found.stat().st_mtime_ns)
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert found["imbalance"] == []
        assert main(["verify", "--output", str(tmp_path / "out")]) == 0
        return found

    return once


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    where = output / table
    return list(ds.dataset(where, partitioning="hive").to_table().to_pylist()) if where.exists() else []


def attempts(output: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    capsys.readouterr()
    assert main(["dead", "--output", str(output), "--by", "code,attempts", "--json"]) == 0
    return {count["code"]: count["attempts"] for count in json.loads(capsys.readouterr().out)["counts"]}


def test_letters_are_not_written_again_by_each_run(
    run: Callable[..., dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    first = run()
    assert (first["rows"]["dead_letters"], first["known_letters"]) == (2, 0)
    for number in range(2, 4):
        again = run(*(["--chunk_documents", "1"] if number == 3 else []))
        assert (again["rows"]["dead_letters"], again["known_letters"]) == (0, 2)
        assert again["codes"] == first["codes"]
        assert set(attempts(output, capsys).values()) == {number}
    assert len(rows(output, "dead_letters")) == 2
    run("--max_dead_ratio", "0.5", code=3)
    assert main(["compact", "--output", str(output), "--before", "2999-01-01"]) == 0
    assert set(attempts(output, capsys).values()) == {4}


def test_what_fails_in_another_way_is_written(
    run: Callable[..., dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    (tmp_path / "in" / "empty.txt").write_text(" ")
    (tmp_path / "in" / "short.html").write_text("<!DOCTYPE html><title>Short</title><p>Much too short.</p>")
    assert run()["rows"]["dead_letters"] == 2
    assert len(rows(tmp_path / "out", "dead_letters")) == 4
    assert len(attempts(tmp_path / "out", capsys)) == 2, "an input that failed in several ways counts once"


def test_a_letter_that_was_answered_is_written_anew(
    run: Callable[..., dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, short = tmp_path / "out", tmp_path / "in" / "short.html"
    run()
    run()
    before = short.read_text()
    short.write_text(f"<!DOCTYPE html><html lang=en><title>Long</title><article><p>{GOOD}</p><p>{GOOD[::-1]}</p>")
    words = ["--output", str(output), "--reason", "extract", "--fetch", "never", "--spacy_model", "none", "--quiet"]
    assert main(["replay", *words]) == 0
    assert len(attempts(output, capsys)) == 1
    short.write_text(before)
    report = run()
    assert (report["rows"]["dead_letters"], report["known_letters"]) == (1, 1)
    assert main(["replay", *words]) == 0, "and a replay still sees what fails again"
    assert len(attempts(output, capsys)) == 2


def test_a_run_closes_the_letters_of_what_it_gets_through(
    run: Callable[..., dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, records = tmp_path / "out", tmp_path / "in" / "records.jsonl"
    good = json.dumps({"title": "Quay open", "text": f"{GOOD} It is open again."})
    records.write_text(f"{good}\n{{\n")
    run()
    assert set(attempts(output, capsys)) == {"read.empty", "extract.no_main_text", "read.bad_record"}
    (tmp_path / "in" / "empty.txt").write_text(f"Pier closed\n\n{GOOD.replace('quay', 'pier')}\n")
    records.write_text(good + "\n" + json.dumps({"title": "Late", "text": f"{GOOD} It is late."}) + "\n")
    for number in (2, 0):
        assert run()["closed_letters"] == number
        assert attempts(output, capsys) == {"extract.no_main_text": len(rows(output, "replays")) - 1}
    found = rows(output, "replays")
    outcomes = sorted((row["outcome"], row["attempts"], row["article_id"] is None) for row in found)
    assert outcomes == [("article", 2, False)] * 2 + [("dead_letter", 2, True), ("dead_letter", 3, True)]
    articles = {row["article_id"] for row in rows(output, "articles")}
    assert {row["article_id"] for row in found} - {None} <= articles


def test_a_run_closes_the_letters_of_addresses_that_respond_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    words = ["--output", str(output), "--allow_private", "--delay_s", "0", "--spacy_model", "none", "--quiet"]
    with Publisher() as paper:
        urls = tmp_path / "urls.txt"
        urls.write_text(f"{paper.url('/a')}\n{paper.url('/b')}\n")
        paper.publish_words("/a", "Ferry late", GOOD)
        run = ["run", "--input", str(urls), paper.url("/other.xml"), "--max_dead_ratio", "1", *words]
        assert main(run) == 0
        assert attempts(output, capsys) == {"fetch.http_404": 1}
        paper.publish_words("/b", "Pier late", GOOD.replace("quay", "pier"))
        assert main(run) == 0
        assert attempts(output, capsys) == {"fetch.http_404": 2}, "that of other.xml"
        paper.routes["/other.xml"] = Reply(paper.feed())
        assert main(run) == 0
        assert attempts(output, capsys) == {}
    assert main(["verify", "--output", str(output)]) == 0


def test_feeds_that_have_not_changed_count_among_the_inputs(tmp_path: Path) -> None:
    """Else one feed that fails is all there is in a night without news."""
    output = tmp_path / "out"
    with Publisher() as paper:
        paper.publish_words("/a", "Ferry late", GOOD)
        feeds = [paper.feed_url, *(paper.url(f"/{name}.xml") for name in ("b", "c", "gone"))]
        for name in ("b", "c"):
            paper.routes[f"/{name}.xml"] = Reply(paper.feed())
        words = ["--output", str(output), "--allow_private", "--delay_s", "0", "--spacy_model", "none", "--quiet"]
        run = ["run", "--feeds", *feeds, "--poll", "all", *words]
        assert main(run) == 0
        assert main(run) == 0
        assert main([*run, "--max_dead_ratio", "0.2"]) == 3


def test_a_stream_learns_which_letters_are_open(tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    settings = settings_from(*parse(["run", "--input", "seeds", "--output", output]))
    commit_rows(output, "before", [LETTER])
    known = KnownState(
        settings, Lake(output).manifests(), [], FeedSchedule(output, []), keeps_letters=True, is_stream=True
    )
    found = []
    for number, outcome in enumerate(("dead_letter", "article", "dead_letter"), start=2):
        found.append({name: letter.attempts for name, letter in known.open_letters.items()})
        row = Replay(letter_id=LETTER.letter_id, outcome=outcome, attempts=number, newsmill_version="0")
        known.add(commit_rows(output, "stream", [row], chunk=number))
    found.append({name: letter.attempts for name, letter in known.open_letters.items()})
    assert found == [{LETTER.letter_id: 1}, {LETTER.letter_id: 2}, {}, {LETTER.letter_id: 4}]
    assert [(letter.letter_id, letter.attempts) for letter in open_letters(Lake(output))] == [(LETTER.letter_id, 4)]
    known.add(commit_rows(output, "stream", [OTHER], chunk=5))
    assert set(known.open_letters) == {LETTER.letter_id, OTHER.letter_id}
    again = dataclasses.replace(OTHER, message="no data for 20 s")
    for run_id, wanted in (("stream", Replay), ("next", DeadLetter), ("stream", Replay)):
        saved = known.files(run_id).letters
        assert saved is not None
        decided = decide_letter(again, load_known_letters(saved))
        assert isinstance(decided, wanted), "a run has each letter once, as its key says"
    known.remove()
