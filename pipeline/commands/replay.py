"""``newsmill replay``: dead letters go back through the graph; what becomes of each is committed."""

import argparse

from pipeline.graph_options import GRAPH
from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import ExitCode
from schemas.suggest import suggest
from transforms.known.policy import parse_day
from transforms.loading import loading


def _read_reasons(given: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of dead letters, or the stages that they begin with.

    Raises:
        ValueError: one is neither.
    """
    from schemas.trouble import CODES  # noqa: PLC0415  only where reasons are given

    allowed = [*CODES, *sorted({code.partition(".")[0] for code in CODES})]
    for reason in given:
        if reason not in allowed:
            remedy = suggest(reason, allowed, "see 'newsmill dead --by code'")
            raise ValueError(f"{reason!r} is not a code of a dead letter: {remedy}")
    return given


COMMAND = Command(
    name="replay",
    summary="send dead letters through the same graph again",
    description="Try again what failed in earlier runs, and mark what succeeds.",
    examples="""\
  newsmill replay --output lake
      try everything again that has failed so far
  newsmill replay --output lake --reason fetch.timeout fetch.http_5xx --since 2026-03-01
      what timed out or met a failing server since March
  newsmill replay --output lake --reason extract --host news.example --max_attempts 3
      pages of one host that gave no text, unless they were tried three times

What now succeeds becomes an article with the id that it would have had at once. What fails again stays open, and its
attempts are counted. Letters that fail again do not change the exit code.
""",
    groups=(
        Group(
            "which letters",
            (
                OUTPUT,
                option(
                    "reason",
                    "only letters with these codes, such as fetch.timeout, or of these stages, such as fetch",
                    unset="all",
                    many="+",
                    metavar="CODE",
                    read=_read_reasons,
                ),
                # Not the --since of a run, which is about the day of publication.
                option("since", "only letters of that day and later ones", metavar="YYYY-MM-DD", read=parse_day),
                option("host", "only letters about addresses of that host", metavar="HOST"),
                option(
                    "max_attempts",
                    "leave alone what was tried that many times already",
                    unset="no limit",
                    kind=int,
                    at_least=1,
                ),
            ),
        ),
        *GRAPH,
    ),
    exit_codes=(ExitCode.UNBALANCED, ExitCode.LOCKED),
)


def carry_out(known: argparse.Namespace) -> int:
    """Feed the letters back and commit what became of them.

    Returns:
        Exit code; 0, also when letters fail again; 1 when the run failed, 4 when it does not balance.

    Raises:
        UsageError: a value that is none of those allowed.
        LockHeld: another run writes to the output.
    """
    with loading():
        from pipeline.replay import LetterFilter, replay_letters  # noqa: PLC0415  heavy modules load when needed
        from pipeline.settings import settings_from  # noqa: PLC0415

    settings = settings_from(known, known.beam_args, inputs=())
    wanted = LetterFilter(known.reason, known.since, known.host, known.max_attempts)
    return replay_letters(settings, wanted, arguments=known.words)
