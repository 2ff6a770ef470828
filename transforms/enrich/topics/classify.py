"""Scores of the 17 top-level Media Topics for an English headline and text."""

import functools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from transforms.enrich.topics.taxonomy import concepts, descendants, top_codes

MODEL = "newsmill-seedterms 1"
"""Name and version; raised whenever a score of any text may change."""

LANGUAGE = "en"
"""The language, ISO 639-1, that the terms are in."""

MAX_TOPICS = 3
FLOOR = 0.10
"""Lowest score that is emitted."""

READ_CHARS = 3000
"""Code points of text that are read: news names its subject first."""

HEADLINE_COUNT = 5
LEAD_COUNT = 3
"""How often a word of the headline and of the lead counts; any other counts once."""

LEAD_CHARS = 500
"""Code points at the start of the text that are taken as its lead."""

HEADLINE_CHARS = 500
"""Code points of the headline that are read."""

MAX_WORD_CHARS = 60
"""Code points of a word that are looked at; all terms are shorter."""

LABEL_WEIGHT = 0.7  # of a name from the taxonomy itself; our own seed terms weigh 0.5, 1 or 2
PHRASE_GAIN = 1.3  # several words mean less by accident than one
SHARPNESS = 1.8
NOTHING = 7.0  # evidence at which "none of them" is as likely as the class
# These and the counts above were chosen with benchmarks/topics.py, so that a score of 0.30 is mostly right.

_WEIGHTS = {"sure": 2.0, "terms": 1.0, "hints": 0.5}
_WORD = re.compile(r"[a-z0-9][a-z0-9&-]*")
_KEEP_S = frozenset({"news", "gas", "bus", "lens", "series", "species", "texas", "always", "perhaps"})


class Scored(NamedTuple):
    """One top-level topic and its score."""

    code: str
    score: float


class _Vocabulary(NamedTuple):
    words: Mapping[str, int]
    prefixes: Mapping[str, int]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    weights: tuple[tuple[tuple[int, float], ...], ...]


@functools.lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """Return a word without the ending of the plural.

    >>> [fold_word(word) for word in ("elections", "parties", "churches", "crisis", "virus")]
    ['election', 'party', 'church', 'crisis', 'virus']
    """
    if len(word) < 4 or not word.endswith("s") or word in _KEEP_S or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1]


def _words(text: str) -> list[str]:
    plain = text.lower().replace("’", "'").replace("'s", "")
    return [fold_word(word[:MAX_WORD_CHARS]) for word in _WORD.findall(plain)]


def _seed_terms() -> dict[str, dict[str, float]]:
    """Term to weight, by code of the class."""
    stored = tomllib.loads(files(__package__).joinpath("seed_terms.toml").read_text(encoding="utf-8"))
    terms: dict[str, dict[str, float]] = {code: {} for code in top_codes()}
    for entry in stored.values():
        of_class = terms[entry["code"]]
        for tier, weight in _WEIGHTS.items():
            for term in entry[tier]:
                folded = term if term.endswith("*") else " ".join(_words(term))
                of_class[folded] = max(weight, of_class.get(folded, 0.0))
    for code, of_class in terms.items():
        for below in descendants(code):
            name = " ".join(_words(re.sub(r"\([^()]*\)", "", concepts()[below].name)))
            of_class.setdefault(name, LABEL_WEIGHT)
    return terms


