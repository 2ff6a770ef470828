"""Tables of a lake in open table formats, brought up to the lake's last commit."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from schemas.errors import NewsmillError, NotPublished, UsageError
from schemas.tables import TABLES, Table, find_table
from transforms.export.publish.columns import published_schema
from transforms.export.publish.policy import CATALOG_FILE, DELTA, FORMATS, ICEBERG, ICEBERG_DIRECTORY, NAMESPACE
from transforms.export.publish.statistics import read_all_bounds
from transforms.export.publish.target import Opener, Target
from transforms.export.publish.versions import files_at, plan_versions
from transforms.lake.evolve import check_schemas
from transforms.lake.lake import Lake, as_lake
from transforms.lake.manifest import DELTA_LOG, Manifest
from transforms.lake.manifests import manifest_keys, read_each
from transforms.lake.partitions import parse_partition
from transforms.lake.sequence import number_manifests

_LIBRARIES = frozenset(("deltalake", "_internal", "pyiceberg", "pydantic_core", "sqlalchemy", "requests", "pyarrow"))
"""Packages whose errors mean that a catalog or store fails; ``_internal`` is deltalake's."""


_DECORATION = re.compile("\x1b\\[[0-9;]*m|\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}")
"""What deltalake's errors have for a terminal."""


class Published(NamedTuple):
    """What was published of one table in one format.

    Attributes:
        where: address of the published table.
        sequence: number of the lake's last commit that it holds.
        versions: how many were made.
        added: files that were listed.
        removed: files that are no longer listed.
    """

    format: str
    table: str
    where: str
    sequence: int
    versions: int
    added: int
    removed: int


