"""Which place a name in a text means: by what stands beside it, and by the other places of the text.

A name of one country or of one large city is that. Of several places with one name, the one is meant that the text says
it is ("Athens, Georgia"), or that lies where most others lie that the text names; or else the one that is known far better
than the others. Where none of these decides, the place is left open.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from schemas.articles import Entity
from transforms.enrich.entities.gazetteer import Place, country_of_people, find_places, find_subdivision
from transforms.enrich.entities.labels import KINDS, PERSON_LABELS

MAX_ENTITIES = 400
"""Entities of an article that are looked up; those that come later stay open."""

BIG_CITY = 100_000
"""Inhabitants of a city that is meant by its name although nothing else in the text speaks for its country."""

_MARGIN = 0.95
"""By how much a place must lead all others of its name. A country or city named beside it is worth 0.5 to 2."""

_CLEAR = 1.5
"""By how much it must lead to say something about the other names of the text."""

_QUALIFIER = re.compile(r",\s{1,2}((?:[A-Z][\w.'’-]{0,20})(?:\s[A-Z][\w.'’-]{0,20}){0,2})")
_NEXT = re.compile(r",?\s{1,2}(?:and|or|&)\s{1,2}[A-Z]|,\s{1,2}[A-Z]")
_STATE = re.compile(r"\s{1,2}(?:state|State)\b")
_COUNTRY_PRIOR = 3.5
_SUBDIVISION_PRIOR = 1.9
_CAPITAL_PRIOR = 1.7


class Found(NamedTuple):
    """What is known of a place that an entity names.

    Attributes:
        place: the place; None where only the country is known, since all places of that name lie in it.
        country: ISO 3166-1 alpha-2.
        subdivision: ISO 3166-2.
    """

    place: Place | None
    country: str
    subdivision: str | None


class _Named(NamedTuple):
    """One entity that may be a place, with all places of its name."""

    index: int
    entity: Entity
    places: tuple[Place, ...]


def resolve_places(entities: Sequence[Entity], text: str) -> dict[int, Found]:
    """Find the places among the entities of an article, by their positions among these.

    Args:
        entities: of the article.
        text: that their offsets are of.
    """
    named = [
        _Named(index, entity, places)
        for index, entity in enumerate(entities[:MAX_ENTITIES])
        if entity.type in ("GPE", "LOC") and (places := find_places(entity.name) or _find_by_code(entity, text))
    ]
    if not named:
        return {}
    said = {one.index: place for one in named if (place := _said_place(one, text)) is not None}
    evidence = _Evidence(entities, named, said)
    persons = _person_words(entities)
    found: dict[int, Found] = {}
    for one in named:
        if one.index in said:
            place = said[one.index]
            found[one.index] = Found(place, place.country, place.subdivision)
            continue
        decided = _decide(one, evidence, is_person=one.entity.name in persons)
        if decided is not None:
            found[one.index] = decided
    return found


def _find_by_code(entity: Entity, text: str) -> tuple[Place, ...]:
    """The state that two capitals after a comma stand for: "Reno, NV"."""
    if len(entity.name) != 2 or not entity.name.isupper():
        return ()
    if not all(text[max(0, mention.start - 2) : mention.start] == ", " for mention in entity.mentions[:50]):
        return ()
    place = _find_state(entity.name)
    return (place,) if place else ()


def _find_state(letters: str) -> Place | None:
    return find_subdivision(f"US-{letters}") or find_subdivision(f"CA-{letters}")


def _said_place(one: _Named, text: str) -> Place | None:
    """The place that the words after the name say it is: "Athens, Georgia", "Washington state"."""
    votes: Counter[Place] = Counter()
    for mention in one.entity.mentions[:50]:
        after = _STATE.match(text, mention.end)
        if after and (states := [place for place in one.places if place.kind == "subdivision"]):
            votes[max(states, key=lambda place: place.population)] += 1
            continue
        qualifier = _QUALIFIER.match(text, mention.end)
        if qualifier is None:
            continue
        within = _read_within(qualifier[1], qualifier.start(1))
        if within is None:
            continue
        country, subdivision, end = within
        inside = [
            place
            for place in one.places
            if place.country == country
            and place.kind in ("city", "subdivision")
            and (place.subdivision == subdivision or (subdivision is None and place.kind != "country"))
            and not (place.kind == "subdivision" and place.subdivision == subdivision)
        ]
        if not inside:
            continue
        if any(place.kind in ("country", "subdivision") for place in one.places) and _is_listed(
            text, mention.start, end
        ):
            continue  # "Pennsylvania, Delaware, Ohio and Maine"
        votes[max(inside, key=lambda place: (place.kind == "city", place.population))] += 1
    if not votes:
        return None
    return min(votes, key=lambda place: (-votes[place], -place.population, place.country))


def _read_within(words: str, start: int) -> tuple[str, str | None, int] | None:
    """Country and subdivision that the words begin with, and where they end; None where they name none."""
    parts = words.split(" ")
    for size in range(len(parts), 0, -1):
        name = " ".join(parts[:size])
        end = start + len(name)
        bare = name.rstrip("'’.").removesuffix("'s").removesuffix("’s")
        if size == 1 and len(bare) == 2 and bare.isupper():
            state = _find_state(bare)
            if state:
                return state.country, state.subdivision, end
        # A state before a country: what stands after a city is the state more often.
        areas = [place for place in find_places(bare) if place.kind in ("country", "subdivision")]
        if areas:
            area = min(areas, key=lambda place: (place.kind != "subdivision", -place.population))
            return area.country, area.subdivision, end
    return None


def _is_listed(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 6) : start].rstrip()
    return before.endswith((",", " and", " or")) or _NEXT.match(text, end) is not None


def _person_words(entities: Iterable[Entity]) -> frozenset[str]:
    """Words of the names of the persons of a text."""
    return frozenset(
        word for entity in entities if entity.type in PERSON_LABELS for word in (*entity.name.split(), entity.name)
    )


class _Evidence:
    """How much the rest of a text speaks for each country and subdivision."""

    def __init__(self, entities: Sequence[Entity], named: Sequence[_Named], said: Mapping[int, Place]) -> None:
        self._whole: defaultdict[str, set[int]] = defaultdict(set)
        """Country to the entities that name it or its people."""
        self._parts: defaultdict[str, set[int]] = defaultdict(set)
        """Country or subdivision to the entities that surely lie in it."""
        for index, entity in enumerate(entities[:MAX_ENTITIES]):
            people = country_of_people(entity.name) if entity.type == "NORP" else None
            if people:
                self._whole[people].add(index)
        for one in named:
            place = said.get(one.index) or _clear_place(one.places)
            if place is None:
                continue
            if place.kind == "country":
                self._whole[place.country].add(one.index)
                continue
            for code in {place.country, place.subdivision} - {None}:
                self._parts[str(code)].add(one.index)
            if one.index in said and place.subdivision:
                # "Athens, Georgia" says of "Georgia", too, which of them it is.
                self._parts[place.subdivision].update(
                    other.index for other in named if any(_is_of(area, place) for area in other.places)
                )

    def of(self, place: Place, but: int) -> float:
        """Weight of what speaks for a place, except for the entity itself."""
        whole = len(self._whole[place.country] - {but})
        parts = len(self._parts[place.country] - {but})
        weight = 1.0 * min(whole, 2) / 2 + 1.0 * min(parts, 2)
        if place.subdivision:
            weight += 1.0 * min(len(self._parts[place.subdivision] - {but}), 2)
            weight += 2.0 * (place.kind == "subdivision" and but in self._parts[place.subdivision])
        return weight


def _is_of(area: Place, place: Place) -> bool:
    return area.kind == "subdivision" and area.subdivision == place.subdivision


@cache
def _rank_places(places: tuple[Place, ...]) -> dict[Place, float]:
    """How well known each of several places of one name is.

    The logarithm of its inhabitants, and more the more names a city has, for countries, states and capitals. A country
    is not known better than a state of that name with half as many inhabitants, such as Georgia.
    """
    most = max((place.population for place in places if place.kind == "subdivision"), default=0)
    return {place: _rank_place(place, most) for place in places}


def _rank_place(place: Place, most: int) -> float:
    known = math.log10(max(place.population, 1_000))
    if place.kind == "country":
        return max(known, 5.5) + (_SUBDIVISION_PRIOR if most > place.population / 2 else _COUNTRY_PRIOR)
    if place.kind == "subdivision":
        return known + _SUBDIVISION_PRIOR
    return known + 1.5 * math.log10(1 + place.name_count) + _CAPITAL_PRIOR * place.is_capital


@cache
def _clear_place(places: tuple[Place, ...]) -> Place | None:
    """The place that a name means whatever the text is about; None where there is none."""
    ranks = _rank_places(places)
    first, *others = sorted(places, key=lambda place: -ranks[place])
    if first.kind == "city" and first.population < BIG_CITY:
        return None
    rivals = [place for place in others if not _lies_in_one(first, place)]
    return first if not rivals or ranks[first] - ranks[rivals[0]] >= _CLEAR else None


def _lies_in_one(one: Place, other: Place) -> bool:
    """Whether two places of one name are, or lie in, the same: a state and its city, a country and its capital."""
    if one.country != other.country:
        return False
    if "country" in (one.kind, other.kind):
        return True
    return one.subdivision is not None and one.subdivision == other.subdivision


def _decide(one: _Named, evidence: _Evidence, *, is_person: bool) -> Found | None:
    weights = {place: evidence.of(place, one.index) for place in one.places}
    ranks = {place: known + weights[place] for place, known in _rank_places(one.places).items()}
    first, *others = sorted(one.places, key=lambda place: -ranks[place])
    if is_person and weights[first] < 1:
        return None  # "Jordan" in a text about Neil Jordan
    if country := next((place for place in others if place.kind == "country" and _lies_in_one(first, place)), None):
        first = country  # not its capital, as with Luxembourg
    if first.kind == "city" and first.population < BIG_CITY and weights[first] < 1:
        return None
    rivals = [place for place in others if not _lies_in_one(first, place)]
    if rivals and ranks[first] - ranks[rivals[0]] < _MARGIN:
        if weights[first] >= 1 and all(place.country == first.country for place in rivals):
            return Found(None, first.country, None)
        return None
    return Found(first, first.country, first.subdivision)


def is_place(entity: Entity) -> bool:
    """Whether the label of an entity is that of a place."""
    return KINDS.get(entity.type) == "PLACE"
