"""A stream of JSON records goes in, one a line or one array; documents, links and mishaps come out."""

import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import orjson

from schemas.documents import Document, Entry, Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from transforms.sources.json_feeds import load_json
from transforms.sources.limits import ReadLimits
from transforms.sources.lists import is_web_url
from transforms.sources.strings import html_to_plain, squeeze, text_or_none, unique

Made = Link | Document | Mishap
"""What one record becomes."""

_TITLES = ("title", "headline")
_AUTHORS = ("authors", "author", "byline", "creator")
_DATES = ("date_published", "published", "published_at", "publish_date", "datePublished", "date")
_CHANGES = ("date_modified", "modified", "updated", "dateModified")
_SUMMARIES = ("description", "summary")
_LANGUAGES = ("in_language", "inLanguage", "language", "lang")
_TAGS = ("tags", "categories", "keywords")
_PICTURES = ("image_url", "image")


def read_records(
    stream: BinaryIO, origin: Origin, *, head: bytes, limits: ReadLimits, first: int = 0
) -> Iterator[Made]:
    """Each record of JSON Lines, or of one JSON array or object, in order.

    A record with ``html`` or ``text`` is a Document, one with nothing but a ``url`` a Link. Other keys
    that name what an Entry holds (title or headline, authors, date, description, language, tags, …) are
    kept as its entry. A record that cannot be used is a Mishap, and the next one is read.

    Args:
        head: the first bytes of the stream, to tell the layouts apart.
        first: position of the first record wanted; lines before it are passed over unparsed.

    Raises:
        Trouble: read.too_large or read.bad_record for JSON that is one value and cannot be read.
    """
    records = _one_value(stream, limits) if _is_one_value(head) else _lines(stream, limits)
    for position, record in enumerate(itertools.islice(records, first, None), start=first):
        at = replace(origin, position=position)
        try:
            yield make_record(load_json(record) if isinstance(record, bytes) else record, at, limits=limits)
        except Trouble as why:
            yield Mishap(Document(media="text", origin=at, url=_url_or_none(record)), why)
        except ValueError as error:
            yield Mishap(Document(media="text", origin=at), Trouble("read.bad_record", f"no JSON: {error}"[:300]))


def make_record(record: Any, origin: Origin, *, limits: ReadLimits) -> Document | Link:
    """The document or link that one parsed record stands for.

    Raises:
        Trouble: read.bad_record where it is no object, has neither html, text nor url, or one of them is
            not what its name says; read.too_large; or what stands in the place of a record.
    """
    if isinstance(record, Trouble):
        raise record
    if not isinstance(record, dict):
        raise Trouble("read.bad_record", f"a {type(record).__name__} in the place of an object")
    for name in ("url", "html", "text"):
        if not isinstance(record.get(name, ""), str | None):
            raise Trouble("read.bad_record", f"{name} is a {type(record[name]).__name__}, not a string")
    url = text_or_none(record.get("url"))
    if url is not None and not is_web_url(url):
        raise Trouble("read.bad_record", f"url is not an absolute http(s) address: {url[:200]!r}")
    media = next((name for name in ("html", "text") if text_or_none(record.get(name))), None)
    entry = _entry(record, url)
    if media is None:
        if url is None:
            raise Trouble("read.bad_record", f"neither html, text nor url, but {sorted(record)[:8]}"[:300])
        return Link(url=url, origin=origin, entry=entry)
    body = record[media].encode("utf-8", "replace")
    if len(body) > limits.max_page_bytes:
        raise Trouble("read.too_large", f"{media} of {len(body)} bytes; {limits.max_page_bytes} are allowed")
    return Document(media=media, origin=origin, body=body, charset="utf-8", url=url, entry=entry)


def _is_one_value(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    if text.startswith(b"\xff\xfe") or text.startswith(b"\xfe\xff"):
        text = text[2:].lstrip()
    first, more, _ = text.partition(b"\n")
    if text.startswith(b"["):
        return True
    if not more:
        return False
    try:
        orjson.loads(first)
    except ValueError:
        # The first line of a pretty-printed object ends where a value or a brace has just been opened or closed.
        return first.rstrip().endswith((b"{", b"[", b","))
    return False


def _one_value(stream: BinaryIO, limits: ReadLimits) -> Iterable[Any]:
    data = stream.read(limits.max_array_bytes + 1)
    if len(data) > limits.max_array_bytes:
        raise Trouble("read.too_large", f"one JSON value of over {limits.max_array_bytes} bytes; use JSON Lines")
    try:
        value = load_json(data)
    except ValueError as error:
        raise Trouble("read.bad_record", f"no JSON: {error}"[:300]) from error
    return value if isinstance(value, list) else [value]


def _lines(stream: BinaryIO, limits: ReadLimits) -> Iterator[bytes | Trouble]:
    """The lines that are not blank; in the place of one that is too long, why it is not read."""
    longest = 6 * limits.max_page_bytes  # JSON may write a byte as six
    reader = _as_utf8(stream)
    while line := reader.readline(longest + 1):
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = reader.readline(longest)
            yield Trouble("read.too_large", f"a line of over {longest} bytes")
        elif line.strip():
            yield line


def _as_utf8(stream: BinaryIO) -> Any:
    reader = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    start = reader.peek(3)[:3]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _Recoded(io.TextIOWrapper(reader, encoding="utf-16", errors="replace", newline="\n"))
    if start == b"\xef\xbb\xbf":
        reader.read(3)
    return reader


class _Recoded:
    """Lines of a UTF-16 stream, in UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readline(self, limit: int) -> bytes:
        return self._text.readline(limit).encode("utf-8", "replace")


def _url_or_none(record: Any) -> str | None:
    try:
        url = (load_json(record) if isinstance(record, bytes) else record)["url"]
    except (ValueError, TypeError, KeyError):
        return None
    return url if isinstance(url, str) and is_web_url(url) else None


def _first(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)


def _strings(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return unique(html_to_plain(item.get("name") if isinstance(item, dict) else item) for item in items)


def _string(value: Any) -> str | None:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else text_or_none(value)


def _entry(record: dict[str, Any], url: str | None) -> Entry | None:
    """What the record says beyond its text; None when that is nothing."""
    picture = text_or_none(_first(record, _PICTURES))
    entry = Entry(
        url=url,
        entry_id=_string(record.get("id")),
        title=html_to_plain(_first(record, _TITLES)) or None,
        summary_html=text_or_none(_first(record, _SUMMARIES)),
        authors=_strings(_first(record, _AUTHORS)),
        published_raw=_string(_first(record, _DATES)),
        modified_raw=_string(_first(record, _CHANGES)),
        categories=_strings(_first(record, _TAGS)),
        image_url=picture if picture and is_web_url(picture) else None,
        language=squeeze(_first(record, _LANGUAGES)).lower() or None,
        license=text_or_none(record.get("license")),
    )
    return None if entry == Entry(url=url) else entry
