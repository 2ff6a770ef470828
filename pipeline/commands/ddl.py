"""``newsmill ddl``: SQL that makes tables and views for the rows of a lake."""

import argparse
import sys

from pipeline.options import Command, Group, option
from transforms.export.reserved_words import RESERVED

COMMAND = Command(
    name="ddl",
    summary="print SQL that makes tables and views in a database",
    description="Print SQL that makes the tables and views that the rows of an output are loaded into.",
    examples="""\
  newsmill ddl --dialect bigquery --schema news | bq query --use_legacy_sql=false
  newsmill ddl --dialect postgres --tables articles,dead_letters
  newsmill ddl --dialect snowflake --views none

Each table has row_id, by which rows are replaced and removed, commit_sequence, and the columns of
docs/data-dictionary.md with their descriptions. articles_latest has the latest version of each article; each list of
structs in articles has a view with a row for each of them, such as article_entities and article_mentions.
'newsmill load' makes all of that by itself: this is for those who want to look at it, or to make it themselves.
""",
    groups=(
        Group(
            "what is printed",
            (
                option("dialect", "of which database", choices=tuple(RESERVED), is_required=True),
                option("tables", "tables to make", unset="all", metavar="TABLE,...", many=","),
                option("schema", "that they are made in", unset="that of the session", metavar="NAME"),
                option("views", "whether to make the views of articles", default="all", choices=("all", "none")),
            ),
        ),
    ),
    takes_beam_options=False,
)


def carry_out(known: argparse.Namespace) -> int:
    """Print the statements.

    Raises:
        UsageError: no such table, or a name that is longer than the dialect allows.
    """
    from schemas.tables import ARTICLES  # noqa: PLC0415  heavy modules load when needed
    from transforms.export.ddl import create_table, create_views, to_script  # noqa: PLC0415
    from transforms.export.dialects import find_dialect  # noqa: PLC0415
    from transforms.export.loads.load import choose_tables  # noqa: PLC0415

    dialect, tables = find_dialect(known.dialect), choose_tables(known.tables or None)
    prefix = f"{known.schema}." if known.schema else ""
    statements = [text for table in tables for text in create_table(table, dialect, name=f"{prefix}{table.name}")]
    if known.views == "all" and ARTICLES in tables:
        statements += create_views(dialect, schema=known.schema)
    sys.stdout.write(to_script(statements))
    return 0
