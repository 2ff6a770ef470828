"""Text, metadata, kinds of pages, receipts and processor time of reading, beside other readers, on annotated pages.

The data is folders with ``truth.jsonl`` and gzipped pages, by default ``../shared/data/pages`` beside the repository;
without it the benchmark says so and ends. Readers that are not installed are skipped. trafilatura reads with its
defaults and metadata, 'fast' and 'recall' are its modes of those names.

Usage: ./run.sh bench reading [--limit N] [--data DIR] [--readers NAME,…] [--list] [--cross_validate] [--whole_run]

text      F1 over multisets of word 4-grams and of words, mean over pages (as scrapinghub's article-extraction-benchmark
          cuts them), and the difference to trafilatura's 4-gram F1 with the interval that 95 of 100 bootstrap samples
          of the pages give. A page without text counts as 0.
headline  share of pages whose text begins with the headline (the true title, or an h1) where the true text does not
promo     share of pages whose text has a line, of 200 characters at most, that begins as calls, labels and teasers do
          in 15 languages and is not in the true text
repeat    share of pages whose text has a line of four or more words twice, whether or not the true text has: a refrain,
          a row of a table; 'twice': more often than the true text; 'copied': only lines of those that stand in the
          true text at all. The others are wrong the first time, too: buttons, labels of wares. 'lines': the same as
          'twice', as a share of the lines of all pages
dates     the same day; 'invented': share of the pages without a true date, in sets that have dates, that get one;
          'zone': share of newsmill's dates that state time and zone whose instant is that one
authors   the same words, without regard to order; titles: equal after folding case and punctuation, 'or h1': or equal
          to an h1 of the page
cpu       readers in turn in one process, ten pages at a time, since no worker does other work after each page;
          newsmill collects garbage as seldom as its workers do; in milliseconds; 'ratio' is mean and median over
          trafilatura's
kinds     what newsmill calls each page; a page that it writes no row for has the code of the reason
receipts  whether text_raw without cleaning_actions is text; for each rule how many removals and code points of these
          are right: what is removed does not stand more often in the true text than in what is kept
confidence  extraction_confidence beside the F1 that was measured, by fifths of the pages

The models of newsmill were trained on these sets: its figures here are better than on other pages. With
``--cross_validate`` the model of the text is trained in five folds (LightGBM has to be installed), and each page is
read with the model that has not seen its publisher. benchmarks/train_page_types.py prints cross-validated kinds.
``--whole_run`` compares instead whole runs over one WARC file: newsmill without entities, and datatrove's.
"""

import gc
import importlib
import itertools
import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measures.cleaning import check_account, rule_precision
from benchmarks.measures.folds import train_models
from benchmarks.measures.pages import DATA, OTHERS, Page, read_pages, sets_of
from benchmarks.measures.parser import make_parser
from benchmarks.measures.readers import READERS, Found, Reader, headings_of, missing_package, read_newsmill, read_with
from benchmarks.measures.scores import (
    bootstrap,
    copied_lines,
    f1,
    fold,
    has_headline_first,
    lines_of,
    promo_lines,
    repeated_lines,
    word_f1,
)
from benchmarks.measures.whole_run import compare_runs, spread
from schemas.articles import Article
from transforms.articles.cleaning.clean import Cleaned
from transforms.articles.policy import DEFAULTS
from transforms.articles.read import warm_up
from transforms.loading import collect_seldom, loading

FOLDS = 5
PAGES_A_TURN = 10
BASE, OWN = "trafilatura", "newsmill"
"""What others are compared with."""


@dataclass(slots=True)
class Result:
    """What one reader gave for one page, and what that is worth."""

    page: Page
    found: Found
    seconds: float
    f1: float
    word_f1: float
    is_headline_first: bool
    promo: list[str]
    is_repeating: bool
    repeated: list[str]
    copied: list[str]
    lines: int


