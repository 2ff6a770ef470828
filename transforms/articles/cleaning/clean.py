"""The text of an article without what is not part of it, and an account of every removal."""

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from schemas.articles import CleaningAction
from transforms.articles.blocks import Block
from transforms.articles.cleaning.phrases import is_unspaced
from transforms.articles.cleaning.rules import LONGEST, is_sentence, name_credit, name_rule, name_signature
from transforms.articles.folding import letters, tidy_line
from transforms.articles.read_more import cut_read_more
from transforms.articles.roles import Role, split_name
from transforms.characters import is_wide

_START = 6
"""Blocks at the start that may repeat the headline."""
_HEAD = 4
"""Blocks at the start that may be a byline, a date or a reading time."""
_LONGEST_HEADING = 100
"""Code points of the longest last heading that goes because nothing follows it."""
_MAX_CARD_BLOCKS, _MAX_TEASERS = 60, 4
"""Most blocks in which cards end a text, and most of one of them below its heading."""
_LONGEST_BOX_HEADING = 60
"""Code points of the longest heading of a box that goes with what the box held."""
_SHORT_LABEL = 30
"""Code points of the longest last block that is dropped because it ends in a colon."""
LONG = 200
"""Code points from which a paragraph is prose."""
MIN_TITLE = 30
"""Code points of the shortest title that is removed wherever it stands alone."""
MIN_TEASER, MAX_TEASER = 25, 200
"""Code points of the title of another article."""
MIN_DUPLICATE = 80
"""Code points of the shortest paragraph that is removed where it stands twice, apart; oftener, it is a refrain."""
PLACEHOLDER = "Lorem ipsum dolor sit amet"
"""How the filler begins that templates hold until someone writes a text."""
MIN_RUN = 3
"""List items in a row from which a list is one of other articles, where each ends in a link."""
MIN_TITLE_SHARE = 0.45
"""Share of such an item that is the link."""
MOST_WITH_ROLE = 0.3
"""Share of the text that may be removed for a role: where more has it, the class says something else."""

MAX_CALL_LINK = 60
"""Code points of a link at the end of a paragraph that is looked at."""
CALL_LINK_RULES = frozenset(("boilerplate.read_also", "boilerplate.link_list", "boilerplate.share"))
"""Rules of labels that are cut where a link of that text ends a paragraph."""

ROLE_RULES: dict[int, str] = {
    int(Role.BIOGRAPHY): "boilerplate.biography",
    int(Role.COMMENT): "boilerplate.comments",
    int(Role.NEWSLETTER): "boilerplate.subscribe",
}
END_ROLE_RULES: dict[int, str] = {
    int(Role.DIALOG): "boilerplate.consent",
    int(Role.DISCLAIMER): "boilerplate.disclaimer",
    int(Role.FOOTER): "boilerplate.navigation",
    int(Role.PAYWALL): "boilerplate.subscribe",
    int(Role.SHARE): "boilerplate.share",
}
"""Roles that count only after the last prose."""

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

MIN_COPY = 40
"""Code points of the shortest sentence, or run of blocks, that is removed where its copy follows at once."""
MAX_RUN_OF_COPIES = 12
"""Blocks of the longest run whose copy is looked for."""
_KEY_CHARS = 40
"""Code points of a text that are compared first."""
MAX_PULL_QUOTES, MAX_PULLED, MIN_PULLED, MAX_SPEAKER = 30, 400, 15, 80
"""Most quotes of a text that are looked for in it, code points of the longest, letters of the shortest and of the
longest line below one that names who said it."""
_MAX_AROUND_QUOTE = 4
_PULL_QUOTE = re.compile(r"pull(?:ed)?(?:[-_]?out)?[-_]?quote|quote[-_]?pull", re.IGNORECASE)
_MAX_AROUND = 8
"""Elements around a block whose class may say for which screens it is."""
_FIGURE, _TABLE, _HIDDEN, _BYLINE, _DISCLAIMER, _PAYWALL = (
    int(role) for role in (Role.FIGURE, Role.TABLE, Role.HIDDEN, Role.BYLINE, Role.DISCLAIMER, Role.PAYWALL)
)
_MAX_BYLINE = 200
_ABOUT_CHARS = 300
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

_MAX_TAG = 300
_TEMPLATE_TAG = re.compile(
    r"\{\{[^{}]{1,200}\}\}|\$\$\w{3,60}\$\$|\[/[a-z][\w-]{2,40}\]|\[[a-z][\w-]{2,40} [a-z][\w-]{0,40}=[^\[\]]{1,200}\]"
)
"""A whole block such as ``{{ title }}`` or the shortcode ``[gallery ids="1,2"]``."""

