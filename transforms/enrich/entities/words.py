"""Words of languages by which names are cut and labelled."""

from functools import cache
from typing import NamedTuple

from transforms.package_data import load_toml

_NONE: frozenset[str] = frozenset()


class Lexicon(NamedTuple):
    """Words of one language, in lower case; what each set is for, words.toml says."""

    offices: frozenset[str] = _NONE
    office_links: frozenset[str] = _NONE
    titles: frozenset[str] = _NONE
    portfolios: frozenset[str] = _NONE
    office_ends: frozenset[str] = _NONE
    org_heads: frozenset[str] = _NONE
    loc_heads: frozenset[str] = _NONE
    event_heads: frozenset[str] = _NONE
    law_heads: frozenset[str] = _NONE
    head_surnames: frozenset[str] = _NONE
    org_ends: frozenset[str] = _NONE
    loc_ends: frozenset[str] = _NONE
    org_starts: frozenset[str] = _NONE
    loc_starts: frozenset[str] = _NONE
    of: frozenset[str] = _NONE
    denied: frozenset[str] = _NONE
    denied_acronyms: frozenset[str] = _NONE
    denied_phrases: frozenset[str] = _NONE
    inner_words: frozenset[str] = _NONE
    captions: frozenset[str] = _NONE
    place_nouns: frozenset[str] = _NONE
    place_prepositions: frozenset[str] = _NONE
    articles: frozenset[str] = _NONE
    copulas: frozenset[str] = _NONE
    speech: frozenset[str] = _NONE
    sports_words: frozenset[str] = _NONE
    prefixes: frozenset[str] = _NONE
    particles: frozenset[str] = _NONE
    initials: frozenset[str] = _NONE
    city_persons: frozenset[str] = _NONE
    city_others: frozenset[str] = _NONE
    links: frozenset[str] = _NONE
    states: frozenset[str] = _NONE
    known_companies: frozenset[str] = _NONE
    legal_forms: frozenset[str] = _NONE
    legal_forms_of_ids: frozenset[str] = _NONE
    company_words: frozenset[str] = _NONE
    name_titles: frozenset[str] = _NONE
    short_acronyms: frozenset[str] = _NONE
    swapped_starts: frozenset[str] = _NONE
    object_starts: frozenset[str] = _NONE
    dropped_ends: frozenset[str] = _NONE
    content_links: frozenset[str] = _NONE
    short_heads: frozenset[str] = _NONE
    tail_others: frozenset[str] = _NONE
    club_ends: frozenset[str] = _NONE
    national_bodies: frozenset[str] = _NONE


@cache
def _tables() -> dict[str, dict[str, str | list[str]]]:
    return load_toml(__package__, "words.toml")


@cache
def words_of(language: str) -> Lexicon:
    """Return the words of a language (ISO 639-1), those of any language among them."""
    tables = _tables()
    found = {**tables["any"], **tables.get(language, {})}
    return Lexicon(
        **{name: frozenset(words.split() if isinstance(words, str) else words) for name, words in found.items()}
    )


def languages_with_words() -> tuple[str, ...]:
    """Return the languages that have a table of words."""
    return tuple(name for name in _tables() if name != "any")
