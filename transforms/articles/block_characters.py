"""Characters of blocks, counted by their classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_UPPER, _LOWER, _DIGIT, _SPACE, _STOP, _COMMA, _QUOTE, _SIGN, _WIDE, _COLON = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
_KANA, _POINTS = 0x3040, 0x3100


def _classify() -> NDArray[np.uint8]:
    """Return the class of each code point below _POINTS; kana and what is above are of scripts without blanks."""
    table = np.zeros(_POINTS + 1, dtype=np.uint8)
    for point in range(_POINTS):
        char = chr(point)
        if char.isupper():
            table[point] = _UPPER
        elif char.isdigit():
            table[point] = _DIGIT
        elif char.isalpha():
            table[point] = _LOWER
    table[_KANA:] = _WIDE
    for chars, kind in (
        (" \n", _SPACE), (".!?…。؟।", _STOP), (",;،、", _COMMA), ("\"'“”„«»‘’‹›", _QUOTE),
        ("|•·©®™/→←↑↓▶►#@+*=<>_~\\{}[]", _SIGN), (":", _COLON),
    ):  # fmt: skip
        for char in chars:
            table[ord(char)] = kind
    return table


_CLASSES = _classify()


@dataclass(slots=True, eq=False)
class CharacterCounts:
    """What is counted in the text of each block.

    Attributes:
        wide: letters of scripts without blanks.
        sentence_ends: full stops before a blank.
        capital_words: words behind a blank that begin with a capital.
        short_words: of at most three characters.
        last: class of the last character.
        full_stop: whether it ends with a full stop, in quotation marks or not.
    """

    spaces: NDArray[np.int64]
    wide: NDArray[np.int64]
    upper: NDArray[np.int64]
    signs: NDArray[np.int64]
    stops: NDArray[np.int64]
    sentence_ends: NDArray[np.int64]
    capital_words: NDArray[np.int64]
    short_words: NDArray[np.int64]
    last: NDArray[np.uint8]
    full_stop: NDArray[np.bool_]


def count_characters(texts: Sequence[str], chars: NDArray[np.int64]) -> CharacterCounts:
    """Count the characters of texts by their classes.

    Args:
        texts: at least one, none of them empty.
        chars: their lengths, code points.

    >>> counts = count_characters(["The Mine closed. Why?", "yes"], np.array([21, 3]))
    >>> counts.stops.tolist(), counts.sentence_ends.tolist(), counts.capital_words.tolist(), counts.full_stop.tolist()
    ([2, 0], [2, 0], [2, 0], [True, False])
    """
    count = len(texts)
    whole = "\n".join(texts) + "\n"
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _CLASSES.take(points, mode="clip")
    ends = np.cumsum(chars + 1)
    starts = ends - chars - 1
    one_hot = np.bincount(np.repeat(np.arange(count) << 4, chars + 1) + classes, minlength=count << 4)
    one_hot = one_hot.reshape(count, 16).T
    space = classes == _SPACE
    pairs = np.minimum(starts, len(space) - 2)
    space_at = np.flatnonzero(space)
    gaps = space_at.copy()
    gaps[1:] -= space_at[:-1] + 1
    spaces = one_hot[_SPACE]
    last = classes[ends - 2]
    before_last = classes[np.maximum(ends - 3, 0)]
    return CharacterCounts(
        spaces=spaces,
        wide=one_hot[_WIDE],
        upper=one_hot[_UPPER],
        signs=one_hot[_SIGN],
        stops=one_hot[_STOP],
        sentence_ends=np.add.reduceat((classes[:-1] == _STOP) & space[1:], pairs, dtype=np.int64),
        capital_words=np.add.reduceat(space[:-1] & (classes[1:] == _UPPER), pairs, dtype=np.int64),
        short_words=np.add.reduceat(gaps <= 3, np.cumsum(spaces) - spaces, dtype=np.int64),
        last=last,
        full_stop=(last == _STOP) | ((last == _QUOTE) & (before_last == _STOP)),
    )
