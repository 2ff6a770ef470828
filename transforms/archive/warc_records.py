"""WARC records (ISO 28500:2017, WARC/1.1) made from HTTP exchanges, with ids derived from what they hold."""

import io
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from schemas import NEWSMILL_VERSION
from schemas.documents import Exchange

WARC_VERSION = "WARC/1.1"
CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class Kept(NamedTuple):
    """A response record that later ones with the same payload refer to."""

    record_id: str
    url: str
    date: str


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """A head that is written as it came: warcio would write its lines anew, and encode what is not ASCII."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("as it came", [])
        self._raw = raw
        self.headers_buff = raw

    def compute_headers_buffer(self, header_filter: Any = None) -> None:  # noqa: ARG002
        self.headers_buff = self._raw


def warc_date(at: datetime) -> str:
    """Write an instant as WARC does.

    >>> warc_date(datetime(2026, 3, 1, 12, 30, 0, 250, tzinfo=UTC))
    '2026-03-01T12:30:00.000250Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record_id(*parts: str) -> str:
    """Make the id of a record out of what it holds, so that a repeat gives the same."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, chr(10).join(parts))}>"


def payload_digest(payload: bytes) -> str:
    """Make the digest of a payload as WARC writes it: SHA-1, which tools that look for copies expect, in base 32."""
    digester = Digester("sha1")
    digester.update(payload)
    return str(digester)


def is_chunked(response_head: bytes) -> bool:
    r"""Return whether the head says that the body comes in chunks.

    >>> is_chunked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    True
    """
    pairs = (line.partition(b":") for line in response_head.split(b"\r\n")[1:])
    return any(
        name.strip().lower() == b"transfer-encoding" and value.strip().lower() == b"chunked" for name, _, value in pairs
    )


def payload_of(exchange: Exchange) -> bytes:
    """Return the body in the form that its head announces.

    A transfer that came in chunks is written as one chunk: where chunks began and ended is not part of the page, and
    the client does not say. Encodings of the content stay as sent.
    """
    if not exchange.body or not is_chunked(exchange.response_head):
        return exchange.body
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(exchange.body), exchange.body)


class Records:
    """Makes the records of one file, and knows what it has made.

    Args:
        writer: what encodes them; knows the version.
        info_id: id of the file's warcinfo record.
    """

    def __init__(self, writer: WARCWriter, info_id: str) -> None:
        self._writer = writer
        self._info_id = info_id
        self._seen: dict[str, Kept] = {}

    def response(self, exchange: Exchange) -> ArcWarcRecord:
        """Make the record of an answer: a response, or a revisit where the file has the same payload already.

        An answer that was not read to its end, such as a redirect, is marked as truncated.
        """
        payload, date = payload_of(exchange), warc_date(exchange.at)
        digest = payload_digest(payload)
        first = self._seen.get(digest) if payload and exchange.is_whole else None
        name = record_id("response" if first is None else "revisit", exchange.url, date, digest)
        headers = {"WARC-Record-ID": name, "WARC-Date": date, "WARC-Warcinfo-ID": self._info_id}
        if exchange.ip is not None:
            headers["WARC-IP-Address"] = exchange.ip
        if not exchange.is_whole:
            headers["WARC-Truncated"] = "length"
        head = _Head(exchange.response_head)
        if first is not None:
            headers["WARC-Refers-To"] = first.record_id
            return self._writer.create_revisit_record(
                exchange.url, digest, first.url, first.date, http_headers=head, warc_headers_dict=headers
            )
        if payload and exchange.is_whole:
            self._seen[digest] = Kept(name, exchange.url, date)
        headers["WARC-Payload-Digest"] = digest
        return self._record(exchange.url, "response", head, payload, headers)

    def request(self, exchange: Exchange, response: ArcWarcRecord) -> ArcWarcRecord:
        """Make the record of the request for an answer."""
        answer = response.rec_headers.get_header
        headers = {
            "WARC-Record-ID": record_id("request", answer("WARC-Record-ID")),
            "WARC-Date": answer("WARC-Date"),
            "WARC-Warcinfo-ID": self._info_id,
            "WARC-Concurrent-To": answer("WARC-Record-ID"),
        }
        return self._record(exchange.url, "request", _Head(exchange.request_head), b"", headers)

    def _record(self, url: str, kind: str, head: _Head, payload: bytes, headers: dict[str, str]) -> ArcWarcRecord:
        return self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(payload), length=len(payload), http_headers=head, warc_headers_dict=headers
        )


def make_info(writer: WARCWriter, name: str, at: datetime, about: Mapping[str, str]) -> ArcWarcRecord:
    """Make the record that says what wrote the file and how the pages were requested.

    Args:
        name: of the file, without directories.
        at: instant of its first page.
        about: fields of its own, such as ``http-header-user-agent`` and ``robots``.
    """
    fields = {
        "software": f"newsmill/{NEWSMILL_VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        **about,
    }
    record = writer.create_warcinfo_record(name, fields)
    record.rec_headers.replace_header("WARC-Record-ID", record_id("warcinfo", name))
    record.rec_headers.replace_header("WARC-Date", warc_date(at))
    return record
