"""Articles with what people are quoted with."""

from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.enrich.quotes.enrichment import QuotePolicy, make_step
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs


class Attributed(NamedTuple):
    """What AttributeQuotes returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class AttributeQuotes(NamedOutputs[beam.PCollection[Article], Attributed]):
    """Find what people are quoted with in each article, and who said it.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output. Speakers are resolved
    to the entities of the article, so that these are found first. An article in a language without rules passes with
    ``quotes.no_language`` in ``not_run``. Drops nothing. Costs about 1 ms an article.
    """

    def __init__(self) -> None:
        super().__init__()
        self.step = make_step(QuotePolicy())

    def expand(self, articles: beam.PCollection[Article]) -> Attributed:
        done, dead, dropped = articles | "Attribute" >> Attempt(self.step, returns=Article)
        return Attributed(articles=done, dead=dead, dropped=dropped)
