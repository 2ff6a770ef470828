"""JSON as libraries write it, read leniently.

What real writers do against RFC 8259 and what is not in doubt is put right: NaN and Infinity (Python's ``json.dumps``
writes them) are null, half a surrogate pair is U+FFFD, control characters inside strings stay, a comma too many is
dropped. All of it takes time linear in the size.
"""

import json
import re
from typing import Any, NamedTuple

import orjson
from w3lib.encoding import resolve_encoding

from transforms.articles.charsets import decode_bytes
from transforms.parsers import JsonDecoder

MAX_DIGITS = 400
"""Longest integer that is read as one; Python's int() takes time that grows with the square of its length."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_COMMA = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*+(?:"|\\?\Z)|(?P<comma>,)(?=\s*+[}\]])', re.DOTALL)
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*+(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
_FOREIGN = 0.08
"""Share of bytes that are not ASCII from which records are taken as in another script."""

_AROUND = " \t\r\n,\x1e\ufeff\x00"
"""Stripped from a line: blanks, the comma of an array written a line a record, the mark of RFC 7464."""


def _to_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= MAX_DIGITS else None


DECODER = JsonDecoder(strict=False, parse_constant=lambda _: None, parse_int=_to_int)
"""Reads repaired text."""


def repair_escapes(text: str) -> str:
    """Replace each half of a surrogate pair in JSON by U+FFFD."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: "\\ufffd" if found["half"] else found.group(), text)


def repair_commas(text: str) -> str:
    """Remove the commas that stand before a closing bracket in JSON."""
    return _COMMA.sub(lambda found: "" if found["comma"] else found.group(), text)


def load_lenient(data: bytes | str, *, charset: str = "utf-8") -> Any:
    r"""Load one JSON text.

    >>> load_lenient(b'{"a": NaN, "b": "x\\ud83d", "c": [1, 2,],},')
    {'a': None, 'b': 'x�', 'c': [1, 2]}
    >>> load_lenient("Café na".encode().join([b'"', b'\xefve"']))
    'Café na�ve'

    Args:
        charset: of the bytes, where they are not UTF-8 with a wrong byte or two.

    Raises:
        ValueError: anything else, or nesting too deep to be read.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        text = data if isinstance(data, str) else data.decode(charset, "replace")
    text = repair_escapes(text.strip(_AROUND))
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError:
        return DECODER.decode(repair_commas(text))


class ArrayElements(NamedTuple):
    """The elements of an array, each as it stands, and whether the array is closed."""

    elements: list[str]
    is_closed: bool


def split_array(text: str) -> ArrayElements:
    """Split a JSON array that cannot be read as a whole into its elements; the last may be cut off.

    >>> split_array('[{"a": "],"}, {oops}, [1, 2], "x')
    ArrayElements(elements=['{"a": "],"}', '{oops}', '[1, 2]', '"x'], is_closed=False)
    """
    depth, start = 0, 0
    elements: list[str] = []

    def end(at: int) -> None:
        piece = text[start:at].strip()
        if piece:
            elements.append(piece)

    for token in _TOKEN.finditer(text):
        mark = token.group()[0]
        if mark in "{[":
            depth += 1
            start = token.end() if depth == 1 else start
        elif mark in "}]":
            depth -= 1
        if depth == 0 and mark in "}]":
            end(token.start())
            return ArrayElements(elements, is_closed=True)
        if mark == "," and depth == 1:
            end(token.start())
            start = token.end()
    end(len(text))
    return ArrayElements(elements, is_closed=False)


def charset_of(head: bytes) -> str:
    r"""Return the charset of records by their first bytes; any but UTF-8 only where much indicates it.

    One wrong byte is a wrong byte. Where there are several, and hardly a letter that is right in UTF-8, the records
    are in an older charset, which is looked for as in pages.

    >>> charset_of("Le maire a déclaré la grève, dit la mairie.".encode("cp1252")), charset_of(b"na\xefve")
    ('cp1252', 'utf-8')
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.isascii():
        return "utf-8"
    text = head.decode("utf-8", "replace")
    wrong = text.count("\ufffd") - head.count(b"\xef\xbf\xbd")
    right = sum(char > "\x7f" for char in text) - text.count("\ufffd")
    if wrong < 2 or right >= wrong:
        return "utf-8"
    if wrong < len(text) * _FOREIGN:
        return "cp1252"  # detection has too little to go by: a Western text has a letter in thirty that is not ASCII
    return resolve_encoding(decode_bytes(head).charset) or "cp1252"
