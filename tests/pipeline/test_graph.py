"""One graph for all chunks of a run: built once, and what differs between chunks is data."""

from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import StandardOptions

from pipeline.beam_pipeline import make_options, make_pipeline, run_to_end
from pipeline.cli import main
from pipeline.news import MakeNews
from tests.support.lakes import read_table
from transforms.current import CurrentValue

SENTENCE = "The ferry number %d leaves Port Ellery for London and comes back in the evening of the same day. "
TEXT = '{"url": "https://press.example/%d", "title": "Notice %d", "text": "' + 4 * SENTENCE + '"}\n'


def _keep(element: int, directory: str) -> None:
    (Path(directory) / str(element)).touch()


def test_a_pipeline_is_run_to_end_with_other_data(tmp_path: Path) -> None:
    value = CurrentValue(str(tmp_path / "value"))
    pipeline = make_pipeline(make_options(()))
    numbers = pipeline | beam.Impulse() | beam.FlatMap(lambda _, value: value.get(), value)
    _ = numbers | beam.Reshuffle() | beam.Map(_keep, str(tmp_path))
    for given in ([1, 2], [3], []):
        value.replace(given)
        run_to_end(pipeline)
    assert {path.name for path in tmp_path.iterdir()} == {"value", "1", "2", "3"}


def test_a_value_is_read_when_it_has_changed(tmp_path: Path) -> None:
    value = CurrentValue(str(tmp_path / "value"))
    with pytest.raises(FileNotFoundError):
        value.get()
    value.replace(1)
    assert value.get() == 1
    value.replace(2)
    assert value.get() == 2


def test_views_of_options_are_made_once_and_share_what_is_set() -> None:
    options = make_options(("--runner", "PrismRunner"))
    view = options.view_as(StandardOptions)
    assert options.view_as(StandardOptions) is view
    view.streaming = True
    assert options.view_as(StandardOptions).streaming


@pytest.mark.slow
def test_a_run_of_several_chunks_builds_one_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for n in range(4):
        (inputs / f"{n}.jsonl").write_text(TEXT % ((n,) * 6), encoding="utf-8")
    built: list[Any] = []

    def count(*args: Any, **kwargs: Any) -> Any:
        built.append(kwargs)
        return MakeNews(*args, **kwargs)

    monkeypatch.setattr("pipeline.graph.MakeNews", count)
    output = tmp_path / "lake"
    words = ["--chunk_documents", "1", "--fetch", "never", "--quiet", "--spacy_model", "none"]
    assert main(["run", "--input", str(inputs), "--output", str(output), *words]) == 0
    assert len(list(output.glob("runs/*/manifest-*.json"))) == 4
    assert {row["headline"] for row in read_table(output, "articles")} == {f"Notice {n}" for n in range(4)}
    assert len(built) == 1
