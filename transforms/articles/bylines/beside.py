"""Authors without a word or mark that says so: a link to a profile, a full name beside a date or an office."""

import re

from transforms.articles.blocks import Block, Structure, containers_around, is_paragraph, split_at_seams
from transforms.articles.byline_openings import is_other_work
from transforms.articles.bylines.lines import (
    MAX_LINE,
    MAX_NAME_LINE,
    PROFILE,
    Byline,
    is_date,
    read_name_line,
    without_dates,
)
from transforms.articles.dates_in_lines import spot_dates
from transforms.articles.facts import NamedAuthor
from transforms.articles.folding import letters
from transforms.articles.heads import Head
from transforms.articles.name_forms import is_faceless, is_office_line, is_person

_MAX_NEXT, _FEWEST = 20, 4
"""Where a name is not marked as that of an author, so many paragraphs must follow among so many blocks."""

_TOPIC = re.compile(r"/(?:categor|tags?/|topics?/|section|rubrik|search)", re.IGNORECASE)


def read_profiles(structure: Structure, numbers: list[int]) -> list[Byline]:
    """Read links whose address is that of a profile, and whose text is a full name."""
    found: list[NamedAuthor] = []
    line = ""
    for number in numbers:
        block = structure.blocks[number]
        for start, end, url in block.links[:20]:
            name = block.text[start:end]
            if len(block.text) - block.link_chars > MAX_NAME_LINE:
                break  # a sentence
            if PROFILE.search(url) and is_person(name) and name not in {author.name for author in found}:
                found.append(NamedAuthor(name, url))
                line = line or block.text
    return [Byline(line, found)] if 0 < len(found) <= 4 else []


def read_neighbours(structure: Structure, numbers: list[int], head: Head) -> list[Byline]:
    """Read full names that stand alone beside a date, beside an office, or in one line with either."""
    first = max(0, head.near - 1)
    text_follows = sum(is_paragraph(block) for block in structure.blocks[first : first + _MAX_NEXT]) >= _FEWEST
    if not text_follows or not numbers:
        return []
    above = (head.anchor or 0) - 1  # the line above the headline, where it names its day, too
    own = {
        number
        for number in numbers
        if number > above
        or (number == above and spot_dates(structure.blocks[number].text[:MAX_LINE]))
        or _is_in_article(structure, number, head)
    }
    found: list[Byline] = []
    blocks: list[Block] = []
    tried: list[int] = []
    for number in range(max(head.start, numbers[0] - 1), min(head.end, numbers[-1] + 2)):
        for piece in split_at_seams(structure.blocks[number]):
            if "@" in piece.text and " " not in piece.text:
                continue  # an address between a name and its date
            if number in own:
                tried.append(len(blocks))
            blocks.append(piece)
    for number in tried:
        block = blocks[number]
        if block.text.endswith((":", ",")) or block.kind == "caption":
            continue
        is_headed = block.level > 2 and number + 1 < len(blocks) and is_office_line(blocks[number + 1].text)
        if block.level and not is_headed:
            continue
        if len(block.text) > MAX_NAME_LINE or is_other_work(block.text) or not _can_link(block):
            continue
        text = without_dates(block.text)
        names = read_name_line(block, text, is_marked=False)
        has_date = bool(spot_dates(block.text))
        beside = [blocks[other].text for other in (number - 1, number + 1) if 0 <= other < len(blocks)]
        if not names and (has_date or any(is_date(line) for line in beside)):
            names = [name for name in read_name_line(block, text, is_marked=True) if is_faceless(name.name)]
        is_told = number > 0 and blocks[number - 1].level == 1 and is_office_line(beside[-1])
        if not names or not (_has_capitals(names[0].name) or names[0].role or is_told):
            continue
        if has_date or names[0].role or any(is_date(line) or is_office_line(line) for line in beside):
            if names[0].role is None and number + 1 < len(blocks) and is_office_line(blocks[number + 1].text):
                names[-1] = names[-1]._replace(role=blocks[number + 1].text)
            found.append(Byline(block.text, names))
            if is_person(names[0].name):
                return found[-1:]
    return found[:1]


def _has_capitals(name: str) -> bool:
    """Return whether the words of a name begin in letters of a script that has capitals, or in other ASCII.

    Where there are none, a label looks as a name does, and so does the name of a channel: "KBS हिंदी".
    """
    firsts = [word[0] for word in name.split()]
    return (firsts[0].isascii() or firsts[0].isupper()) and all(
        first.isascii() or first.upper() != first.lower() for first in firsts
    )


def _is_in_article(structure: Structure, number: int, head: Head) -> bool:
    """Return whether a line before the headline stands in the same ``<article>``."""
    around = containers_around(structure, structure.blocks[number].container)
    article = next((one for one in around if one.tag == "article"), None)
    return article is not None and head.is_inside(article)


def _can_link(block: Block) -> bool:
    """Return whether the links of a line may lead to the profile of whom it names."""
    return all(
        not letters(url)
        or (
            (not url.startswith("#") or PROFILE.search(url))
            and not _TOPIC.search(url)
            and (PROFILE.search(url) or letters(block.text[start:end].split()[-1]) in letters(url))
        )
        for start, end, url in block.links[:5]
        if block.text[start:end].split()
    )
