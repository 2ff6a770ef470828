"""The bytes of a page parsed to one lxml tree, which all readers of the page share."""

import re

from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, fromstring
from trafilatura.utils import DOCTYPE_TAG, HTML_PARSER, load_html

from schemas.trouble import Trouble
from transforms.articles.charsets import Decoded, decode_bytes
from transforms.signatures import binary_format

MAX_TAGS = 30_000
"""Most ``<`` a page may hold. Real pages: median 1,500, largest seen 19,629; each costs 30 to 150 microseconds."""

MAX_ATTRIBUTES = 6_000
"""Most attributes of one tag: lxml takes time quadratic in them. Scripts of real pages hold what could be 4,000."""

LARGE_TAG = 1_000
MAX_LARGE_TAGS = 60
"""Most tags, one after the other, with more than LARGE_TAG attributes."""

# As the tokenizer of HTML reads them. Every "<" before a letter may begin a tag, wherever it stands: what is a comment,
# a script or a value to one reader is markup to another.
_ATTRIBUTE = (
    r"[ \t\n\r\f/]*+[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+"
    r"(?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+)?+)?+"
)
_TAG = re.compile(rf"<(?=[a-zA-Z][^ \t\n\r\f/>]*+((?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES + 1}}}+))")
_LARGE = re.compile(rf"(?:{_ATTRIBUTE}){{{LARGE_TAG + 1}}}+")
_TOO_MANY = re.compile(rf"(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES + 1}}}+")
_MAX_OVERLAP = 4
"""How often the characters of a page may be read as attributes, tags within tags included."""

_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
"""Characters below the blank that XML has not."""

_DOCUMENT = re.compile(rb"[ \t\r\n]{0,500}<(?:html|!doctype html)", re.IGNORECASE)

_MARKUP = re.compile(r"<[a-zA-Z!/?]")

# By default lxml.html asks a function of Python for the class of each element, each time that it is looked at. Nothing
# here needs the special classes of forms and their fields.
HTML_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))


def decode(body: bytes, *, charset: str | None = None) -> str:
    """Return only the text of :func:`transforms.articles.charsets.decode_bytes`.

    >>> decode("Grüße".encode("latin-1"), charset="utf-8")
    'Grüße'
    """
    return decode_bytes(body, charset=charset).text


def guard(text: str) -> None:
    """Refuse what would hold up a parser, before any parser sees it. Takes about 1 ms a page, and linear time.

    Raises:
        Trouble: ``extract.too_complex`` or ``extract.not_html``.
    """
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise Trouble("extract.too_complex", f"{tags} '<' in the page, more than {MAX_TAGS}")
    if not _MARKUP.search(text):
        raise Trouble("extract.not_html", f"no tag in {len(text)} characters, beginning {text[:40]!r}")
    read = large = last = 0
    most_read = _MAX_OVERLAP * len(text) + 1_000_000
    for tag in _TAG.finditer(text):
        start, end = tag.span(1)
        size = end - start
        read += size
        if size <= LARGE_TAG:
            continue
        if _LARGE.match(text, start):
            large += start >= last  # of those within each other, a parser sees one
            last = end if start >= last else min(last, end)
        if large > MAX_LARGE_TAGS or (size > MAX_ATTRIBUTES and _TOO_MANY.match(text, start)):
            raise Trouble(
                "extract.too_complex",
                f"a tag with more than {MAX_ATTRIBUTES} attributes, or {MAX_LARGE_TAGS} with more than {LARGE_TAG}",
            )
        if read > most_read:
            break
    if read > most_read:
        raise Trouble("extract.too_complex", f"tags that do not end, within each other, in {len(text)} characters")


def parse_text(text: str) -> HtmlElement:
    """Parse HTML that is decoded already, a page or a fragment.

    Raises:
        Trouble: ``extract.too_complex``, ``extract.not_html`` or ``extract.empty``.
    """
    if not text or text.isspace():
        raise Trouble("extract.empty", "the page holds no character")
    text = text.replace("\x00", "")
    guard(text)
    tree = _load(text)
    if tree is None or tree.find("body") is None:  # one lone element: trafilatura wants a document around it
        tree = load_html(f"<html><body><div>{text}</div></body></html>")
    if tree is None:
        raise Trouble("extract.not_html", f"no element could be read, beginning {text[:40]!r}")
    return tree


def _load(text: str) -> HtmlElement | None:
    """Return the tree that trafilatura's ``load_html`` gives, for nearly all pages in two thirds of the time.

    That looks at each character to leave out those that no document may hold; here it is done on bytes, where it
    costs next to nothing. As there, a document type that is an address is left out, and a line ends behind any. What
    needs other repairs, and what does not begin as a document, is left to it.
    """
    try:
        body = text.encode().translate(None, _CONTROLS)
    except UnicodeEncodeError:  # half of a surrogate pair
        return load_html(text)
    head = body[:16_384].decode("utf-8", "ignore")[:4096]
    has_faults = any("<html" in line and line.endswith("/>") for line in head.splitlines()[:4])
    if "doctype" in text[:50].lower():
        line = head.partition("\n")[0]
        end = line.find(">") + 1
        has_faults = has_faults or end > 500 or (not end and len(line) > 500)
        body = body[len(line[:end].encode()) :] if not has_faults and DOCTYPE_TAG.match(line[:end]) else body
        body += b"" if b"\n" in body else b"\n"
    if has_faults or not _DOCUMENT.match(body) or "\ufffe" in text or "\uffff" in text:
        return load_html(text)
    try:
        return fromstring(body, parser=HTML_PARSER)
    except ParserError:  # no element in it
        return None


def decode_page(body: bytes, *, charset: str | None = None, charset_is_header: bool = True) -> Decoded:
    """Decode the text of a page, before anything parses it.

    Args:
        body: bytes as received, inflated.
        charset: what the transport or container declares.
        charset_is_header: False where ``charset`` was found by looking at the bytes.

    Raises:
        Trouble: ``extract.empty`` or ``extract.not_html``.
    """
    if not body.strip():
        raise Trouble("extract.empty", f"{len(body)} bytes, none of them but white space")
    if (binary := binary_format(body)) is not None:
        raise Trouble("extract.not_html", f"the bytes are {binary}")
    decoded = decode_bytes(body, charset=charset, charset_is_header=charset_is_header)
    head = decoded.text[:2000]
    junk = sum(1 for char in head if char < " " and char not in "\t\n\r\f\x1b") + head.count("\ufffd")
    if junk * 10 > len(head):
        raise Trouble("extract.not_html", f"binary data, beginning {body[:8]!r}")
    return decoded


def parse_page(body: bytes, *, charset: str | None = None) -> HtmlElement:
    """Parse a page.

    Args:
        body: bytes as received, inflated.
        charset: what the transport or container declares.

    Raises:
        Trouble: ``extract.empty``, ``extract.not_html`` or ``extract.too_complex``.
    """
    return parse_text(decode_page(body, charset=charset).text)
