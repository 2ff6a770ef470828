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


class Parts(NamedTuple):
    """The words of an article by part."""

    headline: list[str]
    lead: list[str]
    rest: list[str]

    def count_early(self, vocabulary: TermIndex) -> Counter[int]:
        """Return how often each term of a vocabulary counts for the headline and the lead."""
        counts: Counter[int] = Counter()
        for words, times in ((self.headline, HEADLINE_COUNT), (self.lead, LEAD_COUNT)):
            for term, count in count_terms(words, vocabulary).items():
                counts[term] += times * count
        return counts

    def add_rest(self, early: Counter[int], vocabulary: TermIndex) -> Counter[int]:
        """Return the counts of :meth:`count_early` with those of the rest."""
        for term, count in count_terms(self.rest, vocabulary).items():
            early[term] += count
        return early


def split_parts(headline: str | None, text: str, language: str = "en") -> Parts:
    """Return the words of headline, lead and the rest that is read."""
    read = ((headline or "")[:HEADLINE_CHARS], text[:LEAD_CHARS], text[LEAD_CHARS:READ_CHARS])
    return Parts(*(split_words(part, language) for part in read))
