"""Archived pages of the articles that are taken down, and the rows of other articles that point at them."""

from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import ARTICLES
from transforms.archive.layout import ARCHIVE
from transforms.archive.members import group_pages, read_members
from transforms.identity import digest, id_bits
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.manifests import live_files
from transforms.lake.read import open_files
from transforms.takedown.choose_pages import Criteria, Removal, choose_records
from transforms.takedown.targets import Targets, make_matcher


class Pointers(NamedTuple):
    """Which rows point into an archive file: the data files they are in, and the offsets, 8 bytes each."""

    files: list[DataFile]
    offsets: "array[int]"


def find_pointers(lake: Lake, manifests: Sequence[Manifest]) -> dict[str, Pointers]:
    """Return all rows that point into archive files, by archive file."""
    found: dict[str, Pointers] = {}
    columns = ["archive_file", "archive_offset"]
    for file in live_files(list(manifests), ARTICLES.name):
        data = open_files(lake, [file], manifests, file.table)
        rows = data.to_table(columns=columns, filter=pc.field("archive_file").is_valid(), use_threads=False)
        for row in rows.group_by("archive_file").aggregate([("archive_offset", "list")]).to_pylist():
            pointers = found.setdefault(row["archive_file"], Pointers([], array("q")))
            pointers.files.append(file)
            pointers.offsets.extend(offset or 0 for offset in row["archive_offset_list"])
    return found


def find_pages(
    lake: Lake,
    manifests: Sequence[Manifest],
    targets: Targets,
    pointers: Mapping[str, Pointers],
    *,
    places: Collection[tuple[str, int]],
    copies: Collection[str],
) -> list[tuple[DataFile, Removal]]:
    """Find the archived pages to remove, by file. Every file is read, since a page may belong to no row.

    A file is read again where a page in it has the bytes of a removed one.

    Args:
        places: files and offsets that removed rows point at.
        copies: addresses that were left out as repeats of a removed article.

    Memory: the records of one file without what they hold, and 8 bytes for each page.
    """
    repeats = Targets()
    for url in copies:
        repeats.add_address(url)
    tests = make_matcher(targets.addresses), make_matcher(repeats.addresses)

    def choose(file: DataFile, payloads: set[str]) -> tuple[Removal, "array[int]"]:
        with lake.open(file) as source:
            pages = list(group_pages(read_members(source, file.path)))
        removed = {offset for path, offset in places if path == file.path}
        there = set(pointers[file.path].offsets) if file.path in pointers else set()
        chosen = choose_records(pages, Criteria(removed, there - removed, *tests, payloads))
        records = {member.offset for member in chosen.records}
        left = (member for page in pages for member in page if member.payload and member.offset not in records)
        bits = {_bits(member.payload) for member in left}
        return chosen, array("Q", sorted(bits))

    found: dict[str, tuple[DataFile, Removal]] = {}
    seen: dict[str, array[int]] = {}
    payloads: set[str] = set()
    live = live_files(list(manifests), ARCHIVE)
    for file in live:
        chosen, seen[file.path] = choose(file, set())
        payloads |= chosen.payloads
        if chosen.records:
            found[file.path] = (file, chosen)
    wanted = {_bits(payload) for payload in payloads}
    for file in live:
        if not wanted.isdisjoint(seen[file.path]):
            chosen, _ = choose(file, payloads)
            if chosen.records:
                found[file.path] = (file, chosen)
    return [found[path] for path in sorted(found)]


def _bits(payload: str) -> int:
    return id_bits(digest(payload))


def count_unlinked(
    pages: Sequence[tuple[DataFile, Removal]], pointers: Mapping[str, Pointers], places: Collection[tuple[str, int]]
) -> int:
    """Return the number of rows that stay but lose their page."""
    return sum(
        offset in chosen.places and (file.path, offset) not in places
        for file, chosen in pages
        if file.path in pointers
        for offset in pointers[file.path].offsets
    )


class ReplacedArchive(NamedTuple):
    """What became of an archive file.

    Attributes:
        path: of the new file; None where no page is left.
        removed: offsets of the removed pages.
    """

    path: str | None
    removed: frozenset[int]


def update_pointers(rows: pa.Table, moves: Mapping[str, ReplacedArchive]) -> pa.Table:
    """Rows with the archive files that are there now; those of removed pages point at none."""
    columns = ("archive_file", "archive_offset")
    places: list[tuple[Any, Any]] = list(zip(*(rows.column(name).to_pylist() for name in columns), strict=True))
    if not any(path in moves for path, _ in places):
        return rows
    for number, (path, offset) in enumerate(places):
        if (move := moves.get(path)) is not None:
            is_there = move.path is not None and offset not in move.removed
            places[number] = (move.path, offset) if is_there else (None, None)
    for name, values in zip(columns, zip(*places, strict=True), strict=True):
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, rows.schema.field(at), pa.array(values, rows.schema.field(at).type))
    return rows
