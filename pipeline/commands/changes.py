"""``newsmill changes``: what happened in an output since a commit, in order."""

import argparse
import sys
from pathlib import Path

from pipeline.options import OUTPUT, Command, Group, check_file_to_write, option
from schemas.errors import UsageError

FORMATS = ("jsonl", "arrow", "parquet")

COMMAND = Command(
    name="changes",
    summary="print what happened since a commit: rows inserted, versions, rows removed",
    description="Print what happened in an output since a commit, in the order of the commits.",
    examples="""\
  newsmill changes --output lake
      every article and every takedown, a line of JSON each
  newsmill changes --output lake --since 42
      what came with commit 43 and later
  newsmill changes --output lake --tables articles,dead_letters | jq -r 'select(.op == "delete") | .row_id'
      the ids of rows that were removed
  newsmill changes --output lake --since 42 --format parquet --to changes.parquet
      the same as a Parquet file, for one table

op is 'insert', 'version' (a later version of an article), 'update' (a takedown moved the archived page of the row) or
'delete'. Applied in order by row_id, the events give what the output holds now; docs/warehouse.md has the contract.
Store the number after "until" in the last line on standard error, and give it as --since the next time.
""",
    groups=(
        Group(
            "which changes",
            (
                OUTPUT,
                option("since", "number of the last commit that you have; 0 for none", kind=int, default=0, at_least=0),
                option(
                    "tables",
                    "tables to look at; arrow and parquet take one",
                    default=("articles",),
                    metavar="TABLE,...",
                    many=",",
                ),
                option("format", "what is printed", default="jsonl", choices=FORMATS),
                option(
                    "to", "file to write; parquet needs one", unset="standard output", metavar="FILE", path="always"
                ),
            ),
        ),
    ),
)


def carry_out(known: argparse.Namespace) -> int:
    """Print the changes.

    Raises:
        UsageError: an output that no run has written to, a number that no commit has, or options that do not fit.
    """
    from pipeline.change_files import write_changes  # noqa: PLC0415  heavy modules load when needed
    from pipeline.console import complain  # noqa: PLC0415
    from pipeline.maintenance import require_output  # noqa: PLC0415
    from transforms.export.changes import find_changes  # noqa: PLC0415
    from transforms.export.loads.load import choose_tables  # noqa: PLC0415

    tables = [table.name for table in choose_tables(known.tables)]
    if known.format != "jsonl" and len(tables) != 1:
        raise UsageError(f"--format {known.format} holds one table: name one with --tables, or choose jsonl")
    if known.format == "parquet" and not known.to:
        raise UsageError("--format parquet writes a file: name it with --to FILE")
    if known.to:
        check_file_to_write("--to", known.to)
    changes = find_changes(require_output(known.output), known.since, tables=tables)
    if known.to:
        Path(known.to).parent.mkdir(parents=True, exist_ok=True)
        with open(known.to, "wb") as file:  # noqa: PTH123  a path that the user gave
            count = write_changes(file, known.output, changes, tables=tables, form=known.format)
    else:
        count = write_changes(sys.stdout.buffer, known.output, changes, tables=tables, form=known.format)
        sys.stdout.flush()
    complain(f"{count:,} changes since {changes.since}, until {changes.until}")
    return 0
