"""Content types: what a server declares, what the first bytes show, and which of them can be pages."""

import re

from transforms.signatures import binary_format

_CHARSET = re.compile(r"charset\s{0,9}=[\s\"']{0,9}([^\s\"';,]{1,40})", re.IGNORECASE)
_LONGEST_TYPE = 1000


def declared_charset(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type header names; None without one.

    >>> declared_charset('text/html; charset="ISO-8859-1"')
    'ISO-8859-1'
    """
    found = _CHARSET.search((content_type or "")[:_LONGEST_TYPE])
    return found[1] if found else None


_PAGE_TYPES = frozenset({"application/xhtml+xml", "application/xml", "application/json", "application/ld+json"})
_SAYS_NOTHING = frozenset({"application/octet-stream", "binary/octet-stream", "application/unknown", "*/*"})
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|\?xml|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p"
    rb"|article|section|main|meta|link)[\s>/\-]",
    re.IGNORECASE,
)


def refused_type(content_type: str | None) -> str | None:
    """Return why a Content-Type cannot be that of a page; None where it can, or says nothing.

    >>> refused_type("image/png"), refused_type("text/html; charset=utf-8"), refused_type("application/octet-stream")
    ('its Content-Type is image/png', None, None)
    """
    name = _essence(content_type)
    if _says_nothing(name) or name.startswith("text/") or name in _PAGE_TYPES:
        return None
    if name.startswith("application/") and name.endswith(("+xml", "+json")):
        return None
    return f"its Content-Type is {name[:80]}"


def refused_head(content_type: str | None, head: bytes) -> str | None:
    """Return why the first bytes of a body cannot be those of a page; None where they can.

    Args:
        head: the first kilobyte, or the whole of a shorter body.

    >>> refused_head("text/html", b"%PDF-1.7 ...")
    'the bytes are a PDF'
    """
    if (binary := binary_format(head)) is not None:
        return f"the bytes are {binary}"
    if _says_nothing(_essence(content_type)) and head.strip() and not looks_like_markup(head):
        return f"its Content-Type is {content_type or 'missing'}, and its bytes do not begin as a page does"
    return None


def _essence(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def looks_like_markup(body: bytes) -> bool:
    """Return whether a body begins as a page does.

    >>> looks_like_markup(b"  <!DOCTYPE html><p>"), looks_like_markup(b"Less < more")
    (True, False)
    """
    return _MARKUP.match(body) is not None


def is_page(content_type: str | None, body: bytes) -> bool:
    """Return whether a body is a page of HTML, by its Content-Type or, where that says nothing, by its first bytes.

    >>> is_page("text/html", b""), is_page(None, b"<html>"), is_page("text/plain", b"<html>")
    (True, True, False)
    """
    name = _essence(content_type)
    return "html" in name or (_says_nothing(name) and looks_like_markup(body[:1024]))


def _says_nothing(essence: str) -> bool:
    return essence in _SAYS_NOTHING or "/" not in essence
