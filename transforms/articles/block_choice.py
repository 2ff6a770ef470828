"""The choice of an article's blocks by the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transforms.articles.block_features import measure_blocks
from transforms.articles.block_model import Trees
from transforms.articles.blocks import Block, Structure
from transforms.articles.folding import letters
from transforms.articles.heads import MIN_LEAD
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import is_sentence
from transforms.articles.unrelated_blocks import MIN_PROSE, leave_asides, leave_dialogs, leave_other_articles
from transforms.characters import is_wide

LIKELY = 0.45
"""Probability from which a block is taken."""

LIKELY_INSIDE = {"quote": 0.1, "preformatted": 0.1, "table_row": 0.2, "heading": 0.1}
"""The same for some kinds of blocks between the first and the last that is taken; for a heading, if both beside it are.
Short blocks weigh little in training. Cross-validated, 136 of 183 headings and 94 of 119 others that this adds are
true."""

MAX_QUOTES = 200
"""Most quotes of which this is asked: each is searched in the whole text."""

LEAD_LIKELY = 0.1
"""Probability from which a long sentence between headline and text is taken: pages set the lead apart in many ways, and
some of the true texts lack it. Of 22 such blocks that the cross-validated model alone does not take, 20 are true."""

MAX_LEAD = 1_000
"""Code points of the longest lead."""

MOST_BEFORE = 40
"""Blocks before the text in which its headline is looked for."""

_NO_LEAD = int(
    Role.FOOTER | Role.NAVIGATION | Role.ASIDE | Role.FORM | Role.HIDDEN | Role.COMMENT | Role.NEWSLETTER
    | Role.BIOGRAPHY | Role.ADVERTISEMENT | Role.DIALOG | Role.CAPTION | Role.SHARE | Role.BYLINE | Role.DISCLAIMER
)  # fmt: skip

_PAGE_WIDE = int(
    Role.FOOTER | Role.NAVIGATION | Role.FORM | Role.HIDDEN | Role.ADVERTISEMENT | Role.DIALOG | Role.SHARE
)
"""Of these, what says nothing of a lead where the text has it, too: a class of the page's frame. An aside beside text
in another aside may be the author's biography."""


@dataclass(slots=True, eq=False)
class Choice:
    """Blocks that were chosen, and the F1 that their probabilities let one expect.

    Attributes:
        near: blocks that were judged.
        likely: their probabilities.
    """

    blocks: list[Block]
    expected: float
    near: list[int] = field(default_factory=list)
    likely: list[float] = field(default_factory=list)


def choose_blocks(structure: Structure, titles: Sequence[str | None], trees: Trees) -> Choice:
    """Choose the blocks of the article by the model.

    Args:
        structure: of the page; without blocks nothing is chosen.
        titles: headline and other titles of the article.
        trees: the model.

    Raises:
        ValueError: the model was trained on other columns than those that are measured.
    """
    if not structure.blocks:
        return Choice([], 0.0)
    features = measure_blocks(structure, titles)
    if features.names != trees.columns:
        raise ValueError("the model was trained on other columns: train it again")
    near = features.near
    likely = trees.predict(features.numbers[:, near[0] : near[-1] + 1])
    sizes = np.array([len(structure.blocks[number].text) for number in near.tolist()], dtype=np.float64)
    taken = likely >= LIKELY
    hits = float((likely * sizes)[taken].sum())
    both = float(sizes[taken].sum() + (likely * sizes).sum())
    _take_inside(structure, near, likely, taken)
    lead = _find_lead(structure, titles, near[taken])
    if lead:
        chances = trees.predict(features.numbers[:, lead]).tolist()
        lead = [number for number, chance in zip(lead, chances, strict=True) if chance >= LEAD_LIKELY]
    numbers = sorted({*lead, *near[taken].tolist()})
    chosen = leave_other_articles(structure, [structure.blocks[number] for number in numbers])
    chosen = leave_asides(structure, leave_dialogs(structure, titles, chosen))
    return Choice(chosen, 2 * hits / both if both else 0.0, near.tolist(), likely.tolist())


def _take_inside(
    structure: Structure, near: NDArray[np.int64], likely: NDArray[np.float64], taken: NDArray[np.bool_]
) -> None:
    """Take less likely blocks, too, where what is around them is taken; not a quote of the text itself."""
    places = np.flatnonzero(taken).tolist()
    if not places:
        return
    blocks = structure.blocks[int(near[0]) : int(near[-1]) + 1]
    lines = {blocks[place].text for place in places}
    whole = ""
    quotes = 0
    headings = []
    for place in range(places[0] + 1, places[-1]):
        block = blocks[place]
        if taken[place] or likely[place] < LIKELY_INSIDE.get(block.kind, LIKELY):
            continue
        if block.kind == "heading":
            headings.append(place)
        elif block.kind == "quote":
            whole = whole or letters("".join(lines))
            taken[place] = quotes < MAX_QUOTES and letters(block.text) not in whole
            quotes += 1
        else:
            taken[place] = block.text not in lines
    for place in headings:
        taken[place] = taken[place - 1] and taken[place + 1]


def _find_lead(structure: Structure, titles: Sequence[str | None], chosen: NDArray[np.int64]) -> list[int]:
    """Return the blocks between headline and text that may be its lead: long sentences that belong to nothing else.

    Args:
        structure: of the page.
        titles: headline and other titles of the article.
        chosen: blocks of the text, in order.
    """
    blocks = structure.blocks
    first = next((n for n in chosen.tolist() if not blocks[n].level and len(blocks[n].text) > MIN_PROSE), -1)
    keys = {letters(title[:MAX_LEAD]) for title in titles if title}
    start = first - 1
    while start >= max(0, first - MOST_BEFORE) and not (
        blocks[start].level == 1 or (len(blocks[start].text) <= MAX_LEAD and letters(blocks[start].text) in keys)
    ):
        start -= 1
    if start < max(0, first - MOST_BEFORE):
        return []
    taken = {blocks[number].text for number in chosen.tolist()}
    not_lead = _NO_LEAD & ~(blocks[first].roles & _PAGE_WIDE)
    return [
        number
        for number in range(start + 1, first)
        if _may_be_lead(blocks[number], not_lead) and blocks[number].text not in taken
    ]


def _may_be_lead(block: Block, not_lead: int) -> bool:
    size = len(block.text)
    return (
        MIN_LEAD <= size <= MAX_LEAD
        and block.kind in ("paragraph", "heading")
        and not block.roles & not_lead
        and block.link_chars <= 0.3 * size
        and (" " in block.text or is_wide(block.text[0]))
        and (block.text[-1].isalnum() or is_sentence(block.text))
    )