Results = Mapping[str, Sequence[Result]]
"""Results of each reader, pages in the same order."""


def score(page: Page, found: Found, seconds: float, headings: Iterable[str]) -> Result:
    """Compare what was found with the truth."""
    truth = page.text
    return Result(
        page=page,
        found=found,
        seconds=seconds,
        f1=f1(found.text, truth),
        word_f1=word_f1(found.text, truth),
        is_headline_first=has_headline_first(found.text, truth, (page.truth.get("title") or "", *headings)),
        promo=promo_lines(found.text, truth),
        is_repeating=bool(repeated_lines(found.text, "")),
        repeated=repeated_lines(found.text, truth),
        copied=copied_lines(found.text, truth),
        lines=len(lines_of(found.text)),
    )


def measure(pages: Iterable[Page], readers: Mapping[str, Reader]) -> dict[str, list[Result]]:
    """Let all readers read some pages, in turn; who is first changes from turn to turn."""
    results: dict[str, list[Result]] = {name: [] for name in readers}
    names = list(readers)
    left = iter(pages)
    for turn, some in enumerate(iter(lambda: list(itertools.islice(left, PAGES_A_TURN)), [])):
        headings = [headings_of(page.body) for page in some]
        shift = turn % len(names)
        gc.freeze()  # no worker keeps what is kept here of earlier pages: no reader's time goes into looking through it
        for name in names[shift:] + names[:shift]:
            threshold = gc.get_threshold()
            if name == OWN:
                collect_seldom()
            found = [time_reading(readers[name], page) for page in some]
            gc.set_threshold(*threshold)
            results[name] += [score(page, *read, own) for page, read, own in zip(some, found, headings, strict=True)]
    return results


def time_reading(reader: Reader, page: Page) -> tuple[Found, float]:
    """Read a page; return what was found, and the seconds of processor time that it took."""
    start = time.process_time()
    found = read_with(reader, page)
    return found, time.process_time() - start


