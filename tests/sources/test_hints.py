"""What a feed says of its schedule, its hub and itself."""

import codecs
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import Trouble
from transforms.sources.feed_entries import read_feed
from transforms.sources.hints import hash_entries, read_hints
from transforms.sources.recognize import recognize

NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def rss(head: str, items: str = "") -> bytes:
    return f'<rss version="2.0" {NAMESPACES}><channel>{head}{items}</channel></rss>'.encode()


def hints(data: bytes, url: str | None = "https://post.example/f.xml") -> FeedHints:
    return read_feed(data, url=url, kind=recognize(data[: 1 << 16])).hints


ITEM = "<item><title>{}</title><link>https://post.example/{}</link></item>"
HEADS = [
    ("<ttl>60</ttl>", {"ttl_s": 3600}),
    ("<ttl> 15 minutes </ttl>", {"ttl_s": 900}),
    ("<ttl>0</ttl>", {"ttl_s": None}),
    ("<ttl>-5</ttl>", {"ttl_s": None}),
    ("<ttl>soon</ttl>", {"ttl_s": None}),
    ("<ttl>99999999999</ttl>", {"ttl_s": 366 * 86_400}),
    ("<ttl>" + "9" * 5000 + "</ttl>", {"ttl_s": None}),
    ("<sy:updatePeriod>hourly</sy:updatePeriod>", {"update_interval_s": 3600}),
    ("<sy:updatePeriod> Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
     {"update_interval_s": 21_600}),
    ("<sy:updateFrequency>2</sy:updateFrequency>", {"update_interval_s": 43_200}),
    ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
     {"update_interval_s": 604_800}),
    ("<sy:updatePeriod>often</sy:updatePeriod>", {"update_interval_s": None}),
    ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>999999</sy:updateFrequency>",
     {"update_interval_s": 1}),
    ("<skipHours><hour>0</hour>\n<hour> 7 </hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>",
     {"skip_hours": (0, 7)}),
    ("<skipHours><hour>23</hour></skipHours><skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays>",
     {"skip_hours": (23,), "skip_days": (0, 6)}),
    ("<skipDays><day><![CDATA[Saturday]]></day></skipDays>", {"skip_days": (5,)}),
    ("<!-- <skipHours><hour>3</hour></skipHours> --><skipHours><hour>4</hour></skipHours>", {"skip_hours": (4,)}),
    ("<description><![CDATA[<skipHours><hour>3</hour></skipHours>]]></description>", {"skip_hours": ()}),
    ("<skipHours><hour>3</hour>", {"skip_hours": ()}),
    ('<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="hub" href="https://hub2.example/"/>'
     '<atom:link rel="self" href="https://post.example/rss"/>',
     {"hub_url": "https://hub.example/", "self_url": "https://post.example/rss"}),
    ('<atom:link rel="hub self" href="/both"/>',
     {"hub_url": "https://post.example/both", "self_url": "https://post.example/both"}),
    ('<atom:link rel="hub" href="javascript:x"/>', {"hub_url": None}),
    ("<title>Harbour &amp;amp; &lt;b&gt;Post&lt;/b&gt;</title><link>/news/</link>",
     {"title": "Harbour & Post", "site_url": "https://post.example/news/", "kind": "rss"}),
]  # fmt: skip


@pytest.mark.parametrize(("head", "wanted"), HEADS, ids=[head[:40] for head, _ in HEADS])
def test_hints_of_an_rss_feed(head: str, wanted: dict[str, object]) -> None:
    found = hints(rss(head, ITEM.format("A", 1)))
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert hints(rss(head)) == dataclasses.replace(found, entry_hashes=()), "an empty feed has the same hints"


def test_hints_of_an_atom_feed() -> None:
    data = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:p="http://purl.org/rss/1.0/modules/syndication/">
      <title>Harbour Post</title><link href="/"/><link rel="self" href="f2.xml"/>
      <link rel="hub" href="//hub.example/h"/>
      <p:updatePeriod>hourly</p:updatePeriod><p:updateFrequency>2</p:updateFrequency>
      <entry><id>urn:1</id><title>A</title></entry></feed>"""
    assert hints(data) == FeedHints(
        kind="atom",
        title="Harbour Post",
        site_url="https://post.example/",
        self_url="https://post.example/f2.xml",
        hub_url="https://hub.example/h",
        update_interval_s=1800,
        entry_hashes=hash_entries([Entry(entry_id="urn:1", title="A")]),
    )


def test_hints_after_the_items_and_of_ill_formed_feeds() -> None:
    late = ITEM.format("A & B", 1) + "<skipHours><hour>5</hour></skipHours><ttl>5</ttl>"
    found = hints(rss("", late))
    assert (found.skip_hours, found.ttl_s, len(found.entry_hashes)) == ((5,), 300, 1)


def test_hours_to_skip_in_utf_16() -> None:
    text = "<?xml version='1.0' encoding='utf-16'?>" + rss("<skipHours><hour>5</hour></skipHours>", "").decode()
    assert hints(codecs.BOM_UTF16_LE + text.encode("utf-16-le")).skip_hours == (5,)


@pytest.mark.parametrize(
    "data", [rss("<ttl>60</ttl>"), b'{"version": "https://jsonfeed.org/version/1.1", "items": []}']
)
def test_an_empty_feed_is_read(data: bytes) -> None:
    kind = recognize(data)
    feed = read_feed(data, kind=kind)
    assert (feed.entries, feed.hints.kind) == ((), kind)
    with pytest.raises(Trouble):
        read_feed(data[:-9], kind=kind)


def test_entry_hashes_tell_entries_and_what_they_say_apart() -> None:
    entry = Entry(entry_id="1", url="https://post.example/1", title="A", summary_html="<p>S</p>")
    others = [
        entry,
        dataclasses.replace(entry, title=" a"),
        dataclasses.replace(entry, entry_id="2"),
        dataclasses.replace(entry, url="https://post.example/2"),
        dataclasses.replace(entry, summary_html="<p>T</p>"),
        dataclasses.replace(entry, modified_raw="2024-05-03"),
    ]
    hashes = hash_entries(others)
    assert hashes[0] == hashes[1], "white space and case do not count"
    assert len(set(hashes)) == 5
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in hashes)
    data = rss("", ITEM.format("A", 1) + ITEM.format("B", 2))
    feed = read_feed(data)
    assert feed.hints.entry_hashes == hash_entries(feed.entries)


@given(st.text(alphabet="<>/!-[]CDATAskipHoursday0123 ", max_size=300))
def test_any_markup_gives_hours_and_days_or_nothing(text: str) -> None:
    found = read_hints({}, f"<skipHours>{text}<hour>3</hour></skipHours>".encode(), base=None)
    assert all(0 <= hour <= 23 for hour in found.skip_hours)
    assert all(0 <= day <= 6 for day in found.skip_days)


def test_many_blocks_take_no_time() -> None:
    for data in (b"<!--" + b"<skipHours>" * 100_000, b"<!--skipHours" * 100_000, b"<skipHours>" * 100_000):
        assert read_hints({}, data, base=None).skip_hours == ()
