"""Attempt: every element ends in exactly one place, and is counted there."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.documents import Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from tests.support.collect import collect
from transforms.ledger import Attempt
from transforms.letters.make import make_dead_letter
from transforms.letters.work_key import work_key
from transforms.workers.journal import Journal
from transforms.workers.policy import WorkerPolicy
from transforms.workers.shared_pools import shared_pool
from transforms.workers.steps import Call, Step, Uncounted

ORIGIN = Origin(uri="list.txt", kind="url_list")


def link(name: str) -> Link:
    return Link(url=f"https://news.example/{name}", origin=ORIGIN)


def read_link(found: Link) -> str:
    name = found.url.rsplit("/", 1)[-1]
    if name == "dead":
        raise Trouble("fetch.http_404", "gone", status=404)
    if name == "left":
        raise LeftOut("fetch.off", "not asked for")
    if name == "crash":
        raise RuntimeError("a library broke")
    return name


def read_many(found: Link) -> Iterator[str | Mishap]:
    yield "first"
    yield Mishap(found, Trouble("read.bad_record", "line 2"))
    yield Mishap(found, LeftOut("read.ignored", "a picture"))
    read_link(found)
    yield "last"


def test_one_to_one() -> None:
    elements = [link(name) for name in ("a", "dead", "left", "crash", "b")]
    found = collect(elements, Attempt(Step("fetch", read_link, "fetch.crash"), returns=str))
    assert sorted(found.done) == ["a", "b"]
    assert {letter.code: letter.http_status for letter in found.dead} == {"fetch.http_404": 404, "fetch.crash": None}
    (crash,) = [letter for letter in found.dead if letter.code == "fetch.crash"]
    assert "a library broke" in (crash.traceback or "")
    assert crash.url == "https://news.example/crash"
    assert crash.host == "news.example"
    assert [row.reason for row in found.dropped] == ["fetch.off"]
    assert found.counters["fetch.in"] == 5
    assert found.counters["fetch.done"] == 2
    assert found.counters["fetch.dead"] == 2
    assert found.counters["fetch.filtered"] == 1
    assert found.counters["code.fetch.http_404"] == 1


@pytest.mark.parametrize(
    ("name", "done", "dead"),
    [("a", ["first", "last"], 1), ("dead", ["first"], 2), ("crash", ["first"], 2)],
)
def test_one_to_many_keeps_what_came_before_the_failure(name: str, done: list[str], dead: int) -> None:
    found = collect([link(name)], Attempt(Step("read", read_many, "read.crash", is_many=True), returns=str))
    assert found.done == done
    assert len(found.dead) == dead
    assert len(found.dropped) == 1
    assert found.counters["read.in"] == len(done) + dead + 1


@pytest.mark.slow
@pytest.mark.parametrize("workers", [None, WorkerPolicy(workers=1)], ids=["in place", "in workers"])
def test_both_kinds_of_step_run_in_place_and_in_workers_alike(workers: WorkerPolicy | None) -> None:
    elements = [link(name) for name in ("a", "dead", "crash")]
    one = collect(elements, Attempt(Step("fetch", read_link, "fetch.crash"), returns=str, workers=workers))
    assert (one.done, sorted(each.code for each in one.dead)) == (["a"], ["fetch.crash", "fetch.http_404"])
    many = Step("read", read_many, "read.crash", is_many=True)
    found = collect(elements, Attempt(many, returns=str, workers=workers))
    assert found.done == ["first", "last", "first", "first"]
    assert found.counters["read.in"] == 4 + 5 + 3
    assert [letter.code for letter in found.dead] == [
        *("read.bad_record", "read.bad_record", "fetch.http_404", "read.bad_record", "read.crash"),
    ]


def call_twice(found: Link, call: Call) -> Iterator[object]:
    yield Uncounted("before")
    yield from call(found)
    yield from call(found, singly=True)


def test_a_driver_decides_how_often_a_function_is_called() -> None:
    step = Step("read", read_many, "read.crash", is_many=True, drive=call_twice)
    found = collect([link("a")], Attempt(step, returns=str))
    assert found.done == ["before", "first", "last", "first", "last"]
    assert found.counters["read.done"] == 4


def test_a_step_of_many_results_stands_alone() -> None:
    many = Step("read", read_many, "read.crash", is_many=True)
    with pytest.raises(ValueError, match="must be alone, got read, fetch: chain two Attempts"):
        Attempt(many, Step("fetch", read_link), returns=str)
    with pytest.raises(ValueError, match="at least one step"):
        Attempt(returns=str)


def test_a_condemned_element_is_not_worked_on() -> None:
    policy = WorkerPolicy(workers=1)
    pool = shared_pool(policy)
    condemned = {work_key(stage, link("a")) for stage in ("read", "fetch")}
    with tempfile.TemporaryDirectory() as folder:
        pool.watch(Journal(Path(folder) / "journal"), suspects=(), condemned=condemned)
        try:
            many = Step("read", read_many, "read.crash", is_many=True)
            for step in (many, Step("fetch", read_link, "fetch.crash")):
                found = collect([link("a")], Attempt(step, returns=str, workers=policy))
                assert found.done == []
                assert [letter.code for letter in found.dead] == ["run.ended_twice"]
        finally:
            pool.unwatch()


def test_a_defect_of_our_own_stops_the_run() -> None:
    pipeline = beam.Pipeline(runner=FnApiRunner())
    _ = pipeline | beam.Create([link("crash")]) | Attempt(Step("fetch", read_link), returns=str)
    with pytest.raises(RuntimeError, match="a library broke"):
        pipeline.run().wait_until_finish()


def test_letter_ids_depend_on_what_failed_and_nothing_else() -> None:
    one = make_dead_letter(link("a"), "fetch", Trouble("fetch.timeout", "after 20 s"))
    again = make_dead_letter(link("a"), "fetch", Trouble("fetch.timeout", "after 21 s"))
    other = make_dead_letter(link("b"), "fetch", Trouble("fetch.timeout", "after 20 s"))
    assert one.letter_id == again.letter_id != other.letter_id
