"""The index of what is known: made of committed files alone, the same for every worker."""

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.articles import Article
from schemas.documents import Document, Entry, Exchange, Link, Origin, Response
from schemas.record import rows_to_table
from schemas.trouble import LeftOut
from tests.support.commits import commit_rows
from tests.support.samples import TEXT, make_article
from transforms.identity import content_hash, entry_hash, id_bits, link_id, version_id
from transforms.known.decide import decide_link, decide_version, duplicate_of, without_retracted_exchanges
from transforms.known.index import KnownIndex, build_index, load_index, merge_indexes, save_index
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files
from transforms.letters.make import make_dropped

ENTRY = Entry(title="Council votes", summary_html="Short.")


def index_of(output: Path, **how: object) -> KnownIndex:
    return build_index(str(output), live_files(Lake(str(output)).manifests()), **how)  # type: ignore[arg-type]


def test_newest_versions_texts_and_links_are_found(tmp_path: Path) -> None:
    first = make_article(entry_hash=entry_hash(ENTRY))
    second = make_article(text=TEXT + " The vote was close.", version=2)
    commit_rows(tmp_path, "run1", [first], day=date(2026, 1, 1))
    commit_rows(tmp_path, "run2", [second], day=date(2026, 2, 1))
    index = index_of(tmp_path)
    known = index.find_article(first.article_id)
    assert known is not None
    assert (known.version, known.content) == (2, id_bits(second.content_hash))
    assert index.find_text(first.text_hash) == index.find_text(second.text_hash) == first.article_id
    assert index.find_article("0" * 32) is None
    assert index.find_text("f" * 32) is None
    assert index.has_link(first.link_id or "", entry_hash(ENTRY))
    assert index.has_link(second.link_id or "", None)
    assert not index.has_link(first.link_id or "", entry_hash(Entry(title="Else")))


def test_look_back_forgets_old_days(tmp_path: Path) -> None:
    commit_rows(tmp_path, "run1", [make_article()], day=date(2026, 1, 1))
    assert len(index_of(tmp_path, today=date(2026, 1, 31), look_back_days=30)) == 1
    assert len(index_of(tmp_path, today=date(2026, 2, 1), look_back_days=30)) == 0


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("language", "language.not_wanted"),
        ("extract", "page.not_an_article"),
        ("extract", "rights.reserved"),
        ("versions", "since.older"),
    ],
)
def test_a_page_that_was_fetched_and_left_out_is_not_asked_for_again(tmp_path: Path, stage: str, reason: str) -> None:
    asked = "https://a.example/short/1"
    link = Link(url=asked, origin=Origin(uri="f", kind="rss"), entry=ENTRY)
    response = Response(url="https://a.example/1", status=200, redirects=(asked,))
    page = Document(media="html", origin=link.origin, url=response.url, entry=ENTRY, response=response)
    commit_rows(tmp_path, "run1", [make_dropped(page, stage, LeftOut(reason, ""))], day=date(2026, 1, 1))
    index = index_of(tmp_path)
    assert decide_link(link, index, None) == "known"
    changed = dataclasses.replace(link, entry=dataclasses.replace(ENTRY, title="Another"))
    assert decide_link(changed, index, None) is None


def test_duplicates_are_not_asked_for_again_but_what_fetching_off_left_is(tmp_path: Path) -> None:
    link = Link(url="https://a.example/1", origin=Origin(uri="f", kind="rss"), entry=ENTRY)
    other = Link(url="https://a.example/2", origin=Origin(uri="f", kind="rss"), entry=ENTRY)
    rows = [
        make_dropped(link, "repeats", LeftOut("repeats.same_text", ""), duplicate_of="0" * 32),
        make_dropped(other, "fetch", LeftOut("fetch.off", "")),
    ]
    commit_rows(tmp_path, "run1", rows, day=date(2026, 1, 1))
    index = index_of(tmp_path)
    assert decide_link(link, index, None) == "known"
    assert decide_link(other, index, None) is None
    repeated = decide_link(link, None, index)
    assert isinstance(repeated, LeftOut)
    assert repeated.reason == "repeats.same_text"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 40))
