"""What is particular to each cloud warehouse: how it reads files, hashes, refuses and commits."""

import abc
import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import pyarrow as pa

from transforms.export.dialects import DIALECTS, Dialect, field_type, quote, sql_type, text_literal

_T = TypeVar("_T")

FILE_NAME = "file_name"
"""Column of staged rows with the name of the file that they are from, as the warehouse gives it."""


class StoredFile(NamedTuple):
    """A data file to read.

    Attributes:
        path: below the lake.
        columns: that it has, in its order.
    """

    path: str
    columns: tuple[str, ...]


class Staging(NamedTuple):
    """Files that are to be read into a table of their rows.

    Attributes:
        target: the table, with these columns and FILE_NAME.
        stage: name that an object may have which is made for it.
        base: address that the paths are below.
        fields: columns to read; a file may lack some.
        files: to read.
    """

    target: str
    stage: str
    base: str
    fields: Sequence[pa.Field]
    files: Sequence[StoredFile]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Warehouse(abc.ABC):
    """A cloud warehouse that reads the files of a lake in a bucket by SQL.

    Attributes:
        schemes: beginnings of the addresses at which it can see files.
        files_at: where it sees them if nothing else is said; empty for the address of the lake.
        create_temporary: how a statement begins that makes a table for the script alone, in place of one of that name.
        drops_first: whether that does not replace a table which is there.
        qualifies_temporary: whether such a table is in a schema.
        setup: statements before all others.
        begin: begins a transaction; None where the warehouse has none over several statements.
        commit: ends it.
        now: the present instant.
        merges: whether rows are replaced by MERGE; by DELETE and INSERT otherwise.
        adds_if_missing: whether a column can be added unless it is there.
        hint: how the script is run.
    """

    name: str
    schemes: tuple[str, ...]
    files_at: str = ""
    create_temporary: str
    drops_first: bool = False
    qualifies_temporary: bool = False
    setup: tuple[str, ...] = ()
    begin: str | None = "BEGIN"
    commit: str | None = "COMMIT"
    now: str = "CURRENT_TIMESTAMP"
    merges: bool = True
    adds_if_missing: bool = False
    hint: tuple[str, ...]

    @property
    def dialect(self) -> Dialect:
        """Its dialect."""
        return DIALECTS[self.name]

    def text(self, value: str) -> str:
        """Return a string literal."""
        return text_literal(self.dialect, value)

    def to_text(self, value: str) -> str:
        """Return an expression as text."""
        return f"CAST({value} AS {sql_type(self.dialect, pa.string())})"

    def md5(self, text: str) -> str:
        """Return the MD5 of an expression, 32 lowercase hex digits."""
        return f"MD5({text})"

    def path_of(self, file_name: str, table: str) -> str:
        """Return the path below the lake of a file whose whole name an expression gives."""
        return f"REGEXP_REPLACE({file_name}, {self.text(f'^.*/{table}/')}, {self.text(f'{table}/')})"

    def path(self, path: str) -> str:
        """Return a path below the lake as :meth:`path_of` gives it."""
        return path

    @abc.abstractmethod
    def error(self, message: str, found: str) -> str:
        """Return an expression that fails with a message; ``found`` is one that differs from row to row, for it."""

    @abc.abstractmethod
    def fill(self, staging: Staging) -> Iterator[str]:
        """Give the statements that read files into a table."""

    def clean(self, stage: str) -> list[str]:
        """Return the statements that remove what :meth:`fill` made."""
        del stage
        return []

    def check_filled(self, target: str, fields: Sequence[pa.Field]) -> tuple[str, str] | None:
        """Return a query that counts rows which were misread, and what is wrong with them."""
        del target, fields
        return None

    def _names(self, fields: Iterable[pa.Field]) -> str:
        return ", ".join(quote(self.dialect, field.name) for field in fields)

    def _define(self, fields: Iterable[pa.Field]) -> str:
        return ",\n".join(f"  {quote(self.dialect, field.name)} {field_type(self.dialect, field)}" for field in fields)


class _BigQuery(Warehouse):
    def md5(self, text: str) -> str:
        return f"TO_HEX(MD5({text}))"

    def error(self, message: str, found: str) -> str:
        return f"ERROR({self.text(f'{message}: found ')} || {self.to_text(found)})"

    def fill(self, staging: Staging) -> Iterator[str]:
        target, stage, base, fields, files = staging
        names = self._names(fields)
        for batch in batches(files, 10_000):  # https://cloud.google.com/bigquery/quotas#load_jobs: source URIs
            uris = ",\n    ".join(self.text(f"{base}/{file.path}") for file in batch)
            yield (
                f"CREATE OR REPLACE EXTERNAL TABLE {stage} (\n{self._define(fields)}\n) OPTIONS (\n"
                f"  format = 'PARQUET',\n  enable_list_inference = TRUE,\n  uris = [\n    {uris}\n  ]\n)"
            )
            yield f"INSERT INTO {target} ({names}, {FILE_NAME})\nSELECT {names}, _FILE_NAME FROM {stage}"

    def clean(self, stage: str) -> list[str]:
        return [f"DROP EXTERNAL TABLE IF EXISTS {stage}"]


class _CastsToFail(Warehouse):
    """A warehouse without a function that fails: text that is not a number is made one."""

    def error(self, message: str, found: str) -> str:
        return f"CAST({self.text(f'{message}: found ')} || {self.to_text(found)} AS INTEGER)"


