"""RetrieveSources: conditional requests of feeds, grouped by the host that receives them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from schemas.documents import Source
from schemas.feeds import FeedState
from tests.support.collect import collect
from tests.support.servers import Reply, Serve, redirect
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import open_client
from transforms.web.retrieve import RetrieveSources
from transforms.web.retrieve_source import conditional_headers_of, requested_address, retrieve_source

POLICY = FetchPolicy(timeout_s=20, deadline_s=60, delay_s=0, allow_private=True)
FEED = b"<rss><channel><title>River</title></channel></rss>"
SAME = Reply(status=304, headers={"Content-Length": None})


def poll(url: str, *, first: int = 0, **state: Any) -> Source:
    return Source(uri=url, first=first, feed=FeedState(feed_url=url, **state))


def test_a_feed_that_has_not_changed(serve: Serve) -> None:
    server = serve({"/feed": SAME})
    before = datetime.now(UTC)
    web = open_client(POLICY)
    source = poll(server.url("/feed"), etag='"7"', last_modified="Tue, 01 Jan 2030 12:00:00 GMT")
    got = retrieve_source(source, web)
    assert (got.source, got.body, got.code) == (source, b"", None)
    assert got.response is not None
    assert got.response.status == 304
    assert got.at is not None
    assert timedelta(0) <= got.at - before < timedelta(seconds=5)
    headers = server.requests()[-1].headers
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"7"', "Tue, 01 Jan 2030 12:00:00 GMT")


@pytest.mark.parametrize(
    "change", [{"first": 3}, {"feed": None}, {"feed": FeedState(feed_url="x")}], ids=["rest", "once", "new"]
)
def test_what_is_asked_without_a_condition(serve: Serve, change: dict[str, Any]) -> None:
    server = serve({"/feed": Reply(FEED)})
    source = replace(poll(server.url("/feed"), etag='"7"'), **change)
    assert conditional_headers_of(source) == ()
    assert retrieve_source(source, open_client(POLICY)).body == FEED
    assert "If-None-Match" not in server.requests()[-1].headers


def test_a_moved_feed_is_requested_at_its_new_address(serve: Serve) -> None:
    old, new = serve({"*": Reply(status=500)}), serve({"/feed": Reply(FEED)}, host="127.0.0.2")
    source = poll(old.url("/feed"), address=new.url("/feed"), etag='"7"')
    assert requested_address(source) == new.url("/feed")
    got = retrieve_source(source, open_client(POLICY))
    assert (got.body, got.source.uri) == (FEED, old.url("/feed"))
    assert old.log == []


def test_permanent_redirects_are_in_the_result(serve: Serve) -> None:
    server = serve({"/feed": redirect("/news", 301), "/news": Reply(FEED)})
    got = retrieve_source(poll(server.url("/feed")), open_client(POLICY))
    assert got.response is not None
    assert got.response.moved_to == server.url("/news")


FAILURES = [
    (Reply(status=404), "fetch.http_404", 404, None),
    (Reply(status=410), "fetch.http_410", 410, None),
    (Reply(status=429, headers={"Retry-After": "3600"}), "fetch.http_429", 429, 3600.0),
    (Reply(status=503, headers={"Retry-After": "Fri, 01 Jan 2038 00:00:00 GMT"}), "fetch.http_5xx", 503, "years"),
    (Reply(status=503), "fetch.http_5xx", 503, None),
    (Reply(raw=b"hello\r\n"), "fetch.protocol", None, None),
    (Reply(status=304), "fetch.protocol", 304, None),
]


@pytest.mark.parametrize(("reply", "code", "status", "patience"), FAILURES)
def test_failures(serve: Serve, reply: Reply, code: str, status: int | None, patience: Any) -> None:
    server = serve({"/feed": reply})
    got = retrieve_source(poll(server.url("/feed")), open_client(POLICY))
    assert (got.code, got.status, got.response, got.body) == (code, status, None, b"")
    assert got.at is not None
    if patience == "years":
        assert got.retry_after_s is not None
        assert got.retry_after_s > 1e6
    else:
        assert got.retry_after_s == patience


def test_feeds_of_one_host_are_requested_one_by_one(serve: Serve) -> None:
    server = serve({"/robots.txt": Reply(status=404), "*": Reply(FEED, delay_s=0.05)})
    sources = [poll(f"https://old{n}.example/feed", address=server.url(f"/{n}")) for n in range(4)]
    result = collect([*sources, poll("mailto:desk@river.example")], RetrieveSources(policy=POLICY))
    assert Counter(got.code for got in result.retrieved) == {None: 4, "fetch.bad_url": 1}
    log = server.requests()
    assert [asked.path for asked in log] == ["/robots.txt", "/0", "/1", "/2", "/3"]
    assert all(later.started - earlier.started > 0.045 for earlier, later in pairwise(log[1:]))  # one after the other
    assert Counter(request.purpose for request in result.requests) == {"robots": 1, "feed": 4}
    assert Counter(request.url for request in result.requests) == Counter(server.url(path) for path in server.paths())
