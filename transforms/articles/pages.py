"""The bytes of a page parsed to one lxml tree, which all readers of the page share."""

import re
from collections.abc import Iterator
from string import ascii_letters

import numpy as np
from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, HTMLParser, fromstring
from numpy.typing import NDArray
from trafilatura.utils import DOCTYPE_TAG, load_html

from schemas.trouble import Trouble
from transforms.articles.charsets import Decoded, decode_bytes
from transforms.signatures import binary_format

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]

MAX_TAGS = 30_000
"""Most ``<`` a page may hold; each costs up to 150 microseconds. Real pages: median 1,500, largest article seen 22,978;
two pages of one shop had 31,800."""

MAX_ATTRIBUTES = 6_000
"""Most attributes of one tag: lxml takes time quadratic in them. Scripts of real pages hold what could be 4,000."""

LARGE_TAG = 1_000
MAX_LARGE_TAGS = 60
"""Most tags, one after the other, with more than LARGE_TAG attributes."""

# As the tokenizer of HTML reads them. Every "<" before a letter may begin a tag, wherever it stands: what is a comment,
# a script or a value to one reader is markup to another.
_ATTRIBUTE = (
    rb"[ \t\n\r\f/]*+[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+"
    rb"(?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+)?+)?+"
)
_TAG = re.compile(rb"<[a-zA-Z][^ \t\n\r\f/>]*+((?:%b){0,%d}+)" % (_ATTRIBUTE, MAX_ATTRIBUTES + 1))
_LARGE = re.compile(rb"(?:%b){%d}+" % (_ATTRIBUTE, LARGE_TAG + 1))
_TOO_MANY = re.compile(rb"(?:%b){%d}+" % (_ATTRIBUTE, MAX_ATTRIBUTES + 1))
_SOLID = bytes({*range(0x100)} - {*b" \t\n\r\f/\"'"})
"""What does not stand between two attributes."""

_IS_LETTER = np.isin(np.arange(256), list(ascii_letters.encode()))
_IS_BLANK = np.isin(np.arange(256), list(b" \t\n\r\f"))
_MAX_OVERLAP = 4
"""How often the characters of a page may be read as attributes, tags within tags included."""

_PART = 65_536
"""Bytes of a page that are looked through at once: what is made of them stays in the cache, which saves a fortieth of
the time of a page."""

_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
"""Characters below the blank that XML has not."""

_SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")
"""Half of a pair, which is not UTF-8."""

_DOCUMENT = re.compile(rb"[ \t\r\n]{0,500}<(?:html|!doctype html)", re.IGNORECASE)

