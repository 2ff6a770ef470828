"""Every request is a row, compared with what the servers received."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from schemas import NEWSMILL_VERSION
from schemas.documents import Link, Origin, Source
from schemas.feeds import FeedState, Request
from schemas.trouble import Trouble
from tests.support.collect import collect
from tests.support.servers import Reply, Serve, Server, redirect
from transforms.web.fetch import FetchPages
from transforms.web.policy import FetchPolicy, host_key
from transforms.web.polite_client import PoliteClient, fetch_source, fetch_url, open_client
from transforms.web.retrieve import RetrieveSources

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0.02, allow_private=True, max_page_bytes=64 * 1024)
STORY = "<!DOCTYPE html><p>Otters are back in the river Elm."


def link(url: str, position: int = 0) -> Link:
    return Link(url=url, origin=Origin(uri="list", kind="url_list", position=position))


def noted(web: PoliteClient, ask: Callable[[], Any]) -> list[Request]:
    """Return the rows of one thread, failed requests included."""
    web.client.log.start()
    with suppress(Trouble):
        ask()
    return web.client.log.take()


def seen(*servers: Server) -> Counter[str]:
    return Counter(server.url(path) for server in servers for path in server.paths())


def test_a_visit_with_robots_a_redirect_and_a_page(serve: Serve) -> None:
    server = serve(
        {
            "/robots.txt": Reply("User-agent: *\nCrawl-delay: 0.03"),
            "/a": redirect("/b", 301),
            "/b": Reply(STORY, delay_s=0.1, gzip=True),
        }
    )
    web = open_client(POLICY)
    robots, moved, page = noted(web, lambda: fetch_url(web, server.url("/a")))
    assert [(row.url, row.purpose, row.status, row.code) for row in (robots, moved, page)] == [
        (server.url("/robots.txt"), "robots", 200, None),
        (server.url("/a"), "page", 301, None),
        (server.url("/b"), "page", 200, None),
    ]
    assert (robots.robots, moved.robots, page.robots) == (None, "allowed", "allowed")
    assert (robots.redirects_to, moved.redirects_to, page.redirects_to) == (None, server.url("/b"), None)
    assert (robots.crawl_delay_s, moved.crawl_delay_s, page.crawl_delay_s) == (None, 0.03, 0.03)
    assert robots.delay_s == 0.02
    assert moved.delay_s >= 0.03
    assert robots.bytes_received == len("User-agent: *\nCrawl-delay: 0.03")
    body = server.routes["/b"]
    assert isinstance(body, Reply)
    assert page.bytes_received == len(body.body) != len(STORY)
    assert {row.host for row in (robots, moved, page)} == {host_key(server.url("/"))}
    assert {(row.user_agent, row.newsmill_version) for row in (robots, moved, page)} == {
        (POLICY.user_agent, NEWSMILL_VERSION)
    }
    assert page.worker.rpartition(":")[2].isdecimal()
    assert 100 <= page.duration_ms < 1000
    assert abs((page.ended_at - page.started_at) / timedelta(milliseconds=1) - page.duration_ms) < 20
    # Between them lie the pauses that they say were to be kept.
    for earlier, later in pairwise((robots, moved, page)):
        assert (later.started_at - earlier.ended_at).total_seconds() >= later.delay_s - 0.001


FAILURES: dict[str, tuple[Reply, int | None, str]] = {
    "missing": (Reply(b"gone", status=404), 404, "fetch.http_404"),
    "silent": (Reply(delay_s=600), None, "fetch.timeout"),
    "stops": (Reply(STORY, then_wait_s=600), 200, "fetch.timeout"),
    "rubbish": (Reply(raw=b"220 mail.example ESMTP\r\n"), None, "fetch.protocol"),
    "early": (Reply(STORY, close_after=10), 200, "fetch.protocol"),
    "picture": (Reply(b"GIF89a", headers={"Content-Type": "image/gif"}), 200, "fetch.content_type"),
    "large": (Reply(b"<p>" + b"x" * 80_000, headers={"Content-Length": None}), 200, "fetch.too_large"),
    "nowhere": (redirect("mailto:desk@river.example"), 302, "fetch.bad_url"),
    "unasked": (Reply(status=304), 304, "fetch.protocol"),
    "later": (Reply(status=429, headers={"Retry-After": "999"}), 429, "fetch.http_429"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_are_rows(serve: Serve, name: str) -> None:
    reply, status, code = FAILURES[name]
    server = serve({"/a": reply})
    policy = replace(POLICY, timeout_s=1.0, deadline_s=2.0) if code == "fetch.timeout" else POLICY
    web = open_client(replace(policy, respect_robots=False))
    (row,) = noted(web, lambda: fetch_url(web, server.url("/a")))
    assert (row.status, row.code, row.robots, row.is_cached) == (status, code, "ignored", False)
    assert row.bytes_received > 0 if name in ("stops", "early", "large") else row.bytes_received == 0
    assert row.retry_after_s == (999 if name == "later" else None)
    assert row.started_at <= row.ended_at


def test_what_never_reached_a_server_has_a_row_and_what_was_not_tried_has_none(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /x"), "/in": redirect("http://169.254.169.254/")})
    web = open_client(POLICY)
    (row,) = noted(web, lambda: fetch_url(web, "http://127.0.0.9:1/a"))
    assert (row.purpose, row.status, row.code) == ("robots", None, "fetch.connect")
    rows = noted(web, lambda: fetch_url(web, server.url("/x")))
    assert [(one.purpose, one.status) for one in rows] == [("robots", 200)]
    rows = noted(web, lambda: fetch_url(web, server.url("/in")))
    assert [(one.host, one.code) for one in rows] == [
        (host_key(server.url("/")), None),
        ("169.254.169.254", "fetch.private_address"),
    ]


def test_another_try_is_another_row(serve: Serve) -> None:
    wait = Reply(status=429, headers={"Retry-After": "0"})
    server = serve({"/a": [wait, Reply(STORY)], "/b": [Reply(raw=b""), Reply(STORY)]})
    web = open_client(POLICY)
    rows = noted(web, lambda: (fetch_url(web, server.url("/a")), fetch_url(web, server.url("/b"))))
    assert [(row.status, row.code, row.retry_after_s) for row in rows] == [
        (404, "fetch.http_404", None),
        (429, "fetch.http_429", 0.0),
        (200, None, None),
        (None, "fetch.protocol", None),
        (200, None, None),
    ]
    assert [row.robots for row in rows] == [None, *["absent"] * 4]
    assert Counter(row.url for row in rows) == seen(server)
    for earlier, later in pairwise(rows):  # the second try waited for its turn as well
        assert (later.started_at - earlier.ended_at).total_seconds() >= later.delay_s - 0.001


def test_conditions_and_304(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply(status=404), "/feed": Reply(status=304, headers={"Content-Length": None})})
    web = open_client(POLICY)
    rows = noted(web, lambda: fetch_source(web, server.url("/feed"), headers=[("If-None-Match", '"7"')]))
    assert [(row.purpose, row.is_conditional, row.is_cached, row.code) for row in rows] == [
        ("robots", False, False, "fetch.http_404"),
        ("feed", True, True, None),
    ]


def test_a_thread_that_did_not_start_keeps_nothing(serve: Serve) -> None:
    server = serve({"*": Reply(STORY)})
    web = open_client(POLICY)
    fetch_url(web, server.url("/a"))
    assert web.client.log.take() == []


@pytest.mark.slow
def test_nothing_is_lost_on_the_way_out_of_a_stage(serve: Serve) -> None:
    servers = [
        serve({"/robots.txt": Reply(status=404), "/dead": Reply(status=500), "*": Reply(STORY)}, host=f"127.0.2.{n}")
        for n in range(1, 13)
    ]
    silent = serve({"*": Reply(delay_s=600)}, host="127.0.3.1")
    paths = ("/1", "/2", "/3", "/dead")  # the last of each host fails
    links = [link(server.url(path), n) for server in servers for n, path in enumerate(paths)]
    links.append(link(silent.url("/a")))
    result = collect(links, FetchPages(policy=replace(POLICY, timeout_s=2.0)))
    assert len(result.documents) + len(result.dead) == len(links)
    assert Counter(row.url for row in result.requests) == seen(*servers, silent)
    assert len(result.requests) == result.counters["fetch_log.requests"] == 12 * 5 + 1
    assert Counter(row.purpose for row in result.requests) == {"page": 48, "robots": 13}


def test_the_log_can_show_that_no_pause_was_broken(serve: Serve) -> None:
    servers = [serve({"/robots.txt": Reply(status=404), "*": Reply(STORY)}, host=f"127.0.2.{n}") for n in (1, 2)]
    links = [link(server.url(f"/{n}")) for server in servers for n in range(5)]
    rows = collect(links, FetchPages(policy=replace(POLICY, delay_s=0.05))).requests
    for server in servers:
        mine = sorted((row for row in rows if row.host == host_key(server.url("/"))), key=lambda row: row.started_at)
        assert len(mine) == 6
        assert all(row.delay_s >= 0.05 for row in mine)
        assert all((later.started_at - earlier.ended_at).total_seconds() >= 0.049 for earlier, later in pairwise(mine))


def test_no_request_no_row(serve: Serve) -> None:
    assert collect([link("https://river.example/a")], FetchPages(policy=POLICY, mode="never")).requests == []


def test_feeds_are_noted_too(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply("User-agent: *\nDisallow: /no"), "/feed": Reply("<rss/>")})
    sources = [
        Source(uri=server.url("/feed"), feed=FeedState(feed_url="x", etag='"1"')),
        Source(uri=server.url("/no")),
    ]
    result = collect(sources, RetrieveSources(policy=POLICY))
    assert Counter((row.url, row.purpose, row.is_conditional) for row in result.requests) == {
        (server.url("/robots.txt"), "robots", False): 1,
        (server.url("/feed"), "feed", True): 1,
    }


class Windowed(beam.PTransform[beam.PCollection[Any], Any]):
    """Links in windows of ten seconds, by their position; each request with the start of its window."""

    def expand(self, links: beam.PCollection[Any]) -> Any:
        fetched = (
            links
            | beam.Map(lambda link: TimestampedValue(link, link.origin.position))
            | beam.WindowInto(FixedWindows(10))
            | FetchPages(policy=replace(POLICY, respect_robots=False), mode="all")
        )
        return fetched.requests | beam.Map(lambda row, window=beam.DoFn.WindowParam: (row.url, int(window.start)))


def test_windows_are_kept(serve: Serve) -> None:
    server = serve({"/a": Reply(STORY), "/b": redirect("/gone")})
    links = [link(server.url("/a"), 1), link(server.url("/b"), 12), link(server.url("/a"), 25)]
    assert sorted(collect(links, Windowed()).out) == [
        (server.url("/a"), 0),
        (server.url("/a"), 20),
        (server.url("/b"), 10),
        (server.url("/gone"), 10),
    ]
