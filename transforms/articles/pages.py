"""The bytes of a page come in; one lxml tree, shared by everything that reads the page, goes out."""

import codecs
import re

from charset_normalizer import from_bytes
from lxml.html import HtmlElement
from trafilatura.utils import load_html
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

from schemas.trouble import Trouble

MAX_TAGS = 30_000
"""Most ``<`` a page may hold. Real pages: median 1,500, largest seen 19,629; each costs 30 to 150 microseconds."""

MAX_ATTRIBUTES = 1_000
"""Most attributes of one tag: lxml takes time quadratic in them."""

_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"RIFF",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\x7fELF",
)

_QUOTED = re.compile(r"=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))")
_RAW = ("script", "style", "textarea", "title")
_MARKUP = re.compile(r"<[a-zA-Z!/?]")
_LANG = re.compile(rb"""<html[^>]{0,500}?\slang\s*=\s*["']?([a-zA-Z]{2})""", re.IGNORECASE)

_LEGACY = {
    "cp1252": "de fr es it nl en pt sv da no nb nn fi is ca eu gl ga",
    "cp1250": "pl cs hu sk sl hr bs ro sq",
    "cp1251": "ru uk bg mk be sr kk",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he",
    "cp1256": "ar fa ur",
    "cp1257": "lt lv et",
    "cp874": "th",
    "cp1258": "vi",
    "shift_jis": "ja",
    "gb18030": "zh",
    "euc_kr": "ko",
}
"""The encoding of the web before UTF-8, by language of the page."""

_LEGACY_OF = {language: encoding for encoding, languages in _LEGACY.items() for language in languages.split()}
_CANDIDATES = [*_LEGACY, "euc_jp", "big5", "iso8859_2", "koi8_r"]


def _utf8_damage(body: bytes) -> tuple[int, str]:
    """How many bytes are not UTF-8, and the text with U+FFFD in their place."""
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") - body.count(b"\xef\xbf\xbd"), text


def decode(body: bytes, *, charset: str | None = None) -> str:
    """The text of a page.

    A byte-order mark decides, then UTF-8 if the bytes are valid as such (other encodings hardly ever are),
    then what the transport declares, then ``<meta>``, then the page's language, then detection among the
    encodings that the web used. UTF-8 with a few broken bytes stays UTF-8.

    >>> decode("Grüße".encode("latin-1"), charset="utf-8")
    'Grüße'
    """
    bom, mark = read_bom(body)
    if bom is not None and mark is not None:
        return body[len(mark) :].decode(bom, "replace")
    declared = [resolve_encoding(name) for name in (charset, html_body_declared_encoding(body)) if name]
    names = [codecs.lookup(name).name for name in declared if name]
    if any(name.startswith(("utf-16", "utf-32")) for name in names) and body[:200].count(0) > len(body[:200]) // 4:
        return body.decode(next(name for name in names if name.startswith(("utf-16", "utf-32"))), "replace")
    escaped = next((name for name in names if name.startswith("iso2022")), None)
    if escaped is not None and b"\x1b" in body:
        return body.decode(escaped, "replace")
    damage, text = _utf8_damage(body)
    high = sum(1 for char in text if char > "\x7f") - damage if damage else 0
    if damage == 0 or high > 2 * damage:
        return text
    for name in names:
        if not name.startswith(("utf", "ascii")):
            try:
                return body.decode(name)
            except UnicodeDecodeError:
                if name == "cp1252":  # five bytes mean nothing in it, and browsers show them all the same
                    return body.decode(name, "replace")
    return _detect(body) or text


def _detect(body: bytes) -> str | None:
    found = _LANG.search(body[:4000])
    guess = _LEGACY_OF.get(found.group(1).decode("ascii").lower()) if found else None
    if guess is not None:
        text = body.decode(guess, "replace")
        if text.count("\ufffd") * 1000 < len(text):
            return text
    best = from_bytes(body[:100_000], cp_isolation=_CANDIDATES).best()
    if best is None:
        return body.decode("cp1252", "replace")
    return body.decode(best.encoding, "replace")


def guard(text: str) -> None:
    """Refuse what would hold a parser up, before any parser sees it.

    Raises:
        Trouble: ``extract.too_complex`` or ``extract.not_html``.
    """
    tags = text.count("<")
    if tags > MAX_TAGS:
        raise Trouble("extract.too_complex", f"{tags} '<' in the page, more than {MAX_TAGS}")
    if not _MARKUP.search(text):
        raise Trouble("extract.not_html", f"no tag in {len(text)} characters, beginning {text[:40]!r}")
    for piece in text.split("<"):
        if len(piece) > 2 * MAX_ATTRIBUTES and piece[0].isalpha() and not piece[:8].lower().startswith(_RAW):
            count = len(_QUOTED.sub(" ", piece).partition(">")[0].split())
            if count > MAX_ATTRIBUTES:
                raise Trouble("extract.too_complex", f"a tag with {count} attributes, more than {MAX_ATTRIBUTES}")


def parse_text(text: str) -> HtmlElement:
    """The tree of HTML that is decoded already: a page or a fragment.

    Raises:
        Trouble: ``extract.too_complex``, ``extract.not_html`` or ``extract.empty``.
    """
    if not text.strip():
        raise Trouble("extract.empty", "the page holds no character")
    guard(text)
    text = text.replace("\x00", "")
    tree = load_html(text)
    if tree is None or tree.find("body") is None:  # one lone element: trafilatura wants a document around it
        tree = load_html(f"<html><body><div>{text}</div></body></html>")
    if tree is None:
        raise Trouble("extract.not_html", f"no element could be read, beginning {text[:40]!r}")
    return tree


def parse_page(body: bytes, *, charset: str | None = None) -> HtmlElement:
    """The tree of a page.

    Args:
        body: bytes as received, inflated.
        charset: what the transport or container declares.

    Raises:
        Trouble: ``extract.empty``, ``extract.not_html`` or ``extract.too_complex``.
    """
    if not body.strip():
        raise Trouble("extract.empty", f"{len(body)} bytes, none of them but white space")
    if body.startswith(_MAGIC):
        raise Trouble("extract.not_html", f"the bytes begin with {body[:4]!r}, another format")
    text = decode(body, charset=charset)
    head = text[:2000]
    junk = sum(1 for char in head if char < " " and char not in "\t\n\r\f\x1b") + head.count("\ufffd")
    if junk * 10 > len(head):
        raise Trouble("extract.not_html", f"binary data, beginning {body[:8]!r}")
    return parse_text(text)
