"""The worker process: it works on one element at a time under a budget and sends back how it ended."""

import contextlib
import functools
import io
import mmap
import os
import pickle
import queue
import resource
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from transforms.workers.frames import receive_frame
from transforms.workers.policy import WALL_FACTOR, WorkerPolicy
from transforms.workers.steps import End, run_many, run_steps

ONE, MANY, SINGLY, STOP = b"1", b"m", b"o", b"s"
"""First byte of what a worker is sent: a chain of steps for one element; a function that gives many results, to be sent
in batches or each alone; the end."""

HELLO, REPLY, ITEMS, LAST, TOO_LARGE, BROKEN = b"h", b"r", b"i", b"e", b"l", b"b"
"""First byte of what a worker sends: that it is there, how an element ended, some of many results, the last of them,
that memory ran out, a defect of newsmill with its traceback."""

_MARGIN_BYTES = 512 << 20
"""Address space above the budget: what is reserved is not yet used. The server counts what is used."""
_PAGE = resource.getpagesize()
KEPT_BYTES = 128 << 20
"""What a worker may keep in memory between two elements; to replace it costs a fork."""
_BATCH_BYTES = 64 << 10
"""Size of a batch of results of one source, about."""


def serve(connection: Connection, policy: WorkerPolicy, step: mmap.mmap) -> bool:
    """Work on what is received until the socket is closed or STOP is received.

    Args:
        step: one byte that is shared with the server: index of the step that the element under way is in.

    Returns:
        True where it stops by itself, since it keeps KEPT_BYTES or half of what an element may take: what a library
        holds back must not count against the next element, nor add up over the workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the run, which ends its workers itself
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    _limit_address_space(policy)
    waiting: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, waiting), daemon=True).start()
    connection.send_bytes(HELLO)
    max_kept_bytes = memory_bytes(os.getpid())[1] + min(policy.memory_mb << 19, KEPT_BYTES)
    while (frame := waiting.get()) is not None and frame[:1] != STOP:
        with _budget(policy):
            if not _work(connection, frame, policy, step):
                return False
        if memory_bytes(os.getpid())[1] > max_kept_bytes:
            return True
    return False


def memory_bytes(pid: int) -> tuple[int, int]:
    """Return address space and resident memory of a process; zeros where the system does not say."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            pages = file.read().split()
        return int(pages[0]) * _PAGE, int(pages[1]) * _PAGE
    except (OSError, IndexError):
        return 0, 0


def _receive(connection: Connection, waiting: "queue.SimpleQueue[bytearray | None]") -> None:
    # In a thread, so that the run can send the next element while this one is worked on.
    try:
        while True:
            waiting.put(receive_frame(connection))
    except (EOFError, OSError):
        waiting.put(None)


def _work(connection: Connection, frame: bytearray, policy: WorkerPolicy, step: mmap.mmap) -> bool:
    """Work on one frame; return whether the worker is still good for the next element."""
    try:
        work, element = pickle.loads(memoryview(frame)[1:])  # noqa: S301  from our own parent process
        if frame[:1] == ONE:
            ended = run_steps(element, steps=work, enter=functools.partial(step.__setitem__, 0))
            connection.send_bytes(REPLY + pickle.dumps(ended, 5))
            step[0] = 0
        else:
            _stream(connection, work(element), policy, 0 if frame[:1] == SINGLY else _BATCH_BYTES)
    except MemoryError:
        connection.send_bytes(TOO_LARGE)
        return False
    except BrokenPipeError:
        return False  # the run has ended
    except Exception as error:  # a step whose exceptions stop the run
        import traceback  # noqa: PLC0415

        connection.send_bytes(BROKEN + "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace"))
    return True


def _stream(connection: Connection, results: Any, policy: WorkerPolicy, batch_bytes: int) -> None:
    batch = io.BytesIO()
    is_first = True
    for result in run_many(results):
        is_last = isinstance(result, End)
        if not batch.tell():
            batch.write(ITEMS)
        pickle.dump(result, batch, 5)  # the bytes of a page are copied once
        if is_first or is_last or batch.tell() > batch_bytes:
            _disarm()  # time in which the run is waited for does not count
            frame = batch.getbuffer()
            frame[:1] = LAST if is_last else ITEMS
            connection.send_bytes(frame)
            batch, is_first = io.BytesIO(), False
        _arm(policy)  # each result has the whole budget


def _arm(policy: WorkerPolicy) -> None:
    # The kernel keeps the time and ends the process, whatever native code it is in, also when the run has ended.
    signal.setitimer(signal.ITIMER_PROF, policy.timeout_s)
    signal.setitimer(signal.ITIMER_REAL, policy.timeout_s * WALL_FACTOR)


def _disarm() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _budget(policy: WorkerPolicy) -> Iterator[None]:
    _arm(policy)
    try:
        yield
    finally:
        _disarm()


def _limit_address_space(policy: WorkerPolicy) -> None:
    now, _ = memory_bytes(os.getpid())
    if not now:
        return  # the budget of time is left
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    max_bytes = now + (policy.memory_mb << 20) + _MARGIN_BYTES
    if hard != resource.RLIM_INFINITY:
        max_bytes = min(max_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, hard))
