"""Politeness over several runs on a simulated web, judged by the log of its servers.

The web is a thousand hosts on loopback addresses, each with a feed, articles, a robots.txt and faults
(``tests/support/simulated_web.py``). ``newsmill run`` subscribes to all of them in a process of its own, in several
rounds: all feeds new, none changed, a tenth changed, and once more with only the feeds that are due. An independent
checker (``tests/support/breaches.py``) reads what the servers logged. Printed are requests, breaches, the share of
requests for unchanged feeds that were answered with 304 or not sent, wall time against the ideal (the slowest host),
and the cost of a round without news. The last line is the result as JSON. The exit code is 1 on a breach, on a failed
run, or where a promise is not kept.

Usage: ./run.sh bench politeness [--hosts 1000] [--rounds 3] [--delay_s 1] [--seed N] [--max_hosts 200] [--keep DIR]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from benchmarks.measures.parser import make_parser
from tests.support.breaches import Breach, Seen, crawl_delay_s, find_breaches, patience_s
from tests.support.paths import ROOT
from tests.support.processes import newsmill, newsmill_environment
from tests.support.simulated_web import SimulatedWeb

LEAST_UNCHANGED = 0.9
CHANGED_SHARE = 0.1
MOST_PATIENCE_S = 60.0
"""A run does not wait for a Retry-After beyond it, so the ideal does not include it."""


@dataclass(kw_only=True)
class Round:
    """One run over the web and what it cost."""

    number: int
    changed: list[int]
    exit_code: int
    last_words: str = ""
    wall_s: float
    cpu_s: float
    peak_mb: float
    seen: list[Seen] = field(default_factory=list)

    @property
    def has_news(self) -> bool:
        """Whether anything was new to the client."""
        return self.number == 1 or bool(self.changed)


def run_words(*, opml: Path, output: Path, delay_s: float, max_hosts: int, options: Sequence[str]) -> list[str]:
    """The command line of a run that polls all feeds of a list."""
    words = ["run", "--feeds", str(opml), "--output", str(output), "--poll", "all", "--allow_private"]
    words += ["--delay_s", str(delay_s), "--max_hosts", str(max_hosts), "--spacy_model", "none"]
    return newsmill(*words, "--contact", "https://newsmill.example/bot", "--max_dead_ratio", "1", *options)


def make_round(number: int, changed: list[int], words: list[str], log: Path) -> Round:
    """Run newsmill once."""
    start = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=ROOT, env=newsmill_environment(), stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Round(
        number=number,
        changed=changed,
        exit_code=process.returncode,
        last_words=_last_words(log) if process.returncode else "",
        wall_s=time.perf_counter() - start,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
    )


def _last_words(log: Path) -> str:
    """What a run said of its failure."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    at = next((n for n, line in enumerate(lines) if "NOT BALANCE" in line and line.isupper()), len(lines) - 3)
    return " | ".join(lines[max(0, at) :][:3])


def ideal_s(seen: Iterable[Seen], *, delay_s: float) -> tuple[float, float]:
    """The least time that the requests of a run take with good manners.

    Returns:
        Seconds of the slowest host, and of all hosts one after the other: what they take, and the pauses between.
    """
    by_host: dict[str, list[Seen]] = defaultdict(list)
    for request in seen:
        by_host[request.host].append(request)
    times = []
    for asked in by_host.values():
        asked.sort(key=lambda request: request.received)
        robots = [request.text for request in asked if request.purpose == "robots" and request.status == 200]
        pause = max([delay_s, *(crawl_delay_s(text or "") for text in robots)])
        spent = sum(request.ended - request.received for request in asked)
        for request in asked[:-1]:
            patience = patience_s(request) or 0.0
            spent += max(pause, patience if patience <= MOST_PATIENCE_S else 0.0)
        times.append(spent)
    return max(times, default=0.0), sum(times)


def count_unchanged(rounds: Sequence[Round]) -> list[dict[str, int]]:
    """What became of feeds that had not changed since their body was last read, for each round.

    'not_modified' and 'not_sent' are as they should be, 'full' is a body sent for nothing, 'other' a refusal, a
    redirect or a failure, and the share leaves it out.
    """
    given: dict[int, int] = {}
    told = []
    for one in rounds:
        counts: Counter[str] = Counter(not_modified=0, not_sent=0, full=0, other=0)
        known = dict(given)
        asked: set[int] = set()
        changed = set(one.changed)
        for seen in one.seen:
            if seen.purpose != "feed":
                continue
            asked.add(seen.owner)
            is_body = seen.status == 200 and seen.is_whole
            if seen.owner in known and known[seen.owner] == seen.version:
                counts["not_modified" if seen.status == 304 else "full" if is_body else "other"] += 1
            if is_body:
                given[seen.owner] = known[seen.owner] = seen.version
        counts["not_sent"] += sum(number not in asked and number not in changed for number in known)
        told.append(dict(counts))
    return told


