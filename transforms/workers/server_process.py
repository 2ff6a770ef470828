"""The process that forks workers, as seen from the run that starts it; see :mod:`transforms.workers.server`."""

import contextlib
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from schemas.errors import WorkerFault
from transforms.workers.policy import WorkerPolicy
from transforms.workers.server import ANSWER, KILL, LOAD, NO_WORKER, REQUEST, WAIT, receive_exactly


class Reaped(NamedTuple):
    """How a worker ended.

    Attributes:
        code: its exit code, or minus the signal that ended it.
        was_large: whether memory was the reason.
        step: index of the step that its element was in.
    """

    code: int
    was_large: bool
    step: int


class ServerProcess:
    """The process that forks workers.

    Args:
        policy: budget of the workers, and what is loaded before they are forked.

    Raises:
        WorkerFault: from :meth:`fork` and :meth:`reap`, where it cannot do so.
    """

    def __init__(self, policy: WorkerPolicy) -> None:
        self._control, theirs = socket.socketpair()
        path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        # Ctrl-C goes to all processes of a terminal: it must not meet this one before it can ignore it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        try:
            self._start(theirs, path)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        pickled = pickle.dumps(policy, 5)
        self._control.sendall(struct.pack("=i", len(pickled)) + pickled)

    def _start(self, theirs: socket.socket, path: str) -> None:
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-P", "-m", "transforms.workers.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )

    def load(self) -> None:
        """Begin to load what workers need."""
        with contextlib.suppress(OSError):  # it has ended: the first fork will say so
            self._control.sendall(REQUEST.pack(LOAD, 0))

    def fork(self, command: bytes) -> tuple[int, Connection]:
        """Fork a new process, which sends HELLO when it is ready.

        Args:
            command: FORK or FORK_READER.

        Raises:
            WorkerFault: no process can be started.
        """
        try:
            self._control.sendall(REQUEST.pack(command, 0))
            data, handles, _, _ = socket.recv_fds(self._control, ANSWER.size, 1)
        except OSError as error:
            raise WorkerFault(f"worker processes cannot be started: {error}") from error
        pid = ANSWER.unpack_from(data)[0] if len(data) >= ANSWER.size else NO_WORKER
        if pid == NO_WORKER:
            raise WorkerFault(f"worker processes cannot be started: {self._reason(data)}")
        if not handles:
            raise WorkerFault("worker processes cannot be started: Too many open files")
        os.set_inheritable(handles[0], False)
        return pid, Connection(handles[0])

    def _reason(self, data: bytes) -> str:
        with contextlib.suppress(OSError):
            while more := self._control.recv(4096):
                data += more
        return data[ANSWER.size :].decode("utf-8", "replace") or "the process that starts them was ended"

    def reap(self, pid: int, *, kill: bool = False) -> Reaped:
        """Wait for a worker that has ended or is to end."""
        try:
            self._control.sendall(REQUEST.pack(KILL if kill else WAIT, pid))
            data = receive_exactly(self._control, ANSWER.size)
        except EOFError as error:
            raise WorkerFault("the process that starts workers was ended: run it again") from error
        except OSError as error:
            raise WorkerFault(f"the process that starts workers does not answer: {error}") from error
        code, is_large, step = ANSWER.unpack(data)
        return Reaped(code, bool(is_large), step)

    def close(self, patience_s: float = 5.0) -> None:
        """End it; it ends its workers."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=patience_s)
            return
        self._process.kill()  # it is loading something, and has no workers yet
        self._process.wait()
