"""What stood in the way of earlier runs: elements that were in workers when a run was ended, chunks that often were.

A run that is killed, or that the system ends for want of memory, is carried on by the next with the same chunk. So that
no input can end every later run as well:

- An element that was in a worker when a run was ended is a suspect. Suspects are worked on alone. One that was alone
  when a run was ended, twice, is condemned: it becomes a dead letter ``run.ended_twice``, and is not tried again but
  by a replay.
- A chunk that was under way in MAX_ENDED runs, whatever was in the workers, is cut in halves, and again, down to one
  document of one source; if that is still ended, it is condemned.

A run that ends in order, by a signal or an error, does not count.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline import signals
from pipeline.chunks import Element
from schemas.stages import READ
from transforms.lake import files
from transforms.letters.work_key import work_key
from transforms.parsers import parse_json
from transforms.workers.journal import Journal, read_journal
from transforms.workers.pool import Pool

STATE = "_attempts.json"
IN_FLIGHT = "_in_flight"

MAX_ENDED = 4
"""Runs that may be ended in one chunk before it is cut: two suffice for a suspect, and cutting a chunk can change
which of two copies is kept, so a few kills at random must not do it."""

CONDEMNED_AT = 2


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Attempts:
    """What is kept between runs.

    Attributes:
        work: name of the chunk that was begun last.
        ended: how many runs were ended in it since it was begun or cut.
        size: most elements of the chunk, where it was cut.
        documents: most documents of its only element, where that was cut.
        suspects: key of an element to the runs that were ended while it was alone.
        condemned: keys that are not tried again.
    """

    work: str = ""
    ended: int = 0
    size: int | None = None
    documents: int | None = None
    suspects: Mapping[str, int] = dataclasses.field(default_factory=dict)
    condemned: tuple[str, ...] = ()

    @property
    def left_out(self) -> set[str]:
        """Keys of elements that are not worked on: condemned before, or by the last ended run."""
        return {*self.condemned, *(key for key, count in self.suspects.items() if count >= CONDEMNED_AT)}

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to keep."""
        return self == Attempts(work=self.work)


def load_attempts(output: str) -> Attempts:
    """Read what is kept in an output; blank where there is nothing that can be read."""
    try:
        body = parse_json(files.read_bytes(files.join(output, STATE)))
        return Attempts(**{**body, "condemned": tuple(body["condemned"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Attempts()


def save_attempts(output: str, attempts: Attempts) -> None:
    """Write it, or remove the file where there is nothing to keep."""
    path = files.join(output, STATE)
    if attempts.is_blank and not attempts.work:
        files.remove_file(path)
    else:
        files.replace_bytes(path, json.dumps(dataclasses.asdict(attempts)).encode())


def cut(attempts: Attempts, size: int, documents: int) -> Attempts:
    """Halve a chunk that was ended too often.

    >>> cut(Attempts(ended=4), 7, 100).size, cut(Attempts(ended=4), 1, 100).documents
    (4, 50)

    Args:
        size: elements that it had.
        documents: most that were read of one.
    """
    if size > 1:
        return dataclasses.replace(attempts, ended=0, size=(size + 1) // 2)
    return dataclasses.replace(attempts, ended=0, size=1, documents=max(1, documents // 2))


def grow(attempts: Attempts, size: int, documents: int) -> Attempts:
    """Allow the chunk after one that was committed twice as much, up to the whole."""
    larger_size = None if attempts.size is None or attempts.size * 2 >= size else attempts.size * 2
    more = None if attempts.documents is None or attempts.documents * 2 >= documents else attempts.documents * 2
    return Attempts(size=larger_size, documents=more, condemned=attempts.condemned)


class AttemptLog:
    """A record of each chunk of a run, written before it is begun and after it is committed, under the output's lock.

    Args:
        output: of the run.
        pool: that works on its elements; None where the engine has processes of its own, and only chunks are cut.
        is_replay: what is condemned is tried once more.
    """

    def __init__(self, output: str, pool: Pool | None, *, is_replay: bool = False) -> None:
        self._output = output
        self._path = in_flight_path(self._output)
        self._attempts = learn(load_attempts(self._output), self._path)
        self._pool = pool
        self._journal: Journal | None = None
        if is_replay:
            again = dict.fromkeys(self._attempts.condemned, 0) | dict(self._attempts.suspects)
            self._attempts = dataclasses.replace(self._attempts, suspects=again, condemned=())

    def begin(self, work: str, elements: Sequence[Element], documents: int) -> tuple[int, int]:
        """Note that a chunk is begun.

        Args:
            work: name of the chunk, the same in the run that carries it on.
            elements: that it has, at least one.
            documents: the most that are read of one.

        Returns:
            How much of it to do: elements, and documents of each.
        """
        now = self._attempts
        if now.work != work:
            now = dataclasses.replace(now, ended=0)
        size = min(len(elements), now.size or len(elements))
        document_limit = min(documents, now.documents or documents)
        if now.ended >= MAX_ENDED:
            if size == document_limit == 1:
                key = work_key(READ.word, elements[0])
                now = dataclasses.replace(now, ended=0, condemned=(*now.condemned, key))
            else:
                now = cut(now, size, document_limit)
                size, document_limit = min(size, now.size or size), min(document_limit, now.documents or document_limit)
        self._attempts = dataclasses.replace(now, work=work)
        save_attempts(self._output, dataclasses.replace(self._attempts, ended=now.ended + 1))
        self._inform_pool()
        return size, document_limit

    def commit(self, size: int, documents: int) -> None:
        """Note that the chunk is committed."""
        kept = grow(self._attempts, size, documents)
        self._attempts = dataclasses.replace(kept, condemned=tuple(sorted(self._attempts.left_out)))
        save_attempts(self._output, self._attempts)

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """For as long as the block lasts, note what is in the workers; when it ends in order, nothing is left."""
        journal = self._journal = Journal(self._path)
        self._inform_pool()

        def in_order() -> None:
            journal.close()
            save_attempts(self._output, self._attempts)

        try:
            with signals.cleaning_up(in_order):
                yield
        finally:
            if self._pool is not None:
                self._pool.unwatch()
            self._journal = None
            in_order()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _inform_pool(self) -> None:
        if self._journal is not None and self._pool is not None:
            left_out = self._attempts.left_out
            self._pool.watch(self._journal, suspects={*self._attempts.suspects} - left_out, condemned=left_out)


def in_flight_path(output: str) -> Path:
    """Return the path of the journal: in the output, or for a store in the temporary directory of this machine."""
    if files.is_local(output):
        return Path(output) / IN_FLIGHT
    name = hashlib.blake2b(output.encode(), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"newsmill-{os.getuid()}-{name}{IN_FLIGHT}"


def learn(attempts: Attempts, journal: Path) -> Attempts:
    """Add what was in the workers when the last run was ended; nothing where it ended in order."""
    suspects = dict(attempts.suspects)
    in_flight = read_journal(journal)
    for element in in_flight:
        suspects[element.key] = suspects.get(element.key, 0) + element.is_alone
    is_found = any(element.is_alone for element in in_flight)
    return dataclasses.replace(attempts, suspects=suspects, ended=0 if is_found else attempts.ended)
