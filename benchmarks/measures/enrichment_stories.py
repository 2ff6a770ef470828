"""Stories: what is found of edited texts, what is joined in natural ones, and the cost of a million articles.

Usage: python -m benchmarks.measures.enrichment_stories [--articles 1000000] [--show]

- Edits: each page of the development sets is committed, then an edited copy of it from another site. Found: the copy is
  related to its page. Wrong: it is related to a page that has nothing to do with it. The copies of pages that were
  not committed must be related to nothing.
- Natural: what is joined among the pages as they are; read it with --show.
- Simulation: sketches of synthetic articles in commits of 5,000, with lengths as news has them, copies, boilerplate of
  sites and common phrases.
- Cost: the sketch of a text, for an article of 766 words.
"""

import copy
import dataclasses
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.measures.edits import EDITS
from benchmarks.measures.pages import DATA, Page, read_pages, sets_of
from benchmarks.measures.parser import make_parser
from schemas.stories import Relation
from transforms.enrich.stories.relate import Stories, Text
from transforms.enrich.stories.sketch import ENOUGH, MODEL, RATES, Hashes, read_sketch, sketch
from transforms.identity import digest, text_hash

MIN_WORDS = 100
"""Shorter pages are left out: four sentences are most of them."""

AT = datetime(2026, 1, 2, tzinfo=UTC)
SEEDS = 3
COMMIT_ARTICLES = 5_000
_COMMON, _COMMON_SHARE, _FOOT = 20_000, 0.03, 6
_COPIES, _RECENT, _SITES = 0.25, 20_000, 3_000


def make_text(name: str, words: str, site: str) -> Text:
    """One version of an article, as a commit compares it."""
    return Text(
        article_id=digest("page", name), version=1, version_id=digest("version", name), date=AT, site=site, origin=None,
        text_hash=text_hash(None, words), hashes=read_sketch(sketch(words)),
    )  # fmt: skip


def measure_edits(texts: Sequence[str]) -> None:
    """Print the table of edits; every text is once among those that are committed, and once among those that are not.

    Args:
        texts: no two of which are related.
    """
    vocabulary = sorted({word for text in texts for word in text.split()})
    halves = (texts[::2], texts[1::2])
    committed = [_commit_pages(half) for half in halves]
    print(f"{'edit':<36}{'copies':>7}{'found':>8}{'right':>8}{'others':>8}{'wrong':>7}  kinds")
    for name, edit in EDITS.items():
        copies, found, kinds, wrong = 0, 0, Counter[str](), 0
        for seed in range(SEEDS):
            made = [
                [edit(text, random.Random(f"{seed} {n}"), vocabulary) for n, text in enumerate(half)] for half in halves
            ]
            for number, stories in enumerate(committed):
                related = _relate_copies(stories, made[number])
                copies += len(made[number])
                found += sum(one.other_article_id == _page_id(int(one.origin or 0)) for one in related)
                kinds.update(one.kind for one in related)
                wrong += len(_relate_copies(stories, made[1 - number]))
        print(
            f"{name:<36}{copies:>7}{found / copies:>8.4f}{found / kinds.total():>8.4f}{copies:>8}{wrong:>7}  "
            f"{', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}"
        )


def _page_id(number: int) -> str:
    return digest("page", f"page {number}")


def _commit_pages(texts: Sequence[str]) -> Stories:
    stories = Stories()
    stories.relate([make_text(f"page {n}", text, f"site{n}.example") for n, text in enumerate(texts)])
    return stories


def _relate_copies(stories: Stories, copies: Sequence[str]) -> list[Relation]:
    """Relate copies, each from a site of its own; the number of each stands as its origin, "" for none."""
    given = [make_text(f"copy {n}", text, f"copies{n}.example") for n, text in enumerate(copies)]
    numbers = {text.article_id: n for n, text in enumerate(given)}
    related = copy.deepcopy(stories).relate(given).relations
    return [dataclasses.replace(one, origin=str(numbers[one.article_id])) for one in related]


def find_natural(pages: Sequence[Page]) -> list[tuple[Relation, Page, Page]]:
    """Relate pages as they are; gives each relation with its two pages."""
    stories, by_id = Stories(), dict[str, Page]()
    for n, page in enumerate(pages):
        by_id[digest("page", f"{n} {page.url}")] = page
    given = [make_text(f"{n} {page.url}", page.text, page.url.split("/")[2]) for n, page in enumerate(pages)]
    related = stories.relate(given).relations
    return [(one, by_id[one.article_id], by_id[one.other_article_id]) for one in related]


