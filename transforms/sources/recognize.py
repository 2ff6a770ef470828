"""The kind of an input, recognised by its first bytes and not by its name."""

import codecs
import re
from typing import Any

from transforms.parsers import JsonDecoder
from transforms.signatures import binary_format
from transforms.sources.address_lists import is_url_list
from transforms.sources.csv_layout import find_layout
from transforms.sources.not_prose import is_not_prose

HEAD_BYTES = 1 << 16
"""How many bytes of an input are examined. A head this long is taken as cut off, a shorter one as the whole."""

HTML_TYPES = ("text/html", "application/xhtml+xml")
"""Media types of pages."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIRST_TAG = (  # "<" and one more character where no BOM says how they are encoded (XML 1.0, appendix F)
    (re.compile(rb"<\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<"), "utf-32-be"),
    (re.compile(rb"<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[^\0]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_ARC = re.compile(rb"(?:filedesc|https?)://\S{1,3000} \S{1,100} \d{12,17} [^\n]{1,1000} \d{1,18}\r?\n", re.IGNORECASE)
_NOTHING_TO_READ = re.compile(
    r"BEGIN:V(?:CALENDAR|CARD)|WEBVTT\b|#EXTM3U|begin [0-7]{3} \S"
    r"|From \S{1,320} {1,9}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^\n]{1,60}\n"
)
"""Calendars, cards, captions, playlists, uuencoded files, and mailboxes: text to the eye, but not one text."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]+")
_CONTROLS = bytes({*range(0x20), 0x7F} - {*range(0x09, 0x0E), 0x1B})
"""Those of ASCII among them."""
_PROLOG = re.compile(
    r"(?:\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE(?!\s+html)[^>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)([^>]*)", re.DOTALL)
_ROOTS = {
    "rss": "rss",
    "feed": "atom",
    "opml": "opml",
    "html": "html",
    "urlset": "sitemap",
    "sitemapindex": "sitemap_index",
}
_HTML_START = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|article|main|section|frameset)\b", re.I)
_HTML_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|link|script|style|base|noscript|article|main|section|header|footer|nav|aside"
    r"|div|p|span|a|h[1-6]|ul|ol|li|dl|table|tbody|tr|td|th|br|hr|img|figure|figcaption|blockquote|pre|b|i|em|strong"
    r"|u|small|font|center|time|form|iframe|video|picture)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_BURIED_FEED = re.compile(
    r"<(?:rss\s[^<>]*version|rss>\s*<channel|(?:\w+:)?feed\s[^<>]*xmlns|rdf:RDF\s[^<>]*xmlns)", re.IGNORECASE
)
_FEED_AFTER_HTML = re.compile(
    r"<!doctype\s{1,20}html[^<>]{0,300}>\s{0,300}(?=<(?:feed\s[^<>]{0,4000}xmlns|rss\s[^<>]{0,4000}version|rdf:RDF\s))",
    re.IGNORECASE,
)
"""A feed under the DOCTYPE of a page, as generators of sites write it."""

