"""Addresses and ids go in; every row that holds or names those articles is taken out of an output."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms import identity
from transforms.lake import files
from transforms.lake.commit import STAGING, commit_manifest
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import live_files, read_manifests
from transforms.lake.manifest import DataFile, Manifest, data_path
from transforms.lake.read import open_files
from transforms.lake.rewrite import read_parts, stage_rows, todays_schemas

_ID = re.compile(r"[0-9a-f]{32}")

_ADDRESSES = {"articles": ("url", "url_requested"), "dropped": ("url",), "dead_letters": ("url",)}
_IDS = {"articles": ("article_id",), "dropped": ("article_id", "duplicate_of"), "replays": ("article_id",)}
_LINKS = {"articles": ("link_id",), "dropped": ("link_id",)}


@dataclasses.dataclass(slots=True)
class Targets:
    """What is to go; grows as rows tell by what other names the same article is known.

    Attributes:
        ids: article_ids; these are what the manifest keeps as taken down.
        links: link_ids.
        addresses: canonical addresses.
        given: those of the addresses that were asked for; redirects through them count, too.
        letters: letter_ids of dead letters that go.
    """

    ids: set[str] = dataclasses.field(default_factory=set)
    links: set[str] = dataclasses.field(default_factory=set)
    addresses: set[str] = dataclasses.field(default_factory=set)
    given: frozenset[str] = frozenset()
    letters: set[str] = dataclasses.field(default_factory=set)

    def size(self) -> int:
        """Grows whenever something is added."""
        return len(self.ids) + len(self.links) + len(self.addresses) + len(self.letters)

    def add_address(self, url: str | None) -> None:
        """Count an address among the names of the article; what is no address is passed over."""
        canonical, link = _canonical(url), identity.link_id(url)
        if canonical and link:
            self.addresses.add(canonical)
            self.links.add(link)

    def has_address(self, url: str | None) -> bool:
        """Whether an address is one of those, in any form."""
        return bool(url) and _canonical(url) in self.addresses


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


def _canonical(url: str | None) -> str | None:
    try:
        return identity.canonical_url(url) if url else None
    except ValueError:
        return None


def parse_targets(words: Iterable[str]) -> Targets:
    """Addresses and article_ids as they were given.

    >>> sorted(parse_targets(["https://a.example/1#x"]).addresses)
    ['https://a.example/1']

    Raises:
        ValueError: a word that is neither.
    """
    found = Targets()
    for word in words:
        if _ID.fullmatch(word.strip().lower()):
            found.ids.add(word.strip().lower())
            continue
        canonical = identity.canonical_url(word)
        found.add_address(word)
        found.ids.add(identity.article_id(canonical, None, "")[0])
    found.given = frozenset(found.addresses)
    return found


def _rough(column: pa.ChunkedArray, hosts: Sequence[str]) -> pa.ChunkedArray:
    """Which addresses may be on one of some hosts; a cheap test before the exact one."""
    lower = pc.utf8_lower(column)
    found = pc.invert(pc.string_is_ascii(lower))  # an internationalised host has several forms
    for host in hosts:
        found = pc.or_(found, pc.match_substring(lower, host))
    return pc.fill_null(found, False)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _leads_there(letter: dict[str, Any], targets: Targets) -> bool:
    """Whether a dead letter is of one of the articles: by its address, or by any name in what would be replayed."""
    if targets.has_address(letter["url"]):
        return True
    try:
        names = list(_strings(json.loads(letter["replay_json"])))
    except ValueError:
        names = []
    return any(
        name in targets.ids
        or name in targets.links
        or (name[:8].lower().startswith(("http://", "https://")) and targets.has_address(name))
        for name in names
    )


def match_rows(table: str, rows: pa.Table, targets: Targets) -> pa.ChunkedArray:
    """Which rows of a table are to go, as booleans. Nothing is added to the targets."""
    names = set(rows.column_names)
    found = pa.chunked_array([pa.repeat(pa.scalar(False), rows.num_rows)])
    for columns, wanted in ((_IDS, targets.ids), (_LINKS, targets.links)):
        values = pa.array(sorted(wanted), pa.string())
        for name in columns.get(table, ()):
            if name in names:
                found = pc.or_(found, pc.is_in(rows.column(name), values))
    if table == "replays":
        found = pc.or_(found, pc.is_in(rows.column("letter_id"), pa.array(sorted(targets.letters), pa.string())))
    hosts = sorted({address.split("/")[2] for address in targets.addresses})
    for name in _ADDRESSES.get(table, ()):
        column = rows.column(name)
        for at in pc.indices_nonzero(pc.and_(_rough(column, hosts), pc.invert(found))).to_pylist():
            if targets.has_address(column[at].as_py()):
                found = _with(found, at)
    if table == "articles":
        canonical = pa.array(sorted(targets.addresses), pa.string())
        found = pc.or_(found, pc.fill_null(pc.is_in(rows.column("url_canonical"), canonical), False))
        for at, addresses in enumerate(rows.column("redirects").to_pylist()):
            if addresses and any(_canonical(address) in targets.given for address in addresses):
                found = _with(found, at)
    if table == "dead_letters":
        columns = ("url", "replay_json")
        for at, letter in enumerate(rows.select(columns).to_pylist()):
            if _leads_there(letter, targets):
                found = _with(found, at)
    return found


def _with(mask: pa.ChunkedArray, at: int) -> pa.ChunkedArray:
    values = mask.to_numpy().copy()
    values[at] = True
    return pa.chunked_array([pa.array(values)])


_LOOK_AT = {
    "articles": (
        *("article_id", "link_id", "url", "url_canonical", "url_requested", "redirects"),
        *("archive_file", "archive_offset"),
    ),
    "dropped": ("article_id", "duplicate_of", "link_id", "url"),
    "dead_letters": ("letter_id", "url", "replay_json"),
    "replays": ("letter_id", "article_id"),
}


def _grow(table: str, rows: pa.Table, targets: Targets) -> None:
    """Add the other names of the articles in rows that go."""
    for row in rows.to_pylist():
        if table == "articles":
            targets.ids.add(row["article_id"])
            for name in ("url", "url_canonical", "url_requested"):
                targets.add_address(row[name])
            if row["link_id"]:
                targets.links.add(row["link_id"])
        elif table == "dropped" and row["article_id"]:
            # Its own address leads to the article, so that is what it is; a copy elsewhere only names it.
            if row["link_id"] in targets.links or targets.has_address(row["url"]):
                targets.ids.add(row["article_id"])
        elif table == "dead_letters":
            targets.letters.add(row["letter_id"])


def _scan(
    output: str, live: Sequence[DataFile], manifests: Sequence[Manifest], targets: Targets
) -> Iterator[tuple[DataFile, pa.Table]]:
    """Rows that match, by file; only columns that tell are read."""
    for file in live:
        data = open_files(output, [file], manifests, file.table)
        hits = []
        for batch in data.to_batches(columns=list(_LOOK_AT[file.table]), use_threads=False):
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
    live = sorted(live_files(list(manifests)), key=lambda file: (order.index(file.table), file.path))
    while True:
        before = targets.size()
        touched: dict[str, list[DataFile]] = {}
        rows: dict[str, int] = {}
        archived: set[tuple[str, int]] = set()
        copies: set[str] = set()
        for file, found in _scan(output, live, manifests, targets):
            _grow(file.table, found, targets)
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
        for batch in data.to_batches(columns=list(_LOOK_AT[file.table]), use_threads=False)
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
