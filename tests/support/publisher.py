"""A publisher on this machine: a feed, the pages that it names, and what a test changes between two polls.

with Publisher("Kestrel") as paper:
    paper.publish("/a", "Ferry late", ["The ferry came late on Monday.", "It was the third time this year."])
    ...                     # a run polls paper.feed_url and fetches the page
    paper.remove("/a")
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from hashlib import blake2b
from html import escape
from typing import Any

from tests.support.servers import Reply, Server

HELD_S = 600.0
"""Longest time that a page is held back; a test that fails meanwhile must end."""


@dataclass(kw_only=True)
class Story:
    """One article as the publisher has it.

    Args:
        title: headline of the page and title of the entry.
        paragraphs: text of the page.
        guid: of the entry; None leaves it out.
        summary: of the entry; None leaves it out.
        published_at: of the entry, Unix seconds; None leaves it out.
    """

    title: str
    paragraphs: tuple[str, ...]
    guid: str | None = None
    summary: str | None = None
    published_at: float | None = None


def make_paragraphs(words: str, place: str, count: int = 4) -> list[str]:
    """Paragraphs that begin with the same words and are long enough for an article.

    Args:
        place: makes them differ from those of another article with the same words.
    """
    return [
        f"{words} Paragraph {n} says what the council of Port Ellery heard on {place}, and who spoke for and against "
        "it in the chamber."
        for n in range(count)
    ]


def make_page(title: str, paragraphs: Iterable[str]) -> str:
    """The HTML of an article."""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(title)}</title></head>'
        f'<body><nav><a href="/">Home</a></nav><article><h1>{escape(title)}</h1>{text}</article></body></html>'
    )


def make_etag(body: str) -> str:
    """An ETag that is the same for the same body alone."""
    return f'"{blake2b(body.encode(), digest_size=8).hexdigest()}"'


class Publisher(Server):
    """A server with a feed and its pages; it answers a conditional request for an unchanged feed with 304.

    Args:
        name: title of the feed.
        host: address to listen on.

    Attributes:
        stories: path to article, in the order of the feed. Changed by tests.
        link_suffixes: path to what is added to its link in the feed, such as parameters for tracking.
        on_poll: called before each answer for the feed with the number of polls before.
        polls: answers for the feed so far, 304 included.
        pages_open: while cleared, no page is answered.
    """

    def __init__(self, name: str = "Paper", *, host: str = "127.0.0.1") -> None:
        super().__init__(host=host)
        self.name = name
        self.stories: dict[str, Story] = {}
        self.link_suffixes: dict[str, str] = {}
        self.on_poll: Callable[[int], None] = lambda _: None
        self.polls = 0
        self.pages_open = threading.Event()
        self.pages_open.set()
        self._changing = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget all stories and polls: what follows is as with a new publisher at the same address."""
        with self._changing:
            self.stories.clear()
            self.link_suffixes.clear()
            self.polls = 0
        self.routes.clear()
        self.routes["/robots.txt"] = Reply(status=404)
        self.routes["/feed.xml"] = self._answer_feed
        self.routes["*"] = self._answer_page

    @property
    def feed_url(self) -> str:
        """Address of the feed."""
        return self.url("/feed.xml")

    def publish(self, path: str, title: str, paragraphs: Iterable[str], **more: Any) -> None:
        """Add an article, or replace the one of that path at its place in the feed.

        Args:
            more: further attributes of the Story.
        """
        with self._changing:
            self.stories[path] = Story(title=title, paragraphs=tuple(paragraphs), **more)

    def publish_words(self, path: str, title: str, words: str, **more: Any) -> None:
        """Publish an article whose summary is these words, which begin its paragraphs, and whose guid is its path.

        Args:
            more: attributes of the Story that are otherwise.
        """
        given: dict[str, Any] = {"guid": path, "summary": words, **more}
        self.publish(path, title, make_paragraphs(words, f"{path} in the {self.name}"), **given)

    def change(self, path: str, **attributes: Any) -> None:
        """Change attributes of a story."""
        with self._changing:
            self.stories[path] = replace(self.stories[path], **attributes)

    def remove(self, path: str) -> None:
        """Take an article out of the feed; its page is then 404."""
        with self._changing:
            del self.stories[path]

    def asked_pages(self) -> list[str]:
        """Paths of pages that were asked for, in order."""
        return [path for path in self.paths() if path not in ("/feed.xml", "/robots.txt")]

    def entries(self) -> Mapping[str, Story]:
        """The stories that are in the feed now, in its order."""
        return self.stories

    def feed(self) -> str:
        """The feed as it is now, RSS 2.0."""
        items = "".join(self._item(path, story) for path, story in self.entries().items())
        head = f"<title>{escape(self.name)}</title><link>{self.url()}</link>"
        return f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>\n'

    def etag(self) -> str:
        """ETag of the feed as it is now."""
        return make_etag(self.feed())

    def page(self, path: str) -> str | None:
        """The HTML of a page as it is now; None where there is none."""
        story = self.stories.get(path)
        return make_page(story.title, story.paragraphs) if story else None

    def _item(self, path: str, story: Story) -> str:
        lines = [
            f"<title>{escape(story.title)}</title>",
            f"<link>{escape(path + self.link_suffixes.get(path, ''))}</link>",
        ]
        if story.guid is not None:
            lines.append(f'<guid isPermaLink="false">{escape(story.guid)}</guid>')
        if story.summary is not None:
            lines.append(f"<description>{escape(story.summary)}</description>")
        if story.published_at is not None:
            lines.append(f"<pubDate>{formatdate(story.published_at)}</pubDate>")
        return f"<item>{''.join(lines)}</item>"

    def _answer_feed(self, path: str) -> Reply:
        with self._changing:
            self.on_poll(self.polls)
            self.polls += 1
            body = self.feed()
        etag = make_etag(body)
        headers = {"ETag": etag, "Content-Type": "application/rss+xml"}
        asked = [request.headers for request in self.requests() if request.path == path]
        if asked and asked[-1].get("If-None-Match") == etag:
            return Reply(status=304, headers=headers)
        return Reply(body, headers=headers)

    def _answer_page(self, path: str) -> Reply:
        with self._changing:
            body = self.page(path)
        if body is None:
            return Reply("not here", status=404)
        self.pages_open.wait(HELD_S)
        return Reply(body)
