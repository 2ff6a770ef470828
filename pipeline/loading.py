"""Imports of heavy modules without garbage collection."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import the modules that a command needs, without garbage collection.

    What they make is kept: the collector would look through hundreds of thousands of objects again and again, which is
    a fifth of the time that a small run takes, and free nothing. Later collections leave out what was loaded.
    """
    before, was_enabled = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > before:
            gc.freeze()
        if was_enabled:
            gc.enable()
