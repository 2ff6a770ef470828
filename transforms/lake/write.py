"""Transforms that stage rows as Parquet files and commit them."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import apache_beam as beam
from apache_beam import pvalue

from schemas.documents import Source
from schemas.record import json_date, row
from schemas.tables import ARTICLES, TABLES, Table
from transforms.lake.commits import Commit, Commits, commit_once, is_begun
from transforms.lake.manifest import CommitKind, DataFile, Manifest
from transforms.lake.partitions import fold_overflow, most_frequent, partition_path, partition_types
from transforms.lake.stage import handover_key, stage_table


class _StampFn(beam.DoFn):
    """Gives each row its run, and the key (partition, shard) that it is written under."""

    def __init__(self, commit: Commits, table: Table, partition_by: Sequence[str]) -> None:
        self._commit = commit
        self._by = tuple(partition_by)
        self._shard_by = table.order[0]

    def process(self, element: Any, window: Any = beam.DoFn.WindowParam) -> Iterable[tuple[tuple[str, int], Any]]:
        commit = self._commit.of(window)
        stamped = commit.stamp(element)
        name = str(getattr(stamped, self._shard_by))
        shard = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        yield (partition_path(stamped, self._by), int.from_bytes(shard, "big") % commit.shards), stamped


def _partition_of(element: tuple[tuple[str, int], Any]) -> str:
    return element[0][0]


def _fold(
    element: tuple[tuple[str, int], Any], kept: frozenset[str], columns: Sequence[str]
) -> tuple[tuple[str, int], Any]:
    (path, shard), stamped = element
    return (fold_overflow(path, kept, columns), shard), stamped


class _StageFn(beam.DoFn):
    """Writes one group of rows as one staged file."""

    def __init__(self, commit: Commits, table: Table, partition_by: Sequence[str]) -> None:
        self._commit = commit
        self._table = table
        self._by = tuple(partition_by)

    def process(
        self, element: tuple[tuple[str, int], Iterable[Any]], window: Any = beam.DoFn.WindowParam
    ) -> Iterable[DataFile]:
        (partition, shard), rows = element
        yield stage_table(self._commit.of(window), self._table, rows, partition, shard=shard, partition_by=self._by)


class StageTable(beam.PTransform[beam.PCollection[Any], beam.PCollection[DataFile]]):
    """Write records of one table as staged Parquet files, one for each partition and shard.

    One GroupByKey; a group is held in memory as one table. Bounded input, or windowed: each window has files
    of its own, as a :class:`WindowedCommit` wants it. Nothing is visible to readers until CommitFiles or
    :func:`commit_files` has moved the files. Partitions beyond ``commit.max_partitions`` fold into the null partition.

    Args:
        table: declares the rows, their order and their directories.
        commit: where and as what.
        partition_by: columns that become directories, where they are not those of the declaration.
    """

    def __init__(self, table: Table, *, commit: Commits, partition_by: Sequence[str] | None = None) -> None:
        super().__init__()
        self._by = table.partition if partition_by is None else tuple(partition_by)
        partition_types(table.record, self._by)
        self._commit, self._table = commit, table

    def expand(self, rows: beam.PCollection[Any]) -> beam.PCollection[DataFile]:
        keyed_type = tuple[tuple[str, int], self._table.record]  # type: ignore[name-defined]
        keyed = rows | "Stamp" >> beam.ParDo(_StampFn(self._commit, self._table, self._by)).with_output_types(
            keyed_type
        )
        if self._by != ("ingest_date",):
            # The number of directories depends on the news: count first, so that it stays bounded.
            kept = (
                keyed
                | "Partition" >> beam.Map(_partition_of).with_output_types(str)
                | "Count" >> beam.combiners.Count.PerElement()
                | "Counts" >> beam.combiners.ToDict().without_defaults()  # a window without rows asks for none
                | "Most" >> beam.Map(most_frequent, self._commit.max_partitions)
            )
            keyed = keyed | "Fold" >> beam.Map(_fold, pvalue.AsSingleton(kept), self._by).with_output_types(keyed_type)
        do = _StageFn(self._commit, self._table, self._by)
        return keyed | "Group" >> beam.GroupByKey() | "Stage" >> beam.ParDo(do).with_output_types(DataFile)


def stage_tables(
    rows: Mapping[str, beam.PCollection[Any]], *, commit: Commits, partition_by: Sequence[str]
) -> list[beam.PCollection[DataFile]]:
    """Stage the rows of several tables as files.

    Args:
        rows: by the name of their table.
        commit: what they are to be part of.
        partition_by: columns of articles that become directories; the other tables have those of their declaration.
    """
    return [
        made
        | f"Stage {name}"
        >> StageTable(TABLES[name], commit=commit, partition_by=partition_by if name == ARTICLES.name else None)
        for name, made in rows.items()
    ]


Complete = Callable[[Commit, Sequence[DataFile]], Sequence[DataFile]]
"""Stages what a commit has beside the files that were staged for it, by what is in these."""


class _CommitFn(beam.DoFn):
    def __init__(self, commit: Commits, kind: CommitKind, complete: Complete | None) -> None:
        self._commit = commit
        self._kind = kind
        self._complete = complete

    def process(
        self, element: tuple[None, Iterable[DataFile]], window: Any = beam.DoFn.WindowParam
    ) -> Iterable[Manifest]:
        commit, staged = self._commit.of(window), list(element[1])
        if self._complete is not None and not is_begun(commit):
            staged += self._complete(commit, staged)
        yield commit_once(commit, staged, kind=self._kind)


def _with_no_key(file: DataFile) -> tuple[None, DataFile]:
    return None, file


class CommitFiles(beam.PTransform[beam.PCollection[DataFile], beam.PCollection[Manifest]]):
    """Move all staged files of a window, then write its manifest. Yields one manifest for each window with files.

    Bounded input, or windowed; grouped by nothing, so nothing moves before all of a window is staged. A repeated
    bundle finds its window committed and changes nothing. All windows have one key, so one worker commits them one
    after the other: it alone gives sequence numbers while the submitter of the job holds the lock of the output.
    A bounded run that must leave a manifest though it has nothing to write, or one with what was counted, is
    committed by :func:`commit_files` when it has ended.

    Args:
        commit: where and as what.
        kind: of the manifests.
        complete: stages what each commit has besides; called by that one worker. None for nothing.
    """

    def __init__(self, commit: Commits, *, kind: CommitKind = "run", complete: Complete | None = None) -> None:
        super().__init__()
        self._do = _CommitFn(commit, kind, complete)

    def expand(self, staged: beam.PCollection[DataFile]) -> beam.PCollection[Manifest]:
        keyed = staged | "OneKey" >> beam.Map(_with_no_key).with_output_types(tuple[None, DataFile])
        done: beam.PCollection[Manifest] = (
            keyed | "Group" >> beam.GroupByKey() | "Commit" >> beam.ParDo(self._do).with_output_types(Manifest)
        )
        return done


def _hand_over(_: None, staged: list[DataFile], rest: list[Source], commits: Commits) -> str:
    commit = commits.of(None)
    body = {
        "files": [dataclasses.asdict(file) for file in sorted(staged, key=lambda file: (file.path, file.staged))],
        "continues": [row(source) for source in sorted(rest, key=repr)],
    }
    key = handover_key(commit)
    text = json.dumps(body, ensure_ascii=False, default=json_date)
    commit.lake.store.replace(key, text.encode("utf-8", "surrogatepass"))
    return key


class HandOver(beam.PTransform[beam.PCollection[DataFile], beam.PCollection[str]]):
    """Write the list of staged files for the process that runs the pipeline, which commits them.

    Bounded input. The counters, which the manifest records, are complete only when a pipeline has ended; so the
    process that waits for its end makes the commit. A replayed bundle writes the list again.

    Args:
        commit: what is being written.
        rest: sources that were not read to their end.
    """

    def __init__(self, commit: Commits, rest: beam.PCollection[Source]) -> None:
        super().__init__()
        self._commit = commit
        self._rest = rest

    def expand(self, staged: beam.PCollection[DataFile]) -> beam.PCollection[str]:
        once = staged.pipeline | "Once" >> beam.Create([None], reshuffle=False)
        handed: beam.PCollection[str] = once | "Write" >> beam.Map(
            _hand_over, pvalue.AsList(staged), pvalue.AsList(self._rest), self._commit
        ).with_output_types(str)
        return handed
