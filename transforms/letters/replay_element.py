"""What a dead letter keeps of its input goes in; the source or link to feed back comes out, and its identity."""

import json
from typing import Any

from schemas.articles import Article
from schemas.documents import ARCHIVES, FEEDS, Link, Origin, Source
from schemas.record import from_row
from transforms.identity import link_id
from transforms.letters.stored_entry import stored_entry
from transforms.urls import is_web_url

Key = tuple[str, ...]
"""What identifies the input that a letter is about, whatever went wrong with it."""


def element_of(record: str, value: dict[str, Any]) -> Source | Link:
    """What to feed back for the two parts of a letter's ``replay_json``.

    An article goes back as the link it was fetched from, with what its feed said as far as the article keeps
    it; one that was read out of a file as its place in that file.

    Raises:
        ValueError: an unknown record.
    """
    if record == "Link":
        return from_row(Link, value)
    if record == "Source":
        return from_row(Source, value)
    if record != "Article":
        raise ValueError(f"a letter about a {record}, which nothing can be fed back for")
    article = from_row(Article, value)
    at = Origin(uri=article.source_uri, kind=article.source_kind, position=article.source_position, tags=article.tags)
    url = article.url_requested or article.url
    is_of_feed = article.source_kind in FEEDS and is_web_url(at.uri)
    if url is not None and article.source_kind not in ARCHIVES and (article.fetched_at is not None or is_of_feed):
        return Link(url=url, origin=at, entry=stored_entry(article))
    last = None if at.position is None else at.position + 1
    return Source(uri=at.uri, tags=at.tags, first=at.position or 0, last=last)


def element_key(element: Source | Link) -> Key:
    """What identifies an element among those fed back.

    >>> element_key(Source(uri="a.jsonl", first=3, last=4)), element_key(Source(uri="a.jsonl", first=500))
    (('source', 'a.jsonl', '3', '4'), ('source', 'a.jsonl'))
    """
    if isinstance(element, Link):
        return ("link", link_id(element.url, element.entry) or element.url)
    narrow = () if element.last is None else (str(element.first), str(element.last))
    return ("source", element.uri, *narrow)


def replay_element(replay_json: str) -> Source | Link:
    """What to feed back for a letter.

    Raises:
        ValueError: not the JSON of a letter.
    """
    body = json.loads(replay_json)
    return element_of(body["record"], body["value"])
