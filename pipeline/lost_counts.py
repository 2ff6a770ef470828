"""Counters of an engine that loses some, completed by the rows that are there.

Prism asks a worker what a counter is called when it sees it for the first time. What several bundles give until the
answer is there it keeps in one place, so that of these the last alone counts (``contributeMetrics`` in its
``metrics.go``, Beam 2.77). So a counter is too small at most, and never too large.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from schemas.stages import SOURCES, STAGES, Stage, find_junctions, stage_named
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, TABLES, Counters

Rows = Mapping[str, Mapping[tuple[str | None, ...], int]]

_DEAD_STAGE, _STAGE, _OUTCOME = (
    DEAD_LETTERS.reported.index("stage"), DROPPED.reported.index("stage"), DROPPED.reported.index("outcome"),
)  # fmt: skip


def complete_counters(counters: Mapping[str, int], rows: Rows, stages: Sequence[Stage] = STAGES) -> dict[str, int]:
    """Return counters that are as large as the rows say, at least.

    A counter is raised where rows are there that it must have counted, or where documents have ended in a later stage
    that this one must have given. Nothing is lowered, and nothing is raised because an earlier stage counted more: a
    document that was counted and has no row is missed as before.

    Args:
        counters: ``<stage>.<outcome>`` to number.
        rows: of each table, the number with each of the values of its ``reported`` columns.
        stages: what documents pass, in order.
    """
    found = Counter(counters)
    words = {stage.word for stage in stages}

    def raise_to(name: str, number: int) -> None:
        found[name] = max(found[name], number)

    for name, number in _count_outcomes(rows).items():
        if name.partition(".")[0] in words:
            raise_to(name, number)
    raise_to(f"{stages[-1].word}.done", sum(rows[ARTICLES.name].values()))
    for table in TABLES.values():
        if isinstance(table.counted, Counters):
            first, *others = table.counted.names  # the others are counted where the commit is made: none is lost
            raise_to(first, sum(rows[table.name].values()) - sum(found[name] for name in others))

    junctions = find_junctions(stages)

    def ended(word: str) -> int:
        """Documents of a stage of which the end is counted."""
        return sum(found[f"{word}.{name}"] for name in stage_named(word).outcomes)

    def surplus(word: str) -> int:
        """Documents that have entered a stage, and of which no end is counted."""
        return found[f"{word}.in"] - ended(word)

    def waiting(givers: Sequence[str], takers: Sequence[str]) -> int:
        """Documents that stages have given on, and that are not counted where they enter the next."""
        return sum(found[f"{word}.done"] for word in givers) - sum(found[f"{word}.in"] for word in takers)

    def possible(word: str) -> int:
        """Documents that a stage may have done, of which that is not counted."""
        before = [givers for givers, takers in junctions if takers == (word,)]
        return surplus(word) + sum(max(0, waiting(givers, (word,))) + sum(map(surplus, givers)) for givers in before)

    for _ in stages:  # a stage may give to one that stands before it
        raised = dict(found)
        for givers, takers in junctions:
            missing = sum(map(ended, takers)) - sum(found[f"{word}.done"] for word in givers)
            for word in givers:
                share = max(0, min(missing, possible(word)))
                found[f"{word}.done"] += share
                missing -= share
            found[f"{givers[0]}.done"] += max(0, missing)
        for stage in stages:
            found[f"{stage.word}.in"] -= min(0, surplus(stage.word))
        if found == raised:
            break
    # What became of a source has no row of its own: both counts are made in one call, and one of them was lost.
    left = surplus(SOURCES.word)
    found[f"{SOURCES.word}.{'done' if left > 0 else 'in'}"] += abs(left)
    return {name: number for name, number in found.items() if number or name in counters}


def _count_outcomes(rows: Rows) -> Counter[str]:
    found: Counter[str] = Counter()
    for values, number in rows[DEAD_LETTERS.name].items():
        found[f"{values[_DEAD_STAGE]}.dead"] += number
    for values, number in rows[DROPPED.name].items():
        found[f"{values[_STAGE]}.{values[_OUTCOME]}"] += number
    return found
