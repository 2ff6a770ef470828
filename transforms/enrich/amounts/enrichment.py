"""Amounts of an article, as an enrichment."""

import dataclasses

from schemas import stages
from schemas.articles import Article
from transforms.enrich.amounts.find import MAX_CHARS, find_amounts
from transforms.enrich.amounts.names import LANGUAGES
from transforms.enrich.enrichment import Enrichment
from transforms.workers.steps import Step

MODEL = "newsmill-amounts 1"

NOT_RUN = {
    "amounts.language_unknown": "The language of the text is not known.",
    "amounts.no_language": "There are no rules for the language of the text.",
    "amounts.text_too_long": "The text is too long: its amounts are those of the part that was read.",
}
"""Codes for Article.not_run, and what they mean."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AmountPolicy:
    """How amounts are found; there is nothing to choose."""


def add_amounts(article: Article) -> Article:
    """Add to an article its amounts, or the reason why there are none."""
    if article.in_language not in LANGUAGES:
        reason = "amounts.language_unknown" if article.in_language is None else "amounts.no_language"
        return dataclasses.replace(article, not_run=(*article.not_run, reason))
    amounts = find_amounts(article.text, article.in_language, domain=article.publisher_domain)
    not_run = article.not_run if len(article.text) <= MAX_CHARS else (*article.not_run, "amounts.text_too_long")
    return dataclasses.replace(article, amounts=amounts, amount_model=MODEL, not_run=not_run)


def make_step(policy: AmountPolicy) -> Step:
    """Find the amounts of an article."""
    del policy
    preload = (("transforms.enrich.amounts.names", "load_words", "en"),)
    return Step(stages.AMOUNTS.word, add_amounts, stages.AMOUNTS.crash, preload)


AMOUNTS = Enrichment(
    stage=stages.AMOUNTS,
    policy=AmountPolicy,
    make_step=make_step,
    columns=("amounts", "amount_model"),
    model="amount_model",
    needs=("language", "text", "publisher_domain"),
)
