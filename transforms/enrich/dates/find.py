"""Dates that a text mentions, by strict patterns of its language."""

import datetime

from schemas.dates import MentionedDate
from transforms.enrich.by_rules import MAX_CHARS, lower_in_place
from transforms.enrich.dates.by_digits import find_by_digits
from transforms.enrich.dates.by_name import find_by_name
from transforms.enrich.dates.known import Known

MAX_DATES = 300
"""Most dates of an article; further ones are left out."""


def find_dates(text: str, language: str, published: datetime.date | None) -> tuple[MentionedDate, ...]:
    """Find the dates that a text mentions, in order, at most MAX_DATES in its first MAX_CHARS code points.

    Args:
        text: of an article.
        language: one of names.LANGUAGES.
        published: day of publication, from which relative dates are counted; None leaves them unresolved.

    >>> [found] = find_dates("The minister resigned on Tuesday.", "en", datetime.date(2024, 3, 7))
    >>> found.text, found.interval_start
    ('Tuesday', datetime.date(2024, 3, 5))
    """
    text = text[:MAX_CHARS]
    low = lower_in_place(text)
    known = Known(text, low, language, published)
    found = sorted((*find_by_digits(known), *find_by_name(known)), key=lambda item: (item.start, -item.end))
    made: list[MentionedDate] = []
    taken = 0
    for item in found:
        if item.start < taken:
            continue
        taken = item.end
        made.append(
            MentionedDate(
                text=text[item.start : item.end],
                start=item.start,
                end=item.end,
                interval_start=item.interval.start if item.interval else None,
                interval_end=item.interval.end if item.interval else None,
                precision=item.precision,
                relation="absolute" if item.is_absolute else "relative",
            )
        )
        if len(made) == MAX_DATES:
            break
    return tuple(made)
