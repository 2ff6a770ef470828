"""What is said of the values in a data file, so that readers can skip it.

Logs and metadata keep what was written to them: a version that lists a file stays readable after the file was taken
away. So nothing goes into them that could be a part of an article which is taken down later. Text, addresses and names
have a smallest and a largest value that *are* such parts; numbers, days and instants say nothing without their row.
Ids are hashes, spread over the whole range in every file, so that their bounds would let no reader skip anything.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import CorruptTable
from schemas.tables import Table
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile

_AT_ONCE = 16

Bound = int | float | date | datetime


class Bounds(NamedTuple):
    """What is known of the values of one column in one file.

    Attributes:
        smallest: None where all values are null.
        largest: None where all values are null.
        nulls: how many are null.
    """

    smallest: Bound | None
    largest: Bound | None
    nulls: int


def counted_columns(table: Table) -> list[str]:
    """Columns of whose values the bounds are published: numbers, days and instants that are not part of others."""
    return [field.name for field in table.schema if _is_safe(field.type)]


def _is_safe(kind: pa.DataType) -> bool:
    of_time = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    return bool(of_time or pa.types.is_integer(kind) or pa.types.is_floating(kind))


def read_bounds(lake: Lake, table: Table, file: DataFile) -> dict[str, Bounds]:
    """Read the bounds of a file's columns from its footer. Columns that the file lacks have none.

    Raises:
        CorruptTable: it is not a Parquet file, or is missing.
    """
    try:
        with lake.open(file) as source:
            footer = pq.read_metadata(source)
    except (OSError, pa.ArrowInvalid) as error:
        raise CorruptTable(f"{lake.path(file.path)} cannot be read: {error}: run 'newsmill verify'") from error
    wanted, found, unknown = set(counted_columns(table)), dict[str, list[Bounds]](), set[str]()
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        for place in range(group.num_columns):
            column = group.column(place)
            if column.path_in_schema not in wanted:
                continue
            stored = column.statistics
            if stored is None or not stored.has_null_count:
                unknown.add(column.path_in_schema)
            elif stored.has_min_max:
                found.setdefault(column.path_in_schema, []).append(Bounds(stored.min, stored.max, stored.null_count))
            elif stored.null_count == group.num_rows:
                found.setdefault(column.path_in_schema, []).append(Bounds(None, None, stored.null_count))
            else:
                unknown.add(column.path_in_schema)
    return {name: _join(parts) for name, parts in found.items() if name not in unknown}


def _join(parts: Sequence[Bounds]) -> Bounds:
    smallest = [part.smallest for part in parts if part.smallest is not None]
    largest = [part.largest for part in parts if part.largest is not None]
    nulls = sum(part.nulls for part in parts)
    return Bounds(min(smallest, default=None), max(largest, default=None), nulls)  # type: ignore[type-var]


def read_all_bounds(lake: Lake, table: Table, files: Sequence[DataFile]) -> Mapping[str, dict[str, Bounds]]:
    """Read the bounds of several files, by path; of a bucket several at a time."""
    if lake.store.is_local or len(files) < 2:
        return {file.path: read_bounds(lake, table, file) for file in files}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        read = pool.map(lambda file: read_bounds(lake, table, file), files)
        return dict(zip((file.path for file in files), read, strict=True))
