"""The index finds what a comparison of all pairs finds, however the texts came in."""

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.enrich.stories import index as module
from transforms.enrich.stories.index import Layers, Match, Query, SketchIndex

HOLDERS, OF_SITE = 5, 2


@pytest.fixture(autouse=True, scope="module")
def low_limits() -> Iterator[None]:
    """Limits that few texts reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_HOLDERS", HOLDERS)
        patch.setattr(module, "MAX_OF_SITE", OF_SITE)
        patch.setattr(module, "LAYER_HOLDERS", 40)
        patch.setattr(module, "_PAIRS_AT_ONCE", 16)
        yield


def query(place: int, hashes: Sequence[int], site: int = 0) -> Query:
    return Query(place, np.unique(np.array(hashes, np.uint32)), site)


def match_all_pairs(queries: Sequence[Query]) -> list[list[Match]]:
    """What the index must find of texts of rate 1, one hash after the other."""
    holders: dict[int, list[int]] = {}
    for text in queries:
        for value in text.hashes.tolist():
            holders.setdefault(value, []).append(text.place)
    found = []
    for text in queries:
        shared: dict[int, list[bool]] = {}
        own = 0
        for value in text.hashes.tolist():
            first = holders[value][:HOLDERS]
            sites = [queries[place].site for place in first if place < text.place]
            if any(site and sites.count(site) >= OF_SITE for site in sites):
                continue
            own += 1
            counted = [place for place in first if not _is_boilerplate(queries, first, place)]
            before = [place for place in counted if place < text.place]
            for place in before:
                shared.setdefault(place, []).append(len(before) >= HOLDERS)
        sizes = {place: len(queries[place].hashes) for place in shared}
        found.append(
            [
                Match(place, len(full), full.count(False), len(full) / own, len(full) / sizes[place])
                for place, full in sorted(shared.items())
                if len(full) > 1 and len(full) * 4 >= min(own, sizes[place])
            ]
        )
    return found


def _is_boilerplate(queries: Sequence[Query], holders: Sequence[int], place: int) -> bool:
    before = [queries[one].site for one in holders if one < place]
    return any(site and before.count(site) >= OF_SITE for site in before)


ODD = st.integers(0, 12).map(lambda n: 2 * n + 1)
TEXTS = st.lists(st.tuples(st.frozensets(ODD, min_size=1, max_size=8), st.integers(0, 2)), max_size=30)


@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_it_finds_what_all_pairs_have_however_the_texts_come(
    texts: list[tuple[frozenset[int], int]], chance: random.Random
) -> None:
    queries = [query(place, sorted(hashes), site) for place, (hashes, site) in enumerate(texts)]
    expected = match_all_pairs(queries)
    assert SketchIndex().add(queries) == expected
    cuts = sorted(chance.randrange(len(queries) + 1) for _ in range(5))
    pieces = SketchIndex()
    parts = []
    for start, stop in zip([0, *cuts], [*cuts, len(queries)], strict=True):
        looks_up = chance.random() < 0.7
        found = pieces.add(queries[start:stop], looks_up=looks_up)
        parts += found if looks_up else expected[start:stop]
    assert parts == expected


def test_another_version_adds_what_is_new_in_it() -> None:
    index = SketchIndex()
    index.add([query(0, [1, 3, 5]), query(1, [1, 3, 21])])
    assert index.add([query(0, [1, 3, 5, 7])]) == [[]]
    assert len(index) == 2
    assert index.add([query(2, [5, 7])]) == [[Match(0, 2, 2, 1.0, 0.5)]]
    # Among those before its own place alone.
    assert index.add([query(1, [1, 3, 5, 7])]) == [[Match(0, 4, 4, 1.0, 1.0)]]


def test_texts_of_two_rates_are_compared_at_the_larger() -> None:
    index = SketchIndex()
    index.add([query(0, [8, 16, 24, 32])])
    assert index.add([query(1, [1, 2, 3, 8, 16])]) == [[Match(0, 2, 2, 1.0, 0.5)]]


def test_layers_stay_few_and_lose_nothing() -> None:
    layers, expected = Layers(np.uint32), set()
    chance = random.Random(1)
    for place in range(60):
        keys = [chance.randrange(50) for _ in range(chance.randrange(4))]
        layers.append(np.array(keys, np.uint32), np.full(len(keys), place, np.uint32))
        expected |= {(key, place) for key in keys}
    numbers, places = layers.find(np.arange(50, dtype=np.uint32))
    assert set(zip(numbers.tolist(), places.tolist(), strict=True)) == expected
    assert layers.nbytes == 8 * len(numbers)
