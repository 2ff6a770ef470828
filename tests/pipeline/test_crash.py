"""Runs that are killed, or meet a full disk, a closed one, a broken file, a clock set back: nothing lost or twice."""

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crash import Plan, compare_with_made, run_crashes
from pipeline.cli import main
from pipeline.parse import parse
from pipeline.run import run
from pipeline.settings import settings_from
from tests.support.corpus import make_corpus, read_corpus, story_record
from tests.support.lakes import compare_rows, find_duplicates, find_strays, read_lake
from tests.support.paths import ROOT
from transforms.lake import files
from transforms.lake.commit_steps import INTENT, commit_manifest
from transforms.lake.lake import Lake
from transforms.lake.local import LocalStore
from transforms.lake.manifest import DataFile, Manifest, manifest_path
from transforms.lake.manifests import live_files

pytestmark = pytest.mark.slow(seconds=60)

OPTIONS = ("--fetch", "never", "--spacy_model", "none", "--max_dead_ratio", "1", "--quiet")
Rows = dict[str, list[dict[str, Any]]]


def carry_out(inputs: Path, output: Path, *more: str) -> int:
    return main(["run", "--input", str(inputs), "--output", str(output), *OPTIONS, "--chunk_documents", "30", *more])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs") / "corpus"
    make_corpus(folder, 80, seed=3)
    return folder


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """A lake that nothing happened to, and its rows."""
    output = tmp_path_factory.mktemp("undisturbed") / "lake"
    assert carry_out(corpus, output) == 0
    return output, read_lake(output)


def copy_of(lake: Path, to: Path) -> Path:
    for path in lake.rglob("*"):
        if path.is_file():
            files.write_bytes(str(to / path.relative_to(lake)), path.read_bytes())
    return to


def assert_whole(output: Path, expected: Rows) -> None:
    found = read_lake(output)
    assert list(compare_rows(found, expected)) == []
    assert list(find_strays(output)) == []
    assert list(find_duplicates(found)) == []


def test_killed_at_random_instants(tmp_path: Path) -> None:
    """The small form of ``benchmarks/crash.py``."""
    make_corpus(tmp_path / "corpus", 150, seed=1)
    found = run_crashes(Plan(tmp_path / "corpus", tmp_path, chunk_documents=40), kills=6, seed=1)
    assert found["differences"] == []
    assert found["kills"] == 6
    assert found["rows"]["articles"] > 130


def test_the_crash_test_would_notice(undisturbed: tuple[Path, Rows], tmp_path: Path) -> None:
    lake, expected = undisturbed
    output = copy_of(lake, tmp_path / "lake")
    assert_whole(output, expected)
    first = next(output.glob("articles/**/*.parquet"))
    second = first.with_name("copy.parquet")
    second.write_bytes(first.read_bytes())
    assert any("no manifest has" in fault for fault in find_strays(output))
    assert any("rows too many" in fault for fault in compare_rows(read_lake(output), expected))
    assert list(find_duplicates(read_lake(output)))
    first.unlink()
    second.unlink()
    assert any("missing" in fault for fault in find_strays(output))
    assert any("rows lost" in fault for fault in compare_rows(read_lake(output), expected))
    (output / "_staging").mkdir()
    assert any("left behind" in fault for fault in find_strays(output))


class _Killed(BaseException):
    """Stands for SIGKILL at one instant."""


_OPERATIONS = ("write", "replace", "move", "remove", "remove_tree")


@contextlib.contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, instant: int) -> Iterator[list[int]]:
    """Operation number ``instant // 2`` never happens, or is the last to happen. Yields how many were begun."""
    begun = [0]

    def wrap(do: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*words: Any) -> Any:
            number, begun[0] = begun[0], begun[0] + 1
            if number == instant // 2 and instant % 2 == 0:
                raise _Killed
            done = do(*words)
            if number == instant // 2:
                raise _Killed
            return done

        return operation

    with monkeypatch.context() as patch:
        for name in _OPERATIONS:
            patch.setattr(LocalStore, name, wrap(getattr(LocalStore, name)))
        yield begun


