"""Words of dates: names of months and weekdays in the languages of dateparser, labels and connecting words."""

import importlib
import unicodedata
from functools import cache, lru_cache
from typing import Any, NamedTuple

from transforms.articles.words import single_words

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
"""Names of months in English, January first."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Names of weekdays in English, Monday first as in :meth:`datetime.date.weekday`."""

_MORE_MONTHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ar": (  # of the Levant and Iraq; of Algeria and Tunisia; of Morocco; without hamza
        ("كانون الثاني", "جانفي"),
        ("شباط", "فيفري"),
        ("آذار", "اذار"),
        ("نيسان", "أفريل", "افريل", "ابريل"),
        ("أيار", "ايار"),
        ("حزيران", "جوان"),
        ("تموز", "جويلية", "يوليوز"),
        ("آب", "اب", "أوت", "اوت", "غشت", "اغسطس"),
        ("أيلول", "ايلول", "شتنبر"),
        ("تشرين الأول", "تشرين الاول", "اكتوبر"),
        ("تشرين الثاني", "نونبر"),
        ("كانون الأول", "كانون الاول", "دجنبر"),
    ),
    "sr": tuple(
        (name,)
        for name in (
            *("јануара", "фебруара", "марта", "априла", "маја", "јуна", "јула"),
            *("августа", "септембра", "октобра", "новембра", "децембра"),
        )
    ),
    "vi": tuple((f"tháng {number:02}",) for number in range(1, 10)),
}
"""Names of months that dateparser lacks, January first, by its names of languages."""

_WIDELY_READ = 80
"""How many of dateparser's languages, most read first, keep names of months that rarer ones use for other months."""

_LONGEST = 40
"""Code points of the longest name."""

_OTHER_TAGS = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil", "mo": "ro", "zh-cn": "zh", "zh-tw": "zh"}


class _Words(NamedTuple):
    months: dict[str, int]
    prefixes: dict[str, int]
    """Beginnings of three letters and more that one month alone has."""
    weekdays: frozenset[str]


class Meaning(NamedTuple):
    """What a word of a date may be; of the two ranks, 0 is the page's language, 1 English, 2 any other."""

    month: int | None
    month_rank: int
    weekday_rank: int | None
    """None where it is not a weekday."""


