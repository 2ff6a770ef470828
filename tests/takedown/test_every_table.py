"""Each table, one that a test adds included: written, compacted, verified, loaded, counted and taken down."""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import apache_beam as beam
import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.dictionary import render_dictionary
from pipeline.row_counts import count_rows
from schemas import tables
from schemas.articles import Article
from schemas.documents import Link, Origin
from schemas.record import column, from_row, record, row
from schemas.stored_row import StoredRow
from schemas.tables import ARTICLES, TABLES, Counters, Follows, Keeps, Names, Table
from tests.support.commits import article, commit_rows
from tests.support.table_rows import make_row
from transforms.check.verify import check_lake, verify
from transforms.export.views import view_sql
from transforms.identity import link_id
from transforms.lake.commits import Commit
from transforms.lake.compact import compact
from transforms.lake.lake import Lake
from transforms.lake.read import open_table
from transforms.lake.write import CommitFiles, StageTable
from transforms.takedown.retract import retract

URL = "https://daily.example/2026/keys-of-the-lighthouse"
SECRET = "A fictitious clerk mislaid the keys of the lighthouse."


@record
class Quote(StoredRow):
    """One quotation of a toy table."""

    article_id: str = column("Article that it stands in.")
    start: int = column("Offset of its first code point.")
    text: str = column("The words.")


QUOTES = Table(
    name="quotes",
    record=Quote,
    key=("article_id", "start"),
    unique=True,
    takedown=Follows("article_id"),
    counted=Counters(("quotes.rows",)),
)


@pytest.fixture(autouse=True)
def quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table more, which nothing but its declaration says anything of."""
    monkeypatch.setitem(TABLES, QUOTES.name, QUOTES)  # type: ignore[arg-type]


NAMES = [*TABLES, QUOTES.name]


def scandal() -> Article:
    return dataclasses.replace(article(7, url=URL, text=f"{SECRET} " * 5, headline=SECRET), link_id=link_id(URL))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two runs: each has a row of every table about an article that stays, the second about one that goes as well."""
    output = tmp_path / "lake"
    stays, goes = article(1), scandal()
    for run, about in (("r1", [stays]), ("r2", [article(2), goes])):
        rows = [
            make_row(table, one, number=number, words=SECRET if one is goes else "plain")
            for table in TABLES.values()
            for number, one in enumerate(about)
        ]
        commit_rows(output, run, rows)
    return output


def everything(output: Path) -> dict[str, str]:
    """All that any file below the output holds, by path; what is compressed is read."""
    found = {}
    for path in sorted(path for path in output.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data = repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        elif path.suffix == ".gz":
            data = gzip.decompress(data)
        found[path.relative_to(output).as_posix()] = data.decode("utf-8", "replace")
    return found


def traces(output: Path) -> Iterator[str]:
    """Files that say anything of the article that goes."""
    one = scandal()
    names = (one.article_id, one.link_id, "keys-of-the-lighthouse", "fictitious clerk", one.version_id)
    for path, text in everything(output).items():
        is_record = path.startswith("runs/") and path.endswith(("/retract.json", "/manifest-00000.json"))
        for name in names:
            # What is taken down is known by its id, so that it does not come back.
            if name and name in text and not (is_record and name == one.article_id):
                yield f"{path}: {name}"


def test_every_table_has_rows_that_name_the_article_unless_it_says_why_not(lake: Path) -> None:
    files = {found.split("/")[0] for found in traces(lake)}
    assert files == {name for name, table in TABLES.items() if not isinstance(table.takedown, Keeps)}
    for table in TABLES.values():
        if isinstance(table.takedown, Keeps):
            assert table.takedown.why in render_dictionary()


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_written_verified_compacted_and_loaded(lake: Path, name: str) -> None:
    assert check_lake(str(lake)).rows[name] == 3
    assert verify(str(lake)) == []
    before = sorted(map(repr, open_table(str(lake), name).to_table().to_pylist()))
    merged = compact(Lake(str(lake)), run_id="c1", before=date(2026, 2, 1))
    assert name in {one.plan.table for one in merged}
    assert verify(str(lake)) == []
    assert sorted(map(repr, open_table(str(lake), name).to_table().to_pylist())) == before
    with duckdb.connect() as connection:
        connection.execute(view_sql(str(lake)))
        assert connection.execute(f"select count(*) from {name}").fetchone() == (3,)
    stored = open_table(str(lake), name).to_table(columns=[TABLES[name].order[0]]).column(0).to_pylist()
    assert stored == sorted(stored)


class WriteAll(beam.PTransform[Any, Any]):
    """Rows of any tables, each written to its own."""

    def __init__(self, commit: Commit) -> None:
        super().__init__()
        self._commit = commit

    def expand(self, rows: Any) -> Any:
        staged = [
            rows
            | f"Only {name}" >> beam.Filter(_is_of, table.record).with_output_types(table.record)
            | f"Stage {name}" >> StageTable(table, commit=self._commit)
            for name, table in TABLES.items()
        ]
        return staged | beam.Flatten() | CommitFiles(self._commit)


def _is_of(row: Any, record: type) -> bool:
    return isinstance(row, record)


def test_one_graph_writes_every_table_and_the_report_counts_it(tmp_path: Path) -> None:
    commit = Commit(output=str(tmp_path), run_id="r1", ingest_date=date(2026, 1, 2))
    rows: list[Any] = [make_row(table, article(1)) for table in TABLES.values()]
    (manifest,) = rows | WriteAll(commit)
    assert {file.table: file.rows for file in manifest.files} == dict.fromkeys(TABLES, 1)
    counts = count_rows(str(tmp_path), [manifest]).values
    assert {name: found.total() for name, found in counts.items()} == dict.fromkeys(TABLES, 1)
    assert verify(str(tmp_path)) == []
    for name, table in TABLES.items():
        (stored,) = open_table(str(tmp_path), name).to_table().to_pylist()
        made: Any = next(row for row in rows if isinstance(row, table.record))
        assert from_row(table.record, stored) == dataclasses.replace(
            made, run_id="r1", chunk=0, ingest_date=commit.ingest_date
        )


@pytest.mark.parametrize("is_compacted", [False, True])
def test_nothing_of_an_article_that_is_taken_down_is_left_anywhere(lake: Path, is_compacted: bool) -> None:
    if is_compacted:
        compact(Lake(str(lake)), run_id="c1", before=date(2026, 2, 1))
    result = retract(str(lake), [URL], run_id="t1")
    assert list(traces(lake)) == []
    goes = {name: 1 for name, table in TABLES.items() if not isinstance(table.takedown, Keeps)}
    assert result.rows == goes
    for name in TABLES:
        assert open_table(str(lake), name).count_rows() == 3 - goes.get(name, 0)
    assert verify(str(lake)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_dictionary_describes_every_table(name: str) -> None:
    table, text = TABLES[name], render_dictionary()
    part = text[text.index(f"\n## {name}\n") :]
    for field in table.key:
        assert f"`{field}`" in part
    assert str(table.record.__doc__) in part


@pytest.mark.parametrize("name", [table.name for table in (*TABLES.values(), QUOTES) if table.references])
def test_verify_names_a_row_that_refers_to_nothing(lake: Path, name: str) -> None:
    orphan = make_row(TABLES[name], article(9))
    commit_rows(lake, "r3", [orphan])
    found = verify(str(lake))
    assert {problem.kind for problem in found} == {"reference"}
    assert {problem.path.split("/")[0] for problem in found} == {name}
    assert len(found) == len(TABLES[name].references)
    assert "refers to no row of" in found[0].message


@pytest.mark.parametrize("name", [table.name for table in (*TABLES.values(), QUOTES) if table.unique])
def test_verify_names_a_key_that_is_there_twice(lake: Path, name: str) -> None:
    again = make_row(TABLES[name], article(1))
    commit_rows(lake, "r1", [again], chunk=1)
    assert [problem.kind for problem in verify(str(lake))] == ["duplicate"]


@pytest.mark.parametrize("name", [table.name for table in (*TABLES.values(), QUOTES) if table.id_columns])
def test_verify_names_a_row_that_was_taken_down(lake: Path, name: str) -> None:
    commit_rows(lake, "r3", [], kind="retract", retracted=(scandal().article_id,))
    found = verify(str(lake))
    assert {problem.kind for problem in found} == {"retracted"}
    assert name in {problem.path.split("/")[0] for problem in found}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("articles", "feed_state")])
