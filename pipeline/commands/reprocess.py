"""``newsmill reprocess``: archived pages go in; new versions come out, where today's code says anything new."""

import argparse
import dataclasses
import logging
import sys
from pathlib import Path

from pipeline.graph_options import GRAPH, GRAPH_EXIT_CODES
from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import UsageError
from transforms.known.policy import KnownPolicy, parse_day

COMMAND = Command(
    name="reprocess",
    summary="read archived pages again with today's code and models",
    description="Extract and enrich archived pages again, and write new versions where anything has changed.",
    examples="""\
  newsmill reprocess --output lake
      read every archived page again with the code and models installed now
  newsmill reprocess --output lake --since 2026-03-01 --spacy_model en_core_web_trf
      only pages fetched since that day, with another model

Nothing is requested from the network. Runs with --archive keep the pages. An article whose text, entities, topics or
facts come out as they are stored gets no new version, so a second call writes none.
""",
    groups=(
        Group(
            "which pages",
            (
                OUTPUT,
                option("from", "where the pages are taken from", default="archive", choices=("archive",)),
                option("since", "only pages fetched on that day (UTC) or later", metavar="YYYY-MM-DD", read=parse_day),
            ),
        ),
        *GRAPH,
    ),
    exit_codes=GRAPH_EXIT_CODES,
)


def carry_out(known: argparse.Namespace) -> int:
    """Carry it out.

    Returns:
        Exit code; 0, 1, 3 or 4.

    Raises:
        UsageError: a value out of range, or a local output that does not exist.
        LockHeld: another run writes to the output.
    """
    # What is heavy is loaded when the command is carried out.
    from pipeline.lock import hold_lock  # noqa: PLC0415
    from pipeline.settings import settings_from  # noqa: PLC0415

    settings = dataclasses.replace(
        settings_from(known, known.beam_args, inputs=()), known_policy=KnownPolicy(since=known.since)
    )
    output = settings.commit.output
    if "://" not in output and not Path(output).is_dir():
        raise UsageError(f"--output {output} does not exist: name the output of an earlier run")

    from pipeline.reprocess import reprocess  # noqa: PLC0415
    from pipeline.run import report_failure  # noqa: PLC0415
    from transforms.lake.commit import recover  # noqa: PLC0415

    with hold_lock(output):
        try:
            for done in recover(output):
                logging.getLogger("newsmill").warning("after an interrupted run: %s", done)
            outcome = reprocess(settings)
        except Exception as error:
            report_failure(settings, error)
            return 1
    if not settings.quiet or outcome.exit_code:
        sys.stdout.write(outcome.text)
    return outcome.exit_code
