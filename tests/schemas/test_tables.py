"""What a declaration of a table must say, and what is refused."""

import dataclasses
from typing import Any

import pytest

from schemas.articles import Article
from schemas.record import column, record
from schemas.stored_row import StoredRow
from schemas.tables import (
    ARTICLES,
    TABLES,
    Counters,
    Follows,
    Keeps,
    Names,
    Outcomes,
    Table,
    find_table,
    table_of,
    tables_by_name,
)


@record
class Quote(StoredRow):
    """A toy row that belongs to an article."""

    article_id: str = column("Article that it stands in.")
    start: int = column("Offset of the first code point.")
    text: str | None = column("The words.", default=None)


@record
class Bare:
    """A toy row that does not say which run wrote it."""

    article_id: str = column("Article that it stands in.")
    start: int = column("Offset of the first code point.")


GOOD: dict[str, Any] = {
    "name": "quotes",
    "record": Quote,
    "key": ("article_id", "start"),
    "unique": True,
    "takedown": Follows("article_id"),
    "counted": Counters(("quotes.rows",)),
}


def test_every_table_is_found_by_its_name_and_by_its_record() -> None:
    for name, table in TABLES.items():
        assert find_table(name) is table_of(table.record) is table
        assert table.schema.metadata[b"record"].decode() == table.record.__name__
    with pytest.raises(ValueError, match="no table 'quotes': choose from articles, dead_letters"):
        find_table("quotes")
    with pytest.raises(ValueError, match="no table has rows of class Quote"):
        table_of(Quote)


def test_a_document_is_a_row_of_three_tables_at_most() -> None:
    assert [name for name, table in TABLES.items() if table.is_outcome] == ["articles", "dead_letters", "dropped"]


@pytest.mark.parametrize("left_out", ["name", "record", "key", "unique", "takedown", "counted"])
def test_a_declaration_that_is_left_out_fails_at_import(left_out: str) -> None:
    Table(**GOOD)
    with pytest.raises(TypeError, match=left_out):
        Table(**{name: value for name, value in GOOD.items() if name != left_out})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": ("article_id", "begin")}, "Quote has no column 'begin'"),
        ({"takedown": Follows("id")}, "has no column 'id'"),
        ({"takedown": Names(addresses=("url",))}, "has no column 'url'"),
        ({"takedown": Names()}, "name the columns"),
        ({"takedown": Keeps("It is harmless.")}, "quotes has article_id, text: its rows cannot stay"),
        ({"record": Bare}, "has no column 'run_id'"),
        ({"order": ("start", "article_id")}, "must begin with a string column"),
        ({"order": ("text",)}, "must begin with a string column that is never None"),
        ({"partition": ("day",)}, "has no column 'day'"),
        ({"reported": ("language",)}, "has no column 'language'"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Table(**(GOOD | changes))


def test_why_rows_stay_is_said() -> None:
    @record
    class Rate(StoredRow):
        """A row that names no article."""

        name: str = column("Currency.")

    values = GOOD | {"name": "rates", "record": Rate, "key": ("name",)}
    assert Table(**(values | {"takedown": Keeps("A rate is not an article.")})).takedown_columns == ()
    with pytest.raises(ValueError, match="say why its rows stay"):
        Table(**(values | {"takedown": Keeps(" ")}))


def test_tables_refer_to_each_other_by_name() -> None:
    quotes = Table(**GOOD)
    assert list(tables_by_name(ARTICLES, quotes)) == ["articles", "quotes"]
    assert quotes.references == (Follows("article_id"),)
    assert quotes.id_columns == ("article_id",)
    assert quotes.order == quotes.key
    assert ARTICLES.references == ()
    with pytest.raises(ValueError, match="quotes follows 'articles', which is not a table"):
        tables_by_name(quotes)
    with pytest.raises(ValueError, match="same name"):
        tables_by_name(ARTICLES, Table(**(GOOD | {"name": "articles"})))
    assert (ARTICLES.record, ARTICLES.counted) == (Article, Outcomes(("done",)))


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not isinstance(table.takedown, Keeps)])
def test_no_table_can_be_declared_to_stay_that_names_articles(name: str) -> None:
    with pytest.raises(ValueError, match="its rows cannot stay"):
        dataclasses.replace(TABLES[name], takedown=Keeps("It is a log."))
