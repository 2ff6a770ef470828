"""Stories of commits: staged beside the articles, read back from what is committed, and from nothing else."""

import pickle
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.articles import Article
from schemas.tables import TABLES
from tests.support.commits import DAY, article, commit_older, dropped, stage_records
from tests.support.samples import make_article
from transforms.check.verify import verify
from transforms.enrich.stories.annotate import sketch_text
from transforms.enrich.stories.commit import StageStories
from transforms.enrich.stories.policy import StoryPolicy
from transforms.enrich.stories.relate import story_of
from transforms.lake.commits import Commit, commit_files
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.manifest import DataFile
from transforms.lake.read import open_table
from transforms.takedown.retract import retract

POLICY = StoryPolicy(story_days=30)


def told(n: int, start: int = 0, topic: str = "h", **changes: Any) -> Article:
    """A sketched article; those of one topic are near copies of one another."""
    words = " ".join(f"{topic}{word}" for word in range(start, start + 200))
    return sketch_text(article(n, text=words, **changes))


def commit_told(
    output: Path,
    rows: Sequence[Any],
    *,
    stories: StageStories | None = None,
    run: str = "r1",
    chunk: int = 0,
    day: date = DAY,
    policy: StoryPolicy | None = POLICY,
    by: Sequence[str] = ("ingest_date",),
) -> list[DataFile]:
    """Commit rows with their stories; gives the files of these."""
    commit = Commit(output=str(output), run_id=run, ingest_date=day, chunk=chunk)
    staged = stage_records(commit, rows, by=by)
    more = (stories or StageStories()).stage(commit, staged, policy)
    commit_files(commit, [*staged, *more])
    return more


def rows_of(output: Path, table: str) -> list[dict[str, Any]]:
    rows = open_table(str(output), table).to_table().to_pylist()
    return sorted(rows, key=lambda row: (row["run_id"], row["chunk"], row["article_id"]))


def told_in(output: Path) -> tuple[list[Any], list[Any]]:
    """What the tables say, whichever commit said it."""
    stories = [
        (row["article_id"], row["version"], row["story_id"], row["is_first"]) for row in rows_of(output, "stories")
    ]
    names = ("article_id", "version", "other_article_id", "other_version", "kind", "score", "story_id")
    return sorted(stories), sorted(repr([row[name] for name in names]) for row in rows_of(output, "relations"))


@pytest.mark.parametrize("is_one_process", [True, False])
def test_what_is_committed_is_compared_with(tmp_path: Path, is_one_process: bool) -> None:
    stories = StageStories() if is_one_process else None
    for chunk in range(3):
        commit_told(
            tmp_path, [told(chunk, 5 * chunk), told(10 + chunk, topic=f"t{chunk}-")], stories=stories, chunk=chunk
        )
    commit_told(tmp_path, [told(3, 15)], run="r2", day=DAY + timedelta(1), stories=stories)
    first = told(0).article_id
    assert {row["article_id"] for row in rows_of(tmp_path, "stories") if row["story_id"] == story_of(first)} == {
        told(n, 5 * n).article_id for n in range(4)
    }
    assert [(row["run_id"], row["chunk"]) for row in rows_of(tmp_path, "relations")] == [
        ("r1", 1),
        ("r1", 2),
        ("r2", 0),
    ]
    assert verify(str(tmp_path)) == []


def test_what_another_process_committed_is_read(tmp_path: Path) -> None:
    one, other = StageStories(), StageStories()
    for chunk in range(4):
        commit_told(tmp_path, [told(chunk, 5 * chunk)], stories=one if chunk % 2 else other, chunk=chunk)
    assert len({row["story_id"] for row in rows_of(tmp_path, "stories")}) == 1
    assert len(rows_of(tmp_path, "relations")) == 3


def test_a_commit_that_was_not_made_leaves_nothing(tmp_path: Path) -> None:
    stories = StageStories()
    commit_told(tmp_path, [told(0)], stories=stories)
    commit = Commit(output=str(tmp_path), run_id="r1", ingest_date=DAY, chunk=1)
    assert len(stories.stage(commit, stage_records(commit, [told(1, 5), told(2, topic="f")]), POLICY)) == 2
    # Killed here. The process that carries on removes what was staged, and another may commit something else.
    assert Lake(str(tmp_path)).recover() == ["removed what r1-00001 had staged: it was not yet to be committed"]
    assert len(rows_of(tmp_path, "stories")) == 1
    for again in (stories, StageStories()):
        chunk = 1 if again is stories else 2
        commit_told(tmp_path, [told(4 + chunk, 9, topic="f")], stories=again, chunk=chunk)
    assert {row["story_id"] for row in rows_of(tmp_path, "stories")} == {
        story_of(told(0).article_id),
        story_of(told(5, topic="f").article_id),
    }
    assert verify(str(tmp_path)) == []


