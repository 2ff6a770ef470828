"""Delta tables over the data files of a lake: a log beside them, as the Delta Lake protocol describes it."""

import json
import math
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from schemas.errors import UsageError
from schemas.install import install_command
from schemas.tables import TABLES
from transforms.export.publish.columns import describe_as
from transforms.export.publish.statistics import Bound, Bounds
from transforms.export.publish.target import SEQUENCE, Opener
from transforms.export.publish.versions import Version
from transforms.lake.lake import Lake
from transforms.lake.manifest import DELTA_LOG, DataFile, format_instant
from transforms.lake.partitions import parse_partition

APP_ID = "newsmill"
"""Application whose transactions the log records; their version is the number of the lake's commit."""

COMPACT_EVERY = 100
"""Versions after which their entries are also written as one file, so that readers open few."""

_CONFIGURATION = {
    # Checkpoints are Parquet files: a reader of all of lake/articles/**/*.parquet would take them for rows.
    "delta.checkpointInterval": "1000000000",
    "delta.enableExpiredLogCleanup": "false",  # only what a checkpoint holds may be removed
}


def delta_tables(lake: Lake) -> Opener:
    """Return what opens the Delta tables of a lake.

    Raises:
        UsageError: deltalake is not installed.
    """
    try:
        import deltalake  # noqa: F401, PLC0415  an extra
    except ImportError as error:
        remedy = install_command("deltalake>=1.6", extra="delta")
        raise UsageError(f"Delta tables need deltalake: {remedy}") from error
    return lambda name: DeltaTarget(lake, name)


class DeltaTarget:
    """The Delta table of one table of a lake, as a :class:`~transforms.export.publish.target.Target`.

    The number of the commit is in each version twice: as ``newsmill.commit_sequence`` of its commitInfo, for people,
    and as a transaction of the application newsmill, which readers and writers keep.
    """

    def __init__(self, lake: Lake, name: str) -> None:
        self._lake, self._name = lake, name
        self._options = _storage_options(lake)
        self._delta: Any = None

    @property
    def where(self) -> str:
        return self._lake.path(self._name)

    @property
    def _url(self) -> str:
        return str(Path(self.where).absolute()) if self._lake.store.is_local else self.where

    def _open(self) -> Any:
        from deltalake import DeltaTable  # noqa: PLC0415

        if self._delta is None:
            self._delta = DeltaTable(self._url, storage_options=self._options)
        return self._delta

    def cursor(self) -> int | None:
        from deltalake import DeltaTable  # noqa: PLC0415

        if self._delta is None and not DeltaTable.is_deltatable(self._url, self._options):
            return None
        found = self._open().transaction_version(APP_ID)
        if found is None:
            raise UsageError(
                f"{self.where} is a Delta table that newsmill did not make: remove {self.where}/{DELTA_LOG} and "
                "publish again"
            )
        return int(found)

    def listed(self) -> set[str]:
        paths = pa.table(self._open().get_add_actions()).column("path").to_pylist()
        return {f"{self._name}/{unquote(path)}" for path in paths}

    def create(self, schema: pa.Schema, partition_by: Sequence[Sequence[str]]) -> None:
        from deltalake.transaction import create_table_with_add_actions  # noqa: PLC0415

        for other in partition_by[1:]:
            raise UsageError(self._why_not(partition_by[0], other))
        create_table_with_add_actions(
            self._url,
            _delta_schema(schema),
            [],
            partition_by=list(partition_by[0]),
            name=self._name,
            description=(TABLES[self._name].record.__doc__ or "").strip().partition("\n")[0],
            configuration=_CONFIGURATION,
            storage_options=self._options,
            commit_properties=_properties(0),
        )
        self._delta = None

    def check_partitions(self, columns: Sequence[str]) -> None:
        of_table = self._open().metadata().partition_columns
        if set(of_table) == set(columns):
            return
        if self.listed():
            raise UsageError(self._why_not(of_table, columns))
        self._describe(self._open().schema(), columns)

    def _why_not(self, columns: Sequence[str], others: Sequence[str]) -> str:
        return (
            f"{self.where} as a Delta table is partitioned by {', '.join(columns)}, but the lake has files by "
            f"{', '.join(others)} (--partition_by), and it can have one set of partition columns. Publish this lake as "
            "iceberg, which has several, or write to an output of its own"
        )

    def evolve(self, schema: pa.Schema) -> None:
        delta = self._open()
        stored = pa.schema(delta.schema().to_arrow())
        was_nullable = {field.name for field in stored if field.nullable}
        wanted = _delta_schema(
            pa.schema(
                [
                    field.with_nullable(field.nullable or field.name in was_nullable or field.name not in stored.names)
                    for field in schema
                ]
            )
        )
        if json.loads(wanted.to_json()) == json.loads(delta.schema().to_json()):
            return
        self._describe(wanted, delta.metadata().partition_columns)

    def _describe(self, schema: Any, partition_by: Sequence[str]) -> None:
        """Give the table another schema, or other partition columns where it lists no file."""
        described = self._open().metadata()
        metadata = {
            "id": str(described.id),
            "name": described.name,
            "description": described.description,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": schema.to_json(),
            "partitionColumns": list(partition_by),
            "createdTime": described.created_time,
            "configuration": described.configuration,
        }
        self._append_entry(self._delta.version() + 1, {"metaData": metadata})

    def _append_entry(self, version: int, *actions: Mapping[str, Any]) -> None:
        """Write an entry of the log, which deltalake has no call for, as the protocol asks: if none has its number.

        Raises:
            UsageError: another writer has written that version.
        """
        sequence, now_ms = self.cursor(), time.time_ns() // 1_000_000
        info = {"timestamp": now_ms, "operation": "SET TBLPROPERTIES", "operationParameters": {}, SEQUENCE: sequence}
        lines = [json.dumps(action, separators=(",", ":")) for action in ({"commitInfo": info}, *actions)]
        key, store = f"{self._name}/{DELTA_LOG}/{version:020d}.json", self._lake.store
        data = ("\n".join(lines) + "\n").encode()
        is_free = not store.exists(key) if store.is_local else store.create(key, data)
        if store.is_local and is_free:  # a file that is created may stay a part of one in a crash
            store.replace(key, data)
        if not is_free:
            raise UsageError(f"{self.where} was altered by another writer, version {version}: publish again")
        self._delta.update_incremental()

    def commit(self, version: Version, bounds: Mapping[str, Mapping[str, Bounds]]) -> None:
        from deltalake.transaction import AddAction, PostCommitHookProperties, RemoveAction  # noqa: PLC0415

        delta = self._open()
        at_ms = round(version.committed_at.timestamp() * 1000)
        added = [
            AddAction(
                path=_key_in_table(file),
                size=file.bytes,
                partition_values=parse_partition(file.path),
                modification_time=at_ms,
                data_change=version.changes_rows,
                stats=_statistics(file, bounds[file.path]),
            )
            for file in version.added
        ]
        removed = [
            RemoveAction(
                path=_key_in_table(file),
                data_change=version.changes_rows,
                deletion_timestamp=at_ms,
                size=file.bytes,
                partition_values=parse_partition(file.path),
            )
            for file in version.removed
        ]
        delta.create_write_transaction(
            [*added, *removed],
            "append",
            delta.schema(),
            delta.metadata().partition_columns,
            commit_properties=_properties(version.sequence),
            post_commithook_properties=PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
        )
        delta.update_incremental()
        if delta.version() % COMPACT_EVERY == 0:
            delta.compact_logs(delta.version() - COMPACT_EVERY + 1, delta.version())


