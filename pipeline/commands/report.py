"""``newsmill report``: print the report of a run again."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option

COMMAND = Command(
    name="report",
    summary="print the report of a run again",
    groups=(
        Group("which report", (OUTPUT, option("run_id", "name of the run", unset="the latest run", metavar="ID"))),
    ),
)


def carry_out(known: argparse.Namespace) -> int:
    """Print it.

    Raises:
        UsageError: there is no such report.
    """
    from pipeline.stored_report import read_report  # noqa: PLC0415  heavy modules load when needed
    from transforms.printable import printable_lines  # noqa: PLC0415

    sys.stdout.write(printable_lines(read_report(known.output, known.run_id)))
    return 0
