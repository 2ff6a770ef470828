"""Organisations whose names end in 's, such as shops that are named after a person."""

import re
from collections import defaultdict
from collections.abc import Sequence

from transforms.enrich.entities.labels import Labelled
from transforms.enrich.entities.surface import POSSESSIVE
from transforms.enrich.entities.words import Lexicon

_S_CHARS = 2
_WORD = re.compile(r"\w+")
_NEXT = re.compile(r"[ \t]?([,.;:!?)\]|]|[\r\n\u2028\u2029]|\Z)|[ \t](\w{1,20})")


def extend_names_in_s(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Extend an organisation by the 's that belongs to its name: "Torv's, the grocer", "Torv's is".

    A possessive has something behind it that is owned. So the 's belongs to the name where a mark, the end of a line,
    "is", "was" or a verb of speech follows it at least once, and the text nowhere has the name without it. The last
    word of the name has small letters: "the MRB's, too" may be a plural.
    """
    wanted = {
        text[m.start : m.end]
        for m in mentions
        if m.label == "ORG" and _has_s(text, m.end) and _is_no_owner(text, m.end + _S_CHARS, words)
    }
    wanted = {name for name in wanted if name[-1].isalpha() and not name.rsplit(" ", 1)[-1].isupper()}
    if wanted:
        wanted -= _without_s(text, wanted)
    if not wanted:
        return list(mentions)
    return [
        Labelled(m.start, m.end + _S_CHARS, m.label)
        if m.label == "ORG" and _has_s(text, m.end) and text[m.start : m.end] in wanted
        else m
        for m in mentions
    ]


def _has_s(text: str, end: int) -> bool:
    return text[end : end + _S_CHARS] in POSSESSIVE and not text[end + _S_CHARS : end + _S_CHARS + 1].isalnum()


def _is_no_owner(text: str, at: int, words: Lexicon) -> bool:
    """Return whether nothing that could be owned follows a position."""
    found = _NEXT.match(text, at)
    return found is not None and (found[1] is not None or found[2] in words.copulas or found[2] in words.speech)


def _without_s(text: str, names: set[str]) -> set[str]:
    """Return those of some names that stand in the text without 's, also as a part of longer names."""
    lengths: defaultdict[str, set[int]] = defaultdict(set)  # by first word: a place is compared once for each length
    for name in names:
        if first := _WORD.search(name):
            lengths[first.group()].add(len(name))
    found: set[str] = set()
    for word in _WORD.finditer(text):
        for length in lengths.get(word.group(), ()):
            end = word.start() + length
            name = text[word.start() : end]
            if name in names and not text[end : end + 1].isalnum() and not _has_s(text, end):
                found.add(name)
    return found
