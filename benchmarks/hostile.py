"""One run over hundreds of hostile inputs of all kinds beside good pages, which must all become articles.

The inputs come from ``tests/support/hostile/``. Required of the run: exit code 0 or 3; each good page is an
article; each hostile input is in a row of articles, dead letters or dropped; no ``*.crash`` letter and no traceback;
no control sequence of a hostile input on the terminal; the longest element within its budget; the peak memory of all
processes together (proportional, PSS) below --most_mb; no process left behind. By default there are two runs, without
entities and with them.

benchmarks/hooks logs when each function of a stage begins and ends, which gives the longest element; one that did not
end must have a letter that says so. Printed are outcomes, codes, memory, times and the slowest kinds, and at last the
figures as JSON. The exit code is 1 where a requirement is not met.

Usage: ./run.sh bench hostile [--inputs 600] [--seed 1] [--workers 2] [--spacy | --no_spacy] [--only WORD] [--keep DIR]
"""

import argparse
import contextlib
import dataclasses
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measures.parser import make_parser
from schemas.stages import CODES
from tests.support.hostile.make import good_page, make_hostile
from tests.support.hostile.makers import Hostile
from tests.support.lakes import read_lake
from tests.support.processes import Ended, newsmill, run_to_end
from transforms.workers.policy import WALL_FACTOR

GOOD = 100
GRACE_S = 3.0
"""What an element may take beyond its budget: the noting itself, and a machine that is busy."""
_TOKEN = re.compile(r"h\d+x\d{5}")
_RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters that a terminal obeys; line feed and tab are the report's own."""
_ENDED_BY = ("too_slow", "too_large", "worker_died", "ended_twice")
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Given:
    """What was made: headline of each good page, kind of each token."""

    good: dict[str, str]
    kinds: dict[str, str]
    made_bytes: int


@dataclasses.dataclass(frozen=True)
class Times:
    """What the hooks noted: elements that ended, and those that began only."""

    ended: list[tuple[str, str, float, float]]
    begun: list[tuple[str, str]]


def write_inputs(folder: Path, inputs: Iterator[Hostile], good: int) -> Given:
    """Write hostile inputs and good pages among them, in one directory."""
    folder.mkdir(parents=True)
    kinds, made = {}, 0
    for one in inputs:
        with open(os.fsencode(folder) + b"/" + one.name, "wb") as out:  # noqa: PTH123  a name that is not UTF-8
            out.write(one.data)
        kinds[one.token], made = one.kind, made + len(one.data)
    headlines = {}
    for n in range(good):
        headline, data = good_page(n)
        # Their names sort among the others, so that they come before, between and behind.
        (folder / f"h{n % 10}y{n:05d}.html").write_bytes(data)
        headlines[headline] = f"h{n % 10}y{n:05d}"
    return Given(headlines, kinds, made)


def read_times(folder: Path) -> Times:
    """What the hooks of all processes noted."""
    begun: dict[str, tuple[str, str]] = {}
    ended = []
    for path in folder.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):  # a line that a kill has cut
                said = json.loads(line)
                if "name" in said:
                    begun[said["key"]] = (said["stage"], said["name"])
                elif said["key"] in begun:
                    ended.append((*begun.pop(said["key"]), said["wall_s"], said["cpu_s"]))
    return Times(ended, list(begun.values()))


def token_of(row: Mapping[str, Any]) -> str | None:
    """The input that a row came from."""
    for name in ("source_uri", "url", "headline", "message"):
        if found := _TOKEN.search(row.get(name) or ""):
            return found.group()
    return None


