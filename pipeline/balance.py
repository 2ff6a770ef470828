"""The counters and the rows of a run go in; what does not add up comes out."""

import itertools
from collections.abc import Mapping
from typing import NamedTuple

STAGES = ("read", "known", "fetch", "extract", "language", "repeats", "versions", "entities", "topics")
"""Stages of the sentence, in order; all count documents."""


class StageCount(NamedTuple):
    """What became of the documents that entered one stage."""

    stage: str
    entered: int
    done: int
    dead: int
    filtered: int
    duplicate: int
    known: int
    busy_s: float


def count_stages(counters: Mapping[str, int]) -> list[StageCount]:
    """One count for each of STAGES, out of counters named ``<stage>.<outcome>``."""
    return [
        StageCount(
            stage=stage,
            entered=counters.get(f"{stage}.in", 0),
            done=counters.get(f"{stage}.done", 0),
            dead=counters.get(f"{stage}.dead", 0),
            filtered=counters.get(f"{stage}.filtered", 0),
            duplicate=counters.get(f"{stage}.duplicate", 0),
            known=counters.get(f"{stage}.known", 0),
            busy_s=counters.get(f"{stage}.micros", 0) / 1e6,
        )
        for stage in STAGES
    ]


def find_imbalance(counters: Mapping[str, int], rows: Mapping[str, int]) -> list[str]:
    """Every way in which a run does not add up, in words; empty when it balances.

    Three laws: within a stage, what enters is done, dead, filtered, duplicate or known. Between stages, what
    one has done enters the next (documents that need no fetch go round that stage). At the end, the rows
    counted in the files written are the outcomes counted on the way; what is known already has no new row.

    Args:
        counters: ``<stage>.<outcome>`` to number.
        rows: table to number of rows, counted in the files that were written.
    """
    stages = {count.stage: count for count in count_stages(counters)}
    wrong = []

    def expect(what: str, left: int, right: int) -> None:
        if left != right:
            wrong.append(f"{what}: {left} is not {right}")

    for count in stages.values():
        ended = count.done + count.dead + count.filtered + count.duplicate + count.known
        expect(f"{count.stage}: in = done + dead + filtered + duplicate + known", count.entered, ended)
    ended = sum(counters.get(f"sources.{outcome}", 0) for outcome in ("done", "dead", "filtered", "known"))
    expect("sources: in = done + dead + filtered + known", counters.get("sources.in", 0), ended)
    round_fetch = stages["read"].done - stages["known"].entered
    expect("fetch in = known done", stages["fetch"].entered, stages["known"].done)
    expect("extract in = fetched + read without fetch", stages["extract"].entered, stages["fetch"].done + round_fetch)
    for before, after in itertools.pairwise(STAGES[3:]):
        expect(f"{after} in = {before} done", stages[after].entered, stages[before].done)
    expect("rows of articles = topics done", rows.get("articles", 0), stages["topics"].done)
    dead, open_before = sum(c.dead for c in stages.values()), counters.get("letters.known", 0)
    expect("rows of dead_letters + known letters = dead", rows.get("dead_letters", 0) + open_before, dead)
    left_out = sum(c.filtered + c.duplicate for c in stages.values())
    expect("rows of dropped = filtered + duplicate", rows.get("dropped", 0), left_out)
    known = sum(c.known for c in stages.values())
    expect("rows of feed_state = subscriptions polled", rows.get("feed_state", 0), counters.get("feeds.polled", 0))
    expect("rows of fetch_log = requests", rows.get("fetch_log", 0), counters.get("fetch_log.requests", 0))
    outcomes = ("articles", "dead_letters", "dropped")
    expect(
        "all rows + known = documents read",
        sum(rows.get(table, 0) for table in outcomes) + known + open_before,
        stages["read"].entered,
    )
    return wrong