class _Snowflake(_CastsToFail):
    def fill(self, staging: Staging) -> Iterator[str]:
        target, _, base, fields, files = staging
        # Keys in $1 are those of the file: lower case.
        columns = ",\n    ".join(f'$1:"{field.name}"::{sql_type(self.dialect, field.type)}' for field in fields)
        for batch in batches(files, 1_000):  # https://docs.snowflake.com/en/sql-reference/sql/copy-into-table: FILES
            paths = ",\n    ".join(self.text(file.path) for file in batch)
            yield (
                f"COPY INTO {target} ({self._names(fields)}, {FILE_NAME})\nFROM (\n  SELECT\n    {columns},\n"
                f"    METADATA$FILENAME\n  FROM {base}\n)\nFILES = (\n    {paths}\n)\n"
                "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE)\nFORCE = TRUE"
            )

    def check_filled(self, target: str, fields: Sequence[pa.Field]) -> tuple[str, str] | None:
        lists = [quote(self.dialect, field.name) for field in fields if pa.types.is_list(field.type)]
        if not lists:
            return None
        wrong = " OR ".join(f"NOT IS_ARRAY({name})" for name in lists)
        return f"SELECT COUNT(*) AS found FROM {target} WHERE {wrong}", "lists were not read as arrays"  # noqa: S608


class _Redshift(_CastsToFail):
    def fill(self, staging: Staging) -> Iterator[str]:
        target, _, base, _, files = staging
        # COPY takes the columns of a Parquet file by their places, and cannot say which file a row is from.
        for file in files:
            names = ", ".join(quote(self.dialect, name) for name in file.columns)
            yield (
                f"COPY {target} ({names})\nFROM {self.text(f'{base}/{file.path}')}\nIAM_ROLE DEFAULT\n"
                "FORMAT AS PARQUET SERIALIZETOJSON"
            )
            yield f"UPDATE {target} SET {FILE_NAME} = {self.text(file.path)} WHERE {FILE_NAME} IS NULL"  # noqa: S608


class _Databricks(Warehouse):
    def error(self, message: str, found: str) -> str:
        return f"RAISE_ERROR({self.text(f'{message}: found ')} || {self.to_text(found)})"

    def path_of(self, file_name: str, table: str) -> str:
        # Spark gives names with % encoded once more.
        return f"REPLACE({super().path_of(file_name, table)}, '%25', '%')"

    def path(self, path: str) -> str:
        return path.replace("%25", "%")

    def fill(self, staging: Staging) -> Iterator[str]:
        target, _, base, fields, files = staging
        names = self._names(fields)
        schema = ", ".join(f"{quote(self.dialect, f.name)} {sql_type(self.dialect, f.type)}" for f in fields)
        for batch in batches(files, 500):
            paths = self.text(f"{base}/{{{','.join(file.path for file in batch)}}}")
            yield (
                f"INSERT INTO {target} ({names}, {FILE_NAME})\nSELECT {names}, _metadata.file_path\n"
                f"FROM READ_FILES(\n  {paths},\n  format => 'parquet',\n  schema => {self.text(schema)},\n"
                "  partitionColumns => ''\n)"
            )


def batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Split items into lists of at most some number."""
    left = iter(items)
    while batch := list(itertools.islice(left, size)):
        yield batch


WAREHOUSES: Mapping[str, Warehouse] = {
    warehouse.name: warehouse
    for warehouse in (
        _BigQuery(
            name="bigquery",
            schemes=("gs://",),
            create_temporary="CREATE OR REPLACE TEMP TABLE",
            begin="BEGIN TRANSACTION",
            commit="COMMIT TRANSACTION",
            now="CURRENT_TIMESTAMP()",
            adds_if_missing=True,
            hint=(
                "bq query --use_legacy_sql=false --dataset_id=DATASET < load.sql",
                "A statement that fails ends the script, and undoes the transaction.",
            ),
        ),
        _Snowflake(
            name="snowflake",
            schemes=("@",),
            files_at="@newsmill_lake",
            create_temporary="CREATE OR REPLACE TEMPORARY TABLE",
            qualifies_temporary=True,
            setup=("ALTER SESSION SET TIMEZONE = 'UTC'",),
            now="CURRENT_TIMESTAMP()",
            merges=False,
            adds_if_missing=True,
            hint=(
                "CREATE STAGE newsmill_lake URL = 's3://bucket/lake/' STORAGE_INTEGRATION = …, once; then",
                "snowsql -o exit_on_error=true -o variable_substitution=false -f load.sql",
                "The script must end where a statement fails: the transaction is undone when the session ends.",
            ),
        ),
        _Redshift(
            name="redshift",
            schemes=("s3://",),
            create_temporary="CREATE TEMP TABLE",
            drops_first=True,
            now="GETDATE()",
            merges=False,
            hint=(
                "psql -v ON_ERROR_STOP=1 -f load.sql 'host=… port=5439 dbname=… user=…'",
                "COPY uses the default IAM role of the cluster. A text of more than 65,535 bytes is refused by it.",
            ),
        ),
        _Databricks(
            name="databricks",
            schemes=("s3://", "gs://", "abfss://", "/Volumes/", "dbfs:/"),
            create_temporary="CREATE OR REPLACE TABLE",
            qualifies_temporary=True,
            begin=None,
            commit=None,
            now="CURRENT_TIMESTAMP()",
            hint=(
                "dbsqlcli -e load.sql",
                "Databricks has no transaction over several statements. The statements are in an order in which it is",
                "harmless to repeat them: after a failure, print the script again with the same --since and run it.",
            ),
        ),
    )
}
"""Every warehouse by the name of its dialect."""
