"""What is known of a text while its dates are read."""

import datetime
import re
from typing import NamedTuple

from transforms.enrich.dates.intervals import Interval

MAX_ANCHORS = 2_000
"""Most names, and most numbers, of a text that are looked at; what stands behind them is not read."""


class FoundDate(NamedTuple):
    """One date; without an interval where nothing decides which one is meant."""

    start: int
    end: int
    interval: Interval | None
    precision: str
    is_absolute: bool


class Known(NamedTuple):
    """A text, with what is known of it.

    Attributes:
        text: as it stands.
        low: in lower case, of the same length.
        language: one of names.LANGUAGES.
        published: day of publication; None where it is not known.
    """

    text: str
    low: str
    language: str
    published: datetime.date | None


WORD_BEFORE = re.compile(r"([^\W\d_][\w'\u2019-]{0,15}|-) ?$")
"""The word right before a place, or a dash."""

SENTENCE_END = re.compile(r"[.!?;:\n\u201c\u201d\"]")
"""What ends a clause, for the tense of a verb."""
