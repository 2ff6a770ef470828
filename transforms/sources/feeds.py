"""The bytes of one feed go in; its title and entries come out, the same whatever the format."""

import re
from typing import Any, NamedTuple
from xml.sax import SAXException

from schemas.documents import Entry
from schemas.trouble import LeftOut, Trouble
from transforms.sources.json_feeds import absolute, read_json_feed
from transforms.sources.limits import ReadLimits, check_markup
from transforms.sources.strings import html_to_plain, plain_to_html, squeeze, text_or_none, unique
from transforms.sources.xml_feeds import read_xml_feed

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_ENTRY_TAG = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
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


def parse_feed(
    data: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    kind: str = "rss",
    limits: ReadLimits | None = None,
) -> Feed:
    """Every entry of a feed, in its order; ill-formed feeds give each entry that can be read.

    Relative links are resolved against ``xml:base``, else ``url``, else the feed's own link; what is not
    http or https afterwards is no link. Dates stay as published: feedparser makes up dates for wrong ones.

    Args:
        url: where the feed was read from.
        content_type: the header it came with; its charset counts.
        kind: what :func:`recognize` said: rss, atom, cdf or json_feed.

    Raises:
        Trouble: read.too_large; read.bad_feed where it is ill-formed and gives no entry.
        LeftOut: read.no_entries where it is well and empty.
    """
    limits = limits or ReadLimits()
    if len(data) > limits.max_feed_bytes:
        raise Trouble("read.too_large", f"a feed of {len(data)} bytes; {limits.max_feed_bytes} are allowed")
    if kind == "json_feed":
        feed = Feed(kind, *read_json_feed(data, url=url))
        if not feed.entries:
            raise LeftOut("read.no_entries", f"the JSON Feed {feed.title or url or ''!r} has no item")
        return feed
    check_markup(data, limits=limits)
    headers = {"content-location": url or "", "content-type": content_type or ""}
    known = {name: value for name, value in headers.items() if value}
    found, lost = read_xml_feed(data.lstrip(b" \t\r\n"), known)
    if not found.entries:
        error = found.get("bozo_exception")
        if isinstance(error, SAXException) or not found.get("version") or _ENTRY_TAG.search(data):
            raise Trouble("read.bad_feed", f"no entry could be read: {error or 'no known feed format'}"[:300])
        raise LeftOut("read.no_entries", f"the feed {squeeze(found.feed.get('title', ''))!r} has no entry")
    return _read(found, kind, url, data)._replace(lost=lost)


def _read(found: Any, kind: str, url: str | None, data: bytes) -> Feed:
    feed = found.feed
    is_atom = found.version.startswith("atom") or (kind == "atom" and not found.version)
    self_url = _first_web(url, (link.get("href") for link in _parts(feed, "links") if link.get("rel") == "self"))
    feed_url = url or self_url
    link = absolute(feed_url, dict.get(feed, "link"))
    base = feed_url or link
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
    return head._replace(entries=tuple(_entry(item, head, people, fallback, atom=is_atom) for item in found.entries))


def _entry(item: Any, feed: Feed, people: "_People", fallback: tuple[str, ...], *, atom: bool) -> Entry:
    base = feed.url or feed.link
    # dict.get: feedparser's own get answers for "updated" with "published" and the like.
    published, created = text_or_none(dict.get(item, "published")), text_or_none(dict.get(item, "created"))
    modified = text_or_none(dict.get(item, "updated"))
    if not atom and published is None:
        # What feedparser calls updated is dc:date in an RSS item: the date of the item.
        published, modified = created or modified, modified if created else None
    own = people.names(item) or people.names(_part(item, "source"))
    return Entry(
        url=_link(item, base),
        entry_id=text_or_none(dict.get(item, "id")),
        title=_title(item, atom),
        summary_html=_summary(item, atom),
        content_html=_content(item, atom),
        authors=own or fallback,
        published_raw=published or created,
        modified_raw=modified,
        categories=unique(html_to_plain(tag.get("label") or tag.get("term")) for tag in _parts(item, "tags")),
        image_url=_image(item, base),
        language=_language(item) or feed.language,
        license=_license(item, base) or feed.license,
        feed_url=feed.url,
        feed_title=feed.title,
    )


