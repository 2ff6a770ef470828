"""Statements that read files, and select the rows that a warehouse lacks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from schemas.tables import TABLES, Table
from transforms.export.changes import ROW_ID, SEQUENCE, Part, moved_archives, numbered_commits
from transforms.export.ddl import exported_schema
from transforms.export.dialects import field_type, literal, quote, sql_type
from transforms.export.scripts.script import Statement
from transforms.export.scripts.update import Update
from transforms.export.warehouses import FILE_NAME, Staging, StoredFile, batches
from transforms.lake.evolve import Columns, defaults
from transforms.lake.partitions import parse_partition
from transforms.lake.read import partition_scalars
from transforms.lake.row_ids import row_id_sql

PARTS, COMMITS = "newsmill_parts", "newsmill_commits"
"""Temporary tables of the files that are read, and of the commits that rows of some of them name."""

_NO_CHUNK = -1
"""Stands for a chunk that is not known, in rows of schema 4 and before."""


class NewRows:
    """Writes the statements that read the files with new rows.

    Attributes:
        files: those that are read, by table.
    """

    def __init__(self, update: Update) -> None:
        self._update, self._changes = update, update.changes
        self._warehouse, self._dialect = update.warehouse, update.dialect
        self.files = {
            table.name: [self._stored(part) for part in update.changes.parts_of(table.name)] for table in update.tables
        }

    def _stored(self, part: Part) -> StoredFile:
        """Return a file with the columns that it has; those of its path are not among them."""
        outside = parse_partition(part.file.path)
        columns: Columns = self._update.known[part.file.schema_hash]
        return StoredFile(part.file.path, tuple(name for name, _, _ in columns if name not in outside))

    def _stored_fields(self, table: Table) -> list[pa.Field]:
        """Columns that any of the files has."""
        have = {name for file in self.files[table.name] for name in file.columns}
        return [field for field in table.schema if field.name in have]

    def _partition_fields(self) -> dict[str, pa.Field]:
        """Columns that are in the path of a file, of any table."""
        return {
            name: TABLES[part.file.table].schema.field(name)
            for part in self._changes.parts
            for name in parse_partition(part.file.path)
        }

    def list_parts(self) -> Iterator[Statement]:
        """Make the tables of the files that are read, and of the commits that rows of some of them name."""
        if not self._changes.parts:
            return
        fields = [
            pa.field(FILE_NAME, pa.string(), False), pa.field(SEQUENCE, pa.int64()), pa.field("rewritten", pa.int64()),
            *self._partition_fields().values(),
        ]  # fmt: skip
        rows = [
            (
                self._warehouse.path(part.file.path), part.sequence, part.rewritten,
                *(self._partition_value(part, field.name) for field in fields[3:]),
            )
            for part in self._changes.parts
        ]  # fmt: skip
        yield from self._make_list(PARTS, fields, rows, "The files with rows that the tables lack.")
        if any(part.sequence is None for part in self._changes.parts):
            numbers = [pa.field("run_id", pa.string()), pa.field("chunk", pa.int64()), pa.field(SEQUENCE, pa.int64())]
            about = "The commits since, by which rows of compacted files are known to be new."
            yield from self._make_list(COMMITS, numbers, self._number_commits(), about)

    def _partition_value(self, part: Part, name: str) -> Any:
        scalars = partition_scalars(part.file.path, TABLES[part.file.table].schema)
        return scalars[name].as_py() if name in scalars else None

    def _make_list(
        self, name: str, fields: Sequence[pa.Field], rows: Iterable[Sequence[Any]], about: str
    ) -> Iterator[Statement]:
        """Make a temporary table of rows that the script holds."""
        columns = ", ".join(
            f"{quote(self._dialect, field.name)} {sql_type(self._dialect, field.type)}" for field in fields
        )
        names = ", ".join(quote(self._dialect, field.name) for field in fields)
        yield from self._update.make_temporary(name, f"({columns})", about=about)
        for batch in batches(rows, 1_000):
            values = ",\n  ".join(f"({', '.join(literal(self._dialect, value) for value in row)})" for row in batch)
            yield Statement("stage", f"INSERT INTO {self._update.temporary(name)} ({names}) VALUES\n  {values}")

    def _runs(self) -> dict[str, list[int]]:
        """Numbers of the commits of each run."""
        runs: dict[str, list[int]] = {}
        for manifest in numbered_commits(self._changes):
            runs.setdefault(manifest.run_id, []).append(manifest.sequence)
        return runs

    def _number_commits(self) -> Iterator[tuple[str, int, int]]:
        """Commits since, and whole runs since for rows that do not name their chunk."""
        since = self._changes.since
        for manifest in numbered_commits(self._changes):
            if manifest.sequence > since:
                yield manifest.run_id, manifest.chunk, manifest.sequence
        for run_id, numbers in self._runs().items():
            if min(numbers) > since:
                yield run_id, _NO_CHUNK, max(numbers)

    def stage(self, table: Table) -> Iterator[Statement]:
        """Read the files of a table, check that all was read, and select the rows that are new."""
        warehouse, files = self._warehouse, self.files[table.name]
        fields, parts = self._stored_fields(table), self._changes.parts_of(table.name)
        name = f"newsmill_files_{table.name}"
        target, stage = self._update.temporary(name), self._update.table(f"newsmill_stage_{table.name}")
        columns = ",\n".join(
            f"  {quote(self._dialect, field.name)} {field_type(self._dialect, field)}"
            for field in (*fields, pa.field(FILE_NAME, pa.string()))
        )
        about = f"Rows of {table.name}: {len(files)} {'file' if len(files) == 1 else 'files'}."
        yield from self._update.make_temporary(name, f"(\n{columns}\n)", table.name, about)
        for sql in warehouse.fill(Staging(target, stage, self._update.base, fields, files)):
            yield Statement("fill", sql, table.name)
        path = warehouse.path_of(f"stored.{FILE_NAME}", table.name)
        source = f"{target} AS stored\nJOIN {self._update.temporary(PARTS)} AS parts ON parts.{FILE_NAME} = {path}"
        wanted = sum(part.file.rows for part in parts)
        message = f"{wanted} rows of {table.name} are in the files. Has the lake been compacted? Print the script again"
        count = f"SELECT COUNT(*) AS found FROM {source}"  # noqa: S608
        yield Statement("check", self._update.check(count, wanted, message), table.name)
        if misread := warehouse.check_filled(target, fields):
            yield Statement("check", self._update.check(misread[0], 0, f"{table.name}: {misread[1]}"), table.name)
        yield from self._check_runs(table, target)
        yield from self._update.make_temporary(
            f"newsmill_new_{table.name}", f"AS\n{self._select_new(table, source)}", table.name
        )

    def _check_runs(self, table: Table, target: str) -> Iterator[Statement]:
        """Refuse rows of which it is not known whether the warehouse has them."""
        since = self._changes.since
        unclear = [run_id for run_id, numbers in self._runs().items() if min(numbers) <= since < max(numbers)]
        if not unclear or all(part.sequence is not None for part in self._changes.parts_of(table.name)):
            return
        names = ", ".join(self._warehouse.text(run_id) for run_id in unclear)
        count = f"SELECT COUNT(*) AS found FROM {target} WHERE chunk IS NULL AND run_id IN ({names})"  # noqa: S608
        message = (
            f"rows of {table.name} do not say which commit they came with, and their run was under way at commit "
            f"{since}. Load from the start"
        )
        yield Statement("check", self._update.check(count, 0, message), table.name)

    def _select_new(self, table: Table, source: str) -> str:
        parts = self._changes.parts_of(table.name)
        numbers = [f"parts.{SEQUENCE}"]
        joins = source
        if any(part.sequence is None for part in parts):
            chunk = f"COALESCE(stored.chunk, {_NO_CHUNK})"
            joins += (
                f"\nLEFT JOIN {self._update.temporary(COMMITS)} AS commits "
                f"ON commits.run_id = stored.run_id AND commits.chunk = {chunk}"
            )
            numbers.append(f"commits.{SEQUENCE}")
        if any(part.rewritten for part in parts):
            archives = ", ".join(map(self._warehouse.text, moved_archives(self._changes)))
            moved = f" OR stored.archive_file IN ({archives})" if archives else ""
            numbers.append(
                f"CASE WHEN parts.rewritten > 0 AND (stored.archive_file IS NULL{moved}) THEN parts.rewritten END"
            )
        number = f"COALESCE({', '.join(numbers)})" if len(numbers) > 1 else numbers[0]
        values = self._select_columns(table)
        row_id = row_id_sql(table, lambda name: self._warehouse.to_text(values[name]), self._warehouse.md5)
        lines = [f"{row_id} AS {ROW_ID}", f"{number} AS {SEQUENCE}"]
        lines += [f"{value} AS {quote(self._dialect, name)}" for name, value in values.items()]
        columns = ",\n  ".join(lines)
        select = f"SELECT\n  {columns}\nFROM {joins}\nWHERE {number} IS NOT NULL"
        if not table.has_only_newest or table.version is None:
            return select
        names = ", ".join(quote(self._dialect, field.name) for field in exported_schema(table))
        order = f"PARTITION BY {ROW_ID} ORDER BY {quote(self._dialect, table.version)} DESC, {SEQUENCE} DESC"
        return (
            f"SELECT {names}\nFROM (\nSELECT *, ROW_NUMBER() OVER ({order}) AS place\nFROM (\n{select}\n) AS found\n"
            ") AS ordered\nWHERE place = 1"
        )

    def _select_columns(self, table: Table) -> dict[str, str]:
        """Value of each column of the record, from the file, from its path, or what an older file stands for."""
        files, inside = self.files[table.name], {field.name for field in self._stored_fields(table)}
        outside = {name for file in files for name in parse_partition(file.path)}
        may_lack = defaults(table.record)
        found = {}
        for field in table.schema:
            name = quote(self._dialect, field.name)
            from_path = [f"parts.{name}"] if field.name in outside else []
            from_file = [f"stored.{name}"] if field.name in inside else []
            values = [*from_path, *from_file]
            lacks = any(field.name not in (*file.columns, *parse_partition(file.path)) for file in files)
            default = may_lack.get(field.name)
            if default is not None and lacks:
                values.append(literal(self._dialect, default, field.type))
            if not values:
                values.append(f"CAST(NULL AS {sql_type(self._dialect, field.type)})")
            found[field.name] = f"COALESCE({', '.join(values)})" if len(values) > 1 else values[0]
        return found
