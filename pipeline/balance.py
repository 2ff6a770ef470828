"""The laws that the counters and the rows of a run keep."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.stages import OUTCOMES, SOURCES, STAGES, Stage, find_junctions
from schemas.tables import TABLES, Counters, Table


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

    @property
    def set_aside(self) -> int:
        """Documents that ended in the stage."""
        return sum(getattr(self, name) for name in OUTCOMES if name != "done")


def count_stages(counters: Mapping[str, int], stages: Sequence[Stage] = STAGES) -> list[StageCount]:
    """Count each stage, out of counters named ``<stage>.<outcome>``."""
    return [
        StageCount(
            stage=stage.word,
            entered=counters.get(f"{stage.word}.in", 0),
            **{name: counters.get(f"{stage.word}.{name}", 0) for name in OUTCOMES},
            busy_s=counters.get(f"{stage.word}.micros", 0) / 1e6,
        )
        for stage in stages
    ]


def find_imbalance(
    counters: Mapping[str, int], rows: Mapping[str, int], stages: Sequence[Stage] = STAGES, *, first: int | None = None
) -> list[str]:
    """Find every way in which a run does not balance, in words; empty when it does.

    Three laws. Each document that enters a stage ends in one of the outcomes of the stage. What a stage has done
    enters the next. The rows in the files that were written are the outcomes that were counted on the way; what is
    known already has no new row.

    Args:
        counters: ``<stage>.<outcome>`` to number.
        rows: table to number of rows, counted in the files that were written.
        stages: what documents pass, in order.
        first: documents that are to enter the first stage; None where their number is not known beforehand.
    """
    counts = {count.stage: count for count in count_stages(counters, stages)}
    wrong = []

    def expect(what: str, left: int, right: int) -> None:
        if left != right:
            wrong.append(f"{what}: {left} is not {right}")

    for stage in (*stages, SOURCES):
        ended = sum(counters.get(f"{stage.word}.{name}", 0) for name in stage.outcomes)
        expect(f"{stage.word}: in = {' + '.join(stage.outcomes)}", counters.get(f"{stage.word}.in", 0), ended)
    if first is not None:
        expect(f"{stages[0].word} in = chosen", counts[stages[0].word].entered, first)
    for givers, takers in find_junctions(stages):
        entered, done = sum(counts[word].entered for word in takers), sum(counts[word].done for word in givers)
        expect(f"{' + '.join(takers)} in = {' + '.join(givers)} done", entered, done)
    for table in TABLES.values():
        what, number = _count_rows(table, counts, counters, last=stages[-1].word)
        expect(f"rows of {table.name} = {what}", rows.get(table.name, 0), number)
    return wrong


def _count_rows(
    table: Table, counts: Mapping[str, StageCount], counters: Mapping[str, int], *, last: str
) -> tuple[str, int]:
    """Count the rows that a table must have; in words, too."""
    if isinstance(table.counted, Counters):
        return " + ".join(table.counted.names), sum(counters.get(name, 0) for name in table.counted.names)
    words, number = [], 0
    for outcome in table.counted.outcomes:
        stages = [counts[last]] if outcome == "done" else counts.values()
        words.append(f"{last} done" if outcome == "done" else outcome)
        number += sum(getattr(count, outcome) for count in stages)
    less = sum(counters.get(name, 0) for name in table.counted.less)
    return " less ".join((" + ".join(words), *table.counted.less)), number - less
