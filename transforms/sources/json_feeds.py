"""The bytes of a JSON Feed go in; its head, entries and hints come out."""

from typing import Any
from urllib.parse import urljoin

import orjson

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import Trouble
from transforms.sources.lists import decode_list, is_web_url
from transforms.sources.strings import html_to_plain, plain_to_html, squeeze, text_or_none, unique

Parsed = tuple[str | None, str | None, str | None, str | None, tuple[Entry, ...], FeedHints]
"""Title, address, link, language, entries, and as hints the hub and its own address."""

_HUB_TYPES = ("websub", "pubsubhubbub")


def load_json(data: bytes) -> Any:
    """JSON in UTF-8 or, by its byte order mark, UTF-16.

    Raises:
        ValueError: anything else.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return orjson.loads(decode_list(data))


def read_json_feed(data: bytes, *, url: str | None) -> Parsed:
    """A JSON Feed 1.0 or 1.1 (https://www.jsonfeed.org/version/1.1/); items that are no objects are dropped.

    Raises:
        Trouble: read.bad_feed where it is no JSON, or has no list of items.
    """
    try:
        feed = load_json(data)
    except ValueError as error:
        raise Trouble("read.bad_feed", f"the JSON Feed is no JSON: {error}"[:300]) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Trouble("read.bad_feed", "the JSON Feed has no list of items")
    feed_url = url or absolute(None, feed.get("feed_url"))
    link = absolute(feed_url, feed.get("home_page_url"))
    title, language = squeeze(feed.get("title")) or None, _lower(feed.get("language"))
    fallback = _authors(feed)
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if feed["items"] and not items:
        raise Trouble("read.bad_feed", "no item of the JSON Feed is an object")
    base = feed_url or link
    entries = tuple(
        Entry(
            url=absolute(base, item.get("url"))
            or absolute(None, item.get("id"))
            or absolute(base, item.get("external_url")),
            entry_id=_id(item.get("id")),
            title=squeeze(item.get("title")) or None,
            summary_html=plain_to_html(item["summary"]) or None if isinstance(item.get("summary"), str) else None,
            content_html=_content(item),
            authors=_authors(item) or fallback,
            published_raw=text_or_none(item.get("date_published")),
            modified_raw=text_or_none(item.get("date_modified")),
            categories=unique(squeeze(tag) for tag in _list(item.get("tags"))),
            image_url=_image(item, base),
            language=_lower(item.get("language")) or language,
            feed_url=feed_url,
            feed_title=title,
        )
        for item in items
    )
    hints = FeedHints(self_url=absolute(feed_url, feed.get("feed_url")), hub_url=_hub(feed, base))
    return title, feed_url, link, language, entries, hints


def absolute(base: str | None, href: Any) -> str | None:
    """The http(s) address that a link leads to, or None."""
    if not isinstance(href, str) or not href.strip():
        return None
    joined = "".join(href.split())
    try:
        joined = urljoin(base, joined) if base else joined
    except ValueError:
        return None
    return joined if is_web_url(joined) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _lower(value: Any) -> str | None:
    return squeeze(value).lower() or None


def _id(value: Any) -> str | None:
    # Version 1 asks for a string and has readers coerce numbers.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else text_or_none(value)


def _hub(feed: dict[str, Any], base: str | None) -> str | None:
    hubs = (hub for hub in _list(feed.get("hubs")) if isinstance(hub, dict))
    urls = (absolute(base, hub.get("url")) for hub in hubs if squeeze(hub.get("type")).lower() in _HUB_TYPES)
    return next((url for url in urls if url), None)


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    # Version 1.0 has "author", 1.1 "authors".
    people = [*_list(item.get("authors")), item.get("author")]
    return unique(html_to_plain(person.get("name")) for person in people if isinstance(person, dict))


def _content(item: dict[str, Any]) -> str | None:
    text = item.get("content_text")
    return text_or_none(item.get("content_html")) or (plain_to_html(text) or None if isinstance(text, str) else None)


def _image(item: dict[str, Any], base: str | None) -> str | None:
    attached = (part for part in _list(item.get("attachments")) if isinstance(part, dict))
    pictures = [part.get("url") for part in attached if str(part.get("mime_type")).startswith("image/")]
    candidates = (absolute(base, href) for href in (item.get("image"), item.get("banner_image"), *pictures))
    return next((url for url in candidates if url), None)
