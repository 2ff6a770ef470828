"""Header fields: which of a response are kept, and which of a request can be sent."""

from collections.abc import Iterable, Sequence

KEPT_HEADERS = frozenset(
    {
        "age",
        "allowaitraining",
        "cache-control",
        "content-language",
        "content-location",
        "date",
        "disallowaitraining",
        "etag",
        "expires",
        "last-modified",
        "link",
        "retry-after",
        "tdm-policy",
        "tdm-reservation",
        "x-robots-tag",
    }
)
"""Response headers that are stored: for the next poll, and for what a publisher permits."""

_LISTS = frozenset({"cache-control", "content-language", "link"})  # several lines are one list (RFC 9110, 5.3)
_MAX_SENT_CHARS = 4096
_MAX_VALUE_BYTES = 8192
_MAX_LINES = 100


def read_headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return header values by name in lower case: the first of repeated ones, the start of long ones."""
    found: dict[str, str] = {}
    for name, value in raw:
        found.setdefault(name.decode("latin-1").lower(), decode_value(value[:_MAX_VALUE_BYTES]))
    return found


def decode_value(value: bytes) -> str:
    """Decode a header value, or an attribute of a page: UTF-8, or else Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def named_headers(named: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the same as :func:`kept_headers`, for headers that an archive gives as text."""
    return kept_headers([(n.encode("latin-1", "replace"), v.encode("utf-8", "replace")) for n, v in named])


def kept_headers(raw: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return the headers named in KEPT_HEADERS, sorted, names in lower case, without values longer than any real one.

    Each name occurs once: lines of a list are joined, of other headers the first line counts. Only X-Robots-Tag may
    occur several times, since each of its lines may address a robot of its own.

    >>> kept_headers([(b"ETag", b'"a"'), (b"Link", b"<a>"), (b"Server", b"x"), (b"link", b"<b>")])
    (('etag', '"a"'), ('link', '<a>, <b>'))
    """
    found: dict[str, list[str]] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key in KEPT_HEADERS and len(value) <= _MAX_VALUE_BYTES:
            found.setdefault(key, []).append(decode_value(value))
    kept: list[tuple[str, str]] = []
    for key, values in sorted(found.items()):
        lines = [", ".join(values[:_MAX_LINES])] if key in _LISTS else values[:_MAX_LINES]
        kept.extend((key, line) for line in (lines if key == "x-robots-tag" else lines[:1]))
    return tuple(kept)


def sendable_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, bytes], ...]:
    r"""Return request headers as they are sent, without those that cannot be.

    To leave out a condition costs no more than a full response.

    >>> sendable_headers([("If-None-Match", 'W/"ä"'), ("If-Modified-Since", "a\nX-Evil: 1")])
    (('If-None-Match', b'W/"\xc3\xa4"'),)
    """
    good = []
    for name, value in headers:
        text = value.strip()
        if text and text.isprintable() and len(text) <= _MAX_SENT_CHARS:
            good.append((name, text.encode("utf-8")))
    return tuple(good)