def test_an_index_is_the_same_in_pieces_and_on_disk(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], cut: int
) -> None:
    output = tmp_path_factory.mktemp("lake")
    articles = [make_article(url=f"https://a.example/{n}", version=place + 1) for place, n in enumerate(numbers)]
    for name, part in (("a", articles[:cut]), ("b", articles[cut:])):
        if part:
            commit_rows(output, name, part, day=date(2026, 1, 1))
    manifests = Lake(str(output)).manifests()
    whole = build_index(str(output), live_files(manifests))
    merged = build_index(str(output), [])
    for manifest in manifests:
        merged = merge_indexes(merged, build_index(str(output), live_files([manifest])))
    save_index(merged, str(output / "index"))
    loaded = load_index(str(output / "index"))
    load_index.cache_clear()
    for index in (merged, loaded):
        assert index.articles.tolist() == whole.articles.tolist()
        assert index.texts.tolist() == whole.texts.tolist()
        assert index.links.tolist() == whole.links.tolist()
    for article in articles:
        assert whole.find_article(article.article_id) is not None


def test_what_an_article_is(tmp_path: Path) -> None:
    old = make_article()
    commit_rows(tmp_path, "run1", [old], day=date(2026, 1, 1))
    index = index_of(tmp_path)
    assert decide_version(old, index, None) == "known"
    assert decide_version(make_article(text=TEXT.replace(" ", "  ")), index, None) == "known", (
        "white space does not make a version"
    )
    changed = make_article(headline="Council delays pier")
    new = decide_version(changed, index, None)
    assert isinstance(new, Article)
    assert new.version == 2
    assert new.version_id == version_id(old.article_id, content_hash("Council delays pier", TEXT))
    copy = make_article(url="https://wire.example/x")
    left = decide_version(copy, index, None)
    assert isinstance(left, LeftOut)
    assert left.reason == "known.same_text"
    assert duplicate_of(copy, index, None) == old.article_id
    other = decide_version(make_article(url="https://b.example/", text="Else. " * 30), index, None)
    assert isinstance(other, Article)
    assert other.version == 1
    in_run = decide_version(changed, None, index)
    assert isinstance(in_run, LeftOut)
    assert in_run.reason == "repeats.same_id"


def test_what_was_taken_down_does_not_come_back(tmp_path: Path) -> None:
    article = make_article()
    index = dataclasses.replace(index_of(tmp_path), retracted=frozenset([article.article_id]))
    left = decide_version(article, index, None)
    assert isinstance(left, LeftOut)
    assert left.reason == "retract.taken_down"
    link = Link(url=article.url or "", origin=Origin(uri="f", kind="rss"))
    by_link = decide_link(link, index, None)
    assert isinstance(by_link, LeftOut)
    assert link_id(link.url) is not None


def test_a_page_that_was_taken_down_is_not_kept_again() -> None:
    article = make_article()
    exchange = Exchange(
        url=article.url or "",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        request_head=b"",
        response_head=b"",
        body=b"<p>",
    )
    response = Response(url=article.url or "", status=200, exchanges=(exchange,))
    page = Document(media="html", origin=Origin(uri="f", kind="rss"), response=response)
    kept = without_retracted_exchanges(page, frozenset())
    assert kept is page
    passed = without_retracted_exchanges(page, frozenset([article.article_id]))
    assert passed.response == dataclasses.replace(response, exchanges=())


def test_a_column_that_holds_no_ids_is_named(tmp_path: Path) -> None:
    odd = dataclasses.replace(make_article(), content_hash="short")
    commit_rows(tmp_path, "run1", [odd], day=date(2026, 1, 1))
    with pytest.raises(ValueError, match="32 hex digits"):
        index_of(tmp_path)
    assert rows_to_table([odd], Article).num_rows == 1
