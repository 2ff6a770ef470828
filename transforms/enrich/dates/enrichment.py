"""Dates that an article mentions, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import LazyFunction, Step


def make_step() -> Step:
    """Find the dates of an article."""
    add = LazyFunction("transforms.enrich.dates.annotate", "add_dates")
    return Step(stages.DATES.word, add, stages.DATES.crash)


DATES = Enrichment(
    stage=stages.DATES,
    make_step=make_step,
    columns=("dates_mentioned", "date_model"),
    model="date_model",
    needs=("language", "text", "published_date", "date_published"),
)
