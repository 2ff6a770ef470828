"""Media Topics for the sections, categories and keywords that a publisher gives.

Precision before recall: a name is matched whole, against the names of IPTC and against our own table of
section names in seven languages (``section_names.toml``). A name that could mean two topics means none.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from transforms.characters import unescape
from transforms.enrich.topics.taxonomy import code_named, concepts, level, top
from transforms.package_data import load_toml
from transforms.urls import split_url

MAX_NAMES = 100
"""Sections or keywords looked at; a page that gives more is stuffed with them."""

MAX_NAME_CHARS = 120
"""Code points of the longest name looked at."""

MAX_KEYWORD_TOPS = 3
"""Keywords that name more top-level topics than this say nothing: the page lists all of them."""

_LIST = re.compile(r"[,;|/>»›•:\\]|\s[-–—]\s")
_AND = re.compile(r"\s(?:and|und|et|y|e|en)\s")
_NOT_WORD = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Case, accents, punctuation and character references folded; '&' and '+' read as 'and'.

    >>> fold_name("Économie &amp; Finance")
    'economie and finance'
    """
    plain = unescape(name).replace("&", " and ").replace("+", " and ")
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain.casefold()) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


@functools.cache
def section_names() -> Mapping[str, Any]:
    """Return what ``section_names.toml`` holds: ``vague``, a list, and ``names``, by language and English IPTC name."""
    return load_toml(__package__, "section_names.toml")


@functools.cache
def _codes() -> Mapping[str, str]:
    """Folded name to code; names that lead to two codes are left out."""
    found: dict[str, set[str]] = {}
    stored = section_names()
    for table in stored["names"].values():
        for name, aliases in table.items():
            for alias in aliases:
                found.setdefault(fold_name(alias), set()).add(code_named(name))
    own, vague = set(found), set(stored["vague"])
    for code, it in concepts().items():
        folded = fold_name(it.name)
        if not it.is_retired and it.name not in vague and "(" not in it.name and folded not in own:
            found.setdefault(folded, set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def _code_of(name: str) -> str | None:
    """Code of one name; where it joins several ('Business & Finance') all must agree on the top level."""
    names, folded = _codes(), fold_name(name)
    if folded in names:
        return names[folded]
    parts = _AND.split(folded)
    codes = [names.get(part) for part in parts]
    tops = {top(code) for code in codes if code is not None}
    return tops.pop() if len(parts) > 1 and None not in codes and len(tops) == 1 else None


def map_sections(sections: Iterable[str]) -> tuple[str, ...]:
    """Codes of sections or categories, in order, without repeats.

    A value may be a path or a list ('News > Politics', 'Sport, Tennis'): each of its names counts.

    >>> map_sections(["News > Politics", "World", "Wirtschaft"])
    ('medtop:11000000', 'medtop:04000000')
    """
    found: dict[str, None] = {}
    for section in _bounded(sections, MAX_NAME_CHARS * 5):
        whole = _code_of(section)
        for code in (whole,) if whole else map(_code_of, _LIST.split(unescape(section))[:MAX_NAMES]):
            if code is not None:
                found[code] = None
    return tuple(found)


def map_keywords(keywords: Iterable[str]) -> tuple[str, ...]:
    """Codes of keywords or tags, in order, without repeats.

    A keyword can be anything the text touches, so only names of the upper two levels count, and none
    where they lead to more than :data:`MAX_KEYWORD_TOPS` top-level topics.

    >>> map_keywords(["elections", "Ada Example", "budget"])
    ('medtop:20000574',)
    """
    names = _codes()
    codes = (names.get(fold_name(keyword)) for keyword in _bounded(keywords, MAX_NAME_CHARS))
    found = dict.fromkeys(code for code in codes if code is not None and level(code) <= 2)
    return tuple(found) if len({top(code) for code in found}) <= MAX_KEYWORD_TOPS else ()


class DeclaredTopics(NamedTuple):
    """What a publisher declares."""

    sections: tuple[str, ...]
    """Codes of its sections."""
    keywords: tuple[str, ...]
    """Codes of its keywords that add another top-level topic."""


def map_publisher(*, sections: Iterable[str] = (), keywords: Iterable[str] = ()) -> DeclaredTopics:
    """Codes of what a publisher declares.

    >>> map_publisher(sections=["Tennis"], keywords=["Sport", "Health"])
    DeclaredTopics(sections=('medtop:20001085',), keywords=('medtop:07000000',))
    """
    named = map_sections(sections)
    tops = {top(code) for code in named}
    added: dict[str, str] = {}
    for code in map_keywords(keywords):
        if top(code) not in tops:
            added.setdefault(top(code), code)
    return DeclaredTopics(named, tuple(added.values()))


def sections_in_url(url: str) -> tuple[str, ...]:
    """Leading folders of an article's address that can be names of sections.

    >>> sections_in_url("https://news.example/en/sport/2024/05/long-title-of-the-article")
    ('en', 'sport')
    """
    folders = split_url(url).path.split("/")[1:-1]
    names = (unquote(folder).replace("-", " ") for folder in folders[:3])
    return tuple(name for name in names if name and len(name) <= 40 and not any(c.isdigit() for c in name))


def _bounded(names: Iterable[str], max_chars: int) -> Iterator[str]:
    for count, name in enumerate(names):
        if count >= MAX_NAMES:
            return
        if name and len(name) <= max_chars:
            yield name
