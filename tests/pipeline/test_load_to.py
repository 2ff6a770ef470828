"""Databases follow runs and streams: --load_to."""

from pathlib import Path

import pytest

from pipeline.cli import main
from tests.pipeline.test_stream import Press
from tests.support.destinations import address, fetch, held_tables
from tests.support.histories import expected_rows
from tests.support.paths import ROOT
from transforms.lake.lake import Lake

pytestmark = pytest.mark.slow


def words(output: Path, *more: str) -> list[str]:
    inputs = [str(ROOT / "seeds" / "text" / name) for name in ("hafen.txt", "plain.txt", "wolves.txt")]
    given = ["run", "--input", *inputs, "--output", str(output), "--fetch", "never", "--spacy_model", "none"]
    return [*given, "--languages", "en", *more]


def assert_equal(output: Path, to: str) -> None:
    for name, rows in held_tables(to).items():
        assert rows == expected_rows(Lake(str(output)), name), name


def test_a_run_is_loaded_when_it_has_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, several = tmp_path / "lake", [address(tmp_path, kind) for kind in ("duckdb", "sqlite")]
    given = words(output, *(word for to in several for word in ("--load_to", to)))
    assert main(given) == 0
    for to in several:
        assert_equal(output, to)
    assert fetch(several[0], "SELECT count(*) > 0 FROM articles") == [(True,)]
    assert main(["load", "--output", str(output), "--to", several[0]]) == 0
    assert "articles: nothing new\n" in capsys.readouterr().out


def test_a_failed_load_undoes_nothing_and_the_next_one_makes_up_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, to = tmp_path / "lake", address(tmp_path, "sqlite")
    path = Path(to.partition(":///")[2])
    path.write_text("no database " * 1000)
    assert main(words(output, "--load_to", to)) == 1
    said = capsys.readouterr().err
    assert f"--load_to {to} failed: {path} cannot be opened: file is not a database; what the run wrote is" in said
    assert "Traceback" not in said
    path.unlink()
    assert main(words(output, "--load_to", to, "--quiet")) == 0  # reads nothing new
    assert_equal(output, to)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--load_to", "mysql://host/news"], "'mysql://host/news' is not the address of a destination"),
        (["--load_to", "duckdb:///news.duckdb", "--load_tables", "pages"], "no table 'pages': choose from articles"),
    ],
)
def test_mistakes_are_found_before_the_run(
    more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(tmp_path / "lake", *more)) == 2
    assert message in capsys.readouterr().err
    assert not Lake(str(tmp_path / "lake")).manifests()
    assert not list((tmp_path / "lake").glob("runs/*"))


def test_a_stream_is_loaded_batch_by_batch(tmp_path: Path) -> None:
    output, to = tmp_path / "lake", address(tmp_path, "duckdb")
    with Press() as server:
        given = ["stream", "--feeds", server.feed_url, "--output", str(output), "--allow_private", "--quiet"]
        given += ["--spacy_model", "none", "--delay_s", "0", "--tick_s", "0.2", "--stop_after_s", "4"]
        assert main([*given, "--min_interval_s", "1", "--max_interval_s", "1", "--load_to", to]) == 0
    assert_equal(output, to)
    loaded = fetch(to, "SELECT commit_sequence FROM newsmill_loads WHERE table_name = 'articles'")
    assert loaded == [(max(manifest.sequence for manifest in Lake(str(output)).manifests()),)]
