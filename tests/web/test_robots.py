"""robots.txt: fetched, cached, obeyed."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.support.costs import is_linear
from tests.support.servers import Reply, Serve, redirect
from transforms.web.client import HttpClient
from transforms.web.host_store import DIRECTORY_VARIABLE, HostStore
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import PoliteClient, fetch_source, fetch_url, open_client
from transforms.web.rate_limiter import RateLimiter
from transforms.web.robots import LONGEST_S, RETRY_S, ROBOTS_BYTES, SHORTEST_S, Robots, Rules, lifetime_s, only_ours

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, allow_private=True)
STORY = "<p>Otters are back in the river Elm.</p>"


@pytest.fixture
def web() -> PoliteClient:
    return open_client(POLICY)


def robots(text: str) -> Reply:
    return Reply(text, headers={"Content-Type": "text/plain"})


def test_disallowed_pages_are_not_requested(serve: Serve, web: PoliteClient) -> None:
    server = serve(
        {"/robots.txt": robots("User-agent: *\nDisallow: /private\nAllow: /private/open"), "*": Reply(STORY)}
    )
    for path in ("/", "/private/open/1", "/public"):
        assert fetch_url(web, server.url(path)).body.decode() == STORY
    with pytest.raises(Trouble, match=r"fetch.robots: robots.txt does not allow .*/private/1 to newsmill"):
        fetch_url(web, server.url("/private/1"))
    assert server.paths() == ["/robots.txt", "/", "/private/open/1", "/public"]


def test_our_own_group_wins(serve: Serve, web: PoliteClient) -> None:
    server = serve(
        {"/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-Agent: NewsMill\nAllow: /"), "*": Reply(STORY)}
    )
    fetch_url(web, server.url("/a"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_allows_everything(serve: Serve, web: PoliteClient, status: int) -> None:
    server = serve({"/robots.txt": Reply(status=status), "*": Reply(STORY)})
    fetch_url(web, server.url("/a"))


UNREADABLE = {
    "500": Reply(status=500),
    "503": Reply(status=503),
    "rubbish": Reply(raw=b"what?\r\n"),
    "early end": Reply("User-agent: *", close_after=3),
    "unknown encoding": Reply("x", headers={"Content-Encoding": "br"}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_robots_that_cannot_be_read_forbid_everything(serve: Serve, web: PoliteClient, name: str) -> None:
    server = serve({"/robots.txt": UNREADABLE[name], "*": Reply(STORY)})
    for path in ("/a", "/b"):
        with pytest.raises(Trouble, match=r"robots\.txt cannot be read") as caught:
            fetch_url(web, server.url(path))
        assert caught.value.code == "fetch.robots"
        assert caught.value.status == (int(name) if name.isdecimal() else None)
    assert server.paths() == ["/robots.txt"]


def test_a_silent_host_has_its_own_code(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply(delay_s=600), "*": Reply(STORY)})
    web = open_client(replace(POLICY, timeout_s=0.3, deadline_s=1))
    for path in ("/a", "/b"):
        with pytest.raises(Trouble) as caught:
            fetch_url(web, server.url(path))
        assert caught.value.code == "fetch.timeout"
    assert server.paths() == ["/robots.txt"]


def test_redirects(serve: Serve, web: PoliteClient) -> None:
    there = serve({"/rules": robots("User-agent: *\nDisallow: /a"), "*": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/robots.txt": redirect(there.url("/rules")), "*": Reply(STORY)})
    fetch_url(web, here.url("/b"))
    with pytest.raises(Trouble):
        fetch_url(web, here.url("/a"))


def test_too_many_redirects_mean_no_robots(serve: Serve, web: PoliteClient) -> None:
    server = serve({"/robots.txt": redirect("/robots.txt"), "/a": Reply(STORY)})
    fetch_url(web, server.url("/a"))


def test_the_target_of_a_redirect_has_its_own_rules(serve: Serve, web: PoliteClient) -> None:
    there = serve({"/robots.txt": robots("User-agent: *\nDisallow: /"), "*": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/a": redirect(there.url("/a"))})
    with pytest.raises(Trouble) as caught:
        fetch_url(web, here.url("/a"))
    assert caught.value.code == "fetch.robots"
    assert there.paths() == ["/robots.txt"]


def test_a_long_robots_is_cut(serve: Serve, web: PoliteClient) -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * ROBOTS_BYTES + "\nDisallow: /b\n"
    server = serve({"/robots.txt": robots(text), "*": Reply(STORY)})
    fetch_url(web, server.url("/b"))
    with pytest.raises(Trouble):
        fetch_url(web, server.url("/a"))


def test_crawl_delay_is_kept(serve: Serve, web: PoliteClient) -> None:
    server = serve({"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.2"), "*": Reply(STORY)})
    for path in ("/a", "/b"):
        fetch_url(web, server.url(path))
    log = server.requests()
    assert all(later.started - earlier.ended > 0.18 for earlier, later in pairwise(log))


def test_robots_can_be_turned_off(serve: Serve) -> None:
    server = serve({"/robots.txt": robots("User-agent: *\nDisallow: /"), "*": Reply(STORY)})
    web = open_client(FetchPolicy(delay_s=0, allow_private=True, respect_robots=False))
    fetch_url(web, server.url("/a"))
    assert server.paths() == ["/a"]


class Later:
    """The wall clock, some seconds on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return time.time() + self.seconds


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(POLICY) as opened:
        yield opened


