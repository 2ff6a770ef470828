"""Expressions for the dates of a language, made of its words."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from transforms.enrich.dates import names
from transforms.enrich.word_search import WordPatterns, compile_words

DASH = r" ?[-\u2013\u2014] ?"
_ORDINAL = r"(?:st|nd|rd|th|\.|er|º|°|ª)?"
_BOTH = r"(?:-|\u2013|\u2014| (?:to|and|bis|und|al?|y|e|et|au|tot|en) )"
_NEVER = re.compile(r"(?!)")


class Patterns(NamedTuple):
    """Expressions for text in lower case.

    Attributes:
        anchor: a month, weekday, word such as yesterday, or time ago, for ``find_words``.
        days_ago: a time ago that begins with digits.
        day_before: day or days before a month.
        day_behind: day or days behind a month.
        weekday_before: weekday before a day.
        last_before: what makes a weekday or month past, before it.
        last_behind: the same behind it.
        next_before: what makes it one to come.
        next_behind: the same behind it.
        date_behind: a date behind a weekday, which it is part of.
        cue: words of the future (group 1) and of the past (2).
        ago: count and unit of a time ago.
    """

    anchor: WordPatterns
    days_ago: re.Pattern[str]
    day_before: re.Pattern[str]
    day_behind: re.Pattern[str]
    weekday_before: re.Pattern[str]
    last_before: re.Pattern[str]
    last_behind: re.Pattern[str]
    next_before: re.Pattern[str]
    next_behind: re.Pattern[str]
    date_behind: re.Pattern[str]
    cue: re.Pattern[str]
    ago: re.Pattern[str]


def _join(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _around(words: tuple[str, ...], before: str, behind: str) -> re.Pattern[str]:
    return re.compile(f"{before}(?:{_join(words)}){behind}") if words else _NEVER


@cache
def load_patterns(language: str) -> Patterns:
    """Return the expressions of one of names.LANGUAGES."""
    months = _join(names.months(language))
    all_weekdays = _join(names.weekdays(language, short=True))
    before, behind = names.AGO[language]
    count = "|".join((*names.NUMBERS[language], r"\d{1,3}"))
    units = names.UNITS[language]
    anchors = [re.escape(name) for name in (*names.months(language), *names.RELATIVE[language])]
    part = r"(?:morgen|vormittag|mittag|nachmittag|abend|nacht)?" if language == "de" else ""
    anchors += [f"{name}{part}" for name in names.weekdays(language)]
    ago = rf" (?:{'|'.join(units)}){behind}"
    if before:
        anchors.append(f"{before}(?:{count}){ago}")
    else:
        anchors += [f"{word}{ago}" for word in names.NUMBERS[language]]
    return Patterns(
        anchor=compile_words(sorted(anchors, key=len, reverse=True), r"(?!\w)"),
        days_ago=_NEVER if before else re.compile(rf"[0-9](?<!\w.)\d{{0,2}}{ago}(?!\w)"),
        day_before=re.compile(
            rf"(?<![\w.,/:])(\d{{1,2}}){_ORDINAL}(?:{_BOTH}(?:the |le |el |il |den |dem |zum )?(\d{{1,2}}){_ORDINAL})?"
            r"(?: of| de| di)? ?$"
        ),
        day_behind=re.compile(
            r"(?:\.|,(?= \d{1,2},? \d{4}(?!\d)))? (?:the )?(\d{1,2})(?:st|nd|rd|th)?"
            r"(?![\d:%]|\.\d|,\d\d\d(?!\d)| ?[ap]\.?m\b)"
            rf"(?:(?:{DASH}| to | and | through )(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]| ?[ap]\.?m\b))?"
        ),
        weekday_before=re.compile(rf"(?<!\w)(?:{all_weekdays})\.?,? (?:the |den |dem |le |el |il )?$"),
        last_before=_around(names.LAST[language], r"(?<!\w)", r" (?:mes de |mois de |monat )?$"),
        last_behind=_around(names.LAST_BEHIND.get(language, ()), " ", r"(?!\w)"),
        next_before=_around(names.NEXT[language], r"(?<!\w)", r" (?:mes de |monat )?$"),
        next_behind=_around(names.NEXT_BEHIND.get(language, ()), " ", r"(?!\w)"),
        date_behind=re.compile(
            r"\.?,? \(?(?:the |den |dem |le |el |il |der )?"
            rf"(?:(?:{months})\b[.,]? \d|\d{{1,2}}{_ORDINAL} ?(?:of |de )?(?:{months})\b)"
        ),
        cue=re.compile(rf"(?<!\w)(?:({names.FUTURE[language]})|(?<!\bbe )(?<!\bto )({names.PAST[language]}))(?!\w)"),
        ago=re.compile(rf"({count}) (?:{'|'.join(f'({word})' for word in units)})"),
    )
