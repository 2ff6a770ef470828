"""Who said what, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import LazyFunction, Step


def make_step() -> Step:
    """Find the quotations of an article."""
    quote_article = LazyFunction("transforms.enrich.quotes.annotate", "quote_article")
    preload = ("transforms.enrich.quotes.annotate", "warm_up")
    return Step(stages.QUOTES.word, quote_article, stages.QUOTES.crash, (preload,))


QUOTES = Enrichment(
    stage=stages.QUOTES,
    make_step=make_step,
    columns=("quotes", "quote_model"),
    model="quote_model",
    needs=("language", "text"),
    uses=("entities",),
)
