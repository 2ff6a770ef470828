"""Pieces of slow work go in; results come out as they are ready, from many threads to one."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


class _Done:
    pass


class _Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _ResultQueue(Generic[_R]):
    """Where results wait, in the order they came, up to a weight; who brings more waits, too.

    Nobody looks again and again: a thousand threads that do take the processor from the one that does the work.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._weight = 0
        self._waiting: deque[tuple[_R, int]] = deque()
        self._closed = False
        lock = threading.Lock()
        self._has_result = threading.Condition(lock)
        self._has_room = threading.Condition(lock)

    def put(self, result: _R, weight: int) -> bool:
        """Wait for room, at least for that of one result; False when nobody takes any more."""
        with self._has_room:
            while not self._closed and self._waiting and self._weight + weight > self._kept:
                self._has_room.wait()
            if self._closed:
                return False
            self._waiting.append((result, weight))
            self._weight += weight
            self._has_result.notify()
            # One that was woken may have been too heavy for the room there is, and another light enough.
            self._has_room.notify()
            return True

    def get(self, *, wait: bool) -> _R | None:
        """The first result; None when there is none, and ``wait`` is False."""
        with self._has_result:
            while wait and not self._waiting:
                self._has_result.wait()
            if not self._waiting:
                return None
            result, weight = self._waiting.popleft()
            self._weight -= weight
            self._has_room.notify()
            return result

    def close(self) -> None:
        """Let go whoever waits with a result."""
        with self._has_room:
            self._closed = True
            self._has_room.notify_all()


class ThreadPool(Generic[_T, _R]):
    """Works on many pieces at once and hands the results to the one thread that owns it.

    Results that weigh ``kept`` together may wait to be taken: beyond that the work waits, too, so memory stays
    bounded. The threads are daemons: a process that is told to end does not wait for a slow server.

    Args:
        work: a piece to its results; called in other threads. What it raises is raised by :meth:`take`.
        threads: pieces worked on at once.
        kept: weight of the results that may wait; one of any weight may.
        weigh: weight of a result, at least 0.
    """

    def __init__(
        self,
        work: Callable[[_T], Iterable[_R]],
        *,
        threads: int,
        kept: int,
        weigh: Callable[[_R], int] = lambda _: 1,
    ) -> None:
        self._work = work
        self._most = threads
        self._weigh = weigh
        self._inbox: queue.SimpleQueue[_T | None] = queue.SimpleQueue()
        self._results: _ResultQueue[_R | _Done | _Broken] = _ResultQueue(kept)
        self._started = 0
        self._pending = 0

    def submit(self, piece: _T) -> None:
        """Take on a piece."""
        self._pending += 1
        self._inbox.put(piece)
        if self._started < min(self._most, self._pending):
            self._started += 1
            threading.Thread(target=self._run, name="newsmill-fetch", daemon=True).start()

    def take(self, *, in_hand: int = 0) -> _R | None:
        """The next result.

        Waits for one while more than ``in_hand`` pieces are unfinished; None when there is none to wait for.

        Raises:
            Exception: what ``work`` raised.
        """
        while True:
            result = self._results.get(wait=self._pending > in_hand)
            if isinstance(result, _Done):
                self._pending -= 1
            elif isinstance(result, _Broken):
                raise result.error
            else:
                return result

    def stop(self) -> None:
        """End the threads: idle ones now, busy ones after the result they are at. Nothing more is handed over."""
        self._results.close()
        for _ in range(self._started):
            self._inbox.put(None)

    def _run(self) -> None:
        while (piece := self._inbox.get()) is not None:
            try:
                for result in self._work(piece):
                    if not self._results.put(result, self._weigh(result)):
                        return
            except BaseException as error:  # else the owner would wait for ever
                self._results.put(_Broken(error), 0)
                return
            if not self._results.put(_Done(), 0):
                return
