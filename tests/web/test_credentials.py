"""User names and passwords in addresses are sent to their origin only."""

import time
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import Entry, Link, Origin, Source
from schemas.feeds import FeedState
from schemas.trouble import LeftOut, Trouble
from schemas.userinfo import mask_userinfo, strip_userinfo
from tests.support.servers import Reply, Serve, redirect
from transforms.web.client import HttpClient
from transforms.web.credentials import credentials_for, merge_credentials, split_credentials
from transforms.web.policy import FetchPolicy

POLICY = FetchPolicy(timeout_s=2, deadline_s=4, delay_s=0, allow_private=True, keep_exchange=True)
STORY = "<!DOCTYPE html><title>Ferry resumes</title><p>The ferry between Norrby and Sund sails again.</p>"
BASIC = "Basic " + b64encode("olga:pä ss@".encode()).decode()


def with_secret(url: str, secret: str = "olga:p%C3%A4%20ss@") -> FetchPolicy:
    _, found = split_credentials(url.replace("://", f"://{secret}@"))
    assert found is not None
    return replace(POLICY, credentials=(found,))


SPLIT = {
    "https://u:p@news.example/a": ("https://news.example/a", "u", "p"),
    "HTTP://u@news.example:8080": ("HTTP://news.example:8080", "u", ""),
    "https://a@b:c@d@news.example/x@y": ("https://news.example/x@y", "a@b", "c@d"),
    "http://:token@news.example/": ("http://news.example/", "", "token"),
    "https://u:p@[::1]:8080/a": ("https://[::1]:8080/a", "u", "p"),
    "https://u:p@news.example:99999/": ("https://news.example:99999/", None, None),
    "https://u:p@/": ("https:///", "u", "p"),
    "https://@news.example/": ("https://news.example/", None, None),
    "https://news.example/@desk?mail=a@b": ("https://news.example/@desk?mail=a@b", None, None),
    "https://u:p/q?r@news.example/": ("https://news.example/", None, None),
    "https://news.example:8080/@desk": ("https://news.example:8080/@desk", None, None),
    "https://news.example:/@desk": ("https://news.example:/@desk", None, None),
    "https://[::1]:8080/@desk": ("https://[::1]:8080/@desk", None, None),
    "news@example.org": ("news@example.org", None, None),
    "data/a@b.html": ("data/a@b.html", None, None),
}


@pytest.mark.parametrize(("url", "parts"), SPLIT.items())
def test_splitting(url: str, parts: tuple[str, str | None, str | None]) -> None:
    bare, found = split_credentials(url)
    assert (bare, found and found.user, found and found.password) == parts


def test_they_are_sent_to_their_origin_alone(serve: Serve) -> None:
    other = serve({"*": Reply(STORY)}, host="127.0.0.2")
    server = serve({"/feed": redirect("/news"), "/news": Reply(STORY), "/away": redirect(other.url("/b"))})
    with HttpClient(with_secret(server.url("/feed"))) as client:
        page = client.get(server.url("/feed"))
        client.get(server.url("/away"))
        client.get(server.url("/news").replace("127.0.0.1", "127.0.0.2").replace(str(server.port), str(other.port)))
    assert [asked.headers.get("Authorization") for asked in server.requests()] == [BASIC] * 3
    assert [asked.headers.get("Authorization") for asked in other.requests()] == [None] * 2
    heads = [exchange.request_head for exchange in page.response.exchanges]
    assert all(b"Authorization: ***\r\n" in head for head in heads)
    assert not any(BASIC.encode() in head for head in heads)


@pytest.mark.parametrize(
    ("given_for", "url", "is_sent"),
    [
        ("http://a.example/feed", "http://a.example/b", True),
        ("http://a.example/feed", "https://a.example/b", True),
        ("https://a.example/feed", "http://a.example/b", False),
        ("https://a.example/feed", "https://A.example:443/b", True),
        ("http://a.example:8080/", "https://a.example/", False),
        ("http://a.example/", "http://www.a.example/", False),
        ("http://a.example/", "http://a.example:8080/", False),
        ("http://a.example/", "http://a.example.evil.example/", False),
        ("http://a.example/", "http://a.example:x/", False),
    ],
)
def test_where_they_go(given_for: str, url: str, is_sent: bool) -> None:
    assert (credentials_for(url, with_secret(given_for).credentials) is not None) is is_sent


def test_no_representation_shows_them() -> None:
    policy = with_secret("https://news.example/", "SECRETUSER:SECRETPW")
    assert "SECRET" not in repr(policy) + repr(policy.credentials) + str(policy.credentials[0])
    assert policy != POLICY


def test_one_host_is_sent_one() -> None:
    one, two = (with_secret("https://news.example/", secret).credentials[0] for secret in ("a:b", "a:c"))
    assert merge_credentials([one, one]) == (one,)
    with pytest.raises(ValueError, match=r"two user names or passwords for https://news.example:443"):
        merge_credentials([one, two])


def test_a_refusal_says_how_to_give_them(serve: Serve) -> None:
    server = serve({"/": Reply(status=401)})
    with HttpClient(POLICY) as client, pytest.raises(Trouble, match="user:password") as caught:
        client.get(server.url("/"))
    assert (caught.value.code, caught.value.status) == ("fetch.http_4xx", 401)


SECRET = "https://SECRETUSER:SECRETPW@news.example/a"


def test_records_and_messages_hold_none() -> None:
    entry = Entry(url=SECRET, image_url=SECRET, feed_url=SECRET)
    origin = Origin(uri=SECRET, kind="rss")
    made = [
        Source(uri=SECRET, listed_in=origin, feed=FeedState(feed_url=SECRET, address=SECRET, hub_url=SECRET)),
        Link(url=SECRET, origin=origin, entry=entry),
        replace(Source(uri="a.html"), uri=SECRET),
        Trouble("fetch.bad_url", f"not an address: {SECRET!r}"),
        LeftOut("fetch.off", f"not asked for: {SECRET}"),
    ]
    assert "SECRET" not in repr(made)
    assert Source(uri="a@b/c.html").uri == "a@b/c.html"


@given(st.text("htps:/@ab.?#", max_size=40))
def test_any_text(text: str) -> None:
    assert strip_userinfo(strip_userinfo(text)) == strip_userinfo(text) or "@" in strip_userinfo(text)
    assert mask_userinfo(mask_userinfo(text)) == mask_userinfo(text)
    split_credentials(text)


@pytest.mark.parametrize("piece", ["://a:b", "://", "http://a@", "@", "://a:" + "b" * 300, ":"])
def test_masking_costs_what_the_length_is(piece: str) -> None:
    def cost(size: int) -> float:
        text = "@http://" + piece * (size // len(piece))
        start = time.process_time()
        mask_userinfo(text)
        strip_userinfo(text)
        return time.process_time() - start

    cost(1000)
    assert cost(400_000) < 40 * cost(50_000) + 0.2
