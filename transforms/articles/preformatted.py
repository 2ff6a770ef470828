"""The lines of text that a page shows as it is written."""

from collections.abc import Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from transforms.articles.folding import tidy_piece

MAX_TEXT = 100_000
"""Code points of the longest text whose lines are kept."""

_MAX_PIECES = 20_000
"""Strings of such an element that are read: in code, each word may be an element."""

_LEAST_WIDTH, _WRAPPED = 50, 0.6
"""Code points of the longest line of prose that was wrapped, and the share of its lines that the next word ended."""


def keep_lines(text: str, element: HtmlElement | None, breaks: Sequence[int] = ()) -> str:
    r"""Return the text of a ``<pre>`` with a newline for the blank between two of its lines.

    Lines that were wrapped at a margin stay joined. The text comes back as it is where the element holds anything else.
    Linear.

    >>> from lxml.html import fragment_fromstring
    >>> keep_lines("At dawn the ships wait.", fragment_fromstring("<pre>At dawn\n  the <b>ships</b> wait.</pre>"))
    'At dawn\nthe ships wait.'

    Args:
        text: what was read of it, in one line.
        element: the ``<pre>``; None: only the breaks are read.
        breaks: places in the text where a ``<br>`` stands.
    """
    if len(text) > MAX_TEXT:
        return text
    ends = set(breaks)
    written = "".join(islice(element.itertext(), _MAX_PIECES)) if element is not None else ""
    lines = _join_wrapped([" ".join(line.split()) for line in tidy_piece(written).split("\n")])
    if "".join(lines).replace(" ", "") == text.replace(" ", ""):
        places = [place for place, sign in enumerate(text) if sign != " "]
        count = 0
        for line in lines[:-1]:
            count += len(line) - line.count(" ")
            ends.add(places[count - 1] + 1)
    return "".join("\n" if sign == " " and place in ends else sign for place, sign in enumerate(text)) if ends else text


def _join_wrapped(lines: Sequence[str]) -> list[str]:
    """Return lines without empty ones, those of a paragraph that was wrapped at a margin in one."""
    width = max(map(len, lines), default=0)
    is_full = [
        bool(line and after) and len(line) + 1 + len(after.split(maxsplit=1)[0]) > width
        for line, after in pairwise((*lines, ""))
    ]
    pairs = sum(bool(line and after) for line, after in pairwise(lines))
    if width < _LEAST_WIDTH or sum(is_full) < _WRAPPED * pairs:
        return [line for line in lines if line]
    found: list[list[str]] = [[]]
    for line, goes_on in zip(lines, is_full, strict=True):
        found[-1].append(line)
        if not goes_on:
            found.append([])
    return [joined for parts in found if (joined := " ".join(filter(None, parts)))]
