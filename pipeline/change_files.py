"""The changes of an output as lines of JSON, as an Arrow stream or as a Parquet file."""

import base64
from collections.abc import Sequence
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES
from transforms.export.change_events import Events, event_schema, read_events
from transforms.export.changes import DELETE, Changes
from transforms.lake.lake import Lake, as_lake


def write_changes(file: IO[bytes], output: str | Lake, changes: Changes, *, tables: Sequence[str], form: str) -> int:
    """Write changes, in order, with flat memory.

    Args:
        file: to write to.
        output: that the changes were found in.
        changes: to write.
        tables: their names; 'arrow' and 'parquet' take one.
        form: 'jsonl', 'arrow' or 'parquet'.

    Returns:
        How many there are.
    """
    events = read_events(as_lake(output), changes.since, tables=tables, changes=changes)
    if form == "jsonl":
        return sum(_write_lines(file, found) for found in events)
    schema = event_schema(TABLES[tables[0]])
    opened = pa.ipc.new_stream(file, schema) if form == "arrow" else pq.ParquetWriter(file, schema, compression="zstd")
    count = 0
    with opened as writer:
        for found in events:
            writer.write_batch(found.rows)
            count += found.rows.num_rows
    return count


def _write_lines(file: IO[bytes], events: Events) -> int:
    columns = TABLES[events.table].schema.names
    told = events.rows.select([name for name in events.rows.schema.names if name not in columns]).to_pylist()
    for head, row in zip(told, events.rows.select(columns).to_pylist(), strict=True):
        line = {"op": head.pop("op"), "table": events.table, **head}
        line["row"] = None if line["op"] == DELETE else row
        file.write(orjson.dumps(line, default=_plain, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z))
    return int(events.rows.num_rows)


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a {type(value).__name__} does not go into JSON")
