"""Amounts and dates of annotated pages against what newsmill finds, by kind and by kind of failure.

    python -m benchmarks.measures.enrichment_amounts [--wrong]

Truth is ``benchmarks/truth/amounts.json`` and ``dates.json``: offsets into the truth text of pages below
``../shared/data/pages``. On each page every amount, or every date, is annotated. Pages were drawn by a seeded choice,
one for each publisher: for amounts from all sets, 400 to 8,000 code points long; for dates from the set whose dates of
publication are sure. Half is development; the other half was annotated when the rules were done, and measured once.

An amount is right where it overlaps one of the truth and has its kind, value, end of range, and currency or unit; a
date where it overlaps one and has its interval. A date that is found but left unresolved counts against recall alone.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from benchmarks.measures.annotated import WORDS, Row, measure_cost, read_rows
from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from schemas.amounts import Amount
from schemas.dates import MentionedDate
from tests.support.paths import TRUTH
from transforms.enrich.amounts.find import find_amounts
from transforms.enrich.dates.find import find_dates
from transforms.urls import host_of


class Page(NamedTuple):
    """One annotated page, with its text."""

    name: str
    split: str
    language: str
    text: str
    host: str | None
    published: date | None
    truth: Sequence[Row]


class Score(NamedTuple):
    """Counts of one group."""

    truth: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Share of the truth that was found and is right."""
        return self.right / self.truth if self.truth else 1.0

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right / self.found if self.found else 1.0


def read_pages(name: str, key: str) -> list[Page]:
    """Read the pages of a file of truth with their texts; none without the data."""
    stored = json.loads((TRUTH / name).read_text(encoding="utf-8"))["pages"]
    rows = read_rows((page["set"], page["id"]) for page in stored)
    pages = []
    for page in stored if rows else ():
        row = rows[page["set"], page["id"]]
        day = page.get("date_published")
        pages.append(
            Page(
                f"{page['set']}/{page['id'][:24]}",
                page["split"],
                page["language"],
                row["text"],
                host_of(row["url"]) if row["url"] else None,
                date.fromisoformat(day) if day else None,
                page[key],
            )
        )
    return pages


def check_amount(truth: Row, found: Amount) -> str:
    """Say what is wrong with an amount; "right" where nothing is."""
    if truth["kind"] != found.kind:
        return "other kind"
    if abs(truth["value"] - found.value) > 1e-6 * abs(truth["value"]):
        return "other value"
    if truth.get("max_value") != found.max_value:
        return "other range"
    if truth.get("currency") != found.currency:
        return "other currency"
    return "right" if truth.get("unit") == found.unit else "other unit"


def check_date(truth: Row, found: MentionedDate) -> str:
    """Say what is wrong with a date; "right" where nothing is."""
    if "interval_start" not in truth:
        return "right" if found.interval_start is None else "resolved, though open"
    if found.interval_start is None or found.interval_end is None:
        return "unresolved"
    same = (found.interval_start.isoformat(), found.interval_end.isoformat())
    return "right" if same == (truth["interval_start"], truth["interval_end"]) else "other interval"


class Judged(NamedTuple):
    """One amount or date of the truth or found, with what is right or wrong about it."""

    verdict: str
    group: str
    page: str
    words: str


def judge(page: Page, found: Sequence[Any], check: Callable[[Row, Any], str], group: str) -> list[Judged]:
    """Compare what was found on a page with its truth; each of the truth is met by at most one."""
    left = list(found)
    judged = []
    for truth in page.truth:
        words = page.text[max(0, truth["start"] - 30) : truth["end"] + 20].replace("\n", " ")
        over = [item for item in left if item.start < truth["end"] and truth["start"] < item.end]
        best = min(over, key=lambda item: check(truth, item) != "right") if over else None
        if best is None:
            judged.append(Judged("missed", str(truth[group]), page.name, words))
            continue
        left.remove(best)
        judged.append(Judged(check(truth, best), str(truth[group]), page.name, words))
    for item in left:
        words = page.text[max(0, item.start - 30) : item.end + 20].replace("\n", " ")
        is_open = isinstance(item, MentionedDate) and item.interval_start is None
        judged.append(
            Judged("unresolved, not in truth" if is_open else "invented", str(getattr(item, group)), page.name, words)
        )
    return judged


def score(judged: Iterable[Judged]) -> Score:
    """Count."""
    verdicts = Counter(item.verdict for item in judged)
    right = verdicts["right"]
    truth = sum(verdicts.values()) - verdicts["invented"] - verdicts["unresolved, not in truth"]
    found = sum(verdicts.values()) - verdicts["missed"] - verdicts["unresolved"] - verdicts["unresolved, not in truth"]
    return Score(truth, found, right)


def print_scores(title: str, judged: Mapping[str, Sequence[Judged]], *, wrong: bool) -> None:
    """Print a table for each split, by group, and the kinds of failure."""
    for split, items in judged.items():
        print(f"\n{title}, {split}")
        print(f"  {'':20}{'truth':>6}{'found':>6}{'recall':>8}{'precision':>11}")
        for name in (*sorted({item.group for item in items}), "all"):
            part = score(item for item in items if name in ("all", item.group))
            print(f"  {name:20}{part.truth:6}{part.found:6}{part.recall:8.3f}{part.precision:11.3f}")
        failures = Counter(item.verdict for item in items if item.verdict != "right")
        print("  failures: " + (", ".join(f"{name} {count}" for name, count in failures.most_common()) or "none"))
        if wrong:
            for item in items:
                if item.verdict != "right":
                    print(f"    {item.verdict:24} {item.group:12} {item.page[-18:]:18} …{item.words}…")


def measure(
    title: str,
    find: Callable[[Page], Sequence[Any]],
    check: Callable[[Row, Any], str],
    group: str,
    *,
    wrong: bool,
) -> None:
    """Print how well amounts or dates are found, and the CPU time for a median news page.

    Args:
        title: name of the file of truth, and of the list in each of its pages.
        find: what newsmill finds on a page.
        check: says what is wrong with one of them.
        group: key of what they are counted by.
        wrong: list what is wrong.
    """
    pages = read_pages(f"{title}.json", title)
    if not pages:
        print(f"{title}: skipped, no pages below {DATA}")
        return
    judged: dict[str, list[Judged]] = {}
    for page in pages:
        judged.setdefault(page.split, []).extend(judge(page, find(page), check, group))
    print_scores(title, judged, wrong=wrong)
    cost_ms = measure_cost(pages, lambda page: page.text, find)
    print(f"  {title}: {cost_ms:.2f} ms of CPU for {WORDS} words")


def report(*, wrong: bool = False) -> None:
    """Print all tables."""
    measure(
        "amounts",
        lambda page: find_amounts(page.text, page.language, domain=page.host),
        check_amount,
        "kind",
        wrong=wrong,
    )
    measure(
        "dates",
        lambda page: find_dates(page.text, page.language, page.published),
        check_date,
        "precision",
        wrong=wrong,
    )


def main() -> None:
    """Parse arguments and print."""
    parser = make_parser(__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    report(wrong=parser.parse_args().wrong)


if __name__ == "__main__":
    main()
