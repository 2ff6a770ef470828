"""The data dictionary, in Markdown, from the declared tables and records."""

from collections.abc import Sequence

import pyarrow as pa

from schemas.articles import SCHEMA_VERSION
from schemas.stages import CODES, NOT_RUN, REASONS, STAGES
from schemas.tables import ARTICLES, TABLES, Counters, Follows, Keeps, Names, Table
from transforms.articles.cleaning.rules import RULES

_HEAD = f"""\
# Data dictionary

Made from the records in `schemas/` by `./run.sh dictionary`; do not edit. Schema version {SCHEMA_VERSION}.
Times are `timestamp[us, UTC]`. Offsets count code points from 0, half-open. Ids are 32 lowercase hex digits.
The columns that a table is partitioned by stand in its paths, not in its files.
"""


def render_dictionary() -> str:
    """Return the whole document."""
    parts = [_HEAD]
    for table in TABLES.values():
        parts.append(f"## {table.name}\n\n{table.record.__doc__ or ''}\n")
        parts.append("\n".join(f"- {line}" for line in _describe(table)) + "\n")
        parts.append("| column | type | null | meaning |\n| --- | --- | --- | --- |")
        for field in table.schema:
            parts.extend(_lines(field, ""))
        parts.append("")
    parts.append("## Stages\n\nColumn `stage`.\n\n| stage | what it does | outcomes |\n| --- | --- | --- |")
    parts.extend(f"| `{stage.word}` | {stage.does} | {', '.join(stage.outcomes)} |" for stage in STAGES)
    parts.append(
        "\n## Why an input fails\n\nColumn `code` of `dead_letters`.\n\n| code | meaning and remedy |\n| --- | --- |"
    )
    parts.extend(f"| `{code}` | {text} |" for code, text in CODES.items())
    parts.append(
        "\n## Why an input is left out\n\nColumn `reason` of `dropped`.\n\n| reason | meaning |\n| --- | --- |"
    )
    parts.extend(f"| `{code}` | {text} |" for code, text in REASONS.items())
    parts.append(
        "\n## Why an enrichment was not done\n\nColumn `not_run` of `articles`.\n\n| code | meaning |\n| --- | --- |"
    )
    parts.extend(f"| `{code}` | {text} |" for code, text in NOT_RUN.items())
    parts.append("\n## What cleaning removes\n\nColumn `cleaning_actions[].rule`.\n\n| rule | removes |\n| --- | --- |")
    parts.extend(f"| `{name}` | {text} |" for name, text in RULES.items())
    return "\n".join(parts) + "\n"


def _describe(table: Table) -> list[str]:
    """Return what the declaration says beside the columns."""
    unique = "no two rows share it" if table.unique else "several rows may share it"
    chosen = "; a run may choose others (`--partition_by`)" if table is ARTICLES else ""
    if isinstance(table.takedown, Keeps):
        takedown = f"Its rows stay when an article is taken down. {table.takedown.why}"
    else:
        takedown = "When an article is taken down, a row is removed " + ", or ".join(
            words for rule in table.takedown_rules for words in _takedown_words(rule)
        )
    return [
        f"Key: {_listed(table.key)}; {unique}.",
        f"Rows of a file are sorted by {_listed(table.order)}.",
        f"Directories: {_listed(table.partition)}{chosen}.",
        takedown.rstrip(".") + ".",
        f"Number of rows of a run: {_counted_words(table)}.",
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _takedown_words(rule: Follows | Names) -> list[str]:
    if isinstance(rule, Follows):
        return [f"with the row of `{rule.of}` that `{rule.column}` refers to"]
    said = (
        ("whose {} is its article_id", rule.ids),
        ("whose {} is its link_id", rule.links),
        ("whose {} is its address", rule.addresses),
        ("whose {} lists an address that was given", rule.via),
        ("whose {} holds its article_id, link_id or address", rule.inside),
        ("whose {} leads to it or to a copy of it", rule.requests),
    )
    return [words.format(" or ".join(f"`{name}`" for name in names)) for words, names in said if names]


def _counted_words(table: Table) -> str:
    if isinstance(table.counted, Counters):
        return f"the sum of the counters {_listed(table.counted.names)}"
    less = f", less the counters {_listed(table.counted.less)}" if table.counted.less else ""
    where = "in the last stage" if table.counted.outcomes == ("done",) else "over all stages"
    return f"the documents that ended as {' or '.join(table.counted.outcomes)} {where}{less}"


def _lines(field: pa.Field, prefix: str) -> list[str]:
    doc = (field.metadata or {}).get(b"description", b"").decode()
    kind = field.type
    item = kind.value_type if pa.types.is_list(kind) else kind
    name = "struct" if pa.types.is_struct(item) else str(item)
    shown = f"list<{name}>" if pa.types.is_list(kind) else name
    lines = [f"| `{prefix}{field.name}` | {shown} | {'yes' if field.nullable else 'no'} | {doc} |"]
    if pa.types.is_struct(item):
        step = f"{prefix}{field.name}[]." if pa.types.is_list(kind) else f"{prefix}{field.name}."
        for inner in item:
            lines.extend(_lines(inner, step))
    return lines
