"""Reporters whom a text in Han, kana or Hangul names itself, in its opening or behind it."""

import re
from collections.abc import Iterator

from transforms.articles.agencies import without_agency
from transforms.articles.blocks import Block, Structure, is_paragraph
from transforms.articles.bylines.below import ends_text
from transforms.articles.bylines.lines import Byline
from transforms.articles.facts import NamedAuthor
from transforms.articles.heads import Head, blocks_near, is_outside
from transforms.articles.name_forms import is_person, is_vietnamese
from transforms.articles.reporters import (
    find_bracketed,
    find_editors,
    find_reporters,
    find_signature,
    find_signed,
    has_kana,
    has_office,
    is_staff_line,
)
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import is_sentence

_MAX_SIGNED = 60
"""Code points from the end of a text in which its author's name stands in brackets."""

_SIGNED = re.compile(r"[.!?…][\"'”“’»«]?\s\(([^()]{5,40})\)\W{0,5}$")
"""A name in brackets behind the last sentence."""

_BETWEEN_NAMES = re.compile(r"\s[-–]\s|,\s|\svà\s")

_QUOTE, _NOT_BELOW = int(Role.QUOTE), int(Role.COMMENT | Role.QUOTE)

_LAST_LINES = 3
"""The last long paragraph, and the lines behind it that may be signed."""


def read_opening(structure: Structure, head: Head) -> list[Byline]:
    """Read the brackets in the opening of the text that name its reporters: "（记者 林晓燕）"."""
    if head.anchor is None:
        return []
    for number in range(head.anchor + 1, min(head.near, len(structure.blocks))):
        block = structure.blocks[number]
        if block.roles & _QUOTE or block.level or block.kind == "caption":
            continue
        bracketed = find_bracketed(block.text)
        if bracketed and not is_outside(structure, block.container, head, number):
            return [Byline(block.text, [NamedAuthor(name) for name in bracketed])]
        names, line = find_reporters(block.text)
        if names and not is_outside(structure, block.container, head, number):
            is_office = has_office(line)
            return [Byline(line, [NamedAuthor(name) for name in names], is_sure=is_office, is_bare=not is_office)]
    return []


def _lines_near(structure: Structure, head: Head, start: int) -> Iterator[tuple[int, Block]]:
    """Yield the lines near an article that hold more than ASCII, but those of comments and quotes."""
    for number, block in blocks_near(structure, head, start):
        if not block.text.isascii() and not block.roles & _NOT_BELOW:
            yield number, block


def read_signature(structure: Structure, head: Head) -> list[Byline]:
    """Read the last line of a Chinese report, or the brackets that end a paragraph, where they name reporters."""
    for number, block in _lines_near(structure, head, (head.anchor or 0) + 2):
        names, line = find_signature(block.text)
        before = structure.blocks[number - 1]
        is_signature = line != block.text or is_paragraph(before) or is_sentence(before.text) or is_staff_line(line)
        if not (names and is_signature) or block.kind == "caption":
            continue
        if not is_outside(structure, block.container, head, number):
            return [Byline(line, [NamedAuthor(name) for name in names], is_below=True)]
    return []


def read_signed(structure: Structure, head: Head) -> list[Byline]:
    """Read the brackets with names that end the text in Chinese or Japanese."""
    last = None
    for number, block in _lines_near(structure, head, (head.anchor or 0) + 1):
        if is_paragraph(block) and not is_outside(structure, block.container, head, number):
            last = number
    if last is None:
        return []
    is_japanese = has_kana(structure.blocks[last].text)
    for block in structure.blocks[last : last + _LAST_LINES]:
        names, line = find_signed(block.text, is_japanese=is_japanese)
        if names and not block.roles & _NOT_BELOW and block.kind != "caption":
            return [Byline(line, [NamedAuthor(name) for name in names], is_below=True)]
        if not is_sentence(block.text):
            break
    return []


def read_sign_off(structure: Structure, head: Head) -> list[Byline]:
    """Read the full name in brackets behind the last sentence of a text: "It opens in May. (Jane Roe)".

    In Vietnam, the name stands in the last line, with the agency or without: "Nguyễn Văn An (TTXVN)".
    """
    for number, block in blocks_near(structure, head, head.near):
        names = _vietnamese_names(block.text) if block.kind == "paragraph" and len(block.text) <= _MAX_SIGNED else []
        if names and not block.roles & _NOT_BELOW and not block.links and _is_last(structure, number):
            if not is_outside(structure, block.container, head, number):
                return [Byline(block.text, [NamedAuthor(name) for name in names], is_below=True)]
            continue
        signed = _SIGNED.search(block.text[-_MAX_SIGNED:]) if block.kind == "paragraph" else None
        if signed is None or block.roles & _NOT_BELOW or not is_person(signed[1]):
            continue
        if ends_text(structure, number) and not is_outside(structure, block.container, head, number):
            return [Byline(signed[0][signed[0].index("(") :], [NamedAuthor(signed[1])], is_below=True)]
    return []


def _vietnamese_names(line: str) -> list[str]:
    """Return the names of persons that a line of Vietnamese is made of."""
    if line.isascii():
        return []
    names = _BETWEEN_NAMES.split(without_agency(line))
    return names if all(map(is_vietnamese, names)) else []


def _is_last(structure: Structure, number: int) -> bool:
    """Return whether a line stands behind a paragraph, or a sentence, and before none of the same text."""
    after = structure.blocks[number + 1 : number + 2]
    before = structure.blocks[number - 1]
    return (is_paragraph(before) or is_sentence(before.text)) and not any(map(is_paragraph, after))


def read_editors(structure: Structure, head: Head) -> list[Byline]:
    """Read the line of a Chinese page that names the editor in charge, above or below the text."""
    for number, block in _lines_near(structure, head, head.start):
        names, office = find_editors(block.text)
        if names and not is_outside(structure, block.container, head, number):
            return [Byline(block.text, [NamedAuthor(name, role=office) for name in names], is_below=True)]
    return []
