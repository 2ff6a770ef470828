"""Quotations of an article."""

from collections.abc import Sequence

from schemas.articles import Article, Entity
from schemas.quotes import Quote
from schemas.record import replace
from transforms.enrich.by_rules import MAX_CHARS
from transforms.enrich.quotes.attribute import Quotation, find_quotes
from transforms.enrich.quotes.pronouns import load_given_names
from transforms.enrich.quotes.words import load_languages

QUOTE_MODEL = "newsmill-quotes 1"
"""Raised by one whenever the rules change."""

NOT_RUN = {
    "quotes.no_language": "There are no rules for quotations in the language of the text, or it is not known.",
}
"""Codes for Article.not_run, and what they mean."""


def quote_article(article: Article) -> Article:
    """Add to an article its quotations and what found them, or the reason why there are none.

    Speakers are resolved to entities of the article, so that these are found first. Of a text beyond MAX_CHARS the
    first part is read.
    """
    language = load_languages().get(article.in_language or "")
    if language is None:
        return replace(article, not_run=(*article.not_run, "quotes.no_language"))
    text = article.text[:MAX_CHARS]
    found = find_quotes(text, article.entities, language)
    quotes = tuple(_quote(text, one, article.entities) for one in found)
    return replace(article, quotes=quotes, quote_model=QUOTE_MODEL)


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
