"""How many worker processes there are, and what one element may cost in them."""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from schemas.policy import policy, setting

WALL_FACTOR = 6
"""Wall clock time that an element may take, in multiples of its processor time: some wait instead of working."""

Preload = tuple[str, ...]
"""Module, function and its arguments, all strings: called once before workers are forked."""


def count_cores() -> int:
    """Count the processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


@policy
class WorkerPolicy:
    """Number and budget of worker processes; equal policies share one pool in a process.

    Raises:
        ValueError: a number out of range.
    """

    workers: int = setting(
        "processes that read and enrich at the same time; the rows are the same for any number",
        default=1,
        unset="one for each core; one where the engine has worker processes of its own",
        shapes_rows=False,
        at_least=1,
    )
    timeout_s: float = setting(
        "processor time that one page, text, record or feed may take in one stage; then its process is ended and it "
        f"becomes a dead letter. It may take {WALL_FACTOR} times as much by the wall clock",
        default=10.0,
        shapes_rows=True,
        option="element_timeout_s",
        at_least=0.01,
        unit="seconds",
    )
    memory_mb: int = setting(
        "memory that it may take above that of an idle process",
        default=1024,
        shapes_rows=True,
        option="element_memory_mb",
        at_least=16,
        unit="MiB",
    )
    recycle_after: int = setting(
        "elements after which a worker is replaced, so that no library's growth accumulates",
        default=1000,
        shapes_rows=False,
        no_option="measured; no run needs another",
        at_least=1,
    )
    prepare: tuple[Preload, ...] = setting(
        "what is called before any process is forked, such as for the options of stores; it loads nothing",
        default=(),
        shapes_rows=False,
        no_option="follows from the other options",
    )
    preload: tuple[Preload, ...] = setting(
        "what is called once, in the process that workers are forked from, before the first worker; models are shared "
        "that way",
        default=(),
        shapes_rows=False,
        no_option="follows from the steps",
    )


def call_preload(preload: Preload) -> None:
    """Call what a preload names.

    Raises:
        Exception: what it raises.
    """
    module, function, *arguments = preload
    target: Callable[..., Any] = getattr(import_module(module), function)
    target(*arguments)
