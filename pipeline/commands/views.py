"""``newsmill views``: SQL that makes DuckDB views of an output."""

import argparse
import sys

from pipeline.options import OUTPUT, Command, Group, option

COMMAND = Command(
    name="views",
    summary="print SQL that makes DuckDB views of an output",
    description="Print SQL that makes DuckDB views over exactly the files that the manifests list.",
    examples="""\
  newsmill views --output lake | duckdb lake.db
  newsmill views --output lake --write && duckdb -init lake/views.sql

There is a view of each table in docs/data-dictionary.md, and articles_latest with the latest version of each article.
They name exactly the files that the manifests list: create them again after a run, a compaction or a retraction.
""",
    groups=(Group("what is read", (OUTPUT, option("write", "write DIR/views.sql and print its path", kind=bool))),),
)


def carry_out(known: argparse.Namespace) -> int:
    """Print or write.

    Raises:
        UsageError: nothing was ever written there.
    """
    from pipeline.maintenance import require_output  # noqa: PLC0415  heavy modules load when needed
    from transforms.export.views import view_sql  # noqa: PLC0415
    from transforms.lake import files  # noqa: PLC0415

    output = require_output(known.output)
    text = view_sql(output)
    if known.write:
        path = files.join(output, "views.sql")
        files.replace_bytes(path, text.encode())
        text = f"{path}\n"
    sys.stdout.write(text)
    return 0
