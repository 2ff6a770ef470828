"""Training of the model that chooses the blocks of an article, cross-validated over publishers.

Reads the annotated pages (folders with ``truth.jsonl`` and gzipped pages, by default ``../shared/data/pages`` beside
the repository), measures their blocks, and labels each by how much of it stands in the page's true text. Trains
LightGBM, which is not among this project's requirements, in five folds that no publisher is in two of, reads each page
with the trees of the fold that has not seen it, and prints F1 beside plain trafilatura's. Confidence is calibrated on
the same predictions: the F1 that the probabilities let one expect, mapped to the mean F1 that was measured.
With ``--write`` it trains on all pages and writes ``transforms/articles/block_model.json``.

Usage: ./run.sh bench train_blocks [--write] [--data DIR] [--rounds N] [--folds N]
"""

import json
import logging
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura
from numpy.typing import NDArray

from benchmarks.measures.pages import ARTICLES, DATA, OTHERS, read_pages, sets_of
from benchmarks.measures.parser import make_parser
from benchmarks.measures.scores import f1, words_of
from schemas.trouble import Trouble
from transforms.articles import block_model
from transforms.articles.block_choice import choose_blocks
from transforms.articles.block_features import measure_blocks
from transforms.articles.block_model import Trees, parse_trees
from transforms.articles.blocks import Block
from transforms.articles.cleaning.clean import Context, clean
from transforms.articles.main_text import read_main_text
from transforms.articles.metadata import read_metadata
from transforms.articles.pages import decode_page, parse_text
from transforms.articles.walk import read_structure
from transforms.urls import publisher_domain

MIN_REACHABLE = 0.6
"""Least F1 that the labelled blocks of a page must have with its truth for the page to be learned from."""

TREES = 160
"""Trees of the model that is shipped."""

PARAMETERS = {
    "objective": "binary", "learning_rate": 0.07, "num_leaves": 12, "max_depth": 7, "min_data_in_leaf": 200,
    "feature_fraction": 0.25, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 20.0, "max_bin": 63,
    "min_sum_hessian_in_leaf": 5.0, "deterministic": True, "force_row_wise": True, "verbose": -1, "seed": 7,
    "num_threads": 1,
}  # fmt: skip

_SIZE = 4
_GAP = 60


@dataclass(slots=True)
class Sample:
    """One annotated page, read."""

    set: str
    body: bytes
    url: str
    truth: str
    titles: tuple[str | None, ...] = ()
    declared_body: str | None = None
    names: tuple[str, ...] = ()
    numbers: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    covered: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    words: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    reachable: float = 0.0


