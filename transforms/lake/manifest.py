"""The manifest of a commit, as a value and as JSON. The manifest is the commit: it is written last."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from transforms.lake.run_directory import RUNS
from transforms.parsers import parse_json

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST_VERSION = 1

CommitKind = Literal["run", "stream", "replay", "reprocess", "compact", "retract"]
"""What makes a commit: one of the jobs, a merge of small files, or a takedown."""

DELTA_LOG = "_delta_log"
"""Directory below a table with the log of its Delta table, where it is published; no data file is in it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """One file of a commit. Paths are relative to the output, with forward slashes."""

    table: str
    path: str
    staged: str
    rows: int
    bytes: int
    sha256: str
    schema_hash: str

    @property
    def is_parquet(self) -> bool:
        """Whether it holds rows of a table; other files are committed with them, and only their bytes are checked."""
        return self.path.endswith(".parquet")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """All files of one commit, of all tables, and what the commit takes away.

    What an output holds is the files of all its manifests without what any of them removes; paths are
    never used twice, so that needs no order.

    Attributes:
        sequence: number of the commit in the output, from 1: one more than the commit before has. 0 where there is
            none: before the commit, and as stored by a newsmill that gave none. Manifests read with
            :func:`~transforms.lake.manifests.read_all` all have one; number_manifests has the rule.
        committed_at: UTC instant at which the manifest was written; None where sequence is 0.
        kind: what made it.
        removes: paths of files that this commit replaces or takes away.
        retracted: article_ids that were taken down and must not come back.
        deleted: ids of the rows that a takedown removed, by table, as row_ids makes them; None where they were not
            recorded, by a newsmill that wrote schema 4 or before.
        continues: sources of which the chunk did not read all, as plain dicts: the next chunk begins with them.
        took: how many elements of the plan the chunk began with, where it was cut; None for a whole chunk.
        counters: what the chunk counted, ``<stage>.<outcome>`` to number.
        schemas: schema_hash to its columns, as (name, type, nullable).
    """

    run_id: str
    chunk: int
    files: tuple[DataFile, ...]
    sequence: int = 0
    committed_at: datetime | None = None
    kind: CommitKind = "run"
    removes: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    deleted: Mapping[str, tuple[str, ...]] | None = None
    continues: tuple[Mapping[str, Any], ...] = ()
    took: int | None = None
    counters: Mapping[str, int] = dataclasses.field(default_factory=dict)
    schemas: Mapping[str, tuple[tuple[str, str, bool], ...]] = dataclasses.field(default_factory=dict)

    def rows(self, table: str) -> int:
        """Rows of one table."""
        return sum(file.rows for file in self.files if file.table == table)


def format_instant(instant: datetime) -> str:
    """Return an instant as it is stored in a manifest.

    >>> format_instant(datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC))
    '2026-01-02T03:04:05.678Z'
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Read what :func:`format_instant` wrote.

    Raises:
        ValueError: not an instant, or one without a zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return instant.astimezone(UTC)


def manifest_path(run_id: str, chunk: int) -> str:
    """Return where the manifest of a commit is, below the output."""
    return f"{RUNS}/{run_id}/manifest-{chunk:05d}.json"


def data_path(table: str, partition: str, run_id: str, chunk: int, shard: int) -> str:
    """Final name of a data file below the output; a pure function, so that a repeat gives the same."""
    return f"{table}/{partition}/{run_id}-{chunk:05d}-{shard:03d}.parquet"


def schema_columns(schema: "pa.Schema") -> tuple[tuple[str, str, bool], ...]:
    """Return names, types and nullability of a schema; its descriptions left out."""
    return tuple((field.name, str(field.type), field.nullable) for field in schema)


def schema_hash(schema: "pa.Schema") -> str:
    """Hash of names, types and nullability; blind to descriptions."""
    text = "\n".join(f"{name} {kind} {nullable}" for name, kind, nullable in schema_columns(schema))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def manifest_to_json(manifest: Manifest) -> bytes:
    """Return the stored form; the same manifest gives the same bytes."""
    files = [
        {name: value for name, value in dataclasses.asdict(file).items() if name != "staged"}
        for file in sorted(manifest.files, key=lambda file: file.path)
    ]
    body = {
        "manifest_version": MANIFEST_VERSION,
        "kind": manifest.kind,
        "run_id": manifest.run_id,
        "chunk": manifest.chunk,
        **({"sequence": manifest.sequence} if manifest.sequence else {}),
        **({"committed_at": format_instant(manifest.committed_at)} if manifest.committed_at else {}),
        "rows": {table: manifest.rows(table) for table in sorted({file.table for file in manifest.files})},
        "files": files,
        "removes": sorted(manifest.removes),
        "retracted": sorted(manifest.retracted),
        **(
            {}
            if manifest.deleted is None
            else {"deleted": {name: sorted(ids) for name, ids in manifest.deleted.items()}}
        ),
        "continues": list(manifest.continues),
        **({} if manifest.took is None else {"took": manifest.took}),
        "counters": dict(sorted(manifest.counters.items())),
        "schemas": {name: manifest.schemas[name] for name in sorted(manifest.schemas)},
    }
    return json.dumps(body, indent=1, ensure_ascii=False).encode() + b"\n"


def manifest_from_json(data: bytes) -> Manifest:
    """Return a manifest as it was stored.

    Raises:
        ValueError: not a manifest, or one of a later version.
    """
    body = parse_json(data)
    if not isinstance(body, dict) or body.get("manifest_version") != MANIFEST_VERSION:
        raise ValueError("not a manifest that this version of newsmill reads")
    try:
        files = tuple(DataFile(staged="", **file) for file in body["files"])
        schemas = {
            name: tuple((str(column), str(kind), bool(null)) for column, kind, null in columns)
            for name, columns in body["schemas"].items()
        }
        return Manifest(
            run_id=body["run_id"],
            chunk=body["chunk"],
            files=files,
            sequence=int(body.get("sequence", 0)),
            committed_at=parse_instant(body["committed_at"]) if "committed_at" in body else None,
            kind=body["kind"],
            removes=tuple(body["removes"]),
            retracted=tuple(body["retracted"]),
            deleted={name: tuple(ids) for name, ids in body["deleted"].items()} if "deleted" in body else None,
            continues=tuple(body["continues"]),
            took=body.get("took"),
            counters=dict(body["counters"]),
            schemas=schemas,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"a manifest with missing or unknown parts: {error}") from error
