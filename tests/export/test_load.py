"""Loads into DuckDB and SQLite, at random moments of a lake's life."""

import gc
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from schemas.articles import SCHEMA_VERSION, Author
from schemas.errors import AlteredDestination, DestinationError, LockHeld, UsageError
from schemas.tables import TABLES
from tests.support.commits import BEFORE_SCHEMA_4, NEWER_TEXT, article, commit_mixed, commit_older, commit_rows, dropped
from tests.support.destinations import address, connect, fetch, held_rows, held_tables
from tests.support.histories import NO_SHRINK, History, Step, expected_rows, histories
from tests.support.killed_loads import load_and_kill
from tests.support.paths import ROOT
from tests.support.s3 import Bucket, store
from transforms.export.loads.destination import Cursor
from transforms.export.loads.load import load, load_repeatedly, open_destination
from transforms.export.loads.to_clickhouse import ToClickhouse
from transforms.export.loads.to_duckdb import ToDuckdb
from transforms.export.loads.to_sqlite import ToSqlite
from transforms.lake.lake import Lake
from transforms.takedown.retract import retract

__all__ = ["store"]

KINDS = ("clickhouse", "duckdb", "sqlite")

each_kind = pytest.mark.parametrize("kind", KINDS)


def assert_equal(lake: Lake, to: str) -> None:
    """A destination holds what the lake holds, in all tables."""
    for name, rows in held_tables(to).items():
        assert rows == expected_rows(lake, name), name


Steps = list[tuple[Step, bool]]
"""Steps of a history, and whether a load follows."""

SOME = histories(st.booleans(), (("compact",), True), max_size=9)


@pytest.mark.slow(20)
@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
@settings(max_examples=10, phases=NO_SHRINK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=SOME)
def test_destinations_hold_what_the_lake_holds(
    kind: str, steps: Steps, tmp_path_factory: pytest.TempPathFactory
) -> None:
    follow(kind, steps, tmp_path_factory)


@pytest.mark.slow(20)
@settings(max_examples=4, phases=NO_SHRINK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=SOME)
def test_clickhouse_holds_what_the_lake_holds(steps: Steps, tmp_path_factory: pytest.TempPathFactory) -> None:
    follow("clickhouse", steps, tmp_path_factory)


