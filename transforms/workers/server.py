"""The process that forks workers after it has imported and loaded what they need, and watches their memory.

It is started as ``python -m transforms.workers.server FD`` with one end of a socket pair. It imports no Beam and has
one thread, so that forking is safe; a new worker costs a fork instead of seconds of loading. Readers of sources need
nothing of it, so that a run that finds nothing new loads nothing. When the socket is closed, because the run has ended
or was killed, it kills its workers and exits.
"""

import contextlib
import ctypes
import logging
import mmap
import os
import pickle
import select
import signal
import socket
import struct
import sys
import traceback
import warnings
from collections.abc import Iterable
from multiprocessing.connection import Connection
from typing import NamedTuple

from transforms.loading import loading
from transforms.workers import worker
from transforms.workers.policy import Preload, WorkerPolicy, call_preload

LOAD, FORK, FORK_READER, WAIT, KILL = b"l", b"f", b"r", b"w", b"k"
REQUEST = struct.Struct("=ci")
"""A command and a process id (0 for all but WAIT and KILL). LOAD has no answer."""
ANSWER = struct.Struct("=iBB")
"""A process id (FORK, FORK_READER), or what subprocess calls the return code (WAIT, KILL); 1 where memory was the
reason; and the step that the worker was in."""

RETIRED = 75
"""Exit code of a worker that leaves in order, since what it keeps in memory has grown."""
NO_WORKER = -1
"""Stands for a process id in the answer to FORK where there is none; the reason follows, and then nothing."""

_WATCH_S = 0.1


def main() -> None:
    """Serve one run until it closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    policy = pickle.loads(receive_exactly(control, struct.unpack("=i", receive_exactly(control, 4))[0]))  # noqa: S301  from our own run
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    Server(control, policy).serve()


def _load(preloads: Iterable[Preload]) -> str | None:
    """Call what loads something; return why there can be no workers, where one raises an error."""
    with loading(before_fork=True):
        for preload in preloads:
            try:
                call_preload(preload)
            except BaseException as error:
                return f"{'.'.join(preload[:2])}: {type(error).__name__}: {error}"
    return None


class _Child(NamedTuple):
    """A worker.

    Attributes:
        bytes: resident memory after the fork.
        step: shared with it, see :func:`transforms.workers.worker.serve`.
    """

    bytes: int
    step: mmap.mmap


class Server:
    """Forks workers, watches their memory and reaps them.

    Args:
        control: socket to the run.
        policy: budget of the workers.
    """

    def __init__(self, control: socket.socket, policy: WorkerPolicy) -> None:
        self._control = control
        self._policy = policy
        self._too_large: set[int] = set()
        self._workers: dict[int, _Child] = {}
        self._waiting = policy.preload  # not loaded yet
        self._failure = _load(policy.prepare)

    def serve(self) -> None:
        """Answer requests until the run closes the socket, then kill the remaining workers."""
        requests = select.poll()  # select() takes no descriptor beyond 1023, and its number is that of the run's
        requests.register(self._control, select.POLLIN)
        try:
            while True:
                if requests.poll(_WATCH_S * 1000 if self._workers else None):
                    command, pid = REQUEST.unpack(receive_exactly(self._control, REQUEST.size))
                    self._answer(command, pid)
                else:
                    self._watch_memory()
        except (EOFError, ConnectionError):
            pass
        finally:
            for pid in self._workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in self._workers:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _answer(self, command: bytes, pid: int) -> None:
        if command in (LOAD, FORK) and self._waiting:
            self._failure = self._failure or _load(self._waiting)
            self._waiting = ()
        if command in (FORK, FORK_READER):
            self._fork()
        if command in (LOAD, FORK, FORK_READER):
            return
        if command == KILL:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        child = self._workers.pop(pid, None)
        try:
            _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            code = 0
        step = child.step[0] if child is not None else 0  # looked at when the worker has ended
        self._control.sendall(ANSWER.pack(code, pid in self._too_large, step))
        self._too_large.discard(pid)

    def _fork(self) -> None:
        if self._failure is not None:
            self._control.sendall(ANSWER.pack(NO_WORKER, 0, 0) + self._failure.encode("utf-8", "backslashreplace"))
            raise EOFError  # the reason ends with the socket
        ours, theirs = socket.socketpair()
        step = mmap.mmap(-1, 1)
        pid = os.fork()
        if pid == 0:
            code = 0
            try:
                _die_with_parent()
                self._control.close()
                ours.close()
                theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
                code = RETIRED if worker.serve(Connection(theirs.detach()), self._policy, step) else 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        self._workers[pid] = _Child(_resident_bytes(pid), step)
        socket.send_fds(self._control, [ANSWER.pack(pid, 0, 0)], [ours.fileno()])
        ours.close()
        theirs.close()

    def _watch_memory(self) -> None:
        max_bytes = self._policy.memory_mb << 20
        for pid, child in self._workers.items():
            if pid not in self._too_large and _resident_bytes(pid) - child.bytes > max_bytes:
                self._too_large.add(pid)
                os.kill(pid, signal.SIGKILL)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))  # PR_SET_PDEATHSIG, see prctl(2)


def _resident_bytes(pid: int) -> int:
    return worker.memory_bytes(pid)[1]


def receive_exactly(control: socket.socket, count: int) -> bytes:
    """Receive so many bytes.

    Raises:
        EOFError: the other end closed the socket before.
    """
    found = b""
    while len(found) < count:
        more = control.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found


if __name__ == "__main__":
    main()
