"""``newsmill reprocess``: new versions of articles, made with today's code and models."""

import argparse
from pathlib import Path
from typing import Any

from schemas.errors import UsageError
from schemas.stages import STAGES

EXAMPLES = """\
examples:
  newsmill reprocess --output lake
      read every archived page again with the code and models installed now
  newsmill reprocess --output lake --since 2026-03-01 --spacy_model en_core_web_trf
      only pages fetched since that day, with another model
  newsmill reprocess --output lake --only topics
      assign topics again to every stored article; nothing else is done again

Nothing is fetched. Archived pages exist for runs with --archive. An article whose text, entities, topics and facts come
out as they are stored does not get a new version, so a second call writes none.
"""


def add_parser(commands: Any) -> None:
    """Add the options of ``newsmill reprocess``."""
    from pipeline.options import EXIT_CODES, add_shared_options  # noqa: PLC0415  that module imports this one

    parser = commands.add_parser(
        "reprocess",
        help="make new versions of articles with today's code and models",
        description="Extract and enrich archived pages again, and write new versions where anything has changed.",
        epilog=EXAMPLES + "\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    main = parser.add_argument_group("what")
    main.add_argument("--output", required=True, metavar="DIR", help="output of the runs")
    main.add_argument(
        "--from",
        dest="kept_in",
        choices=("archive",),
        default="archive",
        help="where the pages are taken from (default: %(default)s)",
    )
    main.add_argument("--since", metavar="YYYY-MM-DD", help="only pages fetched on that day (UTC) or later")
    main.add_argument(
        "--only",
        nargs="+",
        action="extend",
        default=[],
        choices=[stage.word for stage in STAGES if stage.enriches],
        metavar="NAME",
        help="do only these enrichments again, and those that need them, to all stored articles, archived or not; all "
        "other columns stay as they are (%(choices)s)",
    )
    add_shared_options(parser)


def carry_out(known: argparse.Namespace) -> int:
    """Run the command.

    Returns:
        Exit code; 0, 1, 3 or 4.

    Raises:
        UsageError: a value out of range, or a local output that does not exist.
        LockHeld: another run writes to the output.
    """
    # What is heavy is loaded when the command is carried out.
    from pipeline.settings import settings_from  # noqa: PLC0415

    settings = settings_from(known, getattr(known, "beam_args", []), inputs=())
    output = settings.commit.output
    if "://" not in output and not Path(output).is_dir():
        raise UsageError(f"--output {output} does not exist: name the output of an earlier run")

    from pipeline import job  # noqa: PLC0415
    from pipeline.reprocess import ReprocessJob  # noqa: PLC0415

    return job.carry_out(ReprocessJob(settings, arguments=known.words, only=known.only))
