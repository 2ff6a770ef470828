"""Pages that run for ever, kill their worker, or kill the whole run, beside good pages that must become articles.

benchmarks/hooks makes pages do that: it changes ``read_document`` in the processes of the run, so that a page
with a marker never ends (``endless``), ends its process by a segmentation fault (``deadly``), or kills with SIGKILL
every process that came of the run, its parent included (``murderous``), each time that it is read. Required is, for
each of the three, in a lake of its own:

endless    one run: every other page is an article, each poisoned one a letter ``extract.too_slow``.
deadly     the same with ``extract.worker_died``.
murderous  runs are started again, with the same words, until one ends by itself: every other page is an article, each
           poisoned one a letter ``run.ended_twice``, and so many restarts as halving a chunk needs, no more.

A second run then ends by itself and adds nothing, neither articles nor letters. Prints figures and at last JSON; the
exit code is 1 where a requirement is not met.

Usage: ./run.sh bench poison [MODE …] [--pages 1000] [--poison 20] [--workers 2] [--jsonl] [--keep DIR]
"""

import contextlib
import dataclasses
import json
import math
import random
import re
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measures.parser import make_parser
from tests.support.corpus import make_story, story_page
from tests.support.lakes import read_lake
from tests.support.processes import Ended, newsmill, run_again, run_to_end

MODES = {
    "endless": ("x-poison-endless", "extract.too_slow"),
    "deadly": ("x-poison-kills-worker", "extract.worker_died"),
    "murderous": ("x-poison-kills-all", "run.ended_twice"),
}
"""Marker of a page, as benchmarks/hooks knows it, and the code of its letter."""
_NUMBER = re.compile(r"(\d{6})")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """What is run.

    Attributes:
        pages: all of them.
        poison: how many of them are poisoned.
        is_jsonl: one file of JSON Lines in the place of a file a page.
        options: more words of the command line, such as those of workers.
        is_measured: take processor time and memory, too.
    """

    mode: str
    pages: int
    poison: int
    scratch: Path
    chunk_documents: int = 200
    is_jsonl: bool = False
    options: tuple[str, ...] = ()
    seed: int = 1
    timeout_s: float = 1800.0
    is_measured: bool = True

    @property
    def output(self) -> Path:
        return self.scratch / "out"

    def most_kills(self) -> int:
        """Runs that may be killed: two for each halving of the chunk of each poisoned page, and two more."""
        halvings = math.ceil(math.log2(min(self.pages, self.chunk_documents))) + 1
        return self.poison * 2 * (halvings + 1)

    def run(self) -> Ended:
        words = ["run", "--input", str(self.scratch / "in"), "--output", str(self.output), "--fetch", "never"]
        words += ["--spacy_model", "none", "--max_dead_ratio", "1", "--quiet"]
        words += ["--chunk_documents", str(self.chunk_documents), *self.options]
        return run_to_end(
            newsmill(*words),
            scratch=self.scratch,
            timeout_s=self.timeout_s,
            hooks=True,
            more={"NEWSMILL_BENCH_POISON": "1"},
            is_measured=self.is_measured,
        )


def write_pages(plan: Plan) -> tuple[set[str], set[str]]:
    """Write the pages; headlines of the good ones, numbers of the poisoned ones."""
    folder = plan.scratch / "in"
    folder.mkdir(parents=True)
    marker = MODES[plan.mode][0]
    poisoned = set(random.Random(plan.seed).sample(range(plan.pages), plan.poison))
    good, lines = set(), []
    for n in range(plan.pages):
        text = story_page(random.Random(n), n)
        if n in poisoned:
            text = text.replace("</body>", f"<!-- {marker} --></body>")
        else:
            good.add(make_story(random.Random(n), n)[0])
        if plan.is_jsonl:
            lines.append(json.dumps({"url": f"https://pages.example/{n:06d}", "html": text}) + "\n")
        else:
            (folder / f"{n:06d}.html").write_text(text, encoding="utf-8")
    if plan.is_jsonl:
        (folder / "pages.jsonl").write_text("".join(lines), encoding="utf-8")
    return good, {f"{n:06d}" for n in poisoned}


def _number(row: Mapping[str, Any]) -> str:
    """The page that a letter is about."""
    told = Path(row["source_uri"]).name + " " + (row["url"] or "")
    found = _NUMBER.search(told)
    return found.group() if found else f"{row['source_position'] or 0:06d}"


def find_faults(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], good: set[str], poisoned: set[str], code: str
) -> Iterator[str]:
    """The requirements that the rows do not meet."""
    headlines = Counter(row["headline"] for row in tables["articles"])
    lost, twice = good - set(headlines), [name for name, count in headlines.items() if count > 1]
    others = set(headlines) - good
    if lost:
        yield f"{len(lost)} good pages are lost, such as {sorted(lost)[:3]}"
    if twice:
        yield f"{len(twice)} good pages are there twice, such as {twice[:3]}"
    if others:
        yield f"{len(others)} poisoned pages are articles, such as {sorted(map(str, others))[:3]}"
    codes = Counter(row["code"] for row in tables["dead_letters"])
    if codes != Counter({code: len(poisoned)}):
        yield f"letters {dict(codes)}, not {len(poisoned)} {code}"
    named = {_number(row) for row in tables["dead_letters"]}
    if named != poisoned:
        yield f"letters are of {sorted(named - poisoned)[:5]} and not of {sorted(poisoned - named)[:5]}"


