"""``newsmill dead``: an output goes in; how many dead letters are open, by stage, code and host, comes out."""

import argparse
import sys
from datetime import date
from typing import Any

from schemas.errors import UsageError

COLUMNS = ("stage", "code", "host")
MORE_COLUMNS = ("attempts", "letter_id")

EXAMPLES = """\
examples:
  newsmill dead --output lake
      what is open, by stage, code and host
  newsmill dead --output lake --by code --since 2026-03-01
      which codes the letters since March have
  newsmill dead --output lake --by host --json
      the hosts, for a program to read
  newsmill dead --output lake --by letter_id,code,attempts
      each letter, and how often its input was tried

A letter is open until 'newsmill replay' gets it through. An input that failed in several runs counts once; a run
that sees the same input fail in the same way adds to its attempts.
"""


def add_parser(commands: Any) -> None:
    """Add ``dead`` to the commands."""
    parser = commands.add_parser(
        "dead",
        help="count the dead letters that are still open",
        description="Count the dead letters of an output that no replay has got through yet.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="output of the runs")
    parser.add_argument(
        "--by",
        default=",".join(COLUMNS),
        metavar="COLUMNS",
        help="what to tell apart, comma-separated: stage, code, host, attempts, letter_id (default: %(default)s)",
    )
    parser.add_argument("--since", metavar="YYYY-MM-DD", help="leave out letters of earlier days")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def read_day(option: str, text: str | None) -> date | None:
    """A day as given on the command line.

    Raises:
        UsageError: it is none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is no day: write it like 2026-03-20") from error


def carry_out(known: argparse.Namespace) -> int:
    """Print the counts.

    Returns:
        Exit code; 0.

    Raises:
        UsageError: an unknown column, a bad day, an output that no run has written to.
    """
    by = [name.strip() for name in known.by.split(",") if name.strip()]
    unknown = [name for name in by if name not in (*COLUMNS, *MORE_COLUMNS)]
    if unknown or not by or len(set(by)) < len(by):
        raise UsageError(f"--by {known.by!r}: give one or more of {', '.join((*COLUMNS, *MORE_COLUMNS))}, each once")
    since = read_day("--since", known.since)

    from pipeline.letters import check_output, counts_to_json, render_counts  # noqa: PLC0415  heavy modules load when needed
    from transforms.letters.open_letters import is_wanted, open_letters  # noqa: PLC0415

    check_output(known.output)
    letters = [letter for letter in open_letters(known.output) if is_wanted(letter, reasons=(), since=since, host=None)]
    shown = counts_to_json(letters, by) if known.json else render_counts(letters, by, color=sys.stdout.isatty())
    sys.stdout.write(shown)
    return 0
