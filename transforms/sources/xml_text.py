"""XML with what a strict parser would refuse repaired, and how it was encoded.

Feeds, OPML files and sitemaps are written by programs that put strings together: a bare ``&``, HTML's names for
characters, control characters. Parsers give up at them or guess (``AT&T;``, ``?a=1=2``), so they are put right first.
"""

import re
from html.entities import html5, name2codepoint
from typing import NamedTuple

from transforms.articles.charsets import Decoded, decode_bytes
from transforms.characters import unescape

DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
_MAX_ENTITIES = 200
_MAX_EXPANDED = 1_000_000
_SUBSET_CHARS = 200_000

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML 1.0 cannot hold, not even as references (https://www.w3.org/TR/xml/#charsets)."""

_LINE_CONTROL = re.compile("[\x0b\x0c]")
_SPECIAL = re.compile(r"<!--|<!\[CDATA\[|<\?")
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9A-Fa-f]{1,12})|([0-9]{1,12}))(?![0-9]);?|([A-Za-z][A-Za-z0-9]{0,40});)?")
_BARE_LESS = re.compile(r"<(?=[\s0-9=<-])")
_ENTITY = re.compile(
    r"<!ENTITY\s{1,100}([A-Za-z][A-Za-z0-9]{0,40})\s{1,100}"
    r"(?:\"([^\"<%]{0,1000})\"|'([^'<%]{0,1000})')\s{0,100}>"
)
_OPENED = re.compile(r"<([A-Za-z_][\w.:-]{0,60})(?:\s[^<>]{0,300})?(?<!/)>\s{0,200}\Z")
_BEFORE_CHARS = 600
_MARKUP = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&apos;"}
_OWN = frozenset(["amp", "lt", "gt", "quot", "apos"])


class CleanXml(NamedTuple):
    """An XML file, ready for a parser."""

    data: bytes
    """UTF-8, with a declaration that says so, without comments, processing instructions and DOCTYPE."""
    decoded: Decoded


def clean_xml(data: bytes, *, charset: str | None = None) -> CleanXml:
    r"""Decode an XML file and escape what is meant as text.

    A ``&`` that begins no reference is escaped; HTML's names for characters, numbers of characters and the plain
    entities of an internal DTD become those characters; characters that XML 1.0 cannot hold go. CDATA sections stay
    as they are; one without an end is closed where its element or entry ends, or dropped where that was cut off; of one
    that does not begin its element only the mark is dropped. Entities made of entities are not expanded. Linear.

    Args:
        charset: what the transport declares.

    >>> clean_xml(b"<a>AT&T &nbsp;&eacute; &#146; &copy=1 <![CDATA[R&D]]></a>").data.decode().splitlines()[1]
    '<a>AT&amp;T \xa0é ’ &amp;copy=1 <![CDATA[R&D]]></a>'
    """
    decoded = decode_bytes(data, charset=charset, is_xml=True)
    text = NOT_XML.sub("", _LINE_CONTROL.sub(" ", decoded.text.removeprefix("\ufeff")))
    start, entities = _prolog(text)
    pieces = [DECLARATION, *_body(text, start, _References(entities))]
    return CleanXml("".join(pieces).encode("utf-8", "replace"), decoded)


def _prolog(text: str) -> tuple[int, dict[str, str]]:
    """Find where the first element begins, and the entities that a DOCTYPE before it defines."""
    at, entities = max(0, text.find("<")), dict[str, str]()
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        end = -1
        if text.startswith("<?", at):
            end = _after(text, "?>", at)
        elif text.startswith("<!--", at):
            end = _after(text, "-->", at)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            close = text.find(">", at)
            opened = text.find("[", at, max(close, at))
            end = close + 1
            if opened >= 0:
                closed = text.find("]", opened)
                end = _after(text, ">", closed) if closed >= 0 else -1
                subset = text[opened : min(max(closed, opened), opened + _SUBSET_CHARS)]
                entities = _entities(subset)
        if end <= 0:
            return at, entities
        at = end


