"""Blocks of a feed entry's HTML. All of it is the article: nothing is searched for."""

import re
from dataclasses import dataclass, field

from transforms.articles.blocks import Block, Structure
from transforms.articles.cleaning.clean import text_to_blocks
from transforms.articles.pages import parse_text
from transforms.articles.walk import read_structure
from transforms.characters import unescape

_MARKUP = re.compile(r"<[a-zA-Z!/]")
_APART = frozenset(("figure", "figcaption", "form"))
"""Elements whose text is not the article's."""


@dataclass(frozen=True, slots=True)
class FeedText:
    """What an entry's content or summary holds.

    Attributes:
        blocks: its paragraphs, in order; those of the structure where it is markup.
        structure: of its markup; empty for plain text.
    """

    blocks: list[Block]
    structure: Structure = field(default_factory=Structure)

    @property
    def text(self) -> str:
        """The paragraphs, separated by one newline."""
        return "\n".join(block.text for block in self.blocks)


def read_feed_blocks(markup: str) -> FeedText:
    """Read the paragraphs of an entry's content or summary, with what stands around them.

    Raises:
        Trouble: ``extract.too_complex``.
    """
    if not markup.strip():
        return FeedText([])
    if not _MARKUP.search(markup):
        return FeedText(text_to_blocks(unescape(markup)))
    tree = parse_text(f"<html><body><div>{markup}</div></body></html>")
    for line_break in tree.iter("br"):
        line_break.tag = "hr"  # feeds set paragraphs apart by it
    structure = read_structure(tree)
    return FeedText(_body_blocks(structure), structure)


def read_feed_text(markup: str) -> str:
    r"""Return only the text of :func:`read_feed_blocks`.

    >>> read_feed_text("<p>One.</p><p>Two &amp; three.</p>")
    'One.\nTwo & three.'

    Raises:
        Trouble: ``extract.too_complex``.
    """
    return read_feed_blocks(markup).text


def _body_blocks(structure: Structure) -> list[Block]:
    """Return the blocks that stand in no figure and no form."""
    is_apart: list[bool] = []
    for container in structure.containers:
        is_apart.append(container.tag in _APART or (container.parent >= 0 and is_apart[container.parent]))
    return [block for block in structure.blocks if not is_apart[block.container]]
