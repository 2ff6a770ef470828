"""Published tables as their own libraries read them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from schemas.tables import TABLES
from tests.support.histories import plain
from transforms.export.publish.iceberg import open_catalog
from transforms.lake.lake import Lake
from transforms.lake.read import open_table


def read_delta(lake: Lake, name: str) -> pa.Table:
    """All rows of a Delta table, by deltalake."""
    from deltalake import DeltaTable

    rows: pa.Table = DeltaTable(lake.path(name)).to_pyarrow_table()
    return rows


def read_iceberg(lake: Lake, name: str) -> pa.Table:
    """All rows of an Iceberg table, by pyiceberg."""
    rows: pa.Table = open_catalog(lake, None).load_table(f"newsmill.{name}").scan().to_arrow()
    return rows


READERS = {"delta": read_delta, "iceberg": read_iceberg}


def counted(rows: pa.Table, name: str) -> Counter[str]:
    """Rows by what they hold, however their columns are ordered."""
    columns = TABLES[name].schema.names
    assert sorted(rows.column_names) == sorted(columns)
    return Counter(plain(row) for row in rows.select(columns).to_pylist())


def check_published(lake: Lake, formats: Mapping[str, Any] = READERS) -> None:
    """Each published table holds the rows of the lake's table, all columns included."""
    for name in TABLES:
        wanted = counted(open_table(lake, name).to_table(), name)
        for form, read in formats.items():
            assert counted(read(lake, name), name) == wanted, (form, name)
