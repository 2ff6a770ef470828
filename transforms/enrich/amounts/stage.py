"""Articles with the sums of money, percentages and quantities that they state."""

from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.enrich.amounts.enrichment import AmountPolicy, make_step
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs


class FoundAmounts(NamedTuple):
    """What FindAmounts returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class FindAmounts(NamedOutputs[beam.PCollection[Article], FoundAmounts]):
    """Find the sums of money, percentages and quantities that each article states.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output. An article in a
    language without rules passes with ``amounts.no_language`` in ``not_run``. Drops nothing. Costs about 0.6 ms an
    article.
    """

    def __init__(self) -> None:
        super().__init__()
        self.step = make_step(AmountPolicy())

    def expand(self, articles: beam.PCollection[Article]) -> FoundAmounts:
        done, dead, dropped = articles | "Find" >> Attempt(self.step, returns=Article)
        return FoundAmounts(articles=done, dead=dead, dropped=dropped)
