"""Addresses and ids go in; every row that holds or names those articles is taken out of an output."""

import dataclasses
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from transforms.lake import files
from transforms.lake.commit import STAGING, commit_manifest
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import live_files, read_manifests
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.read import open_files
from transforms.lake.rewrite import read_parts, stage_rows, todays_schemas
from transforms.lake.targets import LOOK_AT, Targets, grow, match_rows, parse_targets


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Retracted:
    """What was, or would be, taken down.

    Attributes:
        ids: article_ids that must not come back, sorted.
        rows: rows that went, by table.
        files: data files that were replaced or taken away.
        archived: WARC files and offsets that still keep a page of a row that went.
        copies: addresses that were left out as repeats of an article that went; they may come back as articles.
    """

    ids: tuple[str, ...]
    rows: dict[str, int]
    files: int
    archived: tuple[tuple[str, int], ...]
    copies: tuple[str, ...]


def _scan(
    output: str, live: Sequence[DataFile], manifests: Sequence[Manifest], targets: Targets
) -> Iterator[tuple[DataFile, pa.Table]]:
    """Rows that match, by file; only columns that tell are read."""
    for file in live:
        data = open_files(output, [file], manifests, file.table)
        hits = []
        for batch in data.to_batches(columns=list(LOOK_AT[file.table]), use_threads=False):
            rows = pa.Table.from_batches([batch])
            if rows.num_rows:
                hits.append(rows.filter(match_rows(file.table, rows, targets)))
        if any(part.num_rows for part in hits):
            yield file, pa.concat_tables(hits)


def find_rows(
    output: str, manifests: Sequence[Manifest], targets: Targets
) -> tuple[dict[str, list[DataFile]], Retracted]:
    """Find what is to go; the targets grow until no row tells of another name.

    Returns:
        The files to rewrite by table, and what would be taken down.
    """
    order = ("articles", "dropped", "dead_letters", "replays")
    rows_of = [file for file in live_files(list(manifests)) if file.is_parquet]
    live = sorted(rows_of, key=lambda file: (order.index(file.table), file.path))
    while True:
        before = targets.size()
        touched: dict[str, list[DataFile]] = {}
        rows: dict[str, int] = {}
        archived: set[tuple[str, int]] = set()
        copies: set[str] = set()
        for file, found in _scan(output, live, manifests, targets):
            grow(file.table, found, targets)
            touched.setdefault(file.table, []).append(file)
            rows[file.table] = rows.get(file.table, 0) + found.num_rows
            for row in found.to_pylist():
                if row.get("archive_file"):
                    archived.add((row["archive_file"], row["archive_offset"] or 0))
                if file.table == "dropped" and row["url"] and not targets.has_address(row["url"]):
                    copies.add(row["url"])
        if targets.size() == before:
            return touched, Retracted(
                ids=tuple(sorted(targets.ids)),
                rows=rows,
                files=sum(map(len, touched.values())),
                archived=tuple(sorted(archived)),
                copies=tuple(sorted(copies)),
            )


def retract(output: str, words: Sequence[str], *, run_id: str, is_dry: bool = False) -> Retracted:
    """Take articles down: all their versions, and every row of any table that names them.

    Only for one who holds the lock of the output. One commit: readers by manifest see all of it or nothing. The
    ids stay in the manifest, so that a later run leaves the articles out; also those of which no row was found.
    Pages in an archive stay where they are.

    Args:
        words: addresses or article_ids.
        run_id: a new one.
        is_dry: find what would go, and change nothing.

    Raises:
        ValueError: a word that is neither an address nor an id, or files that cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
        OSError: a read, a write or a move failed; nothing is half gone.
    """
    targets = parse_targets(words)
    manifests = list(read_manifests(output))
    check_schemas(manifests)
    touched, result = find_rows(output, manifests, targets)
    if is_dry:
        return result
    staging = files.join(output, STAGING, f"{run_id}-00000")
    staged: list[DataFile] = []
    try:
        for file in (file for members in touched.values() for file in members):
            kept = _stage_rest(output, file, manifests, targets, staging, run_id=run_id, shard=len(staged))
            if kept is not None:
                staged.append(kept)
        gone = sum(file.rows for members in touched.values() for file in members) - sum(file.rows for file in staged)
        if gone != sum(result.rows.values()):
            raise ValueError(f"{sum(result.rows.values())} rows were to go, but {gone} would: nothing was changed")
    except BaseException:
        files.remove_tree(staging)
        raise
    manifest = Manifest(
        run_id=run_id,
        chunk=0,
        files=tuple(staged),
        kind="retract",
        removes=tuple(file.path for members in touched.values() for file in members),
        retracted=result.ids,
        schemas=todays_schemas(staged),
    )
    commit_manifest(output, staging, manifest)
    return result


def _stage_rest(
    output: str,
    file: DataFile,
    manifests: Sequence[Manifest],
    targets: Targets,
    staging: str,
    *,
    run_id: str,
    shard: int,
) -> DataFile | None:
    """Stage a file without the rows that go; None where nothing stays."""
    data = open_files(output, [file], manifests, file.table)
    masks = [
        match_rows(file.table, pa.Table.from_batches([batch]), targets)
        for batch in data.to_batches(columns=list(LOOK_AT[file.table]), use_threads=False)
        if batch.num_rows
    ]
    going = pa.chunked_array([chunk for mask in masks for chunk in mask.chunks], pa.bool_())
    if pc.all(going).as_py():
        return None

    def rest() -> Iterator[pa.Table]:
        start = 0
        for part in read_parts(output, file):
            yield part.filter(pc.invert(going.slice(start, part.num_rows)))
            start += part.num_rows

    partition = file.path.split("/", 1)[1].rpartition("/")[0]
    return stage_rows(staging, file.table, data_path(file.table, partition, run_id, 0, shard), rest())
