"""The steps of CONTRIBUTING.md that add an enrichment are followed on a copy of the sources, and the result is run."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from tests.support.paths import PACKAGES, ROOT

pytestmark = pytest.mark.slow

OPTIONS = ["--spacy_model", "none", "--quiet", "--max_dead_ratio", "1", "--workers", "1"]

ASKS = "Who will rebuild the eastern pier of Ostrava Bay? The council does not say. What will it cost the fishermen?"
OLDER, NEWER = (
    f"{title}\n\n{ASKS} " + " ".join(f"{title} number {n} was read to {n * 7} people in the hall." for n in range(9))
    for title in ("The older report", "The newer report")
)
QUIZ = "A quiz\n\n" + " ".join(f"Which pier of Ostrava Bay has the number {n}?" for n in range(60))

COMMANDS = """
import json, sys
from pipeline.cli import main
for words in json.load(sys.stdin):
    code = main(words)
    print("exit code", code, flush=True)
"""


def apply_steps(text: str, tree: Path) -> None:
    """Carry out the code blocks of the steps: new files, and changes of those that are there."""
    for language, body in re.findall(r"^```(python|diff)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        head, _, rest = body.partition("\n")
        if language == "python":
            path = tree / head.removeprefix("# ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(rest)
            continue
        path, lines = tree / head.removeprefix("--- "), rest.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] == " ")
        after = "".join(line if line == "\n" else line[1:] for line in lines)
        source = path.read_text()
        assert source.count(before) == 1, f"{head}: {before!r} is not there, or more than once"
        path.write_text(source.replace(before, after))
    records = tree / "schemas" / "articles.py"
    raised = re.sub(
        r"^SCHEMA_VERSION = (\d+)$",
        lambda found: f"SCHEMA_VERSION = {int(found[1]) + 1}",
        records.read_text(),
        flags=re.MULTILINE,
    )
    records.write_text(raised)


def read(output: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a table, those of older files with None in columns that they lack."""
    files = sorted((output / table).rglob("*.parquet"))
    parts = [pq.read_table(path, partitioning=None) for path in files]
    rows: list[dict[str, Any]] = pa.concat_tables(parts, promote_options="default").to_pylist()
    return rows


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources with the enrichment of CONTRIBUTING.md."""
    tree = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    text = (ROOT / "CONTRIBUTING.md").read_text()
    apply_steps(text[text.index("## Add an enrichment") :], tree)
    return tree


@pytest.fixture(scope="module")
def output(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What today's sources have written, and then those with the enrichment."""
    folder = tmp_path_factory.mktemp("questions")
    for name, body in (("older", OLDER), ("newer", NEWER), ("quiz", QUIZ)):
        (folder / f"{name}.txt").write_text(body)
    output = folder / "lake"
    more = ["--output", str(output), *OPTIONS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["newsmill"])
        assert main(["run", "--input", str(folder / "older.txt"), "--output", str(output), *OPTIONS]) == 0
    commands(
        tree,
        [*("run", "--input", str(folder / "newer.txt"), str(folder / "quiz.txt")), *more, "--max_questions", "49"],
        ["reprocess", "--only", "questions", "--output", str(output), *OPTIONS],
        ["reprocess", "--only", "questions", "--output", str(output), *OPTIONS],
        ["verify", "--output", str(output)],
    )
    yield output


def commands(tree: Path, *words: list[str]) -> str:
    """Run commands of the sources in a tree, all of which must end well; gives what they print."""

    done = subprocess.run(
        [sys.executable, "-c", COMMANDS],
        input=json.dumps(words),
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    codes = re.findall(r"^exit code (.*)$", done.stdout, re.MULTILINE)
    assert codes == ["0"] * len(words), done.stdout + done.stderr
    return done.stdout


def test_column_and_rows_are_there_for_new_articles_and_for_old_ones(output: Path) -> None:
    articles = sorted(read(output, "articles"), key=lambda row: (row["headline"], row["version"]))
    found = [(row["headline"], row["version"], row["question_count"], row["question_model"]) for row in articles]
    assert found == [
        ("The newer report", 1, 2, "questions 1"),
        ("The older report", 1, None, None),
        ("The older report", 2, 2, "questions 1"),
    ]
    kept = {name: value for name, value in articles[2].items() if value != articles[1][name]}
    assert {*kept} <= {"version", "version_id", "question_count", "question_model", "schema_version", "run_id"}
    rows = sorted((row["article_id"], row["version"], row["start"], row["text"]) for row in read(output, "questions"))
    asked = [(0, "Who will rebuild the eastern pier of Ostrava Bay?"), (75, " What will it cost the fishermen?")]
    assert rows == sorted(
        (row["article_id"], row["version"], start, text) for row in (articles[0], articles[2]) for start, text in asked
    )


def test_its_failure_is_a_dead_letter(output: Path) -> None:
    (letter,) = read(output, "dead_letters")
    assert (letter["stage"], letter["code"]) == ("questions", "questions.too_many")
    assert letter["message"] == "60 questions, allowed are 49"


def test_its_option_lets_a_replay_succeed(output: Path, tree: Path) -> None:
    commands(tree, ["replay", "--output", str(output), "--max_questions", "60", *OPTIONS])
    (quiz,) = [row for row in read(output, "articles") if row["headline"] == "A quiz"]
    (letter,) = read(output, "dead_letters")
    assert (quiz["question_count"], quiz["replay_of"]) == (60, letter["letter_id"])
    assert [row["article_id"] for row in read(output, "questions")].count(quiz["article_id"]) == 60


def test_a_takedown_takes_its_rows(output: Path, tree: Path) -> None:
    older = next(row for row in read(output, "articles") if row["headline"] == "The older report")
    commands(tree, ["retract", older["article_id"], "--output", str(output)], ["verify", "--output", str(output)])
    assert older["article_id"] not in {row["article_id"] for row in read(output, "questions")}
    assert len(read(output, "questions")) == 2 + 60
    assert {row["headline"] for row in read(output, "articles")} == {"The newer report", "A quiz"}
