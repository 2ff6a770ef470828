"""Fixtures and order of all tests."""

import gc
import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from transforms.web.shared_clients import close_shared_clients

# No test measures the wall clock: on a loaded machine one example of a hundred may take long.
hypothesis.settings.register_profile(
    "newsmill",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # by the clock on the wall, as the deadline is
)
hypothesis.settings.load_profile("newsmill")

logging.getLogger("apache_beam").setLevel(logging.ERROR)


collect_ignore = ["spark/read_tables.py"]
"""Runs in a Python that has Spark."""


gc.disable()  # until all is collected: modules and items are kept, and there are a million objects of them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest, so that of two processes neither waits for the other at the end."""
    seconds: Counter[Path] = Counter()
    for item in items:
        if mark := item.get_closest_marker("slow"):
            seconds[item.path] = max(seconds[item.path], _slow(*mark.args, **mark.kwargs))
    items.sort(key=lambda item: -seconds[item.path])


def _slow(seconds: int = 1) -> int:
    """Seconds that a mark ``slow`` gives."""
    return seconds


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of garbage collection."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Let Python end as it does: some libraries report what is left."""
    gc.enable()
    gc.unfreeze()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes in the id of a test by their argument alone.

    Compressed data holds the time of its making, and processes that share tests must name them alike.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def _pin_argv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Beam, which reads sys.argv where it has no options, none of pytest's arguments; and newsmill no file."""
    monkeypatch.setattr("sys.argv", ["newsmill"])
    monkeypatch.delenv("NEWSMILL_CONFIG", raising=False)
    monkeypatch.delenv("NEWSMILL_COMMAND", raising=False)


@pytest.fixture(autouse=True)
def _forget_hosts() -> Iterator[None]:
    """Forget what a process has learnt of hosts, which outlives a run, after each test."""
    yield
    close_shared_clients()


@pytest.fixture
def is_golden_run() -> bool:
    """Whether expected files are to be written anew (``./run.sh golden``)."""
    return os.environ.get("NEWSMILL_GOLDEN") == "1"