def share(some: Sequence[object]) -> str:
    """Return the share of true values among some, in percent; '-' for none."""
    return f"{100 * sum(map(bool, some)) / len(some):.1f}" if some else "-"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the first column to the left, others to the right."""
    table = [tuple(columns), *map(tuple, rows)]
    widths = [max(len(row[number]) for row in table) for number in range(len(columns))]
    for row in table:
        cells = (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        print(f"{row[0]:<{widths[0]}}  {'  '.join(cells)}".rstrip())
    print()


def print_text(name: str, results: Results) -> None:
    """Print how good the texts of one set are."""
    base = [result.f1 for result in results[BASE] if result.page.text] if BASE in results else []
    rows = []
    for reader, found in results.items():
        known = [result for result in found if result.page.text]
        values = [result.f1 for result in known]
        difference = "-"
        if base and reader != BASE:
            low, high = bootstrap([own - other for own, other in zip(values, base, strict=True)])
            difference = f"{np.mean(values) - np.mean(base):+.4f} [{low:+.4f}, {high:+.4f}]"
        rows.append((
            reader, f"{np.mean(values):.4f}", difference, f"{np.mean([result.word_f1 for result in known]):.4f}",
            share([result.is_headline_first for result in known]), share([result.promo for result in known]),
            share([result.is_repeating for result in known]),
            share([result.repeated for result in known]), share([result.copied for result in known]),
            f"{100 * sum(len(result.repeated) for result in known) / (sum(result.lines for result in known) or 1):.2f}",
            str(sum(not result.found.text for result in known)),
            ", ".join(sorted({result.found.failed for result in known} - {""})),
        ))  # fmt: skip
    columns = (
        f"{name} ({len(results[next(iter(results))])} pages)",
        "4-gram F1",
        f"to {BASE}",
        "word F1",
        "headline %",
    )
    print_table((*columns, "promo %", "repeat %", "twice %", "copied %", "lines %", "no text", "why"), rows)


def authors_key(names: Iterable[str]) -> list[str]:
    """Return the words of names, in order of the alphabet."""
    return sorted(word for word in fold(" ".join(names)).split() if word != "and")


def zone_kept(article: Article) -> bool | None:
    """Return whether the instant of an article is the one that its date states with its zone; None without a zone."""
    try:
        stated = datetime.fromisoformat((article.date_published_raw or "").strip())
    except ValueError:
        return None
    return None if stated.tzinfo is None else article.date_published == stated.replace(microsecond=0)


def print_metadata(name: str, results: Results) -> None:
    """Print how many dates, authors and titles of one set are right."""
    rows = []
    for reader, found in results.items():
        dated = [result for result in found if result.page.truth.get("date")]
        undated = [result for result in found if not result.page.truth.get("date")] if dated else []
        days = [result.found.date[:10] == result.page.truth["date"][:10] for result in dated]
        zones = [zone_kept(result.found.article) for result in found if result.found.article]
        written = [result for result in found if result.page.truth.get("authors")]
        authors = [authors_key(result.found.authors) == authors_key(result.page.truth["authors"]) for result in written]
        titled = [(fold(result.found.title), fold(result.page.truth["title"]), result.page)
                  for result in found if result.page.truth.get("title")]  # fmt: skip
        titles = [got == wanted for got, wanted, _ in titled]
        visible = [got == wanted or got in set(map(fold, headings_of(page.body))) for got, wanted, page in titled]
        rows.append((
            reader, share(days), share([bool(result.found.date) for result in undated]),
            share([zone for zone in zones if zone is not None]), share(authors), share(titles), share(visible),
        ))  # fmt: skip
    print_table((name, "day %", "invented %", "zone %", "authors %", "title %", "or h1 %"), rows)


def print_time(name: str, results: Results) -> None:
    """Print the processor time of a page."""
    base = [result.seconds for result in results.get(BASE, ())]
    rows = []
    for reader, found in results.items():
        spent = [1000 * result.seconds for result in found]
        slowest = max(found, key=lambda result: result.seconds)
        ratio = f"{np.mean(spent) / np.mean(base) / 1000:.2f} {np.median(spent) / np.median(base) / 1000:.2f}"
        values = (np.mean(spent), np.median(spent), np.quantile(spent, 0.99), max(spent))
        rows.append((reader, *(f"{value:.1f}" for value in values), ratio if base else "-", slowest.page.name))
    print_table((f"{name}, ms CPU a page", "mean", "median", "99 %", "slowest", "ratio", "slowest page"), rows)


def written_pages() -> Iterator[Page]:
    """Yield the pages that were written to be of all kinds, in several languages."""
    try:
        kinds: Any = importlib.import_module("tests.support.page_kinds")
    except ImportError:
        return
    for page in kinds.make_pages():
        url = page.url or f"https://{page.family}.example/{page.name}"
        yield Page("written", page.name, url, page.body, {"page_type": page.type})


def outcome(found: Found) -> str:
    """Return what a page became: the kind of its row, "no" and the kind of one left out, or the code of a failure."""
    if found.article is None:
        return f"no {found.kind}" if found.kind else found.failed
    return found.article.page_type or "article"


def print_kinds(pages: Sequence[tuple[str, Found]]) -> None:
    """Print what pages of each kind became.

    Args:
        pages: true kind and what was found.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind, found in pages:
        counts[kind][outcome(found)] += 1
    columns = sorted(
        {name for counted in counts.values() for name in counted}, key=lambda name: ("." in name, "no " in name, name)
    )
    rows = [(kind, *(str(counted[name] or "·") for name in columns)) for kind, counted in sorted(counts.items())]
    print_table(("true kind", *columns), rows)
    for what, are_articles in (("articles lost", True), ("other pages that become rows", False)):
        some = [bool(found.failed) == are_articles for kind, found in pages if (kind in KEPT) == are_articles]
        if some:
            print(f"{what}: {sum(some)} of {len(some)}, {share(some)} %")
    print()


