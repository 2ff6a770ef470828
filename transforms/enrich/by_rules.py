"""What is common to enrichments by rules that there are for some languages, and that read the start of a long text."""

from collections.abc import Callable, Container, Mapping
from typing import Any

from schemas.articles import Article
from schemas.record import replace

MAX_CHARS = 200_000
"""Code points of a text that are read, some 35,000 words."""


def not_run_codes(name: str) -> dict[str, str]:
    """Return the codes for Article.not_run of the enrichment with a name, and what they mean."""
    return {
        f"{name}.language_unknown": "The language of the text is not known.",
        f"{name}.no_language": "There are no rules for the language of the text.",
        f"{name}.text_too_long": f"The text is too long: its {name} are those of the part that was read.",
    }


def enrich_by_rules(
    article: Article, name: str, languages: Container[str], find: Callable[[str], Mapping[str, Any]]
) -> Article:
    """Return an article with what the rules for its language find, or with the reason why there is nothing.

    Args:
        article: to read; its text is read to MAX_CHARS, and ``not_run`` says so where it is longer.
        name: of the enrichment, with which the reasons begin.
        languages: that there are rules for, ISO 639-1.
        find: from the language to the columns that are set.
    """
    language = article.in_language
    if language is None or language not in languages:
        reason = f"{name}.language_unknown" if language is None else f"{name}.no_language"
        return replace(article, not_run=(*article.not_run, reason))
    columns = dict(find(language))
    if len(article.text) > MAX_CHARS:
        columns["not_run"] = (*article.not_run, f"{name}.text_too_long")
    return replace(article, **columns)


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