def _after(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else -1


def _entities(subset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(subset):
        value = unescape(match[2] or match[3] or "")
        if "&" not in value and "<" not in value and len(found) < _MAX_ENTITIES:
            found.setdefault(match[1], value)
    return found


def _body(text: str, start: int, references: "_References") -> list[str]:
    pieces: list[str] = []
    endless: set[str] = set()
    at, section_end = start, 0
    while (special := _SPECIAL.search(text, at)) is not None:
        mark, first = special.group(), special.start()
        before = references.escape(text[at:first])
        pieces.append(before)
        if mark == "<![CDATA[":
            if 0 <= section_end < first + len(mark):  # each end is searched for once
                section_end = text.find("]]>", first + len(mark))
            at, section = _section(text, first, section_end)
            pieces.append(section)
            continue
        close = "-->" if mark == "<!--" else "?>"
        end = -1 if mark in endless else _after(text, close, first + len(mark))
        if end < 0:
            endless.add(mark)  # nor will any later one have an end
            pieces.append("&lt;" + mark[1:])
            end = first + len(mark)
        at = end
    pieces.append(references.escape(text[at:]))
    return pieces


def _section(text: str, first: int, end: int) -> tuple[int, str]:
    """Return where a CDATA section ends, and what is kept of it; ``end`` is that of its ``]]>``, or -1.

    A section whose ``]]>`` is missing would run to that of another entry, or to the end of the file. So one that has
    another in it, or no end, is closed where its element ends, at the latest where an entry ends or begins. Text that
    was made a section twice is one section.
    """
    inside = first + len("<![CDATA[")
    another = text.find("<![CDATA[", inside, end if end >= 0 else len(text))
    if end >= 0 and another < 0:
        return end + 3, text[first : end + 3]
    if end >= 0 and another == inside and text.startswith("]]>", end + 3):
        return end + 6, text[another : end + 3]  # made a section twice
    opened = _OPENED.search(text, max(0, first - _BEFORE_CHARS), first)
    close = re.compile(rf"<(?:/{re.escape(opened[1])}|/?(?:item|entry))(?![\w.:-])") if opened else None
    closing = close.search(text, inside, end if end >= 0 else len(text)) if close else None
    if closing is not None:
        return closing.start(), f"{text[first : closing.start()]}]]>"
    if end >= 0:
        return end + 3, text[first : end + 3]
    return (len(text) if opened else inside), ""


class _References:
    """Repairs references, and limits what the entities of a DTD add."""

    def __init__(self, entities: dict[str, str]) -> None:
        self._entities = entities
        self._left = _MAX_EXPANDED

    def escape(self, text: str) -> str:
        text = _BARE_LESS.sub("&lt;", text)
        return _REFERENCE.sub(self._one, text) if "&" in text else text

    def _one(self, reference: re.Match[str]) -> str:
        in_hex, in_ten, name = reference.groups()
        if in_hex or in_ten:
            return _character(int(in_hex, 16) if in_hex else int(in_ten))
        if name is None:
            return "&amp;" + reference.group()[1:]
        if name in _OWN:
            return reference.group()
        value = self._entities.get(name)
        if value is not None and len(value) <= self._left:
            self._left -= len(value)
        else:
            value = chr(name2codepoint[name]) if name in name2codepoint else html5.get(f"{name};")
        return "".join(_MARKUP.get(char, char) for char in value) if value else f"&amp;{name};"


def _character(number: int) -> str:
    if number > 0x10FFFF:
        return "\ufffd"
    char = _LINE_CONTROL.sub(" ", unescape(f"&#{number};"))  # as browsers do: 128 to 159 are those of windows-1252
    return _MARKUP.get(char, char) if len(char) == 1 and not NOT_XML.match(char) else "\ufffd"
