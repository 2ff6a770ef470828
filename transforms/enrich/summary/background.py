"""In how many texts of a fixed collection a word stands, by language, and which words say nothing of a text.

The counts are in ``document_counts.json``, made by ``benchmarks/count_documents.py``; lists of frequent words are those
of the package justext.
"""

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from transforms.enrich.dates.names import LANGUAGES, weekdays

COUNTS = Path(__file__).with_name("document_counts.json")

STOP_LISTS: Mapping[str, str] = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "lv": "Latvian",
    "nb": "Norwegian_Bokmal", "nl": "Dutch", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "tr": "Turkish",
    "uk": "Ukrainian",
}  # fmt: skip
"""Languages that have keyphrases, ISO 639-1, with the name of their list in justext."""

MAX_SHARE = 0.3
"""Words that stand in more than this share of all texts say nothing of one."""

_APART = "|\n/—–·•"
_MARKS = "\"'“”‘’„«»‹›()[]{}<>.,;:!?…¿¡-*_=+~#%&@^`$€£。،؟؛"

_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|un|all|dall|dell|nell|sull|quell|quest)['’](?=\w{2})")

BREAK = "|"
"""What :func:`split_words` gives for the end of a line and for marks between words."""


def split_words(text: str) -> list[str]:
    r"""Split a text into words with the marks around them; lines, and parts between dashes and slashes, by BREAK.

    >>> split_words("Ines Lind, mayor/chair.\nShe …")
    ['Ines', 'Lind,', 'mayor', '|', 'chair.', '|', 'She', '…']
    """
    for mark in _APART:  # the bar first: others are made into it
        text = text.replace(mark, " | ")
    return text.split()


MAX_LETTERS = 60
"""Longest part of a text that is read as a word."""


def read_word(token: str) -> tuple[str, str, bool, bool]:
    """Read a part of what :func:`split_words` gives.

    >>> read_word("“Lind’s,"), read_word("dell’Artico")
    (('Lind', 'lind', True, True), ('Artico', 'artico', False, False))

    Returns:
        The word as it stands in the text, without marks, 's and elided articles; the same as it is counted; whether
        marks stand before it; whether they stand behind it.
    """
    if token.isalpha():
        return token, token.lower(), False, False
    written = token.strip(_MARKS)
    is_first, is_last = token[:1] != written[:1], token[-1:] != written[-1:]
    if "'" not in written and "’" not in written:
        return written, written.lower(), is_first, is_last
    if written.endswith(("'s", "’s")):
        written = written[:-2]
    elided = _ELIDED.match(written)
    if elided:
        written = written[elided.end() :]
    return written, fold_word(written), is_first, is_last


def strip_words(tokens: Sequence[str]) -> list[str]:
    """Return parts of a text as :func:`read_word` gives them as they stand there, in half of the time.

    >>> strip_words(["“Lind’s,", "(harbour)"])
    ['Lind', 'harbour']
    """
    bare = map(str.strip, tokens, repeat(_MARKS))
    return [word if word.isalpha() else read_word(token)[0] for token, word in zip(tokens, bare, strict=True)]


def fold_word(word: str) -> str:
    """Return a word without marks as it is counted."""
    return word.lower().replace("’", "'")


class Background(NamedTuple):
    """What is known of the words of a language.

    Attributes:
        weights: logarithm of how rare each word is; one that is not listed has ``unseen``.
        unseen: weight of a word that no text of the collection has.
        stop_words: folded words that say nothing.
        weekdays: their names, which say nothing by themselves.
    """

    weights: Mapping[str, float]
    unseen: float
    stop_words: frozenset[str]
    weekdays: frozenset[str]


@functools.cache
def load_background(language: str) -> Background | None:
    """Load what is known of the words of a language, once per process; None where nothing is."""
    if language not in STOP_LISTS:
        return None
    from justext import get_stoplist  # noqa: PLC0415  only for texts in such a language

    stored = _read_counts().get(language, {"documents": 1, "words": {}})
    documents: int = stored["documents"]
    counts = {word: int(count) for count, words in stored["words"].items() for word in words.split()}
    frequent = {word for word, count in counts.items() if count > MAX_SHARE * documents and documents >= 10}
    stop_words = frozenset(str(word).lower() for word in get_stoplist(STOP_LISTS[language])) | frequent
    weight_of = {count: math.log((documents + 1) / (count + 1)) for count in {*counts.values()}}
    weights = {word: weight_of[count] for word, count in counts.items()}
    named = frozenset(weekdays(language) if language in LANGUAGES else ())
    return Background(weights, math.log(documents + 1), stop_words, named)


@functools.cache
def _read_counts() -> Mapping[str, dict[str, Any]]:
    languages: Mapping[str, dict[str, Any]] = json.loads(COUNTS.read_text(encoding="utf-8"))["languages"]
    return languages