def simulate(count: int) -> None:
    """Print time and memory of synthetic articles, in steps."""
    print(f"\n{'articles':>10}{'us each':>9}{'index B each':>14}{'RSS MB':>8}{'stories':>9}{'relations':>11}")
    stories, done, spent, related, first = Stories(), 0, 0.0, 0, 0
    step = max(COMMIT_ARTICLES, count // 10)
    for commit in _synthetic_commits(count):
        start = time.process_time()
        found = stories.relate(commit)
        spent += time.process_time() - start
        done, related = done + len(commit), related + len(found.relations)
        first += sum(part.is_first for part in found.parts)
        if done % step < COMMIT_ARTICLES or done == count:
            resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
            print(
                f"{done:>10,}{spent / step * 1e6:>9.0f}{stories.nbytes / done:>14.0f}{resident:>8.0f}"
                f"{first:>9,}{related:>11,}",
                flush=True,
            )
            spent = 0.0


def _synthetic_commits(count: int) -> Iterator[list[Text]]:
    """Articles whose sketches are random but for what copies, phrases and sites have in common."""
    chance = np.random.default_rng(1)
    phrases = chance.integers(0, 1 << 32, _COMMON, np.uint32)
    feet = chance.integers(0, 1 << 32, (_SITES, _FOOT), np.uint32)
    recent: list[tuple[Hashes, int]] = []
    for start in range(0, count, COMMIT_ARTICLES):
        texts = []
        for n in range(start, min(count, start + COMMIT_ARTICLES)):
            site = min(_SITES - 1, int(chance.pareto(1.0) * 20))
            if recent and chance.random() < _COPIES:
                # Copy half or more of a text; those at the front of the list are copied more often.
                hashes, rate = recent[int(len(recent) * chance.random() ** 2)]
                hashes = hashes[chance.random(len(hashes)) < chance.uniform(0.5, 1)]
            else:
                length = int(np.clip(chance.lognormal(6.2, 0.7), 60, 16_000))
                rate = next((rate for rate in RATES if length / rate >= ENOUGH), 1)
                hashes = chance.integers(0, 1 << 32, length // rate, np.uint32)
                common = chance.random(len(hashes)) < _COMMON_SHARE
                hashes[common] = phrases[np.minimum(chance.zipf(1.3, int(common.sum())), _COMMON) - 1]
            whole = np.concatenate([hashes, feet[site]]) & np.uint32(0xFFFFFFFF ^ (rate - 1))
            kept: Hashes = np.unique(whole | np.uint32(0 if rate == RATES[0] else rate))
            recent.append((hashes, rate))
            name = digest("synthetic", str(n))
            texts.append(Text(name, 1, name, AT, f"site{site}.example", None, name, kept))
        del recent[:-_RECENT]
        yield texts


def measure_cost(texts: Sequence[str]) -> None:
    """Print the cost of a sketch."""
    words = sum(len(text.split()) for text in texts)
    start = time.process_time()
    sizes = [len(sketch(text)) // 8 for text in texts]
    spent = time.process_time() - start
    print(f"\nsketch: {spent / words * 766e3:.2f} ms CPU for 766 words; {sum(sizes) / len(sizes):.0f} hashes a page")


def main(words: Sequence[str] | None = None) -> int:
    """Print all tables."""
    parser = make_parser(__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000, help="size of the simulation; 0 for none")
    parser.add_argument("--show", action="store_true", help="print what is joined among natural pages")
    known = parser.parse_args(words)
    print(MODEL)
    pages = [page for name in sets_of(DATA) for page in read_pages(DATA, name)]
    if pages:
        natural = find_natural(pages)
        print(f"natural pages: {len(pages)}, related: {len(natural)}; these are left out below")
        for one, page, other in natural if known.show else ():
            print(f"  {one.kind} {one.score:.2f} (share {one.share}, other_share {one.other_share})")
            print("".join(f"    {which.url[:100]} {which.text[:120]!r}\n" for which in (page, other)), end="")
        repeated = {id(page) for _, page, _ in natural}
        texts = [page.text for page in pages if id(page) not in repeated and len(page.text.split()) >= MIN_WORDS]
        measure_edits(texts)
        measure_cost(texts)
    else:
        print(f"edits and natural pages skipped: no pages below {DATA}")
    if known.articles:
        simulate(known.articles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
