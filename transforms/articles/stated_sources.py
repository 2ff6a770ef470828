"""The source that a line beside an article states: "来源：海州日报" on a Chinese page, or an agency in any language."""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from transforms.articles.agencies import find_agency
from transforms.articles.blocks import Block, Structure
from transforms.articles.dates_in_lines import find_dates, may_hold_date
from transforms.articles.folding import letters
from transforms.articles.heads import Head, blocks_near, is_outside
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import is_amid_prose
from transforms.articles.words import all_words, words_of
from transforms.characters import is_wide

_MAX_LINE, _MAX_NAME = 160, 24
_MAX_DATED = 80
"""Code points of a line with an agency and a date."""

_OWN_LETTERS = 3
"""Letters of a source with which a part of the title begins that names the site itself."""

_WIDE = "|".join(sorted((word for word in words_of("source") if is_wide(word[0])), key=len, reverse=True))
_BESIDE = re.compile(
    rf"(?:^|[\s|｜/·•，,）)])(本文|文章|稿件|原文)?(?:{_WIDE})\s?[:：]\s?"
    rf"(?P<name>[^\s:：|｜，,。；;（(【]{{2,{_MAX_NAME}}}+)?(?!\s?[:：])"
)
"""A field of a line that states it; where the name is missing, the next line may be the name."""

_LINE = re.compile(
    rf"(?:{'|'.join(map(re.escape, words_of('source')))})\s?[:：]\s?(?P<name>[^:：]{{2,{_MAX_NAME}}})", re.IGNORECASE
)
_FIELDS = re.compile(r"\s[|•·]\s")
_PART = re.compile(r"\s?[_|｜–—-]+\s?")
_NO_PLACE = int(Role.FIGURE | Role.CAPTION | Role.QUOTE | Role.COMMENT | Role.RELATED)


def find_source(structure: Structure, head: Head, titles: Iterable[str]) -> str | None:
    """Return the newspaper, site or agency that an article is stated to come from; None where that is its own site.

    On a Chinese page, a field of a line in the head states it, or a line below the text. In other languages, a source
    is often that of figures or of a picture: it counts where it is an agency and stands alone in a line.

    Args:
        structure: of the page.
        head: of its article.
        titles: what the page calls itself.
    """
    blocks = structure.blocks
    near = blocks_near(structure, head, head.start)
    for number, block in [(number, block) for number, block in near if ":" in block.text or "：" in block.text]:
        if len(block.text) > _MAX_LINE or block.roles & _NO_PLACE or block.kind == "caption" or block.level:
            continue
        following = blocks[number + 1 : number + 2]
        name = _name_in(block, following, is_head=number < head.end)
        if (
            name is None
            or _is_of_figure(blocks[max(0, number - 1)], block, following)
            or is_outside(structure, block.container, head, number)
        ):
            continue
        return name if not _is_own(name, titles) else None
    return next((name for name in _agencies_beside_dates(structure, head) if not _is_own(name, titles)), None)


def _agencies_beside_dates(structure: Structure, head: Head) -> Iterator[str]:
    """Yield agencies that stand alone between headline and text, but for a date in their line: "(©NTB) 3.5.2024"."""
    first = len(structure.blocks) if head.anchor is None else head.anchor + 1
    for number in range(first, min(head.near, len(structure.blocks))):
        block = structure.blocks[number]
        if len(block.text) > _MAX_DATED or block.roles & _NO_PLACE or block.level or not may_hold_date(block.text):
            continue
        dates = find_dates(block.text)
        text = block.text
        for date in reversed(dates):
            text = f"{text[: date.start]} {text[date.end :]}"
        agency = find_agency(" ".join(text.split()).strip("|•·©() ")) if dates else None
        if agency is not None and not is_outside(structure, block.container, head, number):
            yield agency


def _name_in(block: Block, following: list[Block], *, is_head: bool) -> str | None:
    """Return the source that a line states, or the short line below a line that ends as its label."""
    line = block.text
    for part in _FIELDS.split(line):
        whole = _LINE.fullmatch(part)
        if whole and find_agency(whole["name"]):
            return whole["name"]
    field = _BESIDE.search(line) if not line.isascii() else None
    if field is None or not (is_head or field[1]):
        return None
    name = field["name"]
    if name is None and field.end() == len(line) and following and len(following[0].text) <= _MAX_NAME:
        name = following[0].text
    is_name = name is not None and is_wide(name[0]) and not name.startswith(("本", "网络", "網路"))
    return name if is_name and name not in all_words("nobody") else None


def _is_of_figure(before: Block, line: Block, following: list[Block]) -> bool:
    """Return whether a line stands below a table, or between paragraphs, as that of a chart does."""
    if is_wide(line.text[-1]):
        return False
    parents = {_parent(block) for block in (line, before, *following)}
    is_within = bool(following) and len(parents) == 1 and is_amid_prose(before.text, following[0].text)
    return before.kind == "table_row" or is_within


def _parent(block: Block) -> HtmlElement | None:
    return None if block.element is None else block.element.getparent()


def _is_own(name: str, titles: Iterable[str]) -> bool:
    """Return whether a part of a title behind the headline names the source, too: then it is the site itself."""
    key = letters(name)
    parts = (letters(part) for title in titles for part in _PART.split(title[:_MAX_LINE])[1:])
    return any(part and (key[:_OWN_LETTERS] in part or part in key) for part in parts)
