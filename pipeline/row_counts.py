"""What the rows of a run hold, counted in the files that it wrote."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import ARTICLES, TABLES, Table
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest
from transforms.lake.partitions import parse_partition

Values = tuple[str | None, ...]

_NOT_RUN, _LANGUAGE = "not_run", "in_language"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RowCounts:
    """Numbers of rows, and of what their lists hold.

    Of a file that a later commit has put into another (a run that is carried on after a compaction) only the number of
    rows is known.

    Attributes:
        values: rows of each table, by the values of its ``reported`` columns.
        parts: items of the lists in ``reported_parts``, by name of the column and by value.
        not_run: articles by code in ``not_run`` and by language; "unknown" for none.
    """

    values: Mapping[str, Counter[Values]]
    parts: Mapping[str, Counter[str]]
    not_run: dict[str, Counter[str]]


def count_rows(output: str, manifests: Sequence[Manifest]) -> RowCounts:
    """Count the rows of commits, each file read once.

    Reading back is the point: what is reported is what is there.

    Raises:
        OSError: a file that nothing has removed is not there.
    """
    counts = RowCounts(
        values={name: Counter() for name in TABLES},
        parts={column: Counter() for table in TABLES.values() for column, _ in table.reported_parts},
        not_run={},
    )
    for file, parquet in _open_files(output, manifests):
        table = TABLES[file.table]
        values = counts.values[table.name]
        if parquet is None:
            values[(None,) * len(table.reported)] += file.rows
        elif not table.reported:
            values[()] += parquet.metadata.num_rows
        else:
            rows = _read_columns(file, parquet, table)
            for item in rows.group_by(list(table.reported)).aggregate([([], "count_all")]).to_pylist():
                values[tuple(item[name] for name in table.reported)] += item["count_all"]
            for column, part in table.reported_parts:
                if column in rows.column_names:
                    items = rows[column].combine_chunks().flatten().field(part).value_counts().to_pylist()
                    counts.parts[column].update({str(item["values"]): item["counts"] for item in items})
            if table is ARTICLES and _NOT_RUN in rows.column_names:
                _count_not_run(rows, counts.not_run)
    return counts


def _read_columns(file: DataFile, parquet: pq.ParquetFile, table: Table) -> pa.Table:
    """Read what is counted of a table; a column of ``reported`` that rows are partitioned by stands in the path."""
    stored = parquet.schema_arrow.names
    wanted = [name for name in (*table.reported, _NOT_RUN) if name in stored]
    leaves = [f"{column}.list.element.{part}" for column, part in table.reported_parts if column in stored]
    rows = parquet.read(columns=[*wanted, *leaves])
    partition = parse_partition(file.path)
    for name in table.reported:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.array([partition.get(name)] * len(rows), pa.string()))
    return rows


def _count_not_run(rows: pa.Table, counts: dict[str, Counter[str]]) -> None:
    codes = rows[_NOT_RUN].combine_chunks()
    languages = rows[_LANGUAGE].combine_chunks().take(pc.list_parent_indices(codes))
    for code, language in zip(codes.flatten().to_pylist(), languages.to_pylist(), strict=True):
        counts.setdefault(code, Counter())[language or "unknown"] += 1


def _open_files(output: str, manifests: Sequence[Manifest]) -> Iterator[tuple[DataFile, pq.ParquetFile | None]]:
    """Yield the listed files of tables, opened; None where a later commit has put one into another."""
    removed: frozenset[str] | None = None
    for file in (file for manifest in manifests for file in manifest.files):
        if not file.is_parquet or file.table not in TABLES:
            continue
        try:
            yield file, pq.ParquetFile(Lake(output).open(file))
        except FileNotFoundError:
            if removed is None:
                removed = frozenset(path for manifest in Lake(output).manifests() for path in manifest.removes)
            if file.path not in removed:
                raise
            yield file, None