def _judge_ended(ended: Ended, which: str) -> Iterator[str]:
    if ended.is_late:
        yield f"{which} run still ran after {ended.seconds:.0f} s"
    elif ended.code:
        yield f"{which} run ended with {ended.code}: {ended.stderr.strip()[-400:]!r}"
    if "Traceback" in ended.stderr:
        yield f"{which} run: a traceback: {ended.stderr[-600:]!r}"
    if ended.left:
        yield f"{which} run left behind {ended.left}"


def run_poison(plan: Plan) -> dict[str, Any]:
    """All of one mode; its figures and faults."""
    shutil.rmtree(plan.scratch, ignore_errors=True)
    good, poisoned = write_pages(plan)
    code = MODES[plan.mode][1]
    began = time.monotonic()
    ended, attempts = run_again(
        lambda _: plan.run(),
        lambda ended: ended.code == -signal.SIGKILL and not ended.is_late,
        most=plan.most_kills() + 1,
    )
    kills = attempts - 1
    faults = list(_judge_ended(ended, "the"))
    if plan.mode == "murderous" and not kills:
        faults.append("no run was killed: benchmarks/hooks does not fit this newsmill")
    if plan.mode != "murderous" and kills:
        faults.append(f"{kills} runs were killed as a whole")
    tables = read_lake(plan.output) if plan.output.exists() else {"articles": [], "dead_letters": []}
    faults += find_faults(tables, good, poisoned, code)
    seconds = time.monotonic() - began
    again = None
    if not faults:
        again = plan.run()
        faults += _judge_ended(again, "the second")
        after = read_lake(plan.output)
        for table in ("articles", "dead_letters"):
            if len(after[table]) != len(tables[table]):
                faults.append(f"a second run made {len(after[table])} rows of {table} out of {len(tables[table])}")
    return {
        "mode": plan.mode,
        "pages": plan.pages,
        "poison": plan.poison,
        "articles": len(tables["articles"]),
        "letters": dict(Counter(row["code"] for row in tables["dead_letters"])),
        "killed_runs": kills,
        "most_killed_runs": plan.most_kills() if plan.mode == "murderous" else 0,
        "seconds": round(seconds, 1),
        "cpu_s": round(ended.cpu_s, 1),
        "peak_pss_mb": round(ended.peak_pss / 1e6),
        "second_run_s": round(again.seconds, 1) if again else None,
        "faults": faults,
    }


def main() -> int:
    """Print the figures of each mode; 1 where a requirement is not met."""
    parser = make_parser(__doc__)
    parser.add_argument("modes", nargs="*", metavar="MODE", help=f"of {', '.join(MODES)} (default: all)")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--poison", type=int, default=20, help="poisoned pages; murderous ones are at most two")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--element_timeout_s", type=float, default=3.0)
    parser.add_argument("--chunk_documents", type=int, default=200)
    parser.add_argument("--jsonl", action="store_true", help="all pages in one file of JSON Lines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout_s", type=float, default=1800.0, help="a run is ended after that")
    parser.add_argument("--options", default="", help="more words of each run")
    parser.add_argument("--plain", action="store_true", help="give no option of workers and budgets")
    parser.add_argument("--keep", type=Path, help="directory for inputs and outputs, kept; default: a temporary one")
    known = parser.parse_args()
    if unknown := set(known.modes) - set(MODES):
        parser.error(f"{', '.join(sorted(unknown))} is not a mode: choose from {', '.join(MODES)}")
    options = () if known.plain else (f"--workers={known.workers}", f"--element_timeout_s={known.element_timeout_s}")
    results = []
    with contextlib.ExitStack() as stack:
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="poison-")))
        for mode in known.modes or MODES:
            plan = Plan(
                mode=mode,
                pages=known.pages,
                poison=min(2, known.poison) if mode == "murderous" else known.poison,
                scratch=scratch.resolve() / mode,
                chunk_documents=known.chunk_documents,
                is_jsonl=known.jsonl,
                options=(*options, *shlex.split(known.options)),
                seed=known.seed,
                timeout_s=known.timeout_s,
            )
            found = run_poison(plan)
            results.append(found)
            print(
                f"{'WRONG' if found['faults'] else 'right'}  {mode}: {found['articles']} articles, {found['letters']}, "
                f"{found['killed_runs']} runs killed, {found['seconds']} s",
                flush=True,
            )
            for fault in found["faults"]:
                print(f"       {fault}", flush=True)
    print(json.dumps(results))
    return 1 if any(found["faults"] for found in results) else 0


if __name__ == "__main__":
    sys.exit(main())
