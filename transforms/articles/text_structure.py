"""What the text of an article is made of: its blocks and links, by their offsets, and its pictures."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from schemas.articles import CleaningAction, ImageObject, TextBlock, TextLink
from transforms.articles.blocks import Block, Structure
from transforms.articles.cleaning.clean import Cleaned, KeptBlock
from transforms.articles.images.find import find_images
from transforms.articles.page_addresses import resolve
from transforms.articles.sentence_ends import SENTENCE_ENDS

_T = TypeVar("_T")
_LEAST_SENTENCE = 80
"""Code points of a row of a table from which it is a paragraph, where it has one cell."""
_log = logging.getLogger(__name__)

MAX_LINKS = 2_000
"""Most links that are kept of one text."""


class TextStructure(NamedTuple):
    """Columns of an article that say what its text is made of.

    Attributes:
        blocks: of the text.
        links: in the text.
        images: beside it.
        failed: columns that could not be made and are empty, as ``not_run`` names them.
    """

    blocks: tuple[TextBlock, ...] = ()
    links: tuple[TextLink, ...] = ()
    images: tuple[ImageObject, ...] = ()
    failed: tuple[str, ...] = ()


def describe_text(
    blocks: Sequence[Block],
    cleaned: Cleaned,
    structure: Structure,
    *,
    base: str | None,
    lead: ImageObject | None = None,
) -> TextStructure:
    """Say what a text is made of. A column that cannot be made stays empty, and is named in ``failed``.

    Args:
        blocks: the main text as it was given to cleaning.
        cleaned: what cleaning made of it.
        structure: of the page or markup that the blocks are from.
        base: address that relative ones are resolved against.
        lead: the picture that the page declares as its own.
    """
    failed: list[str] = []

    def attempt(column: str, make: Callable[[], tuple[_T, ...]]) -> tuple[_T, ...]:
        try:
            return make()
        except Exception as error:  # no oddity of a page may cost its article
            _log.debug("structure.%s: %s: %.200s", column, type(error).__name__, error)
            failed.append(f"structure.{column}")
            return ()

    return TextStructure(
        attempt("text_blocks", lambda: describe_blocks(cleaned.blocks)),
        attempt("links", lambda: find_links(blocks, cleaned.actions, base=base)),
        attempt("images", lambda: find_images(structure, blocks, base=base, lead=lead)),
        tuple(failed),
    )


def describe_blocks(kept: Iterable[KeptBlock]) -> tuple[TextBlock, ...]:
    """Say of each block what it is and where it stands in the text."""
    return tuple(
        TextBlock(kind=_kind_of(one), level=one.block.level, start=one.start, end=one.end)
        for one in kept
        if one.end > one.start
    )


def _kind_of(one: KeptBlock) -> str:
    """Return the kind of a block; a row of one cell that holds a sentence is a paragraph, set in a table for layout."""
    is_sentence = len(one.text) >= _LEAST_SENTENCE and one.text.endswith(SENTENCE_ENDS)
    if one.block.kind == "table_row" and is_sentence and one.block.element is not None and len(one.block.element) == 1:
        return "paragraph"
    return one.block.kind


def find_links(blocks: Sequence[Block], actions: Sequence[CleaningAction], *, base: str | None) -> tuple[TextLink, ...]:
    """Find the links in the text that cleaning left, in order; of one that was cut in part, what is left.

    Links that lead nowhere else (scripts, mail, a place in the same page) are left out. Takes time linear in blocks,
    links and actions.

    Args:
        blocks: those whose texts, joined by newlines, are the text before cleaning; empty ones are passed over.
        actions: what was removed from that text, in order and apart from each other.
        base: address that relative ones are resolved against.
    """
    found: list[TextLink] = []
    cuts = _Cuts(actions)
    page = f"{base.partition('#')[0]}#" if base else "#"
    offset = 0
    for block in blocks:
        if not block.text:
            continue
        for start, end, written in sorted(block.links):
            if written.startswith("#") or not written:
                continue
            first, after = cuts.left_before(offset + start), cuts.left_before(offset + end)
            url = resolve(base, written) if after > first else None
            if url is not None and not url.startswith(page):
                found.append(TextLink(url=url, start=first, end=after))
        if len(found) >= MAX_LINKS:
            return tuple(found[:MAX_LINKS])
        offset += len(block.text) + 1
    return tuple(found)


class _Cuts:
    """What is left before an offset of the text before cleaning, for offsets that hardly ever go back."""

    def __init__(self, actions: Sequence[CleaningAction]) -> None:
        self._actions = actions
        self._next = 0
        self._removed = 0

    def left_before(self, offset: int) -> int:
        """Return how many code points before an offset were not removed."""
        while self._next and self._actions[self._next - 1].end > offset:  # the links of a block may lie in each other
            self._next -= 1
            self._removed -= self._actions[self._next].end - self._actions[self._next].start
        while self._next < len(self._actions) and self._actions[self._next].end <= offset:
            self._removed += self._actions[self._next].end - self._actions[self._next].start
            self._next += 1
        inside = 0
        if self._next < len(self._actions):
            inside = max(0, offset - self._actions[self._next].start)
        return offset - self._removed - inside
