"""Counts, lengths of time and lists in the words that a person reads."""

from datetime import timedelta


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """Return a count with its noun.

    >>> plural(1, "entry", "entries"), plural(2, "entry", "entries"), plural(1000, "host")
    ('1 entry', '2 entries', '1,000 hosts')
    """
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def span(seconds: float) -> str:
    """Return a length of time, in the unit that says enough.

    >>> span(50), span(3600), span(90_000), span(1_000_000)
    ('50 s', '60 min', '25 h', '12 days')
    """
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if abs(seconds) < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def ago(passed: timedelta) -> str:
    """Return how long ago something was, or in what time it will be.

    >>> ago(timedelta(hours=3)), ago(timedelta(minutes=-5))
    ('3 h ago', 'in 5 min')
    """
    seconds = passed.total_seconds()
    return f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"
