"""Words of a mention: the span of the name in them, and the form by which names are compared."""

import re
import unicodedata
from functools import cache, lru_cache

from transforms.enrich.entities.labels import PERSON_LABELS
from transforms.enrich.entities.words import words_of

POSSESSIVE = ("'s", "’s", "'S", "’S", "‘s")
_EDGE = "\"'`“”„‟‘’‚«»‹›()[]{}<>,;:|*•·–—"
_ARTICLE = re.compile(r"(?:the|a|an)\s+(?=\S)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_UNMARKED = str.maketrans("łøđðıħ", "loddih", "'’‘`´ʻʼ")
"""Letters that are not made of one and a mark, and marks that are written or left out."""

_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))


@cache
def name_titles() -> frozenset[str]:
    """Return first words of a person's name that are an office or a courtesy, in lower case, with and without a dot."""
    words = words_of("").name_titles
    return words | {f"{word}." for word in words}


def trim_span(text: str, start: int, end: int, label: str) -> tuple[int, int]:
    """Return the span without white space, quotes, closing punctuation, possessive 's and a leading article.

    "The Hague" keeps its article.

    >>> trim_span("saw the Marle Museum's roof", 4, 22, "ORG")
    (8, 20)

    Returns:
        Half-open offsets; equal when nothing is left.
    """
    while True:
        before = (start, end)
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if text[max(start, end - 2) : end] in POSSESSIVE:
            end -= 2
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        article = _ARTICLE.match(text, start, end)
        if article and not (label == "GPE" and text[start:end] == "The Hague"):
            start = article.end()
        if (start, end) == before:
            return start, end


def has_marks(words: str) -> bool:
    """Return whether there is anything but letters, digits and spaces in words; in most names there is not.

    >>> has_marks("Marle Rail Board 2"), has_marks("Marle-Rail")
    (False, True)
    """
    return not words.isalnum() and not words.replace(" ", "").isalnum()


@lru_cache(maxsize=8192)
def fold(words: str, label: str) -> str:
    """Return the form by which mentions of one thing are equal: Unicode, case, space, article, 's and titles folded.

    >>> fold("The  Marle Museum’s", "ORG"), fold("President Ana Torv", "PERSON")
    ('marle museum', 'ana torv')
    """
    if words.isascii() and words.isalnum():
        return words.lower()
    start, end = trim_span(words, 0, len(words), label)
    words = words[start:end] or words
    words = _SPACE.sub(" ", unicodedata.normalize("NFKC", words).replace("’", "'").casefold()).strip()
    if label in PERSON_LABELS:
        parts = words.split(" ")
        while len(parts) > 1 and parts[0] in name_titles():
            del parts[0]
        words = " ".join(parts)
    return words


def plain_form(folded: str) -> str:
    """Return a folded name without accents and apostrophes.

    >>> plain_form("kylián łukasz o'dell")
    'kylian lukasz odell'
    """
    if folded.isascii() and "'" not in folded:
        return folded
    letters = unicodedata.normalize("NFD", folded.translate(_UNMARKED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def name_parts(folded: str) -> tuple[str, ...]:
    """Words of a folded person's name, without Jr. and the like.

    >>> name_parts("ola brandt jr.")
    ('ola', 'brandt')
    """
    parts = folded.replace(",", " ").split()
    while len(parts) > 1 and parts[-1] in _SUFFIXES:
        del parts[-1]
    return tuple(parts)
