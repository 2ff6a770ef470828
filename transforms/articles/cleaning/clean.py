"""The text of an article without what is not part of it, and an account of every removal."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import NamedTuple

from schemas.articles import CleaningAction
from transforms.articles.blocks import Block
from transforms.articles.cleaning.contents import cut_contents
from transforms.articles.cleaning.copies import (
    cut_buttons,
    cut_copies,
    cut_pull_quotes,
    cut_repeated_tables,
    settle_repeats,
)
from transforms.articles.cleaning.credit_lines import is_office_below, name_credit, name_signature
from transforms.articles.cleaning.cuts import ABOUT_CHARS, LONG, MAX_TEASER, MIN_TEASER, Cut, is_gone
from transforms.articles.cleaning.last_blocks import (
    cut_headings_of_boxes,
    cut_last_boxes,
    cut_last_cards,
    cut_last_labels,
    cut_last_links,
)
from transforms.articles.cleaning.phrases import is_unspaced
from transforms.articles.cleaning.rules import LONGEST, is_plain_pointer, name_rule
from transforms.articles.folding import letters, tidy_line
from transforms.articles.lengths import measure_length
from transforms.articles.original_titles import read_original_title
from transforms.articles.read_more import cut_read_more
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import is_amid_prose, is_sentence
from transforms.characters import is_wide

_START = 6
"""Blocks at the start that may repeat the headline."""
_HEAD = 4
"""Blocks at the start that may be a byline, a date or a reading time."""
MIN_TITLE = 30
"""Code points of the shortest title that is removed wherever it stands alone."""
MIN_DUPLICATE = 80
"""Code points of the shortest paragraph that is removed where it stands twice, apart; oftener, it is a refrain."""
PLACEHOLDER = "Lorem ipsum dolor sit amet"
"""How the filler begins that templates hold until someone writes a text."""
MIN_RUN = 3
"""List items in a row from which a list is one of other articles, where each ends in a link."""
MAX_LINKED, MAX_LINE = 4, 80
"""Links in a row between lines of a list, at most, and code points of the longest such line."""
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

_FIGURE, _TABLE, _BYLINE, _DISCLAIMER, _PAYWALL = (
    int(role) for role in (Role.FIGURE, Role.TABLE, Role.BYLINE, Role.DISCLAIMER, Role.PAYWALL)
)
_MAX_BYLINE = 200

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
        captions: blocks outside figures that are captions because they stand right behind a picture.
    """

    titles: Sequence[str | None] = ()
    names: Sequence[str] = ()
    source: str = "page"
    captions: frozenset[Block] = frozenset()


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
    gone = [is_gone(block, cut) for block, cut in zip(blocks, cuts, strict=True)]
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

    __slots__ = ("captions", "end", "has_captions", "roles")

    def __init__(self, blocks: Sequence[Block], captions: frozenset[Block]) -> None:
        self.captions = captions
        whole = sum(len(block.text) for block in blocks)
        self.end = 0
        self.roles = 0
        self.has_captions = False
        for number, block in enumerate(blocks):
            if block.link_chars * 3 < len(block.text) and measure_length(block.text) > LONG:
                self.end = number + 1
        some = reduce(or_, (block.roles for block in blocks), 0)
        if not some:
            return
        for role in (*ROLE_RULES, *END_ROLE_RULES, _BYLINE):
            if not some & role:
                continue
            sizes = [len(block.text) for block in blocks if block.roles & role]
            is_text = role == _PAYWALL and max(sizes, default=0) > LONG  # what is paid for stands behind the wall
            if 0 < sum(sizes) < MOST_WITH_ROLE * whole and not is_text:
                self.roles |= role
        size = sum(len(block.text) for block in blocks if block.kind == "caption" and self.is_caption(block))
        self.has_captions = 0 < size < MOST_WITH_ROLE * whole

    def is_caption(self, block: Block) -> bool:
        """Return whether a block is the caption of a picture, not of a table."""
        return block.kind == "caption" and (
            (block.roles & _FIGURE != 0 and block.roles & _TABLE == 0) or block in self.captions
        )


def _name_by_place(block: Block, page: _Page, is_end: bool) -> str | None:
    """Name the rule that removes a block for what its class or role says it is, and where it stands."""
    if page.has_captions and page.is_caption(block):
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
    longest = max(map(len, titles), default=0)
    key, start = "", 0
    for seam in block.seams:
        piece = letters(block.text[start:seam])
        key, start = key + piece, seam
        if len(key) > longest:
            break
        if piece and key in titles:
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
    return block.element is not None and "correction" in (block.element.get("class") or "")[:ABOUT_CHARS].lower()


def _is_link(block: Block) -> bool:
    """Return whether a block is nearly all link, and no sentence."""
    size = len(block.text)
    return (
        size <= MAX_TEASER
        and block.link_chars >= 0.85 * size
        and measure_length(block.text) >= MIN_TEASER
        and (" " in block.text or is_wide(block.text[0]))
        and not is_sentence(block.text)
    )


def _find_cuts(blocks: Sequence[Block], context: Context) -> list[Cut | None]:
    """Return what goes of each block; None for a block that stays as it is."""
    page = _Page(blocks, context.captions)
    cuts = _cut_each(blocks, page, context)
    settle_repeats(blocks, cuts)
    cut_last_links(blocks, cuts, page.end)
    cut_last_cards(blocks, cuts)
    cut_last_boxes(blocks, cuts)
    cut_contents(blocks, cuts)
    cut_buttons(blocks, cuts)
    if "table_row" in {block.kind for block in blocks}:
        cut_repeated_tables(blocks, cuts)
    cut_copies(blocks, cuts)
    cut_pull_quotes(blocks, cuts)
    cut_headings_of_boxes(blocks, cuts)
    _cut_pointers(blocks, cuts)
    cut_last_labels(blocks, cuts)
    if context.source in _WITH_ELLIPSIS:
        _cut_ellipsis(blocks, cuts, context)
    return cuts


