"""What reading a source gave, in words."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schemas.documents import Origin
from schemas.outcomes import Mishap
from schemas.trouble import Trouble


def code_of(mishap: Mishap) -> str:
    """Its code, or the reason why it was left out."""
    return mishap.why.code if isinstance(mishap.why, Trouble) else mishap.why.reason


def codes(things: Iterable[Any]) -> list[str]:
    """What became of each: a code, a reason, or the class."""
    return [code_of(thing) if isinstance(thing, Mishap) else type(thing).__name__ for thing in things]


def at(origin: Origin, position: int) -> Origin:
    """A place in what an origin names."""
    return replace(origin, position=position)
