"""Open dead letters that a batch closes: what it tried and what did not fail."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.articles import Article, DeadLetter, Dropped, Replay
from schemas.documents import Link, Origin, Source
from schemas.outcomes import Subject
from schemas.trouble import Trouble
from tests.support.commits import commit_rows, stage_records
from tests.support.samples import make_article
from transforms.identity import link_id
from transforms.lake.commits import Commit
from transforms.lake.lake import Lake
from transforms.letters.closing import BatchSources, find_closed, read_batch
from transforms.letters.make import make_dead_letter
from transforms.letters.open_letters import OpenLetter, open_letters

PAGE, FEED = "https://post.example/a", "https://post.example/feed.xml"
ASKED = Link(url=PAGE, origin=Origin(uri=FEED, kind="rss"))


def letter_of(subject: Subject, code: str = "read.corrupt") -> DeadLetter:
    return make_dead_letter(subject, code.partition(".")[0], Trouble(code, "so it is"))


def closed(
    tmp_path: Path,
    letter: DeadLetter,
    *rows: Article | DeadLetter | Dropped | Replay,
    work: Sequence[Source | Link] = (),
    rest: Sequence[Source] = (),
    fetches: bool = True,
) -> list[tuple[str, str | None, int]]:
    """Outcome, article and attempts of what a batch closes, where one letter is open."""
    output = str(tmp_path / "out")
    commit_rows(output, "one", [letter], day=date(2026, 3, 1))
    letters: dict[str, OpenLetter] = {each.letter_id: each for each in open_letters(Lake(output))}
    staged = stage_records(Commit(output=output, run_id="two", ingest_date=date(2026, 3, 2)), rows)
    sources = BatchSources(work, rest, fetches=fetches)
    found = find_closed(letters.values(), sources, read_batch(Lake(output), staged, letters))
    return [(each.outcome, each.article_id, each.attempts) for each in found]


def made(**changes: Any) -> Article:
    return make_article(**{"url": PAGE, "link_id": link_id(PAGE), "source_uri": FEED, **changes})


def test_a_source_that_was_read(tmp_path: Path) -> None:
    article = made(url=None, link_id=None, source_uri="in/a.html")
    found = closed(tmp_path, letter_of(Source(uri="in/a.html")), article, work=[Source(uri="in/a.html")])
    assert found == [("article", article.article_id, 2)]


@pytest.mark.parametrize(
    ("work", "rest", "is_closed"),
    [
        ([Source(uri="in/a.jsonl")], [], True),
        ([Source(uri="in/a.jsonl")], [Source(uri="in/a.jsonl", first=9)], False),
        ([Source(uri="in/a.jsonl", first=9)], [], True),
        ([Source(uri="in/b.jsonl")], [], False),
        ([], [], False),
    ],
)
def test_a_source_counts_when_its_end_was_read(
    tmp_path: Path, work: list[Source], rest: list[Source], is_closed: bool
) -> None:
    found = closed(tmp_path, letter_of(Source(uri="in/a.jsonl")), work=work, rest=rest)
    assert found == ([("duplicate", None, 2)] if is_closed else [])


def test_a_source_that_failed_again_stays_open(tmp_path: Path) -> None:
    source = Source(uri="in/a.jsonl")
    letter = letter_of(source)
    again = Replay(letter_id=letter.letter_id, outcome="dead_letter", attempts=2, newsmill_version="0")
    assert closed(tmp_path, letter, again, work=[source]) == []
    assert closed(tmp_path / "b", letter, letter_of(source, "read.empty"), work=[source]) == []


@pytest.mark.parametrize(
    ("work", "rest", "is_closed"),
    [
        (Source(uri="in/a.jsonl"), [], True),
        (Source(uri="in/a.jsonl"), [Source(uri="in/a.jsonl", first=4)], True),
        (Source(uri="in/a.jsonl"), [Source(uri="in/a.jsonl", first=3)], False),
        (Source(uri="in/a.jsonl", first=4), [], False),
    ],
)
def test_a_position_counts_when_the_file_was_read_up_to_it(
    tmp_path: Path, work: Source, rest: list[Source], is_closed: bool
) -> None:
    letter = letter_of(Source(uri="in/a.jsonl", first=3, last=4), "read.bad_record")
    assert bool(closed(tmp_path, letter, work=[work], rest=rest)) == is_closed
    broken = letter_of(Source(uri="in/a.jsonl", first=2))
    assert closed(tmp_path / "b", letter, broken, work=[work], rest=rest) == [], "the file broke off"


def test_a_position_at_an_address_is_left_to_replays(tmp_path: Path) -> None:
    assert closed(tmp_path, letter_of(Source(uri=FEED, first=3, last=4)), work=[Source(uri=FEED)]) == []


@pytest.mark.parametrize("name", ["in/locked", "in/locked/"])
def test_a_directory_counts_when_it_was_listed(tmp_path: Path, name: str) -> None:
    letter = letter_of(Source(uri=name), "read.unreadable")
    article = made(url=None, link_id=None, source_uri="in/locked/b/x.html")
    inside = Source(uri="in/locked/b/x.html")
    assert closed(tmp_path, letter, article, work=[inside]) == [("article", article.article_id, 2)]
    assert closed(tmp_path / "b", letter, work=[Source(uri="in/locked.html")]) == []
    assert closed(tmp_path / "c", letter, letter_of(inside), work=[inside]) == [("duplicate", None, 2)]


def test_a_feed_counts_when_it_was_requested(tmp_path: Path) -> None:
    letter = letter_of(Source(uri=FEED), "fetch.http_404")
    assert closed(tmp_path, letter, work=[Source(uri=FEED)]) == [("duplicate", None, 2)]
    assert closed(tmp_path / "b", letter, work=[Source(uri=FEED)], fetches=False) == []


def test_a_link_counts_when_a_row_came_of_it(tmp_path: Path) -> None:
    letter, article = letter_of(ASKED, "fetch.timeout"), made()
    assert closed(tmp_path, letter, article) == [("article", article.article_id, 2)]
    assert closed(tmp_path / "b", letter, work=[Source(uri=FEED)]) == []
    assert closed(tmp_path / "c", letter, article, letter_of(ASKED, "fetch.http_404")) == []
    off = Dropped(
        outcome="filtered", stage="fetch", reason="fetch.off", message="off", url=PAGE, link_id=link_id(PAGE),
        source_uri=FEED, source_kind="rss", source_position=0, newsmill_version="0",
    )  # fmt: skip
    assert closed(tmp_path / "d", letter, off) == []
