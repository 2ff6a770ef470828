"""What one part of a page says of its article, before anyone decides whom to believe."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.characters import unescape

MAX_TEXT = 4_000
"""Code points of one value that are read; descriptions are shorter."""

MAX_KEYWORDS = 200
"""Most keywords that are kept of one page; real pages have some dozen."""

_MANY = 2
"""Commas of a keyword that is itself a list: a name of a place ("Ellery, Ohio") has one."""

_LEAST_WORD = 4
"""Letters of a keyword that tells whether a title is about it."""

_MOST_IN_TITLE = 0.6
"""Share of the keywords of an article that its titles have at most."""

_SEPARATOR = re.compile(r"[,;|]")

_TIMES_ESCAPED = 2
"""How often a character may be escaped beside the markup's own way: "&amp;#039;"."""


class OneName(str):
    """The name of one author, as its source says: a comma in it ("Roe, Jane") does not end it."""

    __slots__ = ()


class NamedAuthor(NamedTuple):
    """An author as a source names it: the name may hold several, and words around them."""

    name: str
    url: str | None = None
    """Profile page."""
    type: str | None = None
    """'Person' or 'Organization' where the source says so."""
    role: str | None = None
    """Office, such as 'Political Editor'."""


def _resolve(text: str) -> str:
    """Resolve character references, and those that they stand for: some systems escape a text twice."""
    for _ in range(_TIMES_ESCAPED):
        text = unescape(text) if "&" in text else text
    return text


def one_line(text: str | None) -> str | None:
    """Resolve character references and fold white space; None for nothing, and at most MAX_TEXT characters."""
    if not text:
        return None
    text = _resolve(text[:MAX_TEXT])
    return " ".join(text.replace("\u00ad", "").replace("\u200b", "").split()) or None


def split_keywords(values: Iterable[str]) -> list[str]:
    """Return the keywords that some values hold, each once: a single value, and one of many commas, is a list of them.

    Character references are resolved first, since they end in what separates keywords.

    >>> split_keywords(["Labour &amp; Unions, sea"])
    ['Labour & Unions', 'sea']
    >>> split_keywords(["sea, port"]), split_keywords(["Ellery, Ohio", "sea"]), split_keywords(["a, b, c", "a,b,c"])
    (['sea', 'port'], ['Ellery, Ohio', 'sea'], ['a', 'b', 'c'])
    """
    whole = list(dict.fromkeys(_resolve(value) for value in values))
    words = (
        word
        for value in whole
        for word in (_SEPARATOR.split(value) if len(whole) == 1 or value.count(",") >= _MANY else [value])
    )
    return list(dict.fromkeys(word for word in map(str.strip, words) if word))[:MAX_KEYWORDS]


def choose_keywords(sources: Iterable[list[str]], titles: Iterable[str]) -> list[str]:
    """Choose the keywords of the first source that has some.

    One alone is often a section. Then those of another source are added that has several, some of which are in a title:
    others may be the same on all pages of the site. Where most are, they are made of the title.

    >>> choose_keywords([["News"], ["Ellery Post", "local news"], ["pier", "harbours"]], ["Ellery opens its pier"])
    ['News', 'pier', 'harbours']
    """
    named = [words for words in sources if words]
    if not named or len(named[0]) > 1:
        return named[0] if named else []
    text = " ".join(titles)[:MAX_TEXT].casefold()
    known = named[0][0].casefold()
    for words in named[1:]:
        shared = sum(len(word) >= _LEAST_WORD and word.casefold() in text for word in words)
        if len(words) > 1 and 0 < shared <= _MOST_IN_TITLE * len(words):
            return [*named[0], *(word for word in words if word.casefold() != known)]
    return named[0]


@dataclass(slots=True)
class Facts:
    """Strings as the page has them, markup and character references resolved; None or empty where it is silent."""

    headline: str | None = None
    alternative_headline: str | None = None
    subheadline: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: list[NamedAuthor] = field(default_factory=list)
    publisher: str | None = None
    published: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    """When it was created, as some declare instead of when it was published."""
    modified: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    more_keywords: list[list[str]] = field(default_factory=list)
    """Those of other tags, which may be of the whole site."""
    section: str | None = None
    type: str | None = None
    image: str | None = None
    license: str | None = None
    free: bool | None = None
    language: str | None = None
    canonical: list[str] = field(default_factory=list)
    body: str | None = None
    titles: list[str] = field(default_factory=list)
    """Titles for sharing, which may differ from the headline."""
    og_type: str | None = None
    declared_types: list[str] = field(default_factory=list)
    """schema.org types of all objects, in the order of the page, each once."""
    main_entity_types: list[str] = field(default_factory=list)
    """Of those, the types of what the page names as its main entity, or what names the page as its own."""
    events: list[str] = field(default_factory=list)
    """Days on which events begin and end that the page describes."""
    describes_work: bool = False
    """An article or another work is described, not only the page that holds it."""
    word_count: int | None = None
    paid_selectors: list[str] = field(default_factory=list)
    """CSS selectors of the parts that are not free."""
