"""Names of authors, read from author strings as published."""

import re
from collections.abc import Iterable
from itertools import islice

from schemas.articles import Author
from transforms.articles.date_words import MONTHS
from transforms.articles.facts import NamedAuthor, OneName
from transforms.characters import unescape

MAX_AUTHORS = 40
MAX_STRINGS = 60
"""Author strings of one source that are read; a page may name each author twice."""

_MAX_NAME = 100
_MAX_RAW = 3_000
_MAX_PART = 300
"""Code points of one name with what follows it, such as an office."""

_BY = re.compile(
    r"^\W*+(?:(?:(?:this\s+)?(?:post|article|story)\s+(?:was\s+)?)?(?:written|posted|published|reported|story|text|"
    r"words|article|reviewed|report|analysis|comment|opinion)\s+)?"
    r"(?:by|von|por|par|di|door|av|af|text|texte|texto|testo|autor(?:in|es|en)?|auteur|autore|author|authors|"
    r"redaktion|reporting by|words by|tekst)\b(?:\s*:|\s+(?=\S))\s*",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"<[^<>]*>|https?://\S+|\bwww\.\S+|(?<![^\s,])[^\s,@]+@[^\s,.]+\.[^\s,]+|\(\s*\)|\[[^\[\]]*\]|[\"“”«»]"
)
_SPLIT = re.compile(r";|\n|\s/\s|\s•\s|\s·\s")

# What follows is for strings in which white space is folded.
_AFTER = re.compile(
    r"\s(?:[–—|•·]|-)\s.*$|\s?\|.*$|\s(?:for|für|pour|per il|para|voor)\s(?:the\s)?[A-Z].*$|\sin\s[A-Z][\w-]+$"
    r"|\s?\([^()]*\)$|\s(?:is|ist)\s(?:a|an|the|ein|eine)\s.*$"
)
_DATED = re.compile(
    r"(?:^|\s)(?:on\s)?(?:\d{1,2}[./:-]\d|\d{4}\b|\d{1,2}(?:st|nd|rd|th)?\.?\s[A-Za-z]{3}|(?:jan|feb|mar|apr|may|"
    r"jun|jul|aug|sep|oct|nov|dec)"
    r"\w{0,6}\.?\s\d|(?:updated|published|posted|last|am|le|el|il)\b.{0,100}\d).*$",
    re.IGNORECASE,
)
_LIST = re.compile(r",\s?(?:and|und|et|y|e|en|og|och|&)\s|,|\s(?:and|und|et|y|e|en|og|och|&|with|mit|avec)\s")
_AND = re.compile(r"\s(?:and|und|et|y|e|en|og|och|&)\s")
_CREDENTIAL = re.compile(
    r"(?:Jr\.?|Sr\.?|I{2,3}|IV|Ph\.?\s?D\.?|Esq\.?|[A-Z]\.?[A-Za-z]?\.?[A-Z]\.?|R\.?N\.?|[A-Z]{2,5}(?:-[A-Z]{1,4})?|"
    r"LL\.?[MB]\.?)"
)
_AGENCY = re.compile(
    r"(?:afp|ap|apa|dpa|sda|keystone-sda|ansa|efe|reuters|anp|belga|ntb|tt|pa(?: media)?|upi|kyodo|xinhua|tass|sid|"
    r"epd|kna|cnn|bbc|"
    r"associated press|the associated press|agence france-presse|europa press|lusa|bloomberg)(?:-\w+)?",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|journalist|writer|columnist|contributor|redakteur(?:in)?|korrespondent(?:in)?|"
    r"autor(?:in)?|volont[aä]r(?:in)?|chefredakteur(?:in)?|ressortleiter(?:in)?|r[ée]dact(?:eur|rice)|periodista|"
    r"giornalista|redacteur|verslaggever|producer|photographer|fotograf(?:in)?|staff|director|manager|analyst|ceo|"
    r"founder|"
    r"professor|leader|chief|bureau|desk|wire)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:admin(?:istrator)?|root|user|webmaster|editor|author|autor|n/?a|none|null|undefined|unknown|anonymous|guest|"
    r"true|false|by|"
    r"written by|(?:twitter|facebook|linkedin|instagram|email|\s)+|(?:\w+\.){2,}\w+|"
    rf"{'|'.join(month for month in MONTHS if month != 'may')}|"  # May is a first name, too
    r"wordpress|view all posts|see all|share|comments?|follow|posted|updated|published|\W*)(?:\d*)",
    re.IGNORECASE,
)
_FACELESS = re.compile(
    r"(?:(?:the\s+)?(?:\w+\s+){0,4}(?:staff|team|newsroom|editors|desk|redaktion|redaction|rédaction|redacción|"
    r"redazione|"
    r"redactie|agencias|agenturen|editorial(?: board)?|news|press)(?:\s+(?:writers?|reports?|report|reporters?|"
    r"service|team))?)",
    re.IGNORECASE,
)


