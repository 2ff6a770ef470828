"""The bytes of one feed go in; its title and entries come out, the same whatever the format."""

import re
from dataclasses import replace
from typing import Any, NamedTuple
from xml.sax import SAXException

from schemas.documents import Entry
from schemas.feeds import FeedHints
from schemas.trouble import LeftOut, Trouble
from transforms.sources.hints import hash_entries, read_hints
from transforms.sources.json_feeds import absolute, read_json_feed
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.originals import entry_link, first_web
from transforms.sources.shared_links import tell_apart
from transforms.sources.strings import html_to_plain, plain_to_html, squeeze, text_or_none, unique
from transforms.sources.xml_feeds import part, parts, read_xml_feed

_ENTRY_TAG = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_ROOT_END = re.compile(
    rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>?\s*(?:</[^<>]{0,40}>?\s*)?(?:<!--[^>]{0,400}-->\s*)?\Z", re.IGNORECASE
)
"""Nothing but the end of the feed: what is ill-formed before it has at least not been cut off."""

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


def parse_feed(
    data: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    content_language: str | None = None,
    kind: str = "rss",
    limits: ReadLimits | None = None,
) -> Feed:
    """As :func:`read_feed`, where a feed without entries is an error.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and gives no entry.
        LeftOut: read.no_entries where it is well and empty.
    """
    feed = read_feed(
        data, url=url, content_type=content_type, content_language=content_language, kind=kind, limits=limits
    )
    if not feed.entries:
        raise no_entries(feed)
    return feed


def no_entries(feed: Feed) -> LeftOut:
    """What to raise or record of a feed that is well and empty."""
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
    """Every entry of a feed, in its order, and its hints; ill-formed feeds give each entry that can be read.

    Relative links are resolved against ``xml:base``; else, in Atom and JSON Feed, against the address of the feed
    (RFC 4287, 2) and, in RSS, which says nothing, against the feed's link, since feeds are often kept elsewhere than
    what they tell of. What is not http or https afterwards is no link. Dates stay as published: feedparser makes up
    dates for wrong ones.

    Args:
        url: where the feed was read from.
        content_type: the header it came with; its charset counts.
        content_language: the header, for XML that names no language; a list of languages says nothing.
        kind: what :func:`recognize` said: rss, atom, cdf or json_feed.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and gives no entry.
    """
    limits = limits or ReadLimits()
    if len(data) > limits.max_feed_bytes:
        raise Trouble("read.too_large", f"a feed of {len(data)} bytes; {limits.max_feed_bytes} are allowed")
    if kind == "json_feed":
        title, feed_url, link, language, entries, hints = read_json_feed(data, url=url)
        return _hinted(Feed(kind, title, feed_url, link, language, None, entries), hints)
    check_markup(data, limits=limits)
    # Without a type feedparser takes ISO 8859-1 before UTF-8, as HTTP once said.
    headers = {"content-type": content_type or "application/xml"} if url or content_type or content_language else {}
    if url and kind == "atom":
        headers["content-location"] = url
    if content_language and re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", content_language.strip()):
        headers["content-language"] = content_language.strip()
    found, lost = read_xml_feed(data.lstrip(b" \t\r\n"), headers)
    if not found.entries:
        error = found.get("bozo_exception")
        is_odd = isinstance(error, SAXException) or not found.get("version")
        if (is_odd and not _ROOT_END.search(data, max(0, len(data) - 4096))) or _ENTRY_TAG.search(data):
            raise Trouble("read.bad_feed", f"no entry could be read: {error or 'no known feed format'}"[:300])
    return _read(found, kind, url, data)._replace(lost=lost)


def _hinted(feed: Feed, hints: FeedHints) -> Feed:
    entry_hashes = hash_entries(feed.entries)
    known = replace(hints, kind=feed.kind, title=feed.title, site_url=feed.link, entry_hashes=entry_hashes)
    return feed._replace(hints=known, entries=tell_apart(feed.entries, site_url=feed.link))


