"""Rules over a whole document that correct the labels of its mentions and add mentions that the model missed.

A model reads a paragraph; a document says more. What each rule is worth, `benchmarks/entities.py` measures.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from transforms.enrich.entities.gazetteer import find_places
from transforms.enrich.entities.labels import PERSON_LABELS, Labelled, majority
from transforms.enrich.entities.places import place_labels
from transforms.enrich.entities.surface import fold, name_parts
from transforms.enrich.entities.words import Lexicon

_WORD = re.compile(r"\w+")
_CAPITALISED = re.compile(r"[^a-z\W\d_]\w*")
"""A word with a capital, or what follows in it. A search for ``\\b`` takes twice as long, and so does ``\\W`` first."""

_LAST_WORD = re.compile(r"\w+\Z")
_IN_PARENTHESES = re.compile(r"\s?\(([A-Z][A-Za-z&-]{1,24})\)")
_PARTS = re.compile(r"[A-Z][a-z]{0,6}")
_JOINTS = (" ", "-")
_SPEECHES = 2
_NEVER = 1_000_000
_MAY_BE_PERSONS = frozenset(("ORG", "GPE", "NORP"))

MAX_SPELLED = 10
"""Letters of the longest acronym that is compared with a name."""

MAX_SPELLED_WORDS = 24
"""Words of a name that an acronym is compared with."""


def label_places(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Return a mention that is a country's name is GPE, one that is a word for its people NORP."""
    known = place_labels()
    return [m.with_label(known.get(text[m.start : m.end], m.label)) for m in mentions]