def fold_word(word: str) -> str:
    """Fold a word for comparing: NFKC, case folded, no invisible characters, one blank for other characters.

    >>> fold_word("MÄRZ"), fold_word("Segunda-feira")
    ('märz', 'segunda feira')
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    if not folded.isascii():
        folded = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    if folded.isalnum():
        return folded
    return " ".join(
        "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in folded).split()
    )


folded = lru_cache(maxsize=16_384)(fold_word)
"""The same, for what stands beside the dates of a page: it is asked for several times."""


@lru_cache(maxsize=16_384)
def find_meaning(word: str, language: str | None = None) -> Meaning:
    """Find the month that a word names: in full, as dateparser abbreviates it, or by its first three or more letters.

    The page's language is tried first, then English, then all: there a name that stands for several months among
    the languages that most read is none.

    >>> [find_meaning(name, tag).month for name, tag in (("Lok", "fi"), ("aout", None), ("listopad", "hr"))]
    [10, 8, 10]
    >>> find_meaning("listopad").month is None, find_meaning("mar", "es")
    (True, Meaning(month=3, month_rank=0, weekday_rank=0))

    Args:
        word: as written.
        language: BCP 47 tag.
    """
    if len(word) > _LONGEST:
        return Meaning(None, 3, None)
    name = fold_word(word)
    declared = _known_language(language)
    month: int | None = None
    month_rank, weekday_rank = 3, None
    for rank in range(3):
        if rank == 2 and (month is not None or weekday_rank is not None):
            break
        words = _words_of(declared or "en") if rank == 0 else _words_of("en") if rank == 1 else _all_words()
        if month is None and (found := words.months.get(name) or words.prefixes.get(name)):
            month, month_rank = found, rank
        if weekday_rank is None and name in words.weekdays:
            weekday_rank = rank
    return Meaning(month, month_rank, weekday_rank)


@lru_cache(maxsize=16_384)
def may_open_name(word: str) -> bool:
    """Return whether a word is the first of a name of several words, such as tháng 5 or segunda feira."""
    return fold_word(word) in _openers()


@cache
def _openers() -> frozenset[str]:
    """Return the first words of all names that have several."""
    infos = [_info(language) for language in _languages()]
    names = [pair[0] for info in infos for pair in _names(info, (*MONTHS, *WEEKDAYS), shortest=2, others=1)]
    return frozenset(name.split()[0] for name in names if " " in name.strip())


def is_label(word: str) -> bool:
    """Return whether a word may stand before a date of publication."""
    return folded(word) in _labels()


def is_join(word: str) -> bool:
    """Return whether a word may stand between the parts of a date."""
    return folded(word) in single_words("inside_date")


def is_update(word: str) -> bool:
    """Return whether a word says that something was changed."""
    return folded(word) in _updates()


def is_publication(word: str) -> bool:
    """Return whether a word says that something was published."""
    return folded(word) in _publications()


def is_date_noun(word: str) -> bool:
    """Return whether a word means a date, and does not say of what: "date", "tarihi"."""
    return folded(word) in _date_nouns()


@cache
def _date_nouns() -> frozenset[str]:
    return frozenset(map(fold_word, single_words("date")))


@cache
def _updates() -> frozenset[str]:
    return frozenset(map(fold_word, single_words("updated"))) - single_words("before_date")


@cache
def _publications() -> frozenset[str]:
    return frozenset(map(fold_word, single_words("published"))) - _updates()


@cache
def _labels() -> frozenset[str]:
    """Return what may stand before a date."""
    return _updates() | _publications() | _date_nouns() | frozenset(map(fold_word, single_words("before_date")))


def warm_up() -> None:
    """Read all tables."""
    _all_words()
    _openers()


def _info(name: str) -> dict[str, Any]:
    info = dict(importlib.import_module(f"dateparser.data.date_translation_data.{name}").info)
    for month, names in zip(MONTHS, _MORE_MONTHS.get(name, ()), strict=False):
        info[month] = [*info.get(month, ()), *names]
    return info


@lru_cache(maxsize=1)
def _languages() -> tuple[str, ...]:
    from dateparser.data.languages_info import language_order  # noqa: PLC0415 - its first import takes 3 s

    return tuple(language_order)


@lru_cache(maxsize=256)
def _known_language(tag: str | None) -> str | None:
    """Return the name that dateparser has for a language."""
    parts = (tag or "").replace("_", "-")[:40].split("-")
    lower = "-".join(parts[:2]).lower()
    names = (_OTHER_TAGS.get(lower), "-".join(parts[:2]), parts[0].lower(), _OTHER_TAGS.get(parts[0].lower()))
    return next((name for name in names if name in _languages()), None)


def _names(info: dict[str, Any], keys: tuple[str, ...], *, shortest: int, others: int) -> list[tuple[str, int]]:
    """Return names as written and without marks (aout, marzec), with their numbers from 1.

    Args:
        info: dateparser's table of a language.
        keys: the English names.
        shortest: letters of the shortest name in ASCII.
        others: of any other.
    """
    found = []
    for number, key in enumerate(keys, 1):
        for name in info.get(key, ()):
            folded = fold_word(name)
            bare = "".join(char for char in unicodedata.normalize("NFD", folded) if not "\u0300" <= char <= "\u036f")
            found += [(one, number) for one in {folded, bare} if len(one) >= (shortest if one.isascii() else others)]
    return found


def _make(months: list[tuple[str, int]], weekdays: list[tuple[str, int]]) -> _Words:
    """Make the tables of one or several languages; a name of several months is left out."""
    prefixes = [(name[:end], number) for name, number in months for end in range(3, len(name))]
    return _Words(_unique(months), _unique(prefixes), frozenset(name for name, _ in weekdays))


def _unique(pairs: list[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, number in pairs:
        found[name] = number if found.get(name, number) == number else 0
    return found


@cache
def _words_of(language: str) -> _Words:
    info = _info(language)
    return _make(_names(info, MONTHS, shortest=2, others=2), _names(info, WEEKDAYS, shortest=2, others=1))


@lru_cache(maxsize=1)
def _all_words() -> _Words:
    infos = [_info(language) for language in _languages()]
    months = [_names(info, MONTHS, shortest=3, others=2) for info in infos]
    weekdays = [pair for info in infos for pair in _names(info, WEEKDAYS, shortest=2, others=1)]
    words = _make([pair for names in months[:_WIDELY_READ] for pair in names], weekdays)
    rare = _unique([pair for names in months[_WIDELY_READ:] for pair in names])
    return words._replace(months={**rare, **words.months})
