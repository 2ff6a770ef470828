"""A pool of worker processes, seen from the run."""

import contextlib
import io
import pickle
import selectors
import signal
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from schemas.errors import WorkerFault
from transforms.workers.frames import receive_frame
from transforms.workers.journal import Journal
from transforms.workers.policy import WorkerPolicy
from transforms.workers.server import FORK, FORK_READER, RETIRED
from transforms.workers.server_process import Reaped, ServerProcess
from transforms.workers.steps import Ended, Step
from transforms.workers.worker import BROKEN, HELLO, LAST, MANY, ONE, REPLY, SINGLY, STOP, TOO_LARGE

QUEUED = 2
"""Elements that a worker holds: the one it works on and the next, so that it does not wait for the run."""

_SHORT_S, _LONG_S = 0.02, 0.5
_START_S = 120.0
"""How long the first worker may take to start, seconds: models are loaded before."""


class Died(NamedTuple):
    """Why an element has no result: its worker was ended.

    Attributes:
        why: 'too_slow', 'too_large', 'worker_died'; or 'ended_twice', where the whole run was ended.
        message: the same in words.
        step: index of the step that it was in.
    """

    why: str
    message: str
    step: int = 0


ENDED_TWICE = Died("ended_twice", "runs were ended while only this was worked on")
"""Stands for the result of an element that is not worked on any more."""


class _Task:
    __slots__ = ("client", "is_retry", "payload", "slot", "token")

    def __init__(self, client: "PoolClient", token: Any, payload: memoryview) -> None:
        self.client, self.token, self.payload = client, token, payload
        self.is_retry = False
        self.slot: int | None = None


