"""Places by their names, and which one is meant where several have the name."""

import json
import time
from importlib.resources import files

import pytest

from schemas.articles import Entity
from tests.support.costs import is_linear
from transforms.enrich.entities.gazetteer import KnownPlace, find_places, find_subdivision, place_key
from transforms.enrich.entities.group import group_mentions
from transforms.enrich.entities.identify import identify_entities
from transforms.enrich.entities.labels import Labelled
from transforms.enrich.entities.metonyms import stands_for_government


def read(source: str, headline: str | None = None) -> dict[str, Entity]:
    """Entities by name of a text with names written as [words] for places, [words|LABEL] for others."""
    text, mentions = "", []
    while "[" in source:
        before, rest = source.split("[", 1)
        words, source = rest.split("]", 1)
        words, _, label = words.partition("|")
        text += before
        mentions.append(Labelled(len(text), len(text) + len(words), label or "GPE"))
        text += words
    text += source
    found = identify_entities(group_mentions(text, mentions), headline=headline, text=text)
    return {entity.name: entity for entity in found}


@pytest.mark.parametrize(
    ("text", "name", "country", "subdivision"),
    [
        ("Rain fell in [France].", "France", "FR", None),
        ("Rain fell in the [U.S.].", "U.S.", "US", None),
        ("Rain fell in [Paris].", "Paris", "FR", "FR-IDF"),
        ("Rain fell in [Paris], [Texas].", "Paris", "US", "US-TX"),
        ("Rain fell in [Paris], Texas.", "Paris", "US", "US-TX"),
        ("[Athens], [Georgia], is dry.", "Athens", "US", "US-GA"),
        ("[Athens], [Georgia], is dry.", "Georgia", "US", "US-GA"),
        ("[Tbilisi] is the capital of [Georgia].", "Georgia", "GE", None),
        ("[Georgia]'s [Tbilisi] is dry.", "Georgia", "GE", None),
        ("[Georgia] plays [Kosovo], [Belarus] and [Albania].", "Georgia", None, None),
        ("Trains to [Georgia], [Kosovo] and [Belarus].", "Georgia", "GE", None),
        ("Rain in [Arizona], [Georgia] and [Nevada].", "Georgia", "US", "US-GA"),
        ("Rain fell in [Georgia].", "Georgia", None, None),
        ("Rain fell in [Jordan].", "Jordan", "JO", None),
        ("[Neil Jordan|PERSON] spoke. [Jordan] is dry.", "Jordan", None, None),
        ("Rain fell in [Victoria].", "Victoria", None, None),
        ("[Victoria], [British Columbia], is dry.", "Victoria", "CA", "CA-BC"),
        ("[Melbourne] is in [Victoria]. So is [Geelong].", "Victoria", "AU", "AU-VIC"),
        ("[Santiago], [Chile], is dry.", "Santiago", "CL", "CL-RM"),
        ("Rain fell in [Birmingham].", "Birmingham", None, None),
        ("[Birmingham] and [Montgomery], [Ala.], are dry.", "Birmingham", "US", "US-AL"),
        ("Concord, N.H., and [Concord], N.H., are one.", "Concord", "US", "US-NH"),
        ("[Smallville], [Kansas], is small.", "Smallville", "US", "US-KS"),
        ("[Smallville] is small.", "Smallville", None, None),
        ("[Reno], [NV], is dry.", "NV", "US", "US-NV"),
        ("Ana Torv (D-[Minn.]) spoke.", "Minn.", "US", "US-MN"),
        ("Ana Torv, R-[TX], spoke.", "TX", "US", "US-TX"),
        ("[Carolina] beat [Smallville].", "Carolina", "US", None),
        ("[Dubai] is in the [United Arab Emirates]. [Emirates] has more aircraft.", "Emirates", None, None),
        ("Units of [NV] are dry.", "NV", None, None),
        ("[Washington] is dry.", "Washington", "US", "US-DC"),
        ("[Washington] state is dry.", "Washington", "US", "US-WA"),
        ("[Luxembourg] is dry.", "Luxembourg", "LU", None),
        ("[western Oklahoma] is dry.", "western Oklahoma", "US", "US-OK"),
        ("[North America] is dry.", "North America", None, None),
        ("[Paris] Guest House is dry.", "Paris", None, None),
        ("[Osun State] is dry.", "Osun State", "NG", "NG-OS"),
        ("[Gaza Strip] is dry.", "Gaza Strip", "PS", None),
        ("[England] is wet.", "England", "GB", "GB-ENG"),
        ("[Pennsylvania], [Delaware], [Ohio] and [Maine] are dry.", "Delaware", "US", "US-DE"),
        ("[Marle Rail|ORG] is dry.", "Marle Rail", None, None),
        ("[Paris|PERSON] is dry.", "Paris", None, None),
    ],
)
def test_which_place(text: str, name: str, country: str | None, subdivision: str | None) -> None:
    found = read(text)[name]
    assert (found.country, found.subdivision) == (country, subdivision)