def _cut_each(blocks: Sequence[Block], page: _Page, context: Context) -> list[Cut | None]:
    """Return what goes of each block for what it says and where it stands, before others that go are seen."""
    titles = [key for key in (letters(title) for title in context.titles if title) if len(key) > 3]
    names = (letters(name) for name in context.names if len(name) > 4 or (len(name) > 1 and is_wide(name[0])))
    people = [key for key in names if key]  # some feeds name no more than "-----" or "@@@@@"
    cuts: list[Cut | None] = []
    seen: set[str] = set()
    counts: Counter[str] | None = None  # few texts have a paragraph twice
    kept = 0
    in_links = in_comments = has_prose = False
    for number, block in enumerate(blocks):
        text = block.text
        in_links = in_links and len(text) <= MAX_TEASER and (block.kind == "list_item" or _ITEM.match(text) is not None)
        in_comments = in_comments and block.kind == "list_item"
        rule = "boilerplate.link_list" if in_links else "boilerplate.comments" if in_comments else None
        if rule is None and kept < _START and not has_prose and (kept == 0 or block.level < 2):
            rule = "repeats.headline" if _repeats(letters(text), titles, is_first=kept == 0) else None
        elif rule is None and len(text) >= MIN_TITLE and text in context.titles and block.level != 2:
            rule = "repeats.headline"
        if rule is None and not text.isascii() and read_original_title(text) is not None:
            rule = "repeats.headline"
        if rule is None and len(text) >= MIN_DUPLICATE and text in seen and block.kind in ("paragraph", "quote"):
            counts = counts or Counter(other.text for other in blocks)
            is_announced = number > 0 and blocks[number - 1].text.endswith((":", "："))
            is_repeat = counts[text] == 2 and is_sentence(text) and not is_announced and text[-1] not in "?？؟"
            rule = "duplicates.paragraph" if is_repeat else None
        if rule is None and _is_placeholder(block):
            rule = "boilerplate.placeholder"
        if rule is None:
            is_end = number >= page.end
            if len(text) <= LONGEST:
                rule = name_rule(block)
                if rule is None and kept < _HEAD and (block.kind != "table_row" or " | " not in text):
                    rule = name_credit(text, people)
                    if rule is None and block.kind != "heading" and _is_below_byline(cuts) and is_office_below(text):
                        rule = "credits.byline"  # "Jane Roe", and below it "Correspondent in Ellery"
                if rule is None and is_end:
                    rule = name_signature(text, people)
                in_links = rule == "boilerplate.link_list"
                in_comments = rule == "boilerplate.comments" and block.kind == "heading"
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
    return cuts


def _cut_pointers(blocks: Sequence[Block], cuts: list[Cut | None]) -> None:
    """Cut pointers that are not linked where they stand alone between two paragraphs that stay, or behind the last."""
    kept = [number for number, block in enumerate(blocks) if not is_gone(block, cuts[number])]
    for before, number, after in zip(kept, kept[1:], [*kept[2:], None], strict=False):
        block = blocks[number]
        if block.kind == "paragraph" and not block.links and is_plain_pointer(block.text):
            beside = blocks[before].text
            if is_amid_prose(beside, beside if after is None else blocks[after].text):
                cuts[number] = Cut("boilerplate.read_also", 0, len(block.text))


def _is_below_byline(cuts: Sequence[Cut | None]) -> bool:
    """Return whether the last of the blocks that were judged goes as a byline."""
    return bool(cuts) and (above := cuts[-1]) is not None and above.rule == "credits.byline"


def _cut_ellipsis(blocks: Sequence[Block], cuts: list[Cut | None], context: Context) -> None:
    """Cut the "[…]" that ends a teaser, with the "read more" before it."""
    last = next((number for number in range(len(blocks) - 1, -1, -1) if not is_gone(blocks[number], cuts[number])), -1)
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


def _is_among_lines(blocks: Sequence[Block], number: int) -> bool:
    """Return whether lines of one element without a link stand before and behind a link: all are one list."""
    own = blocks[number].element
    if own is None:
        return False
    for places in (range(number - 1, max(-1, number - MAX_LINKED), -1), range(number + 1, number + MAX_LINKED)):
        near = (blocks[place] for place in places if place < len(blocks))
        line = next((block for block in near if block.link_chars * 2 < len(block.text)), None)
        if line is None or line.element is None or line.element.getparent() is not own.getparent():
            return False
        is_line = line.kind == "paragraph" and MIN_TEASER <= len(line.text) <= MAX_LINE
        if not is_line or line.text.endswith((":", "：")) or is_sentence(line.text):
            return False
    return True


def _is_teaser(blocks: Sequence[Block], number: int, page: _Page) -> bool:
    """Return whether a block that is nearly all link is one of a run of such, or stands after the last prose."""
    if blocks[number].kind == "heading" and (number < page.end or _heads_text(blocks, number)):
        return False
    if number >= page.end and blocks[number].kind != "list_item":
        return not _is_among_lines(blocks, number)
    before = number > 0 and _is_link(blocks[number - 1])
    after = number + 1 < len(blocks) and _is_link(blocks[number + 1])
    if blocks[number].kind == "list_item":
        return number >= page.end and before and after
    return before or after
