"""Which shorter forms stand for which longer names of organisations and places in one document.

A form is joined to a name only where the document has one name that it can stand for: two things taken for one
are worse than one taken for two.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from typing import NamedTuple

from transforms.enrich.entities.labels import KINDS
from transforms.enrich.entities.places import country_names, may_be_one_place, other_country_names, place_labels
from transforms.enrich.entities.surface import plain_form
from transforms.enrich.entities.words import languages_with_words, words_of

MAX_ACRONYM = 7
MAX_WORDS = 24
"""Words of the longest name that shorter forms are looked for."""


_SITE = re.compile(r"([\w-]{2,40})\.(?:com|co|ca|in|ng|uk|de|fr|it|es)(?:\.\w\w)?")
_GAPS = dict.fromkeys(map(ord, "-,"), " ")


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
    - "Ministry of Rail" and "Rail Ministry", "Marle-Élan" and "Marle Elan", "Arle.com" and "Arle",
    - "Church of Marle" and "Marle", where that is an organisation, too,
    - "Velden Marle Centre" and "Marle Centre",
    - "Marle Rail Board" and "the Board", where no other board is named.

    Args:
        forms: those of the document that are not persons.
    """
    parent = dict(_countries(forms))
    contents = {form.key: _content(form) for form in forms}
    acronyms = {form.key: letters.upper() for form in forms if (letters := _acronym(form))}
    by_short = _names_by_short(forms, contents, frozenset(acronyms.values()))
    met = {short for _, short in by_short}
    # Most forms are short for nothing.
    asking = [form for form in forms if not met.isdisjoint((form.key, contents[form.key], acronyms.get(form.key)))]
    for form in sorted(asking, key=lambda form: (-len(form.words), -len(form.key), form.key)):
        for rule, key, fits in _askings(form, contents[form.key]):
            found = [name for name in by_short.get((rule, key), ()) if name.key != form.key and fits(name)]
            if form.key in parent or len({_root(parent, name.key) for name in found}) != 1:
                continue
            if _root(parent, found[0].key) != form.key:
                parent[form.key] = found[0].key
    return parent


def _names_by_short(
    forms: Sequence[Form], contents: Mapping[str, str], acronyms: Set[str]
) -> dict[tuple[str, str], list[Form]]:
    """The names that may have a shorter form, by the rule and that form; those alone that the document has."""
    by_content: defaultdict[str, list[Form]] = defaultdict(list)
    for form in forms:
        by_content[contents[form.key]].append(form)
    by_short = defaultdict(list, {("words", key): names for key, names in by_content.items() if len(names) > 1})
    begun: dict[str, str] = {}
    """First words to the one form that begins with it, or "" for several."""
    for form in forms:
        word = _first_word(form.key)
        begun[word] = "" if word in begun else form.key
    for name in forms:
        if not 1 < len(name.words) <= MAX_WORDS:
            if "." in name.key and (site := _SITE.fullmatch(name.key)):
                by_short["without form", site[1]].append(name)
            continue
        if acronyms:
            for initials in _initials(name.words) & acronyms:
                by_short["acronym", initials].append(name)
        folded = [word.casefold() for word in name.words]
        # A shorter form begins with a word of the name. Where no other form does, there is none.
        if any(begun.get(word.rstrip(","), name.key) != name.key for word in folded):
            for rule, short in _shorter(name, folded):
                if short in contents:
                    by_short[rule, short].append(name)
    return by_short


def _first_word(key: str) -> str:
    return key.split(" ", 1)[0].rstrip(",")


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


def _content(form: Form) -> str:
    """Words of a name without accents, hyphens, "of" and "and"; the same for Ministry of Rail and Rail Ministry."""
    key = form.key
    if key.isalnum() and key.isascii():
        return "" if key in words_of("").content_links else key
    if not key.isascii() or "'" in key or "-" in key or "," in key:
        key = plain_form(key.replace("'s ", " ")).translate(_GAPS)
    words = key.split()
    lexicon = words_of("")
    if len(words) > 2 and words[1] in ("of", "for") and words[0] in lexicon.swapped_starts:
        words = [*words[2:], words[0]]
    return " ".join(word for word in words if word not in lexicon.content_links)


