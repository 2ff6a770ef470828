"""Ids that are the same in all articles, and how much an article is about what it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import Entity, Mention
from transforms.enrich.entities.identify import identify_entities, make_entity_id

HEADLINE = "Torv wins in NORTH Marle"
TEXT = "Ana Torv has won.\nTorv beat Ole Lund of the Marle Rail Board. Torv and Lund spoke."


def entity(name: str, label: str, *starts: int, text: str = TEXT) -> Entity:
    words = [name.rsplit(maxsplit=1)[-1] if text[at : at + len(name)] != name else name for at in starts]
    mentions = tuple(Mention(text=word, start=at, end=at + len(word)) for word, at in zip(words, starts, strict=True))
    return Entity(name=name, type=label, count=len(starts), first=starts[0], mentions=mentions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ana Torv", "PERSON"), ("ANA TORV", "PER")),
        (("President Ana Torv", "PERSON"), ("Ana Torv's", "PERSON")),
        (("J.K. Lund", "PERSON"), ("J. K. Lund", "PERSON")),
        (("Jose\u0301 Lund", "PERSON"), ("José Lund", "PERSON")),
        (("Jose Lund", "PERSON"), ("José Lund", "PERSON")),
        (("The Marle Rail Board", "ORG"), ("Marle-Rail Board", "ORG")),
        (("Marle Rail Inc.", "ORG"), ("Marle Rail", "ORG")),
        (("Lund & Torv plc", "ORG"), ("Lund and Torv", "ORG")),
        (("U.N.", "ORG"), ("UN", "ORG")),
        (("Marle", "GPE"), ("Marle", "LOC")),
    ],
)
def test_the_same_thing_has_the_same_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert make_entity_id(*one) == make_entity_id(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Marle", "GPE"), ("Marle", "ORG")),
        (("Marle", "PERSON"), ("Marle", "ORG")),
        (("Ana Torv", "PERSON"), ("Ana Lund", "PERSON")),
        (("Ola Lund Jr.", "PERSON"), ("Ola Lund", "PERSON")),
        (("Ltd", "ORG"), ("Inc", "ORG")),
        (("...", "ORG"), ("---", "ORG")),
    ],
)
def test_other_things_have_other_ids(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert make_entity_id(*one) != make_entity_id(*other)


@given(st.text(max_size=300), st.sampled_from(["PERSON", "ORG", "GPE", "MISC"]))
def test_any_name_has_an_id(name: str, label: str) -> None:
    assert len(make_entity_id(name, label)) == 32


def test_salience() -> None:
    found = [
        entity("Ana Torv", "PERSON", 0, 18, 64),
        entity("Ole Lund", "PERSON", 28, 73),
        entity("Marle Rail Board", "ORG", 44),
        entity("Marle", "GPE", 44),
    ]
    done = identify_entities(found, headline=HEADLINE, text=TEXT)
    # Headline, first paragraph, 3 of 3; 2 of 3; 1 of 3; headline and 1 of 3.
    assert [one.salience for one in done] == [1.0, 0.2667, 0.1333, 0.5333]
    assert [one.name for one in done] == [one.name for one in found]


def test_salience_without_a_headline() -> None:
    (done,) = identify_entities([entity("Ana Torv", "PERSON", 0)], headline=None, text="Ana Torv")
    assert done.salience == pytest.approx(0.6)
    assert identify_entities([], headline=None, text="") == ()


def test_a_name_without_letters_is_in_no_headline() -> None:
    mention = Mention(text="—", start=0, end=1)
    (done,) = identify_entities(
        [Entity(name="—", type="ORG", count=1, first=0, mentions=(mention,))], headline="A — b", text="—"
    )
    assert done.salience == pytest.approx(0.6)
