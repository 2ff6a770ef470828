"""What SIGINT and SIGTERM do: one line, then the process ends at once, with its workers.

All that a run writes is made to be cut off at any instant, so nothing is gained by winding down. Loaded before anything
that takes time to import.
"""

import contextlib
import os
import signal
import sys
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
