"""Blocks of a text that repeat others of it because of how its page is built."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby, islice

from lxml.html import HtmlElement

from transforms.articles.blocks import Block
from transforms.articles.cleaning.cuts import ABOUT_CHARS, MAX_AROUND, MIN_TEASER, Cut
from transforms.articles.folding import letters
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import is_sentence

_HIDDEN = int(Role.HIDDEN)

MIN_COPY = 40
"""Code points of the shortest sentence, or run of blocks, that is removed where its copy follows at once."""

MAX_APART = 3
"""Most long paragraphs that are removed where each stands twice by itself: where more do, the author repeats them."""

MIN_ROWS = 2
"""Rows of the shortest table that is removed behind the same."""

MAX_BUTTON, MIN_PLACES = 60, 3
"""Code points of the longest text of a button, and places from which on the same words name none of them."""

MAX_RUN_OF_COPIES = 12
"""Blocks of the longest run whose copy is looked for."""

_KEY_CHARS = 40
"""Code points of a text that are compared first."""

MAX_PULL_QUOTES, MAX_PULLED, MIN_PULLED, MAX_SPEAKER = 30, 400, 15, 80
"""Most quotes of a text that are looked for in it, code points of the longest, letters of the shortest and of the
longest line below one that names who said it."""

_MAX_AROUND_QUOTE = 4

_PULL_QUOTE = re.compile(r"pull(?:ed)?(?:[-_]?out)?[-_]?quote|quote[-_]?pull", re.IGNORECASE)

_SCREEN = re.compile(
    r"(?:^|[\s_-])(?:(?:mobile|desktop|tablet|phone|print)s?[_-]?(?:only|version|copy|hidden|visible)"
    r"|(?:only|hide|show|hidden|visible|hide-for|show-for|hide-on|show-on|visible-on|hidden-on)[_-](?:xs|sm|md|lg|xl|xxl|"
    r"small|medium|large|mobile|desktop|tablet|phone|print)"
    r"|d-(?:(?:xs|sm|md|lg|xl|xxl)-)?none"
    r"|(?:hidden|(?:block|flex|grid)) (?:xs|sm|md|lg|xl):(?:hidden|block|flex|grid)|(?:xs|sm|md|lg|xl):hidden)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
"""What a class says that shows an element on some screens alone."""


def cut_copies(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut what stands twice because the page holds a part of itself twice, not because its author repeats it."""
    kept = [number for number, cut in enumerate(cuts) if cut is None]
    if len({_beginning(blocks[number].text) for number in kept}) == len(kept):  # nearly all texts
        return
    keys = [_key(block.text) for block in blocks]
    counts = Counter(keys[number] for number in kept)
    if len(counts) == len(kept):
        return
    gone: set[int] = set()
    run = [keys[number] for number in kept]
    for size in sorted(_list_distances(run, counts)):
        same = 0
        for place in range(size, len(kept)):
            is_same = run[place] == run[place - size] and kept[place] not in gone
            same = same + 1 if is_same else 0
            if same == size:
                same = 0
                copy = kept[place - size + 1 : place + 1]
                is_refrain = size == 1 and counts[keys[copy[0]]] > 2
                if not is_refrain and _is_copied_run(
                    [blocks[number] for number in copy], blocks[kept[place - 2 * size + 1]]
                ):
                    gone.update(copy)
    latest: dict[str, Block] = {}
    for number in kept:
        block = blocks[number]
        original = latest.get(keys[number])
        if number in gone or (original is not None and _is_copy(block, original)):
            cuts[number] = Cut("duplicates.copy", 0, len(block.text))
        else:
            latest[keys[number]] = block


def _list_distances(keys: Sequence[str], counts: Mapping[str, int]) -> set[int]:
    """Return how far apart the same keys stand, up to the longest run: no other run can have a copy behind it."""
    found: set[int] = set()
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if counts[key] > 1:
            before = places.setdefault(key, [])
            found.update(place - other for other in before[-MAX_RUN_OF_COPIES:])
            before.append(place)
    return {distance for distance in found if distance <= MAX_RUN_OF_COPIES}


