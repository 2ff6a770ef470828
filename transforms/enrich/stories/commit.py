"""Rows of the tables stories and relations, staged beside the articles of a commit that they describe.

What is compared with is read from committed files: once in a process, then from each further commit. Nothing is kept
elsewhere, so nothing can disagree with the output; and the rows are part of the same manifest as the articles, so that
they are written exactly once, with these.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from schemas.tables import ARTICLES, DROPPED, RELATIONS, STORIES
from transforms.enrich.stories.policy import StoryPolicy
from transforms.enrich.stories.relate import Copy, Stories, Text, commit_order, story_of
from transforms.enrich.stories.sketch import read_sketch
from transforms.lake.commits import Commit
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile, Manifest, manifest_path
from transforms.lake.manifests import live_files
from transforms.lake.partitions import parse_partition
from transforms.lake.read import read_rows
from transforms.lake.stage import stage_by_day

_TEXT_COLUMNS = (
    *("article_id", "version", "version_id", "date_published", "publisher_domain", "syndicated_from", "provider_name"),
    *("text_hash", "text_sketch", "story_model", "run_id", "chunk", "ingest_date"),
)
_DROPPED_COLUMNS = ("outcome", "reason", "article_id", "duplicate_of")
_COPY_REASONS = frozenset({"repeats.same_text", "known.same_text"})


class _Stored(NamedTuple):
    """A text of a committed file.

    Attributes:
        order: by which the texts of an output are ordered: number of the commit, then the order within it.
        text: what is compared.
    """

    order: tuple[int, tuple[datetime, str], int]
    text: Text


@dataclasses.dataclass(slots=True)
class _State:
    """What a process knows of an output.

    Attributes:
        output: which one.
        first_day: what was ingested earlier is not in it.
        stories: the articles.
        seen: commits that it has, as (run_id, chunk).
        pending: a commit whose rows were staged last, and are in it, whether it was made or not.
    """

    output: str
    first_day: date
    stories: Stories
    seen: set[tuple[str, int]]
    pending: tuple[str, int] | None = None

    def settle(self, lake: Lake) -> bool:
        """Count what is pending among what was seen; False where it was not committed, and so must not be in it."""
        if self.pending is not None:
            if not lake.store.exists(manifest_path(*self.pending)):
                return False
            self.seen.add(self.pending)
            self.pending = None
        return True


class StageStories:
    """Stages what a commit adds to the tables stories and relations.

    For one process at a time: that which commits. Pickles, without what it has read.
    """

    def __init__(self) -> None:
        self._state: _State | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_state": None}

    def stage(self, commit: Commit, staged: Sequence[DataFile], policy: StoryPolicy | None) -> list[DataFile]:
        """Stage rows for the articles that are staged for a commit.

        Nothing is read of the output where the commit has no article with a sketch and no copy.

        Args:
            commit: that will be made of them.
            staged: all its files.
            policy: how far back texts are compared; None where stories are switched off, and nothing is staged.

        Returns:
            Files to commit with the others: one of each table, or none where it gets no row.

        Raises:
            OSError: a file cannot be read or written.
            CorruptManifest: a manifest cannot be read.
        """
        if policy is None:
            return []
        lake = commit.lake
        texts = [
            text
            for file in staged
            if file.table == ARTICLES.name
            for _, text in _read_texts(lake, file, is_staged=True)
        ]
        copies = [copy for file in staged if file.table == DROPPED.name for copy in _read_copies(lake, file)]
        if not texts and not copies:
            return []
        state = self._catch_up(commit, policy.story_days)
        state.pending = (commit.run_id, commit.chunk)
        related = state.stories.relate(texts, copies)
        return [stage_by_day(commit, rows) for rows in (related.parts, related.relations) if rows]

    def _catch_up(self, commit: Commit, story_days: int) -> _State:
        """Return what is known for a commit: what was known, and what was committed since."""
        lake, first_day = commit.lake, commit.ingest_date - timedelta(days=story_days)
        state = self._state
        if state is not None and (state.output, state.first_day) == (commit.output, first_day) and state.settle(lake):
            seen = {manifest_path(*one).rpartition("/")[2] for one in state.seen if one[0] == commit.run_id}
            self._load(state, lake, lake.run(commit.run_id, seen))
            return state
        state = self._state = _State(commit.output, first_day, Stories(), set())
        self._load(state, lake, lake.manifests())
        return state

    def _load(self, state: _State, lake: Lake, manifests: Sequence[Manifest]) -> None:
        """Add what some commits have."""
        if not manifests:
            return
        known = {name: {column for column, _, _ in columns} for m in manifests for name, columns in m.schemas.items()}
        sequences = {(manifest.run_id, manifest.chunk): manifest.sequence for manifest in manifests}
        stored: list[_Stored] = []
        stories: dict[str, str] = {}
        for file in live_files(manifests):
            if file.table not in (ARTICLES.name, STORIES.name, RELATIONS.name) or not _is_within(file, state.first_day):
                continue
            if file.table == STORIES.name:
                for row in read_rows(lake, file, ("article_id", "story_id")):
                    stories[row["article_id"]] = row["story_id"]
            elif file.table == RELATIONS.name:
                rows = read_rows(lake, file, ("article_id", "other_article_id", "version"))
                state.stories.load_copies(
                    Copy(row["article_id"], row["other_article_id"]) for row in rows if row["version"] is None
                )
            elif "text_sketch" in known.get(file.schema_hash, ("text_sketch",)):
                for row, text in _read_texts(lake, file):
                    if row["ingest_date"] is None or row["ingest_date"] >= state.first_day:
                        number = sequences.get((row["run_id"], row["chunk"]), 0)
                        stored.append(_Stored((number, commit_order(text), text.version), text))
        stored.sort(key=lambda one: one.order)
        texts = [one.text for one in stored]
        state.stories.load(texts, [stories.get(text.article_id) or story_of(text.article_id) for text in texts])
        state.seen.update((manifest.run_id, manifest.chunk) for manifest in manifests)


def _is_within(file: DataFile, first_day: date) -> bool:
    day = parse_partition(file.path).get("ingest_date")
    return day is None or date.fromisoformat(day) >= first_day


def _read_texts(lake: Lake, file: DataFile, *, is_staged: bool = False) -> Iterator[tuple[dict[str, Any], Text]]:
    """Texts of a file of articles that were sketched, with their rows."""
    for row in read_rows(lake, file, _TEXT_COLUMNS, is_staged=is_staged):
        if row["story_model"] is not None:
            yield (
                row,
                Text(
                    article_id=row["article_id"],
                    version=row["version"],
                    version_id=row["version_id"],
                    date=row["date_published"],
                    site=row["publisher_domain"],
                    origin=row["syndicated_from"] or row["provider_name"],
                    text_hash=row["text_hash"],
                    hashes=read_sketch(row["text_sketch"] or ""),
                ),
            )


def _read_copies(lake: Lake, file: DataFile) -> Iterator[Copy]:
    """Exact copies that a staged file of dropped has."""
    for row in read_rows(lake, file, _DROPPED_COLUMNS, is_staged=True):
        if row["reason"] in _COPY_REASONS and row["article_id"] and row["duplicate_of"]:
            yield Copy(row["article_id"], row["duplicate_of"])
