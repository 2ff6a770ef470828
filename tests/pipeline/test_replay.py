"""Letters of a server that was ill are replayed when it is well, and of files that were broken when they are mended."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.letters import load_letters, open_letters
from tests.lakes import read_table
from tests.servers import Reply, Server
from transforms.identity import article_id, canonical_url
from transforms.lake.lake import read_manifests

FAST = ["--allow_private", "--delay_s", "0", "--timeout_s", "0.5", "--deadline_s", "2"]
CALM = ["--spacy_model", "none", "--quiet", "--max_dead_ratio", "1"]


def make_page(n: int) -> str:
    body = "".join(
        f"<p>Paragraph {part} of report {n}: the council of Port Ellery heard {n * 7 + part} people on the new harbour "
        f"wall, and put off its decision to the sitting on day {n + part} of the session.</p>"
        for part in range(6)
    )
    return f"<html lang=en><head><title>R {n}</title></head><body><article><h1>Report {n}</h1>{body}</article></body>"


def make_feed(paths: list[str]) -> Reply:
    items = "".join(f"<item><title>Item {path}</title><link>{path}</link></item>" for path in paths)
    feed = f'<rss version="2.0"><channel><title>Harbour wire</title><link>/</link>{items}</channel></rss>'
    return Reply(feed, headers={"Content-Type": "application/rss+xml"})


def run(output: Path, *inputs: str) -> None:
    assert main(["run", "--input", *inputs, "--output", str(output), *FAST, *CALM]) == 0


def replay(output: Path, *words: str) -> None:
    assert main(["replay", "--output", str(output), *FAST, *CALM, *words]) == 0


def open_codes(output: Path) -> dict[str, int]:
    return dict(Counter(letter.code for letter in open_letters(str(output))))


def replays(output: Path) -> list[tuple[str, int]]:
    """Outcome and attempts of each replay so far."""
    return sorted((row["outcome"], row["attempts"]) for row in replay_rows(output))


def replay_rows(output: Path) -> list[dict[str, Any]]:
    import pyarrow.dataset as ds

    where = output / "replays"
    return ds.dataset(where, partitioning="hive").to_table().to_pylist() if where.exists() else []


def ids(output: Path) -> dict[str, str]:
    return {row["url"]: row["article_id"] for row in read_table(output, "articles")}


ILL = {
    "/slow": Reply("late", delay_s=5),
    "/error": Reply("no", status=500),
    "/hollow": Reply("<html><body><nav><a href=/>Home</a></nav></body></html>"),
    "/gone": Reply("no", status=404),
    "/moved": Reply("no", status=503),
}
WELL = {path: Reply(make_page(n)) for n, path in enumerate(ILL) if path not in ("/gone", "/moved")}
WELL["/moved"] = Reply(status=302, headers={"Location": "/elsewhere"})
WELL["/elsewhere"] = Reply(make_page(77))


class Site:
    """A site that is ill, and an output that a run has written meanwhile."""

    def __init__(self, server: Server, output: Path) -> None:
        self.server = server
        self.output = output

    def heal(self) -> None:
        self.server.routes |= WELL


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    routes = {"/feed.xml": make_feed(["/fine", *ILL]), "/fine": Reply(make_page(99)), **ILL}
    with Server(routes) as server:
        yield Site(server, tmp_path / "out")


def test_letters_become_the_articles_they_would_have_been(site: Site, tmp_path: Path) -> None:
    output = site.output
    run(output, site.server.url("/feed.xml"))
    assert open_codes(output) == {
        "fetch.timeout": 1,
        "fetch.http_5xx": 2,
        "fetch.http_404": 1,
        "extract.no_main_text": 1,
    }
    site.heal()
    asked = len(site.server.log)
    replay(output, "--reason", "fetch.timeout", "fetch.http_404")
    again = site.server.paths()[asked:]
    assert sorted(path for path in again if path != "/robots.txt") == ["/gone", "/slow"]
    assert replays(output) == [("article", 2), ("dead_letter", 2)]
    assert open_codes(output) == {"fetch.http_5xx": 2, "fetch.http_404": 1, "extract.no_main_text": 1}

    replay(output, "--host", "elsewhere.example")
    assert len(replays(output)) == 2
    replay(output)
    assert replays(output) == [("article", 2)] * 4 + [("dead_letter", 2), ("dead_letter", 3)]
    assert open_codes(output) == {"fetch.http_404": 1}
    (letter,) = load_letters(str(output))
    assert (letter.url, letter.attempts, letter.http_status) == (site.server.url("/gone"), 3, 404)

    direct = tmp_path / "direct"
    run(direct, site.server.url("/feed.xml"))
    assert ids(output) == ids(direct)
    assert ids(output)[site.server.url("/slow")] == article_id(canonical_url(site.server.url("/slow")), None, "")[0]
    replayed = {row["article_id"] for row in replay_rows(output) if row["outcome"] == "article"}
    assert replayed == set(ids(output).values()) - {ids(output)[site.server.url("/fine")]}
    assert read_table(output, "articles") == read_table(direct, "articles")
    assert {manifest.kind for manifest in read_manifests(str(output))} == {"run", "replay"}


def test_a_second_replay_finds_nothing_to_do(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run(site.output, site.server.url("/feed.xml"))
    site.heal()
    site.server.routes["/gone"] = Reply(make_page(5))
    replay(site.output)
    assert replays(site.output) == [("article", 2)] * 5
    before, asked = sorted(site.output.rglob("*")), len(site.server.log)
    capsys.readouterr()
    assert main(["replay", "--output", str(site.output), *FAST]) == 0
    assert capsys.readouterr().out == "no open dead letter to replay\n"
    assert (sorted(site.output.rglob("*")), len(site.server.log)) == (before, asked)


def test_attempts(site: Site) -> None:
    output = site.output
    run(output, site.server.url("/feed.xml"))
    replay(output, "--reason", "fetch")
    site.server.routes["/error"] = Reply("no", status=410)
    replay(output, "--reason", "fetch.http_5xx", "--max_attempts", "3")
    assert replays(output) == [("dead_letter", 2)] * 4 + [("dead_letter", 3)] * 2
    # What fails in another way is one open letter still, and keeps its count.
    attempts = {letter.url: (letter.code, letter.attempts) for letter in load_letters(str(output))}
    assert attempts == {
        site.server.url("/slow"): ("fetch.timeout", 2),
        site.server.url("/error"): ("fetch.http_410", 3),
        site.server.url("/moved"): ("fetch.http_5xx", 3),
        site.server.url("/gone"): ("fetch.http_404", 2),
        site.server.url("/hollow"): ("extract.no_main_text", 1),
    }
    asked = len(site.server.log)
    replay(output, "--max_attempts", "2", "--reason", "fetch")
    assert len(site.server.log) == asked
    replay(output, "--max_attempts", "2")
    assert [path for path in site.server.paths()[asked:] if path != "/robots.txt"] == ["/hollow"]


def test_what_a_later_run_has_read_is_known(site: Site) -> None:
    output = site.output
    run(output, site.server.url("/feed.xml"))
    site.heal()
    run(output, site.server.url("/feed.xml"))
    known = ids(output)
    replay(output, "--reason", "fetch.timeout", "extract")
    assert replays(output) == [("duplicate", 2), ("duplicate", 2)]
    assert ids(output) == known


def test_what_is_not_asked_for_stays_open(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run(site.output, site.server.url("/feed.xml"))
    before = open_codes(site.output)
    words = ["replay", "--output", str(site.output), "--fetch", "never", "--spacy_model", "none"]
    assert main(words) == 0
    assert "5 not tried, since fetching is off" in capsys.readouterr().out
    assert open_codes(site.output) == before
    assert replays(site.output) == []


def test_a_feed_that_was_away(tmp_path: Path) -> None:
    output = tmp_path / "out"
    with Server({"/feed.xml": Reply("no", status=503), "/1": Reply(make_page(1)), "/2": Reply(make_page(2))}) as server:
        opml = tmp_path / "feeds.opml"
        opml.write_text(f'<opml><body><outline text="Sea" xmlUrl="{server.url("/feed.xml")}"/></body></opml>')
        run(output, str(opml))
        assert open_codes(output) == {"fetch.http_5xx": 1}
        server.routes["/feed.xml"] = make_feed(["/1", "/2"])
        replay(output)
        assert sorted(ids(output)) == [server.url("/1"), server.url("/2")]
        assert {row["tags"][0] for row in read_table(output, "articles")} == {"Sea"}
        assert open_codes(output) == {}
        # A day it fails anew is another letter to replay.
        (row,) = replay_rows(output)
        assert (row["outcome"], row["article_id"]) == ("article", None)


def text(n: int) -> str:
    return " ".join(
        f"Sentence {part} of text {n} tells what the harbour council did on day {part * n}." for part in range(9)
    )


def test_a_bad_line_is_replayed_alone(tmp_path: Path) -> None:
    output, path = tmp_path / "out", tmp_path / "a.jsonl"
    lines = [json.dumps({"url": f"https://post.example/{n}", "title": f"T {n}", "text": text(n)}) for n in range(6)]
    path.write_text("\n".join([*lines[:2], lines[2][:-5], lines[3], '{"text": "short", "id": 4}', lines[5]]))
    run(output, str(path))
    assert open_codes(output) == {"read.bad_record": 1, "extract.no_main_text": 1}
    path.write_text("\n".join(lines))
    replay(output, "--reason", "read.bad_record")
    report = json.loads(sorted((output / "runs").glob("*/report.json"))[-1].read_text())
    assert {stage["stage"]: stage["in"] for stage in report["stages"]}["read"] == 1
    assert replays(output) == [("article", 2)]
    assert "https://post.example/4" not in ids(output)
    replay(output)
    assert open_codes(output) == {}
    direct = tmp_path / "direct"
    run(direct, str(path))
    assert read_table(output, "articles") == read_table(direct, "articles")


def test_a_file_that_was_away_or_is_broken(tmp_path: Path) -> None:
    output, there, away = tmp_path / "out", tmp_path / "in", tmp_path / "away.txt"
    there.mkdir()
    (there / "gone.txt").symlink_to(away)
    (there / "nothing.txt").write_text("")
    run(output, str(there))
    assert open_codes(output) == {"read.missing": 1, "read.empty": 1}
    away.write_text("The harbour opens\n\n" + text(3))
    replay(output)
    assert open_codes(output) == {"read.empty": 1}
    assert [row["headline"] for row in read_table(output, "articles")] == ["The harbour opens"]
    assert replays(output) == [("article", 2), ("dead_letter", 2)]


WRONG = [
    (["--reason", "fetch.tiemout"], "did you mean fetch.timeout"),
    (["--since", "yesterday"], "--since 'yesterday' is no day"),
    (["--max_attempts", "0"], "--max_attempts 0 must be at least 1"),
    ([], "holds no run"),
]


@pytest.mark.parametrize(("words", "wanted"), WRONG)
def test_wrong_words(words: list[str], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--output", str(tmp_path), *CALM, *words]) == 2
    assert wanted in capsys.readouterr().err
