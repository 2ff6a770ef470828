"""Rows with nested columns as rows with JSON, in the form that PostgreSQL takes."""

import json
import math
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from transforms.export.dialects import DIALECTS, quote

NUL, REPLACEMENT = "\0", "\ufffd"
"""The one character that PostgreSQL's text and JSONB cannot hold, and what stands for it there."""

_DIALECT = DIALECTS["duckdb"]


class JsonColumns:
    r"""Converts batches: nested columns to JSON, and what PostgreSQL cannot hold to what it can.

    U+0000 in a text becomes U+FFFD. Instants in JSON are ISO 8601 text; numbers that are not finite are the texts
    "NaN", "Infinity" and "-Infinity", as PostgreSQL's own ``to_json`` writes them and its casts read them.

    >>> batch = pa.RecordBatch.from_pydict({"url": ["a\0"], "tags": [["x", None]]})
    >>> JsonColumns(batch.schema).convert(batch).to_pylist()
    [{'url': 'a�', 'tags': '["x",null]'}]

    Args:
        schema: of the batches.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._nested = [field.name for field in schema if pa.types.is_nested(field.type)]
        self.schema = pa.schema(
            [field.with_type(pa.json_()) if field.name in self._nested else field for field in schema]
        )
        self._texts = ", ".join(f"to_json({quote(_DIALECT, name)})::VARCHAR" for name in self._nested)
        self._connection = duckdb.connect(config={"threads": 1}) if self._nested else None

    def convert(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Convert one batch."""
        columns = dict(zip(batch.schema.names, (_clean(column) for column in batch.columns), strict=True))
        nested = {name: columns[name] for name in self._nested}
        slow = [name for name, column in nested.items() if not _is_finite(column)]
        columns |= {name: pa.array(map(_to_json, nested.pop(name).to_pylist()), pa.string()) for name in slow}
        if self._connection and nested:
            rows = self._connection.from_arrow(pa.table(nested | {name: columns[name] for name in slow}))
            texts = rows.project(self._texts).to_arrow_table()
            by_name = dict(zip(self._nested, texts.columns, strict=True))
            columns |= {name: by_name[name].combine_chunks() for name in nested}
        arrays = [
            pa.ExtensionArray.from_storage(pa.json_(), columns[name].cast(pa.string()))
            if name in self._nested
            else columns[name]
            for name in self.schema.names
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _clean(column: pa.Array) -> pa.Array:
    """Replace U+0000 in all texts, and instants in nested values by text."""
    kind = column.type
    if pa.types.is_nested(kind):
        return _rebuild(column) if _must_change(column) else column
    return _clean_leaf(column)


def _clean_leaf(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type) and pc.any(pc.match_substring(column, NUL)).as_py():
        return pc.replace_substring(column, NUL, REPLACEMENT)
    return column


def _must_change(column: pa.Array) -> bool:
    """Return whether a nested value has an instant or date, or a text with U+0000."""
    kind = column.type
    if pa.types.is_list(kind):
        return _must_change(column.flatten())
    if pa.types.is_struct(kind):
        return any(map(_must_change, column.flatten()))
    return pa.types.is_temporal(kind) or _clean_leaf(column) is not column


def _rebuild(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        ends = pc.cumulative_sum(lengths.cast(pa.int32()))
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
        return pa.ListArray.from_arrays(offsets, _rebuild(column.flatten()), mask=pc.is_null(column))
    if pa.types.is_struct(kind):
        parts = [_rebuild(part) for part in column.flatten()]
        return pa.StructArray.from_arrays(
            parts, names=[field.name for field in kind], mask=pc.is_null(column) if column.null_count else None
        )
    if pa.types.is_timestamp(kind):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%S+00:00")
    if pa.types.is_temporal(kind):
        return column.cast(pa.string())
    return _clean_leaf(column)


def _is_finite(column: pa.Array) -> bool:
    kind = column.type
    if pa.types.is_list(kind):
        return _is_finite(column.flatten())
    if pa.types.is_struct(kind):
        return all(map(_is_finite, column.flatten()))
    return not pa.types.is_floating(kind) or bool(pc.all(pc.is_finite(column), min_count=0).as_py())


def _to_json(value: Any) -> str | None:
    return None if value is None else json.dumps(_name_numbers(value), ensure_ascii=False, separators=(",", ":"))


def _name_numbers(value: Any) -> Any:
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case list():
            return [_name_numbers(item) for item in value]
        case dict():
            return {name: _name_numbers(item) for name, item in value.items()}
    return value
