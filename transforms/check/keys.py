"""Keys of rows: those that two rows share, and those that refer to a row that is not there."""

import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import ARTICLES, TABLES, Follows, Table
from transforms.check.problems import Problem
from transforms.lake.evolve import conform, defaults
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.read import partition_scalars

Bits = npt.NDArray[np.uint64]

_HEX = re.compile(r"[0-9a-fA-F]{32}")


def id_bits(column: pa.ChunkedArray) -> Bits:
    """Return the first 64 bits of each id in a column of 32 hex digits; no string is made of any.

    Raises:
        ValueError: something that is not 32 hex digits.
    """
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())
    if not len(array):
        return np.zeros(0, np.uint64)
    if array.null_count or not pc.all(pc.equal(pc.binary_length(array), 32)).as_py():
        raise ValueError("a column of ids holds something that is not 32 hex digits")
    digits = memoryview(array.buffers()[2])[array.offset * 32 :][: len(array) * 32]
    return np.frombuffer(binascii.unhexlify(digits), ">u8").reshape(-1, 2)[:, 0].astype(np.uint64)


def column_bits(column: pa.ChunkedArray) -> Bits:
    """64 bits for each value: equal values have equal bits, others differ but for one in 10^19; None has 0."""
    kind = column.type
    if pa.types.is_string(kind):
        try:
            return id_bits(column)
        except ValueError:
            return _string_bits(column)
    if pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    values: Bits = pc.fill_null(column.cast(pa.int64()), 0).to_numpy().astype(np.uint64)
    return values


def _string_bits(column: pa.ChunkedArray) -> Bits:
    coded = pa.concat_arrays(column.chunks).dictionary_encode()
    words = [0, *map(_word_bits, coded.dictionary.to_pylist())]
    places = pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy() + 1
    bits: Bits = np.array(words, np.uint64)[places]
    return bits


def _word_bits(word: str) -> int:
    if _HEX.fullmatch(word):
        return int(word[:16], 16)
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


def key_bits(rows: pa.Table, key: Sequence[str]) -> Bits:
    """64 bits for the key of each row."""
    bits = column_bits(rows.column(key[0]))
    with np.errstate(over="ignore"):
        for name in key[1:]:
            # Not symmetric, so that (a, b) and (b, a) differ.
            bits = bits * np.uint64(0xD6E8FEB86659FD93) + column_bits(rows.column(name)) * np.uint64(0x9E3779B97F4A7C15)
    return bits


class Keys:
    """Keys of all rows of an lake, 64 bits for each, and for each reference to one."""

    def __init__(self) -> None:
        self._keys: dict[str, list[Bits]] = {name: [] for name, table in TABLES.items() if table.unique}
        self._rules = [(table, rule) for table in TABLES.values() for rule in table.references]
        self._referred: dict[str, list[Bits]] = {rule.of: [] for _, rule in self._rules}
        self._references: dict[tuple[str, Follows], list[Bits]] = {
            (table.name, rule): [] for table, rule in self._rules
        }

    def add(self, table: Table, rows: pa.Table) -> None:
        """Note the keys of some rows, and what they refer to."""
        if table.unique:
            self._keys[table.name].append(key_bits(rows, table.key))
        if table.name in self._referred:
            self._referred[table.name].append(column_bits(rows.column(table.key[0])))
        for rule in table.references:
            self._references[table.name, rule].append(np.unique(column_bits(rows.column(rule.column).drop_null())))

    def find_duplicates(self, lake: Lake, live: Sequence[DataFile]) -> Iterator[Problem]:
        """Keys that two rows share. Only where 64 bits are there twice are the files read again."""
        for name, parts in self._keys.items():
            ordered = _joined(parts)
            ordered.sort()
            twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
            if len(twice):
                yield from _describe_duplicates(lake, TABLES[name], twice, live)

    def find_dangling(
        self, lake: Lake, live: Sequence[DataFile], retracted: pa.Array, *, unread: set[str]
    ) -> Iterator[Problem]:
        """References to rows that are not there.

        Args:
            retracted: article_ids that were taken down; whatever refers to those is reported as such.
            unread: tables of which a file could not be read; nothing is said of references to their rows.
        """
        for table, rule in self._rules:
            if rule.of in unread:
                continue
            there = [*self._referred[rule.of]]
            if rule.of == ARTICLES.name:
                there.append(column_bits(pa.chunked_array([retracted])))
            dangling = np.setdiff1d(np.unique(_joined(self._references[table.name, rule])), _joined(there))
            if len(dangling):
                yield from _describe_dangling(lake, table, rule, dangling, live)


def _joined(parts: list[Bits]) -> Bits:
    """Return all in one array; the parts are given back."""
    joined = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    parts.clear()
    return joined


def _read_again(lake: Lake, table: Table, columns: Sequence[str], live: Sequence[DataFile]) -> Iterator[Any]:
    """Files of a table with some of their columns; a file that cannot be read has been reported."""
    wanted = pa.schema([table.schema.field(name) for name in columns])
    for file in live:
        if file.table != table.name:
            continue
        try:
            with lake.open(file) as source:
                parquet = pq.ParquetFile(source)
                stored = parquet.read(columns=[name for name in columns if name in parquet.schema_arrow.names])
        except (OSError, pa.ArrowException):
            continue
        scalars: Mapping[str, pa.Scalar] = partition_scalars(file.path, table.schema)
        yield file, conform(stored, wanted, defaults(table.record) | {n: s.as_py() for n, s in scalars.items()})


def _describe_duplicates(lake: Lake, table: Table, twice: Bits, live: Sequence[DataFile]) -> Iterator[Problem]:
    seen, reported = dict[Any, str](), set[Any]()
    for file, rows in _read_again(lake, table, table.key, live):
        same = rows.filter(pa.array(np.isin(key_bits(rows, table.key), twice)))
        for key in zip(*(column.to_pylist() for column in same.columns), strict=True):
            if key in seen and key not in reported:
                reported.add(key)
                words = ", ".join(f"{name} {_shown(part)}" for name, part in zip(table.key, key, strict=True))
                yield Problem("duplicate", file.path, f"{words} is in {seen[key]}, too")
            seen.setdefault(key, file.path)


def _shown(value: Any) -> str:
    return json.dumps(value, default=str)


def _describe_dangling(
    lake: Lake, table: Table, rule: Follows, dangling: Bits, live: Sequence[DataFile]
) -> Iterator[Problem]:
    for file, rows in _read_again(lake, table, (rule.column,), live):
        column = rows.column(0).drop_null()
        wrong = column.filter(pa.array(np.isin(column_bits(column), dangling)))
        if len(wrong):
            more = f" (and {len(wrong) - 1} more rows)" if len(wrong) > 1 else ""
            words = f"{rule.column} {_shown(wrong[0].as_py())} refers to no row of {rule.of}{more}"
            yield Problem("reference", file.path, f"{words}: it should have been written, or removed, with that row")
