"""Names that are a place or a people whatever a model says of them."""

from functools import cache

from transforms.enrich.entities.gazetteer import find_places, find_subdivision, named_places, own_rows, place_key

_AMBIGUOUS = frozenset(("Chad", "Georgia", "Israel", "Jordan", "Pole", "Turkey", "English", "French", "Dane", "Finn"))
"""Country and people words that are also names of persons or things: the model's label stands."""


@cache
def place_labels() -> dict[str, str]:
    """Country names (GPE) and words for their people (NORP), as written, from places.json."""
    labels = {word: "NORP" for row in own_rows() for word in row["people"]}
    labels.update((name, "GPE") for row in own_rows() for name in row["names"])
    return {word: label for word, label in labels.items() if word not in _AMBIGUOUS}


@cache
def country_names() -> dict[str, str]:
    """Every name of a country, case folded, to its first one in places.json: ``u.s.`` to ``United States``."""
    return {name.casefold(): row["names"][0] for row in own_rows() for name in row["names"]}


@cache
def other_country_names() -> dict[str, str]:
    """The names that mean a country only where a place is meant: ``america`` to ``United States``."""
    return {
        name.casefold(): row["names"][0]
        for row in own_rows()
        if row["names"] and "within" not in row
        for name in row.get("also", ())
    }


def may_be_one_place(short: str, name: str) -> bool:
    """Return whether a place has both names, or the shorter one, of three letters at least, is in no list of places."""
    known = find_places(short)
    return bool(set(known) & set(find_places(name))) if known else len(short) > 2


MIN_POPULATION = 300_000
"""Inhabitants of the smallest city that is a place whatever a model says."""


def is_large_city(name: str) -> bool:
    """Return whether a city of 300,000 inhabitants and more has this name; none of its other names."""
    return place_key(name) in _large_cities()


@cache
def _large_cities() -> frozenset[str]:
    return frozenset(key for key, place in named_places("city", MIN_POPULATION) if place_key(place.name) == key)


STATES_OF = frozenset(("AU", "CA", "IN", "PK", "US"))
"""Countries whose states and provinces mean nothing else; in others, Meta, Santander, Delta and Saga are some."""


def is_state(name: str) -> bool:
    """Return whether a state or province of these countries has this name, of four letters at least.

    "MD" is a degree, too.
    """
    return len(name) > 3 and "." not in name and place_key(name) in _states()


@cache
def _states() -> frozenset[str]:
    return frozenset(key for key, place in named_places("subdivision") if place.country in STATES_OF)


def is_state_of_us(name: str) -> bool:
    """Return whether a state of the United States is called or abbreviated so.

    >>> is_state_of_us("Minn."), is_state_of_us("TX"), is_state_of_us("Ontario")
    (True, True, False)
    """
    is_named = any(place.kind == "subdivision" and place.country == "US" for place in find_places(name))
    return is_named or (len(name) == 2 and find_subdivision(f"US-{name}") is not None)