def count_pages(rounds: Sequence[Round], entry_limit: int = 10) -> list[dict[str, int]]:
    """Requests for articles by why they were made, for each round.

    'news': of entries first given in that round. 'known': of entries given before whose page was received before.
    'again': of entries given before whose page was not, since it had failed or its host was left alone.
    """
    first: dict[tuple[int, int], int] = {}
    failed: dict[tuple[int, int], bool] = {}
    told = []
    for one in rounds:
        counts: Counter[str] = Counter(news=0, again=0, known=0)
        for seen in sorted(one.seen, key=lambda request: request.received):
            if seen.purpose == "feed" and seen.status == 200 and seen.is_whole:
                for entry in range(max(0, seen.version - entry_limit), seen.version):
                    first.setdefault((seen.owner, entry), one.number)
            if seen.purpose != "page":
                continue
            key = seen.owner, seen.version
            is_new = first.get(key, one.number) == one.number
            counts["news" if is_new else "again" if failed.get(key, True) else "known"] += 1
            if not 300 <= (seen.status or 0) < 400:
                failed[key] = seen.status != 200 or not seen.is_whole
        told.append(dict(counts))
    return told


UNANSWERED = "unanswered"


def own_log_counts(output: Path) -> dict[str, int]:
    """Requests by purpose, as newsmill's own log has them, and how many got no answer."""
    rows = ds.dataset(output / "fetch_log", partitioning="hive").to_table(columns=["purpose", "status"])
    counts = dict(sorted(Counter(rows.column("purpose").to_pylist()).items()))
    return {**counts, UNANSWERED: rows.column("status").null_count}


