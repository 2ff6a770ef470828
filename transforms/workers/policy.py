"""How many worker processes there are, and what one element may cost in them."""

import dataclasses
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

WALL_FACTOR = 6
"""An element may take so many times its processor time by the wall clock, for what waits instead of working."""

Preload = tuple[str, ...]
"""Module, function and its arguments, all strings: called once before workers are forked."""


def count_cores() -> int:
    """Count the processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WorkerPolicy:
    """What a pool of worker processes is made by; equal policies share one pool in a process.

    Attributes:
        workers: elements that are worked on at the same time, at least 1.
        timeout_s: processor time that one element may take, seconds; WALL_FACTOR times as much by the wall clock.
        memory_mb: memory that one element may take above what a fresh worker has, MiB.
        recycle_after: elements after which a worker is replaced, so that no library's growth accumulates.
        preload: what is called once, in the process that workers are forked from; models are shared that way.

    Raises:
        ValueError: a number out of range.
    """

    workers: int = 1
    timeout_s: float = 10.0
    memory_mb: int = 1024
    recycle_after: int = 1000
    preload: tuple[Preload, ...] = ()

    def __post_init__(self) -> None:
        for option, value, least in (
            ("--workers", self.workers, 1),
            ("--element_timeout_s", self.timeout_s, 0.01),
            ("--element_memory_mb", self.memory_mb, 16),
            ("recycle_after", self.recycle_after, 1),
        ):
            if not value >= least:
                raise ValueError(f"{option} {value} must be at least {least:g}")


def call_preload(preload: Preload) -> None:
    """Call what a preload names.

    Raises:
        Exception: what it raises.
    """
    module, function, *arguments = preload
    target: Callable[..., Any] = getattr(import_module(module), function)
    target(*arguments)
