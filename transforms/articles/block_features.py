"""What the blocks of a page look like, as numbers: the input of the model that tells the article from the rest.

Nothing here knows a word of any language but those that authors of pages put into classes and ids. Each number
describes a block itself, its neighbours, the section that it stands in, or one of the containers around it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transforms.articles.block_characters import CharacterCounts
from transforms.articles.block_numbers import KINDS, TAGS, BlockNumbers, ContainerNumbers, read_blocks, read_containers
from transforms.articles.blocks import Structure
from transforms.articles.folding import letters
from transforms.articles.roles import Role

Numbers = NDArray[np.float64]

LEVELS = 5
"""Containers around a block that are described, the innermost first."""

MAIN_SHARE = 0.9
"""Share of the good paragraphs' text that the smallest container of the article must hold."""

_NEAR = 20
"""Blocks before and after the container of the article that are looked at."""

_LITTLE = 600.0
"""Characters of good paragraphs below which all blocks of a page are looked at."""

_MAX_TITLE = 300
"""Code points from which a block is not compared with the titles."""

_MIN_GOOD = 80
_MAX_LINKS = 0.35
_APART = int(
    Role.FOOTER | Role.NAVIGATION | Role.ASIDE | Role.FORM | Role.HIDDEN | Role.COMMENT | Role.RELATED
    | Role.NEWSLETTER | Role.BIOGRAPHY | Role.ADVERTISEMENT | Role.DIALOG | Role.CAPTION | Role.SHARE
)  # fmt: skip
_MOST_COLUMNS = 160
_AROUND = (
    Role.DIALOG, Role.NAVIGATION, Role.BODY, Role.COMMENT, Role.FOOTER, Role.LIST, Role.DISCLAIMER, Role.RELATED,
    Role.ASIDE, Role.HIDDEN, Role.HEADER, Role.TABLE, Role.TAGS, Role.MAIN, Role.ARTICLE, Role.LIST_ITEM, Role.CAPTION,
)  # fmt: skip
_OWN = (
    Role.COMMENT, Role.LIST_ITEM, Role.CAPTION, Role.ARTICLE, Role.NEWSLETTER, Role.MAIN, Role.FIGURE, Role.TAGS,
)  # fmt: skip

_OWN_NAMES = [f"own_{(role.name or '').lower()}" for role in _OWN]
_OWN_BITS = np.array([int(role) for role in _OWN])[:, None]
_AROUND_NAMES = [f"is_{(role.name or '').lower()}" for role in _AROUND]
_AROUND_BITS = np.array([int(role) for role in _AROUND])[:, None]
_HELD = ("share", "density", "count", "good", "linky", "headings", "alike")
_HELD_NAMES = [[f"{name}{step}" for name in _HELD] for step in range(LEVELS)]

_UNIT_NAMES = ("unit_alike", "unit_size", "unit_density", "unit_headings", "unit_good", "unit_count")


@dataclass(slots=True, eq=False)
class Features:
    """Numbers of the blocks of one page.

    Attributes:
        names: of the columns.
        numbers: one row for each column, one column for each block.
        near: the blocks that can belong to the article: the container that holds the most of its good paragraphs,
            and some blocks before and after it.
    """

    names: tuple[str, ...]
    numbers: NDArray[np.float32]
    near: NDArray[np.int64]


class _Columns:
    """Columns under way, with their names."""

    def __init__(self, count: int) -> None:
        self.names: list[str] = []
        self.numbers = np.empty((_MOST_COLUMNS, count), dtype=np.float32)

    def add(self, name: str, column: ArrayLike) -> None:
        self.numbers[len(self.names)] = column
        self.names.append(name)

    def add_shifted(self, name: str, column: NDArray[Any], by: int, fill: float) -> None:
        """Add for each place the value that stands ``by`` places later."""
        row = self.numbers[len(self.names)]
        if by > 0:
            row[:-by], row[-by:] = column[by:], fill
        else:
            row[-by:], row[:-by] = column[:by], fill
        self.names.append(name)

    def add_all(self, names: Sequence[str], columns: NDArray[Any]) -> None:
        start = len(self.names)
        self.numbers[start : start + len(names)] = columns
        self.names += names


def _sums(rows: Sequence[NDArray[Any]]) -> Numbers:
    """Return for each row the sum of what stands before each place, and of all."""
    sums = np.zeros((len(rows), len(rows[0]) + 1))
    for number, row in enumerate(rows):
        np.cumsum(row, out=sums[number, 1:])
    return sums


