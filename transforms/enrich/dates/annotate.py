"""Dates that an article mentions, as columns of it."""

from datetime import date
from typing import Any

from schemas import stages
from schemas.articles import Article
from transforms.enrich.by_rules import enrich_by_rules
from transforms.enrich.dates.find import find_dates
from transforms.enrich.dates.names import LANGUAGES

MODEL = "newsmill-dates 1"


def day_of_publication(article: Article) -> date | None:
    """Return the day from which relative dates are counted: in the publisher's zone where it is known."""
    if article.published_date is not None:
        return article.published_date
    return article.date_published.date() if article.date_published is not None else None


def add_dates(article: Article) -> Article:
    """Add to an article the dates that it mentions, or the reason why there are none."""

    def find(language: str) -> dict[str, Any]:
        dates = find_dates(article.text, language, day_of_publication(article))
        return {"dates_mentioned": dates, "date_model": MODEL}

    return enrich_by_rules(article, stages.DATES, LANGUAGES, find)
