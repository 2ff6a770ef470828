"""Processor time of each enrichment, an article and as a share of that of the entity recogniser.

English articles of the development pages. All enrichments read each article, one after another, so that a busy machine
slows them alike; what the recogniser takes is measured where newsmill calls it, and subtracted from the step that does.
A round before the first one warms up. The first column is for an article of 766 words, which budgets are given for.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from unittest import mock

from benchmarks.measures.annotated import WORDS
from benchmarks.measures.development import read_articles
from benchmarks.measures.pages import DATA
from transforms.enrich.enrichment import clear
from transforms.enrich.entities import recognize
from transforms.enrich.fold import fold_steps
from transforms.enrich.registry import ENRICHMENTS

ARTICLES_COUNT = 60
ROUNDS = 3
BUDGET = 0.15
"""Most that everything but the recogniser may cost, as a share of it."""

ALONE = "recogniser alone"


def timed(taken: list[tuple[str, float]]) -> Callable[..., Any]:
    """The recogniser, with a note of what it took."""
    label_mentions = recognize.label_mentions

    def label(*args: Any) -> Any:
        start = time.process_time()
        found = label_mentions(*args)
        taken.append((ALONE, time.process_time() - start))
        return found

    return label


def measure_costs(count: int, rounds: int) -> tuple[dict[str, float], int]:
    """Processor seconds by enrichment, and of the recogniser alone; and the words that were read."""
    articles = [
        article for article in read_articles(count * 2) if article.in_language == "en" and article.word_count >= 100
    ][:count]
    steps = fold_steps(ENRICHMENTS, {})
    spent: dict[str, float] = defaultdict(float)
    words = 0
    for number in range(rounds + 1):
        for article in articles:
            if number == 0 and articles.index(article) >= 10:
                break
            taken: list[tuple[str, float]] = []
            element: Any = clear(article, ENRICHMENTS)
            with mock.patch.object(recognize, "label_mentions", timed(taken)):
                for step in steps:
                    start = time.process_time()
                    element = step.fn(element)
                    taken.append((step.stage, time.process_time() - start))
            if number > 0:
                words += article.word_count
                for name, seconds in taken:
                    spent[name] += seconds
    return spent, words


def report() -> None:
    """Print the table."""
    if not DATA.is_dir():
        print(f"skipped: no development pages at {DATA}")
        return
    spent, words = measure_costs(ARTICLES_COUNT, ROUNDS)
    print(f"{words // ROUNDS:,} words in {ARTICLES_COUNT} articles, {ROUNDS} rounds")
    print(f"{'':32} {f'ms for {WORDS} words':>18} {'share of the recogniser':>24}")
    unit = 1000 * WORDS / words
    alone = spent.pop(ALONE)
    print(f"{ALONE:32} {unit * alone:18.2f} {'100.0 %':>24}")
    lines = {("entities, less that" if name == "entities" else name): seconds for name, seconds in spent.items()}
    lines["entities, less that"] = spent["entities"] - alone
    for name, seconds in lines.items():
        print(f"{name:32} {unit * seconds:18.2f} {f'{100 * seconds / alone:.1f} %':>24}")
    rest = sum(lines.values())
    print(f"{'all but the recogniser':32} {unit * rest:18.2f} {f'{100 * rest / alone:.1f} %':>24}")
    print(f"target: at most {BUDGET:.0%}")


if __name__ == "__main__":
    report()
