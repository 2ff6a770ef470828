"""What is taken down is in no file below the output any more, archived pages included; all else is as it was."""

import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.cli import main
from schemas.documents import Document
from schemas.errors import CorruptArchive
from tests.support.archives import Place, archived_documents
from tests.support.power_cuts import STEPS, PowerCut, cut_power
from tests.support.s3 import Bucket, store
from tests.support.servers import Reply, Server, redirect
from transforms.archive.members import Member, group_pages, read_members
from transforms.archive.read import read_pages
from transforms.archive.tombstones import make_tombstone
from transforms.check.verify import verify
from transforms.identity import article_id
from transforms.lake import files
from transforms.lake.lake import Lake
from transforms.lake.manifest import Manifest
from transforms.lake.manifests import retracted_ids
from transforms.lake.read import open_table
from transforms.takedown import retract as retracting
from transforms.takedown.choose_pages import Criteria, choose_records
from transforms.takedown.retract import retract
from transforms.urls import canonical_url

pytestmark = pytest.mark.slow

__all__ = ["store"]

AT = datetime(2026, 3, 2, tzinfo=UTC)
SECRET = "mislaid the keys of the lighthouse"
WALL = "<html><body><p>Please sign in.</p></body></html>"


def page(headline: str, text: str) -> str:
    body = "".join(f"<p>{text} It was said {n} times at Port Ellery that evening.</p>" for n in range(5))
    return f"<html lang=en><title>{headline}</title><body><article><h1>{headline}</h1>{body}</article></body></html>"


SCANDAL = page("Clerk and keys", f"A fictitious clerk {SECRET}, the council heard.")
ROUTES: dict[str, Any] = {
    "/robots.txt": Reply(status=404),
    "/short": redirect("/hop?id=7"),
    "/hop?id=7": redirect("/scandal"),
    "/scandal": Reply(SCANDAL, gzip=True),
    "/twin": Reply(SCANDAL, gzip=True),
    "/quoted": Reply(page("Clerk and keys again", f"A fictitious clerk {SECRET}, the council heard.")),
    "/old": redirect("/pier"),
    "/pier": Reply(page("Pier rebuilt", "The eastern pier was rebuilt after the storm of January.")),
    "/bare": Reply("<p>Nothing here.</p>"),
    "/otters": Reply(page("Otters are back", "Nine otters were counted in the river above the weir."), gzip=True),
    "/wall/a": Reply(WALL),
    "/wall/b": Reply(WALL),
    "/wall/c": Reply(WALL),
}


