"""Title, entries and hints of a feed, the same for each format."""

import re
from dataclasses import replace
from typing import Any, NamedTuple
from xml.sax import SAXException

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import LeftOut, Trouble
from transforms.articles.charsets import Decoded, header_label
from transforms.articles.double_utf8 import undo_double_utf8
from transforms.feeds.shared_links import tell_apart
from transforms.sources.entry_links import entry_link, first_web
from transforms.sources.feed_parser import MAX_AUTHOR_CHARS, MAX_TAGS, TEXTS
from transforms.sources.hints import hash_entries, read_hints
from transforms.sources.json_feeds import absolute, read_json_feed
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.strings import (
    html_to_plain,
    is_wrapped,
    plain_to_html,
    squeeze,
    text_or_none,
    unescape_markup,
    unique,
)
from transforms.sources.xml_feeds import part, parts, read_xml_feed
from transforms.sources.xml_text import clean_xml

_ENTRY_TAG = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_ROOT_END = re.compile(
    rb"</(?:\w{1,40}:)?(?:rss|feed|rdf|channel)\s{0,40}(?:>\s{0,40})?(?:</[^<>]{0,40}(?:>\s{0,40})?)?\Z", re.IGNORECASE
)
"""Nothing but the end of the feed: what is ill-formed before it has at least not been cut off."""

_TITLE_FALLBACKS = ("itunes_title", "media_title")
_TEXT_FALLBACKS = ("itunes_summary", "media_description", "itunes_subtitle")
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.IGNORECASE)


class Feed(NamedTuple):
    """One feed, read."""

    kind: str
    title: str | None
    url: str | None
    link: str | None
    language: str | None
    license: str | None
    entries: tuple[Entry, ...]
    lost: tuple[str, ...] = ()
    """Why each entry that could not be read was not."""
    hints: FeedHints = FeedHints()
    """What it says of its schedule, and its entries in short."""
    charset: str | None = None
    """The encoding it was read in, as a row names it, and what decided about it."""
    charset_source: str | None = None


def no_entries(feed: Feed) -> LeftOut:
    """Make what to raise or record for a feed that is well-formed and empty."""
    return LeftOut("read.no_entries", f"the feed {feed.title or feed.url or ''!r} has no entry")


def read_feed(
    data: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    content_language: str | None = None,
    kind: str = "rss",
    limits: ReadLimits | None = None,
) -> Feed:
    """Read every entry of a feed, in order, and its hints; of an ill-formed feed each entry that can be read.

    Relative links are resolved against ``xml:base``; else, in Atom and JSON Feed, against the address of the feed
    (RFC 4287, 2) and, in RSS, which has no rule, against the feed's link, since feeds are often kept elsewhere than
    their articles. What is not http or https afterwards is not a link. Dates stay as published: feedparser makes up
    dates for wrong ones.

    Args:
        url: where the feed was read from.
        content_type: the header it came with; its charset counts.
        content_language: the header, for XML that names no language; a list of languages does not count.
        kind: what :func:`recognize` said: rss, atom, cdf or json_feed.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and gives no entry.
    """
    limits = limits or ReadLimits()
    if len(data) > limits.max_feed_bytes:
        raise Trouble("read.too_large", f"a feed of {len(data)} bytes; {limits.max_feed_bytes} are allowed")
    charset = header_label(content_type)
    if kind == "json_feed":
        title, feed_url, link, language, entries, hints, lost, decoded = read_json_feed(data, url=url, charset=charset)
        feed = Feed(kind, title, feed_url, link, language, None, entries, lost)
        return _hinted(feed._replace(charset=decoded.charset, charset_source=decoded.source), hints)
    check_markup(data, limits=limits)
    data, decoded = clean_xml(data, charset=charset)
    language = (content_language or "").strip()
    is_one = re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}", language)
    base, language_of = url if kind == "atom" else None, language if is_one else None
    found, lost = read_xml_feed(data, base=base, language=language_of)
    if not found.entries:
        error = found.get("bozo_exception")
        is_odd = isinstance(error, SAXException) or not found.get("version")
        if (is_odd and not _ROOT_END.search(data.rstrip()[-400:])) or _ENTRY_TAG.search(data):
            raise Trouble("read.bad_feed", f"no entry could be read: {error or 'no known feed format'}"[:300])
    return _read(found, kind, url, data, decoded)._replace(lost=lost)


