"""Subscriptions over several runs: polled when due, by conditional requests, and what is learnt of them is kept."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipeline.cli import main
from pipeline.row_counts import count_rows
from tests.support.page_kinds import make_pages
from tests.support.paths import ROOT
from tests.support.publisher import Publisher, make_paragraphs
from tests.support.s3 import Bucket
from tests.support.servers import Reply, redirect
from transforms.feeds.state import compact_states
from transforms.lake.lake import Lake

WORDS = ["--allow_private", "--spacy_model", "none", "--delay_s", "0", "--quiet", "--max_dead_ratio", "1"]


def publish_reports(paper: Publisher, count: int) -> None:
    """Have the feed name that many reports."""
    for n in range(len(paper.stories), count):
        words = f"Report {n} tells what the harbour board decided."
        paper.publish(f"/a{n}", f"Report {n}", make_paragraphs(words, f"/a{n}"))


@pytest.fixture
def server() -> Iterator[Publisher]:
    with Publisher() as made:
        publish_reports(made, 2)
        yield made


@pytest.fixture
def poll(tmp_path: Path, server: Publisher) -> Callable[..., dict[str, Any]]:
    """Runs and gives the report."""

    def run(*more: str, path: str = "/feed.xml", code: int = 0) -> dict[str, Any]:
        words = ["run", "--feeds", server.url(path), "--output", str(tmp_path / "lake"), *WORDS, *more]
        assert main(words) == code
        report = max((tmp_path / "lake" / "runs").glob("*/report.json"), key=lambda found: found.stat().st_mtime_ns)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found

    return run


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    return (
        list(ds.dataset(output / table, partitioning="hive").to_table().to_pylist())
        if (output / table).exists()
        else []
    )


def state(output: Path) -> dict[str, Any]:
    return max(rows(output, "feed_state"), key=lambda row: row["poll_count"])


@pytest.mark.slow
def test_a_feed_is_left_alone_until_it_is_due(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    assert poll()["rows"]["articles"] == 2
    before = len(server.requests())
    again = poll()
    assert again["rows"]["articles"] == 0
    assert again["feeds"] == {"not due": 1}
    assert len(server.requests()) == before
    kept = state(tmp_path / "lake")
    assert (kept["poll_count"], kept["entry_count"], kept["new_count"]) == (1, 2, 2)
    assert kept["next_due_at"] > kept["polled_at"]


@pytest.mark.slow
def test_a_run_for_which_nothing_is_due_loads_nothing(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    poll()
    words = ["run", "--feeds", server.url("/feed.xml"), "--output", str(tmp_path / "lake"), *WORDS]
    heavy = ("apache_beam", "transforms.articles.read", "transforms.enrich.entities.annotate", "feedparser")
    script = f"import sys; from pipeline.cli import main; code = main({words!r})\n"
    script += f"print(code, [name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("\n")[0] == "0 []", done.stderr
    assert len(list((tmp_path / "lake" / "runs").glob("*/report.json"))) == 2
    assert main(["verify", "--output", str(tmp_path / "lake")]) == 0


@pytest.mark.slow
def test_an_unchanged_feed_costs_one_answer_of_304(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    poll()
    before = len(server.requests())
    report = poll("--poll", "all")
    assert report["feeds"] == {"not modified (304)": 1}
    assert [asked.path for asked in server.requests()[before:]] == ["/feed.xml"], "robots.txt is remembered, too"
    assert {table: count for table, count in report["rows"].items() if count} == {"feed_state": 1, "fetch_log": 1}
    log = max(rows(tmp_path / "lake", "fetch_log"), key=lambda row: row["started_at"])
    assert (log["status"], log["is_conditional"], log["is_cached"], log["purpose"]) == (304, True, True, "feed")
    publish_reports(server, 3)
    report = poll("--poll", "all")
    assert report["rows"]["articles"] == 1, "what is new, and nothing else"
    assert state(tmp_path / "lake")["new_count"] == 1


@pytest.mark.slow
def test_a_page_that_is_no_article_is_fetched_once(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    product = next(page.body for page in make_pages() if page.type == "product")
    server.publish("/kettle", "A kettle", ["It boils."])
    server.routes["/kettle"] = redirect("/shop/kettle", 302)
    server.routes["/shop/kettle"] = Reply(product)
    assert poll()["reasons"] == {"page.not_an_article": 1}
    server.publish("/a9", "Report 9", make_paragraphs("Report 9 tells what the board decided.", "/a9"))
    again = poll("--poll", "all")
    assert (again["rows"]["articles"], again["reasons"]) == (1, {})
    assert server.asked_pages().count("/shop/kettle") == 1
    assert poll("--full")["reasons"] == {"page.not_an_article": 1}
    assert server.asked_pages().count("/shop/kettle") == 2
    assert len(rows(tmp_path / "lake", "dropped")) == 1, "the row says the same"


@pytest.mark.slow
def test_full_asks_without_conditions(poll: Callable[..., dict[str, Any]], server: Publisher) -> None:
    poll()
    report = poll("--full")
    assert "If-None-Match" not in dict([a for a in server.requests() if a.path == "/feed.xml"][-1].headers)
    assert report["feeds"] == {"read": 1}
    assert report["rows"]["articles"] == 0


def test_all_that_was_asked_is_in_the_log(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    server.routes["/old.xml"] = redirect("/feed.xml", 301)
    poll(path="/old.xml")
    logged = sorted(row["url"] for row in rows(tmp_path / "lake", "fetch_log"))
    assert logged == sorted(server.url(path) for path in server.paths())
    assert {row["purpose"] for row in rows(tmp_path / "lake", "fetch_log")} == {"feed", "page", "robots"}
    assert main(["politeness", "--output", str(tmp_path / "lake"), "--delay_s", "0"]) == 0
    assert main(["verify", "--output", str(tmp_path / "lake")]) == 0


@pytest.mark.slow
def test_a_move_is_followed_when_it_is_confirmed(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    server.routes["/old.xml"] = redirect("/feed.xml", 301)
    for _ in range(3):
        poll("--poll", "all", path="/old.xml")
    assert state(tmp_path / "lake")["address"] == server.url("/feed.xml")
    before = len(server.requests())
    poll("--poll", "all", path="/old.xml")
    assert [asked.path for asked in server.requests()[before:]] == ["/feed.xml"]


@pytest.mark.slow
def test_what_is_gone_is_retired_and_what_fails_is_asked_again(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    server.routes["/feed.xml"] = [Reply(status=503), Reply(status=410)]
    report = poll()
    assert (report["codes"], report["feeds"]) == ({"fetch.http_5xx": 1}, {"failed": 1})
    assert poll()["feeds"] == {"not due": 1}, "a failure is not a reason to come back at once"
    assert poll("--poll", "all")["feeds"] == {"retired now": 1}
    before = len(server.requests())
    poll("--poll", "all")
    assert len(server.requests()) == before
    assert state(tmp_path / "lake")["status"] == "retired"


@pytest.mark.slow
def test_a_page_is_no_feed(poll: Callable[..., dict[str, Any]], server: Publisher) -> None:
    assert poll(path="/a1")["codes"] == {"read.not_feed": 1}


@pytest.mark.slow
def test_a_long_feed_is_read_in_parts_and_to_its_end(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    publish_reports(server, 7)
    assert poll("--chunk_documents", "3")["rows"]["articles"] == 7
    kept = state(tmp_path / "lake")
    assert kept["entry_count"] == 7
    before = len(server.requests())
    poll("--poll", "all", "--chunk_documents", "3")
    assert {asked.path for asked in server.requests()[before:]} == {"/feed.xml"}


@pytest.mark.slow
def test_a_report_counts_rows_that_were_compacted_since(
    poll: Callable[..., dict[str, Any]], server: Publisher, tmp_path: Path
) -> None:
    poll()
    poll("--poll", "all")
    output = str(tmp_path / "lake")
    manifests = Lake(output).manifests()
    assert (
        compact_states(Lake(output), manifests, run_id="states", ingest_date=date(2026, 1, 5), most_files=1) is not None
    )
    counted = count_rows(output, manifests).values
    assert (counted["feed_state"].total(), counted["articles"].total()) == (2, 2)
    next((tmp_path / "lake" / "articles").rglob("*.parquet")).unlink()
    with pytest.raises(OSError, match="parquet"):
        count_rows(output, manifests)


@pytest.mark.slow
def test_states_are_kept_in_a_store(server: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    with Bucket() as store:
        words = ["--feeds", server.url("/feed.xml"), "--output", store.url("lake"), *WORDS, *store.options]
        assert main(["run", *words]) == 0
        assert main(["run", *words, "--poll", "all"]) == 0
        often = ["--tick_s", "1", "--min_interval_s", "1", "--max_interval_s", "1", "--stop_after_s", "2"]
        assert main(["stream", *words, *often]) == 0
        assert server.paths()[:5] == ["/robots.txt", "/feed.xml", "/a0", "/a1", "/feed.xml"]
        for command in (["verify"], ["politeness", "--delay_s", "0"]):
            assert main([*command, "--output", store.url("lake"), *store.options]) == 0, capsys.readouterr().out
