"""Databases that hold one lake, for tests that ask them, and a PostgreSQL server."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.support.news_lake import AT, make_news_lake
from tests.support.paths import ROOT
from tests.support.postgres import PostgresServer, postgres
from transforms.export.loads.load import load
from transforms.export.loads.postgres_url import parse_postgres_url

__all__ = ["postgres"]


class Answer(NamedTuple):
    """What a database answers: numbers are int or float, whatever its driver makes of them."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


Ask = Callable[[str], Answer]


@pytest.fixture(scope="session")
def news_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds and what they lack, made once for all tests of a process; only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr("sys.argv", ["newsmill"])
        patch.delenv("NEWSMILL_CONFIG", raising=False)
        return make_news_lake(tmp_path_factory.mktemp("news") / "lake")


@pytest.fixture(scope="session")
def ask_duckdb(news_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask DuckDB; only read."""
    path = tmp_path_factory.mktemp("duckdb") / "news.duckdb"
    load(str(news_lake), f"duckdb:///{path}", clock=lambda: AT)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield lambda query: read(connection.execute(query))


def read(cursor: Any) -> Answer:
    """Fetch an answer."""
    return Answer([part[0] for part in cursor.description], [tuple(map(plain, row)) for row in cursor.fetchall()])


def plain(value: Any) -> Any:
    """A numeric comes as Decimal, or as text."""
    is_number = isinstance(value, Decimal) or (isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value))
    return float(value) if is_number else value


@pytest.fixture(scope="session", params=["views", "children"])
def ask_postgres(request: pytest.FixtureRequest, news_lake: Path, postgres: PostgresServer) -> Iterator[Ask]:
    """Ask PostgreSQL, where lists are views, and where they are child tables; only read."""
    dbapi: Any = import_module("adbc_driver_postgresql.dbapi")
    to = postgres.new_schema()
    load(str(news_lake), to, children=request.param == "children", clock=lambda: AT)
    parsed = parse_postgres_url(to)
    with dbapi.connect(parsed.conninfo, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET search_path = {parsed.schema}")

        def ask(query: str) -> Answer:
            cursor.execute(query)
            return read(cursor)

        yield ask