_JSON = JsonDecoder(strict=False)
_JSON_NAME = re.compile(r'[\s,]*"([^"\\]*)"\s*:\s*')
_JSON_START = re.compile(r"""\{\s*["'}]|\[\s*[\{\]]""")
_MIME = re.compile(r"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_XML_HINTS = {"application/rss+xml": "rss", "application/rdf+xml": "rss", "application/atom+xml": "atom"}


def sniff_charset(head: bytes) -> str | None:
    r"""Return the charset that the first bytes prove: a byte order mark, or ``<`` in two or four bytes; else None.

    >>> sniff_charset("\ufeff<rss/>".encode("utf-16-le"))
    'utf-16'
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    for pattern, name in _FIRST_TAG:
        if pattern.match(head):
            return name
    return None


def decode_head(head: bytes) -> str | None:
    """Decode the head for recognition; None where it is binary.

    Bytes that are not Unicode are read in a single-byte charset if nothing in them speaks against text.
    """
    if binary_format(head) is not None:
        return None
    cut = len(head) >= HEAD_BYTES
    charset = sniff_charset(head)
    if charset is not None:
        text = head.decode(charset, "replace").removeprefix("\ufeff")
        return None if text.count("\ufffd") > 1 + len(text) // 100 or _has_junk(text) else text
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=not cut)
    except UnicodeDecodeError:
        text = head.decode("latin-1")
        # Eight in nine random bytes are printable in Latin-1, so a short run of them needs to look like words.
        if len(text) < 64 and sum(" " <= char <= "~" or char in "\r\n\t" for char in text) < 0.6 * len(text):
            return None
    return None if _has_junk(text) else text


def _has_junk(text: str) -> bool:
    body = text.encode("utf-8", "surrogatepass")
    if len(body.translate(None, _CONTROLS)) == len(body) and "\ufffe" not in text and "\uffff" not in text:
        return False  # nearly all; to look for runs takes ten times as long
    # A stray control character slips through some publishing systems, and a crash leaves a run of NUL in a file that is
    # written line by line; of noise one byte in nine is such a character, and of a disk image little else is there.
    runs = _CONTROL.findall(text)
    length = len(text) - sum(map(len, runs))
    return len(runs) > max(length // 200, length >= 64)


def recognize(head: bytes, *, content_type: str | None = None, name_hint: str | None = None) -> str:
    r"""Return the kind of an input, one of ``schemas.documents.KINDS``.

    Args:
        head: the first HEAD_BYTES of the input, inflated; shorter only where the input is.
        content_type: what the server called it. It and the name decide only between a page and a text
            without markup, and what kind of feed an ill-formed one is.
        name_hint: name of the file.

    >>> recognize(b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>")
    'rss'
    >>> recognize(b"# to read\nhttps://news.example/feed\n")
    'url_list'
    >>> recognize(bytes([0x89]) + b"PNG")
    'unknown'
    """
    start = head.lstrip()
    if start.startswith(b"WARC/"):
        return "warc"
    if _ARC.match(start[:6000]):
        return "arc"
    text = decode_head(head)
    if text is None or not text.strip() or _NOTHING_TO_READ.match(text.lstrip()[:600]):
        return "unknown"
    text = text.strip() if len(head) < HEAD_BYTES else text.lstrip()
    hint = (content_type or "").partition(";")[0].strip().lower()
    if _JSON_START.match(text) or _is_array(text, is_whole=len(head) < HEAD_BYTES):
        return _json_kind(text)
    root, position = _root(text)
    kind = _root_kind(text, root, position)
    if kind is not None:
        return kind
    if not text.startswith("<") and find_layout(text, is_whole=len(head) < HEAD_BYTES):
        return "csv"
    buried = _BURIED_FEED.search(text)
    if buried and not _HTML_START.search(text, 0, buried.start()):
        return "atom" if "feed" in buried.group()[:16].lower() else "rss"
    if text.startswith("<") and hint in _XML_HINTS:
        return _XML_HINTS[hint]
    if root is not None:
        kind = _element_kind(text, root, position)
        if kind is not None:
            return kind
    if is_url_list(text if len(head) < HEAD_BYTES else text[: text.rfind("\n") + 1]):
        return "url_list"
    if _MIME.search(text, 0, 2000) and not _HTML_START.match(text):
        return "unknown"  # a mail or an .mhtml: parts behind a header that would be read as the article
    if len(_HTML_TAG.findall(text)) >= (1 if text.startswith("<") else 3):
        return "html"
    if hint in HTML_TYPES or (name_hint or "").lower().endswith((".html", ".htm", ".xhtml")):
        return "html"
    return "unknown" if is_not_prose(text) else "text"


def _is_array(text: str, *, is_whole: bool) -> bool:
    """Return whether a text is a JSON array of anything; "[1] A note" is not one."""
    if not is_whole or not text.startswith("[") or not text.endswith("]"):
        return False
    try:
        return isinstance(_JSON.decode(text), list)
    except ValueError:
        return False


def _json_kind(text: str) -> str:
    if text.startswith("["):
        return "jsonl"
    names = object_names(text)
    version = names.get("version")
    if isinstance(version, str) and "jsonfeed.org/version" in version:
        return "json_feed"
    return "json_feed" if "items" in names and not names.keys() & {"html", "text"} else "jsonl"


def object_names(text: str) -> dict[str, Any]:
    """Read names and values of a JSON object that may be cut off; the last name may stand without its value."""
    names: dict[str, Any] = {}
    position = 1
    try:
        while name := _JSON_NAME.match(text, position):
            names[name.group(1)] = None
            names[name.group(1)], position = _JSON.raw_decode(text, name.end())
    except ValueError:
        pass  # here it was cut off, or is not JSON
    return names


def _root(text: str) -> tuple[re.Match[str] | None, int]:
    """Return the first element behind declarations and comments, and where it begins."""
    position = 0
    while prolog := _PROLOG.match(text, position):
        position = prolog.end()
    if misnamed := _FEED_AFTER_HTML.match(text, position):
        position = misnamed.end()
    return _ROOT.match(text, position), position


def _root_kind(text: str, root: re.Match[str] | None, position: int) -> str | None:
    """Return what the first element alone decides."""
    if _HTML_START.match(text, position):
        return "html"
    if root is None:
        return None
    prefix, name, attributes = (root.group(1) or "").lower(), root.group(2).lower(), root.group(3)
    if name in _ROOTS:
        return _ROOTS[name]
    if name == "rdf" and prefix:
        return "rss" if re.search(r"rss|<(?:\w+:)?(?:channel|item)\b|netscape", text[position:], re.I) else "unknown"
    if name == "channel":
        is_cdf = re.search(r"\b(?:href|base|lastmod)\s*=", attributes, re.I)
        return "cdf" if is_cdf or re.search(r"<item\s[^<>]*href", text, re.I) else "rss"
    return "atom" if name == "entry" and "www.w3.org/2005/Atom" in attributes else None


def _element_kind(text: str, root: re.Match[str], position: int) -> str | None:
    """Return the kind of an element that no format claims: of a page, of other XML, or words in angle brackets."""
    if _HTML_TAG.match(text, position) or (_HTML_TAG.search(text, position) and "xmlns" not in root.group(3)):
        return "html"
    is_xml = position > 0 or "xmlns" in root.group(3) or f"</{root.group(1) or ''}{root.group(2)}" in text
    return "unknown" if is_xml else None
