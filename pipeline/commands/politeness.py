"""``newsmill politeness``: the log of all requests, checked against the rules of politeness."""

import argparse
import math
import sys

from pipeline.options import JSON, OUTPUT, Command, Group, option
from schemas.errors import ExitCode
from transforms.known.policy import parse_day


def _read_host_delays(given: tuple[str, ...]) -> list[tuple[str, float]]:
    """Hosts and their pauses, written as HOST=SECONDS.

    Raises:
        ValueError: one is not.
    """
    found = []
    for text in given:
        host, _, seconds = text.rpartition("=")
        try:
            delay_s = float(seconds)
        except ValueError:
            delay_s = -1.0
        if not host or not 0 <= delay_s < math.inf:
            raise ValueError(f"{text!r} is not a pause of a host: write it like news.example=5")
        found.append((host, delay_s))
    return found


COMMAND = Command(
    name="politeness",
    summary="check the log of requests against the rules of politeness",
    description="Show pauses, robots.txt, Retry-After and 304 of all requests, and every breach of a rule.",
    examples="""\
  newsmill politeness --output lake
      the requests of all runs, and every breach of the rules
  newsmill politeness --output lake --since 2026-03-01 --json
      the same since March, for a program to read
  newsmill politeness --output lake --delay_s 2 --host_delay news.example=10
      the same with other pauses

The rules are stated apart from the code that paces requests, so a mistake there is found here.
""",
    groups=(
        Group(
            "what is checked",
            (
                OUTPUT,
                option("since", "leave out requests of earlier days (UTC)", metavar="YYYY-MM-DD", read=parse_day),
                option(
                    "delay_s",
                    "shortest pause between two requests to a host",
                    kind=float,
                    default=1.0,
                    unit="seconds",
                    at_least=0,
                ),
                option(
                    "host_delay",
                    "another shortest pause for a host and its subdomains",
                    metavar="HOST=SECONDS",
                    many="*",
                    read=_read_host_delays,
                ),
                option(
                    "tolerance_ms",
                    "tolerance of times",
                    kind=float,
                    default=20.0,
                    unit="milliseconds",
                    at_least=0,
                ),
                JSON,
            ),
        ),
    ),
    exit_codes=(ExitCode.BREACHES,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Check the log and print the result.

    Raises:
        UsageError: the output does not exist.
    """
    from pipeline.maintenance import require_output  # noqa: PLC0415  heavy modules load when needed
    from pipeline.politeness_report import read_log, render_survey, survey_log, survey_to_json  # noqa: PLC0415
    from transforms.web.politeness_rules import PolitenessChecker  # noqa: PLC0415

    checker = PolitenessChecker(
        delay_s=known.delay_s,
        host_delays=known.host_delay,
        tolerance_s=known.tolerance_ms / 1000,
    )
    output = require_output(known.output)
    survey = survey_log(read_log(output, known.since), checker, known.since)
    shown = survey_to_json(survey) if known.json else render_survey(survey, color=sys.stdout.isatty())
    sys.stdout.write(shown)
    return ExitCode.BREACHES if survey.breach_count else ExitCode.DONE
