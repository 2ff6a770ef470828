"""IPTC Media Topics of an article: those that its publisher declares, and those of the classifier."""

from schemas import stages
from schemas.articles import Article, Topic
from schemas.record import replace
from transforms.enrich.not_run import note_not_run
from transforms.enrich.topics.classify import (
    EXPERIMENTAL,
    LANGUAGES,
    MODEL,
    choose_topics,
    score_parts,
)
from transforms.enrich.topics.parts import split_parts
from transforms.enrich.topics.publisher import map_publisher
from transforms.enrich.topics.taxonomy import label, path, top, wikidata_id

NO_MODEL = f"{stages.TOPICS.word}.no_model"
"""In ``not_run`` of an article in a language that has no classifier."""

CLEAR = 0.5
"""Score of a top-level topic from which the text itself speaks for it."""

KEYWORD_ALONE = 0.75
"""Score of a keyword's topic that no text speaks for or against: so many of those on annotated pages are right."""


def _topic(code: str, score: float, source: str) -> Topic:
    return Topic(
        code=code,
        label=label(code),
        score=score,
        source=source,
        path="/".join(path(code)),
        wikidata_id=wikidata_id(code),
    )


def assign_topics(article: Article) -> Article:
    """Set ``topics``, ``topic_model`` and ``not_run`` of an article.

    First come the topics of the publisher's sections, in any language. A keyword can be anything that the text touches,
    so the topic of one is given with the score 1 where the classifier finds it, too, with KEYWORD_ALONE where nothing
    is clear to it, and not where another topic is. Then the classifier's topics follow, best first; a top-level one
    that the publisher named, or below which it named one, is left out, and so is a deeper one that it named. At most 3
    top-level and 3 deeper topics are the classifier's. Doing it again changes nothing.
    """
    declared = map_publisher(
        sections=() if article.article_section is None else (article.article_section,), keywords=article.keywords
    )
    topics = [_topic(code, 1.0, "publisher") for code in declared.sections]
    if NO_MODEL in article.not_run:
        article = replace(article, not_run=tuple(code for code in article.not_run if code != NO_MODEL))
    language = LANGUAGES.get(article.in_language or "")
    if language is None:
        topics += [_topic(code, KEYWORD_ALONE, "publisher") for code in declared.keywords]
        article = replace(article, topics=tuple(topics), topic_model=None)
        return note_not_run(article, stages.TOPICS, "no_model")
    parts = split_parts(article.headline, article.text, language)
    scored = score_parts(parts, language)
    scores = dict(scored)
    for code in declared.keywords:
        if scores[top(code)] >= CLEAR:
            topics.append(_topic(code, 1.0, "publisher"))
        elif scored[0].score < CLEAR:
            topics.append(_topic(code, KEYWORD_ALONE, "publisher"))
    known = {code for topic in topics for code in path(topic.code)}
    tops = dict.fromkeys(top(topic.code) for topic in topics)
    for code, score in choose_topics(parts, scored, language, tops):
        if code not in known:
            topics.append(_topic(code, score, "classifier"))
    model = MODEL if language == "en" else EXPERIMENTAL
    return replace(article, topics=tuple(topics), topic_model=model)
