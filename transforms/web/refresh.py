"""Refreshes of a page: ``<meta http-equiv="refresh">``, or a Refresh header.

A refresh with a delay over MAX_DELAY_S belongs to a page that is to be read. In ``<noscript>`` it is for readers
without scripts, such as newsmill, but on a page with text it leads to a poorer page. In the body it may be anything. So
in these two places it counts only on a page without text, such as that of a link shortener.
"""

import contextlib
import re
from html import unescape

from schemas.trouble import Trouble
from transforms.web.headers import decode_value
from transforms.web.request_url import joined_url

MAX_DELAY_S = 5
"""Longest delay of a refresh that counts as a redirect, seconds."""

HEAD_BYTES = 64 * 1024
"""Bytes of a page that are searched."""

_MAX_TEXTLESS_BYTES = 16 * 1024
_MAX_TEXTLESS_CHARS = 200
_MAX_METAS = 200
_MAX_TAG_BYTES = 4096

_TAG = re.compile(rb"<(!--|/?[a-z][^\s/>]{0,30})", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""[\s/]*([^\s=>/"']{1,64})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_RAW = frozenset({b"script", b"style", b"title", b"template", b"textarea", b"iframe", b"xmp"})
_OF_HEAD = frozenset({b"html", b"head", b"meta", b"link", b"base", b"noscript", *_RAW})
_FEEDS = frozenset({b"rss", b"feed", b"rdf:rdf"})
_DELAY = re.compile(r"[ \t\r\n\f]*(?:([0-9]+)[0-9.]*|\.[0-9.]*)")
_BLANKS = " \t\r\n\f"


def parse_refresh(content: str) -> tuple[int, str] | None:
    """Parse the delay in seconds and the address of a refresh, as browsers do; None where they ignore it.

    The address is empty where the page reloads itself.

    >>> parse_refresh("0;URL='/real'"), parse_refresh("3, url = /b c"), parse_refresh("300"), parse_refresh("soon; /a")
    ((0, '/real'), (3, '/b c'), (300, ''), None)
    """
    found = _DELAY.match(content[:_MAX_TAG_BYTES])
    if found is None:
        return None
    delay_s, rest = int((found[1] or "").lstrip("0")[:9] or 0), content[found.end() : _MAX_TAG_BYTES]
    if rest and rest[0] not in ";," + _BLANKS:
        return None
    rest = rest.lstrip(_BLANKS)
    rest = (rest[1:] if rest[:1] in (";", ",") else rest).lstrip(_BLANKS)
    if rest[:3].lower() == "url" and rest[3:].lstrip(_BLANKS)[:1] == "=":
        rest = rest[3:].lstrip(_BLANKS)[1:].lstrip(_BLANKS)
    if rest[:1] in ("'", '"'):
        rest = rest[1:].partition(rest[0])[0]
    return delay_s, rest.strip(_BLANKS)


def find_refresh(body: bytes, url: str, header: str | None = None) -> str | None:
    """Find the address that a page redirects to within MAX_DELAY_S; None without one, or where it is not http(s).

    Searches the first HEAD_BYTES of the page, in linear time.

    Args:
        body: the page.
        url: its address.
        header: value of its Refresh header.

    >>> find_refresh(b"<meta http-equiv=refresh content='0; url=b'><p>Wait", "http://news.example/a")
    'http://news.example/b'
    """
    if header is not None:
        return _target(url, header)
    content, base = _declared(body)
    if content is None:
        return None
    if base is not None:
        with contextlib.suppress(Trouble):  # as browsers do
            url = joined_url(url, base)
    return _target(url, content)


def _target(url: str, content: str) -> str | None:
    refresh = parse_refresh(content)
    if refresh is None or refresh[0] > MAX_DELAY_S:
        return None
    try:
        return joined_url(url, refresh[1])
    except Trouble:
        return None


def _declared(body: bytes) -> tuple[str | None, str | None]:
    """Return the content of the refresh that counts, and the base address before it."""
    data = body[:HEAD_BYTES]
    lower = data.lower()
    if b"refresh" not in lower:
        return None, None
    base: str | None = None
    textless: str | None = None  # the refresh that counts on a page without text
    is_short = len(body) <= _MAX_TEXTLESS_BYTES
    is_noscript = is_past_head = False
    metas = text = at = 0
    while (tag := _TAG.search(data, at)) is not None:
        name = tag[1].lower()
        text += 0 if is_noscript else len(data[at : tag.start()].strip())
        end = data.find(b"-->", tag.start() + 2) if name == b"!--" else data.find(b">", tag.end())
        if name in _RAW:
            end = lower.find(b"</" + name, tag.end())
        if end < 0:
            at = len(data)
            break
        at = end + (0 if name in _RAW else 3 if name == b"!--" else 1)
        is_past_head = is_past_head or name == b"/head" or (name.lstrip(b"/") not in _OF_HEAD and name != b"!--")
        if name in _FEEDS or (is_past_head and not is_short):
            return None, None
        if name.lstrip(b"/") == b"noscript":
            is_noscript = name == b"noscript"
        elif name in (b"meta", b"base") and metas < _MAX_METAS:
            metas += 1
            attributes = _attributes(data[tag.end() : tag.end() + _MAX_TAG_BYTES])
            if name == b"base":
                base = base or attributes.get("href")
            elif attributes.get("http-equiv", "").strip().lower() == "refresh" and "content" in attributes:
                if not is_noscript and not is_past_head:
                    return attributes["content"], base
                textless = textless or attributes["content"]
    text += 0 if is_noscript else len(data[at:].strip())
    return (textless, base) if is_short and text <= _MAX_TEXTLESS_CHARS else (None, None)


def _attributes(tag: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while len(found) < 30 and (one := _ATTRIBUTE.match(tag, at)) is not None:
        at = one.end()
        value = next((group for group in one.groups()[1:] if group is not None), b"")
        found.setdefault(one[1].decode("latin-1").lower(), unescape(decode_value(value)))
    return found
