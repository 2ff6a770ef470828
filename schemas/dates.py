"""Dates that a text mentions."""

from datetime import date

import pyarrow as pa

from schemas.record import column, record


@record
class MentionedDate:
    """One day, week, month, year or other stretch of days that a text mentions."""

    text: str = column("The words, equal to text[start:end] of the article.")
    start: int = column("Offset of the first code point in text, from 0.", arrow=pa.int32())
    end: int = column("Offset after the last code point in text.", arrow=pa.int32())
    interval_start: date | None = column(
        "First day of it; None where the words, tense and date of publication do not decide.", default=None
    )
    interval_end: date | None = column(
        "Last day of it, inclusive; that of interval_start for a single day.", default=None
    )
    precision: str = column("'day', 'week', 'month', 'quarter', 'year', 'decade' or 'century': how exactly it is said.")
    relation: str = column("'absolute' (says all itself) or 'relative' (is counted from the date of publication).")
