"""Quotations of an article."""

import dataclasses

from schemas.articles import Article
from schemas.quotes import Quote
from transforms.enrich.quotes.attribute import find_quotes
from transforms.enrich.quotes.words import load_languages

QUOTE_MODEL = "newsmill-quotes 1"
"""Raised by one whenever the rules change."""

NOT_RUN = {
    "quotes.no_language": "There are no rules for quotations in the language of the text, or it is not known.",
}
"""Codes for Article.not_run, and what they mean."""

MAX_CHARS = 200_000
"""Code points of a text that are read, some 35,000 words."""


def quote_article(article: Article) -> Article:
    """Add to an article its quotations and what found them, or the reason why there are none.

    Speakers are resolved to entities of the article, so that these are found first. Of a text beyond MAX_CHARS the
    first part is read.
    """
    language = load_languages().get(article.in_language or "")
    if language is None:
        return dataclasses.replace(article, not_run=(*article.not_run, "quotes.no_language"))
    text = article.text[:MAX_CHARS]
    found = find_quotes(text, article.entities, language)
    quotes = tuple(
        Quote(
            start=one.span.start,
            end=one.span.end,
            text=text[one.span.start : one.span.end],
            speaker=text[one.speaker.start : one.speaker.end] if one.speaker else None,
            speaker_start=one.speaker.start if one.speaker else None,
            speaker_end=one.speaker.end if one.speaker else None,
            speaker_name=(
                article.entities[one.speaker.entity].name if one.speaker and one.speaker.entity is not None else None
            ),
            verb=one.verb,
            method=one.method,
        )
        for one in found
    )
    return dataclasses.replace(article, quotes=quotes, quote_model=QUOTE_MODEL)
