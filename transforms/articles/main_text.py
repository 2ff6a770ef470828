"""The main text of a page: the blocks of it that belong to the article."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from lxml.html import HtmlElement

from transforms.articles import trafilatura_reading
from transforms.articles.block_choice import Choice, choose_blocks
from transforms.articles.block_model import Trees, load_trees
from transforms.articles.blocks import Block, Structure
from transforms.articles.datelines import has_dateline
from transforms.articles.folding import letters, tidy_text
from transforms.articles.lengths import measure_length
from transforms.articles.roles import Role
from transforms.articles.unrelated_blocks import leave_dialogs

EXTRACTOR = "newsmill blocks 1"
"""What Article.extractor says of a text that the model of blocks chose; a new model has a new number."""

MAX_DECLARED = 300_000
"""Code points of the longest ``articleBody`` that is compared with the page."""

MAX_LINES = 3_000
"""Most paragraphs that are looked for in it: each is searched in the whole."""

LEAST = 250
"""Length of chosen text, compared across scripts, below which trafilatura is asked, too."""

DOUBTFUL = 0.78
"""Expected F1 below which trafilatura is asked, too; about one page in thirty. Cross-validated, its text is then better
on average than that of the chosen blocks, above it is not."""

LEAST_SHARE = 0.45
"""Share of the expected F1 of the chosen blocks below which a shorter text that trafilatura finds is a fragment."""

SHARE_OF_PAGE = 0.7
"""Share of the blocks of a page from which a text that holds them in one line has chosen nothing."""

LEAST_OF_PAGE = 20
"""Blocks of the smallest page of which that is asked."""

_COMMENT = int(Role.COMMENT)
_ITEM = re.compile(r"[-–•*]\s+")


@dataclass(slots=True, eq=False)
class MainText:
    """What is the article of a page.

    Attributes:
        blocks: those of the page where the text comes from them, in order; else with text and kind alone.
        confidence: how much of it is likely to be right, 0 to 1; None where nothing says so.
        extractor: what read it, with its version.
    """

    blocks: list[Block]
    confidence: float | None
    extractor: str


def read_main_text(
    tree: HtmlElement,
    structure: Structure,
    *,
    declared_body: str | None = None,
    titles: Sequence[str | None] = (),
    trees: Trees | None = None,
) -> MainText:
    """Read the main text of a page; its blocks are empty when there is none. May change the tree.

    The model of blocks reads all pages. Where it is in doubt, or finds little, trafilatura reads the page, too, and
    its text is taken, unless it is a fragment of what the model found; where the page then declares a longer
    ``articleBody`` that holds what was read, the blocks are picked by it.

    ``confidence`` is the F1 that the probabilities of the chosen blocks let one expect, weighed by their length, and
    mapped to the mean F1 that pages with the same expectation had in cross-validation over publishers; the map is
    part of the model's data. Where trafilatura read the page, it says how little the model was sure.

    Args:
        tree: as transforms.articles.pages gives it; metadata must have been read from it before.
        structure: of the same tree.
        declared_body: JSON-LD articleBody.
        titles: headline and other titles of the article.
        trees: model; None: the one that is shipped.
    """
    trees = trees or load_trees()
    choice = choose_blocks(structure, titles, trees)
    blocks, extractor = choice.blocks, EXTRACTOR
    size = sum(len(block.text) for block in blocks)
    is_little = size < LEAST and sum(measure_length(block.text) for block in blocks) < LEAST
    if is_little or choice.expected < DOUBTFUL:
        text = trafilatura_reading.read_text(tree, lambda text: bool(blocks) and _is_whole_page(structure, text))
        if blocks and _is_run_together(blocks, text):
            text = ""
        is_better = choice.expected < DOUBTFUL and not _is_fragment(structure, choice, text)
        if len(text) > 1.5 * size or (text and is_better):
            blocks = leave_dialogs(structure, titles, find_blocks(text, structure))
            blocks = _with_opening(structure, choice, blocks)
            extractor = trafilatura_reading.EXTRACTOR
        if declared_body and len(declared_body) <= MAX_DECLARED:
            blocks = _pick_by_body(structure, blocks, declared_body)
    # Three digits: sums of floating-point numbers may differ in the last ones between processors.
    confidence = round(float(np.interp(choice.expected, *trees.confidence)), 3) if blocks else None
    return MainText(blocks, confidence, extractor)


def _with_opening(structure: Structure, choice: Choice, blocks: list[Block]) -> list[Block]:
    """Return blocks and the chosen one right above them, where that opens a report: it may stand in no ``<p>``."""
    first = next((number for number, block in enumerate(structure.blocks) if blocks and block is blocks[0]), 0)
    before = structure.blocks[first - 1] if first else None
    if before is not None and has_dateline(before.text) and any(block is before for block in choice.blocks):
        return [before, *blocks]
    return blocks


def _is_run_together(blocks: list[Block], text: str) -> bool:
    """Return whether lines of a text hold two chosen blocks or more on average: where each of them ends is lost.

    Where the blocks are less than a quarter of the text, losing the rest would be worse.
    """
    lines = [letters(line) for line in text.split("\n")]
    whole = "\n".join(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    keys = [letters(block.text) for block in blocks[:MAX_LINES]]
    places = [whole.find(key) for key in keys]
    found = [bisect_right(ends, place) for place in places if place >= 0]
    return bool(found) and len(found) >= 2 * len(set(found)) and 4 * sum(map(len, keys)) >= len(whole)


def _is_whole_page(structure: Structure, text: str) -> bool:
    """Return whether a text is one line of nearly all that the page holds, links of menus included: a last resort."""
    blocks = structure.blocks[:MAX_LINES]
    if "\n" in text or len(blocks) < LEAST_OF_PAGE:
        return False
    whole = letters(text)
    return sum(letters(block.text) in whole for block in blocks) >= SHARE_OF_PAGE * len(blocks)


def _is_fragment(structure: Structure, choice: Choice, text: str) -> bool:
    """Return whether a text is shorter than the chosen blocks and far less likely, comments aside."""
    if len(text) >= sum(len(block.text) for block in choice.blocks):
        return False
    whole = letters(text)
    chosen = {id(block) for block in choice.blocks}
    size = total = own = found = 0.0
    for number, likely in zip(choice.near[:MAX_LINES], choice.likely, strict=False):
        block = structure.blocks[number]
        if block.roles & _COMMENT:
            continue
        hits = likely * len(block.text)
        total += hits
        if id(block) in chosen:
            size += len(block.text)
            own += hits
        if letters(block.text) in whole:
            found += hits
    return found * (size + total) < LEAST_SHARE * own * (len(text) + total)


def find_blocks(text: str, structure: Structure) -> list[Block]:
    """Return the blocks of the page that lines of a text are, in order; a plain block for a line that is none."""
    places: dict[str, list[int]] = {}
    for number, block in enumerate(structure.blocks):
        places.setdefault(letters(block.text), []).append(number)
    found = []
    last = -1
    for line in text.splitlines():
        is_item = _ITEM.match(line)
        bare = line[is_item.end() :] if is_item else line
        if not bare:
            continue
        numbers = places.get(letters(bare), ())
        place = bisect_right(numbers, last)
        if place == len(numbers):
            found.append(Block(bare, kind="list_item" if is_item else "paragraph", tag="li" if is_item else "p"))
        else:
            last = numbers[place]
            found.append(structure.blocks[last])
    return found


def _pick_by_body(structure: Structure, blocks: list[Block], body: str) -> list[Block]:
    """Return the blocks that a declared articleBody names where it holds what was read and more; else those read."""
    if re.search(r"<(?:p|br|div)\b", body):
        body = re.sub(r"<[^<>]{1,500}>", "", re.sub(r"<(?:/p|br\s*/?|/div)>", "\n", body))
    body = tidy_text(body)
    size = sum(len(block.text) for block in blocks)
    if len(body) < 1.15 * size:
        return blocks
    whole = letters(body)
    lines = [letters(block.text) for block in blocks[:MAX_LINES]]
    inside = sum(len(line) for line in lines if line in whole)
    if inside < 0.6 * sum(map(len, lines)):
        return blocks
    kept: dict[str, Block] = {}
    covered = 0
    for block in structure.blocks[:MAX_LINES]:
        key = letters(block.text)
        if len(key) > 10 and key in whole and key not in kept:
            kept[key] = block
            covered += len(key)
    if covered >= 0.9 * len(whole):
        return list(kept.values())
    return [Block(line) for line in body.splitlines()] if "\n" in body or not blocks else blocks
