"""Names of organisations that an acronym in brackets spells out."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from transforms.enrich.entities.labels import PERSON_LABELS, Labelled
from transforms.enrich.entities.settle import put_in, spells
from transforms.enrich.entities.words import Lexicon

_ACRONYM = re.compile(r"\((?<=[ \u00a0]\()([A-Z][A-Za-z&]{1,7}[A-Z])\)")
_NAME_BEFORE = re.compile(
    r"(?:[A-Z][\w&’'-]{1,40}[ \u00a0](?:(?:and|of|for|the|on|in|&)[ \u00a0]){0,2}){1,9}[A-Z][\w’'-]{1,40}\Z"
)
_BEFORE_CHARS = 120
_MAX_LONG = 200
"""Acronyms in brackets of a text that are looked at."""


def add_spelled_out(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Words with capitals before an acronym that spells them are an organisation: "Rail and Pier Commission (RPC)".

    Only where the last or the first of them says so: a "Search Engine (SE)" is none.
    """
    found: list[Labelled] = []
    for number, acronym in enumerate(_ACRONYM.finditer(text)):
        if number == _MAX_LONG:
            break
        end = acronym.start() - 1
        before = _NAME_BEFORE.search(text, max(0, end - _BEFORE_CHARS), end)
        if before is None:
            continue
        start = _shortest(text, before.start(), end, acronym[1].upper())
        if start is not None and _is_organisation(text[start:end], words):
            found.append(Labelled(start, end, "ORG"))
    ends = [m.end for m in mentions] if found else []
    return put_in(mentions, [one for one in found if _is_free(mentions, ends, one)])


def _is_organisation(name: str, words: Lexicon) -> bool:
    parts = name.lower().split()
    return parts[-1] in words.org_heads or (parts[0] in words.org_starts and parts[1] in words.of)


def _shortest(text: str, start: int, end: int, acronym: str) -> int | None:
    """Offset of the word with which the shortest name begins that an acronym spells."""
    words = [(m.start(), m.group()) for m in re.finditer(r"[^ \u00a0-]+", text[start:end])]
    for first in range(len(words) - 2, -1, -1):
        at, word = words[first]
        if word[0] == acronym[0] and spells([word for _, word in words[first:]], acronym):
            return start + at
    return None


def _is_free(mentions: Sequence[Labelled], ends: Sequence[int], span: Labelled) -> bool:
    """Whether nothing is named there but parts of it that are not persons; ``ends`` are those of the mentions."""
    at = bisect_left(ends, span.start + 1)
    for m in mentions[at:]:
        if m.start >= span.end:
            break
        if m.start < span.start or m.end > span.end or m.label in PERSON_LABELS or m[:2] == span[:2]:
            return False
    return True