_ELLIPSIS = re.compile(r"\[\s{0,5}(?:…|\.\.\.|&hellip;)\s{0,5}\]")
_ELLIPSIS_CHARS = 40
_WITH_ELLIPSIS = ("feed", "json_ld")
"""Sources whose texts may be teasers that a system cut."""

_ITEM = re.compile(r"[-–•*]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of an article before its text is cleaned; phrases of all languages are looked for in every one.

    Attributes:
        titles: headline and other titles, without the subheadline, which belongs to the text. None is left out.
        names: authors.
        source: 'page', 'feed', 'json_ld' or 'text'.
    """

    titles: Sequence[str | None] = ()
    names: Sequence[str] = ()
    source: str = "page"


class KeptBlock(NamedTuple):
    """One block that stays, whole or without its ends.

    Attributes:
        block: as it was given.
        start: offset of its first code point in Cleaned.text.
        end: offset after its last.
        text: what stays of it.
    """

    block: Block
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning gives: ``text`` is ``raw`` without the ranges of ``actions``, exactly.

    Attributes:
        text: kept paragraphs, separated by one newline.
        raw: all paragraphs, separated by one newline.
        actions: removals in order; they do not overlap.
        blocks: what stays, in order.
    """

    text: str
    raw: str
    actions: tuple[CleaningAction, ...]
    blocks: tuple[KeptBlock, ...]


class Cut(NamedTuple):
    """One removal from one block: from ``start`` up to ``end`` in its text."""

    rule: str
    start: int
    end: int


def text_to_blocks(text: str) -> list[Block]:
    """Return a block for each line of a text, white space folded; empty lines give none."""
    return [Block(text=line) for line in map(tidy_line, text.splitlines()) if line]


def clean(blocks: Sequence[Block], context: Context) -> Cleaned:
    """Remove what is not part of the article. Linear in the text.

    Args:
        blocks: the main text; white space in it is folded. Blocks without text are left out.
        context: what is known of the article.
    """
    blocks = [block for block in blocks if block.text]
    cuts = _find_cuts(blocks, context)
    return _apply(blocks, cuts)


def keep_all(blocks: Sequence[Block]) -> Cleaned:
    """Return a text that is known to hold nothing but the article, as it is."""
    blocks = [block for block in blocks if block.text]
    return _apply(blocks, [None] * len(blocks))


def _apply(blocks: Sequence[Block], cuts: Sequence[Cut | None]) -> Cleaned:
    """Remove the cuts, one for each block; a block that goes takes one of the newlines around it along."""
    raw = "\n".join(block.text for block in blocks)
    gone = [_is_gone(block, cut) for block, cut in zip(blocks, cuts, strict=True)]
    last_kept = max((number for number, is_gone in enumerate(gone) if not is_gone), default=-1)
    actions: list[CleaningAction] = []
    kept: list[KeptBlock] = []
    start = size = 0
    for number, (block, cut) in enumerate(zip(blocks, cuts, strict=True)):
        end = start + len(block.text)
        if cut is not None and gone[number]:
            before = 1 if number > last_kept >= 0 else 0
            after = 1 if number < last_kept or (last_kept < 0 and number < len(blocks) - 1) else 0
            actions.append(CleaningAction(rule=cut.rule, start=start - before, end=end + after))
        else:
            text = block.text
            if cut is not None:
                actions.append(CleaningAction(rule=cut.rule, start=start + cut.start, end=start + cut.end))
                text = text[: cut.start] + text[cut.end :]
            size += 1 if kept else 0
            kept.append(KeptBlock(block, size, size + len(text), text))
            size += len(text)
        start = end + 1
    return Cleaned("\n".join(block.text for block in kept), raw, tuple(actions), tuple(kept))


def _repeats(key: str, titles: Sequence[str], *, is_first: bool) -> bool:
    """Return whether a paragraph is a title, alone or after a short kicker; the first may be a title cut short."""
    for title in titles:
        if key == title or (len(title) > 15 and key.endswith(title) and len(key) - len(title) <= 60):
            return True
        if is_first and len(key) > 20 and title.startswith(key) and len(key) * 2 > len(title):
            return True
    return False


class _Page:
    """What is known of all blocks before one of them is judged."""

    __slots__ = ("counts", "end", "has_captions", "roles")

    def __init__(self, blocks: Sequence[Block]) -> None:
        whole = sum(len(block.text) for block in blocks)
        self.counts = Counter(block.text for block in blocks)
        self.end = 0
        self.roles = 0
        self.has_captions = False
        for number, block in enumerate(blocks):
            if len(block.text) > LONG and block.link_chars * 3 < len(block.text):
                self.end = number + 1
        if not any(block.roles for block in blocks):
            return
        for role in (*ROLE_RULES, *END_ROLE_RULES, _BYLINE):
            sizes = [len(block.text) for block in blocks if block.roles & role]
            is_text = role == _PAYWALL and max(sizes, default=0) > LONG  # what is paid for stands behind the wall
            if 0 < sum(sizes) < MOST_WITH_ROLE * whole and not is_text:
                self.roles |= role
        captions = sum(len(block.text) for block in blocks if _is_caption(block))
        self.has_captions = 0 < captions < MOST_WITH_ROLE * whole


def _name_by_place(block: Block, page: _Page, is_end: bool) -> str | None:
    """Name the rule that removes a block for what its class or role says it is, and where it stands."""
    if page.has_captions and _is_caption(block):
        return "boilerplate.caption"
    roles = block.roles & page.roles
    if roles:
        if roles & _BYLINE and len(block.text) <= _MAX_BYLINE:
            return "credits.byline"
        for role, rule in ROLE_RULES.items():
            if roles & role:
                return rule
        if is_end:
            for role, rule in END_ROLE_RULES.items():
                if roles & role and not (role == _DISCLAIMER and _is_correction(block)):
                    return rule
    return None


def _cut_title(block: Block, titles: Sequence[str], people: Sequence[str]) -> Cut | None:
    """Cut the headline from a paragraph in which it stands before a line break; with the byline behind it."""
    for seam in block.seams:
        if letters(block.text[:seam]) in titles:
            rest = block.text[seam:].lstrip()
            is_credit = len(rest) <= LONGEST and name_credit(rest, people) is not None
            return Cut("repeats.headline", 0, len(block.text) - (0 if is_credit else len(rest)))
    return None


def _is_placeholder(block: Block) -> bool:
    """Return whether a block is filler, or what a script should have replaced: JSON, a tag of a template."""
    text = block.text
    if text.startswith(PLACEHOLDER):
        return True
    if block.kind == "preformatted" or text[0] not in "{[$":
        return False
    if text.startswith('{"') and text.endswith("}") and '":' in text:
        return True
    return len(text) <= _MAX_TAG and _TEMPLATE_TAG.fullmatch(text) is not None


def _is_correction(block: Block) -> bool:
    """Return whether the class of a block says that it corrects the article, which is a part of it."""
    return block.element is not None and "correction" in (block.element.get("class") or "")[:_ABOUT_CHARS].lower()


def _is_caption(block: Block) -> bool:
    """Return whether a block is the caption of a picture, not of a table."""
    return block.kind == "caption" and block.roles & _FIGURE != 0 and block.roles & _TABLE == 0


def _is_link(block: Block) -> bool:
    """Return whether a block is nearly all link, and no sentence."""
    size = len(block.text)
    return (
        MIN_TEASER <= size <= MAX_TEASER
        and block.link_chars >= 0.85 * size
        and " " in block.text
        and not is_sentence(block.text)
    )


def _find_cuts(blocks: Sequence[Block], context: Context) -> list[Cut | None]:
    """Return what goes of each block; None for a block that stays as it is."""
    titles = [key for key in (letters(title) for title in context.titles if title) if len(key) > 3]
    people = [letters(name) for name in context.names if len(name) > 4 or (len(name) > 1 and is_wide(name[0]))]
    page = _Page(blocks)
    cuts: list[Cut | None] = []
    seen: set[str] = set()
    kept = 0
    in_links = has_prose = False
    for number, block in enumerate(blocks):
        text = block.text
        in_links = in_links and len(text) <= MAX_TEASER and (block.kind == "list_item" or _ITEM.match(text) is not None)
        rule = "boilerplate.link_list" if in_links else None
        if rule is None and kept < _START and not has_prose and (kept == 0 or block.level < 2):
            rule = "repeats.headline" if _repeats(letters(text), titles, is_first=kept == 0) else None
        elif rule is None and len(text) >= MIN_TITLE and text in context.titles and block.level != 2:
            rule = "repeats.headline"
        if rule is None and len(text) >= MIN_DUPLICATE and text in seen and block.kind in ("paragraph", "quote"):
            rule = "duplicates.paragraph" if page.counts[text] == 2 and is_sentence(text) else None
        if rule is None and _is_placeholder(block):
            rule = "boilerplate.placeholder"
        if rule is None:
            is_end = number >= page.end
            if len(text) <= LONGEST:
                rule = name_rule(block)
                if rule is None and kept < _HEAD and (block.kind != "table_row" or " | " not in text):
                    rule = name_credit(text, people)
                elif rule is None and is_end:
                    rule = name_signature(text, people)
                in_links = rule == "boilerplate.link_list"
                is_link = rule is None and bool(block.links) and _is_link(block) and _is_teaser(blocks, number, page)
                if is_link or (rule is None and bool(block.links) and _is_in_run(blocks, number)):
                    rule = "boilerplate.link_list"
            rule = rule or _name_by_place(block, page, is_end)
        if rule is not None:
            cuts.append(Cut(rule, 0, len(text)))
            continue
        cut = _cut_title(block, titles, people) if kept < _START and block.seams and not has_prose else None
        if cut is not None:
            cuts.append(cut)
            continue
        seen.add(text)
        kept += 1
        has_prose = has_prose or len(text) > LONG
        cuts.append(_cut_end(block, context))
    _cut_last_cards(blocks, cuts)
    _cut_last_boxes(blocks, cuts)
    _cut_copies(blocks, cuts)
    _cut_pull_quotes(blocks, cuts)
    _cut_headings_of_boxes(blocks, cuts)
    _cut_last_labels(blocks, cuts)
    if context.source in _WITH_ELLIPSIS:
        _cut_ellipsis(blocks, cuts, context)
    return cuts


def _cut_copies(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut what stands twice because the page holds a part of itself twice, not because its author repeats it."""
    kept = [number for number, cut in enumerate(cuts) if cut is None]
    if len({_beginning(blocks[number].text) for number in kept}) == len(kept):  # nearly all texts
        return
    keys = [_key(block.text) for block in blocks]
    counts = Counter(keys[number] for number in kept)
    if len(counts) == len(kept):
        return
    gone: set[int] = set()
    for size in range(1, MAX_RUN_OF_COPIES + 1):
        same = 0
        for place in range(size, len(kept)):
            is_same = keys[kept[place]] == keys[kept[place - size]] and kept[place] not in gone
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
        return block.kind in ("paragraph", "quote") and is_sentence(block.text)
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
        return len(original.links) == 1 and block.links[0][2] == original.links[0][2]
    if (block.roles ^ original.roles) & _HIDDEN:
        return True
    return len(block.text) >= MIN_TEASER and (_is_for_some_screens(block) or _is_for_some_screens(original))


def _is_for_some_screens(block: Block) -> bool:
    """Return whether a class around a block shows it on some screens alone."""
    element = block.element
    for _ in range(_MAX_AROUND):
        if element is None:
            break
        if _SCREEN.search((element.get("class") or "")[:_ABOUT_CHARS]):
            return True
        element = element.getparent()
    return False


def _cut_pull_quotes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut quotes that a class pulls out of the text, where the rest of it holds their words; and their speakers."""
    pulled: dict[int, HtmlElement] = {}
    for number, block in enumerate(blocks):
        if cuts[number] is None and len(block.text) <= MAX_PULLED and len(pulled) < MAX_PULL_QUOTES:
            quote = _pull_quote_around(block)
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


def _pull_quote_around(block: Block) -> HtmlElement | None:
    """Return the outermost of the elements near around a block whose class calls it a pull quote; None without one."""
    element, found = block.element, None
    for _ in range(_MAX_AROUND_QUOTE):
        if element is None:
            break
        name = element.get("class")
        if name and _PULL_QUOTE.search(name[:_ABOUT_CHARS]):
            found = element
        element = element.getparent()
    return found


def _cut_ellipsis(blocks: Sequence[Block], cuts: list[Cut | None], context: Context) -> None:
    """Cut the "[…]" that ends a teaser, with the "read more" before it."""
    last = next((number for number in range(len(blocks) - 1, -1, -1) if not _is_gone(blocks[number], cuts[number])), -1)
    if last < 0 or cuts[last] is not None:
        return
    text = blocks[last].text
    start = max(0, len(text) - _ELLIPSIS_CHARS)
    found = _ELLIPSIS.fullmatch(text, max(start, text.rfind("[", start)))
    if found:
        rest = text[: found.start()].rstrip()
        links = tuple(link for link in blocks[last].links if link[1] <= len(rest))
        cut = _cut_end(replace(blocks[last], text=rest, links=links), context)
        cuts[last] = cut._replace(end=len(text)) if cut else Cut("boilerplate.ellipsis", len(rest), len(text))


def _is_gone(block: Block, cut: Cut | None) -> bool:
    return cut is not None and cut.start == 0 and cut.end == len(block.text)


def _cut_last_cards(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
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


def _cut_last_boxes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
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
    for _ in range(_MAX_AROUND):
        if element is None or element in around:
            break
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        words = split_name(names[:_ABOUT_CHARS])
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


def _cut_headings_of_boxes(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut the heading of a box, such as one for a newsletter, of which nothing else is left."""
    for number in range(len(blocks) - 1):
        heading, cut = blocks[number], cuts[number + 1]
        if heading.kind != "heading" or cuts[number] is not None or len(heading.text) > _LONGEST_BOX_HEADING:
            continue
        if cut is None or cut.rule not in BOX_RULES or not _is_gone(blocks[number + 1], cut):
            continue
        after = number + 2
        while after < len(blocks) and _is_gone(blocks[after], cuts[after]):
            after += 1
        around = _around(heading)
        box = next((one for one in _around(blocks[number + 1]) if any(one is other for other in around)), None)
        if box is None or (after < len(blocks) and any(one is box for one in _around(blocks[after]))):
            continue
        cuts[number] = Cut(cut.rule, 0, len(heading.text))


def _around(block: Block) -> list[HtmlElement]:
    """Return the elements around a block, the innermost first."""
    return [] if block.element is None else list(islice(block.element.iterancestors(), _MAX_AROUND))


def _cut_last_labels(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
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


def _cut_end(block: Block, context: Context) -> Cut | None:
    """Cut the "read more" that ends a paragraph: a link that says so, or a call in a feed or plain text."""
    text = block.text
    if block.links:
        start, end, _ = block.links[-1]
        rest = text[:start].rstrip(" ([|»›→>–—-")
        is_last = len(text) - end <= 3 and not any(map(str.isalnum, text[end:]))
        if is_last and end - start <= MAX_CALL_LINK and len(rest) > end - start and not rest[-1].isalnum():
            rule = name_rule(Block(text[start:end]))
            if rule in CALL_LINK_RULES:
                return Cut("boilerplate.read_also", len(rest), len(text))
    if context.source == "page" or (not text.isascii() and is_unspaced(text)):
        return None
    found = cut_read_more(text)
    return Cut("boilerplate.read_also", len(found[0]), len(text)) if found and found[0] else None


def _ends_in_link(block: Block) -> bool:
    """Return whether a block is a list item of a kicker and the linked title of another article."""
    size = len(block.text)
    if block.kind != "list_item" or len(block.links) != 1 or not MIN_TEASER <= size <= MAX_TEASER:
        return False
    start, end, _ = block.links[0]
    if end != size or block.link_chars < MIN_TITLE_SHARE * size or is_sentence(block.text):
        return False
    return block.text[:start].rstrip().endswith((":", "|", "："))


def _is_in_run(blocks: Sequence[Block], number: int) -> bool:
    """Return whether a block is one of at least three list items in a row that end in a link."""
    if not _ends_in_link(blocks[number]):
        return False
    first = last = number
    while first > 0 and number - first < MIN_RUN and _ends_in_link(blocks[first - 1]):
        first -= 1
    while last + 1 < len(blocks) and last - number < MIN_RUN and _ends_in_link(blocks[last + 1]):
        last += 1
    return last - first + 1 >= MIN_RUN


def _heads_text(blocks: Sequence[Block], number: int) -> bool:
    """Return whether a text that is not a link follows a heading in the same element, and is about its link."""
    if number + 1 >= len(blocks):
        return False
    heading, block = blocks[number].element, blocks[number + 1]
    if heading is None or block.element is None or block.level or 2 * block.link_chars > len(block.text):
        return False
    return heading.getparent() is block.element.getparent()


def _is_teaser(blocks: Sequence[Block], number: int, page: _Page) -> bool:
    """Return whether a block that is nearly all link is one of a run of such, or stands after the last prose."""
    if blocks[number].kind == "heading" and (number < page.end or _heads_text(blocks, number)):
        return False
    if number >= page.end and blocks[number].kind != "list_item":
        return True
    before = number > 0 and _is_link(blocks[number - 1])
    after = number + 1 < len(blocks) and _is_link(blocks[number + 1])
    if blocks[number].kind == "list_item":
        return number >= page.end and before and after
    return before or after
