"""Open dead letters that a run compares its failures with."""

import functools
import json
from collections.abc import Mapping
from typing import NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Replay
from transforms.identity import short_digest
from transforms.lake import files

COUNTER = "letters.known"
"""Counter of letters that are not written again; with ``.`` and a code, of those with that code."""


class KnownLetter(NamedTuple):
    """An open dead letter, as far as it tells whether a failure is the same.

    Attributes:
        message: hash of its message.
        attempts: how often its input was tried.
    """

    message: str
    attempts: int


def message_hash(message: str) -> str:
    """Return what a message is known by."""
    return short_digest(message)


def save_known_letters(letters: Mapping[str, KnownLetter], path: str) -> None:
    """Write open letters where all workers can read them."""
    files.write_bytes(path, json.dumps(letters).encode())


@functools.lru_cache(maxsize=2)
def load_known_letters(path: str) -> dict[str, KnownLetter]:
    """Letters as they were saved, by letter_id."""
    return {name: KnownLetter(*values) for name, values in json.loads(files.read_bytes(path)).items()}


def decide_letter(letter: DeadLetter, known: Mapping[str, KnownLetter]) -> DeadLetter | Replay:
    """Return a letter to write, or one more try of an open one that says the same of the same input."""
    before = known.get(letter.letter_id)
    if before is None or before.message != message_hash(letter.message):
        return letter
    return Replay(
        letter_id=letter.letter_id,
        outcome="dead_letter",
        attempts=before.attempts + 1,
        newsmill_version=NEWSMILL_VERSION,
    )
