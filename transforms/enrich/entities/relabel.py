"""Rules that correct the label of a mention by its words and by what stands beside it.

Each is a function of the text and its mentions, which are sorted and do not overlap, and returns as many.
"""

import re
from collections.abc import Sequence

from transforms.enrich.entities.labels import PERSON_LABELS, Labelled
from transforms.enrich.entities.places import is_large_city, is_state, place_labels
from transforms.enrich.entities.spans import bare_word
from transforms.enrich.entities.words import Lexicon

_PLACES = frozenset(("GPE", "LOC", "FAC"))
_NAMES = frozenset((*PERSON_LABELS, *_PLACES, "ORG"))
_THINGS = frozenset(("PRODUCT", "WORK_OF_ART"))
_MAY_BE_PLACES = _THINGS | PERSON_LABELS | {"ORG", "NORP"}
_MAY_BE_TITLED = _NAMES | _THINGS | {"NORP"}
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&]{1,4}[A-Z0-9]")
_SCORE = re.compile(r"\s\d{1,3}\s?[-–]\s?\d{1,3}(?![\w-])")
_SPORTS_WORDS = 3
_AFTER_CHARS = 70
_MARKS = ".,:;!?()'’\"“”"
_NEXT_WORD = re.compile(rf"([\s{_MARKS}]{{0,70}})([^\s{_MARKS}]{{1,70}})")
_WITHOUT_MARKS = dict.fromkeys(map(ord, _MARKS), " ")


