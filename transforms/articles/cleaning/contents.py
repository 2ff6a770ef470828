"""Tables of contents: lists that lead to places in the same page, or say its headings before they come."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import groupby, islice, pairwise

from lxml.html import HtmlElement

from transforms.articles.blocks import Block
from transforms.articles.cleaning.cuts import ABOUT_CHARS, MAX_AROUND, MAX_TEASER, Cut
from transforms.articles.cleaning.phrases import fold, load_phrases
from transforms.articles.folding import letters
from transforms.articles.roles import split_name

MIN_ITEMS = 2
"""Items of the shortest table of contents."""

_LONGEST_LABEL = 60
"""Code points of the longest line that heads a table of contents."""

_MAX_AROUND_LIST = 3
"""Elements around a list whose class or id may call it a table of contents."""

_COLONS = (":", "：")


def cut_contents(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut tables of contents and their headings, and lines of nothing but links to places in the same page. Linear.

    A list is one where two of three say so: what stands above it or a class calls it a table of contents, its items
    lead to places in the same page, they are headings that follow in their order. What a sentence that ends in a
    colon announces belongs to the sentence.
    """
    kept = [number for number, cut in enumerate(cuts) if cut is None]
    known: dict[HtmlElement | None, HtmlElement | None] = {}
    lists = {
        number: _list_of(blocks[number], known)
        for number in kept
        if blocks[number].kind == "list_item" or (blocks[number].links and blocks[number].links[0][2][0:1] == "#")
    }
    headings: dict[str, list[int]] | None = None
    gone: list[int] = []
    end = 0
    for of, group in groupby(kept if lists else (), lists.get):  # most texts have none
        numbers = list(group)
        start, end = end, end + len(numbers)
        if of is None or len(numbers) < MIN_ITEMS:
            gone.extend(number for number in numbers if blocks[number].links and _is_line_of_links(blocks[number]))
            continue
        items = [blocks[number] for number in numbers]
        before = blocks[kept[start - 1]] if start else None
        is_labelled = before is not None and _is_label(before)
        after = blocks[kept[end]] if end < len(kept) else None
        is_named = is_labelled or _is_called_contents(of, after)
        if not is_named and (not all(map(_leads_to_place, items)) or (before and before.text.endswith(_COLONS))):
            continue
        if headings is None:
            headings = _find_headings(blocks, kept)
        if _is_contents(items, headings, numbers[-1], is_named=is_named):
            gone.extend(numbers)
            if before and (is_labelled or (before.level and _is_empty_section(before, after))):
                gone.append(kept[start - 1])
    for number, following in pairwise(kept):
        after = blocks[following]
        if after.level and _is_empty_section(blocks[number], after) and _is_label(blocks[number]):
            gone.append(number)
    for number in gone:
        cuts[number] = Cut("boilerplate.contents", 0, len(blocks[number].text))


def _list_of(block: Block, known: dict[HtmlElement | None, HtmlElement | None]) -> HtmlElement | None:
    """Return the outermost list around an item, or what is around another block that leads to a place; else None.

    Args:
        block: the item.
        known: lists by the parents of items, as far as they were found before.
    """
    element = block.element
    if element is None or len(block.text) > MAX_TEASER:
        return None
    parent = element.getparent()
    if block.kind != "list_item":
        return parent if _leads_to_place(block) else None
    if parent not in known:
        known[parent] = _outermost_list(element)
    return known[parent]


def _outermost_list(element: HtmlElement) -> HtmlElement | None:
    found = None
    for around in islice(element.iterancestors(), MAX_AROUND):
        if around.tag in ("ul", "ol", "nav"):
            found = around
        elif found is not None and around.tag != "li":
            break
    return found


def _leads_to_place(block: Block) -> bool:
    """Return whether a block is nearly all link, and leads to a place in the same page."""
    if not block.links or block.link_chars * 5 < len(block.text) * 4:
        return False
    address = block.links[0][2]
    return address[0:1] == "#" and len(address) > 1


def _is_line_of_links(block: Block) -> bool:
    """Return whether a paragraph is two or more links to places in the same page, and nothing else."""
    if block.level or len(block.links) < 2 or not all(link[2][0:1] == "#" for link in block.links):
        return False
    ends = [0, *(end for _, end, _ in block.links)]
    starts = [*(start for start, _, _ in block.links), len(block.text)]
    between = "".join(block.text[end:start] for end, start in zip(ends, starts, strict=True))
    return not any(map(str.isalnum, between))


def _is_label(block: Block) -> bool:
    """Return whether a line says that a table of contents follows."""
    if len(block.text) > _LONGEST_LABEL or block.kind not in ("heading", "paragraph"):
        return False
    return fold(block.text) in load_phrases().contents_heads


def _is_called_contents(element: HtmlElement, after: Block | None) -> bool:
    """Return whether the class or id of a list, or of what is near around it, calls it a table of contents.

    That of an element in which the text goes on behind the list says that the text has one somewhere.
    """
    above = after.element.iterancestors() if after is not None and after.element is not None else ()
    texts = set(islice(above, MAX_AROUND))
    for around in (element, *islice(element.iterancestors(), _MAX_AROUND_LIST)):
        if around in texts:
            break
        about = f"{around.get('class') or ''} {around.get('id') or ''}"[:ABOUT_CHARS]
        folded = about.lower()
        if "toc" in folded or "contents" in folded:  # few are
            words = split_name(about)
            if "toc" in words or "tableofcontents" in "".join(words):
                return True
    return False


def _find_headings(blocks: Sequence[Block], kept: Sequence[int]) -> dict[str, list[int]]:
    """Return where each heading stands, by its letters."""
    places: dict[str, list[int]] = {}
    for number in kept:
        if blocks[number].level:
            places.setdefault(letters(blocks[number].text), []).append(number)
    return places


def _is_contents(items: Sequence[Block], headings: Mapping[str, Sequence[int]], last: int, *, is_named: bool) -> bool:
    """Return whether items of a list are those of a table of contents.

    Args:
        items: two or more.
        headings: what :func:`_find_headings` returns.
        last: where the last item stands; the headings stand below it.
        is_named: what is above or around the list calls it a table of contents.
    """
    hits = repeated = 0
    for item in items:
        places = headings.get(letters(item.text), ())
        place = bisect_right(places, last)
        if place < len(places):
            last = places[place]
            repeated += 1
            hits += 1
        elif _leads_to_place(item):
            hits += 1
    if is_named:
        return 3 * hits >= 2 * len(items)
    return hits == len(items) and repeated >= 2 and 2 * repeated >= len(items)


def _is_empty_section(line: Block, after: Block | None) -> bool:
    """Return whether nothing belongs to a heading: a heading that is not below it follows. For a label, any heading."""
    return after is not None and after.level > 0 and (after.level <= line.level or not line.level)