def _hinted(feed: Feed, hints: FeedHints) -> Feed:
    feed = feed._replace(entries=tuple(_finished(entry, feed) for entry in feed.entries))
    entry_hashes = hash_entries(feed.entries)
    known = replace(hints, kind=feed.kind, title=feed.title, site_url=feed.link, entry_hashes=entry_hashes)
    return feed._replace(hints=known, entries=tell_apart(feed.entries, site_url=feed.link))


def _finished(entry: Entry, feed: Feed) -> Entry:
    """Complete an entry: add its charset, decode words that were encoded as UTF-8 twice."""
    return replace(
        entry,
        title=_undone(entry.title),
        summary_html=_undone(entry.summary_html),
        content_html=_undone(entry.content_html),
        authors=tuple(map(undo_double_utf8, entry.authors)),
        categories=tuple(map(undo_double_utf8, entry.categories)),
        charset=feed.charset,
        charset_source=feed.charset_source,
    )


def _undone(text: str | None) -> str | None:
    return text and undo_double_utf8(text)


def _read(found: Any, kind: str, url: str | None, data: bytes, decoded: Decoded) -> Feed:
    feed = found.feed
    is_atom = found.version.startswith("atom") or (kind == "atom" and not found.version)
    hints = read_hints(feed, data, base=url)
    feed_url = url or hints.self_url
    link = absolute(feed_url, dict.get(feed, "link"))
    base = (feed_url or link) if is_atom else (link or feed_url)
    head = Feed(
        kind=kind,
        title=_title(feed, is_atom),
        url=feed_url,
        link=link,
        language=_language(feed),
        license=_license(feed, base),
        entries=(),
        charset=decoded.charset,
        charset_source=decoded.source,
    )
    fallback = _names(feed) if is_atom else ()
    entries = tuple(_entry(item, head, base, fallback, atom=is_atom) for item in found.entries)
    return _hinted(head._replace(entries=entries), hints)


def _entry(item: Any, feed: Feed, base: str | None, fallback: tuple[str, ...], *, atom: bool) -> Entry:
    # dict.get: feedparser's own get answers for "updated" with "published" and the like.
    published, created = text_or_none(dict.get(item, "published")), text_or_none(dict.get(item, "created"))
    modified = text_or_none(dict.get(item, "updated"))
    if not atom and published is None:
        # What feedparser calls updated is dc:date in an RSS item: the date of the item.
        published, modified = created or modified, modified if created else None
    own = _names(item) or _names(part(item, "source"))
    summary, content = _texts(item, atom)
    return Entry(
        url=entry_link(item, base),
        entry_id=text_or_none(dict.get(item, "id")),
        title=_title(item, atom),
        summary_html=summary,
        content_html=content,
        authors=own or fallback,
        published_raw=published or created,
        modified_raw=modified,
        categories=unique(html_to_plain(tag.get("label") or tag.get("term")) for tag in parts(item, "tags")),
        image_url=_image(item, base),
        language=_language(item) or feed.language,
        license=_license(item, base) or feed.license,
        feed_url=feed.url,
        feed_title=feed.title,
    )


def _title(item: Any, is_atom: bool) -> str | None:
    # Of an element and one of the same name deeper down (media:title) the detail is that of the last.
    detail, value = part(item, "title_detail"), dict.get(item, "title")
    value = detail.get("value") if value is None else value
    if not value:
        others = (text for slot in _TITLE_FALLBACKS for text in _slot_texts(item, (slot,), is_atom))
        return next(map(html_to_plain, others), None) or None
    if is_atom and detail.get("type") == "text/plain" and detail.get("value") == value:
        return squeeze(value) or None
    return html_to_plain(value) or None


