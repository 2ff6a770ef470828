import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.trouble import Trouble
from tests.servers import Reply, Serve, redirect
from transforms.web.policy import FetchPolicy
from transforms.web.robots import ROBOTS_BYTES, Rules, only_ours
from transforms.web.visits import Web, fetch_source, open_web, visit

POLICY = FetchPolicy(timeout_s=0.3, deadline_s=1, delay_s=0, allow_private=True)
STORY = "<p>Otters are back in the river Elm.</p>"


@pytest.fixture
def web() -> Web:
    return open_web(POLICY)


def robots(text: str) -> Reply:
    return Reply(text, headers={"Content-Type": "text/plain"})


def test_disallowed_pages_are_not_asked_for(serve: Serve, web: Web) -> None:
    server = serve(
        {"/robots.txt": robots("User-agent: *\nDisallow: /private\nAllow: /private/open"), "*": Reply(STORY)}
    )
    for path in ("/", "/private/open/1", "/public"):
        assert visit(web, server.url(path)).body.decode() == STORY
    with pytest.raises(Trouble, match=r"fetch.robots: robots.txt does not allow .*/private/1 to newsmill"):
        visit(web, server.url("/private/1"))
    assert server.paths() == ["/robots.txt", "/", "/private/open/1", "/public"]


def test_our_own_group_wins(serve: Serve, web: Web) -> None:
    server = serve(
        {"/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-Agent: NewsMill\nAllow: /"), "*": Reply(STORY)}
    )
    visit(web, server.url("/a"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_allows_everything(serve: Serve, web: Web, status: int) -> None:
    server = serve({"/robots.txt": Reply(status=status), "*": Reply(STORY)})
    visit(web, server.url("/a"))


UNREADABLE = {
    "500": Reply(status=500),
    "503": Reply(status=503),
    "rubbish": Reply(raw=b"what?\r\n"),
    "early end": Reply("User-agent: *", close_after=3),
    "unknown encoding": Reply("x", headers={"Content-Encoding": "br"}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_robots_that_cannot_be_read_forbid_everything(serve: Serve, web: Web, name: str) -> None:
    server = serve({"/robots.txt": UNREADABLE[name], "*": Reply(STORY)})
    for path in ("/a", "/b"):
        with pytest.raises(Trouble, match=r"robots\.txt cannot be read") as caught:
            visit(web, server.url(path))
        assert caught.value.code == "fetch.robots"
        assert caught.value.status == (int(name) if name.isdecimal() else None)
    assert server.paths() == ["/robots.txt"]


def test_a_silent_host_has_its_own_code(serve: Serve, web: Web) -> None:
    server = serve({"/robots.txt": Reply(delay_s=2), "*": Reply(STORY)})
    for path in ("/a", "/b"):
        with pytest.raises(Trouble) as caught:
            visit(web, server.url(path))
        assert caught.value.code == "fetch.timeout"
    assert server.paths() == ["/robots.txt"]


def test_redirects(serve: Serve, web: Web) -> None:
    there = serve({"/rules": robots("User-agent: *\nDisallow: /a"), "*": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/robots.txt": redirect(there.url("/rules")), "*": Reply(STORY)})
    visit(web, here.url("/b"))
    with pytest.raises(Trouble):
        visit(web, here.url("/a"))


def test_too_many_redirects_mean_no_robots(serve: Serve, web: Web) -> None:
    server = serve({"/robots.txt": redirect("/robots.txt"), "/a": Reply(STORY)})
    visit(web, server.url("/a"))


def test_the_target_of_a_redirect_has_its_own_rules(serve: Serve, web: Web) -> None:
    there = serve({"/robots.txt": robots("User-agent: *\nDisallow: /"), "*": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/a": redirect(there.url("/a"))})
    with pytest.raises(Trouble) as caught:
        visit(web, here.url("/a"))
    assert caught.value.code == "fetch.robots"
    assert there.paths() == ["/robots.txt"]


def test_a_long_robots_is_cut(serve: Serve, web: Web) -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * ROBOTS_BYTES + "\nDisallow: /b\n"
    server = serve({"/robots.txt": robots(text), "*": Reply(STORY)})
    visit(web, server.url("/b"))
    with pytest.raises(Trouble):
        visit(web, server.url("/a"))


def test_crawl_delay_is_kept(serve: Serve, web: Web) -> None:
    server = serve({"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.2"), "*": Reply(STORY)})
    for path in ("/a", "/b"):
        visit(web, server.url(path))
    log = server.requests()
    assert all(later.started - earlier.ended > 0.18 for earlier, later in pairwise(log))


def test_robots_can_be_turned_off(serve: Serve) -> None:
    server = serve({"/robots.txt": robots("User-agent: *\nDisallow: /"), "*": Reply(STORY)})
    web = open_web(FetchPolicy(delay_s=0, allow_private=True, respect_robots=False))
    visit(web, server.url("/a"))
    assert server.paths() == ["/a"]


def test_retry_after_is_waited_for(serve: Serve, web: Web) -> None:
    wait = Reply(status=429, headers={"Retry-After": "1"})
    server = serve({"/a": [wait, Reply(STORY)]})
    assert visit(web, server.url("/a")).body.decode() == STORY
    first, second = (asked for asked in server.requests() if asked.path == "/a")
    assert second.started - first.ended > 0.98


def test_a_feed_may_be_of_any_type_and_larger_than_a_page(serve: Serve) -> None:
    web = open_web(FetchPolicy(max_page_bytes=1000, max_input_bytes=5000, delay_s=0, allow_private=True))
    feed = b"<rss>" + b" " * 4000
    server = serve(
        {"/feed": Reply(feed, headers={"Content-Type": "image/x-feed;charset=x"}), "/large": Reply(feed * 2)}
    )
    response, body, charset = fetch_source(*web, server.url("/feed"))
    assert (response.url, body, charset) == (server.url("/feed"), feed, "x")
    with pytest.raises(Trouble) as caught:
        fetch_source(*web, server.url("/large"))
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
    text = "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "".join(f"Disallow: /{n}\n" for n in range(15_000))
    began = time.perf_counter()
    assert Rules(text, "newsmill").allows("https://example.org/1")
    assert time.perf_counter() - began < 2
    assert only_ours("User-agent: a\n", "newsmill") == "User-agent: other"
