"""Who the visible lines around an article name as its authors."""

from itertools import islice

from transforms.articles.blocks import Block, Structure, split_at_seams
from transforms.articles.byline_openings import is_byline, is_byline_label, is_other_work, opening_of
from transforms.articles.bylines.below import read_tail
from transforms.articles.bylines.beside import read_neighbours, read_profiles
from transforms.articles.bylines.in_text import read_editors, read_opening, read_sign_off, read_signature, read_signed
from transforms.articles.bylines.lines import (
    MAX_BYLINES,
    MAX_LINE,
    MAX_LINES,
    PROFILE,
    Byline,
    behind_date,
    name_person,
    read_below_label,
    read_byline,
)
from transforms.articles.bylines.marked import find_marks, read_marks
from transforms.articles.facts import NamedAuthor
from transforms.articles.heads import Head, is_outside, marks_in
from transforms.articles.name_forms import has_family_name, is_person
from transforms.articles.names import read_names
from transforms.articles.reporters import find_reporters
from transforms.articles.roles import Role
from transforms.characters import is_wide

_QUOTE = int(Role.QUOTE)


def read_bylines(structure: Structure, head: Head, language: str | None = None) -> list[Byline]:
    """Read the lines that name authors, the surest first.

    Lines in the head that open as bylines do; elements there that are marked as bylines; links to profiles; full names
    beside a date or an office. Only where the head names no one, the end of the article is asked.

    Args:
        structure: of the page.
        head: of its article.
        language: BCP 47 tag of the page.
    """
    numbers = [number for number in range(head.start, head.end) if number != head.anchor]
    lines = [
        number
        for number in numbers
        if len(structure.blocks[number].text) <= MAX_LINE
        and not structure.blocks[number].roles & _QUOTE
        and not is_outside(structure, structure.blocks[number].container, head, number)
    ]
    found = _read_lines(structure, lines)
    marks = find_marks(structure)
    found += read_marks(structure, list(islice(marks_in(marks, structure, head), 20)), head)
    if not found and head.anchor is not None and (below := head.anchor + 1) in lines:
        found += _read_below_headline(structure.blocks[below], opening_of(language))
    if not name_person(found):
        near = [number for number in lines if number < head.near]
        found += read_profiles(structure, near) or read_neighbours(structure, near, head)
    opening = [] if any(line.is_sure for line in found) else read_opening(structure, head)
    found[:0] = [line for line in opening if not line.is_bare]
    if not _name_family(found):
        found[:0] = read_signature(structure, head)
    if not name_person(found):
        tail = read_tail(structure, marks, head)
        found += [line for line in tail if not found or name_person([line])]
    if not found:
        found = read_signed(structure, head) or read_editors(structure, head) or read_sign_off(structure, head)
    return [*found, *(line for line in opening if line.is_bare)][:MAX_BYLINES]


def _name_family(lines: list[Byline]) -> bool:
    """Return whether one of some lines names a person whose name in Han, if it is, begins with a family name."""
    return any(
        is_person(author.name) and (not is_wide(author.name[0]) or has_family_name(author.name))
        for line in lines
        for author in line.authors
    )


def _read_lines(structure: Structure, numbers: list[int]) -> list[Byline]:
    """Read the lines that open as bylines do, and those below a label: "Written by"."""
    found: list[Byline] = []
    for number in numbers:
        whole = structure.blocks[number]
        if whole.level in (1, 2) or _is_of_menu(structure, number):
            continue
        lines = split_at_seams(whole)
        for place, line in enumerate(lines):
            if is_other_work(line.text):
                continue
            if is_byline_label(line.text):
                authors = read_below_label(lines[place + 1 :] + structure.blocks[number + 1 : number + 1 + MAX_LINES])
            elif is_byline(line.text):
                authors = read_byline(line.text, line.links)
            elif (part := behind_date(line)) is not None:
                authors = read_byline(part.text, part.links)
            else:
                continue
            if authors:
                found.append(Byline(find_reporters(line.text)[1] or line.text, authors, is_sure=True))
    return found


def _read_below_headline(block: Block, opening: str) -> list[Byline]:
    """Read the line below the headline where a full name is all that follows the word that opens bylines there."""
    if not opening or len(block.text) > MAX_LINE or block.text[: len(opening)].lower() != opening:
        return []
    names = [name.name for name in read_names(block.text)]  # choose_authors takes the word from the first
    if not 0 < len(names) < MAX_BYLINES or not all(map(is_person, [names[0][len(opening) :], *names[1:]])):
        return []
    return [Byline(block.text, list(map(NamedAuthor, names)))]


def _is_of_menu(structure: Structure, number: int) -> bool:
    """Return whether a line is one of several items in a row that are links as a whole, and not to profiles."""
    if structure.blocks[number].kind != "list_item":  # of most lines
        return False
    blocks = structure.blocks[max(0, number - 1) : number + 2]
    return len(blocks) == 3 and all(
        block.kind == "list_item"
        and len(block.links) == 1
        and block.link_chars == len(block.text)
        and not PROFILE.search(block.links[0][2])
        for block in blocks
    )
