"""Named things in a text, as an enrichment."""

import functools

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.entities.annotate import recognize_entities
from transforms.enrich.entities.policy import EntityPolicy
from transforms.workers.steps import Step


def make_step(policy: EntityPolicy) -> Step:
    """Find the entities of an article."""
    # Loaded before the first article: a model that cannot be loaded is not the fault of a text, and stops the run.
    preload = tuple(("transforms.enrich.entities.models", "load_model", spec.name) for spec in policy.models)
    recognize = functools.partial(recognize_entities, models={spec.language: spec for spec in policy.models})
    return Step(stages.ENTITIES.word, recognize, stages.ENTITIES.crash, preload)


ENTITIES = Enrichment(
    stage=stages.ENTITIES,
    policy=EntityPolicy,
    make_step=make_step,
    columns=("entities", "entity_model"),
    model="entity_model",
    needs=("language", "text"),
)
