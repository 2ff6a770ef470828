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


ANY_MESSAGE = ""
"""In place of the hash of a message: the run has the letter already, and a run has each letter once."""


class KnownLetter(NamedTuple):
    """An open dead letter, as far as it tells whether a failure is the same.

    Attributes:
        message: hash of its message, or ANY_MESSAGE.
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
    """Return a letter to write, or one more try of an open one about the same input that has the same message.

    A second failure within a run of a stream is one more try, whatever its message is.
    """
    before = known.get(letter.letter_id)
    if before is None or before.message not in (ANY_MESSAGE, message_hash(letter.message)):
        return letter
    return Replay(
        letter_id=letter.letter_id,
        outcome="dead_letter",
        attempts=before.attempts + 1,
        newsmill_version=NEWSMILL_VERSION,
    )
