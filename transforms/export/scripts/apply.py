"""Statements that make a table of a warehouse what it is in the lake."""

from collections.abc import Iterator

from schemas.tables import Table
from transforms.export.changes import ROW_ID, SEQUENCE
from transforms.export.ddl import exported_schema, has_unique_rows
from transforms.export.dialects import quote
from transforms.export.scripts.script import Statement
from transforms.export.scripts.update import Update
from transforms.export.warehouses import batches


def apply_rows(update: Update, table: Table, *, has_new: bool) -> Iterator[Statement]:
    """Make a table what it is in the lake.

    Args:
        update: that it is part of.
        table: to change.
        has_new: whether rows for it were read from files.
    """
    path, new = update.table(table.name), update.temporary(f"newsmill_new_{table.name}")
    about = f"What has changed in {table.name}."
    for sql in _delete(update, table, path):
        yield Statement("rows", sql, table.name, about)
        about = ""
    if not has_new:
        return
    for sql in _put(update, table, path, new):
        yield Statement("rows", sql, table.name, about)
        about = ""


def _delete(update: Update, table: Table, path: str) -> Iterator[str]:
    if update.from_start:
        yield f"DELETE FROM {path} WHERE TRUE"  # noqa: S608
        return
    if update.warehouse.begin is None and not has_unique_rows(table):
        # What an earlier try has left: it did not come to move the cursor.
        yield f"DELETE FROM {path} WHERE {SEQUENCE} > {update.changes.since}"  # noqa: S608
    if update.changes.since:
        for batch in batches(update.changes.deleted(table.name), 1_000):
            ids = ", ".join(update.warehouse.text(one) for one in batch)
            yield f"DELETE FROM {path} WHERE {ROW_ID} IN ({ids})"  # noqa: S608


def _put(update: Update, table: Table, path: str, new: str) -> Iterator[str]:
    names = [quote(update.dialect, field.name) for field in exported_schema(table)]
    columns = ", ".join(names)
    insert = f"INSERT INTO {path} ({columns})\nSELECT {columns} FROM {new}"
    if not has_unique_rows(table):
        yield insert
        return
    newer = None
    if table.has_only_newest and table.version is not None:
        version = quote(update.dialect, table.version)
        newer = (
            f"(fresh.{version} > stored.{version} "
            f"OR (fresh.{version} = stored.{version} AND fresh.{SEQUENCE} >= stored.{SEQUENCE}))"
        )
    if update.warehouse.merges:
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
