"""One bad record among many costs itself alone, whatever container they are in."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from schemas.documents import Document, Link, Source
from schemas.trouble import Trouble
from transforms.sources.contents import Found
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
    "rss, NUL": (rss, item, b"<item><title>" + b"\0" * 500 + b"</title></item>"),
    "opml, a section without an end": (opml, outline, b"<outline/><![CDATA["),
    "sitemap, a record without an end": (sitemap, address, b"<url><loc>https://a.example/2</loc><lastmod"),
    "sitemap, half an address": (sitemap, address, b"<url><loc>https://a.exam"),
    "sitemap, an element without an end": (sitemap, address, b"<url><loc>https://a.example/2</loc><priority></url>"),
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
