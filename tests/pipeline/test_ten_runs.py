"""Ten runs over a feed that grows, changes and reuses guids: exactly the rows and versions that it asks for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.lakes import read_lake
from tests.support.publisher import Publisher
from tests.support.servers import Reply

pytestmark = pytest.mark.slow


@pytest.fixture
def paper() -> Iterator[Publisher]:
    with Publisher() as made:
        for n in range(5):
            made.publish_words(f"/a{n}", f"Report {n}", f"The first text of report {n} was short.")
        yield made


def test_ten_runs(paper: Publisher, tmp_path: Path) -> None:
    output = tmp_path / "out"
    expected = {(path, 1) for path in paper.stories}

    def poll(*more: str) -> tuple[set[tuple[str, int]], set[str]]:
        """One run; gives all (path, version) and the pages asked for."""
        before = len(paper.log)
        words = ["run", "--input", paper.feed_url, "--output", str(output), "--allow_private"]
        assert main([*words, "--delay_s", "0", "--spacy_model", "none", "--quiet", *more]) == 0
        asked = {request.path for request in paper.log[before:]} - {"/feed.xml", "/robots.txt"}
        rows = read_lake(output)["articles"]
        found = [(row["url"].removeprefix(paper.url("")), row["version"]) for row in rows]
        assert len(found) == len(set(found)), "a version twice"
        return set(found), asked

    # 1: five articles are new. 2: nothing is.
    assert poll() == (expected, set(paper.stories))
    assert poll() == (expected, set())
    # 3: the feed grows; only what is new is asked for.
    paper.publish_words("/b0", "Another report", "A new text about the ferry.")
    expected.add(("/b0", 1))
    assert poll() == (expected, {"/b0"})
    # 4: a text changes, and so does what the feed says: a second version.
    paper.publish_words("/a0", "Report 0", "The second text of report 0 puts right what the first had wrong.")
    expected.add(("/a0", 2))
    assert poll() == (expected, {"/a0"})
    # 5: a guid changes: no news, not even a question.
    paper.change("/a1", guid="a guid of another kind")
    assert poll() == (expected, set())
    # 6: a guid is used again for another article: that one is new.
    paper.publish_words("/b1", "Reused", "The publisher gave this text the guid of another.", guid="/a2")
    expected.add(("/b1", 1))
    assert poll() == (expected, {"/b1"})
    # 7: tracking noise in the links: nothing.
    paper.link_suffixes = dict.fromkeys(paper.stories, "?utm_source=rss&utm_campaign=7")
    assert poll() == (expected, set())
    paper.link_suffixes = {}
    # 8: the feed says something new, the page does not: asked once, not written, and not asked again.
    paper.change("/b0", summary="Now with another teaser.")
    assert poll() == (expected, {"/b0"})
    assert poll() == (expected, set())
    paper.change("/a3", paragraphs=tuple(text.replace(" ", "  ") for text in paper.stories["/a3"].paragraphs))
    assert poll() == (expected, set()), "white space is not a change"
    # 9: an article goes and another changes its headline.
    paper.remove("/a4")
    paper.change("/a2", title="Report 2, corrected")
    expected.add(("/a2", 2))
    assert poll() == (expected, {"/a2"})
    # 10: all is asked for again on demand, and nothing is written twice; another output begins with the newest.
    assert poll("--full") == (expected, set(paper.stories))
    output = tmp_path / "other"
    assert poll() == ({(path, 1) for path in paper.stories}, set(paper.stories))
    reports = sorted((tmp_path / "out" / "runs").glob("*/report.json"))
    assert len(reports) == 12
    assert all(json.loads(path.read_text())["imbalance"] == [] for path in reports)


def test_a_failure_is_tried_again_by_the_next_run(paper: Publisher, tmp_path: Path) -> None:
    words = ["run", "--input", paper.feed_url, "--output", str(tmp_path / "out"), "--allow_private"]
    more = ["--delay_s", "0", "--spacy_model", "none", "--quiet"]
    paper.routes["/a0"] = Reply("busy", status=500)
    assert main([*words, *more]) == 0
    assert len(read_lake(tmp_path / "out")["articles"]) == 4
    del paper.routes["/a0"]
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
