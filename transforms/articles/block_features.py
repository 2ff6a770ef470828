"""What the blocks of a page look like, as numbers: the input of the model that tells the article from the rest.

Nothing here knows a word of any language but those that authors of pages put into classes and ids. Each number
describes a block itself, its neighbours, the section that it stands in, or one of the containers around it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
_KINDS = {
    name: number
    for number, name in enumerate(
        ("paragraph", "heading", "list_item", "quote", "table_row", "caption", "preformatted")
    )
}
_TAGS = {
    name: number
    for number, name in enumerate(
        (
            "p", "div", "li", "section", "article", "td", "tr", "span", "body", "main", "header", "footer", "aside",
            "figure", "figcaption", "blockquote", "ul", "ol", "nav", "form", "h1", "h2", "h3", "h4", "h5", "h6", "dd",
            "dt", "th", "pre", "address", "table", "tbody", "label",
        )
    )
}  # fmt: skip
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

_UPPER, _LOWER, _DIGIT, _SPACE, _STOP, _COMMA, _QUOTE, _SIGN, _WIDE, _COLON = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
_POINTS = 0x3100


def _classify() -> NDArray[np.uint8]:
    """Return the class of each code point below _POINTS; what is above is a letter of a script without blanks."""
    table = np.zeros(_POINTS + 1, dtype=np.uint8)
    for point in range(_POINTS):
        char = chr(point)
        if char.isupper():
            table[point] = _UPPER
        elif char.isdigit():
            table[point] = _DIGIT
        elif char.isalpha():
            table[point] = _LOWER
    table[_POINTS] = _WIDE
    for chars, kind in (
        (" \n", _SPACE), (".!?…。؟।", _STOP), (",;،、", _COMMA), ("\"'“”„«»‘’‹›", _QUOTE),
        ("|•·©®™/→←↑↓▶►#@+*=<>_~\\{}[]", _SIGN), (":", _COLON),
    ):  # fmt: skip
        for char in chars:
            table[ord(char)] = kind
    return table


_CLASSES = _classify()


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

    def add_all(self, names: Sequence[str], columns: NDArray[Any]) -> None:
        start = len(self.names)
        self.numbers[start : start + len(names)] = columns
        self.names += names


def _shift(values: NDArray[Any], by: int, fill: float) -> NDArray[Any]:
    """Return for each place the value that stands ``by`` places later."""
    moved = np.full_like(values, fill)
    if by > 0:
        moved[:-by] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved


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
        further = up[up]
        if np.array_equal(further, up):
            return up
        up = further


def _ints(rows: Iterable[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    """Return rows of integers as an array of columns."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, width).T.copy()


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


