"""Resident memory of each process of a real run over many short articles, with all enrichments.

The articles have about 90 words: sentences of templates, sentences of words drawn at random, and a name that no other
has; every tenth has most of the text of an earlier one, from another site. Whenever another tenth of the articles is
committed, the highest resident memory since the tenth before is printed: of the run, of the server that starts its
workers, and of the largest worker. Pages that processes share count for each.

Usage: python -m benchmarks.measures.enrichment_run_memory [--articles 100000] [--workers 1] [--without NAME ...]
"""

import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measures.parser import make_parser
from tests.support.corpus import make_story
from tests.support.processes import Process, Watched, newsmill, tree_of
from transforms.enrich.summary.background import COUNTS

FEW = 5_000
"""As a part of ``benchmarks/enrichment.py``; docs/enrichment.md has figures of more."""

EVERY_S = 0.5
SENTENCES, WORDS = 3, 14
COPIED_EVERY, RECENT = 10, 500


def write_articles(path: Path, count: int) -> None:
    """Write articles as lines of JSON."""
    chance = random.Random(count)
    languages = json.loads(COUNTS.read_text(encoding="utf-8"))["languages"]
    words = [word for some in languages["en"]["words"].values() for word in some.split() if word.isalpha()]
    recent: list[list[str]] = []
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            headline, told = make_story(chance, number)
            if recent and number % COPIED_EVERY == 0:
                sentences = [*chance.choice(recent), f"It was first told elsewhere, editor {number} wrote."]
            else:
                drawn = [" ".join(chance.choices(words, k=WORDS)).capitalize() + "." for _ in range(SENTENCES)]
                sentences = [told[0], *drawn, f"Ulma Ostra{number} of Val{number * 7 % 99_991} was there."]
                recent = [*recent[-RECENT:], sentences]
            body = {"url": f"https://wire{number % 97}.example/{number}", "headline": headline}
            body["text"] = "\n".join(sentences)
            out.write(json.dumps(body, ensure_ascii=False) + "\n")


def count_committed(output: Path, seen: dict[Path, int]) -> int:
    """Return the number of rows of articles in the manifests of an output; ``seen`` keeps what was read."""
    for path in output.glob("runs/*/manifest-*.json"):
        if path not in seen:
            with contextlib.suppress(OSError, ValueError):
                files = json.loads(path.read_text(encoding="utf-8"))["files"]
                seen[path] = sum(file["rows"] for file in files if file["table"] == "articles")
    return sum(seen.values())


def watch(run: Watched, output: Path, count: int) -> Iterator[tuple[int, float, dict[str, int]]]:
    """Yield articles, seconds, and the highest bytes of each kind of process since the last time, for each tenth."""
    seen: dict[Path, int] = {}
    highest: dict[str, int] = {}
    tenths, is_over = 1, False
    while not is_over:
        is_over = run.wait(timeout_s=EVERY_S) is not None
        for process in [] if is_over else tree_of(run.process.pid):
            name = name_process(process, run.process.pid)
            highest[name] = max(process.rss_bytes, highest.get(name, 0))
        done = count_committed(output, seen)
        if highest and (is_over or done >= count * tenths / 10):
            yield done, time.monotonic() - run.began, highest
            highest, tenths = {}, 10 * done // count + 1


def name_process(process: Process, root: int) -> str:
    """What a process of a run is: the run, the server that starts workers, or a worker, which that has started."""
    if process.pid == root:
        return "run"
    return "server" if process.parent == root else "worker"


def measure(count: int, options: Sequence[str]) -> None:
    """Print a line for each tenth of the articles.

    Raises:
        RuntimeError: the run failed.
    """
    with tempfile.TemporaryDirectory(prefix="run-memory-") as name:
        scratch = Path(name)
        write_articles(scratch / "articles.jsonl", count)
        words = ["run", "--input", str(scratch / "articles.jsonl"), "--output", str(scratch / "lake")]
        words += ["--fetch", "never", "--quiet", "--max_dead_ratio", "1", *options]
        run = Watched(newsmill(*words), scratch=scratch, is_measured=False, every_s=5.0)
        try:
            for done, seconds, highest in watch(run, scratch / "lake", count):
                told = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in highest.items())
                print(f"{done:>9,} articles, {seconds:6.0f} s: {told}", flush=True)
            ended = run.end()
        finally:
            run.kill()
        if ended.code:
            raise RuntimeError(f"the run ended with {ended.code}: {ended.stderr[-1000:]}")
        print(f"{ended.cpu_s / max(count, 1) * 1000:.1f} ms CPU an article")


def report() -> None:
    """Print what few articles take."""
    measure(FEW, ("--workers", "1"))


def main(words: Sequence[str] | None = None) -> int:
    """Print a line for each tenth of the articles."""
    parser = make_parser(__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--without", nargs="+", default=(), metavar="NAME")
    known = parser.parse_args(words)
    options = ["--workers", str(known.workers), *(("--without", *known.without) if known.without else ())]
    measure(known.articles, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
