"""Pages per second of the pipeline and of a bare loop of the same functions, over one WARC file.

Four ways read the same WARC, extract, do all enrichments and write Parquet:

bare       one process, a loop, no Beam, no worker processes
bare x2    two such processes at the same time, each with every other page: the most that two cores give
newsmill   ``newsmill run --workers 1``
newsmill 2 ``newsmill run --workers 2``

Each runs in processes of its own, in turn, so that none warms another up. Start-up (imports, models, the first graph)
is measured with a WARC of one page and subtracted. For the price of running elements in worker processes alone, the
last line compares the processor time of a bare loop with that of the same loop through the pool. Every figure is of
processes as a whole; the memory is that of all processes of a command, shared pages counted once (PSS).

Usage: ./run.sh bench overhead [--pages 600] [--rounds 1] [--no_entities] [--no_pool]
"""

import argparse
import contextlib
import functools
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.measures.pages import DATA
from benchmarks.measures.parser import make_parser
from benchmarks.measures.warc import write_warc
from schemas.articles import Article
from schemas.documents import Document, Source
from schemas.record import rows_to_table
from schemas.trouble import LeftOut, Trouble
from tests.support.corpus import make_story
from tests.support.processes import Watched, newsmill_environment
from tests.support.publisher import make_page
from transforms.articles.read import read_document, warm_up
from transforms.enrich.entities.policy import EntityPolicy
from transforms.enrich.fold import fold_steps
from transforms.enrich.languages.identify import identify_language
from transforms.enrich.languages.identify import warm_up as warm_up_language
from transforms.enrich.registry import ENRICHMENTS
from transforms.sources.opening import open_source
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Pool
from transforms.workers.steps import Ended, Step


