"""The main text of a page: the blocks of it that belong to the article."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from transforms.articles import trafilatura_reading
from transforms.articles.block_features import measure_blocks
from transforms.articles.block_model import Trees, load_trees
from transforms.articles.blocks import Block, Container, Structure
from transforms.articles.cleaning.rules import is_sentence
from transforms.articles.datelines import has_dateline
from transforms.articles.folding import letters, tidy_text
from transforms.articles.heads import MIN_LEAD, containers_around
from transforms.articles.lengths import measure_length
from transforms.articles.roles import Role
from transforms.characters import is_wide

EXTRACTOR = "newsmill blocks 1"
"""What Article.extractor says of a text that the model of blocks chose; a new model has a new number."""

MAX_DECLARED = 300_000
"""Code points of the longest ``articleBody`` that is compared with the page."""

MAX_LINES = 3_000
"""Most paragraphs that are looked for in it: each is searched in the whole."""

LIKELY = 0.45
"""Probability from which a block is taken."""

LIKELY_INSIDE = {"quote": 0.1, "preformatted": 0.1, "table_row": 0.2, "heading": 0.1}
"""The same for some kinds of blocks between the first and the last that is taken; for a heading, if both beside it are.
Short blocks weigh little in training. Cross-validated, 136 of 183 headings and 94 of 119 others that this adds are
true."""

MAX_QUOTES = 200
"""Most quotes of which this is asked: each is searched in the whole text."""

LEAST = 250
"""Length of chosen text, compared across scripts, below which trafilatura is asked, too."""

DOUBTFUL = 0.82
"""Expected F1 below which trafilatura is asked, too; about one page in twenty. Cross-validated, its text is then better
on average than that of the chosen blocks, above it is worse."""

LEAST_SHARE = 0.45
"""Share of the expected F1 of the chosen blocks below which a shorter text that trafilatura finds is a fragment."""

SHARE_OF_PAGE = 0.7
"""Share of the blocks of a page from which a text that holds them in one line has chosen nothing."""

LEAST_OF_PAGE = 20
"""Blocks of the smallest page of which that is asked."""

LEAD_LIKELY = 0.1
"""Probability from which a long sentence between headline and text is taken: pages set the lead apart in many ways, and
some of the true texts lack it. Of 22 such blocks that the cross-validated model alone does not take, 20 are true."""

MAX_LEAD = 1_000
"""Code points of the longest lead."""

MOST_BEFORE = 40
"""Blocks before the text in which its headline is looked for."""

MOST = 0.7
"""Share of the chosen text from which an article is the one that the page is about, and others are teasers."""

MAX_TEASER = 8
"""Blocks of an article in which its heading must stand."""

_NO_LEAD = int(
    Role.FOOTER | Role.NAVIGATION | Role.ASIDE | Role.FORM | Role.HIDDEN | Role.COMMENT | Role.NEWSLETTER
    | Role.BIOGRAPHY | Role.ADVERTISEMENT | Role.DIALOG | Role.CAPTION | Role.SHARE | Role.BYLINE | Role.DISCLAIMER
)  # fmt: skip
_PAGE_WIDE = int(
    Role.FOOTER | Role.NAVIGATION | Role.FORM | Role.HIDDEN | Role.ADVERTISEMENT | Role.DIALOG | Role.SHARE
)
"""Of these, what says nothing of a lead where the text has it, too: a class of the page's frame. An aside beside text
in another aside may be the author's biography."""
_BODY = int(Role.BODY)
_COMMENT, _DIALOG = int(Role.COMMENT), int(Role.DIALOG)
_CONSENT = re.compile(r"cookie|consent|gdpr|onetrust", re.IGNORECASE)
_MAX_NAME = 300
_PROSE = 80
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
    chosen = leave_asides(structure, _leave_dialogs(structure, titles, chosen))
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
    first = next((n for n in chosen.tolist() if not blocks[n].level and len(blocks[n].text) > _PROSE), -1)
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


