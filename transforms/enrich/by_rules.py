"""What is common to enrichments by rules that there are for some languages, and that read the start of a long text."""

import dataclasses
from collections.abc import Callable, Container, Mapping
from typing import Any

from schemas.articles import Article
from schemas.stages import Stage
from transforms.enrich.not_run import note_not_run

MAX_CHARS = 200_000
"""Code points of a text that are read, some 35,000 words."""


def enrich_by_rules(
    article: Article, stage: Stage, languages: Container[str], find: Callable[[str], Mapping[str, Any]]
) -> Article:
    """Return an article with what the rules for its language find, or with the reason why there is nothing.

    Args:
        article: to read; its text is read to MAX_CHARS, and ``not_run`` says so where it is longer.
        stage: that of the enrichment.
        languages: that there are rules for, ISO 639-1.
        find: from the language to the columns that are set.
    """
    language = article.in_language
    if language is None or language not in languages:
        return note_not_run(article, stage, "language_unknown" if language is None else "no_language")
    found = dataclasses.replace(article, **find(language))
    return note_not_run(found, stage, "text_too_long") if len(article.text) > MAX_CHARS else found


def lower_in_place(text: str) -> str:
    """Return a text in lower case, of the same length, so that offsets into both are the same.

    >>> lower_in_place("İzmir ÇAY")
    'İzmir çay'
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    # One letter of Turkish has two code points in lower case.
    return "".join(letter if len(lower := letter.lower()) != 1 else lower for letter in text)
