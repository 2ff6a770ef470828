"""One removal from one block, and the measures that several modules that find removals share."""

from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.blocks import Block

LONG = 200
"""Length from which a paragraph is prose."""

MIN_TEASER, MAX_TEASER = 25, 200
"""Length of the title of another article."""

MAX_AROUND = 8
"""Elements around a block that are looked at: their class may say for which screens it is, or what box it is in."""

ABOUT_CHARS = 300
"""Code points of a class or id that are read."""


class Cut(NamedTuple):
    """One removal from one block: from ``start`` up to ``end`` in its text."""

    rule: str
    start: int
    end: int


def is_gone(block: Block, cut: Cut | None) -> bool:
    """Return whether nothing of a block is left."""
    return cut is not None and cut.start == 0 and cut.end == len(block.text)


def elements_around(block: Block) -> list[HtmlElement]:
    """Return the elements around a block, the innermost first."""
    return [] if block.element is None else list(islice(block.element.iterancestors(), MAX_AROUND))
