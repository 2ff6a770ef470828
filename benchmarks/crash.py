"""Runs that are ended at random instants and started again until done, and their rows compared with the inputs.

One run is left alone. Then runs of the same inputs into fresh lakes are ended at instants drawn uniformly over the time
that the undisturbed run took, and started again with the same words until one ends by itself; a new lake is begun
until all signals are spent. What is sent is one of

kill       SIGKILL to the run and all its workers,
kill_main  SIGKILL to the run alone, as a machine without memory does: its workers must go by themselves,
term       SIGTERM to the run,
int        SIGINT to its whole process group, as Ctrl-C in a terminal does.

Every fourth kill waits for the next commit to begin and falls a few milliseconds into it, since random instants seldom
hit one. A run that gets SIGTERM or SIGINT must end with 143 or 130 and one line on standard error, and within 5 s
neither it nor any process of it may be left.

Each lake must then hold just the undisturbed rows (columns that name the run aside), no stray file and no data file
without a manifest, and ``newsmill verify`` must find no fault. Beside that each lake, the undisturbed one as well, is
compared with the inputs that were made: each story an article once and with all its paragraphs, each file in a row.
With --fetching, feeds and pages of local servers are inputs, too: each page an article once, one state for each feed,
one logged request for each page and feed, and the servers' own log holds each that is logged. With --entities
(few inputs) entities are recognised: each mention is where it says.

``--signals N`` does what a terminal and a service manager do and no more: SIGINT and SIGTERM in turn, N of them over
four arrangements: one worker and two, fetching without entities and entities without fetching.

The last line printed is the result as JSON; the exit code is 1 on any difference.

Usage: ./run.sh bench crash --kills N [--inputs 2000] [--workers N] [--signal kill|kill_main|term|int|mixed]
                            [--fetching] [--entities] [--replay] [--s3] [--seed N] [--keep DIR]
       ./run.sh bench crash --signals 60
"""

import contextlib
import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from benchmarks.measures.parser import make_parser
from tests.support.corpus import Made, make_corpus, make_story, read_corpus
from tests.support.lakes import compare_rows, find_duplicates, find_strays, read_lake
from tests.support.processes import WITHIN_S, Ended, Watched, judge_signalled, make_environment, newsmill, run_again
from tests.support.publisher import Publisher

MAX_ATTEMPTS = 60
"""Runs of one lake before the next is let through: a loop without progress must end."""
LOCKED = 5
SIGNALS = {"kill": signal.SIGKILL, "kill_main": signal.SIGKILL, "term": signal.SIGTERM, "int": signal.SIGINT}
FIRST_SERVED = 500_000
"""Number of the first story that is served: those of files are below."""


class Newspapers:
    """Publishers on local hosts whose articles never change; the entries of their feeds have no text."""

    def __init__(self, hosts: int, entries: int) -> None:
        self.publishers = [Publisher(f"Paper {n}", host=f"127.0.3.{n + 1}") for n in range(hosts)]
        self.stories: dict[str, list[str]] = {}
        self.entries = entries
        for n, publisher in enumerate(self.publishers):
            for number in range(FIRST_SERVED + n * entries, FIRST_SERVED + (n + 1) * entries):
                headline, paragraphs = make_story(random.Random(number), number)
                self.stories[headline] = paragraphs
                publisher.publish(f"/{number}", headline, paragraphs, guid=str(number))

    def __enter__(self) -> "Newspapers":
        for publisher in self.publishers:
            publisher.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for publisher in self.publishers:
            publisher.__exit__(None, None, None)

    def feeds(self) -> dict[str, str]:
        """Addresses to subscribe to, each with the ETag of its feed."""
        return {publisher.feed_url: publisher.etag() for publisher in self.publishers}

    def pages(self) -> list[str]:
        """Addresses that the feeds link to."""
        return [publisher.url(path) for publisher in self.publishers for path in publisher.stories]

    def asked(self) -> Counter[str]:
        """How often each address was asked for so far, by the servers' own log."""
        return Counter(publisher.url(request.path) for publisher in self.publishers for request in publisher.requests())


