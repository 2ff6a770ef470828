"""The index of committed files, built from their columns of ids."""

import binascii
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import ARTICLES, DROPPED
from transforms.identity import FRAGMENT_SCHEME, GUID_SCHEME, REUSED_SCHEME, TEXT_SCHEME, digest, id_bits, link_id
from transforms.known.index import LEFT_OUT_COLUMNS, SHARED_BY, KnownIndex, Records, feed_bits
from transforms.known.stored_rows import read_columns
from transforms.lake.manifest import DataFile
from transforms.lake.partitions import parse_partition
from transforms.urls import canonical_url

_ARTICLE = np.dtype([("id", "u8"), ("content", "u8"), ("version", "u4"), ("file", "u4")])
_TEXT = np.dtype([("text", "u8"), ("high", "u8"), ("low", "u8")])
_LINK = np.dtype([("link", "u8"), ("entry", "u8")])
_SHARED = np.dtype([("link", "u8"), ("high", "u8"), ("low", "u8"), ("how", "u1"), ("feed", "u8")])

_ARTICLE_COLUMNS = ("article_id", "content_hash", "text_hash", "link_id", "entry_hash", "version", "id_scheme")
_SETTLED = frozenset(
    ("language.not_wanted", "page.not_an_article", "retract.taken_down", "rights.reserved", "since.older")
)
"""Reasons to leave out a page that was fetched: it is not fetched again while its feed has the same entry."""


def _is_within(file: DataFile, first_day: date | None) -> bool:
    if first_day is None:
        return True
    day = parse_partition(file.path).get("ingest_date")
    return day is None or date.fromisoformat(day) >= first_day


def build_index(
    output: str,
    live: Iterable[DataFile],
    *,
    retracted: frozenset[str] = frozenset(),
    today: date | None = None,
    look_back_days: int | None = None,
) -> KnownIndex:
    """Read the id columns of committed files.

    Args:
        live: files of the output, as ``live_files`` gives them.
        retracted: ids that were taken down; they are known for ever.
        today: the day that ``look_back_days`` counts from.
        look_back_days: files whose ingest_date is earlier are left out: what came before is forgotten, and
            would be written again if it turned up again. None reads all.

    Raises:
        OSError: a file that its manifest names is missing or cut off.
    """
    first_day = today - timedelta(days=look_back_days) if today and look_back_days is not None else None
    articles: list[Records] = []
    texts: list[Records] = []
    links: list[Records] = []
    shared: list[Records] = []
    paths: list[str] = []
    left_out: list[int] = []
    for file in live:
        if not _is_within(file, first_day):
            continue
        if file.table == ARTICLES.name:
            table = read_columns(output, file.path, _ARTICLE_COLUMNS)
            number = np.full(len(table), len(paths), dtype="u4")
            paths.append(file.path)
            articles.append(
                _records(_ARTICLE, _bits(table["article_id"]), _bits(table["content_hash"]), _versions(table), number)
            )
            shared.append(_shared(output, file.path, table))
            high, low = _bits(table["article_id"]), _bits(table["article_id"], 1)
            texts.append(_records(_TEXT, _bits(table["text_hash"]), high, low))
        elif file.table == DROPPED.name:
            table = read_columns(output, file.path, LEFT_OUT_COLUMNS)
            left_out += _hash_left_out(table)
            table = table.filter(_find_settled(table))
        else:
            continue
        found = _records(_LINK, _bits(table["link_id"]), _bits(table["entry_hash"]))
        links.append(found[found["link"] != 0])
    return KnownIndex(
        articles=_newest(_joined(articles, _ARTICLE)),
        texts=_sorted(_joined(texts, _TEXT), "text", "high", "low"),
        links=np.unique(_joined(links, _LINK)),
        shared=np.unique(_joined(shared, _SHARED)),
        retracted=retracted,
        output=output,
        paths=tuple(paths),
        left_out=np.unique(np.array(left_out, np.uint64)),
    )


