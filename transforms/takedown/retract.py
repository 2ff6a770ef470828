"""Addresses and ids go in; every row and page that holds or names those articles is taken out of an output."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import CorruptTable
from schemas.tables import ARTICLES, DROPPED, TABLES
from transforms.archive.layout import ARCHIVE
from transforms.identity import short_digest
from transforms.lake.commit import staging_key
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.manifests import live_files
from transforms.lake.read import open_files
from transforms.lake.rewrite import read_parts, stage_rows
from transforms.takedown.pages import Moved, count_lost, find_pages, find_pointers, point_anew
from transforms.takedown.redact import Chosen, stage_redacted
from transforms.takedown.run_files import redact_run_files
from transforms.takedown.targets import Targets, columns_to_read, grow, match_rows, parse_targets


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Retracted:
    """What was, or would be, taken down.

    Attributes:
        ids: article_ids that must not come back, sorted.
        rows: rows that went, by table.
        files: data files that were replaced or taken away.
        pages: pages that went from the archive.
        archives: WARC files that were replaced or taken away.
        unlinked: rows of other articles whose page was kept as the same bytes, and went with them.
        copies: addresses that were left out as repeats of an article that went; they may come back as articles.
    """

    ids: tuple[str, ...]
    rows: dict[str, int]
    files: int
    pages: int
    archives: int
    unlinked: int
    copies: tuple[str, ...]


class _Rows(NamedTuple):
    """Rows that go.

    Attributes:
        touched: files that have such.
        counts: how many, by table.
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
    """Rows that match, by file; only columns that tell are read."""
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
    """Find the rows that are to go; the targets grow until no row tells of another name."""
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
) -> Retracted:
    """Take articles down: all their versions, every row of any table that names them, and their archived pages.

    Only for one who holds the lock of the output. One commit: readers by manifest see all of it or nothing. The
    ids stay in the manifest, so that a later run leaves the articles out; also those of which no row was found.

    An archive file that keeps a page of theirs is replaced by one in which records that say no more than that
    something was taken down have the place and size of those that went; all other pages are where they were, and
    the rows that point at them name the new file. A page of another article goes, too, where it was kept as a
    reference to the same bytes; its row stays and points at no page any more. See choose_members for which pages go.

    Args:
        output: a lake, or its directory or address in a bucket.
        words: addresses or article_ids.
        run_id: a new one.
        is_dry: find what would go, and change nothing.
        at: when it is done, for the records in the archive; now by default.

    Raises:
        ValueError: a word that is neither an address nor an id.
        SchemaMismatch: files cannot be read as today's records.
        CorruptManifest: a manifest cannot be read.
        OSError: a read, a write or a move failed; nothing is half gone.
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
    result = Retracted(
        ids=tuple(sorted(targets.ids)),
        rows=rows.counts,
        files=len(replaced),
        pages=sum(chosen.taken for _, chosen in pages),
        archives=len(pages),
        unlinked=count_lost(pages, pointers, rows.places),
        copies=tuple(sorted(rows.copies)),
    )
    if is_dry:
        return result
    try:
        archives, moves = _stage_archives(lake, pages, run_id=run_id, at=at or datetime.now(UTC))
        kept: list[DataFile] = []
        for file in replaced.values():
            rest = _stage_rest(lake, file, manifests, targets, moves=moves, run_id=run_id, shard=len(kept))
            if rest is not None:
                kept.append(rest)
        gone = sum(file.rows for file in replaced.values()) - sum(file.rows for file in kept)
        if gone != sum(result.rows.values()):
            raise CorruptTable(f"{sum(result.rows.values())} rows were to go, but {gone} would: nothing was changed")
    except BaseException:
        lake.discard(run_id, 0)
        raise
    redact_run_files(lake, targets)
    removes = (*replaced, *moves)
    lake.commit("retract", [*kept, *archives], run_id=run_id, removes=removes, retracted=result.ids)
    return result


def _stage_archives(
    lake: Lake, pages: Sequence[tuple[DataFile, Chosen]], *, run_id: str, at: datetime
) -> tuple[list[DataFile], dict[str, Moved]]:
    """Stage the archive files without the pages that go; those that are left without any are not staged."""
    staged: list[DataFile] = []
    moves: dict[str, Moved] = {}
    for old, chosen in pages:
        if not chosen.left:
            moves[old.path] = Moved(None, chosen.places)
            continue
        path = f"{old.path.rpartition('/')[0]}/{run_id}-00000-{short_digest(old.path)}.warc.gz"
        where = f"{staging_key(run_id, 0)}/{ARCHIVE}-{len(staged)}.staged"
        staged.append(stage_redacted(lake, old, path, chosen, staged=where, at=at))
        moves[old.path] = Moved(path, chosen.places)
    return staged, moves


def _stage_rest(
    lake: Lake,
    file: DataFile,
    manifests: Sequence[Manifest],
    targets: Targets,
    *,
    moves: Mapping[str, Moved],
    run_id: str,
    shard: int,
) -> DataFile | None:
    """Stage a file without the rows that go, the others pointed at the new archive files; None where nothing stays."""
    table, data = TABLES[file.table], open_files(lake, [file], manifests, file.table)
    masks = [
        match_rows(table, pa.Table.from_batches([batch]), targets)
        for batch in data.to_batches(columns=columns_to_read(table), use_threads=False)
        if batch.num_rows
    ]
    going = pa.chunked_array([chunk for mask in masks for chunk in mask.chunks], pa.bool_())
    if pc.all(going).as_py():
        return None

    def rest() -> Iterator[pa.Table]:
        start = 0
        for part in read_parts(lake, file):
            left = part.filter(pc.invert(going.slice(start, part.num_rows)))
            yield point_anew(left, moves) if table is ARTICLES else left
            start += part.num_rows

    partition = file.path.split("/", 1)[1].rpartition("/")[0]
    path = data_path(file.table, partition, run_id, 0, shard)
    return stage_rows(lake, file.table, path, rest(), run_id=run_id, chunk=0)
