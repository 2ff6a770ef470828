"""Rows that contradict themselves or their table, counted by kind with an example."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import ARTICLES, DROPPED, Table
from transforms import identity, urls
from transforms.lake.run_ids import time_of_run

Faults = dict[str, tuple[int, str]]
"""Kind of problem to the number of rows that have it and a message about the first."""


def count_fault(found: Faults, kind: str, message: str) -> None:
    """Count one row; the first of its kind is the example."""
    count, example = found.get(kind, (0, message))
    found[kind] = (count + 1, example)


_ARTICLE_COLUMNS = (
    *("id_scheme", "version", "version_id", "content_hash", "url", "url_canonical", "headline", "text"),
    *("feed_entry_id", "date_published", "published_date", "publisher_domain"),
)
"""Columns of which :func:`article_faults` computes ids and partitions again."""


def columns_to_check(table: Table) -> list[str]:
    """Columns that are looked at; of the others it is checked that they can be read."""
    more = {ARTICLES.name: _ARTICLE_COLUMNS, DROPPED.name: ("reason",)}.get(table.name, ())
    references = [rule.column for rule in table.references]
    names = (*table.key, table.order[0], *table.id_columns, *references, "run_id", "ingest_date", *more)
    return list(dict.fromkeys(names))


def check_order(table: Table, rows: pa.Table, last: str | None, found: Faults) -> str | None:
    """Check that rows are in the table's order; gives the last value, for the next batch.

    Files that were written before the whole order was kept are sorted by its first column alone.

    Args:
        last: value of the row before; None for the first.
    """
    name = table.order[0]
    column = pa.concat_arrays(rows.column(name).chunks) if rows.num_rows else pa.array([], pa.string())
    before = column if last is None else pa.concat_arrays([pa.array([last], column.type), column])
    if len(before) > 1 and pc.any(pc.less(before.slice(1), before.slice(0, len(before) - 1))).as_py():
        count_fault(found, "order", f"its rows are not sorted by {name}")
    return column[-1].as_py() if len(column) else last


def check_rows(table: Table, rows: pa.Table, partition_columns: set[str], retracted: pa.Array, found: Faults) -> None:
    """Check one batch of rows.

    Args:
        rows: the columns that are looked at, partition columns restored.
        partition_columns: names of the columns in the path.
        retracted: article_ids that were taken down, as an Arrow array.
        found: added to.
    """
    if len(retracted):
        _check_retracted(table, rows, retracted, found)
    _check_ingest_date(rows, found)
    if table is not ARTICLES:
        return
    for row in rows.to_pylist():
        for kind, message in article_faults(row):
            count_fault(found, kind, f"article {row['article_id']}, version {row['version']}: {message}")
        for name in partition_columns - {"ingest_date"}:
            if not _fits_partition(name, row):
                count_fault(found, "partition", f"article {row['article_id']} does not belong to {name}={row[name]}")


def article_faults(row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Ids and hashes of one article that its own content does not give; kind and message of each."""
    content = identity.content_hash(row["headline"], row["text"])
    if content != row["content_hash"]:
        yield "content_hash", f"content_hash is {row['content_hash']}, headline and text give {content}"
    if not identity.is_id(row["article_id"]):
        yield "article_id", "article_id is not 32 hex digits"
    elif row["id_scheme"] not in identity.SCHEMES:
        yield "id_scheme", f"unknown id_scheme {row['id_scheme']!r}: a later newsmill wrote it?"
    else:
        named = (row["id_scheme"], row["url_canonical"], row["feed_entry_id"], row["headline"], row["text"])
        expected = identity.make_id(*named)
        if expected != row["article_id"]:
            yield "article_id", f"what {row['id_scheme']} is made of gives {expected}"
        elif row["url_canonical"] is None and row["id_scheme"] != identity.TEXT_SCHEME:
            yield "article_id", f"no url_canonical, but {row['id_scheme']}"
    # Rows that were written before there were versions have no version_id.
    expected_version = identity.version_id(row["article_id"], row["content_hash"])
    of_the_same_text = identity.version_id(row["article_id"], row["content_hash"], row["version"])
    if row["version_id"] not in ("", expected_version, of_the_same_text):
        yield "version_id", f"version_id is {row['version_id']}, article_id and content_hash give {expected_version}"
    if row["version"] < 1:
        yield "version", "versions begin at 1"


def _fits_partition(name: str, row: dict[str, Any]) -> bool:
    """Return whether a partition value is what the row implies, as far as the other columns can tell.

    The null partition takes anything: what has no safe form as a path, and what overflowed.
    """
    value = row.get(name)
    if value is None:
        return True
    if name == "publisher_domain":
        return bool(value == urls.publisher_domain(row["url_canonical"] or row["url"] or ""))
    if name == "published_date" and row["date_published"] is not None:
        # The day in the publisher's zone: no zone is more than 14 hours from UTC.
        instant: datetime = row["date_published"]
        noon = datetime(value.year, value.month, value.day, 12, tzinfo=UTC)
        return abs(instant - noon) <= timedelta(hours=12 + 14)
    return True


def _check_retracted(table: Table, rows: pa.Table, retracted: pa.Array, found: Faults) -> None:
    for name in table.id_columns:
        there = pc.is_in(rows.column(name), retracted)
        if table is DROPPED:  # a row may say that a taken-down article came again and was left out
            there = pc.and_(there, pc.invert(pc.starts_with(rows.column("reason"), "retract.")))
        for value in rows.column(name).filter(there).to_pylist():
            count_fault(found, "retracted", f"{name} {value} was taken down, but is still there")


def _check_ingest_date(rows: pa.Table, found: Faults) -> None:
    """A run that was named by its time wrote on that day."""
    pairs = rows.select(["run_id", "ingest_date"]).group_by(["run_id", "ingest_date"]).aggregate([([], "count_all")])
    for pair in pairs.to_pylist():
        begun = time_of_run(pair["run_id"])
        if begun is not None and begun.date() != pair["ingest_date"]:
            count, example = found.get(
                "partition", (0, f"rows of run {pair['run_id']} do not belong to ingest_date={pair['ingest_date']}")
            )
            found["partition"] = (count + pair["count_all"], example)
