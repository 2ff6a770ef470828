"""Partitions: the Hive directories that rows are stored in, made from some of their columns."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa

from schemas.record import arrow_schema

NULL = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name for the partition of None; DuckDB, Spark and pyarrow read it as null."""

MAX_BYTES = 180
"""Longest value in a path, percent-encoded; file systems allow 255 bytes a name."""


def partition_types(record: type, columns: Sequence[str]) -> pa.Schema:
    """Arrow fields of the partition columns, in their order.

    Raises:
        ValueError: a column that the record lacks, one named twice, or one whose values cannot be a path.
    """
    schema = arrow_schema(record)
    allowed = [
        field.name
        for field in schema
        if (pa.types.is_string(field.type) or pa.types.is_date(field.type)) and field.name not in _UNSUITABLE
    ]
    for name in columns:
        if name not in allowed:
            raise ValueError(f"cannot partition {record.__name__} by {name!r}: choose from {', '.join(allowed)}")
    if len(set(columns)) != len(columns):
        raise ValueError(f"a partition column is named twice: {', '.join(columns)}")
    return pa.schema([schema.field(name) for name in columns])


_UNSUITABLE = (
    "text",
    "headline",
    "subheadline",
    "alternative_headline",
    "description",
    "message",
    "traceback",
    "replay_json",
    "byline",
)


def partition_value(value: Any) -> str:
    """Return one value as it stands in a path.

    >>> partition_value("a/b c"), partition_value(None), partition_value(date(2025, 3, 1))
    ('a%2Fb%20c', '__HIVE_DEFAULT_PARTITION__', '2025-03-01')

    An empty string, or one too long for a file name, has no safe form and goes where None goes.
    """
    if value is None:
        return NULL
    text = quote(value.isoformat() if isinstance(value, date) else str(value), safe="")
    return text if 0 < len(text) <= MAX_BYTES else NULL


def partition_path(row: Any, columns: Sequence[str]) -> str:
    """Directory of a record below its table, such as ``ingest_date=2025-03-01/in_language=en``."""
    return "/".join(f"{name}={partition_value(getattr(row, name))}" for name in columns)


def parse_partition(path: str) -> dict[str, str | None]:
    """Read the columns and values that :func:`partition_path` put into a path; other parts are ignored.

    >>> parse_partition("articles/ingest_date=2025-03-01/part-0.parquet")
    {'ingest_date': '2025-03-01'}
    """
    pairs = [part.split("=", 1) for part in path.split("/") if "=" in part]
    return {name: None if value == NULL else unquote(value) for name, value in pairs}


def fold_overflow(path: str, kept: frozenset[str], columns: Sequence[str]) -> str:
    """Return the path itself when it is among those kept, else the all-null partition of the same columns.

    ``ingest_date`` stays what it is: it has one value a run.
    """
    if path in kept:
        return path
    values = dict(part.split("=", 1) for part in path.split("/"))
    return "/".join(f"{name}={values[name] if name == 'ingest_date' else NULL}" for name in columns)


def most_frequent(counts: dict[str, int], limit: int) -> frozenset[str]:
    """Choose the ``limit`` partitions with the most rows; ties by name, so that the choice can be repeated."""
    ordered = sorted(counts, key=lambda path: (-counts[path], path))
    return frozenset(ordered[:limit])
