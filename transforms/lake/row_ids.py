"""Ids of stored rows, by which systems outside the lake replace and remove them."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import Table

SEPARATOR = "\x1f"
"""Stands between the values of a row's identity."""

NONE = "\x1e"
"""Stands for None in it."""


def row_id(values: Sequence[Any]) -> str:
    r"""Return the MD5 of the values of a row's identity, 32 hex digits: any SQL database computes the same.

    >>> row_id(["0f3a", 1]) == hashlib.md5("0f3a\x1f1".encode(), usedforsecurity=False).hexdigest()
    True
    """
    text = SEPARATOR.join(NONE if value is None else str(value) for value in values)
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def row_id_sql(table: Table, text: Callable[[str], str], md5: Callable[[str], str] = "md5({})".format) -> str:
    """Return the expression by which a database computes the id of a row, as :func:`row_id` makes it.

    Args:
        table: whose identity is asked for.
        text: from the name of a column to the expression for its value as text.
        md5: from the expression for a text to that for its MD5, 32 hex digits.
    """
    values = (f"COALESCE({text(name)}, CHR({ord(NONE)}))" for name in table.identity)
    return md5(f" || CHR({ord(SEPARATOR)}) || ".join(values))


def row_ids(table: Table, rows: pa.Table | pa.RecordBatch) -> pa.Array:
    """Return the id of each row, as :func:`row_id` makes it of the columns that the table's identity names.

    Rows of an article have one id each version, rows of ``feed_state`` one each feed. Of tables whose rows may repeat,
    rows that a takedown removes together may share an id.
    """
    columns: list[Any] = [rows.column(name).cast(pa.string()) for name in table.identity]
    joined = pc.binary_join_element_wise(*columns, SEPARATOR, null_handling="replace", null_replacement=NONE)
    ids = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in joined.to_pylist()]
    return pa.array(ids, pa.string())
