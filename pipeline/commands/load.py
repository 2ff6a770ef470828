"""``newsmill load``: bring a database to the state of an output."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import ExitCode

TO = option(
    "to",
    "database, such as duckdb:///news.duckdb, sqlite:///news.sqlite or postgresql://USER@HOST/DATABASE",
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

Put the line into a crontab: how far a database has come is stored in itself, in the table newsmill_loads, with the rows
of the same transaction. A load that is interrupted has done nothing; the next one does it. New articles, new versions
and takedowns all arrive. Tables are created, and columns added; a table that somebody has altered is refused.
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
    from transforms.printable import printable  # noqa: PLC0415

    output = require_output(known.output)
    done = load(output, known.to, tables=known.tables or None, children=known.children, from_start=known.from_start)
    sys.stdout.writelines(f"{result}\n" for result in done.tables)
    sys.stdout.write(f"{printable(done.destination)} has everything up to commit {done.until:,}\n")
    return 0