def label(blocks: Sequence[Block], truth: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return for each block the share of its words that the truth holds, and how many words it has.

    Blocks of four and more words by their 4-grams; of those that stand several times on the page, as many as the
    truth has, those that keep the order. Shorter ones count where the truth has them between the labelled blocks
    before and after.
    """
    wanted = words_of(truth)
    words = [words_of(block.text) for block in blocks]
    covered = np.zeros(len(blocks), np.float32)
    position = np.full(len(blocks), -1.0)
    where: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for start in range(len(wanted) - _SIZE + 1):
        where[tuple(wanted[start : start + _SIZE])].append(start)
    copies: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, own in enumerate(words):
        hit = np.zeros(len(own), bool)
        starts = []
        for start in range(len(own) - _SIZE + 1):
            found = where.get(tuple(own[start : start + _SIZE]))
            if found:
                hit[start : start + _SIZE] = True
                starts.append(found[0] - start)
        if starts:
            covered[number] = hit.mean()
            position[number] = sorted(starts)[len(starts) // 2]
            if covered[number] >= 0.5:
                copies[tuple(own)].append(number)
    places = {own: where.get(own[:_SIZE], []) for own in copies}
    times = {own: sum(tuple(wanted[a : a + len(own)]) == own for a in at) for own, at in places.items()}
    _drop_copies(copies, times, covered, position)
    anchors = [number for number, own in enumerate(words) if len(own) >= _SIZE and covered[number] >= 0.5]
    for number, own in enumerate(words):
        if not 0 < len(own) < _SIZE or not anchors:
            continue
        before = max((a for a in anchors if a < number), default=None)
        after = min((a for a in anchors if a > number), default=None)
        low = position[before] + len(words[before]) - 2 if before is not None else position[after or 0] - 12
        high = position[after] + 2 if after is not None else position[before or 0] + len(words[before or 0]) + 12
        low = max(0, int(low))
        piece = wanted[low : min(len(wanted), int(high), low + _GAP)]
        if any(piece[at : at + len(own)] == own for at in range(len(piece) - len(own) + 1)):
            covered[number] = 1
    return covered, np.array([len(own) for own in words], np.float32)


def _drop_copies(
    copies: dict[tuple[str, ...], list[int]],
    times: dict[tuple[str, ...], int],
    covered: NDArray[np.float32],
    position: NDArray[np.float64],
) -> None:
    """Take the label from blocks that stand more often on the page than in the truth, but for those in order."""
    alone = {numbers[0]: len(own) for own, numbers in copies.items() if len(numbers) == 1}
    single = list(alone)
    at, weight = np.array(single, dtype=np.float64), np.array(list(alone.values()), dtype=np.float64)
    place = position[single] if single else np.zeros(0)
    order = np.argsort(at)
    half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2) if single else 0
    middle = float(at[order][half]) if single else 0.0

    def disorder(number: int) -> tuple[float, float]:
        wrong = ((at < number) & (place > position[number])) | ((at > number) & (place < position[number]))
        return float(weight[wrong].sum()), abs(number - middle)

    for own, numbers in copies.items():
        if len(numbers) > 1:
            for number in sorted(numbers, key=disorder)[max(1, times[own]) :]:
                covered[number] = 0


def read_samples(data: Path, sets: Sequence[str]) -> list[Sample]:
    """Read and measure all pages of some sets."""
    samples = []
    for name in sets:
        for page in read_pages(data, name):
            sample = Sample(name, page.body, page.url, page.text)
            samples.append(sample)
            try:
                tree = parse_text(decode_page(page.body).text)
            except Trouble:
                continue
            structure = read_structure(tree)
            metadata = read_metadata(tree, structure, url=page.url)
            sample.titles = (metadata.headline, metadata.subheadline, metadata.alternative_headline, *metadata.titles)
            sample.declared_body = metadata.body
            if not structure.blocks:
                continue
            measured = measure_blocks(structure, sample.titles)
            covered, words = label(structure.blocks, sample.truth)
            kept = "\n".join(b.text for b, share in zip(structure.blocks, covered, strict=True) if share >= 0.5)
            sample.reachable = f1(kept, sample.truth)
            sample.names = measured.names
            near = measured.near
            sample.numbers, sample.covered, sample.words = measured.numbers[:, near], covered[near], words[near]
    return samples


def fold_of(url: str, folds: int) -> int:
    """Return the fold of a page: that of its publisher."""
    return zlib.crc32((publisher_domain(url) or url).encode()) % folds


def weights(sample: Sample) -> NDArray[np.float32]:
    """Weigh blocks by their words, and pages equally; blocks that are half in the truth less."""
    share = np.abs(2 * sample.covered - 1).clip(0.2, 1)
    whole = sample.words[sample.covered >= 0.5].sum() + 60
    return np.asarray(np.minimum(sample.words + 2, 150) * share / whole, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Trainer:
    """LightGBM with what it is told."""

    lightgbm: Any
    columns: Sequence[str]
    rounds: int

    def train(self, samples: Sequence[Sample]) -> tuple[dict[str, Any], Trees]:
        """Train on the pages whose truth their blocks can give; return the data of the model and its trees."""
        used = [s for s in samples if s.names and s.reachable >= MIN_REACHABLE + 0.2 * (s.set == OTHERS)]
        numbers = np.concatenate([s.numbers.T for s in used])
        wanted = np.concatenate([s.covered >= 0.5 for s in used]).astype(np.int32)
        weight = np.concatenate([weights(s) for s in used])
        dataset = self.lightgbm.Dataset(numbers, wanted, weight=weight * (len(weight) / weight.sum()))
        booster = self.lightgbm.train(dict(PARAMETERS), dataset, self.rounds)
        data = flatten(booster.dump_model(), self.columns)
        trees = parse_trees(data)
        check(booster, trees, numbers[:20_000])
        return data, trees


def check(booster: Any, trees: Trees, numbers: NDArray[np.float32]) -> None:
    """Compare our evaluator with LightGBM's.

    Raises:
        ValueError: they differ.
    """
    worst = float(np.abs(booster.predict(numbers) - trees.predict(np.ascontiguousarray(numbers.T))).max())
    if worst > 1e-4:
        raise ValueError(f"the trees as arrays differ from LightGBM's by {worst}")


def flatten(dump: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """Return the trees of a LightGBM dump as arrays; thresholds are rounded down to what a 32-bit number can say."""
    data: dict[str, Any] = {"columns": list(columns), "roots": []}
    data |= {name: [] for name in ("feature", "threshold", "left", "right", "value")}

    def add(node: dict[str, Any]) -> int:
        number = len(data["feature"])
        is_leaf = "leaf_value" in node
        threshold = 0.0
        if not is_leaf:
            low = np.float32(node["threshold"])
            if float(low) > node["threshold"]:
                low = np.nextafter(low, np.float32(-np.inf))
            threshold = float(f"{low:.9g}")
        data["feature"].append(0 if is_leaf else node["split_feature"])
        data["threshold"].append(threshold)
        data["value"].append(round(node["leaf_value"], 6) if is_leaf else 0)
        data["left"].append(number)
        data["right"].append(number)
        if not is_leaf:
            data["left"][number] = add(node["left_child"])
            data["right"][number] = add(node["right_child"])
        return number

    for tree in dump["tree_info"]:
        data["roots"].append(add(tree["tree_structure"]))
    return data


@dataclass(slots=True)
class Result:
    """What one way of reading gives for one page."""

    sample: Sample
    f1: float
    word_f1: float
    seconds: float
    confidence: float = 0.0
    extractor: str = ""
    text: str = ""


def word_f1(found: str, truth: str) -> float:
    """F1 of the words of two texts, 0 to 1."""
    one, other = Counter(words_of(found)), Counter(words_of(truth))
    both = sum((one & other).values())
    return 2 * both / (sum(one.values()) + sum(other.values())) if both else 0.0


def read(sample: Sample, trees: Trees) -> Result:
    """Read one page with a model, and clean its text."""
    start = time.process_time()
    try:
        tree = parse_text(decode_page(sample.body).text)
    except Trouble:
        return Result(sample, 0.0, 0.0, 0.0)
    structure = read_structure(tree)
    main = read_main_text(tree, structure, declared_body=sample.declared_body, titles=sample.titles, trees=trees)
    text = clean(main.blocks, Context(titles=sample.titles, source="page")).text
    seconds = time.process_time() - start
    return Result(
        sample,
        f1(text, sample.truth),
        word_f1(text, sample.truth),
        seconds,
        main.confidence or 0.0,
        main.extractor,
        text,
    )


def read_plainly(sample: Sample) -> Result:
    """Read one page with trafilatura's defaults."""
    start = time.process_time()
    found = trafilatura.bare_extraction(sample.body, url=sample.url, with_metadata=True)
    seconds = time.process_time() - start
    text = (found.text or "") if found is not None else ""  # type: ignore[union-attr]
    return Result(sample, f1(text, sample.truth), word_f1(text, sample.truth), seconds, text=text)


def expected(sample: Sample, trees: Trees) -> float:
    """Return the F1 that the probabilities of a page let one expect."""
    try:
        structure = read_structure(parse_text(decode_page(sample.body).text))
    except Trouble:
        return 0.0
    return choose_blocks(structure, sample.titles, trees).expected


def calibrate(expected_f1: Sequence[float], measured: Sequence[float], groups: int = 12) -> list[list[float]]:
    """Return points of a rising map from expected to measured F1: means of equal groups, pooled until they rise."""
    order = np.argsort(expected_f1)
    pools = [
        [float(np.mean(np.array(expected_f1)[part])), float(np.mean(np.array(measured)[part])), float(len(part))]
        for part in np.array_split(order, min(groups, len(order)))
    ]
    rising: list[list[float]] = []
    for pool in pools:
        rising.append(pool)
        while len(rising) > 1 and rising[-1][1] <= rising[-2][1]:
            last, before = rising.pop(), rising.pop()
            total = last[2] + before[2]
            rising.append([(last[0] * last[2] + before[0] * before[2]) / total,
                           (last[1] * last[2] + before[1] * before[2]) / total, total])  # fmt: skip
    return [[round(pool[0], 4) for pool in rising], [round(pool[1], 4) for pool in rising]]


def print_table(rows: dict[str, list[Result]]) -> None:
    """Print F1 and time of each way on each set."""
    print(f"{'set':<20}{'reader':<14}{'pages':>6}{'4-gram F1':>11}{'word F1':>9}{'ms/page':>9}{'own':>7}")
    for name in ARTICLES:
        for reader, results in rows.items():
            some = [result for result in results if result.sample.set == name]
            if some:
                means = [np.mean([getattr(result, key) for result in some]) for key in ("f1", "word_f1", "seconds")]
                own = np.mean([result.extractor.startswith("newsmill") for result in some])
                line = f"{name:<20}{reader:<14}{len(some):>6}{means[0]:>11.4f}{means[1]:>9.4f}"
                print(f"{line}{1000 * means[2]:>9.1f}{own:>7.2f}")


def cross_validate(trainer: Trainer, samples: list[Sample], folds: int, each: Callable[[Sample, Trees], None]) -> None:
    """Train in folds and hand each page to a function, with the trees that have not seen its publisher."""
    for fold in range(folds):
        _, trees = trainer.train([s for s in samples if fold_of(s.url, folds) != fold])
        for sample in samples:
            if fold_of(sample.url, folds) == fold and sample.set != OTHERS:
                each(sample, trees)


def main() -> int:
    """Train, measure, print and write; 0 also when LightGBM or the data is not there."""
    parser = make_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="directory that holds the sets")
    parser.add_argument("--rounds", type=int, default=TREES, help="trees")
    parser.add_argument("--folds", type=int, default=5, help="folds of the cross-validation; 0: none")
    parser.add_argument("--write", action="store_true", help="write the model that is trained on all pages")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    try:
        import lightgbm  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415
    except ImportError:
        print("skipped: lightgbm is not installed; install it beside this project's requirements to train")
        return 0
    sets = sets_of(args.data, (*ARTICLES, OTHERS))
    if not sets:
        print(f"skipped: no truth.jsonl below {args.data}")
        return 0
    samples = read_samples(args.data, sets)
    trainer = Trainer(lightgbm, next(sample.names for sample in samples if sample.names), args.rounds)
    points: list[list[float]] = [[0.0, 1.0], [0.0, 1.0]]
    if args.folds:
        ours: list[Result] = []
        hopes: list[float] = []

        def each(sample: Sample, trees: Trees) -> None:
            ours.append(read(sample, trees))
            hopes.append(expected(sample, trees))

        cross_validate(trainer, samples, args.folds, each)
        print_table({"trafilatura": [read_plainly(s) for s in samples if s.set != OTHERS], "newsmill": ours})
        points = calibrate(hopes, [result.f1 for result in ours])
        print("\nexpected F1  measured F1")
        for low, high in zip(*points, strict=True):
            print(f"{low:>11.3f}{high:>13.3f}")
    if args.write:
        data, _ = trainer.train(samples)
        data |= {"confidence": points}
        block_model.DATA.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"\nwrote {block_model.DATA} ({block_model.DATA.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
