"""Whether a text is the teaser of a longer article.

A page may be behind a paywall and carry its whole text all the same, so what it declares is not enough: the text must
end at a wall, at a call to continue reading, or far short of the size that the page states.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.articles.blocks import Block, Structure
from transforms.articles.cleaning.clean import Cleaned
from transforms.articles.folding import count_letters, letters
from transforms.articles.lengths import measure_length
from transforms.articles.metadata import Metadata
from transforms.articles.page_addresses import is_next_page
from transforms.articles.roles import Role
from transforms.characters import FIRST_WIDE, unescape
from transforms.package_data import load_json

LEAST_SHARE = 0.6
"""Share of the declared size below which a text is a teaser."""

WHOLE_SHARE = 0.85
"""Share of the declared size from which it is whole."""

LEAST_READ = 0.3
"""Share of the declared size from which a text that ends as its articleBody does is whole."""

LEAST_WORDS = 30
"""Declared words from which the number is believed."""

MOST_TEASER = 5_000
"""Code points of the longest text that ends at a wall: beyond, the words of the wall are taken for a banner."""

MOST_BEFORE_WALL = 50_000
"""The same where what follows is an element that calls itself a wall."""

SHORT = 1_500
"""Code points up to which a text may be a teaser by a call to read on alone."""

ENOUGH = 600
"""Code points from which a text that ends in a full sentence, without any sign of more, is whole."""

LEAST_PROSE = 80
"""Code points of a line that is prose; shorter ones behind the last of it may be the lines of a wall."""

MAX_WALL_LINE = 200
"""Code points of the longest line of the text itself that is read for words of a wall: beyond, it is prose."""

MAX_INTO = 40
"""Code points of a sentence of prose before such words; behind more, the sentence speaks of a wall."""

LEAST_FULL, FEWEST_FULL = 1_000, 4
"""Length and blocks of a text that may be whole where what follows only asks subscribers to log in."""

MAX_DIRECTLY = 2
"""Blocks behind a long text among which its wall must be; walls before comments and other services come later."""

MAX_BLOCKS_AFTER = 8
MAX_CHARS_AFTER = 1_500
"""How much of what follows the text is looked at."""

MAX_BLOCKS_TO_PAGER, MAX_PAGES = 30, 50
"""Blocks behind the text among which its pager is, and links of one of them that are looked at."""

_MAX_PAGE_DIGITS = 2
_MAX_LINE = 400
_MAX_END = 100
_LEAST_END = 30
"""Letters at the end of a text that are compared with those of its articleBody."""
_END = re.compile(r"[.!?…。！？।؟\"”“»«’'‘)\]）」』]\s*$|\w$")
_CUT = re.compile(r"(?:\[\s?(?:…|\.\.\.)\s?\]|\((?:…|\.\.\.)\)|…|(?<!\.)\.\.\.)\s*$")
_BRACKETED = re.compile(r"(?:\[\s?(?:…|\.\.\.)\s?\]|\((?:more|…|\.\.\.)\s?(?:…|\.\.\.)?\))\s*$", re.IGNORECASE)
_WIDE = re.compile(f"[{FIRST_WIDE}-\ufaff]")
_SELECTOR = re.compile(r"[.#]([\w-]{1,100})")
_INLINE = re.compile(r"(?:…|\.\.\.)[\])]?\s(?P<call>.{3,100})$")
_NOWHERE = ("#", "javascript:")
_APPEARED = re.compile(r"The post (?:(?!The post ).){1,300} appeared first on .{1,200}$", re.DOTALL)
_LINK = re.compile(r"<a\b[^<>]{0,500}>([^<>]{1,100})</a>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")
_MAX_TAIL = 1_500
_ARROWS = " \t\u00a0»›>→…·|[]()-–—.:"
_UNSEEN = int(Role.NAVIGATION | Role.FOOTER | Role.HIDDEN)
_HIDDEN, _PAYWALL, _COMMENT = int(Role.HIDDEN), int(Role.PAYWALL), int(Role.COMMENT)
_DATA = load_json(__package__, "truncation.json")
# Of lines in lower case: that is three times as fast as to ignore case.
_WALL = re.compile("|".join(_DATA["wall"]))
_WALL_WORDS: tuple[str, ...] = tuple(dict.fromkeys(word for words in _DATA["wall"].values() for word in words))
"""Every line that _WALL finds something in has one of these: it has so many forms that a search is slow.

