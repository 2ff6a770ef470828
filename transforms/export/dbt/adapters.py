"""Databases that dbt has an adapter for."""

from collections.abc import Mapping

SCHEMAS: Mapping[str, str] = {
    "duckdb": "main",
    "postgres": "public",
    "redshift": "public",
    "bigquery": "newsmill",
    "snowflake": "newsmill",
    "databricks": "newsmill",
}
"""Schema that tables are looked for in, by each dialect that dbt has an adapter for."""
