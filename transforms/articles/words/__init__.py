"""Words of credit lines and dates in the languages of the press, kept as data beside this module.

``credits.json`` lists them by kind and language: what opens a byline, a credit of other work or a note on the author,
stands where a name should and is none, joins names, begins as a joined name does and is one itself, is a button at a
name, labels a date of publication or of change, names an office, or marks the name of an organisation, or of a desk or
agency, or stands before a source; the family names of languages in which they stand first, and what begins as one of
them and is a place or a word.
"""

from functools import cache
from typing import Any

from transforms.package_data import load_json


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """Return the words of one kind in all languages, lower case, each once, the longest first.

    >>> "von" in words_of("by"), "bijgewerkt" in words_of("updated")
    (True, True)

    Args:
        kind: a key of ``credits.json``.
    """
    by_language = _tables()[kind]
    words = {word.casefold() for words in by_language.values() for word in words}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def all_words(kind: str) -> frozenset[str]:
    """Return the words of one kind to look others up in."""
    return frozenset(words_of(kind))


@cache
def single_words(kind: str) -> frozenset[str]:
    """Return every single word that the entries of one kind are made of."""
    return frozenset(part for word in words_of(kind) for part in word.split())


@cache
def han_words() -> dict[str, Any]:
    """Return what names in Han are made of, and words that stand around names and titles, from ``han.json``."""
    names: dict[str, Any] = load_json(__package__, "han.json")
    names["surnames"] = {language: frozenset(signs) for language, signs in names["surnames"].items()}
    return names


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    tables: dict[str, dict[str, list[str]]] = load_json(__package__, "credits.json")
    return tables
