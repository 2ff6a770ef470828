"""Amounts of an article, as an enrichment."""

from typing import Any

from schemas import stages
from schemas.articles import Article
from transforms.enrich.amounts.find import find_amounts
from transforms.enrich.amounts.names import LANGUAGES
from transforms.enrich.by_rules import enrich_by_rules
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import Step

MODEL = "newsmill-amounts 1"


def add_amounts(article: Article) -> Article:
    """Add to an article its amounts, or the reason why there are none."""

    def find(language: str) -> dict[str, Any]:
        amounts = find_amounts(article.text, language, domain=article.publisher_domain)
        return {"amounts": amounts, "amount_model": MODEL}

    return enrich_by_rules(article, stages.AMOUNTS, LANGUAGES, find)


def make_step() -> Step:
    """Find the amounts of an article."""
    preload = (("transforms.enrich.amounts.names", "load_words", "en"),)
    return Step(stages.AMOUNTS.word, add_amounts, stages.AMOUNTS.crash, preload)


AMOUNTS = Enrichment(
    stage=stages.AMOUNTS,
    make_step=make_step,
    columns=("amounts", "amount_model"),
    model="amount_model",
    needs=("language", "text", "publisher_domain"),
)
