"""The encoding of a page or text, what decided about it, and the decoded text."""

import codecs
import functools
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

from transforms.articles.double_utf8 import undo_double_utf8

Source = Literal["bom", "header", "meta", "detected", "default"]

_LANG = re.compile(
    rb"""(?:<html[^<>]{0,500}?\slang\s{0,20}=|\bxml:lang\s{0,20}=|<(?:dc:)?language>)\s{0,20}["']?"""
    rb"""([a-zA-Z]{2}\b(?:[-_][a-zA-Z]{2,4}\b)?)""",
    re.IGNORECASE,
)
_XML_LABEL = re.compile(
    rb"""<\?xml[^>]{0,200}?\sencoding\s{0,20}=\s{0,20}["']\s{0,20}([\w.:()-]{1,60})""", re.IGNORECASE
)
_META_LABEL = re.compile(
    rb"""<meta\s[^>]{0,300}?charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:()-]{1,60})""", re.IGNORECASE
)
_HEADER_LABEL = re.compile(r"""charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:()-]{1,60})""", re.IGNORECASE)

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
    "cp932": "ja",
    "gb18030": "zh",
    "cp949": "ko",
}
"""The encoding of the web before UTF-8, by language of the page."""

_TRADITIONAL = frozenset(("zh-tw", "zh-hk", "zh-mo", "zh-hant"))
_LEGACY_OF = {language: encoding for encoding, languages in _LEGACY.items() for language in languages.split()}
_HIGH = bytes(range(0x80, 0x100))
_C1 = bytes(range(0x80, 0xA0))
_LATIN_2 = "ąśźĄŚŹ".encode("iso8859_2")
_MOST_PLAIN = 12
"""Characters of ASCII, markup included, for each other one of a page in Vietnamese, at most."""

_CANDIDATES = [*_LEGACY, "euc_jp", "big5hkscs", "iso8859_2", "koi8_r"]
_STANDARD = {
    "ascii": "utf-8",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
    "iso2022_jp": "iso-2022-jp",
    "mac-roman": "macintosh",
    "cp866": "ibm866",
}
_LABELS = {
    "unicode-1-1-utf-8": "utf-8",
    "sun_eu_greek": "iso8859-7",
    "visual": "iso8859-8",
    "logical": "iso8859-8",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "mac": "mac-roman",
    "csmacintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "dos-874": "cp874",
    "iso885911": "cp874",
    "iso88591": "cp1252",
    "iso88599": "cp1254",
    "csgb2312": "gb18030",
    "gb_2312": "gb18030",
    "x-gbk": "gb18030",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cseucpkdfmtjapanese": "euc_jp",
    "x-euc-jp": "euc_jp",
    "cseuckr": "cp949",
    "csksc56011987": "cp949",
    "iso-ir-149": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "windows-949": "cp949",
    "csisolatin9": "iso8859-15",
}
"""Labels of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels) that w3lib does not know."""

_SPELLING = re.compile(r"(?:cs)?iso-?8859-?(\d{1,2})(?:-?[ei])?|x-cp(125\d)")
"""The same, spelled by rule: ISO-8859-8-I differs from ISO-8859-8 in the order on the screen alone."""

_OF_TEXT = re.compile(r"(?:utf-(?:8|16|32)|iso8859|iso2022|cp\d|koi8|mac|gb|big5|euc|hz|johab|ptcp154|kz1048|tis)")
"""Codecs that an encoding of the web may have; Python has others, such as unicode_escape and idna."""
_PYTHON_NAME = re.compile(r"(?:cp(?P<windows>125\d|874)|iso8859[-_](?P<iso>\d+))")


class Decoded(NamedTuple):
    """A text, and how it was decoded."""

    text: str
    charset: str
    """Name by the Encoding Standard of WHATWG, lower case, such as utf-8 or windows-1252."""
    source: Source
    utf8: bytes | None = None
    """The same text in UTF-8, where the bytes were that."""


@functools.lru_cache(maxsize=1024)
def codec_for_label(label: str) -> str | None:
    """Return Python's codec for what browsers read under a label; None for a label that they do not know.

    >>> codec_for_label("Shift_JIS"), codec_for_label("ks_c_5601-1987"), codec_for_label("iso-8859-8-i")
    ('cp932', 'cp949', 'iso8859-8')
    >>> codec_for_label("latin1"), codec_for_label("x-gbk"), codec_for_label("utf-7")
    ('cp1252', 'gb18030', None)
    """
    label = label.strip().lower()
    if not label or len(label) > 60:
        return None
    listed = _LABELS.get(label)
    name = codecs.lookup(listed).name if listed else resolve_encoding(label)
    if name is None and (spelled := _SPELLING.fullmatch(label)):
        name = resolve_encoding(f"iso-8859-{spelled[1]}" if spelled[1] else f"cp{spelled[2]}")
    return name if name and _OF_TEXT.match(name) else None


