"""A small index of the ids that an output holds, for any number of workers.

The index is built from what is committed at every start and removed at the end: nothing that is kept elsewhere can
disagree with the output. Ids are kept as their first 64 bits (of 128), content as
64 bits: about 60 bytes an article. Other columns of a known article are read from
its file. The chance that a new article is mistaken for one of ten million known ones is one in 10^12.
"""

import binascii
import bisect
import dataclasses
import functools
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.articles import Dropped
from schemas.tables import ARTICLES, DROPPED
from transforms.identity import FRAGMENT_SCHEME, GUID_SCHEME, REUSED_SCHEME, TEXT_SCHEME, digest, id_bits, link_id
from transforms.lake import files
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.partitions import parse_partition
from transforms.urls import canonical_url

_ARTICLE = np.dtype([("id", "u8"), ("content", "u8"), ("version", "u4"), ("file", "u4")])
_TEXT = np.dtype([("text", "u8"), ("high", "u8"), ("low", "u8")])
_LINK = np.dtype([("link", "u8"), ("entry", "u8")])
_SHARED = np.dtype([("link", "u8"), ("high", "u8"), ("low", "u8"), ("how", "u1"), ("feed", "u8")])

SHARED_BY = (GUID_SCHEME, FRAGMENT_SCHEME, TEXT_SCHEME, REUSED_SCHEME)
"""Schemes of articles that more than their link identifies; the index stores the position of the scheme here."""

_ARTICLE_COLUMNS = ("article_id", "content_hash", "text_hash", "link_id", "entry_hash", "version", "id_scheme")
_LEFT_OUT_COLUMNS = (
    *("outcome", "stage", "reason", "message", "duplicate_of"),
    *("url", "link_id", "entry_hash", "source_uri", "source_position"),
)
LEFT_OUT_COUNTER = "dropped.known"
"""Counter of rows of dropped that are not written again; with ``.`` and a reason, of those with that reason."""
_SETTLED = frozenset(
    ("language.not_wanted", "page.not_an_article", "retract.taken_down", "rights.reserved", "since.older")
)
"""Reasons to leave out a page that was fetched: it is not fetched again while its feed has the same entry."""

_ROW_COLUMNS = ("article_id", "version", "headline", "feed_entry_id")

Records = npt.NDArray[np.void]


class KnownArticle(NamedTuple):
    """What is known of an article: its newest version, and the first 64 bits of that version's content_hash."""

    version: int
    content: int


class KnownRow(NamedTuple):
    """Columns of the newest version of an article, by which another is compared with it."""

    article_id: str
    headline: str | None
    feed_entry_id: str | None
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class KnownIndex:
    """Sorted arrays to look ids up in.

    Attributes:
        articles: id, content and number of the newest version; sorted by id.
        texts: hash of a text and the id of the article that has it; sorted by hash.
        links: address and the feed entry last seen for it; sorted by address, then entry.
        shared: address, without fragment, id, scheme and feed of each article that more than that
            address identifies; sorted by address.
        retracted: full ids of articles that were taken down.
        output: where the files are.
        paths: files below the output that ``articles`` count.
        left_out: hashes of what was left out and of why, as :func:`left_out_bits` gives them; sorted.
    """

    articles: Records
    texts: Records
    links: Records
    shared: Records
    retracted: frozenset[str] = frozenset()
    output: str = ""
    paths: tuple[str, ...] = ()
    left_out: npt.NDArray[np.uint64] = dataclasses.field(default_factory=lambda: np.empty(0, np.uint64))

    def find_article(self, article_id: str) -> KnownArticle | None:
        """Return the newest known version of an article."""
        place = _find(self.articles["id"], id_bits(article_id))
        if place is None:
            return None
        found = self.articles[place]
        return KnownArticle(version=int(found["version"]), content=int(found["content"]))

    def find_text(self, text_hash: str) -> str | None:
        """article_id of an article with the same text."""
        place = _find(self.texts["text"], id_bits(text_hash))
        if place is None:
            return None
        return f"{int(self.texts[place]['high']):016x}{int(self.texts[place]['low']):016x}"

    def has_link(self, link_id: str, entry_hash: str | None) -> bool:
        """Return whether the address was read while its feed had the same entry for it."""
        links, wanted = self.links["link"], np.uint64(id_bits(link_id))
        start, end = bisect.bisect_left(links, wanted), bisect.bisect_right(links, wanted)
        return bool(np.any(self.links["entry"][start:end] == np.uint64(id_bits(entry_hash))))

    def has_left_out(self, bits: int) -> bool:
        """Return whether a row of dropped says the same; see :func:`left_out_bits`."""
        return _find(self.left_out, bits) is not None

    def shared_by(self, link_id: str, feed_url: str | None) -> frozenset[str]:
        """Schemes of the articles of a feed that more than an address identifies; empty where the address does.

        Args:
            link_id: of the address alone.
            feed_url: address of the feed; None where it has none.
        """
        found = self._sharing(link_id)
        return frozenset(SHARED_BY[how] for how in found["how"][found["feed"] == _feed(feed_url)].tolist())

    def shared_ids(self, link_id: str) -> list[str]:
        """article_ids of the articles of an address that more than the address identifies, in a stable order."""
        pairs = sorted({(int(found["high"]), int(found["low"])) for found in self._sharing(link_id)})
        return [f"{high:016x}{low:016x}" for high, low in pairs]

    def _sharing(self, link_id: str) -> Records:
        links, wanted = self.shared["link"], np.uint64(id_bits(link_id))
        return self.shared[bisect.bisect_left(links, wanted) : bisect.bisect_right(links, wanted)]

    def read_row(self, article_id: str) -> KnownRow | None:
        """Return the newest known version of an article, read from its file; None where it is not there.

        Raises:
            OSError: the file is missing or cut off.
        """
        place = _find(self.articles["id"], id_bits(article_id))
        if place is None:
            return None
        path, version = self.paths[int(self.articles[place]["file"])], int(self.articles[place]["version"])
        return _read_row(self.output, path, article_id, version)

    def __len__(self) -> int:
        return len(self.articles)


