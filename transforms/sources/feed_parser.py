"""feedparser's two parsers, with a slot for each element, and without what costs time or fails on odd values.

feedparser keeps ``description``, ``media:description`` and ``itunes:summary`` in one slot, so that which of them is
an entry's text depends on their order; it takes the author apart with a regular expression whose time grows with
the square of the length; it compares each tag with all before it; and a failure in one element, a ``gml:Point``
outside ``georss:where``, fails the whole feed. Nothing in its interface lets these be chosen, so its two classes are
derived from, at a pinned version (requirements.in).
"""

import functools
import io
import re
import xml.sax.handler
import xml.sax.xmlreader
from collections.abc import Callable
from typing import Any

import feedparser.api
from feedparser.util import FeedParserDict

from transforms.sources import expat

TEXTS = "texts of the entry"
"""Key of the texts of an entry: (slot, depth, detail) in order. No element can have a name with blanks."""

MAX_AUTHOR_CHARS = 500
MAX_TAGS = 500
"""Tags of one entry, or authors; what comes after is passed over."""

MAX_NAMESPACES = 300
"""feedparser's strict parser goes through all of them for each element; a feed with more is left to the loose one."""

_MAX_ATTRIBUTE_CHARS = 16_384
_MAX_BASE_CHARS = 2_048
_EMAIL = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@(?:\[\d{1,3}(?:\.\d{1,3}){3}\]|(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?:\?subject=\S{0,200})?"
)
_ODD = (LookupError, TypeError, ValueError, ArithmeticError)
"""What feedparser's handlers raise on values that they do not expect."""


class _Fields(feedparser.api._FeedParserMixin):  # type: ignore[misc]
    """Overrides of feedparser's handlers; comes before its classes."""

    _is_strict = False

    def __init__(self, *args: Any) -> None:
        self._content_depth = 0
        self._group_depth = 0
        self._media_slot = ""
        super().__init__(*args)

    def _normalize_attributes(self, kv: tuple[str, str]) -> tuple[str, str]:
        key, value = super()._normalize_attributes(kv)
        if key in ("xml:base", "base") and len(value) > _MAX_BASE_CHARS:
            return key, ""
        return key, value[:_MAX_ATTRIBUTE_CHARS]

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        super().track_namespace(prefix, uri)
        if self._is_strict and len(self.namespaces_in_use) > MAX_NAMESPACES:
            raise xml.sax.SAXException(f"more than {MAX_NAMESPACES} namespaces")

    def _get_context(self) -> Any:
        try:
            return super()._get_context()
        except _ODD:
            return self.entries[-1] if self.inentry and self.entries else self.feeddata

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        try:
            return super().pop(element, strip_whitespace)
        except _ODD:
            return ""

    def _add_tag(self, term: Any, scheme: Any, label: Any) -> None:
        if len(self._get_context().get("tags") or ()) < MAX_TAGS:
            super()._add_tag(term, scheme, label)

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()
        known = context.get(f"{key}s", [FeedParserDict()])[-1]
        text = dict.get(context, key)
        if known or not isinstance(text, str) or not text:
            super()._sync_author_detail(key)
            return
        name = text[:MAX_AUTHOR_CHARS]
        found = _EMAIL.search(name)
        if found is not None:
            for part in (found.group(), "()", "<>", "&lt;&gt;"):
                name = name.replace(part, "")
            name = name.strip().removeprefix("(").removesuffix(")").strip()
            known["email"] = found.group()
        if name:
            known["name"] = name
        context.setdefault(f"{key}_detail", known)

    def _start_item(self, attrs_d: Any) -> None:
        self._content_depth = self._group_depth = 0
        super()._start_item(attrs_d)

    _start_entry = _start_item

    def _start_media_group(self, _: Any) -> None:
        self._group_depth += 1

    def _end_media_group(self) -> None:
        self._group_depth -= 1

    def _start_media_content(self, attrs_d: Any) -> None:
        self._content_depth += 1
        super()._start_media_content(attrs_d)

    def _end_media_content(self) -> None:
        self._content_depth -= 1

    def _start_media_description(self, attrs_d: Any) -> None:
        # Of a group it may be what a film is about; of one picture it is the caption.
        is_caption = self._content_depth > 0 or self._group_depth <= 0
        self._media_slot = "media_caption" if is_caption else "media_description"
        self.push_content(self._media_slot, attrs_d, "text/plain", 1)

    def _end_media_description(self) -> None:
        self._close(self._media_slot)

    def _start_media_title(self, attrs_d: Any) -> None:
        self._media_slot = "media_name" if self._content_depth > 0 else "media_title"
        self.push_content(self._media_slot, attrs_d, "text/plain", 1)

    def _end_media_title(self) -> None:
        self._close(self._media_slot)

    def _end_published(self) -> None:
        # Dates are kept as written and read strictly later; feedparser's own reading takes time and guesses.
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    def _end_expirationdate(self) -> None:
        self.pop("expired")

    def _end_dcterms_valid(self) -> None:
        self.pop("validity")

    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated

    def _close(self, slot: str, element: str | None = None) -> None:
        """End the element of a slot and keep what it held."""
        depth = self.depth
        is_entry = self.inentry and not self.insource and not self.inimage and not self.intextinput
        kind = dict(self.contentparams)
        value = self.pop_content(element or slot)
        if is_entry and self.entries and isinstance(value, str) and value.strip():
            texts = self.entries[-1].setdefault(TEXTS, [])
            if len(texts) < MAX_TAGS:
                texts.append((slot, depth, {**kind, "value": value}))


