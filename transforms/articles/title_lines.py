"""Where a page shows its headline: the line of it that is its title, or a part of that.

``find_heading`` looks among the headings for one that begins or ends a title; ``find_title`` among all lines for one
that is a whole title, where no heading is; ``find_part`` for the longest part of a title, where no h1 agrees with one.
"""

import re
from itertools import islice
from typing import NamedTuple

from transforms.articles.blocks import Structure, is_paragraph, split_at_seams
from transforms.articles.cleaning.phrases import is_unspaced
from transforms.articles.folding import letters
from transforms.articles.roles import Role
from transforms.characters import is_wide

_COMMENT = int(Role.COMMENT)

_MAX_TITLE_LINE = 240
"""Code points of a line that may be a title as a whole."""

_LEAST_LETTERS, _LEAST_HAN = 8, 4

LEAST_TITLE, _LEAST_HAN_END = 15, 8
"""Letters of a title that a heading may hold, and of a heading that may end a title; the same of one in Han or kana."""

_PARTS = re.compile(r" [-|–—»·:] ")

PART = re.compile(r" [|–—\-•·»«:/]{1,3} | ?[|：｜] ?|(?<=[^\s\d]): |(?<=[\u2e80-\uffef])[-_–—]{1,3}(?=[\u2e80-\uffef])")
"""What stands between the parts of a title: its headline, the name of the site."""

_WIDE_PART = re.compile(r"\s|[-_–—]{1,3}")
"""The same in a title without blanks between its words, where every sign may stand in a name, too."""

_LEAST_PART = 6
"""Letters of the shortest headline that is looked for."""

_MAX_PART_BLOCKS, _MAX_HEADING_BLOCKS, _MAX_PART_LINE = 200, 400, 300

MAX_PARTS = 10
"""Parts of a title that are told apart."""


class _Heading(NamedTuple):
    """A heading; the first of the highest level is the least."""

    level: int
    number: int
    """Of its block."""
    key: str
    """Its letters."""


def find_heading(structure: Structure, titles: list[str]) -> int | None:
    """Return the heading that is the headline: the first of the highest level that agrees with a title, or an h1.

    An h1 stands back behind a longer heading that ends a title: it is the name of the site, or of a section. The
    comments may repeat the headline; it is looked for there only where no h1 stands outside them.
    """
    numbers = [number for number, block in enumerate(structure.blocks) if block.level]
    outside = [number for number in numbers if not structure.blocks[number].roles & _COMMENT]
    has_own = any(structure.blocks[number].level == 1 for number in outside)
    headings = [
        _Heading(structure.blocks[number].level, number, letters(structure.blocks[number].text[:1_000]))
        for number in (outside if has_own else numbers)
    ]
    own = [one for one in headings if not is_site_part(one.key, titles)]
    agreeing = [one for one in own if _agrees(one.key, titles)]
    best = min(agreeing, default=next((one for one in own if one.level == 1), None))
    if best is None or best.level == 1:
        best = _find_end(headings, titles, best, is_known=bool(agreeing))
    else:  # "Ellery Post - The pier": the site below, and the h1
        rest = {title.removeprefix(best.key) for title in titles if title.startswith(best.key)}
        best = next((one for one in own if one.level == 1 and one.key in rest and is_telling(one.key)), best)
    return best.number if best is not None else None


def _agrees(key: str, titles: list[str]) -> bool:
    """Return whether a heading begins a title, or holds a long one at either end."""
    return is_telling(key) and any(
        title.startswith(key) or (len(title) > LEAST_TITLE and (key.endswith(title) or key.startswith(title)))
        for title in titles
    )


def _find_end(headings: list[_Heading], titles: list[str], best: _Heading | None, *, is_known: bool) -> _Heading | None:
    """Return the heading that ends a title, as in "Ellery Post » Archive » The pier opens", else what was found.

    Args:
        headings: of the page.
        titles: letters of what the page calls itself.
        best: the h1 that was found.
        is_known: whether that is the start of a title.
    """
    start = best.key if best is not None and is_known else ""
    if start and any(2 * len(start) >= len(title) for title in titles if title.startswith(start)):
        return best
    behind = (one for one in headings if best is None or (one.number > best.number and (one.level == 1 or is_known)))
    return min((one for one in behind if ends_title(one.key, start, titles)), default=best)