def _nearest(is_one: NDArray[np.bool_], parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each container itself or the nearest around it that is one; else the first, which is around all."""
    up = np.where(is_one, np.arange(len(parent)), parent)
    while True:
        further = up.take(up)
        if (further == up).all():
            return up
        up = further


def _find_titled(structure: Structure, titles: Iterable[str | None], chars: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which blocks say the same as one of the titles."""
    titled = np.zeros(len(chars), dtype=bool)
    keys = {letters(title) for title in titles if title}
    if not keys:
        return titled
    shortest = min(map(len, keys))
    begins = {key[:1] for key in keys}
    for number in np.flatnonzero((chars < _MAX_TITLE) & (chars >= shortest)).tolist():
        text = structure.blocks[number].text
        # Most begin with another letter: that is seen without reducing them to their letters.
        if not text[0].isalnum() or text[0].casefold()[0] in begins:
            titled[number] = letters(text) in keys
    return titled


@dataclass(slots=True, eq=False)
class _Sums:
    """Good paragraphs, and sums of what stands before each block, and of all.

    Attributes:
        good: which blocks are good paragraphs.
        good_size: their lengths; 0 for all other blocks.
        total: text of all of them, at least 1.
        all: rows of sums: good text, text, text of links, headings, short blocks of links.
    """

    good: NDArray[np.bool_]
    good_size: Numbers
    total: float
    all: Numbers


@dataclass(slots=True, eq=False)
class _Held:
    """What containers hold, and which of them holds the article.

    Attributes:
        main: the smallest container that holds nearly all good text.
        best: the one that directly holds the most of it, and ``best_share`` its share.
        rows: share of the good text, density of links, count of blocks, share of good text in its text, share of short
            blocks of links, headings, containers alike.
        size: text.
    """

    main: int
    best: int
    best_share: float
    rows: Numbers
    size: Numbers


def _measure_texts(out: _Columns, blocks: BlockNumbers, counts: CharacterCounts) -> None:
    """Measure the text of each block itself."""
    size = blocks.size
    words = counts.spaces + counts.wide / 2.0
    size_or_1, words_or_1 = np.maximum(size, 1), np.maximum(words, 1)
    out.add("chars", size)
    out.add("words", words)
    out.add("density", blocks.density)
    out.add("links", blocks.links)
    out.add("strong", blocks.strong_chars / size_or_1)
    out.add("kind", blocks.kind)
    out.add("tag", blocks.tag)
    out.add("level", blocks.level)
    out.add("upper", counts.upper / np.maximum(blocks.chars, 1))
    out.add("signs", counts.signs / words_or_1)
    out.add("stops", counts.stops)
    out.add("sentence_ends", counts.sentence_ends)
    out.add("sentence_length", words / np.maximum(counts.sentence_ends, 1))
    out.add("capital_words", counts.capital_words / words_or_1)
    out.add("short_words", counts.short_words / words_or_1)
    out.add("word_length", size / words_or_1)
    out.add("last", counts.last)
    out.add("full_stop", counts.full_stop)
    out.add("cut_short", [text.endswith(("…", "...", "[…]", "[...]")) for text in blocks.texts])


def _find_good(blocks: BlockNumbers, counts: CharacterCounts) -> _Sums:
    """Find the good paragraphs: long, of sentences, and with few links."""
    size, density, kind = blocks.size, blocks.density, blocks.kind
    good = (
        (size >= _MIN_GOOD) & (density < _MAX_LINKS) & ~blocks.is_heading
        & (kind != KINDS["table_row"]) & (kind != KINDS["caption"])
        & ((counts.sentence_ends >= 1) | (counts.wide > 40))
    )  # fmt: skip
    # What pages name themselves is often wrong for the whole article: only where something else is left.
    clear = good & (blocks.roles & _APART == 0)
    if size[clear].sum() > 0.4 * size[good].sum():
        good = clear
    good_size = np.where(good, size, 0.0)
    linky = (density > 0.7) & (size < 250)
    sums = _sums((good_size, size, blocks.link_chars, blocks.is_heading, linky))
    return _Sums(good=good, good_size=good_size, total=max(1.0, float(sums[0, -1])), all=sums)


def _find_held(blocks: BlockNumbers, containers: ContainerNumbers, sums: _Sums) -> _Held:
    """Find what each container holds."""
    good, size, link, headings, linky = sums.all[:, containers.end] - sums.all[:, containers.start]
    share = good / sums.total
    size_or_1 = np.maximum(size, 1)
    count = containers.end - containers.start
    linky = linky / np.maximum(count, 1)
    # Text that stands directly in a container: its children's, of paragraphs.
    parents = containers.parent[blocks.at]
    direct = np.bincount(parents, weights=sums.good_size, minlength=len(containers.parent))
    return _Held(
        main=int(np.flatnonzero(share >= MAIN_SHARE)[-1]) if sums.good.any() else 0,
        best=int(direct.argmax()),
        best_share=float(direct.max() / sums.total),
        rows=np.array((share, link / size_or_1, count, good / size_or_1, linky, headings, containers.alike)),
        size=size,
    )


def _measure_containers(
    out: _Columns, blocks: BlockNumbers, containers: ContainerNumbers, held: _Held
) -> NDArray[np.int64]:
    """Measure the containers around each block; return how many roles set it apart from the article."""
    place, at, main, best = blocks.place, blocks.at, held.main, held.best
    start, end, depth, own = containers.start, containers.end, containers.depth, containers.own
    inside = (place >= start[main]) & (place < end[main])
    outer_roles = np.where(inside, blocks.roles & ~int(containers.roles[main]), blocks.roles)
    out.add("inside", inside)
    out.add("main_share", held.best_share)
    out.add("depth", depth[at] - depth[main])
    out.add("in_best", (place >= start[best]) & (place < end[best]))
    out.add("before_best", start[best] - place)
    out.add("after_best", place - end[best])
    out.add("depth_best", depth[at] - depth[best])
    here = at
    own_roles = own[at]
    for step in range(LEVELS):
        out.add_all(_HELD_NAMES[step], held.rows[:, here])
        if step == 1:
            out.add("is_best", here == best)
        if step in (1, 2):
            out.add(f"tag{step}", containers.tag[here])
        if step == 1:
            own_roles = own_roles | own[here]
        here = containers.parent[here]
    out.add_all(_OWN_NAMES, own_roles & _OWN_BITS != 0)
    out.add_all(_AROUND_NAMES, outer_roles & _AROUND_BITS != 0)
    apart: NDArray[np.int64] = np.bitwise_count(outer_roles & _APART).astype(np.int64)
    out.add("apart", apart)
    is_article = containers.tag == TAGS["article"]
    sections = _nearest(is_article, containers.parent)
    section = sections[at]
    out.add("article_share", held.rows[0][section])
    out.add("article_nested", section > 0)
    article_starts = np.sort(start[np.flatnonzero(sections == np.arange(len(sections)))])
    out.add("articles_before", article_starts.searchsorted(place, side="right"))
    out.add("articles", np.count_nonzero(is_article))
    return apart


def _measure_pattern(out: _Columns, blocks: BlockNumbers, path: NDArray[np.int64], sums: _Sums) -> None:
    """Measure all blocks together that stand in the same place of the page's pattern."""
    count = np.bincount(path)
    size = np.bincount(path, weights=blocks.size)
    good = np.bincount(path, weights=sums.good_size)
    link = np.bincount(path, weights=blocks.link_chars)
    out.add("path_count", count[path])
    out.add("path_size", (size / np.maximum(count, 1))[path])
    out.add("path_good", (good / sums.total)[path])
    out.add("path_density", (link / np.maximum(size, 1))[path])


def _measure_position(out: _Columns, blocks: BlockNumbers, sums: _Sums, titled: NDArray[np.bool_]) -> int:
    """Measure where on the page each block stands; return the block that is taken for the headline."""
    place, count, good_before = blocks.place, len(blocks.texts), sums.all[0, :-1]
    out.add("place", place / count)
    out.add("good_before", good_before / sums.total)
    out.add("good_here", sums.good_size / sums.total)
    good_at = np.flatnonzero(sums.good)
    if len(good_at):
        after = good_at.searchsorted(place, side="left")
        since = place - good_at[np.maximum(good_at.searchsorted(place, side="right") - 1, 0)]
        until = good_at[np.minimum(after, len(good_at) - 1)] - place
    else:
        since = until = place
    out.add("since_good", since)
    out.add("until_good", until)
    out.add("good", sums.good)
    out.add("page_good", sums.total)
    out.add("page_count", count)
    h1 = np.flatnonzero(blocks.level == 1)
    start = int(good_at[0]) if len(good_at) else 0
    h1_near = h1[h1 <= start + 3]
    named = np.flatnonzero(titled & blocks.is_heading)
    if len(named):
        head = int(named[-1] if named[-1] <= start + 3 else named[0])
    elif len(h1_near):
        head = int(h1_near[-1])
    else:
        head = max(0, start - 1)
    out.add("from_head", place - head)
    out.add("good_from_head", (good_before - sums.all[0, head]) / sums.total)
    out.add("h1_before", h1.searchsorted(place, side="right") - h1.searchsorted(head, side="right"))
    out.add("h1_count", len(h1))
    out.add("titled", titled)
    copies = Counter(blocks.texts)
    out.add("copies", [copies[text] for text in blocks.texts] if len(copies) < count else 1)
    return head


def _measure_neighbours(
    out: _Columns,
    blocks: BlockNumbers,
    sums: _Sums,
    *,
    path: NDArray[np.int64],
    apart: NDArray[np.int64],
    full_stop: NDArray[np.bool_],
) -> None:
    """Measure what stands before and after each block."""
    place, count, total = blocks.place, len(blocks.texts), sums.total
    for by in (-3, -1, 1, 3):
        out.add_shifted(f"size{by:+}", blocks.size, by, -1)
    for by in (-2, -1, 1, 2):
        out.add_shifted(f"kind{by:+}", blocks.kind, by, -1)
        out.add_shifted(f"apart{by:+}", apart, by, -1)
    is_next_alike = np.append(path[1:] == path[:-1], False)
    out.add_shifted("density-1", blocks.density, -1, -1)
    out.add_shifted("path-1", is_next_alike, -1, False)
    out.add_shifted("density+1", blocks.density, 1, -1)
    out.add("path+1", is_next_alike)
    out.add_shifted("stop+1", full_stop, 1, False)
    good, size, link, _, linky = sums.all
    for width in (4, 10):
        low, high = np.maximum(place - width, 0), np.minimum(place + width + 1, count)
        window = np.maximum(size[high] - size[low], 1)
        out.add(f"good_around{width}", (good[high] - good[low]) / window)
        out.add(f"density_around{width}", (link[high] - link[low]) / window)
        out.add(f"good_next{width}", (good[high] - good[place]) / total)
        out.add(f"good_last{width}", (good[place + 1] - good[low]) / total)
        out.add(f"linky_next{width}", linky[high] - linky[place])
        out.add(f"linky_last{width}", linky[place + 1] - linky[low])


def _measure_sections(out: _Columns, blocks: BlockNumbers, sums: _Sums, titled: NDArray[np.bool_], head: int) -> None:
    """Measure what each heading opens, for the blocks below it."""
    heads, density = blocks.is_heading, blocks.density
    under = np.cumsum(heads)
    size = np.bincount(under, weights=blocks.size)
    good = np.bincount(under, weights=sums.good_size)
    link = np.bincount(under, weights=blocks.link_chars)
    count = np.bincount(under)
    opens = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(heads)))
    opens = opens[-len(size) :] if len(opens) >= len(size) else opens
    out.add("section_good", (good / np.maximum(size, 1))[under])
    out.add("section_share", (good / sums.total)[under])
    out.add("section_density", (link / np.maximum(size, 1))[under])
    out.add("section_count", count[under])
    out.add("section_place", blocks.place - opens[under])
    out.add("sections_before", under - under[head])
    out.add("section_level", blocks.level[opens[under]])
    head_density = np.where(heads[opens], density[opens], 0.0)
    out.add("section_head_density", head_density[under])
    linked = np.cumsum(heads & (density > 0.7))
    out.add("linked_heads", linked - linked[head])
    out.add("section_titled", titled[opens[under]])


