"""What a name is by its form: that of a person, of an organisation, of a desk, or of nobody."""

import re
from functools import cache, lru_cache

from transforms.articles.agencies import is_newsroom
from transforms.articles.byline_openings import MAX_PART, any_of
from transforms.articles.date_words import MONTHS, WEEKDAYS
from transforms.articles.words import all_words, han_words, single_words, words_of
from transforms.characters import MARKS, is_wide

MAX_ROLE = 100
"""Code points of the longest office."""

_LONGEST_PERSON = 60

_LONGEST_INITIALS = 4
"""Letters of a word that may be initials or a last name."""

DOMAIN = re.compile(r"[A-Za-z0-9-]+\.(?:[a-z]{2,3}|online|news|info)(?:\.[a-z]{2})?")

_HOST = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,6}/?(?=\s|$)", re.IGNORECASE)

_BOARD = tuple(han_words()["organization_ends"])
"""What names of organisations end in that are written in Han."""

_NO_WIDE_PERSON = (*_BOARD, *(end for end in han_words()["not_name_ends"] if len(end) > 1))
"""What no name of a person ends in that is written in Han: "綜合報導"."""

_LEGAL = re.compile(
    r"\W?(?:eg|ag|gmbh|ltd|limited|inc|llc|corp|sas|sa|bv|nv|online|news|com|media|blog|magazine)\.?", re.IGNORECASE
)

_NOBODY = re.compile(
    r"[^\W_]{0,20}[\s_-]?admin(?:istrator)?\d*|(?:twitter|facebook|linkedin|instagram|email|\s)+|(?:\w+\.){2,}\w+|\W*",
    re.IGNORECASE,
)

_NO_NAMES = (all_words("nobody") | frozenset(MONTHS) | frozenset(WEEKDAYS) | {"n/a"}) - {"may"}  # a first name, too

_LABELS = frozenset(
    word for kind in ("published", "updated") for word in words_of(kind) if len(word) > _LONGEST_INITIALS
)

_WIDE_DESKS = tuple(word for word in words_of("desk") if is_wide(word[0]))

_LONGEST_DESK = 3
"""Words of what a desk is called."""

_USER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*+")

_NICKNAME = re.compile(r"\s\([^\W\d_]{2,20}\)(?=\s)")
"""Another name in brackets between first and last name."""

_LETTER = rf"(?:(?![\d_])[\w{MARKS}\u200c])"
"""A letter, a mark on one, or what keeps two letters of a word in Persian apart."""

_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}++|['’.\u05be-](?={_LETTER}|$))*+\.?")

LETTERS = re.compile(rf"{_LETTER}{{2}}")

_PLAIN_LETTERS, _ANY_LETTERS = re.compile(r"[^\W\d_]+"), re.compile(rf"{_LETTER}+")

PARTICLES = frozenset((
    "de", "da", "del", "della", "der", "den", "di", "do", "dos", "du", "e", "el", "la", "le", "van", "von", "ten",
    "ter", "zu", "al", "bin", "bint", "ibn", "y", "af", "av", "zur", "vom", "und", "d'", "das", "des", "het", "te",
))  # fmt: skip
"""Words in names that are written small."""

_JOINS, _FEWEST_BEFORE_JOIN = frozenset(("und", "e", "y")), 2
"""Particles that also join two words, and words that stand before one in a name."""

_TITLES = frozenset((
    "dr", "dr.", "prof", "prof.", "sir", "dame", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "lord", "д-р", "проф.", "δρ.",
    "ד\"ר", "ד״ר", "פרופ'", "פרופ׳", "עו\"ד", "עו״ד", "د.", "دكتور", "دکتر", "डॉ.", "डॉ", "ড.", "ดร.", "bi.", "bw.",
))  # fmt: skip

_NOT_IN_NAMES = all_words("not_in_names")
_GIVEN_MONTHS = frozenset(("April", "June", "August"))
"""Given names in English that are months; "May" is held for a name in any case."""

_VIETNAMESE, _NOT_VIETNAMESE = (all_words(kind) for kind in ("family_names", "not_family_names"))
"""Family names that stand first; given names behind them may look like words of other languages: "An".

And what begins as one of them and is a place or a word.
"""

HAN = re.compile(r"[\u3400-\u9fff々]{2,8}")

_LONGEST_HAN, _FAMILY = 4, 3
"""Signs of the longest name in Han that a family name of one or two begins, and of the longest family name."""

HAN_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af々·]{2,8}")


@cache
def _office_words() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words_of('office'))})s?(?!\w)", re.IGNORECASE)


def is_office(text: str) -> bool:
    """Return whether a text has the word of an office: "Senior Writer"."""
    return _office_words().search(text[:MAX_PART]) is not None


def is_handle(name: str) -> bool:
    """Return whether a name is that of a user: one word in lower case, or with digits."""
    if " " in name or not name.isascii() or DOMAIN.fullmatch(name):
        return False
    return (name == name.lower() and not is_newsroom(name)) or any(char.isdigit() for char in name)


def is_nobody(name: str) -> bool:
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
    return 3 <= len(name) <= 30 and _USER_NAME.fullmatch(name) is not None and is_handle(name) and not is_nobody(name)


