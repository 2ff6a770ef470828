"""The text of an article without what is not part of it, and an account of every removal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.articles import CleaningAction
from transforms.articles.blocks import Block
from transforms.articles.boilerplate import name_boilerplate, name_credit_line, opens_link_list
from transforms.articles.folding import letters, tidy_line

_START = 6
"""Blocks at the start that may repeat the headline."""
_HEAD = 4
"""Blocks at the start that may be a byline, a date or a reading time."""
_SHORT_LABEL = 30
"""Code points of the longest last block that is dropped because it ends in a colon."""
_NO_TEXT = " -–—_*•|·."


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of an article before its text is cleaned.

    Attributes:
        titles: headline, subheadline and other titles; None among them is left out.
        names: authors.
        language: as BCP 47 tag; None where it is not known.
        source: 'page', 'feed', 'json_ld' or 'text'.
    """

    titles: Sequence[str | None] = ()
    names: Sequence[str] = ()
    language: str | None = None
    source: str = "page"


class KeptBlock(NamedTuple):
    """One block that stays, whole or without its ends.

    Attributes:
        block: as it was given.
        start: offset of its first code point in Cleaned.text.
        end: offset after its last.
        text: what stays of it.
    """

    block: Block
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning gives: ``text`` is ``raw`` without the ranges of ``actions``, exactly.

    Attributes:
        text: kept paragraphs, separated by one newline.
        raw: all paragraphs, separated by one newline.
        actions: removals in order; they do not overlap.
        blocks: what stays, in order.
    """

    text: str
    raw: str
    actions: tuple[CleaningAction, ...]
    blocks: tuple[KeptBlock, ...]


class Cut(NamedTuple):
    """One removal from one block: from ``start`` up to ``end`` in its text."""

    rule: str
    start: int
    end: int


def text_to_blocks(text: str) -> list[Block]:
    """Return a block for each line of a text, white space folded; empty lines give none."""
    return [Block(text=line) for line in map(tidy_line, text.splitlines()) if line]


def clean(blocks: Sequence[Block], context: Context) -> Cleaned:
    """Remove what is not part of the article. Linear in the text.

    Args:
        blocks: the main text; white space in it is folded. Blocks without text are left out.
        context: what is known of the article.
    """
    blocks = [block for block in blocks if block.text]
    cuts = _find_cuts(blocks, context)
    return _apply(blocks, cuts)


def keep_all(blocks: Sequence[Block]) -> Cleaned:
    """Return a text that is known to hold nothing but the article, as it is."""
    blocks = [block for block in blocks if block.text]
    return _apply(blocks, [None] * len(blocks))


def _apply(blocks: Sequence[Block], cuts: Sequence[Cut | None]) -> Cleaned:
    """Remove the cuts, one for each block; a block that goes takes one of the newlines around it along."""
    raw = "\n".join(block.text for block in blocks)
    gone = [
        cut is not None and cut.start == 0 and cut.end == len(block.text)
        for block, cut in zip(blocks, cuts, strict=True)
    ]
    last_kept = max((number for number, is_gone in enumerate(gone) if not is_gone), default=-1)
    actions: list[CleaningAction] = []
    kept: list[KeptBlock] = []
    start = size = 0
    for number, (block, cut) in enumerate(zip(blocks, cuts, strict=True)):
        end = start + len(block.text)
        if cut is not None and gone[number]:
            before = 1 if number > last_kept >= 0 else 0
            after = 1 if number < last_kept or (last_kept < 0 and number < len(blocks) - 1) else 0
            actions.append(CleaningAction(rule=cut.rule, start=start - before, end=end + after))
        else:
            text = block.text
            if cut is not None:
                actions.append(CleaningAction(rule=cut.rule, start=start + cut.start, end=start + cut.end))
                text = text[: cut.start] + text[cut.end :]
            size += 1 if kept else 0
            kept.append(KeptBlock(block, size, size + len(text), text))
            size += len(text)
        start = end + 1
    return Cleaned("\n".join(block.text for block in kept), raw, tuple(actions), tuple(kept))


def _repeats(key: str, titles: list[str]) -> bool:
    """Return whether a paragraph is a title, alone or after a short kicker, or the title cut short."""
    for title in titles:
        if key == title or (len(title) > 15 and key.endswith(title) and len(key) - len(title) <= 60):
            return True
        if len(key) > 20 and title.startswith(key) and len(key) * 2 > len(title):
            return True
    return False


def _find_cuts(blocks: Sequence[Block], context: Context) -> list[Cut | None]:
    titles = [key for key in (letters(title) for title in context.titles if title) if len(key) > 3]
    people = [letters(name) for name in context.names if len(name) > 4]
    cuts: list[Cut | None] = []
    kept = 0
    in_links = False
    for block in blocks:
        bare = re.sub(r"^[-–•*]\s+", "", block.text)
        is_item = block.kind == "list_item" or bare != block.text
        rule: str | None = None
        if not bare.strip(_NO_TEXT):
            rule = "boilerplate.separator"
        elif in_links and is_item:
            rule = "boilerplate.link_list"
        else:
            in_links = False
            key = letters(bare)
            if kept < _START and _repeats(key, titles):
                rule = "repeats.headline"
            elif kept < _HEAD:
                rule = name_credit_line(bare, key, people)
            if rule is None and opens_link_list(bare):
                rule, in_links = "boilerplate.link_list", True
            rule = rule or name_boilerplate(bare)
        cuts.append(Cut(rule, 0, len(block.text)) if rule else None)
        kept += rule is None
    for number in range(len(blocks) - 1, -1, -1):  # labels that nothing follows any more
        if cuts[number] is None:
            text = blocks[number].text
            if not (text.endswith(":") and len(text) < _SHORT_LABEL and kept > 3):
                break
            cuts[number] = Cut("boilerplate.link_list", 0, len(text))
            kept -= 1
    return cuts
