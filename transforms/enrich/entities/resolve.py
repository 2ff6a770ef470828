"""Which place a name in a text means: by what stands beside it, and by the other places of the text.

A name of one country or of one large city is that. Of several places with one name, the one is meant that the text says
it is ("Athens, Georgia"), or that lies where most others lie that the text names; or else the one that is known far
better than the others. Where none of these decides, the place is left open.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from schemas.articles import Entity
from transforms.enrich.entities.gazetteer import KnownPlace, country_of_people, find_places, find_subdivision
from transforms.enrich.entities.labels import PERSON_LABELS
from transforms.enrich.entities.surface import name_titles

MAX_ENTITIES = 400
"""Entities of an article that are looked up; those that come later stay open."""

BIG_CITY = 100_000
"""Inhabitants of a city that is meant by its name although nothing else in the text speaks for its country."""

_MARGIN = 0.95
"""By how much a place must lead all others of its name. A country or city named beside it is worth 0.5 to 2."""

_CLEAR = 1.5
"""By how much it must lead to say something about the other names of the text."""

_KNOWN_NAMES = 10
"""Names in GeoNames, beside :data:`BIG_CITY`, of such a city: a part of a larger one has fewer."""

_QUALIFIER = re.compile(r", (?:the )?((?:[A-Z][\w.'’-]{0,20})(?: [A-Z][\w.'’-]{0,20}){0,2})")
_NEXT = re.compile(r",? (?:and|or|&) [A-Z]|, [A-Z]")
_STATE = re.compile(r" [sS]tate\b")
_LONGER = re.compile(r" ([A-Z][a-zA-Z]{1,20})")
_PART = re.compile(
    r"(?:(?:North|South|East|West|Central|Upper|Lower|Northern|Southern|Eastern|Western|Northeastern|Northwestern"
    r"|Southeastern|Southwestern|northern|southern|eastern|western|central) )?"
    r"(.{3,40}?)(?: (?:State|Province|Region|Prefecture|Oblast|Governorate|state|province|region|prefecture|oblast))?"
)
_JOINED = re.compile(r"(?:,|,? and|,? or|/) ?")
_COUNTRY_PRIOR = 5.5
_SUBDIVISION_PRIOR = 1.9
_CAPITAL_PRIOR = 1.7
_STATE_RANK = 6.7
_COUNTY_RANK = 6.0


class ResolvedPlace(NamedTuple):
    """What is known of a place that an entity names.

    Attributes:
        place: the place; None where only the country is known, since all places of that name lie in it.
        country: ISO 3166-1 alpha-2.
        subdivision: ISO 3166-2.
    """

    place: KnownPlace | None
    country: str
    subdivision: str | None


class _Named(NamedTuple):
    """One entity that may be a place, with all places of its name."""

    number: int
    entity: Entity
    places: tuple[KnownPlace, ...]


def resolve_places(entities: Sequence[Entity], text: str) -> dict[int, ResolvedPlace]:
    """Find the places among the entities of an article, by their positions among these.

    Args:
        entities: of the article.
        text: that their offsets are of.
    """
    named = [
        _Named(index, entity, _find_named(entity, text))
        for index, entity in enumerate(entities[:MAX_ENTITIES])
        if entity.type in _PLACE_LABELS
    ]
    said = {one.number: found for one in named if (found := _said_place(one, text)) is not None}
    known = [one for one in named if one.places]
    if not known:
        return said
    evidence = _Evidence(entities, known, said, text)
    persons = _person_words(entities)
    for one in known:
        if one.number not in said:
            decided = _decide(one, evidence, text, is_person=one.entity.name in persons)
            if decided is not None:
                said[one.number] = decided
    return said


def _find_named(entity: Entity, text: str) -> tuple[KnownPlace, ...]:
    places = find_places(entity.name)
    if entity.name.endswith(".") or (len(entity.name) == 2 and entity.name.isupper()):
        # The short form of a state stands after a comma or a party: "Reno, NV", "D-Minn.". Elsewhere the letters mean
        # something else.
        starts = (mention.start for mention in entity.mentions[:_MAX_MENTIONS])
        if any(text[max(0, start - 2) : start] in _BEFORE_STATE for start in starts):
            state = _find_state(entity.name)
            return (state,) if state else places
        return tuple(place for place in places if place.kind == "country" or place.name_count >= _NAMES_OF_METROPOLIS)
    if places:
        return places
    part = _PART.fullmatch(entity.name)
    if part is None or part[1] in ("America", entity.name):
        return ()
    # Of "Western Oklahoma" is known where it lies, of "Osun State" which one it is.
    is_whole = entity.name.startswith(part[1])
    return tuple(
        place if is_whole else KnownPlace("region", place.name, place.country, place.subdivision, *_NOWHERE)
        for place in find_places(part[1])
        if place.kind == "subdivision" or (place.kind == "country" and not is_whole)
    )


_BEFORE_STATE = (", ", "D-", "R-", "I-")
_NAMES_OF_METROPOLIS = 50
_NOWHERE = (None, None, 0, 0, None, None, False)
_PLACE_LABELS = ("GPE", "LOC")
_MAX_MENTIONS = 50


def _find_state(letters: str) -> KnownPlace | None:
    return find_subdivision(f"US-{letters}") or find_subdivision(f"CA-{letters}")


def _said_place(one: _Named, text: str) -> ResolvedPlace | None:
    """The place that the words after the name say it is: "Athens, Georgia", "Washington state"."""
    votes: Counter[ResolvedPlace] = Counter()
    for mention in one.entity.mentions[:_MAX_MENTIONS]:
        if one.places and _STATE.match(text, mention.end):
            states = [place for place in one.places if place.kind == "subdivision"]
            if states:
                state = max(states, key=lambda place: place.population)
                votes[ResolvedPlace(state, state.country, state.subdivision)] += 1
                continue
        qualifier = _QUALIFIER.match(text, mention.end)
        within = _read_within(qualifier[1], qualifier.start(1)) if qualifier else None
        if within is None:
            continue
        country, subdivision, end = within
        inside = [
            place
            for place in one.places
            if place.country == country
            and (place.kind == "city" or (place.kind == "subdivision" and subdivision is None))
            and subdivision in (None, place.subdivision)
        ]
        is_area = any(place.kind != "city" and place.country == country for place in one.places)
        is_listed = _NEXT.match(text, end) is not None or (is_area and _is_listed(text, mention.start))
        if inside and not (is_area and is_listed):
            place = max(inside, key=lambda place: (place.kind == "city", place.population))
            votes[ResolvedPlace(place, place.country, place.subdivision)] += 1
        elif not is_listed and not is_area and (subdivision or not one.places):
            # A place too small for the gazetteer, or another than those in it.
            votes[ResolvedPlace(None, country, subdivision)] += 1
    if not votes:
        return None
    return min(votes, key=lambda found: (-votes[found], found.place is None, found.country, found.subdivision or ""))


def _read_within(words: str, start: int) -> tuple[str, str | None, int] | None:
    """Country and subdivision that the words begin with, and where they end; None where they name none."""
    parts = words.split(" ")
    for size in range(len(parts), 0, -1):
        name = " ".join(parts[:size])
        end = start + len(name)
        bare = name.rstrip("'’.,-")
        if bare.endswith(("'s", "’s")):
            return None  # "in Athens, Georgia's leaders" says nothing of Athens
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


def _is_listed(text: str, start: int) -> bool:
    return text[max(0, start - 6) : start].rstrip().endswith((",", " and", " or"))


def _person_words(entities: Iterable[Entity]) -> frozenset[str]:
    """Words of the names of the persons of a text."""
    return frozenset(
        word for entity in entities if entity.type in PERSON_LABELS for word in (*entity.name.split(), entity.name)
    )


class _Evidence:
    """How much the rest of a text speaks for each country and subdivision."""

    def __init__(
        self, entities: Sequence[Entity], named: Sequence[_Named], said: Mapping[int, ResolvedPlace], text: str
    ) -> None:
        self._whole: defaultdict[str, set[int]] = defaultdict(set)
        """Country to the entities that name it or its people."""
        self._parts: defaultdict[str, set[int]] = defaultdict(set)
        """Country or subdivision to the entities that surely lie in it."""
        for index, entity in enumerate(entities[:MAX_ENTITIES]):
            people = country_of_people(entity.name) if entity.type == "NORP" else None
            if people:
                self._whole[people].add(index)
        clear: dict[int, ResolvedPlace] = dict(said)
        for one in named:
            place = None if one.number in said else _clear_place(one.places)
            if place is not None:
                clear[one.number] = ResolvedPlace(place, place.country, place.subdivision)
        for index, found in clear.items():
            if found.place is not None and found.place.kind == "country":
                self._whole[found.country].add(index)
                continue
            self._parts[found.country].add(index)
            if found.subdivision:
                self._parts[found.subdivision].add(index)
        areas: defaultdict[str | None, set[int]] = defaultdict(set)
        for one in named if said else ():
            for place in one.places:
                if place.kind == "subdivision":
                    areas[place.subdivision].add(one.number)
        for found in said.values():
            if found.subdivision and (found.place is None or found.place.kind == "city"):
                # "Athens, Georgia" says of "Georgia", too, which of them it is.
                self._parts[found.subdivision] |= areas[found.subdivision]
        self._beside = _read_lists(named, clear, text)

    def of(self, place: KnownPlace, index: int) -> float:
        """Weight of what speaks for a place as the meaning of an entity."""
        whole = _count_others(self._whole[place.country], index)
        parts = _count_others(self._parts[place.country], index)
        weight = min(1.0, 0.5 * min(whole, 1) + 0.5 * min(parts, 2))
        if place.kind == "country":
            weight += 1.5 * (parts > 0)
        if place.subdivision:
            inside = self._parts[place.subdivision]
            weight += min(_count_others(inside, index), 2)
            weight += 2 * (place.kind == "subdivision" and index in inside)
        return weight + 1.5 * (place.kind in self._beside[index])


def _count_others(entities: Set[int], index: int) -> int:
    return len(entities) - (index in entities)


def _read_lists(named: Sequence[_Named], clear: Mapping[int, ResolvedPlace], text: str) -> defaultdict[int, set[str]]:
    """Kinds of the places that stand beside an entity in a list: "Georgia, Kosovo and Belarus"."""
    spans = sorted(
        (mention.start, mention.end, one.number) for one in named for mention in one.entity.mentions[:_MAX_MENTIONS]
    )
    beside: defaultdict[int, set[str]] = defaultdict(set)
    for (_, end, before), (start, _, after) in pairwise(spans):
        if end < start <= end + 6 and _JOINED.fullmatch(text, end, start):
            for index, other in ((before, after), (after, before)):
                found = clear.get(other)
                if found is not None and found.place is not None:
                    beside[index].add(found.place.kind)
    return beside


@cache
def _rank_places(places: tuple[KnownPlace, ...]) -> dict[KnownPlace, float]:
    """How well known each of several places of one name is.

    The logarithm of its inhabitants, and more the more names a city has, for countries, states and capitals. A country
    is not known better than a state of that name with half as many inhabitants, such as Georgia.
    """
    most = max((place.population for place in places if place.kind == "subdivision"), default=0)
    return {place: _rank_place(place, most) for place in places}


def _rank_place(place: KnownPlace, most: int) -> float:
    known = math.log10(max(place.population, 1_000))
    if place.kind == "country":
        return max(known, 5.5) + (_SUBDIVISION_PRIOR if most > place.population / 2 else _COUNTRY_PRIOR)
    if place.kind == "subdivision":
        least = _STATE_RANK if place.country == "US" else _COUNTY_RANK if place.country in ("GB", "IE") else 0.0
        return max(known, least) + _SUBDIVISION_PRIOR
    return known + 1.5 * math.log10(1 + place.name_count) + _CAPITAL_PRIOR * place.is_capital


@cache
def _clear_place(places: tuple[KnownPlace, ...]) -> KnownPlace | None:
    """The place that a name means whatever the text is about; None where there is none."""
    ranks = _rank_places(places)
    first, *others = sorted(places, key=lambda place: -ranks[place])
    if first.kind == "city" and first.population < BIG_CITY:
        return None
    rivals = [place for place in others if not _lies_in_one(first, place)]
    return first if not rivals or ranks[first] - ranks[rivals[0]] >= _CLEAR else None


def _lies_in_one(one: KnownPlace, other: KnownPlace) -> bool:
    """Whether two places of one name are, or lie in, the same: a state and its city, a country and its capital."""
    if one.country != other.country:
        return False
    if "country" in (one.kind, other.kind):
        return True
    return one.subdivision is not None and one.subdivision == other.subdivision


def _decide(one: _Named, evidence: _Evidence, text: str, *, is_person: bool) -> ResolvedPlace | None:
    weights = {place: evidence.of(place, one.number) for place in one.places}
    ranks = {place: known + weights[place] for place, known in _rank_places(one.places).items()}
    first, *others = sorted(one.places, key=lambda place: -ranks[place])
    if is_person and weights[first] < 1:
        return None  # "Jordan" in a text about Neil Jordan
    rivals = [place for place in others if not _lies_in_one(first, place)]
    if country := next((place for place in others if place.kind == "country" and _lies_in_one(first, place)), None):
        first = country  # not its capital, as with Luxembourg
    if first.kind == "city":
        is_known = first.population >= BIG_CITY and first.name_count >= _KNOWN_NAMES
        if (not is_known and weights[first] < 1) or _is_in_longer_names(one.entity, text):
            return None
    if rivals and ranks[first] - ranks[rivals[0]] < _MARGIN:
        if weights[first] >= 1 and all(place.country == first.country for place in rivals):
            return ResolvedPlace(None, first.country, None)
        return None
    return ResolvedPlace(first, first.country, first.subdivision)


def _is_in_longer_names(entity: Entity, text: str) -> bool:
    """Whether a name is always the beginning of a longer one: "Paris Guest House", "Salisbury Plain"."""
    return all(
        (after := _LONGER.match(text, mention.end)) is not None and after[1].lower() not in name_titles()
        for mention in entity.mentions[:_MAX_MENTIONS]
    )
