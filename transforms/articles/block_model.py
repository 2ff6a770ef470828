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


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees as flat arrays: the nodes of all, each tree's in a row; a leaf leads to itself.

    Attributes:
        columns: names of the numbers, in the order that ``feature`` counts them.
        roots: node that each tree begins at.
        feature: column that a node looks at.
        threshold: what the number must not exceed to go left.
        left, right: nodes that follow.
        value: what a leaf adds; 0 elsewhere.
        depth: most steps from a root to a leaf.
        confidence: points of the map from expected to measured F1, both rising.
    """

    columns: tuple[str, ...]
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int
    confidence: tuple[Sequence[float], Sequence[float]] = ((0.0, 1.0), (0.0, 1.0))

    def predict(self, numbers: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each block.

        Args:
            numbers: one row for each column of the model, one column for each block.
        """
        count = numbers.shape[1]
        flat = np.ascontiguousarray(numbers).ravel()
        block = np.arange(count, dtype=np.int32)[None, :]
        at = np.repeat(self.roots[:, None], count, axis=1)
        feature = self.feature * np.int32(count)
        for _ in range(self.depth):
            # Every index is within its array: "clip" spares the copy that checking all of them costs.
            place = feature.take(at, mode="clip")
            place += block
            go = flat.take(place, mode="clip") > self.threshold.take(at, mode="clip")
            at = np.where(go, self.right.take(at, mode="clip"), self.left.take(at, mode="clip"))
        total = self.value.take(at).sum(axis=0, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-total)))


def parse_trees(data: dict[str, Any]) -> Trees:
    """Return the trees that the data of a model describes.

    Raises:
        ValueError: its arrays do not belong together.
    """
    lengths = {len(data[name]) for name in ("feature", "threshold", "left", "right", "value")}
    if len(lengths) != 1:
        raise ValueError(f"arrays of {sorted(lengths)} nodes in one model")
    return Trees(
        columns=tuple(data["columns"]),
        roots=np.array(data["roots"], dtype=np.int32),
        feature=np.array(data["feature"], dtype=np.int32),
        threshold=np.array(data["threshold"], dtype=np.float32),
        left=np.array(data["left"], dtype=np.int32),
        right=np.array(data["right"], dtype=np.int32),
        value=np.array(data["value"], dtype=np.float32),
        depth=int(data["depth"]),
        confidence=tuple(data.get("confidence") or ((0.0, 1.0), (0.0, 1.0))),
    )


@cache
def load_trees() -> Trees:
    """Return the model that is shipped; it is read once per process."""
    return parse_trees(json.loads(DATA.read_text(encoding="utf-8")))
