"""``newsmill feeds``: lists are added to, shown, checked, imported and exported."""

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.console import as_called
from schemas.errors import ExitCode
from schemas.feeds import FeedState
from tests.support.commits import commit_rows
from tests.support.servers import Asked, Reply, Serve, Server, redirect, serve
from transforms.subscriptions.lists import Subscription, Subscriptions, read_subscriptions, write_toml

__all__ = ["serve"]

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour Post</title>
<link>https://post.example/</link><ttl>30</ttl><atom:link rel="hub" href="https://hub.example/"/>
<item><title>A</title><link>https://post.example/a</link><guid>1</guid><author>Ida Holm</author>
<pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate><description>Ferries.</description></item>
<item><title>B</title><link>https://post.example/b</link><guid>2</guid>
<pubDate>Sun, 01 Mar 2026 10:00:00 +0100</pubDate><description>Bridges.</description></item></channel></rss>"""
RSS_TYPE = {"Content-Type": "application/rss+xml; charset=utf-8"}
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" title="Post" href="/feed"></head><p>x</p></html>'
OPEN = ["--allow_private", "--delay_s", "0"]
NOW = datetime.now(UTC).replace(microsecond=0)

Conditional = Callable[[Asked], Reply]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def comparing(server: Server, *, lies: bool = False) -> None:
    """Have ``/feed`` answer conditional requests: rightly, or always by 304."""

    def answer(_: str) -> Reply:
        headers = {name.lower(): value for name, value in server.requests()[-1].headers.items()}
        asked = headers.get("if-none-match")
        if asked == '"7"' or (lies and asked is not None):
            return Reply(status=304, headers={"ETag": '"7"'})
        return Reply(RSS, headers={**RSS_TYPE, "ETag": '"7"', "Cache-Control": "max-age=600"})

    server.routes["/feed"] = answer


def test_a_site_is_added_by_its_feed(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve({"/": Reply(PAGE), "/feed": Reply(RSS, headers=RSS_TYPE)})
    host = f"http://{site.host}:{site.port}"
    assert main(["feeds", "add", host, "--tags", "ports, north,ports", *OPEN]) == 0
    assert capsys.readouterr().out == f"added {host}/feed (Harbour Post) to feeds.toml\n"
    assert read_subscriptions("feeds.toml").feeds == (Subscription(f"{host}/feed", "Harbour Post", ("ports", "north")),)
    assert site.paths() == ["/robots.txt", "/", "/feed"]
    before = Path("feeds.toml").read_bytes()
    assert main(["feeds", "add", host, f"{host}/feed?utm_source=x", *OPEN]) == 0
    assert capsys.readouterr().out.count("feeds.toml has ") == 2
    assert Path("feeds.toml").read_bytes() == before
    assert site.paths()[3:] == ["/robots.txt", "/", "/feed"]  # the address that is known was not asked


def test_what_is_not_found_is_said_and_the_rest_added(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve({"/": Reply("<html><p>x</p></html>"), "/feed.json": Reply(status=500), "/x": Reply(RSS)})
    urls = [site.url("/"), site.url("/gone"), site.url("/x")]
    assert main(["feeds", "add", *urls, "--file", "mine.toml", *OPEN]) == ExitCode.NO_FEED
    said = capsys.readouterr()
    assert f"no feed found for {site.url('/')}" in said.err
    assert f"{site.url('/rss.xml')}: {site.url('/rss.xml')} answers 404" in said.err
    assert f"{site.url('/gone')} was not added" in said.err
    assert [feed.url for feed in read_subscriptions("mine.toml").feeds] == [site.url("/x")]
    assert len(site.paths()) == 1 + 8 + 1 + 1


def test_robots_are_kept_to(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /"), "*": Reply(RSS)})
    assert main(["feeds", "add", site.url("/feed"), *OPEN]) == ExitCode.NO_FEED
    assert "robots.txt" in capsys.readouterr().err
    assert main(["feeds", "check", site.url("/feed"), *OPEN]) == ExitCode.NO_FEED
    assert "✗  robots  fetch.robots" in capsys.readouterr().out
    assert site.paths() == ["/robots.txt"] * 2
    assert main(["feeds", "check", site.url("/feed"), "--ignore_robots", *OPEN]) == 0
    assert "not requested, by --ignore_robots" in capsys.readouterr().out
    assert site.paths()[2:] == ["/feed"]


def test_nobody_is_asked(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve({"*": Reply(RSS)})
    assert main(["feeds", "add", site.url("/a"), "post.example/feed", "--no_check"]) == 0
    assert main(["feeds", "add", site.url("/b")]) == ExitCode.NO_FEED  # private
    assert "fetch.private" not in capsys.readouterr().out
    assert [feed.url for feed in read_subscriptions("feeds.toml").feeds] == [
        site.url("/a"),
        "https://post.example/feed",
    ]
    assert site.log == []


def test_a_feed_that_is_well(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve()
    comparing(site)
    assert main(["feeds", "check", site.url("/feed"), *OPEN, "--contact", "desk@post.example"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "✓  robots      there are no rules",
        "✓  type        rss, declared as application/rss+xml",
        "✓  conditions  ETag sent, and 304 answered when nothing had changed",
        "cache-control: max-age=600; ttl 30 min",
        "https://hub.example/",
        "2; 2 with link, 0 with content, 2 with a summary only, 1 with authors",
        "newest 2026-03-02 09:00 UTC",
    ):
        assert words in shown
    assert shown.splitlines()[-1].startswith("well; newsmill would poll it again in 6")
    assert site.paths() == ["/robots.txt", "/feed", "/feed", "/feed"]
    assert all("desk@post.example" in asked.headers["User-Agent"] for asked in site.log)


def test_a_server_that_hides_what_is_new(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    site = serve()
    comparing(site, lies=True)
    assert main(["feeds", "check", site.url("/feed"), "--json", *OPEN]) == 0
    found = json.loads(capsys.readouterr().out)
    (conditions,) = (each for each in found["findings"] if each["topic"] == "conditions")
    assert (found["is_usable"], conditions["level"]) == (True, "warn")
    assert "an ETag that the server never sent is answered by 304, too" in conditions["words"]


ILL = RSS.replace("</channel>", "<item><title>C & D</title><description>x</description>").replace("+0100", "")
CASES = [
    (
        {"/feed": Reply(RSS.replace('"utf-8"', '"iso-8859-1"'), headers=RSS_TYPE)},
        0,
        "utf-8 by the header, iso-8859-1 by",
    ),
    (
        {"/feed": Reply(RSS.encode() + b"<!-- \xff -->", headers=RSS_TYPE)},
        0,
        "is not valid in it: letters",
    ),
    ({"/feed": Reply(ILL)}, 0, "not well-formed XML"),
    ({"/feed": Reply(ILL)}, 0, "2 without zone, such as 'Mon, 02 Mar 2026 10:00:00'"),
    ({"/feed": Reply(ILL)}, 0, "neither ETag nor Last-Modified"),
    ({"/feed": Reply(RSS.replace("<guid>2", "<guid>1"))}, 0, "1 guid of several entries, such as '1'"),
    ({"/feed": redirect("/new", 301), "/new": Reply(RSS)}, 0, "1 redirect, permanent, to"),
    ({"/feed": redirect("/new"), "/new": Reply(RSS)}, 0, "1 redirect, not permanent, to"),
    ({"/feed": Reply(RSS, headers={"Last-Modified": "Mon, 02 Mar 2026 09:00:00 GMT"})}, 0, "all of it was sent again"),
    ({"/feed": Reply(RSS, headers={"X-Robots-Tag": "noai", "tdm-reservation": "1"})}, 0, "tdm-reservation: 1"),
    ({"/feed": Reply("<rss version='2.0'><channel><title>T</title></channel></rss>")}, 0, "wait, or look whether"),
    ({"/feed": Reply("<rss version='2.0'><item>")}, ExitCode.NO_FEED, "1; 0 with link"),
    (
        {"/feed": Reply('{"version": "https://jsonfeed.org/version/1", "items": 3}')},
        ExitCode.NO_FEED,
        "no list of items",
    ),
    ({"/feed": Reply(PAGE.replace("/feed", "/f2"))}, ExitCode.NO_FEED, "a page, not a feed; it names 1 feed"),
    ({"/feed": Reply("GIF89a")}, ExitCode.NO_FEED, "not a feed but unknown"),
    ({"/feed": Reply(status=410)}, ExitCode.NO_FEED, "fetch.http_410"),
    ({"/feed": Reply(status=429, headers={"Retry-After": "7200"})}, ExitCode.NO_FEED, "again in 2"),
    ({"/feed": Reply("<urlset><url><loc>https://post.example/a</loc></url></urlset>")}, 0, "sitemap, without title"),
]


@pytest.mark.parametrize(("routes", "code", "words"), CASES)
def test_what_is_said(
    routes: dict[str, Reply], code: int, words: str, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    site = serve(routes)
    assert main(["feeds", "check", site.url("/feed"), *OPEN]) == code
    shown = " ".join(capsys.readouterr().out.split())
    assert words in shown
    assert ("not usable" in shown) == bool(code)


OK = FeedState(
    feed_url="https://post.example/feed",
    status="ok",
    title="Harbour Post",
    poll_count=4,
    polled_at=NOW - timedelta(minutes=20),
    next_due_at=NOW + timedelta(hours=3),
    entry_count=30,
    new_count=2,
    hub_url="https://hub.example/",
    address="https://post.example/new",
)
FAILING = FeedState(
    feed_url="https://old.example/rss",
    status="failing",
    poll_count=9,
    polled_at=NOW - timedelta(days=3),
    next_due_at=NOW - timedelta(hours=1),
    failure_count=5,
    last_code="fetch.http_5xx",
)
GONE = dataclasses.replace(FAILING, feed_url="https://gone.example/rss", status="retired", last_code="fetch.http_410")
LEFT = dataclasses.replace(OK, feed_url="https://left.example/rss")


def commit(output: Path, *states: FeedState) -> None:
    """Write states as a run does."""
    commit_rows(output, "20260302T080000Z-abc123", states, day=date(2026, 3, 2))


@pytest.fixture
def polled(tmp_path: Path) -> str:
    commit(tmp_path / "lake", OK, FAILING, GONE, LEFT)
    feeds = [Subscription(state.feed_url, None, ("ports",), 900) for state in (OK, FAILING, GONE)]
    listed = (*feeds, Subscription("https://new.example/feed", "New Post"))
    Path("feeds.toml").write_bytes(write_toml(Subscriptions(listed)))
    return str(tmp_path / "lake")


def test_the_list_with_states(polled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feeds", "list", "--output", polled]) == 0
    said = re.sub(r"\d+ min ago", "20 min ago", capsys.readouterr().out)  # a slow machine takes a minute for the rest
    shown = [" ".join(line.split()) for line in said.splitlines() if line.strip(" ─")]
    assert shown == [
        "feed tags every status polled due failed entries new hub",
        "Harbour Post ports ≥ 15m ok 20 min ago in 3 h · 30 2 ✓",
        "https://post.example/feed",
        "now at https://post.example/new",
        "https://old.example/rss ports ≥ 15m failing 3 days ago now 5 0 0",
        "fetch.http_5xx",
        "https://gone.example/rss ports ≥ 15m retired 3 days ago never 5 0 0",
        "fetch.http_410",
        "New Post never polled · now · · ·",
        "https://new.example/feed",
        "4 feeds, 1 ok, 1 failing, 1 retired, 1 never polled, 2 due now, 1 known in the output and not in the list",
    ]


def test_the_list_as_json(polled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feeds", "list", "--output", polled, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"feeds": 4, "ok": 1, "failing": 1, "retired": 1, "never_polled": 1, "due_now": 2}
    first, *_, last = found["feeds"]
    assert (first["url"], first["tags"], first["min_interval_s"]) == (OK.feed_url, ["ports"], 900)
    assert (first["state"]["next_due_at"], first["is_due"]) == ((NOW + timedelta(hours=3)).isoformat(), False)
    assert (last["state"], last["is_due"]) == (None, True)


def test_the_list_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("feeds.toml").write_text("# none\n")
    assert main(["feeds", "list"]) == 0
    assert capsys.readouterr().out.startswith("no feed yet: 'newsmill feeds add URL'")
    Path("feeds.toml").write_text('[[feed]]\nurl = "https://a.example/"\n' * 2)
    assert main(["feeds", "list"]) == 0
    said = capsys.readouterr()
    assert said.out.split()[-2:] == ["1", "feed"]
    assert "listed twice" in said.err


def test_opml_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    feeds = (
        Subscription("https://post.example/feed?a=1&b=2", "Post & <Harbour>", ("Väst", "Hamnar")),
        Subscription("https://old.example/rss", None, ("Väst",), 900),
        Subscription("https://new.example/feed", "New"),
    )
    Path("feeds.toml").write_bytes(write_toml(Subscriptions(feeds)))
    assert main(["feeds", "export", "--to", "mine.opml"]) == 0
    said = capsys.readouterr()
    assert said.out == "wrote 3 feeds to mine.opml\n"
    assert "have no place in OPML" in said.err
    assert main(["feeds", "export"]) == 0
    assert capsys.readouterr().out.encode() == Path("mine.opml").read_bytes()
    assert main(["feeds", "import", "mine.opml", "--file", "again.toml"]) == 0
    assert capsys.readouterr().out == "added 3 of 3 feeds to again.toml\n"
    bare = {dataclasses.replace(feed, min_interval_s=None) for feed in feeds}
    assert set(read_subscriptions("again.toml").feeds) == bare
    assert main(["feeds", "import", "mine.opml", "--file", "again.toml"]) == 0
    assert capsys.readouterr().out == "added 0 of 3 feeds to again.toml; 3 were there already\n"


def test_import_from_the_web(serve: Serve) -> None:
    site = serve({"/list": Reply("<opml><body><outline xmlUrl='f.xml' text='F'/></body></opml>")})
    assert main(["feeds", "import", site.url("/list"), *OPEN]) == 0
    assert read_subscriptions("feeds.toml").feeds == (Subscription(site.url("/f.xml"), "F"),)


def test_a_command_that_a_message_proposes_can_be_copied(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSMILL_COMMAND", "./run.sh")
    Path("list.opml").write_text("<opml><body><outline htmlUrl='https://a.example/?a=1&amp;b=2'/></body></opml>")
    main(["feeds", "import", "list.opml"])
    assert ": try ./run.sh feeds add 'https://a.example/?a=1&b=2'\n" in capsys.readouterr().err
    main(["feeds", "list", "--file", "my feeds.toml"])
    assert ": ./run.sh feeds add URL --file 'my feeds.toml' makes it\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("run 'newsmill verify'", "run './run.sh verify'"),
        ("newsmill show https://a.example/", "./run.sh show https://a.example/"),
        ("no such file: 'newsmill notes/a.html'", "no such file: 'newsmill notes/a.html'"),
        ("/opt/newsmill run", "/opt/newsmill run"),
        ("newsmill runs", "newsmill runs"),
        ("try newsmill --help", "try ./run.sh --help"),
    ],
)
def test_commands_are_named_as_newsmill_was_called(text: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_COMMAND", "./run.sh")
    assert as_called(text) == named


WRONG = [
    ([], "required: VERB: try 'newsmill feeds --help'"),
    (["add"], "required: URL: try 'newsmill feeds add --help'"),
    (["list"], "feeds.toml does not exist: newsmill feeds add URL --file feeds.toml makes it"),
    (["list", "--file", "bad.toml"], "bad.toml, line 2: url is '7'"),
    (["list", "--file", "ok.toml", "--output", "none"], "is not a directory"),
    (["add", "--no_check", "mailto:x@post.example"], "is not an address"),
    (["add", "https://a.example/", "--file", "bad.toml"], "bad.toml, line 2"),
    (["import", "none.opml"], "none.opml does not exist: check the path"),
    (["export", "--file", "bad.toml"], "bad.toml, line 2"),
    (["check", "https://a.example/", "--delay_s", "-1"], "delay_s is -1.0"),
    (["check", "https://a.example/", "--runner", "FnApiRunner"], "unknown option --runner"),
    (["check", "https://a.example/", "--contakt", "x"], "unknown option --contakt"),
]


@pytest.mark.parametrize(("words", "wanted"), WRONG)
def test_wrong_words(words: list[str], wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text("[[feed]]\nurl = 7\n")
    Path("ok.toml").write_text("")
    assert main(["feeds", *words]) == 2
    assert wanted in capsys.readouterr().err
