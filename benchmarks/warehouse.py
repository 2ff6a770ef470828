"""Loads of a lake into DuckDB and PostgreSQL beside what these databases do themselves, and the changes of a lake.

Writes a lake of real-shaped synthetic articles (with dead letters and rows that were left out, versions, a compaction
and takedowns) and one of a quarter as many. Each step is carried out in a process of its own, newsmill's and the one
that it is compared with after each other:

- DuckDB: all rows, then a commit more; beside "INSERT … SELECT * FROM read_parquet(…)" of the same files into
  tables of the same columns.
- PostgreSQL, where it is installed: the same; beside "\\copy" by psql of the same rows from CSV files that were
  prepared, into tables with the same columns and keys.
- changes: all events of all tables in the order of the commits, those of the last commit, and all articles as the
  command prints them; beside a scan of the same files by pyarrow.

Rows a second are articles; the rows of the other tables come along. Processor time is that of the client and, for
PostgreSQL, of the server. Other work on the machine changes all times: read the ratios. Both lakes get a further
commit of the same size, a hundredth of the articles of the larger one.

The exit code is 1 where the peak memory of a step over the larger lake is more than a half above that over the smaller
one. DuckDB works in the process that loads and holds rows until it has filled the limit that the load gives it; of its
load of all rows, the exit code is therefore 1 where the peak is more than 512 MB above that limit.

Usage: ./run.sh bench warehouse [--rows 200000] [--rounds 1] [--keep DIR] [--without postgres]
"""

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds

from benchmarks.measures.parser import make_parser
from pipeline.change_files import write_changes
from schemas.tables import TABLES
from tests.support.large_lake import grow_lake, write_lake
from tests.support.paths import ROOT
from tests.support.postgres import PostgresServer, find_programs
from tests.support.processes import TICKS, newsmill_environment, processes
from transforms.export.change_events import read_events
from transforms.export.changes import find_changes
from transforms.export.ddl import create_table
from transforms.export.dialects import DIALECTS
from transforms.export.loads import load as loads
from transforms.export.loads.to_duckdb import MEMORY_BYTES
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files

MOST = 1.5
"""Peak memory over a lake, divided by that over a quarter of it, from which on it is not flat."""

FILLS_LIMIT = "DuckDB, first"
"""Step in which a database fills its memory limit, in the process that is measured."""

MOST_ABOVE_LIMIT_MB = 512
"""Peak memory above that limit which is left to Python, its modules and what the database does not count; 264 were
measured."""

Job = dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """What a step took.

    Attributes:
        rows: articles; what else came along is not counted.
        seconds: wall time.
        cpu_s: processor time, that of a server included.
        peak_mb: highest resident memory of the process that did it, without a server.
    """

    rows: int
    seconds: float
    cpu_s: float
    peak_mb: float


@dataclasses.dataclass
class Step:
    """A step of newsmill over lakes of two sizes, and what it is compared with.

    Attributes:
        costs: by rows of the lake, one for each round.
        others: the same of what it is compared with.
    """

    name: str
    beside: str
    costs: dict[int, list[Cost]] = dataclasses.field(default_factory=dict)
    others: dict[int, list[Cost]] = dataclasses.field(default_factory=dict)


# In the processes that do one step each.


def make(job: Job) -> Callable[[], int]:
    """Write a lake."""

    def work() -> int:
        write_lake(Path(job["output"]), job["rows"])
        return int(job["rows"])

    return work


def grow(job: Job) -> Callable[[], int]:
    """Add a commit to one."""

    def work() -> int:
        grow_lake(Path(job["output"]), job["rows"])
        return int(job["rows"])

    return work


def load(job: Job) -> Callable[[], int]:
    """Load a lake as ``newsmill load`` does."""
    loads.open_destination(job["to"]).close()  # imports the driver

    def work() -> int:
        result = loads.load(job["output"], job["to"], tables=job["tables"])
        (articles,) = (done for done in result.tables if done.table == "articles")
        return articles.inserted + articles.updated

    return work


