"""One enrichment of each article, as a transform."""

from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs
from transforms.workers.steps import Step


class EachEnriched(NamedTuple):
    """What EnrichEach returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class EnrichEach(NamedOutputs[beam.PCollection[Article], EachEnriched]):
    """The base class of transforms that do one enrichment.

    Elementwise: keeps windows and timestamps, works bounded or unbounded.

    Args:
        step: gives the article alone.
    """

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step

    def expand(self, articles: beam.PCollection[Article]) -> EachEnriched:
        done, dead, dropped = articles | "Attempt" >> Attempt(self.step, returns=Article)
        return EachEnriched(articles=done, dead=dead, dropped=dropped)
