"""Names of authors with their offices, read from author strings as published."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from schemas.articles import Author
from transforms.articles.date_words import MONTHS, WEEKDAYS
from transforms.articles.facts import NamedAuthor, OneName
from transforms.articles.words import all_words, han_words, single_words, words_of
from transforms.characters import is_wide, unescape

MAX_AUTHORS = 40
MAX_STRINGS = 60
"""Author strings of one source that are read; a page may name each author twice."""

_MAX_NAME = 100
_LONGEST_PERSON = 60
_MAX_RAW = 3_000
_MAX_PART = 300
"""Code points of one name with what follows it, such as an office."""

_MAX_ROLE = 100
_LONGEST_INITIALS = 4
"""Letters of a word that may be initials or a last name."""

_MAX_WORDS = 8
"""Words of the longest name, which is that of an organisation."""


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in words)


_FIRST_LETTERS = re.compile(r"[A-Za-z]{1,40}+(?![^\x00-\x7f])")


def _first_letters(words: Iterable[str]) -> frozenset[str]:
    """Return the first words that are ASCII: a line whose first word is ASCII, too, begins with one of them."""
    spelled = (form for word in words for form in (word, word.replace("ı", "i")))  # without regard to case the same
    return frozenset(found[0] for form in spelled if (found := _FIRST_LETTERS.match(form)))


_UNSPACED = tuple(word for word in words_of("by") if is_wide(word[0]))
_SPACED = tuple(word for word in words_of("by") if not is_wide(word[0]))
_BY = re.compile(
    rf"\W{{0,20}}(?:(?:{_any_of(_SPACED)})(?:\s{{0,5}}[:：]|\s{{1,5}}(?=\S))\s{{0,5}}"
    rf"|(?:{_any_of(_UNSPACED)})\s{{0,5}}[:：・/／\s]\s{{0,5}}|(?-i:By(?=[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_ABOUT = re.compile(rf"(?:{_any_of(words_of('about'))})(?:\s{{0,5}}[:：]\s{{0,5}}|\s{{1,5}}(?=\w))", re.IGNORECASE)
_LETTERS_OF_BY = _first_letters(_SPACED)
_BEFORE_NAMES = frozenset(("by", "von", "par", "por", "door", "av", "af", "di", "oleh", "文", "記者", "记者"))
_OF_LISTS = frozenset(("more", "articles", "posts", "insights", "beiträge", "artikel"))
_DOMAIN = re.compile(r"[A-Za-z0-9-]+\.(?:[a-z]{2,3}|online|news|info)(?:\.[a-z]{2})?")
_COMPLETE = re.compile(r"\b(?:gmbh|inc|ltd|llc|corp|ag)\.?$", re.IGNORECASE)
"""The legal form that ends the name of a company."""

_BOARD = tuple(han_words()["organization_ends"])
"""What names of organisations end in that are written in Han."""
_LEGAL = re.compile(
    r"\W?(?:eg|ag|gmbh|ltd|limited|inc|llc|corp|sas|sa|bv|nv|online|news|com|media|blog|magazine)\.?", re.IGNORECASE
)
_OTHER_WORK = re.compile(rf"\W{{0,20}}(?:{_any_of(words_of('not_by'))})(?:\s{{0,5}}[:：]|\s|$)", re.IGNORECASE)
_LETTERS_OF_OTHER_WORK = _first_letters(words_of("not_by"))
_OTHERS_AFTER = re.compile(
    rf"\W\s?+(?:(?:medically|clinically|expertly|fact)[\s-])?(?:"
    rf"{_any_of(word for word in words_of('not_by') if ' ' in word)})(?:\W|$)"
    rf"|\W\s?+(?:{_any_of(word for word in words_of('not_by') if ' ' not in word)})\s?[:：]",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"<[^<>]*>|https?://\S+|\bwww\.\S+|(?<![^\s,])[^\s,@\[(]{1,60}[\[(](?:at|ät|@)[\])]\S{1,60}|(?<![^\s,])[^\s,@]+@[^\s,.]+\.[^\s,]+|\(\s*\)|\[[^\[\]]*\]|[\"“”«»]"
)
_SPLIT = re.compile(r";|\n|\s/\s|\s•\s|\s·\s|\s⋅\s|\s●\s|、")

# What follows is for strings in which white space is folded.
_AFTER = re.compile(
    r"\s(?:[–—|•·⋅●]|-)\s.*$|\s?\|.*$|\s(?:for|For|FOR|für|pour|per il|para|voor)\s(?:[Tt]he\s|THE\s)?[A-Z].*$"
    r"|\sin\s[A-Z][\w-]+(?:\s[A-Z&][\w-]*){0,3}$"
    r"|\s?\([^()]*\)$|\s(?:is|ist)\s(?:a|an|the|ein|eine)\s.*$|\s?[(\[{][^()\[\]{}]*$"
)
_DATED = re.compile(
    r"(?:^|\s)(?:on\s)?(?:\d{1,3}(?:[–-]\d{1,3})?\s?min(?:utes?|s)?\b|\d{1,2}[./:-]\d|\d{4}\b|\d{1,2}(?:st|nd|rd|th)?\.?\s[A-Za-z]{3}|(?:jan|feb|mar|apr|may|"
    r"jun|jul|aug|sep|oct|nov|dec)"
    r"\w{0,6}\.?\s\d|(?:updated|published|posted|last|am|le|el|il)\b.{0,100}\d).*$",
    re.IGNORECASE,
)
_LIST = re.compile(rf",\s?(?:{_any_of(words_of('and'))})\s|,|\s(?:{_any_of(words_of('and'))})\s|\s?&\s", re.IGNORECASE)
_AND = re.compile(rf"\s(?:{_any_of(words_of('and'))})\s")
_CREDENTIAL = re.compile(
    r"(?:Jr\.?|Sr\.?|I{2,3}|IV|Ph\.?\s?D\.?|Esq\.?|[A-Z]\.?[A-Za-z]?\.?[A-Z]\.?|R\.?N\.?|[A-Z]{2,5}(?:-[A-Z]{1,4})?|"
    r"LL\.?[MB]\.?)"
)
_AGENCY = re.compile(
    r"(?:afp|ap|apa|dpa|sda|keystone-sda|ansa|efe|reuters|anp|belga|ntb|tt|pa(?: media)?|upi|kyodo|xinhua|tass|sid|"
    r"epd|kna|cnn|bbc|ard|zdf|ndr|wdr|swr|mdr|rbb|orf|srf|nrk|svt|yle|rtve|nhk|npr|pbs|pti|"
    r"associated press|the associated press|agence france-presse|europa press|lusa|bloomberg)(?:-\w+)?",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"[^\W_]{0,20}[\s_-]?admin(?:istrator)?\d*|(?:twitter|facebook|linkedin|instagram|email|\s)+|(?:\w+\.){2,}\w+|\W*",
    re.IGNORECASE,
)
_NO_NAMES = (all_words("nobody") | frozenset(MONTHS) | frozenset(WEEKDAYS) | {"n/a"}) - {"may"}  # a first name, too
_LABELS = frozenset(
    word for kind in ("published", "updated") for word in words_of(kind) if len(word) > _LONGEST_INITIALS
)
_FACELESS = re.compile(
    r"(?:(?:the\s+)?(?:\w+\s+){0,4}(?:staff|team|newsroom|editors|desk|redaktion|redaction|rédaction|redacción|"
    r"redazione|redaksi|redakcja|redakce|redaksjonen|redaktionen|toimitus|szerkesztőség|редакция|редакція|"
    r"redactie|agencias|agenturen|editorial(?: board)?|news|press)(?:\s+(?:writers?|reports?|report|reporters?|"
    r"service|team))?)",
    re.IGNORECASE,
)
_WIDE_DESKS = tuple(word for word in words_of("desk") if is_wide(word[0]))
_LONGEST_DESK = 3
"""Words of what a desk is called."""

_MARKUP = re.compile(r"[{}<>=_#*\\^~\[\]]|\)\s?\(|\w\(")
_USER = re.compile(r"@\w+")
_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*+")
_MARK = re.compile(r"(?<=[^\W\d_])\d{1,2}(?=\W|$)")
"""A number at the name of a person, which leads to a note."""

_NICKNAME = re.compile(r"\s\([^\W\d_]{2,20}\)(?=\s)")
"""Another name in brackets between first and last name."""

_ELSEWHERE = re.compile(
    r"\son\s(?:facebook|instagram|twitter|x|linkedin|youtube|tiktok|medium|substack)", re.IGNORECASE
)
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0980-\u09e3\u0a01-\u0a65\u0a81-\u0ae5\u0b01-\u0b65\u0b82-\u0be5"
    "\u0c00-\u0c65\u0c80-\u0ce5\u0d00-\u0d65\u0d81-\u0de5\u0e30-\u0e4e\u0eb0-\u0ece\u1000-\u103f\u200c"
)
"""Letters and what is written on them in scripts that have both: Python's ``\\w`` has the letters alone."""

