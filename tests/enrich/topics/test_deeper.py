"""Topics below the top level, and the terms that speak for them."""

import tomllib
from importlib.resources import files

import pytest

from transforms.enrich.topics import deeper as module
from transforms.enrich.topics.classify import choose_topics, classify
from transforms.enrich.topics.deeper import LEAST_OF_TOP, MAX_DEEPER, find_deeper
from transforms.enrich.topics.parts import split_parts
from transforms.enrich.topics.taxonomy import code_named, concepts, label, level, path, top
from transforms.enrich.topics.terms import split_words

SOCCER = (
    "Late goal sends Oakhaven through",
    "The striker scored in stoppage time after the goalkeeper had saved a free kick. The midfielder said the football "
    "club had earned its place in the next round of the Champions League. The striker had missed two chances before.",
)
QUAKE = (
    "Earthquake shakes the coast of Varonia",
    "An earthquake of magnitude 6.1 shook the coast on Monday. Two aftershocks followed, a seismologist said. Rescue "
    "workers searched the rubble near the epicentre of the earthquake.",
)
ELECTION = (
    "Varonia votes: polling stations open in the general election",
    "Voters went to polling stations on Sunday in a general election. The electoral commission expects a high turnout. "
    "Each presidential candidate cast a ballot before noon, and the election campaign was calm.",
)

CASES = [(SOCCER, "soccer"), (QUAKE, "earthquake"), (ELECTION, "election")]


@pytest.mark.parametrize(("article", "name"), CASES)
def test_a_deeper_topic_is_told_where_evidence_is_strong(article: tuple[str, str], name: str) -> None:
    found = {it.code: it.score for it in classify(*article)}
    code = code_named(name)
    named = next(below for below in found if code in path(below))  # it or one below it
    assert found[named] <= found[top(named)]


WEAK = [
    # One word of a deeper topic is not enough.
    ("Mayor plays tennis with pupils", "The mayor met pupils at a school in Oakhaven and praised their teachers."),
    # Nor are many where the top level is another.
    ("Bank names its new football club ambassador", "The bank's profit rose 4 percent and its shares gained. " * 3),
]


@pytest.mark.parametrize(("headline", "text"), WEAK)
def test_weak_evidence_gives_no_deeper_topic(headline: str, text: str) -> None:
    assert [label(it.code) for it in classify(headline, text) if label(it.code) in {"tennis", "soccer"}] == []


def test_nothing_is_deeper_than_an_unlikely_top_level() -> None:
    parts = split_parts(*SOCCER)
    sport = code_named("sport")
    assert find_deeper(parts, {}) == []
    assert find_deeper(parts, {sport: LEAST_OF_TOP - 0.01}) == []
    assert [label(code) for code, _ in find_deeper(parts, {sport: 1.0})] == ["soccer"]


def test_what_the_publisher_declares_is_a_top_level_to_look_below() -> None:
    politics = code_named("politics")
    parts = split_parts(*ELECTION)
    found = choose_topics(parts, [], "en", [politics])
    assert any(politics in path(it.code) and level(it.code) > 1 for it in found)


def test_few_topics_are_emitted_and_none_above_another() -> None:
    stored = tomllib.loads(files(module.__package__).joinpath("deeper_terms.toml").read_text(encoding="utf-8"))
    text = ". ".join(", ".join(terms[:4]) for terms in stored.values())
    sure = {code: 1.0 for code, it in concepts().items() if not it.broader}
    found = [code for code, _ in find_deeper(split_parts(text[:500], text), sure)]
    assert 0 < len(found) <= MAX_DEEPER
    assert not any(one != other and one in path(other) for one in found for other in found)


def test_the_terms_are_in_order() -> None:
    stored = tomllib.loads(files(module.__package__).joinpath("deeper_terms.toml").read_text(encoding="utf-8"))
    assert len(stored) > 200
    for code, terms in stored.items():
        assert not concepts()[code].is_retired
        assert level(code) > 1, code
        assert len(set(terms)) == len(terms), code
        assert all(term == term.lower().strip() and split_words(term) for term in terms), code