def left_out_bits(row: Dropped) -> int:
    """Return the hash of what was left out, of what its feed said of it, and of why, in words."""
    return _hash_left_out([getattr(row, name) for name in _LEFT_OUT_COLUMNS])


def _hash_left_out(values: Iterable[object]) -> int:
    return id_bits(digest("left out", *("" if value is None else str(value) for value in values)))


def _feed(feed_url: str | None) -> np.uint64:
    return np.uint64(id_bits(digest("feed", feed_url)) if feed_url else 0)


def _read_row(output: str, path: str, article_id: str, version: int) -> KnownRow | None:
    rows = _small_columns(output, path)
    is_it = pc.and_(pc.equal(rows["article_id"], article_id), pc.equal(pc.fill_null(rows["version"], 1), version))
    places = pc.indices_nonzero(is_it).to_pylist()
    if not places:
        return None
    place: int = places[0]
    return KnownRow(
        article_id=article_id,
        headline=rows["headline"][place].as_py(),
        feed_entry_id=rows["feed_entry_id"][place].as_py(),
        text=_read_text(output, path, place),
    )


@functools.lru_cache(maxsize=4)
def _small_columns(output: str, path: str) -> pa.Table:
    return _columns(output, path, _ROW_COLUMNS)


def _read_text(output: str, path: str, place: int) -> str:
    """Return the text of one row; only the row group that has it is read."""
    try:
        parquet = _open(output, path)
        for group in range(parquet.num_row_groups):
            count = parquet.metadata.row_group(group).num_rows
            if place < count:
                return str(parquet.read_row_group(group, columns=["text"])["text"][place].as_py() or "")
            place -= count
    except (pa.ArrowException, OSError) as error:
        raise _damaged(output, path, error) from error
    raise IndexError(f"{path} has no row {place}")


def _find(column: Any, wanted: int) -> int | None:
    # np.searchsorted would copy the whole column first: it is one of an array of records.
    place = bisect.bisect_left(column, np.uint64(wanted))
    return place if place < len(column) and int(column[place]) == wanted else None


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


def _open(output: str, path: str) -> pq.ParquetFile:
    return pq.ParquetFile(Lake(output).open(path))


def _damaged(output: str, path: str, error: Exception) -> OSError:
    where, words = files.join(output, path), " ".join(str(error).split())
    return OSError(f"{where}: {words}; restore it from a backup: newsmill verify tells what else is wrong")


def _columns(output: str, path: str, wanted: Sequence[str]) -> pa.Table:
    try:
        parquet = _open(output, path)
        there = [name for name in wanted if name in parquet.schema_arrow.names]
        table = parquet.read(columns=there)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(output, path, error) from error
    for name in wanted:
        if name not in there:  # a file of an older schema
            kind = pa.int32() if name == "version" else pa.string()
            table = table.append_column(name, pa.nulls(len(table), kind))
    return table


