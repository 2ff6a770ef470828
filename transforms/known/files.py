"""Where what is known to a run is stored, for all workers to read."""

import dataclasses
from typing import Any

from transforms.current import CurrentValue
from transforms.known.index import Known, LayeredIndex, load_index


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class KnownFiles:
    """Where the indexes are that a run looks up.

    Attributes:
        before: of all earlier runs.
        letters: open dead letters of earlier runs, which are not written again; None where there are none.
        recent: of what was committed after ``before`` was made and also counts as earlier; None for nothing.
        so_far: of the chunks that this run has committed; None before the first.
        asks_again: links that earlier runs have read are fetched again.
    """

    before: str | None
    so_far: str | None
    asks_again: bool = False
    recent: str | None = None
    letters: str | None = None

    def load_before(self) -> Known | None:
        """Load what earlier runs have stored."""
        layers = tuple(load_index(where) for where in (self.recent, self.before) if where is not None)
        return LayeredIndex(layers) if len(layers) > 1 else next(iter(layers), None)

    def load(self, window: Any) -> tuple[Known | None, Known | None]:
        """Load what earlier runs have stored, and what this run has so far; the same each time for one window."""
        del window  # the files of a bounded run are what they were when it was built
        return self.load_before(), load_index(self.so_far) if self.so_far else None

    def find_letters(self) -> str | None:
        """Give the path of the open dead letters."""
        return self.letters


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CurrentKnown(KnownFiles):
    """What is known to the chunk under way, for a graph that is run once for each chunk.

    Attributes:
        letters: anything but None where chunks have open dead letters; :meth:`find_letters` says where.
        value: holds the KnownFiles of the chunk, as attribute ``known`` of what is there.
    """

    value: CurrentValue

    def load_before(self) -> Known | None:
        """Load what earlier runs have stored."""
        return self._now().load_before()

    def load(self, window: Any) -> tuple[Known | None, Known | None]:
        """Load what earlier runs have stored, and what this run has so far."""
        return self._now().load(window)

    def find_letters(self) -> str | None:
        """Give the path of the open dead letters."""
        return self._now().find_letters()

    def _now(self) -> KnownFiles:
        known: KnownFiles = self.value.get().known
        return known
