"""Lists of feeds: read, merged, added to, written as OPML and back."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import AlreadySubscribed, ListError
from tests.support.servers import Reply, Serve, serve
from transforms.subscriptions.feeds_toml import feed_to_toml, interval_text, parse_feeds_toml, parse_interval
from transforms.subscriptions.lists import (
    Subscription,
    Subscriptions,
    add_feed,
    add_feeds,
    read_subscriptions,
    subscriptions_to_sources,
    write_opml,
    write_toml,
)

__all__ = ["serve"]

TOML = """\
# my feeds
[[feed]]
url = "https://post.example/feed?b=2&a=1"   # the best
title = "Harbour Post"
tags = ["ports", " north  sea "]
min_interval = "15m"
max_interval = 86400

# slow machine, be kind
[hosts."Post.example"]
delay_s = 2.5

[hosts."old.example:8080"]
delay_s = 10

[[feed]]
url = "https://old.example:8080/rss"
# the end
"""
POST = Subscription("https://post.example/feed?b=2&a=1", "Harbour Post", ("ports", "north sea"), 900, 86400)
OLD = Subscription("https://old.example:8080/rss")
NEW = Subscription("https://new.example/feed", 'The "New"\tPost', ("a\\b",), 5400)


def test_a_feeds_toml(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(TOML)
    delays = (("old.example:8080", 10.0), ("post.example", 2.5))
    assert read_subscriptions(str(path)) == Subscriptions((POST, OLD), delays)
    path.write_text("\ufeff" + TOML.replace("\n", "\r\n"))
    assert read_subscriptions(str(path)) == Subscriptions((POST, OLD), delays)
    path.write_text("# nothing yet\n")
    assert read_subscriptions(str(path)) == Subscriptions()


def test_sources() -> None:
    first, second = subscriptions_to_sources(Subscriptions((POST, OLD)))
    assert (first.uri, first.tags, first.listed_in) == (POST.url, POST.tags, None)
    assert first.feed is not None
    assert (first.feed.feed_url, first.feed.title, first.feed.status) == (POST.url, "Harbour Post", "new")
    assert (first.feed.min_interval_s, first.feed.max_interval_s) == (900, 86400)
    assert second.feed is not None
    assert second.feed.min_interval_s is None


WRONG = [
    ('[[feed]]\nurl = "post.example"', 2, "absolute http"),
    ('[[feed]]\ntitle = "x"', 1, "url is missing"),
    (
        '[[feed]]\nurl = "https://a.example/"\n\n[[feed]]\nurl = "https://b.example/"\ntitel = "x"',
        6,
        "did you mean title?",
    ),
    ('[[feed]]\nurl = "https://a.example/"\nfoo = 1', 3, "known here are url, title"),
    ('[[feed]]\nurl = "https://a.example/"\ntags = "x"', 3, "list of strings"),
    ('[[feed]]\nurl = "https://a.example/"\ntitle = 3', 3, "string in quotes"),
    ('[[feed]]\nurl = "https://a.example/"\nmin_interval = "soon"', 3, "'soon': give seconds, or a string like"),
    ('[[feed]]\nurl = "https://a.example/"\nmin_interval = true', 3, "give seconds"),
    ('[[feed]]\nurl = "https://a.example/"\nmax_interval = "0s"', 3, "from 1 second"),
    ('[[feed]]\nurl = "https://a.example/"\nmin_interval = "1d"\nmax_interval = "1h"', 4, "at least min_interval"),
    ('[feed]\nurl = "https://a.example/"', 1, "in double brackets"),
    ('[[feeds]]\nurl = "https://a.example/"', 1, "did you mean feed?"),
    ('[hosts."a.example"]\ndelay_s = 1\n[hosts."b.example"]\ndelay_s = -1', 4, "from 0 to 3600"),
    ('[hosts."a.example/b"]\ndelay_s = 1', 1, "name a host"),
    ('[hosts]\n"a.example" = 5', 2, "write [hosts."),
    ("[[feed]]\nurl = https://a.example/", 2, "is not TOML"),
    (f"[[feed]]\nmin_interval = {'9' * 5_000}", None, "is not TOML"),
    ('feed = [{url = "https://a.example/"}, {url = 7}]', None, "feed 2: url is '7'"),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG)
def test_what_is_wrong_is_named(text: str, line: int | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(text)
    with pytest.raises(ListError, match=re.escape(words)) as caught:
        read_subscriptions(str(path))
    assert str(path) in str(caught.value)
    assert line is None or f"line {line}" in str(caught.value)


def test_lists_that_cannot_be_read(tmp_path: Path) -> None:
    cases = {
        "feeds.toml": (b"\n\xff", "line 2"),
        "page.htm": (b"<html><p>Log in</p></html>", "is not a list of feeds but html"),
    }
    for name, (data, words) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ListError, match=words):
            read_subscriptions(str(tmp_path / name))
    for name in ("none.toml", "."):
        with pytest.raises(ListError, match=r"does not exist|cannot be read"):
            read_subscriptions(str(tmp_path / name))


OPML = b"""<?xml version="1.0"?><opml version="2.0"><head/><body>
<outline text="World"><outline text="Norden"><outline type="rss" text="Post" xmlUrl="feed:https://post.example/f"/>
</outline><outline xmlUrl="https://b.example/f" text="https://b.example/f" category="/x"/></outline>
<outline text="Again" xmlUrl="http://post.example/f"/><outline text="here" xmlUrl="feeds/local.xml"/>
<outline text="Site" htmlUrl="https://site.example/"/><outline type="include" text="More" url="https://m.example/o"/>
</body></opml>"""


def test_opml(tmp_path: Path) -> None:
    path = tmp_path / "mine.opml"
    path.write_bytes(OPML)
    found = read_subscriptions(str(path))
    assert found.feeds == (
        Subscription("https://post.example/f", "Post", ("World", "Norden")),
        Subscription("https://b.example/f", None, ("World", "x")),
    )
    assert [warning.partition(" ")[0] for warning in found.warnings] == [
        "'feeds/local.xml'",
        "https://site.example/",
        "https://m.example/o",
        "http://post.example/f",
    ]
    there = read_subscriptions("https://lists.example/mine.opml", get=lambda _: OPML)
    assert there.feeds[2].url == "https://lists.example/feeds/local.xml"
    path.write_bytes(b"<opml><body/></opml>")
    with pytest.raises(ListError, match=r"mine\.opml: no outline"):
        read_subscriptions(str(path))


def test_an_address_is_a_feed_unless_it_is_named_as_a_list() -> None:
    found = read_subscriptions("https://a.example/feed.xml")
    assert found == Subscriptions((Subscription("https://a.example/feed.xml"),))
    with pytest.raises(ListError, match=r"is not a list of feeds but rss: add it"):
        read_subscriptions("https://a.example/opml", get=lambda _: b"<rss version='2.0'><channel/></rss>")


def test_a_list_on_the_web_is_asked_for_politely(serve: Serve) -> None:
    site = serve({"/mine.opml": Reply(OPML)})
    with pytest.raises(ListError, match=r"cannot be read: fetch\.private_address"):
        read_subscriptions(site.url("/mine.opml"))
    assert site.log == []


def test_plain_addresses(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("# mine\nhttps://a.example/f\nhtp://b.example/f\nhttps://a.example/f?utm_source=x\n")
    found = read_subscriptions(str(path))
    assert [feed.url for feed in found.feeds] == ["https://a.example/f"]
    assert len(found.warnings) == 2


def test_listed_twice() -> None:
    text = "\n".join(
        feed_to_toml(feed)
        for feed in (
            Subscription("https://a.example/f", None, ("x",), 60),
            Subscription("http://a.example/f#top", "A", ("y", "x"), 90, 120),
        )
    )
    found = parse_feeds_toml(text)
    assert found.feeds == (Subscription("https://a.example/f", "A", ("x", "y"), 60, 120),)
    assert found.warnings == ("http://a.example/f#top is listed twice, merged with https://a.example/f",)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [TOML, TOML.rstrip("\n"), "\ufeff" + TOML, "", "# only words"])
def test_adding_changes_no_byte(text: str, newline: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    data = text.replace("\n", newline).encode()
    path.write_bytes(data)
    before = read_subscriptions(str(path)).feeds
    add_feed(str(path), NEW)
    after = path.read_bytes()
    assert after.startswith(data)
    assert (b"\r\n" in after) == (b"\r\n" in data)
    made = Subscription(NEW.url, 'The "New" Post', NEW.tags, NEW.min_interval_s)
    assert read_subscriptions(str(path)).feeds == (*before, made)
    with pytest.raises(AlreadySubscribed, match="already"):
        add_feed(str(path), Subscription("http://NEW.example/feed?utm_source=x"))
    assert path.read_bytes() == after


def test_adding_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "feeds.toml"
    assert add_feeds(str(path), [POST, OLD, POST]) == (POST, OLD)
    assert path.read_bytes() == write_toml(Subscriptions((POST, OLD)))
    assert add_feeds(str(path), [OLD]) == ()
    link = tmp_path / "feeds.toml"
    link.symlink_to(path)
    add_feed(str(link), NEW)
    assert link.is_symlink()
    assert len(read_subscriptions(str(path)).feeds) == 3


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("feeds.toml", b'feed = [{url = "https://a.example/"}]', r"below a line \[\[feed\]\]"),
        ("feeds.toml", b"[[feed]]\nurl = 1", "line 2"),
        ("mine.opml", OPML, "is not a feeds.toml"),
        ("list.txt", b"https://a.example/\n", "is not a feeds.toml"),
    ],
)
def test_what_cannot_be_added_to_stays(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ListError, match=words):
        add_feed(str(path), NEW)
    assert path.read_bytes() == data


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_quoted(text: str) -> None:
    feed = Subscription("https://a.example/", text, (text,))
    shown = tomllib.loads(feed_to_toml(feed))["feed"][0]
    wanted = text.encode("utf-8", "replace").decode()
    assert shown.get("title", "") == wanted
    assert shown["tags"] == [wanted]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_fail_only_as_a_wrong_value(data: bytes) -> None:
    for start in (b"", b"[[feed]]\nurl=", b"<opml><body><outline xmlUrl='"):
        for name in ("https://a.example/list", "https://a.example/feeds.toml"):
            try:
                read_subscriptions(name, is_list=True, get=lambda _, given=start + data: given)  # type: ignore[misc]
            except ListError as error:
                assert name in str(error)


@settings(deadline=None)
@given(st.integers(1, 366 * 86400))
def test_intervals_are_written_as_they_are_read(seconds: int) -> None:
    assert parse_interval(interval_text(seconds)) == seconds


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).map(
    lambda text: " ".join(text.split())
)
FEEDS = st.lists(
    st.builds(
        Subscription,
        url=st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]{0,5}(\?x=[0-9]{1,3}&y=%3[0-9])?", fullmatch=True),
        title=st.one_of(st.none(), WORDS.filter(bool)),
        tags=st.lists(WORDS.filter(bool), max_size=3, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda feed: feed.url,
)


@settings(deadline=None, max_examples=40)
@given(FEEDS)
def test_both_ways(feeds: list[Subscription]) -> None:
    subscriptions = Subscriptions(tuple(feeds))
    read = read_subscriptions("https://a.example/x.opml", get=lambda _: write_opml(subscriptions))
    assert set(read.feeds) == set(feeds)
    assert write_opml(read) == write_opml(subscriptions)
    assert read_subscriptions("https://a.example/x.toml", get=lambda _: write_toml(subscriptions)).feeds == tuple(feeds)
