"""``newsmill dbt``: a dbt project over the tables that loads make."""

import argparse
import sys

from pipeline.options import Command, Group, option
from transforms.export.dbt.adapters import SCHEMAS

COMMAND = Command(
    name="dbt",
    summary="write a dbt project over the tables that loads make",
    description="Write a small dbt project over the tables that 'newsmill load' makes: sources with descriptions and "
    "tests, staging views, and models of the latest articles, topics by day and mentions of entities.",
    examples="""\
  newsmill load --output lake --to duckdb:///news.duckdb
  newsmill dbt news_dbt
  cd news_dbt && NEWSMILL_DUCKDB=../news.duckdb dbt build --profiles-dir .

  newsmill dbt news_dbt_postgres --dialect postgres --tables articles,dead_letters
  newsmill dbt news_dbt --replace
      after an upgrade of newsmill; files of your own stay

It needs dbt-core 1.10.6 or later and the adapter of the database, and no dbt packages. Where the database is stands in
environment variables that profiles.yml names.
""",
    groups=(
        Group(
            "what is written",
            (
                option("directory", "directory of the project", is_positional=True, metavar="DIR", path="always"),
                option("dialect", "of which database", default="duckdb", choices=tuple(SCHEMAS)),
                option("tables", "tables that are loaded", unset="all", metavar="TABLE,...", many=","),
                option("schema", "that they are loaded into", unset="what loads use", metavar="NAME"),
                option("replace", "replace files that are there with another text", kind=bool),
            ),
        ),
    ),
    takes_beam_options=False,
)


def carry_out(known: argparse.Namespace) -> int:
    """Write and print.

    Raises:
        UsageError: no such table, files are there that differ, or the directory cannot be written to.
    """
    from transforms.export.dbt.project import project_files, write_project  # noqa: PLC0415  loads when needed
    from transforms.printable import printable  # noqa: PLC0415
    from transforms.wording import plural  # noqa: PLC0415

    made = project_files(known.dialect, tables=known.tables, schema=known.schema)
    changed = write_project(known.directory, made, replace=known.replace)
    what = f"{plural(len(changed), 'file')} of {len(made)} written" if changed else "nothing to do"
    sys.stdout.write(f"{printable(known.directory)}: {what}\n")
    return 0
