"""The script that brings tables of a cloud warehouse to the present state of a lake in a bucket."""

import re
from collections.abc import Collection, Iterator, Sequence

from schemas import NEWSMILL_VERSION
from schemas.errors import UsageError
from schemas.tables import ARTICLES, Table
from transforms.export.changes import find_changes
from transforms.export.ddl import add_column, create_table, create_views
from transforms.export.loads.destination import CURSORS, define_cursors
from transforms.export.loads.load import choose_tables
from transforms.export.scripts.apply import apply_rows
from transforms.export.scripts.cursors import check_cursors, first_cursors, move_cursors, touch_cursors
from transforms.export.scripts.new_rows import COMMITS, PARTS, NewRows
from transforms.export.scripts.script import Script, Statement, name_commits
from transforms.export.scripts.update import Update
from transforms.export.warehouses import WAREHOUSES, Warehouse
from transforms.lake.lake import Lake, as_lake


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
    update = Update(
        lake=lake,
        warehouse=warehouse,
        changes=changes,
        tables=tuple(wanted),
        base=base,
        schema=schema,
        from_start=from_start,
    )
    names = tuple(table.name for table in wanted)
    notes = (
        f"newsmill {NEWSMILL_VERSION}: {name_commits(since, changes.until)} of {lake.store.url} into "
        f"{warehouse.dialect.title}: {', '.join(names)}",
        *warehouse.hint,
        *_notes(update),
    )
    return Script(to, since, changes.until, names, tuple(_write(update)), notes)


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


def _notes(update: Update) -> list[str]:
    """Say what the script cannot do by itself."""
    if update.warehouse.adds_if_missing:
        return []
    added = [text for table in update.tables for text in _add_columns(update, table)]
    if not added:
        return []
    title = update.dialect.title
    return [f"If a table was made before newsmill had these columns ({title} cannot add them only then):", *added]


def _write(update: Update) -> Iterator[Statement]:
    """Give all statements, in the order in which they are carried out."""
    for sql in update.warehouse.setup:
        yield Statement("setup", sql)
    if update.changes.until == update.changes.since and not update.from_start:
        return
    yield from _create(update)
    yield from check_cursors(update, "Refuse to go on unless the tables are where this script begins.")
    new_rows = NewRows(update)
    filled = [table for table in update.tables if new_rows.files[table.name]]
    yield from new_rows.list_parts()
    for table in filled:
        yield from new_rows.stage(table)
    begins = update.warehouse.begin
    if begins is not None:
        yield Statement("begin", begins, about="All of the following counts, or nothing.")
        about = "Keep other loads out until this one ends."
        yield Statement("begin", touch_cursors(update), about=about)
        yield from check_cursors(update, "")
    for table in update.tables:
        yield from apply_rows(update, table, has_new=table in filled)
    yield Statement("cursor", move_cursors(update))
    if update.warehouse.commit is not None:
        yield Statement("commit", update.warehouse.commit)
    yield from _drop(update, filled)


def _create(update: Update) -> Iterator[Statement]:
    about = "Tables and views that are not there yet."
    for table in update.tables:
        for sql in create_table(table, update.dialect, name=f"{update.prefix}{table.name}"):
            yield Statement("create", sql, table.name, about)
            about = ""
        for sql in _add_columns(update, table) if update.warehouse.adds_if_missing else ():
            yield Statement("create", sql, table.name)
    columns = define_cursors(update.dialect)
    yield Statement("create", f"CREATE TABLE IF NOT EXISTS {update.table(CURSORS)} (\n{columns}\n)")
    if ARTICLES in update.tables:
        for sql in create_views(update.dialect, schema=update.schema):
            yield Statement("create", sql, ARTICLES.name)
    if update.changes.since == 0:
        yield Statement("create", first_cursors(update))


def _add_columns(update: Update, table: Table) -> list[str]:
    """Statements that add the columns that no file had which the warehouse has read."""
    before = {
        column
        for manifest in update.changes.manifests
        if manifest.sequence <= update.changes.since
        for file in manifest.files
        if file.table == table.name
        for column, _, _ in update.known.get(file.schema_hash, ())
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
            update.dialect,
            name=f"{update.prefix}{table.name}",
            if_missing=update.warehouse.adds_if_missing,
        )
    ]


def _drop(update: Update, filled: Sequence[Table]) -> Iterator[Statement]:
    names = [name for table in filled for name in (f"newsmill_files_{table.name}", f"newsmill_new_{table.name}")]
    if update.changes.parts:
        names.append(PARTS)
        names += [COMMITS] if any(part.sequence is None for part in update.changes.parts) else []
    about = "What the script made for itself."
    for name in names:
        yield Statement("drop", f"DROP TABLE IF EXISTS {update.temporary(name)}", about=about)
        about = ""
    for table in filled:
        for sql in update.warehouse.clean(update.table(f"newsmill_stage_{table.name}")):
            yield Statement("drop", sql, table.name)