The data lists them with each form, one of which every line of that form has.
"""
_ACCOUNT = re.compile("|".join(_DATA["account"]))
"""What walls say, and banners below whole texts, too."""
_SENTENCE_START = re.compile(r"[.!?…。！？]\W{1,5}")
_CONTINUE = re.compile("|".join(_DATA["continue"]))
_MORE = re.compile("|".join(_DATA["more"]))


class Truncation(NamedTuple):
    """Fields of Article."""

    is_truncated: bool | None
    truncated_reason: str | None = None


WHOLE = Truncation(False)
UNKNOWN = Truncation(None)


def find_truncation(
    content: Cleaned,
    *,
    source: str,
    metadata: Metadata | None = None,
    structure: Structure | None = None,
    markup: str = "",
) -> Truncation:
    """Find out whether a text is a teaser, and why; neither is known for a text that shows nothing either way.

    Linear; looks at the last blocks of the text, and at some that follow it on the page.

    Args:
        content: the text.
        source: as Article.text_source has it.
        metadata: of the page; None for a text that is not read from one.
        structure: of the page.
        markup: of a feed entry, whose end shows what its text no longer has.
    """
    text = content.text
    last = content.raw[max(0, len(content.raw) - _MAX_LINE) :].rsplit("\n", 1)[-1]
    if metadata is None:
        return _judge_feed(text, (last, *_read_ends(markup)), source)
    share = _declared_share(text, metadata)
    has_all = share is not None and (
        share >= WHOLE_SHARE or (share >= LEAST_READ and _ends_like_body(text, metadata.body or ""))
    )
    # Some pages declare no more than the teaser that they show as their articleBody.
    if has_all and (len(text) >= SHORT or metadata.word_count_declared is not None):
        return WHOLE
    is_paid = metadata.is_accessible_for_free is False or bool(metadata.paid_selectors)
    if share is not None and share < LEAST_SHARE and not has_all and metadata.is_accessible_for_free is not True:
        return Truncation(True, "paywall" if is_paid else "shorter_than_declared")
    if metadata.paid_selectors and structure is not None and _shows_paid_part(content, structure, metadata):
        return WHOLE
    end = text[-_MAX_END:]
    is_cut = _CUT.search(end) is not None
    behind: Sequence[Block] = ()
    if source == "page" and structure is not None and content.blocks:
        behind = _from_block(content.blocks[-1].block, structure)
    after = _read_after(behind)
    wall = "none"
    if metadata.is_accessible_for_free is not True:
        wall = "wall" if is_paid and is_cut and len(text) < MOST_TEASER else _find_wall(content, structure, last, after)
    is_whole = len(content.blocks) >= FEWEST_FULL and not is_cut and _END.search(end) is not None
    if wall == "account" and (is_paid or not is_whole or measure_length(text) < LEAST_FULL):
        wall = "wall"
    if wall == "wall":
        return Truncation(True, "paywall")
    if has_all:
        return WHOLE
    if (
        metadata.has_next_page
        or _has_pager(behind, metadata.addresses)
        or _BRACKETED.search(end)
        or _is_inline_call(last, text)
        or _is_call(last, after, is_cut=is_cut, is_short=len(text) < SHORT)
    ):
        return Truncation(True, "continue_reading")
    if share is not None or wall == "account":
        return UNKNOWN
    if is_paid:
        is_full = len(text) >= SHORT and len(content.blocks) >= 4 and not is_cut
        return WHOLE if is_full and not metadata.paid_selectors else UNKNOWN
    if metadata.is_accessible_for_free is True and not is_cut:
        return WHOLE
    return WHOLE if len(text) >= ENOUGH and not is_cut and _END.search(end) else UNKNOWN


def _bare(line: str) -> str:
    return line[:_MAX_LINE].lower().replace("’", "'").strip(_ARROWS)


def _judge_feed(text: str, ends: Sequence[str], source: str) -> Truncation:
    """Judge a text without a page: feeds cut theirs with an ellipsis, or end it with a link to the page."""
    if source == "text":
        return Truncation(True, "continue_reading") if _BRACKETED.search(text) else UNKNOWN
    calls = (_CONTINUE.fullmatch(line) or _MORE.fullmatch(line) for line in map(_bare, ends))
    if _CUT.search(text) or any(map(_CUT.search, ends)) or any(calls):
        return Truncation(True, "continue_reading")
    return WHOLE if source == "feed_content" and len(text) >= ENOUGH else UNKNOWN


def _read_ends(markup: str) -> Sequence[str]:
    """Return the last words of an entry, and its last link, as the feed has them."""
    tail = _APPEARED.sub("", markup[-_MAX_TAIL:].rstrip())
    links = _LINK.findall(tail)
    words = " ".join(_TAG.sub(" ", _APPEARED.sub("", " ".join(unescape(_TAG.sub(" ", tail)).split()))).split())
    is_last = bool(links) and words.endswith(" ".join(unescape(links[-1]).split()))
    return (words[-_MAX_LINE:], unescape(links[-1])) if is_last else (words[-_MAX_LINE:],)


def _declared_share(text: str, metadata: Metadata) -> float | None:
    """Return which share of the size that a page declares a text has; None where it declares none to believe."""
    shares: list[float] = []
    body = metadata.body or ""
    if body:
        declared = count_letters(body[:500_000])
        if declared >= 6 * LEAST_WORDS:
            shares.append(count_letters(text) / declared)
    words = metadata.word_count_declared
    if words is not None and words >= LEAST_WORDS and not _WIDE.search(text, 0, 500):
        found = len(text.split())
        if not 0.7 <= words / max(1, len(text)) <= 1.3:  # some count the characters
            shares.append(found / words)
    if not shares:
        return None
    # A page that declares only a teaser as its articleBody has more text than that: the larger size counts.
    return min(shares)


def _shows_paid_part(content: Cleaned, structure: Structure, metadata: Metadata) -> bool:
    """Return whether text comes from the elements that the page declares as not free."""
    names = {name for selector in metadata.paid_selectors[:20] for name in _SELECTOR.findall(selector[:300])}
    if not names:
        return False
    kept = {id(block.block) for block in content.blocks}
    for container in structure.containers:
        about = f"{container.element.get('class') or ''} {container.element.get('id') or ''}"
        if names.isdisjoint(about[:500].split()):
            continue
        inside = structure.blocks[container.start : container.end]
        size = sum(len(block.text) for block in inside if id(block) in kept)
        if size >= ENOUGH or size >= 0.3 * len(content.text):
            return True
    return False


def _ends_like_body(text: str, body: str) -> bool:
    """Return whether a text ends with the last words of a declared articleBody: nothing is missing behind it."""
    end = letters(text[-_MAX_END:])[-_LEAST_END:]
    return len(end) == _LEAST_END and letters(_TAG.sub(" ", unescape(body[-_MAX_TAIL:]))).endswith(end)


def _find_wall(content: Cleaned, structure: Structure | None, last: str, after: Sequence[Block]) -> str:
    """Return "wall" where a text ends at the words of one, or at a call to continue in an element that is one.

    The lines of a wall may have been taken for text: all behind the last prose are read. Behind longer texts only an
    element that calls itself a wall counts, if it follows directly and the text does not stand in one, too. Return
    "account" where nothing but a line for those who subscribe already follows, and "none" without any.
    """
    size = len(content.text)
    if size >= MOST_TEASER:
        if size >= MOST_BEFORE_WALL or not content.blocks or content.blocks[-1].block.roles & _PAYWALL:
            return "none"
        is_walled = any(block.roles & _PAYWALL and _wall_of(block) != "none" for block in after[:MAX_DIRECTLY])
        return "wall" if is_walled else "none"
    found = {_wall_in(last)}
    if content.blocks:
        end = prose = content.blocks[-1].block
        for kept in content.blocks[: -1 - MAX_BLOCKS_AFTER : -1]:
            if kept.text != last:
                found.add(_wall_in(kept.text))
            if _is_prose(kept.text):
                prose = kept.block
                break
        if prose is not end and structure is not None:
            after = list(dict.fromkeys((*_read_after(_from_block(prose, structure)), *after)))
        found.update(map(_wall_of, after))
    return next((one for one in ("wall", "account") if one in found), "none")


def _wall_of(block: Block) -> str:
    """Return what a block behind the text says: "wall", "account" or "none"."""
    line = _bare(block.text)
    if _search_wall(line) or (block.roles & _PAYWALL and (_CONTINUE.fullmatch(line) or _ACCOUNT.search(line))):
        return "wall"
    return "account" if _ACCOUNT.search(line) else "none"


def _search_wall(line: str) -> re.Match[str] | None:
    """Search a line in lower case for what walls say."""
    return _WALL.search(line) if any(map(line.__contains__, _WALL_WORDS)) else None


def _wall_in(line: str) -> str:
    """Return the same of a line of the text; a longer one, or one that comes to such words late, is about a wall."""
    if len(line) > MAX_WALL_LINE:
        return "none"
    bare = _bare(line)
    for name, search in (("wall", _search_wall), ("account", _ACCOUNT.search)):
        found = search(bare)
        if found is not None and not (_is_prose(line) and _is_late(bare, found.start())):
            return name
    return "none"


def _is_late(line: str, place: int) -> bool:
    """Return whether a place in a line is far into its sentence."""
    start = max((sign.end() for sign in _SENTENCE_START.finditer(line, 0, place)), default=0)
    return place - start > MAX_INTO


def _is_prose(line: str) -> bool:
    return len(line) >= LEAST_PROSE or (len(line) >= LEAST_PROSE // 2 and _WIDE.search(line) is not None)


def _from_block(block: Block, structure: Structure) -> Sequence[Block]:
    """Return a block of the page and those behind it, as many as are looked at; none for a block of no page."""
    places = range(len(structure.blocks) - 1, -1, -1)
    place = next((number for number in places if structure.blocks[number] is block), None)
    return () if place is None else structure.blocks[place : place + MAX_BLOCKS_TO_PAGER]


def _read_after(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks that follow the first of some, as far as they are looked at."""
    found: list[Block] = []
    size = 0
    for block in blocks[1 : 1 + 3 * MAX_BLOCKS_AFTER]:
        if block.roles & _UNSEEN and (block.roles & _HIDDEN or not block.roles & _PAYWALL):
            continue
        size += len(block.text)
        if len(found) >= MAX_BLOCKS_AFTER or size > MAX_CHARS_AFTER:
            break
        found.append(block)
    return found