def open_robots(client: HttpClient, later: Later, directory: Path | None = None) -> tuple[Robots, RateLimiter]:
    limiter = RateLimiter(POLICY, store=HostStore(directory), clock=later.clock, sleep=lambda _: None)
    return Robots(client, limiter, POLICY, clock=later.clock), limiter


def test_what_is_said_of_an_address(serve: Serve, client: HttpClient, later: Later) -> None:
    there = serve({"/robots.txt": robots("User-agent: *\nDisallow: /b")})
    nothing = serve({"/robots.txt": Reply(status=404)})
    empty = serve({"/robots.txt": robots("")})
    checks, limiter = open_robots(client, later)
    assert checks.check(there.url("/a")) == checks.check(empty.url("/a")) == "allowed"
    assert checks.check(nothing.url("/a")) == "absent"
    policy = FetchPolicy(respect_robots=False)
    assert Robots(client, limiter, policy).check("http://nowhere.example/") == "ignored"


@pytest.mark.parametrize("is_shared", [True, False])
def test_robots_are_requested_again_when_they_expire(
    serve: Serve, client: HttpClient, later: Later, tmp_path: Path, is_shared: bool
) -> None:
    first = Reply("User-agent: *\nCrawl-delay: 9", headers={"Cache-Control": "max-age=7200"})
    server = serve({"/robots.txt": [first, robots("User-agent: *\nDisallow: /a")]})
    checks, limiter = open_robots(client, later, tmp_path if is_shared else None)
    url = server.url("/a")
    for _ in range(2):
        checks.check(url)
    assert limiter.crawl_delay_of(url) == 9.0
    later.seconds = 7201
    with pytest.raises(Trouble, match="does not allow"):
        checks.check(url)
    assert limiter.crawl_delay_of(url) is None
    assert server.paths() == ["/robots.txt"] * 2


def test_a_clock_that_was_set_back_expires_robots(serve: Serve, client: HttpClient, later: Later) -> None:
    server = serve({"/robots.txt": robots("")})
    checks, _ = open_robots(client, later)
    for seconds in (0.0, -86_400.0):
        later.seconds = seconds
        checks.check(server.url("/a"))
    assert server.paths() == ["/robots.txt"] * 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_fails_is_asked_again_after_a_while(
    serve: Serve, client: HttpClient, later: Later, status: int
) -> None:
    server = serve({"/robots.txt": [Reply(status=status), robots("")]})
    checks, _ = open_robots(client, later)
    for seconds in (0.0, RETRY_S - 1):
        later.seconds = seconds
        with pytest.raises(Trouble, match=r"robots\.txt cannot be read") as caught:
            checks.check(server.url("/a"))
        assert (caught.value.code, caught.value.status) == ("fetch.robots", status)
    assert server.paths() == ["/robots.txt"]
    later.seconds = RETRY_S + 1
    assert checks.check(server.url("/a")) == "allowed"


