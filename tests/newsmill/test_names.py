"""The public names, and what happens where another project has a package of the same name."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import newsmill
from newsmill._names import public_names
from tests.support.paths import ROOT

API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
NAMES = (
    "Amount", "ArchivePages", "Article", "ArticleRows", "AssignTopics", "AttributeQuotes", "Author", "CleaningAction",
    "Commit", "CommitFiles", "DataFile", "DateCandidate", "DeadLetter", "Document", "Dropped", "DropRepeats",
    "EnrichArticles", "Enrichment", "ENRICHMENTS", "EnrichPolicy", "Entity", "EntityMention", "EntityPolicy", "Entry",
    "Exchange", "ExtractArticles", "ExtractPolicy", "FeedState", "FetchPages", "FetchPolicy", "FindAmounts",
    "FindDates", "IdentifyLanguages", "ImageObject", "Lake", "LanguagePolicy", "Link", "Manifest", "Mention",
    "MentionedDate", "NEWSMILL_VERSION", "open_table", "OpenSources", "Origin", "PollLimits", "Quote", "ReadLimits",
    "RecognizeEntities", "Relation", "Replay", "Request", "Response", "Retrieved", "RetrieveSources", "Source",
    "SplitRows", "StageTable", "StoryPart", "StoryPolicy", "Table", "TABLES", "TextBlock", "TextLink", "Topic",
    "view_sql", "WindowedCommit", "WorkerPolicy",
)  # fmt: skip
"""What users import: a name that goes is a line in the changelog."""

BEAMS_OWN = re.compile("WARNING:root:apitools not found")
"""What Beam logs of a part that is not installed."""


def python(*words: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    environment = {**kept, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def make_package(root: Path, name: str) -> Path:
    """A package of another project."""
    package = root / name
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    return package


def test_the_names_are_these() -> None:
    assert sorted(public_names()) == sorted(NAMES)
    assert set(NAMES) <= set(dir(newsmill))
    with pytest.raises(AttributeError, match="no attribute 'Artcle'"):
        _ = newsmill.Artcle  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_what_its_module_defines(name: str) -> None:
    found = getattr(newsmill, name)
    assert found is getattr(importlib.import_module(public_names()[name]), name)
    assert getattr(found, "__module__", public_names()[name]) == public_names()[name], "defined there, not passed on"


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_documented(name: str) -> None:
    assert f"`{name}`" in API


def test_importing_it_imports_no_beam(tmp_path: Path) -> None:
    names = ("apache_beam", "pyarrow", "transforms", "schemas", "pipeline")
    done = python("-c", f"import sys, newsmill; print([name for name in {names} if name in sys.modules])", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("package", ["schemas", "transforms"])
def test_the_package_of_another_project_is_named(tmp_path: Path, package: str) -> None:
    other = make_package(tmp_path, package)
    for words in ("from newsmill import Article", f"import {package}, newsmill; newsmill.Article"):
        done = python("-c", words, cwd=tmp_path)
        assert done.returncode == 1
        *_, line = done.stderr.splitlines()
        assert line == (
            f"ImportError: newsmill needs its own package {package!r} ({ROOT / package}), but Python finds {other} "
            f"first: rename that folder, or put {ROOT} before its parent in sys.path"
        )


def test_a_folder_named_pipeline_does_not_matter_to_a_pipeline_of_ones_own(tmp_path: Path) -> None:
    make_package(tmp_path, "pipeline")
    (tmp_path / "schemas").mkdir()  # without __init__.py: Python takes it only where there is nothing else
    done = python("-c", "from newsmill import Article; print(Article.__module__)", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("schemas.articles\n", "")


def run_words(root: Path) -> list[str]:
    page = root / "page.txt"
    page.write_text("Council votes to rebuild pier\n\n" + "The council voted on Tuesday to rebuild the pier. " * 5)
    return ["run", "--input", str(page), "--output", str(root / "lake"), "--fetch", "never", "--spacy_model", "none"]


@pytest.mark.slow
def test_the_command_imports_nothing_from_where_it_is_called(tmp_path: Path) -> None:
    for package in ("schemas", "transforms", "pipeline"):
        make_package(tmp_path, package)
    done = python("-m", "newsmill", *run_words(tmp_path), "--workers", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(newsmill.open_table(str(tmp_path / "lake")).to_table()) == 1


def test_the_command_names_a_package_that_hides_its_own(tmp_path: Path) -> None:
    other = make_package(tmp_path / "theirs", "schemas")
    both = os.pathsep.join([str(other.parent), str(ROOT)])
    script = "from newsmill.__main__ import start; start()"  # as the installed script does
    for words in (("-m", "newsmill"), ("-c", script)):
        done = python(*words, "run", "--help", cwd=tmp_path, PYTHONPATH=both)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"newsmill: newsmill needs its own package 'schemas' ({ROOT / 'schemas'}), but")
        assert str(other) in done.stderr


@pytest.mark.slow
def test_the_pipeline_of_the_documentation_runs_without_a_warning(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", API, re.DOTALL)
    assert len(code.split("with beam.Pipeline()")[1].strip().splitlines()) <= 20
    strict = "import warnings\nwarnings.filterwarnings('error', module='__main__|newsmill|schemas|transforms')\n"
    (tmp_path / "example.py").write_text(strict + code)
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    done = python("example.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not BEAMS_OWN.match(line)] == []
    row = {"headline": "Thieves Steal Eleven Metres of Bronze Whale From Park", "in_language": "en"}
    assert done.stdout == f"{[row]}\n"
