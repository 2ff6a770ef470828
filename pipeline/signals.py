"""What SIGINT and SIGTERM do: one line, then the process ends at once, with its workers.

All that a run writes is made to be cut off at any instant, so nothing is gained by winding down. Loaded before anything
that takes time to import.
"""

import contextlib
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM)

_cleanups: list[Callable[[], object]] = []
_heard: list[int] = []


@contextlib.contextmanager
def exiting_on_signals() -> Iterator[None]:
    """For as long as the block lasts, SIGINT and SIGTERM end the process: one line, exit code 128 + their number."""
    _heard.clear()
    before = {number: signal.getsignal(number) for number in STOPS}
    _handle(exit_now)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not signal.SIG_IGN:
                with contextlib.suppress(ValueError):
                    signal.signal(number, handler)


def ignore_signals() -> None:
    """From now on they do nothing: all is done, and the exit code is decided."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


def raise_on_signals() -> None:
    """From now on they raise KeyboardInterrupt: for engines that have processes of their own to wind down."""
    _handle(_raise)


def _handle(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in STOPS:
        with contextlib.suppress(ValueError):  # only the main thread may set handlers, and only it is interrupted
            signal.signal(number, handler)


def before_exit(cleanup: Callable[[], object]) -> None:
    """Have something done before a signal ends the process; asked for twice, it is done once."""
    if cleanup not in _cleanups:
        _cleanups.append(cleanup)


@contextlib.contextmanager
def cleaning_up(cleanup: Callable[[], object]) -> Iterator[None]:
    """The same for as long as the block lasts."""
    _cleanups.append(cleanup)
    try:
        yield
    finally:
        _cleanups.remove(cleanup)


def stop_code() -> int | None:
    """Exit code for the signal that was received; None where none was."""
    return 128 + _heard[0] if _heard else None


class StopRequest:
    """Whether a stream is to end. Requested once, the work under way is finished; requested twice, it is dropped."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_set(self) -> bool:
        """Whether the end was requested."""
        return self._event.is_set()

    def request(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Request the end; a handler of signals.

        Raises:
            KeyboardInterrupt: it was requested before.
        """
        if self._event.is_set():
            raise KeyboardInterrupt
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the end is requested."""
        self._event.wait(max(0.0, seconds))


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[StopRequest]:
    """For as long as the block lasts, the first SIGINT or SIGTERM requests the end, the second ends the process."""
    stop = StopRequest()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set:
            exit_now(number, frame)
        stop.request(number, frame)

    with _restoring():
        _handle(handle)
        yield stop


@contextlib.contextmanager
def draining_on_signals() -> Iterator[tuple[StopRequest, Callable[[], None]]]:
    """The same for an engine with processes of its own: the second signal raises KeyboardInterrupt.

    Ctrl-C goes to all processes of a terminal. What is started while it is ignored ignores it for good, and an engine
    that ended at once could not commit what is under way. So SIGINT is ignored until the engine has been started.

    Yields:
        The request, and what to call when the engine has been started.
    """
    stop = StopRequest()
    with _restoring():
        signal.signal(signal.SIGTERM, stop.request)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        yield stop, functools.partial(_handle, stop.request)  # Beam's job servers take SIGINT for themselves


@contextlib.contextmanager
def _restoring() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, handler)


def say_stopped(number: int) -> None:
    """The one line that is said."""
    shows = "\x1b[?25h\r\x1b[K" if sys.stderr.isatty() else ""  # a progress display hides the cursor
    name = signal.Signals(number).name
    line = f"{shows}newsmill: stopped by {name}; what is committed stands, the same command carries on\n"
    with contextlib.suppress(OSError):
        os.write(2, line.encode())  # not sys.stderr: it may be in the middle of a write


def exit_now(number: int, _frame: FrameType | None = None) -> None:
    """A handler of signals that ends the process."""
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    say_stopped(number)
    for cleanup in reversed(_cleanups):
        with contextlib.suppress(Exception):
            cleanup()
    os._exit(128 + number)


def _raise(number: int, _frame: FrameType | None) -> None:
    _heard.append(number)
    raise KeyboardInterrupt