@pytest.mark.parametrize("status", [429, 503])
def test_a_patience_we_have_is_had_for_robots(serve: Serve, client: HttpClient, later: Later, status: int) -> None:
    busy = Reply(status=status, headers={"Retry-After": "30"})
    server = serve({"/robots.txt": [busy, busy, robots("")]})
    assert open_robots(client, later)[0].check(server.url("/a")) == "allowed"
    assert server.paths() == ["/robots.txt"] * 3


def test_a_patience_we_do_not_have_forbids_for_that_long(serve: Serve, client: HttpClient, later: Later) -> None:
    server = serve({"/robots.txt": [Reply(status=429, headers={"Retry-After": "7200"}), robots("")]})
    checks, limiter = open_robots(client, later)
    for seconds in (0, 7190):
        later.seconds = seconds
        for check in (checks.check, limiter.check_open):
            with pytest.raises(Trouble):
                check(server.url("/a"))
    later.seconds = 7210
    limiter.check_open(server.url("/a"))
    assert checks.check(server.url("/a")) == "allowed"
    assert server.paths() == ["/robots.txt"] * 2


def test_a_closed_host_stores_no_robots(serve: Serve, client: HttpClient, later: Later) -> None:
    server = serve({"/robots.txt": robots("")})
    checks, limiter = open_robots(client, later)
    with pytest.raises(Trouble), limiter.turn(server.url("/")):
        raise Trouble("fetch.dns", "no such name")
    with pytest.raises(Trouble, match="was not requested, since no such name") as caught:
        checks.check(server.url("/a"))
    assert caught.value.code == "fetch.dns"
    later.seconds = 601
    assert checks.check(server.url("/a")) == "allowed"


def test_one_asks_for_all(serve: Serve, client: HttpClient, later: Later, tmp_path: Path) -> None:
    server = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /b", delay_s=0.1)})
    said = []

    def check() -> None:
        checks, _ = open_robots(client, later, tmp_path)  # as in processes of their own
        said.append(checks.check(server.url("/a")))

    threads = [threading.Thread(target=check) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["allowed"] * 6
    assert server.paths() == ["/robots.txt"]


def test_another_run_looks_for_itself(
    serve: Serve, client: HttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve({"/robots.txt": robots("")})
    limiter = RateLimiter(POLICY)
    checks = Robots(client, limiter, POLICY)
    for name in ("one", "one", "two"):
        monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / name))
        checks.check(server.url("/a"))
    assert server.paths() == ["/robots.txt"] * 2


HOUR = "Sat, 01 Jan 2033 01:30:00 GMT"
LIFETIMES: list[tuple[dict[str, str], float]] = [
    ({}, LONGEST_S),
    ({"cache-control": "public"}, LONGEST_S),
    ({"cache-control": "max-age=7200"}, 7200),
    ({"cache-control": 'private, Max-Age="7200"'}, 7200),
    ({"cache-control": "max-age=10000", "age": "2000"}, 8000),
    ({"cache-control": "max-age=0"}, SHORTEST_S),
    ({"cache-control": "s-maxage=7200"}, LONGEST_S),
    ({"cache-control": "max-age=99999999999999999999"}, LONGEST_S),
    ({"cache-control": "max-age=7200", "expires": "0"}, 7200),
    ({"cache-control": "no-cache"}, SHORTEST_S),
    ({"cache-control": "no-store", "expires": HOUR}, SHORTEST_S),
    ({"expires": HOUR}, 5400),
    ({"expires": HOUR, "date": "Sat, 01 Jan 2033 00:10:00 GMT"}, 4800),
    ({"expires": HOUR, "date": "today"}, 5400),
    ({"expires": "0"}, SHORTEST_S),
    ({"expires": "Sat, 01 Jan 2039 01:30:00 GMT"}, LONGEST_S),
]


@pytest.mark.parametrize(("headers", "seconds"), LIFETIMES)
def test_lifetime(headers: dict[str, str], seconds: float) -> None:
    assert lifetime_s(headers, datetime(2033, 1, 1, tzinfo=UTC)) == seconds


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["cache-control", "age", "expires", "date"]), st.text() | st.just("max-age=²")))
def test_any_header_gives_a_lifetime(headers: dict[str, str]) -> None:
    assert SHORTEST_S <= lifetime_s(headers, datetime(2033, 1, 1, tzinfo=UTC)) <= LONGEST_S


