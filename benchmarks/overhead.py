"""What the pipeline costs: its documents a second against a bare loop of the same functions on the same pages.

Both read saved pages from disk, extract, identify the language, recognise entities, assign topics and write one
Parquet file; both run in processes of their own, in turn, so that neither warms the other up. The pipeline adds
recognising, the ledger, repeats, Beam, staging, commit and report. Start-up (imports, the model) is measured with
one page and subtracted from both.

Usage: ./run.sh bench overhead [--pages N] [--rounds N] [--no_entities]
"""

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from schemas.articles import Article
from schemas.documents import Document, Origin
from schemas.record import rows_to_table
from schemas.trouble import Trouble
from transforms.articles.read import read_document
from transforms.entities.enrich import recognize_entities
from transforms.entities.models import DEFAULT_MODEL, describe_model
from transforms.languages import identify_language
from transforms.topics.assign import assign_topics

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "pages"
SEEDS = ROOT / "seeds" / "pages"
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
"""The same for both: one BLAS thread, as newsmill sets it for itself."""


def bare_loop(folder: Path, output: Path, *, entities: bool) -> int:
    """The same functions without Beam; gives the number of articles."""
    models = {"en": describe_model(DEFAULT_MODEL)} if entities else {}
    rows = []
    for path in sorted(folder.iterdir()):
        origin = Origin(uri=str(path), kind="html")
        try:
            article = read_document(Document(media="html", origin=origin, body=path.read_bytes()))
        except Trouble:
            continue
        rows.append(assign_topics(recognize_entities(identify_language(article), models)))
    pq.write_table(rows_to_table(rows, Article), output, compression="zstd")
    return len(rows)


def write_pages(folder: Path, count: int) -> None:
    """Saved pages to read: public ones where they are, else the seeds' over and over."""
    folder.mkdir()
    public = sorted(SHARED.rglob("*.html.gz")) or sorted(SHARED.rglob("*.gz"))
    if public:
        chosen = public[:: max(1, len(public) // count)][:count]
        bodies = [gzip.decompress(path.read_bytes()) for path in chosen]
    else:
        seeds = [path.read_bytes() for path in sorted(SEEDS.glob("*.html"))]
        bodies = [seeds[n % len(seeds)] + f"<!-- {n} -->".encode() for n in range(count)]
    for n, body in enumerate(bodies):
        (folder / f"{n:05d}.html").write_bytes(body)


def time_child(mode: str, folder: Path, output: Path, *, entities: bool) -> float:
    """Wall seconds of one run in a process of its own."""
    start = time.perf_counter()
    if mode == "bare":
        command = [__file__, "--child", str(folder), str(output)] + ([] if entities else ["--no_entities"])
    else:
        command = ["-m", "pipeline", "run", "--input", str(folder), "--output", str(output), "--fetch", "never"]
        command += ["--quiet", "--max_dead_ratio", "1"] + ([] if entities else ["--spacy_model", "none"])
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def main() -> int:
    """Print one line of JSON a round and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no_entities", action="store_true")
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    entities = not options.no_entities
    if options.child:
        bare_loop(*options.child, entities=entities)
        return 0
    ratios = []
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        write_pages(base / "pages", options.pages)
        write_pages(base / "one", 1)
        start_up: dict[str, float] = {}
        for mode in ("bare", "pipeline"):
            start_up[mode] = time_child(mode, base / "one", base / f"one-{mode}", entities=entities)
        for number in range(options.rounds):
            spent = {
                mode: time_child(mode, base / "pages", base / f"{number}-{mode}", entities=entities) - start_up[mode]
                for mode in ("bare", "pipeline")
            }
            rate = {mode: options.pages / seconds for mode, seconds in spent.items()}
            ratios.append(rate["pipeline"] / rate["bare"])
            print(json.dumps({mode: round(value, 2) for mode, value in rate.items()} | {"ratio": round(ratios[-1], 3)}))
    origin = "public pages" if SHARED.is_dir() else "seed pages"
    print(f"{options.pages} {origin}; start-up s {start_up}; pipeline / bare: median {statistics.median(ratios):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