def _shorter(name: Form, folded: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Shorter forms of its words that a name may have, and by which rule."""
    words = words_of("")
    if folded[-1] in _org_heads() and folded[-1] not in words.tail_others:
        for n in range(len(folded) - 2, 0, -1):
            if folded[n] in words.links or folded[n - 1] in words.links:
                break
            yield "tail", " ".join(folded[n:])
    if len(folded) > 2 and folded[1] == "of" and folded[0] in words.object_starts:
        yield "object", " ".join(folded[2:])
    for n, word in enumerate(folded[:-1]):
        if n > 1 and word in words.links:
            yield "before of", " ".join(folded[:n])
    if len(folded) > 2 and folded[1] in words.links and folded[0] in words.states:
        yield "state", " ".join(folded[2:])
    if len(folded) == 2 and {name.key, folded[1]} <= country_names().keys():
        yield "half", folded[0]
    for n in range(1, len(folded)):
        if _is_country(" ".join(name.words[:n])):
            yield "behind a place", " ".join(folded[n:])
    last = folded[-1].strip(".")
    if last in words.legal_forms or last in words.dropped_ends:
        yield "without form", " ".join(folded[:-1]).rstrip(",")
    if len(folded) > 2 and last in words.legal_forms and folded[1] not in words.links:
        yield "company", folded[0]
    head = folded[0] if folded[1] in words.links else folded[-1]
    yield "head", head
    yield "club", folded[-1]


def _acronym(form: Form) -> str:
    """The letters of a form that is an acronym; of others none."""
    if len(form.words) != 1:
        return ""
    letters = form.words[0].replace(".", "")
    return letters if 1 < len(letters) <= MAX_ACRONYM and sum(map(str.isupper, letters)) > len(letters) / 2 else ""


def _askings(form: Form, content: str) -> Iterator[tuple[str, str, Callable[[Form], bool]]]:
    """What a form may be short for: the rule, the short form, and whether a name fits."""
    words = words_of("")
    size = (len(form.key), form.key)
    yield "words", content, lambda name: name.kind == form.kind and (len(name.key), name.key) > size
    letters = _acronym(form)
    if letters:
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
    # The sets are large: a union of them for each form would take longer than all else.
    is_head = form.key in _org_heads() or form.key in words.short_heads
    is_national = form.key in words.national_bodies
    if len(form.words) > 1 or not (is_head or is_national):
        yield "behind a place", form.key, lambda name: name.kind == "ORG"
    if len(form.words) > 1:
        yield "tail", form.key, lambda name: name.kind == "ORG"
    yield "object", form.key, lambda name: name.kind == "ORG"
    yield "without form", form.key, lambda name: name.kind == "ORG"
    if len(form.words) == 1 and len(form.key) > 3 and not _is_country(form.words[0]) and not is_head:
        yield "company", form.key, lambda name: name.kind == "ORG" and name.first < form.first
    if len(form.words) == 1 and form.key in words.club_ends:
        yield "club", form.key, lambda name: name.kind == "ORG" and name.first < form.first
    elif len(form.words) == 1 and form.has_article and is_head and not is_national:
        yield "head", form.key, lambda name: name.kind == "ORG"


def _is_acronym(form: Form, letters: str, name: Form) -> bool:
    """Return whether an acronym with the initials of a name may stand for it: two letters mean too many things."""
    if "PLACE" in (form.kind, name.kind) and form.kind != name.kind:
        return len(letters) > 3
    if name.kind == "PLACE":
        return may_be_one_place(form.words[0], " ".join(name.words))
    return len(letters) > 2 or form.key.replace(".", "") in words_of("").short_acronyms


def _initials(words: Sequence[str]) -> set[str]:
    parts = [part for part in "-".join(words).split("-") if part]
    named = [part for part in parts if part[0].isupper()]
    capitals = "".join([part[0] for part in named])
    every = "".join([part[0] for part in parts]).upper()
    # "US Agency for International Development": USAID
    whole = "".join([part if part.isupper() and len(part) < 5 else part[0] for part in named]).replace(".", "")
    return {one for one in (capitals, every, whole if len(named) > 1 else "") if 1 < len(one) <= MAX_ACRONYM}


def _is_country(words: str) -> bool:
    return words in place_labels() or words.casefold() in country_names()


@cache
def _org_heads() -> frozenset[str]:
    """Last words of organisations, in all languages."""
    return frozenset().union(*(words_of(language).org_heads for language in languages_with_words()))
