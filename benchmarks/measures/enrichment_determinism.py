"""Whether rows are the same for other numbers of workers, sizes of chunks and orders of the input.

The seeds and 200 development pages go through ``newsmill run``: with one worker; with two; with chunks of 50 documents;
and from a file that holds the pages in another order. Compared are all columns of articles that enrichments set, and
the rows of their tables, by article. Seeds stay in the order of their files.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measures.pages import DATA, read_pages, sets_of
from benchmarks.measures.warc import write_warc_of
from transforms.enrich.registry import ENRICHMENTS

ROOT = Path(__file__).resolve().parents[2]
PAGES = 200
OF_A_RUN = ("run_id", "chunk", "ingest_date")

Rows = dict[str, dict[str, Any]]


def find_pages(count: int) -> list[tuple[str, bytes]]:
    """Addresses and bodies of development pages, the sets in turn."""
    sets = [[(page.url, page.body) for page in read_pages(DATA, name)] for name in sets_of(DATA)]
    longest = max(map(len, sets), default=0)
    return [pages[number] for number in range(longest) for pages in sets if number < len(pages)][:count]


def run(inputs: Sequence[str], output: Path, *options: str) -> Rows:
    """Columns of enrichments by article, and rows of their tables by table."""
    words = [sys.executable, "-m", "newsmill", "run", "--input", *inputs, "--output", str(output), "--fetch", "never"]
    words += ["--quiet", "--max_dead_ratio", "1", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(words, cwd=ROOT, env=environment, check=True)
    columns = [name for enrichment in ENRICHMENTS for name in enrichment.columns]
    listed = ", ".join(["article_id", "version", "not_run", *columns])
    found: Rows = {"articles": _by_article(output, "articles", listed)}
    for table in (name for enrichment in ENRICHMENTS for name in enrichment.tables):
        found[table] = _by_article(output, table, "*")
    return found


def _by_article(output: Path, table: str, listed: str) -> dict[str, Any]:
    if not (output / table).is_dir():
        return {}
    made = duckdb.sql(f"select {listed} from read_parquet('{output}/{table}/**/*.parquet', hive_partitioning=true)")
    rows: dict[str, Any] = {}
    for values in made.fetchall():
        row = {name: value for name, value in zip(made.columns, values, strict=True) if name not in OF_A_RUN}
        rows.setdefault(str(row["article_id"]), []).append(row)
    return {name: sorted(some, key=repr) for name, some in rows.items()}


def differences(one: Rows, other: Rows) -> list[str]:
    """Names of columns in which rows differ, with the number of articles."""
    found: dict[str, int] = {}
    for table, rows in one.items():
        for name in sorted({*rows} | {*other[table]}):
            mine, theirs = rows.get(name), other[table].get(name)
            if mine is None or theirs is None or len(mine) != len(theirs):
                found[f"rows of {table}"] = found.get(f"rows of {table}", 0) + 1
                continue
            differing = {
                key for row, its in zip(mine, theirs, strict=True) for key in row if repr(row[key]) != repr(its[key])
            }
            for key in differing:
                found[f"{table}.{key}"] = found.get(f"{table}.{key}", 0) + 1
    return [f"{name}: {count} articles" for name, count in sorted(found.items())]


def report() -> None:
    """Print a line for each way."""
    pages = find_pages(PAGES)
    if not pages:
        print(f"no development pages at {DATA}: the seeds alone")
    with tempfile.TemporaryDirectory(prefix="determinism-") as name:
        scratch = Path(name)
        inputs = {}
        for order in ("given", "shuffled"):
            if order == "shuffled":
                random.Random(5).shuffle(pages)
            path = scratch / f"{order}.warc.gz"
            write_warc_of(path, pages)
            inputs[order] = [str(ROOT / "seeds"), *([str(path)] if pages else [])]
        first = run(inputs["given"], scratch / "first", "--workers", "1")
        columns = [name for enrichment in ENRICHMENTS for name in enrichment.columns]
        print(f"{len(first['articles'])} articles, {len(columns)} columns, tables: {', '.join(first)}")
        ways = {
            "two workers": ("given", "--workers", "2"),
            "chunks of 50 documents": ("given", "--workers", "1", "--chunk_documents", "50"),
            "another order, two workers": ("shuffled", "--workers", "2"),
        }
        for title, (order, *options) in ways.items():
            other = run(inputs[order], scratch / title.replace(" ", "-").replace(",", ""), *options)
            differing = differences(first, other)
            print(f"{title:28} {'all equal' if not differing else '; '.join(differing)}", flush=True)


if __name__ == "__main__":
    report()