def measure_blocks(structure: Structure, titles: Iterable[str | None] = ()) -> Features:
    """Measure the blocks of a page.

    Args:
        structure: of the page; at least one block.
        titles: headline and other titles of the article.
    """
    blocks, containers = structure.blocks, structure.containers
    count = len(blocks)
    out = _Columns(count)
    place = np.arange(count)
    texts = [b.text for b in blocks]
    rows = (
        (
            len(b.text), b.container, b.roles, _KINDS[b.kind], _TAGS.get(b.tag, 40), b.level, len(b.links),
            b.link_chars, b.strong_chars,
        )
        for b in blocks
    )  # fmt: skip
    chars, at, roles, kind, tag, level, links, link_chars, strong = _ints(rows, 9)
    size = chars.astype(np.float64)
    size_or_1 = np.maximum(size, 1)

    # -- the text itself
    whole = "\n".join(texts) + "\n"
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _CLASSES.take(points, mode="clip")
    ends = np.cumsum(chars + 1)
    starts = ends - chars - 1
    one_hot = np.bincount(np.repeat(place << 4, chars + 1) + classes, minlength=count << 4).reshape(count, 16).T
    spaces, wide = one_hot[_SPACE], one_hot[_WIDE]
    space = classes == _SPACE
    pairs = np.minimum(starts, len(space) - 2)
    sentence_ends = np.add.reduceat((classes[:-1] == _STOP) & space[1:], pairs, dtype=np.int64)
    capital_words = np.add.reduceat(space[:-1] & (classes[1:] == _UPPER), pairs, dtype=np.int64)
    space_at = np.flatnonzero(space)
    gaps = space_at.copy()
    gaps[1:] -= space_at[:-1] + 1
    short_words = np.add.reduceat(gaps <= 3, np.cumsum(spaces) - spaces, dtype=np.int64)
    words = spaces + wide / 2.0
    words_or_1 = np.maximum(words, 1)
    last = classes[ends - 2]
    before_last = classes[np.maximum(ends - 3, 0)]
    full_stop = (last == _STOP) | ((last == _QUOTE) & (before_last == _STOP))
    density = link_chars / size_or_1
    out.add("chars", size)
    out.add("words", words)
    out.add("density", density)
    out.add("links", links)
    out.add("strong", strong / size_or_1)
    out.add("kind", kind)
    out.add("tag", tag)
    out.add("level", level)
    out.add("upper", one_hot[_UPPER] / size_or_1)
    out.add("signs", one_hot[_SIGN] / words_or_1)
    out.add("stops", one_hot[_STOP])
    out.add("sentence_ends", sentence_ends)
    out.add("sentence_length", words / np.maximum(sentence_ends, 1))
    out.add("capital_words", capital_words / words_or_1)
    out.add("short_words", short_words / words_or_1)
    out.add("word_length", size / words_or_1)
    out.add("last", last)
    out.add("full_stop", full_stop)
    out.add("cut_short", [text.endswith(("…", "...", "[…]", "[...]")) for text in texts])

    # -- containers
    found = ((c.parent, c.start, c.end, c.own, c.roles, c.depth, _TAGS.get(c.tag, 40)) for c in containers)
    parent, from_, to, own, all_roles, depth, tag_of = _ints(found, 7)
    parent[0] = 0
    paths: dict[tuple[int, str, str], int] = {}
    path_of: list[int] = [paths.setdefault((-1, containers[0].tag, containers[0].name), 0)]
    groups: dict[tuple[int, int], int] = {(0, 0): 0}
    group_of = [0]
    for c in containers[1:]:
        above = c.parent
        path = paths.setdefault((path_of[above], c.tag, c.name), len(paths))
        path_of.append(path)
        group_of.append(groups.setdefault((above, path), len(groups)))
    paths_ = np.array(path_of)
    alike = np.bincount(group_of)[group_of]
    is_article = tag_of == _TAGS["article"]
    sections = _nearest(is_article, parent)

    apart = roles & _APART
    good = (
        (size >= _MIN_GOOD) & (density < _MAX_LINKS) & (kind != 1) & (kind != 4) & (kind != 5)
        & ((sentence_ends >= 1) | (wide > 40))
    )  # fmt: skip
    # What pages name themselves is often wrong for the whole article: only where something else is left.
    clear = good & (apart == 0)
    if size[clear].sum() > 0.4 * size[good].sum():
        good = clear
    good_size = np.where(good, size, 0.0)
    linky = (density > 0.7) & (size < 250)
    heads = kind == 1
    sums = _sums((good_size, size, link_chars, heads, linky))
    good_sums, size_sums, link_sums, _, linky_sums = sums
    total = max(1.0, float(good_sums[-1]))
    held_good, held, held_link, held_headings, held_linky = sums[:, to] - sums[:, from_]
    share = held_good / total
    held_density = held_link / np.maximum(held, 1)
    held_count = to - from_
    held_good = held_good / np.maximum(held, 1)
    held_linky = held_linky / np.maximum(held_count, 1)
    of_container = np.array((share, held_density, held_count, held_good, held_linky, held_headings, alike))

    main = int(np.flatnonzero(share >= MAIN_SHARE)[-1]) if good.any() else 0
    main_roles = int(all_roles[main])
    # Text that stands directly in a container: its children's, of paragraphs.
    direct = np.bincount(parent[at], weights=good_size, minlength=len(containers))
    best = int(direct.argmax())

    inside = (place >= from_[main]) & (place < to[main])
    outer_roles = np.where(inside, roles & ~main_roles, roles)
    out.add("inside", inside)
    out.add("main_share", direct[best] / total)
    out.add("depth", depth[at] - depth[main])
    in_best = (place >= from_[best]) & (place < to[best])
    out.add("in_best", in_best)
    out.add("before_best", from_[best] - place)
    out.add("after_best", place - to[best])
    out.add("depth_best", depth[at] - depth[best])
    here = at
    own_roles = own[at]
    for step in range(LEVELS):
        out.add_all(_HELD_NAMES[step], of_container[:, here])
        if step == 1:
            out.add("is_best", here == best)
        if step in (1, 2):
            out.add(f"tag{step}", tag_of[here])
        if step == 1:
            own_roles = own_roles | own[here]
        here = parent[here]
    out.add_all(_OWN_NAMES, own_roles & _OWN_BITS != 0)
    out.add_all(_AROUND_NAMES, outer_roles & _AROUND_BITS != 0)
    bad = np.bitwise_count(outer_roles & _APART).astype(np.int64)
    out.add("apart", bad)
    section = sections[at]
    out.add("article_share", share[section])
    out.add("article_nested", section > 0)
    article_starts = np.sort(from_[np.flatnonzero(sections == np.arange(len(sections)))])
    out.add("articles_before", np.searchsorted(article_starts, place, side="right"))
    out.add("articles", np.count_nonzero(is_article))

    # -- the same place in the page's pattern
    block_path = paths_[at]
    paths_count = np.bincount(block_path)
    path_size = np.bincount(block_path, weights=size)
    path_good = np.bincount(block_path, weights=good_size)
    path_link = np.bincount(block_path, weights=link_chars)
    out.add("path_count", paths_count[block_path])
    out.add("path_size", (path_size / np.maximum(paths_count, 1))[block_path])
    out.add("path_good", (path_good / total)[block_path])
    out.add("path_density", (path_link / np.maximum(path_size, 1))[block_path])

    # -- position
    out.add("place", place / count)
    out.add("good_before", good_sums[:-1] / total)
    out.add("good_here", good_size / total)
    good_at = np.flatnonzero(good)
    if len(good_at):
        after = np.searchsorted(good_at, place, side="left")
        since = place - good_at[np.maximum(np.searchsorted(good_at, place, side="right") - 1, 0)]
        until = good_at[np.minimum(after, len(good_at) - 1)] - place
    else:
        since = until = place
    out.add("since_good", since)
    out.add("until_good", until)
    out.add("good", good)
    out.add("page_good", total)
    out.add("page_count", count)
    h1 = np.flatnonzero(level == 1)
    titled = _find_titled(structure, titles, chars)
    start = int(good_at[0]) if len(good_at) else 0
    h1_near = h1[h1 <= max(start, 0) + 3]
    named = np.flatnonzero(titled & heads)
    if len(named):
        head = int(named[-1] if named[-1] <= start + 3 else named[0])
    elif len(h1_near):
        head = int(h1_near[-1])
    else:
        head = max(0, start - 1)
    out.add("from_head", place - head)
    out.add("good_from_head", (good_sums[:-1] - good_sums[head]) / total)
    out.add("h1_before", np.searchsorted(h1, place, side="right") - np.searchsorted(h1, head, side="right"))
    out.add("h1_count", len(h1))
    out.add("titled", titled)
    copies = Counter(texts)
    out.add("copies", [copies[text] for text in texts] if len(copies) < count else 1)

    # -- neighbours
    for by in (-3, -1, 1, 3):
        out.add(f"size{by:+}", _shift(size, by, -1))
    for by in (-2, -1, 1, 2):
        out.add(f"kind{by:+}", _shift(kind, by, -1))
        out.add(f"apart{by:+}", _shift(bad, by, -1))
    for by in (-1, 1):
        out.add(f"density{by:+}", _shift(density, by, -1))
        out.add(f"path{by:+}", _shift(block_path, by, -1) == block_path)
    out.add("stop+1", _shift(full_stop, 1, False))
    for width in (4, 10):
        low, high = np.maximum(place - width, 0), np.minimum(place + width + 1, count)
        window = np.maximum(size_sums[high] - size_sums[low], 1)
        out.add(f"good_around{width}", (good_sums[high] - good_sums[low]) / window)
        out.add(f"density_around{width}", (link_sums[high] - link_sums[low]) / window)
        out.add(f"good_next{width}", (good_sums[high] - good_sums[place]) / total)
        out.add(f"good_last{width}", (good_sums[place + 1] - good_sums[low]) / total)
        out.add(f"linky_next{width}", linky_sums[high] - linky_sums[place])
        out.add(f"linky_last{width}", linky_sums[place + 1] - linky_sums[low])

    # -- sections: what a heading opens
    under = np.cumsum(heads)
    section_size = np.bincount(under, weights=size)
    section_good = np.bincount(under, weights=good_size)
    section_link = np.bincount(under, weights=link_chars)
    section_count = np.bincount(under)
    opens = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(heads)))
    opens = opens[-len(section_size) :] if len(opens) >= len(section_size) else opens
    out.add("section_good", (section_good / np.maximum(section_size, 1))[under])
    out.add("section_share", (section_good / total)[under])
    out.add("section_density", (section_link / np.maximum(section_size, 1))[under])
    out.add("section_count", section_count[under])
    out.add("section_place", place - opens[under])
    out.add("sections_before", under - under[head])
    out.add("section_level", level[opens[under]])
    head_density = np.where(kind[opens] == 1, density[opens], 0.0)
    out.add("section_head_density", head_density[under])
    linked = np.cumsum(heads & (density > 0.7))
    out.add("linked_heads", linked - linked[head])
    out.add("section_titled", titled[opens[under]])

    # -- cards: alike siblings
    unit = _nearest((alike >= 3) & (held_count >= 2), parent)[at]
    of_unit = np.array((alike, held, held_density, held_headings, held_good, held_count))[:, unit]
    out.add_all(_UNIT_NAMES, np.where(unit > 0, of_unit, 0))
    begin, end = max(0, int(from_[main]) - _NEAR), min(count, int(to[main]) + _NEAR)
    if total < _LITTLE:
        begin, end = 0, count
    return Features(
        names=tuple(out.names),
        numbers=out.numbers[: len(out.names)],
        near=np.arange(begin, end, dtype=np.int64),
    )