def has_family_name(name: str) -> bool:
    """Return whether a name in Han begins with a family name of Chinese or Japanese; a pen name may not.

    >>> [has_family_name(name) for name in ("林晓燕", "渡辺洋介", "長谷川洋介", "海天资讯")]
    [True, True, True, False]
    """
    words = han_words()
    if len(name) > _LONGEST_HAN:
        return name[:_FAMILY] in words["triple_surnames"]
    return name[:2] in words["double_surnames"] or any(name[0] in signs for signs in words["surnames"].values())


def is_office_line(line: str) -> bool:
    """Return whether a short line names an office: "Senior Writer"."""
    return len(line) <= MAX_ROLE and is_office(line)


def is_single_name(name: str) -> bool:
    """Return whether a string may be the one name of a person: a word with a capital, and no other word."""
    return (
        _WORD.fullmatch(name) is not None
        and name[0].isupper()
        and 3 <= len(name) <= 30
        and name.casefold() not in _NOT_IN_NAMES
        and not is_office(name)
        and not is_newsroom(name)
    )


def is_domain(name: str) -> bool:
    """Return whether a name is a domain, as that of a site may be: "ellery.news"."""
    return DOMAIN.fullmatch(name) is not None


def without_host(line: str) -> str:
    """Return a line without the address of a site that it begins with.

    >>> without_host("http://auto.ellery.com 2024-05-03 14:15"), without_host("Ellery Post 2024-05-03")
    ('2024-05-03 14:15', 'Ellery Post 2024-05-03')
    """
    found = _HOST.match(line)
    return line[found.end() :].strip() if found else line


def is_organization(name: str) -> bool:
    """Return whether a word of a name is one that organisations have."""
    if name.endswith(_BOARD) or DOMAIN.fullmatch(name):
        return True
    words = (_PLAIN_LETTERS if name.isascii() else _ANY_LETTERS).findall(name[:MAX_PART].casefold())
    return not single_words("organization").isdisjoint(words)


def is_vietnamese(name: str) -> bool:
    """Return whether a name is that of a person and begins with a family name of Vietnamese.

    >>> is_vietnamese("Nguyễn Văn An"), is_vietnamese("NGUYỄN AN"), is_vietnamese("Hải Châu")
    (True, True, False)
    >>> is_vietnamese("Hà Nội")
    False
    """
    folded = name.casefold()
    return folded.partition(" ")[0] in _VIETNAMESE and folded not in _NOT_VIETNAMESE and is_person(name)


def is_person(name: str) -> bool:
    """Return whether a string has the form of a person's full name.

    >>> [is_person(name) for name in ("Jane van der Roe", "Personal finance", "The Example Team", "Jane")]
    [True, False, False, False]
    """
    return len(name) <= _LONGEST_PERSON and _is_person(name)


@lru_cache(maxsize=1_024)  # one name is asked for several times a page
def _is_person(name: str) -> bool:
    if HAN_NAME.fullmatch(name):
        return len(name) <= 6 and not name.endswith(_NO_WIDE_PERSON) and not _is_desk(name)
    words = _NICKNAME.sub("", name.split(", ", maxsplit=1)[0]).split()
    if all(map(HAN.fullmatch, words)):
        return len(words) == 2 and has_family_name("".join(words))  # "山田 花子"
    words = words[1:] if words and words[0].casefold() in _TITLES else words
    if not 2 <= len(words) <= 5 or (name.isupper() and len(words) > 3):
        return False
    is_of_vietnam = words[0].casefold() in _VIETNAMESE
    for place, word in enumerate(words):
        if word.casefold() in _JOINS and place < _FEWEST_BEFORE_JOIN:
            return False  # "Arts und Crafts" are two things; "José Ortega y Gasset" is one man
        if word.casefold() in PARTICLES and word is not words[-1]:
            continue
        if not _WORD.fullmatch(word) or (
            word.casefold().rstrip(".") in _NOT_IN_NAMES and not (place and is_of_vietnam)
        ):
            return False
        if word[0].islower() and not re.match(r"[a-zà-ÿ]{1,2}['’]?[A-ZÀ-Þ]", word):
            return False
    return not is_office(name) and not is_organization(name) and not _is_desk(name)


def is_named_as_month(name: str) -> bool:
    """Return whether a full name begins with a given name in English that is also a month.

    >>> is_named_as_month("April Roe"), is_named_as_month("April Updates for 2026"), is_named_as_month("Jane Roe")
    (True, False, False)
    """
    first, _, rest = name.partition(" ")
    return first in _GIVEN_MONTHS and is_person(f"Jane {rest}")


def is_faceless(name: str, publisher: str | None = None) -> bool:
    """Return whether a name is not that of a person: the publisher's own, an agency, a desk.

    >>> is_faceless("Editorial Team"), is_faceless("Jane Roe")
    (True, False)
    """
    site, own = (text.casefold().removeprefix("the ") for text in (publisher or "", name))
    is_own = site == own or (len(own) > 4 and site.startswith(own) and _LEGAL.fullmatch(site[len(own) :]) is not None)
    return is_own or is_newsroom(name) or _is_desk(name)


@lru_cache(maxsize=1_024)
def _is_desk(name: str) -> bool:
    """Return whether a name begins or ends with what desks and agencies are called in any language, or is a domain."""
    if is_wide(name[0]):
        return name.endswith(_WIDE_DESKS)
    words = name.casefold().rstrip(" 0123456789").split()
    ends = (part for count in range(1, _LONGEST_DESK + 1) for part in (words[:count], words[-count:]))
    return is_domain(name) or any(" ".join(part) in all_words("desk") for part in ends)
