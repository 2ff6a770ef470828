"""SQL scripts by which a cloud warehouse follows a lake in a bucket: files as they are, and generated statements."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from schemas import NEWSMILL_VERSION
from schemas.errors import UsageError
from schemas.tables import ARTICLES, TABLES, Table
from transforms.export.changes import ROW_ID, SEQUENCE, Changes, Part, find_changes, moved_archives, numbered_commits
from transforms.export.ddl import add_column, create_table, create_views, exported_schema, has_unique_rows
from transforms.export.dialects import field_type, literal, quote, quote_path, sql_type
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS, define_cursors
from transforms.export.loads.load import choose_tables
from transforms.export.warehouses import FILE_NAME, WAREHOUSES, Staging, StoredFile, Warehouse, batches
from transforms.lake.evolve import Columns, defaults, known_columns
from transforms.lake.lake import Lake, as_lake
from transforms.lake.partitions import parse_partition
from transforms.lake.read import partition_scalars
from transforms.lake.row_ids import row_id_sql

Step = Literal["setup", "create", "check", "stage", "fill", "begin", "rows", "cursor", "commit", "drop"]

_PARTS, _COMMITS = "newsmill_parts", "newsmill_commits"
_NO_CHUNK = -1
"""Stands for a chunk that is not known, in rows of schema 4 and before."""


class Statement(NamedTuple):
    """One statement of a script.

    Attributes:
        step: what it is for. ``fill`` reads files, which no other does.
        sql: without semicolon.
        table: whose rows it is about.
        about: a line to stand before it; empty for none.
    """

    step: Step
    sql: str
    table: str = ""
    about: str = ""


class Script(NamedTuple):
    """What brings tables of a warehouse from one commit of a lake to a later one.

    Attributes:
        since: number of the commit that the tables must be at; the script fails and changes nothing otherwise.
        until: number of the commit that they are at afterwards.
    """

    dialect: str
    since: int
    until: int
    tables: tuple[str, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole script; a comment before each group of statements."""
        lines = [f"-- {note}" for note in self.notes]
        for statement in self.statements:
            lines.append("")
            lines += [f"-- {statement.about}"] if statement.about else []
            lines.append(f"{statement.sql};")
        return "\n".join(lines) + "\n"


def write_script(
    output: str | Lake,
    to: str,
    *,
    since: int = 0,
    tables: Collection[str] | None = None,
    files_at: str | None = None,
    schema: str | None = None,
    from_start: bool = False,
) -> Script:
    """Write the script that brings tables of a warehouse from one commit to the present state of a lake.

    Nothing but manifests is read, and nothing is executed. The script creates what is missing, reads exactly the files
    with rows that the warehouse lacks, checks that all their rows were read, and applies deletions and new rows in one
    transaction that also moves the cursors in ``newsmill_loads``. It fails before that where a cursor is not ``since``,
    or belongs to another lake; so a script that is run twice changes nothing the second time. Databricks has no such
    transaction: there the order of the statements makes it harmless to repeat them.

    Args:
        output: a lake, or its directory or address in a bucket.
        to: name of the warehouse, one of WAREHOUSES.
        since: number of the commit that the tables are at; 0 for none.
        tables: names of those wanted; all by default.
        files_at: address at which the warehouse sees the files of the lake, or a stage of Snowflake.
        schema: that the tables are in; that of the session by default.
        from_start: remove all rows and load the whole lake, wherever the cursors are.

    Raises:
        UsageError: no such warehouse or table, the lake has no such commit, or the warehouse cannot see files at that
            address.
        SchemaMismatch, CorruptManifest, OSError: the lake cannot be read.
    """
    if to not in WAREHOUSES:
        raise UsageError(f"no warehouse {to!r}: choose from {', '.join(WAREHOUSES)}")
    lake, warehouse, wanted = as_lake(output), WAREHOUSES[to], choose_tables(tables)
    base = _find_base(lake, warehouse, files_at)
    if from_start and since:
        raise UsageError("a load from the start begins at commit 0: leave out --since, or --from_start")
    changes = find_changes(lake, since, tables=[table.name for table in wanted])
    writer = _Writer(lake, warehouse, changes, wanted, base=base, schema=schema, from_start=from_start)
    names = tuple(table.name for table in wanted)
    notes = (
        f"newsmill {NEWSMILL_VERSION}: commits {since + 1} to {changes.until} of {lake.store.url} into "
        f"{warehouse.dialect.title}: {', '.join(names)}",
        *warehouse.hint,
        *writer.notes(),
    )
    return Script(to, since, changes.until, names, tuple(writer.write()), notes)


