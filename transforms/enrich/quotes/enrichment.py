"""Who said what, as an enrichment."""

import dataclasses

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.quotes.annotate import quote_article
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class QuotePolicy:
    """How quotations are found; there is nothing to choose yet."""


def make_step(policy: QuotePolicy) -> Step:
    """Find the quotations of an article."""
    del policy
    return Step(
        stages.QUOTES.word, quote_article, stages.QUOTES.crash, (("transforms.enrich.quotes.annotate", "warm_up"),)
    )


QUOTES = Enrichment(
    stage=stages.QUOTES,
    policy=QuotePolicy,
    make_step=make_step,
    columns=("quotes", "quote_model"),
    model="quote_model",
    needs=("language", "text"),
    uses=("entities",),
)
