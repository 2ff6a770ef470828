"""Topics of a headline and text, with the probability that each is right.

For each of the 17 top-level Media Topics the terms found in a text are weighed: our own seed terms, the names of the
concepts below it and, in English, words learned from the seed terms (``learned_terms.json``). The share of a topic in
the evidence and the amount of evidence give the probability, by a logistic function that ``benchmarks/train_topics.py``
fits to annotated pages (``calibration.json``).
"""

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from transforms.enrich.topics.deeper import find_deeper
from transforms.enrich.topics.parts import Parts, split_parts
from transforms.enrich.topics.taxonomy import concepts, descendants, top_codes
from transforms.enrich.topics.terms import TermIndex, make_vocabulary, name_as_term, split_words
from transforms.package_data import load_json, load_toml

MODEL = "newsmill-topics 2"
"""Name and version for English; raised whenever a score of any text may change."""

EXPERIMENTAL = "newsmill-topics-experimental 2"
"""Name and version for the other languages, whose terms were tried on sentences and few articles only."""

LANGUAGES: Mapping[str, str] = {
    "en": "en", "ar": "ar", "da": "da", "de": "de", "es": "es", "fr": "fr", "no": "no", "nb": "no", "nn": "no",
    "pt": "pt", "sv": "sv", "zh": "zh",
}  # fmt: skip
"""ISO 639-1 code of a text to the language of the terms."""

MAX_TOPICS = 3
"""Top-level topics that are emitted at most."""

FLOOR = 0.25
"""Lowest score that is emitted."""

FLOOR_OF_BEST = 0.15
"""Lowest score of the best topic; a short text gives little evidence for any."""

LEAST_EVIDENCE = 1.0
"""Evidence of a topic below which it is not emitted: a term of a headline, or one of the lead that is sure."""

LABEL_WEIGHT = 0.7  # of a name from the taxonomy itself; our own seed terms weigh 0.5, 1 or 2
SHARPNESS = 1.8
# These and the counts of parts.py were chosen with benchmarks/topics.py.

_WEIGHTS = {"sure": 2.0, "terms": 1.0, "hints": 0.5}


class Scored(NamedTuple):
    """One topic and the probability that it is right."""

    code: str
    score: float


def seed_terms(language: str) -> dict[str, dict[str, float]]:
    """Return our own terms and their weights, by code of the class; for English with the names of the concepts."""
    name = "seed_terms.toml" if language == "en" else f"terms_{language}.toml"
    terms: dict[str, dict[str, float]] = {code: {} for code in top_codes()}
    for entry in load_toml(__package__, name).values():
        of_class = terms[entry["code"]]
        for tier, weight in _WEIGHTS.items():
            for term in entry.get(tier, ()):
                folded = term if "*" in term else " ".join(split_words(term, language))
                of_class[folded] = max(weight, of_class.get(folded, 0.0))
    for code, of_class in terms.items() if language == "en" else ():
        for below in descendants(code):
            of_class.setdefault(name_as_term(concepts()[below].name), LABEL_WEIGHT)
    return terms


def learned_terms() -> dict[str, dict[str, float]]:
    """Return the words of English that were learned from the seed terms, and their weights, by code of the class."""
    stored = load_json(__package__, "learned_terms.json")["terms"]
    return {
        code: {word: float(weight) for weight, words in by_weight.items() for word in words.split()}
        for code, by_weight in stored.items()
    }


@functools.cache
def vocabulary_of(language: str) -> TermIndex:
    """Return the terms of a language. The rarity of a term is its inverse class frequency: 1 in one class, 0 in all."""
    terms = seed_terms(language)
    if language == "en":
        for code, words in learned_terms().items():
            terms[code] = words | terms[code]
    count = 1 + len(terms)
    rarity = [math.log(count / held) / math.log(count) for held in range(1, count)]
    return make_vocabulary(language, tuple(terms.values()), rarity=rarity)


