"""``newsmill politeness``: the log of all requests, checked against the rules of politeness."""

import argparse
import math
import sys
from typing import Any

from schemas.errors import ExitCode, UsageError, describe_exit_codes

_EPILOG = """\
examples:
  newsmill politeness --output lake
      the requests of all runs, and every breach of the rules
  newsmill politeness --output lake --since 2026-03-01 --json
      the same since March, for a program to read
  newsmill politeness --output lake --delay_s 2 --host_delay news.example=10
      the same with other pauses

The rules are stated apart from the code that paces requests, so a mistake there is found here.

""" + describe_exit_codes(ExitCode.BREACHES)


def add_parser(commands: Any) -> None:
    """Add the options."""
    parser = commands.add_parser(
        "politeness",
        help="check the log of requests against the rules of politeness",
        description="Show pauses, robots.txt, Retry-After and 304 in the log, and every breach of the rules.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="output of the runs")
    parser.add_argument("--since", metavar="YYYY-MM-DD", help="leave out requests of earlier days (UTC)")
    parser.add_argument(
        "--delay_s",
        type=float,
        default=1.0,
        metavar="S",
        help="least pause between two requests to a host (%(default)s)",
    )
    parser.add_argument(
        "--host_delay",
        action="append",
        default=[],
        metavar="HOST=S",
        help="another least pause for a host and its subdomains; can be given again",
    )
    parser.add_argument(
        "--tolerance_ms", type=float, default=20.0, metavar="MS", help="tolerance of times (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def _host_delay(text: str) -> tuple[str, float]:
    host, _, seconds = text.rpartition("=")
    try:
        delay_s = float(seconds)
    except ValueError:
        delay_s = -1.0
    if not host or not 0 <= delay_s < math.inf:
        raise UsageError(f"--host_delay {text!r} is not a host and a pause: write it like news.example=5")
    return host, delay_s


def carry_out(known: argparse.Namespace) -> int:
    """Check the log and print the result.

    Raises:
        UsageError: the output does not exist, or a value is out of range.
    """
    from pipeline.commands.dead import read_day  # noqa: PLC0415  heavy modules load when needed
    from pipeline.maintenance import require_output  # noqa: PLC0415
    from pipeline.politeness_report import read_log, render_survey, survey_log, survey_to_json  # noqa: PLC0415
    from transforms.web.politeness_rules import PolitenessChecker  # noqa: PLC0415

    for option in ("delay_s", "tolerance_ms"):
        if not 0 <= getattr(known, option) < math.inf:
            raise UsageError(f"--{option} {getattr(known, option)} must be 0 or more")
    since = read_day("--since", known.since)
    checker = PolitenessChecker(
        delay_s=known.delay_s,
        host_delays=[_host_delay(text) for text in known.host_delay],
        tolerance_s=known.tolerance_ms / 1000,
    )
    output = require_output(known.output)
    survey = survey_log(read_log(output, since), checker, since)
    shown = survey_to_json(survey) if known.json else render_survey(survey, color=sys.stdout.isatty())
    sys.stdout.write(shown)
    return ExitCode.BREACHES if survey.breach_count else ExitCode.DONE
