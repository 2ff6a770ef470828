"""A WARC file of given pages."""

import io
from collections.abc import Iterable
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def write_warc(path: Path, bodies: Iterable[bytes]) -> None:
    """Write one response record for each page, each at an address of its own."""
    write_warc_of(path, ((f"https://site{n % 97}.example/news/story-{n}.html", body) for n, body in enumerate(bodies)))


def write_warc_of(path: Path, pages: Iterable[tuple[str, bytes]]) -> None:
    """Write one response record for each address and its page."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            # Archives of crawls say this; datatrove guesses otherwise, and leaves out what it takes for plain text.
            known = {"WARC-Identified-Payload-Type": "text/html"}
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=headers, warc_headers_dict=known
            )
            writer.write_record(record)
