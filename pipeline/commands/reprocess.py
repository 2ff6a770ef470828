"""``newsmill reprocess``: new versions of articles, made with today's code and models."""

import argparse
import dataclasses
from pathlib import Path

from pipeline.graph_options import GRAPH, GRAPH_EXIT_CODES
from pipeline.options import OUTPUT, Command, Group, option
from schemas.errors import UsageError
from schemas.stages import STAGES
from transforms.known.policy import KnownPolicy, parse_day
from transforms.loading import loading

COMMAND = Command(
    name="reprocess",
    summary="make new versions of articles with today's code and models",
    description="Extract and enrich archived pages again, and write new versions where anything has changed.",
    examples="""\
  newsmill reprocess --output lake
      read every archived page again with the code and models installed now
  newsmill reprocess --output lake --since 2026-03-01 --spacy_model en_core_web_trf
      only pages fetched since that day, with another model
  newsmill reprocess --output lake --only topics
      assign topics again to every stored article; nothing else is done again

Nothing is fetched. Archived pages exist for runs with --archive. An article whose text, entities, topics and facts come
out as they are stored does not get a new version, so a second call writes none.
""",
    groups=(
        Group(
            "which pages",
            (
                OUTPUT,
                option("from", "where the pages are taken from", default="archive", choices=("archive",)),
                option("since", "only pages fetched on that day (UTC) or later", metavar="YYYY-MM-DD", read=parse_day),
                option(
                    "only",
                    "do only these enrichments again, and those that need them, to all stored articles, archived or "
                    "not; all other columns stay as they are",
                    choices=tuple(stage.word for stage in STAGES if stage.enriches),
                    metavar="NAME",
                    many="+",
                ),
            ),
        ),
        *GRAPH,
    ),
    exit_codes=GRAPH_EXIT_CODES,
)


def carry_out(known: argparse.Namespace) -> int:
    """Run the command.

    Returns:
        Exit code; 0, 1, 3 or 4.

    Raises:
        UsageError: a value out of range, or a local output that does not exist.
        LockHeld: another run writes to the output.
    """
    with loading():
        from pipeline.settings import settings_from  # noqa: PLC0415  heavy modules load when needed

    settings = dataclasses.replace(
        settings_from(known, known.beam_args, inputs=()), known_policy=KnownPolicy(since=known.since)
    )
    output = settings.commit.output
    if "://" not in output and not Path(output).is_dir():
        raise UsageError(f"--output {output} does not exist: name the output of an earlier run")

    with loading():
        from pipeline import job  # noqa: PLC0415
        from pipeline.reprocess import ReprocessJob  # noqa: PLC0415

    return job.carry_out(ReprocessJob(settings, arguments=known.words, only=known.only))
