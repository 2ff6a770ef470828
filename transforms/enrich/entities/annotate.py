"""Entities of an article, where a model for its language is installed."""

import dataclasses
from collections.abc import Mapping

from schemas import stages
from schemas.articles import Article, Entity
from schemas.mentions import EntityMention
from schemas.outcomes import ArticleRows
from transforms.enrich.entities.identify import identify_entities
from transforms.enrich.entities.models import ANY_LANGUAGE, ModelSpec, load_model
from transforms.enrich.entities.recognize import find_entities, make_entities, readable_part
from transforms.enrich.entities.recognizers import ALL_LABELS, is_recognizer, label_spans, load_recognizer
from transforms.enrich.not_run import note_not_run


def _model_for(article: Article, models: Mapping[str, ModelSpec]) -> ModelSpec | None:
    if article.in_language is None:
        return None
    return models.get(article.in_language) or models.get(ANY_LANGUAGE)


def _why_not(article: Article, models: Mapping[str, ModelSpec]) -> str:
    if not models:
        return "off"
    return "language_unknown" if article.in_language is None else "no_model"


def _find(spec: ModelSpec, text: str, language: str) -> tuple[Entity, ...]:
    if is_recognizer(spec.name):
        mentions = label_spans(load_recognizer(spec.name), text)
        return make_entities(text, mentions, labels=ALL_LABELS, language=language)
    (found,) = find_entities(load_model(spec.name), (text,), language=language)
    return found


def recognize_entities(article: Article, models: Mapping[str, ModelSpec]) -> Article:
    """Add to an article its entities and the model that found them, or the reason why there are none.

    Of a text beyond :data:`~transforms.enrich.entities.recognize.MAX_CHARS` code points the first part is read, and
    ``not_run`` says so.

    Raises:
        ValueError: a model that cannot be loaded.
        Exception: whatever spaCy raises on the text.
    """
    spec = _model_for(article, models)
    if spec is None:
        return note_not_run(article, stages.ENTITIES, _why_not(article, models))
    part = readable_part(article.text)
    found = _find(spec, part, article.in_language or spec.language)
    entities = identify_entities(found, headline=article.headline, text=part)
    made = dataclasses.replace(article, entities=entities, entity_model=spec.title)
    return made if len(part) == len(article.text) else note_not_run(made, stages.ENTITIES, "text_too_long")


def list_mentions(article: Article) -> ArticleRows:
    """Give the article with a row for each mention of its entities, in their order in the text."""
    rows = [
        EntityMention(
            entity_id=entity.entity_id or "",
            name=entity.name,
            type=entity.type,
            text=mention.text,
            start=mention.start,
            end=mention.end,
        )
        for entity in article.entities
        for mention in entity.mentions
    ]
    return ArticleRows(article, tuple(sorted(rows, key=lambda row: row.start)))


def recognize_mentions(article: Article, models: Mapping[str, ModelSpec]) -> ArticleRows:
    """Add to an article its entities, and give a row for each of their mentions.

    Raises:
        Exception: as :func:`recognize_entities` does.
    """
    return list_mentions(recognize_entities(article, models))
