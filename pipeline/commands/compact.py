"""``newsmill compact``: merge the small files of old partitions."""

import argparse
import sys
from datetime import UTC, date, datetime
from typing import Any

from schemas.errors import UsageError

_EPILOG = """\
examples:
  newsmill compact --output lake
      merge what was written before today (UTC)
  newsmill compact --output lake --before 2026-01-01 --dry_run
      say what would be merged

Rows stay as they are. Whoever reads by manifest or by view sees each row once at any time; whoever globs may
see rows of a partition twice until its old files are deleted. Views name files: run 'newsmill views' after it.
"""


def add_parser(commands: Any) -> None:
    """Say the options."""
    parser = commands.add_parser(
        "compact",
        help="merge small files of old partitions",
        description="Merge small files of old partitions into files of a good size, with the same rows.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="directory or bucket path to tidy")
    parser.add_argument(
        "--before",
        metavar="YYYY-MM-DD",
        help="leave alone what was ingested on that UTC day or later (default: today)",
    )
    parser.add_argument(
        "--target_mb",
        type=int,
        default=256,
        metavar="N",
        help="size of a merged file in MiB; files of half of it are left as they are (default: %(default)s)",
    )
    parser.add_argument("--dry_run", action="store_true", help="say what would be merged, change nothing")


def carry_out(known: argparse.Namespace) -> int:
    """Merge and print.

    Raises:
        UsageError: a bad day or size, or nothing was ever written there.
        LockHeld: a run is writing to the output.
    """
    from pipeline.maintenance import in_bytes, maintain, require_output  # noqa: PLC0415
    from pipeline.settings import make_run_id  # noqa: PLC0415
    from transforms.lake.compact import Merge, Merged, compact, plan_merges  # noqa: PLC0415
    from transforms.lake.lake import Lake  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    now = datetime.now(UTC)
    try:
        before = date.fromisoformat(known.before) if known.before else now.date()
    except ValueError as error:
        raise UsageError(f"--before {known.before} is no day: write it like {now.date()}") from error
    if known.target_mb < 1:
        raise UsageError(f"--target_mb {known.target_mb} must be at least 1")
    lake, target = Lake(require_output(known.output)), known.target_mb << 20

    def line(merge: Merge) -> str:
        size = in_bytes(sum(file.bytes for file in merge.files))
        return f"{merge.table}/{printable(merge.partition)}: {len(merge.files)} files of together {size}"

    def say(merged: Merged) -> None:
        sys.stdout.write(f"{line(merged.merge)} are one of {in_bytes(merged.bytes)}, {merged.rows:,} rows\n")

    if known.dry_run:
        planned = plan_merges(lake, lake.manifests(), before=before, target_bytes=target)
        sys.stdout.writelines(f"{line(merge)} would be one\n" for merge in planned)
        sys.stdout.write(f"{len(planned)} files would be made\n")
        return 0
    with maintain(lake.output):
        done = compact(lake, run_id=make_run_id(now), before=before, target_bytes=target, on_merged=say)
    merged_files = sum(len(merged.merge.files) for merged in done)
    sys.stdout.write(f"{merged_files} files became {len(done)}\n" if done else "nothing to merge\n")
    return 0
