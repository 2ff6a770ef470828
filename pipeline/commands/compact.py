"""``newsmill compact``: merge the small files of old partitions."""

import argparse
import sys
from datetime import UTC, datetime

from pipeline.options import OUTPUT, Command, Group, make_policy, option, policy_options
from schemas.errors import ExitCode
from transforms.export.publish.policy import PublishPolicy
from transforms.known.policy import parse_day

COMMAND = Command(
    name="compact",
    summary="merge small files of old partitions",
    description="Merge small files of old partitions into files of a good size, with the same rows.",
    examples="""\
  newsmill compact --output lake
      merge what was written before today (UTC)
  newsmill compact --output lake --before 2026-01-01 --dry_run
      print what would be merged

Rows stay as they are. Readers that go by manifest or by view see each row once at any time; readers that go by file
name may see rows of a partition twice until its old files are deleted. Views name files: run 'newsmill views' after it.
""",
    groups=(
        Group(
            "what is merged",
            (
                OUTPUT,
                option(
                    "before",
                    "leave alone what was ingested on that UTC day or later",
                    unset="today",
                    metavar="YYYY-MM-DD",
                    read=parse_day,
                ),
                option(
                    "target_mb",
                    "size of a merged file; files of half of it are left as they are",
                    kind=int,
                    default=256,
                    unit="MiB",
                    at_least=1,
                ),
                option("dry_run", "print what would be merged, change nothing", kind=bool),
            ),
        ),
        Group("publishing", policy_options(PublishPolicy)),
    ),
    exit_codes=(ExitCode.LOCKED,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Merge and print.

    Raises:
        UsageError: nothing was ever written there.
        LockHeld: a run is writing to the output.
    """
    from pipeline.maintenance import in_bytes, maintain, publish_again, require_output  # noqa: PLC0415
    from transforms.lake.compact import MergePlan, MergeResult, compact, plan_merges  # noqa: PLC0415
    from transforms.lake.lake import Lake  # noqa: PLC0415
    from transforms.lake.run_ids import make_run_id  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    now = datetime.now(UTC)
    before = known.before or now.date()
    lake, target = Lake(require_output(known.output)), known.target_mb << 20

    def line(merge: MergePlan) -> str:
        size = in_bytes(sum(file.bytes for file in merge.files))
        return f"{merge.table}/{printable(merge.partition)}: {len(merge.files)} files of together {size}"

    def write_line(merged: MergeResult) -> None:
        sys.stdout.write(f"{line(merged.plan)} are one of {in_bytes(merged.bytes)}, {merged.rows:,} rows\n")

    if known.dry_run:
        planned = plan_merges(lake, lake.manifests(), before=before, target_bytes=target)
        sys.stdout.writelines(f"{line(merge)} would be one\n" for merge in planned)
        sys.stdout.write(f"{len(planned)} files would be made\n")
        return 0
    with maintain(lake.output) as has_recovered:
        done = compact(lake, run_id=make_run_id(now), before=before, target_bytes=target, on_merged=write_line)
        publish_again(lake.output, make_policy(PublishPolicy, known), has_removed=has_recovered or bool(done))
    merged_files = sum(len(merged.plan.files) for merged in done)
    sys.stdout.write(f"{merged_files} files became {len(done)}\n" if done else "nothing to merge\n")
    return 0
