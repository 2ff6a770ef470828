"""Articles whose address is not theirs alone: what is decided of them in the poll that shows it and in later ones."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.articles import Article
from schemas.documents import Entry, Link, Origin
from schemas.trouble import LeftOut
from tests.known.test_index import index_of
from tests.support.commits import commit_rows
from tests.support.samples import make_article
from transforms.check.rows import article_faults
from transforms.identity import address_of, article_id, entry_hash, link_id
from transforms.known.decide import decide_link, decide_version, identify, tell_apart_as_before
from transforms.known.index import Known, KnownIndex, LayeredIndex, build_index, load_index, merge_indexes, save_index
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files

BOARD = "https://notices.example/board"
QUAY = "The harbour board decided on Monday to close the eastern quay until the cracks in its wall have been filled. "
ROAD = "Lorries may use the coast road again from Friday on, after a landslide had blocked it for more than a month. "
RAIN = "Rain is expected along the whole coast, with gusts of ninety kilometres an hour on the outer islands at night. "


def entry(guid: str | None, title: str, text: str, **more: Any) -> Entry:
    return Entry(url=BOARD, entry_id=guid, title=title, summary_html=text, feed_url="https://notices.example/f", **more)


def link(said: Entry) -> Link:
    return Link(url=said.url or "", origin=Origin(uri="f", kind="rss"), entry=said)


def article(said: Entry, text: str | None = None, **more: Any) -> Article:
    """As it is read of a feed entry."""
    made = make_article(url=said.url, text=text or said.summary_html, headline=said.title, **more)
    address = address_of(said.url or "", said)
    name, scheme = article_id(address, made.headline, made.text, said)
    return dataclasses.replace(
        made,
        article_id=name,
        id_scheme=scheme,
        url_canonical=address,
        link_id=link_id(said.url, said),
        entry_hash=entry_hash(said),
        feed_entry_id=said.entry_id,
        feed_url=said.feed_url,
        text_source="feed_summary",
    )


def compare(one: Article, before: Known | None, so_far: Known | None) -> Article | LeftOut | str:
    return decide_version(identify(one, before, so_far), before, so_far)


def lake(output: Path, *runs: list[Article]) -> KnownIndex:
    """The index of some runs, by way of the disk."""
    there = len(list((output / "runs").glob("*"))) if (output / "runs").exists() else 0
    for number, rows in enumerate(runs, start=there):
        commit_rows(output, f"run{number}", rows, day=date(2026, 1, 1 + number))
    save_index(index_of(output), str(output / "index"))
    load_index.cache_clear()
    return load_index(str(output / "index"))


def decided(one: Article, index: KnownIndex | LayeredIndex) -> Article:
    """What an article is decided to be, where that is a row."""
    found = compare(one, index, None)
    assert isinstance(found, Article), found
    assert not list(article_faults(dataclasses.asdict(found)))
    return found


def test_an_address_that_was_shared_once_is_shared_in_later_polls(tmp_path: Path) -> None:
    shared = [entry("1", "Quay closed", QUAY, told_by="guid"), entry("2", "Road open", ROAD, told_by="guid")]
    index = lake(tmp_path, [article(said) for said in shared])
    alone = tell_apart_as_before(link(dataclasses.replace(shared[0], told_by=None)), index)
    assert alone.entry == shared[0], "the other has left the feed"
    assert decide_link(alone, index, None) == "known"
    new = tell_apart_as_before(link(entry("3", "Rain", RAIN)), index)
    assert new.entry is not None
    assert new.entry.told_by == "guid"
    assert decide_link(new, index, None) is None
    assert decided(article(new.entry), index).version == 1
    changed = tell_apart_as_before(link(entry("2", "Road open", ROAD + "Drive slowly.")), index)
    assert changed.entry is not None
    assert (decided(article(changed.entry), index).version, article(changed.entry).article_id) == (
        2,
        article(shared[1]).article_id,
    )


@pytest.mark.parametrize(
    ("said", "feed", "expected"),
    [
        (entry(None, "Rain", RAIN), "https://notices.example/f", "text"),
        (entry("3", "Rain", ""), "https://notices.example/f", None),
        (entry("3", "Rain", RAIN), "https://other.example/f", None),
    ],
    ids=["no guid", "nothing but a title", "another feed"],
)
def test_what_an_entry_at_a_shared_address_is_told_by(
    tmp_path: Path, said: Entry, feed: str, expected: str | None
) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY, told_by="guid"))])
    told = tell_apart_as_before(link(dataclasses.replace(said, feed_url=feed)), index).entry
    assert told is not None
    assert told.told_by == expected


def test_what_was_told_by_fragments_stays_so(tmp_path: Path) -> None:
    first = dataclasses.replace(entry("1", "Quay closed", QUAY, told_by="fragment"), url=BOARD + "#quay")
    index = lake(tmp_path, [article(first)])
    said = dataclasses.replace(entry("2", "Road open", ROAD), url=BOARD + "#road")
    told = tell_apart_as_before(link(said), index).entry
    assert told is not None
    assert told.told_by == "fragment"
    assert article(told).url_canonical == BOARD + "#road"
    page = tell_apart_as_before(link(entry("3", "Rain", RAIN)), index).entry
    assert page is not None
    assert page.told_by is None, "the page itself"


def test_what_was_told_by_guids_stays_so(tmp_path: Path) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY, told_by="guid"))])
    said = dataclasses.replace(entry("2", "Road open", ROAD, told_by="fragment"), url=BOARD + "#road")
    told = tell_apart_as_before(link(said), index).entry
    assert told is not None
    assert told.told_by == "guid"


def test_an_entry_that_was_alone_at_first_is_known_when_others_come(tmp_path: Path) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY))])
    again = entry("1", "Quay closed", QUAY, told_by="guid")
    assert decide_link(link(again), index, None) == "known"
    assert compare(article(again), index, None) == "known", "asked for once more, as by --full"
    other = decided(article(entry("2", "Road open", QUAY + ROAD, told_by="guid")), index)
    assert other.version == 1, "the guid joins the id, whatever the texts have in common"


SECOND = [
    ("guid, title and text differ", "2", "Road open", ROAD, (1, "reused1")),
    ("the guid is the same", "1", "Road open", ROAD, (2, "url2")),
    ("the title is the same", "2", "QUAY closed", ROAD, (2, "url2")),
    ("much of the text is the same", "2", "Quay still closed", QUAY + "It may take weeks.", (2, "url2")),
    ("no guid", None, "Road open", ROAD, (2, "url2")),
]


@pytest.mark.parametrize(
    ("guid", "title", "text", "expected"), [case[1:] for case in SECOND], ids=[case[0] for case in SECOND]
)
def test_an_address_that_comes_again(
    tmp_path: Path, guid: str | None, title: str, text: str, expected: tuple[int, str]
) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY))])
    found = decided(article(entry(guid, title, text)), index)
    assert (found.version, found.id_scheme) == expected


def test_an_address_that_is_used_again_and_again(tmp_path: Path) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY))])
    road = decided(article(entry("2", "Road open", ROAD)), index)
    index = lake(tmp_path, [road])
    assert decide_link(link(entry("2", "Road open", ROAD)), index, None) == "known"
    told = tell_apart_as_before(link(entry("3", "Rain", RAIN)), index).entry
    assert told is not None
    assert told.told_by is None, "no two entries of a feed had it at one time: the page is read"
    changed = decided(article(entry("2", "Road open", ROAD + "Drive slowly.")), index)
    assert (changed.article_id, changed.version) == (road.article_id, 2)
    renamed = decided(article(entry("9", "Coast road open", ROAD + "Drive slowly.")), index)
    assert (renamed.article_id, renamed.version) == (road.article_id, 2), "publishers change guids, too"
    rain = decided(article(entry("3", "Rain", RAIN)), index)
    assert rain.version == 1
    assert rain.article_id not in (road.article_id, article(entry("1", "Quay closed", QUAY)).article_id)
    assert compare(article(entry("1", "Quay closed", QUAY)), index, None) == "known"


def test_the_same_holds_between_chunks_of_a_run(tmp_path: Path) -> None:
    so_far = lake(tmp_path, [article(entry("1", "Quay closed", QUAY))])
    found = compare(article(entry("2", "Road open", ROAD)), None, so_far)
    assert isinstance(found, Article)
    assert found.id_scheme == "reused1"
    copy = compare(article(entry("2", "Quay still closed", QUAY + "It may take weeks.")), None, so_far)
    assert isinstance(copy, LeftOut)
    assert copy.reason == "repeats.same_id"


def test_an_index_in_pieces_finds_the_same(tmp_path: Path) -> None:
    shared = [entry(str(n), f"Notice {n}", f"{n} " + QUAY, told_by="guid") for n in range(3)]
    for number, said in enumerate(shared):
        commit_rows(tmp_path, f"run{number}", [article(said)], day=date(2026, 1, 1))
    manifests = Lake(str(tmp_path)).manifests()
    parts = [build_index(str(tmp_path), live_files([manifest])) for manifest in manifests]
    whole = build_index(str(tmp_path), live_files(manifests))
    board = link_id(BOARD) or ""
    merged = merge_indexes(merge_indexes(parts[0], parts[1]), parts[2])
    for index in (whole, merged, LayeredIndex(tuple(parts))):
        assert index.shared_ids(board) == sorted(article(said).article_id for said in shared)
        assert index.shared_by(board, "https://notices.example/f") == {"guid1"}
        assert index.shared_by(board, None) == frozenset()
        for said in shared:
            row = index.read_row(article(said).article_id)
            assert row is not None
            assert (row.feed_entry_id, row.headline, row.text) == (said.entry_id, said.title, said.summary_html)
        assert index.read_row("0" * 32) is None


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    index = lake(tmp_path, [article(entry("1", "Quay closed", QUAY))])
    next((tmp_path / "articles").rglob("*.parquet")).unlink()
    with pytest.raises(OSError, match="restore it"):
        compare(article(entry("2", "Road open", ROAD)), index, None)


@pytest.mark.parametrize("told_by", ["guid", "text", None])
def test_an_address_that_was_taken_down_stays_down(tmp_path: Path, told_by: str | None) -> None:
    first = article(entry("1", "Quay closed", QUAY))
    index = dataclasses.replace(lake(tmp_path, [first]), retracted=frozenset([first.article_id]))
    said = entry("2", "Road open", ROAD, told_by=told_by)
    for left in (decide_link(link(said), index, None), compare(article(said), index, None)):
        assert isinstance(left, LeftOut)
        assert left.reason == "retract.taken_down"
