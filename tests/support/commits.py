"""Small lakes, committed as runs commit them."""

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.articles import Article, DeadLetter, Dropped, Replay
from schemas.record import arrow_schema
from schemas.tables import ARTICLES, TABLES, table_of
from tests.support.samples import TEXT, make_article
from transforms.identity import digest, version_id
from transforms.lake import files
from transforms.lake.commit_steps import commit_manifest
from transforms.lake.commits import Commit, commit_files
from transforms.lake.lake import Lake
from transforms.lake.manifest import (
    DataFile,
    Manifest,
    data_path,
    manifest_from_json,
    manifest_to_json,
    schema_columns,
    schema_hash,
)
from transforms.lake.manifests import live_files
from transforms.lake.partitions import partition_path
from transforms.lake.stage import encode_table, stage_table

DAY = date(2026, 1, 2)


def article(n: int, **changes: Any) -> Article:
    """An article of its own for each number, whose ids fit."""
    values = {"url": f"https://site{n % 3}.example/{n}", "headline": f"Pier vote {n}", "text": f"{TEXT} Vote {n}."}
    made = make_article(**(values | changes))
    return dataclasses.replace(made, version_id=version_id(made.article_id, made.content_hash))


def dead_letter(n: int, **changes: Any) -> DeadLetter:
    base = DeadLetter(
        letter_id=digest("letter", str(n)), stage="fetch", code="fetch.timeout", message="no answer", host=None,
        url=f"https://site{n % 3}.example/dead/{n}", source_uri="feeds/a.xml", source_kind="rss",
        replay_json="{}", newsmill_version="0",
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def dropped(n: int, **changes: Any) -> Dropped:
    base = Dropped(
        outcome="duplicate", stage="repeats", reason="repeats.same_text", message="same text",
        url=f"https://copy.example/{n}", source_uri="feeds/a.xml", source_kind="rss", source_position=n,
        newsmill_version="0",
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def replay(n: int, **changes: Any) -> Replay:
    base = Replay(letter_id=digest("letter", str(n)), outcome="article", attempts=2, newsmill_version="0")
    return dataclasses.replace(base, **changes)


def stage_records(commit: Commit, rows: Iterable[Any], *, by: Sequence[str] = ("ingest_date",)) -> list[DataFile]:
    """Stage rows of any tables as a pipeline does; those of articles in directories of the columns ``by``."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for plain in rows:
        row = commit.stamp(plain)
        table = table_of(type(row))
        columns = by if table is ARTICLES else table.partition
        groups.setdefault((table.name, partition_path(row, columns)), []).append(row)
    return [
        stage_table(commit, TABLES[name], members, partition, partition_by=by if name == ARTICLES.name else None)
        for (name, partition), members in sorted(groups.items())
    ]


def commit_rows(
    output: Path | str,
    run_id: str,
    rows: Iterable[Any],
    *,
    day: date = DAY,
    by: Sequence[str] = ("ingest_date",),
    chunk: int = 0,
    **parts: Any,
) -> Manifest:
    """Commit rows of any tables as one chunk of a run."""
    commit = Commit(output=str(output), run_id=run_id, ingest_date=day, chunk=chunk)
    return commit_files(commit, stage_records(commit, rows, by=by), **parts)


def live_paths(output: Path, table: str | None = None) -> list[Path]:
    """The files that count."""
    return [output / file.path for file in live_files(Lake(str(output)).manifests(), table)]


BEFORE_SCHEMA_4 = (
    "text_raw", "cleaning_actions", "text_blocks", "links", "images", "extraction_confidence", "page_type",
    "is_truncated", "truncated_reason", "dateline", "provider_name", "date_candidates", "authors.type", "authors.role",
)  # fmt: skip
"""Columns and fields that articles did not have in schema 3."""


def older_field(field: pa.Field, without: Sequence[str]) -> pa.Field:
    """A column of lists of structs without some of their fields."""
    names = {name.partition(".")[2] for name in without if name.startswith(f"{field.name}.")}
    if not names:
        return field
    inner = field.type.value_type
    kept = [part for part in map(inner.field, range(inner.num_fields)) if part.name not in names]
    return field.with_type(pa.list_(field.type.value_field.with_type(pa.struct(kept))))


def commit_older(output: Path, run_id: str, rows: Sequence[Article], *, without: Sequence[str]) -> Manifest:
    """Commit articles as a newsmill did that did not have some columns, or fields such as "authors.type"."""
    stamped = [dataclasses.replace(row, run_id=run_id, ingest_date=DAY) for row in rows]
    whole = pa.schema([older_field(field, without) for field in arrow_schema(Article) if field.name not in without])
    table = pq.read_table(pa.BufferReader(encode_table(stamped, ARTICLES)[0]))
    table = table.drop_columns([name for name in without if "." not in name])
    for name in {name.partition(".")[0] for name in without if "." in name}:
        field = whole.field(name)
        place = table.schema.get_field_index(name)
        table = table.set_column(place, field, table.column(name).cast(field.type))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = sink.getvalue().to_pybytes()
    commit = Commit(output=str(output), run_id=run_id, ingest_date=DAY)
    staged = files.join(commit.staging, "old.staged")
    files.write_bytes(staged, data)
    file = DataFile(
        table="articles", path=data_path("articles", f"ingest_date={DAY}", run_id, 0, 0), staged=staged,
        rows=len(rows), bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), schema_hash=schema_hash(whole),
    )  # fmt: skip
    manifest = Manifest(run_id=run_id, chunk=0, files=(file,), schemas={file.schema_hash: schema_columns(whole)})
    commit_manifest(commit.lake.store, manifest)
    return manifest


NEWER_TEXT = "The pier opens in May. " * 9


def commit_mixed(output: Path) -> Path:
    """Three runs of twelve articles: one with other partitions, one of an older schema, one with a second version."""
    commit_rows(output, "r1", [article(n) for n in range(5)] + [dead_letter(1), dropped(1), replay(1)])
    rows = [article(n, publisher_domain="2024" if n % 2 else "a/b.example") for n in range(5, 9)]
    commit_rows(output, "r2", rows, by=("publisher_domain", "ingest_date"), day=date(2026, 1, 3))
    commit_rows(output, "r3", [article(1, text=NEWER_TEXT, version=2), article(9, publisher_domain=None)], chunk=4)
    commit_older(output, "r0", [article(10)], without=("version", "archive_file", "topics", *BEFORE_SCHEMA_4))
    return output


def forge(output: Path, file: Path, table: pa.Table) -> None:
    """Replace a data file and make its manifest list the new one: only the rows can give it away."""
    pq.write_table(table, file, compression="zstd")
    data, name = file.read_bytes(), file.relative_to(output).as_posix()
    for path in (output / "runs").glob("*/manifest-*.json"):
        manifest = manifest_from_json(path.read_bytes())
        forged = tuple(
            dataclasses.replace(item, rows=table.num_rows, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
            if item.path == name
            else item
            for item in manifest.files
        )
        path.write_bytes(manifest_to_json(dataclasses.replace(manifest, files=forged)))
