"""Each stage is declared once, and all that mentions stages comes from there."""

import dataclasses

import pytest

from pipeline.balance import find_imbalance
from pipeline.dictionary import render_dictionary
from schemas.stages import CODES, REPROCESSED, STAGES, Stage, find_junctions, stage_named
from transforms.ledger import Ledger


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.word)
def test_a_stage_is_counted_and_described(stage: Stage) -> None:
    ledger = Ledger(stage.word)
    for outcome in ("in", *stage.outcomes):
        ledger.count(outcome)
    with pytest.raises(KeyError):
        ledger.count("lost")
    assert stage_named(stage.word) is stage
    assert f"| `{stage.word}` | {stage.does} |" in render_dictionary()
    assert ("dead" in stage.ends) == any(code.startswith(f"{stage.word}.") for code in CODES)
    if stage.in_workers:
        assert stage.crash in CODES
        assert {f"{stage.word}.{why}" for why in ("too_slow", "too_large", "worker_died")} <= {*CODES}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.word)
@pytest.mark.parametrize("stages", [STAGES, REPROCESSED], ids=["run", "reprocess"])
def test_a_stage_that_is_left_out_does_not_balance(stage: Stage, stages: tuple[Stage, ...]) -> None:
    if stage not in stages:
        return
    counters = {f"{word}.{outcome}": 2 for word in (s.word for s in stages) for outcome in ("in", "done")}
    counters |= {f"{word}.{outcome}": 0 for word in ("known", "fetch") for outcome in ("in", "done")}
    if stage.word in ("known", "fetch"):
        counters |= {f"{word}.{outcome}": 1 for word in ("known", "fetch") for outcome in ("in", "done")}
    assert find_imbalance(counters, {"articles": 2}, stages) == []
    without = {name: count for name, count in counters.items() if name.partition(".")[0] != stage.word}
    assert find_imbalance(without, {"articles": 2}, stages)


def test_what_a_stage_has_done_enters_the_next() -> None:
    links = find_junctions(STAGES)
    assert (("known",), ("fetch",)) in links
    assert (("read", "fetch"), ("known", "extract")) in links
    assert {word for link in links for word in link.takers} == {stage.word for stage in STAGES[1:]}
    assert [link.takers for link in find_junctions(REPROCESSED)] == [(stage.word,) for stage in REPROCESSED[1:]]


def test_an_undeclared_stage_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'translate' is not a stage: declare it in schemas/stages\.py"):
        Ledger("translate")
    with pytest.raises(ValueError, match="add 'dead' to its ends"):
        dataclasses.replace(STAGES[0], ends=())