def settle_repeats(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Keep paragraphs that were cut as repeats where many stand apart; else cut what is repeated between them, too."""
    repeats = [number for number, cut in enumerate(cuts) if cut is not None and cut.rule == "duplicates.paragraph"]
    if not repeats:
        return
    runs: list[list[int]] = []
    seen: set[str] = set()
    is_run = False
    for number, block in enumerate(blocks):
        cut = cuts[number]
        if cut is not None and cut.rule == "duplicates.paragraph":
            if not is_run:
                runs.append([])
            runs[-1].append(number)
            is_run = True
        elif cut is None:
            key = _key(block.text)
            is_run = is_run and key in seen
            seen.add(key)
    apart = [run[0] for run in runs if len(run) == 1]
    if len(apart) > MAX_APART:
        for number in apart:
            cuts[number] = None
    for run in runs:
        for number in range(run[0], run[-1]):
            if cuts[number] is None:
                cuts[number] = Cut("duplicates.copy", 0, len(blocks[number].text))


def cut_repeated_tables(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut a table that follows the same one at once, as pages have them for other screens; its head may be another.

    One whose caption is another says the same of something else.
    """
    kept = (number for number, cut in enumerate(cuts) if cut is None)
    before: list[str] = []
    name = ""
    for table, group in groupby(kept, lambda number: _table_around(blocks[number])):
        if table is None:
            before = []
            continue
        numbers = list(group)
        rows = [letters(blocks[number].text) for number in numbers if not _is_in_head(blocks[number])]
        above, name = name, _name_of_table(table)
        is_same = rows == before and (name == above or not name or not above)
        if is_same and len(rows) >= MIN_ROWS and sum(map(len, rows)) >= MIN_COPY:
            for number in numbers:
                cuts[number] = Cut("duplicates.copy", 0, len(blocks[number].text))
        before = rows


def cut_buttons(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut links whose words lead to many places, such as "See details" below each of some wares: they name none.

    Items of lists stay, since a list may be all that a page says of its links.
    """
    found: dict[str, list[int]] = {}
    for number, block in enumerate(blocks):
        if (
            cuts[number] is None
            and len(block.links) == 1
            and block.link_chars == len(block.text) <= MAX_BUTTON
            and block.kind in ("paragraph", "quote")
        ):
            found.setdefault(_key(block.text), []).append(number)
    for numbers in found.values():
        if len(numbers) >= MIN_PLACES and len({blocks[number].links[0][2] for number in numbers}) >= MIN_PLACES:
            for number in numbers:
                cuts[number] = Cut("boilerplate.read_also", 0, len(blocks[number].text))


def _table_around(block: Block) -> HtmlElement | None:
    """Return the table that a row stands in; None for other blocks."""
    if block.kind != "table_row" or block.element is None:
        return None
    return next(block.element.iterancestors("table"), None)


def _name_of_table(table: HtmlElement) -> str:
    """Return the letters of the caption of a table."""
    caption = table.find("caption")
    return "" if caption is None else letters("".join(islice(caption.itertext(), MAX_AROUND))[:MAX_BUTTON])


def _is_in_head(block: Block) -> bool:
    """Return whether a row stands in the head of its table."""
    part = block.element.getparent() if block.element is not None else None
    return part is not None and part.tag == "thead"


def _key(text: str) -> str:
    """Return what two copies of a text have in common."""
    return text.casefold().rstrip(".!:;, ")


def _beginning(text: str) -> str:
    """Return the beginning of its key: texts of which no two begin alike hold no copy."""
    return _key(text[:_KEY_CHARS].casefold()[:_KEY_CHARS])


def _is_copied_run(copy: Sequence[Block], original: Block) -> bool:
    """Return whether blocks that stand right behind the same are a copy of them: elsewhere on the page, or a sentence.

    Args:
        copy: the later blocks.
        original: the first of the earlier.
    """
    block = copy[0]
    if sum(len(part.text) for part in copy) < MIN_COPY:
        return False
    if len(copy) == 1:
        is_whole = is_sentence(block.text) or original.level > 0
        return block.kind in ("paragraph", "quote") and is_whole
    return (
        block.element is not None
        and original.element is not None
        and block.kind != "table_row"
        and block.element.getparent() is not original.element.getparent()
    )


def _is_copy(block: Block, original: Block) -> bool:
    """Return whether a block with the text of an earlier one is there for other screens, or repeats a row or button.

    A row in the head or foot of a table may repeat one of it. A button leads where the other does.
    """
    if block.element is None or original.element is None:
        return False
    if block.kind == "table_row":
        part, table = block.element.getparent(), original.element.getparent()
        is_edge = part is not None and table is not None and part.tag in ("thead", "tfoot")
        return is_edge and part.getparent() is table.getparent() and part is not table
    if block.kind not in ("list_item", "heading") and len(block.links) == 1 and block.link_chars == len(block.text):
        is_button = len(block.text) <= MAX_BUTTON
        return is_button and len(original.links) == 1 and block.links[0][2] == original.links[0][2]
    if (block.roles ^ original.roles) & _HIDDEN:
        return True
    return len(block.text) >= MIN_TEASER and (_is_for_some_screens(block) or _is_for_some_screens(original))


def _is_for_some_screens(block: Block) -> bool:
    """Return whether a class around a block shows it on some screens alone."""
    element = block.element
    for _ in range(MAX_AROUND):
        if element is None:
            break
        name = element.get("class")
        if name and _shows_on_some(name[:ABOUT_CHARS]):
            return True
        element = element.getparent()
    return False


@lru_cache(maxsize=1_024)  # most elements around one block are around the next
def _shows_on_some(name: str) -> bool:
    return _SCREEN.search(name) is not None


def cut_pull_quotes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut quotes that a class pulls out of the text, where the rest of it holds their words; and their speakers."""
    pulled: dict[int, HtmlElement] = {}
    known: dict[HtmlElement, HtmlElement | None] = {}
    for number, block in enumerate(blocks):
        if cuts[number] is None and len(block.text) <= MAX_PULLED and len(pulled) < MAX_PULL_QUOTES:
            quote = _pull_quote_around(block, known)
            if quote is not None:
                pulled[number] = quote
    if not pulled:
        return
    rest = (block for number, block in enumerate(blocks) if cuts[number] is None and number not in pulled)
    whole = letters("".join(block.text for block in rest))
    found: list[HtmlElement] = []
    for number, quote in pulled.items():
        key = letters(blocks[number].text)
        is_speaker = any(quote is other for other in found[-1:]) and len(key) <= MAX_SPEAKER
        if is_speaker or (len(key) >= MIN_PULLED and key in whole):
            cuts[number] = Cut("duplicates.pull_quote", 0, len(blocks[number].text))
            found.append(quote)


def _pull_quote_around(block: Block, known: dict[HtmlElement, HtmlElement | None]) -> HtmlElement | None:
    """Return the outermost of the elements near around a block whose class calls it a pull quote; None without one.

    Args:
        block: one that may be quoted.
        known: what was found around the parents of blocks before it; most paragraphs have one parent.
    """
    element = block.element
    if element is None:
        return None
    around = element.getparent()
    if around is not None and around not in known:
        known[around] = None
        outer = around
        for _ in range(_MAX_AROUND_QUOTE - 1):
            if outer is None:
                break
            if _is_pull_quote(outer):
                known[around] = outer
            outer = outer.getparent()
    found = known[around] if around is not None else None
    return found if found is not None or not _is_pull_quote(element) else element


def _is_pull_quote(element: HtmlElement) -> bool:
    name = (element.get("class") or "")[:ABOUT_CHARS]
    return "quote" in name.lower() and _PULL_QUOTE.search(name) is not None  # few classes have the word
