"""Columns and rows of committed files, of whatever schema."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.lake import files
from transforms.lake.lake import Lake

_ROW_COLUMNS = ("article_id", "version", "headline", "feed_entry_id")


class KnownRow(NamedTuple):
    """Columns of the newest version of an article, by which another is compared with it."""

    article_id: str
    headline: str | None
    feed_entry_id: str | None
    text: str


def read_row(output: str, path: str, article_id: str, version: int) -> KnownRow | None:
    """Return a version of an article from its file; None where it is not there.

    Raises:
        OSError: the file is missing or cut off.
    """
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
    return read_columns(output, path, _ROW_COLUMNS)


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


def _open(output: str, path: str) -> pq.ParquetFile:
    return pq.ParquetFile(Lake(output).open(path))


def _damaged(output: str, path: str, error: Exception) -> OSError:
    where, words = files.join(output, path), " ".join(str(error).split())
    return OSError(f"{where}: {words}; restore it from a backup: 'newsmill verify' says what else is wrong")


def read_columns(output: str, path: str, wanted: Sequence[str]) -> pa.Table:
    """Read columns of a file; those that an older schema did not have are null.

    Raises:
        OSError: the file is missing or cut off.
    """
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
