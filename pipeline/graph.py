"""The graph of a chunk: built once for a run, and run for each chunk."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam

from pipeline.chunks import Element
from pipeline.engine import make_options, make_pipeline, read_counters, run_again
from pipeline.job import Done
from pipeline.known_state import KnownState
from pipeline.news import MakeNews
from pipeline.settings import Settings
from transforms import progress
from transforms.current import CurrentValue
from transforms.known.decide import CurrentKnown, KnownFiles
from transforms.lake.commits import Commit, CurrentCommit
from transforms.lake.write import commit_files, read_handover


class Chunk(NamedTuple):
    """What differs between the chunks of a run.

    Attributes:
        commit: where and as what the rows are written.
        work: elements of the chunk.
        known: what is committed by then; None where the graph does not look it up.
    """

    commit: Commit
    work: tuple[Any, ...]
    known: KnownFiles | None = None


def _read_work(_: bytes, value: CurrentValue) -> Iterable[Any]:
    chunk: Chunk = value.get()
    yield from chunk.work


class ReadWork(beam.PTransform[beam.Pipeline, beam.PCollection[Any]]):
    """The elements of the chunk under way, spread over all workers.

    Args:
        value: holds the Chunk.
        element_type: of its work.
    """

    def __init__(self, value: CurrentValue, element_type: Any) -> None:
        super().__init__()
        self._value = value
        self._type = element_type

    def expand(self, start: beam.Pipeline) -> beam.PCollection[Any]:
        read = beam.FlatMap(_read_work, self._value).with_output_types(self._type)
        work: beam.PCollection[Any] = start | beam.Impulse() | "Read" >> read | beam.Reshuffle()
        return work


class ChunkGraph:
    """One graph, kept for as long as what it is built from stays the same.

    The engine runs it again for each chunk: elements, commit and what is known are data that it reads.

    Args:
        build: applies the graph to a pipeline. Its second argument holds the Chunk.
    """

    def __init__(self, build: Callable[[beam.Pipeline, CurrentValue], None]) -> None:
        self._build = build
        self._key: Any = None
        self._pipeline: beam.Pipeline | None = None

    def run(self, settings: Settings, chunk: Chunk, *key: Any) -> Any:
        """Run the graph over one chunk, to its end.

        Args:
            settings: of the run.
            chunk: what to do now.
            key: what the graph is built from besides the settings.

        Returns:
            Beam's result.
        """
        directory = Path(os.environ[progress.DIRECTORY_VARIABLE])
        value = CurrentValue(str(directory / "chunk.pickle"))
        value.replace(chunk)
        first = dataclasses.replace(settings, commit=dataclasses.replace(settings.commit, chunk=0))
        if self._pipeline is None or self._key != (first, key):
            self._pipeline = make_pipeline(make_options(settings.beam_args))
            self._build(self._pipeline, value)
            self._key = (first, key)
        return run_again(self._pipeline)


class NewsGraph:
    """The whole graph: sources and links to committed rows.

    Args:
        kind: of the manifests.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._settings: Settings
        self._max_documents: int | None = None
        self._shape = KnownFiles(before=None, so_far=None)
        self._chunks = ChunkGraph(self._build)

    def run(
        self,
        settings: Settings,
        work: Sequence[Element],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Send one batch through the graph, and commit what it staged with what it counted."""
        assert known is not None
        files = known.files()
        chunk = Chunk(settings.commit, tuple(known.feeds.attach(work)), files)
        if settings.engine.cuts_into_chunks:
            self._settings, self._max_documents, self._shape = settings, max_documents, files
            result = self._chunks.run(settings, chunk, max_documents, files.letters is None, files.asks_again)
        else:
            result = _run_once(settings, chunk)
        staged, continues = read_handover(settings.commit)
        counters = read_counters(result, settings.engine)
        manifest = commit_files(
            settings.commit, staged, kind=self._kind, continues=continues, counters=counters or {}, **parts
        )
        return Done([manifest], counters)

    def _build(self, pipeline: beam.Pipeline, value: CurrentValue) -> None:
        shape = self._shape
        known = CurrentKnown(before=None, so_far=None, asks_again=shape.asks_again, letters=shape.letters, value=value)
        commit = CurrentCommit(value, self._settings.commit.max_partitions)
        news = MakeNews(self._settings, known=known, commit=commit, max_documents=self._max_documents)
        _ = pipeline | "Work" >> ReadWork(value, Element) | "News" >> news


def _run_once(settings: Settings, chunk: Chunk) -> Any:
    """Build and run the graph as one job, whose workers may be anywhere: all that it needs is part of it."""
    assert chunk.known is not None
    pipeline = make_pipeline(make_options(settings.beam_args))
    elements = beam.Create(list(chunk.work)).with_output_types(Element)
    _ = pipeline | "Elements" >> elements | "News" >> MakeNews(settings, known=chunk.known)
    result = pipeline.run()
    result.wait_until_finish()
    return result
