"""Ten runs over a feed that grows, changes and reuses guids: exactly the rows and versions that it asks for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.lakes import read_lake
from tests.support.servers import Reply, Server


class Paper:
    """A publisher: articles by path, and the guid under which its feed names each."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.guids: dict[str, str] = {}
        self.summaries: dict[str, str] = {}
        self.noise = ""

    def publish(self, path: str, title: str, words: str, guid: str | None = None) -> None:
        self.titles[path] = title
        self.texts[path] = words
        self.guids[path] = guid or path

    def page(self, path: str) -> Reply:
        if path == "/feed.xml":
            return Reply(self.feed(), headers={"Content-Type": "application/rss+xml"})
        if path not in self.texts:
            return Reply("gone", status=404)
        body = "".join(
            f"<p>{self.texts[path]} Paragraph {n} says what the council of Port Ellery heard on {path}, "
            "and who spoke for and against it in the chamber.</p>"
            for n in range(4)
        )
        title = self.titles[path]
        return Reply(f"<html lang=en><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>")

    def feed(self) -> str:
        items = "".join(
            f"<item><title>{title}</title><link>{path}{self.noise}</link>"
            f"<guid isPermaLink='false'>{self.guids[path]}</guid>"
            f"<description>{self.summaries.get(path, self.texts[path])}</description></item>"
            for path, title in self.titles.items()
        )
        return f"<rss version='2.0'><channel><title>Paper</title><link>/</link>{items}</channel></rss>"


@pytest.fixture
def paper() -> Paper:
    made = Paper()
    for n in range(5):
        made.publish(f"/a{n}", f"Report {n}", f"The first text of report {n} was short.")
    return made


@pytest.fixture
def server(paper: Paper) -> Iterator[Server]:
    with Server({"*": paper.page, "/robots.txt": Reply(status=404)}) as running:
        yield running


def test_ten_runs(paper: Paper, server: Server, tmp_path: Path) -> None:
    output = tmp_path / "out"
    expected = {(path, 1) for path in paper.titles}

    def poll(*more: str) -> tuple[set[tuple[str, int]], set[str]]:
        """One run; gives all (path, version) and the pages asked for."""
        before = len(server.log)
        words = ["run", "--input", server.url("/feed.xml"), "--output", str(output), "--allow_private"]
        assert main([*words, "--delay_s", "0", "--spacy_model", "none", "--quiet", *more]) == 0
        asked = {request.path for request in server.log[before:]} - {"/feed.xml", "/robots.txt"}
        rows = read_lake(output)["articles"]
        found = [(row["url"].removeprefix(server.url("")), row["version"]) for row in rows]
        assert len(found) == len(set(found)), "a version twice"
        return set(found), asked

    # 1: five articles are new. 2: nothing is.
    assert poll() == (expected, set(paper.titles))
    assert poll() == (expected, set())
    # 3: the feed grows; only what is new is asked for.
    paper.publish("/b0", "Another report", "A new text about the ferry.")
    expected.add(("/b0", 1))
    assert poll() == (expected, {"/b0"})
    # 4: a text changes, and so does what the feed says: a second version.
    paper.publish("/a0", "Report 0", "The second text of report 0 puts right what the first had wrong.")
    expected.add(("/a0", 2))
    assert poll() == (expected, {"/a0"})
    # 5: a guid changes: no news, not even a question.
    paper.guids["/a1"] = "a guid of another kind"
    assert poll() == (expected, set())
    # 6: a guid is used again for another article: that one is new.
    paper.publish("/b1", "Reused", "The publisher gave this text the guid of another.", guid="/a2")
    expected.add(("/b1", 1))
    assert poll() == (expected, {"/b1"})
    # 7: tracking noise in the links: nothing.
    paper.noise = "?utm_source=rss&amp;utm_campaign=7"
    assert poll() == (expected, set())
    paper.noise = ""
    # 8: the feed says something new, the page does not: asked once, not written, and not asked again.
    paper.summaries["/b0"] = "Now with another teaser."
    assert poll() == (expected, {"/b0"})
    assert poll() == (expected, set())
    paper.texts["/a3"] = paper.texts["/a3"].replace(" ", "  ")
    assert poll() == (expected, set()), "white space is no change"
    # 9: an article goes and another changes its headline.
    del paper.titles["/a4"], paper.texts["/a4"]
    paper.publish("/a2", "Report 2, corrected", paper.texts["/a2"])
    expected.add(("/a2", 2))
    assert poll() == (expected, {"/a2"})
    # 10: all is asked for again on demand, and nothing is written twice; another output begins with the newest.
    assert poll("--full") == (expected, set(paper.titles))
    output = tmp_path / "other"
    assert poll() == ({(path, 1) for path in paper.titles}, set(paper.titles))
    reports = sorted((tmp_path / "out" / "runs").glob("*/report.json"))
    assert len(reports) == 12
    assert all(json.loads(path.read_text())["imbalance"] == [] for path in reports)


def test_a_failure_is_tried_again_by_the_next_run(paper: Paper, server: Server, tmp_path: Path) -> None:
    words = ["run", "--input", server.url("/feed.xml"), "--output", str(tmp_path / "out"), "--allow_private"]
    more = ["--delay_s", "0", "--spacy_model", "none", "--quiet"]
    kept = paper.texts.pop("/a0")
    paper.texts["/a0"] = kept
    server.routes["/a0"] = Reply("busy", status=500)
    assert main([*words, *more]) == 0
    assert len(read_lake(tmp_path / "out")["articles"]) == 4
    del server.routes["/a0"]
    assert main([*words, *more]) == 0
    lake = read_lake(tmp_path / "out")
    assert len(lake["articles"]) == 5
    assert [row["code"] for row in lake["dead_letters"]] == ["fetch.http_5xx"]


def test_since_leaves_out_what_is_older(tmp_path: Path) -> None:
    words = ["run", "--input", "seeds/feeds/harbour_times.xml", "--output", str(tmp_path), "--fetch", "never"]
    assert main([*words, "--spacy_model", "none", "--quiet", "--since", "2026-03-10"]) == 0
    lake = read_lake(tmp_path)
    assert all(str(row["published_date"] or "9") >= "2026-03-10" for row in lake["articles"])
    assert {row["reason"] for row in lake["dropped"]} == {"since.older"}
    assert main([*words, "--spacy_model", "none", "--quiet", "--since", "March"]) == 2


def test_chunks_do_not_change_the_rows(tmp_path: Path) -> None:
    words = ["run", "--input", "seeds", "--fetch", "never", "--spacy_model", "none", "--quiet"]
    assert main([*words, "--output", str(tmp_path / "whole")]) == 0
    assert main([*words, "--output", str(tmp_path / "cut"), "--chunk_documents", "7"]) == 0
    whole, cut = read_lake(tmp_path / "whole"), read_lake(tmp_path / "cut")
    assert len(list((tmp_path / "cut" / "runs").glob("*/manifest-*.json"))) > 4
    assert {row["article_id"] for row in cut["articles"]} == {row["article_id"] for row in whole["articles"]}
    assert len(cut["articles"]) == len(whole["articles"])
    assert cut["dead_letters"] == whole["dead_letters"]
    assert sorted(row["reason"] for row in cut["dropped"]) == sorted(row["reason"] for row in whole["dropped"])
