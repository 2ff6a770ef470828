"""``newsmill dead``: counts of open dead letters, by stage, code and host."""

import argparse
import sys

from pipeline.options import JSON, OUTPUT, Command, Group, option
from transforms.known.policy import parse_day

COLUMNS = ("stage", "code", "host")
MORE_COLUMNS = ("attempts", "letter_id")


def _read_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns to count by.

    Raises:
        ValueError: none, or one is given twice.
    """
    if not names or len(set(names)) < len(names):
        raise ValueError(f"give one or more of {', '.join((*COLUMNS, *MORE_COLUMNS))}, each once")
    return names


COMMAND = Command(
    name="dead",
    summary="count the dead letters that are still open",
    description="Count the dead letters of an output that no replay has succeeded with yet.",
    examples="""\
  newsmill dead --output lake
      what is open, by stage, code and host
  newsmill dead --output lake --by code --since 2026-03-01
      which codes the letters since March have
  newsmill dead --output lake --by host --json
      the hosts, for a program to read
  newsmill dead --output lake --by letter_id,code,attempts
      each letter, and how often its input was tried

A letter is open until 'newsmill replay' succeeds with it. An input that failed in several runs counts once; a run
that sees the same input fail in the same way adds to its attempts.
""",
    groups=(
        Group(
            "which letters",
            (
                OUTPUT,
                option(
                    "by",
                    "what to count by: stage, code, host, attempts, letter_id",
                    default=COLUMNS,
                    choices=(*COLUMNS, *MORE_COLUMNS),
                    metavar="COLUMN,...",
                    many=",",
                    read=_read_columns,
                ),
                option("since", "leave out letters of earlier days", metavar="YYYY-MM-DD", read=parse_day),
                JSON,
            ),
        ),
    ),
)


def carry_out(known: argparse.Namespace) -> int:
    """Print the counts.

    Raises:
        UsageError: an output that no run has written to.
    """
    from pipeline.letters import counts_to_json, render_counts  # noqa: PLC0415  heavy modules load when needed
    from pipeline.maintenance import require_output  # noqa: PLC0415
    from transforms.lake.lake import Lake  # noqa: PLC0415
    from transforms.letters.open_letters import is_wanted, open_letters  # noqa: PLC0415

    found = open_letters(Lake(require_output(known.output)))
    letters = [letter for letter in found if is_wanted(letter, reasons=(), since=known.since, host=None)]
    if known.json:
        sys.stdout.write(counts_to_json(letters, known.by))
    else:
        sys.stdout.write(render_counts(letters, known.by, color=sys.stdout.isatty()))
    return 0
