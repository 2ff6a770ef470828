"""Processor time of the graph: the first one of a process, a further chunk, a tick of a stream.

Each figure is CPU seconds of this process (its worker pool, which does the reading, is left out), with work so small
that next to nothing but the graph is left. Everything runs through the command line, so that the figures of two
versions can be compared. The only server is one of this process on the loopback interface.

first graph   expand the graph of one chunk and translate it for the runner, in a process that has loaded Beam
second chunk  a run of CHUNKS chunks less a run of one, for each chunk more
idle tick     a tick of a stream in which no feed is due
poll tick     a tick of a stream in which one feed is due and has nothing new

Usage: ./run.sh bench graph [--chunks 6] [--seconds 12]
"""

import contextlib
import io
import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam

from benchmarks.measures.parser import make_parser
from pipeline import cli
from pipeline.beam_pipeline import make_options, make_pipeline
from pipeline.chunks import Element
from pipeline.news import MakeNews
from pipeline.parse import parse
from pipeline.settings import settings_from
from schemas.documents import Source
from tests.support.servers import Reply, Server
from transforms.known.files import KnownFiles

QUIET = ("--quiet", "--spacy_model", "none", "--workers", "1")
TICK_S = 0.05
LINE = '{"url": "https://press.example/%d", "title": "Notice %d", "text": "The ferry leaves Port Ellery at %d."}\n'


def carry_out(words: Sequence[str]) -> float:
    """CPU seconds of one command.

    Raises:
        SystemExit: it failed.
    """
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        code = cli.main([*words, *QUIET])
    if code not in (0, 3):
        raise SystemExit(f"newsmill {' '.join(words)} ended with {code}")
    return time.process_time() - start


def measure_first_graph(scratch: Path) -> float:
    """Build and translate one graph."""
    known, beam_args = parse(["run", "--input", "x.jsonl", "--output", str(scratch / "none"), *QUIET])
    settings = settings_from(known, beam_args)
    start = time.process_time()
    pipeline = make_pipeline(make_options(settings.beam_args))
    elements = beam.Create([Source(uri="x.jsonl")]).with_output_types(Element)
    news = MakeNews(settings, known=KnownFiles(before=None, so_far=None), max_documents=2000)
    _ = pipeline | "Elements" >> elements | "News" >> news
    pipeline.to_runner_api()
    return time.process_time() - start


def run_chunks(scratch: Path, count: int) -> float:
    """CPU seconds of a run of so many chunks."""
    inputs = scratch / f"inputs-{count}"
    inputs.mkdir()
    for n in range(count):
        (inputs / f"{n}.jsonl").write_text(LINE % (n, n, n), encoding="utf-8")
    output = scratch / f"lake-{count}"
    spent = carry_out(["run", "--input", str(inputs), "--output", str(output), "--chunk_documents", "1"])
    made = len(list(output.glob("runs/*/manifest-*.json")))
    if made != count:
        raise SystemExit(f"{made} chunks, and not {count}")
    return spent


def measure_chunk(scratch: Path, count: int) -> float:
    """CPU seconds of a chunk after the first."""
    return (run_chunks(scratch, count) - run_chunks(scratch, 1)) / (count - 1)


def run_stream(server: Server, output: Path, seconds: float, *limits: str) -> tuple[float, int]:
    """CPU seconds of a stream, and how many batches it committed."""
    words = ["stream", "--feeds", server.url("/feed.xml"), "--output", str(output), "--allow_private"]
    words += ["--delay_s", "0", "--tick_s", str(TICK_S), "--stop_after_s", str(seconds), *limits]
    return carry_out(words), len(list(output.glob("runs/*/manifest-*.json")))


FEED = (
    "<rss version='2.0'><channel><title>Press</title><item><title>Notice</title><link>/n</link></item></channel></rss>"
)
PAGE = "<html lang=en><title>Notice</title><body>" + "<p>The ferry leaves Port Ellery on Monday again.</p>" * 5


def measure_ticks(scratch: Path, seconds: float) -> tuple[float, float]:
    """CPU seconds of a tick with nothing due, and of one with one poll."""
    with Server() as server:
        server.routes["/robots.txt"] = Reply("", status=404)
        server.routes["/feed.xml"] = Reply(FEED, headers={"Content-Type": "application/rss+xml"})
        server.routes["/n"] = Reply(PAGE)
        rarely = ("--min_interval_s", "3600", "--max_interval_s", "3600")
        often = ("--min_interval_s", "1", "--max_interval_s", "1")
        short, _ = run_stream(server, scratch / "short", seconds / 6, *rarely)
        long, _ = run_stream(server, scratch / "long", seconds, *rarely)
        idle = max(0.0, long - short) / ((seconds - seconds / 6) / TICK_S)
        once, few = run_stream(server, scratch / "once", seconds / 6, *often)
        polled, many = run_stream(server, scratch / "polled", seconds, *often)
    return idle, (polled - once) / max(1, many - few)


def show(name: str, seconds: float, remark: str = "") -> None:
    """Print one figure."""
    print(f"{name:<14}{seconds:7.3f} CPU s  {remark}", flush=True)


def main() -> None:
    """Print the figures."""
    parser = make_parser(__doc__)
    parser.add_argument("--chunks", type=int, default=6, help="chunks of the longer run (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=12.0, help="length of the longer streams (default: 12)")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="newsmill-graph-") as name:
        scratch = Path(name)
        show("first graph", measure_first_graph(scratch), "expanded and translated")
        show("second chunk", measure_chunk(scratch, given.chunks), f"mean of {given.chunks - 1}")
        idle, poll = measure_ticks(scratch, given.seconds)
        show("idle tick", idle, "no feed due")
        show("poll tick", poll, "one feed due, nothing new")


if __name__ == "__main__":
    main()
