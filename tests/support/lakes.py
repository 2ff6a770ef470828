"""Read an output as a user would, and tell what of it must be the same in every run."""

from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from schemas.tables import FEED_STATE, FETCH_LOG, TABLES

OF_THE_RUN = ("run_id", "ingest_date", "fetched_at", "newsmill_version")
"""Columns that name the run or its wall clock."""


WALL_CLOCK = (FEED_STATE.name, FETCH_LOG.name)


def read_table(output: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a table as dicts, the columns of the run left out, in a fixed order."""
    where = output / table
    if not where.exists():
        return []
    rows = ds.dataset(where, partitioning="hive").to_table().to_pylist()
    kept = [{name: value for name, value in row.items() if name not in OF_THE_RUN} for row in rows]
    return sorted(kept, key=lambda row: (row.get("source_uri", ""), row.get("source_position") or 0, repr(row)))


def read_lake(output: Path) -> dict[str, list[dict[str, Any]]]:
    """All tables that an input can end in; states and requests are wall clock throughout."""
    return {table: read_table(output, table) for table in TABLES if table not in WALL_CLOCK}
