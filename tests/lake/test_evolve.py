"""Columns may be added, and nothing else; the golden file makes a change deliberate."""

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas.articles import SCHEMA_VERSION, Article, Author, CleaningAction, ImageObject
from schemas.errors import SchemaMismatch
from schemas.record import arrow_schema, column, from_row, record
from schemas.tables import TABLES
from tests.support.commits import BEFORE_SCHEMA_4, article, commit_older, commit_rows
from tests.support.paths import DATA
from transforms.check.verify import verify
from transforms.lake.compact import compact
from transforms.lake.evolve import check_schemas, conform, defaults, refused_changes
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest, schema_columns
from transforms.lake.read import open_table

GOLDEN = DATA / "golden" / "schema.json"


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


@pytest.mark.parametrize(
    ("stored", "is_fine"),
    [
        ("list<element: struct<name: string not null, url: string>>", True),
        ("list<element: struct<url: string, name: string not null>>", True),
        ("list<element: struct<name: string not null, url: string, type: string, role: string>>", True),
        ("list<element: struct<url: string>>", False),
        ("list<element: struct<name: string>>", False),
        ("list<element: struct<name: string not null, url: int64>>", False),
        ("list<element: struct<name: string not null, colour: string>>", False),
        ("struct<name: string not null>", False),
        ("list<item: struct<name: string not null>>", False),
        ("string", False),
        ("list<>", False),
    ],
)
def test_a_struct_may_get_fields_that_may_be_none(stored: str, is_fine: bool) -> None:
    columns = [
        (name, stored if name == "authors" else kind, nullable)
        for name, kind, nullable in schema_columns(arrow_schema(Article))
    ]
    assert (refused_changes(columns, Article) == []) == is_fine


def test_a_lake_of_schema_3_is_read_with_new_rows(tmp_path: Path) -> None:
    jane = (Author(name="Jane Roe", url="https://a.example/jane", type="Person"),)
    image = ImageObject(url="https://a.example/1.jpg", credit="Jane Roe")
    new = article(2, authors=jane, images=(image,), cleaning_actions=(CleaningAction(rule="x", start=0, end=1),))
    commit_older(tmp_path, "r1", [article(1, authors=jane)], without=BEFORE_SCHEMA_4)
    commit_rows(tmp_path, "r2", [new])
    check_schemas(Lake(str(tmp_path)).manifests())
    assert verify(str(tmp_path)) == []
    files = str(tmp_path / "articles" / "**" / "*.parquet")
    by_duckdb = duckdb.sql(f"from read_parquet('{files}', union_by_name = true) order by headline").to_arrow_table()
    for is_compacted in (False, True):
        if is_compacted:
            compact(Lake(str(tmp_path)), run_id="c1", before=date(2026, 2, 1))
        rows = open_table(str(tmp_path)).to_table().sort_by("headline").to_pylist()
        assert [row["authors"][0]["type"] for row in rows] == [None, "Person"]
        assert [row["authors"][0]["url"] for row in rows] == ["https://a.example/jane"] * 2
        assert [from_row(Article, row).images for row in rows] == [(), (image,)]
        # A dataset reads None from a file that lacks the column.
        assert [row["text_blocks"] or [] for row in rows] == [[], []]
        assert [row["cleaning_actions"] or [] for row in rows] == [[], [{"rule": "x", "start": 0, "end": 1}]]
    assert [row["authors"][0]["type"] for row in by_duckdb.to_pylist()] == [None, "Person"]


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
