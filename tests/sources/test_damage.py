"""One bad record among many costs itself alone, whatever container they are in."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import zstandard

from schemas.documents import Document, Link, Source
from schemas.outcomes import Mishap
from schemas.trouble import Trouble
from tests.support.found import code_of
from transforms.letters.replay_element import origin_of
from transforms.sources.contents import Found
from transforms.sources.inflate import MAX_DAMAGED_MEMBERS
from transforms.sources.opening import open_source

COUNT = 6


def rss(records: Sequence[bytes]) -> bytes:
    return b"<?xml version='1.0'?><rss version='2.0'><channel>" + b"".join(records) + b"</channel></rss>"


def item(number: int) -> bytes:
    return f"<item><title>Boat {number}</title><link>https://a.example/{number}</link></item>".encode()


def sitemap(records: Sequence[bytes]) -> bytes:
    return b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" + b"".join(records) + b"</urlset>"


def address(number: int) -> bytes:
    return f"<url><loc>https://a.example/{number}</loc><lastmod>2024-05-03</lastmod></url>".encode()


def sitemap_index(records: Sequence[bytes]) -> bytes:
    return sitemap(records).replace(b"urlset", b"sitemapindex").replace(b"url>", b"sitemap>")


def opml(records: Sequence[bytes]) -> bytes:
    return b"<opml version='2.0'><body>" + b"".join(records) + b"</body></opml>"


def outline(number: int) -> bytes:
    return f'<outline text="Boat {number}" xmlUrl="https://a.example/{number}"/>'.encode()


def line(number: int) -> bytes:
    return json.dumps({"url": f"https://a.example/{number}"}).encode()


def csv(records: Sequence[bytes]) -> bytes:
    return b"url\n" + b"\n".join(records)


def row(number: int) -> bytes:
    return b"https://a.example/%d" % number


def warc_record(number: int) -> bytes:
    page = b"<html><head><title>Boat</title></head><body><p>A boat came into the harbour.</p></body></html>"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{number}\r\n"
        f"WARC-Date: 2024-05-03T10:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def longer(data: bytes, more: int) -> bytes:
    """A record whose header says that it has more bytes than it has."""
    head, name, rest = data.partition(b"Content-Length: ")
    length, _, tail = rest.partition(b"\r\n")
    return head + name + str(int(length) + more).encode() + b"\r\n" + tail


def member(number: int) -> bytes:
    return gzip.compress(warc_record(number), mtime=0)


def frame(number: int) -> bytes:
    return zstandard.compress(warc_record(number))


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


DAMAGED: dict[str, tuple[Callable[[Sequence[bytes]], bytes], Callable[[int], bytes], bytes]] = {
    "json lines, NUL after a crash": (b"\n".join, line, b"\0" * 4_096),
    "json lines, a cut line": (b"\n".join, line, b'{"url": "https://a.example/2'),
    "csv, NUL after a crash": (
        lambda rows: b"url\n" + b"\n".join(rows),
        lambda n: b"https://a.example/%d" % n,
        bytes(99),
    ),
    "rss, a section behind text without an end": (rss, item, b"<item><title>Boat <![CDATA[2</title></item>"),
    "rss, a section between tags without an end": (rss, item, b"<item/><![CDATA["),
    "rss, a section in a section without an end": (
        rss,
        item,
        item(2).replace(b"</item>", b"<description><![CDATA[<p>A <![CDATA[boat</p></description></item>"),
    ),
    "rss, the same, and its element has no end": (rss, item, b"<item><title><![CDATA[A <![CDATA[boat</item>"),
    "rss, the same, and its entry has no end": (rss, item, b"<item><title><![CDATA[A <![CDATA[boat"),
    "rss, NUL": (rss, item, b"<item><title>" + b"\0" * 500 + b"</title></item>"),
    "opml, a section without an end": (opml, outline, b"<outline/><![CDATA["),
    "sitemap, a record without an end": (sitemap, address, b"<url><loc>https://a.example/2</loc><lastmod"),
    "sitemap, half an address": (sitemap, address, b"<url><loc>https://a.exam"),
    "sitemap, an element without an end": (sitemap, address, b"<url><loc>https://a.example/2</loc><priority></url>"),
    "warc, a member whose data are wrong": (b"".join, member, flip(member(2), 60)),
    "warc, a member whose first block is wrong": (b"".join, member, flip(member(2), 10)),
    "warc, a member whose checksum is wrong": (b"".join, member, flip(member(2), -8)),
    "warc, a member that is cut off": (b"".join, member, member(2)[:-40]),
    "warc, something else between the members": (b"".join, member, b"some other words"),
    "warc, a member that inflates a thousandfold": (b"".join, member, gzip.compress(bytes(20 << 20))),
    "warc, a frame that is wrong": (b"".join, frame, flip(frame(2), 30)),
    "warc, a length that is a little too large": (b"".join, warc_record, longer(warc_record(2), 9)),
    "warc, a length that ends in the mark of the next record": (b"".join, warc_record, longer(warc_record(2), 7)),
    "warc, a length that is too large by a record": (b"".join, warc_record, longer(warc_record(2), 400)),
    "warc, a length that goes beyond the end": (b"".join, warc_record, longer(warc_record(2), 10**9)),
    "warc, a member with a length that is too large": (b"".join, member, gzip.compress(longer(warc_record(2), 500))),
    "warc, a request with a length that is too large": (
        b"".join,
        warc_record,
        longer(warc_record(2), 500).replace(b"response", b"request"),
    ),
    "warc, an HTTP header without an end": (
        b"".join,
        warc_record,
        longer(warc_record(2), 500).replace(b"html\r\n\r\n", b"html\r\n"),
    ),
    "sitemap index, a record without an end": (sitemap_index, address, b"<url><loc>https://a.example/2</loc>"),
}


def read_all(path: Path, data: bytes) -> tuple[set[str], list[Found | Trouble]]:
    """The addresses that are found, and all that is found; last the trouble that ended it, where one did."""
    path.write_bytes(data)
    found: list[Found | Trouble] = []
    try:
        found += open_source(Source(uri=str(path)))
    except Trouble as why:
        found.append(why)
    urls = {
        one.uri if isinstance(one, Source) else one.url or ""
        for one in found
        if isinstance(one, Link | Document | Source)
    }
    return urls, found


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_record_costs_itself_alone(name: str, tmp_path: Path) -> None:
    whole, make, damaged = DAMAGED[name]
    records = [make(number) for number in range(COUNT)]
    records[2] = damaged
    urls, _ = read_all(tmp_path / "in", whole(records))
    good = {f"https://a.example/{number}" for number in range(COUNT) if number != 2}
    assert good <= urls
    assert urls <= {*good, "https://a.example/2"}  # half an address is not taken for a whole one


@pytest.mark.parametrize("more", [9, 400, 10**9])
def test_a_length_that_is_too_large_is_one_failure(more: int, tmp_path: Path) -> None:
    records = [warc_record(number) for number in range(COUNT)]
    records[2] = longer(records[2], more)
    _, found = read_all(tmp_path / "in", b"".join(records))
    (lost,) = (one for one in found if isinstance(one, Mishap))
    assert (origin_of(lost.subject).position, code_of(lost)) == (2, "read.bad_record")
    assert [one.origin.position for one in found if isinstance(one, Document)] == [0, 1, 3, 4, 5]
    again = [*open_source(Source(uri=str(tmp_path / "in"), first=3, last=4))]
    assert [one.url for one in again if isinstance(one, Document)] == ["https://a.example/3"]


@pytest.mark.parametrize("cut", [0, 30])
def test_a_record_that_a_page_shows_does_not_count(cut: int, tmp_path: Path) -> None:
    shown = warc_record(7)
    body = b"<html><body><p>A record of a web archive:</p><pre>\r\n\r\n" + shown + b"</pre></body></html>"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    head, _, _ = warc_record(0).partition(b"Content-Length")
    last = head + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"
    urls, _ = read_all(tmp_path / "in", warc_record(1) + last[: len(last) - cut])
    assert urls == {"https://a.example/1"} | ({"https://a.example/0"} if not cut else set())


def test_each_damaged_member_is_a_failure_with_its_position(tmp_path: Path) -> None:
    records = [member(number) for number in range(COUNT)]
    records[1] = records[4] = flip(member(1), 40)
    _, found = read_all(tmp_path / "in", b"".join(records))
    whole = {one.origin.position for one in found if isinstance(one, Document)}
    lost = {(origin_of(one.subject).position, code_of(one)) for one in found if isinstance(one, Mishap)}
    assert whole == {0, 2, 3, 5}
    assert lost == {(1, "read.corrupt"), (4, "read.corrupt")}
    again = [*open_source(Source(uri=str(tmp_path / "in"), first=4, last=5))]
    assert [type(one) for one in again] == [Mishap]


def test_what_breaks_behind_the_last_position_is_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(member(0) + member(1) + member(2)[:-40])
    assert len([*open_source(Source(uri=str(path), first=1, last=2))]) == 1
    with pytest.raises(Trouble, match="end early"):
        list(open_source(Source(uri=str(path), first=2, last=3)))


def test_a_stream_of_nothing_but_damaged_members_ends(tmp_path: Path) -> None:
    _, found = read_all(tmp_path / "in", member(0) + b"\x1f\x8b\x08\0words " * 5_000)
    assert isinstance(found[-1], Trouble)
    assert len(found) <= MAX_DAMAGED_MEMBERS + 2
