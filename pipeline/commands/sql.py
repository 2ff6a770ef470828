"""``newsmill sql``: ask DuckDB about an output."""

import argparse
import sys

from pipeline.options import Command, Group, option
from schemas.errors import ExitCode, UsageError

COMMAND = Command(
    name="sql",
    summary="ask DuckDB a question",
    description="Ask DuckDB a question, such as about the Parquet files of an output, and print the answer.",
    examples="""\
  newsmill sql "select count(*) from 'out/articles/**/*.parquet'"
  newsmill sql "select stage, code, url from 'out/dead_letters/**/*.parquet' limit 20"

Paths in the query are relative to the working directory. DuckDB carries out whatever the statement says.
""",
    groups=(
        Group(
            "the question",
            (option("query", "one statement or several, in quotes", is_positional=True, metavar="QUERY"),),
        ),
    ),
    takes_beam_options=False,
)


def carry_out(known: argparse.Namespace) -> int:
    """Ask and print.

    Raises:
        UsageError: DuckDB cannot carry it out; with its own words.
    """
    import duckdb  # noqa: PLC0415  heavy modules load when needed

    from pipeline.console import complain_lines  # noqa: PLC0415
    from transforms.printable import printable_lines  # noqa: PLC0415

    if not known.query.strip():
        raise UsageError("the query is empty: see 'newsmill sql --help'")
    try:
        with duckdb.connect() as connection:
            answer = connection.sql(known.query)
            shown = "" if answer is None else f"{answer}\n"
    except duckdb.Error as error:
        complain_lines(str(error))
        return ExitCode.USAGE
    sys.stdout.write(printable_lines(shown))
    return 0