def find_pages(count: int) -> list[bytes]:
    """Public pages where they are, spread over all sets; else invented ones, since a run leaves out repeats."""
    public = sorted(DATA.rglob("*.html.gz")) or sorted(DATA.rglob("*.gz"))
    if public:
        step = max(1, len(public) // count)
        return [gzip.decompress(path.read_bytes()) for path in public[::step][:count]]
    chance = random.Random(count)
    return [make_page(*make_story(chance, number)).encode() for number in range(count)]


def read_pages(warc: Path, every: int = 1, first: int = 0) -> Iterator[Document]:
    """The pages of a WARC, or a share of them."""
    for number, found in enumerate(open_source(Source(uri=str(warc)))):
        if isinstance(found, Document) and number % every == first:
            yield found


def make_article(document: Document, steps: Sequence[Step]) -> Article:
    """All that is done to one page: it is read and enriched."""
    element: Any = read_document(document)
    for step in steps:
        element = step.fn(element)
    article: Article = element.article
    return article


def enrichment_steps(*, entities: bool) -> tuple[Step, ...]:
    """The steps that a run has for all enrichments."""
    return fold_steps(ENRICHMENTS, {} if entities else {EntityPolicy: EntityPolicy(models=())})


def run_bare(warc: Path, output: Path, *, every: int, first: int, entities: bool) -> None:
    """The same functions without Beam."""
    steps = enrichment_steps(entities=entities)
    rows = []
    for document in read_pages(warc, every, first):
        try:
            rows.append(make_article(document, steps))
        except (Trouble, LeftOut):
            continue
    pq.write_table(rows_to_table(rows, Article), output, compression="zstd")


class Spent:
    """What one way took."""

    def __init__(self, seconds: float, cpu_s: float, peak_mb: float) -> None:
        self.seconds, self.cpu_s, self.peak_mb = seconds, cpu_s, peak_mb


def watch(commands: list[list[str]], scratch: Path) -> Spent:
    """Run commands at the same time to their end."""
    start = time.perf_counter()
    watched = [Watched([sys.executable, *words], scratch=scratch, every_s=3.0) for words in commands]
    ended = [each.end(3600) for each in watched]
    seconds = time.perf_counter() - start
    for each in ended:
        if each.code not in (0, 3):
            raise SystemExit(f"a command failed: {each.stderr[-2000:]}")
    return Spent(seconds, sum(each.cpu_s for each in ended), sum(each.peak_pss for each in ended) / 2**20)


def measure(way: str, warc: Path, scratch: Path, name: str, *, entities: bool) -> Spent:
    """One way over one WARC."""
    off = [] if entities else ["--no_entities"]
    if way.startswith("bare"):
        every = 2 if way == "bare x2" else 1
        loops = [
            [__file__, "--bare", str(warc), str(scratch / f"{name}-{first}.parquet"), str(every), str(first), *off]
            for first in range(every)
        ]
        return watch(loops, scratch)
    words = ["-m", "pipeline", "run", "--input", str(warc), "--output", str(scratch / name), "--fetch", "never"]
    words += ["--quiet", "--max_dead_ratio", "1", "--workers", "2" if way.endswith("2") else "1"]
    return watch([words + ([] if entities else ["--spacy_model", "none"])], scratch)


WAYS = ("bare", "bare x2", "newsmill", "newsmill 2")


def compare_ways(options: argparse.Namespace, pages: list[bytes], scratch: Path, *, entities: bool) -> None:
    """Print a table of the four ways."""
    whole, one = scratch / "whole.warc.gz", scratch / "one.warc.gz"
    write_warc(whole, pages)
    write_warc(one, pages[:2])
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    print(
        f"{len(pages)} pages in one WARC of {whole.stat().st_size / 1e6:.0f} MB, entities {'on' if entities else 'off'}"
    )
    for number in range(options.rounds):
        for way in WAYS:
            begin = measure(way, one, scratch, f"{way}-{number}-one".replace(" ", ""), entities=entities)
            spent = measure(way, whole, scratch, f"{way}-{number}".replace(" ", ""), entities=entities)
            rates[way].append(len(pages) / (spent.seconds - begin.seconds))
            cpu_ms = 1000 * (spent.cpu_s - begin.cpu_s) / len(pages)
            print(
                f"  {way:10}  {rates[way][-1]:6.1f} pages/s  {cpu_ms:6.1f} ms CPU a page  "
                f"start-up {begin.seconds:5.1f} s  peak {spent.peak_mb:5.0f} MB",
                flush=True,
            )
    middle = {way: statistics.median(found) for way, found in rates.items()}
    ratios = {
        "newsmill / bare": middle["newsmill"] / middle["bare"],
        "newsmill 2 / newsmill": middle["newsmill 2"] / middle["newsmill"],
        "newsmill 2 / bare x2": middle["newsmill 2"] / middle["bare x2"],
    }
    print(json.dumps({name: round(ratio, 3) for name, ratio in ratios.items()}))


def price_of_pool(pages: list[bytes], scratch: Path) -> None:
    """Print the processor time of a loop through one worker against that of the loop itself, extraction alone."""
    warc = scratch / "pool.warc.gz"
    write_warc(warc, pages)
    ratios = []
    for _ in range(3):
        loop, through = (cpu_of_child(mode, warc) for mode in ("--loop", "--through"))
        ratios.append(through / loop)
    print(f"processor time through one worker / bare loop: median {statistics.median(ratios):.3f} of {len(ratios)}")


def cpu_of_child(mode: str, warc: Path) -> float:
    """Processor seconds that a child says its loop took."""
    words = [sys.executable, __file__, mode, str(warc)]
    done = subprocess.run(words, env=newsmill_environment(), check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _cpu(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def loop_alone(warc: Path) -> None:
    """Extract every page in this process, after the first one as a warm-up; print the processor seconds."""
    documents = list(read_pages(warc))
    warm_up()
    warm_up_language()
    _read_alone(documents[0])
    start = time.process_time()
    for document in documents:
        _read_alone(document)
    print(time.process_time() - start)


def _read_alone(document: Document) -> None:
    with contextlib.suppress(Trouble, LeftOut):
        identify_language(read_document(document))


def loop_through(warc: Path) -> None:
    """The same through a pool of one worker; print the processor seconds of all processes."""
    documents = list(read_pages(warc))
    preload = (("transforms.articles.read", "warm_up"), ("transforms.enrich.languages.identify", "warm_up"))
    pool = Pool(WorkerPolicy(workers=1, recycle_after=10**9, preload=preload))
    client = pool.client()
    steps = (Step("extract", read_document, "extract.crash"), Step("language", identify_language, "language.crash"))
    client.submit(-1, steps, documents[0])
    list(client.collect(wait=True))
    pids = [os.getpid(), *pool.pids]
    start, count = _cpu(pids), 0
    for number, document in enumerate(documents):
        client.submit(number, steps, document)
        count += sum(isinstance(ended, Ended) for _, ended in client.collect())
    count += sum(isinstance(ended, Ended) for _, ended in client.collect(wait=True))
    spent = _cpu(pids) - start
    if count != len(documents):
        raise SystemExit(f"{count} of {len(documents)} pages came back")
    print(spent)


def main() -> int:
    """Print a table for each mode and the ratios."""
    parser = make_parser(__doc__)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--no_entities", action="store_true")
    parser.add_argument("--no_pool", action="store_true")
    parser.add_argument("--bare", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--through", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        warc, output, every, first = options.bare
        run_bare(Path(warc), Path(output), every=int(every), first=int(first), entities=not options.no_entities)
        return 0
    if options.loop or options.through:
        functools.partial(loop_alone if options.loop else loop_through, options.loop or options.through)()
        return 0
    pages = find_pages(options.pages)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        print("public pages" if DATA.is_dir() else f"invented pages: {DATA} is not here")
        if not options.no_pool:
            price_of_pool(pages[:200], scratch)
        compare_ways(options, pages, scratch, entities=not options.no_entities)
    return 0


if __name__ == "__main__":
    sys.exit(main())
