"""What is fed back for a dead letter, and what identifies it."""

import dataclasses
import json
from typing import Any

from schemas.articles import Article, DeadLetter
from schemas.documents import ARCHIVES, FEEDS, Document, Link, Origin, Source
from schemas.outcomes import ArticleRows, Subject
from schemas.record import from_row, json_date, row
from transforms.identity import link_id
from transforms.letters.stored_entry import stored_entry
from transforms.urls import is_web_url

Key = tuple[str, ...]
"""What identifies the input that a letter is about, whatever went wrong with it."""


def bare(subject: Subject) -> Source | Link | Document | Article:
    """A subject without the rows that were made from it."""
    return subject.article if isinstance(subject, ArticleRows) else subject


def origin_of(subject: Subject) -> Origin:
    """Where a subject came from."""
    subject = bare(subject)
    if isinstance(subject, Source):
        given = Origin(uri=subject.uri, kind="unknown", tags=subject.tags, replay_of=subject.replay_of)
        return subject.listed_in or given
    if isinstance(subject, Article):
        return Origin(
            uri=subject.source_uri,
            kind=subject.source_kind,
            position=subject.source_position,
            tags=subject.tags,
            replay_of=subject.replay_of,
        )
    return subject.origin


def element_of(subject: Subject) -> Source | Link:
    """What to feed back for a subject that failed.

    A fetched page goes back as the Link it came from, with what its feed said; what came out of a file goes back as
    that Source, narrowed down to the one position where the file holds many.
    """
    subject = bare(subject)
    origin = origin_of(subject)
    if isinstance(subject, Link):
        return subject
    if isinstance(subject, Source):
        return dataclasses.replace(subject, feed=None)  # read once, whatever its state is by then
    if isinstance(subject, Document):
        is_fetched = subject.response is not None and origin.kind not in ARCHIVES
        if is_fetched and subject.response is not None and subject.url is not None:
            first = (*subject.response.redirects, subject.response.url)[0]
            return Link(url=first, origin=origin, entry=subject.entry)
        if subject.media == "entry" and subject.url is not None:
            return Link(url=subject.url, origin=origin, entry=subject.entry)
        return _place(origin)
    url = subject.url_requested or subject.url
    is_of_feed = origin.kind in FEEDS and is_web_url(origin.uri)
    if url is not None and origin.kind not in ARCHIVES and (subject.fetched_at is not None or is_of_feed):
        return Link(url=url, origin=origin, entry=subject.entry or stored_entry(subject))
    return _place(origin)


def _place(origin: Origin) -> Source:
    last = None if origin.position is None else origin.position + 1
    return Source(uri=origin.uri, tags=origin.tags, first=origin.position or 0, last=last, replay_of=origin.replay_of)


def element_key(element: Source | Link) -> Key:
    """What identifies an element among those fed back.

    >>> element_key(Source(uri="a.jsonl", first=3, last=4)), element_key(Source(uri="a.jsonl", first=500))
    (('source', 'a.jsonl', '3', '4'), ('source', 'a.jsonl'))
    """
    if isinstance(element, Link):
        return ("link", link_id(element.url, element.entry) or element.url)
    narrow = () if element.last is None else (str(element.first), str(element.last))
    return ("source", element.uri, *narrow)


def with_letter(element: Source | Link, letter_id: str | None) -> Source | Link:
    """The element, with the letter that the rows made from it answer."""
    if isinstance(element, Link):
        return dataclasses.replace(element, origin=dataclasses.replace(element.origin, replay_of=letter_id))
    at = element.listed_in and dataclasses.replace(element.listed_in, replay_of=letter_id)
    return dataclasses.replace(element, listed_in=at, replay_of=letter_id)


def replay_json(subject: Subject) -> str:
    """The element to feed back, as ``{"record": name, "value": {…}}``, without page bytes and without a letter."""
    element = element_of(subject)
    value = row(element)
    for part in (value, value.get("origin"), value.get("listed_in")):
        if part is not None:
            part.pop("replay_of", None)
    return json.dumps({"record": type(element).__name__, "value": value}, default=json_date, ensure_ascii=False)


def element_from(record: str, value: dict[str, Any]) -> Source | Link:
    """What to feed back for the two parts of a letter's ``replay_json``.

    Raises:
        ValueError: an unknown record.
    """
    if record == "Link":
        return from_row(Link, value)
    if record == "Source":
        return from_row(Source, value)
    if record != "Article":  # as earlier versions stored it
        raise ValueError(f"a letter about a {record}, which nothing can be fed back for")
    return element_of(from_row(Article, value))


def replay_element(replay_json: str) -> Source | Link:
    """What to feed back for a letter.

    Raises:
        ValueError: not the JSON of a letter.
    """
    body = json.loads(replay_json)
    return element_from(body["record"], body["value"])


def answer_to(letter: DeadLetter) -> Source | Link:
    """What to feed back for a letter; the rows that come of it name the letter as ``replay_of``."""
    return with_letter(replay_element(letter.replay_json), letter.letter_id)
