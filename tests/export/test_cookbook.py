"""Every query of docs/warehouse-cookbook.md runs, and answers what it says, on DuckDB and PostgreSQL."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlglot

from schemas.tables import TABLES
from tests.export.conftest import Ask
from tests.support.news_lake import AT
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow(seconds=30)

COOKBOOK = (ROOT / "docs" / "warehouse-cookbook.md").read_text(encoding="utf-8")


def queries(text: str) -> dict[str, dict[str, str]]:
    """The queries by title and database; under "" the one that all share."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: dict(re.findall(r"```sql ?(\w*)\n(.*?)```", part, re.DOTALL)) for part in parts}


QUERIES = queries(COOKBOOK)

_STRIKE = "Dockers end three-week strike after deal on night shifts"
AMONG: Mapping[str, list[tuple[Any, ...]]] = {
    "How many articles does each publisher publish a day?": [
        (date(2026, 3, 20), "copy.example", 1),
        (date(2026, 3, 20), "mirror.example", 1),
        (date(2026, 3, 16), "harbourtimes.example", 2),
    ],
    "Who and what was most in the news in a week?": [
        ("Norland", "ORG", 3, 3, 1),
        ("Port Ellery", "ORG", 2, 3, 0),
    ],
    "Which names are mentioned together?": [("Estmere", "Hallow", 4), ("Estmere", "Port Ellery", 4)],
    "What is the news of each language about?": [("en", "economy, business and finance", 10, 10)],
    "How long does it take from publication to us?": [
        ("crawlherald.example", 2, 6150.0, 6987.0),
        ("harbourtimes.example", 1, 300.0, 300.0),
    ],
    "How often does each publisher revise?": [("harbourtimes.example", 11, 1, 9.1), (None, 13, 0, 0.0)],
    "What share has no date, no author, no language?": [
        (None, 13, 69.2, 30.8, 0.0),
        ("harbourtimes.example", 11, 9.1, 9.1, 0.0),
    ],
    "Which texts have several publishers?": [("Pier: copy.example", 2, 2, "copy.example, mirror.example")],
    "What was left out, and why?": [("read", "fetch.off", 5, "http://calderobserver.example/rss.xml")],
    "Why do inputs fail, and at which hosts?": [
        ("(files)", "read.bad_record", 2, None, "an entry without link and content"),
        ("site0.example", "fetch.timeout", 2, None, "no answer"),
    ],
    "Which failures were solved since?": [("fetch.timeout", 5, 1), ("read.bad_record", 2, 0)],
    "Were the pauses at a host kept?": [
        ("valleypost.example", 4, 0.25, 1, 1),
        ("www.harbourtimes.example", 3, 2.0, 0, 0),
    ],
    "Which feeds fail?": [
        ("https://gone.example/rss", "retired", 3, "fetch.http_410", "no answer", AT),
        ("https://valleypost.example/rss", "failing", 3, "fetch.timeout", "no answer", AT),
    ],
    "How much is behind a paywall?": [("copy.example", 1, 1, 0)],
    "What is new since I last looked?": [
        (2, "new", "copy.example", "Pier: copy.example"),
        (2, "revised", "harbourtimes.example", f"{_STRIKE}, union confirms"),
        (2, "new", "mirror.example", "Pier: mirror.example"),
    ],
    "Who writes for whom?": [("Sam Doe", 3, "crawlherald.example, harbourtimes.example")],
    "Where do the dates of a page contradict each other?": [
        (
            "https://www.harbourtimes.example/labour/dockers-end-strike",
            datetime(2026, 3, 16, 13, 30, tzinfo=UTC), "feed", "url", datetime(2026, 3, 1, tzinfo=UTC),
        )
    ],
    "What may not be mined?": [("copy.example", 1, 1, 1)],
}  # fmt: skip

"""Rows of the answers, in order."""


def test_there_is_one_query_for_both_or_one_for_each() -> None:
    assert len(QUERIES) >= 20
    assert {frozenset(found) for found in QUERIES.values()} == {frozenset([""]), frozenset(["duckdb", "postgres"])}
    assert {*AMONG} <= {*QUERIES}


@pytest.mark.parametrize("title", QUERIES)
def test_duckdb_answers(title: str, ask_duckdb: Ask) -> None:
    found = QUERIES[title]
    answer = ask_duckdb(found.get("duckdb") or found[""])
    assert answer.rows
    expected = AMONG.get(title, [])
    assert [row for row in answer.rows if row in expected] == expected
    assert len({*answer.columns}) == len(answer.columns)


@pytest.mark.parametrize("title", QUERIES)
def test_postgres_answers_the_same(title: str, ask_duckdb: Ask, ask_postgres: Ask) -> None:
    found = QUERIES[title]
    assert ask_postgres(found.get("postgres") or found[""]) == ask_duckdb(found.get("duckdb") or found[""])


@pytest.mark.parametrize("dialect", ["bigquery", "databricks", "redshift", "snowflake"])
def test_queries_can_be_translated(dialect: str) -> None:
    for found in QUERIES.values():
        query = found.get("duckdb") or found[""]
        if dialect == "bigquery" and "string_agg" in query:
            continue  # an order of its own for NULL cannot be given there
        (made,) = sqlglot.transpile(query, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)
        sqlglot.parse_one(made, dialect=dialect)


def test_answers_to_what_is_new_and_how_old_the_copy_is_are_whole(ask_duckdb: Ask) -> None:
    assert len(ask_duckdb(QUERIES["What is new since I last looked?"][""]).rows) == 3
    old = ask_duckdb(QUERIES["How old is this copy?"][""])
    assert [row[:3] for row in old.rows] == [(name, 2, AT) for name in sorted(TABLES)]