def _read(found: Any, kind: str, url: str | None, data: bytes) -> Feed:
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
    )
    people = _People(data)
    fallback = people.names(feed) if is_atom else ()
    entries = tuple(_entry(item, head, base, people, fallback, atom=is_atom) for item in found.entries)
    return _hinted(head._replace(entries=entries), hints)


def _entry(
    item: Any, feed: Feed, base: str | None, people: "_People", fallback: tuple[str, ...], *, atom: bool
) -> Entry:
    # dict.get: feedparser's own get answers for "updated" with "published" and the like.
    published, created = text_or_none(dict.get(item, "published")), text_or_none(dict.get(item, "created"))
    modified = text_or_none(dict.get(item, "updated"))
    if not atom and published is None:
        # What feedparser calls updated is dc:date in an RSS item: the date of the item.
        published, modified = created or modified, modified if created else None
    own = people.names(item) or people.names(part(item, "source"))
    return Entry(
        url=entry_link(item, base),
        entry_id=text_or_none(dict.get(item, "id")),
        title=_title(item, atom),
        summary_html=_summary(item, atom),
        content_html=_content(item, atom),
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
    if is_atom and detail.get("type") == "text/plain" and detail.get("value") == value:
        return squeeze(value) or None
    return html_to_plain(value) or None


def _summary(item: Any, is_atom: bool) -> str | None:
    detail, value = part(item, "summary_detail"), dict.get(item, "summary")
    if not detail:
        return None  # feedparser has put a copy of the content there
    if detail.get("value") == value or any(each.get("value") == value for each in parts(item, "content")):
        return _html(detail, is_atom)
    return text_or_none(value)


def _content(item: Any, is_atom: bool) -> str | None:
    readable = [each for each in parts(item, "content") if _is_text(each.get("type"))]
    if not is_atom:
        # A second summary, such as the caption in media:description: feedparser calls it content.
        least = len(part(item, "summary_detail").get("value") or "")
        readable = [each for each in readable if each.get("type") != "text/plain" or len(each["value"]) > least]
    return max((_html(each, is_atom) or "" for each in readable), key=len, default="") or None


def _is_text(media_type: str | None) -> bool:
    return not media_type or media_type.startswith("text/") or media_type.endswith(("html", "xml"))


def _html(part: Any, is_atom: bool) -> str | None:
    value = text_or_none(part.get("value"))
    if value and is_atom and part.get("type") == "text/plain":
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


class _People:
    """Reads names out of feedparser's author details.

    feedparser takes two to four letters for the end of an address, so that of ``a@b.online (Ann Lee)``
    there remain ``a@b.onli`` and ``ne (Ann Lee``: the feed itself says what was cut off.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._cut: dict[str, str] = {}

    def names(self, item: Any) -> tuple[str, ...]:
        """Names of all authors, in order; an address alone is no name."""
        details = parts(item, "authors")
        return unique(self._name(detail) for detail in details)

    def _name(self, detail: Any) -> str:
        name, email = html_to_plain(detail.get("name")), detail.get("email") or ""
        rest = self._rest(email) if re.search(r"\.[a-z]{4}$", email, re.IGNORECASE) else ""
        if rest and name.startswith(rest):
            name = name.removeprefix(rest)
        elif rest:
            name = re.sub(rf"[(<\s]*{re.escape(rest)}[)>\s]*$", "", name)
        name = name.strip(" ()<>,;") if name.count("(") != name.count(")") or rest else name.strip(" <>,;")
        return "" if re.fullmatch(r"[^\s@]+@[^\s@]+", name) else name

    def _rest(self, email: str) -> str:
        if email not in self._cut:
            found = re.search(re.escape(email.encode()) + rb"([A-Za-z]+)", self._data)
            self._cut[email] = found.group(1).decode() if found else ""
        return self._cut[email]
