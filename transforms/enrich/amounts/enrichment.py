"""Amounts of an article, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import LazyFunction, Step


def make_step() -> Step:
    """Find the amounts of an article."""
    preload = (("transforms.enrich.amounts.names", "load_words", "en"),)
    add = LazyFunction("transforms.enrich.amounts.annotate", "add_amounts")
    return Step(stages.AMOUNTS.word, add, stages.AMOUNTS.crash, preload)


AMOUNTS = Enrichment(
    stage=stages.AMOUNTS,
    make_step=make_step,
    columns=("amounts", "amount_model"),
    model="amount_model",
    needs=("language", "text", "publisher_domain"),
)
