"""Named things in a text, as an enrichment."""

import dataclasses
import functools

from schemas import stages
from transforms.enrich.enrichment import Enrichment
from transforms.enrich.entities.annotate import recognize_entities
from transforms.enrich.entities.models import DEFAULT_MODEL, ModelSpec, describe_model
from transforms.workers.steps import Step


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EntityPolicy:
    """Which models find entities.

    Attributes:
        models: installed spaCy pipelines, at most one for each language; that of ANY_LANGUAGE reads the languages that
            have no other. Empty switches entities off; by default the English one is used.

    Raises:
        ValueError: two models for one language; the default one is not installed.
    """

    models: tuple[ModelSpec, ...] = dataclasses.field(default_factory=lambda: (describe_model(DEFAULT_MODEL),))

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for spec in self.models:
            if spec.language in taken:
                raise ValueError(f"two models for language {spec.language}: {taken[spec.language]} and {spec.name}")
            taken[spec.language] = spec.name


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
