"""The rows of an output as a user reads them, and faults: rows lost or twice, files without a manifest."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from schemas.errors import CorruptManifest
from schemas.tables import FEED_STATE, FETCH_LOG, STORIES, TABLES
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files

OF_THE_RUN = ("run_id", "chunk", "ingest_date", "fetched_at", "newsmill_version", "replay_of")
"""Columns that name the run, its wall clock, or what it replayed."""


WALL_CLOCK = (FEED_STATE.name, FETCH_LOG.name)


def read_table(output: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a table as dicts, the columns of the run left out, in a fixed order."""
    where = output / table
    if not where.exists():
        return []
    rows = ds.dataset(where, partitioning="hive").to_table().to_pylist()
    kept = [{name: value for name, value in row.items() if name not in OF_THE_RUN} for row in rows]
    return sorted(kept, key=lambda row: (row.get("source_uri", ""), row.get("source_position") or 0, repr(row)))


def read_lake(output: Path) -> dict[str, list[dict[str, Any]]]:
    """All tables that an input can end in; states and requests are wall clock throughout."""
    return {table: read_table(output, table) for table in TABLES if table not in WALL_CLOCK}


def find_strays(output: Path) -> Iterator[str]:
    """Files that no manifest lists, files that a crash left behind, and files that differ from their manifest."""
    try:
        live = {file.path: file for file in live_files(Lake(str(output)).manifests())}
    except CorruptManifest as error:
        yield str(error)
        return
    for path in sorted(output.rglob("*")):
        name = path.relative_to(output).as_posix()
        if name.startswith("_staging") or name.endswith(".staged"):
            yield f"left behind: {name}"
        elif name.endswith(".parquet") and name not in live:
            yield f"no manifest has {name}"
    for name, file in live.items():
        path = output / name
        if not path.is_file():
            yield f"missing: {name}"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            yield f"not what was committed: {name}"


def compare_rows(found: Mapping[str, Sequence[Any]], expected: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """What of the tables is lost, there twice, or different."""
    for table, rows in expected.items():
        have, want = Counter(map(repr, found[table])), Counter(map(repr, rows))
        lost, more = want - have, have - want
        if lost:
            yield f"{table}: {lost.total()} rows lost, such as {next(iter(lost))[:300]}"
        if more:
            yield f"{table}: {more.total()} rows too many, such as {next(iter(more))[:300]}"


def group_stories(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> set[frozenset[str]]:
    """Which articles tell one story, by their ids, whichever of them the story began with."""
    groups = defaultdict(set)
    for row in found[STORIES.name]:
        groups[row["story_id"]].add(row["article_id"])
    return set(map(frozenset, groups.values()))


def find_duplicates(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Articles that are there twice in one version."""
    names = Counter((row["article_id"], row.get("version", 1)) for row in found["articles"])
    for (name, version), count in names.items():
        if count > 1:
            yield f"article {name} version {version} is there {count} times"