_LETTER = rf"(?:(?![\d_])[\w{_MARKS}])"
_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}++|['’.-](?={_LETTER}|$))*+\.?")
_LETTERS = re.compile(rf"{_LETTER}{{2}}")
_PARTICLES = frozenset((
    "de", "da", "del", "della", "der", "den", "di", "do", "dos", "du", "e", "el", "la", "le", "van", "von", "ten",
    "ter", "zu", "al", "bin", "bint", "ibn", "y", "af", "av", "zur", "vom", "und", "d'", "das", "des", "het", "te",
))  # fmt: skip
_JOINS, _FEWEST_BEFORE_JOIN = frozenset(("und", "e", "y")), 2
"""Particles that also join two words, and words that stand before one in a name."""
_TITLES = frozenset(("dr", "dr.", "prof", "prof.", "sir", "dame", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "lord"))
_NOT_IN_NAMES = all_words("not_in_names")
_LONGEST_LABELLED = 120
_HAN_LABEL = re.compile(
    r"(?:(?:^|[\s（(|／/·])(?:作者|记者|記者|撰文|著者|執筆|文)(?:\s?[:：]\s?|\s)|^(?:本报|本報)?(?:记者|記者))"
    r"([\u3040-\u30ff\u3400-\u9fff々·]{2,8})(?=$|[\s）)|／/，,、；])"
)
_HANGUL_LABEL = re.compile(
    r"(?:\[?[^\W\d_]{2,8}\s?[=\]]\s?)?([가-힣]{2,4})\s(?:[가-힣]{2,4}\s)?(?:기자|특파원)(?=$|[\s(\[|=,·])"
)
_KOREAN_OFFICE = re.compile(r"\s(?:[가-힣]{2,4}\s)?(?:기자|특파원|논설위원|통신원)(?:\s[가-힣]{1,4})?$")
_HAN = re.compile(r"[\u3400-\u9fff々]{2,8}")
_LONGEST_HAN, _FAMILY = 4, 3
"""Signs of the longest name in Han that a family name of one or two begins, and of the longest family name."""

_HAN_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々·]{2,8}")


