"""The publisher that tests and benchmarks share."""

from collections.abc import Iterator

import feedparser
import httpx
import pytest

from tests.support.publisher import Publisher, make_paragraphs


@pytest.fixture
def paper() -> Iterator[Publisher]:
    with Publisher("Kestrel & Sons") as made:
        made.publish_words("/a", "Ferry <late>", "The ferry came late.", published_at=1_770_000_000.0)
        made.publish("/b", "Pier", make_paragraphs("The pier is open.", "/b"))
        yield made


def test_the_feed_names_pages_that_are_there(paper: Publisher) -> None:
    parsed = feedparser.parse(httpx.get(paper.feed_url).content)
    assert not parsed.bozo
    assert parsed.feed.title == "Kestrel & Sons"
    first, second = parsed.entries
    assert (first.title, first.id, first.summary) == ("Ferry <late>", "/a", "The ferry came late.")
    assert first.published_parsed[:3] == (2026, 2, 2)
    assert (second.title, second.get("id"), second.get("summary")) == ("Pier", None, None)
    assert "The ferry came late. Paragraph 3" in httpx.get(paper.url(first.link)).text
    assert paper.asked_pages() == ["/a"]
    assert httpx.get(paper.url("/c")).status_code == 404


def test_an_unchanged_feed_is_not_sent_again(paper: Publisher) -> None:
    etag = httpx.get(paper.feed_url).headers["ETag"]
    assert httpx.get(paper.feed_url, headers={"If-None-Match": etag}).status_code == 304
    paper.change("/b", summary="Open at last.")
    assert httpx.get(paper.feed_url, headers={"If-None-Match": etag}).status_code == 200
    assert paper.polls == 3


def test_it_can_change_at_each_poll_and_begin_anew(paper: Publisher) -> None:
    paper.on_poll = lambda polls: paper.remove("/a") if polls == 1 else None
    whole = httpx.get(paper.feed_url).text
    assert "<link>/a</link>" in whole
    assert "<link>/a</link>" not in httpx.get(paper.feed_url).text
    assert httpx.get(paper.url("/a")).status_code == 404
    paper.reset()
    assert (paper.polls, dict(paper.stories)) == (0, {})
