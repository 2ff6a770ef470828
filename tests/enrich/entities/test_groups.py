"""Spans, and mentions of one thing grouped into entities: pure functions, no model."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import Entity
from tests.support.costs import is_linear
from tests.support.mentions import PARTS, assembled, marked
from transforms.enrich.entities.group import group_mentions
from transforms.enrich.entities.rules import settle_mentions
from transforms.enrich.entities.surface import fold, trim_span


@pytest.mark.parametrize(
    ("words", "label", "left"),
    [
        ("the Marle Museum's", "ORG", "Marle Museum"),
        ("The Marle Museum’s", "ORG", "Marle Museum"),
        (" “Marle Times” ", "ORG", "Marle Times"),
        ("The Hague", "GPE", "The Hague"),
        ("The Hague's", "GPE", "The Hague"),
        ("the Hague", "GPE", "Hague"),
        ("U.S.", "GPE", "U.S."),
        ("Theo Lund", "PERSON", "Theo Lund"),
        ("A", "ORG", "A"),
        ("'s", "ORG", ""),
        ("’s ", "ORG", ""),
        ("\u00a0Torv\r", "PERSON", "Torv"),
        ("Jose\u0301 Lund", "PERSON", "Jose\u0301 Lund"),
    ],
)
def test_trim(words: str, label: str, left: str) -> None:
    start, end = trim_span(words, 0, len(words), label)
    assert words[start:end] == left


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        ("the Marle  Museum", "Marle Museum's", "ORG"),
        ("MARLE MUSEUM", "Marle\nMuseum", "ORG"),
        ("Dr. Ana Torv", "Ana Torv", "PERSON"),
        ("Jos\u00e9 Lund", "Jose\u0301 Lund", "PERSON"),
    ],
)
def test_fold_equal(one: str, other: str, label: str) -> None:
    assert fold(one, label) == fold(other, label)


def listed(entities: Sequence[Entity]) -> list[tuple[str, str, int]]:
    return [(entity.name, entity.type, entity.count) for entity in entities]


GROUP_CASES = {
    "most named of one last name": (
        "[Ana Torv|PERSON], [Ana Torv|PERSON], [Ole Torv|PERSON], [Torv|PERSON].",
        [("Ana Torv", "PERSON", 3), ("Ole Torv", "PERSON", 1)],
    ),
    "Arabic article": (
        "[Omar al-Torv|PERSON], [Al-Torv|PERSON], [Torv|PERSON], [Omar al Torv|PERSON].",
        [("Omar al Torv", "PERSON", 4)],
    ),
    "a given name is not an article": (
        "[Al Torv|PERSON], [Ana Torv|PERSON].",
        [("Al Torv", "PERSON", 1), ("Ana Torv", "PERSON", 1)],
    ),
    "particle": ("[Ole van Torv|PERSON], [Van Torv|PERSON].", [("Ole van Torv", "PERSON", 2)]),
    "a given name is not a particle": (
        "[Van Torv|PERSON], [Jim Torv|PERSON].",
        [("Van Torv", "PERSON", 1), ("Jim Torv", "PERSON", 1)],
    ),
    "last name of many words": (
        "[Ana van der Torv|PERSON], [Van der Torv|PERSON], [Ole van der Torv|PERSON], [van der Torv|PERSON].",
        [("Ana van der Torv", "PERSON", 2), ("Ole van der Torv", "PERSON", 2)],
    ),
    "last name with a particle and without": (
        "[Ana Torv|PERSON], [Ole van Torv|PERSON], [Van Torv|PERSON], [Torv|PERSON].",
        [("Ana Torv", "PERSON", 2), ("Ole van Torv", "PERSON", 2)],
    ),
    "accents and hyphens": (
        "[Zoë Marle-Torv|PERSON], [ZOE MARLE TORV|PERSON], [Élan Board|ORG], [Elan Board|ORG].",
        [("ZOE MARLE TORV", "PERSON", 2), ("Élan Board", "ORG", 2)],
    ),
    "letters mistaken": (
        "[Ana Garrett|PERSON], [Garett|PERSON], [Kristin Marle|PERSON], [Kristen Marle|PERSON].",
        [("Ana Garrett", "PERSON", 2), ("Kristin Marle", "PERSON", 2)],
    ),
    "letters that tell apart": (
        "[Daniel Torv|PERSON], [Daniela Torv|PERSON], [Ana Marlen|PERSON], [Marlens|PERSON].",
        [
            ("Daniel Torv", "PERSON", 1),
            ("Daniela Torv", "PERSON", 1),
            ("Ana Marlen", "PERSON", 1),
            ("Marlens", "PERSON", 1),
        ],
    ),
    "words before a name": ("[Unionist Ana Torv|PERSON], [Ana Torv|PERSON].", [("Unionist Ana Torv", "PERSON", 2)]),
    "initial": ("[Ana Torv|PERSON], [A. Torv|PERSON].", [("Ana Torv", "PERSON", 2)]),
    "initial of two": (
        "[Ana Torv|PERSON], [Arne Torv|PERSON], [A. Torv|PERSON].",
        [("Ana Torv", "PERSON", 1), ("Arne Torv", "PERSON", 1), ("A. Torv", "PERSON", 1)],
    ),
    "country": (
        "[US|GPE], [U.S.|GPE], [United States|GPE], [America|GPE].",
        [("United States", "GPE", 4)],
    ),
    "airline and country": (
        "[Emirates|ORG] of the [United Arab Emirates|GPE].",
        [("Emirates", "ORG", 1), ("United Arab Emirates", "GPE", 1)],
    ),
    "acronym without parentheses": (
        "[MRB|ORG], [Marle Rail Board|ORG], [BoV|ORG], [Bank of Velden|ORG].",
        [("Marle Rail Board", "ORG", 2), ("Bank of Velden", "ORG", 2)],
    ),
    "acronym of two": (
        "[Marle Rail Board|ORG], [Marle River Bank|ORG], [MRB|ORG].",
        [("Marle Rail Board", "ORG", 1), ("Marle River Bank", "ORG", 1), ("MRB", "ORG", 1)],
    ),
    "acronym of two letters": (
        "[Marle Bank|ORG], [MB|ORG], [European Union|ORG], [EU|ORG].",
        [("Marle Bank", "ORG", 1), ("MB", "ORG", 1), ("European Union", "ORG", 2)],
    ),
    "acronym of a place": (
        "[Fort Lauderdale|GPE], [FL|GPE], [New South Wales|GPE], [NSW|GPE].",
        [("Fort Lauderdale", "GPE", 1), ("FL", "GPE", 1), ("New South Wales", "GPE", 2)],
    ),
    "acronym of a person": (
        "[Ana Maria Torv|PERSON], [AMT|ORG].",
        [("Ana Maria Torv", "PERSON", 1), ("AMT", "ORG", 1)],
    ),
    "before of": ("[Marle Corps of Velden|ORG], [Marle Corps|ORG].", [("Marle Corps of Velden", "ORG", 2)]),
    "before of, two": (
        "[Marle Corps of Velden|ORG], [Marle Corps of Arle|ORG], [Marle Corps|ORG].",
        [("Marle Corps of Velden", "ORG", 1), ("Marle Corps of Arle", "ORG", 1), ("Marle Corps", "ORG", 1)],
    ),
    "behind a country": (
        "[Norwegian Rail Board|ORG], [Rail Board|ORG], [Texas Rail Corps|ORG], [Rail Corps|ORG].",
        [("Norwegian Rail Board", "ORG", 2), ("Texas Rail Corps", "ORG", 1), ("Rail Corps", "ORG", 1)],
    ),
    "legal form": (
        "[Arle, Inc.|ORG], [Arle|ORG], [Arle Maps|ORG].",
        [("Arle, Inc.", "ORG", 2), ("Arle Maps", "ORG", 1)],
    ),
    "office of a field": (
        "[Ministry of Rail|ORG], [Rail Ministry|ORG], [University of Arle|ORG], [Arle University|ORG].",
        [("Ministry of Rail", "ORG", 2), ("University of Arle", "ORG", 1), ("Arle University", "ORG", 1)],
    ),
    "first word of a company": (
        "[Arle Rail and Bay Company|ORG], [Arle|ORG], [Marle Rail Inc.|ORG], [Marle Inc.|ORG], [Marle|ORG].",
        [("Arle Rail and Bay Company", "ORG", 2), ("Marle Rail Inc.", "ORG", 1), ("Marle Inc.", "ORG", 2)],
    ),
    "object of a church": ("[Church of Marle|ORG], [Marle|ORG], the [Church|ORG].", [("Church of Marle", "ORG", 3)]),
    "last words": (
        "[Arle City Council|ORG], [City Council|ORG], [Royal Bank of Arle|ORG], [Bank of Arle|ORG].",
        [("Arle City Council", "ORG", 2), ("Royal Bank of Arle", "ORG", 1), ("Bank of Arle", "ORG", 1)],
    ),
    "site": (
        "[Arle.com|ORG], [Arle|ORG], [Marle.org|ORG], [Marle|ORG].",
        [("Arle.com", "ORG", 2), ("Marle.org", "ORG", 1), ("Marle", "ORG", 1)],
    ),
    "acronym that leaves words out": (
        "[Centres for Marle Rail and Prevention|ORG] ([CMR|ORG]), [US Agency for Rail|ORG], [USAR|ORG].",
        [("Centres for Marle Rail and Prevention", "ORG", 2), ("US Agency for Rail", "ORG", 2)],
    ),
    "club": ("[Marle United|ORG], [United|ORG].", [("Marle United", "ORG", 2)]),
    "state": ("[State of Velden|GPE], [Velden|GPE].", [("State of Velden", "GPE", 2)]),
    "half of a country": ("[North Korea|GPE], the [North|GPE].", [("North Korea", "GPE", 2)]),
    "the one board": ("[Marle Rail Board|ORG], the [Board|ORG].", [("Marle Rail Board", "ORG", 2)]),
    "one of two boards": (
        "[Marle Rail Board|ORG], [Arle Board|ORG], the [Board|ORG].",
        [("Marle Rail Board", "ORG", 1), ("Arle Board", "ORG", 1), ("Board", "ORG", 1)],
    ),
    "a body of the nation": (
        "[Velden Senate|ORG], the [Senate|ORG].",
        [("Velden Senate", "ORG", 1), ("Senate", "ORG", 1)],
    ),
    "city of the same first word": (
        "[Mexico City|GPE], [Mexico|GPE].",
        [("Mexico City", "GPE", 1), ("Mexico", "GPE", 1)],
    ),
    "last name": ("[Ana Torv|PERSON], [Torv|PERSON].", [("Ana Torv", "PERSON", 2)]),
    "last name first": ("[Torv|PERSON], [Ana Torv|PERSON].", [("Ana Torv", "PERSON", 2)]),
    "first name": ("[Ana Torv|PERSON], [Ana|PERSON].", [("Ana Torv", "PERSON", 2)]),
    "first name of two": (
        "[Ana Torv|PERSON], [Ana Lund|PERSON], [Ana|PERSON].",
        [("Ana Torv", "PERSON", 1), ("Ana Lund", "PERSON", 1), ("Ana", "PERSON", 1)],
    ),
    "ambiguous to the most recent": (
        "[Ana Torv|PERSON], [Torv|PERSON], [Ole Torv|PERSON], [Torv|PERSON], [Torv|PERSON].",
        [("Ana Torv", "PERSON", 2), ("Ole Torv", "PERSON", 3)],
    ),
    "ambiguous, none before": (
        "[Torv|PERSON], [Ana Torv|PERSON], [Ole Torv|PERSON].",
        [("Ana Torv", "PERSON", 2), ("Ole Torv", "PERSON", 1)],
    ),
    "middle name": (
        "[Ana Torv|PERSON], [Ana M. Torv|PERSON], [Torv|PERSON].",
        [("Ana M. Torv", "PERSON", 3)],
    ),
    "two middle names": (
        "[Ana Torv|PERSON], [Ana M. Torv|PERSON], [Ana B. Torv|PERSON].",
        [("Ana Torv", "PERSON", 1), ("Ana M. Torv", "PERSON", 1), ("Ana B. Torv", "PERSON", 1)],
    ),
    "junior": ("[Ole Brandt Jr.|PERSON], [Brandt|PERSON].", [("Ole Brandt Jr.", "PERSON", 2)]),
    "title": ("[President Torv|PERSON], [Ana Torv|PERSON].", [("Ana Torv", "PERSON", 2)]),
    "other model's label": ("[Ana Torv|PER], [Torv|PER].", [("Ana Torv", "PER", 2)]),
    "surface": ("[Marle|GPE], [MARLE|GPE], [Marle|GPE].", [("Marle", "GPE", 3)]),
    "majority and most frequent form": (
        "[MARLE|ORG], [Marle|GPE], [Marle|GPE].",
        [("Marle", "GPE", 3)],
    ),
    "no last names of things": ("[Marle Rail|ORG], [Rail|ORG].", [("Marle Rail", "ORG", 1), ("Rail", "ORG", 1)]),
    "acronym": (
        "[World Example Organisation|ORG] ([WEO|ORG]). [WEO|ORG], [WEO|ORG].",
        [("World Example Organisation", "ORG", 4)],
    ),
    "acronym before its name": (
        "[WEO|ORG]: the [World Example Organisation|ORG] ([WEO|ORG]).",
        [("World Example Organisation", "ORG", 3)],
    ),
    "one acronym, two names": (
        "[Marle Rail Board|ORG] ([MRB|ORG]), [Mid Reed Bank|ORG] ([MRB|ORG]).",
        [("Marle Rail Board", "ORG", 3), ("Mid Reed Bank", "ORG", 1)],
    ),
    "nothing": ("Nothing.", []),
}


@pytest.mark.parametrize("case", GROUP_CASES)
def test_groups(case: str) -> None:
    source, wanted = GROUP_CASES[case]
    text, mentions = marked(source)
    assert listed(group_mentions(text, mentions)) == wanted


@given(PARTS, st.randoms(use_true_random=False))
def test_grouping_is_order_free_and_loses_nothing(parts: list[tuple[str, str, str]], random: object) -> None:
    text, mentions = assembled(parts)
    entities = group_mentions(text, mentions)
    shuffled = list(mentions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert group_mentions(text, shuffled) == entities
    spans = sorted((m.start, m.end) for entity in entities for m in entity.mentions)
    assert spans == sorted((m.start, m.end) for m in mentions)
    assert [entity.first for entity in entities] == sorted(entity.first for entity in entities)
    for entity in entities:
        assert entity.count == len(entity.mentions)
        assert entity.first == entity.mentions[0].start
        assert all(text[m.start : m.end] == m.text for m in entity.mentions)
        assert list(entity.mentions) == sorted(entity.mentions, key=lambda m: m.start)


def test_many_persons_of_one_name_take_no_quadratic_time() -> None:
    parts = [(f"P{n} Torv" if n % 2 else "Torv", ", ", "PERSON") for n in range(5_000)]
    text, mentions = assembled(parts)
    assert sum(entity.count for entity in group_mentions(text, settle_mentions(text, mentions))) >= 5_000


@pytest.mark.slow
def test_chains_of_acronyms_and_many_names_that_begin_alike_take_no_quadratic_time() -> None:
    def seconds(count: int) -> float:
        parts = [(f"Ana B{n:05}", " met. ", "PERSON") for n in range(count)]
        parts += [(f"A{n:05}B-C", f" (A{n + 1:05}B-C). ", "ORG") for n in range(count)]
        parts += [(f"Marle Board of V{n}", ", ", "ORG") for n in range(count)]
        parts += [(f"Norwegian V{n} Board", " in ", "GPE") for n in range(count)]
        parts += [(f"A. B{n} Torv", ", a town, ", "PERSON") for n in range(count)]
        parts += [(" / ".join(["Velden"] * count), ". ", "GPE"), (" ".join(["Ole"] * count), ". ", "PERSON")]
        text, mentions = assembled([*parts, *parts])
        start = time.process_time()
        group_mentions(text, settle_mentions(text, mentions))
        return time.process_time() - start

    assert is_linear(seconds, (1_000, 4_000), most=9, floor_s=0.05)  # 16 times as much were it quadratic