class Name(NamedTuple):
    """One name, and the office that stands with it."""

    name: str
    role: str | None = None


@cache
def _office_words() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(words_of('office'))})s?(?!\w)", re.IGNORECASE)


def _match_by(line: str) -> re.Match[str] | None:
    """Match what opens a byline at the start of a line."""
    letters = _FIRST_LETTERS.match(line)
    if letters and letters[0].lower() not in _LETTERS_OF_BY and not line.startswith("By"):
        return None
    return _BY.match(line)


def _is_office(text: str) -> bool:
    return _office_words().search(text[:_MAX_PART]) is not None


def _tidy(text: str) -> Name:
    """Return a name without what stands around it, and the office that is cut off."""
    name = _JUNK.sub(" ", text)
    name = " ".join(name.split())
    lead = _match_by(name)
    name = name[lead.end() :] if lead else name
    cut = _OTHERS_AFTER.search(name)
    name = name[: cut.start()] if cut and cut.start() else name
    role = None
    while (shorter := _AFTER.sub("", name)) != name and (" " in shorter.strip() or is_domain(shorter.strip())):
        rest = name[len(shorter) :].strip(" ()[]|–—•·⋅●-,:")
        role = rest if rest and len(rest) <= _MAX_ROLE and _is_office(rest) and "|" not in rest else role
        name = shorter
    name = unmarked if is_person(unmarked := _MARK.sub("", name)) else name
    name = " ".join(_KOREAN_OFFICE.sub("", name).removesuffix("記者").removesuffix("记者").split())
    name = name.strip(" ,;:|/-–—•·⋅●*@()[]{}")
    words = name.split()
    half = len(words) // 2
    if half >= 2 and words[:half] == words[half:]:
        name = " ".join(words[:half])
    if _HAN_NAME.match(name) and len(name) > 12 and (first := _HAN_NAME.fullmatch(words[0])):
        name = first[0]  # "渡辺洋介 東京社会部 …"
    return Name(name, role)


