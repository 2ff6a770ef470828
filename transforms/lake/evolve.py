"""Which stored schemas the present records can be read from, and rows of an older schema as rows of the present one."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import SchemaMismatch
from schemas.record import arrow_schema, row, stored_fields
from schemas.tables import TABLES
from transforms.lake.manifest import Manifest, schema_columns, schema_hash
from transforms.lake.manifests import live_files

Columns = Sequence[tuple[str, str, bool]]
"""Name, Arrow type and nullability of each column, as stored in a manifest."""


def defaults(record: type) -> dict[str, Any]:
    """Return the columns of a record that a stored file may lack, and the value that its rows have in them.

    A column without a default may be missing where it may be None.
    """
    schema = arrow_schema(record)
    found: dict[str, Any] = {}
    for field in stored_fields(record):
        if field.default is not dataclasses.MISSING:
            found[field.name] = row(field.default)
        elif schema.field(field.name).nullable:
            found[field.name] = None
    return found


def refused_changes(old: Columns, record: type) -> list[str]:
    """List why rows of the old columns cannot be read as the record; empty where they can.

    A column may be added that has a default or may be None, and a required column may become one that may be
    None. A struct may get fields that may be None. Nothing else.
    """
    schema = arrow_schema(record)
    present = {name: (kind, nullable) for name, kind, nullable in schema_columns(schema)}
    stored = {name for name, _, _ in old}
    may_lack = defaults(record)
    found = []
    for name, kind, nullable in old:
        if name not in present:
            found.append(f"column {name!r} is stored, but {record.__name__} has no such column")
        elif present[name][0] != kind and not _has_grown(kind, schema.field(name).type):
            found.append(f"column {name!r} is stored as {kind}, but {record.__name__} declares {present[name][0]}")
        elif nullable and not present[name][1]:
            found.append(f"column {name!r} may hold None where it is stored, but {record.__name__} requires a value")
    found.extend(
        f"column {name!r} of {record.__name__} is required and has no default, but is not stored"
        for name in present
        if name not in stored and name not in may_lack
    )
    return found


def _has_grown(stored: str, present: pa.DataType) -> bool:
    """Return whether a type is a stored one, given by its name, with fields in its structs that may be None.

    >>> now = pa.list_(pa.field("element", pa.struct([pa.field("name", pa.string(), False), ("url", pa.string())])))
    >>> _has_grown("list<element: struct<name: string not null>>", now), _has_grown("list<element: struct<>>", now)
    (True, False)
    """
    stored_parts = _split_fields(stored)
    if pa.types.is_list(present):
        is_list = stored.startswith("list<") and len(stored_parts) == 1
        return is_list and _is_field(stored_parts[0], present.value_field)
    if not pa.types.is_struct(present):
        return stored == str(present)
    fields = {field.name: field for field in map(present.field, range(present.num_fields))}
    parts = {part.partition(": ")[0]: part for part in stored_parts}
    if not stored.startswith("struct<") or any(not fields[name].nullable for name in fields.keys() - parts.keys()):
        return False
    return all(name in fields and _is_field(part, fields[name]) for name, part in parts.items())


def _is_field(stored: str, field: pa.Field) -> bool:
    """Return whether a field can be read from a stored one, such as "url: string not null"."""
    name, _, kind = stored.partition(": ")
    required = kind.endswith(" not null")
    if name != field.name or (not required and not field.nullable):
        return False
    return _has_grown(kind.removesuffix(" not null"), field.type)


def _split_fields(kind: str) -> list[str]:
    """Split what stands in the angle brackets of a type at the commas that are in no other brackets."""
    inside = kind[kind.find("<") + 1 : -1] if kind.endswith(">") else ""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(inside):
        depth += (char == "<") - (char == ">")
        if char == "," and not depth:
            parts.append(inside[start:at].strip())
            start = at + 1
    last = inside[start:].strip()
    return [*parts, last] if last else parts


def known_columns(manifests: Iterable[Manifest]) -> dict[str, Columns]:
    """Columns of each schema that the present records or any manifest describes, by schema hash."""
    found: dict[str, Columns] = {name: columns for manifest in manifests for name, columns in manifest.schemas.items()}
    for table in TABLES.values():
        found[schema_hash(table.schema)] = schema_columns(table.schema)
    return found


def check_schemas(manifests: Sequence[Manifest]) -> None:
    """Check that all stored rows can be read as the present records.

    Raises:
        SchemaMismatch: a stored column was removed or has another type in the present record, or that record requires
            one that was never stored; a table that is not known.
    """
    known = known_columns(manifests)
    seen: set[tuple[str, str]] = set()
    for file in live_files(list(manifests)):
        if not file.is_parquet or (file.table, file.schema_hash) in seen:
            continue
        seen.add((file.table, file.schema_hash))
        if file.table not in TABLES:
            raise SchemaMismatch(
                f"{file.path}: table {file.table!r} is unknown: a later newsmill wrote it, use that one"
            )
        columns = known.get(file.schema_hash)
        if columns is None:
            raise SchemaMismatch(
                f"{file.path}: no manifest describes its schema {file.schema_hash}: restore the manifest"
            )
        if why := refused_changes(columns, TABLES[file.table].record):
            raise SchemaMismatch(
                f"{file.path} cannot be read as today's {file.table}: {'; '.join(why)}. A stored column is never "
                "removed nor changed: bring it back and add a new one beside it, or use the newsmill that wrote it"
            )


def conform(table: pa.Table, schema: pa.Schema, values: Mapping[str, Any]) -> pa.Table:
    """Convert rows of an older schema to a newer one.

    Args:
        table: rows; columns that ``schema`` lacks are left out.
        schema: columns wanted, in their order.
        values: what to put where the table lacks a column.

    Raises:
        KeyError: a column is missing and has no value.
        pyarrow.ArrowInvalid: a value that its column cannot hold.
    """
    have = set(table.column_names)
    columns = []
    for field in schema:
        if field.name in have:
            column = table.column(field.name)
            columns.append(column if column.type == field.type else column.cast(field.type))
        else:
            scalar = pa.scalar(values[field.name], field.type)
            # pyarrow cannot repeat a list no times.
            columns.append(pa.repeat(scalar, table.num_rows) if table.num_rows else pa.array([], field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def fill_lists(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Put an empty list where a required list is null: datasets read null from files that lack the column."""
    columns = []
    for field in schema:
        column = table.column(field.name)
        if column.null_count and not field.nullable and pa.types.is_list(field.type):
            column = pc.coalesce(column, pa.scalar([], field.type))
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)
