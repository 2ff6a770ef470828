"""Documents, links and mishaps of JSON records, one a line or in one array."""

import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple

import orjson

from schemas.documents import Document, Entry, Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from transforms.sources.field_names import ENVELOPES, FieldMap, Fields, is_empty, plain_name
from transforms.sources.lenient_json import charset_of, load_lenient, split_array
from transforms.sources.limits import ReadLimits
from transforms.sources.recognize import object_names
from transforms.sources.strings import html_to_plain, name_json_type, plain_to_html, squeeze, text_or_none, unique
from transforms.urls import is_web_url

Made = Link | Document | Mishap
"""What one record becomes."""

_NAMED = ("url", "link", "href")
"""Names that promise an address; what other names hold is passed over where it is none."""

_PAGE = re.compile(r"<(?:!doctype\s|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|a|b|i|em|strong|li|ul|ol|h[1-6]|span|blockquote|article|section|figure|table)\s{0,9}>"
    r"|<(?:br|p)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_CUT_SHORT = re.compile(r"\[\+\d{1,9} chars\]\s{0,9}\Z")
_QUOTED = re.compile(r"'([^']{1,300})'|\"([^\"]{1,300})\"")
_MAX_NAME = 1_000
_MAX_TITLE = 10_000
_MAX_ITEMS = 500
_LONG = 200
"""A string of so many code points that nothing reads may be the text of the record."""


class _Unread(NamedTuple):
    """The JSON of one record."""

    data: bytes | str


def read_records(
    stream: BinaryIO, origin: Origin, *, head: bytes, limits: ReadLimits, first: int = 0
) -> Iterator[Made]:
    """Read each record of JSON Lines, or of one JSON array or object, in order.

    Fields have the names that docs/inputs.md lists, or those of ``limits.field_map``. A record with HTML or text is a
    Document, one with nothing but an address a Link; what else it says is its entry. One that cannot be used is a
    Mishap, and the next one is read. An object that holds nothing but a list of records, as a service answers, is
    that list.

    Args:
        head: the first bytes of the stream, to recognise the layout.
        first: position of the first record wanted; lines before it are passed over unparsed.

    Raises:
        Trouble: read.too_large or read.bad_record for JSON that is one value and cannot be read.
    """
    charset = charset_of(head)
    records = _one_value(stream, limits, charset) if _is_one_value(head) else _lines(stream, limits)
    for position, record in enumerate(itertools.islice(records, first, None), start=first):
        yield _make(record, replace(origin, position=position), charset, limits)


def _make(record: Any, at: Origin, charset: str, limits: ReadLimits) -> Made:
    if isinstance(record, _Unread):
        try:
            record = load_lenient(record.data, charset=charset)
        except ValueError as error:
            return Mishap(Document(media="text", origin=at), Trouble("read.bad_record", f"not JSON: {error}"[:300]))
    return make_record_or_mishap(record, at, limits=limits)


def make_record_or_mishap(record: Any, at: Origin, *, limits: ReadLimits) -> Made:
    """Make a record as :func:`make_record` does; whatever it raises is a Mishap of that record alone."""
    try:
        return make_record(record, at, limits=limits)
    except Trouble as why:
        return Mishap(Document(media="text", origin=at, url=_url_or_none(record, limits.field_map)), why)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        trouble = Trouble("read.bad_record", f"{type(error).__name__}: {error}"[:300])
        return Mishap(Document(media="text", origin=at), trouble)


def make_record(record: Any, origin: Origin, *, limits: ReadLimits) -> Document | Link:
    """Make the document or link that one parsed record stands for.

    Raises:
        Trouble: read.bad_record where it is not an object, has neither html, text nor url, or one of them is
            not what its name says, or where a long string is read by nothing; read.too_large; or what stands in the
            place of a record.
    """
    if isinstance(record, Trouble):
        raise record
    if not isinstance(record, dict):
        raise Trouble("read.bad_record", f"{name_json_type(record)} in the place of an object")
    fields = Fields(record, limits.field_map)
    url = _url(fields)
    entry = _entry(fields, url)
    media, content = _content(fields)
    if media is None or content is None:
        _check_unread(record, fields)
        if url is None:
            raise Trouble("read.bad_record", _name_fields(record))
        return Link(url=url, origin=origin, entry=entry)
    body = content.encode("utf-8", "replace")
    if len(body) > limits.max_page_bytes:
        raise Trouble("read.too_large", f"{media} of {len(body)} bytes; {limits.max_page_bytes} are allowed")
    if media == "entry":
        entry = replace(entry or Entry(url=url), content_html=content)
        return Document(media=media, origin=origin, url=url, entry=entry)
    return Document(media=media, origin=origin, body=body, charset="utf-8", url=url, entry=entry)


def as_text(value: Any, *, depth: int = 0) -> str | None:
    r"""Return the text of a value: a string, paragraphs in a list, or an object that holds one of them.

    >>> as_text({"rendered": "Ferry moves"}), as_text(["One.", {"text": "Two."}]), as_text(5)
    ('Ferry moves', 'One.\n\nTwo.', None)
    """
    if isinstance(value, str):
        return text_or_none(value)
    if depth > 8:
        return None
    if isinstance(value, list):
        parts = (as_text(item, depth=depth + 1) for item in value)
        return "\n\n".join(part for part in parts if part) or None
    if isinstance(value, dict):
        for name in ("rendered", "text", "main", "#text", "value", "$date", "original", "name"):
            if name in value:
                return as_text(value[name], depth=depth + 1)
        body = [value.get(name) for name in ("summary", "headline", "sections", "paragraphs")]  # of Fundus
        return as_text([part for part in body if part], depth=depth + 1)
    return None


def _url(fields: Fields) -> str | None:
    for name, value in fields.all("url"):
        is_promised = plain_name(name) in _NAMED or name in fields.mapped.names("url")
        if isinstance(value, str) and is_web_url(value.strip()):
            return value.strip()
        if is_promised and not isinstance(value, str):
            raise Trouble("read.bad_record", f"{name} is {name_json_type(value)}, not a string")
        if is_promised:
            raise Trouble("read.bad_record", f"{name} is not an absolute http(s) address: {value[:200]!r}")
    return None


def _content(fields: Fields) -> tuple[str | None, str | None]:
    """Return media and text of a record: 'html' for a page, 'entry' for the HTML of an article alone, 'text'."""
    wrong: tuple[str, Any] | None = None
    for name, value in fields.all("html"):
        if isinstance(value, str):
            return "html", value
        wrong = wrong or (None if isinstance(value, dict) and len(value) > 1 else (name, value))
    for name, value in fields.all("text"):
        text = as_text(value)
        if text is None:
            wrong = wrong or (name, value)
        elif not _CUT_SHORT.search(text, max(0, len(text) - 40)):
            if isinstance(value, list | dict) and not _MARKUP.search(text):
                return "text", text
            if _PAGE.search(text[:2000]):
                return "html", text
            return ("entry" if _MARKUP.search(text) else "text"), text
    if wrong is not None:
        raise Trouble("read.bad_record", f"{wrong[0]} is {name_json_type(wrong[1])}, not a string")
    return None, None


def _check_unread(record: dict[str, Any], fields: Fields) -> None:
    """Refuse a record without text that has a long string under a name that is not known."""
    inside = [(f"{key}.{name}", value) for key, part in record.items() if isinstance(part, dict)
              for name, value in itertools.islice(part.items(), _MAX_ITEMS)]  # fmt: skip
    for key, value in itertools.chain(record.items(), inside):
        if fields.is_read(key.rpartition(".")[2] if key not in record else key):
            continue
        text = as_text(value) if isinstance(value, str | list) else None
        if text is not None and len(text) >= _LONG and _is_prose(text[: 10 * _LONG]):
            raise Trouble(
                "read.bad_record",
                f"no field is known as its text; of {_keys(record)} {key[:80]!r} has {len(text)} characters: "
                f"name it with --map text={key[:80]}"[:500],
            )


def _is_prose(text: str) -> bool:
    """Return whether a string is words, and not a key, address or picture."""
    return len(text.split()) * 20 >= len(text) or sum(char > "\u0250" and char.isalpha() for char in text) > _LONG // 2


def _name_fields(record: dict[str, Any]) -> str:
    """Say what a record without html, text and url has: the fields with a value, and the empty ones."""
    empty = {key: value for key, value in record.items() if is_empty(value)}
    filled = {key: value for key, value in record.items() if key not in empty}
    words = f"neither html, text nor url, but {_keys(filled) if filled else 'nothing'}"
    return (f"{words}; {_keys(empty)} are empty" if empty else words)[:300]


def _keys(record: dict[str, Any]) -> list[str]:
    return [key[:40] for key in sorted(record)[:8]]


def _is_one_value(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    if text.startswith(b"\xff\xfe") or text.startswith(b"\xfe\xff"):
        text = text[2:].lstrip()
    first, more, _ = text.partition(b"\n")
    if text.startswith(b"[") or _is_envelope(first):
        return True
    if not more:
        return False
    try:
        orjson.loads(first)
    except ValueError:
        # The first line of a pretty-printed object ends where a value or a brace has just been opened or closed.
        return first.rstrip().endswith((b"{", b"[", b",")) and b"}" not in first
    return False


def _is_envelope(line: bytes) -> bool:
    """Return whether the object in a line, or its beginning, holds a list of records and is not one itself."""
    names = object_names(line.decode("utf-8", "replace")) if line.startswith(b"{") else {}
    lists = {plain_name(name): value for name, value in names.items() if plain_name(name) in ENVELOPES}
    is_list = any(
        isinstance(value, list) or (isinstance(value, dict) and _unwrapped(value)) for value in lists.values()
    )
    return (is_list or None in lists.values()) and not _is_record(names)


def _is_record(value: dict[str, Any]) -> bool:
    fields = Fields({key: part for key, part in value.items() if isinstance(part, str)}, FieldMap())
    is_url = any(is_web_url(part.strip()) for _, part in fields.all("url"))
    return is_url or any(fields.first(field) is not None for field in ("html", "text"))


def _unwrapped(value: Any, *, depth: int = 0) -> list[Any] | None:
    """Return the list of records that an answer of a service holds; None where it holds none."""
    if not isinstance(value, dict) or depth > 2 or _is_record(value):
        return None
    parts = {plain_name(name): part for name, part in value.items()}
    for name in ENVELOPES:
        part = parts.get(name)
        if isinstance(part, list) and all(isinstance(item, dict) for item in part):
            return part
        inner = _unwrapped(part, depth=depth + 1)
        if inner is not None:
            return inner
    return None


def _one_value(stream: BinaryIO, limits: ReadLimits, charset: str) -> Iterable[Any]:
    data = stream.read(limits.max_array_bytes + 1)
    if len(data) > limits.max_array_bytes:
        raise Trouble("read.too_large", f"one JSON value of over {limits.max_array_bytes} bytes; use JSON Lines")
    text: bytes | str = data
    for mark, wide in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        text = data.decode(wide, "replace") if data.startswith(mark) else text
    try:
        value = load_lenient(text, charset=charset)
    except ValueError as error:
        return _pieces(text if isinstance(text, str) else text.decode(charset, "replace"), error)
    records = value if isinstance(value, list) else _unwrapped(value)
    return [value] if records is None else records


def _pieces(text: str, error: ValueError) -> Iterable[Any]:
    """Return the records of JSON that cannot be read as a whole: elements of an array, or lines.

    Raises:
        Trouble: read.bad_record where it is neither.
    """
    why = Trouble("read.bad_record", f"not JSON: {error}"[:300])
    text = text.strip()
    if text.startswith("["):
        elements, is_closed = split_array(text)
        if not elements:
            raise why
        return [*map(_Unread, elements), *(() if is_closed else (why,))]
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines[:2]):
        raise why
    return itertools.chain.from_iterable(map(_in_line, lines))


def _in_line(line: str) -> list[Any]:
    try:
        value = load_lenient(line)
    except ValueError:
        return [_Unread(line)]
    records = _unwrapped(value)
    return [value] if records is None else records


def _lines(stream: BinaryIO, limits: ReadLimits) -> Iterator[_Unread | Trouble]:
    """Yield the lines that are not blank; for one that is too long, why it is not read."""
    longest = 6 * limits.max_page_bytes  # JSON may write a byte as six
    reader = _as_utf8(stream)
    while line := reader.readline(longest + 1):
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = reader.readline(longest)
            yield Trouble("read.too_large", f"a line of over {longest} bytes")
        elif line.strip():
            yield _Unread(line)


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


def _url_or_none(record: Any, mapped: FieldMap) -> str | None:
    try:
        return _url(Fields(record, mapped)) if isinstance(record, dict) else None
    except Trouble:
        return None


def _split(value: Any, marks: str) -> list[Any]:
    """Split a list, or a string that was a list before it was written, into items."""
    if isinstance(value, list):
        return value[:_MAX_ITEMS]
    if not isinstance(value, str):
        return [value]
    text = value.strip()[: _MAX_ITEMS * 100]
    if text.startswith("[") and text.endswith("]"):
        return [one or other for one, other in _QUOTED.findall(text)] or [text[1:-1]]
    return re.split(f"[{marks}]", text)[:_MAX_ITEMS]


def _names(value: Any, marks: str) -> tuple[str, ...]:
    keys = ("name", "label", "term", "title", "original")
    items = (
        next((item[key] for key in keys if key in item), None) if isinstance(item, dict) else item
        for item in _split(value, marks)
    )
    return unique(html_to_plain(item[:_MAX_NAME]) for item in items if isinstance(item, str))


def _string(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = as_text(value)
    return text[:_MAX_NAME] if text else None


def _image(fields: Fields) -> str | None:
    for _, value in fields.all("image"):
        one = value[0] if isinstance(value, list) else value
        one = one.get("url") if isinstance(one, dict) else one
        if isinstance(one, str) and is_web_url(one.strip()):
            return one.strip()
    return None


def _summary(fields: Fields) -> str | None:
    """Return the summary; where there is none, the text if a service has cut it short."""
    said = as_text(fields.first("summary"))
    if said is not None:
        return said
    short = (as_text(value) or "" for _, value in fields.all("text"))
    return next((plain_to_html(_CUT_SHORT.sub("", text)) for text in short if _CUT_SHORT.search(text[-40:])), None)


def _entry(fields: Fields, url: str | None) -> Entry | None:
    """Return what the record says beyond its text; None when that is nothing."""
    entry = Entry(
        url=url,
        entry_id=_string(fields.first("id")),
        title=html_to_plain((as_text(fields.first("title")) or "")[:_MAX_TITLE]) or None,
        summary_html=_summary(fields),
        authors=_names(fields.first("authors"), ";|"),
        published_raw=_string(fields.first("published")),
        modified_raw=_string(fields.first("modified")),
        categories=_names(fields.first("tags"), ",;|"),
        image_url=_image(fields),
        language=squeeze(as_text(fields.first("language"))).lower()[:40] or None,
        license=text_or_none(fields.first("license")),
    )
    return None if entry == Entry(url=url) else entry