def by_purpose(seen: Iterable[Seen]) -> dict[str, dict[str, int]]:
    """Requests by purpose and status."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for request in seen:
        counts[request.purpose][str(request.status or "none") + ("" if request.is_whole else " cut")] += 1
    return {purpose: dict(sorted(counts[purpose].items())) for purpose in sorted(counts)}


def run_politeness(
    web: SimulatedWeb,
    keep: Path,
    *,
    rounds: int = 3,
    delay_s: float = 1.0,
    max_hosts: int = 200,
    options: Sequence[str] = (),
) -> dict[str, Any]:
    """Run newsmill over a web, and judge.

    Args:
        web: whose hosts have one feed each; in its block.
        keep: directory for lake, logs and the servers' log as JSON Lines.
        rounds: runs. 1: all new; 2: nothing new; 3: a tenth changed; then in turn nothing and a tenth. The last
            of more than three polls what is due alone.
        delay_s: pause promised between two requests to a host, seconds.
        max_hosts: hosts asked at once.
        options: further words of ``newsmill run``.

    Returns:
        Figures; ``failures`` names every promise that was not kept and is empty where all is well.

    Raises:
        FileExistsError: there is a lake in the directory.
    """
    keep.mkdir(parents=True, exist_ok=True)
    if (keep / "lake").exists():
        raise FileExistsError(f"{keep / 'lake'} is there already: name an empty directory")
    web.write_opml(keep / "feeds.opml")
    words = run_words(
        opml=keep / "feeds.opml", output=keep / "lake", delay_s=delay_s, max_hosts=max_hosts, options=options
    )
    done: list[Round] = []
    for number in range(1, rounds + 1):
        changed = web.advance(share=CHANGED_SHARE if number % 2 else 0.0) if number > 1 else []
        is_due_alone = number == rounds > 3
        said = ["due" if word == "all" and is_due_alone else word for word in words]
        done.append(make_round(number, changed, said, keep / f"round-{number}.log"))
    requests, connections = web.log()
    with (keep / "servers.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(asdict(seen)) + "\n" for seen in requests)
    for one in done:
        one.seen = [seen for seen in requests if seen.round == one.number]
    breaches = find_breaches(requests, connections, delay_s=delay_s)
    own = own_log_counts(keep / "lake")
    return summarize(done, breaches, stats=web.stats(), own=own, delay_s=delay_s, hosts=len(web.hosts))


def summarize(
    rounds: Sequence[Round],
    breaches: Sequence[Breach],
    *,
    stats: dict[str, float],
    own: dict[str, int],
    delay_s: float,
    hosts: int,
) -> dict[str, Any]:
    """The figures, and which promises were not kept."""
    by_round = count_unchanged(rounds)
    unchanged = {name: sum(counts[name] for counts in by_round) for name in by_round[0]}
    good = unchanged["not_modified"] + unchanged["not_sent"]
    counted, sent = good + unchanged["full"], unchanged["not_modified"] + unchanged["full"]
    pages = count_pages(rounds)
    told: list[dict[str, Any]] = [
        {
            "round": one.number,
            "changed": len(one.changed),
            "exit_code": one.exit_code,
            "requests": len(one.seen),
            "by_purpose": by_purpose(one.seen),
            "pages": asked,
            "unchanged": counts,
            "bytes": sum(seen.sent_bytes for seen in one.seen),
            "wall_s": round(one.wall_s, 1),
            "ideal_s": round(ideal_s(one.seen, delay_s=delay_s)[0], 1),
            "hosts_s": round(ideal_s(one.seen, delay_s=delay_s)[1], 1),
            "cpu_s": round(one.cpu_s, 1),
            "peak_mb": round(one.peak_mb),
        }
        for one, asked, counts in zip(rounds, pages, by_round, strict=True)
    ]
    quiet = next(((one, line) for one, line in zip(rounds, told, strict=True) if not one.has_news), None)
    cost = None
    if quiet:
        cost = {name: round(1000 * quiet[1][name] / hosts, 1) for name in ("cpu_s", "wall_s", "requests", "bytes")}
    rules = dict(Counter(breach.rule for breach in breaches))
    share = good / counted if counted else None
    failures = [f"run {one.number} ended with {one.exit_code}: {one.last_words}" for one in rounds if one.exit_code]
    failures += [f"run {one.number} asked for nothing" for one in rounds if one.has_news and not one.seen]
    failures += [f"{count} breaches of {rule}" for rule, count in rules.items()]
    if share is not None and share < LEAST_UNCHANGED:
        failures.append(f"{share:.1%} of the requests for unchanged feeds were answered 304 or not sent")
    for one, asked in zip(rounds, pages, strict=True):
        # In the second run no feed has given anything that it had not given before. Later ones also catch up.
        unwanted = sum(asked.values()) if one.number == 2 else asked["known"]
        if not one.has_news and unwanted:
            failures.append(f"run {one.number}, nothing new: {unwanted} requests for articles")
    logged, seen = sum(own.values()) - own[UNANSWERED], sum(len(one.seen) for one in rounds)
    # One that was lost on its way, on a connection that the server just closed, is in the first log alone.
    if not logged - own[UNANSWERED] <= seen <= logged:
        failures.append(
            f"newsmill's log has {logged} requests, {own[UNANSWERED]} of them without answer, the servers' {seen}"
        )
    return {
        "hosts": hosts,
        "delay_s": delay_s,
        "rounds": told,
        "requests": sum(len(one.seen) for one in rounds),
        "breaches": len(breaches),
        "breaches_by_rule": rules,
        "examples": [str(breach) for rule in rules for breach in [b for b in breaches if b.rule == rule][:3]],
        "unchanged": unchanged,
        "unchanged_share": round(share, 4) if share is not None else None,
        "unchanged_share_of_sent": round(unchanged["not_modified"] / sent, 4) if sent else None,
        "quiet_per_1000_feeds": cost,
        "own_log": own,
        "servers_cpu_s": round(stats["cpu_s"], 1),
        "servers_lag_s": [round(stats["lag_p99_s"], 3), round(stats["lag_s"], 3)],
        "failures": failures,
    }


def print_result(result: dict[str, Any]) -> None:
    """The figures for people."""
    for line in result["rounds"]:
        print(
            f"run {line['round']}: {line['changed']} feeds changed; exit code {line['exit_code']}; "
            f"{line['requests']:,} requests, {line['bytes'] / 1e6:.1f} MB; wall {line['wall_s']} s, "
            f"slowest host {line['ideal_s']} s, all hosts {line['hosts_s']} s; cpu {line['cpu_s']} s"
        )
        for purpose, statuses in line["by_purpose"].items():
            print(f"    {purpose:7}", ", ".join(f"{count} x {status}" for status, count in statuses.items()))
        print("    articles", ", ".join(f"{count} {why}" for why, count in line["pages"].items()))
        print("    unchanged feeds", ", ".join(f"{count} {what}" for what, count in line["unchanged"].items()))
    print(
        f"unchanged feeds: answered 304 or not sent {result['unchanged_share']}, of those sent 304 "
        f"{result['unchanged_share_of_sent']}"
    )
    print(f"nothing new, per 1,000 feeds: {result['quiet_per_1000_feeds']}")
    print(f"newsmill's own log: {result['own_log']}")
    usual, worst = result["servers_lag_s"]
    print(f"the servers' log is exact to {usual} s (99 %), {worst} s at worst; a breach smaller than that can hide")
    print(f"breaches: {result['breaches']} {result['breaches_by_rule'] or ''}")
    for example in result["examples"]:
        print("   ", example)
    for failure in result["failures"]:
        print("NOT KEPT:", failure)


def main() -> int:
    """Print the figures; 1 where a promise was not kept."""
    parser = make_parser(__doc__)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay_s", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max_hosts", type=int, default=200)
    parser.add_argument("--slowest_s", type=float, default=2.0, help="latency of the slowest server")
    parser.add_argument("--keep", type=Path, help="directory for the lake and the logs")
    known, options = parser.parse_known_args()
    with (
        tempfile.TemporaryDirectory(prefix="politeness-") as scratch,
        SimulatedWeb(hosts=known.hosts, seed=known.seed, slowest_s=known.slowest_s) as web,
    ):
        result = run_politeness(
            web,
            known.keep or Path(scratch),
            rounds=known.rounds,
            delay_s=known.delay_s,
            max_hosts=known.max_hosts,
            options=options,
        )
    print_result(result)
    print(json.dumps(result))
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
