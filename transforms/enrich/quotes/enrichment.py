"""Who said what, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.quotes.annotate import quote_article
from transforms.workers.steps import Step


def make_step() -> Step:
    """Find the quotations of an article."""
    return Step(
        stages.QUOTES.word, quote_article, stages.QUOTES.crash, (("transforms.enrich.quotes.annotate", "warm_up"),)
    )


QUOTES = Enrichment(
    stage=stages.QUOTES,
    make_step=make_step,
    columns=("quotes", "quote_model"),
    model="quote_model",
    needs=("language", "text"),
    uses=("entities",),
)
