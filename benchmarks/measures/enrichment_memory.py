"""Resident memory of a process that enriches many articles one after another, all enrichments but the recogniser.

Generated stories, each with other words; a process of its own, sampled each tenth of the way. The recogniser is
measured with fewer articles: it takes by far the longest.

Usage: python -m benchmarks.measures.enrichment_memory COUNT [--entities]
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measures.parser import make_parser
from schemas.articles import Article
from tests.support.corpus import make_story
from tests.support.paths import ROOT
from tests.support.processes import newsmill_environment
from tests.support.samples import make_article
from transforms.enrich.fold import fold_steps
from transforms.enrich.policy import EnrichPolicy
from transforms.enrich.registry import ENRICHMENTS
from transforms.workers.policy import call_preload

MANY = 100_000
FEW = 3_000
MOST = 1.1
"""Largest ratio of the memory at the end to that after a tenth."""


def make_articles(count: int) -> Iterator[Article]:
    """Stories of about 300 words, with names that no other has."""
    chance = random.Random(7)
    for number in range(count):
        told = [make_story(chance, number) for _ in range(3)]
        paragraphs = [paragraph for _, some in told for paragraph in some]
        paragraphs.append(
            f"The Ostra{number} Trust of Val{number * 7 % 99_991} gave ${number + 1_000} on 3 March 2026."
        )
        yield make_article(
            headline=told[0][0], text="\n".join(paragraphs), url=f"https://wire.example/{number}", in_language=None
        )


def resident_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def enrich_many(count: int, *, with_entities: bool) -> None:
    """Enrich stories and print the resident memory after each tenth of them."""
    policies: dict[type, Any] = {} if with_entities else {EnrichPolicy: EnrichPolicy(without=("entities",))}
    steps = fold_steps(ENRICHMENTS, policies)
    for step in steps:
        for preload in step.preload:
            call_preload(preload)
    for number, article in enumerate(make_articles(count), 1):
        element: Any = article
        for step in steps:
            element = step.fn(element)
        if number % (count // 10) == 0:
            print(f"{number} {resident_mb():.1f}", flush=True)


def measure(count: int, *, with_entities: bool) -> list[tuple[int, float]]:
    """Articles and megabytes, from a process of its own."""
    words = [sys.executable, "-m", "benchmarks.measures.enrichment_memory", str(count)]
    words += ["--entities"] if with_entities else []
    done = subprocess.run(words, cwd=ROOT, env=newsmill_environment(), check=True, capture_output=True, text=True)
    pairs = (line.split() for line in done.stdout.splitlines())
    return [(int(number), float(megabytes)) for number, megabytes in pairs]


def report() -> None:
    """Print a line for each way."""
    for title, count, with_entities in (("all but entities", MANY, False), ("with entities", FEW, True)):
        samples = measure(count, with_entities=with_entities)
        (first, small), (last, large) = samples[0], samples[-1]
        peak = max(megabytes for _, megabytes in samples)
        verdict = "flat" if peak / small <= MOST else "grows"
        print(
            f"{title:18} {small:7.1f} MB after {first:,} articles, {large:7.1f} MB after {last:,}, "
            f"highest {peak:7.1f} MB: {verdict}",
            flush=True,
        )


if __name__ == "__main__":
    parser = make_parser(__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--entities", action="store_true")
    known = parser.parse_args()
    enrich_many(known.count, with_entities=known.entities)
