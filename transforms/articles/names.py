"""Names of authors with their offices, read from author strings as published."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from schemas.articles import Author
from transforms.articles.agencies import is_newsroom
from transforms.articles.byline_openings import MAX_PART, any_of, is_other_work, match_by
from transforms.articles.facts import NamedAuthor, OneName
from transforms.articles.name_forms import (
    DOMAIN,
    HAN,
    HAN_NAME,
    LETTERS,
    MAX_ROLE,
    PARTICLES,
    has_family_name,
    is_domain,
    is_faceless,
    is_handle,
    is_nobody,
    is_office,
    is_organization,
    is_person,
)
from transforms.articles.words import all_words, single_words, words_of
from transforms.characters import unescape

MAX_AUTHORS = 40
MAX_STRINGS = 60
"""Author strings of one source that are read; a page may name each author twice."""

_MAX_NAME = 100
_MAX_RAW = 3_000

_MAX_WORDS = 8
"""Words of the longest name, which is that of an organisation."""

_FEWEST_WORDS = 2
"""Words of the shortest full name."""

_COMPLETE = re.compile(r"\b(?:gmbh|inc|ltd|llc|corp|ag)\.?$", re.IGNORECASE)
"""The legal form that ends the name of a company."""

_OTHERS_AFTER = re.compile(
    rf"\W\s?+(?:(?:medically|clinically|expertly|fact)[\s-])?(?:"
    rf"{any_of(word for word in words_of('not_by') if ' ' in word)})(?:\W|$)"
    rf"|\W\s?+(?:{any_of(word for word in words_of('not_by') if ' ' not in word)})\s?[:：]|\sfot\.\s",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"<[^<>]*>|https?://\S+|\bwww\.\S+|(?<![^\s,])[^\s,@\[(]{1,60}[\[(](?:at|ät|@)[\])]\S{1,60}|(?<![^\s,])[^\s,@]+@[^\s,.]+\.[^\s,]+|\(\s*\)|\[[^\[\]]*\]|(?<=\w\s)@\w{1,40}|(?<![\u05d0-\u05ea])\"|\"(?![\u05d0-\u05ea])|[“”«»]"
)
"""What does not belong to a name; within a Hebrew word, a quotation mark is that of an abbreviation."""
_SPLIT = re.compile(r";|\n|\s/\s|\s•\s|\s·\s|\s⋅\s|\s●\s|、")

# What follows is for strings in which white space is folded.
_AFTER = re.compile(
    r"\s(?:[–—|•·⋅●]|-)\s.*$|\s?\|.*$|\s(?:for|For|FOR|für|pour|per|per il|para|voor)\s(?:[Tt]he\s|THE\s)?[A-Z].*$"
    r"|\sin\s[A-Z][\w-]+(?:\s[A-Z&][\w-]*){0,3}$"
    r"|\sللنشرة\s.*$|\s?\([^()]*\)$|\s(?:is|ist)\s(?:a|an|the|ein|eine)\s.*$|\s?[(\[{][^()\[\]{}]*$"
)
_DATED = re.compile(
    r"(?:^|\s)(?:on\s)?(?:\d{1,3}(?:[–-]\d{1,3})?\s?min(?:utes?|s)?\b|\d{1,2}[./:-]\d|\d{4}\b|\d{1,2}(?:st|nd|rd|th)?\.?\s[A-Za-z]{3}|(?:jan|feb|mar|apr|may|"
    r"jun|jul|aug|sep|oct|nov|dec)"
    r"\w{0,6}\.?\s\d|(?:updated|published|posted|last|am|le|el|il)\b.{0,100}\d).*$",
    re.IGNORECASE,
)
_LIST = re.compile(rf",\s?(?:{any_of(words_of('and'))})\s|,|\s(?:{any_of(words_of('and'))})\s|\s?&\s", re.IGNORECASE)
_AND = re.compile(rf"\s(?:{any_of(words_of('and'))})\s")
_CREDENTIAL = re.compile(
    r"(?:Jr\.?|Sr\.?|I{2,3}|IV|Ph\.?\s?D\.?|Esq\.?|[A-Z]\.?[A-Za-z]?\.?[A-Z]\.?|R\.?N\.?|[A-Z]{2,5}(?:-[A-Z]{1,4})?|"
    r"LL\.?[MB]\.?)"
)

_OF = re.compile(r"\s(?:of|from|at)\s(?:[Tt]he\s)?(?=[A-Z])")
"""What stands between a person and the newspaper that the person writes for."""

_MARKUP = re.compile(r"[{}<>=_#*\\^~\[\]]|\)\s?\(|\w\(")
_USER = re.compile(r"@\w+")
_MARK = re.compile(r"(?<=[^\W\d_])\d{1,2}(?=\W|$)")
"""A number at the name of a person, which leads to a note."""

_ELSEWHERE = re.compile(
    r"\son\s(?:facebook|instagram|twitter|x|linkedin|youtube|tiktok|medium|substack)", re.IGNORECASE
)

_KOREAN_OFFICE = re.compile(r"\s(?:[가-힣]{2,4}\s)?(?:기자|특파원|논설위원|통신원)(?:\s[가-힣]{1,4})?$")


_JOINING = "وו"
"""What means "and", and is written as the first letter of the word behind it."""


class Name(NamedTuple):
    """One name, and the office that stands with it."""

    name: str
    role: str | None = None


def _tidy(text: str) -> Name:
    """Return a name without what stands around it, and the office that is cut off."""
    name = _JUNK.sub(" ", text)
    name = " ".join(name.split())
    lead = match_by(name)
    name = name[lead.end() :] if lead else name
    cut = _OTHERS_AFTER.search(name)
    name = name[: cut.start()] if cut and cut.start() else name
    role = None
    while (shorter := _AFTER.sub("", name)) != name and (" " in shorter.strip() or is_domain(shorter.strip())):
        rest = name[len(shorter) :].strip(" ()[]|–—•·⋅●-,:")
        role = rest if rest and len(rest) <= MAX_ROLE and is_office(rest) and "|" not in rest else role
        name = shorter
    name = _without_newspaper(name)
    name = unmarked if is_person(unmarked := _MARK.sub("", name)) else name
    name = " ".join(_KOREAN_OFFICE.sub("", name).removesuffix("記者").removesuffix("记者").split())
    name = name.strip(" ,;:|/-–—•·⋅●*@()[]{}")
    words = name.split()
    if len(words) > 2 and words[0].casefold() in all_words("office") and is_person(rest := " ".join(words[1:])):
        name, role, words = rest, role or words[0], words[1:]
    if len(words) > 2 and words[-1].casefold() in all_words("follow") and is_person(rest := " ".join(words[:-1])):
        name, words = rest, words[:-1]  # "Jane Roe Follow": a button
    half = len(words) // 2
    if half >= 2 and words[:half] == words[half:]:
        name = " ".join(words[:half])
    if HAN_NAME.match(name) and len(name) > 12 and (first := HAN_NAME.fullmatch(words[0])):
        name = first[0]  # "渡辺洋介 東京社会部 …"
    return Name(name, role)


def _without_newspaper(name: str) -> str:
    """Return a name without the organisation that a person is of: "Jane Roe of the Ellery Post"."""
    found = _OF.search(name[:_MAX_NAME])
    if found is None or not is_person(name[: found.start()]):
        return name
    place = name[found.end() :]
    return name[: found.start()] if is_organization(place) or is_newsroom(place) else name


def _is_one_name(name: str) -> bool:
    """Return whether a string is one name: a last name, a comma, first names, but no office and no second full name."""
    last, comma, rest = name.partition(", ")
    return (
        bool(comma)
        and len(name) <= _MAX_NAME
        and min(len(last.split()), len(rest.split())) == 1
        and max(len(last.split()), len(rest.split())) <= 3
        and not re.search(r"[,;|/&@\d]|\w\.\w\w", f"{last} {rest}")
        and not any(is_office(part) or match_by(part) for part in (last, rest))
        and not any(form.search(part) for form in (_AND, _DATED) for part in (last, rest))
        and not any(_CREDENTIAL.fullmatch(part) or is_newsroom(part) or is_nobody(part) for part in (last, rest))
    )


def _can_be_name(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_WORDS
        and LETTERS.search(name) is not None
        and _MARKUP.search(name) is None
        and " | " not in name  # a part of a title
        and not is_nobody(name)
        and not any(found.end() == len(name) for found in _ELSEWHERE.finditer(name))
        and not is_handle(name)
    )


def read_names(raw: str) -> list[Name]:
    """Split an author string into names and their offices.

    >>> read_names("By Jane Roe, Political Editor, and Max Muster")
    [Name(name='Jane Roe', role='Political Editor'), Name(name='Max Muster', role=None)]
    """
    return list(_read_names(raw if len(raw) <= _MAX_RAW else raw[:_MAX_RAW]))


@lru_cache(maxsize=256, typed=True)  # markup and bylines give the same names; a OneName is read in another way
def _read_names(raw: str) -> tuple[Name, ...]:
    if isinstance(raw, OneName) and _is_one_name(raw):
        return tuple(name for name in (_tidy(raw),) if _can_be_name(name.name))
    found: list[Name] = []
    text = unescape(raw)
    for piece in _SPLIT.split(_JUNK.sub(" ", text)):
        line = " ".join(piece.split())
        if is_other_work(line):
            continue
        if found and found[-1].role is None and len(line) <= MAX_ROLE and is_office(line) and not is_person(line):
            found[-1] = found[-1]._replace(role=line)  # "Jane Roe / Correspondent in Ellery"
            continue
        lead = match_by(line)
        people = [part.strip() for part in line[lead.end() if lead else 0 :].split("/")] if "/" in line else [""]
        if is_person(people[0]) and all(is_person(part) or is_newsroom(part) for part in people):
            line = line.replace("/", ", ")
        chunk = _DATED.sub("", line[lead.end() :] if lead else line)
        cut = _OTHERS_AFTER.search(chunk)
        chunk = chunk[: cut.start()] if cut else chunk
        chunk = chunk if chunk.isascii() else _part_joined(chunk)
        parts = [part for part in _LIST.split(chunk) if part.strip()]
        couple = _AND.split(chunk)
        if "," not in chunk and len(couple) == 2 and not _is_couple(*couple):
            parts = [chunk]  # "Jane and Max Roe", "Arts and Culture": not two full names
        elif (
            len(parts) > 1
            and "," not in chunk
            and is_organization(chunk)
            and not any(is_person(part) for part in parts)
        ):
            parts = [chunk]  # "Center for Drugs and Research"
        elif len(parts) > 1 and is_organization(parts[0]) and not any(map(_is_name_of_list, parts[1:])):
            first = parts[0].strip()
            is_complete = DOMAIN.fullmatch(first) or _COMPLETE.search(first)
            parts = [first if is_complete else chunk]
        found.extend(_join_parts(parts))
    return tuple(Name(name.name, _tidy_role(name.role)) for name in found if _can_be_name(name.name))


def _part_joined(chunk: str) -> str:
    """Return a chunk with a comma where "and" is one word with the name that it joins, as in Arabic and Hebrew.

    Two words stand before it and two from it on, at least, and none of them is an office: "a writer and editor".

    >>> _part_joined("أحمد علي ومنى سالم"), _part_joined("أحمد علي وليد سالم")
    ('أحمد علي, منى سالم', 'أحمد علي وليد سالم')
    """
    chunk = chunk.replace("،", ",")
    if not any(f" {letter}" in chunk for letter in _JOINING) or is_office(chunk):
        return chunk
    words = chunk.split()
    since = 0
    for place, word in enumerate(words[:-1]):
        if word.endswith(","):
            since = place + 1
        elif place - since >= 2 and len(word) > 2 and word[0] in _JOINING and word not in single_words("not_joined"):
            words[place - 1] += ","
            words[place] = word[1:]
            since = place
    return " ".join(words)


def _is_couple(first: str, second: str) -> bool:
    """Return whether two names are whole at an "and": of two words each, or a person and an agency.

    >>> _is_couple("Jane", "Max Roe"), _is_couple("Jane Roe", "AFP"), _is_couple("Le Figaro", "AFP")
    (False, True, False)
    """
    names = first.split(), second.split()
    is_whole = len(names[0]) >= _FEWEST_WORDS <= len(names[1])
    return is_whole or (is_newsroom(second.strip()) and is_person(first) and names[0][0].casefold() not in PARTICLES)


def _is_name_of_list(part: str) -> bool:
    """Return whether what stands behind a comma is another author, not the rest of the name of an organisation."""
    bare = part.strip()
    return is_person(bare) or is_organization(bare) or is_newsroom(bare) or bare.isupper()


def _join_parts(parts: list[str]) -> list[Name]:
    """Make names of the parts of a list; offices and letters behind a name belong to it."""
    names: list[Name] = []
    has_role = False
    for part in parts:
        bare = part[:MAX_PART].strip()
        before = names[-1] if names else None
        if before is None:
            names.append(_tidy(bare))
        elif ":" in bare and is_other_work(bare):
            continue  # "Jane Roe, Editor: Max Muster"
        elif is_office(bare) and not is_person(_tidy(bare).name):
            names[-1] = Name(before.name, before.role or (bare if len(bare) <= MAX_ROLE else None))
            has_role = True
        elif is_person(before.name) and _OF.match(f" {bare}"):
            continue  # "of the Ellery Post"
        elif _CREDENTIAL.fullmatch(bare) and not is_newsroom(bare):
            names[-1] = Name(f"{before.name}, {bare}", before.role)
        else:
            name = _tidy(bare)
            is_rest = DOMAIN.fullmatch(name.name) is not None or (
                (" " not in name.name or name.name.startswith("The "))  # the publication
                and not is_organization(name.name)
                and not is_newsroom(name.name)
            )
            if not (has_role or (is_rest and is_person(before.name))) or is_person(name.name):
                names.append(name)
    return names


def split_authors(raw: str) -> list[str]:
    """Split an author string into names.

    >>> split_authors("By Jane Roe, Max Muster and Ana Pérez")
    ['Jane Roe', 'Max Muster', 'Ana Pérez']
    >>> split_authors("Dana Poe, MS, RD")
    ['Dana Poe, MS, RD']
    """
    return [name.name for name in read_names(raw)]


def clean_authors(
    authors: Iterable[NamedAuthor | tuple[str, str | None]], *, publisher: str | None = None
) -> tuple[Author, ...]:
    """Return authors in order, without repeats; the publisher itself, and companies, only where no one else is named.

    Args:
        authors: author string and profile address, if any.
        publisher: name of the publication.
    """
    found: dict[str, Author] = {}
    for author in islice(authors, MAX_STRINGS):
        source = NamedAuthor(*author)
        names = [Name(_without_site(name.name, publisher), name.role) for name in read_names(source.name)]
        for name in names[:MAX_AUTHORS]:
            key = name.name.casefold()
            is_alone = len(names) == 1
            if key not in found or found[key].url is None:
                role = name.role or (_tidy_role(source.role) if is_alone else None)
                found[key] = Author(
                    name=name.name,
                    url=source.url if is_alone else None,
                    type=_type_of(name.name, source.type, publisher),
                    role=role or (found[key].role if key in found else None),
                )
    whole = [key for key in found if " " in key]  # "BiographyJane Roe" is a label and Jane Roe
    every = [
        author
        for key, author in islice(found.items(), MAX_AUTHORS)
        if not any(key.endswith(other) and key[: -len(other)][-1:].isalnum() for other in whole[:MAX_AUTHORS])
    ]
    site = (publisher or "").casefold()
    people = [author for author in every if author.name.casefold() != site and not _is_company(author)]
    return tuple(people or every)


def _is_company(author: Author) -> bool:
    """Return whether an author is a company by its legal form, which publishes what persons write."""
    return author.type == "Organization" and _COMPLETE.search(author.name) is not None


def _without_site(name: str, publisher: str | None) -> str:
    """Return a name without that of the publication behind it."""
    site = f" {(publisher or '').casefold()}"
    person = name[: -len(site)] if len(site) > 3 and name.casefold().endswith(site) else name
    return person if is_person(person) else name


def _tidy_role(role: str | None) -> str | None:
    """Return an office in one line, without the name of a user; None for what only says that someone wrote it."""
    text = " ".join(_USER.sub(" ", (role or "")[:MAX_ROLE]).split()).strip(" ,;:|/-–—•·")
    return text if len(text) > 1 and text.casefold() not in all_words("by") else None


def _type_of(name: str, declared: str | None, publisher: str | None) -> str | None:
    """Return what an author is: as the form of the name says, where that is plain; else as its source says."""
    if is_faceless(name, publisher):
        return "Organization"
    if declared is None and HAN.fullmatch(name) and not has_family_name(name):
        return "Organization" if is_organization(name) else None
    return declared or ("Organization" if is_organization(name) else "Person" if is_person(name) else None)
