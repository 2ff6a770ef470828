"""Phrases of news sites of what is not part of an article, by language, from the files in ``languages/``.

A file has a table for each rule. Its lists:

- ``labels``: a whole paragraph.
- ``heads``: a whole paragraph after which a list of links follows.
- ``pointers``: what stands before a colon or arrow and the title of another article.
- ``also``: words of pointers that say so plainly that something else is to be read that they need no link.
- ``capitals``: the same as ``pointers``, where it is in capitals.
- ``leads``: what stands before a colon and a name, such as that of a photographer.
- ``calls``: parts of a paragraph in order. "…" is any text, "|" separates alternatives of one part. A call that does
  not begin with "…" begins the paragraph; one that does not end with it ends the paragraph. The parts of one that
  begins with "…" stand anywhere, in any order.

All of them are compared as words: in lower case, without punctuation. All languages are used for every article, since
pages mix them; nothing is a regular expression, and looking a paragraph up takes time linear in it.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from transforms.articles.folding import has_ascii_letters
from transforms.characters import VOWEL_MARKS

MAX_GAP = 160
"""Code points that "…" between two parts of a call stands for at most."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff]")

_HAS_MARKS = re.compile(f"[{VOWEL_MARKS}]")
_TOKEN, _MARKED_TOKEN = re.compile(r"[^\W_]+"), re.compile(rf"(?:[^\W_]|[{VOWEL_MARKS}])+")
_WORD, _MARKED_WORD = re.compile(r"\d+|[^\W\d_]+"), re.compile(rf"\d+|(?:[^\W\d_]|[{VOWEL_MARKS}])+")
_WORDS_ALONE = bytes(byte if chr(byte).isalnum() else 32 for byte in range(0x80)).ljust(0x100)
"""Of each byte of ASCII itself where words have it, else a blank."""
_PREFIX = 2


class CallPhrase(NamedTuple):
    """One call: the parts after its first, whether it may go on after the last, and the rule that it belongs to."""

    first: str
    parts: tuple[tuple[str, ...], ...]
    is_open: bool
    rule: str


class PartsAnywhere(NamedTuple):
    """Parts that mark a paragraph together, wherever they stand in it, and the rule that they belong to."""

    parts: tuple[tuple[str, ...], ...]
    rule: str


_GREEK = re.compile(r"[\u0370-\u03ff]")


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases, folded; where a mapping has them as keys its values are names of rules."""

    labels: Mapping[str, str]
    heads: frozenset[str]
    pointers: frozenset[str]
    plain_pointers: frozenset[str]
    capitals: frozenset[str]
    contents_heads: frozenset[str]
    photo_leads: frozenset[str]
    disclaimer_leads: frozenset[str]
    byline_leads: frozenset[str]
    calls: Mapping[str, tuple[CallPhrase, ...]]
    inside: tuple[tuple[str, str], ...]
    together: tuple[PartsAnywhere, ...]
    inside_words: frozenset[str]
    inside_unspaced: tuple[tuple[str, str], ...]
    networks: frozenset[str]
    channels: frozenset[str]
    agencies: frozenset[str]
    months: frozenset[str]
    days: frozenset[str]
    date_labels: frozenset[str]
    date_words: frozenset[str]
    ago: frozenset[str]
    units: frozenset[str]
    reading_labels: frozenset[str]
    reading_words: frozenset[str]


def fold(text: str) -> str:
    """Return the words of a text in lower case with single blanks between them.

    >>> fold("Don’t miss: the “Newsletter”!")
    'don t miss the newsletter'
    """
    return " ".join(fold_to_words(text))


def fold_to_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    text = text.casefold()
    if has_ascii_letters(text):
        return text.encode("ascii", "replace").translate(_WORDS_ALONE).decode().split()
    text = unicodedata.normalize("NFC", text).replace("\u0307", "")
    return (_MARKED_TOKEN if _HAS_MARKS.search(text) else _TOKEN).findall(text)


def split_words(text: str) -> list[str]:
    """Return the words of a folded text, digits apart from letters.

    >>> split_words("3rd 10h30 2024年5月")
    ['3', 'rd', '10', 'h', '30', '2024', '年', '5', '月']
    >>> split_words("3 మే 2024, శుక్రవారం")
    ['3', 'మే', '2024', 'శుక్రవారం']
    """
    return (_MARKED_WORD if _HAS_MARKS.search(text) else _WORD).findall(text)


def is_unspaced(text: str) -> bool:
    """Return whether a text has letters of a script that sets no blanks between words, or that is read as such."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def call_key(text: str) -> str:
    """Return what calls are looked up by: the first word, or the first letters where words are not apart."""
    return text[:_PREFIX] if is_unspaced(text[:_PREFIX]) else text.split(" ", 1)[0]


def _read_calls(written: str, rule: str) -> Iterator[CallPhrase | PartsAnywhere]:
    """Yield one call for each alternative of the first part, or one of parts that stand anywhere."""
    pieces = [piece.strip() for piece in written.split("…")]
    folded = [tuple(filter(None, map(fold, piece.split("|")))) for piece in pieces]
    is_open = folded[-1] == ()
    parts = [part for part in folded if part]
    if not parts:
        return
    if folded[0] == ():
        yield PartsAnywhere(tuple(parts), rule)
        return
    for first in parts[0]:
        yield CallPhrase(first, tuple(parts[1:]), is_open, rule)


