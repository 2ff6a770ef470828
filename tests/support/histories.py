"""Random histories of a lake: runs in several commits, interrupted and carried on; versions, compactions, takedowns."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from hypothesis import Phase
from hypothesis import strategies as st

from schemas.articles import Article, Author, DateCandidate, Entity, Mention, Topic
from schemas.feeds import FeedState, Request
from schemas.mentions import EntityMention
from schemas.stories import Relation, StoryPart
from schemas.tables import TABLES
from tests.support.commits import article, commit_rows, dead_letter, dropped, replay
from transforms.export.ddl import has_unique_rows
from transforms.feeds.state import compact_states
from transforms.identity import digest
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.read import open_table
from transforms.lake.row_ids import row_ids
from transforms.takedown.retract import retract

FIRST = datetime(2026, 1, 2, 6, tzinfo=UTC)
_NUMBERS = st.integers(0, 11)

STEPS = st.one_of(
    st.tuples(st.just("run"), st.lists(st.lists(_NUMBERS, max_size=4), min_size=1, max_size=3), st.integers(0, 3)),
    st.tuples(st.just("carry_on")),
    st.tuples(st.sampled_from(["replay", "reprocess"]), st.lists(_NUMBERS, min_size=1, max_size=3)),
    st.tuples(st.just("compact")),
    st.tuples(st.just("states")),
    st.tuples(st.just("retract"), _NUMBERS),
)
"""One step: a run (numbers of the articles of each commit, and how many commits it makes before it is interrupted),
its continuation, a replay, a reprocessing, a compaction, a compaction of feed states, a takedown."""

Step = tuple[Any, ...]
ActionT = TypeVar("ActionT")

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
"""For what is too slow to look for the smallest failure; an example that failed is tried first the next time."""


def histories(
    actions: st.SearchStrategy[ActionT], *last: tuple[Step, ActionT], max_size: int
) -> st.SearchStrategy[list[tuple[Step, ActionT]]]:
    """Random histories, for :meth:`History.play`.

    Args:
        actions: what who follows the lake does after a step; nothing where it is false.
        last: steps and actions at the end of every history.
        max_size: steps before these, at most.
    """
    return st.lists(st.tuples(STEPS, actions), min_size=2, max_size=max_size).map(lambda steps: [*steps, *last])


@dataclasses.dataclass
class History:
    """A lake that steps change.

    Attributes:
        output: directory of the lake.
        step_count: steps that were made.
        interrupted: commits that interrupted runs have still to make: run, day, chunk and numbers of articles.
        versions: highest version of each article, by its number; 0 where it was taken down.
    """

    output: Path
    step_count: int = 0
    interrupted: list[tuple[str, date, int, list[int]]] = dataclasses.field(default_factory=list)
    versions: dict[int, int] = dataclasses.field(default_factory=dict)
    polls: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def lake(self) -> Lake:
        """The lake."""
        return Lake(str(self.output))

    def play(self, steps: Iterable[tuple[Step, ActionT]]) -> Iterator[ActionT]:
        """Make step after step; yield the action that follows where there is one, and something is committed."""
        for step, action in steps:
            self.apply(step)
            if action and self.lake.manifests():
                yield action

    def apply(self, step: Step) -> None:
        """Make one step."""
        self.step_count += 1
        at = FIRST + timedelta(hours=5 * self.step_count)
        name = f"{at:%Y%m%dT%H%M%SZ}-{self.step_count:06x}"
        match step:
            case ("run", chunks, stop):
                work = [(name, at.date(), number, numbers) for number, numbers in enumerate(chunks)]
                for commit in work[: stop or len(work)]:
                    self._commit(*commit)
                self.interrupted += work[stop or len(work) :]
            case ("carry_on",):
                for commit in self.interrupted:
                    self._commit(*commit)
                self.interrupted.clear()
            case ("replay" | "reprocess", numbers):
                self._commit(name, at.date(), 0, numbers, kind=step[0])
            case ("compact",) if self.lake.manifests():
                compact(self.lake, run_id=name, before=date(2027, 1, 1))
            case ("states",):
                compact_states(self.lake, self.lake.manifests(), run_id=name, ingest_date=at.date(), most_files=1)
            case ("retract", number) if self.lake.manifests():
                retract(self.lake, [str(article(number).url)], run_id=name, at=at)
                self.versions[number] = 0

    def _commit(self, run_id: str, day: date, chunk: int, numbers: Iterable[int], kind: str = "run") -> None:
        rows: list[Any] = []
        for number in numbers:
            version = self.versions.get(number)
            if version == 0:  # taken down
                continue
            self.versions[number] = version = (version or 0) + 1
            text = f"The pier opens in May. {number} {version} {run_id}. " * 9
            told = {"text": text, "version": version} if version > 1 else {}
            rows.append(article(number, **told, **_lists(number, version)))
            rows += _about(rows[-1])
            rows += [dropped(number, url=article(number).url), dropped(number)]
            rows += [replay(number, article_id=article(number).article_id)] * 2  # a list may name an input twice
            rows.append(dead_letter(number, url=article(number).url))
            rows.append(_request(str(article(number).url)))
            feed = f"https://site{number % 3}.example/feed"
            self.polls[feed] += 1
            rows.append(FeedState(feed_url=feed, poll_count=self.polls[feed], status="ok"))
        unique = {(type(row), row.letter_id) if hasattr(row, "replay_json") else number: row
                  for number, row in enumerate(rows)}  # fmt: skip
        if not any(run == run_id and number == chunk for run, number in self._committed()):
            letters = self._letters(run_id)
            kept = [row for row in unique.values() if not (hasattr(row, "replay_json") and row.letter_id in letters)]
            commit_rows(self.output, run_id, kept, day=day, chunk=chunk, kind=kind)

    def _committed(self) -> list[tuple[str, int]]:
        return [(manifest.run_id, manifest.chunk) for manifest in self.lake.manifests()]

    def _letters(self, run_id: str) -> set[str]:
        rows = open_table(self.lake, "dead_letters").to_table(columns=["letter_id", "run_id"]).to_pylist()
        return {row["letter_id"] for row in rows if row["run_id"] == run_id}


def _about(made: Article) -> list[Any]:
    """A mention in an article, its story, and a relation to another."""
    names: dict[str, Any] = {"article_id": made.article_id, "version": made.version, "version_id": made.version_id}
    story, other = digest("story", made.article_id), article(3).article_id
    return [
        EntityMention(**names, entity_id="e", name="Leeds", type="GPE", text="Leeds", start=1, end=6),
        StoryPart(**names, story_id=story, is_first=True),
        Relation(**names, other_article_id=other, kind="near_copy", score=0.5, share=0.5, other_share=0.25, lag_s=-7),
    ]


def _lists(number: int, version: int) -> dict[str, Any]:
    """Lists of an article, some of them empty, with strings that are hard to write down."""
    mentions = tuple(Mention(text="It's\n\"\\é𝒫", start=at, end=at + 7) for at in range(number % 3))
    names = [f"Ex\\u0041, {place}" for place in range((number + version) % 3)]
    return {
        "entities": tuple(Entity(name=name, type="ORG", count=1, first=0, mentions=mentions) for name in names),
        "topics": (Topic(code="04000000", label="economy", score=number / 7, source="model"),) * (number % 2),
        "authors": (Author(name="", url=None), Author(name="Ana", role="editor"))[: version % 3],
        "date_candidates": tuple(DateCandidate(source="feed", raw="?", instant=at) for at in (None, FIRST)),
        "tags": ("", "a,b", "{}")[: number % 4],
    }


def _request(url: str) -> Request:
    return Request(
        url=url, host="site.example", purpose="page", started_at=FIRST, ended_at=FIRST, duration_ms=1.0, status=200
    )


def expected_rows(lake: Lake, name: str) -> Counter[str]:
    """The rows that a copy of a table must hold, by what they hold; of feed states only the newest of each feed."""
    table = TABLES[name]
    rows = open_table(lake, name).to_table()
    pairs = list(zip(row_ids(table, rows).to_pylist(), rows.to_pylist(), strict=True))
    if table.has_only_newest and table.version:
        newest: dict[str, Mapping[str, Any]] = {}
        for key, row in pairs:
            if key not in newest or newest[key][table.version] <= row[table.version]:
                newest[key] = row
        pairs = list(newest.items())
    return Counter(f"{key} {plain(row)}" for key, row in pairs)


def plain(row: Mapping[str, Any]) -> str:
    """A row as text that is the same wherever it was read from."""
    return repr(sorted((name, value if value != [] else None) for name, value in row.items()))


class Copy:
    """A copy of a lake that applies its changes, in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[str, dict[str, Any]]]] = {name: [] for name in TABLES}

    def delete(self, table: str, ids: Iterable[str]) -> None:
        """Remove the rows with those ids."""
        gone = set(ids)
        self.rows[table] = [pair for pair in self.rows[table] if pair[0] not in gone]

    def add(self, table: str, batch: pa.RecordBatch) -> None:
        """Add rows, in place of those with the same id where a table has unique rows."""
        declared = TABLES[table]
        columns = list(declared.schema.names)
        for key, row in zip(batch.column("row_id").to_pylist(), batch.select(columns).to_pylist(), strict=True):
            if has_unique_rows(declared):
                self.rows[table] = [pair for pair in self.rows[table] if pair[0] != key]
            self.rows[table].append((key, row))

    def held(self, table: str) -> Counter[str]:
        """What it holds, as :func:`expected_rows` gives it."""
        return Counter(f"{key} {plain(row)}" for key, row in self.rows[table])
