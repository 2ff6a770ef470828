"""The stage that reads articles from documents."""

from collections.abc import Callable
from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import Document
from transforms.articles.policy import AGENT, DEFAULTS, ExtractPolicy
from transforms.articles.step import extract_step
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs


class Extracted(NamedTuple):
    """What ExtractArticles returns: every document is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class ExtractArticles(NamedOutputs[beam.PCollection[Document], Extracted]):
    """Read the article out of each document.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, nothing is shuffled. A document that
    holds no article, or a wall before it, leaves as a dead letter with a code under ``extract.``; what its publisher
    reserves leaves as filtered, where opt-outs are respected. Costs tens of milliseconds of CPU a page:
    with entities off, it is most of a run.

    Args:
        policy: what counts as an article, and what is kept of it.
        agent: name that robots directives may address this robot by, lower case.
        clock: seconds since 1970, for documents that do not say when they were received: dates beyond are refused.
    """

    def __init__(
        self,
        *,
        policy: ExtractPolicy = DEFAULTS,
        agent: str = AGENT,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__()
        self.step = extract_step(policy, agent=agent, clock=clock)

    def expand(self, documents: beam.PCollection[Document]) -> Extracted:
        done, dead, dropped = documents | "Read" >> Attempt(self.step, returns=Article)
        return Extracted(articles=done, dead=dead, dropped=dropped)
