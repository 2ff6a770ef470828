"""The graph of a chunk: built once for a run, and run for each chunk."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam

from pipeline.batches import Done
from pipeline.beam_pipeline import make_options, make_pipeline, read_counters, run_to_end
from pipeline.chunks import Element
from pipeline.known_state import KnownState
from pipeline.news import MakeNews
from pipeline.settings import Settings
from pipeline.stages import count_staged, story_policy
from schemas.documents import Source
from schemas.record import from_row
from transforms import progress
from transforms.current import CurrentValue
from transforms.enrich.stories.commit import StageStories
from transforms.known.files import CurrentKnown, KnownFiles
from transforms.lake.commits import Commit, Commits, CurrentCommit, commit_files
from transforms.lake.manifest import CommitKind, DataFile
from transforms.lake.stage import read_handover, stage_by_day
from transforms.letters.closing import COUNTER, BatchSources, find_closed, read_batch
from transforms.letters.open_letters import OpenLetter


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

    An engine that cuts a run into chunks runs it again for each: elements, commit and what is known are data that it
    reads. On other engines, whose workers may be anywhere, a run is one chunk, and all that it needs is part of the
    graph.

    Args:
        build: applies the graph to the elements; gets the settings, the commit, what is known, and the further
            arguments of :meth:`run`.
        element_type: of the elements.
    """

    def __init__(self, build: Callable[..., None], element_type: Any) -> None:
        self._build = build
        self._type = element_type
        self._built_from: Any = None
        self._pipeline: beam.Pipeline | None = None

    def run(self, settings: Settings, chunk: Chunk, *more: Any) -> Any:
        """Run the graph over one chunk, to its end.

        Args:
            settings: of the chunk.
            chunk: what to do.
            more: what the graph is built from besides.

        Returns:
            Beam's result.
        """
        if not settings.engine.cuts_into_chunks:
            pipeline = make_pipeline(make_options(settings.beam_args))
            work = pipeline | "Work" >> beam.Create(list(chunk.work)).with_output_types(self._type)
            self._build(work, settings, chunk.commit, chunk.known, *more)
            return run_to_end(pipeline)
        value = CurrentValue(str(Path(os.environ[progress.DIRECTORY_VARIABLE]) / "chunk.pickle"))
        value.replace(chunk)
        first = dataclasses.replace(settings, commit=dataclasses.replace(settings.commit, chunk=0))
        known = _current(chunk.known, value)
        built_from = (first, known and (known.asks_again, known.letters), more)
        if self._pipeline is None or self._built_from != built_from:
            self._pipeline = make_pipeline(make_options(settings.beam_args))
            work = self._pipeline | "Work" >> ReadWork(value, self._type)
            self._build(work, first, CurrentCommit(value, settings.commit.max_partitions), known, *more)
            self._built_from = built_from
        return run_to_end(self._pipeline)


def _current(known: KnownFiles | None, value: CurrentValue) -> CurrentKnown | None:
    """What is known, as it is when the graph is run; its shape, which the graph is built from, is as it is now."""
    if known is None:
        return None
    letters = None if known.letters is None else "of the chunk"
    return CurrentKnown(before=None, so_far=None, asks_again=known.asks_again, letters=letters, value=value)


class GraphCommits:
    """Commits what a graph has staged, with the stories that its articles tell.

    Args:
        kind: of the manifests.
    """

    def __init__(self, kind: CommitKind) -> None:
        self._kind = kind
        self._stories = StageStories()

    def commit(
        self, settings: Settings, staged: Sequence[DataFile], counters: Mapping[str, int] | None, **parts: Any
    ) -> Done:
        """Commit some files, with what was counted, and what else the manifest has."""
        told = self._stories.stage(settings.commit, staged, story_policy(settings))
        counted = count_staged(counters, told)
        manifest = commit_files(settings.commit, (*staged, *told), kind=self._kind, counters=counted or {}, **parts)
        return Done([manifest], counted)


def stage_closed(
    settings: Settings,
    staged: Sequence[DataFile],
    letters: Mapping[str, OpenLetter],
    *,
    work: Iterable[Element],
    continues: Iterable[Mapping[str, Any]],
) -> list[DataFile]:
    """Stage a row for each open dead letter about something that a batch got through.

    Args:
        settings: of the chunk.
        staged: files of the batch.
        letters: those that are open, by letter_id.
        work: elements of the batch.
        continues: what is left of its sources.
    """
    if not letters:
        return []
    commit, rest = settings.commit, [from_row(Source, values) for values in continues]
    sources = BatchSources(work, rest, fetches=settings.page_policy.fetch != "never")
    closed = find_closed(letters.values(), sources, read_batch(commit.lake, staged, letters))
    # The graph may have staged files of the same table and day.
    return [stage_by_day(commit, closed, shard=commit.shards)] if closed else []


class NewsGraph:
    """The whole graph: sources and links to committed rows.

    Args:
        kind: of the manifests.
    """

    def __init__(self, kind: CommitKind) -> None:
        self._graph = ChunkGraph(_build_news, Element)
        self._commits = GraphCommits(kind)

    def run(
        self,
        settings: Settings,
        work: Sequence[Element],
        known: KnownState | None,
        max_documents: int | None,
        **parts: Any,
    ) -> Done:
        """Send one batch through the graph, and commit what it staged and counted, its stories and closed letters."""
        assert known is not None
        chunk = Chunk(settings.commit, tuple(known.feeds.attach(work)), known.files(settings.commit.run_id))
        result = self._graph.run(settings, chunk, max_documents)
        staged, continues = read_handover(settings.commit)
        counters = read_counters(result, settings.engine)
        closed = stage_closed(settings, staged, known.open_letters, work=work, continues=continues)
        if counters is not None:
            counters = {**counters, COUNTER: sum(file.rows for file in closed)}
        return self._commits.commit(settings, (*staged, *closed), counters, continues=continues, **parts)


def _build_news(
    work: beam.PCollection[Element],
    settings: Settings,
    commit: Commits,
    known: KnownFiles,
    max_documents: int | None,
) -> None:
    _ = work | "News" >> MakeNews(settings, known=known, commit=commit, max_documents=max_documents)
