"""Expressions for the dates of a language, made of its words."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from transforms.enrich.dates import names

_DASH = r" ?[-\u2013\u2014] ?"
_ORDINAL = r"(?:st|nd|rd|th|\.|er|º|°|ª)?"
_BOTH = r"(?:-|\u2013|\u2014| (?:to|and|bis|und|al?|y|e|et|au|tot|en) )"
_NEVER = re.compile(r"(?!)")


class Patterns(NamedTuple):
    """Expressions for text in lower case.

    Attributes:
        anchor: a month (group 1), weekday (2), word such as yesterday (3) or time ago (4).
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

    anchor: re.Pattern[str]
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
    months, weekdays = _join(names.months(language)), _join(names.weekdays(language))
    all_weekdays = _join(names.weekdays(language, short=True))
    relative = _join(names.RELATIVE[language])
    before, behind = names.AGO[language]
    count = "|".join((*names.NUMBERS[language], r"\d{1,3}"))
    units = names.UNITS[language]
    ago = rf"{before}(?:{count}) (?:{'|'.join(units)}){behind}"
    return Patterns(
        anchor=re.compile(rf"(?<!\w)(?:({months})|({weekdays})|({relative})|({ago}))(?!\w)"),
        day_before=re.compile(
            rf"(?<![\w.,/:])(\d{{1,2}}){_ORDINAL}(?:{_BOTH}(?:the )?(\d{{1,2}}){_ORDINAL})?(?: of| de| di)? ?$"
        ),
        day_behind=re.compile(
            r"\.? (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?![\d:%]|\.\d|,\d\d\d(?!\d)| ?[ap]\.?m\b)"
            rf"(?:(?:{_DASH}| to | and | through )(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]| ?[ap]\.?m\b))?"
        ),
        weekday_before=re.compile(rf"(?<!\w)(?:{all_weekdays})\.?,? (?:the |den |dem |le |el |il )?$"),
        last_before=_around(names.LAST[language], r"(?<!\w)", r" (?:mes de |mois de |monat )?$"),
        last_behind=_around(names.LAST_BEHIND.get(language, ()), " ", r"(?!\w)"),
        next_before=_around(names.NEXT[language], r"(?<!\w)", r" (?:mes de |monat )?$"),
        next_behind=_around(names.NEXT_BEHIND.get(language, ()), " ", r"(?!\w)"),
        date_behind=re.compile(
            r"\.?,? \(?(?:the |den |dem |le |el |il |der )?"
            rf"(?:(?:{months})\b\.? \d|\d{{1,2}}{_ORDINAL} ?(?:of |de )?(?:{months})\b)"
        ),
        cue=re.compile(rf"(?<!\w)(?:({names.FUTURE[language]})|({names.PAST[language]}))(?!\w)"),
        ago=re.compile(rf"({count}) (?:{'|'.join(f'({word})' for word in units)})"),
    )
