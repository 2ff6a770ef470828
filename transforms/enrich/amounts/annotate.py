"""Amounts of an article, as columns of it."""

from typing import Any

from schemas import stages
from schemas.articles import Article
from transforms.enrich.amounts.find import find_amounts
from transforms.enrich.amounts.names import LANGUAGES
from transforms.enrich.by_rules import enrich_by_rules

MODEL = "newsmill-amounts 1"


def add_amounts(article: Article) -> Article:
    """Add to an article its amounts, or the reason why there are none."""

    def find(language: str) -> dict[str, Any]:
        amounts = find_amounts(article.text, language, domain=article.publisher_domain)
        return {"amounts": amounts, "amount_model": MODEL}

    return enrich_by_rules(article, stages.AMOUNTS, LANGUAGES, find)
