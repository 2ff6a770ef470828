"""Blocks behind the last prose of a text that are not part of it: boxes, cards of other articles, labels."""

from collections.abc import Container, Sequence

from lxml.html import HtmlElement

from transforms.articles.blocks import Block
from transforms.articles.cleaning.cuts import ABOUT_CHARS, LONG, MAX_AROUND, MIN_TEASER, Cut, elements_around, is_gone
from transforms.articles.roles import split_name
from transforms.articles.sentence_ends import is_sentence

_LONGEST_HEADING = 100
"""Code points of the longest last heading that goes because nothing follows it."""

_MAX_CARD_BLOCKS, _MAX_TEASERS = 60, 4
"""Most blocks in which cards end a text, and most of one of them below its heading."""

_LONGEST_BOX_HEADING = 60
"""Code points of the longest heading of a box that goes with what the box held."""

_SHORT_LABEL = 30
"""Code points of the longest last block that is dropped because it ends in a colon."""

BOX_RULES = frozenset(
    f"boilerplate.{name}"
    for name in ("subscribe", "follow", "share", "read_also", "link_list", "app", "support", "consent", "comments")
)
"""Rules of what stands in boxes of their own, whose heading goes with it."""

LAST_BOXES: dict[str, str] = {
    **dict.fromkeys(("author", "authors", "autor", "autoren", "auteur", "bio", "biography"), "boilerplate.biography"),
    **dict.fromkeys(
        ("related", "recommended", "recommendation", "recommendations", "nextstory"), "boilerplate.link_list"
    ),
    **dict.fromkeys(("disclaimer", "disclaimers"), "boilerplate.disclaimer"),
}
"""Words of classes and ids that name a box behind the text, and its rule."""

_NOTES = frozenset(("note", "notes"))
"""What an author has written about the text is not about the author."""

PROSE = 120
"""Code points of a paragraph that ends the search for such boxes."""

MIN_TITLES = 2
"""Linked titles that boxes of other articles have at least."""


def cut_last_links(blocks: Sequence[Block], cuts: list[Cut | None], end: int) -> None:
    """Cut paragraphs of one link, however short, that stand in one element beside links to articles that go.

    Args:
        blocks: of the text.
        cuts: one for each.
        end: how many blocks stand up to the last prose.
    """
    places = range(end, len(blocks))
    for order in (places, reversed(places)):
        around: HtmlElement | None = None
        for number in order:
            block, cut = blocks[number], cuts[number]
            parent = block.element.getparent() if block.element is not None and _is_short_link(block) else None
            if cut is None and parent is not None and parent is around:
                cuts[number] = Cut("boilerplate.link_list", 0, len(block.text))
            elif cut is None or cut.rule != "boilerplate.link_list":
                parent = None
            around = parent


def _is_short_link(block: Block) -> bool:
    """Return whether a paragraph is one link, and no sentence of some length."""
    is_link = block.kind == "paragraph" and len(block.links) == 1 and block.link_chars == len(block.text)
    return is_link and (len(block.text) < MIN_TEASER or not is_sentence(block.text))


def cut_last_cards(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut cards of other articles, linked headings with their teasers, where they end the text under a "Related"."""
    since = _MAX_TEASERS
    first = len(blocks)
    for number in range(len(blocks) - 1, max(-1, len(blocks) - _MAX_CARD_BLOCKS), -1):
        block, cut = blocks[number], cuts[number]
        is_linked = block.link_chars == len(block.text)
        if cut is not None and cut.rule == "boilerplate.link_list" and block.kind == "heading" and not is_linked:
            if first == number + 1 < len(blocks):
                cuts[first:] = [Cut("boilerplate.link_list", 0, len(one.text)) for one in blocks[first:]]
            return
        if block.kind == "heading":
            if not is_linked:
                return
            since, first = _MAX_TEASERS, number
        else:
            since -= 1
            if since < 0:
                return


def cut_last_boxes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut boxes behind the text whose class says that they are about its author, disclaim, or hold related articles.

    Such a box is not around the first prose. Related articles begin with their linked titles; the others are shorter
    than the rest.
    """
    first = next((block for block in blocks if len(block.text) > LONG and block.element is not None), None)
    if first is None or first.element is None:
        return
    around = set(first.element.iterancestors())
    found: dict[str, list[int]] = {}
    for number in range(len(blocks) - 1, 0, -1):
        block = blocks[number]
        if cuts[number] is not None:
            continue
        rule = _name_last_box(block, around)
        if rule is not None:
            found.setdefault(rule, []).append(number)
        elif len(block.text) > PROSE:
            break
    rest = sum(len(block.text) for block, cut in zip(blocks, cuts, strict=True) if cut is None)
    for rule, numbers in sorted(found.items(), key=lambda one: one[0] != "boilerplate.link_list"):
        size = sum(len(blocks[number].text) for number in numbers)
        if rule == "boilerplate.link_list":
            is_box = sum(_begins_with_title(blocks[number]) for number in numbers) >= MIN_TITLES
        else:
            is_box = 2 * size < rest
        if is_box:
            rest -= size
            for number in numbers:
                cuts[number] = Cut(rule, 0, len(blocks[number].text))


def _name_last_box(block: Block, around: Container[HtmlElement]) -> str | None:
    """Return the rule of the box that a block stands in; None where no class names one.

    Args:
        block: one behind the text.
        around: elements around the text, which name no box.
    """
    element = block.element
    for _ in range(MAX_AROUND):
        if element is None or element in around:
            break
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        words = split_name(names[:ABOUT_CHARS])
        if _NOTES.isdisjoint(words):
            for word in words:
                if word in LAST_BOXES:
                    return LAST_BOXES[word]
        element = element.getparent()
    return None


def _begins_with_title(block: Block) -> bool:
    """Return whether a block begins with a link as long as the title of an article."""
    if not block.links:
        return False
    start, end, _ = block.links[0]
    return start == 0 and end >= MIN_TEASER


def cut_headings_of_boxes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut the heading of a box, such as one for a newsletter, of which nothing else is left."""
    for number in range(len(blocks) - 1):
        heading, cut = blocks[number], cuts[number + 1]
        if heading.kind != "heading" or cuts[number] is not None or len(heading.text) > _LONGEST_BOX_HEADING:
            continue
        if cut is None or cut.rule not in BOX_RULES or not is_gone(blocks[number + 1], cut):
            continue
        after = number + 2
        while after < len(blocks) and is_gone(blocks[after], cuts[after]):
            after += 1
        around = elements_around(heading)
        box = next((one for one in elements_around(blocks[number + 1]) if any(one is other for other in around)), None)
        if box is None or (after < len(blocks) and any(one is box for one in elements_around(blocks[after]))):
            continue
        cuts[number] = Cut(cut.rule, 0, len(heading.text))


def cut_last_labels(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut labels that end in a colon where all that followed them goes, and a heading under which nothing is left."""
    last = next((number for number in range(len(blocks) - 1, 2, -1) if cuts[number] is None), 0)
    if blocks and last and blocks[last].kind == "heading" and blocks[last - 1].kind != "heading":
        text = blocks[last].text
        if len(text) <= _LONGEST_HEADING and not is_sentence(text):
            cuts[last] = Cut("boilerplate.link_list", 0, len(text))
    for number in range(len(blocks) - 2, 2, -1):
        text = blocks[number].text
        if cuts[number] is None:
            if not (text.endswith(":") and len(text) < _SHORT_LABEL):
                return
            cuts[number] = Cut("boilerplate.link_list", 0, len(text))
