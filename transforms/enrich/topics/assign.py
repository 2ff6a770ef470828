"""IPTC Media Topics of an article: those that its publisher declares, and those of the classifier."""

import dataclasses

from schemas.articles import Article, Topic
from transforms.enrich.topics.classify import EXPERIMENTAL, LANGUAGES, MODEL, classify
from transforms.enrich.topics.publisher import map_publisher
from transforms.enrich.topics.taxonomy import label, path, top, wikidata_id

NO_MODEL = "topics.no_model"
"""In ``not_run`` of an article in a language that has no classifier."""


def _topic(code: str, score: float, source: str) -> Topic:
    return Topic(
        code=code, label=label(code), score=score, source=source, path=path(code), wikidata_id=wikidata_id(code)
    )


def assign_topics(article: Article) -> Article:
    """Set ``topics``, ``topic_model`` and ``not_run`` of an article.

    First what the publisher declares, in any language, then the classifier's topics, best first. Of these, a top-level
    one that the publisher named, or below which it named one, is left out, and so is a deeper one that it named. At
    most 3 top-level and 3 deeper topics are the classifier's. Doing it again changes nothing.
    """
    declared = map_publisher(
        sections=() if article.article_section is None else (article.article_section,), keywords=article.keywords
    )
    topics = [_topic(code, 1.0, "publisher") for code in declared]
    not_run = tuple(reason for reason in article.not_run if reason != NO_MODEL)
    language = LANGUAGES.get(article.in_language or "")
    if language is None:
        return dataclasses.replace(article, topics=tuple(topics), topic_model=None, not_run=(*not_run, NO_MODEL))
    known = {code for named in declared for code in path(named)}
    tops = {top(code): None for code in declared}
    for code, score in classify(article.headline, article.text, language, tuple(tops)):
        if code not in known:
            topics.append(_topic(code, score, "classifier"))
    model = MODEL if language == "en" else EXPERIMENTAL
    return dataclasses.replace(article, topics=tuple(topics), topic_model=model, not_run=not_run)
