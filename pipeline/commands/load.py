"""``newsmill load``: bring a database to the state of an output."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import ExitCode, UsageError

TO = option(
    "to",
    "database, such as duckdb:///news.duckdb, sqlite:///news.sqlite, clickhouse:///news.chdb or "
    "postgresql://USER@HOST/DATABASE; "
    "or, with --print_sql, bigquery, snowflake, redshift or databricks",
    is_required=True,
    metavar="DEST",
)
TABLES_LOADED = option("tables", "tables to load", unset="all", metavar="TABLE,...", many=",")

COMMAND = Command(
    name="load",
    summary="bring a database to the state of an output",
    description="Load what was committed since the last load into a database, which then holds exactly the same rows.",
    examples="""\
  newsmill load --output lake --to duckdb:///news.duckdb
      make or update the file news.duckdb; three slashes before a relative path, four before an absolute one
  newsmill load --output lake --to sqlite:///news.sqlite --tables articles
  newsmill load --output lake --to postgresql://news@db.example/news --children
      with article_entities, article_mentions and the other lists of articles as tables of their own
  newsmill load --output lake --to clickhouse:///news.chdb
      a directory of chdb, which is ClickHouse without a server; the tables are in its database newsmill
  newsmill load --output gs://bucket/lake --to bigquery --print_sql --since 42 > load.sql
      print the SQL by which BigQuery takes what came after commit 42 from the files, where they are

Put the line into a crontab: how far a database has come is stored in itself, in the table newsmill_loads, with the rows
of the same transaction. A load that is interrupted has done nothing; the next one does it. New articles, new versions
and takedowns all arrive. Tables are created, and columns added; a table that somebody has altered is refused.
ClickHouse has no transactions: what an interrupted load has done can be seen until the next one has done it again.

Cloud warehouses read the files of the lake themselves. newsmill does not connect to them: it prints the statements,
which are given to the client of the warehouse. They fail and change nothing unless newsmill_loads says --since there.
""",
    groups=(
        Group(
            "what is loaded",
            (
                OUTPUT,
                TO,
                TABLES_LOADED,
                option("children", "make tables of the lists in articles, and keep them from then on", kind=bool),
                option("from_start", "remove all rows from the tables first, and load everything again", kind=bool),
            ),
        ),
        Group(
            "SQL for cloud warehouses",
            (
                option("print_sql", "print the SQL instead of connecting to a database", kind=bool),
                option("since", "number of the last commit that the warehouse has", kind=int, default=0, at_least=0),
                option(
                    "files_at",
                    "address at which the warehouse sees the files of the output, or a stage of Snowflake",
                    unset="the address of the output, or @newsmill_lake in Snowflake",
                    metavar="URL",
                ),
                option("schema", "that the tables are in", unset="that of the session", metavar="NAME"),
            ),
        ),
    ),
    exit_codes=(ExitCode.LOCKED,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Load and print a line for each table.

    Raises:
        UsageError: nothing was ever written to the output, a wrong address, or it was loaded from another lake.
        LockHeld: another process holds the database.
        DestinationError: the database refuses, or somebody has altered it.
    """
    from pipeline.maintenance import require_output  # noqa: PLC0415  heavy modules load when needed
    from transforms.export.loads.load import load  # noqa: PLC0415
    from transforms.export.warehouses import WAREHOUSES  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    output = require_output(known.output)
    if known.print_sql or known.to in WAREHOUSES:
        return _print_sql(output, known)
    if known.since or known.files_at or known.schema:
        raise UsageError("--since, --files_at and --schema are for --print_sql: a database stores how far it has come")
    done = load(output, known.to, tables=known.tables or None, children=known.children, from_start=known.from_start)
    sys.stdout.writelines(f"{result}\n" for result in done.tables)
    sys.stdout.write(f"{printable(done.destination)} has everything up to commit {done.until:,}\n")
    return 0


def _print_sql(output: str, known: argparse.Namespace) -> int:
    """Print the script of a cloud warehouse, and what to give as --since the next time.

    Raises:
        UsageError: options that do not fit, no such commit, or the warehouse cannot see files at that address.
    """
    from pipeline.console import complain  # noqa: PLC0415
    from transforms.export.scripts.script import name_commits  # noqa: PLC0415
    from transforms.export.scripts.write import write_script  # noqa: PLC0415

    if not known.print_sql:
        raise UsageError(
            f"newsmill does not connect to {known.to}: add --print_sql, and give what it prints to its client"
        )
    if known.children:
        raise UsageError("--children is for PostgreSQL: warehouses have a view of each list of articles")
    script = write_script(
        output,
        known.to,
        since=known.since,
        tables=known.tables or None,
        files_at=known.files_at,
        schema=known.schema,
        from_start=known.from_start,
    )
    sys.stdout.write(script.text)
    sys.stdout.flush()
    complain(f"{name_commits(script.since, script.until)}: give --since {script.until} the next time")
    return 0
