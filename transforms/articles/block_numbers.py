"""Blocks and containers of a page as arrays of numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from schemas.values import BLOCK_KINDS
from transforms.articles.block_characters import CharacterCounts, count_characters
from transforms.articles.blocks import Structure
from transforms.articles.lengths import LETTERS_OF_WIDE

KINDS = {name: number for number, name in enumerate(BLOCK_KINDS)}
# The model is trained with these numbers: a new name comes last.
TAGS = {
    name: number
    for number, name in enumerate(
        (
            "p", "div", "li", "section", "article", "td", "tr", "span", "body", "main", "header", "footer", "aside",
            "figure", "figcaption", "blockquote", "ul", "ol", "nav", "form", "h1", "h2", "h3", "h4", "h5", "h6", "dd",
            "dt", "th", "pre", "address", "table", "tbody", "label",
        )
    )
}  # fmt: skip
OTHER_TAG = 40


@dataclass(slots=True, eq=False)
class BlockNumbers:
    """Blocks of a page, one number for each.

    Attributes:
        place: number of the block.
        at: container that it stands in.
        chars: length, code points.
        size: the same as a float; of a text in Han, kana or hangul, how many letters say as much. Characters of links
            and of strong text are counted in the same way.
        density: share of the text that is in links.
    """

    texts: list[str]
    place: NDArray[np.int64]
    at: NDArray[np.int64]
    roles: NDArray[np.int64]
    kind: NDArray[np.int64]
    tag: NDArray[np.int64]
    level: NDArray[np.int64]
    links: NDArray[np.int64]
    link_chars: NDArray[np.float64]
    strong_chars: NDArray[np.float64]
    chars: NDArray[np.int64]
    size: NDArray[np.float64]
    density: NDArray[np.float64]
    is_heading: NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class ContainerNumbers:
    """Containers of a page, one number for each.

    Attributes:
        start: its first block.
        end: the block behind its last.
        path: number of the pattern that it is a case of: tags and names of it and of all containers around it.
        alike: how many of its pattern stand in the same container.
    """

    parent: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    own: NDArray[np.int64]
    roles: NDArray[np.int64]
    depth: NDArray[np.int64]
    tag: NDArray[np.int64]
    path: NDArray[np.int64]
    alike: NDArray[np.int64]


def read_blocks(structure: Structure) -> tuple[BlockNumbers, CharacterCounts]:
    """Read the blocks of a page, at least one, and count their characters."""
    rows = (
        (
            len(b.text), b.container, b.roles, KINDS[b.kind], TAGS.get(b.tag, OTHER_TAG), b.level, len(b.links),
            b.link_chars, b.strong_chars,
        )
        for b in structure.blocks
    )  # fmt: skip
    chars, at, roles, kind, tag, level, links, link_chars, strong_chars = _ints(rows, 9)
    texts = [b.text for b in structure.blocks]
    counts = count_characters(texts, chars)
    size = chars + (LETTERS_OF_WIDE - 1) * counts.wide
    density = link_chars / np.maximum(chars, 1)
    weight = size / np.maximum(chars, 1)
    blocks = BlockNumbers(
        texts=texts,
        place=np.arange(len(chars)),
        at=at,
        roles=roles,
        kind=kind,
        tag=tag,
        level=level,
        links=links,
        link_chars=link_chars * weight,
        strong_chars=strong_chars * weight,
        chars=chars,
        size=size,
        density=density,
        is_heading=kind == KINDS["heading"],
    )
    return blocks, counts


def read_containers(structure: Structure) -> ContainerNumbers:
    """Read the containers of a page, and find those that are alike."""
    containers = structure.containers
    found = ((c.parent, c.start, c.end, c.own, c.roles, c.depth, TAGS.get(c.tag, OTHER_TAG)) for c in containers)
    parent, start, end, own, roles, depth, tag = _ints(found, 7)
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
    alike = np.bincount(group_of)[group_of]
    return ContainerNumbers(parent, start, end, own, roles, depth, tag, np.array(path_of), alike)


def _ints(rows: Iterable[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    """Return rows of integers as an array of columns."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, width).T.copy()
