"""Training of the classifier of page types, and its cross-validation over hosts and families of markup.

Usage: ./run.sh bench train_page_types --data PAGES [--write]

PAGES is a directory of sets: each has ``truth.jsonl`` (file, url and page_type; without page_type: an article) and
the pages, gzipped. The pages of tests/support/page_kinds.py are added. Needs lightgbm and scikit-learn, which newsmill
itself does not: ``pip install lightgbm scikit-learn``. A host, or a family of written pages, is never both in the pages
that a model learns from and in those that it is measured on; the weights of words within it are learned likewise.
"""

import gzip
import json
import pickle
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from benchmarks.train_blocks import flatten
from schemas.documents import Document, Origin
from schemas.trouble import Trouble
from tests.support.page_kinds import FAMILIES, make_pages
from transforms.articles.metadata import read_metadata
from transforms.articles.page_elements import find_elements
from transforms.articles.page_types.address import decide_address
from transforms.articles.page_types.declared import decide_declared
from transforms.articles.page_types.features import Measures
from transforms.articles.page_types.find import (
    PageType,
    is_small,
    measure_prose,
    read_declaration,
    read_evidence,
    states_article,
)
from transforms.articles.page_types.model import PATH, SETS, load_model, make_vector, rate
from transforms.articles.pages import parse_page
from transforms.articles.policy import DEFAULTS
from transforms.articles.read import read_document
from transforms.articles.walk import read_structure
from transforms.urls import host_of

try:
    import lightgbm
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
except ImportError:
    lightgbm = None

FOLDS = 10
WRITTEN = "written"
KEPT = DEFAULTS.keep_page_types
KIND_OF_LABEL = {
    "service": "product",
    "collection": "listing",
    "documentation": "listing",
    "wall": "listing",
    "error": "listing",
}
"""What the labels of the development pages are called here; others have the name of their kind."""

SEEDS = (0, 1, 2, 3, 4, 5)
TREES = {
    "n_estimators": 175, "num_leaves": 4, "learning_rate": 0.11, "min_child_samples": 16, "colsample_bytree": 0.1,
    "subsample": 0.8, "subsample_freq": 1, "reg_lambda": 3, "verbose": -1, "n_jobs": 1, "deterministic": True,
}  # fmt: skip
FALLS = (
    "ld_article", "ld_news", "dated", "authored", "main_article", "published_ld", "published_meta", "author_url",
    "url_words", "url_date", "template_article", "prose", "best_prose", "article_prose", "headline_words",
)  # fmt: skip
"""Values with which a page is more of an article, all else equal; the trees are told."""
RISES = (*SETS, "template_other", "prices", "link_share", "forms", "card_groups", "card_share")
"""Values with which it is less of one."""


class Learned(NamedTuple):
    """How the weights of one set of words are learned."""

    inverse_penalty: float
    least: int
    """In how many pages a word must be."""
    share: float = 0.0
    """In what share of the development pages."""
    damping: float = 0.0
    """What is added to the number of known words before their sum is divided by its root; 0: it is not divided."""


WORDS = {
    "names": Learned(0.1, 5),
    "words": Learned(10, 5, share=0.02, damping=64),
    "labels": Learned(0.05, 5),
    "types": Learned(0.2, 3),
}
WEIGHT_OF_WRITTEN = 1.0
SHARE_WITHOUT_ADDRESS = 0.3
LEAST_WEIGHT = 0.01
"""Weight of a word from which it is written."""
MOST_ROUNDED = 0.3
"""How much rounding and words left out may change a score."""
LEAST_DECLARED = -3.0
LEAST_ADDRESS = -1.5
MOST_LOST = 0.003
"""Share of the articles that may be lost."""


class Row(NamedTuple):
    """One page, measured."""

    set: str
    name: str
    group: str
    """Host, or family of markup."""
    kind: str
    shape: str
    measures: Measures
    is_stated: bool
    """Whether it states to be an article: then its score decides nothing."""
    is_explanation: bool
    """Whether it asks and answers a question: then its structure alone does not leave it out."""
    declared: tuple[str, str] | None
    address: tuple[str, str] | None
    trouble: str
    """Code of what keeps it from becoming a row whatever its kind, such as a form to log in; empty for most."""