class Publisher:
    """Brings the published tables of a lake up to its last commit, as often as it is asked.

    What a table holds is read from the table itself. So a crash between a commit and its publication is made up for
    by the next call, and a call after which nothing was committed changes nothing. Tables are published one after the
    other: each is whole at any moment, but one may be a commit ahead of another for a moment.

    The caller holds the lock of the lake.

    Args:
        lake: that is published.
        formats: some of FORMATS.
        catalog: name of a catalog in pyiceberg's configuration; None for an SQLite file in the lake.
        namespace: of the Iceberg tables.
        tables: names of those that are published; all by default.

    Raises:
        ValueError: no such format or table.
    """

    def __init__(
        self,
        lake: Lake,
        formats: Sequence[str],
        *,
        catalog: str | None = None,
        namespace: str = NAMESPACE,
        tables: Collection[str] | None = None,
    ) -> None:
        if unknown := [name for name in formats if name not in FORMATS]:
            raise ValueError(f"no table format {unknown[0]!r}: choose from {', '.join(FORMATS)}")
        self._lake = lake
        self._formats = tuple(dict.fromkeys(formats))
        self._catalog, self._namespace = catalog, namespace
        self._tables = [find_table(name) for name in (TABLES if tables is None else tables)]
        self._openers: dict[str, Opener] = {}
        self._targets: dict[tuple[str, str], Target] = {}
        self._manifests: dict[str, Manifest] = {}
        self._done: int | None = None  # commits that were published

    def publish(self) -> list[Published]:
        """Bring all tables up to the last commit.

        Raises:
            UsageError: a published table was altered by another writer, or is of another lake; files with different
                partition columns, in Delta; a library is not installed; a catalog is not configured.
            SchemaMismatch: the lake's rows cannot be read as the present records.
            CorruptTable: a data file cannot be read.
            CorruptManifest: a manifest cannot be read.
            NotPublished: a catalog, store or library failed; what is published stays whole.
            OSError: the lake cannot be read.

        Returns:
            A line for each format and table; none where there was no commit since the last call.
        """
        manifests = self._read_manifests()
        if self._done == len(manifests):
            return []
        check_schemas(manifests)
        self._done = None
        done = [self._try_table(name, table, manifests) for name in self._formats for table in self._tables]
        self._done = len(manifests)
        return done

    def check_partitions(self, table: str, columns: Sequence[str]) -> None:
        """Check that files with these columns in their paths can be published; after :meth:`publish`.

        Raises:
            UsageError: the Delta table has others.
        """
        for (_, name), target in self._targets.items():
            if name == table:
                target.check_partitions(columns)

    def _opener(self, name: str) -> Opener:
        if name not in self._openers:
            if name == DELTA:
                from transforms.export.publish.delta import delta_tables  # noqa: PLC0415  an extra

                self._openers[name] = delta_tables(self._lake)
            elif name == ICEBERG:
                from transforms.export.publish.iceberg import iceberg_tables  # noqa: PLC0415  an extra

                self._openers[name] = iceberg_tables(self._lake, self._catalog, self._namespace)
        return self._openers[name]

    def _try_table(self, name: str, table: Table, manifests: Sequence[Manifest]) -> Published:
        """Publish one table; failures of other libraries become our own."""
        try:
            return self._publish_table(name, table, manifests)
        except NewsmillError:
            raise
        except Exception as error:
            packages = {base.__module__.partition(".")[0] for base in type(error).__mro__}
            if not (isinstance(error, OSError) or packages & _LIBRARIES):
                raise
            line = " ".join(_DECORATION.sub("", str(error)).split())[:500] or type(error).__name__
            raise NotPublished(
                f"the {name} table of {table.name}: {line}: what is committed stays; run 'newsmill publish' when the "
                "cause is gone"
            ) from error

    def _publish_table(self, name: str, table: Table, manifests: Sequence[Manifest]) -> Published:
        key, last = (name, table.name), max((manifest.sequence for manifest in manifests), default=0)
        known = self._targets.pop(key, None)  # put back when all went well
        target = known or self._opener(name)(table.name)
        present = files_at(manifests, table, last)
        groups = sorted({tuple(parse_partition(path)) for path in present}) or [table.partition]
        schema = published_schema(table, present.values(), manifests)
        since = target.cursor()
        if since is None:
            target.create(schema, groups)
            since = 0
        elif since > last:
            raise UsageError(
                f"{target.where} holds commit {since}, but the last of {self._lake.output} is {last}: an older copy of "
                "the lake was restored, or another lake is there now. Remove that table and publish again"
            )
        elif known is None:
            _check_listed(target, files_at(manifests, table, since).keys())
        for columns in groups:
            target.check_partitions(columns)
        versions = plan_versions(manifests, table, since)
        if versions or known is None:
            target.evolve(schema)
        for version in versions:
            target.commit(version, read_all_bounds(self._lake, table, version.added))
        self._targets[key] = target
        return Published(
            format=name,
            table=table.name,
            where=target.where,
            sequence=versions[-1].sequence if versions else since,
            versions=len(versions),
            added=sum(len(version.added) for version in versions),
            removed=sum(len(version.removed) for version in versions),
        )

    def _read_manifests(self) -> list[Manifest]:
        """Read the commits that were not read before; a committed manifest never changes."""
        store = self._lake.store
        keys = manifest_keys(store)
        new = [key for key in keys if key not in self._manifests]
        self._manifests.update(zip(new, read_each(store, new), strict=True))
        return number_manifests([self._manifests[key] for key in keys])


def _check_listed(target: Target, expected: Collection[str]) -> None:
    listed = target.listed()
    if differing := sorted(listed ^ set(expected)):
        first, more = differing[0], len(differing) - 1
        raise UsageError(
            f"{target.where} was altered by another writer: {first} is {'listed' if first in listed else 'not listed'}"
            f"{f', and {more} more differ' if more else ''}. Only newsmill may write to it: remove that table and "
            "publish again"
        )


def published_formats(lake: Lake) -> tuple[str, ...]:
    """Return the formats in which a lake is published already; Iceberg only where the catalog is its SQLite file.

    Raises:
        OSError: the lake cannot be read.
    """
    has_delta = any(lake.store.list_names(f"{name}/{DELTA_LOG}") for name in TABLES)
    has_iceberg = lake.store.exists(f"{ICEBERG_DIRECTORY}/{CATALOG_FILE}")
    return tuple(name for name, is_there in ((DELTA, has_delta), (ICEBERG, has_iceberg)) if is_there)


def publish(
    output: str | Lake,
    formats: Sequence[str],
    *,
    catalog: str | None = None,
    namespace: str = NAMESPACE,
    tables: Collection[str] | None = None,
) -> list[Published]:
    """Bring the published tables of a lake up to its last commit; see :class:`Publisher`."""
    return Publisher(as_lake(output), formats, catalog=catalog, namespace=namespace, tables=tables).publish()