def _shared(output: str, path: str, table: pa.Table) -> Records:
    """Return the articles of one file that more than their address identifies; other addresses are not read."""
    schemes = table["id_scheme"].combine_chunks()
    is_text = pc.and_(pc.equal(schemes, TEXT_SCHEME), pc.is_valid(table["link_id"]))
    is_shared = pc.or_(pc.is_in(schemes, pa.array([GUID_SCHEME, FRAGMENT_SCHEME, REUSED_SCHEME])), is_text)
    places = pc.indices_nonzero(is_shared)
    if not len(places):
        return np.empty(0, dtype=_SHARED)
    named = read_columns(output, path, ("url_canonical", "feed_url")).take(places)
    addresses, feeds = named["url_canonical"].to_pylist(), named["feed_url"].to_pylist()
    there = [n for n, address in enumerate(addresses) if address]
    places = places.take(pa.array(there, pa.int64()))
    links = np.array([id_bits(link_id(canonical_url(addresses[n]))) for n in there], dtype="u8")
    how = np.array([SHARED_BY.index(scheme) for scheme in schemes.take(places).to_pylist()], dtype="u1")
    ids = table["article_id"].take(places)
    feed = np.array([feed_bits(feeds[n]) for n in there], dtype="u8")
    return _records(_SHARED, links, _bits(ids), _bits(ids, 1), how, feed)


def _hash_left_out(table: pa.Table) -> list[int]:
    """Return what :func:`transforms.known.index.left_out_bits` gives for rows of dropped."""
    columns = [table[name].cast(pa.string()).fill_null("") for name in LEFT_OUT_COLUMNS]
    return [id_bits(digest(row)) for row in pc.binary_join_element_wise(*columns, "\x1f").to_pylist()]


def _versions(table: pa.Table) -> npt.NDArray[np.int64]:
    return np.asarray(table["version"].fill_null(1).to_numpy(), dtype="i8")


def _find_settled(table: pa.Table) -> pa.Array:
    """Find dropped rows whose address need not be fetched again while its feed has the same entry."""
    reasons = table["reason"].to_pylist()
    return pa.array(
        [
            outcome == "duplicate" or reason in _SETTLED
            for outcome, reason in zip(table["outcome"].to_pylist(), reasons, strict=True)
        ],
        pa.bool_(),
    )


def _records(kind: np.dtype[np.void], *columns: npt.NDArray[Any]) -> Records:
    made = np.empty(len(columns[0]), dtype=kind)
    for name, column in zip(kind.names or (), columns, strict=True):
        made[name] = column
    return made


def _joined(parts: list[Records], kind: np.dtype[np.void]) -> Records:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _sorted(found: Records, *names: str) -> Records:
    ordered: Records = found[np.lexsort([found[name] for name in reversed(names)])]
    return ordered


def _newest(found: Records) -> Records:
    ordered = _sorted(found, "id", "version")
    if not len(ordered):
        return ordered
    last = np.append(ordered["id"][1:] != ordered["id"][:-1], True)
    newest: Records = ordered[last]
    return newest


def merge_indexes(one: KnownIndex, other: KnownIndex) -> KnownIndex:
    """Merge two indexes of one output."""
    moved = other.articles.copy()
    moved["file"] += len(one.paths)
    return KnownIndex(
        articles=_newest(np.concatenate([one.articles, moved])),
        texts=_sorted(np.concatenate([one.texts, other.texts]), "text", "high", "low"),
        links=np.unique(np.concatenate([one.links, other.links])),
        shared=np.unique(np.concatenate([one.shared, other.shared])),
        retracted=one.retracted | other.retracted,
        output=one.output or other.output,
        paths=one.paths + other.paths,
        left_out=np.unique(np.concatenate([one.left_out, other.left_out])),
    )


def _bits(column: pa.ChunkedArray | pa.Array, start: int = 0) -> npt.NDArray[np.uint64]:
    """64 bits of each id in a column of hex digits; 0 for null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.string())
    filled = array.fill_null("0" * 32).cast(pa.string())
    count = len(filled)
    if count and (pc.min(pc.binary_length(filled)).as_py(), pc.max(pc.binary_length(filled)).as_py()) != (32, 32):
        raise ValueError("a column of ids holds something that is not 32 hex digits")
    # All strings have one length, so the column is one run of hex digits: no string is made of any.
    digits = memoryview(filled.buffers()[2])[filled.offset * 32 : (filled.offset + count) * 32] if count else b""
    whole = np.frombuffer(binascii.unhexlify(digits), dtype=">u8").reshape(-1, 2)
    return whole[:, start].astype("u8")
