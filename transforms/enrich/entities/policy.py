"""Which models recognise entities."""

from schemas.policy import policy, setting
from transforms.enrich.entities.models import DEFAULT_MODEL, ModelSpec, describe_model


def choose_models(names: tuple[str, ...]) -> tuple[ModelSpec, ...]:
    """The spaCy pipelines of these names; none for "none".

    Raises:
        ValueError: one is not installed, or two are for one language.
    """
    if names == ("none",):
        return ()
    specs = tuple(describe_model(name) for name in names)
    taken: dict[str, str] = {}
    for spec in specs:
        if spec.language in taken:
            raise ValueError(f"two models for language {spec.language}: {taken[spec.language]} and {spec.name}")
        taken[spec.language] = spec.name
    return specs


@policy
class EntityPolicy:
    """Which languages get entities, and of which model.

    Raises:
        ValueError: a model is not installed.
    """

    models: tuple[ModelSpec, ...] = setting(
        "installed spaCy pipeline that recognises entities in its language; 'none' turns entities off",
        default=(DEFAULT_MODEL,),
        shapes_rows=True,
        option="spacy_model",
        metavar="NAME",
        many="*",
        path="with slash",
        read=choose_models,
    )