def insert(job: Job) -> Callable[[], int]:
    """Let DuckDB insert the rows of the files of the commits after a number."""
    files = _files(job)
    without_key = dataclasses.replace(DIALECTS["duckdb"], key=None)

    def work() -> int:
        connection = duckdb.connect(job["database"])
        count = 0
        for name in job["tables"]:
            for statement in create_table(TABLES[name], without_key):
                connection.execute(statement)
            done = connection.execute(
                f"INSERT INTO {name} BY NAME SELECT '' AS row_id, 0 AS commit_sequence, * "
                "FROM read_parquet(?, hive_types = {ingest_date: DATE})",
                [files[name]],
            ).fetchone()
            count += done[0] if done and name == "articles" else 0
        connection.close()
        return count

    return work


def scan(job: Job) -> Callable[[], int]:
    """Read the rows of the files of the commits after a number with pyarrow, and do nothing with them."""
    files = _files(job)

    def work() -> int:
        counts = dict.fromkeys(files, 0)
        for name, paths in files.items():
            data = ds.dataset(paths, format="parquet")
            for batch in data.to_batches(batch_size=4_096, fragment_readahead=1, batch_readahead=1):
                counts[name] += batch.num_rows
        return counts["articles"]

    return work


def _files(job: Job) -> dict[str, list[str]]:
    """Files of a lake that commits after a number have, by table."""
    lake = Lake(job["output"])
    live = {file.path for file in live_files(lake.manifests())}
    new = [file for manifest in lake.since(job["since"]) for file in manifest.files if file.path in live]
    return {name: sorted(lake.path(file.path) for file in new if file.table == name) for name in job["tables"]}


def events(job: Job) -> Callable[[], int]:
    """Read the changes after a number, in order."""

    def work() -> int:
        count = 0
        for found in read_events(job["output"], job["since"], tables=job["tables"]):
            count += found.rows.num_rows if found.table == "articles" else 0
        return count

    return work


def lines(job: Job) -> Callable[[], int]:
    """Write all changes of articles as ``newsmill changes`` does, to nowhere."""

    def work() -> int:
        changes = find_changes(job["output"], job["since"], tables=["articles"])
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            return write_changes(nowhere, job["output"], changes, tables=["articles"], form="jsonl")

    return work


def copy_out(job: Job) -> Callable[[], int]:
    """Prepare CSV files of the rows of a loaded schema that came with commits after a number."""

    def work() -> int:
        for name in job["tables"]:
            rows = f"SELECT * FROM {job['schema']}.{name} WHERE commit_sequence > {job['since']}"
            _psql(job, f"\\copy ({rows}) TO '{job['csv']}/{name}.csv' CSV")
        return 0

    return work


def copy_in(job: Job) -> Callable[[], int]:
    """Copy those files into tables of another schema, with the same columns and keys."""

    def work() -> int:
        made = [
            f"{statement};" for name in job["tables"] for statement in create_table(TABLES[name], DIALECTS["postgres"])
        ]
        head = [f"CREATE SCHEMA IF NOT EXISTS {job['schema']};", f"SET search_path = {job['schema']};", *made, "BEGIN;"]
        copies = [f"\\copy {name} FROM '{job['csv']}/{name}.csv' CSV" for name in job["tables"]]
        _psql(job, "\n".join([*head, *copies, "COMMIT;"]))
        return int(job["rows"])

    return work


def _psql(job: Job, script: str) -> None:
    words = [job["psql"], "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", job["conninfo"]]
    environment = {**os.environ, "PGOPTIONS": "--client-min-messages=warning"}
    subprocess.run(words, input=script, text=True, check=True, stdout=subprocess.DEVNULL, env=environment)


