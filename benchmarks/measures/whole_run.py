"""Whole runs over one WARC file: newsmill without entities, and datatrove with trafilatura."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measures.pages import Page
from benchmarks.measures.warc import write_warc
from tests.support.processes import Watched

_DATATROVE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers.parquet import ParquetWriter

if __name__ == "__main__":
    folder, name, output = sys.argv[1:]
    steps = [WarcReader(folder, glob_pattern=name), Trafilatura(timeout=30), ParquetWriter(output)]
    LocalPipelineExecutor(pipeline=steps, logging_dir=output + "-logs", tasks=1, workers=1).run()
"""


def spread(pages: Sequence[Page], count: int) -> list[Page]:
    """Return so many pages, spread over all."""
    step = max(1, len(pages) // count)
    return list(pages[::step][:count])


def _has_datatrove(python: str) -> bool:
    check = "import datatrove.pipeline.extractors, datatrove.pipeline.writers.parquet, trafilatura, warcio, pyarrow"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _command(way: str, warc: Path, output: Path, python: str) -> list[str]:
    if way == "datatrove":
        script = warc.parent / "datatrove_run.py"
        script.write_text(_DATATROVE, encoding="utf-8")
        return [python, str(script), str(warc.parent), warc.name, str(output)]
    words = ["--input", str(warc), "--output", str(output), "--fetch", "never", "--quiet", "--max_dead_ratio", "1"]
    return [sys.executable, "-m", "pipeline", "run", *words, "--workers", "1", "--spacy_model", "none"]


def _spend(command: Sequence[str], scratch: Path) -> tuple[float, float]:
    """Return the seconds and the processor seconds of a command with all processes that it starts."""
    ended = Watched(command, scratch=scratch, every_s=1.0, is_measured=False).end(3600)
    if ended.code not in (0, 3):
        raise SystemExit(f"{command[:4]} failed: {ended.stderr[-2000:]}")
    return ended.seconds, ended.cpu_s


def compare_runs(pages: Sequence[Page], *, python: str, rounds: int) -> None:
    """Print pages a second and processor time of both, in turn, each in one worker process.

    Start-up is that of a run over one page; figures are given with it and without it.

    Args:
        pages: what the WARC file holds.
        python: Python that has ``datatrove[processing]``.
        rounds: how often each runs; the best is printed.
    """
    ways = ["newsmill"]
    if _has_datatrove(python):
        ways.append("datatrove")
    else:
        print(
            "datatrove: skipped: not installed (pip install 'datatrove[processing]' 'trafilatura', --datatrove PYTHON)"
        )
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        write_warc(scratch / "whole.warc.gz", [page.body for page in pages])
        write_warc(scratch / "one.warc.gz", [page.body for page in pages[:1]])
        spent: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for number in range(rounds):
            for kind in ("one", "whole"):
                for way in ways:
                    command = _command(way, scratch / f"{kind}.warc.gz", scratch / f"{way}-{kind}-{number}", python)
                    spent.setdefault((way, kind), []).append(_spend(command, scratch))
    print(f"whole run over one WARC of {len(pages)} pages, best of {rounds}, one worker process")
    print(
        f"{'':<12}{'pages/s':>9}{'ms CPU/page':>13}{'start-up s':>12}{'CPU s':>7}{'pages/s after it':>18}{'ms CPU':>8}"
    )
    best = {key: min(found, key=lambda pair: pair[1]) for key, found in spent.items()}
    for way in ways:
        (seconds, cpu_s), (start_s, start_cpu_s) = best[way, "whole"], best[way, "one"]
        rest = f"{len(pages) / max(0.001, seconds - start_s):>18.1f}{1000 * (cpu_s - start_cpu_s) / len(pages):>8.1f}"
        head = f"{way:<12}{len(pages) / seconds:>9.1f}{1000 * cpu_s / len(pages):>13.1f}"
        print(f"{head}{start_s:>12.1f}{start_cpu_s:>7.1f}{rest}")
