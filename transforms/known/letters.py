"""Failures that earlier runs have a dead letter of already: counted, and not written again."""

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas import NEWSMILL_VERSION
from schemas.articles import DeadLetter, Replay
from transforms.identity import digest
from transforms.lake import files
from transforms.ledger import NAMESPACE

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


class Answered(NamedTuple):
    """What SkipKnownLetters returns: every letter is in one of the two."""

    letters: beam.PCollection[DeadLetter]
    tries: beam.PCollection[Replay] | None


def message_hash(message: str) -> str:
    """What a message is known by."""
    return digest(message)[:16]


def save_letters(letters: Mapping[str, KnownLetter], path: str) -> None:
    """Write open letters where all workers can read them."""
    files.write_bytes(path, json.dumps(letters).encode())


@functools.lru_cache(maxsize=2)
def load_letters(path: str) -> dict[str, KnownLetter]:
    """Letters as they were saved, by letter_id."""
    return {name: KnownLetter(*values) for name, values in json.loads(files.read_bytes(path)).items()}


def decide_letter(letter: DeadLetter, known: Mapping[str, KnownLetter]) -> DeadLetter | Replay:
    """A letter to write, or one more try of an open one that says the same of the same input."""
    before = known.get(letter.letter_id)
    if before is None or before.message != message_hash(letter.message):
        return letter
    return Replay(
        letter_id=letter.letter_id,
        outcome="dead_letter",
        attempts=before.attempts + 1,
        newsmill_version=NEWSMILL_VERSION,
    )


class _SkipFn(beam.DoFn):
    def __init__(self, path: str) -> None:
        self._path = path

    def setup(self) -> None:
        self._known = load_letters(self._path)

    def process(self, element: DeadLetter) -> Iterable[Any]:
        decided = decide_letter(element, self._known)
        if isinstance(decided, DeadLetter):
            yield decided
            return
        for name in (COUNTER, f"{COUNTER}.{element.code}"):
            Metrics.counter(NAMESPACE, name).inc()
        yield TaggedOutput("tries", decided)


class SkipKnownLetters(beam.PTransform[beam.PCollection[DeadLetter], Answered]):
    """Leave out dead letters that an earlier run has written and nothing has answered; note the try.

    Elementwise: keeps windows and timestamps. A letter is known where an open one has its letter_id and message.
    The law: letters in = letters + tries; tries are counted as ``letters.known``.

    Args:
        path: where :func:`save_letters` has put the open letters.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self._do = _SkipFn(path)

    def expand(self, letters: beam.PCollection[DeadLetter]) -> Answered:
        split = letters | beam.ParDo(self._do).with_outputs("tries", main="letters")
        split.letters.element_type, split.tries.element_type = DeadLetter, Replay
        return Answered(split.letters, split.tries)
