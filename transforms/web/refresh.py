"""A page goes in; where it sends its reader at once comes out: ``<meta http-equiv="refresh">``, or a Refresh header.

What waits longer than MAX_DELAY_S is a page to be read. In ``<noscript>`` such a line is for readers without scripts,
as newsmill is one; but where the page has a text, it leads away from it, to a poorer page. In the body it may be
anything. So there it counts only on a page without text, as those of link shorteners are.
"""

import contextlib
import re
from html import unescape

from schemas.trouble import Trouble
from transforms.web.headers import decode_value
from transforms.web.request_url import joined_url

MAX_DELAY_S = 5
"""Longest delay, seconds, that makes a page one that nobody is meant to read."""

HEAD_BYTES = 64 * 1024
"""How much of a page is looked at."""

_WAITING_BYTES = 16 * 1024
_WAITING_TEXT = 200
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
    """Delay in seconds and address of a refresh, as browsers read it; None where they would not.

    The address is empty where the page itself is to be loaded again.

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
    """Where a page leads within MAX_DELAY_S; None where it does not, or to no http(s) address.

    Looks at the head of the page, up to HEAD_BYTES, in linear time.

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
    said = parse_refresh(content)
    if said is None or said[0] > MAX_DELAY_S:
        return None
    try:
        return joined_url(url, said[1])
    except Trouble:
        return None


def _declared(body: bytes) -> tuple[str | None, str | None]:
    """Content of the refresh that counts, and the base address before it."""
    data = body[:HEAD_BYTES]
    lower = data.lower()
    if b"refresh" not in lower:
        return None, None
    base: str | None = None
    waiting: str | None = None  # the refresh that counts on a page without text
    is_short = len(body) <= _WAITING_BYTES
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
            said = _attributes(data[tag.end() : tag.end() + _MAX_TAG_BYTES])
            if name == b"base":
                base = base or said.get("href")
            elif said.get("http-equiv", "").strip().lower() == "refresh" and "content" in said:
                if not is_noscript and not is_past_head:
                    return said["content"], base
                waiting = waiting or said["content"]
    text += 0 if is_noscript else len(data[at:].strip())
    return (waiting, base) if is_short and text <= _WAITING_TEXT else (None, None)


def _attributes(tag: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while len(found) < 30 and (one := _ATTRIBUTE.match(tag, at)) is not None:
        at = one.end()
        value = next((group for group in one.groups()[1:] if group is not None), b"")
        found.setdefault(one[1].decode("latin-1").lower(), unescape(decode_value(value)))
    return found