def vote_labels(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Mentions of the same surface get the label that most of them have; the order of labels decides ties."""
    votes: defaultdict[str, list[str]] = defaultdict(list)
    keys = [fold(text[m.start : m.end], m.label) for m in mentions]
    for key, m in zip(keys, mentions, strict=True):
        votes[key].append(m.label)
    won = {key: majority(labels) for key, labels in votes.items()}
    return [m.with_label(won[key]) for key, m in zip(keys, mentions, strict=True)]


def label_last_names(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Return a single word that is the last name of a fuller person of the document is a person.

    So is one that is the first name, in a text in which people speak, unless places have that name, too, or other
    things begin with it, or it stands alone more than twice as often as with the last name.
    """
    last: dict[str, str] = {}
    first: Counter[str] = Counter()
    persons = Counter([(fold(text[m.start : m.end], m.label), m.label) for m in mentions if m.label in PERSON_LABELS])
    for (name, label), times in persons.items():
        parts = name_parts(name)
        if len(parts) > 1:
            last.setdefault(parts[-1], label)
            first[parts[0]] += 2 * times
    if not last:
        return list(mentions)
    keys = ["" if m.label in PERSON_LABELS else fold(text[m.start : m.end], m.label) for m in mentions]
    if not any(key in last or key in first for key in keys):
        return list(mentions)
    if sum(map(text.count, words.speech)) < _SPEECHES:
        first.clear()
    for key, m in zip(keys, mentions, strict=True) if first else ():
        if m.label in _MAY_BE_PERSONS:
            start, _, more = key.partition(" ")
            if start in first:
                first[start] -= _NEVER if more else 1
    return [
        _with_person(text, m, key, last, first) if key in last or key in first else m
        for key, m in zip(keys, mentions, strict=True)
    ]


def _with_person(text: str, m: Labelled, key: str, last: Mapping[str, str], first: Mapping[str, int]) -> Labelled:
    words = text[m.start : m.end]
    if words in place_labels():
        return m
    label = last.get(key)
    if label is None and m.label in _MAY_BE_PERSONS and first.get(key, -1) >= 0:
        is_other = len(key) < 4 or words.isupper() or find_places(words)
        label = None if is_other else next(iter(last.values()))
    return m.with_label(label or m.label)


def add_acronyms(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Initials in parentheses right after a name are a mention with the label of that name.

    >>> add_acronyms("The Marle Rail Board (MRB) met.", [Labelled(4, 20, "ORG")])
    [Labelled(start=4, end=20, label='ORG'), Labelled(start=22, end=25, label='ORG')]
    """
    added: list[Labelled] = []
    for m in mentions:
        found = acronym_after(text, m)
        if found is not None:
            added.append(Labelled(*found, m.label))
    return put_in(mentions, sorted(added))


def put_in(mentions: Sequence[Labelled], added: Sequence[Labelled]) -> list[Labelled]:
    """Return mentions with others, sorted and not overlapping each other, in place of those that they overlap."""
    if not added:
        return list(mentions)
    starts = [a.start for a in added]
    # The last of those that begin before a mention ends is the only one it can overlap: they do not overlap each other.
    kept = [m for m in mentions if not (before := bisect_left(starts, m.end)) or added[before - 1].end <= m.start]
    return sorted([*kept, *added])


def acronym_after(text: str, mention: Labelled) -> tuple[int, int] | None:
    """Offsets of the acronym in parentheses after a mention, if it is made of the mention's capitals."""
    found = _IN_PARENTHESES.match(text, mention.end) if "(" in text[mention.end : mention.end + 2] else None
    if found is None:
        return None
    words = text[mention.start : mention.end].replace("-", " ").split()
    initials = "".join(word[0] for word in words if word[0].isupper())
    if found[1][-1].islower():  # "Sars", as British papers write it, and not "Velden (Marle)"
        return found.span(1) if len(initials) > 2 and found[1].upper() == initials else None
    if any(map(str.islower, found[1])) and _is_of_parts(words, found[1]):
        return found.span(1)
    # A model's span may lack the first or last word of the name: the initials need only begin the acronym.
    is_made = len(initials) > 1 and (found[1].upper().startswith(initials) or spells(words, found[1].upper()))
    return found.span(1) if is_made else None


def _is_of_parts(words: Sequence[str], acronym: str) -> bool:
    """Return whether an acronym is made of the first letters of each word with a capital: "DonNU", "MoFA"."""
    parts = _PARTS.findall(acronym)
    named = [word for word in words if word[0].isupper()]
    if len(parts) < 2 or len(parts) > len(named):
        return False
    return len(parts) == len(named) and all(map(str.startswith, named, parts))


def spells(words: Sequence[str], acronym: str) -> bool:
    """Return whether words in a row begin with the letters of an acronym, of three at least.

    Words in lower case need not be in it; of words in capitals, all letters are.

    >>> spells(["US", "Agency", "for", "Marle", "Works"], "USAMW"), spells(["Centre", "for", "Arle", "Bay"], "CAB")
    (True, True)
    >>> spells(["Marle", "Rail", "Board"], "MAB")
    False
    """
    if not 3 <= len(acronym) <= MAX_SPELLED:
        return False
    begun: set[int] = set()
    for word in words[:MAX_SPELLED_WORDS]:
        bare = word.replace(".", "")
        letters = bare if bare.isupper() and len(bare) < 5 else word[0].upper()
        reached = {at + len(letters) for at in (*begun, 0) if acronym.startswith(letters, at)}
        if len(acronym) in reached:
            return True
        begun = reached | begun if word[0].islower() else reached
    return False


def add_repeats(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Find names that were found once wherever they stand again: exact case, whole words, outside other mentions.

    Not beside another capitalised word, where they are part of some longer name.
    """
    wanted: dict[str, str] = {}
    for m in mentions:
        words = text[m.start : m.end]
        if wanted.get(words) == m.label:
            continue
        if is_distinct(words):
            wanted.setdefault(words, m.label)
        if m.label in PERSON_LABELS and " " in words:
            last = words.rsplit(" ", 1)[1]
            if is_distinct(last) and last not in place_labels():
                wanted.setdefault(last, m.label)
    return _with_found(text, mentions, wanted)


def is_distinct(words: str) -> bool:
    """Return whether these words, met again, are surely the same name: capitalised, and two words or four letters long.

    >>> is_distinct("Torv"), is_distinct("UN"), is_distinct("May"), is_distinct("the board"), is_distinct("Ana Torv")
    (True, True, False, False, True)
    """
    if not words[:1].isupper():
        return False
    return " " in words or len(words) > 3 or (len(words) > 1 and words.isupper())


def _with_found(text: str, mentions: Sequence[Labelled], wanted: dict[str, str]) -> list[Labelled]:
    # By first word, then by length, longest first: a place in the text is compared once for each length.
    by_first: defaultdict[str, dict[int, set[str]]] = defaultdict(dict)
    for words in sorted(wanted, key=len, reverse=True):
        found = _WORD.match(words)
        if found:
            by_first[found.group()].setdefault(len(words), set()).add(words)
    taken = sorted(mentions)
    starts = [m.start for m in taken]
    named = set(starts)
    added: list[Labelled] = []
    reached = 0
    for start, first in [(w.start(), w.group()) for w in _CAPITALISED.finditer(text) if w.group() in by_first]:
        if start in named or start < reached or (start and (text[start - 1].isalnum() or text[start - 1] == "_")):
            continue
        before = bisect_right(starts, start)
        if before and taken[before - 1].end > start:
            continue
        for length, names in by_first[first].items():
            end = start + length
            words = text[start:end]
            if words not in names or not _stands_alone(text, start, end):
                continue
            before = bisect_right(starts, end - 1)
            if before and taken[before - 1].end > start:
                continue
            added.append(Labelled(start, end, wanted[words]))
            reached = end
            break
    return sorted([*taken, *added]) if added else taken


def _stands_alone(text: str, start: int, end: int) -> bool:
    # A combining mark belongs to the letter before it, though the regular expressions do not count it as one.
    if end < len(text) and (text[end].isalnum() or text[end] == "_" or unicodedata.combining(text[end])):
        return False
    beside_after = text[end : end + 1] in _JOINTS and text[end + 1 : end + 2].isupper()
    if beside_after or start < 2 or text[start - 1] not in _JOINTS:
        return not beside_after
    before = _LAST_WORD.search(text, max(0, start - 40), start - 1)
    return before is None or not before.group()[0].isupper()