def entry(url: str, name: str) -> str:
    text = page(f"Ferry {name}", f"The ferry {name} stayed in the harbour since fog lay over the bay.")
    return (
        f"<item><title>Ferry {name}</title><link>{url}</link><guid>{name}</guid>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded></item>"
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    with Server(ROUTES) as server:
        yield server


@pytest.fixture(scope="module")
def made(site: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with an archive: two runs, so that there are several archive files."""
    base = tmp_path_factory.mktemp("made")
    ferries = "".join(entry(site.url(f"/wall/{name}"), name) for name in "abc")
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>F</title>'
    (base / "feed.xml").write_text(f"{head}{ferries}</channel></rss>")
    first = ["/short", "/twin", "/quoted", "/old", "/otters", "/bare"]
    (base / "links.txt").write_text("".join(site.url(path) + "\n" for path in first))
    output = base / "lake"
    for name in ("links.txt", "feed.xml"):
        words = ["run", "--input", str(base / name), "--output", str(output), "--allow_private", "--delay_s", "0"]
        assert main([*words, "--archive", "--spacy_model", "none", "--quiet", "--max_dead_ratio", "1"]) == 0
    return output


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Path:
    return Path(copytree(made, tmp_path / "lake"))


def rows(output: Path) -> dict[str, dict[str, Any]]:
    """Articles by the path of their address."""
    found = open_table(str(output)).to_table().to_pylist()
    return {"/" + row["url"].split("/", 3)[3]: row for row in found}


def everything(output: Path) -> str:
    """All that a search of every file below the output finds, compressed or not."""
    found = []
    for path in sorted(path for path in output.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            found.append(str(pq.read_table(path, partitioning=None).to_pylist()))
        elif path.suffix == ".gz":
            found.append(gzip.decompress(path.read_bytes()).decode("latin-1"))
            found += [body.decode("latin-1") for body in bodies(path)]
        else:
            found.append(path.read_bytes().decode("latin-1"))
    return "\n".join(found)


def bodies(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        return [record.content_stream().read() for record in ArchiveIterator(stream)]


def members(path: Path) -> list[Member]:
    with path.open("rb") as stream:
        return list(read_members(stream, path.name))


def read_page(output: Path, row: dict[str, Any]) -> Document:
    ((_, found),) = read_pages(Lake(str(output)), row["archive_file"], [row["archive_offset"]])
    assert isinstance(found, Document)
    return found


def same_but_for_its_place(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("archive_file", "archive_offset")}


def test_an_article_goes_with_its_pages(lake: Path, site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(lake)
    assert len({row["archive_file"] for row in before.values()}) > 1
    target = next(path for path in before if path in ("/scandal", "/twin", "/quoted"))
    documents = {place: page.body for place, page in archived_documents(lake)}
    old = {path.name: path for path in sorted((lake / "archive").rglob("*.warc.gz"))}
    lengths = {name: [(member.offset, member.length) for member in members(path)] for name, path in old.items()}
    assert SECRET in everything(lake)
    words = ["retract", "--output", str(lake), site.url(target)]
    capsys.readouterr()
    assert main([*words, "--dry_run"]) == 0
    would = capsys.readouterr().out
    assert "archived pages would be taken out: 3; " in would
    assert SECRET in everything(lake)
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert "archived pages taken out: 3; " in shown
    assert would.replace("would be ", "") == shown
    assert "lose" not in shown
    left = everything(lake)
    for name in (SECRET, site.url("/scandal"), site.url("/short"), "/hop?id=7", site.url("/twin"), "/quoted"):
        assert name not in left, name
    assert main(["verify", "--output", str(lake)]) == 0
    after = rows(lake)
    assert set(after) == set(before) - {target}
    for name, row in after.items():
        was = before[name]
        assert same_but_for_its_place(row) == same_but_for_its_place(was)
        assert row["archive_offset"] == was["archive_offset"]
        assert read_page(lake, row).body == documents[Place(was["archive_file"], was["archive_offset"])]
    for path in (lake / "archive").rglob("*.warc.gz"):
        assert [(member.offset, member.length) for member in members(path)] in lengths.values()
    assert len(list(archived_documents(lake))) == len(documents) - 3
    manifest = next(made for made in Lake(str(lake)).manifests() if made.kind == "retract")
    check_manifest(lake, manifest)
    assert main(["reprocess", "--output", str(lake), "--spacy_model", "none", "--quiet"]) == 0
    stages = next(body for body in reports(lake) if body.get("kind") == "reprocess")["stages"]
    assert (stages[0]["entered"], sum(stage["dead"] for stage in stages)) == (len(after), 0)
    assert main(["verify", "--output", str(lake)]) == 0
    assert main([*words, "--reason", "again"]) == 0
    assert "no row of it was found" in capsys.readouterr().out


def check_manifest(lake: Path, manifest: Manifest) -> None:
    archives = [file for file in manifest.files if not file.is_parquet]
    assert archives
    for file in archives:
        pages = [answer for answer in group_pages(members(lake / file.path)) if answer]
        assert (file.rows, file.schema_hash, file.table) == (len(pages), "warc", "archive")
        assert file.path.split("/")[2].startswith(manifest.run_id)


def reports(lake: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in (lake / "runs").glob("*/report.json")]


def test_a_page_kept_as_a_reference_goes_with_what_it_refers_to(lake: Path, site: Server) -> None:
    before = {path: row for path, row in rows(lake).items() if path.startswith("/wall/")}
    kinds: dict[str, str] = {}
    for path in (lake / "archive").rglob("*.warc.gz"):
        kinds |= {member.url: member.kind for member in members(path) if member.kind in ("response", "revisit")}
    original = next(path for path in before if kinds[site.url(path)] == "response")
    revisits = {path for path in before if kinds[site.url(path)] == "revisit"}
    assert revisits
    result = retract(str(lake), [site.url(original)], run_id="t1", at=AT)
    assert (result.pages, result.unlinked) == (1 + len(revisits), len(revisits))
    after = rows(lake)
    for name in revisits:
        assert (after[name]["archive_file"], after[name]["archive_offset"]) == (None, None)
        assert same_but_for_its_place(after[name]) == same_but_for_its_place(before[name])
    assert "Please sign in" not in everything(lake)
    assert site.url(original) not in everything(lake)
    assert main(["verify", "--output", str(lake)]) == 0
    assert main(["reprocess", "--output", str(lake), "--spacy_model", "none", "--quiet"]) == 0


def test_a_reference_goes_and_what_it_refers_to_stays_with_its_row(lake: Path, site: Server) -> None:
    before = rows(lake)
    kinds: dict[str, str] = {}
    for path in (lake / "archive").rglob("*.warc.gz"):
        kinds |= {member.url: member.kind for member in members(path) if member.kind in ("response", "revisit")}
    gone = next(path for path in before if kinds.get(site.url(path)) == "revisit")
    result = retract(str(lake), [site.url(gone)], run_id="t1", at=AT)
    assert (result.pages, result.unlinked) == (1, 0)
    assert site.url(gone) not in everything(lake)
    for row in rows(lake).values():
        assert read_page(lake, row).url == row["url"]


def test_a_page_without_a_row_goes(lake: Path, site: Server) -> None:
    url = site.url("/bare")
    assert url in everything(lake)
    result = retract(str(lake), [url], run_id="t1", at=AT)
    assert (result.rows, result.pages, result.unlinked) == ({"dead_letters": 1, "fetch_log": 1}, 1, 0)
    assert url not in everything(lake)
    assert main(["verify", "--output", str(lake)]) == 0


def test_an_archive_file_without_pages_is_taken_away(lake: Path) -> None:
    before = list((lake / "archive").rglob("*.warc.gz"))
    retract(str(lake), [row["url"] for row in rows(lake).values()], run_id="t1", at=AT)
    left = list((lake / "archive").rglob("*.warc.gz"))
    assert len(left) < len(before)
    for path in left:
        assert list(group_pages(members(path)))
    assert rows(lake) == {}
    assert main(["verify", "--output", str(lake)]) == 0


def test_a_store_is_rid_of_pages_like_a_disk(made: Path, site: Server, store: Bucket) -> None:
    output = store.url("redacted/lake")
    for path in (path for path in made.rglob("*") if path.is_file()):
        files.write_bytes(files.join(output, path.relative_to(made).as_posix()), path.read_bytes())
    assert retract(output, [site.url("/bare"), site.url("/old")], run_id="t1", at=AT).pages == 2
    archives = [gzip.decompress(store.read(key)) for key in store.keys("redacted/") if key.endswith(".warc.gz")]
    assert archives
    assert not any(word in data for data in archives for word in (b"eastern pier", b"/bare", b"Nothing here"))
    assert verify(output) == []


@pytest.mark.parametrize("step", ["stage", *STEPS])
def test_a_crash_at_any_step_leaves_all_or_nothing(
    lake: Path, site: Server, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    url = next(row["url"] for path, row in rows(lake).items() if path in ("/scandal", "/twin", "/quoted"))
    before = everything(lake)
    cut_power(monkeypatch, step, {"stage": (retracting, "stage_without")})
    with pytest.raises(PowerCut):
        retract(str(lake), [url], run_id="t1", at=AT)
    monkeypatch.undo()
    Lake(str(lake)).recover()
    is_done = article_id(canonical_url(url), None, "")[0] in retracted_ids(Lake(str(lake)).manifests())
    assert is_done == (step not in ("stage", "intent"))
    assert (SECRET in everything(lake)) != is_done
    assert is_done or everything(lake) == before
    assert main(["verify", "--output", str(lake)]) == 0


def test_a_tombstone_has_the_length_it_is_to_have_and_says_nothing() -> None:
    short = range(40, 700)
    around = [block * 65_540 + 18 + more for block in (1, 2, 3) for more in range(-12, 13)]
    for length in [*short, *around, 1 << 20]:
        made = make_tombstone(length, name="archive/x@1", at=AT)
        assert len(made) == length
        record = gzip.decompress(made)
        if length >= 240:
            assert record.endswith(b"\r\n\r\n")
            assert record.split(b"\r\n\r\n")[1].split() == b"note: taken down".split()
        assert record or length < 200
    with pytest.raises(ValueError, match="no gzip member"):
        make_tombstone(19, name="x", at=AT)


def test_every_reader_takes_tombstones(tmp_path: Path) -> None:
    lengths = [200, 300, 70_000, 240]
    path = tmp_path / "t.warc.gz"
    path.write_bytes(b"".join(make_tombstone(length, name=str(length), at=AT) for length in lengths))
    with path.open("rb") as stream:
        every = ArchiveIterator(stream, check_digests="raise")
        assert [(record.rec_type, every.offset) for record in every] == [
            ("metadata", sum(lengths[:number])) for number in range(len(lengths))
        ]
    assert [member.length for member in members(path)] == lengths
    assert list(group_pages(members(path))) == []


def test_files_that_are_not_a_record_to_a_member_are_refused(tmp_path: Path) -> None:
    one = gzip.decompress(make_tombstone(300, name="x", at=AT))
    path = tmp_path / "x.warc.gz"
    for data, message in (
        (gzip.compress(one + one), "not one record to each gzip member"),
        (gzip.compress(b"hello"), "no WARC record at 0"),
        (gzip.compress(one)[:-9], "ends within the record at 0"),
        (b"plain", "cannot be read at 0"),
    ):
        path.write_bytes(data)
        with pytest.raises(CorruptArchive, match=message):
            members(path)


def answer(offset: int, url: str, status: str = "200", **more: str) -> Member:
    kind = "revisit" if more.get("refers_to") else "response"
    fields = {"location": "", "refers_to": "", "payload": ""} | more
    return Member(offset, 1, kind, f"r{offset}", url, status, **fields)


def request(offset: int, url: str) -> Member:
    return Member(offset, 1, "request", f"q{offset}", url, "", "", "", "")


HOP = (answer(0, "h", "302", location="x"), request(1, "h"))
PAGE = (answer(2, "p", payload="one"), request(3, "p"))
TWIN = (answer(4, "t", payload="one", refers_to="r2"), request(5, "t"))
LAST = (answer(6, "z", payload="two"), request(7, "z"))


@pytest.mark.parametrize(
    ("named", "held", "payloads", "places", "gone"),
    [
        ("p", {6}, (), (), [0, 1, 2, 3, 4, 5]),
        ("p", {4, 6}, (), (), [0, 1, 2, 3, 4, 5]),
        ("t", {2, 6}, (), (), [4, 5]),
        ("t", {2, 6}, ("one",), (), [4, 5]),
        ("t", {6}, ("one",), (), [0, 1, 2, 3, 4, 5]),
        ("h", {2, 4, 6}, (), (), [0, 1]),
        ("h", {4, 6}, (), (), [0, 1, 2, 3, 4, 5]),
        ("none", {2, 4, 6}, (), (6,), [6, 7]),
        ("none", {2, 4, 6}, (), (), []),
    ],
)
def test_which_records_go(named: str, held: set[int], payloads: Any, places: Any, gone: list[int]) -> None:
    pages = list(group_pages([*HOP, *PAGE, *TWIN, *LAST]))
    assert [len(page) for page in pages] == [4, 2, 2]
    wanted = Criteria(places, held - set(places), lambda url: url == named, lambda _: False, payloads)
    chosen = choose_records(pages, wanted)
    assert [member.offset for member in chosen.records] == gone
    assert chosen.page_count + chosen.page_count_left == len(pages)


def test_a_large_record_is_read_in_pieces() -> None:
    size = 1 << 24
    head = b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: %d\r\n\r\n" % size
    data = gzip.compress(head + bytes(size) + b"\r\n\r\n", 1)
    tracemalloc.start()
    found = list(read_members(io.BytesIO(data + data), "x"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(member.offset, member.length) for member in found] == [(0, len(data)), (len(data), len(data))]
    assert peak < size / 4
