"""A source read piece by piece gives the same things in the same order as one that is read in one go."""

import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import zstandard
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.documents import Document, Origin, Response, Retrieved, Source
from schemas.outcomes import Mishap
from schemas.trouble import LeftOut, Trouble
from transforms.ledger import NAMESPACE
from transforms.sources import json_records as records
from transforms.sources.json_records import read_records
from transforms.sources.limits import ReadLimits
from transforms.sources.open import OpenSources
from transforms.sources.opening import open_source

N = 23


def line(n: int) -> bytes:
    """A record, now and then one that cannot be read."""
    if n % 7 == 3:
        return b"{oops"
    return json.dumps({"url": f"https://post.example/{n}", **({"text": f"Word {n}"} if n % 2 else {})}).encode()


def rss() -> bytes:
    items = "".join(
        f"<item><title>T {n}</title><link>https://post.example/{n}</link></item>"
        if n % 5
        else f"<item><description>words {n}</description></item>"
        for n in range(N)
    )
    return f'<rss version="2.0"><channel><title>Harbour Post</title>{items}</channel></rss>'.encode()


def json_feed() -> bytes:
    items = [{"id": str(n), "url": f"https://post.example/{n}"} if n % 6 else {"id": str(n)} for n in range(N)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}).encode()


def opml() -> bytes:
    outlines = "".join(
        f'<outline text="{n}" xmlUrl="https://post.example/{n}"/>' if n % 4 else f'<outline htmlUrl="https://s.example/{n}"/>'
        for n in range(N)
    )  # fmt: skip
    return f'<opml version="2.0"><body><outline text="Sea">{outlines}</outline></body></opml>'.encode()


def warc() -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for n in range(N):
        kind = "image/png" if n % 4 == 1 else "text/html"
        for record in ("request", "response"):
            first = "GET / HTTP/1.1" if record == "request" else "404 Gone" if n % 9 == 2 else "200 OK"
            headers = StatusAndHeaders(first, [("Content-Type", kind)], protocol="HTTP/1.1")
            url, body = f"https://post.example/{n}", io.BytesIO(b"<p>%d</p>" % n)
            made = writer.create_warc_record(url, record, payload=body, http_headers=headers)
            made.rec_headers.replace_header("WARC-Date", "2024-05-06T07:08:09Z")
            writer.write_record(made)
        if n % 8 == 5:
            out.write(gzip.compress(b"WARC/1.0\r\nno record\r\n\r\n"))
    return out.getvalue()


LINES = b"\n\n".join(map(line, range(N)))
URLS = b"# mine\n" + b"".join(b"htp://oops\n" if n % 9 == 4 else b"https://post.example/%d\n" % n for n in range(N))
PAGE = b"<!DOCTYPE html><html><body><p>The harbour opened.</p></body></html>"
CONTAINERS = {
    "jsonl": LINES,
    "jsonl.gz": gzip.compress(LINES),
    "jsonl.zst": zstandard.ZstdCompressor().compress(LINES),
    "jsonl.utf16": b"\n".join(b for n in range(N) if not (b := line(n)).startswith(b"{o")).decode().encode("utf-16"),
    "jsonl.cut.gz": gzip.compress(LINES) + gzip.compress(LINES)[:-9],
    "json": json.dumps([{"url": f"https://post.example/{n}"} for n in range(N)]).encode(),
    "warc.gz": warc(),
    "warc.cut": gzip.decompress(warc())[:-12],
    "urls": URLS,
    "opml": opml(),
    "rss": rss(),
    "rss.salvaged": rss().replace(b"T 11</title>", b"T</title></width>"),  # feedparser crashes
    "json_feed": json_feed(),
    "html": PAGE,
    "text": b"Harbour opens\n\nIt did.",
    "empty feed": b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>',
    "broken feed": b"<rss version='2.0'><oops",
    "nothing": b"",
}


def read(source: Source, **more: Any) -> tuple[list[Any], Source | None]:
    """What a source gives, the exception that ends it included as words, and the rest of it."""
    found: list[Any] = []
    try:
        found.extend(open_source(source, **more))
    except (Trouble, LeftOut) as why:
        found.append(str(why))
    rest = found.pop() if found and isinstance(found[-1], Source) and found[-1].first else None
    return [comparable(thing) for thing in found], rest


def comparable(thing: Any) -> Any:
    return (thing.subject, str(thing.why)) if isinstance(thing, Mishap) else thing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("containers")
    for name, data in CONTAINERS.items():
        (where / name).write_bytes(data)
    return where