def _texts(item: Any, is_atom: bool) -> tuple[str | None, str | None]:
    """Return summary and content of an entry, each from the elements meant for it, whatever their order.

    What a caption says (media:description of a picture) is never the entry's text; what a podcast or a film says of
    itself (itunes:summary, media:description of a group) is where the entry has no text at all.
    """
    texts = _slot_texts(item, ("description", "summary"), is_atom) or _slot_texts(item, ("dc_description",), is_atom)
    readable = [each for each in parts(item, "content") if _is_text(each.get("type"))]
    content = max((_html(each, is_atom) or "" for each in readable), key=len, default="") or None
    if not texts and content is None:
        return next((text for slot in _TEXT_FALLBACKS for text in _slot_texts(item, (slot,), is_atom)), None), None
    if content is None and len(texts) > 1:
        longest = max(texts[1:], key=len)
        content = longest if len(longest) > len(texts[0]) else None
    return texts[0] if texts else None, content


def _slot_texts(item: Any, slots: tuple[str, ...], is_atom: bool) -> list[str]:
    """Return the texts of some slots, without empty ones; of deeper elements only where there is no other."""
    found = [(depth, detail) for slot, depth, detail in dict.get(item, TEXTS) or () if slot in slots]
    shallow = min((depth for depth, _ in found), default=0)
    return [text for depth, detail in found if depth == shallow and (text := _html(detail, is_atom))]


def _is_text(media_type: str | None) -> bool:
    return not media_type or media_type.startswith("text/") or media_type.endswith(("html", "xml"))


def _html(part: Any, is_atom: bool) -> str | None:
    value = text_or_none(part.get("value"))
    if not value:
        return None
    value = unescape_markup(value)
    if is_atom and part.get("type") == "text/plain" and not is_wrapped(value):
        return plain_to_html(value)
    return value


def _language(item: Any) -> str | None:
    details = [part(item, "title_detail"), part(item, "summary_detail"), *parts(item, "content")]
    declared = (dict.get(item, "language"), *(detail.get("language") for detail in details))
    return next((value.lower() for value in map(text_or_none, declared) if value), None)


def _license(item: Any, base: str | None) -> str | None:
    links = [link.get("href") for link in parts(item, "links") if link.get("rel") == "license"]
    return first_web(base, links) or html_to_plain(dict.get(item, "rights")) or None


def _image(item: Any, base: str | None) -> str | None:
    media = parts(item, "media_content")
    candidates = [
        each.get("url") for each in media if _is_picture(each.get("medium") or each.get("type"), each.get("url"))
    ]
    candidates += [media.get("url") for media in parts(item, "media_thumbnail")]
    enclosures = [link for link in parts(item, "links") if link.get("rel") == "enclosure"]
    candidates += [link.get("href") for link in enclosures if _is_picture(link.get("type"), link.get("href"))]
    candidates.append(part(item, "image").get("href"))
    return first_web(base, candidates)


def _is_picture(kind: str | None, url: str | None) -> bool:
    return kind.partition("/")[0] == "image" if kind else bool(_PICTURE_NAME.search(url or ""))


def _names(item: Any) -> tuple[str, ...]:
    """Return names of all authors, in order; an address alone is not a name."""
    return unique(_name(detail) for detail in parts(item, "authors")[:MAX_TAGS])


def _name(detail: Any) -> str:
    name = html_to_plain(detail.get("name"))[:MAX_AUTHOR_CHARS]
    name = name.strip(" ()<>,;") if name.count("(") != name.count(")") else name.strip(" <>,;")
    return "" if re.fullmatch(r"[^\s@]+@[^\s@]+", name) else name
