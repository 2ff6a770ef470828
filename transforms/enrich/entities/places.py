"""Names of countries, their people, and large cities."""

import json
from functools import cache
from importlib.resources import files

_PACKAGE = "transforms.enrich.entities"
_AMBIGUOUS = frozenset(("Chad", "Georgia", "Israel", "Jordan", "Pole", "Turkey", "English", "French", "Dane", "Finn"))
"""Country and people words that are also names of persons or things: the model's label stands."""


@cache
def _rows() -> tuple[dict[str, list[str]], ...]:
    return tuple(json.loads(files(_PACKAGE).joinpath("places.json").read_text(encoding="utf-8")))


@cache
def place_labels() -> dict[str, str]:
    """Country names (GPE) and words for their people (NORP), as written, from places.json."""
    labels = {word: "NORP" for row in _rows() for word in row["people"]}
    labels.update((name, "GPE") for row in _rows() for name in row["names"])
    return {word: label for word, label in labels.items() if word not in _AMBIGUOUS}


@cache
def country_names() -> dict[str, str]:
    """Every name of a country, case folded, to its first one in places.json: ``u.s.`` to ``United States``."""
    return {name.casefold(): row["names"][0] for row in _rows() for name in row["names"]}


@cache
def large_cities() -> frozenset[str]:
    """Names of cities of 300,000 inhabitants and more, case folded, from cities.txt."""
    lines = files(_PACKAGE).joinpath("cities.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if not line.startswith("#"))