def _is_one_name(name: str) -> bool:
    """Return whether a string is one name: a last name, a comma, first names, but no office and no second full name."""
    last, comma, rest = name.partition(", ")
    return (
        bool(comma)
        and len(name) <= _MAX_NAME
        and min(len(last.split()), len(rest.split())) == 1
        and max(len(last.split()), len(rest.split())) <= 3
        and not re.search(r"[,;|/&@\d]|\w\.\w\w", f"{last} {rest}")
        and not any(_is_office(part) or _match_by(part) for part in (last, rest))
        and not any(form.search(part) for form in (_AND, _DATED) for part in (last, rest))
        and not any(form.fullmatch(part) for form in (_CREDENTIAL, _AGENCY) for part in (last, rest))
        and not any(map(_is_nobody, (last, rest)))
    )


def _is_handle(name: str) -> bool:
    """Return whether a name is that of a user: one word in lower case, or with digits."""
    if " " in name or not name.isascii() or _DOMAIN.fullmatch(name):
        return False
    return (name == name.lower() and not _AGENCY.fullmatch(name)) or any(char.isdigit() for char in name)


def _is_nobody(name: str) -> bool:
    """Return whether a whole name is what systems and buttons say: "admin", "Super User", "Read more", "Von"."""
    key = name.casefold().rstrip(" 0123456789")
    is_label = key in all_words("by") or key in all_words("not_by")
    return (
        key in _NO_NAMES
        or key in _LABELS
        or _NOBODY.fullmatch(name) is not None
        or (is_label and not is_organization(name))
    )


def is_user(name: str) -> bool:
    """Return whether a string is the name of a user and not that of a program's own: "marc", "jroe2", not "admin"."""
    return 3 <= len(name) <= 30 and _USER_NAME.fullmatch(name) is not None and _is_handle(name) and not _is_nobody(name)


def _can_be_name(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_WORDS
        and _LETTERS.search(name) is not None
        and _MARKUP.search(name) is None
        and not _is_nobody(name)
        and not any(found.end() == len(name) for found in _ELSEWHERE.finditer(name))
        and not _is_handle(name)
    )


def read_names(raw: str) -> list[Name]:
    """Split an author string into names and their offices.

    >>> read_names("By Jane Roe, Political Editor, and Max Muster")
    [Name(name='Jane Roe', role='Political Editor'), Name(name='Max Muster', role=None)]
    """
    if isinstance(raw, OneName) and _is_one_name(raw):
        return [name for name in (_tidy(raw),) if _can_be_name(name.name)]
    found: list[Name] = []
    text = unescape(raw[:_MAX_RAW])
    for piece in _SPLIT.split(_JUNK.sub(" ", text)):
        line = " ".join(piece.split())
        if is_other_work(line):
            continue
        lead = _match_by(line)
        if "/" in line and all(is_person(part.strip()) for part in line[lead.end() if lead else 0 :].split("/")):
            line = line.replace("/", ", ")
        chunk = _DATED.sub("", line[lead.end() :] if lead else line)
        cut = _OTHERS_AFTER.search(chunk)
        chunk = chunk[: cut.start()] if cut else chunk
        parts = [part for part in _LIST.split(chunk) if part.strip()]
        couple = _AND.split(chunk)
        if "," not in chunk and len(couple) == 2 and any(len(part.split()) < 2 for part in couple):
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
            is_complete = _DOMAIN.fullmatch(first) or _COMPLETE.search(first)
            parts = [first if is_complete else chunk]
        found.extend(_join_parts(parts))
    return [Name(name.name, _tidy_role(name.role)) for name in found if _can_be_name(name.name)]