@pytest.mark.parametrize("name", CONTAINERS)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(k=st.integers(1, N + 2))
def test_piece_by_piece(folder: Path, name: str, k: int) -> None:
    source = Source(uri=str(folder / name), tags=("t",))
    whole, rest = read(source)
    assert rest is None
    pieces, turns = [], 0
    waiting: Source | None = source
    while waiting is not None:
        piece, rest = read(waiting, max_documents=k)
        assert len(piece) <= k + isinstance(piece[-1], str)
        assert piece, "the rest of a source is never known to be empty"
        if rest is not None:
            assert rest == Source(uri=source.uri, tags=("t",), first=k * (turns + 1))
        pieces += piece
        turns += 1
        waiting = rest
    assert pieces == whole
    assert turns == max(1, -(-sum(not isinstance(thing, str) for thing in whole) // k)) or isinstance(whole[-1], str)


@pytest.mark.parametrize("name", CONTAINERS)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, N + 3), st.integers(1, N + 3), st.none() | st.integers(1, 5))
def test_a_range_gives_no_more_than_it_says(folder: Path, name: str, first: int, count: int, k: int | None) -> None:
    things = [thing for thing in read(Source(uri=str(folder / name)))[0] if not isinstance(thing, str)]
    source = Source(uri=str(folder / name), first=first, last=first + count)
    found, waiting = [], source
    while True:
        piece, rest = read(waiting, max_documents=k)
        found += [thing for thing in piece if not isinstance(thing, str)]
        if rest is None:
            break
        assert rest.last == source.last
        waiting = rest
    assert found == things[first : first + count]


def test_what_comes_before_the_range_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    def note(data: bytes, *, charset: str) -> Any:
        parsed.append(charset)
        return json.loads(data)

    monkeypatch.setattr(records, "load_lenient", note)
    found = read_records(io.BytesIO(LINES), Origin(uri="a", kind="jsonl"), head=LINES, limits=ReadLimits(), first=20)
    assert len(list(found)) == 3
    assert len(parsed) == 3


def test_rests_of_listed_and_retrieved_sources(folder: Path) -> None:
    at = Origin(uri="feeds.opml", kind="opml", position=7, tags=("Sea",))
    source = Source(uri="https://post.example/feed", tags=("Sea",), listed_in=at)
    response = Response(url=source.uri, status=200, content_type="text/xml")
    *things, rest = open_source(Retrieved(source=source, response=response, body=rss()), max_documents=4)
    assert len(things) == 4
    assert rest == Source(uri=source.uri, tags=("Sea",), listed_in=at, first=4)
    assert isinstance(rest, Source)
    # A page that a list names at position 7 is one document, at position 0 of itself.
    page = Source(uri=str(folder / "html"), listed_in=at)
    (found,) = open_source(page, max_documents=1)
    assert isinstance(found, Document)
    assert found.origin == at


def test_a_rest_that_is_empty_by_now_is_no_failure(tmp_path: Path) -> None:
    gone = Retrieved(
        source=Source(uri="https://post.example/feed", first=4),
        response=Response(url="https://post.example/feed", status=200, content_type="text/xml"),
        body=CONTAINERS["empty feed"],
    )
    assert list(open_source(gone)) == []
    (tmp_path / "lines").write_bytes(LINES)
    assert list(open_source(Source(uri=str(tmp_path / "lines"), first=99))) == []
    with pytest.raises(Trouble, match=r"read\.missing"):
        list(open_source(Source(uri=str(tmp_path / "away"), first=99)))
    with pytest.raises(LeftOut, match=r"fetch\.off"):
        list(open_source(Source(uri="https://post.example/feed", first=4)))


def test_ledgers_balance_over_pieces(folder: Path) -> None:
    names = ["jsonl", "warc.gz", "opml", "rss", "html"]
    waiting = [Source(uri=str(folder / name)) for name in names] + [Source(uri=str(folder / "urls"), first=99)]
    opened = waiting | OpenSources(max_documents=10)
    assert sorted((Path(rest.uri).name, rest.first) for rest in opened.rest) == [
        (name, 10) for name in sorted(names) if name != "html"
    ]
    assert all(source.first == 0 for source in opened.sources)
    pipeline = beam.Pipeline(runner=FnApiRunner())
    _ = pipeline | beam.Create(waiting) | OpenSources(max_documents=10)
    result = pipeline.run()
    result.wait_until_finish()
    count: Counter[str] = Counter(
        {each.key.metric.name: each.committed for each in result.metrics().query()["counters"]
         if each.key.metric.namespace == NAMESPACE}
    )  # fmt: skip
    assert count["sources.in"] == count["sources.done"] == 6
    assert count["read.listed"] == len(opened.sources)
    assert count["read.in"] + count["read.listed"] == 4 * 10 + 1
    assert count["read.in"] == count["read.done"] + count["read.dead"] + count["read.filtered"]


def test_max_documents_is_checked() -> None:
    with pytest.raises(ValueError, match="max_documents must be positive, got 0"):
        OpenSources(max_documents=0)
