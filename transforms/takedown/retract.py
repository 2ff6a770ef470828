"""Removal of articles from an output: of every row that names them, and of their archived pages."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import CorruptTable
from schemas.tables import ARTICLES, DROPPED, TABLES
from transforms.archive.layout import ARCHIVE
from transforms.archive.redact import stage_without
from transforms.identity import short_digest
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.manifests import live_files
from transforms.lake.read import open_files
from transforms.lake.rewrite import read_parts, stage_rows
from transforms.lake.row_ids import row_ids
from transforms.takedown.choose_pages import Removal
from transforms.takedown.pages import ReplacedArchive, count_unlinked, find_pages, find_pointers, update_pointers
from transforms.takedown.run_files import redact_run_files
from transforms.takedown.targets import Targets, columns_to_read, grow, match_rows, parse_targets


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TakedownResult:
    """What was removed, or would be.

    Attributes:
        ids: article_ids that must not come back, sorted.
        rows: number of removed rows, by table.
        files: number of data files that were replaced or removed.
        pages: number of pages that were removed from the archive.
        archives: number of WARC files that were replaced or removed.
        unlinked: number of rows of other articles that lost their page, since it was stored as a reference to the
            bytes of a removed one.
        copies: addresses that were left out as repeats of a removed article; they may come in as articles later.
    """

    ids: tuple[str, ...]
    rows: dict[str, int]
    files: int
    pages: int
    archives: int
    unlinked: int
    copies: tuple[str, ...]


class _Rows(NamedTuple):
    """Rows to remove.

    Attributes:
        touched: files that have some.
        counts: their number, by table.
        places: archive files and offsets of their pages.
        copies: addresses that were left out as repeats.
    """

    touched: list[DataFile]
    counts: dict[str, int]
    places: set[tuple[str, int]]
    copies: set[str]


def _scan(
    lake: Lake, live: Sequence[DataFile], manifests: Sequence[Manifest], targets: Targets
) -> Iterator[tuple[DataFile, pa.Table]]:
    """Rows that match, by file; only the columns that decide it are read."""
    for file in live:
        table = TABLES[file.table]
        data = open_files(lake, [file], manifests, file.table)
        hits = []
        for batch in data.to_batches(columns=columns_to_read(table), use_threads=False):
            rows = pa.Table.from_batches([batch])
            if rows.num_rows:
                hits.append(rows.filter(match_rows(table, rows, targets)))
        if any(part.num_rows for part in hits):
            yield file, pa.concat_tables(hits)


def _find_rows(lake: Lake, manifests: Sequence[Manifest], targets: Targets) -> _Rows:
    """Find the rows to remove; the targets grow until no row has another name of an article."""
    order = [name for name, table in TABLES.items() if table.takedown_rules]
    rows_of = [file for file in live_files(list(manifests)) if file.table in order]
    live = sorted(rows_of, key=lambda file: (order.index(file.table), file.path))
    while True:
        before = targets.size()
        found = _Rows([], {}, set(), set())
        for file, rows in _scan(lake, live, manifests, targets):
            grow(TABLES[file.table], rows, targets)
            found.touched.append(file)
            found.counts[file.table] = found.counts.get(file.table, 0) + rows.num_rows
            for row in rows.to_pylist():
                if row.get("archive_file"):
                    found.places.add((row["archive_file"], row["archive_offset"] or 0))
                if file.table == DROPPED.name and row["url"] and not targets.has_address(row["url"]):
                    found.copies.add(row["url"])
        if targets.size() == before:
            return found


def retract(
    output: str | Lake, words: Sequence[str], *, run_id: str, is_dry: bool = False, at: datetime | None = None
) -> TakedownResult:
    """Take articles down: remove all their versions, the rows of any table that name them, and their archived pages.

    The caller holds the lock of the output. One commit: readers by manifest see all of it or nothing. The ids stay
    in the manifest, so that later runs leave the articles out; ids without any row are kept, too. Which rows of a
    table are removed is part of its declaration in schemas/tables.py.

    An archive file with one of their pages is replaced. In the new file, records that only say that something was
    taken down have the place and size of the removed ones. All other pages stay where they were, and the rows that
    point at them name the new file. A page of another article that was stored as a reference to the same bytes is
    removed as well; its row stays without a page. See choose_records for which pages are removed. Plans and reports of
    runs lose the names of the articles before the commit, so that a commit is never without that.

    Args:
        output: a lake, or its directory or address in a bucket.
        words: addresses or article_ids.
        run_id: a new one.
        is_dry: find what would go, and change nothing.
        at: time of the takedown, for the records in the archive; now by default.

    Raises:
        ValueError: a word that is neither an address nor an id.
        SchemaMismatch: files cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
        CorruptTable: other rows would go than those that were found; nothing was changed.
        OSError: a read, a write or a move failed; no row is removed without the others.
    """
    lake = as_lake(output)
    targets = parse_targets(words)
    manifests = lake.manifests()
    check_schemas(manifests)
    rows = _find_rows(lake, manifests, targets)
    pointers = find_pointers(lake, manifests) if live_files(manifests, ARCHIVE) else {}
    pages = find_pages(lake, manifests, targets, pointers, places=rows.places, copies=rows.copies)
    replaced = {file.path: file for file in rows.touched}
    for old, _ in pages:
        replaced |= {file.path: file for file in pointers[old.path].files} if old.path in pointers else {}
    result = TakedownResult(
        ids=tuple(sorted(targets.ids)),
        rows=rows.counts,
        files=len(replaced),
        pages=sum(chosen.page_count for _, chosen in pages),
        archives=len(pages),
        unlinked=count_unlinked(pages, pointers, rows.places),
        copies=tuple(sorted(rows.copies)),
    )
    if is_dry:
        return result
    try:
        archives, moves = _stage_archives(lake, pages, run_id=run_id, at=at or datetime.now(UTC))
        kept: list[DataFile] = []
        deleted: dict[str, set[str]] = {}
        for file in replaced.values():
            rest, ids = _stage_rest(lake, file, manifests, targets, moves=moves, run_id=run_id, shard=len(kept))
            deleted.setdefault(file.table, set()).update(ids)
            if rest is not None:
                kept.append(rest)
        removed = sum(file.rows for file in replaced.values()) - sum(file.rows for file in kept)
        if removed != sum(result.rows.values()):
            raise CorruptTable(
                f"{sum(result.rows.values())} rows are to be removed, but {removed} would be: nothing was changed"
            )
    except BaseException:
        lake.discard(run_id, 0)
        raise
    redact_run_files(lake, targets)
    removes = (*replaced, *moves)
    named = {name: tuple(sorted(ids)) for name, ids in sorted(deleted.items()) if ids}
    lake.commit("retract", [*kept, *archives], run_id=run_id, removes=removes, retracted=result.ids, deleted=named)
    return result


def _stage_archives(
    lake: Lake, pages: Sequence[tuple[DataFile, Removal]], *, run_id: str, at: datetime
) -> tuple[list[DataFile], dict[str, ReplacedArchive]]:
    """Stage the archive files without the removed pages; a file that is left without any is not staged."""
    staged: list[DataFile] = []
    moves: dict[str, ReplacedArchive] = {}
    for old, chosen in pages:
        if not chosen.page_count_left:
            moves[old.path] = ReplacedArchive(None, chosen.places)
            continue
        path = f"{old.path.rpartition('/')[0]}/{run_id}-00000-{short_digest(old.path)}.warc.gz"
        staged.append(
            stage_without(lake, old, path, chosen.records, pages=chosen.page_count_left, run_id=run_id, at=at)
        )
        moves[old.path] = ReplacedArchive(path, chosen.places)
    return staged, moves


def _stage_rest(
    lake: Lake,
    file: DataFile,
    manifests: Sequence[Manifest],
    targets: Targets,
    *,
    moves: Mapping[str, ReplacedArchive],
    run_id: str,
    shard: int,
) -> tuple[DataFile | None, set[str]]:
    """Stage the rows of a file that stay, with pointers to the new archive files.

    Returns:
        The staged file, or None where no row stays; and the ids of the rows that do not.
    """
    table, data = TABLES[file.table], open_files(lake, [file], manifests, file.table)
    masks: list[pa.ChunkedArray] = []
    gone: set[str] = set()
    for batch in data.to_batches(
        columns=[*dict.fromkeys((*columns_to_read(table), *table.identity))], use_threads=False
    ):
        if batch.num_rows:
            rows = pa.Table.from_batches([batch])
            masks.append(match_rows(table, rows, targets))
            gone.update(row_ids(table, rows.filter(masks[-1])).to_pylist())
    is_removed = pa.chunked_array([chunk for mask in masks for chunk in mask.chunks], pa.bool_())
    if pc.all(is_removed).as_py():
        return None, gone

    def rest() -> Iterator[pa.Table]:
        start = 0
        for part in read_parts(lake, file):
            left = part.filter(pc.invert(is_removed.slice(start, part.num_rows)))
            yield update_pointers(left, moves) if table is ARTICLES else left
            start += part.num_rows

    partition = file.path.split("/", 1)[1].rpartition("/")[0]
    path = data_path(file.table, partition, run_id, 0, shard)
    return stage_rows(lake, file.table, path, rest(), run_id=run_id, chunk=0), gone
