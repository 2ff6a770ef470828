"""Loads into PostgreSQL, at random moments of a lake's life, ended at any instant, and with hostile values."""

import dataclasses
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from schemas.articles import Author, Entity, Mention, Topic
from schemas.errors import AlteredDestination, DestinationError, LockHeld, UsageError
from schemas.tables import TABLES
from tests.support.commits import article, commit_rows, dropped
from tests.support.destinations import expected_children, held_children, held_rows, held_tables, newest_rows
from tests.support.histories import NO_SHRINK, History, Step, expected_rows, histories
from tests.support.killed_loads import load_and_kill
from tests.support.postgres import PASSWORD, USER, PostgresServer
from transforms.export.children import CHILDREN
from transforms.export.loads import to_postgres
from transforms.export.loads.load import load, open_destination
from transforms.export.loads.postgres_url import parse_postgres_url
from transforms.lake.lake import Lake
from transforms.takedown.retract import retract

STEPS_AND_TAKEDOWN: list[tuple[Any, ...]] = [
    ("run", [[1, 2, 3], [4, 5]], 1), ("run", [[1, 2], [7, 8]], 0), ("retract", 2), ("carry_on",),
]  # fmt: skip


def assert_equal(lake: Lake, to: str, *, children: bool = True) -> None:
    """Check that a schema holds what a lake holds."""
    for name, rows in held_tables(to).items():
        assert rows == expected_rows(lake, name), name
    for table in {found.table.name: found.table for found in CHILDREN.values()}.values() if children else ():
        newest = newest_rows(lake, table)
        for name, found in CHILDREN.items():
            if found.table.name == table.name:
                assert held_children(to, found) == expected_children(newest, found), name


@settings(max_examples=8, phases=NO_SHRINK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=histories(
        st.sampled_from(["", "load", "children"]), (("compact",), "load"), (("retract", 1), "children"), max_size=8
    )
)
def test_postgres_holds_what_the_lake_holds(
    steps: list[tuple[Step, str]], postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = History(tmp_path_factory.mktemp("lake"))
    to = postgres.new_schema()
    has_children = False
    counts = dict.fromkeys(TABLES, 0)
    for loads in history.play(steps):
        has_children |= loads == "children"
        results = load(history.lake, to, children=loads == "children").tables
        held = held_tables(to)
        for done in results:
            counts[done.table] += done.inserted - done.deleted
            assert held[done.table].total() == counts[done.table]
            assert done.until == max(manifest.sequence for manifest in history.lake.manifests())
        assert_equal(history.lake, to, children=has_children)
    if history.lake.manifests():
        assert {done[3:] for done in load(history.lake, to).tables} == {(0, 0, 0)}


def state(to: str, name: str) -> tuple[Any, ...]:
    """All that a schema holds of a table, with its children."""
    return (held_rows(to, name), *(held_children(to, found) for found in CHILDREN.values() if found.table.name == name))


@pytest.mark.slow(60)
def test_a_killed_load_has_done_nothing_and_the_next_one_everything(postgres: PostgresServer, tmp_path: Path) -> None:
    history, to = History(tmp_path / "lake"), postgres.new_schema()
    before: dict[str, Any] = {}
    for number, step in enumerate(STEPS_AND_TAKEDOWN[:3]):
        history.apply(step)
        calls = 9 * number
        while load_and_kill(history.lake, to, calls, children=True):
            if before and {name: state(to, name) for name in TABLES} != before:
                assert_equal(history.lake, to)  # the process ended after the commit
            calls += 70
        assert_equal(history.lake, to)
        before = {name: state(to, name) for name in TABLES}


def test_a_load_whose_connection_the_server_ends_has_done_nothing(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, to = History(tmp_path / "lake"), postgres.new_schema()
    left = [0]
    execute = to_postgres.ToPostgres._count

    def end(destination: Any, *args: Any) -> int:
        left[0] -= 1
        if left[0] == 0:
            (pid,) = destination._fetch("SELECT pg_backend_pid()")[0]
            assert postgres.query(f"SELECT pg_terminate_backend({pid}, 10000)") == [(True,)]
        return execute(destination, *args)

    monkeypatch.setattr(to_postgres.ToPostgres, "_count", end)
    history.apply(STEPS_AND_TAKEDOWN[0])
    load(history.lake, to, children=True)
    before = {name: state(to, name) for name in TABLES}
    for step in STEPS_AND_TAKEDOWN[1:]:
        history.apply(step)
    for calls in range(1, 10_000, 11):
        left[0] = calls
        try:
            load(history.lake, to)
        except DestinationError as error:
            assert "terminating connection" in str(error) or "closed the connection" in str(error)
        else:
            assert calls > 40
            break
        assert {name: state(to, name) for name in TABLES} == before
    assert_equal(history.lake, to)


EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000, 7), 0xFFFE, 0xFFFF, 0x10FFFF]))
"""Every code point of the first planes, and of the others one of seven; of surrogates UTF-8 has none."""

