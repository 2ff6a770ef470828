"""What is read of an article for its topics, and how much a word counts by where it stands."""

from collections import Counter
from typing import NamedTuple

from transforms.enrich.topics.terms import TermIndex, count_terms, split_words

READ_CHARS = 3000
"""Code points of text that are read: news names its subject first."""

HEADLINE_COUNT = 5
LEAD_COUNT = 3
"""How often a word of the headline and of the lead counts; any other counts once."""

LEAD_CHARS = 500
"""Code points at the start of the text that are taken as its lead."""

HEADLINE_CHARS = 500
"""Code points of the headline that are read."""


class TermCounts(NamedTuple):
    """Terms of an article.

    Attributes:
        counts: how often each counts.
        early: those that stand in the headline or in the lead.
    """

    counts: Counter[int]
    early: frozenset[int]


class Parts(NamedTuple):
    """The words of an article by part."""

    headline: list[str]
    lead: list[str]
    rest: list[str]

    def count_of(self, vocabulary: TermIndex) -> TermCounts:
        """Count the terms of a vocabulary."""
        counts: Counter[int] = Counter()
        headline, lead, rest = (count_terms(words, vocabulary) for words in self)
        for found, times in ((headline, HEADLINE_COUNT), (lead, LEAD_COUNT), (rest, 1)):
            for term, count in found.items():
                counts[term] += times * count
        return TermCounts(counts, frozenset((*headline, *lead)))


def split_parts(headline: str | None, text: str, language: str = "en") -> Parts:
    """Return the words of headline, lead and the rest that is read."""
    read = ((headline or "")[:HEADLINE_CHARS], text[:LEAD_CHARS], text[LEAD_CHARS:READ_CHARS])
    return Parts(*(split_words(part, language) for part in read))
