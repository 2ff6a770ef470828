"""Pieces of slow work go in; results come out as they are ready, from many threads to one."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

_LOOK_S = 0.2  # how often a thread that waits to hand over looks whether it is still wanted


class _Done:
    pass


class _Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class Crowd(Generic[_T, _R]):
    """Works on many pieces at once and hands the results to the one thread that owns it.

    At most ``kept`` results wait to be taken: when they do, the work waits too, so memory stays bounded.
    The threads are daemons: a process that is told to end does not wait for a slow server.

    Args:
        work: a piece to its results; called in other threads. What it raises is raised by :meth:`take`.
        threads: pieces worked on at once.
        kept: results that may wait.
    """

    def __init__(self, work: Callable[[_T], Iterable[_R]], *, threads: int, kept: int) -> None:
        self._work = work
        self._most = threads
        self._inbox: queue.SimpleQueue[_T | None] = queue.SimpleQueue()
        self._results: queue.Queue[_R | _Done | _Broken] = queue.Queue(maxsize=kept)
        self._stopped = threading.Event()
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
            try:
                result = self._results.get(block=self._pending > in_hand)
            except queue.Empty:
                return None
            if isinstance(result, _Done):
                self._pending -= 1
            elif isinstance(result, _Broken):
                raise result.error
            else:
                return result

    def stop(self) -> None:
        """End the threads: idle ones now, busy ones after the result they are at. Nothing more is handed over."""
        self._stopped.set()
        for _ in range(self._started):
            self._inbox.put(None)

    def _hand_over(self, result: _R | _Done | _Broken) -> bool:
        while not self._stopped.is_set():
            try:
                self._results.put(result, timeout=_LOOK_S)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        while (piece := self._inbox.get()) is not None:
            try:
                for result in self._work(piece):
                    if not self._hand_over(result):
                        return
            except BaseException as error:  # else the owner would wait for ever
                self._hand_over(_Broken(error))
                return
            if not self._hand_over(_Done()):
                return