KEPT = DEFAULTS.keep_page_types
"""Kinds that are to become rows."""


def account_of(article: Article) -> Cleaned:
    """Return what an article says was removed from its text."""
    return Cleaned(article.text, article.text_raw or "", article.cleaning_actions, ())


def share_of(part: int, whole: int) -> str:
    """Return a part of a whole in percent."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def print_receipts(results: Sequence[Result], others: Sequence[tuple[Page, Found]], *, with_lists: bool) -> None:
    """Print whether all removals are accounted for, and the precision of each rule."""
    articles = [(result.found.article, result.page) for result in results if result.found.article]
    articles += [(found.article, page) for page, found in others if found.article]
    with_raw = [(article, page) for article, page in articles if article.text_raw is not None]
    wrong = []
    for article, page in with_raw:
        try:
            check_account(account_of(article))
        except ValueError as error:
            wrong.append(f"{page.name} ({error})")
    print(f"receipts: text_raw of {len(with_raw)} of {len(articles)} rows; without cuts it is text in all but {wrong}")
    known = ((result.found.article, result.page.text) for result in results)
    found = (
        {} if wrong else rule_precision((account_of(article), truth) for article, truth in known if article and truth)
    )
    rows = [
        (rule, str(one.cuts), str(one.chars), share_of(one.right_cuts, one.cuts), share_of(one.right_chars, one.chars))
        for rule, one in found.items()
    ]
    print_table(("rule", "cuts", "code points", "right cuts %", "right code points %"), rows)
    if with_lists:
        for rule, one in found.items():
            for text in one.wrong:
                print(f"{rule} cut what is true: {text[:160]!r}")


def print_confidence(results: Sequence[Result]) -> None:
    """Print the stated confidence beside what was measured."""
    stated = [
        (result.found.article.extraction_confidence, result.f1)
        for result in results
        if result.page.text and result.found.article and result.found.article.extraction_confidence is not None
    ]
    print(f"confidence: stated for {len(stated)} of {len(results)} pages")
    if stated:
        stated.sort()
        size = -(-len(stated) // 5)
        rows = []
        for part in (stated[start : start + size] for start in range(0, len(stated), size)):
            means = (f"{mean:.3f}" for mean in np.mean(part, axis=0))
            rows.append((f"{part[0][0]:.2f} to {part[-1][0]:.2f}", str(len(part)), *means))
        print_table(("confidence", "pages", "mean", "4-gram F1"), rows)


def print_lists(results: Sequence[Result]) -> None:
    """Print what does not belong into the texts, and wrong dates, authors and titles, one to a line."""
    dated = {result.page.set for result in results if result.page.truth.get("date")}
    for result in results:
        first = result.found.text.split("\n", 1)[0]
        lines = [("headline", first)] if result.is_headline_first else []
        lines += [("promo", line) for line in result.promo]
        lines += [("copied" if line in result.copied else "twice", line) for line in result.repeated]
        wanted, got = (result.page.truth.get("date") or "")[:10], result.found.date
        if got != wanted and (wanted or result.page.set in dated):
            article = result.found.article
            source = f" from {article.date_published_source}" if article and got else ""
            lines.append(("date", f"{got or 'none'}{source}, true is {wanted or 'none'}"))
        names, true_names = result.found.authors, result.page.truth.get("authors") or ()
        if true_names and authors_key(names) != authors_key(true_names):
            lines.append(("authors", f"{', '.join(names) or 'none'}, true is {', '.join(true_names)}"))
        true_title = fold(result.page.truth.get("title") or "")
        if true_title and true_title not in map(fold, (result.found.title, *headings_of(result.page.body))):
            lines.append(("title", f"{result.found.title}, true is {result.page.truth['title']}"))
        if result.found.article and zone_kept(result.found.article) is False:
            lines.append(("zone", f"{result.found.article.date_published_raw}"))
        for what, line in lines:
            print(f"{result.page.set}/{result.page.name} {what}: {line[:160]}")
    print()


def make_readers(names: Iterable[str]) -> dict[str, Reader]:
    """Return the readers of some names that are installed; say which are not."""
    chosen: dict[str, Reader] = {}
    for name in names:
        package = missing_package(name)
        if package:
            print(f"{name}: skipped: not installed (pip install {package})")
        else:
            chosen[name] = READERS[name]
    return chosen


def main() -> int:
    """Measure and print; 0 also when the data is not there."""
    parser = make_parser(__doc__)
    parser.add_argument("--limit", type=int, default=None, help="pages of each set, from its beginning")
    parser.add_argument("--data", type=Path, default=DATA, help="directory that holds the sets")
    parser.add_argument("--readers", default=",".join(READERS), help=f"names, from {', '.join(READERS)}")
    parser.add_argument("--list", action="store_true", help="print every promo and repeated line and every wrong date")
    parser.add_argument("--cross_validate", action="store_true", help="read with models that have not seen the page")
    parser.add_argument("--whole_run", action="store_true", help="compare whole runs over one WARC file")
    parser.add_argument("--pages", type=int, default=600, help="pages of that file")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each")
    parser.add_argument("--datatrove", default=sys.executable, help="Python that has datatrove[processing]")
    args = parser.parse_args()
    names = args.readers.split(",")
    unknown = [name for name in names if name not in READERS]
    if unknown:
        parser.error(f"unknown reader {unknown[0]!r}; there are: {', '.join(READERS)}")
    logging.disable(logging.CRITICAL)
    present = sets_of(args.data)
    if not present:
        print(f"skipped: no truth.jsonl below {args.data}")
        return 0
    others = list(read_pages(args.data, OTHERS, args.limit)) if sets_of(args.data, (OTHERS,)) else []
    if args.whole_run:
        pages = [page for name in present for page in read_pages(args.data, name, args.limit)] + others
        compare_runs(spread(pages, args.pages), python=args.datatrove, rounds=args.rounds)
        return 0
    readers = make_readers(names)
    choose = train_models(args.data, FOLDS) if args.cross_validate else None
    if choose is not None:
        read = choose

        def read_unseen(body: bytes, url: str) -> Found:
            read(url)
            return read_newsmill(body, url)

        readers[OWN] = read_unseen
    print(f"models of newsmill: {'cross-validated over publishers (text)' if choose else 'trained on these pages'}\n")
    with loading(before_fork=True):  # as in the process that workers are forked from
        warm_up()
    everything: list[Result] = []
    for name in present:
        results = measure(read_pages(args.data, name, args.limit), readers)
        for show in (print_text, print_metadata, print_time):
            show(name, results)
        everything += results.get(OWN, ())
    if OWN in readers:
        print_newsmill(everything, others, with_lists=args.list)
    return 0


def print_newsmill(results: Sequence[Result], others: Sequence[Page], *, with_lists: bool) -> None:
    """Print what only newsmill gives."""
    start = time.process_time()
    read = [(page, read_with(read_newsmill, page)) for page in others]
    mean_ms = 1000 * (time.process_time() - start) / max(1, len(read))
    print(f"{len(read)} pages of other kinds, {mean_ms:.1f} ms CPU a page\n")
    kinds = [("article", result.found) for result in results]
    print_kinds(kinds + [(page.truth.get("page_type") or "other", found) for page, found in read])
    written = [(page.truth["page_type"], read_with(read_newsmill, page)) for page in written_pages()]
    if written:
        print("pages written for their kind (tests/support/page_kinds.py)\n")
        print_kinds(written)
    print_receipts(results, read, with_lists=with_lists)
    print_confidence(results)
    if with_lists:
        print_lists(results)


if __name__ == "__main__":
    sys.exit(main())
