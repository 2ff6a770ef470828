"""Failures for which an open dead letter exists already: they are counted and not written again."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from schemas.articles import DeadLetter, Replay
from transforms.known.files import KnownFiles
from transforms.known.lookup import count_not_written
from transforms.letters.known import COUNTER, decide_letter, load_known_letters
from transforms.named_outputs import NamedOutputs


class NewLetters(NamedTuple):
    """What SkipKnownLetters returns: every letter is in one of the two; ``tries`` is None where none is open."""

    letters: beam.PCollection[DeadLetter]
    tries: beam.PCollection[Replay] | None


class _SkipFn(beam.DoFn):
    def __init__(self, files: KnownFiles) -> None:
        self._files = files

    def setup(self) -> None:
        path = self._files.find_letters()
        self._known = load_known_letters(path) if path is not None else {}

    def process(self, element: DeadLetter) -> Iterable[Any]:
        decided = decide_letter(element, self._known)
        if isinstance(decided, DeadLetter):
            yield decided
            return
        count_not_written(COUNTER, element.code)
        yield TaggedOutput("tries", decided)


class SkipKnownLetters(NamedOutputs[beam.PCollection[DeadLetter], NewLetters]):
    """Leave out dead letters that an earlier run has written and nothing has answered; note the try.

    Elementwise: keeps windows and timestamps. A letter is known where an open one has its letter_id and message.
    The law: letters in = letters + tries; tries are counted as ``letters.known``.

    Args:
        files: they say where :func:`transforms.letters.known.save_known_letters` has put the open letters; where they
            have none, all letters are written.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._do = None if files.letters is None else _SkipFn(files)

    def expand(self, letters: beam.PCollection[DeadLetter]) -> NewLetters:
        if self._do is None:
            return NewLetters(letters, None)
        split = letters | beam.ParDo(self._do).with_outputs("tries", main="letters")
        split.letters.element_type, split.tries.element_type = DeadLetter, Replay
        return NewLetters(split.letters, split.tries)
