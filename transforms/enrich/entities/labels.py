"""Labels of models: which are kept, in what order they win, and which say the same thing."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

KEPT_LABELS = (
    *("GPE", "LOC", "PERSON", "PER", "ORG", "NORP", "FAC"),
    *("EVENT", "WORK_OF_ART", "PRODUCT", "LAW", "LANGUAGE", "MISC"),
)
"""Labels that name a thing, the one that wins a tie first.

OntoNotes (English and others) and WikiNER (PER, LOC, ORG, MISC) use these. What is a number there is left out:
CARDINAL, ORDINAL, PERCENT, QUANTITY, DATE, TIME, MONEY, and any label not listed here.
"""

PERSON_LABELS = frozenset(("PERSON", "PER"))
"""Labels of people, whose names shorten to the last name."""

RANK = {label: rank for rank, label in enumerate(KEPT_LABELS)}
"""Position in KEPT_LABELS; lower wins a tie."""

KINDS = {
    **dict.fromkeys(("PERSON", "PER"), "PERSON"),
    **dict.fromkeys(("GPE", "LOC", "FAC"), "PLACE"),
}
"""What kind of thing a label names, where several labels name the same; elsewhere the label is the kind."""


class Labelled(NamedTuple):
    """One place in a text where something is named: half-open code-point offsets and a label."""

    start: int
    end: int
    label: str

    def with_label(self, label: str) -> "Labelled":
        """Return the same place with another label; itself where it has that one."""
        return self if label == self.label else Labelled(self.start, self.end, label)


def majority(labels: Iterable[str]) -> str:
    """Return the label that is there most often; of those that are equally often the one that wins a tie.

    Raises:
        IndexError: there are none.
        KeyError: one of several is not of KEPT_LABELS.
    """
    given = list(labels)
    if len(given) == 1 or given.count(given[0]) == len(given):  # as nearly always
        return given[0]
    counts = Counter(given)
    return min(counts, key=lambda label: (-counts[label], RANK[label]))
