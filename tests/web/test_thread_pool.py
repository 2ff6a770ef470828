"""The pool of threads: order, bounds and errors."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from transforms.web.thread_pool import ThreadPool


def drain(pool: ThreadPool[int, int]) -> list[int]:
    return list(iter(pool.take, None))


def wait_until(is_it: Callable[[], bool], limit_s: float = 120) -> None:
    limit = time.monotonic() + limit_s
    while not is_it() and time.monotonic() < limit:
        time.sleep(0.01)


def test_every_result_of_every_piece_comes_out() -> None:
    pool: ThreadPool[int, int] = ThreadPool(range, threads=3, max_weight=2)
    for n in range(20):
        pool.submit(n)
    assert sorted(drain(pool)) == sorted(x for n in range(20) for x in range(n))
    pool.stop()


def test_pieces_are_worked_on_at_once() -> None:
    together = threading.Barrier(8, timeout=120)

    def meet(n: int) -> Iterator[int]:
        together.wait()
        yield n

    pool: ThreadPool[int, int] = ThreadPool(meet, threads=8, max_weight=1)
    for n in range(8):
        pool.submit(n)
    assert sorted(drain(pool)) == list(range(8))
    pool.stop()


def test_no_more_than_so_many_results_wait() -> None:
    made: list[int] = []

    def count(n: int) -> Iterator[int]:
        for x in range(n):
            made.append(x)
            yield x

    pool: ThreadPool[int, int] = ThreadPool(count, threads=1, max_weight=4)
    pool.submit(100)
    wait_until(lambda: len(made) >= 5)
    time.sleep(0.1)  # for one too many to show itself
    assert len(made) == 5  # four wait, one is in the hand of the thread
    assert len(drain(pool)) == 100
    pool.stop()


def test_what_is_ready_can_be_taken_without_waiting() -> None:
    release = threading.Event()

    def wait(n: int) -> Iterator[int]:
        release.wait(120)
        yield n

    pool: ThreadPool[int, int] = ThreadPool(wait, threads=2, max_weight=4)
    pool.submit(1)
    assert pool.take(in_hand=1) is None
    release.set()
    assert pool.take() == 1
    assert pool.take() is None
    pool.stop()


def test_a_defect_comes_out() -> None:
    pool: ThreadPool[int, int] = ThreadPool(lambda n: [1 // n], threads=1, max_weight=1)
    pool.submit(0)
    with pytest.raises(ZeroDivisionError):
        pool.take()
    pool.stop()


def test_threads_end() -> None:
    before = threading.active_count()
    pool: ThreadPool[int, int] = ThreadPool(range, threads=4, max_weight=1)
    for _ in range(4):
        pool.submit(10)
    pool.take()
    pool.stop()
    wait_until(lambda: threading.active_count() <= before)
    assert threading.active_count() == before
