"""Whether all rows are the same for other workers, chunks and orders of the input, and after runs that were killed.

The seeds, 200 development pages and edited copies of some of them on other sites go through ``newsmill run``. Compared
are all rows of all tables, but for the columns that name the run or are wall clock, and the position in the input where
the order is another one. Seeds stay in the order of their files.

Where a run is cut into other commits, a story may begin with another article: docs/stories.md says why. Then the
tables ``stories`` and ``relations`` are compared by what does not name the first: which articles tell one story, and
which two are related.
"""

import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.measures.edits import EDITS
from benchmarks.measures.pages import DATA, Page, read_pages, sets_of
from benchmarks.measures.warc import write_warc_of
from schemas.tables import RELATIONS, STORIES, TABLES
from tests.support.lakes import compare_rows, find_strays, group_stories, read_lake
from tests.support.paths import ROOT
from tests.support.processes import kill_group, newsmill, newsmill_environment

PAGES = 200
COPIED = 20
"""Pages of which there is a copy for each kind of edit."""
MIN_WORDS = 100
SMALL_CHUNK = 50
KILLS = (1, 3)
"""Numbers of commits after which the run is killed, one after the other."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def choose_pages(count: int) -> list[Page]:
    """Development pages, the sets in turn."""
    sets = [list(read_pages(DATA, name)) for name in sets_of(DATA)]
    longest = max(map(len, sets), default=0)
    return [pages[number] for number in range(longest) for pages in sets if number < len(pages)][:count]


def make_copies(pages: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
    """Yield an edited copy of each page on another site for each kind of edit, dated one hour after the other."""
    words = sorted({word for page in pages for word in page.text.split() if word.isalpha()})
    for number, page in enumerate(pages):
        for kind, (name, edit) in enumerate(EDITS.items()):
            text = edit(page.text, random.Random(f"{number} {name}"), words)
            told = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
            dated = f"2026-03-{number % 28 + 1:02d}T{kind + 8:02d}:00:00Z" if number % 2 else ""
            yield (
                f"https://copies{kind}.example/news/story-{number}.html",
                f'<!DOCTYPE html><html><head><title>{name} {number}</title><meta property="og:type" content="article">'
                f'<meta property="article:published_time" content="{dated}"></head>'
                f"<body><article><h1>{name} {number}</h1>{told}</article></body></html>".encode(),
            )


def start(inputs: Sequence[str], output: Path, *options: str) -> "subprocess.Popen[bytes]":
    """Start a run in a process group of its own."""
    words = ["run", "--input", *inputs, "--output", str(output), "--fetch", "never", "--quiet"]
    command = newsmill(*words, "--max_dead_ratio", "1", *options)
    return subprocess.Popen(command, cwd=ROOT, env=newsmill_environment(), start_new_session=True)


def run(inputs: Sequence[str], output: Path, *options: str, kills: Sequence[int] = ()) -> Rows:
    """Carry out a run, killed when it has made each of some numbers of commits; all rows of the output.

    Raises:
        RuntimeError: it failed.
    """
    for commits in kills:
        process = start(inputs, output, *options)
        try:
            while len(list(output.glob("runs/*/manifest-*.json"))) < commits and process.poll() is None:
                time.sleep(0.01)
        finally:
            is_over = process.poll() is not None
            kill_group(process)
        if is_over:
            raise RuntimeError(f"the run ended with {process.returncode} before its {commits} commits")
    if code := start(inputs, output, *options).wait():
        raise RuntimeError(f"the run ended with {code}")
    if strays := list(find_strays(output)):
        raise RuntimeError(f"files that no manifest has: {strays[:3]}")
    return read_lake(output)


def without(rows: Rows, *columns: str) -> Rows:
    """Return rows without some columns, in an order of their own."""
    return {
        table: sorted(({key: row[key] for key in row if key not in columns} for row in some), key=repr)
        for table, some in rows.items()
    }


def describe_stories(rows: Rows) -> tuple[set[frozenset[str]], dict[frozenset[str], tuple[Any, ...]]]:
    """Return which articles tell one story, and kind and score of each two that are related, whichever is first."""
    related = {
        frozenset((row["article_id"], row["other_article_id"])): (row["kind"], row["score"])
        for row in rows[RELATIONS.name]
    }
    return group_stories(rows), related


def compare_stories(found: Rows, expected: Rows) -> Iterator[str]:
    """Yield how stories and relations differ, whichever article is first."""
    (groups, related), (groups_before, related_before) = describe_stories(found), describe_stories(expected)
    several = [group for group in groups_before if len(group) > 1]
    yield f"{len(groups & groups_before)} of {len(groups_before)} stories have the same articles"
    yield f"{sum(group in groups for group in several)} of {len(several)} of several articles"
    both = related.keys() & related_before.keys()
    yield f"{len(both)} of {len(related_before)} pairs of relations, {len(related) - len(both)} others"
    yield f"{sum(related[pair] == related_before[pair] for pair in both)} of them with the same kind and score"
    first = {row["article_id"] for row in expected[STORIES.name] if row["is_first"]}
    began = {row["article_id"] for row in found[STORIES.name] if row["is_first"]}
    yield f"{len(first - began)} stories begin with another article"


def differing_columns(found: Rows, expected: Rows) -> Iterator[str]:
    """Yield each column that differs, with the number of rows; a row is known by the key of its table."""
    for name, rows in expected.items():
        key = TABLES[name].key
        ours = {tuple(row.get(column) for column in key): row for row in found[name]}
        theirs = {tuple(row.get(column) for column in key): row for row in rows}
        if alone := ours.keys() ^ theirs.keys():
            yield f"{name}: {len(alone)} rows on one side alone"
        counts = Counter(
            column
            for where in ours.keys() & theirs.keys()
            for column in theirs[where]
            if repr(ours[where].get(column)) != repr(theirs[where][column])
        )
        yield from (f"{name}.{column}: {count} rows" for column, count in sorted(counts.items()))


def print_comparison(title: str, found: Rows, expected: Rows, *, same_commits: bool = True) -> bool:
    """Print a line for one way, and for its stories where the commits were other ones; return whether rows are equal.

    What may differ with the commits is printed and not judged.
    """
    of_stories = () if same_commits else (STORIES.name, RELATIONS.name)
    some = {table: rows for table, rows in expected.items() if table not in of_stories}
    equal = "all rows of all tables equal" if same_commits else "all rows of all other tables equal"
    is_equal = not list(compare_rows(found, some))
    print(f"{title:36} {equal if is_equal else '; '.join(differing_columns(found, some))}", flush=True)
    if not same_commits:
        print(f"{'':36} {'; '.join(compare_stories(found, expected))}", flush=True)
    return is_equal


def report() -> None:
    """Print a line for each way.

    Raises:
        AssertionError: rows differ that must not.
    """
    pages = choose_pages(PAGES)
    if not pages:
        print(f"no development pages at {DATA}: the seeds alone")
    copied = [page for page in pages if len(page.text.split()) >= MIN_WORDS][:COPIED]
    records = [*((page.url, page.body) for page in pages), *make_copies(copied)]
    with tempfile.TemporaryDirectory(prefix="determinism-") as name:
        scratch = Path(name)
        warc = scratch / "pages.warc.gz"
        inputs = [str(ROOT / "seeds"), *([str(warc)] if records else [])]
        write_warc_of(warc, records)
        first = run(inputs, scratch / "first", "--workers", "1")
        counts = ", ".join(f"{len(rows)} {table}" for table, rows in first.items())
        print(f"{len(pages)} pages, {len(records) - len(pages)} copies: {counts}", flush=True)
        is_equal = [print_comparison("two workers", run(inputs, scratch / "two", "--workers", "2"), first)]
        small = ("--workers", "1", "--chunk_documents", str(SMALL_CHUNK))
        chunks = run(inputs, scratch / "chunks", *small)
        made = len(list((scratch / "chunks").glob("runs/*/manifest-*.json")))
        title = f"chunks of {SMALL_CHUNK} documents, {made} commits"
        is_equal.append(print_comparison(title, chunks, first, same_commits=False))
        killed = run(inputs, scratch / "killed", *small, kills=KILLS)
        is_equal.append(print_comparison(f"the same, killed {len(KILLS)} times", killed, chunks))
        random.Random(5).shuffle(records)
        write_warc_of(warc, records)
        other = run(inputs, scratch / "other", "--workers", "2")
        where = ("source_position",)
        title = "another order, two workers"
        is_equal.append(print_comparison(title, without(other, *where), without(first, *where)))
    if not all(is_equal):
        raise AssertionError("rows differ: the lines above say which")


if __name__ == "__main__":
    report()
