"""Lines in one normal form: white space folded, in NFC, without invisible characters; and their bare letters."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0e-\x1f\x7f]"
)
_JOINER = re.compile("[\u0600-\u06ff\u0900-\u0dff]\u200c")


def tidy_piece(text: str) -> str:
    """Return a piece of text in NFC without invisible characters; joiners that a script needs are kept."""
    if text.isprintable():  # what is invisible is not
        return unicodedata.normalize("NFC", text)
    joined = "\u200c" in text and _JOINER.search(text)
    text = unicodedata.normalize("NFC", text)
    if _INVISIBLE.search(text) is None:
        return text
    return _INVISIBLE.sub(lambda match: "\u200c" if joined and match.group() == "\u200c" else "", text)


def tidy_line(line: str) -> str:
    """Return a paragraph in NFC, with plain blanks and without invisible characters.

    Joiners that scripts such as Persian or Hindi need (U+200C between letters) are kept.
    """
    return " ".join((line if line.isascii() and line.isprintable() else tidy_piece(line)).split())


def tidy_text(text: str) -> str:
    """Return text with one newline between paragraphs, without empty ones."""
    return "\n".join(line for line in map(tidy_line, text.splitlines()) if line)


_NO_LETTER = re.compile(r"[\W_]+")
_ASCII = bytes(range(0x80))
_MARKS = frozenset("‘’‚“”„‹›«»–—…•·\u00a0")
_LONGEST_LINE = 200
"""Code points of a text whose letters are remembered."""
_NO_LETTERS = bytes(byte for byte in range(0x100) if byte > 0x7F or not chr(byte).isalnum())
_LOWER = bytes(range(0x100)).lower()


def has_ascii_letters(text: str) -> bool:
    """Return whether all that is not ASCII in a text are quotation marks, dashes and the like, as in most English."""
    return text.isascii() or _MARKS.issuperset(
        text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
    )


def count_letters(text: str) -> int:
    """Count the letters and digits of a text.

    >>> count_letters("Über “uns”, 2.0")
    9
    """
    body = text.encode("utf-8", "surrogatepass")
    others = body.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    return len(body.translate(None, _NO_LETTERS)) + sum(map(str.isalnum, others))


def letters(text: str) -> str:
    """Reduce a text to its letters and digits, case folded, for comparing.

    >>> letters("Über “uns”, 2.0")
    'überuns20'
    """
    return _letters_of_line(text) if len(text) <= _LONGEST_LINE else _reduce(text)


def _reduce(text: str) -> str:
    if text.isascii() or has_ascii_letters(text):
        return text.encode("ascii", "ignore").translate(_LOWER, _NO_LETTERS).decode()
    return _NO_LETTER.sub("", text).casefold()


_letters_of_line = lru_cache(maxsize=512)(_reduce)
"""The same of a short text: titles and headings of a page are compared again and again."""
