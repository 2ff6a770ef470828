"""Head, entries and hints of a JSON Feed."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import Trouble
from transforms.articles.charsets import Decoded, decode_bytes
from transforms.sources.lenient_json import DECODER, load_lenient, repair_commas, repair_escapes
from transforms.sources.strings import (
    html_to_plain,
    name_json_type,
    plain_to_html,
    squeeze,
    text_or_none,
    unescape_markup,
    unique,
)
from transforms.urls import is_web_url, join_url, split_url


class ParsedJsonFeed(NamedTuple):
    """What a JSON Feed holds; as hints the hub and its own address."""

    title: str | None
    url: str | None
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]
    hints: FeedHints
    lost: tuple[str, ...]
    """Why each item that could not be read was not."""
    decoded: Decoded


_HUB_TYPES = ("websub", "pubsubhubbub")
_ITEMS = re.compile(r'"items"\s{0,100}:\s{0,100}\[')
_OBJECT = re.compile(r'\{\s{0,100}"')
_BETWEEN = re.compile(r"[\s,]*")
_LINE_END = re.compile(r"[\r\n]")
_MAX_ADDRESS_CHARS = 20_000
_MAX_AUTHORS = 500
_MAX_TRIES = 1_000
"""Places at which an item may begin that are tried in one feed after an item that cannot be read."""


def _load(data: bytes, decoded: Decoded) -> tuple[Any, list[str]]:
    """Load the value of a JSON Feed, and why items are missing from it."""
    try:
        return orjson.loads(data if decoded.charset == "utf-8" and data[:1] in b"{[" else decoded.text), []
    except orjson.JSONDecodeError as error:
        why = str(error)
    try:
        return load_lenient(decoded.text), []
    except ValueError:
        text = repair_commas(repair_escapes(decoded.text))
    start = _ITEMS.search(text)
    if start is None:
        raise Trouble("read.bad_feed", f"the JSON Feed is not JSON: {why}"[:300])
    try:
        head = DECODER.decode(text[: start.end()] + "]}")
    except ValueError:
        head = {}
    lost: list[str] = []
    items = list(_items(text, start.end(), lost))
    if not items:
        raise Trouble("read.bad_feed", f"the JSON Feed is not JSON: {why}"[:300])
    return {**(head if isinstance(head, dict) else {}), "items": items}, lost


def _items(text: str, at: int, lost: list[str]) -> Iterator[Any]:
    """Yield the items that can be read, one by one, and note those that cannot."""
    position = tries = 0
    is_lost = False
    while at < len(text) and tries <= _MAX_TRIES:
        match = _BETWEEN.match(text, at)
        at = match.end() if match else at
        if text[at : at + 1] in ("]", ""):
            return
        try:
            value, end = DECODER.raw_decode(text, at)
        except ValueError as error:
            value, end, why = None, at + 1, str(error)
        else:
            why = "no item"
        # After an item that is broken, what begins inside of it is not an item.
        if value is not None and (not is_lost or (isinstance(value, dict) and "id" in value)):
            yield value
            position, at, is_lost = position + 1, end, False
            continue
        if not is_lost:
            lost.append(f"item {position} of the JSON Feed is not JSON: {why}"[:200])
            position, is_lost = position + 1, True
        tries += 1
        following = _OBJECT.search(text, at + 1)
        if following is None:
            return
        at = following.start()


def read_json_feed(data: bytes, *, url: str | None, charset: str | None = None) -> ParsedJsonFeed:
    """Read a JSON Feed 1.0 or 1.1 (https://www.jsonfeed.org/version/1.1/); an item that cannot be read is lost alone.

    Lenient where Python's ``json.dumps`` is: NaN, halves of surrogate pairs, control characters; and with a comma
    too many.

    Args:
        charset: what the transport declares.

    Raises:
        Trouble: read.bad_feed where it is not JSON, or has no list of items.
    """
    decoded = decode_bytes(data, charset=charset, is_xml=True)
    feed, lost = _load(data, decoded)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Trouble("read.bad_feed", "the JSON Feed has no list of items")
    feed_url = url or absolute(None, feed.get("feed_url"))
    link = absolute(feed_url, feed.get("home_page_url"))
    title, language = squeeze(feed.get("title")) or None, _lower(feed.get("language"))
    fallback = _authors(feed)
    items = [item for item in feed["items"] if isinstance(item, dict)]
    lost += [
        f"item {position} of the JSON Feed is {name_json_type(item)}"
        for position, item in enumerate(feed["items"])
        if not isinstance(item, dict)
    ]
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
    return ParsedJsonFeed(title, feed_url, link, language, entries, hints, tuple(lost), decoded)


def absolute(base: str | None, href: Any) -> str | None:
    r"""Return the http(s) address that a link leads to, or None.

    White space is treated as browsers do (https://url.spec.whatwg.org/#concept-basic-url-parser): removed at the ends,
    line ends and tabs removed everywhere, the rest encoded. Blanks beside a line end are the indentation of the file.

    >>> absolute("https://news.example/", " /press releases/May\n3?q=a b ")
    'https://news.example/press%20releases/May3?q=a%20b'
    """
    if not isinstance(href, str) or len(href) > _MAX_ADDRESS_CHARS:
        return None
    joined = "".join(line.strip() for line in _LINE_END.split(href)).replace("\t", "")
    if not joined:
        return None
    joined = join_url(base, joined) or ""
    if re.search(r"\s", split_url(joined).netloc):
        return None
    joined = re.sub(r"\s", lambda space: quote(space[0]), joined)
    return joined if is_web_url(joined) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _lower(value: Any) -> str | None:
    return squeeze(value).lower() or None


def _id(value: Any) -> str | None:
    # Version 1 requires a string and has readers coerce numbers.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else text_or_none(value)


def _hub(feed: dict[str, Any], base: str | None) -> str | None:
    hubs = (hub for hub in _list(feed.get("hubs")) if isinstance(hub, dict))
    urls = (absolute(base, hub.get("url")) for hub in hubs if squeeze(hub.get("type")).lower() in _HUB_TYPES)
    return next((url for url in urls if url), None)


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    # Version 1.0 has "author", 1.1 "authors".
    people = [*_list(item.get("authors")), item.get("author")][:_MAX_AUTHORS]
    return unique(html_to_plain(person.get("name") if isinstance(person, dict) else person) for person in people)


def _content(item: dict[str, Any]) -> str | None:
    text = item.get("content_text")
    markup = text_or_none(item.get("content_html"))
    return (markup and unescape_markup(markup)) or (plain_to_html(text) or None if isinstance(text, str) else None)


def _image(item: dict[str, Any], base: str | None) -> str | None:
    attached = (part for part in _list(item.get("attachments")) if isinstance(part, dict))
    pictures = [part.get("url") for part in attached if str(part.get("mime_type")).startswith("image/")]
    candidates = (absolute(base, href) for href in (item.get("image"), item.get("banner_image"), *pictures))
    return next((url for url in candidates if url), None)
