"""Peak memory of a run over many small texts and of a run over few, which chunks keep about equal.

Resident memory is summed over the run and all its workers, 20 times a second (shared pages count for each); the
first process's own high-water mark counts where it is higher. Prints both peaks and their ratio as JSON; the exit code
is 1 where it is above 1.2.

Usage: ./run.sh bench memory [--few 5000] [--many 50000] [--files] [--workers N] [--chunk_documents N]
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measures.parser import make_parser
from tests.support.corpus import story_record, story_text
from tests.support.paths import ROOT
from tests.support.processes import newsmill_environment, tree_of

MOST = 1.2
EVERY_S = 0.05


def write_texts(folder: Path, count: int, *, as_files: bool) -> None:
    """``count`` stories as text files, 1,000 to a directory, or as one file of JSON Lines."""
    chance = random.Random(count)
    folder.mkdir()
    if not as_files:
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(story_record(chance, number) + "\n" for number in range(count))
        return
    for number in range(count):
        path = folder / f"{number // 1000:03d}" / f"{number:06d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(story_text(chance, number), encoding="utf-8")


def resident_bytes(session: int) -> int:
    """Resident memory of all processes of a session and of what came of them."""
    return sum(process.rss_bytes for process in tree_of(session))


def measure_run(folder: Path, output: Path, options: list[str]) -> tuple[int, float]:
    """Peak bytes and wall seconds of one run.

    Raises:
        RuntimeError: the run failed.
    """
    words = ["-m", "pipeline", "run", "--input", str(folder), "--output", str(output), "--fetch", "never"]
    words += ["--spacy_model", "none", "--quiet", *options]
    start, peak = time.perf_counter(), 0
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=newsmill_environment(), start_new_session=True)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, resident_bytes(process.pid))
        time.sleep(EVERY_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the run over {folder} ended with {process.returncode}")
    return max(peak, usage.ru_maxrss * 1024), time.perf_counter() - start


def main() -> int:
    """Print one line of JSON; 1 where memory grew with the input."""
    parser = make_parser(__doc__)
    parser.add_argument("--few", type=int, default=5_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--files", action="store_true", help="each text a file of its own, in the place of one JSONL")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--chunk_documents", type=int, help="default: that of newsmill run")
    known = parser.parse_args()
    options = [f"--chunk_documents={known.chunk_documents}"] if known.chunk_documents else []
    options.append(f"--workers={known.workers}")
    peaks, seconds = [], []
    with tempfile.TemporaryDirectory(prefix="memory-") as scratch:
        for count in (known.few, known.many):
            write_texts(Path(scratch, f"in-{count}"), count, as_files=known.files)
            peak, spent = measure_run(Path(scratch, f"in-{count}"), Path(scratch, f"out-{count}"), options)
            peaks.append(peak)
            seconds.append(round(spent, 1))
            print(f"{count:,} texts: peak {peak / 1e6:.0f} MB, {spent:.0f} s", flush=True)
    ratio = peaks[1] / peaks[0]
    found = {"texts": [known.few, known.many], "files": known.files, "workers": known.workers, "seconds": seconds}
    print(json.dumps({**found, "peak_mb": [round(peak / 1e6) for peak in peaks], "ratio": round(ratio, 3)}))
    return 1 if ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
