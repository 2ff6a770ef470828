"""The learned part of telling kinds of pages apart: weights of words, then trees over all counts.

``benchmarks/train_page_types.py`` writes ``page_types.json``; here it is evaluated.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.articles.block_model import Trees, parse_trees
from transforms.articles.page_types.features import Measures

PATH = Path(__file__).with_name("page_types.json")

Numbers = NDArray[np.float64]

SETS = ("names", "words", "labels", "types")
"""Sets of words that Measures has; the weight of each is one more value of the page, after all others."""


class Words(NamedTuple):
    """Weights of the words of one set."""

    weights: Mapping[str, float]
    bias: float
    damping: float
    """What is added to the number of known words before the sum is divided by its root; 0 where it is not divided."""
    known: frozenset[str]
    """Those that have a weight: to intersect sets takes a third of the time that it takes to look each word up."""

    def rate(self, words: frozenset[str]) -> float:
        """Return what some words weigh."""
        found = words & self.known
        total = sum(map(self.weights.__getitem__, found))
        return self.bias + (total / sqrt(self.damping + len(found)) if self.damping else total)


class Weights(NamedTuple):
    """Weighted sums of values, which are scaled before."""

    weights: Numbers
    """Of the values; one row for each sum."""
    bias: Numbers
    means: Numbers
    scales: Numbers

    def sum(self, vector: Numbers) -> Numbers:
        """Return the sums."""
        scaled = np.clip((vector - self.means) / self.scales, -4.0, 4.0)
        return np.asarray(self.weights @ scaled + self.bias)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What was learned.

    Attributes:
        names: of the values, in order, but for the weights of words.
        words: of each of SETS.
        trees: over all values.
        kinds: what the results of ``kinds_of`` are of.
        kinds_of: which kind a page is that is not an article.
        limit: score above which a page is not an article.
        declared_limit: score above which the kind that a page declares is believed.
        address_limit: score above which the kind that its address names is believed.
        shows_address: which values are zero for a page of unknown address.
    """

    names: tuple[str, ...]
    words: tuple[Words, ...]
    trees: Trees
    kinds: tuple[str, ...]
    kinds_of: Weights
    limit: float
    declared_limit: float
    address_limit: float
    shows_address: NDArray[np.bool_]


@cache
def load_model() -> Model:
    """Load the model once.

    Raises:
        ValueError: its trees were trained on other values than it names.
    """
    raw = json.loads(PATH.read_text(encoding="utf-8"))
    names = tuple(raw["names"])
    trees = parse_trees(raw["trees"])
    if trees.columns != (*names, *SETS):
        raise ValueError("the trees were trained on other values: train them again")
    return Model(
        names=names,
        words=tuple(
            Words(part["weights"], part["bias"], part["damping"], frozenset(part["weights"]))
            for part in map(raw["words"].get, SETS)
        ),
        trees=trees,
        kinds=tuple(raw["kinds"]),
        kinds_of=Weights(*(np.array(raw["kinds_of"][name], dtype=np.float64) for name in Weights._fields)),
        limit=raw["limit"],
        declared_limit=raw["declared_limit"],
        address_limit=raw["address_limit"],
        shows_address=np.array([name.startswith("url_") for name in trees.columns]),
    )


def make_vector(model: Model, measures: Measures) -> Numbers:
    """Return the values of a page in the order of the model."""
    values = measures.values
    said = (measures.names, measures.words, measures.labels, measures.types)
    weighed = [words.rate(those) for words, those in zip(model.words, said, strict=True)]
    return np.array([*[values[name] for name in model.names], *weighed])


def rate(model: Model, vector: Numbers) -> float:
    """Return the score of a page: its log odds of not being an article."""
    likely = float(model.trees.predict(vector.astype(np.float32)[:, None])[0])
    return log(likely / (1 - likely))


def without_address(model: Model, vector: Numbers) -> Numbers:
    """Return the values of the same page of unknown address."""
    return np.where(model.shows_address, 0.0, vector)


def name_kind(model: Model, vector: Numbers) -> str:
    """Return which kind of page one that is not an article is most likely to be."""
    return model.kinds[int(model.kinds_of.sum(vector).argmax())]
