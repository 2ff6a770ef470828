"""Which shorter forms stand for which longer names of organisations and places in one document.

A form is joined to a name only where the document has one name that it can stand for: two things taken for one
are worse than one taken for two.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from transforms.enrich.entities.labels import KINDS
from transforms.enrich.entities.places import country_names, may_be_one_place, other_country_names, place_labels
from transforms.enrich.entities.words import languages_with_words, words_of

MAX_ACRONYM = 7
MAX_WORDS = 24
"""Words of the longest name that shorter forms are looked for."""


class Form(NamedTuple):
    """The mentions of a document that are equal when folded."""

    key: str
    label: str
    words: tuple[str, ...]
    """As written where it stands first."""
    first: int
    has_article: bool
    """Whether "the" stands before each of its mentions."""

    @property
    def kind(self) -> str:
        """What kind of thing it is."""
        return KINDS.get(self.label, self.label)


def join_short_forms(forms: Sequence[Form]) -> dict[str, str]:
    """Return the key of each shorter form, with that of the name it stands for, which may be a shorter form in turn.

    By the table of countries, "US" and "United States" are one. So are

    - "Marle Rail Board" and "MRB",
    - "Marle Board of Velden" and "Marle Board", "Norwegian Marle Board" and "Marle Board",
    - "Arle Inc." and "Arle", "Marle United" and "United", "State of Velden" and "Velden",
    - "North Korea" and "the North",
    - "Marle Rail Board" and "the Board", where no other board is named.

    Args:
        forms: those of the document that are not persons.
    """
    parent = dict(_countries(forms))
    longer = [form for form in forms if 1 < len(form.words) <= MAX_WORDS]
    by_short: defaultdict[tuple[str, str], dict[str, Form]] = defaultdict(dict)
    for name in longer:
        for rule, short in _shorter(name):
            by_short[rule, short][name.key] = name
    for form in forms:
        for rule, key, fits in _askings(form):
            found = [name for name in by_short.get((rule, key), {}).values() if name.key != form.key and fits(name)]
            if len(found) == 1 and form.key not in parent and _root(parent, found[0].key) != form.key:
                parent[form.key] = found[0].key
    return parent


def _root(parent: Mapping[str, str], key: str) -> str:
    while key in parent:
        key = parent[key]
    return key


def _countries(forms: Iterable[Form]) -> Iterator[tuple[str, str]]:
    names, others = country_names(), other_country_names()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for form in forms:
        country = names.get(form.key) or (others.get(form.key) if form.kind == "PLACE" else None)
        if country is not None and form.kind in ("PLACE", "ORG"):
            found[country].append(form.key)
    for keys in found.values():
        longest = max(keys, key=lambda key: (len(key), key))
        yield from ((key, longest) for key in keys if key != longest)


def _shorter(name: Form) -> Iterator[tuple[str, str]]:
    """Shorter forms that a name may have, and by which rule."""
    words = words_of("")
    folded = [word.casefold() for word in name.words]
    for initials in _initials(name.words):
        yield "acronym", initials
    for n, word in enumerate(folded[:-1]):
        if n > 1 and word in words.links:
            yield "before of", " ".join(folded[:n])
    if len(folded) > 2 and folded[1] in words.links and folded[0] in words.states:
        yield "state", " ".join(folded[2:])
    if len(folded) == 2 and {name.key, folded[1]} <= country_names().keys():
        yield "half", folded[0]
    for n in range(1, len(folded) - 1):
        if _is_country(" ".join(name.words[:n])):
            yield "behind a place", " ".join(folded[n:])
    if folded[-1].strip(".") in words.legal_forms | words.company_words:
        yield "without form", " ".join(folded[:-1]).rstrip(",")
    head = folded[0] if folded[1] in words.links else folded[-1]
    yield "head", head
    yield "club", folded[-1]


def _askings(form: Form) -> Iterator[tuple[str, str, Callable[[Form], bool]]]:
    """What a form may be short for: the rule, the short form, and whether a name fits."""
    words = words_of("")
    letters = "".join(form.words).replace(".", "")
    if len(form.words) == 1 and 1 < len(letters) <= MAX_ACRONYM and sum(map(str.isupper, letters)) > len(letters) / 2:
        yield "acronym", letters.upper(), lambda name: _is_acronym(form, letters, name)
        return
    if form.kind == "PLACE" and len(form.words) < 4:
        yield "state", form.key, lambda name: name.kind == "PLACE"
    if form.kind == "PLACE" and len(form.words) == 1 and form.has_article:
        yield "half", form.key, lambda name: name.kind == "PLACE"
    if len(form.words) > 1:
        yield "before of", form.key, lambda name: name.kind == form.kind
    if form.kind != "ORG":
        return
    if len(form.words) > 1:
        yield "behind a place", form.key, lambda name: name.kind == "ORG"
    yield "without form", form.key, lambda name: name.kind == "ORG"
    if len(form.words) == 1 and form.key in words.club_ends:
        yield "club", form.key, lambda name: name.kind == "ORG" and name.first < form.first
    elif len(form.words) == 1 and form.has_article and form.key in _org_heads() - words.national_bodies:
        yield "head", form.key, lambda name: name.kind == "ORG"


def _is_acronym(form: Form, letters: str, name: Form) -> bool:
    """Return whether an acronym with the initials of a name may stand for it: two letters mean too many things."""
    if "PLACE" in (form.kind, name.kind) and form.kind != name.kind:
        return len(letters) > 3
    if name.kind == "PLACE":
        return may_be_one_place(form.words[0], " ".join(name.words))
    return len(letters) > 2 or form.key.replace(".", "") in words_of("").short_acronyms


def _initials(words: Sequence[str]) -> set[str]:
    parts = [part for word in words for part in word.split("-") if part]
    capitals = "".join(part[0] for part in parts if part[0].isupper())
    every = "".join(part[0] for part in parts).upper()
    return {one for one in (capitals, every) if 1 < len(one) <= MAX_ACRONYM}


def _is_country(words: str) -> bool:
    return words in place_labels() or words.casefold() in country_names()


@cache
def _org_heads() -> frozenset[str]:
    """Last words of organisations, in all languages."""
    return frozenset().union(*(words_of(language).org_heads for language in languages_with_words()))
