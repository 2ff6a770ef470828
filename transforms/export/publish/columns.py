"""The columns of a published table, and which of them may be null."""

from collections.abc import Iterable, Mapping

import pyarrow as pa

from schemas.tables import Table
from transforms.lake.evolve import Columns, known_columns
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.partitions import parse_partition


def published_schema(table: Table, files: Iterable[DataFile], manifests: Iterable[Manifest]) -> pa.Schema:
    """Return the columns of a table with descriptions; one that some of its files lack may be null.

    A row of a file that was written before a column existed holds null there: table formats have no default that
    all readers know. The lake's own readers give the default of the record.

    Args:
        table: of the lake.
        files: that the table lists, or will.
        manifests: that describe the columns of the files.
    """
    known = known_columns(manifests)
    lacking = {name for file in files for name in _lacking(table, file, known)}
    return pa.schema([field.with_nullable(field.nullable or field.name in lacking) for field in table.schema])


def _lacking(table: Table, file: DataFile, known: Mapping[str, Columns]) -> set[str]:
    stored = {name for name, _, _ in known[file.schema_hash]}
    return set(table.schema.names) - stored - set(parse_partition(file.path))


def describe_as(schema: pa.Schema, key: str) -> pa.Schema:
    """Return the same columns with the descriptions under another key, in the columns of structs too."""
    return pa.schema([_describe_field(field, key) for field in schema])


def _describe_field(field: pa.Field, key: str) -> pa.Field:
    said = (field.metadata or {}).get(b"description")
    made = pa.field(field.name, _describe_type(field.type, key), field.nullable)
    return made if said is None else made.with_metadata({key: said.decode()})


def _describe_type(kind: pa.DataType, key: str) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_describe_field(kind.value_field, key))
    if pa.types.is_struct(kind):
        return pa.struct([_describe_field(kind.field(number), key) for number in range(kind.num_fields)])
    return kind
