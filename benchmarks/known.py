"""Cost of an index of ten million stored articles: seconds to start, resident memory, look-ups per second.

Makes an output of id columns alone (random ids, no text), as many files and commits as a year of runs would leave,
then reads the index of it in a process of its own, as a run does at its start.

Usage: ./run.sh bench known [--articles 10000000] [--files 365] [--keep DIR]
"""

import argparse
import binascii
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measures.parser import make_parser
from schemas.articles import Article
from schemas.record import arrow_schema
from tests.support.paths import ROOT
from transforms.known.build import build_index
from transforms.known.saved_index import load_index, save_index
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest, data_path, manifest_path, manifest_to_json, schema_hash
from transforms.lake.manifests import live_files, retracted_ids

FIRST_DAY = date(2025, 1, 1)
ID_COLUMNS = ("article_id", "content_hash", "text_hash", "link_id", "entry_hash")
LOOK_UPS = 200_000
MOST_S = 10.0
"""Time for look-ups."""


def _hex_ids(chance: np.random.Generator, count: int) -> pa.Array:
    """Random ids: 32 hex digits each."""
    digits = binascii.hexlify(chance.bytes(16 * count))
    offsets = np.arange(0, 32 * count + 1, 32, dtype="i4")
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(digits))


def make_lake(output: Path, articles: int, files: int) -> None:
    """Write an output of ``articles`` random ids, spread evenly over ``files`` days with a commit each."""
    chance = np.random.default_rng(1)
    whole = schema_hash(arrow_schema(Article))
    for number in range(files):
        count = articles * (number + 1) // files - articles * number // files
        day = FIRST_DAY + timedelta(days=number)
        run_id = f"{day:%Y%m%d}T000000Z-000000"
        columns = {name: _hex_ids(chance, count) for name in ID_COLUMNS}
        table = pa.table({**columns, "version": pa.array(np.ones(count, dtype="i4"))})
        sink = pa.BufferOutputStream()
        # Random hex digits in the order of no id: as in a real file, whose other columns are skipped.
        pq.write_table(table, sink, compression="zstd", use_dictionary=False, row_group_size=20_000)
        data = sink.getvalue().to_pybytes()
        path = data_path("articles", f"ingest_date={day}", run_id, 0, 0)
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        file = DataFile(
            table="articles", path=path, staged="", rows=count, bytes=len(data), sha256=digest, schema_hash=whole
        )
        where = output / manifest_path(run_id, 0)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(manifest_to_json(Manifest(run_id=run_id, chunk=0, files=(file,))))


def _resident_mb() -> tuple[float, float]:
    """Resident memory now and at its highest, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measure(output: Path, scratch: Path) -> dict[str, float]:
    """Read the index as a run does at its start, hand it to a worker, look ids up; all in this process."""
    before, _ = _resident_mb()
    start = time.perf_counter()
    manifests = Lake(str(output)).manifests()
    index = build_index(str(output), live_files(manifests), retracted=retracted_ids(manifests))
    built_s = time.perf_counter() - start
    held, peak = _resident_mb()
    start = time.perf_counter()
    save_index(index, str(scratch / "index"))
    saved_s = time.perf_counter() - start
    kept_mb = sum(path.stat().st_size for path in (scratch / "index").iterdir()) / 1e6
    known = [f"{int(value):016x}" + "0" * 16 for value in index.articles["id"][:: max(1, len(index) // LOOK_UPS)]]
    unknown = [hashlib.blake2b(str(n).encode(), digest_size=16).hexdigest() for n in range(len(known))]
    mapped = load_index(str(scratch / "index"))
    looked, start = 0, time.perf_counter()
    for name, other in zip(known, unknown, strict=True):
        if mapped.find_article(name) is None or mapped.find_article(other) is not None:
            raise AssertionError(f"of {name} and {other} the first is known and the second is not")
        looked += 2
        if time.perf_counter() - start > MOST_S:
            break
    looked_s = time.perf_counter() - start
    return {
        "articles": len(index),
        "start_up_s": round(built_s, 2),
        "save_s": round(saved_s, 2),
        "index_mb": round(kept_mb),
        "rss_before_mb": round(before),
        "rss_held_mb": round(held),
        "rss_peak_mb": round(peak),
        "look_ups_a_second": round(looked / looked_s),
    }


def main() -> int:
    """Print one line of JSON."""
    parser = make_parser(__doc__)
    parser.add_argument("--articles", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=365)
    parser.add_argument("--keep", type=Path, help="directory of the made output; used again where it is there")
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)
    known = parser.parse_args()
    if known.child:
        print(json.dumps(measure(*known.child)))
        return 0
    with tempfile.TemporaryDirectory(prefix="known-") as scratch:
        output = known.keep or Path(scratch, "lake")
        if not output.is_dir():
            start = time.perf_counter()
            make_lake(output, known.articles, known.files)
            print(
                f"made {known.articles:,} ids in {known.files} files in {time.perf_counter() - start:.0f} s", flush=True
            )
        # A process of its own: what making the output took must not count.
        words = [sys.executable, __file__, "--child", str(output), scratch]
        return subprocess.run(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