@functools.cache
def calibration() -> Mapping[str, tuple[float, ...]]:
    """Return the weights of the features, for English and for the other languages."""
    return {name: tuple(weights) for name, weights in load_json(__package__, "calibration.json")["weights"].items()}


def evidence(parts: Parts, language: str = "en") -> tuple[float, ...]:
    """Weight of the terms found, for each of :func:`~transforms.enrich.topics.taxonomy.top_codes`.

    The sum over terms of weight × inverse class frequency × (1 + ln count).
    """
    vocabulary = vocabulary_of(language)
    sums = [0.0] * len(top_codes())
    for term, count in parts.add_rest(parts.count_early(vocabulary), vocabulary).items():
        strength = 1.0 + math.log(count)
        for subject, weight in vocabulary.weights[term]:
            sums[subject] += weight * strength
    return tuple(sums)


def features_of(sums: tuple[float, ...]) -> list[tuple[float, ...]]:
    """Return what the probability of each topic is made of, in the order of the sums.

    One; the log odds of its share in the evidence, where evidence is raised to SHARPNESS; the logarithm of its own
    evidence; and whether another topic has more.
    """
    powers = [value**SHARPNESS for value in sums]
    whole, best = sum(powers), max(sums, default=0.0)
    found: list[tuple[float, ...]] = []
    for value, power in zip(sums, powers, strict=True):
        odds = math.log((power + 0.1) / (whole - power + 0.1))
        found.append((1.0, max(-6.0, min(6.0, odds)), math.log1p(value), float(value < best)))
    return found


def score_topics(headline: str | None, text: str, language: str = "en") -> tuple[Scored, ...]:
    """Return all 17 topics with their probabilities, best first; ties in the order of codes.

    Several topics can be right, so the scores need not sum to 1.

    >>> best = score_topics("Striker scores twice", "The striker scored two goals in the final of the league.")[0]
    >>> best.code, best.score > 0.5
    ('medtop:15000000', True)
    """
    return score_parts(split_parts(headline, text, language), language)


def score_parts(parts: Parts, language: str) -> tuple[Scored, ...]:
    """Return all 17 topics of the words of an article, as :func:`score_topics` does."""
    weights = calibration()["en" if language == "en" else "other"]
    sums = evidence(parts, language)
    scored = []
    for code, value, features in zip(top_codes(), sums, features_of(sums), strict=True):
        if value < LEAST_EVIDENCE:
            scored.append(Scored(code, 0.0))
            continue
        logit = sum([weight * feature for weight, feature in zip(weights, features, strict=True)])
        scored.append(Scored(code, round(1.0 / (1.0 + math.exp(-logit)), 4)))
    return tuple(sorted(scored, key=lambda it: (-it.score, it.code)))


def choose_topics(
    parts: Parts, scored: Sequence[Scored], language: str, declared: Iterable[str] = ()
) -> tuple[Scored, ...]:
    """Return the topics to emit, best first: at most MAX_TOPICS of the top level, and deeper ones below them.

    Args:
        parts: words of the article.
        scored: its top-level topics, as :func:`score_parts` gives them.
        language: one of the values of LANGUAGES.
        declared: top-level topics that are known to be right; deeper topics are looked for below them too.
    """
    found = [it for it in scored[:MAX_TOPICS] if it.score >= FLOOR_OF_BEST]
    found = found[:1] + [it for it in found[1:] if it.score >= FLOOR]
    if language == "en":
        sure = dict(found) | dict.fromkeys(declared, 1.0)
        found += [Scored(code, score) for code, score in find_deeper(parts, sure)]
    return tuple(sorted(found, key=lambda it: (-it.score, it.code)))


def classify(headline: str | None, text: str, language: str = "en") -> tuple[Scored, ...]:
    """Return the topics to emit for an article of which the publisher says nothing, best first.

    >>> classify(None, "")
    ()
    """
    parts = split_parts(headline, text, language)
    return choose_topics(parts, score_parts(parts, language), language)


def warm_up() -> None:
    """Load the vocabulary of English, so that no text waits for it."""
    classify("Election", "The election.")
