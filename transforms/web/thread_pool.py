"""A pool of threads that gives its results, as they are ready, to one thread."""

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
    """A queue of results that is bounded by their weight.

    Threads wait on conditions and do not poll: a thousand polling threads slow down the one that does the work.
    """

    def __init__(self, max_weight: int) -> None:
        self._max_weight = max_weight
        self._weight = 0
        self._waiting: deque[tuple[_R, int]] = deque()
        self._closed = False
        lock = threading.Lock()
        self._has_result = threading.Condition(lock)
        self._has_room = threading.Condition(lock)

    def put(self, result: _R, weight: int) -> bool:
        """Wait for room and add a result; return False once the queue is closed.

        A result of any weight fits into an empty queue.
        """
        with self._has_room:
            while not self._closed and self._waiting and self._weight + weight > self._max_weight:
                self._has_room.wait()
            if self._closed:
                return False
            self._waiting.append((result, weight))
            self._weight += weight
            self._has_result.notify()
            # The result of the thread just woken may be too heavy for the room left, and another light enough.
            self._has_room.notify()
            return True

    def get(self, *, wait: bool) -> _R | None:
        """Return the first result; None when there is none and ``wait`` is False."""
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
        """Wake the threads that wait for room."""
        with self._has_room:
            self._closed = True
            self._has_room.notify_all()


class ThreadPool(Generic[_T, _R]):
    """Works on many pieces at once and gives the results to the one thread that owns it.

    Results of a total weight of ``max_weight`` may wait to be taken. Beyond it the work waits, too, so memory is
    bounded. The threads are daemons: a process that ends does not wait for a slow server.

    Args:
        work: makes the results of a piece; called in other threads. What it raises is raised by :meth:`take`.
        threads: pieces worked on at once.
        max_weight: total weight of the results that may wait; a single one may weigh more.
        weigh: weight of a result, at least 0.
    """

    def __init__(
        self,
        work: Callable[[_T], Iterable[_R]],
        *,
        threads: int,
        max_weight: int,
        weigh: Callable[[_R], int] = lambda _: 1,
    ) -> None:
        self._work = work
        self._threads = threads
        self._weigh = weigh
        self._inbox: queue.SimpleQueue[_T | None] = queue.SimpleQueue()
        self._results: _ResultQueue[_R | _Done | _Broken] = _ResultQueue(max_weight)
        self._started = 0
        self._pending = 0

    def submit(self, piece: _T) -> None:
        """Add a piece of work."""
        self._pending += 1
        self._inbox.put(piece)
        if self._started < min(self._threads, self._pending):
            self._started += 1
            threading.Thread(target=self._run, name="newsmill-fetch", daemon=True).start()

    def take(self, *, in_hand: int = 0) -> _R | None:
        """Return the next result.

        Waits for one while more than ``in_hand`` pieces are unfinished; returns None when there is none to wait for.

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
        """End the threads: idle ones now, busy ones after their current result, which is dropped."""
        self._results.close()
        for _ in range(self._started):
            self._inbox.put(None)

    def _run(self) -> None:
        while (piece := self._inbox.get()) is not None:
            try:
                for result in self._work(piece):
                    if not self._results.put(result, self._weigh(result)):
                        return
            except BaseException as error:  # otherwise the owner waits for ever
                self._results.put(_Broken(error), 0)
                return
            if not self._results.put(_Done(), 0):
                return