def _key_in_table(file: DataFile) -> str:
    return file.path.partition("/")[2]


def _properties(sequence: int) -> Any:
    from deltalake.transaction import CommitProperties, Transaction  # noqa: PLC0415

    return CommitProperties(custom_metadata={SEQUENCE: sequence}, app_transactions=[Transaction(APP_ID, sequence)])


def _delta_schema(schema: pa.Schema) -> Any:
    from deltalake import Schema  # noqa: PLC0415

    return Schema.from_arrow(describe_as(schema, "comment"))


def _storage_options(lake: Lake) -> dict[str, str] | None:
    if lake.store.is_local:
        return None
    from transforms.lake.objects import client_config  # noqa: PLC0415  for buckets alone

    config = client_config(lake.options)
    return config | ({"allow_http": "true"} if config.get("endpoint", "").startswith("http://") else {})


def _statistics(file: DataFile, bounds: Mapping[str, Bounds]) -> str:
    """Statistics of a file, as the protocol's "Per-file Statistics" has them."""
    by = parse_partition(file.path)
    known = {name: found for name, found in bounds.items() if name not in by}
    smallest = {name: _stat(found.smallest) for name, found in known.items() if _is_stat(found.smallest)}
    largest = {name: _stat(found.largest, up=True) for name, found in known.items() if _is_stat(found.largest)}
    nulls = {name: found.nulls for name, found in known.items()}
    return json.dumps({"numRecords": file.rows, "minValues": smallest, "maxValues": largest, "nullCount": nulls})


def _is_stat(value: Bound | None) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _stat(value: Bound | None, *, up: bool = False) -> Any:
    """Return a bound as JSON; instants as whole milliseconds, which is all that every reader takes."""
    if isinstance(value, datetime):
        return format_instant(value + timedelta(microseconds=999) if up else value)
    return value.isoformat() if isinstance(value, date) else value