JOBS = {work.__name__: work for work in (make, grow, load, insert, scan, events, lines, copy_out, copy_in)}


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def carry_out(job: Job) -> Cost:
    """Do one step in this process."""
    work = JOBS[job["do"]](job)
    cpu_s, start = _cpu_s(), time.perf_counter()
    rows = work()
    seconds, cpu_s = time.perf_counter() - start, _cpu_s() - cpu_s
    # Not ru_maxrss of this process: Linux counts in it what the parent held when it started this one.
    (own,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if job["do"].startswith("copy") else 0
    return Cost(rows=rows, seconds=seconds, cpu_s=cpu_s, peak_mb=(child or int(own.split()[1])) / 1024)


# In the process that starts them.


def run_job(server: PostgresServer | None = None, **job: Any) -> Cost:
    """Do one step in a process of its own.

    Args:
        server: whose processor time counts, too.
        job: what to do.
    """
    before = server_cpu_s(server) if server else 0.0
    words = [sys.executable, __file__, "--job", json.dumps(job)]
    done = subprocess.run(words, cwd=ROOT, env=newsmill_environment(), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{job} failed: what it said is above")
    cost = Cost(**json.loads(done.stdout.splitlines()[-1]))
    return dataclasses.replace(cost, cpu_s=cost.cpu_s + (server_cpu_s(server) - before if server else 0))


def server_cpu_s(server: PostgresServer) -> float:
    """Processor time of a server and all the processes that it has had."""
    main = int((server.directory / "data" / "postmaster.pid").read_text().split()[0])
    fields = Path(f"/proc/{main}/stat").read_text().rpartition(")")[2].split()
    ended = sum(map(int, fields[11:15])) / TICKS
    return ended + sum(process.cpu_s for process in processes().values() if process.parent == main)


@contextlib.contextmanager
def start_postgres() -> Iterator[PostgresServer | None]:
    """Start a server in a directory of its own; gives None where PostgreSQL or what loads into it is not installed."""
    programs = find_programs()
    if programs is None or importlib.util.find_spec("adbc_driver_postgresql") is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="pg-") as directory:
        server = PostgresServer(programs, Path(directory))
        try:
            yield server
        finally:
            server.stop()


class Measurement:
    """All steps over the lakes of both sizes."""

    def __init__(self, scratch: Path, tables: Sequence[str], server: PostgresServer | None) -> None:
        self._scratch, self._tables, self._server = scratch, list(tables), server
        self.steps: dict[str, Step] = {}

    def note(self, step: str, beside: str, rows: int, cost: Cost, other: Cost) -> None:
        """Note what a step took, and what it is compared with."""
        found = self.steps.setdefault(step, Step(step, beside))
        if other.rows != cost.rows:
            raise AssertionError(f"{step}: {cost.rows:,} articles, but {other.rows:,} by {beside}")
        found.costs.setdefault(rows, []).append(cost)
        found.others.setdefault(rows, []).append(other)
        print(
            f"{rows:,}: {step}: {cost.rows:,} articles, {cost.seconds:.1f} s, {cost.cpu_s:.1f} s of processor, "
            f"{cost.peak_mb:.0f} MB; {beside}: {other.seconds:.1f} s, {other.cpu_s:.1f} s, {other.peak_mb:.0f} MB",
            file=sys.stderr,
        )

    def measure(self, lake: Path, rows: int, rounds: int, more: int) -> None:
        """Take all steps over one lake.

        Args:
            lake: where it is.
            rows: articles that it was made with.
            rounds: how often each step is taken.
            more: new articles of the commit that is added.
        """
        job = {"output": str(lake), "tables": self._tables}
        for number in range(rounds):
            self._changes("", rows, job, since=0)
            self._load("first", rows, number, job, since=0)
        for _ in range(rounds):
            since = len(Lake(str(lake)).manifests())
            run_job(do="grow", output=str(lake), rows=more)
            self._changes(", last commit", rows, job, since=since)
            self._load("a commit more", rows, rounds - 1, job, since=since)

    def _changes(self, part: str, rows: int, job: Job, since: int) -> None:
        scanned = run_job(**job, do="scan", since=since)
        found = run_job(**job, do="events", since=since)
        # A takedown is an event, too.
        self.note(f"changes{part}", "pyarrow", rows, dataclasses.replace(found, rows=scanned.rows), scanned)
        if not since:
            written = run_job(**job, do="lines", since=since)
            self.note("changes as JSON", "pyarrow", rows, dataclasses.replace(written, rows=scanned.rows), scanned)

    def _load(self, part: str, rows: int, number: int, job: Job, since: int) -> None:
        base = self._scratch / f"{rows}-{number}"
        cost = run_job(**job, do="load", to=f"duckdb:///{base}.duckdb")
        other = run_job(**job, do="insert", database=f"{base}-own.duckdb", since=since)
        self.note(f"DuckDB, {part}", "INSERT … SELECT", rows, cost, other)
        if self._server is None:
            return
        schema, csv = f"lake_{rows}_{number}", self._scratch / "csv"
        csv.mkdir(exist_ok=True)
        words: Job = {"psql": str(self._server.programs / "psql"), "conninfo": self._server.url(), "csv": str(csv)}
        cost = run_job(self._server, **job, do="load", to=self._server.url(schema=schema))
        run_job(**job, **words, do="copy_out", schema=schema, since=since)
        other = run_job(self._server, **job, **words, do="copy_in", schema=f"{schema}_own", rows=cost.rows)
        self.note(f"PostgreSQL, {part}", "psql \\copy", rows, cost, other)


def peaks_mb(step: Step) -> tuple[float, float]:
    """Peak memory over the smaller lake and over the larger one."""
    small, large = (max(cost.peak_mb for cost in step.costs[size]) for size in sorted(step.costs))
    return small, large


def find_broken(steps: Sequence[Step], limit_mb: float) -> Iterator[str]:
    """Say of each step whose memory is not what it should be what is wrong.

    Args:
        steps: over lakes of two sizes.
        limit_mb: what a load allows DuckDB.
    """
    for step in steps:
        small, large = peaks_mb(step)
        if step.name != FILLS_LIMIT:
            if large > small * MOST:
                yield f"memory grows with the lake: {step.name}, from {small:.0f} to {large:.0f} MB"
        elif max(small, large) > limit_mb + MOST_ABOVE_LIMIT_MB:
            yield f"memory is above its limit: {step.name}, {max(small, large):.0f} MB, the limit is {limit_mb:.0f} MB"


def table_lines(steps: Sequence[Step]) -> Iterator[str]:
    """One table: of each step the best of its rounds over the larger lake, and peak memory over both."""
    yield (
        f"{'step':24} {'articles':>9} {'articles/s':>10} {'cpu s':>7} {'MB, ¼':>7} {'MB':>6}   {'beside':16} "
        f"{'articles/s':>10} {'cpu s':>7} {'MB':>6}   {'speed':>6} {'cpu':>6} {'MB/¼':>5}"
    )
    for step in steps:
        large = max(step.costs)
        cost, other = (min(found[large], key=lambda one: one.seconds) for found in (step.costs, step.others))
        cpu_s, other_cpu_s = (min(one.cpu_s for one in found[large]) for found in (step.costs, step.others))
        peaks = peaks_mb(step)
        yield (
            f"{step.name:24} {cost.rows:9,} {cost.rows / cost.seconds:10,.0f} {cpu_s:7.1f} {peaks[0]:7.0f} "
            f"{peaks[1]:6.0f}   {step.beside:16} {other.rows / other.seconds:10,.0f} {other_cpu_s:7.1f} "
            f"{max(one.peak_mb for one in step.others[large]):6.0f}   {other.seconds / cost.seconds:6.2f} "
            f"{cpu_s / other_cpu_s:6.2f} {peaks[1] / peaks[0]:5.2f}"
        )
    yield "speed: articles a second, as a multiple of the other's; cpu: processor time, as a multiple of the other's"


def main(words: Sequence[str] | None = None) -> int:
    """Print one table; 1 where memory grew with the lake or is above its limit."""
    parser = make_parser(__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="articles of the larger lake")
    parser.add_argument("--rounds", type=int, default=1, help="how often each step is taken; the best counts")
    parser.add_argument("--keep", type=Path, help="directory for lakes and databases; lakes in it are used again")
    parser.add_argument("--without", choices=("postgres",), help="leave PostgreSQL out")
    parser.add_argument("--job", type=json.loads, help=argparse.SUPPRESS)
    known = parser.parse_args(words)
    if known.job:
        print(json.dumps(dataclasses.asdict(carry_out(known.job))))
        return 0
    with contextlib.ExitStack() as open_now:
        scratch = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="warehouse-")))
        server = None if known.without else open_now.enter_context(start_postgres())
        if server is None:
            print("PostgreSQL is left out", file=sys.stderr)
        measurement = Measurement(scratch, ("articles", "dead_letters", "dropped"), server)
        for rows in (known.rows // 4, known.rows):
            lake = (known.keep or scratch) / f"lake-{rows}"
            if not lake.is_dir():
                made = run_job(do="make", output=str(lake), rows=rows)
                print(f"wrote {rows:,} articles in {made.cpu_s:.0f} s of processor", file=sys.stderr)
            measurement.measure(lake, rows, known.rounds, max(10, known.rows // 100))
    steps = list(measurement.steps.values())
    print("\n".join(table_lines(steps)))
    broken = list(find_broken(steps, MEMORY_BYTES / 2**20))
    for found in broken:
        print(found)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
