"""Every case of a directory of inputs that once failed, run and compared with the right rows.

A case is a directory with its inputs; what is right of it is in cases.toml beside this module, or in a facts.toml of
the directory itself. Each case has runs, output and server of its own. All are asked: an expected exit code, no
traceback, no ``*.crash`` letter and none of an element that was ended, processor time, each input in a row of some
table, and no process left behind. A case without facts is asked just that; one that needs a server or commands is
then left out.

Prints a line a case; the exit code is 1 when one is wrong, 2 when there is no case.

Usage: ./run.sh bench cases [DIR …] [--only WORD] [--jobs 2] [--options '--workers 2'] [--keep DIR] [-v]
"""

import contextlib
import dataclasses
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import NamedTuple

from benchmarks.measures.case_facts import Facts, Run, count_seen, judge_outcome, judge_run, judge_shown
from benchmarks.measures.parser import make_parser
from tests.support.corpus import story_page, story_text
from tests.support.lakes import read_lake
from tests.support.paths import ROOT
from tests.support.processes import Ended, Watched, judge_signalled, newsmill, run_to_end
from tests.support.servers import Reply, Server, redirect

SHARED = ROOT.parent / "shared" / "cases"
FACTS = Path(__file__).with_suffix(".toml")
NOT_INPUT = ("expected.md", "http.md", "command.txt", "make.py", "facts.toml")
TIMEOUT_S = 600.0
SECRET = "SECRETPW"


class Budget(NamedTuple):
    """Processor time of a run of one short text: what a case may take comes on top."""

    plain_s: float
    entities_s: float


@dataclasses.dataclass
class Case:
    """One directory of inputs."""

    path: Path
    facts: Facts | None

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    def inputs(self) -> list[Path]:
        return sorted(path for path in self.path.iterdir() if path.is_file() and path.name not in NOT_INPUT)


@dataclasses.dataclass
class Verdict:
    """What came of a case: faults, or why it was left out."""

    faults: list[str] = dataclasses.field(default_factory=list)
    seen: str = ""
    skipped: str = ""
    cpu_s: float = 0.0


@dataclasses.dataclass
class Bench:
    """How cases are carried out."""

    scratch: Path
    options: tuple[str, ...]
    budget: Budget

    def run(self, inputs: Sequence[str], output: Path, *, entities: bool = False, more: Sequence[str] = ()) -> Run:
        words = ["run", "--input", *inputs, "--output", str(output), "--max_dead_ratio", "1", *self.options, *more]
        if not entities:
            words += ["--spacy_model", "none"]
        ended = run_to_end(newsmill(*words), scratch=output.parent, timeout_s=TIMEOUT_S)
        return read_run(ended, output)


def read_run(ended: Ended, output: Path) -> Run:
    reports = sorted(output.glob("runs/*/report.txt"))
    shown = "".join(path.read_text(encoding="utf-8") for path in reports)
    return Run(ended, read_lake(output), output, shown)


def article_page(path: str, lines: int = 3) -> str:
    """A page that is an article about the path it is at."""
    told = "".join(
        f"<p>The harbour office of {escape(path)} said on Monday that quay number {n} stays open all winter, "
        "and that the ferry lands there until the spring.</p>"
        for n in range(lines)
    )
    title = f"Harbour story {escape(path)}"
    head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><article><h1>{title}</h1>{told}</article></body></html>"


def _home_page(headlines: int) -> str:
    chance = random.Random(headlines)
    links = "".join(
        f"<li><a href='/2026/{n}.html'>{escape(story_text(chance, n).splitlines()[0])}</a></li>"
        for n in range(headlines)
    )
    head = "<!DOCTYPE html><html lang='en'><head><title>Example Times</title></head>"
    return f"{head}<body><h1>Example Times</h1><ul>{links}</ul></body></html>"


