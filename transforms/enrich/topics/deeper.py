"""Topics below the top level, where the evidence for one is strong.

Terms of a topic are our own (``deeper_terms.toml``) and its name, where that has several words. They must stand in the
headline or lead, occur often, and be more than those of other topics of the same top level; and the top level itself
must be likely. What is left is right in nine of ten cases (docs/topics.md).
"""

import functools
import math
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from transforms.enrich.topics.parts import Parts
from transforms.enrich.topics.publisher import section_names
from transforms.enrich.topics.taxonomy import concepts, level, path, top
from transforms.enrich.topics.terms import TermIndex, make_vocabulary, name_as_term
from transforms.package_data import load_toml

MAX_DEEPER = 3
"""Deeper topics that are emitted at most."""

LEAST_OF_TOP = 0.5
"""Score of the top level below which nothing deeper is looked for."""

LEAST_STRENGTH = 5.0
"""Strength from which a topic is emitted: the sum over its terms of 1 + ln count, with the counts of parts.py."""

LEAST_SHARE = 0.6
"""Share of the strength of the strongest topic of the same top level that another one has."""

RIGHT = 0.9
"""Share of the emitted topics that are right where the top level is."""


class _Deeper(NamedTuple):
    """The topics and their terms."""

    codes: tuple[str, ...]
    tops: tuple[str, ...]
    """Code of the top level of each."""
    vocabulary: TermIndex


@functools.cache
def _deeper() -> _Deeper:
    stored = load_toml(__package__, "deeper_terms.toml")
    vague = set(section_names()["vague"])
    terms = {code: dict.fromkeys(own, 1.0) for code, own in stored.items()}
    for code, it in concepts().items():
        name = name_as_term(it.name)
        if not it.is_retired and it.broader and " " in name and " and " not in name and it.name not in vague:
            terms.setdefault(code, {}).setdefault(name, 1.0)
    codes = tuple(sorted(terms))
    tops = tuple(map(top, codes))
    return _Deeper(codes, tops, make_vocabulary("en", [terms[code] for code in codes], rarity=(1.0,)))


def find_deeper(parts: Parts, sure: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the deeper topics of a text and their probabilities, strongest first.

    Args:
        parts: words of headline, lead and rest.
        sure: top-level topics and their probabilities.
    """
    codes, tops, vocabulary = _deeper()
    terms = parts.count_early(vocabulary)
    likely = {code for code, score in sure.items() if score >= LEAST_OF_TOP}
    early = {subject for term in terms for subject, _ in vocabulary.weights[term] if tops[subject] in likely}
    if not early:
        return []
    strength: defaultdict[int, float] = defaultdict(float)
    for term, count in parts.add_rest(terms, vocabulary).items():
        for subject, weight in vocabulary.weights[term]:
            strength[subject] += weight * (1.0 + math.log(count))
    best: dict[str, float] = {}
    for subject, value in strength.items():
        best[tops[subject]] = max(value, best.get(tops[subject], 0.0))
    found = [
        (codes[subject], value)
        for subject, value in strength.items()
        if value >= LEAST_STRENGTH and subject in early and value >= LEAST_SHARE * best[tops[subject]]
    ]
    found.sort(key=lambda it: (-it[1], -level(it[0]), it[0]))
    chosen: list[tuple[str, float]] = []
    for code, _ in found:
        others = [other for other, _ in chosen]
        if not any(code in path(other) or other in path(code) for other in others) and len(chosen) < MAX_DEEPER:
            chosen.append((code, round(RIGHT * sure[top(code)], 4)))
    return chosen
