"""Dates that an article mentions, as an enrichment."""

import dataclasses
from datetime import date

from schemas import stages
from schemas.articles import Article
from transforms.enrich.dates.find import MAX_CHARS, find_dates
from transforms.enrich.dates.names import LANGUAGES
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import Step

MODEL = "newsmill-dates 1"

NOT_RUN = {
    "dates.language_unknown": "The language of the text is not known.",
    "dates.no_language": "There are no rules for the language of the text.",
    "dates.text_too_long": "The text is too long: its dates are those of the part that was read.",
}
"""Codes for Article.not_run, and what they mean."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DatePolicy:
    """How dates are found; there is nothing to choose."""


def day_of_publication(article: Article) -> date | None:
    """Return the day from which relative dates are counted: in the publisher's zone where it is known."""
    if article.published_date is not None:
        return article.published_date
    return article.date_published.date() if article.date_published is not None else None


def add_dates(article: Article) -> Article:
    """Add to an article the dates that it mentions, or the reason why there are none."""
    if article.in_language not in LANGUAGES:
        reason = "dates.language_unknown" if article.in_language is None else "dates.no_language"
        return dataclasses.replace(article, not_run=(*article.not_run, reason))
    found = find_dates(article.text, article.in_language, day_of_publication(article))
    not_run = article.not_run if len(article.text) <= MAX_CHARS else (*article.not_run, "dates.text_too_long")
    return dataclasses.replace(article, dates_mentioned=found, date_model=MODEL, not_run=not_run)


def make_step(policy: DatePolicy) -> Step:
    """Find the dates of an article."""
    del policy
    return Step(stages.DATES.word, add_dates, stages.DATES.crash)


DATES = Enrichment(
    stage=stages.DATES,
    policy=DatePolicy,
    make_step=make_step,
    columns=("dates_mentioned", "date_model"),
    model="date_model",
    needs=("language", "text", "published_date", "date_published"),
)