def label_heads(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """A name is what its head word says: "Marle University" an organisation, "Velden River" a place.

    The head is the last word, or the first one where "of" follows.
    """
    return [m.with_label(_head_label(text, m, words) or m.label) if m.label in _NAMES else m for m in mentions]


def _head_label(text: str, m: Labelled, words: Lexicon) -> str | None:
    found = text[m.start : m.end].split()
    if len(found) < 2:
        return None
    last = bare_word(found[-1])
    ending = f"{bare_word(found[-2])} {last}"
    if ending in words.org_ends:
        return "ORG"
    if ending in words.loc_ends:
        return _place(m.label)
    if len(found) > 2 and bare_word(found[1]) in words.of:
        first = bare_word(found[0])
        if first in words.org_starts:
            return "ORG"
        if first in words.loc_starts:
            return _place(m.label)
    label = _label_of_head(found[-1], last, m.label, words)
    if label is None or (m.label in PERSON_LABELS and last in words.head_surnames):
        return None
    return None if all(bare_word(word) in words.particles for word in found[:-1]) else label


def _label_of_head(word: str, bare: str, label: str, words: Lexicon) -> str | None:
    if not word[0].isupper():
        return None
    # "NV", "SpA" are legal forms of companies; not "Spa", nor a family name such as "Sa".
    if bare in words.org_heads or (bare in words.legal_forms and sum(map(str.isupper, word)) > 1):
        return "ORG"
    if bare in words.loc_heads:
        return _place(label)
    return "EVENT" if bare in words.event_heads else "LAW" if bare in words.law_heads else None


def _place(label: str) -> str:
    return label if label in _PLACES else "LOC"


def label_acronyms(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """A person of three to six capitals is an organisation."""
    return [
        m.with_label("ORG")
        if m.label in PERSON_LABELS
        and _ACRONYM.fullmatch(text, m.start, m.end)
        and text[m.start : m.end].lower() not in words.initials
        else m
        for m in mentions
    ]


def label_companies(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """A person that begins the name of a company is that company, as is one with the name of a well-known one.

    That is one word, and no fuller person has it.
    """
    firsts = {
        name[0]
        for name in (text[m.start : m.end].split() for m in mentions if m.label == "ORG")
        if len(name) > 1 and bare_word(name[-1]) in words.legal_forms
    }
    found = {
        m
        for m in mentions
        if m.label in PERSON_LABELS
        and ((name := text[m.start : m.end]) in firsts or name.lower() in words.known_companies)
    }
    if not found:
        return list(mentions)
    persons = _words_of_persons(text, mentions)
    return [m.with_label("ORG") if m in found and text[m.start : m.end] not in persons else m for m in mentions]


def label_cities(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """A large city or a state is a place, unless a person of the text has that name, or the text is one of sport.

    There, what a model takes for an organisation stays one. A state is also what a model takes for a person.
    """
    taken = _THINGS | PERSON_LABELS | {"EVENT", "ORG"}
    cities = [m for m in mentions if m.label in taken and _is_city(text[m.start : m.end], m.label, words)]
    if not cities:
        return list(mentions)
    persons = _words_of_persons(text, mentions)
    found = {m for m in cities if text[m.start : m.end] not in persons}
    if any(m.label == "ORG" for m in found) and _is_sport(text, words):
        found = {m for m in found if m.label != "ORG"}
    return [m.with_label("GPE") if m in found else m for m in mentions]


def _is_city(name: str, label: str, words: Lexicon) -> bool:
    folded = name.casefold()
    if folded in words.city_others:
        return False
    if label in PERSON_LABELS:
        return folded not in words.city_persons and is_large_city(name)
    return is_large_city(name) or is_state(name)


def _words_of_persons(text: str, mentions: Sequence[Labelled]) -> frozenset[str]:
    """Words of persons' names of two and more words."""
    names = (text[m.start : m.end].split() for m in mentions if m.label in PERSON_LABELS)
    return frozenset(word for name in names if len(name) > 1 for word in name)


def _is_sport(text: str, words: Lexicon) -> bool:
    different = " ".join({*text.lower().split()})
    return len(words.sports_words.intersection(different.translate(_WITHOUT_MARKS).split())) >= _SPORTS_WORDS


def label_teams(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """A city before a score is a team: "Velden 63-7". A country stays a country."""
    return [
        m.with_label("ORG")
        if m.label == "GPE" and text[m.start : m.end] not in place_labels() and _SCORE.match(text, m.end)
        else m
        for m in mentions
    ]


def label_titled(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """What follows "Mr", "Senator" and other titles is a person; a title within the mention is cut off."""
    labelled: list[Labelled] = []
    for m in mentions:
        if m.label in PERSON_LABELS or m.label not in _MAY_BE_TITLED:
            labelled.append(m)
        elif _is_titled(text, m, words):
            labelled.append(m.with_label("PERSON"))
        else:
            labelled.append((m.label in _NAMES and _without_title(text, m, words)) or m)
    return labelled


def _without_title(text: str, m: Labelled, words: Lexicon) -> Labelled | None:
    """The person of "MEC Torv", where that is an organisation to the model."""
    title, _, name = text[m.start : m.end].partition(" ")
    if not name or bare_word(title) not in words.titles:
        return None
    parts = name.split()
    if title.endswith(",") or (title.isupper() and len(title) < 3):
        return None  # "MS Teams" is not Ms Teams
    if not 0 < len(parts) < 4 or not all(part[0].isupper() for part in parts):
        return None
    head = bare_word(parts[-1])
    if head in words.org_heads | words.loc_heads | words.event_heads | words.law_heads:
        return None
    return Labelled(m.end - len(name), m.end, "PERSON")


def _is_titled(text: str, m: Labelled, words: Lexicon) -> bool:
    before = _before(text, m)
    if not before or bare_word(before[-1]) not in words.titles or text[m.start : m.end] in place_labels():
        return False
    head = bare_word(text[m.start : m.end].rsplit(maxsplit=1)[-1])
    return head not in words.org_heads and head not in words.loc_heads


def label_described_places(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """What is said to be a village, a town, a river is a place: "the village of X", "X, a town in", "X is an island".

    So is a person of one word that stands behind "in" or "near", where no fuller name has that word.
    """
    if not words.place_nouns:
        return list(mentions)
    found: set[Labelled] = set()
    beside: set[Labelled] = set()
    for m in mentions:
        if m.label in _MAY_BE_PLACES:
            before = _before(text, m)
            if _is_described_place(text, m, before, words):
                found.add(m)
            elif m.label in PERSON_LABELS and _is_beside_preposition(text, m, before, words):
                beside.add(m)
    if beside:
        persons = _words_of_persons(text, mentions)
        found |= {m for m in beside if text[m.start : m.end] not in persons}
    return [m.with_label("GPE") if m in found else m for m in mentions] if found else list(mentions)


def _is_described_place(text: str, m: Labelled, before: Sequence[str], words: Lexicon) -> bool:
    is_of = len(before) > 1 and bare_word(before[-1]) in words.of
    if is_of and bare_word(before[-2]).removesuffix("s") in words.place_nouns:
        return True
    last = m.end + _AFTER_CHARS
    found = _next_word(text, m.end, last)
    if found and not text.startswith(",", m.end):
        found = _next_word(text, found.end(), last) if found[2].lower() in words.copulas else None
    if found is None or found[2].lower() not in words.articles:
        return False
    after = text[found.end() : last].partition("\n")[0].lower().translate(_WITHOUT_MARKS).split()
    return not words.place_nouns.isdisjoint(after[:4])


def _next_word(text: str, start: int, end: int) -> re.Match[str] | None:
    """Match the first word behind an offset, as second group, where it stands on the same line."""
    found = _NEXT_WORD.match(text, start, end)
    return found if found and "\n" not in found[1] else None


def _is_beside_preposition(text: str, m: Labelled, before: Sequence[str], words: Lexicon) -> bool:
    return (
        bool(before)
        and bare_word(before[-1]) in words.place_prepositions
        and " " not in text[m.start : m.end]
        and text[m.end : m.end + 1] not in ("'", "’")
    )


def _before(text: str, m: Labelled) -> list[str]:
    """The two words right before a mention on its line; none where something else stands between."""
    if m.start < 2 or text[m.start - 1] != " " or text[m.start - 2] in ",;:":
        return []
    return text[max(0, m.start - 40) : m.start].rpartition("\n")[2].rsplit(None, 2)[-2:]