def header_label(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type header declares, as written."""
    found = _HEADER_LABEL.search((content_type or "")[:1000])
    return found[1] if found else None


def standard_name(codec: str) -> str:
    """Return the name that the web uses for a codec of Python.

    >>> standard_name("cp1252"), standard_name("iso8859_2"), standard_name("euc_jp"), standard_name("ascii")
    ('windows-1252', 'iso-8859-2', 'euc-jp', 'utf-8')
    """
    name = codecs.lookup(codec).name
    match = _PYTHON_NAME.fullmatch(name)
    if match is not None:
        return f"windows-{match['windows']}" if match["windows"] else f"iso-8859-{match['iso']}"
    return _STANDARD.get(name) or (name if name == "shift_jis" else name.replace("_", "-"))


def _utf8_damage(body: bytes) -> tuple[int, str]:
    """Count the bytes that are not UTF-8, and decode the text with U+FFFD in their place."""
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") - body.count(b"\xef\xbf\xbd"), text


def decode_bytes(
    body: bytes, *, charset: str | None = None, charset_is_header: bool = True, is_xml: bool = False
) -> Decoded:
    """Decode a page, feed or list, and say by which encoding and what decided about it.

    A byte-order mark decides ('bom'); then UTF-8 if the bytes are valid as such, since other encodings hardly ever
    are; then what the transport declares ('header'); then the page's ``<meta>`` or XML declaration ('meta'); then the
    page's language and detection among the encodings that the web used ('detected'). UTF-8 with a few broken bytes
    stays UTF-8. A declaration counts as the source where the text is what it promises; where it is overridden,
    as Latin-1 over valid UTF-8 is, the source is 'detected'. 'default' is what nothing speaks for or against:
    ASCII alone, or bytes in which nothing was detected.

    Labels mean what they mean to browsers, so ISO-8859-1 is windows-1252 (see :func:`codec_for_label`); declarations
    are looked for in the first 4096 bytes, where browsers look at 1024 at first. Text that was encoded as UTF-8 twice
    is decoded twice (see :func:`transforms.articles.double_utf8.undo_double_utf8`).

    Args:
        body: bytes, inflated.
        charset: what the transport or container declares.
        charset_is_header: False where ``charset`` was found by looking at the bytes.
        is_xml: a ``<meta>`` in it is not its own; only the XML declaration counts.

    >>> decode_bytes("Grüße".encode(), charset="latin1")[:3]
    ('Grüße', 'utf-8', 'detected')
    >>> decode_bytes("Grüße".encode("latin-1"), charset="latin1")[:3]
    ('Grüße', 'windows-1252', 'header')
    """
    bom, mark = read_bom(body)
    if bom is not None and mark is not None:
        return Decoded(body[len(mark) :].decode(bom, "replace"), standard_name(bom), "bom")
    declared = list(_declared(body, charset, "header" if charset_is_header else "detected", is_xml=is_xml))
    wide = _wide(body, declared)
    if wide is not None:
        return Decoded(body.decode(wide[0], "replace"), standard_name(wide[0]), wide[1])
    escaped = next(((name, source) for name, source in declared if name.startswith("iso2022")), None)
    if escaped is not None and b"\x1b" in body:
        return Decoded(_decode_legacy(body, escaped[0])[0], standard_name(escaped[0]), escaped[1])
    try:
        text = body.decode()
    except UnicodeDecodeError:
        damage, text = _utf8_damage(body)
    else:
        return _as_utf8(text, declared, body)
    high = sum(1 for char in text if char > "\x7f") - damage if damage else 0
    is_declared_utf8 = bool(declared) and declared[0][0] == "utf-8"
    if damage == 0 or high > 2 * damage or (is_declared_utf8 and high > damage):
        return _as_utf8(text, declared, None)
    for name, source in declared:
        if not name.startswith(("utf", "ascii")):
            text, wrong = _decode_legacy(body, name)
            # Five bytes mean nothing in windows-1252, and browsers show them all the same.
            if wrong == 0 or name == "cp1252" or 10 * wrong <= len(text) - _ascii_count(text):
                return Decoded(text, standard_name(name), source)
    return _detect(body)


def _ascii_count(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


def _decode_legacy(body: bytes, codec: str) -> tuple[str, int]:
    """Decode text in an encoding other than Unicode's, and count the bytes that mean nothing in it."""
    codec = "iso2022_jp_ext" if codec == "iso2022_jp" else codec  # browsers read half-width katakana, too
    text = body.decode(codec, _JAPANESE if codec in ("euc_jp", "iso2022_jp_ext") else "replace")
    return text, text.count("\ufffd")


def _vendor_characters(error: UnicodeError) -> tuple[str, int]:
    """Decode rows of JIS X 0208 that vendors added, such as circled digits: browsers do, Python only in cp932."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    high, low = (byte | 0x80 for byte in error.object[error.start : error.start + 2].ljust(2, b"\0"))
    if min(high, low) >= 0xA1 and max(high, low) <= 0xFE:
        row, cell = high - 0xA0, low - 0xA0
        lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
        trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell <= 63 else 0x40)
        char = bytes((lead, trail)).decode("cp932", "ignore")
        if char:
            return char, error.start + 2
    return "\ufffd", error.start + 1


_JAPANESE = "newsmill-japanese"
codecs.register_error(_JAPANESE, _vendor_characters)


def _declared(body: bytes, charset: str | None, given: Source, *, is_xml: bool) -> Iterable[tuple[str, Source]]:
    """Yield the declared codecs, most trusted first, without names that mean nothing."""
    named = codec_for_label(charset) if charset else None
    if named:
        yield named, given
    head = body[:4096]
    inside = None if is_xml else html_body_declared_encoding(head)
    if inside is None:
        found = _XML_LABEL.match(head.lstrip()) or (None if is_xml else _META_LABEL.search(head))
        inside = codec_for_label(found[1].decode("latin-1")) if found else None
    if inside:
        yield codecs.lookup(inside).name, "meta"


def _wide(body: bytes, declared: list[tuple[str, Source]]) -> tuple[str, Source] | None:
    """Return the encoding of two or four bytes a character, as declared or by the zeros (XML 1.0, appendix F)."""
    zeros = body[:200].count(0)
    if zeros * 4 <= len(body[:200]):
        return None
    for name, source in declared:
        if name.startswith(("utf-16", "utf-32")):
            return name, source
    first, second, third, fourth = (byte == 0 for byte in body[:4].ljust(4, b"\0"))
    by_zeros = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    found = by_zeros.get((first, second, third, fourth))
    return (found, "detected") if found else None


def _as_utf8(text: str, declared: list[tuple[str, Source]], body: bytes | None) -> Decoded:
    """Return UTF-8, by the declaration that says so; for ASCII by any but those of another kind of encoding.

    Args:
        text: decoded once.
        declared: codecs, most trusted first.
        body: the bytes, where all of them are valid.
    """
    is_ascii = body is not None and body.isascii()
    undone = undo_double_utf8(text, body)
    utf8 = body if undone is text else None
    for name, source in declared:
        if name in ("utf-8", "ascii") or (is_ascii and not name.startswith(("utf", "iso2022"))):
            return Decoded(undone, standard_name(name), source, utf8)
    return Decoded(undone, "utf-8", "default" if is_ascii else "detected", utf8)


def _detect(body: bytes) -> Decoded:
    found = _LANG.search(body[:4000])
    tag = found.group(1).decode("ascii").lower().replace("_", "-") if found else ""
    guess = "big5hkscs" if tag in _TRADITIONAL else _LEGACY_OF.get(tag[:2])
    if guess is not None:
        guess = _sibling_of(guess, body)
        text, wrong = _decode_legacy(body, guess)
        if wrong * 1000 < len(text):
            return Decoded(text, standard_name(guess), "detected")
    best = from_bytes(body[:100_000], cp_isolation=_CANDIDATES).best()
    if best is None:
        return Decoded(body.decode("cp1252", "replace"), standard_name("cp1252"), "default")
    encoding = _sibling_of(best.encoding, body)
    return Decoded(_decode_legacy(body, encoding)[0], standard_name(encoding), "detected")


def _sibling_of(encoding: str, body: bytes) -> str:
    """Return the encoding that bytes are in, of those that a guess is easily confused with."""
    part = body[:100_000]
    high = len(part) - len(part.translate(None, _HIGH))
    if encoding == "cp1251":
        text = part.decode("cp1251", "ignore")  # KOI8-R has small letters where this has capitals
        return "koi8_r" if sum(map(str.isupper, text)) > sum(map(str.islower, text)) else encoding
    if encoding == "cp1250":
        has_latin2 = len(part) != len(part.translate(None, _LATIN_2)) and len(part) == len(part.translate(None, _C1))
        return "iso8859_2" if has_latin2 else encoding
    if encoding in ("cp949", "euc_kr"):
        return "euc_jp" if 5 * part.count(b"\xa4") > high else encoding  # before every hiragana
    if encoding == "cp1258":  # of Vietnamese text, a third of the words has a mark
        return encoding if _MOST_PLAIN * high > len(part) - high else "cp1252"
    return encoding
