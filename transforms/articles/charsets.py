"""The bytes of a page or text come in; the text goes out, with the encoding it was read in and who said so."""

import codecs
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

Source = Literal["bom", "header", "meta", "detected", "default"]

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
_STANDARD = {
    "ascii": "utf-8",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
    "iso2022_jp": "iso-2022-jp",
}
_PYTHON_NAME = re.compile(r"(?:cp(?P<windows>125\d|874)|iso8859[-_](?P<iso>\d+))")


class Decoded(NamedTuple):
    """A text, and how it came out of its bytes."""

    text: str
    charset: str
    """Name by the Encoding Standard of WHATWG, lower case, such as utf-8 or windows-1252."""
    source: Source


def standard_name(codec: str) -> str:
    """The name that the web uses for a codec of Python.

    >>> standard_name("cp1252"), standard_name("iso8859_2"), standard_name("euc_jp"), standard_name("ascii")
    ('windows-1252', 'iso-8859-2', 'euc-jp', 'utf-8')
    """
    name = codecs.lookup(codec).name
    match = _PYTHON_NAME.fullmatch(name)
    if match is not None:
        return f"windows-{match['windows']}" if match["windows"] else f"iso-8859-{match['iso']}"
    return _STANDARD.get(name) or (name if name == "shift_jis" else name.replace("_", "-"))


def _utf8_damage(body: bytes) -> tuple[int, str]:
    """How many bytes are not UTF-8, and the text with U+FFFD in their place."""
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") - body.count(b"\xef\xbf\xbd"), text


def decode_bytes(body: bytes, *, charset: str | None = None, charset_is_header: bool = True) -> Decoded:
    """The text of a page, its encoding, and what decided about that.

    A byte-order mark decides ('bom'); then UTF-8 if the bytes are valid as such, since other encodings hardly ever
    are; then what the transport declares ('header'); then the page's ``<meta>`` or XML declaration ('meta'); then the
    page's language and detection among the encodings that the web used ('detected'). UTF-8 with a few broken bytes
    stays UTF-8. A declaration counts as the source where the text is what it promises; where it is overridden,
    as Latin-1 over valid UTF-8 is, the source is 'detected'. 'default' is what nothing speaks for or against:
    ASCII alone, or bytes in which nothing was detected.

    Labels mean what they mean to browsers, so ISO-8859-1 is windows-1252; declarations are looked for in the first
    4096 bytes, where browsers look at 1024 at first.

    Args:
        body: bytes, inflated.
        charset: what the transport or container declares.
        charset_is_header: False where ``charset`` was found by looking at the bytes.

    >>> decode_bytes("Grüße".encode(), charset="latin1")
    Decoded(text='Grüße', charset='utf-8', source='detected')
    >>> decode_bytes("Grüße".encode("latin-1"), charset="latin1")
    Decoded(text='Grüße', charset='windows-1252', source='header')
    """
    bom, mark = read_bom(body)
    if bom is not None and mark is not None:
        return Decoded(body[len(mark) :].decode(bom, "replace"), standard_name(bom), "bom")
    declared = list(_declared(body, charset, "header" if charset_is_header else "detected"))
    wide = next(((name, source) for name, source in declared if name.startswith(("utf-16", "utf-32"))), None)
    if wide is not None and body[:200].count(0) > len(body[:200]) // 4:
        return Decoded(body.decode(wide[0], "replace"), standard_name(wide[0]), wide[1])
    escaped = next(((name, source) for name, source in declared if name.startswith("iso2022")), None)
    if escaped is not None and b"\x1b" in body:
        return Decoded(body.decode(escaped[0], "replace"), standard_name(escaped[0]), escaped[1])
    damage, text = _utf8_damage(body)
    high = sum(1 for char in text if char > "\x7f") - damage if damage else 0
    if damage == 0 or high > 2 * damage:
        return _as_utf8(text, declared, is_ascii=body.isascii())
    for name, source in declared:
        if not name.startswith(("utf", "ascii")):
            try:
                return Decoded(body.decode(name), standard_name(name), source)
            except UnicodeDecodeError:
                if name == "cp1252":  # five bytes mean nothing in it, and browsers show them all the same
                    return Decoded(body.decode(name, "replace"), standard_name(name), source)
    return _detect(body)


def _declared(body: bytes, charset: str | None, given: Source) -> Iterable[tuple[str, Source]]:
    """Codecs by who names them, most trusted first; names that mean nothing are left out."""
    sources: tuple[tuple[str | None, Source], ...] = ((charset, given), (html_body_declared_encoding(body), "meta"))
    for label, source in sources:
        name = resolve_encoding(label) if label else None
        if name:
            yield codecs.lookup(name).name, source


def _as_utf8(text: str, declared: list[tuple[str, Source]], *, is_ascii: bool) -> Decoded:
    """Valid UTF-8, by the declaration that says so; for ASCII any does, but for encodings of another kind."""
    for name, source in declared:
        if name in ("utf-8", "ascii") or (is_ascii and not name.startswith(("utf", "iso2022"))):
            return Decoded(text, standard_name(name), source)
    return Decoded(text, "utf-8", "default" if is_ascii else "detected")


def _detect(body: bytes) -> Decoded:
    found = _LANG.search(body[:4000])
    guess = _LEGACY_OF.get(found.group(1).decode("ascii").lower()) if found else None
    if guess is not None:
        text = body.decode(guess, "replace")
        if text.count("\ufffd") * 1000 < len(text):
            return Decoded(text, standard_name(guess), "detected")
    best = from_bytes(body[:100_000], cp_isolation=_CANDIDATES).best()
    if best is None:
        return Decoded(body.decode("cp1252", "replace"), standard_name("cp1252"), "default")
    return Decoded(body.decode(best.encoding, "replace"), standard_name(best.encoding), "detected")
