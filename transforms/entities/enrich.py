"""Articles come in; they go out with the entities of their text, where a model for the language is installed."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.articles import Article, DeadLetter, Dropped
from transforms.entities.models import ANY_LANGUAGE, DEFAULT_MODEL, ModelSpec, describe_model, load_model
from transforms.entities.recognize import find_entities, readable_part
from transforms.ledger import Ledger, typed

NOT_RUN = {
    "entities.off": "Entities are switched off.",
    "entities.language_unknown": "The language of the text is not known.",
    "entities.no_model": "No pipeline for the language is configured.",
    "entities.text_too_long": "The text is too long: its entities are those of the part that was read.",
}
"""Codes for Article.not_run, and what they mean."""


class Recognized(NamedTuple):
    """What RecognizeEntities returns: every article is in exactly one of the three."""

    articles: beam.PCollection[Article]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class RecognizeEntities(beam.PTransform[beam.PCollection[Article], Recognized]):
    """Find people, places, organisations and other named things in each article.

    Elementwise: keeps windows and timestamps, works bounded or unbounded, and the result for an article
    does not depend on any other. An article that no model serves passes with the reason in ``not_run``; one
    on whose text spaCy fails leaves as a dead letter ``entities.crash``. Nothing is ever dropped.

    Costs about 0.11 s of CPU for an article of 766 words and 350 MB for each process with the default model,
    which is loaded once per process at the first article that needs it. Threads of a process take turns.

    Args:
        models: language (ISO 639-1) and name of an installed spaCy pipeline or path of one; 'xx' serves the
            languages that have no other; none at all switches entities off.

    Raises:
        ValueError: a pipeline that is not installed, has no ``ner`` or is for another language.
    """

    def __init__(self, *, models: Mapping[str, str] | Iterable[tuple[str, str]] = (("en", DEFAULT_MODEL),)) -> None:
        super().__init__()
        pairs = models.items() if isinstance(models, Mapping) else models
        self._models = {language: _check_model(language, name) for language, name in pairs}

    def expand(self, articles: beam.PCollection[Article]) -> Recognized:
        split = articles | "Recognize" >> beam.ParDo(_RecognizeFn(self._models)).with_outputs(
            "dead", "dropped", main="done"
        )
        done, dead, dropped = typed(split, Article)
        return Recognized(articles=done, dead=dead, dropped=dropped)


def _check_model(language: str, name: str) -> ModelSpec:
    spec = describe_model(name)
    if spec.language not in (language, ANY_LANGUAGE):
        raise ValueError(
            f"spaCy pipeline {name!r} is for {spec.language!r}, not {language!r}: "
            f"name it for {spec.language!r}, or choose another"
        )
    return spec


def _model_for(article: Article, models: Mapping[str, ModelSpec]) -> ModelSpec | None:
    if article.in_language is None:
        return None
    return models.get(article.in_language) or models.get(ANY_LANGUAGE)


def _why_not(article: Article, models: Mapping[str, ModelSpec]) -> str:
    if not models:
        return "entities.off"
    return "entities.language_unknown" if article.in_language is None else "entities.no_model"


def recognize_entities(article: Article, models: Mapping[str, ModelSpec]) -> Article:
    """The article with its entities and the model that found them, or with the reason why there are none.

    Of a text beyond :data:`~transforms.entities.recognize.MAX_CHARS` code points the first part is read, and
    ``not_run`` says so.

    Raises:
        ValueError: a model that cannot be loaded.
        Exception: whatever spaCy raises on the text.
    """
    spec = _model_for(article, models)
    if spec is None:
        return dataclasses.replace(article, not_run=(*article.not_run, _why_not(article, models)))
    part = readable_part(article.text)
    (entities,) = find_entities(load_model(spec.name), (part,))
    not_run = article.not_run if len(part) == len(article.text) else (*article.not_run, "entities.text_too_long")
    return dataclasses.replace(article, entities=entities, entity_model=spec.title, not_run=not_run)


class _RecognizeFn(beam.DoFn):
    """One article, one call: measured, a batch of 8 or 32 articles is no faster than one of many paragraphs."""

    def __init__(self, models: Mapping[str, ModelSpec]) -> None:
        self._models = models

    def setup(self) -> None:
        self._ledger = Ledger("entities")

    def process(self, element: Article) -> Iterator[Any]:
        ledger = self._ledger
        ledger.count("in")
        spec = _model_for(element, self._models)
        if spec is not None:
            # Outside the net below: a model that cannot be loaded is no fault of the text, and stops the run.
            load_model(spec.name)
        try:
            with ledger.clock():
                enriched = recognize_entities(element, self._models)
        except Exception as error:
            yield ledger.crashed(element, "entities.crash", error)
            return
        ledger.count("done")
        yield enriched
