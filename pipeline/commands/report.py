"""``newsmill report``: print the report of a run again."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import UsageError

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
    from transforms.lake import files  # noqa: PLC0415  heavy modules load when needed
    from transforms.printable import printable_lines  # noqa: PLC0415

    runs = files.join(known.output.rstrip("/") or "/", "runs")
    names = [known.run_id] if known.run_id is not None else sorted(files.list_names(runs), reverse=True)
    paths = (files.join(runs, name, "report.txt") for name in names)
    path = next((path for path in paths if files.exists(path)), None)
    if path is None:
        raise UsageError(f"no report of {f'run {known.run_id}' if known.run_id else 'any run'} below {runs}")
    sys.stdout.write(printable_lines(files.read_bytes(path).decode("utf-8", "backslashreplace")))
    return 0
