"""``newsmill sql``: ask DuckDB about an output."""

import argparse
import sys
from typing import Any

from schemas.errors import ExitCode, UsageError, describe_exit_codes

_EPILOG = """\
examples:
  newsmill sql "select count(*) from 'out/articles/**/*.parquet'"
  newsmill sql "select stage, code, url from 'out/dead_letters/**/*.parquet' limit 20"

Paths in the query are relative to where you stand. The statement is DuckDB's: whatever it may do, it does.
"""


def add_parser(commands: Any) -> None:
    """Say the options."""
    parser = commands.add_parser(
        "sql",
        help="ask DuckDB a question",
        description="Ask DuckDB a question, such as about the Parquet files of an output, and print the answer.",
        epilog=_EPILOG + "\n" + describe_exit_codes(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("query", metavar="QUERY", help="one statement or several, in quotes")


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
