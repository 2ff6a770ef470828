"""``newsmill replay``: dead letters go back through the graph; what becomes of each is committed."""

import argparse
import sys
from typing import Any

from pipeline.commands.dead import read_day
from pipeline.options import add_shared_options
from schemas.errors import UsageError

EXAMPLES = """\
examples:
  newsmill replay --output lake
      try everything again that has failed so far
  newsmill replay --output lake --reason fetch.timeout fetch.http_5xx --since 2026-03-01
      what timed out or met a failing server since March
  newsmill replay --output lake --reason extract --host news.example --max_attempts 3
      pages of one host that gave no text, unless they were tried three times

What now succeeds becomes an article with the id that it would have had at once. What fails again stays open, and
its attempts are counted. The exit code says how the run went: letters that fail again are no reason for another.
"""


def add_parser(commands: Any) -> None:
    """Add ``replay`` to the commands."""
    parser = commands.add_parser(
        "replay",
        help="feed dead letters back through the same graph",
        description="Try again what failed in earlier runs, and mark what got through.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    which = parser.add_argument_group("which letters")
    which.add_argument("--output", required=True, metavar="DIR", help="output of the runs; written to, too")
    which.add_argument(
        "--reason",
        nargs="+",
        action="extend",
        default=[],
        metavar="CODE",
        help="only letters with these codes, such as fetch.timeout, or of these stages, such as fetch (default: all)",
    )
    # Not the --since of a run, which is about the day of publication.
    which.add_argument(
        "--since", dest="letters_since", metavar="YYYY-MM-DD", help="only letters of that day and later ones"
    )
    which.add_argument("--host", metavar="HOST", help="only letters about addresses of that host")
    which.add_argument(
        "--max_attempts", type=int, metavar="N", help="leave alone what was tried N times already (default: no limit)"
    )
    add_shared_options(parser)


def carry_out(known: argparse.Namespace) -> int:
    """Feed the letters back and commit what became of them.

    Returns:
        Exit code; 0, also when letters fail again; 1 when the run failed, 4 when it does not balance.

    Raises:
        UsageError: a value that is none of those allowed.
        LockHeld: another run writes to the output.
    """
    _check_reasons(known.reason)
    since = read_day("--since", known.letters_since)
    if known.max_attempts is not None and known.max_attempts < 1:
        raise UsageError(f"--max_attempts {known.max_attempts} must be at least 1")

    from pipeline.replay import Wanted, replay_letters  # noqa: PLC0415  heavy modules load when needed
    from pipeline.settings import settings_from  # noqa: PLC0415

    settings = settings_from(known, known.beam_args, inputs=())
    wanted = Wanted(tuple(known.reason), since, known.host, known.max_attempts)
    return replay_letters(settings, wanted, arguments=getattr(known, "words", sys.argv[1:]))


def _check_reasons(reasons: list[str]) -> None:
    import difflib  # noqa: PLC0415

    from schemas.trouble import CODES  # noqa: PLC0415

    allowed = [*CODES, *sorted({code.partition(".")[0] for code in CODES})]
    for reason in reasons:
        if reason not in allowed:
            near = difflib.get_close_matches(reason, allowed, n=1, cutoff=0.6)
            remedy = f"did you mean {near[0]}?" if near else "see 'newsmill dead --by code'"
            raise UsageError(f"--reason {reason!r} is not a code of a dead letter: {remedy}")
