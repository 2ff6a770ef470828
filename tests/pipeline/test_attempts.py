"""What is learnt of runs that were ended from outside: suspects, condemned elements, chunks that are cut."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.attempts import IN_FLIGHT, MAX_ENDED, STATE, AttemptLog, Attempts, load_attempts
from pipeline.chunks import Plan, remaining
from schemas.documents import Source
from tests.workers.elements import act
from transforms.lake.manifest import Manifest, manifest_from_json, manifest_to_json
from transforms.letters.work_key import work_key
from transforms.workers.journal import InFlight, Journal, read_journal
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Died, Pool
from transforms.workers.steps import Step

SOURCES = [Source(uri=f"{n}.html") for n in range(8)]
STEPS = (Step("read", act, "read.crash"),)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(WorkerPolicy(workers=2))
    yield made
    made.close()


def begin_and_die(output: Path, pool: Pool, work: str = "run-0", *, in_flight: tuple[InFlight, ...] = ()) -> AttemptLog:
    """A run that begins a chunk and is killed: nothing is cleared away."""
    watch = AttemptLog(str(output), pool)
    watch.begin(work, SOURCES, 100)
    journal = Journal(output / IN_FLIGHT)
    for element in in_flight:
        journal.begin(element.key, is_alone=element.is_alone)
    return watch


def test_a_chunk_that_often_ends_runs_is_cut_down_to_one_document_and_condemned(tmp_path: Path, pool: Pool) -> None:
    sizes = []
    for _ in range(400):
        watch = AttemptLog(str(tmp_path), pool)
        sizes.append(watch.begin("run-0", SOURCES, 100))
        if load_attempts(str(tmp_path)).condemned:
            break
    kept = list(dict.fromkeys(sizes))
    assert kept == [(8, 100), (4, 100), (2, 100), (1, 100), (1, 50), (1, 25), (1, 12), (1, 6), (1, 3), (1, 1)]
    assert all(sizes.count(size) == MAX_ENDED for size in kept[:-1])
    assert load_attempts(str(tmp_path)).condemned == (work_key("read", SOURCES[0]),)


def test_what_follows_a_cut_chunk_grows_again(tmp_path: Path, pool: Pool) -> None:
    for _ in range(2 * MAX_ENDED):
        begin_and_die(tmp_path, pool)
    watch = AttemptLog(str(tmp_path), pool)
    seen = []
    for number in range(4):
        seen.append(watch.begin(f"run-{number}", SOURCES, 100)[0])
        watch.commit(len(SOURCES), 100)
    assert seen == [2, 4, 8, 8]


def test_an_element_that_was_alone_twice_is_condemned(tmp_path: Path, pool: Pool) -> None:
    a, b = work_key("extract", SOURCES[0]), work_key("extract", SOURCES[1])
    begin_and_die(tmp_path, pool, in_flight=(InFlight(a, False), InFlight(b, False)))
    assert read_journal(tmp_path / IN_FLIGHT) == [InFlight(a, False), InFlight(b, False)]
    begin_and_die(tmp_path, pool, in_flight=(InFlight(a, True),))
    begin_and_die(tmp_path, pool, in_flight=(InFlight(a, True),))
    watch = AttemptLog(str(tmp_path), pool)
    watch.begin("run-0", SOURCES, 100)
    with watch.recording():
        client = pool.client()
        client.submit("a", STEPS, "x", key=a)
        client.submit("b", STEPS, "y", key=b)
        ended = dict(client.collect(wait=True))
        client.close()
        watch.commit(len(SOURCES), 100)
    assert isinstance(ended["a"], Died)
    assert ended["a"].why == "ended_twice"
    assert not isinstance(ended["b"], Died)
    assert load_attempts(str(tmp_path)).condemned == (a,)
    again = AttemptLog(str(tmp_path), pool, is_replay=True)
    again.begin("replay-0", SOURCES, 100)
    with again.recording():
        assert pool.is_suspect(a)
        assert not pool.condemned


def test_a_run_that_ends_in_order_counts_for_nothing(tmp_path: Path, pool: Pool) -> None:
    for _ in range(3 * MAX_ENDED):
        watch = AttemptLog(str(tmp_path), pool)
        with watch.recording():
            assert watch.begin("run-0", SOURCES, 100) == (8, 100)
    assert json.loads((tmp_path / STATE).read_text())["ended"] == 0
    assert not (tmp_path / IN_FLIGHT).exists()


def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    (tmp_path / STATE).write_text("{oops")
    (tmp_path / IN_FLIGHT).write_bytes(b"\xff\x00+short\n" * 3)
    assert load_attempts(str(tmp_path)) == Attempts()
    assert read_journal(tmp_path / IN_FLIGHT) == []


def test_a_cut_chunk_leaves_the_rest_of_its_work() -> None:
    work = tuple((source, 1) for source in SOURCES)
    started_at = datetime(2026, 3, 20, tzinfo=UTC)
    plan = Plan(run_id="r", started_at=started_at, fingerprint="f", kind="run", work=work)
    cut = Manifest(run_id="r", chunk=0, files=(), took=1)
    assert manifest_from_json(manifest_to_json(cut)) == cut
    assert [element for element, _ in remaining(plan, [cut], 4)] == SOURCES[1:]
    assert [element for element, _ in remaining(plan, [Manifest(run_id="r", chunk=0, files=())], 4)] == SOURCES[4:]
