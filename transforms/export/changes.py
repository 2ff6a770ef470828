"""What has changed in a lake since a commit: the rows that are new or written again, and the ids of those removed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import SchemaMismatch, UsageError
from schemas.tables import ARTICLES, TABLES, Table, find_table
from transforms.archive.layout import ARCHIVE
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.manifests import live_files
from transforms.lake.rewrite import read_parts
from transforms.lake.row_ids import row_ids

INSERT, VERSION, UPDATE, DELETE = "insert", "version", "update", "delete"
OPERATIONS: Mapping[str, str] = {
    INSERT: "a new row",
    VERSION: "a new row that is a later version of what an earlier row holds",
    UPDATE: "a row that was written again, since a takedown moved the archived page that it points at",
    DELETE: "a row that a takedown removed; nothing but its id is given",
}
"""What can become of a row."""

SEQUENCE = "commit_sequence"
"""Column with the number of the commit that a change came with."""

ROW_ID = "row_id"
"""Column with the id by which a row is replaced and removed; see transforms.lake.row_ids."""

ADDED = pa.schema(
    [
        pa.field(
            ROW_ID,
            pa.string(),
            False,
            {"description": "MD5 of the columns that identify the row, 32 lowercase hex digits."},
        ),
        pa.field(SEQUENCE, pa.int64(), False, {"description": "Number of the commit that the row came with, from 1."}),
    ]
)
"""Columns that rows have outside the lake, before their own."""

_OP = pa.field("op", pa.string(), False, {"description": f"One of {', '.join(OPERATIONS)}."})
_BATCH_ROWS, _LEAST_ROWS = 4_096, 256
_BATCH_BYTES = 4 << 20
"""Of rows that are read at a time, as they are stored: three times as much when they have been decoded."""

_REWRITES = ("compact", "retract")


class Part(NamedTuple):
    """A data file with rows that a reader does not have, or not as they are now.

    Attributes:
        sequence: number of the commit that all its rows came with; None where each row names its own.
        rewritten: number of the takedown that wrote rows again which the reader may have; 0 for none.
    """

    file: DataFile
    sequence: int | None
    rewritten: int


class Deletion(NamedTuple):
    """Rows of a table that one commit removed."""

    sequence: int
    table: str
    row_ids: tuple[str, ...]


class Changes(NamedTuple):
    """What makes the state of a reader at one commit that at a later one.

    A reader first removes the rows of :attr:`deletions`, then adds those of :attr:`parts`, in place of those
    with the same ids where a table has unique rows. The rows are those that the lake holds now, so no row is given
    that was removed meanwhile.

    Attributes:
        since: number of the last commit that the reader has; 0 for none.
        until: number of the last commit that is included.
        parts: files to read, in the order of their paths.
        deletions: in the order of their commits.
        manifests: all commits of the lake, for what reads the files.
    """

    since: int
    until: int
    parts: tuple[Part, ...]
    deletions: tuple[Deletion, ...]
    manifests: Sequence[Manifest]

    def parts_of(self, table: str) -> list[Part]:
        """Files of one table."""
        return [part for part in self.parts if part.file.table == table]

    def deleted(self, table: str) -> list[str]:
        """Ids of the removed rows of one table, sorted."""
        return sorted({name for found in self.deletions if found.table == table for name in found.row_ids})


class _State(NamedTuple):
    """What a reader has of the rows of a file."""

    has_old: bool
    has_new: bool
    rewritten: int


def find_changes(
    output: str | Lake,
    since: int = 0,
    *,
    tables: Collection[str] | None = None,
    manifests: Iterable[Manifest] | None = None,
) -> Changes:
    """Find what a reader lacks that has seen all commits up to a number. Nothing but manifests is read.

    Args:
        output: a lake, or its directory or address in a bucket.
        since: number of the last commit that the reader has; 0 for none.
        tables: names of those wanted; all by default.
        manifests: all commits of the lake, where they were read before; read here by default.

    Raises:
        ValueError: no such table.
        UsageError: the lake has no commit of that number.
        SchemaMismatch: rows cannot be read as the present records, or a takedown did not record what it removed.
        CorruptManifest: a manifest cannot be read.
        OSError: the store cannot be read.
    """
    lake = as_lake(output)
    wanted = {find_table(name).name for name in (TABLES if tables is None else tables)}
    given = lake.manifests() if manifests is None else manifests
    manifests = sorted(given, key=lambda manifest: (manifest.sequence, manifest.run_id, manifest.chunk))
    until = manifests[-1].sequence if manifests else 0
    if not 0 <= since <= until:
        raise UsageError(
            f"{since} is not the number of a commit of {lake.output}, which has 1 to {until}: was another lake read "
            "before, or an older copy of it restored? Load it again from the beginning, which is number 0"
        )
    check_schemas(manifests)
    states = _find_states(manifests, since)
    committed = {file.path: manifest for manifest in manifests for file in manifest.files}
    parts = []
    for file in live_files(manifests):
        if not file.is_parquet or file.table not in wanted:
            continue
        manifest, state = committed[file.path], states[file.path]
        if state.has_new or state.rewritten:
            whole = manifest.sequence if manifest.kind not in _REWRITES else None
            parts.append(Part(file, whole, state.rewritten))
    return Changes(since, until, tuple(parts), tuple(_find_deletions(manifests, since, wanted)), manifests)


def _find_states(manifests: Sequence[Manifest], since: int) -> dict[str, _State]:
    """Say of each file that was ever committed what a reader at ``since`` has of its rows."""
    states: dict[str, _State] = {}
    for manifest in manifests:
        for file in manifest.files:
            if manifest.sequence <= since:
                states[file.path] = _State(True, False, 0)
            elif manifest.kind not in _REWRITES:
                states[file.path] = _State(False, True, 0)
            else:
                states[file.path] = _merge_states(file, manifest, states)
    return states


def _merge_states(file: DataFile, manifest: Manifest, states: Mapping[str, _State]) -> _State:
    """Say what a reader has of the rows of a file that was made of others."""
    directory = file.path.rpartition("/")[0]
    sources = [path for path in manifest.removes if path.startswith(f"{file.table}/")]
    near = [path for path in sources if path.rpartition("/")[0] == directory]
    known = [states[path] for path in near or sources if path in states]
    is_stamped_anew = file.table in TABLES and TABLES[file.table].has_only_newest
    if not known or is_stamped_anew:
        return _State(True, True, 0)  # its rows say themselves which commit they came with
    has_old = any(state.has_old for state in known)
    rewritten = max(state.rewritten for state in known)
    if manifest.kind == "retract" and has_old and file.table == ARTICLES.name and _moves_pages(manifest):
        rewritten = manifest.sequence
    return _State(has_old, any(state.has_new for state in known), rewritten if has_old else 0)


def _moves_pages(manifest: Manifest) -> bool:
    """Return whether a takedown replaced or removed files of archived pages, which rows of articles name."""
    return any(path.startswith(f"{ARCHIVE}/") for path in manifest.removes)


def _find_deletions(manifests: Sequence[Manifest], since: int, wanted: Collection[str]) -> Iterator[Deletion]:
    for manifest in manifests:
        if manifest.kind != "retract" or manifest.sequence <= since:
            continue
        if manifest.deleted is None:
            if since:
                raise SchemaMismatch(
                    f"the takedown of commit {manifest.sequence} was made by an older newsmill, which did not record "
                    "the rows that it removed: load the lake again from the beginning"
                )
            continue
        for table, ids in manifest.deleted.items():
            if table in wanted:
                yield Deletion(manifest.sequence, table, ids)


def change_schema(table: Table) -> pa.Schema:
    """Columns of the batches that :func:`read_changes` gives: op, row_id, commit_sequence, and those of the record."""
    return pa.schema([_OP, *ADDED, *table.schema])


def read_changes(
    lake: Lake, changes: Changes, table: str, parts: Sequence[Part] | None = None
) -> Iterator[pa.RecordBatch]:
    """Read the rows that were inserted or written again, in the order of the files; deletions are not among them.

    Memory is that of some rows of one file, however large the lake is. Columns as :func:`change_schema` has them.

    Args:
        lake: that the changes were found in.
        changes: what :func:`find_changes` found.
        table: name of a table.
        parts: only these of the files.

    Raises:
        SchemaMismatch: a row of a file that was made of others does not say which commit it came with.
        OSError: a file is gone, since the lake has been compacted meanwhile: find the changes again; or unreadable.
    """
    declared = TABLES[table]
    numbers = _Numbers(changes)
    schema = change_schema(declared)
    for part in changes.parts_of(table) if parts is None else parts:
        for rows in read_parts(lake, part.file, batch_rows=_batch_rows(part.file), has_partition=True):
            found = _select(rows, part, numbers, declared)
            for chosen in found.to_batches() if found.num_rows else ():
                yield pa.RecordBatch.from_arrays(chosen.columns, schema=schema)


def _batch_rows(file: DataFile) -> int:
    """Compute how many rows of a file are read at a time: about _BATCH_BYTES of them."""
    return max(_LEAST_ROWS, min(_BATCH_ROWS, _BATCH_BYTES * file.rows // max(file.bytes, 1)))


def numbered_commits(changes: Changes) -> list[Manifest]:
    """Return the commits that rows may name, by run_id and chunk, as those they came with."""
    return [manifest for manifest in changes.manifests if manifest.kind not in _REWRITES or manifest.files]


def moved_archives(changes: Changes) -> list[str]:
    """Return the archive files that takedowns since then have made; rows that name them were written again."""
    return [
        file.path
        for manifest in changes.manifests
        if manifest.kind == "retract" and manifest.sequence > changes.since
        for file in manifest.files
        if file.table == ARCHIVE
    ]


class _Numbers:
    """The number of the commit that a row came with, from its run_id and chunk."""

    def __init__(self, changes: Changes) -> None:
        self.since = changes.since
        made = numbered_commits(changes)
        self._commits = pa.array([f"{manifest.run_id}\x1f{manifest.chunk}" for manifest in made], pa.string())
        self._numbers = pa.array([manifest.sequence for manifest in made], pa.int64())
        self._archives = pa.array(moved_archives(changes), pa.string())
        self._runs: dict[str, set[int]] = {}
        for manifest in made:
            self._runs.setdefault(manifest.run_id, set()).add(manifest.sequence)

    def of(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return the number for each row; of rows without a chunk that of the last commit of their run."""
        chunks = rows.column("chunk").cast(pa.string())
        named = pc.binary_join_element_wise(rows.column("run_id"), chunks, "\x1f")
        numbers = self._numbers.take(pc.index_in(named.combine_chunks(), value_set=self._commits))
        if numbers.null_count:
            runs = rows.column("run_id").to_pylist()
            values = numbers.to_pylist()
            numbers = pa.array(
                [self._of_run(run) if value is None else value for run, value in zip(runs, values, strict=True)],
                pa.int64(),
            )
        return numbers

    def are_moved(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return for each row whether a takedown since made the archive file that it names, or may have taken it."""
        named = rows.column("archive_file")
        return pc.or_(pc.is_in(named, value_set=self._archives), pc.is_null(named))

    def _of_run(self, run_id: str) -> int:
        found = self._runs.get(run_id)
        if not found:
            return 0
        if min(found) <= self.since < max(found):
            raise SchemaMismatch(
                f"rows of run {run_id} were written by an older newsmill, which did not record the commit of each, and "
                "the run was under way when the lake was last read: load the lake again from the beginning"
            )
        return max(found)


def _select(rows: pa.Table, part: Part, numbers: _Numbers, table: Table) -> pa.Table:
    """Return the rows of a part that the reader lacks, with the columns that say what they are."""
    if part.sequence is not None:
        sequences: pa.Array = pa.repeat(pa.scalar(part.sequence, pa.int64()), rows.num_rows)
        is_old: pa.Array = pa.repeat(pa.scalar(False), rows.num_rows)
    else:
        sequences = numbers.of(rows)
        is_old = pc.less_equal(sequences, numbers.since)
        kept = pc.invert(is_old)
        if part.rewritten:
            sequences = pc.if_else(is_old, pa.scalar(part.rewritten, pa.int64()), sequences)
            kept = pc.or_(kept, numbers.are_moved(rows))
        rows, sequences, is_old = rows.filter(kept), sequences.filter(kept), is_old.filter(kept)
    is_later = (
        pc.greater(rows.column(table.version).combine_chunks(), 1)
        if table.version
        else pa.repeat(pa.scalar(False), rows.num_rows)
    )
    operations = pc.if_else(is_old, UPDATE, pc.if_else(is_later, VERSION, INSERT))
    added = [operations, row_ids(table, rows), sequences]
    return pa.Table.from_arrays([*added, *rows.columns], schema=change_schema(table))
