"""Feeds whose entries share links, read in several polls: no entry is lost, none is written twice."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow.dataset as ds
import pytest

from pipeline.cli import main

pytestmark = pytest.mark.slow

Item = tuple[str | None, str, str, str]
"""guid, title, link and text."""

NOTICES = "https://notices.example/board"
TEXTS = [
    "The harbour board decided on Monday to close the eastern quay until the cracks in its wall have been filled.",
    "Lorries may use the coast road again from Friday on, after a landslide had blocked it for more than a month.",
    "Rain is expected along the whole coast, with gusts of ninety kilometres an hour on the outer islands at night.",
    "A school in the old town will be heated by water from the river, the council announced, for the first time.",
]


def feed(items: list[Item]) -> str:
    parts = "".join(
        f"<item><title>{title}</title><link>{escape(link)}</link><description>{text}</description>"
        + (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
        + "</item>"
        for guid, title, link, text in items
    )
    return f"<rss version='2.0'><channel><title>N</title><link>https://notices.example/</link>{parts}</channel></rss>"


@pytest.fixture
def poll(tmp_path: Path) -> Callable[..., list[tuple[str, int]]]:
    """Reads a feed and gives headline and version of all articles; the output is as promised."""

    def run(items: list[Item], *more: str) -> list[tuple[str, int]]:
        (tmp_path / "feed.xml").write_text(feed(items), encoding="utf-8")
        words = ["--input", str(tmp_path / "feed.xml"), "--output", str(tmp_path / "lake"), "--fetch", "never"]
        assert main(["run", *words, "--spacy_model", "none", "--quiet", "--max_dead_ratio", "1", *more]) == 0
        assert main(["verify", "--output", str(tmp_path / "lake")]) == 0
        return sorted((str(row["headline"]), int(row["version"])) for row in rows(tmp_path / "lake", "articles"))

    return run


def rows(output: Path, table: str) -> list[dict[str, Any]]:
    where = output / table
    return list(ds.dataset(where, partitioning="hive").to_table().to_pylist()) if where.exists() else []


def test_entries_of_one_link_stay_apart_through_polls(
    poll: Callable[..., list[tuple[str, int]]], tmp_path: Path
) -> None:
    items: list[Item] = [(f"g{n}", f"Notice {n}", NOTICES, text) for n, text in enumerate(TEXTS)]
    assert poll(items[:2]) == [("Notice 0", 1), ("Notice 1", 1)]
    assert poll(items[:2]) == [("Notice 0", 1), ("Notice 1", 1)]
    expected = [("Notice 0", 1), ("Notice 1", 1), ("Notice 2", 1)]
    assert poll([items[2]]) == expected, "alone in the feed, at a link that was shared before"
    assert poll([items[2], items[0]], "--chunk_documents", "1", "--full") == expected
    corrected: Item = ("g1", "Notice 1", NOTICES, TEXTS[1] + " Drive slowly.")
    assert poll([corrected]) == sorted([*expected, ("Notice 1", 2)])
    assert {row["id_scheme"] for row in rows(tmp_path / "lake", "articles")} == {"guid1"}
    assert len({row["article_id"] for row in rows(tmp_path / "lake", "articles")}) == 3


def test_a_link_that_comes_again_with_another_article(poll: Callable[..., list[tuple[str, int]]]) -> None:
    assert poll([("g0", "Quay closed", NOTICES, TEXTS[0])]) == [("Quay closed", 1)]
    expected = [("Quay closed", 1), ("Road open", 1)]
    assert poll([("g1", "Road open", NOTICES, TEXTS[1])]) == expected
    renamed: Item = ("g9", "Quay still closed", NOTICES, TEXTS[0] + " It may take weeks.")
    assert poll([renamed]) == [("Quay closed", 1), ("Quay still closed", 2), ("Road open", 1)]


@pytest.mark.parametrize("more", [[], ["--chunk_documents", "2"]])
def test_every_entry_is_accounted_for(
    poll: Callable[..., list[tuple[str, int]]], tmp_path: Path, more: list[str]
) -> None:
    items: list[Item] = [
        *((f"g{n}", f"Notice {n}", NOTICES, text) for n, text in enumerate(TEXTS)),
        *((None, f"Brief {n}", "https://notices.example/briefs", f"Brief: {text}") for n, text in enumerate(TEXTS)),
        *((None, f"Part {n}", f"https://notices.example/day#p{n}", f"Part: {text}") for n, text in enumerate(TEXTS)),
        *((f"h{n}", f"Home {n}", "https://notices.example/", f"Home: {text}") for n, text in enumerate(TEXTS)),
        *((None, f"Route {n}", f"https://notices.example/#!/{n}", f"Route: {text}") for n, text in enumerate(TEXTS)),
        ("g1", "Notice 1", NOTICES, TEXTS[1]),
        ("s1", "Short", NOTICES, "Too short."),
        ("t1", "Nothing but a title", NOTICES, ""),
    ]
    found = poll(items, *more)
    assert len(found) == 20
    assert Counter(row["id_scheme"] for row in rows(tmp_path / "lake", "articles")) == {
        **{"guid1": 8, "text1": 4, "fragment1": 4},
        "url2": 4,
    }
    assert [row["code"] for row in rows(tmp_path / "lake", "dead_letters")] == ["extract.no_main_text"]
    reasons = sorted(str(row["reason"]) for row in rows(tmp_path / "lake", "dropped"))
    assert reasons in (["fetch.off", "repeats.same_text"], ["fetch.off", "repeats.same_id"])
