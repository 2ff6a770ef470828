"""Entries of one feed that share a link: which of them are told apart, and by what."""

import random

import pytest

from schemas.documents import Entry
from transforms.feeds.shared_links import has_enough_text, tell_apart
from transforms.identity import article_id, link_id
from transforms.sources.feed_entries import read_feed

SITE = "https://notices.example/"
LINK = "https://notices.example/board"


def entry(guid: str | None, title: str | None, text: str | None, url: str = LINK) -> Entry:
    return Entry(url=url, entry_id=guid, title=title, summary_html=text)


CASES: list[tuple[str, list[Entry], list[str | None]]] = [
    ("one entry", [entry("1", "A", "x")], [None]),
    ("guid, title and text differ", [entry("1", "A", "x"), entry("2", "B", "y")], ["guid", "guid"]),
    ("guid and title differ", [entry("1", "A", "x"), entry("2", "B", "x")], ["guid", "guid"]),
    ("guid and text differ", [entry("1", "A", "x"), entry("2", "A", "y")], ["guid", "guid"]),
    ("the guid alone differs: a copy", [entry("1", "A", "x"), entry("2", "a ", " x")], [None, None]),
    ("one guid, another text: the same entry again", [entry("1", "A", "x"), entry("1", "A", "y")], [None, None]),
    ("one guid for all tells nothing", [entry("0", "A", "x"), entry("0", "B", "y")], ["text", "text"]),
    ("the link as guid tells nothing", [entry(LINK, "A", "x"), entry(LINK + "#", "B", "y")], ["text", "text"]),
    ("no guid", [entry(None, "A", "x"), entry(None, "B", "y")], ["text", "text"]),
    ("no guid, no title", [entry(None, None, "x"), entry(None, None, "y")], ["text", "text"]),
    ("no guid, two teasers of one article", [entry(None, "A", "x"), entry(None, "A", "y")], [None, None]),
    ("some guids", [entry("1", "A", "x"), entry(None, "B", "y")], ["guid", "text"]),
    ("a guid twice", [entry("1", "A", "x"), entry("1", "B", "y"), entry("2", "C", "z")], ["text", "text", "guid"]),
    ("an entry twice", [entry("1", "A", "x"), entry("1", "A", "y"), entry("2", "C", "z")], ["guid", "guid", "guid"]),
    ("nothing but titles", [entry("1", "A", None), entry("2", "B", " ")], [None, None]),
    ("one has a title alone", [entry("1", "A", None), entry("2", "B", "y")], [None, None]),
    (
        "tracking is not a difference",
        [entry("1", "A", "x", LINK + "?utm_source=rss"), entry("2", "B", "y", LINK + "?source=rss-12")],
        ["guid", "guid"],
    ),
    (
        "fragments",
        [entry("1", "A", "x", LINK + "#a"), entry("2", "B", "y", LINK + "#b")],
        ["fragment", "fragment"],
    ),
    (
        "fragments, and the page itself",
        [entry("1", "A", "x"), entry("2", "B", "y", LINK + "#b"), entry("3", "C", "z", LINK + "#c")],
        [None, "fragment", "fragment"],
    ),
    (
        "a fragment that two have",
        [entry("1", "A", "x", LINK + "#a"), entry("2", "B", "y", LINK + "#a")],
        ["guid", "guid"],
    ),
    (
        "a fragment for tracking",
        [entry("1", "A", "x", LINK + "#utm_id=1"), entry("2", "B", "y", LINK + "#utm_id=2")],
        ["guid", "guid"],
    ),
    (
        "a fragment, listed twice",
        [entry("1", "A", "x", LINK + "#a"), entry("1", "A", "x", LINK + "#a"), entry("2", "B", "y", LINK + "#b")],
        ["fragment", "fragment", "fragment"],
    ),
    (
        "routes are addresses",
        [entry("1", "A", "x", LINK + "#!/a"), entry("2", "B", "y", LINK + "#/b")],
        [None, None],
    ),
    ("the home page of the feed", [entry("1", "A", "x", SITE + "news/index.php")], ["guid"]),
    ("the root of a site", [entry("1", "A", "x", "http://elsewhere.example?utm_source=x")], ["guid"]),
    ("a home page, without guid", [entry(None, "A", "x", "https://elsewhere.example/")], ["text"]),
    ("a home page as guid", [entry("https://elsewhere.example", "A", "x", "https://elsewhere.example/")], ["text"]),
    ("a home page with fragment, alone", [entry(None, "A", "x", "https://elsewhere.example/#7")], ["fragment"]),
    (
        "a home page with fragments",
        [entry("1", "A", "x", "https://elsewhere.example/#7"), entry("2", "B", "y", "https://elsewhere.example/")],
        ["fragment", "guid"],
    ),
    ("no link", [Entry(title="A", summary_html="x")], [None]),
    ("a link that is none", [entry("1", "A", "x", "https://[bad"), entry("2", "B", "y", "https://[bad")], [None] * 2),
]


@pytest.mark.parametrize(("what", "entries", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_tells_entries_apart(what: str, entries: list[Entry], expected: list[str | None]) -> None:
    told = tell_apart(entries, site_url="https://notices.example/news/index.php")
    assert [one.told_by for one in told] == expected
    assert [(one.entry_id, one.title) for one in told] == [(one.entry_id, one.title) for one in entries]


def test_the_order_of_a_feed_is_nothing() -> None:
    entries = [one for _, group, _ in CASES for one in group]
    told = tell_apart(entries, site_url=None)
    order = list(range(len(entries)))
    random.Random(1).shuffle(order)
    again = tell_apart([entries[place] for place in order], site_url=None)
    assert [again[order.index(place)] for place in range(len(entries))] == list(told)


def test_ids_of_entries_that_share_a_link() -> None:
    entries = [entry(str(n), f"Title {n}", f"Text {n}") for n in range(3)]
    told = tell_apart(entries, site_url=SITE)
    assert len({article_id(LINK, one.title, "t", one) for one in told}) == 3
    assert {article_id(LINK, one.title, "t", one)[1] for one in told} == {"guid1"}
    assert len({link_id(LINK, one) for one in told}) == 3
    nameless = tell_apart([entry(None, f"Title {n}", f"Text {n}") for n in range(3)], site_url=SITE)
    assert {article_id(LINK, one.title, f"t{n}", one)[1] for n, one in enumerate(nameless)} == {"text1"}
    assert len({link_id(LINK, one) for one in nameless}) == 3


RSS = """<rss version="2.0"><channel><title>Notices</title><link>https://notices.example/</link>
<item><title>Quay closed</title><guid isPermaLink="false">q</guid><link>/board</link>
<description>One.</description></item>
<item><title>Road open</title><guid isPermaLink="false">r</guid><link>/board</link>
<description>Two.</description></item>
</channel></rss>"""

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://notices.example/", "items": [
{"id": "q", "url": "https://notices.example/", "title": "Quay closed", "content_text": "One."}]}"""


@pytest.mark.parametrize(("kind", "body"), [("rss", RSS), ("json_feed", JSON_FEED)])
def test_feeds_of_all_kinds_tell(kind: str, body: str) -> None:
    assert {one.told_by for one in read_feed(body.encode(), kind=kind).entries} == {"guid"}


def test_what_is_too_short_to_be_read() -> None:
    assert not has_enough_text(entry("1", "A", "<a href='https://very.long.example/address/of/comments'>Comments</a>"))
    assert has_enough_text(entry("1", "A", "The harbour board has decided to close the quay on Monday."))
