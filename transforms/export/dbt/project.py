"""The files of a dbt project over the tables of a lake that were loaded into a database."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa

from schemas import NEWSMILL_VERSION
from schemas.errors import UsageError
from schemas.stages import CODES, REASONS
from schemas.tables import ARTICLES, DEAD_LETTERS, DROPPED, TABLES, Table
from transforms.export.changes import ROW_ID
from transforms.export.dbt.adapters import SCHEMAS
from transforms.export.ddl import description, exported_schema, has_unique_rows, table_description
from transforms.export.dialects import Dialect, find_dialect, quote
from transforms.export.flattened import FLATTENED, Flattened

_CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    (DEAD_LETTERS.name, "code"): CODES,
    (DROPPED.name, "reason"): REASONS,
}
"""Columns whose values are listed elsewhere; a later newsmill may have fewer of them."""


def project_files(dialect: str, *, tables: Collection[str] = (), schema: str | None = None) -> dict[str, str]:
    """Return the texts of a dbt project by their paths in it.

    Args:
        dialect: of the database.
        tables: that loads keep there; all of them by default.
        schema: that they are in; that of SCHEMAS by default.

    Raises:
        UsageError: dbt has no adapter for the dialect, or no such table.
    """
    if dialect not in SCHEMAS:
        raise UsageError(f"no dbt project for {dialect!r}: choose from {', '.join(SCHEMAS)}")
    if unknown := [name for name in tables if name not in TABLES]:
        raise UsageError(f"no table {unknown[0]!r}: choose from {', '.join(TABLES)}")
    chosen = find_dialect(dialect)
    wanted = [table for name, table in TABLES.items() if name in (tables or TABLES)]
    flat = [found for found in FLATTENED.values() if found.table in wanted]
    columns = _staged_columns(chosen, exported_schema(ARTICLES))
    known = {name: quote(chosen, name) for found in FLATTENED.values() for name in found.schema.names}
    known |= {
        "version": NEWSMILL_VERSION,
        "title": chosen.title,
        "schema": schema or SCHEMAS[dialect],
        "columns": ", ".join(columns),
    }
    package = files(__package__)
    profile = package.joinpath("profiles", f"{dialect}.yml").read_text(encoding="utf-8")
    known["variables"] = ", ".join(re.findall(r"env_var\('(\w+)'", profile))
    made = {"profiles.yml": profile}
    for path, file in _walk(package.joinpath("files")):
        if ARTICLES in wanted or not path.startswith("models/marts/"):
            made[path] = Template(file.read_text(encoding="utf-8")).substitute(known)
    made["models/staging/sources.yml"] = _HEADER + to_yaml(_sources(chosen, wanted, flat))
    for table in wanted:
        made[f"models/staging/stg_{table.name}.sql"] = _stage(chosen, table.name, exported_schema(table))
    for found in flat:
        made[f"models/staging/stg_{found.name}.sql"] = _stage(chosen, found.name, found.schema)
    return made


_HEADER = f"# Made by newsmill {NEWSMILL_VERSION} from its records; 'newsmill dbt DIR --replace' makes it anew.\n"


def write_project(directory: str, made: Mapping[str, str], *, replace: bool = False) -> list[str]:
    """Write a project, and return the paths of the files that were not there like that.

    Args:
        directory: where to; it is made where it is not there. Other files in it stay.
        made: texts by path.
        replace: whether files that are there with another text are replaced.

    Raises:
        UsageError: such a file is there, or the directory cannot be written to.
    """
    root = Path(directory)
    if root.is_file():
        raise UsageError(f"{directory} is a file: name a directory")
    try:
        present = {path: (root / path).read_bytes() for path in made if (root / path).exists()}
        differ = sorted(path for path, data in present.items() if data != made[path].encode())
        if differ and not replace:
            raise UsageError(
                f"{directory} has {differ[0]} with another text, and {len(differ) - 1} more such files: name another "
                "directory, or replace them with --replace"
            )
        changed = [path for path in sorted(made) if path not in present or path in differ]
        for path in changed:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(made[path].encode())
    except OSError as error:
        raise UsageError(f"{directory} cannot be written to: {error}") from error
    return changed


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _walk(one, f"{above}{one.name}/")
        else:
            yield f"{above}{one.name}", one


def _staged_columns(dialect: Dialect, schema: pa.Schema) -> list[str]:
    """The columns of a table that are not lists of structs, which are rows of their own."""
    return [
        quote(dialect, field.name)
        for field in schema
        if not (pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type))
    ]


def _stage(dialect: Dialect, name: str, schema: pa.Schema) -> str:
    columns = ",\n  ".join(_staged_columns(dialect, schema))
    return f"select\n  {columns}\nfrom {{{{ source('newsmill', '{name}') }}}}\n"


def _sources(dialect: Dialect, tables: Sequence[Table], flat: Sequence[Flattened]) -> dict[str, Any]:
    names = {table.name for table in tables}
    described = [
        {
            "name": table.name,
            "description": table_description(table),
            "columns": [
                _column(dialect, field, _tests_of(table, field, names, unique=has_unique_rows(table)))
                for field in exported_schema(table)
            ],
        }
        for table in tables
    ]
    described += [_describe_flat(dialect, found) for found in flat]
    source = {
        "name": "newsmill",
        "description": "Tables that 'newsmill load' keeps equal to a lake.",
        "schema": "{{ var('newsmill_schema') }}",
        "tables": described,
    }
    return {"sources": [source]}


def _describe_flat(dialect: Dialect, found: Flattened) -> dict[str, Any]:
    place = [ROW_ID, *(field.name for level in found.levels for field in found.level_fields(level)[:1])]
    columns = [quote(dialect, name) for name in place]
    parent = {"relationships": {"arguments": _reference(found.table.name, ROW_ID)}}
    return {
        "name": found.name,
        "description": f"A row for each of {'.'.join(level.column for level in found.levels)} of {found.table.name}.",
        "data_tests": [{"unique_together": {"arguments": {"columns": columns}}}],
        "columns": [
            _column(dialect, field, [*_tests_of_values(field), *([parent] if field.name == ROW_ID else [])])
            for field in found.schema
        ],
    }


def _reference(table: str, column: str) -> dict[str, str]:
    return {"to": f"source('newsmill', '{table}')", "field": column}


def _column(dialect: Dialect, field: pa.Field, tests: Sequence[Any]) -> dict[str, Any]:
    quoted = quote(dialect, field.name)
    name = quoted.strip("".join(dialect.quotes))
    return {
        "name": name,
        "description": description(field),
        **({"quote": True} if name != quoted else {}),
        **({"data_tests": list(tests)} if tests else {}),
    }


def _tests_of(table: Table, field: pa.Field, names: Collection[str], *, unique: bool) -> list[Any]:
    found: list[Any] = _tests_of_values(field)
    if field.name == ROW_ID and unique:
        found.insert(0, "unique")
    if codes := _CODES.get((table.name, field.name)):
        arguments = {"values": list(codes)}
        found.append({"accepted_values": {"arguments": arguments, "config": {"severity": "warn"}}})
    found += [
        {"relationships": {"arguments": _reference(rule.of, TABLES[rule.of].key[0])}}
        for rule in table.references
        if rule.column == field.name and rule.of in names
    ]
    return found


def _tests_of_values(field: pa.Field) -> list[Any]:
    found: list[Any] = []
    if not field.nullable and not pa.types.is_nested(field.type):
        found.append("not_null")
    if values := listed_values(description(field)):
        found.append({"accepted_values": {"arguments": {"values": values}}})
    return found


_REMARK = r"(?: \([^()]*\))?"
_LIST = re.compile(rf"(?:^|: )((?:'\w[\w ]*'{_REMARK},? (?:or )?)+'\w[\w ]*')")


def listed_values(text: str) -> list[str]:
    """Return the values that a column may have, where its description begins by listing all of them.

    >>> listed_values("'page', 'json_ld' (articleBody of a page) or 'text'."), listed_values("Such as 'PARIS'.")
    (['page', 'json_ld', 'text'], [])
    """
    found = _LIST.search(text)
    return re.findall(r"'(\w[\w ]*)'", re.sub(r"\([^()]*\)", "", found.group(1))) if found else []


_PLAIN = re.compile(r"[A-Za-z_][\w .-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def to_yaml(value: Any, indent: int = 0) -> str:
    """Return dicts, lists, strings and booleans as YAML, a line for each scalar.

    >>> print(to_yaml({"a": ["not_null", {"b": True}], "c": "d: e"}), end="")
    a:
      - not_null
      - b: true
    c: "d: e"
    """
    space = " " * indent
    if isinstance(value, dict):
        lines = []
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                lines.append(f"{space}{name}:\n{to_yaml(inner, indent + 2)}")
            else:
                lines.append(f"{space}{name}: {_scalar(inner)}\n")
        return "".join(lines)
    lines = []
    for inner in value:
        if isinstance(inner, dict):
            lines.append(f"{space}- {to_yaml(inner, indent + 2)[indent + 2 :]}")
        else:
            lines.append(f"{space}- {_scalar(inner)}\n")
    return "".join(lines)


def _scalar(value: str | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    is_plain = _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS and not value.endswith(" ")
    return value if is_plain else json.dumps(value, ensure_ascii=False)
