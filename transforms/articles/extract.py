"""The stage that reads articles from documents."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import Document
from schemas.stages import EXTRACT
from transforms.articles.policy import MIN_CHARS
from transforms.articles.read import read_document
from transforms.articles.rights import AGENT
from transforms.ledger import Attempt
from transforms.named_outputs import NamedOutputs
from transforms.workers.steps import Step

__all__ = ["ExtractArticles", "Extracted", "read_document"]


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
        min_chars: shortest main text accepted, in code points.
        agent: name that robots directives may address this robot by, lower case.
        respect_opt_outs: leave out pages whose publisher reserves TDM or opts out of AI.
        clock: seconds since 1970, for documents that do not say when they were received: dates beyond are refused.

    Raises:
        ValueError: ``min_chars`` below 1.
    """

    def __init__(
        self,
        *,
        min_chars: int = MIN_CHARS,
        agent: str = AGENT,
        respect_opt_outs: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__()
        if min_chars < 1:
            raise ValueError(f"min_chars must be positive, got {min_chars}")
        read = functools.partial(
            read_document, min_chars=min_chars, agent=agent, respect_opt_outs=respect_opt_outs, clock=clock
        )
        self.step = Step(EXTRACT.word, read, EXTRACT.crash, (("transforms.articles.read", "warm_up"),))

    def expand(self, documents: beam.PCollection[Document]) -> Extracted:
        done, dead, dropped = documents | "Read" >> Attempt(self.step, returns=Article)
        return Extracted(articles=done, dead=dead, dropped=dropped)