def leave_other_articles(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of articles that follow on the same page: the next story, or teasers of others.

    Such an article has an h1 of its own, as the first has; or its heading is a link, and the first article holds most
    of the text. Posts of a live blog and parts of a list have neither.

    Args:
        structure: of the page.
        blocks: chosen ones, in order.
    """
    containers = structure.containers
    if sum(container.tag == "article" for container in containers) < 2:
        return _leave_next_ones(structure, blocks)
    around = [_article_of(containers, block.container) for block in blocks]
    sizes: Counter[int] = Counter()
    for number, block in zip(around, blocks, strict=True):
        sizes[number] += len(block.text)
    whole = sizes.total()
    main = next((number for number in sizes if number >= 0 and sizes[number] >= LEAST), -1)
    if main < 0:
        return blocks
    end, has_title = containers[main].end, _has_title(structure, containers[main])
    is_most = sizes[main] >= MOST * whole
    others = {
        number
        for number in sizes
        if number >= 0
        and containers[number].start >= end
        and (
            (has_title and _has_title(structure, containers[number]))
            or (is_most and _has_linked_heading(structure, containers[number]))
        )
    }
    return [block for number, block in zip(around, blocks, strict=True) if number not in others]


def _leave_dialogs(structure: Structure, titles: Sequence[str | None], blocks: list[Block]) -> list[Block]:
    """Return blocks without those of dialogs, such as long notices on cookies, where the headline stands in none."""
    if not any(block.roles & _DIALOG for block in blocks):
        return blocks
    keys = {letters(title[:MAX_LEAD]) for title in titles if title}
    if not any(block.level and not block.roles & _DIALOG and letters(block.text) in keys for block in structure.blocks):
        return blocks
    judged: dict[int, bool] = {}
    rest = [block for block in blocks if not (block.roles & _DIALOG and _is_dialog(structure, block.container, judged))]
    return rest or blocks


def _is_dialog(structure: Structure, number: int, judged: dict[int, bool]) -> bool:
    """Return whether a container is a dialog or in one; a word of a class, such as "overlay", is not enough."""
    if number not in judged:
        element = next(
            (
                one.element
                for one in containers_around(structure, number)
                if one.own & _DIALOG
                and (
                    one.element.get("role") in ("dialog", "alertdialog")
                    or _CONSENT.search(f"{one.name} {(one.element.get('id') or '')[:_MAX_NAME]}")
                )
            ),
            None,
        )
        judged[number] = element is not None
    return judged[number]


def leave_asides(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of an ``<aside>`` that is not in the article: it is about something else.

    The article is the outermost element around the first prose that says that it is one, or holds a main text.

    Args:
        structure: of the page.
        blocks: chosen ones, in order.
    """
    containers = structure.containers
    asides = [container for container in containers if container.tag == "aside"]
    first = next((block for block in blocks if len(block.text) > _PROSE and not block.level), None)
    if not asides or first is None:
        return blocks
    around = list(containers_around(structure, first.container))
    article = next((one for one in reversed(around) if one.tag in ("article", "main") or one.own & _BODY), None)
    apart = [
        aside
        for aside in asides
        if not any(aside is one for one in around)
        and (article is None or not article.start <= aside.start < article.end)
    ]
    if not apart:
        return blocks
    left = {id(block) for aside in apart for block in structure.blocks[aside.start : aside.end]}
    return [block for block in blocks if id(block) not in left]


def _leave_next_ones(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of articles that scripts append: elements of the class of the one that has the h1.

    Each has a heading that is a link, to the article's own page; the first holds most of the text.
    """
    containers = structure.containers
    title = next((block for block in structure.blocks if block.level == 1), None)
    if title is None or not blocks:
        return blocks
    around: dict[tuple[int, str, str], int] = {}
    number = title.container
    while number > 0:
        one = containers[number]
        if one.name:
            around[one.parent, one.tag, one.name] = number
        number = one.parent
    judged: dict[int, int] = {}
    owners = [_owner_of(containers, block.container, around, judged) for block in blocks]
    whole = sum(len(block.text) for block in blocks)
    left: set[int] = set()
    held: dict[int, int] = {}
    for owner in set(owners):
        if owner <= 0 or not _has_linked_heading(structure, containers[owner]):
            continue
        other = containers[owner]
        number = around[other.parent, other.tag, other.name]
        main = containers[number]
        if number not in held:
            held[number] = sum(
                len(block.text)
                for block in blocks
                if any(one is main for one in containers_around(structure, block.container))
            )
        if other.start >= main.end and held[number] >= LEAST and 2 * held[number] >= whole:
            left.add(owner)
    return [block for block, owner in zip(blocks, owners, strict=True) if owner not in left]


def _owner_of(
    containers: Sequence[Container], number: int, around: dict[tuple[int, str, str], int], judged: dict[int, int]
) -> int:
    """Return the container around a block that is like one around the headline and beside it; -1 for none."""
    passed = []
    found = -1
    while number > 0:
        if number in judged:
            found = judged[number]
            break
        passed.append(number)
        one = containers[number]
        if around.get((one.parent, one.tag, one.name), number) != number:
            found = number
            break
        number = one.parent
    judged.update(dict.fromkeys(passed, found))
    return found


def _article_of(containers: Sequence[Container], number: int) -> int:
    """Return the outermost ``<article>`` around a container, or itself; -1 where there is none."""
    found = -1
    while number >= 0:
        if containers[number].tag == "article":
            found = number
        number = containers[number].parent
    return found


def _has_title(structure: Structure, container: Container) -> bool:
    return any(block.level == 1 for block in structure.blocks[container.start : container.end])


def _has_linked_heading(structure: Structure, container: Container) -> bool:
    first = structure.blocks[container.start : min(container.end, container.start + MAX_TEASER)]
    return any(block.level and block.link_chars == len(block.text) for block in first)


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
        text = trafilatura_reading.read_text(tree)
        if blocks and (_is_run_together(blocks, text) or _is_whole_page(structure, text)):
            text = ""
        is_better = choice.expected < DOUBTFUL and not _is_fragment(structure, choice, text)
        if len(text) > 1.5 * size or (text and is_better):
            blocks = _leave_dialogs(structure, titles, find_blocks(text, structure))
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
    """Return whether lines of a text hold two chosen blocks or more on average: where each of them ends is lost."""
    lines = [letters(line) for line in text.split("\n")]
    whole = "\n".join(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    places = [whole.find(letters(block.text)) for block in blocks[:MAX_LINES]]
    found = [bisect_right(ends, place) for place in places if place >= 0]
    return bool(found) and len(found) >= 2 * len(set(found))


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
        number = next((number for number in numbers if number > last), -1)
        if number < 0:
            found.append(Block(bare, kind="list_item" if is_item else "paragraph", tag="li" if is_item else "p"))
        else:
            found.append(structure.blocks[number])
            last = number
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
