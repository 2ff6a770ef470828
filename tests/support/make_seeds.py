"""The seeds that are not readable text, made from readable sources: archives, compressed and damaged files.

Run ``python tests/support/make_seeds.py`` after changing a source. Nothing in the result depends on the day, the
machine or the order of directories.
"""

import gzip
import io
from pathlib import Path

import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "tests" / "data" / "seeds"
SEEDS = ROOT / "seeds"

CRAWLED = "2025-10-26T04:00:00Z"
PAGES = {
    "https://crawlherald.example/2025/10/bridge-rust": "warc_bridge.html",
    "https://crawlherald.example/2025/10/right-to-a-chair": "warc_union.html",
    "https://crawlherald.example/2025/10/pilgrims-path": "warc_pilgrims.html",
}
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)  # a GIF of one transparent pixel


def pack(data: bytes) -> bytes:
    """Gzip without a name or time in its header."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def make_warc() -> bytes:
    """A crawl: what the crawler was, one request, three pages and a picture."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)  # each record by itself, as the format asks
    number = 0

    def write(kind: str, url: str, payload: bytes, first_line: str, headers: list[tuple[str, str]]) -> None:
        nonlocal number
        number += 1
        is_request = kind == "request"
        http_headers = StatusAndHeaders(
            first_line, headers, protocol="" if is_request else "HTTP/1.1", is_http_request=is_request
        )
        record = writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=http_headers,
            warc_headers_dict={
                "WARC-Date": CRAWLED,
                "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
            },
        )
        writer.write_record(record)

    info = writer.create_warcinfo_record(
        "crawl.warc.gz", {"software": "newsmill make_seeds", "format": "WARC File Format 1.0"}
    )
    info.rec_headers.replace_header("WARC-Date", CRAWLED)
    info.rec_headers.replace_header("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000000>")
    writer.write_record(info)
    first = next(iter(PAGES))
    write("request", first, b"", "GET /2025/10/bridge-rust HTTP/1.1", [("Host", "crawlherald.example")])
    for url, name in PAGES.items():
        body = (SOURCES / name).read_bytes()
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        write("response", url, body, "200 OK", headers)
    headers = [("Content-Type", "image/gif"), ("Content-Length", str(len(PIXEL)))]
    write("response", "https://crawlherald.example/pixel.gif", PIXEL, "200 OK", headers)
    return out.getvalue()


def make_seeds() -> dict[str, bytes]:
    """Every built seed by its path below seeds/."""
    text = (SOURCES / "packed.txt").read_bytes()
    records = (SOURCES / "packed.jsonl").read_bytes()
    page = (SOURCES / "latin1_page.html").read_text(encoding="utf-8")
    return {
        "archives/crawl.warc.gz": make_warc(),
        "text/observatory.txt.gz": pack(text),
        "records/january.jsonl.zst": zstandard.ZstdCompressor(level=19).compress(records),
        "pages/latin1.html": page.encode("iso-8859-1"),
        "awkward/truncated.gz": pack(text)[:400],
        "awkward/unknown.bin": bytes((7 * number * number + 13 * number) % 256 for number in range(2048)),
    }


def content(name: str, data: bytes) -> bytes:
    """What a built seed holds, independent of how well a compressor did."""
    if name.startswith("awkward/"):
        return data[:2] if name.endswith(".gz") else data
    if name.endswith(".gz"):
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompress(data) if name.endswith(".zst") else data


if __name__ == "__main__":
    for name, data in make_seeds().items():
        path = SEEDS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{len(data):>8} {path.relative_to(ROOT)}")
