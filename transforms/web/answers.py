"""Addresses, statuses and headers go in; what they mean comes out."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import httpx

from schemas.trouble import Trouble

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
"""Headers of an answer that are of use later: for the next poll, and for what a publisher permits."""

_LISTS = frozenset({"cache-control", "content-language", "link"})  # several lines are one list (RFC 9110, 5.3)
_MOST_SENT = 4096
_LONGEST_VALUE = 8192
_MOST_LINES = 100

LONGEST_URL = 8192
"""Longest address that is asked, characters: servers take no longer ones."""

_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")


class Busy(Trouble):
    """The server asks for patience: status 429 or 503.

    Args:
        retry_after_s: seconds it asks for; None when it does not say.
    """

    def __init__(self, code: str, message: str, *, status: int, retry_after_s: float | None) -> None:
        super().__init__(code, message, status=status)
        self.retry_after_s = retry_after_s


def checked_url(url: str) -> str:
    """An address in the form that is asked: encoded, without fragment and credentials.

    >>> checked_url("HTTP://user:secret@Example.org/ä#top")
    'http://example.org/%C3%A4'

    Raises:
        Trouble: fetch.bad_url.
    """
    if len(url) > LONGEST_URL:
        raise Trouble("fetch.bad_url", f"an address of {len(url)} characters, over {LONGEST_URL}: {url[:200]!r}")
    try:
        made = httpx.URL(url.strip())
        # A percent sign in a host: characters that no name has, which httpx encodes.
        wrong = not made.host or b"%" in made.raw_host or urlsplit(str(made)).port == 0
        if made.scheme not in ("http", "https") or wrong:
            raise Trouble("fetch.bad_url", f"not an absolute http(s) address: {url[:200]!r}")
        text = str(made.copy_with(username=None, password=None, fragment=None))
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Trouble("fetch.bad_url", f"not an address: {url[:200]!r}: {error}") from error
    return text


def joined_url(url: str, location: str) -> str:
    """Where a redirect leads.

    >>> joined_url("http://example.org/a/b", "../c d#top")
    'http://example.org/c%20d'

    Raises:
        Trouble: fetch.bad_url.
    """
    try:
        # Servers send raw spaces and UTF-8 in Location; browsers encode them.
        target = str(httpx.URL(url).join(_UNSENDABLE.sub(lambda bad: f"%{ord(bad[0]):02X}", location)))
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Trouble("fetch.bad_url", f"{url} redirects to {location[:200]!r}: {error}") from error
    try:
        return checked_url(target)
    except Trouble as why:
        raise Trouble("fetch.bad_url", f"{url} redirects to {location[:200]!r}: {why.message}") from why


def read_headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header lines by name in lower case; of repeated ones the first, of long ones the start."""
    found: dict[str, str] = {}
    for name, value in raw:
        found.setdefault(name.decode("latin-1").lower(), _text(value[:_LONGEST_VALUE]))
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def named_headers(named: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """As :func:`kept_headers`, of headers that an archive gives as text."""
    return kept_headers([(n.encode("latin-1", "replace"), v.encode("utf-8", "replace")) for n, v in named])


def kept_headers(raw: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """The lines of KEPT_HEADERS, names in lower case and sorted, without those that are longer than any real one.

    A name is there once: lines of a list are joined, of others the first counts. Only X-Robots-Tag may be there
    several times, since each of its lines may speak to a robot of its own.

    >>> kept_headers([(b"ETag", b'"a"'), (b"Link", b"<a>"), (b"Server", b"x"), (b"link", b"<b>")])
    (('etag', '"a"'), ('link', '<a>, <b>'))
    """
    found: dict[str, list[str]] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        if key in KEPT_HEADERS and len(value) <= _LONGEST_VALUE:
            found.setdefault(key, []).append(_text(value))
    kept: list[tuple[str, str]] = []
    for key, values in sorted(found.items()):
        lines = [", ".join(values[:_MOST_LINES])] if key in _LISTS else values[:_MOST_LINES]
        kept.extend((key, line) for line in (lines if key == "x-robots-tag" else lines[:1]))
    return tuple(kept)


def sendable_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, bytes], ...]:
    r"""Request headers as they are sent, without those that cannot be: to leave out a condition costs a full answer.

    >>> sendable_headers([("If-None-Match", 'W/"ä"'), ("If-Modified-Since", "a\nX-Evil: 1")])
    (('If-None-Match', b'W/"\xc3\xa4"'),)
    """
    good = []
    for name, value in headers:
        text = value.strip()
        if text and text.isprintable() and len(text) <= _MOST_SENT:
            good.append((name, text.encode("utf-8")))
    return tuple(good)


def check_status(url: str, status: int, patience_s: float | None = None) -> None:
    """Accept a status of success; say what any other means.

    Raises:
        Trouble: the code for the status; Busy for 429 and 503.
    """
    message = f"{url} answers {status}"
    if 200 <= status < 300:
        return
    if status in (429, 503):
        code = "fetch.http_429" if status == 429 else "fetch.http_5xx"
        said = "" if patience_s is None else f", to be asked again in {patience_s:.0f} s"
        raise Busy(code, message + said, status=status, retry_after_s=patience_s)
    if status in (404, 410):
        raise Trouble(f"fetch.http_{status}", message, status=status)
    if status == 401:
        raise Trouble(
            "fetch.http_4xx",
            f"{message}: it wants a user name and a password, or others than it got; give them before the host of the "
            "address (user:password@) to --input or --feeds",
            status=status,
        )
    if 400 <= status < 500 or status == 999:  # 999: a refusal that some large sites made up
        raise Trouble("fetch.http_4xx", message, status=status)
    if 500 <= status < 600:
        raise Trouble("fetch.http_5xx", message, status=status)
    raise Trouble("fetch.protocol", f"{message}, which is no answer to a plain request", status=status)
