"""Articles for tests, about invented events."""

import dataclasses
from typing import Any

from schemas.articles import Article
from transforms.identity import article_id, content_hash, link_id, text_hash
from transforms.urls import canonical_url

TEXT = (
    "The harbour council of Ostrava Bay voted on Tuesday to rebuild the eastern pier, which a storm damaged in "
    "January. The work will cost 14 million crowns and take two summers, the council said. Fishermen asked that "
    "the slipway stay open while cranes are at work."
)


def make_article(**changes: Any) -> Article:
    """An article whose ids fit what it holds."""
    base = Article(
        article_id="",
        id_scheme="",
        content_hash="",
        url="https://harbourtimes.example/pier",
        url_canonical=None,
        headline="Council votes to rebuild pier",
        text=TEXT,
        text_source="page",
        word_count=0,
        date_published=None,
        date_published_raw=None,
        date_published_precision=None,
        date_published_source=None,
        published_date=None,
        in_language="en",
        source_uri="seeds/pier.html",
        source_kind="html",
        extractor="trafilatura 0",
        newsmill_version="0",
    )
    article = dataclasses.replace(base, **changes)
    url = canonical_url(article.url) if article.url else None
    name, scheme = article_id(url, article.headline, article.text)
    return dataclasses.replace(
        article,
        article_id=name,
        id_scheme=scheme,
        url_canonical=url,
        content_hash=content_hash(article.headline, article.text),
        text_hash=text_hash(article.headline, article.text),
        link_id=link_id(article.url),
        word_count=len(article.text.split()),
    )
