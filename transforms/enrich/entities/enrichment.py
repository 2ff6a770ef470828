"""Named things in a text, as an enrichment."""

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.entities.policy import EntityPolicy
from transforms.enrich.entities.recognizers import is_recognizer
from transforms.workers.steps import LazyFunction, Step


def make_step(policy: EntityPolicy) -> Step:
    """Find the entities of an article, and give a row for each of their mentions."""
    return _make_step(policy, "recognize_mentions")


def make_article_step(policy: EntityPolicy) -> Step:
    """Find the entities of an article, and give the article alone."""
    return _make_step(policy, "recognize_entities")


def _make_step(policy: EntityPolicy, name: str) -> Step:
    # Loaded before the first article: a model that cannot be loaded is not the fault of a text, and stops the run.
    preload = tuple(
        (f"{__package__}.recognizers", "load_recognizer", spec.name)
        if is_recognizer(spec.name)
        else (f"{__package__}.models", "load_model", spec.name)
        for spec in policy.models
    )
    models = {spec.language: spec for spec in policy.models}
    recognize = LazyFunction(f"{__package__}.annotate", name, {"models": models})
    return Step(stages.ENTITIES.word, recognize, stages.ENTITIES.crash, preload)


ENTITIES = Enrichment(
    stage=stages.ENTITIES,
    policy=EntityPolicy,
    make_step=make_step,
    columns=("entities", "entity_model"),
    model="entity_model",
    needs=("language", "text"),
    tables=("mentions",),
)
