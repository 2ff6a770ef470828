"""The learned part of telling kinds of pages apart: words of class names and text, then trees over all counts.

``benchmarks/train_page_types.py`` writes ``page_types.json``; here it is evaluated, in plain Python.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from transforms.articles.page_types.features import Measures

PATH = Path(__file__).with_name("page_types.json")

Tree = tuple[tuple[int, ...], tuple[float, ...], tuple[int, ...], tuple[int, ...]]
"""Of each node: place of the value that it looks at, -1 for a leaf; limit, or value of the leaf; left and right."""


class Model(NamedTuple):
    """What was learned."""

    names: tuple[str, ...]
    """Values that the trees look at, in order; the last two are the weights of class names and of words."""
    class_weights: Mapping[str, float]
    class_bias: float
    word_weights: Mapping[str, float]
    word_bias: float
    trees: tuple[Tree, ...]
    linear: tuple[float, ...]
    """Weights of the scaled values."""
    linear_bias: float
    linear_share: float
    """How much of the score is the weighted sum; the rest is that of the trees."""
    linear_means: tuple[float, ...]
    linear_scales: tuple[float, ...]
    kinds: Mapping[str, tuple[tuple[float, ...], float]]
    """Weights and bias of each kind of page that is not an article."""
    means: tuple[float, ...]
    scales: tuple[float, ...]
    limit: float
    """Score above which a page is not an article."""
    bare_limit: float
    """Score above which a page without a long paragraph is not an article."""
    declared_limit: float
    """Score above which the kind that a page declares is believed."""
    address_limit: float
    """Score above which the kind that its address names is believed."""


@lru_cache(maxsize=1)
def load_model() -> Model:
    """Load the model once."""
    raw = json.loads(PATH.read_text(encoding="utf-8"))
    raw["trees"] = tuple(tuple(map(tuple, tree)) for tree in raw["trees"])
    raw["kinds"] = {kind: (tuple(weights), bias) for kind, (weights, bias) in raw["kinds"].items()}
    for name in ("names", "means", "scales", "linear", "linear_means", "linear_scales"):
        raw[name] = tuple(raw[name])
    return Model(**raw)


def make_vector(model: Model, measures: Measures) -> list[float]:
    """Return the values of a page in the order of the model."""
    values = [measures.values[name] for name in model.names[:-2]]
    weights = model.class_weights
    values.append(model.class_bias + sum(weights[name] for name in measures.names if name in weights))
    weights = model.word_weights
    values.append(model.word_bias + sum(weights[word] for word in measures.words if word in weights))
    return values


def rate(model: Model, vector: list[float]) -> float:
    """Return the score of a page: its log odds of not being an article."""
    score = 0.0
    for places, limits, lefts, rights in model.trees:
        node = 0
        while (place := places[node]) >= 0:
            node = lefts[node] if vector[place] <= limits[node] else rights[node]
        score += limits[node]
    scaled = _scale(vector, model.linear_means, model.linear_scales)
    linear = model.linear_bias + sum(map(float.__mul__, model.linear, scaled))
    return (1 - model.linear_share) * score + model.linear_share * linear


def _scale(vector: list[float], means: tuple[float, ...], scales: tuple[float, ...]) -> list[float]:
    return [
        max(-4.0, min(4.0, (value - mean) / scale)) for value, mean, scale in zip(vector, means, scales, strict=True)
    ]


def name_kind(model: Model, vector: list[float]) -> str:
    """Return which kind of page one that is not an article is most likely to be."""
    scaled = _scale(vector, model.means, model.scales)
    scores = {kind: bias + sum(map(float.__mul__, weights, scaled)) for kind, (weights, bias) in model.kinds.items()}
    return max(scores, key=lambda kind: scores[kind])
