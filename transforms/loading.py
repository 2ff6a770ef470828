"""Loading of modules, models and word lists without garbage collection."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 10_000
"""Objects that a worker makes before what it made last is looked through; Python's 700 are less than one page has."""


def collect_seldom() -> None:
    """Let the collector look through new objects as seldom as workers do."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


@contextmanager
def loading(*, before_fork: bool = False) -> Iterator[None]:
    """Load what a process keeps, without garbage collection.

    The collector would look through hundreds of thousands of objects again and again, which is a fifth of the time that
    a small run takes, and free nothing. Later collections leave out what was loaded.

    Args:
        before_fork: the process forks workers afterwards. What is loaded is left out of their collections in any case,
            so that it stays shared between them. They collect less often: what reads a page makes no cycles, and to
            look for some took a sixtieth of its time.
    """
    before, was_enabled = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before_fork or len(sys.modules) > before:
            gc.freeze()
        if before_fork:
            collect_seldom()
        if was_enabled:
            gc.enable()
