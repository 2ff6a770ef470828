"""Whether a finished run is right, by what it counted and by its rows."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.balance import count_stages, find_imbalance
from pipeline.lost_counts import complete_counters
from pipeline.row_counts import Values
from pipeline.settings import Settings
from schemas.errors import ExitCode
from schemas.stages import SOURCES, Stage
from schemas.tables import DEAD_LETTERS, OUTCOME_TABLES
from transforms.known.index import LEFT_OUT_COUNTER
from transforms.lake.manifest import CommitKind, Manifest
from transforms.letters.known import COUNTER


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FinishedRun:
    """A run at its end.

    Attributes:
        kind: of its manifests.
        stages: what its documents pass, in order.
        first: documents that are to enter the first stage; None where their number is not known beforehand.
        arguments: words of the command line.
        counters: what the stages counted; None where the engine has no counters: then the rows in the files are
            compared with what the manifests list, and the report says so. Where the engine loses counts, they are
            completed by the rows first, and the report says that, too.
        manifests: of its commits.
        wall_s: how long it took.
        waiting: subscriptions that were not polled, by why.
    """

    settings: Settings
    kind: CommitKind
    stages: Sequence[Stage]
    first: int | None
    arguments: Sequence[str]
    counters: Mapping[str, int] | None
    manifests: Sequence[Manifest]
    wall_s: float
    waiting: Mapping[str, int]


class Verdict(NamedTuple):
    """What is said of a run.

    Attributes:
        status: in words; begins with "ok" where nothing is wrong.
        code: exit code of the command.
        imbalance: what does not balance, a sentence each.
        counters: of the run, completed by its rows where the engine loses some; empty where it gives none.
    """

    status: str
    code: ExitCode
    imbalance: tuple[str, ...]
    counters: Mapping[str, int]


def count_tables(rows: Mapping[str, Counter[Values]]) -> dict[str, int]:
    """Return the rows of each table."""
    return {table: found.total() for table, found in rows.items()}


def judge_run(run: FinishedRun, rows: Mapping[str, Counter[Values]]) -> Verdict:
    """Judge a run: does it balance, and is the share of dead letters within bounds."""
    numbers, counters = count_tables(rows), run.counters
    how = "ok" if counters is not None else "ok by its rows: the engine gave no counters"
    if counters is not None and run.settings.engine.loses_counts:
        counters = complete_counters(counters, rows, run.stages)
        if counters != run.counters:
            how = "ok by its rows: the engine lost some counts"
    imbalance = [] if counters is None else find_imbalance(counters, numbers, run.stages, first=run.first)
    for table, number in numbers.items():
        promised = sum(manifest.rows(table) for manifest in run.manifests)
        if promised != number:
            imbalance.append(f"{table}: the manifest promises {promised} rows, the files hold {number}")
    counters = counters or {}
    dead_ratio = _dead_ratio(numbers, counters, run.stages)
    status, code = how, ExitCode.DONE
    if imbalance:
        status, code = "does not balance", ExitCode.UNBALANCED
    elif dead_ratio > (allowed := run.settings.run_policy.max_dead_ratio):
        status, code = f"too many dead letters ({dead_ratio:.0%} > {allowed:.0%})", ExitCode.TOO_MANY_DEAD
    return Verdict(status, code, tuple(imbalance), counters)


def _dead_ratio(numbers: Mapping[str, int], counters: Mapping[str, int], stages: Sequence[Stage]) -> float:
    """Return the share of dead letters among all inputs.

    Those count that an earlier run has stored or left out, and each subscription that has not changed since its last
    poll, since a run without news would fail by a single feed else.
    """
    known_letters = counters.get(COUNTER, 0)
    total = (
        sum(numbers[table] for table in OUTCOME_TABLES)
        + sum(count.known for count in count_stages(counters, stages))
        + known_letters
        + counters.get(LEFT_OUT_COUNTER, 0)
        + counters.get(f"{SOURCES.word}.known", 0)
    )
    return (numbers[DEAD_LETTERS.name] + known_letters) / total if total else 0.0