class _Worker:
    """One process: its connection, what it was given and has not answered, in order."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid = pid
        self.connection = connection
        self.tasks: deque[_Task] = deque()
        self.given = 0

    def give(self, task: _Task) -> None:
        self.tasks.append(task)
        self.given += 1
        with contextlib.suppress(OSError):  # it has died: reading from it will say so
            self.connection.send_bytes(task.payload)


class Pool:
    """Worker processes that are shared by all stages of a run, and outlive its chunks.

    Elements go to whichever worker is free; results come in any order. A worker that takes more than the budget
    for an element is ended, by the kernel's timers or by the server that watches memory, and replaced; the others
    it held are given to another. An element whose worker died for another reason is tried once more.
    Any thread may use it.

    Args:
        policy: number of workers and their budget.

    Raises:
        WorkerFault: from any method, when workers cannot be started or newsmill's own code failed in one.
    """

    def __init__(self, policy: WorkerPolicy) -> None:
        self.policy = policy
        self._lock = threading.RLock()
        self._server = ServerProcess(policy)
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []
        self._readers: list[_Worker] = []
        self._clients = 0
        self._reading = 0
        self._is_closed = self._is_loading = False
        self._journal: Journal | None = None
        self._suspects: frozenset[str] = frozenset()
        self.condemned: frozenset[str] = frozenset()

    def load(self) -> None:
        """Load what workers need now, and not when the first element is submitted; does not wait for it."""
        with self._lock:
            if not self._is_loading:
                self._is_loading = True
                self._server.load()

    def client(self) -> "PoolClient":
        """Make a user of the pool, with results of its own."""
        return PoolClient(self)

    def watch(self, journal: Journal, *, suspects: Collection[str], condemned: Collection[str]) -> None:
        """Note in a journal which elements are in workers.

        Args:
            journal: outlives the run.
            suspects: keys of elements that are worked on alone, so that it is known which of them ends the run.
            condemned: keys of elements that are not worked on: they have ended two runs, alone in the workers.
        """
        self._journal = journal
        self._suspects, self.condemned = frozenset(suspects), frozenset(condemned)

    def unwatch(self) -> None:
        """Stop noting."""
        self._journal = None
        self._suspects = self.condemned = frozenset()

    def is_suspect(self, key: str | None) -> bool:
        """Return whether an element is to be worked on alone."""
        return key in self._suspects

    @property
    def is_used(self) -> bool:
        """Whether a run or a stage uses it now."""
        return bool(self._clients or self._journal is not None or self._reading)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that take elements now."""
        return [worker.pid for worker in self._workers]

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for worker in (*self._workers, *self._readers):
                worker.connection.close()
            self._selector.close()
            self._server.close()

    def kill(self) -> None:
        """End all workers at once, whatever other threads do with them: for a process that is about to exit."""
        self._server.close(0.5)

    # What follows is called by clients.

    def give(self, task: _Task, key: str | None) -> None:
        """Give a task to a worker as soon as one has room; a suspect when all are idle, and wait for its answer."""
        is_alone = self.is_suspect(key)
        while is_alone and self._is_busy():
            with self._lock:
                self._receive(self._patience())
        while True:
            with self._lock:
                worker = self._find_room()
                if worker is not None:
                    if key is not None and self._journal is not None:
                        task.slot = self._journal.begin(key, is_alone=is_alone)
                    worker.give(task)
                    break
                self._receive(self._patience())
        while is_alone and self._is_busy():
            with self._lock:
                self._receive(self._patience())

    def wait(self, client: "PoolClient", *, until_some: bool) -> None:
        """Take in what workers have sent; with ``until_some`` until there is something for the client."""
        with self._lock:
            self._receive(0)
        while until_some and not client.done and client.count:
            with self._lock:
                self._receive(self._patience())

    def stream(
        self, function: Callable[[Any], Any], element: Any, *, key: str | None = None, singly: bool = False
    ) -> Iterator[Any]:
        """Yield the results of a function for one element as they come, each with the whole budget.

        Args:
            key: identifies the element in the work of the run; a condemned one is not worked on.
            singly: what was given before a worker died is complete; else some results may be lost with it.

        Yields:
            The results; last an ``End``, or a ``Died``.
        """
        if key in self.condemned:
            yield ENDED_TWICE
            return
        task = (SINGLY if singly else MANY) + pickle.dumps((function, element), 5)
        count = died = 0
        while True:
            for result in self._stream_once(task):
                if isinstance(result, Died) and not count and result.why in ("retired", "worker_died"):
                    died += result.why == "worker_died"
                    if died < 2:
                        break  # nothing was given: it is tried again, since the machine may have been at fault
                count += 1
                yield result
            else:
                return

    def _stream_once(self, task: bytes) -> Iterator[Any]:
        """Yield results as they come; last an End or a Died, 'retired' where the worker had exited before."""
        worker = self._take_reader()
        is_whole = False
        try:
            worker.given += 1
            worker.connection.send_bytes(task)
            while not is_whole:
                frame = receive_frame(worker.connection)
                if frame[:1] == BROKEN:
                    raise WorkerFault(frame[1:].decode("utf-8", "replace"))
                if frame[:1] == TOO_LARGE:
                    yield self._describe(self._reap(worker, kill=True), is_large=True)
                    return
                is_whole = frame[:1] == LAST
                file = io.BytesIO(frame)
                file.seek(1)
                while file.tell() < len(frame):
                    yield pickle.load(file)  # noqa: S301  from our own worker
        except (EOFError, ConnectionError):
            reaped = self._reap(worker)
            yield Died("retired", "") if reaped.code == RETIRED else self._describe(reaped)
        finally:
            self._give_back(worker, is_good=is_whole)

    # What follows needs the lock.

    def _is_busy(self) -> bool:
        return any(worker.tasks for worker in self._workers)

    def _answer(self, task: _Task, ended: Ended | Died) -> None:
        if task.slot is not None and self._journal is not None:
            self._journal.end(task.slot)
        task.client.take(task.token, ended)

    def _patience(self) -> float:
        return _SHORT_S if self._clients > 1 else _LONG_S

    def _find_room(self) -> _Worker | None:
        for worker in [worker for worker in self._workers if worker.given >= self.policy.recycle_after]:
            if not worker.tasks:
                self._retire(worker)
        fit = [worker for worker in self._workers if worker.given < self.policy.recycle_after]
        best = min(fit, key=lambda worker: len(worker.tasks), default=None)
        if (best is None or best.tasks) and len(self._workers) < self.policy.workers:
            return self._start()
        return best if best is not None and len(best.tasks) < QUEUED else None

    def _fork(self, command: bytes) -> _Worker:
        pid, connection = self._server.fork(command)
        if not connection.poll(_START_S) or receive_frame(connection)[:1] != HELLO:
            raise WorkerFault(f"worker process {pid} did not start")
        return _Worker(pid, connection)

    def _start(self) -> _Worker:
        worker = self._fork(FORK)
        self._workers.append(worker)
        self._selector.register(worker.connection, selectors.EVENT_READ, worker)
        return worker

    def _retire(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.connection)
        self._dismiss(worker)

    def _dismiss(self, worker: _Worker) -> None:
        """Have a worker that has nothing to do exit."""
        with contextlib.suppress(OSError):
            worker.connection.send_bytes(STOP)
        self._server.reap(worker.pid)
        worker.connection.close()

    def _receive(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            worker: _Worker = key.data
            try:
                frame = receive_frame(worker.connection)
            except (EOFError, OSError):
                self._replace(worker)
                continue
            kind, body = frame[:1], memoryview(frame)[1:]
            if kind == REPLY:
                task = worker.tasks.popleft()
                self._answer(task, pickle.loads(body))  # noqa: S301  from our own worker
            elif kind == BROKEN:
                raise WorkerFault(bytes(body).decode("utf-8", "replace"))
            else:
                self._replace(worker, is_large=True)

    def _replace(self, worker: _Worker, *, is_large: bool = False) -> None:
        """Reap a worker that has died, answer the element it died of, give what it held to a new one."""
        self._workers.remove(worker)
        self._selector.unregister(worker.connection)
        reaped = self._server.reap(worker.pid, kill=is_large)
        worker.connection.close()
        waiting = list(worker.tasks)
        if waiting and reaped.code != RETIRED:
            died = self._describe(reaped, is_large=is_large)
            if died.why == "worker_died" and not waiting[0].is_retry:
                waiting[0].is_retry = True  # the machine may have been at fault
            else:
                culprit = waiting.pop(0)
                self._answer(culprit, died)
        if waiting:
            successor = self._start()
            for task in waiting:
                successor.give(task)

    def _describe(self, reaped: Reaped, *, is_large: bool = False) -> Died:
        policy, (code, was_large, step) = self.policy, reaped
        if was_large or is_large:
            message = f"needs over {policy.memory_mb} MiB of memory; --element_memory_mb allows more"
            return Died("too_large", message, step)
        if code in (-signal.SIGPROF, -signal.SIGALRM):
            return Died("too_slow", f"takes over {policy.timeout_s:g} s; --element_timeout_s allows more", step)
        try:
            name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        except ValueError:
            name = f"signal {-code}"
        return Died("worker_died", f"ended its worker process twice: {name}", step)

    # Readers: each is used by one thread at a time.

    def _take_reader(self) -> _Worker:
        with self._lock:
            reader = self._find_reader()
            self._reading += 1
            return reader

    def _find_reader(self) -> _Worker:
        while self._readers:
            reader = self._readers.pop()
            if reader.given < self.policy.recycle_after:
                return reader
            self._dismiss(reader)
        return self._fork(FORK_READER)

    def _reap(self, worker: _Worker, *, kill: bool = False) -> Reaped:
        with self._lock:
            worker.pid, pid = 0, worker.pid
            return self._server.reap(pid, kill=kill)

    def _give_back(self, worker: _Worker, *, is_good: bool) -> None:
        with self._lock:
            self._reading -= 1
            if self._is_closed:
                return
            if is_good:
                self._readers.append(worker)
                return
            worker.connection.close()
            if worker.pid:
                self._server.reap(worker.pid, kill=True)


class PoolClient:
    """One stage's use of a pool: the elements that it submitted, and their results.

    Args:
        pool: shared with others.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.done: deque[tuple[Any, Ended | Died]] = deque()
        self.count = 0
        with pool._lock:
            pool._clients += 1

    def submit(self, token: Any, steps: Sequence[Step], element: Any, *, key: str | None = None) -> None:
        """Have an element worked on; waits until a worker has room for it.

        Args:
            token: returned with the result.
            key: identifies the element in the journal of the pool; None keeps it out.
        """
        self.count += 1
        if key in self._pool.condemned:
            self.take(token, ENDED_TWICE)
            return
        frame = io.BytesIO()
        frame.write(ONE)
        pickle.dump((tuple(steps), element), frame, 5)  # the bytes of a page are copied once
        self._pool.give(_Task(self, token, frame.getbuffer()), key)

    def take(self, token: Any, ended: Ended | Died) -> None:
        """Receive the end of an element; called by the pool."""
        self.done.append((token, ended))

    def collect(self, *, wait: bool = False) -> Iterator[tuple[Any, Ended | Died]]:
        """Yield what has ended by now, in any order; with ``wait`` all that was submitted."""
        self._pool.wait(self, until_some=wait)
        while self.done:
            self.count -= 1
            yield self.done.popleft()
            if wait and not self.done:
                self._pool.wait(self, until_some=True)

    def close(self) -> None:
        """Say that no more will be submitted."""
        with self._pool._lock:
            self._pool._clients -= 1