def follow(kind: str, steps: Steps, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load at some moments of a history, and compare each time."""
    history = History(tmp_path_factory.mktemp("lake"))
    to = address(tmp_path_factory.mktemp("db"), kind)
    counts: dict[str, int] = {}
    for _ in history.play(steps):
        results = load(history.lake, to).tables
        tables = held_tables(to)
        for done in results:
            held = tables[done.table]
            assert held == expected_rows(history.lake, done.table), done.table
            counts[done.table] = counts.get(done.table, 0) + done.inserted - done.deleted
            assert held.total() == counts[done.table]
            assert done.until == max(manifest.sequence for manifest in history.lake.manifests())


@each_kind
def test_files_of_other_partitions_and_schemas_are_loaded(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake [1]*"))), address(tmp_path, kind)
    assert [done.inserted for done in load(lake, to).tables] == [12, 1, 1, 1, *[0] * (len(TABLES) - 4)]
    assert_equal(lake, to)
    assert not any(done.inserted or done.updated or done.deleted for done in load(lake, to).tables)
    assert fetch(to, "SELECT count(*) FROM articles_latest") == [(11,)]
    assert fetch(to, "SELECT commit_sequence FROM articles WHERE version = 2") == [(3,)]


def test_the_number_of_the_commit_is_the_same_whatever_reads_the_files(tmp_path: Path) -> None:
    """DuckDB reads whole files itself; the others get what read_changes gives."""
    history = History(tmp_path / "lake")
    first = [address(tmp_path, kind) for kind in KINDS]
    for step in (("run", [[1, 2], [3]], 0), ("run", [[1, 4, 5], [6]], 1), ("compact",), ("retract", 4), ("carry_on",)):
        history.apply(step)
        for to in first:
            load(history.lake, to)
    history.apply(("compact",))
    commit_older(Path(history.lake.output), "r0", [article(30)], without=("chunk", *BEFORE_SCHEMA_4))
    (tmp_path / "late").mkdir()
    late = address(tmp_path / "late", "duckdb")
    for to in (*first, late):
        load(history.lake, to)
    expected, *others = [numbers_of(to) for to in (*first, late)]
    assert all(expected.values())
    assert others == [expected] * len(others)


def numbers_of(to: str) -> dict[str, list[tuple[Any, ...]]]:
    """The number of the commit of each row of each table."""
    order = "row_id, commit_sequence"
    with connect(to) as connection:
        return {name: connection.execute(f"SELECT {order} FROM {name} ORDER BY {order}").fetchall() for name in TABLES}


@each_kind
def test_a_lake_in_a_bucket_is_loaded(kind: str, tmp_path: Path, store: Bucket) -> None:
    lake, to = Lake(store.url(f"{kind}-lake")), address(tmp_path, kind)
    commit_rows(lake.output, "r1", [article(n) for n in range(4)] + [dropped(1, url=str(article(1).url))])
    load(lake, to)
    commit_rows(lake.output, "r2", [article(1, text=NEWER_TEXT, version=2), article(5)])
    retract(lake, [str(article(2).url)], run_id="r3")
    done = load(lake, to).tables[0]
    assert (done.since, done.until, done.inserted, done.updated, done.deleted) == (1, 3, 2, 0, 1)
    assert_equal(lake, to)


@each_kind
def test_a_takedown_reaches_tables_and_views(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(tmp_path / "lake")), address(tmp_path, kind)
    written = [article(n, authors=(Author(name=f"Ann {n}"),)) for n in range(4)]
    commit_rows(lake.output, "r1", [*written, dropped(1, url=article(1).url)])
    load(lake, to)
    retract(lake, [str(article(1).url)], run_id="r2")
    done = {result.table: result for result in load(lake, to).tables}
    assert (done["articles"].deleted, done["dropped"].deleted, done["articles"].inserted) == (1, 1, 0)
    assert_equal(lake, to)
    gone = article(1).article_id
    for view in ("articles_latest", "article_authors"):
        assert fetch(to, f"SELECT count(*), sum(CAST(article_id = '{gone}' AS INTEGER)) FROM {view}") == [(3, 0)]


@each_kind
def test_only_named_tables_are_made(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, kind)
    assert [done.table for done in load(lake, to, tables=["dropped"]).tables] == ["dropped"]
    commit_rows(lake.output, "r5", [article(20), dropped(20)])
    found = load(lake, to, tables=["articles", "dropped"]).tables
    assert [(done.table, done.since, done.inserted) for done in found] == [("articles", 0, 13), ("dropped", 4, 1)]
    with pytest.raises(UsageError, match="no table 'pages'"):
        load(lake, to, tables=["pages"])


ALTERATIONS = {
    "ALTER TABLE dropped DROP COLUMN message": "column dropped.message was dropped",
    "ALTER TABLE articles ADD COLUMN note VARCHAR": "column articles.note was added",
    "DROP TABLE replays": "table replays was dropped",
    "ALTER TABLE dropped RENAME COLUMN message TO said": "column dropped.message was dropped; column dropped.said was",
}


@each_kind
@pytest.mark.parametrize("statement", ALTERATIONS)
def test_altered_destinations_are_refused(kind: str, statement: str, tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, kind)
    load(lake, to, tables=["articles", "dead_letters", "dropped", "replays"])
    before = held_rows(to, "dead_letters")
    execute(to, statement.replace("note VARCHAR", "note String") if kind == "clickhouse" else statement)
    commit_rows(lake.output, "r5", [article(20)])
    with pytest.raises(AlteredDestination, match=ALTERATIONS[statement]):
        load(lake, to, tables=["articles", "dead_letters", "dropped", "replays"])
    assert held_rows(to, "dead_letters") == before


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, "duckdb")
    load(lake, to)
    execute(to, "ALTER TABLE dropped ALTER COLUMN source_position TYPE VARCHAR")
    with pytest.raises(AlteredDestination, match=r"column dropped.source_position is VARCHAR and was made as BIGINT"):
        load(lake, to)


@each_kind
def test_a_table_of_somebody_else_is_refused(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, kind)
    engine = " ENGINE = MergeTree ORDER BY tuple()" if kind == "clickhouse" else ""
    execute(to, f"CREATE TABLE articles (url VARCHAR){engine}")
    with pytest.raises(AlteredDestination, match="has a table articles that no load has made"):
        load(lake, to)
    assert fetch(to, "SELECT count(*) FROM articles") == [(0,)]
    execute(to, "DROP TABLE articles")
    execute(to, "DROP TABLE IF EXISTS newsmill_loads")
    execute(to, f"CREATE TABLE newsmill_loads (a VARCHAR){engine}")
    with pytest.raises(AlteredDestination, match="newsmill_loads lacks table_name, commit_sequence"):
        load(lake, to)


@each_kind
def test_another_lake_or_an_older_copy_is_refused(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(tmp_path / "lake")), address(tmp_path, kind)
    commit_rows(lake.output, "r1", [article(1)])
    shutil.copytree(lake.output, tmp_path / "older")
    commit_rows(lake.output, "r2", [article(2)])
    load(lake, to)
    older, other = Lake(str(tmp_path / "older")), Lake(str(tmp_path / "other"))
    with pytest.raises(UsageError, match=r"up to commit 2 \(run r2\).*--from_start"):
        load(older, to)
    commit_rows(older.output, "r3", [article(3)])
    with pytest.raises(UsageError, match="an older copy"):
        load(older, to)
    for run_id in ("a1", "a2", "a3"):
        commit_rows(other.output, run_id, [article(int(run_id[1]) + 10)])
    with pytest.raises(UsageError, match="another lake"):
        load(other, to)
    assert_equal(lake, to)
    load(other, to, from_start=True)
    assert_equal(other, to)
    lake_again = Path(shutil.move(other.output, tmp_path / "moved"))
    assert {done.inserted for done in load(Lake(str(lake_again)), to).tables} == {0}


@each_kind
def test_columns_are_added_and_structs_grow(kind: str, tmp_path: Path) -> None:
    """The destination is one that a newsmill made which knew fewer columns."""
    lake, to = Lake(str(tmp_path / "lake")), address(tmp_path, kind)
    by_ann = (Author(name="Ann", role="Editor"),)
    commit_rows(lake.output, "r1", [article(n, authors=by_ann) for n in range(3)] + [dropped(1)])
    load(lake, to)
    forget_columns(to, kind)
    commit_rows(lake.output, "r2", [article(4, page_type="article"), article(1, text=NEWER_TEXT, version=2)])
    load(lake, to)
    assert fetch(to, "SELECT count(*), count(page_type) FROM articles") == [(5, 1)]
    assert fetch(to, "SELECT DISTINCT schema_version FROM articles") == [(SCHEMA_VERSION,)]
    kept = 3 if kind == "sqlite" else 0  # JSON has whatever it was given
    assert fetch(to, "SELECT count(*), count(role) FROM article_authors WHERE name = 'Ann'") == [(3, kept)]
    load(lake, to, from_start=True)
    assert_equal(lake, to)


def forget_columns(to: str, kind: str) -> None:
    """Make the destination one of an older newsmill, which had fewer columns of articles."""
    dropped_columns = ["page_type", "schema_version"]
    destination = open_destination(to)
    made = {cursor.table: cursor for cursor in destination.cursors()}["articles"]
    for name in dropped_columns:
        for view in [row[0] for row in fetch_open(destination, VIEWS[kind])]:
            destination.execute(f"DROP VIEW {view}")
        destination.execute(f"ALTER TABLE articles DROP COLUMN {name}")
    columns = [column for column in made.relations["articles"] if column.name not in dropped_columns]
    if kind in OLD_AUTHORS:
        declared, statement = OLD_AUTHORS[kind]
        destination.execute(f"ALTER TABLE articles {statement} {declared}")
        reported = destination.columns("articles")["authors"]
        columns = [
            column._replace(declared=declared, reported=reported) if column.name == "authors" else column
            for column in columns
        ]
    destination.write_cursor(
        Cursor(
            table="articles", sequence=made.sequence, run_id=made.run_id, chunk=made.chunk,
            relations={"articles": tuple(columns)}, lake=made.lake, newsmill_version="0", loaded_at=made.loaded_at,
        )
    )  # fmt: skip
    destination.close()


OLD_AUTHORS = {
    "clickhouse": ("Array(Tuple(name String, url Nullable(String)))", "MODIFY COLUMN authors"),
    "duckdb": ('STRUCT("name" VARCHAR, url VARCHAR)[]', "ALTER COLUMN authors TYPE"),
}
"""The type that the column had before authors had a role, where it is one; and how it is given to it."""

VIEWS = {
    "duckdb": "SELECT view_name FROM duckdb_views() WHERE NOT internal",
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'view'",
    "clickhouse": "SELECT name FROM system.tables WHERE database = 'newsmill' AND engine = 'View'",
}


def fetch_open(destination: Any, query: str) -> list[Any]:
    if isinstance(destination, ToClickhouse):
        return [tuple(row.values()) for row in destination._fetch(query)]
    rows: list[Any] = destination._connection.execute(query).fetchall()
    return rows


def execute(to: str, statement: str) -> None:
    """Alter a destination as a user may."""
    with connect(to) as connection:
        for view in fetch_names(connection, to):
            connection.execute(f"DROP VIEW {view}")
        connection.execute(statement)
        connection.commit()


def fetch_names(connection: Any, to: str) -> list[str]:
    return [row[0] for row in connection.execute(VIEWS[to.partition(":")[0]]).fetchall()]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (
            "mysql://localhost/news",
            "'mysql://localhost/news' is not the address of a destination: give one that begins",
        ),
        ("news.duckdb", "is not the address of a destination"),
        ("duckdb://news.duckdb", "names no path: write duckdb:///news.duckdb"),
        ("clickhouse:///pyproject.toml", "clickhouse:///pyproject.toml is a file: name a directory"),
        ("duckdb:///:memory:", "would be gone at the end of the load"),
        ("sqlite:///", "names no path: write sqlite:///news.sqlite"),
        ("sqlite:///.", "is a directory: name a file in it, such as sqlite:///./news.sqlite"),
        ("duckdb:///no/such/news.duckdb", "there is no directory no/such: make it"),
    ],
)
def test_wrong_addresses_are_refused(to: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(str(tmp_path), to)
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_file_of_another_kind_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"news.{kind}"
    path.write_text("no database " * 1000)
    with pytest.raises(DestinationError, match="cannot be opened"):
        load(str(tmp_path), address(tmp_path, kind))


def test_a_file_of_the_other_database_is_refused_with_its_address(tmp_path: Path) -> None:
    duck, light = tmp_path / "news.sqlite", tmp_path / "news.duckdb"
    duckdb.connect(duck).close()
    with closing(sqlite3.connect(light)) as connection:
        connection.execute("CREATE TABLE a (b)")
    for path, kind, other in ((duck, "sqlite", "duckdb"), (light, "duckdb", "sqlite")):
        with pytest.raises(UsageError, match=f"is a file of another database: write {other}:///{path}, or name"):
            load(str(tmp_path), f"{kind}:///{path}")


def test_a_file_of_duckdb_that_was_cut_short_is_named_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "news.duckdb"
    duckdb.connect(path).close()
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(
        DestinationError, match=r"news\.duckdb cannot be opened: .*cut short: move it away, and load again"
    ):
        load(str(tmp_path), address(tmp_path, "duckdb"))


@pytest.mark.slow(100)
@each_kind
def test_a_killed_load_has_done_nothing_and_the_next_one_everything(kind: str, tmp_path: Path) -> None:
    history, to = History(tmp_path / "lake"), address(tmp_path, kind)
    steps: list[tuple[Any, ...]] = [
        ("run", [[1, 2, 3], [4, 5], [6]], 2), ("run", [[1, 2], [7, 8, 9]], 0), ("retract", 2), ("compact",),
        ("carry_on",),
    ]  # fmt: skip
    before: dict[str, Any] = {}
    for number, step in enumerate(steps):
        history.apply(step)
        calls = 1 + 7 * number
        wanted = {name: expected_rows(history.lake, name) for name in TABLES}
        while load_and_kill(history.lake, to, calls):
            if before and kind != "clickhouse":  # all of it counts where the process ended after the commit
                assert held_tables(to) in (before, wanted)
            calls += 97 if kind == "clickhouse" else 31  # which takes long to start
        before = held_tables(to)
        assert before == wanted


@each_kind
def test_of_two_loads_one_waits_or_is_refused(kind: str, tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, kind)
    words = [sys.executable, "-c", f"from transforms.export.loads.load import load; load({lake.output!r}, {to!r})"]
    several = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate()[1] for process in several]
    failed = [text for process, text in zip(several, said, strict=True) if process.returncode]
    assert len(failed) <= (0 if kind == "sqlite" else 2), said
    assert all("LockHeld" in text for text in failed), said
    assert_equal(lake, to)


def test_a_file_that_is_open_elsewhere_is_refused(tmp_path: Path) -> None:
    lake, to = Lake(str(commit_mixed(tmp_path / "lake"))), address(tmp_path, "duckdb")
    load(lake, to)
    path = to.partition(":///")[2]
    words = f"import duckdb, sys; c = duckdb.connect({path!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(LockHeld, match="is open in another process: close it there"):
            load(lake, to)
        holder.communicate()


@each_kind
def test_a_compaction_during_a_load_is_no_failure(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history, to = History(tmp_path / "lake"), address(tmp_path, kind)
    history.apply(("run", [[1, 2], [3, 4]], 0))
    cls = {"clickhouse": ToClickhouse, "duckdb": ToDuckdb, "sqlite": ToSqlite}[kind]
    apply, calls = cls.apply, []

    def compact_and_apply(self: Any, load: Any) -> Any:
        calls.append(load.table.name)
        if len(calls) == 1:
            history.apply(("compact",))
        return apply(self, load)

    monkeypatch.setattr(cls, "apply", compact_and_apply)
    load(history.lake, to)
    assert calls == ["articles", *TABLES]
    assert_equal(history.lake, to)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chdb", None)
    with pytest.raises(UsageError, match=r"pip install chdb$"):
        load(str(tmp_path), address(tmp_path, "clickhouse"))


def test_the_command_prints_what_was_done_and_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake, to = str(commit_mixed(tmp_path / "lake")), address(tmp_path, "sqlite")
    words = ["load", "--output", lake, "--to", to, "--tables", "articles,replays"]
    assert main(words) == 0
    assert capsys.readouterr().out == (
        f"articles: 12 rows inserted\nreplays: 1 row inserted\n{to} has everything up to commit 4\n"
    )
    execute(to, "ALTER TABLE replays ADD COLUMN note TEXT")
    assert main(words) == 1
    assert capsys.readouterr().err == (
        f"newsmill: load failed: {to} was altered: column replays.note was added: undo that, or load into another "
        "destination\n"
    )
    assert main([*words[:4], "mysql://u:secret@host/news"]) == 2
    assert "secret" not in capsys.readouterr().err
    assert main(["load", "--output", str(tmp_path), "--to", to]) == 2
    assert "does not hold a run" in capsys.readouterr().err


@each_kind
def test_loads_of_a_job_leave_no_file_open(kind: str, tmp_path: Path) -> None:
    history, to = History(tmp_path / "lake"), address(tmp_path, kind)
    counts = []
    for number in range(3):
        history.apply(("run", [[number]], 0))
        load_repeatedly(str(history.output), to)
        gc.collect()
        counts.append(len([*Path("/proc/self/fd").iterdir()]))
    assert_equal(history.lake, to)
    assert counts[1] >= counts[2]


def test_what_fails_in_a_process_of_its_own_is_the_same(tmp_path: Path) -> None:
    history, to = History(tmp_path / "lake"), address(tmp_path, "clickhouse")
    history.apply(("run", [[1]], 0))
    Path(to.partition(":///")[2]).write_text("no directory")
    with pytest.raises(UsageError, match="is a file: name a directory"):
        load_repeatedly(str(history.output), to)
