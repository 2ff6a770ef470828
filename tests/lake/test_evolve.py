"""Columns may be added, and nothing else; the golden file makes a change deliberate."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas.articles import SCHEMA_VERSION, Article
from schemas.errors import SchemaMismatch
from schemas.record import arrow_schema, column, record
from schemas.tables import TABLES
from tests.lake.commits import article, commit_older, commit_rows
from transforms.lake.evolve import check_schemas, conform, defaults, refused_changes
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest, schema_columns
from transforms.lake.read import open_table

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "schema.json"


def test_golden_schema(is_golden_run: bool) -> None:
    today: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tables": {name: [list(it) for it in schema_columns(table.schema)] for name, table in TABLES.items()},
    }
    golden: dict[str, Any] = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if golden:
        for name, columns in golden["tables"].items():
            assert name in TABLES, f"table {name} was removed: its rows in existing outputs could not be read"
            refused = refused_changes([tuple(it) for it in columns], TABLES[name].record)
            assert not refused, (
                f"{name}: {'; '.join(refused)}. Existing outputs could not be read: add a column instead"
            )
        if today["tables"] != golden["tables"]:
            assert today["schema_version"] > golden["schema_version"], (
                "the tables have changed: raise SCHEMA_VERSION in schemas/articles.py, write the golden file anew "
                "(NEWSMILL_GOLDEN=1 pytest -k golden) and add a line under *Data* in CHANGELOG.md"
            )
    if is_golden_run:
        lines = [
            f'  "{name}": [\n' + ",\n".join(f"   {json.dumps(it)}" for it in columns) + "\n  ]"
            for name, columns in today["tables"].items()
        ]
        body = ",\n".join(lines)
        GOLDEN.write_text(f'{{\n "schema_version": {SCHEMA_VERSION},\n "tables": {{\n{body}\n }}\n}}\n')
        return
    assert today == golden, (
        "schema and golden file differ: write it anew (NEWSMILL_GOLDEN=1 pytest -k golden) "
        "and add a line under *Data* in CHANGELOG.md"
    )


@record
class Stored:
    name: str = column("x")
    size: int | None = column("x")


@record
class Added:
    name: str = column("x")
    size: int | None = column("x")
    kind: str = column("x", default="none")
    parts: tuple[str, ...] = column("x", default=())
    note: str | None = column("x")


@record
class Demanding:
    name: str = column("x")
    size: int | None = column("x")
    kind: str = column("x")


@record
class Removed:
    name: str = column("x")


@record
class Retyped:
    name: str = column("x")
    size: int | None = column("x", arrow=pa.int32())


@record
class Required:
    name: str = column("x")
    size: int = column("x")


@record
class Loosened:
    name: str | None = column("x")
    size: int | None = column("x")


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (Stored, None),
        (Added, None),
        (Loosened, None),
        (Demanding, "column 'kind' of Demanding is required and has no default, but is not stored"),
        (Removed, "column 'size' is stored, but Removed has no such column"),
        (Retyped, "column 'size' is stored as int64, but Retyped declares int32"),
        (Required, "column 'size' may hold None where it is stored, but Required requires a value"),
    ],
)
def test_what_may_change(today: type, why: str | None) -> None:
    assert refused_changes(schema_columns(arrow_schema(Stored)), today) == ([why] if why else [])


def test_a_field_of_a_struct_is_a_part_of_its_type() -> None:
    columns = [
        (name, kind.replace("first: int32", "first: int64"), nullable)
        for name, kind, nullable in schema_columns(arrow_schema(Article))
    ]
    assert [why.split(" is ")[0] for why in refused_changes(columns, Article)] == ["column 'entities'"]


def test_old_rows_get_the_defaults_of_new_columns() -> None:
    assert defaults(Added) == {"size": None, "kind": "none", "parts": [], "note": None}
    old = pa.table({"size": [1, None], "name": ["a", "b"], "gone": [0, 0]})
    rows = conform(old, arrow_schema(Added), defaults(Added))
    assert rows.schema.equals(arrow_schema(Added))
    assert rows.to_pylist()[1] == {"name": "b", "size": None, "kind": "none", "parts": [], "note": None}
    assert conform(old.slice(0, 0), arrow_schema(Added), defaults(Added)).num_rows == 0
    with pytest.raises(KeyError, match="kind"):
        conform(old, arrow_schema(Demanding), defaults(Demanding))


def test_old_files_are_read_beside_new_ones(tmp_path: Path) -> None:
    commit_older(tmp_path, "r1", [article(1)], without=("version", "version_id", "text_hash", "link_id", "entities"))
    commit_rows(tmp_path, "r2", [article(2)])
    rows = open_table(str(tmp_path)).to_table().sort_by("headline").to_pylist()
    assert [(row["version"], row["version_id"] != "", row["link_id"] is None) for row in rows] == [
        (1, False, True),
        (1, True, False),
    ]


def _with_schema(manifest: Manifest, change: Any) -> Manifest:
    schemas = {name: tuple(change(it) for it in columns) for name, columns in manifest.schemas.items()}
    # A hash that no record of today has: what it stands for is what the manifest says.
    renamed = {f"old-{name}": columns for name, columns in schemas.items()}
    files = tuple(dataclasses.replace(file, schema_hash=f"old-{file.schema_hash}") for file in manifest.files)
    return dataclasses.replace(manifest, files=files, schemas=renamed)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda it: ("colour", "string", True) if it[0] == "byline" else it, "'colour' is stored, but Article has no"),
        (
            lambda it: (it[0], "string", it[2]) if it[0] == "word_count" else it,
            "stored as string, but Article declares",
        ),
        (lambda it: (it[0], it[1], True) if it[0] == "text" else it, "'text' may hold None"),
    ],
)
def test_stored_columns_that_do_not_fit_are_refused(tmp_path: Path, change: Any, why: str) -> None:
    manifest = commit_rows(tmp_path, "r1", [article(1)])
    check_schemas([manifest])
    changed = _with_schema(manifest, change)
    with pytest.raises(SchemaMismatch, match=why) as caught:
        check_schemas([changed])
    assert manifest.files[0].path in str(caught.value)
    assert "bring it back" in str(caught.value)
    # What is no longer live does not matter.
    check_schemas([changed, Manifest(run_id="c", chunk=0, files=(), removes=(manifest.files[0].path,))])


def test_a_schema_that_nothing_describes_is_refused(tmp_path: Path) -> None:
    manifest = commit_rows(tmp_path, "r1", [article(1)])
    lost = dataclasses.replace(manifest.files[0], schema_hash="0" * 32)
    with pytest.raises(SchemaMismatch, match="no manifest describes its schema"):
        check_schemas([dataclasses.replace(manifest, files=(lost,))])
    strange = dataclasses.replace(manifest.files[0], table="pictures")
    with pytest.raises(SchemaMismatch, match="table 'pictures' is unknown"):
        check_schemas([dataclasses.replace(manifest, files=(strange,))])
    assert len(Lake(str(tmp_path)).manifests()) == 1
