"""Countries, states and cities by their names, with their codes and positions.

The facts stand in ``gazetteer.tsv``, which `benchmarks/make_places.py` makes of GeoNames, CLDR, Wikidata and others,
and in ``places.json``, which holds our own names for countries.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from transforms.package_data import load_json, read_text

HEADER = (
    "# Places: kind, name, other names, country (ISO 3166-1), rest of the subdivision's code (ISO 3166-2), degrees\n"
    "# north and east, thousands of inhabitants, number of its names in GeoNames, GeoNames id, and Wikidata\n"
    "# item of a country or the mark of a capital.\n"
    "# Made by benchmarks/make_places.py; do not edit. Sources: GeoNames (CC BY 4.0), CLDR (Unicode licence),\n"
    "# Wikidata (CC0) by way of country-coder (ISC), ISO 3166-2 codes and positions by way of iso3166-2 (MIT).\n"
)

MAX_NAME_CHARS = 60
"""Code points of the longest name of a place that is looked up."""

_SAINT = re.compile(r"\b(?:st|ste|mt|ft)\b")
_SPELLED = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_TO_SPACE = str.maketrans({"-": " ", "‐": " ", "‑": " ", "–": " ", ".": "", "’": "'", "ʻ": "'", ",": " "})


class KnownPlace(NamedTuple):
    """A country, a state or province, or a city.

    Attributes:
        kind: ``country``, ``subdivision``, ``city``, or ``region`` for a part of one that has no code.
        name: in English.
        country: ISO 3166-1 alpha-2.
        subdivision: ISO 3166-2; None for countries, and where it is not known.
        latitude: in degrees north.
        longitude: in degrees east.
        population: to the thousand.
        name_count: how many names GeoNames has for a city, in all languages: more for those known more widely.
        geonames_id: in GeoNames.
        wikidata_id: of a country.
        is_capital: whether it is the capital of its country.
    """

    kind: str
    name: str
    country: str
    subdivision: str | None
    latitude: float | None
    longitude: float | None
    population: int
    name_count: int
    geonames_id: int | None
    wikidata_id: str | None
    is_capital: bool


def place_key(name: str) -> str:
    """Return the form by which names of a place are equal.

    Case, accents, hyphens, full stops and a leading article are folded; "St.", "Mt." and "Ft." are spelled out.

    >>> place_key("St. Louis"), place_key("São-Tomé"), place_key("The Hague"), place_key("U.S.")
    ('saint louis', 'sao tome', 'hague', 'us')
    """
    if name.isascii() and name.isalnum():
        key = name.lower()
        return _SPELLED.get(key, key)
    if not name.isascii():
        name = "".join(m for m in unicodedata.normalize("NFKD", name) if not unicodedata.combining(m))
    key = " ".join(name.lower().translate(_TO_SPACE).split())
    if key[:2] in _SPELLED or " st " in key or " ste " in key:
        key = _SAINT.sub(lambda found: _SPELLED[found.group()], key)
    return key[4:] if key.startswith("the ") else key


@cache
def own_rows() -> tuple[dict[str, Any], ...]:
    """Return the rows of places.json: names of a country or of a part of one, and words for its people."""
    return tuple(load_json(__package__, "places.json"))


@cache
def _lines() -> dict[str, list[str]]:
    """Lines of the gazetteer by the keys of all names in them."""
    own = own_rows()
    more = {
        str(row.get("code") or row["geonames"]): (*row["names"], *row.get("also", ()))
        for row in own
        if "code" in row or "geonames" in row
    }
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in read_text(__package__, "gazetteer.tsv").splitlines():
        if line.startswith("#"):
            continue
        kind, name, also, country, rest, *_, geonames_id, _ = line.split("\t")
        names = {place_key(name)}
        if also:
            names.update(map(place_key, also.split("|")))
        code = geonames_id if kind == "city" else f"{country}-{rest}" if rest else country
        names.update(map(place_key, more.get(code, ())))
        for key in names:
            found[key].append(line)
    for row in own:
        country, _, rest = row.get("within", "").partition("-")
        for name in row["also"] if country else ():
            # Nothing else is meant by these names: a city that has one is not looked up.
            found[place_key(name)] = ["\t".join(("region", name, "", country, rest, "", "", "0", "", "", ""))]
    return dict(found)


def _read(line: str) -> KnownPlace:
    kind, name, _, country, rest, latitude, longitude, thousands, names, geonames_id, extra = line.split("\t")
    return KnownPlace(
        kind,
        name,
        country,
        f"{country}-{rest}" if rest else None,
        float(latitude) if latitude else None,
        float(longitude) if longitude else None,
        int(thousands) * 1000,
        int(names or 0),
        int(geonames_id) if geonames_id else None,
        extra if kind == "country" and extra else None,
        extra == "capital",
    )


@lru_cache(maxsize=16384)
def find_places(name: str) -> tuple[KnownPlace, ...]:
    """Return all places that have this name; none for a name that is not in the gazetteer.

    >>> [(place.kind, place.country, place.wikidata_id) for place in find_places("Denmark")]
    [('country', 'DK', 'Q35')]
    """
    if len(name) > MAX_NAME_CHARS:
        return ()
    return tuple(map(_read, _lines().get(place_key(name), ())))


def named_places(kind: str, population: int = 0) -> Iterator[tuple[str, KnownPlace]]:
    """Yield the places of one kind with so many inhabitants at least, by the keys of all their names."""
    for key, lines in _lines().items():
        for line in lines:
            if line.startswith(kind) and int(line.rsplit("\t", 4)[1]) * 1000 >= population:
                yield key, _read(line)


@cache
def _people() -> dict[str, str]:
    return {place_key(word): row["code"][:2] for row in own_rows() if "code" in row for word in row["people"]}


def country_of_people(word: str) -> str | None:
    """Return the country whose people or language has this name.

    >>> country_of_people("Afghans")
    'AF'
    """
    return _people().get(place_key(word))


@cache
def _subdivisions() -> dict[str, KnownPlace]:
    return {str(place.subdivision): place for _, place in named_places("subdivision")}


def find_subdivision(code: str) -> KnownPlace | None:
    """Return the state or province with this ISO 3166-2 code.

    >>> find_subdivision("CA-ON").name
    'Ontario'
    """
    return _subdivisions().get(code)
