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

import argparse
import copy
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.measures.edits import EDITS
from benchmarks.measures.pages import DATA, read_pages, sets_of
from transforms.enrich.stories.relate import Stories, Text
from transforms.enrich.stories.sketch import MODEL, RATES, Hashes, read_sketch, sketch
from transforms.identity import digest, text_hash

MIN_WORDS = 100
"""Shorter pages are left out: four sentences are most of them."""

AT = datetime(2026, 1, 2, tzinfo=UTC)
COMMIT_ARTICLES = 5_000
_COMMON, _COMMON_SHARE, _FOOT = 20_000, 0.03, 6
_COPIES, _RECENT, _SITES = 0.25, 20_000, 3_000


def make_text(name: str, words: str, site: str) -> Text:
    """One version of an article, as a commit compares it."""
    return Text(
        article_id=digest("page", name), version=1, version_id=digest("version", name), date=AT, site=site, origin=None,
        text_hash=text_hash(None, words), hashes=read_sketch(sketch(words)),
    )  # fmt: skip


def measure_edits(texts: Sequence[str], *, seed: int = 0) -> None:
    """Print the table of edits."""
    vocabulary = sorted({word for text in texts for word in text.split()})
    known, unknown = texts[::2], texts[1::2]
    stories = Stories()
    stories.relate([make_text(f"page {n}", text, f"site{n}.example") for n, text in enumerate(known)])
    print(f"{'edit':<36}{'copies':>7}{'found':>8}{'right':>8}{'others':>8}{'wrong':>7}  kinds")
    for name, edit in EDITS.items():
        copies = [edit(text, random.Random(f"{seed} {n}"), vocabulary) for n, text in enumerate(known)]
        others = [edit(text, random.Random(f"{seed} {n}"), vocabulary) for n, text in enumerate(unknown)]
        given = [make_text(f"copy {n}", text, "copies.example") for n, text in enumerate(copies)]
        own = {digest("page", f"copy {n}"): digest("page", f"page {n}") for n in range(len(copies))}
        related = copy.deepcopy(stories).relate(_apart(given)).relations
        found = {one.article_id for one in related if one.other_article_id == own[one.article_id]}
        kinds = {kind: sum(one.kind == kind for one in related) for kind in sorted({one.kind for one in related})}
        wrong = (
            copy.deepcopy(stories)
            .relate(_apart([make_text(f"other {n}", text, "copies.example") for n, text in enumerate(others)]))
            .relations
        )
        print(
            f"{name:<36}{len(copies):>7}{len(found) / len(copies):>8.4f}{len(found) / max(1, len(related)):>8.4f}"
            f"{len(others):>8}{len(wrong):>7}  {', '.join(f'{count} {kind}' for kind, count in kinds.items())}"
        )


def _apart(texts: Sequence[Text]) -> list[Text]:
    """Give each text a site of its own, so that nothing is taken for the boilerplate of one."""
    return [text._replace(site=f"copies{n}.example") for n, text in enumerate(texts)]


def measure_natural(pages: Sequence[tuple[str, str, str]], *, show: bool) -> None:
    """Print what is joined among pages as they are.

    Args:
        pages: address, site and text of each.
    """
    stories = Stories()
    by_id = {digest("page", url): (url, text) for url, _, text in pages}
    related = stories.relate([make_text(url, text, site) for url, site, text in pages]).relations
    print(f"\nnatural pages: {len(pages)}, related: {len(related)}")
    for one in related if show else ():
        print(f"  {one.kind} {one.score:.2f} ({one.share} {one.other_share})")
        for name in (one.article_id, one.other_article_id):
            url, text = by_id[name]
            print(f"    {url[:100]} {text[:120]!r}")


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
                # A copy, of which a part is left: of a story that is told often, more often.
                hashes, rate = recent[int(len(recent) * chance.random() ** 2)]
                hashes = hashes[chance.random(len(hashes)) < chance.uniform(0.5, 1)]
            else:
                length = int(np.clip(chance.lognormal(6.2, 0.7), 60, 16_000))
                rate = next((rate for rate in RATES if length / rate >= 64), 1)
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000, help="size of the simulation; 0 for none")
    parser.add_argument("--show", action="store_true", help="print what is joined among natural pages")
    known = parser.parse_args(words)
    print(MODEL)
    pages = [page for name in sets_of(DATA) for page in read_pages(DATA, name)]
    if pages:
        texts = [page.text for page in pages if len(page.text.split()) >= MIN_WORDS]
        measure_edits(texts)
        measure_natural([(page.url, page.url.split("/")[2], page.text) for page in pages], show=known.show)
        measure_cost(texts)
    else:
        print(f"edits and natural pages skipped: no pages below {DATA}")
    if known.articles:
        simulate(known.articles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
