"""Iceberg tables over the data files of a lake: metadata beside them, and a catalog that names its latest."""

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.errors import UsageError
from schemas.install import install_command
from schemas.tables import TABLES
from transforms.export.publish.columns import describe_as
from transforms.export.publish.policy import CATALOG_FILE, ICEBERG_DIRECTORY
from transforms.export.publish.statistics import Bounds
from transforms.export.publish.target import SEQUENCE, Opener
from transforms.export.publish.versions import Version
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.read import partition_scalars

CATALOG = "lake"
"""Name of the catalog that is made where none is named: Spark must call it so, since its file records it."""

MOST_SNAPSHOTS = 1000
"""Snapshots that are kept, and a tenth more; the manifest lists of older ones are deleted."""

_COLUMNS = "newsmill.columns"
"""Property of a table: hash of the columns that it was last given."""

_NAME_MAPPING = "schema.name-mapping.default"

_PROPERTIES = {
    "format-version": "2",
    "gc.enabled": "false",  # the files are the lake's: DROP TABLE … PURGE and the removal of orphans must leave them
    "commit.manifest-merge.enabled": "true",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def iceberg_tables(lake: Lake, catalog: str | None, namespace: str) -> Opener:
    """Return what opens the Iceberg tables of a lake; the namespace is made where it is missing.

    Args:
        lake: that is published.
        catalog: its name in pyiceberg's configuration; None for an SQLite file in the lake.
        namespace: of the tables; dots separate its levels.

    Raises:
        UsageError: pyiceberg is not installed, or the catalog is not configured.
    """
    try:
        import pyiceberg  # noqa: F401, PLC0415  an extra
    except ImportError as error:
        remedy = install_command("pyiceberg[sql-sqlite]>=0.12,<0.13", extra="iceberg")
        raise UsageError(f"Iceberg tables need pyiceberg: {remedy}") from error
    if lake.store.is_local and {"?", "#"} & set(str(Path(lake.output).absolute())):
        raise UsageError(
            f"{lake.output}: Iceberg's libraries read ? and # in a path as parts of an address: rename the directory"
        )
    opened = open_catalog(lake, catalog)
    opened.create_namespace_if_not_exists(namespace)
    return lambda name: IcebergTarget(lake, name, opened, namespace)


def open_catalog(lake: Lake, name: str | None) -> Any:
    """Open the catalog of that name, or the one in the lake itself.

    Raises:
        UsageError: there is no such catalog, or no name is given and the lake is not on this machine.
    """
    from pyiceberg.catalog import load_catalog  # noqa: PLC0415
    from pyiceberg.catalog.sql import SqlCatalog  # noqa: PLC0415

    if name is None:
        if not lake.store.is_local:
            raise UsageError(
                f"{lake.output} is in a bucket, where no SQLite catalog can be: name a catalog of pyiceberg's "
                "configuration with --iceberg_catalog"
            )
        directory = Path(lake.path(ICEBERG_DIRECTORY)).absolute()
        directory.mkdir(parents=True, exist_ok=True)
        return SqlCatalog(CATALOG, uri=f"sqlite:///{directory}/{CATALOG_FILE}", warehouse=f"file://{directory}")
    try:
        return load_catalog(name, **_storage_options(lake))
    except ValueError as error:
        raise UsageError(
            f"--iceberg_catalog {name}: {error}: describe it in .pyiceberg.yaml, or with variables such as "
            f"PYICEBERG_CATALOG__{name.upper()}__URI"
        ) from error


def _storage_options(lake: Lake) -> dict[str, str]:
    """How the files of a bucket are reached, by pyiceberg's names; empty where the environment says it."""
    if lake.store.is_local:
        return {}
    from transforms.lake.objects import client_config  # noqa: PLC0415  for buckets alone

    names = {
        "endpoint": "s3.endpoint",
        "region": "s3.region",
        "access_key_id": "s3.access-key-id",
        "secret_access_key": "s3.secret-access-key",
        "session_token": "s3.session-token",
    }
    return {names[name]: value for name, value in client_config(lake.options).items()}


class IcebergTarget:
    """The Iceberg table of one table of a lake, as a :class:`~transforms.export.publish.target.Target`.

    The number of the commit is the property ``newsmill.commit_sequence`` of each snapshot. Files whose paths hold
    other columns belong to partition specs of their own; a lake's commit with several of them is several snapshots,
    which appear at once.
    """

    def __init__(self, lake: Lake, name: str, catalog: Any, namespace: str) -> None:
        self._lake, self._name, self._catalog = lake, name, catalog
        self._identifier = f"{namespace}.{name}"
        self._root = f"file://{Path(lake.output).absolute()}" if lake.store.is_local else lake.output.rstrip("/")
        self._table: Any = None

    @property
    def where(self) -> str:
        return f"Iceberg table {self._identifier}"

    @property
    def _location(self) -> str:
        return f"{self._root}/{ICEBERG_DIRECTORY}/{self._name}"

    def cursor(self) -> int | None:
        from pyiceberg.exceptions import NoSuchTableError  # noqa: PLC0415

        if self._table is None:
            try:
                self._table = self._catalog.load_table(self._identifier)
            except NoSuchTableError:
                return None
            except FileNotFoundError as error:
                raise UsageError(
                    f"the catalog has {self.where}, but its metadata is not there ({error}): the lake was moved. Drop "
                    f"that table (or remove {self._location.removeprefix('file://').rpartition('/')[0]}, where the "
                    "catalog is there) and publish again"
                ) from error
            if self._table.location() != self._location:
                raise UsageError(
                    f"{self.where} lies in {self._table.location()}, not in {self._location}: the lake was moved, or "
                    "another lake is published there. Drop that table and publish again, or choose another "
                    "--iceberg_namespace"
                )
            self._name_latest()
        else:
            self._table.refresh()
        snapshot = self._table.current_snapshot()
        if snapshot is None:
            return 0
        found = snapshot.summary.get(SEQUENCE) if snapshot.summary else None
        if found is None:
            raise UsageError(
                f"{self.where} was altered by another writer, snapshot {snapshot.snapshot_id}. Only newsmill may write "
                "to it: drop that table and publish again"
            )
        return int(found)

    def listed(self) -> set[str]:
        files = self._table.scan().plan_files()
        return {task.file.file_path.removeprefix(f"{self._root}/") for task in files}

    def create(self, schema: pa.Schema, partition_by: Sequence[Sequence[str]]) -> None:
        described = (TABLES[self._name].record.__doc__ or "").strip().partition("\n")[0]
        relaxed = _relax(schema, partition_by[0])
        try:
            begun = self._catalog.create_table_transaction(
                self._identifier,
                describe_as(relaxed, "doc"),
                location=self._location,
                properties=_PROPERTIES | {_COLUMNS: _columns_hash(relaxed), "comment": described},
            )
        except ValueError as error:
            raise UsageError(f"{self.where}: {error}: choose another --iceberg_namespace") from error
        with begun as transaction:
            with transaction.update_spec() as spec:
                for column in partition_by[0]:
                    spec.add_identity(column)
            mapping = transaction.table_metadata.schema().name_mapping
            transaction.set_properties(**{_NAME_MAPPING: mapping.model_dump_json()})
        self._table = self._catalog.load_table(self._identifier)
        self._name_latest()

    def check_partitions(self, columns: Sequence[str]) -> None:
        """All are taken: an Iceberg table may have several partition specs."""
        del columns

    def evolve(self, schema: pa.Schema) -> None:
        in_paths = {field.name for spec in self._table.specs().values() for field in spec.fields}
        relaxed = _relax(schema, in_paths)
        wanted = _columns_hash(relaxed)
        if self._table.properties.get(_COLUMNS) == wanted:
            return
        with self._table.transaction() as transaction:
            with transaction.update_schema() as update:
                update.union_by_name(describe_as(relaxed, "doc"))
            mapping = transaction.table_metadata.schema().name_mapping
            transaction.set_properties(**{_COLUMNS: wanted, _NAME_MAPPING: mapping.model_dump_json()})
        self._name_latest()

    def commit(self, version: Version, bounds: Mapping[str, Mapping[str, Bounds]]) -> None:
        groups: dict[tuple[str, ...], list[DataFile]] = {}
        for file in version.added:
            groups.setdefault(self._partition_columns(file), []).append(file)
        properties = {SEQUENCE: str(version.sequence)}
        with self._table.transaction() as transaction:
            if version.removed:
                listed = {task.file.file_path: task.file for task in self._table.scan().plan_files()}
                with transaction.update_snapshot(snapshot_properties=properties).overwrite() as update:
                    for file in version.removed:
                        update.delete_data_file(listed[f"{self._root}/{file.path}"])
            for columns, files in sorted(groups.items()):
                self._use_spec(transaction, columns)
                metadata = transaction.table_metadata  # a deep copy
                with transaction.update_snapshot(snapshot_properties=properties).merge_append() as update:
                    for file in files:
                        update.append_data_file(self._data_file(metadata, file, bounds[file.path]))
        self._forget_snapshots()
        self._name_latest()

    def _name_latest(self) -> None:
        """Name the latest metadata in a file, for readers that have no catalog: the catalog's word is what counts."""
        directory, _, name = self._table.metadata_location.rpartition("/")
        if directory == f"{self._location}/metadata":
            key = f"{ICEBERG_DIRECTORY}/{self._name}/metadata/version-hint.text"
            self._lake.store.replace(key, name.removesuffix(".metadata.json").encode())

    def _forget_snapshots(self) -> None:
        """Keep the last snapshots: all of them are written again with each commit."""
        snapshots = sorted(self._table.snapshots(), key=lambda snapshot: snapshot.sequence_number or 0)
        if len(snapshots) < MOST_SNAPSHOTS * 11 // 10:
            return
        old = snapshots[:-MOST_SNAPSHOTS]
        self._table.maintenance.expire_snapshots().by_ids([snapshot.snapshot_id for snapshot in old]).commit()
        for snapshot in old:
            with contextlib.suppress(OSError):
                self._table.io.delete(snapshot.manifest_list)

    def _partition_columns(self, file: DataFile) -> tuple[str, ...]:
        return tuple(sorted(partition_scalars(file.path, TABLES[self._name].schema)))

    def _use_spec(self, transaction: Any, columns: Sequence[str]) -> None:
        """Make the partition spec of some columns that of the files that are added next."""
        present = {field.name for field in transaction.table_metadata.spec().fields}
        if present == set(columns):
            return
        with transaction.update_schema() as columns_update:
            for column in columns:
                columns_update.make_column_optional(column)
        with transaction.update_spec() as update:
            for column in sorted(present - set(columns)):
                update.remove_field(column)
            for column in sorted(set(columns) - present):
                update.add_identity(column)

    def _data_file(self, metadata: Any, file: DataFile, bounds: Mapping[str, Bounds]) -> Any:
        from pyiceberg.conversions import to_bytes  # noqa: PLC0415
        from pyiceberg.manifest import DataFile as IcebergFile  # noqa: PLC0415
        from pyiceberg.manifest import DataFileContent, FileFormat  # noqa: PLC0415
        from pyiceberg.typedef import Record  # noqa: PLC0415

        spec, schema = metadata.spec(), metadata.schema()
        values = partition_scalars(file.path, TABLES[self._name].schema)
        known = {schema.find_field(name): found for name, found in bounds.items() if name not in values}
        made = IcebergFile.from_args(
            content=DataFileContent.DATA,
            file_path=f"{self._root}/{file.path}",
            file_format=FileFormat.PARQUET,
            partition=Record(*(_partition_value(values[field.name].as_py()) for field in spec.fields)),
            file_size_in_bytes=file.bytes,
            record_count=file.rows,
            column_sizes=None,
            value_counts={field.field_id: file.rows for field in known},
            null_value_counts={field.field_id: found.nulls for field, found in known.items()},
            nan_value_counts=None,
            lower_bounds={
                field.field_id: to_bytes(field.field_type, found.smallest)
                for field, found in known.items()
                if found.smallest is not None
            },
            upper_bounds={
                field.field_id: to_bytes(field.field_type, found.largest)
                for field, found in known.items()
                if found.largest is not None
            },
            key_metadata=None,
            split_offsets=None,
            equality_ids=None,
            sort_order_id=None,
        )
        made.spec_id = spec.spec_id
        return made


def _relax(schema: pa.Schema, in_paths: Collection[str]) -> pa.Schema:
    """Let columns be null that the paths hold: pyiceberg fills no other column in that a file lacks. None is null."""
    return pa.schema([field.with_nullable(field.nullable or field.name in in_paths) for field in schema])


def _partition_value(value: Any) -> Any:
    """Return a value as Iceberg stores it in partitions: a day as its number since 1970."""
    from pyiceberg.utils.datetime import date_to_days  # noqa: PLC0415

    return date_to_days(value) if isinstance(value, date) else value


def _columns_hash(schema: pa.Schema) -> str:
    return hashlib.blake2b(describe_as(schema, "doc").serialize(), digest_size=16).hexdigest()
