"""``newsmill dead``: an output goes in; how many dead letters are open, by stage, code and host, comes out."""

import argparse
import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.options import UsageError

if TYPE_CHECKING:
    from pipeline.letters import OpenLetter

COLUMNS = ("stage", "code", "host")

EXAMPLES = """\
examples:
  newsmill dead --output lake
      what is open, by stage, code and host
  newsmill dead --output lake --by code --since 2026-03-01
      which codes the letters since March have
  newsmill dead --output lake --by host --json
      the hosts, for a program to read

A letter is open until 'newsmill replay' gets it through. An input that failed in several runs counts once.
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
        help="what to tell apart, comma-separated: stage, code, host (default: %(default)s)",
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
        Exit code; 0, or 1 where the output cannot be read.

    Raises:
        UsageError: an unknown column, a bad day, an output that no run has written to.
    """
    by = [name.strip() for name in known.by.split(",") if name.strip()]
    unknown = [name for name in by if name not in COLUMNS]
    if unknown or not by or len(set(by)) < len(by):
        raise UsageError(f"--by {known.by!r}: give one or more of {', '.join(COLUMNS)}, each once")
    since = read_day("--since", known.since)

    from pyarrow import ArrowInvalid  # noqa: PLC0415  heavy modules load when needed

    from pipeline.letters import check_output, is_wanted, open_letters  # noqa: PLC0415
    from transforms.lake.lake import CorruptManifest  # noqa: PLC0415

    check_output(known.output)
    try:
        letters = [
            letter for letter in open_letters(known.output) if is_wanted(letter, reasons=(), since=since, host=None)
        ]
    except (CorruptManifest, ArrowInvalid, OSError) as error:
        sys.stderr.write(f"newsmill: {error}\n")
        return 1
    sys.stdout.write(_as_json(letters, by) if known.json else _as_table(letters, by))
    return 0


def _as_json(letters: "list[OpenLetter]", by: list[str]) -> str:
    from pipeline.letters import count_letters  # noqa: PLC0415

    counts = [
        {**{name: value or None for name, value in zip(by, values, strict=True)}, "letters": count}
        for values, count in count_letters(letters, by)
    ]
    return json.dumps({"letters": len(letters), "counts": counts}, ensure_ascii=False, indent=1) + "\n"


def _as_table(letters: "list[OpenLetter]", by: list[str]) -> str:
    import io  # noqa: PLC0415

    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from pipeline.letters import count_letters  # noqa: PLC0415

    if not letters:
        return "no dead letter is open\n"
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    for name in by:
        table.add_column(name, "total" if name == by[0] else "", overflow="fold")
    table.add_column("letters", f"{len(letters):,}", justify="right", no_wrap=True)
    for values, count in count_letters(letters, by):
        table.add_row(*(value or "·" for value in values), f"{count:,}")
    color = sys.stdout.isatty()
    console = Console(file=io.StringIO(), force_terminal=color, width=None if color else 110)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
