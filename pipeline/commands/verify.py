"""``newsmill verify``: compare an output with what its manifests promise."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import ExitCode

COMMAND = Command(
    name="verify",
    summary="check that an output is what its manifests say",
    description="Check manifests, files, checksums, row counts, ids and partitions of an output. Changes nothing.",
    examples="""\
  newsmill verify --output lake
      read every byte and row, compute every id again
  newsmill verify --output lake --quick
      manifests, sizes and row counts of the footers alone

A run that is writing to the output shows as differences.
""",
    groups=(Group("what is checked", (OUTPUT, option("quick", "do not read the rows", kind=bool))),),
    exit_codes=(ExitCode.DIFFERENCES,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Check and print.

    Raises:
        UsageError: nothing was ever written there.
    """
    from pipeline.maintenance import in_bytes, require_output  # noqa: PLC0415  heavy modules load when needed
    from transforms.check.verify import check_lake  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415
    from transforms.wording import plural  # noqa: PLC0415

    output = require_output(known.output)
    checked = check_lake(output, deep=not known.quick)
    lines = [
        ("manifests", f"{checked.manifests:,}"),
        ("files", f"{checked.files:,}"),
        ("size", in_bytes(checked.bytes)),
        *((f"{table} rows", f"{count:,}") for table, count in checked.rows.items()),
    ]
    sys.stdout.write(f"checked {printable(output)}{' (quick)' if known.quick else ''}\n")
    sys.stdout.writelines(f"  {name:<18}{value:>14}\n" for name, value in lines)
    for problem in checked.problems:
        sys.stdout.write(printable(f"{problem.kind}: {problem.path}: {' '.join(problem.message.split())}") + "\n")
    count = len(checked.problems)
    sys.stdout.write(f"{plural(count, 'difference')}\n" if count else "all as promised\n")
    return ExitCode.DIFFERENCES if count else ExitCode.DONE
