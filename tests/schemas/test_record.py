"""Records: one declaration, the same thing in Arrow, in Parquet and back."""

import copy
import dataclasses
import pickle
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.articles import Article, Author, Entity, Mention, Topic
from schemas.record import arrow_schema, column, from_row, record, replace, row, rows_to_table
from schemas.tables import TABLES
from schemas.trouble import CODES, REASONS, LeftOut, Trouble

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@st.composite
def articles(draw: st.DrawFn) -> Article:
    mention = Mention(text=draw(words), start=0, end=5)
    return Article(
        article_id=draw(words),
        id_scheme="url1",
        content_hash="c",
        url=draw(st.none() | words),
        url_canonical=None,
        headline=draw(st.none() | words),
        text=draw(words),
        text_source="page",
        word_count=draw(st.integers(0, 2**31 - 1)),
        authors=tuple(Author(name=name) for name in draw(st.lists(words, max_size=3))),
        date_published=draw(st.none() | instants),
        date_published_raw=None,
        date_published_precision=None,
        date_published_source=None,
        published_date=draw(st.none() | st.dates()),
        entities=(Entity(name="a", type="ORG", count=1, first=0, mentions=(mention,)),),
        topics=(Topic(code="medtop:15000000", label="sport", score=0.5, source="classifier"),),
        source_uri="seeds/a.html",
        source_kind="html",
        extractor="x 1",
        newsmill_version="0",
        ingest_date=date(2026, 1, 2),
    )


@given(articles(), words)
def test_a_copy_with_other_values_is_that_of_dataclasses(article: Article, headline: str) -> None:
    url = "https://reader:key@news.example/a"
    made = replace(article, headline=headline, url=url)
    assert made == dataclasses.replace(article, headline=headline, url=url)
    assert made.url == "https://news.example/a"
    assert replace(made, text="Other.").url == made.url
    assert copy.copy(made) == made
    assert type(made) is type(copy.copy(made)) is Article
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.headline = "Other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        replace(article, no_such_column=1)  # type: ignore[call-arg]


@settings(max_examples=50, deadline=None)
@given(articles())
def test_an_article_comes_back_from_parquet_as_it_went_in(article: Article) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(rows_to_table([article], Article), sink)
    (back,) = pq.read_table(pa.BufferReader(sink.getvalue())).to_pylist()
    assert from_row(Article, back) == article
    assert from_row(Article, row(article)) == article


@settings(max_examples=20, deadline=None)
@given(articles())
def test_an_article_comes_back_from_pickle_as_it_went_in(article: Article) -> None:
    for protocol in (2, 4, pickle.HIGHEST_PROTOCOL):
        assert pickle.loads(pickle.dumps(article, protocol)) == article
    assert copy.deepcopy(article) == article


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_is_described(table: str) -> None:
    for field in TABLES[table].schema:
        assert field.metadata[b"description"]


def test_a_column_without_description_fails_at_import() -> None:
    with pytest.raises(TypeError, match=r"Plain\.name has no description"):

        @record
        class Plain:
            name: str

    with pytest.raises(ValueError, match="needs a description"):
        column("  ")


def test_none_in_a_required_column_is_refused() -> None:
    @record
    class Named:
        name: str = column("A name.")

    with pytest.raises(pa.ArrowInvalid, match="name"):
        rows_to_table([Named(name=None)], Named)  # type: ignore[arg-type]


def test_types_that_no_column_may_have_are_refused() -> None:
    @record
    class Odd:
        both: str | int = column("Two types.")

    with pytest.raises(TypeError, match="one type or None"):
        arrow_schema(Odd)


def test_codes_are_stage_dot_reason_and_unknown_ones_are_refused() -> None:
    for code in (*CODES, *REASONS):
        stage, dot, reason = code.partition(".")
        assert stage
        assert dot
        assert reason
        assert code == code.lower()
    with pytest.raises(ValueError, match=r"fetch\.wat"):
        Trouble("fetch.wat", "")
    with pytest.raises(ValueError, match=r"x\.y"):
        LeftOut("x.y", "")


def test_half_a_surrogate_pair_does_not_cost_the_other_rows() -> None:
    @record
    class Named:
        name: str = column("A name.")

    table = rows_to_table([Named(name="a\ud800b"), Named(name="ü")], Named)
    assert table.column("name").to_pylist() == ["a?b", "ü"]
