"""Models of the text that have not seen the publisher of a page."""

import dataclasses
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measures.pages import ARTICLES, OTHERS, sets_of


def train_models(data: Path, folds: int) -> Callable[[str], None]:
    """Train one model for each fold; return what makes newsmill read with the one for an address.

    Raises:
        SystemExit: LightGBM is not installed.
    """
    try:
        lightgbm = importlib.import_module("lightgbm")
    except ImportError:
        raise SystemExit("--cross_validate needs lightgbm: pip install lightgbm") from None
    training: Any = importlib.import_module("benchmarks.train_blocks")
    model: Any = importlib.import_module("transforms.articles.block_model")
    shipped, load_trees = model.load_trees(), model.load_trees
    samples = training.read_samples(data, sets_of(data, (*ARTICLES, OTHERS)))
    columns = next(sample.names for sample in samples if sample.names)
    trainer = training.Trainer(lightgbm, columns, training.TREES)
    trees = []
    for fold in range(folds):
        _, found = trainer.train([sample for sample in samples if training.fold_of(sample.url, folds) != fold])
        trees.append(dataclasses.replace(found, confidence=shipped.confidence))
        print(f"trained without fold {fold + 1} of {folds}", file=sys.stderr, flush=True)
    current = [shipped]

    def load_current() -> Any:
        return current[0]

    for module in list(sys.modules.values()):
        if getattr(module, "load_trees", None) is load_trees:
            module.load_trees = load_current  # type: ignore[attr-defined]

    def choose(url: str) -> None:
        current[0] = trees[training.fold_of(url, folds)]

    return choose