@functools.cache
def _vocabulary() -> _Vocabulary:
    terms = _seed_terms()
    everything = sorted({term for of_class in terms.values() for term in of_class if term})
    words: dict[str, int] = {}
    prefixes: dict[str, int] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    weights = []
    for index, term in enumerate(everything):
        first, *rest = term.split()
        if rest:
            phrases.setdefault(first, []).append((tuple(rest), index))
        elif term.endswith("*"):
            prefixes[term[:-1]] = index
        else:
            words[term] = index
        held = [(c, of_class[term]) for c, of_class in enumerate(terms.values()) if term in of_class]
        # Inverse class frequency: 1 for a term of one class, nearly 0 for one that all 17 share.
        rarity = math.log((1 + len(terms)) / len(held)) / math.log(1 + len(terms))
        gain = PHRASE_GAIN if rest else 1.0
        weights.append(tuple((c, weight * rarity * gain) for c, weight in held))
    longest_first = {
        first: tuple(sorted(rests, key=lambda it: -len(it[0]))) for first, rests in sorted(phrases.items())
    }
    return _Vocabulary(words, prefixes, longest_first, tuple(weights))


@functools.lru_cache(maxsize=50_000)
def _term_of(word: str) -> int | None:
    vocabulary = _vocabulary()
    exact = vocabulary.words.get(word)
    if exact is not None:
        return exact
    for end in range(len(word), 2, -1):
        found = vocabulary.prefixes.get(word[:end])
        if found is not None:
            return found
    return None


def _count_terms(words: list[str]) -> Counter[int]:
    """Return how often each term occurs; a word that is part of a phrase found does not count for itself."""
    phrases = _vocabulary().phrases
    counts: Counter[int] = Counter()
    free = 0
    for start in [index for index, word in enumerate(words) if word in phrases]:
        if start < free:
            continue
        for rest, term in phrases[words[start]]:
            end = start + 1 + len(rest)
            if tuple(words[start + 1 : end]) == rest:
                counts[term] += 1
                words[start:end] = [""] * (end - start)
                free = end
                break
    for word, count in Counter(words).items():
        term_found = _term_of(word)
        if term_found is not None:
            counts[term_found] += count
    return counts


def evidence(headline: str | None, text: str) -> tuple[float, ...]:
    """Weight of the terms found, for each of :func:`~transforms.enrich.topics.taxonomy.top_codes`.

    The sum over terms of weight × inverse class frequency × (1 + ln count).
    """
    counts: Counter[int] = Counter()
    for part, times in (
        ((headline or "")[:HEADLINE_CHARS], HEADLINE_COUNT),
        (text[:LEAD_CHARS], LEAD_COUNT),
        (text[LEAD_CHARS:READ_CHARS], 1),
    ):
        for term, count in _count_terms(_words(part)).items():
            counts[term] += times * count
    sums = [0.0] * len(top_codes())
    weights = _vocabulary().weights
    for term, count in counts.items():
        strength = 1.0 + math.log(count)
        for c, weight in weights[term]:
            sums[c] += weight * strength
    return tuple(sums)


def score_topics(headline: str | None, text: str) -> tuple[Scored, ...]:
    """Return all 17 topics with their scores, best first; ties in the order of codes.

    The score is a softmax over the logarithm of the evidence with the temperature 1 / SHARPNESS, where
    "none of them" takes part with the evidence NOTHING: so the scores sum to less than 1, and little
    evidence gives low scores.

    >>> best = score_topics("Striker scores twice", "The striker scored two goals in the final of the league.")[0]
    >>> best.code, best.score > 0.5
    ('medtop:15000000', True)
    """
    powers = [value**SHARPNESS for value in evidence(headline, text)]
    whole = sum(powers) + NOTHING**SHARPNESS
    scored = (Scored(code, round(power / whole, 4)) for code, power in zip(top_codes(), powers, strict=True))
    return tuple(sorted(scored, key=lambda it: (-it.score, it.code)))


def classify(headline: str | None, text: str) -> tuple[Scored, ...]:
    """Return the topics to emit: at most MAX_TOPICS with a score of at least FLOOR, best first.

    >>> classify(None, "")
    ()
    """
    return tuple(it for it in score_topics(headline, text)[:MAX_TOPICS] if it.score >= FLOOR)


def warm_up() -> None:
    """Load the vocabulary, so that no text waits for it."""
    _vocabulary()