def _part(item: Any, name: str) -> dict[str, Any]:
    """A value that is a dict, as it is in any feed but a broken one, where it can be a string."""
    value = dict.get(item, name)
    return value if isinstance(value, dict) else {}


def _parts(item: Any, name: str) -> list[dict[str, Any]]:
    value = dict.get(item, name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _first_web(base: str | None, hrefs: Any) -> str | None:
    return next((url for url in (absolute(base, href) for href in hrefs) if url), None)


def _link(item: Any, base: str | None) -> str | None:
    links = _parts(item, "links")
    pages = [link for link in links if link.get("rel") == "alternate" and link.get("type") in _HTML_TYPES]
    others = [link for link in links if link.get("rel") == "alternate"]
    # feedparser denies that a guid is a link wherever there is a link, be it of no use.
    guid = dict.get(item, "id") if dict.get(item, "guidislink") or dict.get(item, "link") else None
    candidates = (
        dict.get(item, "feedburner_origlink"),
        dict.get(item, "pheedo_origlink"),
        *(link.get("href") for link in pages),
        dict.get(item, "link"),
        *(link.get("href") for link in others),
    )
    return _first_web(base, candidates) or _first_web(base if dict.get(item, "guidislink") else None, (guid,))


def _title(item: Any, is_atom: bool) -> str | None:
    detail = _part(item, "title_detail")
    value = detail.get("value") or dict.get(item, "title")
    if is_atom and detail.get("type") == "text/plain":
        return squeeze(value) or None
    return html_to_plain(value) or None


def _summary(item: Any, is_atom: bool) -> str | None:
    detail = _part(item, "summary_detail")
    if not detail:
        return None  # feedparser has put a copy of the content there
    return _html(detail, is_atom)


def _content(item: Any, is_atom: bool) -> str | None:
    readable = [part for part in _parts(item, "content") if _is_text(part.get("type"))]
    return max((_html(part, is_atom) or "" for part in readable), key=len, default="") or None


def _is_text(media_type: str | None) -> bool:
    return not media_type or media_type.startswith("text/") or media_type.endswith(("html", "xml"))


def _html(part: Any, is_atom: bool) -> str | None:
    value = text_or_none(part.get("value"))
    if value and is_atom and part.get("type") == "text/plain":
        return plain_to_html(value)
    return value


def _language(item: Any) -> str | None:
    details = [_part(item, "title_detail"), _part(item, "summary_detail"), *_parts(item, "content")]
    declared = (dict.get(item, "language"), *(detail.get("language") for detail in details))
    return next((value.lower() for value in map(text_or_none, declared) if value), None)


def _license(item: Any, base: str | None) -> str | None:
    links = [link.get("href") for link in _parts(item, "links") if link.get("rel") == "license"]
    return _first_web(base, links) or html_to_plain(dict.get(item, "rights")) or None


def _image(item: Any, base: str | None) -> str | None:
    candidates: list[Any] = []
    for media in _parts(item, "media_content"):
        kind = media.get("medium") or (media.get("type") or "").partition("/")[0]
        if kind == "image" or (not kind and _PICTURE_NAME.search(media.get("url") or "")):
            candidates.append(media.get("url"))
    candidates += [media.get("url") for media in _parts(item, "media_thumbnail")]
    enclosures = [link for link in _parts(item, "links") if link.get("rel") == "enclosure"]
    candidates += [link.get("href") for link in enclosures if (link.get("type") or "").startswith("image/")]
    candidates.append(_part(item, "image").get("href"))
    return _first_web(base, candidates)


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
        details = _parts(item, "authors")
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