def _slot(name: str, media_type: str, element: str | None = None) -> tuple[Callable[..., None], Callable[..., None]]:
    """Make the handlers of an element whose text is kept apart from that of others."""

    def start(self: _Fields, attrs_d: Any) -> None:
        self.push_content(element or name, attrs_d, media_type, 1)

    def end(self: _Fields) -> None:
        self._close(name, element)

    return start, end


_SLOTS = {
    # handler: slot, type where none is declared, name that feedparser's own bookkeeping knows
    "description": ("description", "text/html", "description"),
    "abstract": ("description", "text/plain", "description"),
    "summary": ("summary", "text/plain", "summary"),
    "dc_description": ("dc_description", "text/html", None),
    "itunes_summary": ("itunes_summary", "text/plain", None),
    "itunes_subtitle": ("itunes_subtitle", "text/plain", None),
    "itunes_title": ("itunes_title", "text/plain", None),
    "media_text": ("media_text", "text/plain", None),
}


def _skip_start(self: _Fields, _: Any) -> None:
    self.push("geometry", 0)


def _skip_end(self: _Fields) -> None:
    self.pop("geometry")


def _guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Make a handler pass over values it cannot read; AttributeError means that there is no handler."""

    @functools.wraps(handler)
    def call(self: _Fields, *args: Any) -> Any:
        try:
            return handler(self, *args)
        except _ODD:
            return None

    return call


for _name, (_slot_name, _type, _element) in _SLOTS.items():
    _start, _end = _slot(_slot_name, _type, _element)
    setattr(_Fields, f"_start_{_name}", _start)
    setattr(_Fields, f"_end_{_name}", _end)


def _derived(base: type) -> type:
    made = type(base.__name__, (_Fields, base), {})
    for name in dir(made):
        if re.match(r"_(?:start|end)_(?:georss|gml|where)", name):
            setattr(made, name, _skip_start if name.startswith("_start") else _skip_end)
        elif name.startswith(("_start_", "_end_")):
            setattr(made, name, _guarded(getattr(made, name)))
    return made


_Strict = _derived(feedparser.api.StrictFeedParser)
_Strict._is_strict = True  # type: ignore[attr-defined]
_Loose = _derived(feedparser.api.LooseFeedParser)


def parse_xml(data: bytes, *, base: str | None = None, language: str | None = None) -> Any:
    """Parse a feed to what ``feedparser.parse`` gives, with markup as it is and dates unread.

    Args:
        data: as :func:`transforms.sources.xml_text.clean_xml` gives it.
        base: address that its links are relative to.
        language: what the transport declares.
    """
    found = FeedParserDict(bozo=False, entries=[], feed=FeedParserDict(), headers={})
    handler = _Strict(base or "", language, "utf-8")
    handler.resolve_relative_uris = handler.sanitize_html = False
    parser = expat.create_parser()
    parser.setFeature(xml.sax.handler.feature_namespaces, True)
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.setContentHandler(handler)
    parser.setErrorHandler(handler)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))  # type: ignore[arg-type]
    try:
        parser.parse(source)
    except xml.sax.SAXException as error:
        found["bozo"], found["bozo_exception"] = True, handler.exc or error
        handler = _Loose(base or "", language, "utf-8", {})
        handler.resolve_relative_uris = handler.sanitize_html = False
        handler.feed(data.decode("utf-8", "replace"))
    found["feed"], found["entries"], found["version"] = handler.feeddata, handler.entries, handler.version
    return found
