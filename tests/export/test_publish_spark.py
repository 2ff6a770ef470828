"""Spark reads published tables as they are in the lake: delta-spark the Delta tables, iceberg-spark-runtime the Iceberg
ones. Versions are in tests/spark/pom.xml; ./run.sh runners spark fetches them."""

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from schemas.tables import TABLES
from tests.export.published import counted
from tests.support.commits import BEFORE_SCHEMA_4, article, commit_older, commit_rows
from tests.support.engines import SPARKS, needs_spark
from tests.support.histories import History
from transforms.export.publish.publish import Publisher
from transforms.lake.read import open_table

FORMATS = ("delta", "iceberg")
READ = Path(__file__).parents[1] / "spark/read_tables.py"
STEPS = (
    ("run", [[0, 1, 2], [3, 4]], 1), ("run", [[5, 6, 1]], 0), ("compact",), ("retract", 1), ("carry_on",),
    ("run", [[7], [8, 2]], 0), ("retract", 7), ("states",), ("run", [[9]], 0),
)  # fmt: skip
"""Runs, one of them interrupted and carried on; compactions and takedowns."""


@needs_spark
@pytest.mark.slow(120)
def test_spark_reads_what_the_lake_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a history that was published commit by commit, with compacted entries in Delta's log."""
    monkeypatch.setattr("transforms.export.publish.delta.COMPACT_EVERY", 3)
    history = History(tmp_path / "lake")
    publisher = Publisher(history.lake, FORMATS)
    for step in STEPS:
        history.apply(step)
        publisher.publish()
    assert list(history.output.glob("articles/_delta_log/*.compacted.json"))
    said = read_with_spark(history.output, tmp_path / "read")
    for name in TABLES:
        wanted = counted(open_table(history.lake, name).to_table(), name)
        for form in FORMATS:
            rows = pq.read_table(tmp_path / f"read/{form}-{name}")
            assert counted(rows, name) == wanted, (form, name)
            for field in TABLES[name].schema:
                assert said[f"{form}-{name}"]["comments"][field.name] == field.metadata[b"description"].decode()
    delta = said["delta-articles"]  # Spark names the files of no Iceberg table
    assert 0 < delta["files of the day"] < delta["files"], "files of other days are skipped"
    for form in FORMATS:
        read = said[f"{form}-articles"]
        assert read["rows of the day"] == open_table(history.lake).count_rows(filter=ds.field("ingest_date") == DAY)


DAY = date(2026, 1, 4)
"""A day of which the history has some of its files."""


def read_with_spark(lake: Path, result: Path) -> dict[str, Any]:
    """Start Spark, which writes what it reads below a directory, and return what it says of the tables."""
    result.mkdir()
    home = SPARKS[-1]
    words = [home / "venv/bin/python", READ, home / "jars", lake, result, str(DAY), *TABLES]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    said: dict[str, Any] = json.loads((result / "said.json").read_text())
    return said


@needs_spark
@pytest.mark.slow(120)
def test_spark_reads_rows_of_an_older_schema(tmp_path: Path) -> None:
    """A column that a file lacks is null; partition values with a slash, a space or none are what they were."""
    output = tmp_path / "lä ke 100%"
    by = ("publisher_domain", "ingest_date")
    domains = ["2024", "a/b ü.example", None, "100% #1?"]
    commit_rows(output, "r1", [article(n, publisher_domain=domain) for n, domain in enumerate(domains)], by=by)
    publisher = Publisher(History(output).lake, FORMATS)
    publisher.publish()
    said = read_with_spark(output, tmp_path / "read")
    wanted = counted(open_table(str(output)).to_table(), "articles")
    for form in FORMATS:
        assert counted(pq.read_table(tmp_path / f"read/{form}-articles"), "articles") == wanted, form
    assert said["delta-articles"]["files"] == len(domains)
    older = tmp_path / "older"
    without = ("version", "archive_file", "topics", *BEFORE_SCHEMA_4)
    commit_older(older, "r0", [article(10)], without=without)
    commit_rows(older, "r1", [article(1)])
    Publisher(History(older).lake, FORMATS).publish()
    read_with_spark(older, tmp_path / "read-older")
    rows = {row["article_id"]: row for row in open_table(str(older)).to_table().to_pylist()}
    for form in FORMATS:
        for row in pq.read_table(tmp_path / f"read-older/{form}-articles").to_pylist():
            key = row["article_id"]
            filled = {name for name in without if "." not in name} if key == article(10).article_id else set()
            assert row == {name: None if name in filled else value for name, value in rows[key].items()}, form
