"""``newsmill verify``: compare an output with what its manifests promise."""

import argparse
import sys
from typing import Any

from schemas.errors import ExitCode, describe_exit_codes

_EPILOG = """\
examples:
  newsmill verify --output lake
      read every byte and row, compute every id again
  newsmill verify --output lake --quick
      manifests, sizes and row counts of the footers alone

A run that is writing to the output shows as differences.

""" + describe_exit_codes(ExitCode.DIFFERENCES)


def add_parser(commands: Any) -> None:
    """Say the options."""
    parser = commands.add_parser(
        "verify",
        help="check that an output is what its manifests say",
        description="Check manifests, files, checksums, row counts, ids and partitions of an output. Changes nothing.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="directory or bucket path to check")
    parser.add_argument("--quick", action="store_true", help="do not read the rows")


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