def _reply(case: Case, server: Server, path: str, how: Facts) -> Callable[[str], Reply]:
    """The script of one path: ``file``, ``raw_file``, ``article``, ``headlines``, ``to``; with cookie and lines."""

    def reply(asked: str) -> Reply:
        if "to" in how:
            return redirect(how["to"], how.get("status", 302))
        if "raw_file" in how:
            return Reply(raw=(case.path / how["raw_file"]).read_bytes())
        if "cookie" in how:
            request = next(one for one in reversed(server.requests()) if one.path == asked)
            if how["cookie"] not in request.headers.get("Cookie", ""):
                return Reply(status=302, headers={"Location": asked, "Set-Cookie": how["cookie"] + "; Path=/"})
        body = (case.path / how["file"]).read_bytes() if "file" in how else b""
        if "headlines" in how:
            body = _home_page(how["headlines"]).encode()
        if how.get("article"):
            body = article_page(path).encode()
        if "lines" not in how:
            return Reply(body, status=how.get("status", 200))
        lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", *how["lines"]]
        if how.get("is_chunked"):
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        else:
            lines.append(f"Content-Length: {len(body)}")
        return Reply(raw="\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return reply


def _feed(addresses: Sequence[str]) -> str:
    items = "".join(
        f"<item><title>Entry {n}</title><link>{escape(address)}</link></item>" for n, address in enumerate(addresses)
    )
    return f"<rss version='2.0'><channel><title>Wire</title><link>https://w.example/</link>{items}</channel></rss>"


def _serve(case: Case, bench: Bench, place: Path) -> Verdict:
    """A feed on this machine links to each path that the case serves; what is a redirect's aim is linked by none."""
    facts = case.facts or {}
    with Server() as server:
        serve: Mapping[str, Facts] = facts["serve"]
        for path, how in serve.items():
            server.routes[path] = _reply(case, server, path, how)
        aims = {how.get("to") for how in serve.values()} | {"/", "/real"}
        server.routes["/feed.xml"] = Reply(
            _feed([server.url(path) for path in serve if path not in aims]),
            headers={"Content-Type": "application/rss+xml"},
        )
        more = ["--allow_private", "--delay_s", "0", "--ignore_robots", *facts.get("options", ())]
        run = bench.run([server.url("/feed.xml")], place / "out", more=more)
    return _verdict(run, [server.url("/feed.xml")], facts, bench)


def _verdict(run: Run, given: Sequence[str], facts: Facts, bench: Bench) -> Verdict:
    idle = bench.budget.entities_s if facts.get("entities") else bench.budget.plain_s
    most = idle + facts.get("cpu_s", 10.0)
    faults = [*judge_run(run, given, facts, most), *judge_outcome(run.tables, facts), *judge_shown(run, facts)]
    return Verdict(faults, count_seen(run), cpu_s=max(0.0, run.ended.cpu_s - idle))


def _run_files(case: Case, bench: Bench, place: Path) -> Verdict:
    facts = case.facts or {}
    copies = place / "in"
    copies.mkdir()
    for path in case.inputs():
        shutil.copyfile(path, copies / path.name)
    total = Verdict()
    for n, names in enumerate(facts.get("files", [[path.name for path in case.inputs()]])):
        given = [str(copies / name) for name in names]
        more = ["--fetch", "never", *facts.get("options", ())]
        run = bench.run(given, place / f"out-{n}", entities=facts.get("entities", False), more=more)
        one = _verdict(run, given, facts, bench)
        total.faults += [f"{'+'.join(names)}: {fault}" for fault in one.faults] if n else one.faults
        total.seen += ("; " if n else "") + one.seen
        total.cpu_s = max(total.cpu_s, one.cpu_s)
    return total


def _run_made(case: Case, bench: Bench, place: Path) -> Verdict:
    """make.py of the case writes the inputs."""
    made = place / "in"
    made.mkdir()
    subprocess.run([sys.executable, str(case.path / "make.py"), str(made)], check=True)
    given = [str(path) for path in sorted(made.rglob("*")) if path.is_file()]
    run = bench.run([str(made)], place / "out", more=["--fetch", "never"])
    # An odd name may be stored escaped: the rows are counted, not looked up by it.
    return _verdict(run, [], {"exit": [0], **(case.facts or {})}, bench) if given else Verdict(["make.py made nothing"])


def _write_texts(folder: Path, names: Sequence[str]) -> None:
    folder.mkdir(parents=True)
    for n, name in enumerate(names):
        (folder / name).write_text(story_text(random.Random(n), n), encoding="utf-8")


def _run_fifo(_case: Case, bench: Bench, place: Path) -> Verdict:
    """A FIFO by a glob and by its name, beside a text: refused by exit 2 or a letter, never opened."""
    _write_texts(place / "d", ["a.txt"])
    os.mkfifo(place / "d" / "f")
    total = Verdict()
    for n, given in enumerate((str(place / "d" / "*"), str(place / "d" / "f"))):
        ended = run_to_end(
            newsmill("run", "--input", given, "--output", str(place / f"out-{n}"), "--fetch", "never", *bench.options),
            scratch=place,
            timeout_s=90,
        )
        run = read_run(ended, place / f"out-{n}")
        faults = list(judge_run(run, [], {"exit": [0, 2, 3]}, bench.budget.plain_s + 10))
        codes = [row["code"] for row in run.tables["dead_letters"]]
        if not ended.is_late and ended.code != 2 and codes != ["read.unreadable"]:
            faults.append(f"exit {ended.code}, letters {codes}: neither exit 2 nor read.unreadable")
        if ended.code == 2 and str(place / "d" / "f") not in ended.stderr:
            faults.append(f"exit 2 without the name of the FIFO: {ended.stderr[-200:]!r}")
        total.faults += [f"{Path(given).name}: {fault}" for fault in faults]
        total.seen += f"exit {ended.code}, {count_seen(run)}; "
    return total


def _run_link(_case: Case, bench: Bench, place: Path) -> Verdict:
    """Links to a directory and a file outside, to one inside and to nowhere: only what lies inside is read."""
    _write_texts(place / "outside", ["secret.txt", "other.txt"])
    _write_texts(place / "d" / "sub", ["a.txt"])
    links = {"x": place / "outside", "y.txt": place / "outside" / "secret.txt", "ssl": Path("/etc/ssl")}
    for name, target in links.items():
        (place / "d" / name).symlink_to(target)
    run = bench.run([str(place / "d")], place / "out", more=["--fetch", "never"])
    facts = {"exit": [0], "kept": 1}
    verdict = _verdict(run, [str(place / "d" / "sub" / "a.txt")], facts, bench)
    rows = [row for name in ("articles", "dead_letters", "dropped") for row in run.tables[name]]
    shown = run.texts() + "".join(row["source_uri"] + str(row.get("message")) for row in rows)
    shown += "".join(path.read_text(encoding="utf-8") for path in run.output.glob("runs/*/report.json"))
    verdict.faults += [f"link {name} is listed nowhere" for name in links if str(place / "d" / name) not in shown]
    inside = [row["source_uri"] for row in run.tables["articles"] if "/sub/" not in row["source_uri"]]
    verdict.faults += [f"read from outside: {uri}" for uri in inside[:3]]
    return verdict


def _run_credentials(_case: Case, bench: Bench, place: Path) -> Verdict:
    """A password in an address: refused, or sent as Basic to that server alone; in either case found nowhere."""
    with Server() as server, Server(host="127.0.0.2") as other:
        feed = _feed([server.url("/story"), other.url("/elsewhere")])
        server.routes["/feed.xml"] = Reply(feed, headers={"Content-Type": "text/xml"})
        server.routes["/story"] = Reply(article_page("/story"))
        other.routes["/elsewhere"] = Reply(article_page("/elsewhere"))
        address = server.url("/feed.xml").replace("http://", f"http://user:{SECRET}@")
        more = ["--allow_private", "--delay_s", "0", "--ignore_robots"]
        run = bench.run([address], place / "out", more=more)
        sent = [one.headers.get("Authorization", "") for one in server.requests() if one.path == "/feed.xml"]
        others = [other.url(one.path) for one in other.requests() if "Authorization" in one.headers]
    faults = list(judge_run(run, [], {"exit": [0, 2, 3]}, bench.budget.plain_s + 10))
    if run.ended.code == 2:
        lines = run.ended.stderr.strip().splitlines()
        if len(lines) != 1 or not lines[0].startswith("newsmill: "):
            faults.append(f"exit 2, but not one line: {lines[-3:]}")
    elif not any(word.startswith("Basic ") for word in sent):
        faults.append(f"neither refused nor sent: exit {run.ended.code}, Authorization {sent}")
    if others:
        faults.append(f"the password went to another server, too: {others}")
    places = {"the terminal": run.ended.stdout + run.ended.stderr, "the rows": repr(run.tables)}
    for path in run.output.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            places[path.relative_to(run.output).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
        places[f"name of {path.name[:40]}"] = path.name
    faults += [f"the password is in {name}" for name, text in places.items() if SECRET in text]
    return Verdict(faults, f"exit {run.ended.code}, {count_seen(run)}")


def _run_signals(_case: Case, bench: Bench, place: Path) -> Verdict:
    """SIGTERM and SIGINT at several instants of one run, carried on each time."""
    folder = place / "pages"
    folder.mkdir()
    for n in range(600):
        (folder / f"{n:04d}.html").write_text(story_page(random.Random(n), n), encoding="utf-8")
    words = ["run", "--input", str(folder), "--output", str(place / "out"), "--fetch", "never", "--spacy_model", "none"]
    words += ["--quiet", "--chunk_documents", "100", *bench.options]
    verdict = Verdict()
    ends = []
    started = place / "started"
    for number, instant_s in ((15, 0.2), (2, 2.0), (15, 4.0), (15, 5.0), (2, 6.0), (15, 8.0)):
        started.unlink(missing_ok=True)
        run = Watched(
            newsmill(*words), scratch=place, hooks=True, more={"NEWSMILL_BENCH_STARTED": str(started)}, every_s=1
        )
        while not started.exists() and run.wait(timeout_s=0) is None:
            time.sleep(0.005)
        if run.wait(timeout_s=instant_s) is None:
            sent_at = time.monotonic()
            run.send(number, to_group=number == signal.SIGINT)
            ended = run.end(20, since=sent_at, patience_s=5.0)
            verdict.faults += judge_signalled(ended, number)
        else:
            ended = run.end()
        ends.append(ended.code)
        if ended.code == 0:
            break
    last = run_to_end(newsmill(*words), scratch=place, timeout_s=TIMEOUT_S)
    articles = len(read_lake(place / "out")["articles"])
    if last.code or articles != 600:
        verdict.faults.append(f"carried on: exit {last.code}, {articles} of 600 articles: {last.stderr[-200:]!r}")
    verdict.seen = f"exit codes {ends}, then {last.code} and {articles} articles"
    return verdict


_KINDS: Mapping[str, Callable[[Case, Bench, Path], Verdict]] = {
    "made": _run_made,
    "fifo": _run_fifo,
    "link": _run_link,
    "credentials": _run_credentials,
    "signals": _run_signals,
}
"""Cases that are more than files."""


def carry_out(case: Case, bench: Bench) -> Verdict:
    """Run one case and judge it."""
    facts, place = case.facts, bench.scratch / case.name.replace("/", "-")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    needs = [name for name in ("http.md", "command.txt") if (case.path / name).exists()]
    if facts is None and needs:
        return Verdict(skipped=f"no facts say how to carry out its {needs[0]}")
    try:
        if facts and "kind" in facts:
            return _KINDS[facts["kind"]](case, bench, place)
        if facts is None and (case.path / "make.py").exists():
            return _run_made(case, bench, place)
        return (_serve if facts and "serve" in facts else _run_files)(case, bench, place)
    except Exception as error:
        return Verdict([f"the benchmark failed: {error!r}"])


def find_cases(folders: Sequence[Path], only: str) -> list[Case]:
    """Directories with an expected.md or facts.toml, at any depth."""
    known = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    found = []
    for folder in folders:
        for path in sorted({path.parent for name in ("expected.md", "facts.toml") for path in folder.rglob(name)}):
            own = path / "facts.toml"
            facts = tomllib.loads(own.read_text(encoding="utf-8")) if own.exists() else known.get(path.name)
            if only in f"{path.parent.name}/{path.name}":
                found.append(Case(path, facts))
    return found


def measure_budget(scratch: Path, options: tuple[str, ...], *, entities: bool) -> Budget:
    """Processor time of a run of one short text, without entities and with."""
    _write_texts(scratch / "idle", ["a.txt"])
    spent = []
    for with_entities in (False, True) if entities else (False,):
        place = scratch / f"idle-{with_entities}"
        place.mkdir()
        bench = Bench(scratch, options, Budget(0, 0))
        run = bench.run([str(scratch / "idle")], place / "out", entities=with_entities, more=["--fetch", "never"])
        if run.ended.code:
            raise RuntimeError(f"a run of one text ended with {run.ended.code}: {run.ended.stderr[-500:]}")
        spent.append(run.ended.cpu_s)
    return Budget(spent[0], spent[-1])


def main() -> int:
    """Print a line a case and the count; 1 when one is wrong."""
    parser = make_parser(__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help=f"directories of cases (default: {SHARED})")
    parser.add_argument("--only", default="", help="part of the names of the cases that are run")
    parser.add_argument("--jobs", type=int, default=2, help="cases at the same time (default: %(default)s)")
    parser.add_argument("--options", default="", help="more words for each run, such as '--workers 2'")
    parser.add_argument("--keep", type=Path, help="directory for the outputs, kept; default: a temporary one")
    parser.add_argument("-v", action="store_true", dest="verbose", help="what was seen of right ones, too")
    known = parser.parse_args()
    cases = find_cases([folder.resolve() for folder in known.folders or [SHARED]], known.only)
    if not cases:
        print(f"no case below {', '.join(map(str, known.folders or [SHARED]))}: name a directory of cases")
        return 2
    options = tuple(shlex.split(known.options))
    counts = Counter[str]()
    with contextlib.ExitStack() as stack:
        scratch = known.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cases-")))
        scratch = scratch.resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        for name in ("idle", "idle-False", "idle-True"):
            shutil.rmtree(scratch / name, ignore_errors=True)
        entities = any((case.facts or {}).get("entities") for case in cases)
        budget = measure_budget(scratch, options, entities=entities)
        print(f"processor time of a run of one text: {budget.plain_s:.1f} s, with entities {budget.entities_s:.1f} s")
        bench = Bench(scratch, options, budget)
        with ThreadPoolExecutor(known.jobs) as pool:
            for case, verdict in zip(cases, pool.map(lambda case: carry_out(case, bench), cases), strict=True):
                word = "skipped" if verdict.skipped else "WRONG" if verdict.faults else "right"
                counts[word] += 1
                told = f"  {verdict.seen}" if known.verbose or verdict.faults else f"  {verdict.skipped}"
                print(f"{word:8}{case.name:52}{verdict.cpu_s:5.1f} s{told}", flush=True)
                for fault in verdict.faults:
                    print(f"          {ascii(fault[:700]) if not fault.isprintable() else fault[:700]}", flush=True)
    print(json.dumps({"cases": len(cases), **counts, "options": known.options}))
    return 1 if counts["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
