"""Articles with the dates that they mention."""

from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.enrich.dates.enrichment import DatePolicy, make_step
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs


class FoundDates(NamedTuple):
    """What FindDates returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class FindDates(NamedOutputs[beam.PCollection[Article], FoundDates]):
    """Find the dates that each article mentions, and count relative ones from its date of publication.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output. An article in a
    language without rules passes with ``dates.no_language`` in ``not_run``. Drops nothing. Costs about 0.5 ms an
    article.
    """

    def __init__(self) -> None:
        super().__init__()
        self.step = make_step(DatePolicy())

    def expand(self, articles: beam.PCollection[Article]) -> FoundDates:
        done, dead, dropped = articles | "Find" >> Attempt(self.step, returns=Article)
        return FoundDates(articles=done, dead=dead, dropped=dropped)