HOSTILE = (
    "a\0b", "\0", "\\u0000", "\\0\\\0", "\\N", "\\.", "'; DROP TABLE articles; --", '"', "{}", "[null]", "\ufeff",
    "\r\n\t", "\u2028", "e\u0301", "\U0001f468\u200d\U0001f469", "$newsmill$", "%s$1", " ", "",
    EVERY, "Long. " * 2_000_000,
)  # fmt: skip


def test_hostile_values_are_loaded(postgres: PostgresServer, tmp_path: Path) -> None:
    lake, to = Lake(str(tmp_path / "lake")), postgres.new_schema()
    scores = (float("nan"), float("inf"), float("-inf"), 0.0, 5e-324, 1.7976931348623157e308, 0.1)
    rows = [
        article(
            number,
            text=text, headline=text[:1000], tags=(text, ""), authors=(Author(name=text, role=None),),
            entities=(
                Entity(name=text[:99], type="", count=-1, first=0, mentions=(Mention(text=text, start=0, end=9),)),
            ),
            topics=tuple(Topic(code=text[:9], label="", score=score, source="") for score in scores),
            extraction_confidence=scores[number % len(scores)],
            date_published=datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
            date_modified=datetime(1, 1, 1, tzinfo=UTC),
        )
        for number, text in enumerate(HOSTILE)
    ]  # fmt: skip
    commit_rows(lake.output, "r1", [*rows, dropped(1, headline="\0", url=str(rows[0].url))])
    load(lake, to, children=True)
    for name in TABLES:
        held, wanted = held_rows(to, name), expected_rows(lake, name)
        assert held == {key.replace("\\x00", "\ufffd"): count for key, count in wanted.items()}, name
    for name, found in CHILDREN.items():
        children = expected_children(newest_rows(lake, found.table), found)
        assert held_children(to, found) == {key.replace("\\x00", "\ufffd"): n for key, n in children.items()}, name
    assert postgres.query("SELECT max(length(value)) FROM article_tags", to) == [(12_000_000,)]
    retract(lake, [str(row.url) for row in rows], run_id="r2")
    load(lake, to)
    assert_equal(lake, to)


@pytest.fixture
def small(postgres: PostgresServer, tmp_path: Path) -> tuple[Lake, str]:
    """A lake with four articles, of which one has two versions, and a schema for it."""
    lake = Lake(str(tmp_path / "lake"))
    rows = [article(n, authors=(Author(name=f"Ann {n}"), Author(name="Bo"))) for n in range(4)]
    commit_rows(lake.output, "r1", [*rows, dropped(1, url=article(1).url)])
    commit_rows(lake.output, "r2", [article(1, text="The pier opens in May, at last. " * 9, version=2)])
    return lake, postgres.new_schema()


