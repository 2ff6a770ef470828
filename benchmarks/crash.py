"""Kills runs at random instants, starts them again until done, and compares the rows with those of an undisturbed run.

One run is left alone. Then runs of the same inputs into fresh lakes are killed (SIGKILL, workers included) at instants
drawn uniformly over the time that the undisturbed run took, and started again with the same words until one ends by
itself; a new lake is begun until all kills are spent. On top, every fourth kill waits for the next commit to begin and
falls a few milliseconds into it, since random instants seldom hit one. Each lake must then hold just the undisturbed
rows (columns that name the run aside), no stray file and no data file without a manifest, and ``newsmill verify`` must
find no fault. The last line printed is the result as JSON; the exit code is 1 on any difference.

Usage: ./run.sh bench crash --kills N [--inputs 2000] [--workers 1|2] [--replay] [--s3] [--seed N] [--keep DIR]
"""

import argparse
import contextlib
import dataclasses
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import make_corpus
from tests.lakes import read_lake
from transforms.lake.lake import CorruptManifest, live_files, read_manifests

ROOT = Path(__file__).parents[1]
MAX_ATTEMPTS = 60
"""Runs of one lake before the next is let through: a loop without progress must end."""
LOCKED = 5


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is run: the words of the command line, and where."""

    corpus: Path
    scratch: Path
    options: tuple[str, ...] = ()
    chunk_documents: int = 200
    aimed_share: float = 0.25
    store: Any = None

    def output(self, name: str) -> str:
        """The --output of a lake."""
        return self.store.url(name) if self.store else str(self.scratch / name)

    def command(self, name: str) -> list[str]:
        """The run of a lake; always the same words, so that it is carried on."""
        words = ["-m", "pipeline", "run", "--input", str(self.corpus), "--output", self.output(name)]
        words += ["--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1", "--quiet"]
        return [sys.executable, *words, "--chunk_documents", str(self.chunk_documents), *self.options]

    def local_copy(self, name: str) -> Path:
        """The lake as a directory; what a store holds is copied."""
        if self.store is None:
            return self.scratch / name
        copy = self.scratch / f"{name}-copy"
        for key in self.store.keys(name + "/"):
            path = copy / key.removeprefix(name + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.store.read(key))
        return copy


@dataclasses.dataclass
class Tally:
    """What was done and found."""

    kills: int = 0
    aimed: int = 0
    lakes: int = 0
    attempts: int = 0
    leases_removed: int = 0
    where: Counter[str] = dataclasses.field(default_factory=Counter)
    differences: list[str] = dataclasses.field(default_factory=list)


def _environment(scratch: Path) -> dict[str, str]:
    temporary = scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(temporary)}


def _group_is_alive(group: int) -> bool:
    """Whether a process of the group still runs; zombies do not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, found = path.read_text().rpartition(")")[2].split()[:3]
            if int(found) == group and state != "Z":
                return True
    return False


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL a run and its workers, and wait until they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while _group_is_alive(process.pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process group {process.pid} outlives SIGKILL")
        time.sleep(0.01)


def start_run(plan: Plan, name: str, log: Path) -> "subprocess.Popen[bytes]":
    """Start the run of a lake in a process group of its own."""
    with log.open("wb") as out:
        return subprocess.Popen(
            plan.command(name),
            cwd=plan.scratch,
            env=_environment(plan.scratch),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_for_commit(process: "subprocess.Popen[bytes]", output: Path) -> bool:
    """Wait until a commit has written its intent; False when the run ends before."""
    while process.poll() is None:
        with contextlib.suppress(OSError):
            for entry in os.scandir(output / "_staging"):
                if Path(entry.path, "commit.json").exists():
                    return True
        time.sleep(0.0005)
    return False


def what_was_hit(output: Path) -> str:
    """What a killed run was at, told from what it left on a disk."""
    names = {path.name for path in (output / "_staging").rglob("*")} if (output / "_staging").is_dir() else set()
    runs = list((output / "runs").rglob("*")) if (output / "runs").is_dir() else []
    if "commit.json" in names:
        return "in a commit"
    if any(path.name == "report.json" for path in runs):
        return "after the report"
    if names:
        return "while staging"
    return "between commits" if any("manifest-" in path.name for path in runs) else "before anything was written"


def is_finished(plan: Plan, name: str) -> bool:
    """Whether a run of the lake has written its report: then a killed one was done, and the next would be a new one."""
    if plan.store:
        return any(key.endswith("/report.json") for key in plan.store.keys(name + "/runs/"))
    return any((plan.scratch / name / "runs").glob("*/report.json"))


def crash_until_done(
    plan: Plan, name: str, *, expected_s: float, chance: random.Random, wanted: int, tally: Tally
) -> None:
    """Kill the run of one lake at random instants until it ends by itself or ``wanted`` kills are spent.

    An unexpected end is a difference; the lake is then left as it is.
    """
    tally.lakes += 1
    spent, output = 0, plan.scratch / name
    for attempt in range(MAX_ATTEMPTS):
        tally.attempts += 1
        log = plan.scratch / f"{name}.log"
        process = start_run(plan, name, log)
        is_last = spent >= wanted or attempt == MAX_ATTEMPTS - 1
        instant = chance.uniform(0, expected_s)
        is_aimed = chance.random() < plan.aimed_share and plan.store is None
        late_s = chance.uniform(0, 0.03)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=None if is_last else instant)
            if process.poll() is None and is_aimed and _wait_for_commit(process, output):
                time.sleep(late_s)
        finally:
            code = process.poll()
            if code is None:
                kill_group(process)
        if code is None:
            spent += 1
            tally.kills += 1
            tally.aimed += is_aimed
            if plan.store is None:
                tally.where[what_was_hit(output)] += 1
            if is_finished(plan, name):
                return
        elif code == LOCKED and plan.store:
            # The lease of a run that was killed on a store ends by itself, only later than a benchmark waits.
            plan.store.client.delete_object(Bucket=plan.store.bucket, Key=f"{name}/_lock")
            tally.leases_removed += 1
        else:
            if code != 0:
                tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
                tally.differences.append(f"{name}: a run ended with {code}: {' | '.join(tail)}")
            return


def find_strays(output: Path) -> Iterator[str]:
    """Files that no manifest vouches for or that a crash left, and files that are not as their manifest says."""
    try:
        live = {file.path: file for file in live_files(list(read_manifests(str(output))))}
    except CorruptManifest as error:
        yield str(error)
        return
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if name.startswith("_staging") or name.endswith(".staged"):
            yield f"left behind: {name}"
        elif name.endswith(".parquet") and name not in live:
            yield f"no manifest has {name}"
    for name, file in live.items():
        path = output / name
        if not path.is_file():
            yield f"missing: {name}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            yield f"not what was committed: {name}"


def compare_rows(found: Mapping[str, Sequence[Any]], expected: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """What of the tables is lost, there twice, or different."""
    for table, rows in expected.items():
        have, want = Counter(map(repr, found[table])), Counter(map(repr, rows))
        lost, more = want - have, have - want
        if lost:
            yield f"{table}: {lost.total()} rows lost, such as {next(iter(lost))[:300]}"
        if more:
            yield f"{table}: {more.total()} rows too many, such as {next(iter(more))[:300]}"


def find_duplicates(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Articles that are there twice in one version."""
    names = Counter((row["article_id"], row.get("version", 1)) for row in found["articles"])
    for (name, version), count in names.items():
        if count > 1:
            yield f"article {name} version {version} is there {count} times"


def verify(plan: Plan, name: str) -> Iterator[str]:
    """What ``newsmill verify`` has to say, where there is such a command."""
    if not (ROOT / "pipeline" / "commands" / "verify.py").is_file():
        return
    options = plan.options if plan.store else ()
    words = [sys.executable, "-m", "pipeline", "verify", "--output", plan.output(name)]
    words += [option for option in options if option.startswith("--s3_")]
    done = subprocess.run(
        words, cwd=plan.scratch, env=_environment(plan.scratch), capture_output=True, text=True, check=False
    )
    if done.returncode:
        yield f"verify ends with {done.returncode}: {(done.stdout + done.stderr).strip()[-600:]}"


def check_lake(plan: Plan, name: str, expected: Mapping[str, Sequence[Any]]) -> list[str]:
    """All differences of a lake from an undisturbed one."""
    output = plan.local_copy(name)
    found = read_lake(output)
    faults = [*find_strays(output), *compare_rows(found, expected), *find_duplicates(found), *verify(plan, name)]
    if plan.store:
        faults += [f"an upload was never ended: {key}" for key in plan.store.uploads()]
    return [f"{name}: {fault}" for fault in faults]


def run_undisturbed(plan: Plan) -> tuple[dict[str, list[dict[str, Any]]], float]:
    """Rows of a run that is left alone, and its wall seconds.

    Raises:
        RuntimeError: it does not end with 0.
    """
    start = time.perf_counter()
    log = plan.scratch / "undisturbed.log"
    process = start_run(plan, "undisturbed", log)
    try:
        code = process.wait()
    finally:
        kill_group(process)
    if code:
        raise RuntimeError(f"the undisturbed run ended with {code}: {log.read_text(errors='replace')[-2000:]}")
    spent = time.perf_counter() - start
    return read_lake(plan.local_copy("undisturbed")), spent


def run_crashes(plan: Plan, kills: int, seed: int, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """The whole test; its result, with all differences."""
    start = time.monotonic()
    chance, tally = random.Random(seed), Tally()
    expected, expected_s = run_undisturbed(plan)
    tally.differences += check_lake(plan, "undisturbed", expected)
    rows = {table: len(found) for table, found in expected.items()}
    say(f"undisturbed: {expected_s:.1f} s, {rows}")
    while tally.kills < kills and len(tally.differences) < 20:
        name = f"lake-{tally.lakes:03d}"
        crash_until_done(plan, name, expected_s=expected_s, chance=chance, wanted=kills - tally.kills, tally=tally)
        faults = check_lake(plan, name, expected)
        tally.differences += faults
        say(f"{name}: {tally.kills} kills in {tally.attempts} runs, {len(faults)} differences, {dict(tally.where)}")
    return {
        **vars(tally),
        "rows": rows,
        "undisturbed_s": round(expected_s, 1),
        "seconds": round(time.monotonic() - start, 1),
    }


def main() -> int:
    """Print the result as one line of JSON; 1 on any difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--chunk_documents", type=int, default=200)
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument("--replay", action="store_true", help="every bundle is processed twice")
    parser.add_argument("--s3", action="store_true", help="into an S3-compatible store on this machine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="directory for the lakes, kept; default: a temporary one")
    known = parser.parse_args()
    options = ["--direct_runner_bundle_repeat=2"] if known.replay else []
    if known.workers > 1:
        options += [f"--direct_num_workers={known.workers}", "--direct_running_mode=multi_processing"]
    with contextlib.ExitStack() as stack:
        store = None
        if known.s3:
            from tests.s3 import Store  # noqa: PLC0415  needs packages that only this needs

            store = stack.enter_context(Store())
            options += store.options
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        scratch = scratch.resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        inputs = make_corpus(scratch / "corpus", known.inputs, known.seed)
        plan = Plan(scratch / "corpus", scratch, tuple(options), known.chunk_documents, store=store)
        found = run_crashes(plan, known.kills, known.seed, say=lambda line: print(line, flush=True))
    arguments = {"workers": known.workers, "replay": known.replay, "s3": known.s3, "seed": known.seed}
    print(json.dumps({"inputs": inputs, **arguments, **found}, ensure_ascii=False))
    return 1 if found["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