def test_rows_stay_where_the_declaration_does_not_say_that_they_go(
    lake: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The test above sees a declaration that is missing."""
    forgotten = dataclasses.replace(TABLES[name], takedown=Names(addresses=("run_id",)), order=TABLES[name].order)
    monkeypatch.setitem(TABLES, name, forgotten)  # type: ignore[arg-type]
    retract(str(lake), [URL], run_id="t1")
    assert {found.split("/")[0] for found in traces(lake)} >= {name}


def test_plans_and_reports_of_runs_name_it_no_more(lake: Path) -> None:
    link = Link(url=f"{URL}?utm_source=x", origin=Origin(uri="feeds/a.xml", kind="rss", position=3))
    runs = lake / "runs"
    plan = {"run_id": "r2", "work": [["Link", row(link), 1]]}
    (runs / "r2" / "plan.json").write_text(json.dumps(plan, default=str))
    (runs / "r1" / "plan.json").write_text(json.dumps({"run_id": "r1", "work": []}))
    report = {"arguments": [f"--input={URL}"], "sources": [{"uri": URL, "articles": 1}, {"uri": "feeds/a.xml"}]}
    (runs / "r2" / "report.json").write_text(json.dumps(report))
    (runs / "r2" / "report.txt").write_text("https://daily.example/2026/keys\n-of-the-lighthouse 1")
    (runs / "r1" / "failure.txt").write_text(f"GET {URL}: timed out\nhttps://daily.example/other")
    other = b'{"sources": [{"uri": "https://daily.example/other"}]}'
    (runs / "r1" / "report.json").write_bytes(other)
    (runs / "r1" / "report.txt").write_text("as it was")
    retract(str(lake), [URL], run_id="t1")
    assert list(traces(lake)) == []
    assert not (runs / "r2" / "plan.json").exists()
    assert (runs / "r1" / "plan.json").exists()
    assert json.loads((runs / "r2" / "report.json").read_text()) == {
        "arguments": ["--input=(taken down)"],
        "sources": [{"uri": "(taken down)", "articles": 1}, {"uri": "feeds/a.xml"}],
    }
    assert "was taken down" in (runs / "r2" / "report.txt").read_text()
    assert (runs / "r1" / "failure.txt").read_text() == "GET (taken down) timed out\nhttps://daily.example/other"
    assert (runs / "r1" / "report.json").read_bytes() == other
    assert (runs / "r1" / "report.txt").read_text() == "as it was"


def test_what_is_declared_is_all_that_there_is() -> None:
    declared = [value for value in vars(tables).values() if isinstance(value, Table)]
    assert {table.name for table in declared} == set(TABLES) - {QUOTES.name}
    assert ARTICLES in declared
