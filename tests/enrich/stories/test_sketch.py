"""Sketches: the same for the same words, nested by rate, bounded."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import TEXT, make_article
from transforms.enrich.stories.annotate import sketch_text
from transforms.enrich.stories.sketch import (
    ENOUGH,
    MODEL,
    RATES,
    READ_CHARS,
    hash_triples,
    rate_of,
    read_sketch,
    sketch,
)


def numbered(count: int, start: int = 0) -> str:
    """A text of words that are all different."""
    return " ".join(f"w{n}" for n in range(start, start + count))


def test_a_sketch_is_the_same_on_every_machine() -> None:
    assert sketch("The ferry sails on Monday, not today.") == "132a70162d518849368f3bf4659686c8ffb30d42"


@pytest.mark.parametrize(
    "other", [TEXT.upper(), TEXT.replace(" ", "\n\n"), TEXT.replace(".", " !"), f"“{TEXT}”"], ids=lambda text: text[:9]
)
def test_case_punctuation_and_white_space_make_no_difference(other: str) -> None:
    assert sketch(other) == sketch(TEXT)


@pytest.mark.parametrize(("words", "rate"), [(20, 1), (98, 1), (300, 2), (600, 4), (1200, 8), (9000, 8)])
def test_longer_texts_are_sampled_at_larger_rates(words: int, rate: int) -> None:
    hashes = read_sketch(sketch(numbered(words)))
    assert rate_of(hashes) == rate
    assert len(hashes) >= min(ENOUGH, words - 2)
    assert abs(len(hashes) * rate - words) < 6 * rate * np.sqrt(words / rate)


def test_samples_are_nested() -> None:
    words = numbered(3000).split()
    kept = [set(hash_triples(words)[hash_triples(words) % rate == 0].tolist()) for rate in RATES]
    assert all(one < other for one, other in itertools.pairwise(kept))


def test_of_a_long_text_the_first_part_is_read() -> None:
    long = numbered(50_000)
    assert sketch(long) == sketch(long[:READ_CHARS])
    assert len(sketch(long)) // 8 < 2_500


def test_texts_without_spaces_are_read_by_characters() -> None:
    text = "港務局週二表決重建東碼頭一月的風暴損壞了它"
    assert len(sketch(text)) // 8 == len(text) - 2
    changed = read_sketch(sketch(text.replace("週二", "週三")))
    assert len(np.intersect1d(changed, read_sketch(sketch(text)))) == len(text) - 2 - 3


@given(st.text(max_size=400))
def test_any_text_has_a_sketch(text: str) -> None:
    hashes = read_sketch(sketch(text))
    assert np.array_equal(hashes, np.unique(hashes))


def test_an_article_says_what_sketched_it() -> None:
    made = sketch_text(make_article())
    assert (made.text_sketch, made.story_model) == (sketch(TEXT), MODEL)
    assert sketch_text(make_article(text="Two words")).text_sketch == ""
