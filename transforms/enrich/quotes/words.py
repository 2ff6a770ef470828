"""How languages report speech, and the words of a paragraph around its quotations."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from transforms.enrich.quotes.marks import Span
from transforms.package_data import load_toml

_TOKEN = re.compile(r"\w{1,49}(?![\w’'\-])|(\w[\w’'\-]{0,48})|[^\w\s]")
ENDS = ".!?…"
"""Signs that end a sentence."""

_CLITIC_LENGTH = 5  # of an article or a pronoun with its apostrophe


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """How one language reports what people say; what the words are for stands in ``languages.toml``."""

    verbs: frozenset[str]
    strong: frozenset[str]
    objects: frozenset[str]
    ambiguous: frozenset[str]
    tags: frozenset[str]
    gerund: str
    adverb: str
    between: frozenset[str]
    passive: frozenset[str]
    times: frozenset[str]
    person: frozenset[str]
    others: frozenset[str]
    relative: frozenset[str]
    determiners: frozenset[str]
    prepositions: frozenset[str]
    inner: frozenset[str]
    joins: frozenset[str]
    coordinates: frozenset[str]
    according: tuple[tuple[str, ...], ...]
    opinion: tuple[tuple[str, ...], ...]
    particles: frozenset[str]
    abbreviations: frozenset[str]
    names_things: frozenset[str]
    fronting: frozenset[str]
    null_subject: bool
    verb_second: bool
    bare_nouns: bool
    nouns_upper: bool
    clauses_inside: bool
    dashes: bool
    pronouns: frozenset[str]
    function_words: frozenset[str]
    sources: frozenset[str]

    def is_function_word(self, low: str) -> bool:
        """Whether a word is none of a name, nor of a noun phrase but for its beginning."""
        return low in self.function_words

    def is_abbreviation(self, low: str) -> bool:
        """Whether a full stop behind a word is part of it."""
        return low in self.abbreviations or (len(low) == 1 and low.isalpha())


@functools.cache
def load_languages() -> dict[str, Language]:
    """Return what is known of each language, by its code (ISO 639-1); read once per process."""
    found = load_toml(__package__, "languages.toml")
    return {code: _language(values) for code, values in found.items()}


def _language(values: dict[str, str | bool | list[str]]) -> Language:
    read: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, bool) or name in ("gerund", "adverb"):
            read[name] = value
        elif isinstance(value, list):
            read[name] = tuple(sorted((tuple(words.split()) for words in value), key=len, reverse=True))
        else:
            read[name] = frozenset(value.split())
    read["pronouns"] = read["person"] | read["others"]
    read["sources"] = frozenset(words[0] for words in (*read["according"], *read["opinion"]))
    kinds = ("determiners", "prepositions", "joins", "pronouns", "between", "relative")
    read["function_words"] = frozenset[str]().union(*(read[kind] for kind in kinds))
    return Language(**read)


class Token(NamedTuple):
    """One word or mark of a paragraph, or all words in one pair of quotation marks."""

    low: str
    """In lower case; empty for what stands in quotation marks."""
    start: int
    end: int
    is_upper: bool
    """Whether it begins with a capital."""
    span: int
    """Number of the span in its paragraph; -1 for a word or mark."""


def read_tokens(text: str, start: int, end: int, spans: Sequence[Span], language: Language) -> list[Token]:
    """Return the words of a range, each span in quotation marks as one token."""
    tokens: list[Token] = []
    at = start
    for number, span in enumerate(spans):
        _add_words(tokens, text, at, span.outer_start, language)
        tokens.append(Token("", span.start, span.end, False, number))
        at = span.outer_end
    _add_words(tokens, text, at, end, language)
    return tokens


def _add_words(tokens: list[Token], text: str, start: int, end: int, language: Language) -> None:
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        low = word.lower()
        first, last = match.span()
        if match.lastindex:
            tokens.extend(_parts(word, low.replace("’", "'"), first, language))
        else:
            tokens.append(Token(low, first, last, low != word and word[0].isupper(), -1))


def _parts(word: str, low: str, at: int, language: Language) -> Iterator[Token]:
    """The words that an apostrophe or a hyphen joins: déclare-t-il, l'agence, he'd."""
    first, _, rest = low.partition("-")
    last = rest.rpartition("-")[2]
    if last in language.pronouns and (first in language.verbs or first in language.between):
        yield Token(first, at, at + len(first), word[0].isupper(), -1)
        yield Token(last, at + len(word) - len(last), at + len(word), False, -1)
        return
    cut = low.find("'") + 1
    if language.clauses_inside and 1 < cut <= _CLITIC_LENGTH and cut < len(low) and low not in language.between:
        yield Token(low[:cut], at, at + cut, word[0].isupper(), -1)
        yield Token(low[cut:], at + cut, at + len(word), word[cut].isupper(), -1)
        return
    if cut and low[: cut - 1] in language.pronouns:
        yield Token(low[: cut - 1], at, at + cut - 1, word[0].isupper(), -1)
        return
    yield Token(low, at, at + len(word), word[0].isupper(), -1)


def find_sentences(text: str, tokens: Sequence[Token], language: Language) -> list[int]:
    """Return the numbers of the words with which sentences begin, but for the first."""
    ends = []
    for at in range(len(tokens) - 1):
        token, following = tokens[at], tokens[at + 1]
        if token.span >= 0:
            if _ends_quoted(text[token.end - 1], following, language):
                ends.append(at + 1)
        elif token.low in ENDS and (following.is_upper or following.span >= 0):
            is_part = token.low == "." and at > 0 and language.is_abbreviation(tokens[at - 1].low)
            if not is_part or following.start - token.end > 1:
                ends.append(at + 1)
    return ends


def _ends_quoted(last: str, following: Token, language: Language) -> bool:
    """Whether a sentence ends with a quotation that has this last mark."""
    if following.span >= 0:
        return last in ENDS
    if not following.is_upper:
        return False
    return last in ".…" or (last in "!?" and following.low in language.determiners)
