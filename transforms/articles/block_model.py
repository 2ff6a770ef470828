"""The model that says how likely a block belongs to the article: gradient boosted trees over numbers of blocks.

``benchmarks/train_blocks.py`` trains them and writes ``block_model.json``; nothing but numpy is needed to run them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).with_name("block_model.json")


_MOST_LEAVES = 16
_MOST_AT_ONCE = 256
"""Blocks for which the answers of all nodes are held at once: one megabyte, which stays in the cache."""
_PLACES = np.zeros(1 << _MOST_LEAVES, dtype=np.intp)
"""Of a number with one bit: which it is."""
_PLACES[1 << np.arange(_MOST_LEAVES)] = np.arange(_MOST_LEAVES)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees as the questions that their nodes ask, and what an answer leaves of the leaves.

    Each leaf of a tree has a bit, from the left. A node whose number is above its threshold rules out the leaves to its
    left; the first that no node rules out is the one that its questions lead to. So all nodes can be asked at once, and
    a question that many nodes ask only once.

    Attributes:
        columns: names of the numbers, in the order that ``feature`` counts them.
        feature: column that a question is about.
        threshold: what the number must not exceed to go left; one row for each question.
        question: of each node; one row for the first node of every tree, one for the second, and so on.
        keep: bits of the leaves that remain where the answer is to go right, likewise.
        value: what a leaf adds; one row for each tree.
        confidence: points of the map from expected to measured F1, both rising.
    """

    columns: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    question: NDArray[np.intp]
    keep: NDArray[np.uint16]
    value: NDArray[np.float32]
    confidence: tuple[Sequence[float], Sequence[float]] = ((0.0, 1.0), (0.0, 1.0))

    def predict(self, numbers: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each block.

        Args:
            numbers: one row for each column of the model, one column for each block.
        """
        starts = range(0, numbers.shape[1], _MOST_AT_ONCE)
        return np.concatenate([self._predict(numbers[:, start : start + _MOST_AT_ONCE]) for start in starts])

    def _predict(self, numbers: NDArray[np.float32]) -> NDArray[np.float64]:
        goes_left = (numbers.take(self.feature, axis=0) > self.threshold).astype(np.uint16)
        goes_left -= 1  # all bits where the answer is left, none where it is right
        remain = goes_left.take(self.question, axis=0)
        remain |= self.keep
        leaves: NDArray[np.uint16] = np.bitwise_and.reduce(remain, axis=0)
        leaves &= np.negative(leaves)  # the first alone
        place = _PLACES.take(leaves)
        place += np.arange(0, self.value.size, _MOST_LEAVES)[:, None]
        total = self.value.take(place).sum(axis=0, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-total)))


def parse_trees(data: dict[str, Any]) -> Trees:
    """Return the trees that the data of a model describes.

    Raises:
        ValueError: its arrays do not belong together, or a tree has too many leaves.
    """
    lengths = {len(data[name]) for name in ("feature", "threshold", "left", "right", "value")}
    if len(lengths) != 1:
        raise ValueError(f"arrays of {sorted(lengths)} nodes in one model")
    questions: dict[tuple[int, float], int] = {}
    nodes: list[list[tuple[int, int]]] = []
    value = np.zeros((len(data["roots"]), _MOST_LEAVES), dtype=np.float32)
    for number, root in enumerate(data["roots"]):
        asked: list[tuple[int, int]] = []
        leaves: list[int] = []
        _lay_out(data, root, questions, asked, leaves)
        if len(leaves) > _MOST_LEAVES:
            raise ValueError(f"a tree of {len(leaves)} leaves in a model, more than {_MOST_LEAVES}")
        value[number, : len(leaves)] = [data["value"][leaf] for leaf in leaves]
        nodes.append(asked)
    longest = max(map(len, nodes), default=0)
    # Trees with fewer nodes get some that rule out nothing.
    laid = np.array([asked + [(0, 0)] * (longest - len(asked)) for asked in nodes], dtype=np.intp)
    laid = laid.reshape(len(nodes), longest, 2)
    asks = list(questions) or [(0, 0.0)]
    return Trees(
        columns=tuple(data["columns"]),
        feature=np.array([feature for feature, _ in asks], dtype=np.intp),
        threshold=np.array([limit for _, limit in asks], dtype=np.float32)[:, None],
        question=np.ascontiguousarray(laid[:, :, 0].T),
        keep=(0xFFFF & ~laid[:, :, 1].T).astype(np.uint16)[:, :, None],
        value=value,
        confidence=tuple(data.get("confidence") or ((0.0, 1.0), (0.0, 1.0))),
    )


def _lay_out(
    data: dict[str, Any],
    node: int,
    questions: dict[tuple[int, float], int],
    asked: list[tuple[int, int]],
    leaves: list[int],
) -> int:
    """Lay out a tree from one of its nodes; return the bits of its leaves.

    ``asked`` gets the question of each node and the bits of the leaves to its left.
    """
    left = data["left"][node]
    if left == node:
        leaves.append(node)
        return 1 << (len(leaves) - 1)
    question = questions.setdefault((data["feature"][node], data["threshold"][node]), len(questions))
    bits = _lay_out(data, left, questions, asked, leaves)
    asked.append((question, bits))
    return bits | _lay_out(data, data["right"][node], questions, asked, leaves)


@cache
def load_trees() -> Trees:
    """Return the model that is shipped; it is read once per process."""
    return parse_trees(json.loads(DATA.read_text(encoding="utf-8")))
