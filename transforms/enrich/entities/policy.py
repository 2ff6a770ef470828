"""Which models recognise entities."""

from schemas.policy import policy, setting
from transforms.enrich.entities.models import DEFAULT_MODEL, ModelSpec
from transforms.enrich.entities.recognizers import describe


def choose_models(names: tuple[str, ...]) -> tuple[ModelSpec, ...]:
    """Find the pipelines and recognisers of these names; none for "none".

    Raises:
        ValueError: one is not installed, or two are for one language.
    """
    if names == ("none",):
        return ()
    return check_models(tuple(describe(name) for name in names))


def check_models(specs: tuple[ModelSpec, ...]) -> tuple[ModelSpec, ...]:
    """Check that there is at most one model for each language.

    Raises:
        ValueError: two are for one language.
    """
    taken: dict[str, str] = {}
    for spec in specs:
        if spec.language in taken:
            raise ValueError(f"two models for language {spec.language}: {taken[spec.language]} and {spec.name}")
        taken[spec.language] = spec.name
    return specs


@policy
class EntityPolicy:
    """Which languages get entities, and of which model; that of ANY_LANGUAGE reads those that have no other.

    Raises:
        ValueError: two models are for one language, or the default one is not installed.
    """

    models: tuple[ModelSpec, ...] = setting(
        "installed spaCy pipeline, or recogniser as module:name, for entities in its language; 'none' turns them off",
        default=(DEFAULT_MODEL,),
        shapes_rows=True,
        option="spacy_model",
        metavar="NAME",
        many="*",
        path="with slash",
        read=choose_models,
    )

    def __post_init__(self) -> None:
        check_models(self.models)
