"""Paragraphs of a plain text, with wrapped lines joined."""

import re
import unicodedata
from itertools import pairwise

from transforms.articles.credits import read_credit, read_date
from transforms.characters import unescape

MAX_HEADLINE = 250
"""Longest headline, in code points; longer is a paragraph."""
STOP = re.compile(r"[.!?。！？]['\"”’»)\]]*$")
"""The end of a sentence at the end of a line."""

_INVISIBLE = {ord(char): None for char in "\x00\ufeff\u200b\u200e\u200f\u2060\xad"}
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def split_paragraphs(text: str) -> list[str]:
    r"""Split a text into paragraphs, white space folded, lines that were wrapped at a margin joined again.

    A line continues in the next where that starts in lower case, or where its first word had not fitted in.
    A text in which few lines do so is not wrapped: then each line is a paragraph.

    >>> split_paragraphs("One line.\nAnother line.\n\nA third.")
    ['One line.', 'Another line.', 'A third.']
    """
    lines = [" ".join(line.split()) for line in _BREAK.split(text.translate(_INVISIBLE))]
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    flowing = [len(line) for line, after in pairs if _flows(line, after) and 40 <= len(line) <= 120]
    width = max(flowing, default=0)
    if len(flowing) < 0.4 * sum(len(line) >= 0.75 * width for line, _ in pairs):
        width = 0  # not wrapped
    apart = _around_headlines(lines)
    paragraphs: list[list[str]] = []
    is_open = False
    for number, line in enumerate(lines):
        if not line:
            is_open = False
            continue
        if is_open and number not in apart:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        after = lines[number + 1] if number + 1 < len(lines) else ""
        is_open = bool(
            width and after and len(line) <= width + 8
            and (_flows(line, after) or len(line) + 1 + len(after.split(maxsplit=1)[0]) > width)
            and not _stands_alone(line) and not _stands_alone(after)
        )  # fmt: skip
    return [" ".join(parts) for parts in paragraphs]


def _flows(line: str, after: str) -> bool:
    """Return whether a sentence plainly continues in the next line; without case the missing stop shows it."""
    return after[0].islower() or (after[0].lower() == after[0].upper() and after[0].isalpha() and not STOP.search(line))


def _around_headlines(lines: list[str]) -> set[int]:
    """Return numbers of lines that start a paragraph since a headline, of one or more lines, starts or ends there."""
    keys = [headline_key(line) if len(line) <= MAX_HEADLINE else "" for line in lines]
    first = next((number for number, key in enumerate(keys) if key), len(keys))
    for again in range(first + 1, len(keys)):
        if keys[again] == keys[first]:
            run = 1
            while again + run < len(keys) and keys[first + run] and keys[first + run] == keys[again + run]:
                run += 1
            ends = [lines[number] for number in (first + run, again + run) if number < len(lines)]
            is_whole = first + run <= again and not any(line[:1].islower() for line in ends)
            return {first, first + run, again, again + run} if is_whole else set()
    return set()


def _stands_alone(line: str) -> bool:
    return not line[0].islower() and (read_date(line) is not None or read_credit(line) is not None)


def headline_key(line: str) -> str:
    """Return what two copies of a headline have in common: words, without case, quotes and punctuation."""
    folded = unicodedata.normalize("NFKC", unescape(line)).casefold()
    return " ".join(re.findall(r"\w+", folded.replace("’", "").replace("'", ""))) or folded
