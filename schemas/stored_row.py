"""The columns that the rows of every table have."""

from datetime import date

import pyarrow as pa

from schemas.record import column, record


@record
class StoredRow:
    """A row of a table, with the commit that wrote it. These are the last columns of each table."""

    run_id: str = column("Run that wrote the row.", default="")
    chunk: int | None = column(
        "Number of the commit within that run; None in rows of schema 4 and before.", default=None, arrow=pa.int32()
    )
    ingest_date: date = column("UTC day that the run started; wall clock.", default=date.min)
