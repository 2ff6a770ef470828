"""What is taken down is in no live file any more, and nothing else is missing."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from schemas.documents import Entry, Link, Origin
from schemas.tables import TABLES
from tests.support.commits import article, commit_older, commit_rows, dead_letter, dropped, live_paths, replay
from tests.support.power_cuts import STEPS, PowerCut, cut_power
from tests.support.s3 import Bucket, store
from transforms.check.verify import verify
from transforms.identity import article_id, digest, link_id
from transforms.lake.lake import Lake
from transforms.lake.manifests import live_files, retracted_ids
from transforms.lake.read import open_table
from transforms.letters.replay_element import replay_json
from transforms.takedown import retract as retracting
from transforms.takedown.retract import retract
from transforms.takedown.targets import parse_targets
from transforms.urls import canonical_url

__all__ = ["store"]

URL = "https://daily.example/scandal"
ASKED = "https://go.example/s?id=7"
ID = article_id(canonical_url(URL), None, "")[0]
OTHER = article(0).article_id
TEXT = "A fictitious clerk was said to have mislaid the pier. " * 5
COPY = "https://copy.example/same"


def scandal(**changes: Any) -> Any:
    values = {"url": URL, "url_requested": ASKED, "redirects": (ASKED, "http://hop.example/1"), "text": TEXT}
    return dataclasses.replace(article(7, **(values | changes)), link_id=link_id(ASKED))


def make_lake(output: Path | str) -> None:
    link = Link(url=ASKED, origin=Origin(uri="feeds/a.xml", kind="rss", position=3))
    plain = [article(n) for n in range(5)]
    rows: list[Any] = [
        *plain,
        scandal(archive_file="archive/r1.warc.gz", archive_offset=512),
        dead_letter(1),
        dead_letter(2, url="http://DAILY.example:80/scandal#top"),
        dead_letter(3, url=None, replay_json=replay_json(link)),
        dead_letter(4, url="https://daily.example/scandals", replay_json=json.dumps({"value": {"id": OTHER}})),
        dropped(1),
        dropped(2, url=URL + "?utm_source=x", article_id=ID, duplicate_of=ID),
        dropped(3, url=COPY, article_id=digest("copy"), duplicate_of=ID),
        dropped(4, url=ASKED, link_id=link_id(ASKED)),
        replay(3, article_id=ID),
        replay(1),
    ]
    commit_rows(output, "r1", rows)
    commit_rows(output, "r2", [scandal(text="The clerk had it all along. " * 9, version=2)], by=("publisher_domain",))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """An article in two versions, asked for at another address, and rows of every table that name it."""
    make_lake(tmp_path / "lake")
    commit_older(tmp_path / "lake", "r0", [article(20)], without=("link_id", "redirects", "version"))
    return tmp_path / "lake"


def texts(output: Path) -> str:
    """All that the live files hold, and all that any Parquet file below the output holds."""
    paths = {*live_paths(output), *output.rglob("*.parquet")}
    return "\n".join(str(pq.read_table(path, partitioning=None).to_pylist()) for path in sorted(paths))


def rest(output: Path | str) -> dict[str, list[str]]:
    return {table: sorted(map(repr, open_table(str(output), table).to_table().to_pylist())) for table in TABLES}


@pytest.mark.parametrize(
    "word", [URL, ID, ID.upper(), ASKED, "HTTP://daily.example/scandal?utm_medium=m", "http://hop.example/1"]
)
def test_nothing_of_it_is_left_by_whatever_name_it_is_given(lake: Path, word: str) -> None:
    before = rest(lake)
    result = retract(str(lake), [word], run_id="t1")
    assert result.rows == {"articles": 2, "dropped": 3, "dead_letters": 2, "replays": 1}
    assert ID in result.ids
    assert result.copies == (COPY,)
    shown = texts(lake)
    for name in (
        ID,
        f"{URL}'",
        f"{URL}?",
        f"{URL}#",
        ASKED,
        str(link_id(ASKED)),
        "fictitious clerk",
        "all along",
        COPY,
    ):
        assert name not in shown, name
    after = rest(lake)
    for table, count in result.rows.items():
        assert set(after[table]) < set(before[table])
        assert len(after[table]) == len(before[table]) - count
    assert verify(str(lake)) == []
    manifests = Lake(str(lake)).manifests()
    assert ID in retracted_ids(manifests)
    assert [manifest.kind for manifest in manifests].count("retract") == 1
    assert "daily.example/scandals" in shown, "an address that only begins like it stays"
    again = retract(str(lake), [word], run_id="t2")
    assert (again.rows, again.files) == ({}, 0)


def test_the_same_bytes_stay_where_nothing_matches(lake: Path) -> None:
    before = {path: path.read_bytes() for path in live_paths(lake)}
    name = article_id(canonical_url("https://nowhere.example/x"), None, "")[0]
    result = retract(str(lake), ["https://nowhere.example/x"], run_id="t1")
    assert (result.ids, result.rows) == ((name,), {})
    assert {path: path.read_bytes() for path in live_paths(lake)} == before
    assert retracted_ids(Lake(str(lake)).manifests()) == {name}, "it is kept as taken down all the same"


def test_several_at_once_and_a_text_without_address(tmp_path: Path) -> None:
    text = article(3, url=None, headline=None)
    commit_rows(tmp_path, "r1", [article(0), article(1), article(2), text])
    result = retract(str(tmp_path), [text.article_id, str(article(1).url), OTHER], run_id="t1")
    assert result.rows == {"articles": 3}
    assert open_table(str(tmp_path)).to_table().column("article_id").to_pylist() == [article(2).article_id]
    retract(str(tmp_path), [article(2).article_id], run_id="t2")
    assert live_files(Lake(str(tmp_path)).manifests()) == []
    assert list(tmp_path.rglob("*.parquet")) == []
    assert verify(str(tmp_path)) == []


def test_letters_of_two_tries_and_international_hosts(tmp_path: Path) -> None:
    url = "https://zürich.example/ä"
    rows = [article(1, url=url), dead_letter(1, url="https://xn--zrich-kva.example/%C3%A4"), dead_letter(2)]
    commit_rows(tmp_path, "r1", rows)
    commit_rows(tmp_path, "r2", [dead_letter(1, url=url, attempts=2)])
    assert retract(str(tmp_path), [url], run_id="t1").rows == {"articles": 1, "dead_letters": 2}
    assert len(rest(tmp_path)["dead_letters"]) == 1


@pytest.mark.parametrize("step", ["stage", *STEPS])
def test_a_crash_at_any_step_leaves_all_or_nothing(lake: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    before = rest(lake)
    cut_power(monkeypatch, step, {"stage": (retracting, "stage_rows")})
    with pytest.raises(PowerCut):
        retract(str(lake), [URL], run_id="t1")
    monkeypatch.undo()
    Lake(str(lake)).recover()
    is_done = ID in retracted_ids(Lake(str(lake)).manifests())
    assert is_done == (step not in ("stage", "intent"))
    assert is_done or rest(lake) == before
    retract(str(lake), [URL], run_id="t2")
    assert ID not in texts(lake)
    assert verify(str(lake)) == []
    assert not (lake / "_staging").exists()


def test_words_that_are_neither_addresses_nor_ids_are_refused() -> None:
    for word in ("scandal", "ftp://daily.example/x", "", ID[:-1]):
        with pytest.raises(ValueError, match="not an absolute"):
            parse_targets([word])


def test_a_store_is_retracted_like_a_disk(store: Bucket) -> None:
    output = store.url("retract/lake")
    make_lake(output)
    assert retract(output, [URL], run_id="t1").rows == {"articles": 2, "dropped": 3, "dead_letters": 2, "replays": 1}
    for key in store.keys("retract/"):
        if key.endswith(".parquet"):
            assert ID not in str(pq.read_table(pa.BufferReader(store.read(key))).to_pylist())
    assert verify(output) == []


def test_the_command(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["retract", "--output", str(lake), URL]
    before = rest(lake)
    assert main([*words, "--dry_run"]) == 0
    assert "would be taken down: 2 of articles, 2 of dead_letters, 3 of dropped" in capsys.readouterr().out
    assert rest(lake) == before
    assert main([*words, "--reason", "court order"]) == 0
    shown = capsys.readouterr().out
    assert f"article_id {ID}\n" in shown
    assert f"may now come in as an article: {COPY}\n" in shown
    said = json.loads(next((lake / "runs").glob("*/retract.json")).read_text())
    assert (said["reason"], said["rows"]["articles"]) == ("court order", 2)
    assert ID in said["retracted"]
    assert main(words) == 0
    assert "no row of it was found; it is kept as taken down" in capsys.readouterr().out
    assert main([*words, "--dry_run"]) == 0
    assert "no row of it was found; it would be kept as taken down" in capsys.readouterr().out
    assert main(["verify", "--output", str(lake)]) == 0
    assert main(["retract", "--output", str(lake), "scandal"]) == 2
    assert "article_ids of 32 hex digits" in capsys.readouterr().err


def test_of_articles_that_share_an_address_one_is_taken_down_by_its_id_and_all_by_the_address(tmp_path: Path) -> None:
    board = "https://notices.example/board"
    entries = [Entry(url=board, entry_id=f"g{n}", title=f"Notice {n}", told_by="guid") for n in range(3)]
    shared = [
        dataclasses.replace(
            article(n, url=board, feed_entry_id=entry.entry_id),
            article_id=article_id(board, None, "", entry)[0],
            id_scheme="guid1",
            link_id=link_id(board, entry),
        )
        for n, entry in enumerate(entries)
    ]
    again = dropped(9, url=board, article_id=shared[0].article_id, link_id=shared[0].link_id, duplicate_of=OTHER)
    commit_rows(tmp_path, "r1", [*shared, again])
    result = retract(str(tmp_path), [shared[0].article_id], run_id="t1")
    assert (result.ids, result.rows) == ((shared[0].article_id,), {"articles": 1, "dropped": 1})
    result = retract(str(tmp_path), [board], run_id="t2")
    assert result.rows == {"articles": 2}
    assert {one.article_id for one in shared[1:]} < set(result.ids)
