"""Hooks that a benchmark adds to every Python process of a newsmill that it starts; newsmill itself has none.

Python imports this module when it starts with the directory on PYTHONPATH, in workers, too. Environment variables
turn the hooks on:

NEWSMILL_BENCH_STARTED  path that is created when the package ``pipeline`` begins to be imported.
NEWSMILL_BENCH_TIMES    directory for one file a process: when each element of a stage began and ended.
NEWSMILL_BENCH_POISON   "1": pages that hold a marker run for ever, kill their process, or all that came of the run.
NEWSMILL_BENCH_SOCKETS  file for the names that are looked up and the addresses that are connected to.
"""

import contextlib
import functools
import importlib.abc
import importlib.machinery
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ENDLESS, DEADLY, MURDEROUS = b"x-poison-endless", b"x-poison-kills-worker", b"x-poison-kills-all"
STAGES = {
    "transforms.articles.read": ("extract", "read_document"),
    "transforms.enrich.languages.identify": ("language", "identify_language"),
    "transforms.enrich.entities.annotate": ("entities", "recognize_entities"),
    "transforms.enrich.topics.assign": ("topics", "assign_topics"),
    "transforms.enrich.quotes.annotate": ("quotes", "quote_article"),
    "transforms.enrich.amounts.annotate": ("amounts", "add_amounts"),
    "transforms.enrich.dates.annotate": ("dates", "add_dates"),
    "transforms.enrich.summary.summarize": ("summary", "summarize"),
    "transforms.enrich.stories.annotate": ("stories", "sketch_text"),
    "transforms.sources.opening": ("read", "open_source"),
}
"""Module to stage and the function that does its work."""
_Function = Callable[..., Any]


def _name_of(subject: Any) -> str:
    for name in ("uri", "source_uri"):
        if isinstance(found := getattr(subject, name, None), str):
            return found
    for name in ("origin", "source", "link"):
        if (found := getattr(subject, name, None)) is not None:
            return _name_of(found)
    return ""


def _note(**what: Any) -> None:
    path = Path(os.environ["NEWSMILL_BENCH_TIMES"], f"{os.getpid()}.jsonl")
    with path.open("a", encoding="utf-8", errors="replace") as out:
        out.write(json.dumps(what) + "\n")


@contextlib.contextmanager
def _timed(stage: str, subject: Any) -> Iterator[None]:
    began, cpu = time.monotonic(), time.thread_time()
    key = f"{os.getpid()}-{time.monotonic_ns()}"
    _note(key=key, stage=stage, name=_name_of(subject))
    try:
        yield
    finally:
        _note(key=key, stage=stage, wall_s=time.monotonic() - began, cpu_s=time.thread_time() - cpu)


def _time(stage: str, function: _Function) -> _Function:
    @functools.wraps(function)
    def timed(subject: Any, *words: Any, **more: Any) -> Any:
        with _timed(stage, subject):
            return function(subject, *words, **more)

    @functools.wraps(function)
    def timed_many(subject: Any, *words: Any, **more: Any) -> Iterator[Any]:
        # Only the time inside counts: whoever takes the results has time of his own.
        began = cpu = 0.0
        key = f"{os.getpid()}-{time.monotonic_ns()}"
        _note(key=key, stage=stage, name=_name_of(subject))
        found = function(subject, *words, **more)
        try:
            while True:
                start, start_cpu = time.monotonic(), time.thread_time()
                try:
                    thing = next(found)
                except StopIteration:
                    return
                finally:
                    began, cpu = began + time.monotonic() - start, cpu + time.thread_time() - start_cpu
                yield thing
        finally:
            _note(key=key, stage=stage, wall_s=began, cpu_s=cpu)

    return timed_many if stage == "read" else timed


def _kill_all() -> None:
    """SIGKILL everything that has the mark of the benchmark in its environment; this process is the last."""
    mark = f"NEWSMILL_BENCH_MARK={os.environ['NEWSMILL_BENCH_MARK']}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes().split(b"\0") and int(path.parent.name) != os.getpid():
                os.kill(int(path.parent.name), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _poison(function: _Function) -> _Function:
    @functools.wraps(function)
    def poisoned(document: Any, *words: Any, **more: Any) -> Any:
        body = getattr(document, "body", None) or b""
        if ENDLESS in body:
            while True:
                sum(range(10_000))
        if DEADLY in body:
            os.kill(os.getpid(), signal.SIGSEGV)
        if MURDEROUS in body:
            _kill_all()
        return function(document, *words, **more)

    return poisoned


def _change(module: ModuleType) -> None:
    stage, name = STAGES[module.__name__]
    function = getattr(module, name)
    if "NEWSMILL_BENCH_TIMES" in os.environ:
        function = _time(stage, function)
    if stage == "extract" and os.environ.get("NEWSMILL_BENCH_POISON"):
        function = _poison(function)
    setattr(module, name, function)


class _Finder(importlib.abc.MetaPathFinder):
    """Changes a module as soon as it is imported, before anything takes a function from it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "pipeline" and (mark := os.environ.get("NEWSMILL_BENCH_STARTED")):
            Path(mark).touch()
        if fullname not in STAGES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_change(module: ModuleType) -> None:
            run(module)
            _change(module)

        spec.loader.exec_module = run_and_change  # type: ignore[method-assign]
        return spec


def _note_sockets(event: str, words: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        told = f"look up {words[0]}"
    elif event == "socket.connect" and isinstance(words[1], tuple):
        told = f"connect {words[1]}"
    else:
        return
    with Path(os.environ["NEWSMILL_BENCH_SOCKETS"]).open("a", encoding="utf-8") as out:
        out.write(told + "\n")


if any(f"NEWSMILL_BENCH_{name}" in os.environ for name in ("STARTED", "TIMES", "POISON")):
    sys.meta_path.insert(0, _Finder())
if "NEWSMILL_BENCH_SOCKETS" in os.environ:
    sys.addaudithook(_note_sockets)
