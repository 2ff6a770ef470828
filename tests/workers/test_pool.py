"""Worker processes: every element is answered, whatever it does to its worker."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import WorkerFault
from schemas.trouble import LeftOut, Trouble
from tests.support.paths import ROOT
from tests.workers.elements import act, act_later, count_up
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Died, Pool
from transforms.workers.shared_pools import MAX_POOLS, shared_pool
from transforms.workers.steps import Crash, End, Ended, Step

STEPS = (Step("read", act, "read.crash"),)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(WorkerPolicy(workers=2, timeout_s=0.4, memory_mb=64, recycle_after=25))
    yield made
    made.close()


def work(pool: Pool, elements: list[str], steps: tuple[Step, ...] = STEPS) -> dict[int, Ended | Died]:
    client = pool.client()
    found: dict[int, Ended | Died] = {}
    for number, element in enumerate(elements):
        client.submit(number, steps, element)
        found.update(client.collect())
    found.update(client.collect(wait=True))
    client.close()
    return found


def test_every_element_is_answered_once(pool: Pool) -> None:
    elements = [f"{n}" for n in range(120)]
    found = work(pool, elements)
    assert {n: ended.result for n, ended in found.items() if isinstance(ended, Ended)} == {
        n: f"{n}!" for n in range(120)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("element", "why", "words"),
    [
        ("loop", "too_slow", "over 0.4 s"),
        ("wait", "too_slow", "over 0.4 s"),
        ("grow", "too_large", "64 MiB"),
        ("die", "worker_died", "SIGSEGV"),
    ],
)
def test_what_ends_its_worker_costs_nothing_else(pool: Pool, element: str, why: str, words: str) -> None:
    elements = ["a", "b", element, "c", "d", "e", element, "f"]
    found = work(pool, elements)
    assert sorted(found) == list(range(8))
    for number, ended in found.items():
        if elements[number] == element:
            assert isinstance(ended, Died)
            assert ended.why == why
            assert words in ended.message
        else:
            assert isinstance(ended, Ended)
            assert ended.result == f"{elements[number]}!"


def test_what_a_step_raises_comes_back(pool: Pool) -> None:
    found = work(pool, ["refuse", "leave", "crash"])
    results = [ended.result for _, ended in sorted(found.items()) if isinstance(ended, Ended)]
    assert isinstance(results[0], Trouble)
    assert isinstance(results[1], LeftOut)
    assert isinstance(results[2], Crash)
    assert results[2].message == "KeyError: 'crash'"
    assert "elements.py" in results[2].trace


def test_the_step_that_ended_is_known(pool: Pool) -> None:
    steps = (*STEPS, Step("language", act_later, "language.crash"))
    found = work(pool, ["x loop", "x refuse", "x fine"], steps)
    died, refused, fine = (found[n] for n in range(3))
    assert isinstance(died, Died)
    assert (died.why, died.step) == ("too_slow", 1)
    assert isinstance(refused, Ended)
    assert (refused.step, refused.subject) == (1, "x refuse!")
    assert isinstance(fine, Ended)
    assert (fine.step, fine.result, len(fine.micros)) == (1, "fine!", 2)


def test_an_exception_of_a_step_without_code_stops_the_caller(pool: Pool) -> None:
    with pytest.raises(WorkerFault, match="KeyError: 'crash'"):
        work(pool, ["crash"], (Step("read", act),))


def test_workers_are_replaced_after_a_number_of_elements() -> None:
    pool = Pool(WorkerPolicy(workers=1, recycle_after=10))
    found = work(pool, ["pid"] * 35)
    pool.close()
    pids = [ended.result for _, ended in sorted(found.items()) if isinstance(ended, Ended)]
    assert len(set(pids)) == 4


def test_a_process_with_many_open_files_has_workers() -> None:
    """Descriptors of the control socket are then beyond what select() takes."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1_200:
        pytest.skip(f"a process may have {soft} files open, 1,200 are needed")
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    pool = Pool(WorkerPolicy(workers=1))
    try:
        assert set(work(pool, ["a", "b"])) == {0, 1}
    finally:
        pool.close()
        for descriptor in opened:
            os.close(descriptor)