def _has_pager(blocks: Sequence[Block], own: Sequence[str]) -> bool:
    """Return whether the number of the next page, in the last block of the text or behind it, is a link to that page.

    Below another heading, or comments, are the pages of what stands there.
    """
    for block in blocks:
        links = [link for link in block.links[:MAX_PAGES] if is_next_page(link[2], own)]
        if block.roles & _COMMENT or (block.level and not links):
            return False
        if any(last - first <= _MAX_PAGE_DIGITS and block.text[first:last].isdecimal() for first, last, _ in links):
            return True
    return False


def _leads_nowhere(block: Block) -> bool:
    """Return whether the links of a block lead to no other page: they show what the page holds already."""
    return bool(block.links) and all(address.strip().startswith(_NOWHERE) for _, _, address in block.links)


def _is_inline_call(last: str, text: str) -> bool:
    """Return whether a call to read on stands behind an ellipsis in the last line, as in "The work will… Read more".

    A line of which nothing is in the text is the teaser of another article.
    """
    found = _INLINE.search(last, max(0, len(last) - _MAX_END - 20))
    if found is None or last[: found.start()][-_MAX_END:] not in text[-_MAX_LINE:]:
        return False
    call = _bare(found["call"])
    return bool(_CONTINUE.fullmatch(call) or (len(text) < SHORT and _MORE.fullmatch(call)))


def _is_call(last: str, after: Sequence[Block], *, is_cut: bool, is_short: bool) -> bool:
    """Return whether a text ends at a call to continue reading.

    "Read more" stands below every card, so that it counts only behind a text that is cut off.
    """
    lines = [last]
    if after and after[0].link_chars >= 0.8 * len(after[0].text) and not _leads_nowhere(after[0]):
        lines.append(after[0].text)
    for line in (_bare(line) for line in lines):
        if _CONTINUE.fullmatch(line) and (is_cut or is_short):
            return True
        if _MORE.fullmatch(line) and is_cut:
            return True
    return False
