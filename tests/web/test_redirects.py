"""Redirects without status 3xx, cookies on the way, and home pages in place of an article."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import Entry, Link, Origin, Source
from schemas.trouble import Trouble
from tests.support.servers import Reply, Serve, redirect
from transforms.web.accept import Accept
from transforms.web.client import HttpClient
from transforms.web.home_pages import check_landing, is_home_page
from transforms.web.link_documents import fetch_document
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import fetch_url, open_client
from transforms.web.redirects import Redirects
from transforms.web.refresh import find_refresh, parse_refresh
from transforms.web.retrieve_source import retrieve_source

POLICY = FetchPolicy(timeout_s=2, deadline_s=4, delay_s=0, allow_private=True, max_redirects=5)
STORY = "<!DOCTYPE html><title>Ferry resumes</title><p>The ferry between Norrby and Sund sails again.</p>"
HERE = "http://news.example/dir/a"


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(POLICY) as made:
        yield made


def head(line: str, before: str = "", after: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{before}{line}{after}</head><body><p>Wait</p></body></html>".encode()


REFRESHES = {
    "0;URL='/real'": "http://news.example/real",
    "5; url=b?x=1&amp;y=2": "http://news.example/dir/b?x=1&y=2",
    '1 , URL = "b" and more': "http://news.example/dir/b",
    "0 /plain": "http://news.example/plain",
    ".5;url=//other.example/b": "http://other.example/b",
    "0;url=https://other.example/ä b#top": "https://other.example/%C3%A4%20b",
    "6;url=/later": None,
    "00000000000000000000600;url=/later": None,
    "9" * 5000 + ";url=/later": None,
    "-1;url=/b": None,
    "soon;url=/b": None,
    "0x;url=/b": None,
    "0;url=javascript:alert(1)": None,
    "0;url=data:text/html,x": None,
    "0;url=file:///etc/passwd": None,
    "0;url=http://[::1": None,
    "": None,
}


@pytest.mark.parametrize(("content", "target"), REFRESHES.items())
def test_what_a_refresh_says(content: str, target: str | None) -> None:
    quote = "'" if '"' in content else '"'
    line = f"<META content={quote}{content}{quote} HTTP-EQUIV = refresh />"
    assert find_refresh(head(line), HERE) == target


LINE = "<meta http-equiv=refresh content=0;url=/b>"
PLACES = {
    "alone": (LINE.encode(), True),
    "without a head": (b"<html><title>Moved</title>" + LINE.encode(), True),
    "after a script": (head(LINE, "<script>if (1 < 2) '<body>'</script><style>a>b{}</style><!-- <body> -->"), True),
    "in a script": (head("", f"<script>'{LINE}'</script>"), False),
    "in a comment": (head(f"<!-- {LINE} -->"), False),
    "in a title": (head(f"<title>{LINE}</title>"), False),
    "in the body": (head("", after=f"</head><body>{LINE}"), True),
    "in the body of an article": (head("").replace(b"Wait", b"The ferry sails again. " * 20 + LINE.encode()), False),
    "in the body of a long page": (head("", after=f"</head><body>{LINE}") + b"<i></i>" * 9999, False),
    "in a feed": (f"<rss><channel><title>x</title>{LINE}".encode(), False),
    "below a base": (head(LINE.replace("/b", "b"), "<base href='http://news.example/'>"), True),
    "a shortener": (head(f"<noscript>{LINE}</noscript>", after="<script>location.replace('/b')</script>"), True),
    "noscript of an article": (
        head(f"<noscript>{LINE}</noscript>").replace(b"Wait", b"The ferry sails again. " * 20),
        False,
    ),
    "noscript of a long page": (head(f"<noscript>{LINE}</noscript>") + b"<i></i>" * 9999, False),
    "after 70 KB": (head(LINE, "<!--" + "x" * 70_000 + "-->"), False),
}


@pytest.mark.parametrize(("page", "is_found"), PLACES.values(), ids=PLACES.keys())
def test_where_a_refresh_counts(page: bytes, is_found: bool) -> None:
    assert find_refresh(page, HERE) == ("http://news.example/b" if is_found else None)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_refresh(content: str, body: bytes) -> None:
    said = parse_refresh(content)
    assert said is None or said[0] >= 0
    find_refresh(b"<meta http-equiv=refresh content=" + body, HERE, None)


@pytest.mark.parametrize(
    "piece",
    [b"<meta ", b"<meta a='", b"<noscript>", b"<script>", b"<!--", b"<!-- -->", b"<base href=", b"<", b" ", b"a=b "],
)
def test_time_grows_with_the_page_alone(piece: bytes) -> None:
    def cost(size: int) -> float:
        page = b"<html><head><meta refresh " + piece * (size // len(piece))
        start = time.process_time()
        for _ in range(5):
            find_refresh(page, HERE)
        return time.process_time() - start

    cost(1000)
    assert cost(64_000) < 40 * cost(8_000) + 0.2


def test_a_refresh_is_a_redirect(serve: Serve) -> None:
    server = serve({"/a": Reply(head("<meta http-equiv='refresh' content='0;URL=/b'>")), "/b": Reply(STORY)})
    web = open_client(replace(POLICY, keep_exchange=True))
    web.client.log.start()
    with web.client:
        page = fetch_url(web, server.url("/a"))
    assert page.body.decode() == STORY
    assert (page.response.redirects, page.response.moved_to) == ((server.url("/a"),), None)
    assert [exchange.is_whole for exchange in page.response.exchanges] == [True, True]
    assert server.paths() == ["/robots.txt", "/a", "/b"]
    rows = [row for row in web.client.log.take() if row.purpose == "page"]
    assert [(row.url, row.status, row.redirects_to) for row in rows] == [
        (server.url("/a"), 200, server.url("/b")),
        (server.url("/b"), 200, None),
    ]


def test_a_refresh_keeps_to_the_rules(serve: Serve, client: HttpClient) -> None:
    def waiting(target: str) -> Reply:
        return Reply(head(f"<meta http-equiv=refresh content='0;URL={target}'>"))

    server = serve(
        {
            "/robots.txt": Reply("User-agent: *\nDisallow: /shut", headers={"Content-Type": "text/plain"}),
            "/to-shut": waiting("/shut"),
            "/to-metadata": waiting("http://169.254.169.254/latest/"),
            "/itself": waiting("/itself"),
            "/there": waiting("/back"),
            "/back": waiting("/there"),
            "/header": Reply(STORY, headers={"Refresh": "0; url=/to-nowhere"}),
            **{f"/{n}": waiting(f"/{n + 1}") for n in range(9)},
        }
    )
    with open_client(POLICY).client:
        web = open_client(POLICY)
        for path, code in {
            "/to-shut": "fetch.robots",
            "/to-metadata": "fetch.private_address",
            "/header": "fetch.http_404",
            "/0": "fetch.too_many_redirects",
        }.items():
            with pytest.raises(Trouble) as caught:
                fetch_url(web, server.url(path))
            assert caught.value.code == code
        web.client.close()
    # What loads itself again, or leads back, is the page itself.
    assert client.get(server.url("/itself")).response.url == server.url("/itself")
    assert client.get(server.url("/there")).response.url == server.url("/back")
    assert client.get(server.url("/0"), accept=Accept(follow_refresh=False)).response.url == server.url("/0")


def with_cookie(reply: Reply, cookie: str) -> Reply:
    return replace(reply, headers={**reply.headers, "Set-Cookie": cookie})


def test_a_cookie_comes_back_within_a_visit_and_never_later(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a": [with_cookie(redirect("/a"), "ok=1"), Reply(STORY), Reply(STORY)]})
    page = client.get(server.url("/a"))
    assert (page.body.decode(), page.response.redirects) == (STORY, (server.url("/a"),))
    client.get(server.url("/a"))
    assert [asked.headers.get("Cookie") for asked in server.requests()] == [None, "ok=1", None]


def test_a_refresh_with_a_cookie_loads_the_page_again(serve: Serve, client: HttpClient) -> None:
    waiting = Reply(head("<meta http-equiv=refresh content=0>"))
    server = serve({"/a": [with_cookie(waiting, "seen=1"), Reply(STORY)]})
    assert client.get(server.url("/a")).body.decode() == STORY


def test_cookies_of_another_host_are_not_sent(serve: Serve, client: HttpClient) -> None:
    there = serve({"/b": Reply(STORY)}, host="127.0.0.2")
    here = serve({"/a": with_cookie(redirect(there.url("/b")), "id=7; Domain=127.0.0.2")})
    client.get(here.url("/a"))
    assert "Cookie" not in there.log[0].headers


def test_a_new_cookie_at_each_step_is_a_loop_all_the_same(serve: Serve, client: HttpClient) -> None:
    server = serve({"/a": [with_cookie(redirect("/a"), f"n={n}") for n in range(99)]})
    with pytest.raises(Trouble, match=r"fetch\.too_many_redirects: loop"):
        client.get(server.url("/a"))
    assert len(server.log) == 3


COOKIES = [
    ("http://a.example/x", "n=1", "http://a.example/y", b"n=1"),
    ("http://a.example/x", "n=1; Domain=a.example", "http://www.a.example/", b"n=1"),
    ("http://a.example/x", "n=1", "http://www.a.example/", b""),
    ("http://a.example/x", "n=1; Domain=b.example", "http://b.example/", b""),
    ("http://a.co.uk/x", "n=1; Domain=co.uk", "http://b.co.uk/", b""),
    ("http://a.example/x", "n=1; Domain=example", "http://b.example/", b""),
    ("http://a.example/x", "n=1; Secure", "http://a.example/", b""),
    ("https://a.example/x", "n=1; Secure", "https://a.example/", b"n=1"),
    ("http://a.example/x", "n=1; Path=/in", "http://a.example/out", b""),
    ("http://a.example/x", "n=1; Max-Age=0", "http://a.example/", b""),
    ("http://a.example/x", "n=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://a.example/", b""),
    ("http://a.example/x", "n=1; Expires=" + "9" * 3000, "http://a.example/", b"n=1"),
    ("http://a.example/x", "n=1; Max-Age=" + "9" * 4000, "http://a.example/", b"n=1"),
    ("http://a.example/x", "n=" + "1" * 5000, "http://a.example/", b""),
    ("http://a.example/x", "n=\xfc", "http://a.example/", b"n=\xfc"),
    ("http://a.example/x", ";;;=;", "http://a.example/", b""),
]


@pytest.mark.parametrize(("at", "cookie", "url", "sent"), COOKIES)
def test_where_cookies_go(at: str, cookie: str, url: str, sent: bytes) -> None:
    redirects = Redirects()
    redirects.keep_cookies(at, [(b"Set-Cookie", cookie.encode("latin-1"))])
    assert redirects.begin(url) == ((("Cookie", sent),) if sent else ())


def test_cookies_are_bounded() -> None:
    redirects = Redirects()
    for part in range(20):
        redirects.keep_cookies(HERE, [(b"set-cookie", b"c%d-%d=%s" % (part, n, b"x" * 3000)) for n in range(99)])
    ((_, sent),) = redirects.begin(HERE)
    assert 3000 < len(sent) <= 8192


@given(st.lists(st.binary(max_size=80), max_size=3))
def test_any_cookie(lines: list[bytes]) -> None:
    redirects = Redirects()
    redirects.keep_cookies(HERE, [(b"Set-Cookie", line) for line in lines])
    redirects.begin(HERE)


HOMES = {
    "": True,
    "/": True,
    "/en": True,
    "/pt-BR/": True,
    "/index.php": True,
    "/de/home.html": True,
    "/?utm_source=feed": True,
    "/?error=404&from=%2F2019%2Fstory.html": True,
    "/?p=123": False,
    "/2019/": False,
    "/story": False,
    "/index.php?id=7": False,
    "/sport/index.html": False,
}


@pytest.mark.parametrize(("path", "is_home"), HOMES.items())
def test_home_pages(path: str, is_home: bool) -> None:
    assert is_home_page(f"http://news.example{path}") is is_home


def test_only_a_deep_link_can_land_on_the_home_page() -> None:
    for asked in ("http://news.example/", "https://www.news.example/en/", "http://news.example/#!/story"):
        check_landing(asked, "https://news.example/")
    with pytest.raises(Trouble, match=r"fetch\.home_page"):
        check_landing("http://news.example/?p=7", "https://news.example/")


def test_an_article_whose_address_leads_home_is_none(serve: Serve) -> None:
    server = serve({"/2019/story.html": redirect("/", 301), "/": Reply(STORY)})
    web = open_client(POLICY)
    link = Link(url=server.url("/2019/story.html"), origin=Origin(uri="f", kind="rss", position=0), entry=None)
    with pytest.raises(Trouble, match=r"fetch\.home_page"):
        fetch_document(link, "all", lambda url: fetch_url(web, url))
    entry = Entry(url=link.url, content_html="<p>The ferry sails again.</p>")
    document = fetch_document(replace(link, entry=entry), "all", lambda url: fetch_url(web, url))
    assert (document.media, document.fetch_error) == ("entry", "fetch.home_page")
    assert retrieve_source(Source(uri=link.url), web).code == "fetch.home_page"
    assert retrieve_source(Source(uri=server.url("/")), web).code is None
    web.client.close()