def _within(file: DataFile, first_day: date | None) -> bool:
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
        if not _within(file, first_day):
            continue
        if file.table == ARTICLES.name:
            table = _columns(output, file.path, _ARTICLE_COLUMNS)
            number = np.full(len(table), len(paths), dtype="u4")
            paths.append(file.path)
            articles.append(
                _records(_ARTICLE, _bits(table["article_id"]), _bits(table["content_hash"]), _versions(table), number)
            )
            shared.append(_shared(output, file.path, table))
            high, low = _bits(table["article_id"]), _bits(table["article_id"], 1)
            texts.append(_records(_TEXT, _bits(table["text_hash"]), high, low))
        elif file.table == DROPPED.name:
            table = _columns(output, file.path, _LEFT_OUT_COLUMNS)
            columns = table.select(_LEFT_OUT_COLUMNS).to_pydict().values()
            left_out += map(_hash_left_out, zip(*columns, strict=True))
            table = table.filter(_is_settled(table))
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
    named = _columns(output, path, ("url_canonical", "feed_url")).take(places)
    addresses, feeds = named["url_canonical"].to_pylist(), named["feed_url"].to_pylist()
    there = [n for n, address in enumerate(addresses) if address]
    places = places.take(pa.array(there, pa.int64()))
    links = np.array([id_bits(link_id(canonical_url(addresses[n]))) for n in there], dtype="u8")
    how = np.array([SHARED_BY.index(scheme) for scheme in schemes.take(places).to_pylist()], dtype="u1")
    ids = table["article_id"].take(places)
    feed = np.array([_feed(feeds[n]) for n in there], dtype="u8")
    return _records(_SHARED, links, _bits(ids), _bits(ids, 1), how, feed)


def _versions(table: pa.Table) -> npt.NDArray[np.int64]:
    return np.asarray(table["version"].fill_null(1).to_numpy(), dtype="i8")


def _is_settled(table: pa.Table) -> pa.Array:
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


@dataclasses.dataclass(frozen=True, slots=True)
class LayeredIndex:
    """Several indexes as one, so that recent commits need not be merged into the large one.

    Attributes:
        layers: newest first.
    """

    layers: tuple[KnownIndex, ...]

    @property
    def retracted(self) -> frozenset[str]:
        """See KnownIndex."""
        return frozenset().union(*(layer.retracted for layer in self.layers))

    def find_article(self, article_id: str) -> KnownArticle | None:
        """See KnownIndex: the newest version in any layer."""
        found = (layer.find_article(article_id) for layer in self.layers)
        return max((known for known in found if known is not None), key=lambda known: known.version, default=None)

    def find_text(self, text_hash: str) -> str | None:
        """See KnownIndex."""
        return next((name for layer in self.layers if (name := layer.find_text(text_hash)) is not None), None)

    def has_link(self, link_id: str, entry_hash: str | None) -> bool:
        """See KnownIndex."""
        return any(layer.has_link(link_id, entry_hash) for layer in self.layers)

    def has_left_out(self, bits: int) -> bool:
        """See KnownIndex."""
        return any(layer.has_left_out(bits) for layer in self.layers)

    def shared_by(self, link_id: str, feed_url: str | None) -> frozenset[str]:
        """See KnownIndex."""
        return frozenset().union(*(layer.shared_by(link_id, feed_url) for layer in self.layers))

    def shared_ids(self, link_id: str) -> list[str]:
        """See KnownIndex."""
        return sorted({name for layer in self.layers for name in layer.shared_ids(link_id)})

    def read_row(self, article_id: str) -> KnownRow | None:
        """See KnownIndex: the newest version in any layer."""
        found = ((known.version, layer) for layer in self.layers if (known := layer.find_article(article_id)))
        newest = max(found, key=lambda pair: pair[0], default=None)
        return newest[1].read_row(article_id) if newest else None


_PARTS = ("articles", "texts", "links", "shared", "left_out")


Known = KnownIndex | LayeredIndex
"""An index in which articles, texts and addresses are looked up."""


def save_index(index: KnownIndex, directory: str) -> None:
    """Write an index where all workers can read it."""
    for part in _PARTS:
        sink = io.BytesIO()
        np.save(sink, getattr(index, part), allow_pickle=False)
        files.write_bytes(files.join(directory, f"{part}.npy"), sink.getvalue())
    files.write_bytes(files.join(directory, "retracted.json"), json.dumps(sorted(index.retracted)).encode())
    files.write_bytes(files.join(directory, "files.json"), json.dumps([index.output, *index.paths]).encode())


@functools.lru_cache(maxsize=4)
def load_index(directory: str) -> KnownIndex:
    """Load a saved index; on a local disk it is mapped into memory, so that all processes share it."""
    parts = {}
    for part in _PARTS:
        path = files.join(directory, f"{part}.npy")
        parts[part] = (
            np.load(path, mmap_mode="r") if files.is_local(path) else np.load(io.BytesIO(files.read_bytes(path)))
        )
    retracted = json.loads(files.read_bytes(files.join(directory, "retracted.json")))
    output, *paths = json.loads(files.read_bytes(files.join(directory, "files.json")))
    return KnownIndex(**parts, retracted=frozenset(retracted), output=output, paths=tuple(paths))