def _is_name_of_list(part: str) -> bool:
    """Return whether what stands behind a comma is another author, not the rest of the name of an organisation."""
    bare = part.strip()
    return is_person(bare) or is_organization(bare) or _AGENCY.fullmatch(bare) is not None or bare.isupper()


def _join_parts(parts: list[str]) -> list[Name]:
    """Make names of the parts of a list; offices and letters behind a name belong to it."""
    names: list[Name] = []
    has_role = False
    for part in parts:
        bare = part[:_MAX_PART].strip()
        before = names[-1] if names else None
        if before is None:
            names.append(_tidy(bare))
        elif _is_office(bare) and not is_person(_tidy(bare).name):
            names[-1] = Name(before.name, before.role or (bare if len(bare) <= _MAX_ROLE else None))
            has_role = True
        elif _CREDENTIAL.fullmatch(bare) and not _AGENCY.fullmatch(bare):
            names[-1] = Name(f"{before.name}, {bare}", before.role)
        else:
            name = _tidy(bare)
            is_rest = _DOMAIN.fullmatch(name.name) is not None or (
                (" " not in name.name or name.name.startswith("The "))  # the publication
                and not is_organization(name.name)
                and not _AGENCY.fullmatch(name.name)
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
    text = " ".join(_USER.sub(" ", (role or "")[:_MAX_ROLE]).split()).strip(" ,;:|/-–—•·")
    return text if len(text) > 1 and text.casefold() not in all_words("by") else None


def _type_of(name: str, declared: str | None, publisher: str | None) -> str | None:
    """Return what an author is: as the form of the name says, where that is plain; else as its source says."""
    if is_faceless(name, publisher):
        return "Organization"
    if declared is None and _HAN.fullmatch(name) and not has_family_name(name):
        return "Organization" if is_organization(name) else None
    return declared or ("Organization" if is_organization(name) else "Person" if is_person(name) else None)


def has_family_name(name: str) -> bool:
    """Return whether a name in Han begins with a family name of Chinese or Japanese; a pen name may not.

    >>> [has_family_name(name) for name in ("林晓燕", "渡辺洋介", "長谷川洋介", "海天资讯")]
    [True, True, True, False]
    """
    words = han_words()
    if len(name) > _LONGEST_HAN:
        return name[:_FAMILY] in words["triple_surnames"]
    return name[:2] in words["double_surnames"] or any(name[0] in signs for signs in words["surnames"].values())


def is_byline(line: str) -> bool:
    """Return whether a line begins as a byline does: "By Jane Roe"."""
    return _match_by(line[:_MAX_PART]) is not None or find_labelled(line) != ""


def find_labelled(line: str) -> str:
    """Return the name in a short line that says beside it, in Chinese, Japanese or Korean, whose it is; else ''.

    >>> find_labelled("2015年3月10日 来源：古港日报 作者：林晓燕"), find_labelled("한지원 기자 han@post.example")
    ('林晓燕', '한지원')
    """
    if line.isascii() or len(line) > _LONGEST_LABELLED:
        return ""
    found = _HAN_LABEL.search(line) or _HANGUL_LABEL.match(line)
    return found[1] if found else ""


def byline_start(line: str) -> int:
    """Return the place of the first name in a line that begins as a byline does; 0 in others."""
    lead = _match_by(line[:_MAX_PART])
    return lead.end() if lead else 0


def is_sure_opening(line: str) -> bool:
    """Return whether a line opens in words that a name must follow, such as "By", not in "Author" or "More from"."""
    words = line[: byline_start(line)].casefold().strip(" :：").split()
    return 1 <= len(words) <= 2 and words[-1] in _BEFORE_NAMES and words[0] not in _OF_LISTS


def is_byline_label(line: str) -> bool:
    """Return whether a line is nothing but what opens a byline: "Written by"."""
    return line.strip(" :：").casefold() in all_words("by")


def without_about(line: str) -> str:
    """Return a line without what opens a note on an author: "About Jane Roe"."""
    found = _ABOUT.match(line[:_MAX_PART])
    return line[found.end() :] if found else line


def is_other_work(line: str) -> bool:
    """Return whether a line begins as the credit of other work: "Photo: Jane Roe", "Reviewed by Jane Roe"."""
    letters = _FIRST_LETTERS.match(line)
    if letters and letters[0].lower() not in _LETTERS_OF_OTHER_WORK:
        return False
    return _OTHER_WORK.match(line[:_MAX_PART]) is not None


def is_office_line(line: str) -> bool:
    """Return whether a short line names an office: "Senior Writer"."""
    return len(line) <= _MAX_ROLE and _is_office(line)


def is_single_name(name: str) -> bool:
    """Return whether a string may be the one name of a person: a word with a capital, and no other word."""
    return (
        _WORD.fullmatch(name) is not None
        and name[0].isupper()
        and 3 <= len(name) <= 30
        and name.casefold() not in _NOT_IN_NAMES
        and not _is_office(name)
        and not _AGENCY.fullmatch(name)
    )


def is_domain(name: str) -> bool:
    """Return whether a name is a domain, as that of a site may be: "ellery.news"."""
    return _DOMAIN.fullmatch(name) is not None


def is_organization(name: str) -> bool:
    """Return whether a word of a name is one that organisations have."""
    if name.endswith(_BOARD) or _DOMAIN.fullmatch(name):
        return True
    words = re.findall(r"[^\W\d_]+", name[:_MAX_PART].casefold())
    return not single_words("organization").isdisjoint(words)


def is_person(name: str) -> bool:
    """Return whether a string has the form of a person's full name.

    >>> [is_person(name) for name in ("Jane van der Roe", "Personal finance", "The Example Team", "Jane")]
    [True, False, False, False]
    """
    return len(name) <= _LONGEST_PERSON and _is_person(name)


@lru_cache(maxsize=1_024)  # one name is asked for several times a page
def _is_person(name: str) -> bool:
    if _HAN_NAME.fullmatch(name):
        return len(name) <= 6 and not name.endswith(_BOARD) and not _is_desk(name)
    words = _NICKNAME.sub("", name.split(", ", maxsplit=1)[0]).split()
    if all(map(_HAN.fullmatch, words)):
        return len(words) == 2 and has_family_name("".join(words))  # "山田 花子"
    words = words[1:] if words and words[0].casefold() in _TITLES else words
    if not 2 <= len(words) <= 5 or (name.isupper() and len(words) > 3):
        return False
    for place, word in enumerate(words):
        if word.casefold() in _JOINS and place < _FEWEST_BEFORE_JOIN:
            return False  # "Arts und Crafts" are two things; "José Ortega y Gasset" is one man
        if word.casefold() in _PARTICLES and word is not words[-1]:
            continue
        if not _WORD.fullmatch(word) or word.casefold().rstrip(".") in _NOT_IN_NAMES:
            return False
        if word[0].islower() and not re.match(r"[a-zà-ÿ]{1,2}['’]?[A-ZÀ-Þ]", word):
            return False
    return not _is_office(name) and not is_organization(name) and not _is_desk(name)


def is_faceless(name: str, publisher: str | None = None) -> bool:
    """Return whether a name is not that of a person: the publisher's own, an agency, a desk.

    >>> is_faceless("Editorial Team"), is_faceless("Jane Roe")
    (True, False)
    """
    site, own = (text.casefold().removeprefix("the ") for text in (publisher or "", name))
    is_own = site == own or (len(own) > 4 and site.startswith(own) and _LEGAL.fullmatch(site[len(own) :]) is not None)
    return is_own or bool(_AGENCY.fullmatch(name) or _FACELESS.fullmatch(name)) or _is_desk(name)


@lru_cache(maxsize=1_024)
def _is_desk(name: str) -> bool:
    """Return whether a name begins or ends with what desks and agencies are called in any language, or is a domain."""
    if is_wide(name[0]):
        return name.endswith(_WIDE_DESKS)
    words = name.casefold().rstrip(" 0123456789").split()
    ends = (part for count in range(1, _LONGEST_DESK + 1) for part in (words[:count], words[-count:]))
    return is_domain(name) or any(" ".join(part) in all_words("desk") for part in ends)
