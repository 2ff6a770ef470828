"""The declared records go in; the data dictionary comes out as Markdown."""

import pyarrow as pa

from schemas.articles import SCHEMA_VERSION
from schemas.stages import CODES, REASONS, STAGES
from schemas.tables import TABLES

_HEAD = f"""\
# Data dictionary

Made from the records in `schemas/` by `./run.sh dictionary`; do not edit. Schema version {SCHEMA_VERSION}.
Times are `timestamp[us, UTC]`. Offsets count code points from 0, half-open. Ids are 32 lowercase hex digits.
The columns that a table is partitioned by stand in its paths, not in its files.
"""


def render_dictionary() -> str:
    """The whole document."""
    parts = [_HEAD]
    for table in TABLES.values():
        parts.append(f"## {table.name}\n\n{table.record.__doc__ or ''}\n")
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
    return "\n".join(parts) + "\n"


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