@dataclasses.dataclass(frozen=True)
class Plan:
    """The command line of the runs, and where they write."""

    corpus: Path
    scratch: Path
    options: tuple[str, ...] = ()
    chunk_documents: int = 200
    aimed_share: float = 0.25
    store: Any = None
    signals: tuple[str, ...] = ("kill",)
    papers: Newspapers | None = None
    entities: bool = False

    def output(self, name: str) -> str:
        """The --output of a lake."""
        return self.store.url(name) if self.store else str(self.scratch / name)

    def command(self, name: str) -> list[str]:
        """The run of a lake; always the same words, so that it is carried on."""
        words = ["run", "--input", str(self.corpus), "--output", self.output(name), "--max_dead_ratio", "1", "--quiet"]
        if self.papers:
            words += ["--feeds", *self.papers.feeds(), "--fetch", "missing", "--allow_private", "--delay_s", "0"]
        else:
            words += ["--fetch", "never"]
        words += [] if self.entities else ["--spacy_model", "none"]
        return newsmill(*words, "--chunk_documents", str(self.chunk_documents), *self.options)

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
    """Counts of what was done, and the differences found."""

    kills: int = 0
    aimed: int = 0
    lakes: int = 0
    attempts: int = 0
    leases_removed: int = 0
    signals: Counter[str] = dataclasses.field(default_factory=Counter)
    slowest_end_s: float = 0.0
    where: Counter[str] = dataclasses.field(default_factory=Counter)
    differences: list[str] = dataclasses.field(default_factory=list)


def start_run(plan: Plan, name: str) -> Watched:
    """Start the run of a lake, and return when newsmill's first line is about to run or the run has ended.

    Python's own start, which no program can change, comes before that.
    """
    started = plan.scratch / "started"
    started.unlink(missing_ok=True)
    run = Watched(
        plan.command(name),
        scratch=plan.scratch,
        hooks=True,
        more={"NEWSMILL_BENCH_STARTED": str(started)},
        every_s=0.5,
        is_measured=False,
    )
    while not started.exists() and run.wait(timeout_s=0) is None:
        time.sleep(0.002)
    return run


def _wait_for_commit(run: Watched, output: Path) -> bool:
    """Wait until a commit has written its intent; False when the run ends before."""
    while run.wait(timeout_s=0) is None:
        with contextlib.suppress(OSError):
            for entry in os.scandir(output / "_staging"):
                if Path(entry.path, "commit.json").exists():
                    return True
        time.sleep(0.0005)
    return False


def what_was_hit(output: Path) -> str:
    """What a killed run was doing, by what it left on a disk."""
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
    output, before = plan.scratch / name, tally.kills

    def attempt(number: int) -> bool:
        """Carry out one run; whether another is needed."""
        tally.attempts += 1
        is_last = tally.kills - before >= wanted or number == MAX_ATTEMPTS - 1
        instant = chance.uniform(0, expected_s)
        word = plan.signals[tally.kills % len(plan.signals)]
        is_aimed = chance.random() < plan.aimed_share and plan.store is None and word.startswith("kill")
        late_s = chance.uniform(0, 0.03)
        run = start_run(plan, name)
        try:
            run.wait(timeout_s=None if is_last else instant)
            if run.wait(timeout_s=0) is None and is_aimed and _wait_for_commit(run, output):
                time.sleep(late_s)
            is_sent = run.wait(timeout_s=0) is None
            ended, faults = _end_by(run, word) if is_sent else (run.end(), [])
        finally:
            run.kill()
        # A run may come to its end by itself in the instant in which the signal is sent.
        if is_sent and ended.code != 0:
            tally.kills += 1
            tally.aimed += is_aimed
            tally.signals[word] += 1
            tally.slowest_end_s = max(tally.slowest_end_s, ended.gone_s or 0.0)
            tally.differences += [f"{name}: after {instant:.1f} s {fault}" for fault in faults]
            if plan.store is None:
                tally.where[what_was_hit(output)] += 1
            return not is_finished(plan, name)
        if ended.code == LOCKED and plan.store:
            # The lease of a run that was killed on a store ends by itself, only later than a benchmark waits.
            plan.store.client.delete_object(Bucket=plan.store.bucket, Key=f"{name}/_lock")
            tally.leases_removed += 1
            return True
        if ended.code != 0:
            tail = (ended.stdout + ended.stderr).strip().splitlines()[-3:]
            tally.differences.append(f"{name}: a run ended with {ended.code}: {' | '.join(tail)}")
        return False

    run_again(attempt, bool, most=MAX_ATTEMPTS)


