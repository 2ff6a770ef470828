"""Characters: references of HTML, resolved; scripts whose words no blanks set apart; marks that belong to letters."""

import html
import re
import unicodedata

_TOO_LONG = re.compile(r"&#(?:[0-9]{12,}|[xX][0-9a-fA-F]{12,});?")
"""Numbers beyond any character; Python refuses to read one of more than 4,300 digits."""


FIRST_WIDE = "\u2e80"
"""Han, kana, hangul and their punctuation begin here: a character of them says more than a letter does."""


_COMBINING, _SOUTH_ASIAN, _END_OF_SCRIPTS = 0x0300, 0x0900, 0x1800


def _list_marks(first: int) -> str:
    """Return the marks on letters from a code point on, to stand in a character class."""
    codes = range(first, _END_OF_SCRIPTS)
    return "".join(char for char in map(chr, codes) if unicodedata.category(char) in ("Mn", "Mc"))


VOWEL_MARKS = _list_marks(_SOUTH_ASIAN)
"""Vowels and other marks on letters of the scripts from Devanagari to Khmer, which ``\\w`` lacks."""

MARKS = _list_marks(_COMBINING)
"""All marks on letters, those that a text may leave out included: accents, and the vowels of Hebrew and Arabic."""


def is_wide(character: str) -> bool:
    """Return whether a character is of Han, kana or hangul, where short lines say as much as long ones elsewhere.

    >>> is_wide("港"), is_wide("é")
    (True, False)
    """
    return character >= FIRST_WIDE


def unescape(text: str) -> str:
    """Resolve the character references of a text, as browsers do.

    :func:`html.unescape` raises ValueError for a number of thousands of digits; here it is U+FFFD, like any number
    that no character has.

    >>> unescape("Fish &amp; chips &#8211; 3 &#" + "9" * 5000 + ";")
    'Fish & chips – 3 \ufffd'
    """
    return html.unescape(_TOO_LONG.sub("\ufffd", text) if "&#" in text else text)
