"""Lengths of texts that compare across scripts."""

import re

from transforms.characters import FIRST_WIDE

_END = "\ufb00"
_WIDE = re.compile(f"[{FIRST_WIDE}-{chr(ord(_END) - 1)}\uff01-\uff60\U00020000-\U0003ffff]+")
LETTERS_OF_WIDE = 2.5
"""How many letters say about as much as one character of Chinese, Japanese or Korean."""

_LETTERS_OF_WORD = 7
"""Letters and a blank that a word has at most on average, in the languages that set words apart."""


def measure_length(text: str) -> int:
    """Return the code points of a text; one of Chinese, Japanese or Korean counts as two and a half.

    >>> measure_length("The board met."), measure_length("理事会が開かれた。")
    (14, 22)
    """
    size = len(text)
    if text.isascii():
        return size
    some = (text[0], text[size // 4], text[size // 3], text[size // 2], text[2 * size // 3], text[-1])
    if max(some) < FIRST_WIDE or not any(FIRST_WIDE <= char < _END for char in some):
        return size
    return size + int(sum(map(len, _WIDE.findall(text))) * (LETTERS_OF_WIDE - 1))


def count_words(text: str) -> int:
    """Return how many words a text has; where blanks set few of them apart, as many as its length lets expect.

    >>> count_words("The board met."), count_words("理事会が開かれ、桟橋の再建が決まった。")
    (3, 6)
    """
    return max(len(text.split()), measure_length(text) // _LETTERS_OF_WORD)