def test_memory_that_a_library_keeps_counts_against_no_element(pool: Pool) -> None:
    found = work(pool, ["keep"] * 12)
    assert [ended.result for ended in found.values() if isinstance(ended, Ended)] == ["keep!"] * 12


def test_a_reader_that_keeps_memory_is_replaced_between_sources(pool: Pool) -> None:
    for _ in range(4):
        assert list(pool.stream(count_up, "keep,a")) == ["keep!", "a!", End(None)]


def test_results_of_one_element_stream(pool: Pool) -> None:
    found = list(pool.stream(count_up, "a,b,c"))
    assert found == ["a!", "b!", "c!", End(None)]
    *some, end = pool.stream(count_up, "a,b,refuse,c")
    assert some == ["a!", "b!"]
    assert isinstance(end, End)
    assert isinstance(end.why, Trouble)


def test_what_came_before_a_death_is_whole_when_sent_singly(pool: Pool) -> None:
    *some, died = pool.stream(count_up, "a,b,c,loop,d", singly=True)
    assert some == ["a!", "b!", "c!"]
    assert isinstance(died, Died)
    assert died.why == "too_slow"


def test_a_stream_that_is_left_early_leaves_the_pool_well(pool: Pool) -> None:
    assert next(pool.stream(count_up, "a,b,c")) == "a!"
    assert list(pool.stream(count_up, "a")) == ["a!", End(None)]


def test_a_preload_that_fails_says_so() -> None:
    pool = Pool(WorkerPolicy(preload=(("transforms.enrich.entities.models", "load_model", "no_such_model"),)))
    with pytest.raises(WorkerFault, match=r"cannot be started: .*no_such_model"):
        work(pool, ["a"])
    pool.close()


def test_a_reader_waits_for_nothing_that_workers_need() -> None:
    pool = Pool(WorkerPolicy(preload=(("no_such_module", "load"),)))
    assert list(pool.stream(count_up, "a")) == ["a!", End(None)], "nothing is loaded before the first worker"
    with pytest.raises(WorkerFault, match="no_such_module"):
        work(pool, ["a"])
    pool.close()


def test_what_cannot_be_loaded_beforehand_stops_readers_too() -> None:
    pool = Pool(WorkerPolicy(preload=(("no_such_module", "load"),)))
    pool.load()
    pool.load()
    with pytest.raises(WorkerFault, match="no_such_module"):
        list(pool.stream(count_up, "a"))
    pool.close()


@pytest.mark.parametrize("bad", [{"workers": 0}, {"timeout_s": 0.0}, {"memory_mb": 1}, {"timeout_s": float("nan")}])
def test_a_policy_checks_itself(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"of at least"):
        WorkerPolicy(**bad)  # type: ignore[arg-type]


HOLDER = """
import sys
from tests.workers.elements import act
from transforms.workers.policy import WorkerPolicy
from transforms.workers.pool import Pool
from transforms.workers.steps import Step
pool = Pool(WorkerPolicy(workers=2, timeout_s=600))
client = pool.client()
for number in range(2):
    client.submit(number, (Step("read", act),), "loop")
print(*pool.pids, flush=True)
sys.stdin.read()
"""


def test_no_worker_outlives_a_killed_run() -> None:
    root = str(ROOT)
    run = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
        text=True,
    )
    assert run.stdout is not None
    pids = [int(word) for word in run.stdout.readline().split()]
    assert len(pids) == 2
    run.send_signal(signal.SIGKILL)
    run.communicate()
    deadline = time.monotonic() + 60  # generous: it takes milliseconds
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "workers outlive the run"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_keeps_few_pools_and_none_that_is_used_is_closed() -> None:
    policies = [WorkerPolicy(workers=1, recycle_after=100 + n) for n in range(MAX_POOLS + 2)]
    used = shared_pool(policies[0])
    client = used.client()
    for policy in policies[1:]:
        assert work(shared_pool(policy), ["a"])
    assert shared_pool(policies[0]) is used
    client.submit("x", STEPS, "b")
    assert [ended.result for _, ended in client.collect(wait=True) if isinstance(ended, Ended)] == ["b!"]
    client.close()
    assert shared_pool(policies[-1]) is shared_pool(policies[-1])
    assert shared_pool(policies[1]) is not used
