"""The main job on the seeds: all rows as expected, whatever the number of workers or replays."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli import main
from schemas.tables import TABLES
from tests.support.lakes import read_lake
from tests.support.paths import ROOT
from transforms.enrich.registry import ENRICHMENTS

GOLDEN = ROOT / "tests" / "data" / "golden" / "seeds.json"


def run_main_job(output: Path, *more: str) -> dict[str, list[dict[str, Any]]]:
    words = ["run", "--input", "seeds", "--output", str(output), "--fetch", "never", "--quiet", *more]
    assert main(words) == 0
    return read_lake(output)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        where = tmp_path_factory.mktemp("main") / "out"
        run_main_job(where)
    return where


SHORT = {
    "quotes": "{start}-{end} {speaker} ({speaker_name}) {method}",
    "amounts": "{start}-{end} {kind} {value:g} {max_value} {currency} {unit}",
    "dates_mentioned": "{start}-{end} {interval_start} {interval_end} {precision}",
}
"""Columns whose items the golden file has in short."""


def digest_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it stands in the golden file: long text shortened, mentions counted, empty columns left out."""
    shown = {name: value for name, value in row.items() if value not in (None, [], "")}
    if "text" in shown:
        shown["text"] = f"{row['text'][:60]} … {row['text'][-40:]}"
    if "entities" in shown:
        shown["entities"] = [f"{entity['name']} {entity['type']} {entity['count']}" for entity in row["entities"]]
    if "topics" in shown:
        shown["topics"] = [f"{topic['code']} {topic['source']} {topic['score']:.2f}" for topic in row["topics"]]
    if "traceback" in shown:
        shown["traceback"] = "…"
    for name, words in SHORT.items():
        if name in shown:
            shown[name] = [words.format(**item) for item in row[name]]
    for name in ("extractor", "replay_json", "text_sketch", *(enrichment.model for enrichment in ENRICHMENTS)):
        shown.pop(name, None)  # pinned elsewhere; a new version is not a new row
    return shown


def test_golden_rows(output: Path, is_golden_run: bool) -> None:
    found = {table: [digest_row(row) for row in rows] for table, rows in read_lake(output).items()}
    text = json.dumps(found, indent=1, ensure_ascii=False, default=str, sort_keys=True) + "\n"
    if is_golden_run:
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))
    actual = json.loads(text)
    for table, rows in expected.items():
        assert actual[table] == rows


def test_every_seed_is_accounted_for(output: Path) -> None:
    (path,) = output.glob("runs/*/report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["status"] == "ok"
    assert report["imbalance"] == []
    lake = read_lake(output)
    lake = {name: rows for name, rows in lake.items() if rows and "source_uri" in rows[0]}
    inputs = report["stages"][0]["entered"]
    ends = {name: rows for name, rows in lake.items() if TABLES[name].is_outcome}
    assert inputs == sum(len(rows) for rows in ends.values()) >= 75
    assert len(lake["articles"]) >= 40
    reached = {row["source_uri"] for rows in ends.values() for row in rows}
    files = {str(file.relative_to(ROOT)) for file in (ROOT / "seeds").rglob("*") if file.is_file()}
    assert files <= reached, "a seed without a row"
    by_source = Counter(row["source_uri"] for rows in ends.values() for row in rows)
    for source in report["sources"]:
        told = source["articles"] + source["duplicates"] + source["filtered"] + source["dead"]
        assert told == by_source[source["uri"]]
    assert (path.parent / "report.txt").read_text(encoding="utf-8").count("\n") > 40


def test_rows_hold_what_they_promise(output: Path) -> None:
    for row in read_lake(output)["articles"]:
        text = row["text"]
        assert text.strip() == text != ""
        assert "\n\n" not in text
        assert not (row["headline"] and text.startswith(row["headline"] + "\n"))
        for entity in row["entities"]:
            assert entity["count"] == len(entity["mentions"])
            for mention in entity["mentions"]:
                assert text[mention["start"] : mention["end"]] == mention["text"]
        if row["in_language"] == "en":
            assert row["entity_model"] == "en_core_web_md 3.7.1"
            assert row["not_run"] == []
        else:
            assert "entities.no_model" in row["not_run"]
        assert (row["date_published"] is None) == (row["date_published_precision"] is None)
        if row["date_published_precision"] == "day":
            assert row["date_published"].isoformat().endswith("T00:00:00+00:00")


def test_duckdb_answers_the_query_that_the_report_gives(output: Path) -> None:
    from pipeline.report_text import query_to_try

    rows = duckdb.sql(query_to_try(str(output))).fetchall()
    assert len(rows) == 10
    dead = duckdb.sql(f"select code, count(*) from '{output}/dead_letters/**/*.parquet' group by 1").fetchall()
    assert dict(dead)["read.corrupt"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        ("--direct_runner_bundle_repeat=2",),
        ("--direct_num_workers=2", "--direct_running_mode=multi_processing"),
    ],
    ids=["replayed", "two_workers"],
)
def test_the_same_rows_every_time(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert run_main_job(tmp_path / "out", *options) == read_lake(output)
    assert not (tmp_path / "out" / "_staging").exists()


def test_the_seeds_show_every_kind_of_enrichment(output: Path) -> None:
    def column(sql: str) -> set[object]:
        rows = f"read_parquet('{output}/articles/**/*.parquet', hive_partitioning=true)"
        return {value for (value,) in duckdb.sql(sql.format(f"(select * from {rows})")).fetchall()}

    def items(name: str, value: str) -> set[object]:
        return column(f"select x.{value} from (select unnest({name}) x from {{}})")

    assert {"en", "de", "fr", "es", "it"} <= column("select in_language from {}")
    assert {"PERSON", "ORG", "GPE", "LOC"} <= items("entities", "type")
    assert {"NO", "JP", "LU"} <= items("entities", "country")
    assert {True, False} <= items("entities", "is_metonym")
    assert {"publisher", "classifier"} == items("topics", "source")
    assert {"after", "before", "pronoun", "continued"} <= items("quotes", "method")
    assert {"Liv Haugland", "Ole Brandt"} <= items("quotes", "speaker_name")
    assert {"money", "percent", "quantity"} == items("amounts", "kind")
    assert {"USD", "EUR", "NOK", "JPY"} <= items("amounts", "currency")
    assert {"percent", "percentage_point", "basis_point", "megawatt", "meter"} <= items("amounts", "unit")
    assert 110_000_000 in items("amounts", "max_value")
    assert {"day", "week", "month", "quarter", "year", "decade"} <= items("dates_mentioned", "precision")
    assert {"absolute", "relative"} == items("dates_mentioned", "relation")
    assert column("select count(*) > 40 from {} where lead_summary is not null and len(keyphrases) > 0") == {True}
    relations = duckdb.sql(f"select kind from '{output}/relations/**/*.parquet'").fetchall()
    assert {kind for (kind,) in relations} >= {"exact_copy", "near_copy", "update"}