def _end_by(run: Watched, word: str) -> tuple[Ended, list[str]]:
    """Send a signal; how the run ended, and what of that is not as promised."""
    number = SIGNALS[word]
    sent_at = time.monotonic()
    run.send(number, to_group=word in ("kill", "int"))
    ended = run.end(None if word == "kill" else 4 * WITHIN_S, since=sent_at, patience_s=WITHIN_S)
    if word == "kill_main":
        return ended, [f"kill_main: left behind after {WITHIN_S} s: {ended.left}"] if ended.left else []
    return ended, list(judge_signalled(ended, number)) if word != "kill" and ended.code != 0 else []


def verify(plan: Plan, name: str) -> Iterator[str]:
    """The faults that ``newsmill verify`` finds."""
    options = plan.options if plan.store else ()
    words = newsmill("verify", "--output", plan.output(name))
    words += [option for option in options if option.startswith("--s3_")]
    environment = make_environment(plan.scratch, "verify")
    done = subprocess.run(words, cwd=plan.scratch, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"verify ends with {done.returncode}: {(done.stdout + done.stderr).strip()[-600:]}"


def compare_with_made(
    found: Mapping[str, Sequence[Mapping[str, Any]]], made: Made, served: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """What the tables do not hold of the inputs that were made, or hold beside them.

    Args:
        served: headline to paragraphs of the pages that servers had.
    """
    stories = {**made.stories, **served}
    articles = {row["headline"]: row for row in found["articles"]}
    if lost := sorted(set(stories) - set(articles)):
        yield f"{len(lost)} stories are not an article, such as {lost[:2]}"
    if more := sorted(map(str, set(articles) - set(stories))):
        yield f"{len(more)} articles are not a story that was made, such as {more[:2]}"
    counts = Counter(row["headline"] for row in found["articles"])
    if twice := [headline for headline, count in counts.items() if count > 1]:
        yield f"{len(twice)} stories are there more than once, such as {twice[:2]}"
    cut = [
        headline
        for headline, paragraphs in stories.items()
        if headline in articles and any(paragraph not in articles[headline]["text"] for paragraph in paragraphs)
    ]
    if cut:
        yield f"{len(cut)} articles lack a paragraph, such as {cut[:2]}"
    unfetched = [
        headline for headline in served if headline in articles and articles[headline]["text_source"] != "page"
    ]
    if unfetched:
        yield f"{len(unfetched)} articles are not read from their page, such as {unfetched[:2]}"
    rows = {table: {row["source_uri"] for row in found[table]} for table in ("articles", "dead_letters", "dropped")}
    seen = set().union(*rows.values())
    if unseen := [str(path) for path in made.files if str(path) not in seen]:
        yield f"{len(unseen)} files are in no table, such as {unseen[:2]}"
    failed = rows["dead_letters"] | rows["dropped"]
    if passed := [path.name for path in made.broken if str(path) not in failed]:
        yield f"{len(passed)} broken files went through without a letter, such as {passed[:2]}"


def check_entities(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """What is wrong of entities: none at all, or a mention that is not where it says."""
    articles = found["articles"]
    named = [row for row in articles if row["entities"]]
    if 2 * len(named) < len(articles) or not all(row["entity_model"] for row in named):
        yield f"{len(named)} of {len(articles)} articles have entities"
    for row in articles:
        for entity in row["entities"]:
            for mention in entity["mentions"]:
                if row["text"][mention["start"] : mention["end"]] != mention["text"]:
                    yield f"{row['headline']!r}: {mention['text']!r} is not at {mention['start']}"


def _rows_of(output: Path, table: str) -> list[dict[str, Any]]:
    where = output / table
    return ds.dataset(where, partitioning="hive").to_table().to_pylist() if where.exists() else []


def check_requests(output: Path, papers: Newspapers, asked: Mapping[str, int], ended_runs: int) -> Iterator[str]:
    """What is wrong of feed_state and fetch_log, by the servers' own log.

    Args:
        asked: how often each address was asked for by the runs of this lake.
        ended_runs: how many of them were ended by a signal.
    """
    states: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows_of(output, "feed_state"):
        states[row["feed_url"]].append(row)
    for feed, etag in papers.feeds().items():
        rows = states.pop(feed, [])
        if len(rows) != 1:
            yield f"{len(rows)} states of {feed}, not one"
        for row in rows:
            said = (row["status"], row["poll_count"], row["entry_count"], row["etag"])
            if said != ("ok", 1, papers.entries, etag):
                yield f"state of {feed}: status, polls, entries, ETag are {said}"
    if states:
        yield f"states of addresses without a feed: {sorted(states)[:3]}"
    log = Counter(row["url"] for row in _rows_of(output, "fetch_log") if row["purpose"] != "robots")
    wanted = {*papers.feeds(), *papers.pages()}
    for address in sorted(wanted):
        if log[address] != 1:
            yield f"{log[address]} requests for {address} are logged, not one"
        if not 1 <= asked.get(address, 0) <= 1 + ended_runs:
            yield f"{address} was asked for {asked.get(address, 0)} times in {ended_runs + 1} runs"
    if others := sorted(set(log) - wanted):
        yield f"requests are logged for other addresses: {others[:3]}"


def check_lake(
    plan: Plan,
    name: str,
    expected: Mapping[str, Sequence[Any]],
    *,
    asked: Mapping[str, int] | None = None,
    ended_runs: int = 0,
) -> list[str]:
    """All differences of a lake from an undisturbed one and from what was put in.

    Args:
        asked: how often its runs asked the newspapers for each address.
        ended_runs: how many of its runs were ended.
    """
    output = plan.local_copy(name)
    found = read_lake(output)
    faults = [*find_strays(output), *compare_rows(found, expected), *find_duplicates(found), *verify(plan, name)]
    faults += compare_with_made(found, read_corpus(plan.corpus), plan.papers.stories if plan.papers else {})
    if plan.entities:
        faults += list(check_entities(found))[:3]
    if plan.papers:
        faults += list(check_requests(output, plan.papers, asked or {}, ended_runs))[:6]
    if plan.store:
        faults += [f"an upload was never ended: {key}" for key in plan.store.uploads()]
    return [f"{name}: {fault}" for fault in faults]


def run_undisturbed(plan: Plan) -> tuple[dict[str, list[dict[str, Any]]], float]:
    """Rows of a run that is left alone, and its wall seconds.

    Raises:
        RuntimeError: it does not end with 0.
    """
    run = start_run(plan, "undisturbed")
    start = time.perf_counter()
    try:
        ended = run.end()
    finally:
        run.kill()
    if ended.code:
        raise RuntimeError(f"the undisturbed run ended with {ended.code}: {(ended.stdout + ended.stderr)[-2000:]}")
    if ended.left:
        raise RuntimeError(f"the undisturbed run left behind: {ended.left}")
    return read_lake(plan.local_copy("undisturbed")), time.perf_counter() - start


def temporary_files(plan: Plan) -> list[str]:
    """What the runs have left in the directory for temporary files."""
    return sorted(path.name for path in (plan.scratch / "tmp").glob("*"))


def run_crashes(plan: Plan, kills: int, seed: int, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """The whole test; its result, with all differences."""
    start = time.monotonic()
    chance, tally = random.Random(seed), Tally()

    def asked_since(before: Counter[str]) -> Counter[str]:
        return plan.papers.asked() - before if plan.papers else Counter()

    expected, expected_s = run_undisturbed(plan)
    tally.differences += check_lake(plan, "undisturbed", expected, asked=asked_since(Counter()))
    rows = {table: len(found) for table, found in expected.items()}
    say(f"undisturbed: {expected_s:.1f} s, {rows}")
    while tally.kills < kills and len(tally.differences) < 20:
        name, before = f"lake-{tally.lakes:03d}", tally.kills
        asked_before = asked_since(Counter())
        crash_until_done(plan, name, expected_s=expected_s, chance=chance, wanted=kills - tally.kills, tally=tally)
        asked, ended_runs = asked_since(asked_before), tally.kills - before
        faults = check_lake(plan, name, expected, asked=asked, ended_runs=ended_runs)
        tally.differences += faults
        say(f"{name}: {tally.kills} kills in {tally.attempts} runs, {len(faults)} differences, {dict(tally.where)}")
    return {
        **vars(tally),
        "rows": rows,
        "temporary_files": temporary_files(plan)[:20],
        "undisturbed_s": round(expected_s, 1),
        "seconds": round(time.monotonic() - start, 1),
    }


def prepare(folder: Path, inputs: int, seed: int, *, fetching: bool) -> int:
    """Write the corpus; without the record that is an address alone, where addresses would be asked for."""
    shutil.rmtree(folder, ignore_errors=True)
    count = make_corpus(folder, inputs, seed)
    if fetching:
        for path in (folder / "broken").glob("*half.jsonl"):
            path.unlink()
    return count


def send_signals(scratch: Path, count: int, seed: int, inputs: int) -> list[dict[str, Any]]:
    """SIGINT and SIGTERM at random instants, with one worker and two, fetching and with entities."""
    results = []
    arrangements = [(workers, entities) for entities in (False, True) for workers in (1, 2)]
    for n, (workers, entities) in enumerate(arrangements):
        place = scratch / f"workers-{workers}-{'entities' if entities else 'fetching'}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        prepare(place / "corpus", inputs // 4 if entities else inputs, seed, fetching=not entities)
        with contextlib.ExitStack() as stack:
            papers = None if entities else stack.enter_context(Newspapers(3, 20))
            plan = Plan(
                place / "corpus",
                place,
                (f"--workers={workers}",),
                chunk_documents=40 if entities else 100,
                signals=("int", "term") if n % 2 else ("term", "int"),
                papers=papers,
                entities=entities,
            )
            share = count // len(arrangements) + (n < count % len(arrangements))
            found = run_crashes(plan, share, seed + n, say=lambda line: print(line, flush=True))
        results.append({"workers": workers, "entities": entities, "fetching": not entities, **found})
        print(
            f"{workers} workers, {'entities' if entities else 'fetching'}: {dict(found['signals'])}, slowest end "
            f"{found['slowest_end_s']:.1f} s, {len(found['differences'])} differences",
            flush=True,
        )
        for fault in found["differences"]:
            print(f"  {fault}", flush=True)
    return results


def main() -> int:
    """Print the result as one line of JSON; 1 on any difference."""
    parser = make_parser(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--signals", type=int, help="send so many SIGINT and SIGTERM, over four arrangements")
    parser.add_argument("--signal", choices=(*SIGNALS, "mixed"), default="kill", help="what ends a run")
    parser.add_argument("--inputs", type=int, help="default: 2000; 600 with --signals, 200 with --entities")
    parser.add_argument("--chunk_documents", type=int, help="default: 200; 40 with --entities")
    parser.add_argument("--workers", type=int, help="default: newsmill's own")
    parser.add_argument("--multi_processing", type=int, metavar="N", help="N workers of Beam's own in that mode")
    parser.add_argument("--fetching", action="store_true", help="feeds and pages of local servers, too")
    parser.add_argument("--entities", action="store_true", help="with spaCy's entities")
    parser.add_argument("--replay", action="store_true", help="every bundle is processed twice")
    parser.add_argument("--s3", action="store_true", help="into an S3-compatible store on this machine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="directory for the lakes, kept; default: a temporary one")
    known = parser.parse_args()
    options = ["--direct_runner_bundle_repeat=2"] if known.replay else []
    if known.workers:
        options.append(f"--workers={known.workers}")
    if known.multi_processing:
        options += [f"--direct_num_workers={known.multi_processing}", "--direct_running_mode=multi_processing"]
    with contextlib.ExitStack() as stack:
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        scratch = scratch.resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        if known.signals:
            results = send_signals(scratch, known.signals, known.seed, known.inputs or 600)
            print(json.dumps({"seed": known.seed, "signals": known.signals, "results": results}, ensure_ascii=False))
            return 1 if any(found["differences"] or found["temporary_files"] for found in results) else 0
        store = None
        if known.s3:
            from tests.support.s3 import Bucket  # noqa: PLC0415  needs packages that only this needs

            store = stack.enter_context(Bucket())
            options += store.options
        wanted = known.inputs or (200 if known.entities else 2000)
        inputs = prepare(scratch / "corpus", wanted, known.seed, fetching=known.fetching)
        plan = Plan(
            scratch / "corpus",
            scratch,
            tuple(options),
            known.chunk_documents or (40 if known.entities else 200),
            store=store,
            signals=tuple(SIGNALS) if known.signal == "mixed" else (known.signal,),
            papers=stack.enter_context(Newspapers(4, 25)) if known.fetching else None,
            entities=known.entities,
        )
        found = run_crashes(plan, known.kills, known.seed, say=lambda line: print(line, flush=True))
    told = ("workers", "signal", "fetching", "entities", "replay", "s3", "seed")
    arguments = {name: getattr(known, name) for name in told}
    print(json.dumps({"inputs": inputs, **arguments, **found}, ensure_ascii=False))
    return 1 if found["differences"] or found["temporary_files"] else 0


if __name__ == "__main__":
    sys.exit(main())
