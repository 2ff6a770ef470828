"""Records of a WARC file with their places in it, and the pages they make up."""

import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from schemas.errors import CorruptArchive
from transforms.compression import CorruptData, GzipDecompressor

_BLOCK = 1 << 16
_HEAD = 1 << 18
"""Of a record no more is looked at: its own header, and the HTTP header of its answer."""
_NO_PAYLOAD = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


class Member(NamedTuple):
    """One gzip member of a WARC file: one record, without what it holds."""

    offset: int
    length: int
    kind: str
    name: str
    url: str
    status: str
    location: str
    refers_to: str
    payload: str

    @property
    def is_answer(self) -> bool:
        """Whether it holds what a server answered, or refers to a record that does."""
        return self.kind in ("response", "revisit")

    @property
    def is_redirect(self) -> bool:
        """Whether it leads to the next answer."""
        return self.is_answer and self.status.startswith("3")


def read_members(source: Any, path: str) -> Iterator[Member]:
    """Yield the records of a WARC file, in order; a few blocks in memory at a time.

    Args:
        source: file to read from its beginning.
        path: for messages.

    Raises:
        CorruptArchive: not one record to each gzip member, or cut off.
    """
    start = read = 0
    rest = b""
    while data := rest or source.read(_BLOCK):
        read += 0 if rest else len(data)
        decompressor, head, size = GzipDecompressor(), bytearray(), 0
        while not decompressor.is_finished:
            if not data:
                raise CorruptArchive(f"{path} ends within the record at {start}")
            try:
                piece = decompressor.inflate(data, _BLOCK)
            except CorruptData as error:
                raise CorruptArchive(f"{path} cannot be read at {start}: {error}") from error
            head += piece[: max(0, _HEAD - len(head))]
            size += len(piece)
            data = decompressor.rest
            if not data and not decompressor.is_finished:
                data = source.read(_BLOCK)
                read += len(data)
        rest = decompressor.rest
        yield _parse(bytes(head), size, start, read - len(rest) - start, path)
        start = read - len(rest)


def _parse(head: bytes, size: int, offset: int, length: int, path: str) -> Member:
    stream = io.BytesIO(head)
    if not size:
        return Member(offset, length, "", "", "", "", "", "", "")
    try:
        warc = StatusAndHeadersParser(["WARC/"]).parse(stream)
        block = int(warc.get_header("Content-Length"))
    except (StatusAndHeadersParserException, ArchiveLoadFailed, EOFError, TypeError, ValueError) as error:
        raise CorruptArchive(f"{path} holds no WARC record at {offset}: {error}"[:500]) from error
    # A second record would go with the first unseen.
    if size != stream.tell() + block + len(b"\r\n\r\n"):
        raise CorruptArchive(f"{path} at {offset}: not one record to each gzip member; 'warcio recompress' mends that")

    def field(name: str) -> str:
        return str(warc.get_header(name) or "").strip().strip("<>")

    kind, status, location = field("WARC-Type"), "", ""
    if kind in ("response", "revisit") and block:
        http = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
        status, location = http.get_statuscode() or "", http.get_header("location") or ""
    name, url = field("WARC-Record-ID"), field("WARC-Target-URI")
    payload = "" if (digest := field("WARC-Payload-Digest")) == _NO_PAYLOAD else digest
    return Member(offset, length, kind, name, url, status, location, field("WARC-Refers-To"), payload)


def group_pages(members: Iterable[Member]) -> Iterator[tuple[Member, ...]]:
    """Records by page: the redirects to it, then the answer that is the page, each with its request after it."""
    group: list[Member] = []
    is_whole = False
    for member in members:
        if member.is_answer:
            if is_whole:
                yield tuple(group)
                group = []
            is_whole = not member.is_redirect
        elif member.kind != "request" or not group:
            continue  # about the file, or in the place of a record that was removed before
        group.append(member)
    if group:
        yield tuple(group)
