"""Articles with IPTC Media Topics."""

from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.enrich.topics.enrichment import TopicPolicy, make_step
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs


class Assigned(NamedTuple):
    """What AssignTopics returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class AssignTopics(NamedOutputs[beam.PCollection[Article], Assigned]):
    """Assign Media Topics to each article.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, same input same output.
    Drops nothing. Costs about 1 ms an article; taxonomy and terms are read once per process and language, in 0.2 s.
    """

    def __init__(self) -> None:
        super().__init__()
        self.step = make_step(TopicPolicy())

    def expand(self, articles: beam.PCollection[Article]) -> Assigned:
        done, dead, dropped = articles | "Assign" >> Attempt(self.step, returns=Article)
        return Assigned(articles=done, dead=dead, dropped=dropped)