def test_what_is_known_of_a_country_and_a_city() -> None:
    found = read("[France] is large. [Lyon] is in it.")
    country, city = found["France"], found["Lyon"]
    assert (country.wikidata_id, country.geonames_id, country.is_metonym) == ("Q142", 3017382, None)
    assert (city.wikidata_id, city.geonames_id, city.is_metonym) == (None, 2996944, None)
    assert city.latitude == pytest.approx(45.75, abs=0.02) and city.longitude == pytest.approx(4.85, abs=0.02)


def test_names_of_one_place_are_one_entity() -> None:
    found = read("The [UK] is wet. [Britain] is dry. [Britain] is red. [France] is blue.")
    assert [(entity.name, entity.count, entity.first) for entity in found.values()] == [
        ("Britain", 3, 4),
        ("France", 1, 47),
    ]
    assert [mention.text for mention in found["Britain"].mentions] == ["UK", "Britain", "Britain"]


def test_ids_of_places() -> None:
    ids = {
        text: next(iter(read(text).values())).entity_id
        for text in (
            *("[UK] is dry.", "[Britain] is dry.", "[Paris] is dry.", "[Paris], Texas, is dry."),
            *("[Birmingham] is dry.", "[Birmingham|LOC] was dry."),
        )
    }
    assert ids["[UK] is dry."] == ids["[Britain] is dry."]
    assert ids["[Paris] is dry."] != ids["[Paris], Texas, is dry."]
    assert ids["[Birmingham] is dry."] == ids["[Birmingham|LOC] was dry."]


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Moscow denied it.", True),
        ("On Friday, Moscow has accused the others.", True),
        ("Beijing will retaliate.", True),
        ("Tehran's nuclear programme grew.", True),
        ("Tensions between Kyiv and Moscow grew.", True),
        ("They hope for talks with Tehran.", True),
        ("The ministry accused Beijing of spying.", True),
        ("Sanctions against Moscow hold.", True),
        ("The ministry in Moscow denied it.", False),
        ("It rained in Beijing.", False),
        ("London's mayor spoke.", False),
        ("A train between Paris and Berlin broke down.", False),
        ("Paris has many museums.", False),
        ("They left Tehran.", False),
        ("A Moscow court ruled.", False),
        ("They told Paris Lund of it.", False),
    ],
)
def test_capitals_that_stand_for_governments(text: str, stands: bool) -> None:
    (name,) = (name for name in ("Moscow", "Beijing", "Tehran", "London", "Paris") if name in text)
    start = text.index(name)
    assert stands_for_government(text, start, start + len(name)) is stands


def test_a_capital_says_whether_it_stands_for_a_government() -> None:
    assert read("[Moscow] denied it.")["Moscow"].is_metonym is True
    assert read("It rained in [Moscow].")["Moscow"].is_metonym is False
    assert read("It rained in [Lyon].")["Lyon"].is_metonym is None


def lines() -> list[list[str]]:
    text = files("transforms.enrich.entities").joinpath("gazetteer.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def test_the_gazetteer_holds_what_it_says() -> None:
    rows = lines()
    assert {len(row) for row in rows} == {11}
    assert {row[0] for row in rows} == {"country", "subdivision", "city"}
    countries = {row[3] for row in rows if row[0] == "country"}
    assert len(countries) == 250 and {row[3] for row in rows} <= countries
    codes = {(row[3], row[4]) for row in rows if row[0] == "subdivision"}
    assert len(codes) == sum(row[0] == "subdivision" for row in rows)
    for row in rows:
        if row[5]:
            assert -90 <= float(row[5]) <= 90 and -180 <= float(row[6]) <= 180, row
    assert sum(len("\t".join(row).encode()) + 1 for row in rows) < 2_000_000


def test_all_countries_that_have_names_of_our_own_are_in_the_gazetteer() -> None:
    own = json.loads(files("transforms.enrich.entities").joinpath("places.json").read_text(encoding="utf-8"))
    for row in own:
        code = row.get("code", "")
        for name in row["names"] if code else ():
            found = [place for place in find_places(name) if code in (place.country, place.subdivision)]
            assert any(place.kind in ("country", "subdivision") for place in found), name
    assert not [row for row in own if "-" in row.get("code", "") and find_subdivision(row["code"]) is None]


def test_every_country_has_one_capital_at_most() -> None:
    capitals = [row[3] for row in lines() if row[10] == "capital"]
    assert len(capitals) == len(set(capitals)) > 190


@pytest.mark.parametrize("name", ["", "'", "The", "St.", "x" * 500, "\ud800", "ﬁ-ﬁ", "\t"])
def test_odd_names(name: str) -> None:
    assert all(isinstance(place, KnownPlace) for place in find_places(name))
    assert place_key(name) == place_key(place_key(name)) or name.startswith("The")


def test_time_is_linear_in_places() -> None:
    def cost(count: int) -> float:
        sources = [f"[Paris{number}], [Texas] and [Athens], [Georgia]." for number in range(count)]
        started = time.process_time()
        read(" ".join(sources))
        return time.process_time() - started

    assert is_linear(cost, (100, 800), most=16, floor_s=0.02)
