"""The blocks of a page (headings, paragraphs, list items, table rows, captions), and what stands around them."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from lxml.html import HtmlElement

from transforms.characters import is_wide

MAX_ADDRESS = 2_000
"""Code points of a link's address that are read."""

_LONG = 120
"""Code points of a paragraph of the text; lines around the headline are shorter."""

_LONG_UNSPACED = 50
"""The same where most of it is Han, kana or hangul."""


@dataclass(slots=True, eq=False)
class Block:
    """One run of text that a page sets apart.

    Attributes:
        text: white space folded, in NFC, without invisible characters.
        kind: one of schemas.values.BLOCK_KINDS.
        level: 1 to 6 for a heading; else 0.
        tag: of the innermost block element.
        roles: Role bits of the element and those inherited from all around it.
        container: index in Structure.containers of the innermost container.
        links: start and end in ``text`` and the address as written, in order.
        link_chars: code points of ``text`` inside links.
        strong_chars: code points of ``text`` in bold.
        has_break: a single ``<br>`` stands in it.
        element: the innermost block element; None where the block does not come from a page.
        seams: places in ``text`` where a ``<br>`` stands, or one inline element ends and the next begins without a
            blank. Style sheets often set apart what stands there.
    """

    text: str
    kind: str = "paragraph"
    level: int = 0
    tag: str = "p"
    roles: int = 0
    container: int = 0
    links: tuple[tuple[int, int, str], ...] = ()
    link_chars: int = 0
    strong_chars: int = 0
    has_break: bool = False
    element: HtmlElement | None = None
    seams: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Container:
    """One element that holds blocks: all from ``start`` up to ``end``, which is exclusive.

    Attributes:
        parent: index of the container around it; -1 for the body.
        tag: lower case.
        name: its class as written, cut.
        own: Role bits that its own tag, class, id and role give.
        roles: those and the inherited.
        depth: containers around it.
    """

    element: HtmlElement
    parent: int
    tag: str
    name: str
    own: int
    roles: int
    depth: int
    start: int
    end: int = 0


@dataclass(slots=True, eq=False)
class Mark:
    """An element whose class marks it as byline, date, subheadline or title, or a ``<time>``.

    Attributes:
        own: Role bits of its own class.
        roles: those inherited, too.
        block: how many blocks stand before it.
        container: index of the container that it stands in.
    """

    element: HtmlElement
    own: int
    roles: int
    block: int
    container: int


@dataclass(slots=True, eq=False)
class Picture:
    """An ``<img>``: where it stands; fields as Mark has them.

    Attributes:
        is_fallback: it stands in a ``<noscript>``, for readers without scripts.
    """

    element: HtmlElement
    roles: int
    block: int
    container: int
    is_fallback: bool = False


@dataclass(slots=True, eq=False)
class Structure:
    """What one walk over a page finds, each list in document order."""

    blocks: list[Block] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    times: list[Mark] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    licenses: list[HtmlElement] = field(default_factory=list)
    """Links whose ``rel`` names a licence."""
    tags: list[Mark] = field(default_factory=list)
    """Links whose ``rel`` says that they lead to a tag or category (microformats.org/wiki/rel-tag)."""
    elements: int = 0
    """Elements that were entered."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many there are of elements that are not entered: button, input, video, audio, iframe."""


def split_at_seams(block: Block) -> list[Block]:
    """Return the parts of a block that stand between its seams, each as a block; the block itself where it has none."""
    return split_block(block, block.seams) if block.seams else [block]


def split_block(block: Block, places: Sequence[int]) -> list[Block]:
    """Return the parts of a block that stand between some places, which are in order, as its links are."""
    parts: list[Block] = []
    ended = 0
    for start, end in zip([0, *places], [*places, len(block.text)], strict=True):
        piece = block.text[start:end]
        text = piece.strip()
        if not text:
            continue
        begin = start + len(piece) - len(piece.lstrip())
        while ended < len(block.links) and block.links[ended][1] <= begin:
            ended += 1
        behind = bisect_left(block.links, begin + len(text), ended, key=itemgetter(0))
        links = tuple(
            (max(0, first - begin), min(last - begin, len(text)), address)
            for first, last, address in block.links[ended:behind]
        )
        chars = sum(last - first for first, last, _ in links)
        parts.append(replace(block, text=text, links=links, link_chars=chars, seams=()))
    return parts


def containers_around(structure: Structure, place: int) -> Iterator[Container]:
    """Yield a container, by its index, and those around it, the innermost first."""
    while place >= 0:
        one = structure.containers[place]
        yield one
        place = one.parent


def is_paragraph(block: Block) -> bool:
    """Return whether a block is a long paragraph, as those of the text are, and not of links."""
    size = len(block.text)
    if block.level or size < _LONG_UNSPACED or 3 * block.link_chars >= size:
        return False
    return size >= _LONG or sum(is_wide(block.text[place]) for place in range(0, size, 8)) * 10 > size
