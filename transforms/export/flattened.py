"""Lists in the rows of tables as rows of their own: their names and columns."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

import pyarrow as pa

from schemas.record import hints
from schemas.tables import ARTICLES, Table
from transforms.export.changes import ADDED, ROW_ID

_POSITION = pa.field("position", pa.int64(), False, {"description": "Place in the list, from 0."})


class Level(NamedTuple):
    """A list that rows are made of.

    Attributes:
        column: name of the column, or of the field of the struct above, that holds the list.
        item: name of what it lists, such as ``entity``.
        fields: of its structs, without those that are lists; of a list of plain values one, "value".
        has_structs: whether it lists structs.
    """

    column: str
    item: str
    fields: tuple[pa.Field, ...]
    has_structs: bool = True


class Flattened(NamedTuple):
    """A list in the rows of a table, as rows of their own.

    Attributes:
        name: of the view or table, such as ``article_mentions``.
        table: whose rows have the list.
        levels: the list, and first the one whose structs it is in, if it is in such.
    """

    name: str
    table: Table
    levels: tuple[Level, ...]

    @property
    def parent_fields(self) -> tuple[pa.Field, ...]:
        """Columns of the row that has the list: its id and its key."""
        return (ADDED.field(ROW_ID), *(self.table.schema.field(name) for name in self.table.key))

    def level_fields(self, level: Level) -> tuple[pa.Field, ...]:
        """Columns that a level gives: the position and the fields; those of an outer level have its name in front."""
        fields = (_POSITION, *level.fields)
        if level is self.levels[-1]:
            return fields
        prefix = f"{level.item}_"
        return tuple(field.with_name(prefix + field.name.removeprefix(prefix)) for field in fields)

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that identify a row: the id of the row that has the list, and the positions."""
        return (ROW_ID, *(self.level_fields(level)[0].name for level in self.levels))

    @property
    def schema(self) -> pa.Schema:
        """Its columns."""
        return pa.schema([*self.parent_fields, *(field for level in self.levels for field in self.level_fields(level))])


def flatten(table: Table) -> Iterator[Flattened]:
    """Find the lists in the rows of a table, and in the structs of those.

    >>> [found.name for found in flatten(ARTICLES) if found.levels[0].column in ("entities", "tags")]
    ['article_entities', 'article_mentions', 'article_tags']
    """
    prefix = _snake(table.record)
    for level, record in _levels(table.record, table.schema):
        yield Flattened(f"{prefix}_{level.column}", table, (level,))
        if level.has_structs:
            parts = table.schema.field(level.column).type.value_type
            for inner, _ in _levels(record, parts):
                yield Flattened(f"{prefix}_{inner.column}", table, (level, inner))


def _levels(record: type, fields: pa.Schema | pa.StructType) -> Iterator[tuple[Level, type]]:
    for field in fields:
        if not pa.types.is_list(field.type):
            continue
        if pa.types.is_struct(field.type.value_type):
            item = get_args(hints(record)[field.name])[0]
            plain = tuple(part for part in field.type.value_type if not pa.types.is_nested(part.type))
            yield Level(field.name, _snake(item), plain), item
        else:
            value = pa.field("value", field.type.value_type, metadata=field.metadata)
            yield Level(field.name, f"{field.name}_item", (value,), has_structs=False), record


def _snake(record: type) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", record.__name__).lower()


FLATTENED: Mapping[str, Flattened] = {found.name: found for found in flatten(ARTICLES) if found.levels[-1].has_structs}
"""Every list of structs in articles, by the name of its rows; views are made of them."""
