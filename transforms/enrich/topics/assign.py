"""IPTC Media Topics of an article: those that its publisher declares, and those of the classifier."""

import dataclasses

from schemas.articles import Article, Topic
from transforms.enrich.topics.classify import LANGUAGE, MODEL, classify
from transforms.enrich.topics.publisher import map_publisher
from transforms.enrich.topics.taxonomy import label, top

NO_MODEL = "topics.no_model"
"""In ``not_run`` of an article in a language that has no classifier."""


def assign_topics(article: Article) -> Article:
    """Set ``topics``, ``topic_model`` and ``not_run`` of an article.

    First what the publisher declares, in any language, then the classifier's topics whose top level the
    publisher did not name, best first. Doing it again changes nothing.
    """
    declared = map_publisher(
        sections=() if article.article_section is None else (article.article_section,), keywords=article.keywords
    )
    topics = [Topic(code=code, label=label(code), score=1.0, source="publisher") for code in declared]
    not_run = tuple(reason for reason in article.not_run if reason != NO_MODEL)
    if article.in_language != LANGUAGE:
        return dataclasses.replace(article, topics=tuple(topics), topic_model=None, not_run=(*not_run, NO_MODEL))
    known = {top(code) for code in declared}
    for code, score in classify(article.headline, article.text):
        if code not in known:
            topics.append(Topic(code=code, label=label(code), score=score, source="classifier"))
    return dataclasses.replace(article, topics=tuple(topics), topic_model=MODEL, not_run=not_run)
