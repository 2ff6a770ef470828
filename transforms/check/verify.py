"""Differences between an output and what its manifests and tables promise."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import CorruptManifest
from schemas.tables import TABLES
from transforms.archive.layout import ARCHIVE, SUFFIX
from transforms.check.keys import Keys
from transforms.check.problems import Problem
from transforms.check.rows import Faults, check_order, check_rows, columns_to_check
from transforms.lake.commit_steps import INTENT, STAGING, intent_from_json
from transforms.lake.evolve import Columns, conform, defaults, known_columns, refused_changes
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DELTA_LOG, DataFile, Manifest, manifest_path, schema_columns
from transforms.lake.manifests import live_files, manifest_keys, read_manifest, retracted_ids
from transforms.lake.partitions import parse_partition
from transforms.lake.read import partition_scalars

_BLOCK = 1 << 20
_BATCH_ROWS = 4_096


class Verification(NamedTuple):
    """What was checked, and what is wrong with it.

    Attributes:
        rows: live rows by table, as counted in the files.
        bytes: sizes of the live files that are there.
    """

    problems: list[Problem]
    manifests: int
    files: int
    rows: dict[str, int]
    bytes: int


def verify(output: str | Lake, *, deep: bool = True) -> list[Problem]:
    """Return every difference between an output and its manifests; see :func:`check_lake`."""
    return check_lake(output, deep=deep).problems


def check_lake(
    output: str | Lake, *, deep: bool = True, on_file: Callable[[DataFile], None] = lambda _: None
) -> Verification:
    """Compare an output with what its manifests promise.

    Changes nothing and takes no lock: what a run that is under way has staged or moved shows as a difference.
    Memory: one row group, on an object store one file, and 8 bytes for each key and reference that is checked.

    Args:
        output: a lake, or its directory or address in a bucket.
        deep: read every byte and row; else only manifests, sizes and footers.
        on_file: called after each file.

    Raises:
        OSError: the output cannot be listed. A single file that cannot be read is a Problem.
    """
    problems: list[Problem] = []
    lake = as_lake(output)
    manifests = _read_all(lake, problems)
    live = live_files(manifests)
    pending = _pending(lake, problems)
    problems += _check_listing(lake, manifests, live, pending)
    known = known_columns(manifests)
    retracted = pa.array(sorted(retracted_ids(manifests)), pa.string())
    rows: dict[str, int] = dict.fromkeys(TABLES, 0)
    keys, unread, size = Keys(), set[str](), 0
    for file in live:
        found, read = _check_file(lake, file, known, retracted, keys, deep=deep)
        problems += found
        if any(problem.kind in ("missing", "unreadable") for problem in found):
            unread.add(file.table)
        rows[file.table] = rows.get(file.table, 0) + read
        size += file.bytes
        on_file(file)
    if deep:
        problems += keys.find_duplicates(lake, live)
        if len(manifests) == len(manifest_keys(lake.store)):  # else rows that are there may be in none of them
            problems += keys.find_dangling(lake, live, retracted, unread=unread)
    return Verification(
        sorted(problems, key=lambda problem: (problem.path, problem.kind)), len(manifests), len(live), rows, size
    )


def _read_all(lake: Lake, problems: list[Problem]) -> list[Manifest]:
    manifests, claimed = [], dict[str, str]()
    for name in manifest_keys(lake.store):
        try:
            manifest = read_manifest(lake.store, name)
        except CorruptManifest as error:
            problems.append(Problem("corrupt_manifest", name, str(error)))
            continue
        except OSError as error:
            problems.append(Problem("unreadable_manifest", name, f"cannot be read: {error}"))
            continue
        if name != manifest_path(manifest.run_id, manifest.chunk):
            said = f"run {manifest.run_id}, chunk {manifest.chunk}"
            problems.append(Problem("misplaced_manifest", name, f"says it is of {said}: a copy? its files are skipped"))
            continue
        for file in manifest.files:
            if file.path in claimed:
                problems.append(Problem("claimed_twice", file.path, f"named by {claimed[file.path]} and by {name}"))
            claimed[file.path] = name
        manifests.append(manifest)
    return manifests


def _pending(lake: Lake, problems: list[Problem]) -> frozenset[str]:
    """Paths that an interrupted commit has touched or will touch; the interruption is the one problem with them."""
    paths: set[str] = set()
    store = lake.store
    for name in store.list_names(STAGING):
        where = f"{STAGING}/{name}"
        try:
            intent = intent_from_json(store.read(f"{where}/{INTENT}"))
        except (OSError, ValueError):
            problems.append(Problem("staged", where, "staged by a run that did not commit: the next run removes it"))
            continue
        problems.append(Problem("interrupted", where, "interrupted commit: the next run completes it"))
        paths.update(file.path for file in intent.files)
        paths.update(intent.removes)
    return frozenset(paths)


def _check_listing(
    lake: Lake, manifests: Sequence[Manifest], live: Sequence[DataFile], pending: frozenset[str]
) -> Iterator[Problem]:
    """Data files that should not be there."""
    # Files of a manifest that cannot be read are not strays: they must not be deleted.
    is_certain = len(manifests) == len(manifest_keys(lake.store))
    remedy = "delete it, or restore its manifest" if is_certain else "it may be of a manifest that cannot be read"
    listed = {file.path for file in live}
    removed = {path for manifest in manifests for path in manifest.removes}
    for table in sorted({*TABLES, ARCHIVE, *(file.table for file in live)}):
        for name in lake.store.list_files(table, SUFFIX if table == ARCHIVE else ".parquet"):
            if name in listed or name in pending or f"/{DELTA_LOG}/" in name:
                continue
            if name in removed:
                yield Problem("not_removed", name, "was replaced or taken down, but is still there: delete it")
            else:
                yield Problem("stray", name, f"no manifest lists it: {remedy}")


def _checksum(source: pa.NativeFile) -> str:
    digest = hashlib.sha256()
    source.seek(0)
    while block := source.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _check_file(
    lake: Lake,
    file: DataFile,
    known: Mapping[str, Columns],
    retracted: pa.Array,
    keys: Keys,
    *,
    deep: bool,
) -> tuple[list[Problem], int]:
    """Check one live file: report what is wrong with it and how many rows it has."""
    problems: list[Problem] = []

    def problem(kind: str, message: str) -> None:
        problems.append(Problem(kind, file.path, message))

    if not lake.store.exists(file.path):
        problem(
            "missing", f"{file.rows} rows are missing: restore it from a backup, or read its input again with --full"
        )
        return problems, 0
    try:
        with lake.open(file.path) as source:
            size = source.size()
            if size != file.bytes:
                problem("size", f"has {size} bytes, had {file.bytes}")
            elif deep and (sha256 := _checksum(source)) != file.sha256:
                problem("checksum", f"its bytes have changed: sha256 is {sha256}, was {file.sha256}")
            if not file.is_parquet:
                return problems, file.rows  # the content of an archive file is checked by its checksum alone
            parquet = pq.ParquetFile(source)
            rows = parquet.metadata.num_rows
            if rows != file.rows:
                problem("rows", f"has {rows} rows, had {file.rows}")
            for message in _schema_faults(file, parquet.schema_arrow, known):
                problem("schema", message)
            if deep and file.table in TABLES:
                found, rows = _check_batches(file, parquet, retracted, keys)
                if rows != parquet.metadata.num_rows:
                    problem("rows", f"{rows} rows could be read of the {parquet.metadata.num_rows} its footer names")
                for kind, (count, example) in found.items():
                    problem(kind, example if count == 1 else f"{example} (and {count - 1} more rows)")
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        problem("unreadable", f"cannot be read as Parquet of this table: {line[:300]}")
        return problems, 0
    return problems, rows


def _schema_faults(file: DataFile, stored: pa.Schema, known: Mapping[str, Columns]) -> Iterator[str]:
    if file.table not in TABLES:
        yield f"table {file.table!r} is unknown to this newsmill"
        return
    columns = known.get(file.schema_hash)
    if columns is None:
        yield f"no manifest describes schema {file.schema_hash}"
        return
    by = parse_partition(file.path)
    expected = [column for column in columns if column[0] not in by]
    actual = list(schema_columns(stored))
    if actual != expected:
        differing = sorted({name for name, _, _ in {*actual} ^ {*expected}})
        yield f"its columns are not those of its schema: {', '.join(differing[:5]) or 'their order'}"
    yield from refused_changes(columns, TABLES[file.table].record)


def _check_batches(file: DataFile, parquet: pq.ParquetFile, retracted: pa.Array, keys: Keys) -> tuple[Faults, int]:
    declared = TABLES[file.table]
    schema = declared.schema
    values = defaults(declared.record) | {
        name: scalar.as_py() for name, scalar in partition_scalars(file.path, schema).items()
    }
    wanted = pa.schema([schema.field(name) for name in columns_to_check(declared)])
    names = set(parquet.schema_arrow.names)
    found: Faults = {}
    rows, last = 0, None
    # All columns are read, so that a page that does not decode is noticed; only a few are looked at.
    for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        rows += batch.num_rows
        table = conform(pa.Table.from_batches([batch]).select([n for n in wanted.names if n in names]), wanted, values)
        check_rows(declared, table, set(parse_partition(file.path)), retracted, found)
        last = check_order(declared, table, last, found)
        keys.add(declared, table)
    return found, rows
