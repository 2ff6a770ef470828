"""``newsmill retract``: take articles down everywhere, for good."""

import argparse
import json
import sys
from datetime import UTC, datetime

from pipeline.options import OUTPUT, Command, Group, make_policy, option, policy_options
from schemas.errors import ExitCode, UsageError
from transforms.export.publish.policy import PublishPolicy

COMMAND = Command(
    name="retract",
    summary="take articles down everywhere, for good",
    description="Remove articles, and every row that names them, from an output; later runs leave them out.",
    examples="""\
  newsmill retract --output lake https://news.example/2026/a --reason 'court order 12/26'
  newsmill retract --output lake 4f0c… --dry_run
      print how many rows would be removed

All versions of an article are removed, every dead letter, left-out row and replay that names it, and its pages below
archive/: a WARC file that keeps one is replaced by a copy without it, with all other pages at their offsets. Pages that
were left out as its repeats are removed from the archive as well. An article that stays loses its archived page where
that was kept as a reference to the same bytes; 'newsmill reprocess' then skips it. The article stays known as taken
down: a later run leaves it out. Other pages may still link to it or quote it, and what was copied elsewhere, such as
backups, old versions of objects in a bucket, or the inputs, is not touched.
""",
    groups=(
        Group(
            "what is taken down",
            (
                option(
                    "what",
                    "addresses, or article_ids of 32 hex digits",
                    is_positional=True,
                    many="+",
                    metavar="URL_OR_ID",
                ),
                OUTPUT,
                option("reason", "kept in runs/RUN_ID/retract.json", default="", metavar="TEXT"),
                option("dry_run", "print what would be removed, change nothing", kind=bool),
            ),
        ),
        Group("publishing", policy_options(PublishPolicy)),
    ),
    exit_codes=(ExitCode.LOCKED,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Take down and print.

    Raises:
        UsageError: neither an address nor an id, or nothing was ever written there.
        LockHeld: a run is writing to the output.
    """
    from pipeline.maintenance import maintain, publish_again, require_output  # noqa: PLC0415
    from transforms.lake import files  # noqa: PLC0415
    from transforms.lake.run_directory import RETRACTION, run_file  # noqa: PLC0415
    from transforms.lake.run_ids import make_run_id  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415
    from transforms.takedown.retract import retract  # noqa: PLC0415
    from transforms.takedown.targets import parse_targets  # noqa: PLC0415

    try:
        parse_targets(known.what)
    except ValueError as error:
        raise UsageError(f"{error}; give addresses, or article_ids of 32 hex digits") from error
    output, now = require_output(known.output), datetime.now(UTC)
    run_id = make_run_id(now)
    if known.dry_run:
        result = retract(output, known.what, run_id=run_id, is_dry=True)
    else:
        with maintain(output) as has_recovered:
            result = retract(output, known.what, run_id=run_id)
            said = {
                "at": now.isoformat(timespec="seconds"),
                "reason": known.reason,
                "retracted": result.ids,
                "rows": result.rows,
                "pages": result.pages,
                "unlinked": result.unlinked,
            }
            path = run_file(output, run_id, RETRACTION)
            files.replace_bytes(path, json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n")
            has_removed = has_recovered or bool(result.files or result.archives)
            publish_again(output, make_policy(PublishPolicy, known), has_removed=has_removed)
    would = "would be " if known.dry_run else ""
    if result.rows:
        counts = ", ".join(f"{count:,} of {table}" for table, count in result.rows.items())
        sys.stdout.write(f"rows {would}taken down: {counts}; {result.files} files {would}rewritten\n")
    elif not result.pages:
        kept = "would be" if known.dry_run else "is"
        sys.stdout.write(f"no row of it was found; it {kept} kept as taken down, so that no later run brings it in\n")
    if result.archives:
        sys.stdout.write(
            f"archived pages {would}taken out: {result.pages:,}; {result.archives} WARC files {would}replaced\n"
        )
    if result.unlinked:
        sys.stdout.write(f"articles that stay, but {would}lose their archived page: {result.unlinked:,}\n")
    sys.stdout.writelines(f"article_id {name}\n" for name in result.ids)
    sys.stdout.writelines(
        f"a copy was left out as its repeat and may now come in as an article: {printable(url)}\n"
        for url in result.copies
    )
    return 0
