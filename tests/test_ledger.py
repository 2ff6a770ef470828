"""Attempt: every element ends in exactly one place, and is counted there."""

from collections.abc import Iterator

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.documents import Link, Origin
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from tests.support.collect import collect
from transforms.ledger import Attempt, AttemptMany
from transforms.letters.make import make_dead_letter
from transforms.workers.steps import Step

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
    found = collect([link(name)], AttemptMany(Step("read", read_many, "read.crash"), returns=str))
    assert found.done == done
    assert len(found.dead) == dead
    assert len(found.dropped) == 1
    assert found.counters["read.in"] == len(done) + dead + 1


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
