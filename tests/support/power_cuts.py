"""A process that ends in the middle of a commit to a disk."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from transforms.lake.commit_steps import INTENT
from transforms.lake.local import LocalStore

STEPS = ("intent", "move", "manifest", "delete", "clean")
"""Steps of a commit, in order."""

_CALLS = {
    "intent": (LocalStore, "replace"),
    "move": (LocalStore, "move"),
    "manifest": (LocalStore, "replace"),
    "delete": (LocalStore, "remove"),
    "clean": (LocalStore, "remove_tree"),
}
_WRITES = {"intent": INTENT, "manifest": "manifest-"}


class PowerCut(BaseException):
    """What ends the process."""


def cut_power(
    patch: pytest.MonkeyPatch, step: str, earlier: Mapping[str, tuple[Any, str]] | None = None, *, nth: int = 1
) -> None:
    """End the process right before it takes a step.

    Args:
        patch: undone, the next process works.
        step: one of STEPS or of ``earlier``.
        earlier: steps before those of a commit, each with the module and the name of the function that takes it.
        nth: which time that it would take the step.
    """
    place, name = {**(earlier or {}), **_CALLS}[step]
    real, written, count = getattr(place, name), _WRITES.get(step), itertools.count(1)

    def cut(*args: Any, **more: Any) -> Any:
        if (written is None or written in args[1]) and next(count) == nth:
            raise PowerCut
        return real(*args, **more)

    patch.setattr(place, name, cut)
