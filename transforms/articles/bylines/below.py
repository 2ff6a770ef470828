"""Bylines below the text."""

import re
from bisect import bisect_left
from collections import Counter
from itertools import islice

from transforms.articles.blocks import Mark, Structure, is_paragraph, split_at_seams
from transforms.articles.byline_openings import byline_start, find_labelled, is_byline, is_byline_label, is_other_work
from transforms.articles.bylines.lines import MAX_LINES, MAX_NAME_LINE, Byline, read_below_label, read_byline
from transforms.articles.bylines.marked import read_marks
from transforms.articles.facts import NamedAuthor
from transforms.articles.folding import letters
from transforms.articles.heads import Head, blocks_near, is_outside
from transforms.articles.name_forms import is_person
from transforms.articles.roles import Role

_NOT_BELOW = int(Role.COMMENT | Role.QUOTE)

_MAX_JOINS = 4
"""Letters of a word between two names."""

_FEWEST_COMMENTS = 3
"""Names marked alike, each with a time, from which on they are those of comments."""

_SURE_LABEL = re.compile(r"\w+,?\s\w+|\w+\s?[:：.]|[^\W\d_]+(?:・[^\W\d_]+)?[・＝／]")
"""Two words, or a colon, full stop or the like: what opens a byline below the text."""


def _is_whole_byline(line: str) -> bool:
    return is_byline(line) and not is_byline_label(line)


def ends_text(structure: Structure, number: int) -> bool:
    """Return whether a line without links ends a row of paragraphs, as their author's name does."""
    blocks, containers = structure.blocks, structure.containers
    block, before = blocks[number], blocks[number - 1]
    parent = containers[block.container].parent
    after = blocks[number + 1] if number + 1 < len(blocks) else None
    return (
        not block.links
        and not block.level
        and is_paragraph(before)
        and containers[before.container].parent == parent
        and (after is None or containers[after.container].parent != parent)
    )


def _name_all(line: str, authors: list[NamedAuthor]) -> bool:
    """Return whether the full names of persons are all that a line holds but for what opens it and joins them."""
    names = sum(len(letters(author.name)) for author in authors)
    rest = letters(line[byline_start(line) :])
    return all(is_person(author.name) for author in authors) and len(rest) - names <= _MAX_JOINS * (len(authors) - 1)


def _without_comments(structure: Structure, marks: list[Mark]) -> list[Mark]:
    """Return the marked elements below a text that do not name the writers of comments or reactions.

    Those are marked alike, and each has a time of its own.
    """
    times = [time.block for time in structure.times]
    kinds = [(mark.element.tag, mark.element.get("class")) for mark in marks]
    timed: Counter[object] = Counter()
    for kind, mark, other, after in zip(kinds, marks, kinds[1:], marks[1:], strict=False):
        place = bisect_left(times, mark.block)
        timed[kind] += kind == other and place < len(times) and times[place] < after.block
    return [mark for kind, mark in zip(kinds, marks, strict=True) if timed[kind] < _FEWEST_COMMENTS - 1]


def read_tail(structure: Structure, marks: list[Mark], head: Head) -> list[Byline]:
    """Read the byline below the text: marked elements, and lines that say "Written by"."""
    if head.anchor is None:
        return []
    below = [
        mark
        for mark in islice((mark for mark in marks if mark.block >= head.end), 50)
        if not is_outside(structure, mark.container, head, mark.block)
    ]
    found = read_marks(structure, _without_comments(structure, below[:10]), head)
    for number, whole in blocks_near(structure, head, head.end):
        if found or len(whole.text) > MAX_NAME_LINE or whole.roles & _NOT_BELOW:
            continue
        lines = split_at_seams(whole) if whole.seams else ()
        block = next((line for line in lines if _is_whole_byline(line.text)), whole)
        is_label = is_byline_label(block.text)
        if not (is_label or is_byline(block.text)) or is_other_work(block.text):
            continue
        opening = block.text if is_label else block.text[: byline_start(block.text)]
        is_sure = find_labelled(block.text) or _SURE_LABEL.match(opening.strip(" ([（"))
        if (is_sure or ends_text(structure, number)) and not is_outside(structure, block.container, head, number):
            more = structure.blocks[number + 1 : number + 1 + MAX_LINES]
            authors = read_below_label(more) if is_label else read_byline(block.text, block.links)
            found += [Byline(block.text, authors)] if authors and (is_sure or _name_all(block.text, authors)) else []
    for byline in found:
        byline.is_below = True
    return found
