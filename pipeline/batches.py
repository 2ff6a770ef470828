"""Batches of work: what they are sent through, and what becomes of one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pipeline.known_state import KnownState
from pipeline.settings import Settings
from transforms.lake.manifest import Manifest


class Done(NamedTuple):
    """What a graph did with one batch of work.

    Attributes:
        manifests: of its commits: one, or none where nothing was to be written; an unbounded job makes many.
        counters: ``<stage>.<outcome>`` to number; None where the engine does not give them.
    """

    manifests: list[Manifest]
    counters: Mapping[str, int] | None


class Graph(Protocol):
    """What a job sends its batches through."""

    def run(
        self, settings: Settings, work: Sequence[Any], known: KnownState | None, max_documents: int | None, **parts: Any
    ) -> Done:
        """Carry out one batch and commit it.

        Args:
            settings: of the chunk.
            work: elements of the batch.
            known: what is known by then.
            max_documents: the most that is read of one source; None reads all.
            parts: more of the Manifest's attributes, such as ``took``.
        """