_JUNK = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Controls other than white space, and than what ISO 2022 switches with."""

_MARKUP = re.compile(rb"<[a-zA-Z!/?]")

# As that of trafilatura, but for one thing: by default lxml.html asks a function of Python for the class of each
# element, each time that it is looked at. Nothing here needs the special classes of forms and their fields.
_PARSER = HTMLParser(  # type: ignore[call-arg]  # the stubs do not know default_doctype
    collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
)
_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))


def decode(body: bytes, *, charset: str | None = None) -> str:
    """Return only the text of :func:`transforms.articles.charsets.decode_bytes`.

    >>> decode("Grüße".encode("latin-1"), charset="utf-8")
    'Grüße'
    """
    return decode_bytes(body, charset=charset).text


def guard(body: bytes) -> None:
    """Refuse what would hold up a parser, before any parser sees it. Takes linear time, half a millisecond a page.

    Args:
        body: a page as a parser is to read it, in UTF-8.

    Raises:
        Trouble: ``extract.too_complex`` or ``extract.not_html``.
    """
    if not _MARKUP.search(body):
        raise Trouble("extract.not_html", f"no tag in {len(body)} bytes, beginning {_beginning(body)!r}")
    chars = np.frombuffer(body, np.uint8)
    places = np.concatenate([_find_marks(part) + start for start, part in _parts(chars)])
    kinds = chars.take(places)
    tags = np.count_nonzero(kinds == ord("<"))
    if tags > MAX_TAGS:
        raise Trouble("extract.too_complex", f"{tags} '<' in the page, more than {MAX_TAGS}")
    read = large = last = 0
    most_read = _MAX_OVERLAP * len(body) + 1_000_000
    for place, limit in _find_long(chars, places, kinds):
        start, end = (place, limit) if limit else _span(body, place)
        read += end - start
        if read > most_read:
            raise Trouble("extract.too_complex", f"tags that do not end, within each other, in {len(body)} bytes")
        if end - start < LARGE_TAG or len(body[start:end].translate(None, _SOLID)) < LARGE_TAG:
            continue
        start, end = _span(body, place)
        if not _LARGE.match(body, start):
            continue
        large += start >= last  # of those within each other, a parser sees one
        last = end if start >= last else min(last, end)
        if large > MAX_LARGE_TAGS or _TOO_MANY.match(body, start):
            raise Trouble(
                "extract.too_complex",
                f"a tag with more than {MAX_ATTRIBUTES} attributes, or {MAX_LARGE_TAGS} with more than {LARGE_TAG}",
            )


def _parts(chars: Bytes) -> Iterator[tuple[int, Bytes]]:
    """Yield parts of a page, and where each begins."""
    return ((start, chars[start : start + _PART]) for start in range(0, len(chars), _PART))


def _find_marks(chars: Bytes) -> Places:
    """Return where ``<``, ``>`` and quotation marks stand; "#" and "&" are found, too."""
    # The first two have all bits in common but one, and so have the others, but for "#" and "&": one pass finds all.
    is_mark = (chars | 0x02) == ord(">")
    is_mark |= (chars & 0xFA) == ord('"')
    return np.flatnonzero(is_mark)


def _span(body: bytes, place: int) -> tuple[int, int]:
    """Return where the attributes of a tag begin and end."""
    tag = _TAG.match(body, place)
    return tag.span(1) if tag is not None else (place, place)


def _find_long(chars: Bytes, places: Places, kinds: Bytes) -> Iterator[tuple[int, int]]:
    """Yield where tags begin that may be longer than LARGE_TAG bytes, and where they end at most; 0 for not known.

    A tag ends at the first ``>`` behind it unless that stands in a quoted value. Then the last quotation mark of one
    kind before it opens the value, and stands behind an equals sign or a blank.

    Args:
        chars: of the page.
        places: where ``<``, ``>`` and quotation marks stand.
        kinds: which of them.
    """
    # To compress an array takes a third of the time of an index that says of each element whether it stays.
    opened = places.compress(kinds == ord("<"))
    opened = opened.compress(_IS_LETTER.take(chars.take(opened + 1, mode="clip")))
    closed = np.append(places.compress(kinds == ord(">")), len(chars))
    ends = closed.take(closed.searchsorted(opened))
    may_go_on = np.zeros(len(opened), np.bool_)
    for quote in b"\"'":
        quotes = places.compress(kinds == quote)
        if len(quotes):
            place = quotes.take(quotes.searchsorted(ends) - 1)
            ahead = chars.take(place - 1)
            may_go_on |= (place > opened) & ((ahead == ord("=")) | _IS_BLANK.take(ahead))
    long = may_go_on | (ends - opened > LARGE_TAG)
    yield from zip(opened.compress(long).tolist(), np.where(may_go_on, 0, ends).compress(long).tolist(), strict=True)


def _beginning(body: bytes) -> str:
    return body[:160].decode("utf-8", "replace")[:40]


def parse_text(text: str, utf8: bytes | None = None) -> HtmlElement:
    """Parse HTML that is decoded already, a page or a fragment.

    Args:
        text: of the page.
        utf8: the same text in UTF-8, where the caller has it.

    Raises:
        Trouble: ``extract.too_complex``, ``extract.not_html`` or ``extract.empty``.
    """
    if not text or text.isspace():
        raise Trouble("extract.empty", "the page holds no character")
    body = _without_controls(text.encode("utf-8", "surrogatepass") if utf8 is None else utf8)
    guard(body)
    tree = _load_any(text) if utf8 is None and _SURROGATE.search(body) else _load(text, body)
    if tree is None or tree.find("body") is None:  # one lone element: trafilatura wants a document around it
        tree = _load_any(f"<html><body><div>{text}</div></body></html>")
    if tree is None:
        raise Trouble("extract.not_html", f"no element could be read, beginning {text[:40]!r}")
    return tree


def _without_controls(body: bytes) -> bytes:
    """Remove the characters that no document may hold, which most do not."""
    # Those below the tab, and from 14 on: less than that becomes large. The two between them are seldom looked for.
    is_any = (
        b"\x0b" in body
        or b"\x0c" in body
        or any(
            (part < ord("\t")).any() or (part - 14 < ord(" ") - 14).any()
            for _, part in _parts(np.frombuffer(body, np.uint8))
        )
    )
    return body.translate(None, _CONTROLS) if is_any else body


def _load(text: str, body: bytes) -> HtmlElement | None:
    """Return the tree that trafilatura's ``load_html`` gives, for nearly all pages in two thirds of the time.

    That looks at each character to leave out those that no document may hold; here it is done on bytes, where it
    costs next to nothing. As there, a document type that is an address is left out, and a line ends behind any. What
    needs other repairs, and what does not begin as a document, is left to it.

    Args:
        text: of the page.
        body: the same in UTF-8, without controls.
    """
    head = body[:16_384].decode("utf-8", "ignore")[:4096]
    has_faults = any("<html" in line and line.endswith("/>") for line in head.splitlines()[:4])
    if "doctype" in text[:50].lower():
        line = head.partition("\n")[0]
        end = line.find(">") + 1
        has_faults = has_faults or end > 500 or (not end and len(line) > 500)
        body = body[len(line[:end].encode()) :] if not has_faults and DOCTYPE_TAG.match(line[:end]) else body
        body += b"" if b"\n" in body else b"\n"
    if has_faults or not _DOCUMENT.match(body) or "\ufffe" in text or "\uffff" in text:
        return _load_any(text)
    try:
        return fromstring(body, parser=_PARSER)
    except ParserError:  # no element in it
        return None


def _load_any(text: str) -> HtmlElement | None:
    return load_html(text.replace("\x00", ""))


def decode_page(body: bytes, *, charset: str | None = None, charset_is_header: bool = True) -> Decoded:
    """Decode the text of a page, before anything parses it.

    Args:
        body: bytes as received, inflated.
        charset: what the transport or container declares.
        charset_is_header: False where ``charset`` was found by looking at the bytes.

    Raises:
        Trouble: ``extract.empty`` or ``extract.not_html``.
    """
    if not body or body.isspace():
        raise Trouble("extract.empty", f"{len(body)} bytes, none of them but white space")
    if (binary := binary_format(body)) is not None:
        raise Trouble("extract.not_html", f"the bytes are {binary}")
    decoded = decode_bytes(body, charset=charset, charset_is_header=charset_is_header)
    head = decoded.text[:2000]
    junk = len(_JUNK.findall(head)) + head.count("\ufffd")
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
    page = decode_page(body, charset=charset)
    return parse_text(page.text, page.utf8)