def test_children_are_made_later_and_kept(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, to = small
    assert {done.table: done.inserted for done in load(lake, to).tables if done.inserted} == {
        "articles": 5,
        "dropped": 1,
    }
    by_view = postgres.query("SELECT * FROM article_authors ORDER BY 1, 4", to)
    done = load(lake, to, children=True)
    assert {result[3:] for result in done.tables} == {(0, 0, 0)}
    assert postgres.query("SELECT * FROM article_authors ORDER BY 1, 4", to) == by_view
    assert len(by_view) == 8
    commit_rows(lake.output, "r3", [article(9, authors=(Author(name="Cy"),))])
    load(lake, to)
    retract(lake, [str(article(1).url)], run_id="r4")
    (found, *_) = load(lake, to).tables
    assert found.deleted == 2
    assert_equal(lake, to)
    assert postgres.query("SELECT count(*) FROM articles_latest", to) == [(4,)]
    about = "SELECT obj_description('article_authors'::regclass), obj_description('articles'::regclass)"
    of_articles = (TABLES["articles"].record.__doc__ or "").splitlines()[0]
    assert postgres.query(about, to) == [("One row for each item of articles.authors.", of_articles)]
    load(lake, to, from_start=True)
    assert_equal(lake, to)


def test_readers_see_the_state_before_until_the_load_ends(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, to = small
    load(lake, to)
    retract(lake, [str(article(1).url)], run_id="r3")
    seen = []
    write = to_postgres.ToPostgres.commit

    def look(destination: Any) -> None:
        seen.append(postgres.query("SELECT count(*) FROM articles", to))
        write(destination)
        seen.append(postgres.query("SELECT count(*) FROM articles", to))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_postgres.ToPostgres, "commit", look)
        load(lake, to)
    assert seen == [[(5,)], [(3,)]]


def test_a_second_load_waits_for_the_first(
    small: tuple[Lake, str], postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, to = small
    first = open_destination(to)
    first.begin()
    results: list[Any] = []
    second = threading.Thread(target=lambda: results.append(load(lake, to)))
    second.start()
    while not postgres.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
        assert second.is_alive()
    assert not results
    first.rollback()
    second.join()
    assert results[0].tables[0].inserted == 5
    first.begin()
    monkeypatch.setattr(to_postgres, "_WAIT_S", 0.01)
    with pytest.raises(LockHeld, match="another load has been writing for more than"):
        load(lake, to)
    first.close()
    assert load(lake, to).tables[0][3:] == (0, 0, 0)


ALTERATIONS = {
    "ALTER TABLE dropped DROP COLUMN message": "column dropped.message was dropped",
    "ALTER TABLE articles ADD COLUMN note TEXT": "column articles.note was added",
    "ALTER TABLE dropped ALTER COLUMN source_position TYPE TEXT": "dropped.source_position is text and was made",
    "DROP TABLE replays": "table replays was dropped",
    "DROP TABLE article_tags": "table article_tags was dropped",
    "ALTER TABLE article_authors RENAME COLUMN role TO office": "column article_authors.role was dropped; column",
}  # fmt: skip


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_altered_tables_are_refused(statement: str, small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, to = small
    load(lake, to, children=True)
    postgres.query(statement, to)
    commit_rows(lake.output, "r3", [article(20)])
    with pytest.raises(AlteredDestination, match=ALTERATIONS[statement]):
        load(lake, to)
    assert postgres.query("SELECT count(*) FROM articles", to) == [(5,)]


@pytest.mark.parametrize("kind", ["TABLE articles (url TEXT)", "VIEW articles AS SELECT 1 AS url"])
def test_a_table_of_somebody_else_is_refused(kind: str, small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, to = small
    postgres.query(f"CREATE SCHEMA {parse_postgres_url(to).schema}")
    postgres.query(f"CREATE {kind}", to)
    with pytest.raises(AlteredDestination, match="has a table articles that no load has made"):
        load(lake, to)


def test_columns_are_added(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    """The schema is one that a newsmill made which knew fewer columns, and fewer fields of lists."""
    lake, to = small
    load(lake, to, children=True)
    for statement in (
        "ALTER TABLE articles DROP COLUMN page_type CASCADE", "ALTER TABLE articles DROP COLUMN tags CASCADE",
        "ALTER TABLE articles DROP COLUMN schema_version CASCADE", "ALTER TABLE article_authors DROP COLUMN role",
        "DROP TABLE article_tags",
    ):  # fmt: skip
        postgres.query(statement, to)
    destination = open_destination(to)
    destination.begin()
    made = {cursor.table: cursor for cursor in destination.cursors()}["articles"]
    gone = ("page_type", "tags", "schema_version", "role")
    relations = {
        name: tuple(column for column in columns if column.name not in gone)
        for name, columns in made.relations.items()
        if name != "article_tags"
    }
    destination.write_cursor(dataclasses.replace(made, relations=relations, newsmill_version="0"))
    destination.commit()
    destination.close()
    commit_rows(
        lake.output, "r3", [article(8, page_type="article", tags=("a",), authors=(Author(name="D", role="x"),))]
    )
    load(lake, to)
    assert_equal(lake, to)
    assert postgres.query("SELECT count(page_type) FROM articles_latest", to) == [(1,)]


def test_a_schema_of_any_name_is_made(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, _ = small
    to = postgres.url(schema="News%20%22of%22%20us")
    load(lake, to, children=True)
    assert postgres.query('SELECT count(*) FROM "News ""of"" us".article_authors') == [(8,)]
    assert load(lake, to).tables[0][3:] == (0, 0, 0)


def test_the_schema_of_the_session_is_the_default(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, _ = small
    postgres.query("CREATE DATABASE own")
    to = postgres.url(database="own")
    load(lake, to)
    assert postgres.query("SELECT count(*) FROM public.articles", to) == [(5,)]
    postgres.query("DROP SCHEMA public CASCADE", to)
    with pytest.raises(UsageError, match=r"none of the schemas of search_path is there: name one with \?schema"):
        load(lake, to)


def test_a_user_without_rights_is_told(small: tuple[Lake, str], postgres: PostgresServer) -> None:
    lake, to = small
    postgres.query("CREATE ROLE reader LOGIN")
    schema = parse_postgres_url(to).schema
    with pytest.raises(DestinationError, match=r"permission denied for database postgres: let an owner .* GRANT"):
        load(lake, postgres.url(user="reader", schema=schema))
    postgres.query(f"CREATE SCHEMA {schema} AUTHORIZATION reader")
    load(lake, postgres.url(user="reader", schema=schema), children=True)
    assert_equal(lake, to)


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("{user}:wrong-secret@127.0.0.1:{port}/postgres", "password authentication failed.*check the user and"),
        ("nobody:wrong-secret@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("{user}@127.0.0.1:{port}/postgres", "no password supplied: put it in the address, in PGPASSWORD or in"),
        ("{user}:{password}@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist: make it first'),
        ("{user}:wrong-secret@127.0.0.1:1/postgres", "Connection refused.*check the host and the port"),
        ("{user}:wrong-secret@no.such.host.invalid/x", "could not translate host name.*check the name of the host"),
        ("{user}:wrong-secret@127.0.0.1:port/postgres", "the address of the PostgreSQL database is wrong|invalid"),
        ("{user}:wrong-secret@127.0.0.1:{port}/postgres?sslmode=never", "invalid sslmode value"),
        ("{user}:wrong-secret@127.0.0.1:{port}/postgres?no=1", "invalid URI query parameter"),
        ("{user}:wrong-%zz@127.0.0.1:{port}/postgres", "invalid percent-encoded token"),
        ("{user}:wrong-secret@127.0.0.1:{port}/postgres?schema=", "must name one schema, or none"),
        ("{user}:wrong-secret @127.0.0.1/postgres", "has a # or a space: write %23 or %20"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_address_is_said(
    to: str, message: str, postgres: PostgresServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = Lake(str(tmp_path / "lake"))
    commit_rows(lake.output, "r1", [article(1)])
    filled = to.format(user=USER, password="pa%3Ass%20w%40rd%2F%25", port=postgres.port)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PGPASSWORD", raising=False)
        patch.setenv("PGPASSFILE", "/nonexistent")
        assert main(["load", "--output", lake.output, "--to", f"postgresql://{filled}"]) in (1, 2)
    said = capsys.readouterr().err
    assert re.search(message, said), said
    assert "Traceback" not in said
    assert "wrong-" not in said
    assert PASSWORD not in said


def test_the_command_loads_by_tcp_with_a_password(
    small: tuple[Lake, str], postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, to = small
    schema = parse_postgres_url(to).schema
    address = f"postgresql://{USER}:pa%3Ass%20w%40rd%2F%25@127.0.0.1:{postgres.port}/postgres?schema={schema}"
    assert main(["load", "--output", lake.output, "--to", address, "--children"]) == 0
    said = capsys.readouterr().out
    assert "articles: 5 rows inserted" in said
    assert (
        f"postgresql://{USER}@127.0.0.1:{postgres.port}/postgres?schema={schema} has everything up to commit 2" in said
    )
    assert_equal(lake, to)


def test_a_missing_driver_is_named(small: tuple[Lake, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(UsageError, match=r"pip install adbc-driver-postgresql$"):
        load(*small)
