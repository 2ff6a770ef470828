"""``newsmill publish`` and ``--publish``, as a user meets them."""

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from schemas.tables import TABLES
from tests.export.published import READERS, check_published
from tests.support.commits import article, commit_rows
from transforms.lake.lake import Lake

TEXT = "The pier opens in May, the council says, after two years of work. " * 4


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Inputs of a run."""
    directory = tmp_path / "texts"
    directory.mkdir()
    for number in range(3):
        (directory / f"{number}.txt").write_text(f"Pier vote {number}\n\n{TEXT} Vote {number}.\n")
    return directory


def run(texts: Path, output: Path, *more: str) -> int:
    return main(["run", "--input", str(texts), "--output", str(output), "--fetch", "never", "--quiet", *more])


def test_a_run_publishes_its_commits(texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "lake"
    assert run(texts, output, "--publish", "delta,iceberg", "--chunk_documents", "1") == 0
    lake = Lake(str(output))
    assert len(lake.manifests()) == 3
    check_published(lake)
    from deltalake import DeltaTable

    assert DeltaTable(str(output / "articles")).version() == 3, "one version for each commit"
    capsys.readouterr()
    assert main(["publish", "--output", str(output)]) == 0
    said = capsys.readouterr().out
    assert said.count("nothing to do") == 2 * len(TABLES)
    assert f"delta    {output}/articles, commit 3: nothing to do" in said

    commit_rows(output, "r9", [article(1), article(2)])
    assert main(["publish", "--output", str(output), "--publish", "iceberg"]) == 0
    assert "newsmill.articles, commit 4: 1 version, 1 files more, 0 fewer" in capsys.readouterr().out
    # A takedown says that the tables lag, or publishes itself.
    assert main(["retract", str(article(1).url), "--output", str(output)]) == 0
    assert (
        "the delta and iceberg tables may list files that are gone: run 'newsmill publish'" in capsys.readouterr().err
    )
    assert main(["publish", "--output", str(output)]) == 0
    check_published(lake)
    # Where no file is gone there is nothing to say.
    for words in (["compact"], ["retract", "https://elsewhere.example/"]):
        assert main([*words, "--output", str(output)]) == 0
        assert capsys.readouterr().err == ""
    assert main(["retract", str(article(2).url), "--output", str(output), "--publish", "delta,iceberg"]) == 0
    check_published(lake)
    assert main(["compact", "--output", str(output), "--before", "2099-01-01", "--publish", "delta,iceberg"]) == 0
    check_published(lake)
    assert main(["verify", "--output", str(output)]) == 0


def test_a_run_that_cannot_publish_keeps_its_commits(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from transforms.export.publish.delta import DeltaTarget

    output = tmp_path / "lake"

    def fail(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(DeltaTarget, "commit", fail)
        commit_rows(output, "r0", [article(1)])
        assert run(texts, output, "--publish", "delta") == 1
    said = capsys.readouterr().err
    assert "committed, but not yet published: the delta table of articles: [Errno 28] No space left on device" in said
    lake = Lake(str(output))
    assert len(lake.manifests()) == 2
    assert main(["publish", "--output", str(output)]) == 0
    check_published(lake, {"delta": READERS["delta"]})


def test_what_a_user_gets_wrong(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "lake"
    assert run(texts, output, "--publish", "hudi") == 2
    assert "--publish is 'hudi': choose from delta, iceberg" in capsys.readouterr().err
    assert run(texts, output) == 0
    assert main(["publish", "--output", str(output)]) == 2
    assert "is not published yet: name the formats, such as --publish delta,iceberg" in capsys.readouterr().err
    assert run(texts, output, "--publish", "delta", "--partition_by", "in_language", "--full") == 2
    said = capsys.readouterr().err
    assert (
        "as a Delta table is partitioned by ingest_date, but the lake has files by in_language (--partition_by)" in said
    )
    for form, library in (("delta", "deltalake"), ("iceberg", "pyiceberg")):
        with monkeypatch.context() as patch:
            hide(patch, library)
            assert main(["publish", "--output", str(output), "--publish", form]) == 2
            said = capsys.readouterr().err
            assert f"tables need {library}: " in said
            assert f"pip install '{library}" in said


def hide(patch: pytest.MonkeyPatch, library: str) -> None:
    """Make an installed library one that is not."""
    real = builtins.__import__

    def find(name: str, *args: Any, **parts: Any) -> Any:
        if name.partition(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args, **parts)

    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        patch.delitem(sys.modules, name)
    patch.setattr(builtins, "__import__", find)