def outcomes_of(tables: Tables) -> dict[str, Counter[str]]:
    """Token to what its rows are: 'article', codes and reasons."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for table, name in (("articles", ""), ("dead_letters", "code"), ("dropped", "reason")):
        for row in tables[table]:
            if token := token_of(row):
                found[token][row[name] if name else "article"] += 1
    return found


def find_faults(
    ended: Ended, tables: Tables, given: Given, times: Times, output: Path, *, budget_s: float, most_bytes: float
) -> Iterator[str]:
    """What is not as asked."""
    if ended.is_late:
        yield f"the run was ended after {ended.seconds:.0f} s"
    if ended.code not in (0, 3):
        yield f"exit code {ended.code}: {ended.stderr[-600:]!a}"
    if ended.left:
        yield f"left behind: {ended.left}"
    reports = list(output.glob("runs/*/report.txt"))
    if not list(output.glob("runs/*/report.json")):
        yield "no report.json"
    shown = {"stdout": ended.stdout, "stderr": ended.stderr}
    shown |= {path.name: path.read_bytes().decode("utf-8", "replace") for path in reports}
    for name, text in shown.items():
        if "Traceback" in text:
            yield f"a traceback in {name}: {text[text.index('Traceback') :][:600]!a}"
        if raw := _RAW.search(text):
            yield f"{name} holds {raw.group()!a}: {text[max(0, raw.start() - 60) : raw.end() + 60]!a}"
        if re.search(r"^FAKE newsmill", text, re.MULTILINE):
            yield f"a name makes a line of its own in {name}"
    headlines = Counter(row["headline"] for row in tables["articles"])
    lost = [headline for headline in given.good if headlines[headline] != 1]
    if lost:
        yield f"{len(lost)} of {len(given.good)} good pages are not there once: {lost[:3]}"
    found = outcomes_of(tables)
    gone = [f"{token} {kind}" for token, kind in given.kinds.items() if token not in found]
    if gone:
        yield f"{len(gone)} inputs are in no table: {gone[:12]}"
    crashes = [row for row in tables["dead_letters"] if row["code"].endswith(".crash")]
    if crashes:
        named = Counter(
            f"{row['code']} {given.kinds.get(token_of(row) or '', '?')} {row['message'][:80]}" for row in crashes
        )
        yield f"{len(crashes)} crash letters: {named.most_common(12)!a}"
    if not times.ended:
        yield "no element was timed: benchmarks/hooks does not fit this newsmill"
    for stage, name, wall_s, cpu_s in times.ended:
        if cpu_s > budget_s + GRACE_S or wall_s > WALL_FACTOR * budget_s + GRACE_S:
            took = f"{cpu_s:.1f} s, {wall_s:.1f} s by the wall clock, its budget is {budget_s:.0f}"
            yield f"{stage} of {name!a} ({kind_of(name, given)}) took {took}"
    stopped = sum(row["code"].rpartition(".")[2] in _ENDED_BY for row in tables["dead_letters"])
    if len(times.begun) > stopped:
        yield f"{len(times.begun)} elements did not end and {stopped} letters say so: {times.begun[:6]!a}"
    if ended.peak_pss > most_bytes:
        yield f"peak memory {ended.peak_pss / 1e6:.0f} MB of all processes, most is {most_bytes / 1e6:.0f}"


def kind_of(name: str, given: Given) -> str:
    """Kind of the input that a name or address belongs to."""
    found = _TOKEN.search(name)
    return given.kinds.get(found.group(), "?") if found else "good"


def slowest_kinds(times: Times, given: Given) -> list[tuple[str, str, float]]:
    """Kind, stage and processor seconds of the slowest elements, each kind once a stage."""
    most: dict[tuple[str, str], float] = defaultdict(float)
    for stage, name, _, cpu_s in times.ended:
        key = (kind_of(name, given), stage)
        most[key] = max(most[key], cpu_s)
    return sorted(((kind, stage, round(s, 2)) for (kind, stage), s in most.items()), key=lambda one: -one[2])


def run_hostile(given: Given, folder: Path, place: Path, known: argparse.Namespace, *, spacy: bool) -> dict[str, Any]:
    """One run and its figures."""
    shutil.rmtree(place, ignore_errors=True)
    times_at = place / "times"
    times_at.mkdir(parents=True)
    output = place / "out"
    words = ["run", "--input", str(folder), "--output", str(output), "--fetch", "never", "--max_dead_ratio", "1"]
    words += [] if spacy else ["--spacy_model", "none"]
    if not known.plain:
        words += ["--workers", str(known.workers), "--element_timeout_s", str(known.element_timeout_s)]
    words += shlex.split(known.options)
    ended = run_to_end(
        newsmill(*words),
        scratch=place,
        timeout_s=known.timeout_s,
        hooks=True,
        more={"NEWSMILL_BENCH_TIMES": str(times_at)},
    )
    (place / "stdout.txt").write_text(ended.stdout, encoding="utf-8")
    (place / "stderr.txt").write_text(ended.stderr, encoding="utf-8")
    tables, times = read_lake(output), read_times(times_at)
    found = outcomes_of(tables)
    faults = find_faults(
        ended,
        tables,
        given,
        times,
        output,
        budget_s=known.element_timeout_s,
        most_bytes=known.most_mb * 1e6,
    )
    # A container has rows of many kinds: it counts as an article where one of them is.
    by_outcome = Counter(
        "article"
        if rows["article"]
        else "letter"
        if any(code.partition(".")[0] in _STAGES for code in rows)
        else "dropped"
        for rows in (found.get(token, Counter()) for token in given.kinds)
        if rows
    )
    codes = sum((found.get(token, Counter()) for token in given.kinds), Counter[str]())
    slow = slowest_kinds(times, given)
    ended_by = [
        f"{row['code']} {given.kinds.get(token_of(row) or '', '?')}"
        for row in tables["dead_letters"]
        if row["code"].rpartition(".")[2] in _ENDED_BY and row["code"] != "read.too_large"  # that is a size, too
    ]
    return {
        "spacy": spacy,
        "workers": known.workers,
        "inputs": len(given.kinds),
        "input_mb": round(given.made_bytes / 1e6, 1),
        "good": len(given.good),
        "exit": ended.code,
        "outcomes": dict(by_outcome),
        "rows": dict(codes.most_common()),
        "ended_by_budget": dict(Counter(ended_by)),
        "wall_s": round(ended.seconds, 1),
        "cpu_s": round(ended.cpu_s, 1),
        "peak_pss_mb": round(ended.peak_pss / 1e6),
        "peak_rss_mb": round(ended.peak_rss / 1e6),
        "processes": ended.peak_processes,
        "longest_s": round(max((cpu_s for *_, cpu_s in times.ended), default=0.0), 2),
        "longest_wall_s": round(max((wall_s for *_, wall_s, _ in times.ended), default=0.0), 2),
        "slowest": slow[:15],
        "faults": list(faults),
    }


_STAGES = {code.partition(".")[0] for code in CODES}


def show(figures: Mapping[str, Any]) -> None:
    """Print the figures for people."""
    print(f"{'with' if figures['spacy'] else 'without'} entities, {figures['workers']} workers:")
    for name in ("inputs", "good", "outcomes", "rows", "ended_by_budget"):
        print(f"  {name:18}{figures[name]}")
    print(
        f"  {'wall, CPU':18}{figures['wall_s']} s, {figures['cpu_s']} s; longest element {figures['longest_s']} s, "
        f"by the wall clock {figures['longest_wall_s']} s"
    )
    print(f"  {'peak memory':18}PSS {figures['peak_pss_mb']} MB, sum of RSS {figures['peak_rss_mb']} MB")
    for n, (kind, stage, cpu_s) in enumerate(figures["slowest"]):
        print(f"  {'' if n else 'slowest':18}{cpu_s:6.2f} s  {stage:10}{kind}")
    for fault in figures["faults"]:
        print(f"  WRONG  {ascii(fault) if not fault.isprintable() else fault}")


def main() -> int:
    """Print the figures of each run; 1 where anything is not as asked."""
    parser = make_parser(__doc__)
    parser.add_argument("--inputs", type=int, default=600)
    parser.add_argument("--good", type=int, default=GOOD)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--element_timeout_s", type=float, default=10.0)
    parser.add_argument("--most_mb", type=float, default=2000.0, help="peak memory of all processes")
    parser.add_argument("--timeout_s", type=float, default=3600.0, help="the run is ended after that")
    parser.add_argument("--scale", type=float, default=1.0, help="factor of the size of inputs")
    parser.add_argument("--only", default="", help="part of the names of the kinds that are made")
    parser.add_argument("--spacy", action=argparse.BooleanOptionalAction, help="only with entities, or only without")
    parser.add_argument("--no_spacy", dest="spacy", action="store_false", help=argparse.SUPPRESS)
    parser.add_argument("--options", default="", help="more words of the run")
    parser.add_argument("--plain", action="store_true", help="give no option of workers and budgets")
    parser.add_argument("--keep", type=Path, help="directory for inputs and outputs, kept; default: a temporary one")
    known = parser.parse_args()
    is_well = True
    with contextlib.ExitStack() as stack:
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-")))
        scratch = scratch.resolve()
        folder = scratch / "in"
        shutil.rmtree(folder, ignore_errors=True)
        given = write_inputs(
            folder, make_hostile(known.inputs, known.seed, only=known.only, scale=known.scale), known.good
        )
        for spacy in (False, True) if known.spacy is None else (known.spacy,):
            figures = run_hostile(given, folder, scratch / f"spacy-{spacy}", known, spacy=spacy)
            show(figures)
            print(json.dumps(figures), flush=True)
            is_well = is_well and not figures["faults"]
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