def test_killed_at_every_step_of_a_commit_that_replaces_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All old files or all new ones at every instant, and all new ones once the intent is written."""

    def stage(output: Path, run_id: str, count: int, **parts: Any) -> Manifest:
        staging = Lake(str(output)).staging(run_id, 0)
        made = []
        for n in range(count):
            staged, path = f"{staging}/{n}.staged", f"articles/ingest_date=2026-01-01/{run_id}-{n}.parquet"
            files.write_bytes(staged, run_id.encode())
            made.append(
                DataFile(table="articles", path=path, staged=staged, rows=1, bytes=4, sha256="", schema_hash="")
            )
        return Manifest(run_id=run_id, chunk=0, files=tuple(made), **parts)

    def names(output: Path) -> list[str]:
        return sorted(path.name for path in output.rglob("*.parquet"))

    old, new = ["old-0.parquet", "old-1.parquet"], ["new-0.parquet", "new-1.parquet", "new-2.parquet"]
    outcomes = Counter[bool]()
    for instant in range(100):
        output = tmp_path / f"{instant}"
        store = Lake(str(output)).store
        commit_manifest(store, stage(output, "old", 2))
        removes = tuple(file.path for file in live_files(Lake(str(output)).manifests()))
        manifest = stage(output, "new", 3, kind="compact", removes=removes)
        with killed_at(monkeypatch, instant) as begun, contextlib.suppress(_Killed):
            commit_manifest(store, manifest)
        is_meant = (
            Path(Lake(str(output)).staging("new", 0), INTENT).exists() or (output / manifest_path("new", 0)).exists()
        )
        # The next run may be killed while it carries on, too.
        with killed_at(monkeypatch, instant % 7), contextlib.suppress(_Killed):
            Lake(str(output)).recover()
        Lake(str(output)).recover()
        assert names(output) == (new if is_meant else old), f"killed at {instant}"
        outcomes[is_meant] += 1
        live = {Path(file.path).name for file in live_files(Lake(str(output)).manifests())}
        assert sorted(live) == names(output)
        assert not (output / "_staging").exists()
        assert Lake(str(output)).recover() == []
        if instant // 2 >= begun[0]:
            break
    assert outcomes[False] >= 3, "before the intent has its name"
    assert outcomes[True] >= 2 * 7, "three moves, manifest, two removed, staging"
    assert outcomes.total() < 100, "the commit came to its end"


def test_a_full_disk_is_one_line_and_the_next_run_carries_on(
    corpus: Path, undisturbed: tuple[Path, Rows], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A limit of the file size stands for the disk: writes fail half-way through in the same way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (0, 6_000, 9_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            code = carry_out(corpus, tmp_path / "lake")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        shown = capsys.readouterr().err
        assert code == 1
        assert "too large" in shown
        if most:
            assert len([line for line in shown.splitlines() if line.startswith("newsmill: ")]) == 1
    assert carry_out(corpus, tmp_path / "lake") == 0
    assert_whole(tmp_path / "lake", undisturbed[1])


def _obey_permissions() -> None:
    """Root, too: without this capability it may not write where a directory says so."""
    drop_from_bounding_set, may_override_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, may_override_permissions, 0, 0, 0)


def test_a_closed_output_is_one_line(corpus: Path, undisturbed: tuple[Path, Rows], tmp_path: Path) -> None:
    lake, expected = undisturbed
    output = copy_of(lake, tmp_path / "lake")
    places = [output, *(path for path in output.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    try:
        words = [sys.executable, "-m", "pipeline", "run", "--input", str(corpus), "--output", str(output), *OPTIONS]
        done = subprocess.run(
            words,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=_obey_permissions,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for place in places:
            place.chmod(0o755)
    told = [line for line in done.stderr.splitlines() if line.startswith("newsmill: ")]
    assert done.returncode in (1, 2), done.stderr
    assert len(told) == 1
    assert str(output) in told[0]
    assert "Traceback" not in done.stderr
    assert_whole(output, expected)


def test_a_clock_set_back_loses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import random

    def run_on(day: int, *numbers: int, changed: bool = False) -> None:
        path = tmp_path / "in.jsonl"
        records = [json.loads(story_record(random.Random(n), n)) for n in numbers]
        for record in records:
            record["text"] += " It was corrected later." * changed
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        words = ["run", "--input", str(path), "--output", str(tmp_path / "lake"), *OPTIONS]
        known, beam_args = parse(words)
        settings = settings_from(known, beam_args, now=datetime(2026, 3, day, 12, tzinfo=UTC))
        assert run(settings, arguments=words) == 0, capsys.readouterr().err

    run_on(20, 1, 2, 3)
    run_on(2, 2, 3, 4)
    run_on(1, 4, changed=True)
    run_on(1, 1, 2, 3)
    rows = read_lake(tmp_path / "lake")["articles"]
    versions = sorted((row["url"].rsplit("/", 1)[-1], row["version"]) for row in rows)
    assert versions == [("1", 1), ("2", 1), ("3", 1), ("4", 1), ("4", 2)]
    assert list(find_strays(tmp_path / "lake")) == []


def test_a_corrupt_manifest_is_one_line_that_names_it(
    corpus: Path,
    undisturbed: tuple[Path, Rows],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake, expected = undisturbed
    output = copy_of(lake, tmp_path / "lake")
    manifest = sorted(output.glob("runs/*/manifest-*.json"))[0]
    whole = manifest.read_bytes()
    before = {path: path.read_bytes() for path in output.rglob("*.parquet")}
    for cut in (whole[: len(whole) // 2], b"", b"[]"):
        manifest.write_bytes(cut)
        assert carry_out(corpus, output) == 1
        assert_one_line(capsys.readouterr().err, str(manifest))
        assert {path: path.read_bytes() for path in output.rglob("*.parquet")} == before, "nothing is touched"
    manifest.write_bytes(whole)
    assert_whole(output, expected)
    assert carry_out(corpus, output) == 0
    assert compare_articles(output, expected) == []


def assert_one_line(shown: str, name: str) -> None:
    """Standard error has one line of newsmill, which names the file, and no traceback."""
    (line,) = [line for line in shown.splitlines() if line.startswith("newsmill: ")]
    assert name in line
    assert "Traceback" not in shown


def compare_articles(output: Path, expected: Rows) -> list[str]:
    found = read_lake(output)
    return list(compare_rows({"articles": found["articles"]}, {"articles": expected["articles"]}))


def test_a_truncated_file_is_one_line_that_names_it(
    corpus: Path,
    undisturbed: tuple[Path, Rows],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake, expected = undisturbed
    output = copy_of(lake, tmp_path / "lake")
    path = sorted(output.glob("articles/**/*.parquet"))[0]
    whole = path.read_bytes()
    for keep in (0, 4, 2000):
        path.write_bytes(whole[:keep])
        assert carry_out(corpus, output) == 1
        assert_one_line(capsys.readouterr().err, path.name)
    path.write_bytes(whole)
    assert carry_out(corpus, output) == 0
    assert compare_articles(output, expected) == []


def test_what_was_put_in_would_be_missed(undisturbed: tuple[Path, Rows], corpus: Path) -> None:
    """The benchmark compares with the inputs, too: an undisturbed run that loses a row must not pass."""
    made, found = read_corpus(corpus), undisturbed[1]
    assert list(compare_with_made(found, made, {})) == []
    articles = found["articles"]
    cut = {**articles[0], "text": articles[0]["text"][:20]}
    other = {**articles[0], "headline": "Never made"}
    sought: dict[str, Rows] = {
        "1 stories are not an article": {"articles": articles[1:]},
        "1 stories are there more than once": {"articles": [*articles, articles[0]]},
        "1 articles lack a paragraph": {"articles": [cut, *articles[1:]]},
        "1 articles are not a story": {"articles": [*articles, other]},
        "are in no table": {"dropped": []},
        "went through without a letter": {"dead_letters": []},
    }
    for fault, tables in sought.items():
        assert any(fault in told for told in compare_with_made({**found, **tables}, made, {})), fault
    assert any(
        "not read from their page" in told for told in compare_with_made(found, made, {articles[0]["headline"]: []})
    )
