"""Search for many words at once, in a text in lower case."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_NO_LETTER = "[^ 0-9_a-z\u00df-\u00f6\u00f8-\u024f]"
"""What else than a space stands before a word; letters that it holds are ruled out in what was found."""

_LETTER = re.compile("[a-z\u00df-\u00f6\u00f8-\u024f](?![?*+{])")


class WordPatterns(NamedTuple):
    r"""Expressions for the same words, behind a space and behind anything else.

    An expression that begins with a set of characters is searched for several times as fast as one that begins with a
    condition such as ``\b``, and one that begins with a single character several times as fast again.
    """

    behind_space: re.Pattern[str]
    behind_other: re.Pattern[str]


def compile_words(expressions: Iterable[str], end: str = "") -> WordPatterns:
    """Return what ``find_words`` searches for: expressions that begin with a letter, and what ends each of them.

    Of those that match at one place, the one that comes first is found.
    """
    words = _by_letters(list(expressions)) + end
    return WordPatterns(re.compile(f" {words}"), re.compile(_NO_LETTER + words))


def _by_letters(expressions: Sequence[str]) -> str:
    """Join expressions so that few of them are tried at each word."""
    if len(expressions) == 1:
        return expressions[0]
    if not all(map(_LETTER.match, expressions)):
        return f"(?:{'|'.join(expressions)})"
    rests: dict[str, list[str]] = {}
    for expression in expressions:
        rests.setdefault(expression[0], []).append(expression[1:])
    joined = [letter + _by_letters(found) for letter, found in rests.items()]
    return joined[0] if len(joined) == 1 else f"(?:{'|'.join(joined)})"


def find_words(patterns: WordPatterns, low: str) -> Iterator[tuple[int, int]]:
    r"""Yield where the words of a pattern stand in a text in lower case, in order: offset of the first letter and end.

    >>> list(find_words(compile_words(("two", "three"), r"\b"), "two or three, not networks or twos"))
    [(0, 3), (7, 12)]
    """
    text = f"\n{low}"  # so that what stands before a word in it has the offset that the word has in the other
    found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    taken = 0
    for start, end in sorted(found):
        before = low[start - 1 : start] if start else ""
        if start >= taken and not before.isalnum():
            taken = end - 1
            yield start, taken
