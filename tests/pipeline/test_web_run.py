"""A run over real HTTP: a feed of 50 articles lands whole, and each kind of trouble gets its own letter."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.lakes import read_lake
from tests.support.servers import Reply, Server, redirect

GOOD = 50
ROBOTS = "User-agent: *\nDisallow: /private\n"


def make_page(n: int) -> str:
    body = "".join(
        f"<p>Paragraph {part} of report {n}: the council of Port Ellery heard {n * 7 + part} people on the new "
        f"harbour wall, and put off its decision to the sitting on day {n + part} of the session.</p>"
        for part in range(6)
    )
    return (
        f"<html lang=en><head><title>Report {n} from the harbour</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>Report {n} from the harbour</h1>{body}</article><footer>Imprint</footer></body></html>"
    )


TROUBLE: dict[str, tuple[Reply, str]] = {
    "/gone": (Reply("no", status=404), "fetch.http_404"),
    "/error": (Reply("no", status=500), "fetch.http_5xx"),
    "/silent": (Reply("late", delay_s=30), "fetch.timeout"),
    "/large": (Reply(b"<p>" + b"x" * 20_000_000), "fetch.too_large"),
    "/picture": (Reply(b"\x89PNG\r\n\x1a\n" + b"\0" * 99, headers={"Content-Type": "image/png"}), "fetch.content_type"),
    "/endless": (Reply("<html><p>", endless=b"and so on " * 1000), "fetch.too_large"),
    "/loop": (redirect("/loop"), "fetch.too_many_redirects"),
    "/metadata": (redirect("http://169.254.169.254/latest"), "fetch.private_address"),
    "/private/1": (Reply(make_page(900)), "fetch.robots"),
    "/hollow": (Reply("<html><body><nav><a href=/>Home</a></nav></body></html>"), "extract.no_main_text"),
}


def make_feed(paths: list[str]) -> str:
    items = "".join(
        f"<item><title>Item {path}</title><link>{path}</link><guid isPermaLink='false'>{path}</guid>"
        "<pubDate>Tue, 03 Mar 2026 18:40:00 +0000</pubDate></item>"
        for path in paths
    )
    full = (
        "<item><title>Kept by its feed</title><link>/lost</link><description>&lt;p&gt;Short.&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[" + "<p>The ferry stayed in port while the wind blew from the west.</p>" * 4
        + "]]></content:encoded></item>"
    )  # fmt: skip
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Harbour wire</title><link>/</link>{items}{full}</channel></rss>"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    routes: dict[str, Reply] = {f"/story/{n}": Reply(make_page(n)) for n in range(GOOD)}
    routes |= {path: reply for path, (reply, _) in TROUBLE.items()}
    routes["/robots.txt"] = Reply(ROBOTS, headers={"Content-Type": "text/plain"})
    feed = make_feed([*(f"/story/{n}" for n in range(GOOD)), *TROUBLE])
    routes["/feed.xml"] = Reply(feed, headers={"Content-Type": "application/rss+xml"})
    with Server(routes) as running:
        yield running


@pytest.fixture(scope="module")
def output(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("web") / "out"
    words = ["run", "--input", server.url("/feed.xml"), "--output", str(where), "--allow_private", "--delay_s", "0"]
    limits = ["--timeout_s", "1", "--deadline_s", "5", "--spacy_model", "none", "--quiet"]
    assert main([*words, *limits]) == 0
    return where


def test_the_feed_lands_whole(output: Path, server: Server) -> None:
    articles = [row for row in read_lake(output)["articles"] if row["text_source"] == "page"]
    assert {row["headline"] for row in articles} == {f"Report {n} from the harbour" for n in range(GOOD)}
    assert len(articles) == GOOD
    for row in articles:
        assert row["url"].startswith(server.url("/story/"))
        assert row["http_status"] == 200
        assert row["feed_title"] == "Harbour wire"
        assert row["date_published"].isoformat() == "2026-03-03T18:40:00+00:00"
        assert row["text"].count("\n") == 5
        assert "Home" not in row["text"]
        assert "entities.off" in row["not_run"]


def test_each_trouble_gets_its_letter(output: Path, server: Server) -> None:
    letters = {row["url"]: row for row in read_lake(output)["dead_letters"]}
    codes = {url.removeprefix(server.url("")): row["code"] for url, row in letters.items()}
    assert codes == {path: code for path, (_, code) in TROUBLE.items()}
    for row in letters.values():
        replay = json.loads(row["replay_json"])
        assert replay["record"] == "Link"
        assert replay["value"]["url"] == row["url"]
        assert row["traceback"] is None
    assert letters[server.url("/gone")]["http_status"] == 404


def test_a_page_that_failed_leaves_what_its_feed_said(output: Path) -> None:
    (row,) = [row for row in read_lake(output)["articles"] if row["text_source"] == "feed_content"]
    assert row["headline"] == "Kept by its feed"
    assert row["fetch_error"] == "fetch.http_404"
    assert row["text"].startswith("The ferry stayed in port")


def test_the_server_was_asked_once_for_each_page(output: Path, server: Server) -> None:
    asked = Counter(server.paths())
    assert asked["/robots.txt"] == 1, "once for the feed and the pages"
    assert "/private/1" not in asked
    assert {asked[f"/story/{n}"] for n in range(GOOD)} == {1}
    agents = {request.headers.get("User-Agent", "") for request in server.requests()}
    assert len(agents) == 1
    assert agents.pop().startswith("newsmill/")


def test_a_private_address_needs_permission(server: Server, tmp_path: Path) -> None:
    words = ["run", "--input", server.url("/feed.xml"), "--output", str(tmp_path / "out"), "--quiet"]
    assert main([*words, "--spacy_model", "none"]) == 3, "all of the input is dead"
    (letter,) = read_lake(tmp_path / "out")["dead_letters"]
    assert letter["code"] == "fetch.private_address"
    assert letter["stage"] == "read"


@pytest.mark.slow
def test_lists_of_addresses_lead_to_feeds_and_pages(server: Server, tmp_path: Path) -> None:
    (tmp_path / "links.txt").write_text(f"# ours\n{server.url('/story/1')}\n{server.url('/nowhere')}  # gone\n")
    (tmp_path / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline text="Ports"><outline type="rss" text="Wire" '
        f'xmlUrl="{server.url("/feed.xml")}"/></outline></body></opml>'
    )
    words = ["run", "--input", str(tmp_path / "links.txt"), str(tmp_path / "feeds.opml"), "--delay_s", "0"]
    more = ["--output", str(tmp_path / "out"), "--allow_private", "--timeout_s", "1", "--deadline_s", "5"]
    assert main([*words, *more, "--spacy_model", "none", "--quiet"]) == 0
    lake = read_lake(tmp_path / "out")
    assert len(lake["articles"]) == GOOD + 1
    assert {tuple(row["tags"]) for row in lake["articles"] if row["feed_url"]} <= {("Ports",), ("Ports", "Wire")}
    assert [row["reason"] for row in lake["dropped"]] == ["repeats.same_id"]
    codes = Counter(row["code"] for row in lake["dead_letters"])
    assert codes["fetch.http_404"] == 2