def read_pages(root: Path) -> Iterator[tuple[str, str, str, str, str, str | None, bytes]]:
    """Yield set, name, group, kind, shape, address and bytes of every page."""
    for directory in sorted(path.parent for path in root.glob("*/truth.jsonl")):
        for line in (directory / "truth.jsonl").read_text(encoding="utf-8").splitlines():
            page = json.loads(line)
            label = page.get("page_type") or "article"
            group = ".".join(host_of(page["url"]).split(".")[-2:]) or page["file"]
            body = gzip.decompress((directory / page["file"]).read_bytes())
            yield directory.name, page["file"], group, KIND_OF_LABEL.get(label, label), label, page["url"] or None, body
    for written in make_pages(3):
        kind = KIND_OF_LABEL.get(written.type, written.type)
        yield WRITTEN, written.name, written.family, kind, written.shape, written.url, written.body


def measure(root: Path) -> list[Row]:
    """Measure every page."""
    rows = []
    for name, file, group, kind, shape, url, body in read_pages(root):
        tree = parse_page(body)
        structure, elements = read_structure(tree), find_elements(tree)
        metadata = read_metadata(tree, structure, elements=elements, url=url)
        declaration = read_declaration(tree, structure, elements=elements, metadata=metadata)
        is_stated = states_article(declaration, structure, metadata, url)
        evidence = read_evidence(declaration, structure, metadata, url)
        measures, explains = evidence.measures, evidence.is_explanation
        declared = decide_declared(declaration, measure_prose(measures))
        address = None if declaration.is_article else decide_address(url)
        trouble = "" if kind in KEPT else find_trouble(url, body)
        rows.append(Row(name, file, group, kind, shape, measures, is_stated, explains, declared, address, trouble))
    return rows


def find_trouble(url: str | None, body: bytes) -> str:
    """Return the code of why a page would become no row if it were taken for an article; empty where it would."""
    page = Document(media="html", url=url, origin=Origin(uri="page", kind="html"), body=body)
    with patch("transforms.articles.read.find_page_type", return_value=PageType("article", "structure")):
        try:
            read_document(page)
        except Trouble as trouble:
            return trouble.code
    return ""


class Words:
    """Weights of the words of one set, learned by logistic regression from the development pages."""

    def __init__(self, rows: Sequence[Row], name: str) -> None:
        self.sets = [getattr(row.measures, name) for row in rows]
        self.wrong = np.array([row.kind not in KEPT for row in rows])
        self.inverse_penalty, self.least, share, self.damping = WORDS[name]
        real = [words for words, row in zip(self.sets, rows, strict=True) if row.set != WRITTEN]
        common = Counter(word for words in real for word in words if word.isalpha()) if share else Counter()
        self.vocabulary = {word for word, count in common.items() if count >= share * len(real)} if share else None

    def fit(self, train: np.ndarray) -> tuple[dict[str, float], float]:
        """Learn from some rows."""
        counts = Counter(word for row in train for word in self.sets[row])
        words = sorted(
            word
            for word, count in counts.items()
            if count >= self.least and len(word) > 1 and (self.vocabulary is None or word in self.vocabulary)
        )
        place = {word: number for number, word in enumerate(words)}
        found = [[place[word] for word in self.sets[row] if word in place] for row in train]
        pairs = [(at, column) for at, columns in enumerate(found) for column in columns]
        parts = np.repeat([self.part(len(columns)) for columns in found], [len(columns) for columns in found])
        matrix = csr_matrix((parts, tuple(zip(*pairs, strict=True))), shape=(len(train), len(words)))
        model = LogisticRegression(C=self.inverse_penalty, max_iter=300).fit(matrix, self.wrong[train])
        return {word: float(weight) for word, weight in zip(words, model.coef_[0], strict=True)}, float(
            model.intercept_[0]
        )

    def rate(self, fitted: tuple[dict[str, float], float], rows: np.ndarray) -> list[float]:
        """Rate some rows."""
        weights, bias = fitted
        found = [[weights[word] for word in self.sets[row] if word in weights] for row in rows]
        return [bias + sum(known) * self.part(len(known)) for known in found]

    def part(self, count: int) -> float:
        """Return how much each of so many known words counts."""
        return float((self.damping + count) ** -0.5) if self.damping else 1.0