def _measure_cards(out: _Columns, blocks: BlockNumbers, containers: ContainerNumbers, held: _Held) -> None:
    """Measure the card that each block stands in: one of at least three containers alike, side by side."""
    _, density, count, good, _, headings, alike = held.rows
    unit = _nearest((alike >= 3) & (count >= 2), containers.parent)[blocks.at]
    of_unit = np.array((alike, held.size, density, headings, good, count))[:, unit]
    out.add_all(_UNIT_NAMES, np.where(unit > 0, of_unit, 0))


def measure_blocks(structure: Structure, titles: Iterable[str | None] = ()) -> Features:
    """Measure the blocks of a page.

    Args:
        structure: of the page; at least one block.
        titles: headline and other titles of the article.
    """
    blocks, counts = read_blocks(structure)
    containers = read_containers(structure)
    count = len(blocks.texts)
    out = _Columns(count)
    _measure_texts(out, blocks, counts)
    sums = _find_good(blocks, counts)
    held = _find_held(blocks, containers, sums)
    apart = _measure_containers(out, blocks, containers, held)
    path = containers.path[blocks.at]
    _measure_pattern(out, blocks, path, sums)
    titled = _find_titled(structure, titles, blocks.chars)
    head = _measure_position(out, blocks, sums, titled)
    _measure_neighbours(out, blocks, sums, path=path, apart=apart, full_stop=counts.full_stop)
    _measure_sections(out, blocks, sums, titled, head)
    _measure_cards(out, blocks, containers, held)
    begin, end = max(0, int(containers.start[held.main]) - _NEAR), min(count, int(containers.end[held.main]) + _NEAR)
    if sums.total < _LITTLE:
        begin, end = 0, count
    return Features(
        names=tuple(out.names),
        numbers=out.numbers[: len(out.names)],
        near=np.arange(begin, end, dtype=np.int64),
    )