def test_retry_after_is_waited_for(serve: Serve, web: PoliteClient) -> None:
    wait = Reply(status=429, headers={"Retry-After": "1"})
    server = serve({"/a": [wait, Reply(STORY)]})
    assert fetch_url(web, server.url("/a")).body.decode() == STORY
    first, second = (asked for asked in server.requests() if asked.path == "/a")
    assert second.started - first.ended > 0.98


def test_a_feed_may_be_of_any_type_and_larger_than_a_page(serve: Serve) -> None:
    web = open_client(FetchPolicy(max_page_bytes=1000, max_input_bytes=5000, delay_s=0, allow_private=True))
    feed = b"<rss>" + b" " * 4000
    server = serve(
        {"/feed": Reply(feed, headers={"Content-Type": "image/x-feed;charset=x"}), "/large": Reply(feed * 2)}
    )
    response, body, charset = fetch_source(web, server.url("/feed"))
    assert (response.url, body, charset) == (server.url("/feed"), feed, "x")
    with pytest.raises(Trouble) as caught:
        fetch_source(web, server.url("/large"))
    assert caught.value.code == "fetch.too_large"


RULES = [
    ("", "/a", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("user agent newsmill\ndisallow /a", "/a", False),
    ("User-agent: news*\nDisallow: /a", "/a", False),
    ("User-agent: otherbot # not newsmill\nDisallow: /", "/a", True),
    ("User-agent: otherbot\nUser-agent: *\nDisallow: /", "/a", False),
    ("User-agent: otherbot\nDisallow: /\nUser-agent: newsmill\nDisallow: /b", "/a", True),
    ("User-agent: newsmill\nUser-agent: otherbot\nDisallow: /*.html$", "/a.html", False),
    ("\ufeffUser-agent: *\nDisallow: /", "/a", True),  # a mark inside the text; the decoder takes the one in front
]


@pytest.mark.parametrize(("text", "path", "allowed"), RULES)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert Rules(text, "newsmill").allows("https://example.org" + path) is allowed


LINES = ("User-agent: *", "User-agent: x", "User-agent newsmill", "Disallow: /a", "Allow: /a*b$", "Crawl-delay: 1", "#")


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=20)))
def test_any_text_is_rules(lines: list[str]) -> None:
    rules = Rules("\n".join(lines), "newsmill")
    assert rules.allows("https://example.org/a?b=ä") in (True, False)
    assert rules.crawl_delay_s >= 0


def test_many_agents_times_many_rules_stay_cheap() -> None:
    def cost_s(size: int) -> float:
        text = "".join(f"User-agent: a{n}\n" for n in range(size)) + "".join(f"Disallow: /{n}\n" for n in range(size))
        began = time.process_time()
        assert Rules(text, "newsmill").allows("https://example.org/1")
        return time.process_time() - began

    assert is_linear(cost_s, (4_000, 16_000), most=10, floor_s=0.1)  # 16 times as much were it quadratic
    assert only_ours("User-agent: a\n", "newsmill") == "User-agent: other"


HOSTILE = {
    "wildcards in one rule": "/" + "*a" * 1000,
    "wildcards in many rules": "/*ab*ab*ac\nDisallow: " * 100 + "/",
    "one letter again and again": "/*" + "a" * 1000 + "b",
    "prefixes": "/a\nDisallow: " * 300 + "/b",
    "groups": "/a\n\nUser-agent: bot\nDisallow: " * 100 + "/b",
    "delays": "/a\nCrawl-delay: " + "9" * 2000,
    "blanks": "/a\nUser agent" + " " * 2000,
}


@pytest.mark.parametrize("rule", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_rules_cost_what_their_length_is(rule: str) -> None:
    def cost(times: int) -> float:
        text = "User-agent: *\n" + f"Disallow: {rule}\n" * times
        start = time.process_time()
        rules = Rules(text, "newsmill")
        for _ in range(3):
            rules.allows("https://a.example/" + "ab" * 1000)
        return time.process_time() - start

    cost(1)
    assert is_linear(cost, (10, 80), most=24, floor_s=0.2)  # 64 times as much were it quadratic
