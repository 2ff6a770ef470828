"""Reads the published tables of a lake with Spark and writes what it read as Parquet, for the test that started it.

read_tables.py JARS LAKE RESULT TABLE…: JARS holds the libraries of pom.xml. Runs in a Python of its own.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

CATALOG = "lake"
"""Spark's name of it must be the one that the SQLite file records."""


def connect(jars: Path, lake: Path) -> SparkSession:
    """Start Spark with what docs/warehouse-formats.md says."""
    catalog = f"spark.sql.catalog.{CATALOG}"
    settings = {
        "spark.jars": ",".join(map(str, sorted(jars.glob("*.jar")))),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "jdbc",
        f"{catalog}.uri": f"jdbc:sqlite:{lake}/_iceberg/catalog.db",
        f"{catalog}.jdbc.schema-version": "V1",
        f"{catalog}.warehouse": f"file://{lake}/_iceberg",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.shuffle.partitions": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def describe(rows: DataFrame, day: str) -> dict[str, object]:
    """Say what Spark makes of a table: columns that must not be null, comments, files read for one day."""
    of_day = rows.where(f"ingest_date = date'{day}'")
    return {
        "required": [field.name for field in rows.schema if not field.nullable],
        "comments": {field.name: field.metadata.get("comment") for field in rows.schema},
        "files": len(rows.inputFiles()),
        "files of the day": len(of_day.inputFiles()),
        "rows of the day": of_day.count(),
    }


def main(jars: str, lake: str, result: str, day: str, *tables: str) -> None:
    """Read each table in both formats."""
    spark, said = connect(Path(jars), Path(lake)), {}
    for table in tables:
        read = {
            "delta": spark.read.format("delta").load(f"{lake}/{table}"),
            "iceberg": spark.table(f"{CATALOG}.newsmill.{table}"),
        }
        for form, rows in read.items():
            rows.coalesce(1).write.parquet(f"{result}/{form}-{table}")
            said[f"{form}-{table}"] = describe(rows, day)
    said["spark"] = spark.version
    Path(result, "said.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