def ends_title(key: str, start: str, titles: list[str]) -> bool:
    """Return whether a heading ends a title and is longer than what begins it, such as the name of a section.

    Args:
        key: letters of the heading.
        start: those of what begins the title.
        titles: those of what the page calls itself.
    """
    least = _LEAST_HAN_END if is_wide(key[:1]) else LEAST_TITLE
    return len(key) > max(len(start), least) and any(len(title) > len(key) and title.endswith(key) for title in titles)


def find_title(structure: Structure, keys: list[str]) -> int | None:
    """Return the first short block that is a title of the page as a whole, and no link."""
    telling = {key for key in keys if is_telling(key)}
    for number, block in enumerate(structure.blocks):
        is_line = telling and len(block.text) <= _MAX_TITLE_LINE and not block.link_chars
        if is_line and letters(block.text) in telling:
            is_long = len(_PARTS.findall(block.text)) > 1  # with the names of section and site
            return None if is_long else number
    return None


def is_telling(key: str) -> bool:
    """Return whether a heading is long enough to be told from others; one in Han says more with less.

    Args:
        key: its letters.
    """
    return len(key) > _LEAST_LETTERS or (len(key) > _LEAST_HAN and is_wide(key[0]))


def is_site_part(key: str, titles: list[str]) -> bool:
    """Return whether a heading is the name of the site: with another, longer title of the page, it is a whole title.

    >>> is_site_part("elleryblog", ["thepieropens", "elleryblogthepieropens"])
    True

    Args:
        key: letters of the heading.
        titles: letters of what the page calls itself.
    """
    return len(key) > 2 and any(
        rest in titles and len(rest) > len(key)
        for title in titles
        if len(title) > 2 * len(key)
        for rest in (title.removeprefix(key), title.removesuffix(key))
        if rest != title
    )


def find_part(
    structure: Structure, titles: list[str], sites: frozenset[str], *, is_heading: bool = False
) -> str | None:
    """Return the line of a page that is the longest part of its title: the headline, not the site's name.

    Args:
        structure: of the page.
        titles: what the page calls itself.
        sites: letters of the names of its site.
        is_heading: only headings count, and a title as a whole, too; for a page that has an h1 of another name.
    """
    keys: set[str] = set()
    for title in titles:
        keys |= _keys_of_parts(title[:1_000], is_heading=is_heading)
    keys -= sites
    whole = {letters(title[:1_000]) for title in titles}
    found: dict[tuple[bool, str], str] = {}
    paragraphs, is_below = 0, False
    for block in structure.blocks[: _MAX_HEADING_BLOCKS if is_heading else _MAX_PART_BLOCKS] if keys else ():
        is_below = is_below or block.level == 1
        paragraphs += is_below and is_paragraph(block)
        if is_heading and paragraphs > 1:
            break  # the h1 is the headline, and what follows are headings in its text
        is_link = block.link_chars == len(block.text)
        if len(block.text) > _MAX_PART_LINE or (not block.level and (is_heading or is_link)):
            continue
        for line in (block, *split_at_seams(block)):
            key = letters(line.text)
            if key in keys and (block.level or key not in whole):
                found.setdefault((block.level > 0, key), line.text)
    return found[max(found, key=lambda pair: (pair[0], len(pair[1])))] if found else None


def _keys_of_parts(title: str, *, is_heading: bool) -> set[str]:
    """Return the letters of the longer parts of a title, and of several of them side by side."""
    places = list(islice(PART.finditer(title), MAX_PARTS))
    starts, ends = [0, *(place.end() for place in places)], [*(place.start() for place in places), len(title)]
    longest = max(len(letters(title[start:end])) for start, end in zip(starts, ends, strict=True))
    spans = [*zip(starts, ends, strict=True), *((0, end) for end in ends), *((start, len(title)) for start in starts)]
    keys = {letters(title[start:end]) for start, end in spans}
    if is_unspaced(title):
        openings = {letters(title[: place.start()]) for place in islice(_WIDE_PART.finditer(title), MAX_PARTS)}
        keys |= {opening for opening in openings if len(opening) * 2 >= len(letters(title))}
    return {key for key in keys if len(key) >= _LEAST_PART and (1 if is_heading else 2) * len(key) >= longest}