def _tidy(name: str) -> str:
    name = _JUNK.sub(" ", name)
    name = _BY.sub("", " ".join(name.split()))
    while (shorter := _AFTER.sub("", name)) != name and " " in shorter.strip():
        name = shorter
    return " ".join(name.removesuffix(" 기자").split()).strip(" ,;:|/-–—•·*@")


def _is_one_name(name: str) -> bool:
    """Return whether a string is one name: a last name, a comma, first names, but no office and no second full name."""
    last, comma, rest = name.partition(", ")
    return (
        bool(comma)
        and len(name) <= _MAX_NAME
        and min(len(last.split()), len(rest.split())) == 1
        and max(len(last.split()), len(rest.split())) <= 3
        and not re.search(r"[,;|/&@\d]|\w\.\w\w", f"{last} {rest}")
        and not any(form.search(part) for form in (_ROLE, _BY, _AND, _DATED) for part in (last, rest))
        and not any(form.fullmatch(part) for form in (_CREDENTIAL, _AGENCY, _NOBODY) for part in (last, rest))
    )


def split_authors(raw: str) -> list[str]:
    """Split an author string into names.

    >>> split_authors("By Jane Roe, Max Muster and Ana Pérez")
    ['Jane Roe', 'Max Muster', 'Ana Pérez']
    >>> split_authors("Dana Poe, MS, RD")
    ['Dana Poe, MS, RD']
    """
    if isinstance(raw, OneName) and _is_one_name(raw):
        return [_tidy(raw)]
    found: list[str] = []
    text = unescape(raw[:_MAX_RAW])
    for piece in _SPLIT.split(_JUNK.sub(" ", text)):
        chunk = _DATED.sub("", _BY.sub("", " ".join(piece.split())))
        parts = [part for part in _LIST.split(chunk) if part.strip()]
        couple = _AND.split(chunk)
        if "," not in chunk and len(couple) == 2 and any(len(part.split()) < 2 for part in couple):
            parts = [chunk]  # "Jane and Max Roe", "Arts and Culture": not two full names
        names: list[str] = []
        for part in parts:
            bare = part[:_MAX_PART].strip()
            if names and _CREDENTIAL.fullmatch(bare) and not _AGENCY.fullmatch(bare):
                names[-1] += f", {bare}"
            elif names and _ROLE.search(bare):
                continue
            else:
                names.append(_tidy(bare))
        found.extend(names)
    return [
        name
        for name in found
        if 1 < len(name) <= _MAX_NAME and re.search(r"[^\W\d_]{2}", name) and not _NOBODY.fullmatch(name)
    ]


def clean_authors(
    authors: Iterable[NamedAuthor | tuple[str, str | None]], *, publisher: str | None = None
) -> tuple[Author, ...]:
    """Return authors in order, without repeats; the publisher itself only where no one else is named.

    Args:
        authors: author string and profile address, if any.
        publisher: name of the publication.
    """
    found: dict[str, Author] = {}
    for author in islice(authors, MAX_STRINGS):
        raw, url = author[0], author[1]
        names = split_authors(raw)
        for name in names[:MAX_AUTHORS]:
            key = name.casefold()
            if key not in found or found[key].url is None:
                found[key] = Author(name=name, url=url if len(names) == 1 else None)
    every = list(found.values())[:MAX_AUTHORS]
    site = (publisher or "").casefold()
    people = [author for author in every if author.name.casefold() != site]
    return tuple(people or every)


def is_byline(line: str) -> bool:
    """Return whether a line begins as a byline does: "By Jane Roe"."""
    return _BY.match(line[:_MAX_PART]) is not None


def is_faceless(name: str, publisher: str | None = None) -> bool:
    """Return whether a name is not that of a person: the publisher's own, an agency, a desk.

    >>> is_faceless("Editorial Team"), is_faceless("Jane Roe")
    (True, False)
    """
    own = name.casefold().removeprefix("the ") == (publisher or "").casefold().removeprefix("the ")
    return own or bool(_AGENCY.fullmatch(name) or _FACELESS.fullmatch(name))