def _find_base(lake: Lake, warehouse: Warehouse, files_at: str | None) -> str:
    """Return the address at which a warehouse sees the files of a lake.

    Raises:
        UsageError: it cannot see files there.
    """
    base = files_at or warehouse.files_at or lake.store.url
    if not base.startswith(warehouse.schemes) or (base.startswith("@") and not re.fullmatch(r'@[\w.$"~%/=-]+', base)):
        shown = " or ".join(f"{scheme}…" for scheme in warehouse.schemes)
        raise UsageError(
            f"{warehouse.dialect.title} does not read files at {base}: give the address at which it sees those of the "
            f"lake, {shown}, with --files_at"
        )
    return base.rstrip("/")


class _Writer:
    """Writes the statements of one script."""

    def __init__(
        self,
        lake: Lake,
        warehouse: Warehouse,
        changes: Changes,
        tables: Sequence[Table],
        *,
        base: str,
        schema: str | None,
        from_start: bool,
    ) -> None:
        self._lake, self._warehouse, self._changes, self._tables = lake, warehouse, changes, tables
        self._base, self._from_start = base, from_start
        self._dialect = warehouse.dialect
        self._prefix = f"{schema}." if schema else ""
        self._schema = schema
        self._known = known_columns(changes.manifests)
        self._commits = {manifest.sequence: manifest for manifest in changes.manifests}
        self._files = {table.name: [self._stored(part) for part in changes.parts_of(table.name)] for table in tables}

    def notes(self) -> list[str]:
        """Say what the script cannot do by itself."""
        if self._warehouse.adds_if_missing:
            return []
        added = [text for table in self._tables for text in self._add_columns(table)]
        if not added:
            return []
        title = self._dialect.title
        return [f"If a table was made before newsmill had these columns ({title} cannot add them only then):", *added]

    def write(self) -> Iterator[Statement]:
        """Give all statements, in the order in which they are carried out."""
        for sql in self._warehouse.setup:
            yield Statement("setup", sql)
        if self._changes.until == self._changes.since and not self._from_start:
            return
        yield from self._create()
        yield from self._check_cursors("Refuse to go on unless the tables are where this script begins.")
        filled = [table for table in self._tables if self._files[table.name]]
        yield from self._list_parts()
        for table in filled:
            yield from self._stage(table)
        begins = self._warehouse.begin
        if begins is not None:
            yield Statement("begin", begins, about="All of the following counts, or nothing.")
            about = "Keep other loads out until this one ends."
            yield Statement("begin", f"{self._update_cursors()}{self._where_tables()}", about=about)
            yield from self._check_cursors("")
        for table in self._tables:
            yield from self._apply(table)
        yield from self._move_cursors()
        if self._warehouse.commit is not None:
            yield Statement("commit", self._warehouse.commit)
        yield from self._drop(filled)

    # Tables and cursors.

    def _table(self, name: str) -> str:
        return quote_path(self._dialect, f"{self._prefix}{name}")

    def _temporary(self, name: str) -> str:
        return self._table(name) if self._warehouse.qualifies_temporary else quote(self._dialect, name)

    def _create(self) -> Iterator[Statement]:
        about = "Tables and views that are not there yet."
        for table in self._tables:
            for sql in create_table(table, self._dialect, name=f"{self._prefix}{table.name}"):
                yield Statement("create", sql, table.name, about)
                about = ""
            for sql in self._add_columns(table) if self._warehouse.adds_if_missing else ():
                yield Statement("create", sql, table.name)
        columns = define_cursors(self._dialect)
        yield Statement("create", f"CREATE TABLE IF NOT EXISTS {self._table(CURSORS)} (\n{columns}\n)")
        if ARTICLES in self._tables:
            for sql in create_views(self._dialect, schema=self._schema):
                yield Statement("create", sql, ARTICLES.name)
        if self._changes.since == 0:
            yield Statement("create", self._first_cursors())

    def _add_columns(self, table: Table) -> list[str]:
        """Statements that add the columns that no file had which the warehouse has read."""
        before = {
            column
            for manifest in self._changes.manifests
            if manifest.sequence <= self._changes.since
            for file in manifest.files
            if file.table == table.name
            for column, _, _ in self._known.get(file.schema_hash, ())
        }
        if not before:
            return []
        missing = [field.name for field in table.schema if field.name not in before]
        return [
            sql
            for column in missing
            for sql in add_column(
                table,
                column,
                self._dialect,
                name=f"{self._prefix}{table.name}",
                if_missing=self._warehouse.adds_if_missing,
            )
        ]

    def _where_tables(self) -> str:
        names = ", ".join(self._warehouse.text(table.name) for table in self._tables)
        return f"\nWHERE table_name IN ({names})"

    def _cursor_columns(self) -> str:
        return ", ".join(quote(self._dialect, field.name) for field in CURSOR_SCHEMA)

    def _first_cursors(self) -> str:
        """Insert a cursor at 0 for each table that has none."""
        firsts = "\n  UNION ALL ".join(
            "SELECT " + ", ".join(f"{value} AS {quote(self._dialect, name)}" for name, value in row.items())
            for row in ({"table_name": self._warehouse.text(table.name), **self._cursor(0)} for table in self._tables)
        )
        cursors = self._table(CURSORS)
        return (
            f"INSERT INTO {cursors} ({self._cursor_columns()})\nSELECT {self._cursor_columns()} FROM (\n  {firsts}\n"  # noqa: S608
            f") AS firsts\nWHERE NOT EXISTS (\n  SELECT 1 FROM {cursors} AS loads "
            "WHERE loads.table_name = firsts.table_name\n)"
        )

    def _cursor(self, sequence: int) -> dict[str, str]:
        """Columns of a cursor at a commit, without the name of the table, as SQL."""
        commit = self._commits.get(sequence)
        text = self._warehouse.text
        return {
            "commit_sequence": str(sequence),
            "run_id": text(commit.run_id if commit else ""),
            "chunk": str(commit.chunk if commit else 0),
            "relations": text("{}"),
            "lake": text(self._lake.store.url),
            "newsmill_version": text(NEWSMILL_VERSION),
            "loaded_at": f"CAST({self._warehouse.now} AS {sql_type(self._dialect, pa.timestamp('us', tz='UTC'))})",
        }

    def _update_cursors(self, sequence: int | None = None) -> str:
        cursor = self._cursor(sequence or 0)
        changed = cursor if sequence is not None else {"loaded_at": cursor["loaded_at"]}
        values = ", ".join(f"{quote(self._dialect, name)} = {value}" for name, value in changed.items())
        return f"UPDATE {self._table(CURSORS)} SET {values}"  # noqa: S608

    def _move_cursors(self) -> Iterator[Statement]:
        yield Statement("cursor", f"{self._update_cursors(self._changes.until)}{self._where_tables()}")

    def _check_cursors(self, about: str) -> Iterator[Statement]:
        if self._from_start:
            return
        since, where = self._changes.since, self._where_tables()
        where += f" AND {quote(self._dialect, 'commit_sequence')} = {since}"
        if since:
            cursor = self._cursor(since)
            where += f" AND run_id = {cursor['run_id']} AND {quote(self._dialect, 'chunk')} = {cursor['chunk']}"
        message = (
            f"{CURSORS} does not say that all of the {len(self._tables)} tables hold this lake up to commit {since}. "
            "Print the script again with --since and the number that it has"
        )
        count = f"SELECT COUNT(*) AS found FROM {self._table(CURSORS)}{where}"  # noqa: S608
        yield Statement("check", self._check(count, len(self._tables), message), about=about)

    def _check(self, count: str, wanted: int, message: str) -> str:
        """Return a statement that fails unless a query, whose column is ``found``, gives a number."""
        error = self._warehouse.error(message, "found")
        return f"SELECT CASE WHEN found = {wanted} THEN 0 ELSE {error} END AS checked\nFROM (\n{count}\n) AS counted"

    # Rows of files.

    def _stored(self, part: Part) -> StoredFile:
        """Return a file with the columns that it has; those of its path are not among them."""
        outside = parse_partition(part.file.path)
        columns: Columns = self._known[part.file.schema_hash]
        return StoredFile(part.file.path, tuple(name for name, _, _ in columns if name not in outside))

    def _stored_fields(self, table: Table) -> list[pa.Field]:
        """Columns that any of the files has."""
        have = {name for file in self._files[table.name] for name in file.columns}
        return [field for field in table.schema if field.name in have]

    def _make_temporary(self, name: str, body: str, table: str = "", about: str = "") -> Iterator[Statement]:
        path = self._temporary(name)
        if self._warehouse.drops_first:
            yield Statement("stage", f"DROP TABLE IF EXISTS {path}", table, about)
            about = ""
        yield Statement("stage", f"{self._warehouse.create_temporary} {path} {body}", table, about)

    def _partition_fields(self) -> dict[str, pa.Field]:
        """Columns that are in the path of a file, of any table."""
        return {
            name: TABLES[part.file.table].schema.field(name)
            for part in self._changes.parts
            for name in parse_partition(part.file.path)
        }

    def _list_parts(self) -> Iterator[Statement]:
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
        yield from self._make_list(_PARTS, fields, rows, "The files with rows that the tables lack.")
        if any(part.sequence is None for part in self._changes.parts):
            numbers = [pa.field("run_id", pa.string()), pa.field("chunk", pa.int64()), pa.field(SEQUENCE, pa.int64())]
            about = "The commits since, by which rows of compacted files are known to be new."
            yield from self._make_list(_COMMITS, numbers, self._number_commits(), about)

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
        yield from self._make_temporary(name, f"({columns})", about=about)
        for batch in batches(rows, 1_000):
            values = ",\n  ".join(f"({', '.join(literal(self._dialect, value) for value in row)})" for row in batch)
            yield Statement("stage", f"INSERT INTO {self._temporary(name)} ({names}) VALUES\n  {values}")

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

    def _stage(self, table: Table) -> Iterator[Statement]:
        """Read the files of a table, check that all was read, and select the rows that are new."""
        warehouse, files = self._warehouse, self._files[table.name]
        fields, parts = self._stored_fields(table), self._changes.parts_of(table.name)
        name = f"newsmill_files_{table.name}"
        target, stage = self._temporary(name), self._table(f"newsmill_stage_{table.name}")
        columns = ",\n".join(
            f"  {quote(self._dialect, field.name)} {field_type(self._dialect, field)}"
            for field in (*fields, pa.field(FILE_NAME, pa.string()))
        )
        about = f"Rows of {table.name}: {len(files)} {'file' if len(files) == 1 else 'files'}."
        yield from self._make_temporary(name, f"(\n{columns}\n)", table.name, about)
        for sql in warehouse.fill(Staging(target, stage, self._base, fields, files)):
            yield Statement("fill", sql, table.name)
        path = warehouse.path_of(f"stored.{FILE_NAME}", table.name)
        source = f"{target} AS stored\nJOIN {self._temporary(_PARTS)} AS parts ON parts.{FILE_NAME} = {path}"
        wanted = sum(part.file.rows for part in parts)
        message = f"{wanted} rows of {table.name} are in the files. Has the lake been compacted? Print the script again"
        count = f"SELECT COUNT(*) AS found FROM {source}"  # noqa: S608
        yield Statement("check", self._check(count, wanted, message), table.name)
        if misread := warehouse.check_filled(target, fields):
            yield Statement("check", self._check(misread[0], 0, f"{table.name}: {misread[1]}"), table.name)
        yield from self._check_runs(table, target)
        yield from self._make_temporary(
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
        yield Statement("check", self._check(count, 0, message), table.name)

    def _select_new(self, table: Table, source: str) -> str:
        parts = self._changes.parts_of(table.name)
        numbers = [f"parts.{SEQUENCE}"]
        joins = source
        if any(part.sequence is None for part in parts):
            chunk = f"COALESCE(stored.chunk, {_NO_CHUNK})"
            joins += (
                f"\nLEFT JOIN {self._temporary(_COMMITS)} AS commits "
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
        files, inside = self._files[table.name], {field.name for field in self._stored_fields(table)}
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

    # Rows of the warehouse.

    def _apply(self, table: Table) -> Iterator[Statement]:
        """Make a table what it is in the lake."""
        path, new = self._table(table.name), self._temporary(f"newsmill_new_{table.name}")
        about = f"What has changed in {table.name}."
        for sql in self._delete(table, path):
            yield Statement("rows", sql, table.name, about)
            about = ""
        if not self._files[table.name]:
            return
        for sql in self._put(table, path, new):
            yield Statement("rows", sql, table.name, about)
            about = ""

    def _delete(self, table: Table, path: str) -> Iterator[str]:
        if self._from_start:
            yield f"DELETE FROM {path} WHERE TRUE"  # noqa: S608
            return
        if self._warehouse.begin is None and not has_unique_rows(table):
            # What an earlier try has left: it did not come to move the cursor.
            yield f"DELETE FROM {path} WHERE {SEQUENCE} > {self._changes.since}"  # noqa: S608
        if self._changes.since:
            for batch in batches(self._changes.deleted(table.name), 1_000):
                ids = ", ".join(self._warehouse.text(one) for one in batch)
                yield f"DELETE FROM {path} WHERE {ROW_ID} IN ({ids})"  # noqa: S608

    def _put(self, table: Table, path: str, new: str) -> Iterator[str]:
        names = [quote(self._dialect, field.name) for field in exported_schema(table)]
        columns = ", ".join(names)
        insert = f"INSERT INTO {path} ({columns})\nSELECT {columns} FROM {new}"
        if not has_unique_rows(table):
            yield insert
            return
        newer = None
        if table.has_only_newest and table.version is not None:
            version = quote(self._dialect, table.version)
            newer = (
                f"(fresh.{version} > stored.{version} "
                f"OR (fresh.{version} = stored.{version} AND fresh.{SEQUENCE} >= stored.{SEQUENCE}))"
            )
        if self._warehouse.merges:
            sets = ",\n  ".join(f"{name} = fresh.{name}" for name in names if name != ROW_ID)
            values = ", ".join(f"fresh.{name}" for name in names)
            yield (
                f"MERGE INTO {path} AS stored\nUSING {new} AS fresh\nON stored.{ROW_ID} = fresh.{ROW_ID}\n"  # noqa: S608
                f"WHEN MATCHED{f' AND {newer}' if newer else ''} THEN UPDATE SET\n  {sets}\n"
                f"WHEN NOT MATCHED THEN INSERT ({columns})\n  VALUES ({values})"
            )
            return
        if newer is None:
            yield f"DELETE FROM {path} WHERE {ROW_ID} IN (SELECT {ROW_ID} FROM {new})"  # noqa: S608
            yield insert
            return
        beaten = newer.replace("stored.", f"{path}.")
        yield (
            f"DELETE FROM {path} WHERE EXISTS (\n  SELECT 1 FROM {new} AS fresh "  # noqa: S608
            f"WHERE fresh.{ROW_ID} = {path}.{ROW_ID} AND {beaten}\n)"
        )
        yield f"{insert} WHERE {ROW_ID} NOT IN (SELECT {ROW_ID} FROM {path})"  # noqa: S608

    def _drop(self, filled: Sequence[Table]) -> Iterator[Statement]:
        names = [name for table in filled for name in (f"newsmill_files_{table.name}", f"newsmill_new_{table.name}")]
        if self._changes.parts:
            names.append(_PARTS)
            names += [_COMMITS] if any(part.sequence is None for part in self._changes.parts) else []
        about = "What the script made for itself."
        for name in names:
            yield Statement("drop", f"DROP TABLE IF EXISTS {self._temporary(name)}", about=about)
            about = ""
        for table in filled:
            for sql in self._warehouse.clean(self._table(f"newsmill_stage_{table.name}")):
                yield Statement("drop", sql, table.name)
