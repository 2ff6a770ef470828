"""``newsmill publish``: bring the published tables of an output up to its last commit."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, make_policy, policy_options
from schemas.errors import ExitCode, UsageError
from transforms.export.publish.policy import PublishPolicy

COMMAND = Command(
    name="publish",
    summary="list the data files in Delta and Iceberg tables",
    description="List the data files of an output in Delta and Iceberg tables, up to its last commit. Copies no row.",
    examples="""\
  newsmill publish --output lake --publish delta
      lake/articles, lake/dead_letters … are Delta tables from now on
  newsmill publish --output lake --publish delta,iceberg
      and newsmill.articles … are Iceberg tables in the catalog lake/_iceberg/catalog.db
  newsmill publish --output s3://bucket/news --publish iceberg --iceberg_catalog prod
      in a catalog that .pyiceberg.yaml describes
  newsmill publish --output lake
      in the formats that are there already

'run', 'stream', 'replay', 'reprocess', 'compact' and 'retract' publish their commits themselves with --publish; this
makes up for what they could not. After a crash, or where nothing was committed since, it can be repeated.
""",
    groups=(Group("what is published", (OUTPUT, *policy_options(PublishPolicy))),),
    exit_codes=(ExitCode.LOCKED,),
)


def carry_out(known: argparse.Namespace) -> int:
    """Publish and print.

    Raises:
        UsageError: nothing was ever written there, no format is named, or a published table was altered.
        LockHeld: a run is writing to the output.
        NotPublished: a catalog or store refuses.
    """
    import dataclasses  # noqa: PLC0415  heavy modules load when needed

    from pipeline.maintenance import maintain, require_output  # noqa: PLC0415
    from pipeline.publication import make_publisher  # noqa: PLC0415
    from transforms.export.publish.publish import published_formats  # noqa: PLC0415
    from transforms.lake.lake import Lake  # noqa: PLC0415
    from transforms.wording import plural  # noqa: PLC0415

    policy, output = make_policy(PublishPolicy, known), require_output(known.output)
    if not policy.publish:
        found = published_formats(Lake(output))
        if not found:
            raise UsageError(f"{output} is not published yet: name the formats, such as --publish delta,iceberg")
        policy = dataclasses.replace(policy, publish=found)
    with maintain(output):
        done = make_publisher(output, policy).publish()
    for one in done:
        what = f"{plural(one.versions, 'version')}, {one.added} files more, {one.removed} fewer"
        state = what if one.versions else "nothing to do"
        sys.stdout.write(f"{one.format:<8} {one.where}, commit {one.sequence}: {state}\n")
    return 0
