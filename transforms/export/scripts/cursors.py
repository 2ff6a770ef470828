"""Statements about the cursors, which say up to which commit each table of a warehouse has a lake."""

from collections.abc import Iterator

import pyarrow as pa

from schemas import NEWSMILL_VERSION
from transforms.export.dialects import quote, sql_type
from transforms.export.loads.destination import CURSOR_SCHEMA, CURSORS
from transforms.export.scripts.script import Statement
from transforms.export.scripts.update import Update


def _where_tables(update: Update) -> str:
    names = ", ".join(update.warehouse.text(table.name) for table in update.tables)
    return f"\nWHERE table_name IN ({names})"


def _cursor_columns(update: Update) -> str:
    return ", ".join(quote(update.dialect, field.name) for field in CURSOR_SCHEMA)


def first_cursors(update: Update) -> str:
    """Insert a cursor at 0 for each table that has none."""
    firsts = "\n  UNION ALL ".join(
        "SELECT " + ", ".join(f"{value} AS {quote(update.dialect, name)}" for name, value in row.items())
        for row in ({"table_name": update.warehouse.text(table.name), **_cursor(update, 0)} for table in update.tables)
    )
    cursors = update.table(CURSORS)
    return (
        f"INSERT INTO {cursors} ({_cursor_columns(update)})\nSELECT {_cursor_columns(update)} FROM (\n  {firsts}\n"  # noqa: S608
        f") AS firsts\nWHERE NOT EXISTS (\n  SELECT 1 FROM {cursors} AS loads "
        "WHERE loads.table_name = firsts.table_name\n)"
    )


def _cursor(update: Update, sequence: int) -> dict[str, str]:
    """Columns of a cursor at a commit, without the name of the table, as SQL."""
    commit = next((one for one in update.changes.manifests if one.sequence == sequence), None)
    text = update.warehouse.text
    return {
        "commit_sequence": str(sequence),
        "run_id": text(commit.run_id if commit else ""),
        "chunk": str(commit.chunk if commit else 0),
        "relations": text("{}"),
        "lake": text(update.lake.store.url),
        "newsmill_version": text(NEWSMILL_VERSION),
        "loaded_at": f"CAST({update.warehouse.now} AS {sql_type(update.dialect, pa.timestamp('us', tz='UTC'))})",
    }


def touch_cursors(update: Update) -> str:
    """Change the cursors without moving them, which keeps other transactions out."""
    return _set_cursors(update, {"loaded_at": _cursor(update, 0)["loaded_at"]})


def move_cursors(update: Update) -> str:
    """Move the cursors to where the script ends."""
    return _set_cursors(update, _cursor(update, update.changes.until))


def _set_cursors(update: Update, columns: dict[str, str]) -> str:
    values = ", ".join(f"{quote(update.dialect, name)} = {value}" for name, value in columns.items())
    return f"UPDATE {update.table(CURSORS)} SET {values}{_where_tables(update)}"  # noqa: S608


def check_cursors(update: Update, about: str) -> Iterator[Statement]:
    """Fail unless the cursors are where the script begins; nothing where it loads from the start."""
    if update.from_start:
        return
    since, where = update.changes.since, _where_tables(update)
    where += f" AND {quote(update.dialect, 'commit_sequence')} = {since}"
    if since:
        cursor = _cursor(update, since)
        where += f" AND run_id = {cursor['run_id']} AND {quote(update.dialect, 'chunk')} = {cursor['chunk']}"
    message = (
        f"{CURSORS} does not say that all of the {len(update.tables)} tables hold this lake up to commit {since}. "
        "Print the script again with --since and the number that it has"
    )
    count = f"SELECT COUNT(*) AS found FROM {update.table(CURSORS)}{where}"  # noqa: S608
    yield Statement("check", update.check(count, len(update.tables), message), about=about)