def assign_folds(groups: Sequence[str], count: int, seed: int) -> np.ndarray:
    """Return a fold for each row: one for all of a host; the families of markup are dealt out one by one."""
    hosts = sorted(set(groups) - set(FAMILIES))
    random.Random(seed).shuffle(hosts)
    fold = {host: number % count for number, host in enumerate(hosts)}
    fold |= {family: number % count for number, family in enumerate(FAMILIES)}
    return np.array([fold[group] for group in groups])


class Learner:
    """All that is learned, on the rows that one names."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.names = list(rows[0].measures.values)
        self.values = np.array([[row.measures.values[name] for name in self.names] for row in rows])
        self.columns = [*self.names, *SETS]
        self.is_address = np.array([name.startswith("url_") for name in self.columns])
        falls = [-(name in FALLS) for name in self.names] + [0] * len(SETS)
        self.monotone = [fall + (name in RISES) for fall, name in zip(falls, self.columns, strict=True)]
        self.wrong = np.array([row.kind not in KEPT for row in rows]).astype(int)
        self.written = np.array([row.set == WRITTEN for row in rows])
        self.whole = np.array([not row.trouble for row in rows])
        self.groups = [row.group for row in rows]
        self.words = [Words(rows, name) for name in SETS]

    def add_words(self, train: np.ndarray) -> tuple[np.ndarray, list[tuple[dict[str, float], float]]]:
        """Return the values with the weights of words, those of training rows from models that have not seen them."""
        found = np.zeros((len(self.rows), len(SETS)))
        known = np.where(train & ~self.written)[0]
        others = np.where(~(train & ~self.written))[0]
        folds = assign_folds([self.groups[row] for row in known], 5, 1)
        fitted = []
        for place, words in enumerate(self.words):
            fitted.append(words.fit(known))
            found[others, place] = words.rate(fitted[-1], others)
            for fold in range(5):
                held = known[folds == fold]
                found[held, place] = words.rate(words.fit(known[folds != fold]), held)
        return np.hstack([self.values, found]), fitted

    def without_address(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the same pages of unknown address."""
        values = values.copy()
        values[:, self.is_address] = 0
        return values

    def fit_scores(self, values: np.ndarray, train: np.ndarray) -> list[Any]:
        """Learn the trees, once for each seed; each page is learned with its address and without."""
        inputs = np.vstack([values[train], self.without_address(values[train])])
        weight = np.where(self.written[train], WEIGHT_OF_WRITTEN, 1.0)
        weights = np.r_[weight * (1 - SHARE_WITHOUT_ADDRESS), weight * SHARE_WITHOUT_ADDRESS]
        wrong = np.r_[self.wrong[train], self.wrong[train]]
        return [
            lightgbm.LGBMClassifier(**TREES, monotone_constraints=self.monotone, random_state=seed).fit(
                inputs, wrong, sample_weight=weights
            )
            for seed in SEEDS
        ]

    def fit_kinds(self, values: np.ndarray, train: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Learn the kinds of the pages that are not articles."""
        chosen = train & (self.wrong == 1)
        means, scales = values[chosen].mean(axis=0), values[chosen].std(axis=0) + 1e-6
        scaled = np.clip((values[chosen] - means) / scales, -4, 4)
        kinds = [self.rows[row].kind for row in np.where(chosen)[0]]
        return LogisticRegression(C=0.02, max_iter=1_000).fit(scaled, kinds), means, scales


def score(models: Sequence[Any], values: np.ndarray) -> np.ndarray:
    """Return the log odds of not being an article, the mean of some models."""
    return np.asarray(np.mean([model.predict(values, raw_score=True) for model in models], axis=0))


class Decision(NamedTuple):
    """Limits of the score."""

    limit: float
    declared: float
    address: float

    def leaves_out(self, learner: Learner, scores: np.ndarray) -> np.ndarray:
        """Return which pages are called something else than an article."""
        declared = np.array([row.declared is not None for row in learner.rows])
        address = np.array([row.address is not None for row in learner.rows])
        small = np.array([is_small(row.measures) for row in learner.rows])
        explains = np.array([row.is_explanation for row in learner.rows])
        found = (scores > self.limit) & ~small & ~explains
        found |= declared & (scores > self.declared)
        stated = np.array([row.is_stated for row in learner.rows])
        return np.asarray((found | (address & (scores > self.address) & ~small)) & ~stated)


def cross_validate(learner: Learner, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores with and without the address and the named kind of every row, by models that have not seen it."""
    folds = assign_folds(learner.groups, FOLDS, seed)
    scores, without = np.zeros(len(learner.rows)), np.zeros(len(learner.rows))
    kinds = np.array([""] * len(learner.rows), dtype=object)
    for fold in range(FOLDS):
        train, held = folds != fold, folds == fold
        values, _ = learner.add_words(train)
        fitted = learner.fit_scores(values, train)
        scores[held] = score(fitted, values[held])
        without[held] = score(fitted, learner.without_address(values[held]))
        model, means, scales = learner.fit_kinds(values, train)
        kinds[held] = model.predict(np.clip((values[held] - means) / scales, -4, 4))
    return scores, without, kinds


def choose_limits(learner: Learner, scores: np.ndarray, most_lost: float) -> Decision:
    """Choose the lowest limit of the score at which no larger share of the development articles is lost."""
    articles = ~learner.written & (learner.wrong == 0)
    for limit in sorted(scores[articles] + 1e-6):
        decision = Decision(float(limit), LEAST_DECLARED, LEAST_ADDRESS)
        if decision.leaves_out(learner, scores)[articles].mean() <= most_lost:
            return decision
    raise ValueError("every limit loses too many articles")


def print_confusion(learner: Learner, left_out: np.ndarray, kinds: np.ndarray) -> None:
    """Print what the pages of each shape were taken for."""
    table: dict[tuple[str, str], Counter[str]] = {}
    for row, is_out, kind in zip(learner.rows, left_out, kinds, strict=True):
        named = row.declared or row.address
        found = (
            (row.declared[0] if row.declared else kind or (named[0] if named else "listing")) if is_out else "article"
        )
        table.setdefault((WRITTEN if row.set == WRITTEN else "pages", row.shape), Counter())[found] += 1
    columns = sorted({kind for line in table.values() for kind in line})
    print(f"{'':24}" + "".join(f"{kind:>9}" for kind in columns))
    for (name, shape), line in sorted(table.items()):
        print(f"{name:8}{shape:16}" + "".join(f"{line[kind] or '':>9}" for kind in columns))


def print_losses(learner: Learner, left_out: np.ndarray, title: str) -> None:
    """Print the two figures that count."""
    for name, chosen in (("development", ~learner.written), ("written", learner.written)):
        articles, others = chosen & (learner.wrong == 0), chosen & (learner.wrong == 1)
        lost, passed = left_out[articles].sum(), others & ~left_out
        rows = (passed & learner.whole).sum()
        print(
            f"{title}, {name}: {lost} of {articles.sum()} articles lost ({lost / articles.sum():.2%}), "
            f"{passed.sum()} of {others.sum()} others pass ({passed.sum() / others.sum():.1%}), "
            f"{rows} become rows ({rows / others.sum():.1%})"
        )


def write_model(learner: Learner, decision: Decision, path: Path) -> None:
    """Learn from all rows and write the model."""
    every = np.ones(len(learner.rows), dtype=bool)
    values, words = learner.add_words(every)
    fitted = learner.fit_scores(values, every)
    kinds, means, scales = learner.fit_kinds(values, every)

    def short(numbers: Any) -> list[float]:
        return [float(f"{number:.4g}") for number in numbers]

    data = {
        "names": learner.names,
        "words": {
            name: {
                "weights": {
                    word: round(weight, 3)
                    for word, weight in weights.items()
                    if WORDS[name].damping or abs(weight) >= LEAST_WEIGHT
                },
                "bias": round(bias, 3),
                "damping": WORDS[name].damping,
            }
            for name, (weights, bias) in zip(SETS, words, strict=True)
        },
        "trees": flatten(merge(fitted), learner.columns),
        "kinds": list(kinds.classes_),
        "kinds_of": {
            "weights": [short(weights) for weights in kinds.coef_],
            "bias": short(kinds.intercept_),
            "means": short(means),
            "scales": short(scales),
        },
        "limit": round(decision.limit, 3),
        "declared_limit": decision.declared,
        "address_limit": decision.address,
    }
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {path.name}: {path.stat().st_size:,} bytes")
    check(learner, values, fitted)


def merge(models: Sequence[Any]) -> dict[str, Any]:
    """Return the trees of some models as those of one, whose sum is the mean of theirs."""
    trees = [tree for model in models for tree in model.booster_.dump_model()["tree_info"]]
    pending = [tree["tree_structure"] for tree in trees]
    while pending:
        node = pending.pop()
        if "leaf_value" in node:
            node["leaf_value"] /= len(models)
        else:
            pending += [node["left_child"], node["right_child"]]
    return {"tree_info": trees}


def check(learner: Learner, values: np.ndarray, fitted: Sequence[Any]) -> None:
    """Compare what newsmill makes of the model with what was trained.

    Raises:
        ValueError: they differ.
    """
    load_model.cache_clear()
    model = load_model()
    scores = [rate(model, make_vector(model, row.measures)) for row in learner.rows]
    worst = float(np.abs(score(fitted, values) - scores)[learner.written].max())
    print(f"largest difference of a score by the written model, on written pages: {worst:.3f}")
    if worst > MOST_ROUNDED:
        raise ValueError("the written model gives other scores than the trained one")


def measure_decision(learner: Learner, seed: int, most_lost: float) -> tuple[Decision, np.ndarray]:
    """Cross-validate with hosts dealt out to folds in one way, and print what limits give.

    Returns:
        The chosen limits, and the scores.
    """
    print(f"hosts dealt out by seed {seed}")
    scores, without, kinds = cross_validate(learner, seed)
    articles = np.sort(scores[~learner.written & (learner.wrong == 0)])[::-1]
    for lost in (2, 3, 5, 7, 10, 14):
        limits = Decision(float(articles[lost]), LEAST_DECLARED, LEAST_ADDRESS)
        print_losses(learner, limits.leaves_out(learner, scores), f"limit {articles[lost]:.2f}")
    decision = choose_limits(learner, scores, most_lost)
    print(decision)
    left_out = decision.leaves_out(learner, scores)
    print_losses(learner, left_out, "chosen limit")
    print_losses(learner, decision.leaves_out(learner, without), "chosen limit, addresses unknown")
    for row, is_out, odds in zip(learner.rows, left_out, scores, strict=True):
        if is_out and row.kind in KEPT:
            print("lost:", row.set, row.name, row.group, round(odds, 2), row.declared, row.address)
    print_confusion(learner, left_out, kinds)
    return decision, scores


def average(decisions: Sequence[Decision]) -> Decision:
    """Return the mean of some limits."""
    return Decision(*(float(np.mean(limits)) for limits in zip(*decisions, strict=True)))


def main() -> int:
    """Train, measure, print and write; 0 also where LightGBM or the data is not there."""
    parser = make_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="directory that holds the sets")
    parser.add_argument("--write", action="store_true", help="write the model beside the code that reads it")
    parser.add_argument("--measured", type=Path, help="file to keep the measured pages in, and to read them from")
    parser.add_argument("--most_lost", type=float, default=MOST_LOST, help="share of the articles that may be lost")
    parser.add_argument("--seeds", type=int, default=6, help="how often hosts are dealt out to folds")
    options = parser.parse_args()
    if lightgbm is None:
        print("skipped: install lightgbm and scikit-learn beside this project's requirements to train")
        return 0
    if not list(options.data.glob("*/truth.jsonl")):
        print(f"skipped: no truth.jsonl below {options.data}")
        return 0
    if options.measured and options.measured.exists():
        rows = pickle.loads(options.measured.read_bytes())
    else:
        rows = measure(options.data)
        if options.measured:
            options.measured.write_bytes(pickle.dumps(rows))
    learner = Learner(rows)
    measured = [measure_decision(learner, seed, options.most_lost) for seed in range(options.seeds)]
    decision = average([chosen for chosen, _ in measured])
    for seed, (_, scores) in enumerate(measured):
        print_losses(learner, decision.leaves_out(learner, scores), f"mean limit {decision.limit:.2f}, seed {seed}")
    if options.write:
        write_model(learner, decision, PATH)
    return 0


if __name__ == "__main__":
    sys.exit(main())
