"""Names that other tools give to the fields of a record, and the values behind them.

``NAMES`` is the whole table; docs/inputs.md is checked against it.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

NAMES: dict[str, tuple[str, ...]] = {
    "url": (
        *("url", "link", "href", "page_url", "web_url", "article_url", "news_url", "final_url", "responded_url"),
        *("requested_url", "target_url", "warc_target_uri", "source_url", "canonical_url", "canonical_link"),
        *("permalink", "loc", "source", "uri", "id"),
    ),
    "html": ("html", "raw_html", "page_html", "html_content", "html_source", "source_html"),
    "text": (
        *("text", "maintext", "plain_text", "text_content", "cleaned_text", "clean_text"),
        *("body_text", "article_text", "full_text", "raw_text", "content_text", "news_text", "story_text"),
        *("article_body", "article_body_html", "content", "raw_content", "article_content", "full_content"),
        *("content_html", "body", "body_html", "article", "story", "document", "paragraphs"),
    ),
    "title": ("title", "headline", "web_title", "title_page", "article_title", "headlines", "news_title", "title_rss"),
    "authors": ("authors", "author", "byline", "creator", "creators", "author_name", "author_names", "written_by"),
    "published": (
        *("date_published", "published", "published_at", "publish_date", "date_publish", "published_date"),
        *("publishing_date", "publication_date", "pub_date", "web_publication_date", "published_time", "date_time_pub"),
        *("published_on", "date_time", "date", "release_date"),
    ),
    "modified": (
        *("date_modified", "modified", "updated", "modified_at", "updated_at", "date_modify", "modified_date"),
        *("updated_date", "modified_time", "last_modified"),
    ),
    "summary": (
        *("description", "summary", "excerpt", "abstract", "teaser", "dek", "lead", "short_description", "trail_text"),
        *("meta_description", "snippet"),
    ),
    "language": ("in_language", "language", "lang", "meta_lang", "language_code"),
    "tags": (
        "tags",
        "categories",
        "keywords",
        "category",
        "topics",
        "topic",
        "section",
        "section_name",
        "meta_keywords",
    ),
    "image": (
        *("image_url", "image", "url_to_image", "top_image", "top_img", "lead_image_url", "main_image", "social_image"),
        *("thumbnail", "image_link"),
    ),
    "id": ("id", "guid", "uuid", "article_id", "entry_id", "news_id"),
    "license": ("license", "licence", "rights"),
}
"""The names that each field is known by, in the order in which they are tried; case, ``_``, ``-``, ``.`` and blanks
do not count, so that ``publishedAt`` and ``Published at`` are ``published_at``."""

INSIDE = ("metadata", "meta", "fields", "article", "row", "_source", "warc_headers", "attributes", "html", "item")
"""Objects inside a record whose fields are tried after its own: datatrove keeps the address in ``metadata``."""

ENVELOPES = ("articles", "data", "results", "news", "docs", "rows", "records", "hits", "response")
"""Lists inside one JSON object that are the records, as an answer of NewsAPI keeps them in ``articles``."""

_IGNORED = re.compile(r"[\s_.-]+")
_MAX_INSIDE = 1 << 16
"""Longest object that is written as a string, in code points."""


@functools.lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a name as it is compared.

    >>> plain_name("publishedAt") == plain_name("Published at") == plain_name("published_at")
    True
    """
    return _IGNORED.sub("", name[:100]).casefold()


_PLAIN = {field: tuple(plain_name(name) for name in names) for field, names in NAMES.items()}
_INSIDE = tuple(map(plain_name, INSIDE))
_KNOWN = frozenset(name for names in _PLAIN.values() for name in names)


def is_known_name(name: str, *, field: str | None = None) -> bool:
    """Return whether a name is in the table, or among those of one field."""
    return plain_name(name) in (_KNOWN if field is None else _PLAIN[field])


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Which names fields have besides those of the table; these are tried first.

    Args:
        pairs: field of ``NAMES`` and name in the records, in the order in which they are tried. A name is compared
            letter by letter; ``a.b`` also means field ``b`` of the object ``a``.

    Raises:
        ValueError: a field that there is none of, or an empty name.
    """

    pairs: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for field, name in self.pairs:
            if field not in NAMES:
                raise ValueError(f"there is no field {field!r} to map {name!r} to: choose from {', '.join(NAMES)}")
            if not name:
                raise ValueError(f"the field {field!r} is mapped to nothing: write {field}=NAME")

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names that a field is mapped from."""
        return tuple(name for mapped, name in self.pairs if mapped == field)


def parse_map(words: str | Iterable[str]) -> FieldMap:
    """Parse a mapping of the command line, or several of them.

    >>> parse_map("text=maintext, title=headline2").pairs
    (('text', 'maintext'), ('title', 'headline2'))

    Raises:
        ValueError: a word without ``=``, a field that there is none of, an empty name.
    """
    pairs = []
    given = words if isinstance(words, str) else ",".join(words)
    for word in filter(None, (word.strip() for word in given.split(","))):
        field, equals, name = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} maps nothing: write FIELD=NAME, such as text=maintext")
        pairs.append((field.strip(), name.strip()))
    return FieldMap(pairs=tuple(pairs))


class Fields:
    """The fields of one record, under whatever names.

    Args:
        record: a JSON object, or a row by its columns.
        mapped: names that are tried before those of the table.
    """

    def __init__(self, record: dict[str, Any], mapped: FieldMap) -> None:
        self._record = record
        self.mapped = mapped
        own = _filled(record)
        self._levels = [own]
        for name in _INSIDE:
            part = _as_object(own.get(name))
            if part:
                self._levels.append(_filled(part))

    def all(self, field: str) -> Iterator[tuple[str, Any]]:
        """Yield names and values of a field that are not empty: mapped names, the record's own, those inside."""
        for name in self.mapped.names(field):
            value = self._at(name)
            if not is_empty(value):
                yield name, value
        for level in self._levels:
            for name in _PLAIN[field]:
                if name in level:
                    yield name, level[name]

    def first(self, field: str) -> Any:
        """Return the value of a field; None where there is none."""
        return next((value for _, value in self.all(field)), None)

    def is_read(self, key: str) -> bool:
        """Return whether a key of the record is one that a field is read from."""
        return is_known_name(key) or any(key == name for _, name in self.mapped.pairs)

    def _at(self, name: str) -> Any:
        if name in self._record:
            return self._record[name]
        value: Any = self._record
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    """Return values that are not empty by plain name; of equal names the first counts."""
    return {plain_name(str(key)): value for key, value in reversed(record.items()) if not is_empty(value)}


def _as_object(value: Any) -> dict[str, Any] | None:
    """Return an object, also one written as a string, as data sets on the Hugging Face hub have their metadata."""
    if isinstance(value, str) and value.startswith("{") and len(value) <= _MAX_INSIDE:
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict) else None


def is_empty(value: Any) -> bool:
    """Return whether a value is empty: null, an empty string, list or object, or a word that spreadsheets write."""
    if isinstance(value, str):
        return not value.strip() or value.strip() in ("NaN", "nan", "null", "NULL", "None", "N/A", "\\N")
    return value is None or value in ([], {})