def test_files_and_partitions_make_no_difference(tmp_path: Path) -> None:
    rows = [told(n, 7 * n, topic="hf"[n % 2], publisher_domain=f"site{n % 3}.example") for n in range(12)]
    one, other = tmp_path / "one", tmp_path / "other"
    for chunk in range(4):
        members = rows[3 * chunk : 3 * chunk + 3]
        commit_told(one, members, chunk=chunk)
        commit_told(other, members[::-1], chunk=chunk, by=("publisher_domain", "ingest_date"))
        compact(Lake(str(other)), run_id=f"c{chunk}", before=DAY + timedelta(1))
    assert told_in(one) == told_in(other)
    assert len(told_in(one)[1]) == 10
    assert verify(str(other)) == []


def test_what_is_older_than_the_window_is_not_compared_with(tmp_path: Path) -> None:
    commit_told(tmp_path, [told(0)])
    day = DAY + timedelta(30)
    commit_told(tmp_path, [told(1)], run="r2", day=day)
    commit_told(tmp_path, [told(2)], run="r3", day=day + timedelta(1), policy=StoryPolicy(story_days=1))
    commit_told(tmp_path, [told(3)], run="r4", day=day + timedelta(40))
    assert [row["is_first"] for row in rows_of(tmp_path, "stories")] == [True, False, False, True]


def test_exact_copies_are_related_once(tmp_path: Path) -> None:
    first = told(0)
    copy = dropped(1, reason="known.same_text", article_id=told(1).article_id, duplicate_of=first.article_id)
    same = dropped(2, reason="repeats.same_id", article_id=told(2).article_id, duplicate_of=first.article_id)
    commit_told(tmp_path, [first, copy, same])
    commit_told(tmp_path, [copy], chunk=1)
    (row,) = rows_of(tmp_path, "relations")
    assert (row["article_id"], row["kind"], row["story_id"]) == (
        copy.article_id,
        "exact_copy",
        story_of(first.article_id),
    )
    assert verify(str(tmp_path)) == []


def test_switched_off_nothing_is_staged(tmp_path: Path) -> None:
    assert commit_told(tmp_path, [told(0), told(1)], policy=None) == []
    plain = make_article(text="a b c " * 30)
    assert commit_told(tmp_path, [plain], chunk=1) == []


def test_articles_of_an_older_schema_are_not_compared_with(tmp_path: Path) -> None:
    commit_older(tmp_path, "r0", [told(0)], without=("text_sketch", "story_model"))
    commit_told(tmp_path, [told(1)])
    assert [row["is_first"] for row in rows_of(tmp_path, "stories")] == [True]


def test_a_takedown_removes_both_sides_and_the_story_stays(tmp_path: Path) -> None:
    first, second, third = told(0), told(1, 5), told(2, 10)
    copy = dropped(1, reason="known.same_text", article_id=told(7).article_id, duplicate_of=first.article_id)
    commits: list[list[Any]] = [[first, copy], [second], [third]]
    for chunk, rows in enumerate(commits):
        commit_told(tmp_path, rows, chunk=chunk)
    result = retract(str(tmp_path), [str(first.url)], run_id="t1")
    assert (result.rows["stories"], result.rows["relations"]) == (
        1,
        3 if len(rows_of(tmp_path, "relations")) == 0 else 2,
    )
    for table in TABLES:
        assert first.article_id not in repr(open_table(str(tmp_path), table).to_table().to_pylist())
    commit_told(tmp_path, [told(3, 12)], run="r2")
    assert {row["story_id"] for row in rows_of(tmp_path, "stories")} == {story_of(first.article_id)}
    assert verify(str(tmp_path)) == []


def test_it_pickles_without_what_it_has_read(tmp_path: Path) -> None:
    stories = StageStories()
    commit_told(tmp_path, [told(0)], stories=stories)
    assert len(pickle.dumps(stories)) < 200
    commit_told(tmp_path, [told(1)], stories=pickle.loads(pickle.dumps(stories)), chunk=1)
    assert len(rows_of(tmp_path, "relations")) == 1
