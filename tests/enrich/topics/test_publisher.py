"""Names of sections and keywords, and the topics they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.enrich.topics.publisher import (
    fold_name,
    map_keywords,
    map_publisher,
    map_sections,
    section_names,
    sections_in_url,
)
from transforms.enrich.topics.taxonomy import code_named, concepts, label

ECONOMY = "economy, business and finance"
ARTS = "arts, culture, entertainment and media"
SCIENCE = "science and technology"

SECTIONS = [
    ("Sport", ["sport"]),
    ("SPORTS", ["sport"]),
    ("Politics", ["politics"]),
    ("Wirtschaft", [ECONOMY]),
    ("Économie", [ECONOMY]),
    ("ECONOMIE", [ECONOMY]),
    ("Economía y negocios", [ECONOMY]),
    ("Politique", ["politics"]),
    ("Política", ["politics"]),
    ("Politiek", ["politics"]),
    ("Fußball", ["soccer"]),
    ("Calcio", ["soccer"]),
    ("Voetbal", ["soccer"]),
    ("Saúde", ["health"]),
    ("Santé", ["health"]),
    ("Wissenschaft", [SCIENCE]),
    ("Météo", ["weather"]),
    ("Cultura", [ARTS]),
    ("Culture", [ARTS]),
    ("Onderwijs", ["education"]),
    ("Turismo", ["travel and tourism"]),
    ("climate change", ["climate change"]),
    ("Arts, culture, entertainment and media", [ARTS]),
    ("Business &amp; Finance", [ECONOMY]),
    ("Business + Finance", [ECONOMY]),
    ("News > Politics", ["politics"]),
    ("Nachrichten / Politik", ["politics"]),
    ("Politics, Health", ["politics", "health"]),
    ("Sport|Tennis", ["sport", "tennis"]),
    ("News - Weather", ["weather"]),
    # what says where, when or how, or two things at once, means nothing
    ("World", []),
    ("Opinion", []),
    ("News", []),
    ("Home", []),
    ("Top stories", []),
    ("Local", []),
    ("Panorama", []),
    ("Ausland", []),
    ("International", []),
    ("Business & Technology", []),
    ("Life and Culture", []),
    ("Health & Beauty Deals", []),
    ("Women", []),
    ("Series", []),
    ("Podcast", []),
    ("Water", []),
    ("Apple", []),
    ("", []),
    ("...", []),
    ("sport" * 200, []),
]


@pytest.mark.parametrize(("section", "names"), SECTIONS)
def test_a_section_means(section: str, names: list[str]) -> None:
    assert [label(code) for code in map_sections([section])] == names


@pytest.mark.parametrize(
    ("keywords", "names"),
    [
        (["Climate change"], ["climate change"]),
        (["elections", "Oakhaven"], ["election"]),
        (["sport", "Sport"], ["sport"]),
        (["inflation"], []),  # third level: may be touched in passing
        (["tennis"], []),
        (["water", "women", "values"], []),
        (["Sport > Tennis"], []),  # keywords are matched whole
        (["politics", "health", "sport", "weather"], []),  # every topic there is says nothing
    ],
)
def test_a_keyword_means(keywords: list[str], names: list[str]) -> None:
    assert [label(code) for code in map_keywords(keywords)] == names


def test_sections_come_first_and_keywords_only_add_other_tops() -> None:
    declared = map_publisher(sections=["Fußball", "Sport"], keywords=["Sport", "Health", "Crime"])
    assert [label(code) for code in declared.sections] == ["soccer", "sport"]
    assert [label(code) for code in declared.keywords] == ["health", "crime"]


def test_the_section_names_are_in_order() -> None:
    tables = section_names()["names"]
    assert set(tables) == {"en", "de", "fr", "es", "it", "nl", "pt"}
    meant: dict[str, set[str]] = {}
    for table in tables.values():
        for name, aliases in table.items():
            code_named(name)  # raises for a name that is none of IPTC's
            for alias in aliases:
                meant.setdefault(fold_name(alias), set()).add(name)
    assert {alias: names for alias, names in meant.items() if len(names) > 1} == {}


def test_vague_names_are_names() -> None:
    assert {it.name for it in concepts().values() if not it.is_retired} >= set(section_names()["vague"])


@given(st.lists(st.text(max_size=50), max_size=5), st.lists(st.text(max_size=50), max_size=5))
def test_whatever_is_declared_gives_live_codes_once(sections: list[str], keywords: list[str]) -> None:
    declared = map_publisher(sections=sections, keywords=keywords)
    codes = declared.sections + declared.keywords
    assert len(codes) == len(set(codes))
    assert not any(concepts()[code].is_retired for code in codes)


def test_a_page_stuffed_with_keywords_costs_little() -> None:
    assert map_keywords(["x"] * 1_000_000 + ["sport"]) == ()
    assert map_sections(["a," * 1_000_000]) == ()


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://news.example/sport/tennis/a-long-title", ("sport", "tennis")),
        ("https://news.example/2024/05/01/politics/a", ()),
        ("https://news.example/real-estate/a", ("real estate",)),
        ("https://news.example/a", ()),
        ("https://[bad/a/b", ()),
        ("", ()),
    ],
)
def test_sections_in_an_address(url: str, names: tuple[str, ...]) -> None:
    assert sections_in_url(url) == names
