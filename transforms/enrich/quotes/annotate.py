"""Quotations of an article."""

from collections.abc import Sequence
from typing import Any

from schemas import stages
from schemas.articles import Article, Entity
from schemas.quotes import Quote
from transforms.enrich.by_rules import MAX_CHARS, enrich_by_rules
from transforms.enrich.quotes.attribute import Quotation, find_quotes
from transforms.enrich.quotes.pronouns import load_given_names
from transforms.enrich.quotes.words import load_languages

QUOTE_MODEL = "newsmill-quotes 1"
"""Raised by one whenever the rules change."""


def quote_article(article: Article) -> Article:
    """Add to an article its quotations and what found them, or the reason why there are none.

    Speakers are resolved to entities of the article, so that these are found first.
    """
    rules = load_languages()

    def find(language: str) -> dict[str, Any]:
        text = article.text[:MAX_CHARS]
        found = find_quotes(text, article.entities, rules[language])
        return {"quotes": tuple(_quote(text, one, article.entities) for one in found), "quote_model": QUOTE_MODEL}

    return enrich_by_rules(article, stages.QUOTES, rules, find)


def _quote(text: str, found: Quotation, entities: Sequence[Entity]) -> Quote:
    span, speaker = found.span, found.speaker
    entity = entities[speaker.entity] if speaker is not None and speaker.entity is not None else None
    return Quote(
        start=span.start,
        end=span.end,
        text=text[span.start : span.end],
        speaker=text[speaker.start : speaker.end] if speaker is not None else None,
        speaker_start=speaker.start if speaker is not None else None,
        speaker_end=speaker.end if speaker is not None else None,
        speaker_name=entity.name if entity is not None else None,
        entity_id=entity.entity_id if entity is not None else None,
        verb=found.verb,
        method=found.method,
    )


def warm_up() -> None:
    """Read what is known of languages and names, so that no text waits for it."""
    load_languages()
    load_given_names()
