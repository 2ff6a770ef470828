"""What an entity is called in all articles, and how much an article is about it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from schemas.articles import Entity
from schemas.record import replace
from transforms.enrich.entities.gazetteer import KnownPlace
from transforms.enrich.entities.labels import KINDS
from transforms.enrich.entities.metonyms import stands_for_government
from transforms.enrich.entities.resolve import ResolvedPlace, resolve_places
from transforms.enrich.entities.surface import fold, has_marks
from transforms.enrich.entities.words import words_of
from transforms.identity import digest

HEADLINE_SHARE = 0.4
"""Salience of what the headline names."""

LEAD_SHARE = 0.2
"""Salience of what the first paragraph names."""

MENTIONS_SHARE = 0.4
"""Salience of the entity that is mentioned most; of others as much less as they are mentioned less."""

MAX_NAME_CHARS = 200
"""Code points of a name that its id is made of."""

MAX_HEADLINE_CHARS = 1_000
"""Code points of a headline in which names are looked for."""

MAX_MENTIONS = 50
"""Mentions of a capital that are looked at."""

_WORD = re.compile(r"\w+")


@cache
def _legal_forms() -> frozenset[str]:
    words = words_of("")
    return (words.legal_forms - words.company_words) | words.legal_forms_of_ids


@lru_cache(maxsize=8192)
def canonical_name(name: str, kind: str) -> str:
    """Return the form of a name that is the same in all articles, however it is written.

    Compatibility forms, case, accents, articles, possessives, titles of persons, full stops and hyphens are folded,
    initials joined, "&" is "and", and an organisation has no legal form.

    >>> canonical_name("President J. K. Tórv", "PERSON"), canonical_name("The Marle-Rail Co., Ltd.", "ORG")
    ('jk torv', 'marle rail')

    Args:
        name: as an article has it.
        kind: PERSON, PLACE, ORG or a label.
    """
    words = fold(name[:MAX_NAME_CHARS], kind)
    if not words.isascii():
        words = "".join(mark for mark in unicodedata.normalize("NFKD", words) if not unicodedata.combining(mark))
    if has_marks(words):
        words = words.translate(_FOLDED)
    parts = words.split()
    if kind == "ORG":
        while len(parts) > 1 and parts[-1] in _legal_forms():
            del parts[-1]
    return " ".join(_join_initials(parts) if 1 in map(len, parts) else parts) or name.casefold()


def _join_initials(parts: Sequence[str]) -> list[str]:
    joined: list[str] = []
    was_initial = False
    for part in parts:
        is_initial = len(part) == 1 and part.isalpha()
        if is_initial and was_initial:
            joined[-1] += part
        else:
            joined.append(part)
        was_initial = is_initial
    return joined


_FOLDED = str.maketrans({**dict.fromkeys("-‐‑–—,/", " "), **dict.fromkeys(".’'", ""), "&": " and "})


def make_entity_id(name: str, label: str, place: ResolvedPlace | None = None) -> str:
    """Make the id of what has this name: blake2b-128 of the kind of thing and its canonical name.

    Labels that name the same kind of thing give the same id. The canonical name of a place that is known is its name
    in the gazetteer, whatever the article calls it, with the code of the country or subdivision.

    >>> make_entity_id("Ana Torv", "PER") == make_entity_id("Ms Ana Torv’s", "PERSON")
    True
    """
    kind = KINDS.get(label, label)
    if place is None:
        return digest(kind, canonical_name(name, kind))
    known = place.place.name if place.place else name
    return digest(kind, canonical_name(known, kind), place.subdivision or place.country)


def measure_salience(entities: Sequence[Entity], *, headline: str | None, text: str) -> list[float]:
    """Return how much an article is about each of its entities, 0 to 1.

    ``.4`` where the headline has one of its mentions, ``.2`` where the first paragraph of the text does, and ``.4``
    times its number of mentions over that of the entity with most. Case does not count in a headline.
    """
    end = text.find("\n")
    lead_end = len(text) if end < 0 else end
    most = max((entity.count for entity in entities), default=1)
    words = _spaced((headline or "")[:MAX_HEADLINE_CHARS])
    if words.isspace():
        words = ""  # no name is in it, nor is one without words
    return [
        round(
            HEADLINE_SHARE * any(_spaced(name) in words for name in {mention.text for mention in entity.mentions})
            + LEAD_SHARE * (entity.first < lead_end)
            + MENTIONS_SHARE * entity.count / most,
            4,
        )
        for entity in entities
    ]


def _spaced(text: str) -> str:
    """The words of a text in lower case, one space before and after each."""
    if text.isascii() and not has_marks(text):
        return f" {' '.join(text.lower().split())} "
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def identify_entities(entities: Sequence[Entity], *, headline: str | None, text: str) -> tuple[Entity, ...]:
    """Give each entity of an article its id and salience, and each place what is known of it.

    Names of one place, such as "UK" and "Britain", become one entity.

    Args:
        entities: of the article.
        headline: of the article.
        text: that their offsets are of.
    """
    merged, places = _merge_names(entities, resolve_places(entities, text))
    measured = measure_salience(merged, headline=headline, text=text)
    return tuple(
        _complete(entity, places.get(index), salience, text)
        for index, (entity, salience) in enumerate(zip(merged, measured, strict=True))
    )


def _merge_names(
    entities: Sequence[Entity], places: Mapping[int, ResolvedPlace]
) -> tuple[Sequence[Entity], Mapping[int, ResolvedPlace]]:
    """Merge the entities that name the same place; those of the first stay, in its position."""
    first: dict[KnownPlace, int] = {}
    same: defaultdict[int, list[int]] = defaultdict(list)
    for index, found in places.items():
        if found.place is not None and found.place.kind != "region":
            same[first.setdefault(found.place, index)].append(index)
    if len(same) == sum(map(len, same.values())):
        return entities, places
    gone = {index for others in same.values() for index in others[1:]}
    kept: list[Entity] = []
    found_of: dict[int, ResolvedPlace] = {}
    for index, entity in enumerate(entities):
        if index in gone:
            continue
        if index in places:
            found_of[len(kept)] = places[index]
        kept.append(_merge([entities[other] for other in same[index]]) if len(same[index]) > 1 else entity)
    return kept, found_of


def _merge(entities: Sequence[Entity]) -> Entity:
    main = max(entities, key=lambda entity: (entity.count, -entity.first))
    mentions = sorted(
        (mention for entity in entities for mention in entity.mentions), key=lambda mention: mention.start
    )
    return replace(main, count=len(mentions), first=mentions[0].start, mentions=tuple(mentions))


def _complete(entity: Entity, found: ResolvedPlace | None, salience: float, text: str) -> Entity:
    entity_id = make_entity_id(entity.name, entity.type, found)
    if found is None:
        return replace(entity, entity_id=entity_id, salience=salience)
    place = found.place
    return replace(
        entity,
        entity_id=entity_id,
        salience=salience,
        country=found.country,
        subdivision=found.subdivision,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        geonames_id=place.geonames_id if place else None,
        wikidata_id=place.wikidata_id if place else None,
        is_metonym=any(
            stands_for_government(text, mention.start, mention.end) for mention in entity.mentions[:MAX_MENTIONS]
        )
        if place and place.is_capital
        else None,
    )
