"""What is fed back for a dead letter, and what identifies it."""

import dataclasses
import html
import json
from typing import Any

from schemas.articles import Article, DeadLetter
from schemas.documents import ARCHIVES, FEEDS, Document, Entry, Link, Origin, Source
from schemas.outcomes import ArticleRows, Subject
from schemas.record import from_row, json_date, row
from transforms.identity import link_id, told_by_of
from transforms.parsers import parse_json
from transforms.urls import is_web_url

Key = tuple[str, ...]
"""What identifies the input that a letter is about, whatever went wrong with it."""


def bare(subject: Subject) -> Source | Link | Document | Article:
    """Give a subject without the rows that were made from it."""
    return subject.article if isinstance(subject, ArticleRows) else subject


def origin_of(subject: Subject) -> Origin:
    """Give the place that a subject came from."""
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
    """Give what is fed back for a subject that failed.

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
        return Link(url=url, origin=origin, entry=subject.entry or entry_of(subject))
    return _place(origin)


def _place(origin: Origin) -> Source:
    last = None if origin.position is None else origin.position + 1
    return Source(uri=origin.uri, tags=origin.tags, first=origin.position or 0, last=last, replay_of=origin.replay_of)


def entry_of(article: Article, *, is_read_again: bool = False) -> Entry | None:
    """Give the entry of a stored article, as far as its columns hold it; None where it did not come from a feed.

    Where a page was fetched, it is not known which of the two said what: only what is the feed's for certain counts.
    But if the same page is read again, all may count: what the page says of itself wins over it, as it won before.

    Args:
        is_read_again: the page that was fetched is read again along with the entry.
    """
    if article.source_kind not in FEEDS and all(
        value is None for value in (article.feed_url, article.feed_title, article.feed_entry_id)
    ):
        return None
    source = article.date_published_source
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in article.text.split("\n"))
    certain = Entry(
        url=article.url_requested or article.url,
        entry_id=article.feed_entry_id,
        summary_html=paragraphs if article.text_source == "feed_summary" else None,
        content_html=paragraphs if article.text_source == "feed_content" else None,
        published_raw=article.date_published_raw if source == "feed" else _feed_date(article),
        modified_raw=article.date_published_raw if source == "feed_updated" else None,
        feed_url=article.feed_url,
        feed_title=article.feed_title,
        told_by=told_by_of(article.id_scheme, has_url=article.url is not None),
    )
    if article.fetched_at is not None and not is_read_again:
        return certain
    return dataclasses.replace(
        certain,
        url=article.url,
        title=article.headline,
        authors=tuple(author.name for author in article.authors),
        modified_raw=article.date_modified_raw or certain.modified_raw,
        categories=article.keywords,
        image_url=article.image_url,
        language=article.in_language_declared,
        license=article.license,
    )


def _feed_date(article: Article) -> str | None:
    """Return the date that the feed gave beside the one that was chosen; None where none is stored."""
    return next((date.raw for date in article.date_candidates if date.source == "feed"), None)


def element_key(element: Source | Link) -> Key:
    """Return what identifies an element among those fed back.

    >>> element_key(Source(uri="a.jsonl", first=3, last=4)), element_key(Source(uri="a.jsonl", first=500))
    (('source', 'a.jsonl', '3', '4'), ('source', 'a.jsonl'))
    """
    if isinstance(element, Link):
        return ("link", link_id(element.url, element.entry) or element.url)
    narrow = () if element.last is None else (str(element.first), str(element.last))
    return ("source", element.uri, *narrow)


def with_letter(element: Source | Link, letter_id: str | None) -> Source | Link:
    """Note on an element which letter the rows made from it answer."""
    if isinstance(element, Link):
        return dataclasses.replace(element, origin=dataclasses.replace(element.origin, replay_of=letter_id))
    at = element.listed_in and dataclasses.replace(element.listed_in, replay_of=letter_id)
    return dataclasses.replace(element, listed_in=at, replay_of=letter_id)


def replay_json(subject: Subject) -> str:
    """Encode what is fed back, as ``{"record": name, "value": {…}}``, without page bytes and without a letter."""
    element = element_of(subject)
    value = row(element)
    for part in (value, value.get("origin"), value.get("listed_in")):
        if part is not None:
            part.pop("replay_of", None)
    return json.dumps({"record": type(element).__name__, "value": value}, default=json_date, ensure_ascii=False)


def element_from(record: str, value: dict[str, Any]) -> Source | Link:
    """Decode what is fed back from the two parts of a letter's ``replay_json``.

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
    """Decode what is fed back for a letter.

    Raises:
        ValueError: not the JSON of a letter.
    """
    body = parse_json(replay_json)
    return element_from(body["record"], body["value"])


def answer_to(letter: DeadLetter) -> Source | Link:
    """Decode what is fed back for a letter; the rows that are made from it have the letter as ``replay_of``."""
    return with_letter(replay_element(letter.replay_json), letter.letter_id)