def _without_accents(phrases: Iterable[str]) -> Iterator[str]:
    """Yield phrases in Greek as capitals have them, without accents: "ΔΙΑΒΑΣΤΕ ΑΚΟΜΗ"."""
    for phrase in phrases:
        if _GREEK.search(phrase):
            apart = unicodedata.normalize("NFD", phrase)
            bare = unicodedata.normalize("NFC", apart.replace("\u0301", "").replace("\u0308", ""))
            if bare != unicodedata.normalize("NFC", phrase):
                yield bare


@lru_cache(maxsize=1)
def load_phrases() -> Phrases:
    """Read the files of all languages."""
    labels: dict[str, str] = {}
    sets: dict[tuple[str, str], set[str]] = {}
    calls: dict[str, list[CallPhrase]] = {}
    inside: dict[str, str] = {}
    together: list[PartsAnywhere] = []
    for file in sorted(files(__package__).joinpath("languages").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        for table, lists in tomllib.loads(file.read_text(encoding="utf-8")).items():
            rule = f"boilerplate.{table}"
            for kind, written in lists.items():
                phrases = [*written, *_without_accents(written)]
                if kind == "calls":
                    for call in (call for phrase in phrases for call in _read_calls(phrase, rule)):
                        if isinstance(call, CallPhrase):
                            calls.setdefault(call_key(call.first), []).append(call)
                        elif len(call.parts) > 1:
                            together.append(call)
                        else:
                            for phrase in call.parts[0]:
                                inside.setdefault(phrase, rule)
                    continue
                folded = [fold(phrase) for phrase in phrases]
                sets.setdefault((table, kind), set()).update(folded)
                if kind == "labels" and table not in ("date", "reading_time"):
                    for phrase in folded:
                        labels.setdefault(phrase, rule)

    def get(table: str, kind: str) -> frozenset[str]:
        return frozenset(sets.get((table, kind), ()))

    def get_words(table: str, *kinds: str) -> frozenset[str]:
        return frozenset(word for kind in kinds for phrase in get(table, kind) for word in split_words(phrase))

    return Phrases(
        labels=labels,
        heads=get("link_list", "heads"),
        pointers=get("read_also", "pointers"),
        plain_pointers=frozenset(
            phrase for phrase in get("read_also", "pointers") if not get("read_also", "also").isdisjoint(phrase.split())
        ),
        capitals=get("read_also", "capitals") | get("read_also", "pointers"),
        contents_heads=get("contents", "heads"),
        photo_leads=get("photo_credit", "leads"),
        disclaimer_leads=get("disclaimer", "leads"),
        byline_leads=get("byline", "leads"),
        calls={key: tuple(found) for key, found in calls.items()},
        inside=tuple((phrase, rule) for phrase, rule in inside.items() if not is_unspaced(phrase)),
        together=tuple(together),
        inside_words=frozenset(
            max(phrase.split(), key=len) for phrase in (*inside, *(one for call in together for one in call.parts[0]))
        ),
        inside_unspaced=tuple((phrase, rule) for phrase, rule in inside.items() if is_unspaced(phrase)),
        networks=get("share", "networks"),
        channels=get("follow", "channels"),
        agencies=get("photo_credit", "agencies"),
        months=get("calendar", "months"),
        days=get("calendar", "days"),
        date_labels=get("date", "labels"),
        date_words=get_words("date", "labels", "words") | get_words("calendar", "ago", "units"),
        ago=get_words("calendar", "ago"),
        units=get_words("calendar", "units"),
        reading_labels=get("reading_time", "labels"),
        reading_words=get_words("reading_time", "labels", "words"),
    )


def may_be_call(beginning: str) -> bool:
    """Return whether a paragraph whose beginning is given, folded, can be a call."""
    calls = load_phrases().calls.get(call_key(beginning), ())
    return any(beginning.startswith(call.first[: len(beginning)]) for call in calls)


def find_call(folded: str) -> str | None:
    """Return the rule of the call that a folded paragraph is; None where it is none."""
    calls = load_phrases().calls.get(call_key(folded))
    if calls is None:
        return None
    padded = f" {folded} "
    apart = is_unspaced(folded)
    for call in calls:
        if folded.startswith(call.first) and _has_parts(folded if apart else padded, call, apart):
            return call.rule
    return None


def _has_parts(text: str, call: CallPhrase, apart: bool) -> bool:
    if apart:
        position = len(call.first)
    else:
        position = len(call.first) + 1
        if text[position] != " ":
            return False
    for part in call.parts:
        ends = []
        for phrase in part:
            key = phrase if apart else f" {phrase} "
            start = text.find(key, position, position + MAX_GAP + len(key))
            if start >= 0:
                ends.append(start + len(key) - (not apart))
        if not ends:
            return False
        position = min(ends)
    return (
        call.is_open or position >= len(text) - (not apart) or any(_ends(text, part, apart) for part in call.parts[-1:])
    )


def _ends(text: str, part: tuple[str, ...], apart: bool) -> bool:
    return any(text.endswith(phrase if apart else f" {phrase} ") for phrase in part)


def find_inside(folded: str, words: Sequence[str]) -> str | None:
    """Return the rule of a phrase that marks a paragraph wherever it stands in it; None where there is none.

    Args:
        folded: the paragraph as :func:`fold` gives it.
        words: its words.
    """
    phrases = load_phrases()
    if not phrases.inside_words.isdisjoint(words):
        padded = f" {folded} "
        for phrase, rule in phrases.inside:
            if f" {phrase} " in padded:
                return rule
        for parts, rule in phrases.together:
            if all(any(f" {phrase} " in padded for phrase in part) for part in parts):
                return rule
    if is_unspaced(folded):
        for phrase, rule in phrases.inside_unspaced:
            if phrase in folded:
                return rule
    return None
